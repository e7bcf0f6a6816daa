//! Values in the path of a URL.

use std::fmt::Write as _;

/// `value` as a part of a path: all is encoded but what RFC 3986 calls
/// unreserved, as RFC 6570 has it for `{value}`.
///
/// Refuses what would make the path another one: nothing at all, so that the
/// request for one thing would become one for all of them; and `.` or `..`,
/// which a URL parser resolves even where they are encoded.
pub(crate) fn encode_path(value: &str) -> Result<String, String> {
    if matches!(value, "" | "." | "..") {
        return Err(format!(
            "a path parameter is {value:?}, which leads to another path: give another value"
        ));
    }
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    Ok(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_one_segment() {
        for (value, encoded) in [
            ("4ab15e51-11ad", "4ab15e51-11ad"),
            ("a/b?c#d%2F", "a%2Fb%3Fc%23d%252F"),
            ("é ~_.", "%C3%A9%20~_."),
            ("...", "..."),
        ] {
            assert_eq!(encode_path(value).as_deref(), Ok(encoded));
            let url = format!("https://api.example.com/a/{encoded}/b");
            let url = reqwest::Url::parse(&url).unwrap();
            assert_eq!(url.path_segments().unwrap().count(), 3, "{url}");
        }
    }

    #[test]
    fn a_value_that_leads_elsewhere_is_refused() {
        for value in ["", ".", ".."] {
            let error = encode_path(value).unwrap_err();
            assert_eq!(
                error,
                format!(
                    "a path parameter is {value:?}, which leads to another path: give another value"
                )
            );
        }
    }
}
