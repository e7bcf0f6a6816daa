//! Texts of a server's, made fit for a log.

use super::secret::Secret;

/// What stands in the place of a secret.
const REDACTED: &str = "[REDACTED]";

/// The most characters of a text that are kept.
const LIMIT: usize = 500;

/// `text` in one line and of a bounded length, without any of `secrets`, which
/// a server may repeat.
pub(crate) fn scrub(text: &str, secrets: &[Secret]) -> String {
    let mut secrets: Vec<&str> = secrets.iter().map(Secret::expose_secret).collect();
    secrets.retain(|secret| !secret.is_empty());
    // A secret may be part of another.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let mut text = text.to_owned();
    for secret in secrets {
        text = text.replace(secret, REDACTED);
    }
    let mut line = String::with_capacity(text.len().min(LIMIT));
    for (index, c) in text.chars().enumerate() {
        if index == LIMIT {
            line.push('…');
            break;
        }
        line.push(if c.is_control() { ' ' } else { c });
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_line_breaks_and_length_are_taken_out() {
        let secrets = ["code", "code-1234", ""].map(Secret::from);
        assert_eq!(
            scrub("code-1234 is\nno code", &secrets),
            "[REDACTED] is no [REDACTED]"
        );
        let long = scrub(&"é".repeat(1000), &[]);
        assert_eq!(long.chars().count(), LIMIT + 1);
    }
}
