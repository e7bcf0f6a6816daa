//! JSON to a value, with errors that say where and never what.
//!
//! What serde_json says of a value of the wrong type includes the value, which
//! may be an access token.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Decodes `body`; else says what is wrong with it.
pub(crate) fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    // To know at each member where it stands costs as much as to read it: what
    // can be read is not asked.
    serde_json::from_slice(body).or_else(|_| locate(body))
}

/// Decodes `body`, and keeps track of the place.
#[cold]
#[inline(never)]
fn locate<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let what = describe(error.inner());
        match path.as_str() {
            "." | "?" => what,
            path => format!("{what} at `{path}`"),
        }
    })?;
    json.end().map_err(|error| describe(&error))?;
    Ok(value)
}

fn describe(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof => "the body ends too early".to_owned(),
        Category::Syntax | Category::Io => {
            format!(
                "not JSON at line {}, column {}",
                error.line(),
                error.column()
            )
        }
        Category::Data => describe_data(&error.to_string()),
    }
}

/// `message`, one of serde's, without the value that it names.
fn describe_data(message: &str) -> String {
    let quoted = |message: &str| Some(message.split('`').nth(1)?.to_owned());
    if let Some(rest) = message.strip_prefix("missing field ")
        && let Some(name) = quoted(rest)
    {
        return format!("missing field `{name}`");
    }
    // "invalid type: VALUE, expected EXPECTED at line L column C", of which
    // VALUE may be anything, but EXPECTED is the program's.
    let expected = message.rsplit_once(", expected ").map(|(_, rest)| {
        rest.rsplit_once(" at line ")
            .map_or(rest, |(expected, _)| expected)
    });
    match expected {
        Some(expected) => format!("expected {expected}, found something else"),
        None => "a value that cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Token {
        token: String,
        ids: Vec<uuid::Uuid>,
    }

    fn check(body: &str) -> Result<Token, String> {
        from_json(body.as_bytes())
    }

    #[test]
    fn errors_say_where_and_not_what() {
        for (body, message) in [
            (r#"{"token": "s3cret"}"#, "missing field `ids`"),
            (
                r#"{"token": 31337, "ids": []}"#,
                "expected a string, found something else at `token`",
            ),
            (
                r#"{"token": "a", "ids": "s3cret, expected s3cret"}"#,
                "expected a sequence, found something else at `ids`",
            ),
            (
                r#"{"token": "a", "ids": ["s3cret"]}"#,
                "a value that cannot be read at `ids[0]`",
            ),
            (r#"{"token": "s3cre"#, "the body ends too early at `token`"),
            ("<html>s3cret</html>", "not JSON at line 1, column 1"),
            (
                r#"{"token": "a", "ids": []} s3cret"#,
                "not JSON at line 1, column 27",
            ),
            ("", "the body ends too early"),
        ] {
            assert_eq!(check(body), Err(message.to_owned()), "{body}");
        }
    }

    #[test]
    fn a_member_that_is_not_known_is_skipped() {
        let token = check(r#"{"token": "a", "ids": [], "new": {}}"#).unwrap();
        assert_eq!(token.token, "a");
    }
}
