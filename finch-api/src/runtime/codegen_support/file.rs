//! Defines `File`, a file in a request body: its content, and an optional name and media type.
//!
//! A file without a media type is sent with the only one that the OpenAPI document accepts. If the
//! document accepts several, the file is sent as `application/octet-stream` or, if that is not
//! accepted, as `text/plain`. If neither is accepted, the call fails, and the error says how to set
//! the media type.
//!
//! A body becomes JSON before it is encoded. JSON cannot contain a file, so there a file is an
//! object with a private mark, which the encoders recognize.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// A file to send: its content, and an optional name and media type.
///
/// A conversion from bytes makes a file without a name or media type. JSON cannot contain
/// a file, so its JSON form has one character per byte.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    name: Option<String>,
    media_type: Option<String>,
    #[serde(
        rename = "\u{E000}content",
        serialize_with = "as_text",
        deserialize_with = "from_text"
    )]
    content: Bytes,
}

/// The property that marks the JSON of a file. No other object has it.
const CONTENT: &str = "\u{E000}content";

impl File {
    /// Sets the file name that is sent to the server.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the media type, such as `image/png`. A file needs one if the document accepts several.
    #[must_use]
    pub fn of_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// Whether `value` is the JSON of a file.
    pub(super) fn is(value: &Value) -> bool {
        value.get(CONTENT).is_some()
    }

    /// Its name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its media type, if it has one.
    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// Returns the media type to send if the document accepts `accepted`: a media type, a range, or
    /// a list of these. A file without a media type is sent as the only accepted type, or else as
    /// `application/octet-stream` or `text/plain`.
    ///
    /// # Errors
    ///
    /// The file has no media type, and `accepted` has several types but neither of these.
    pub(crate) fn sent_as<'a>(&'a self, accepted: &'a str) -> Result<&'a str, String> {
        if let Some(own) = self.media_type() {
            return Ok(own);
        }
        if is_single(accepted) {
            return Ok(accepted);
        }
        let defaults = ["application/octet-stream", "text/plain"];
        let accepts = |media_type: &&str| {
            let mut accepted = accepted.split([',', ';']).map(str::trim);
            accepted.any(|of| match of.strip_suffix('*') {
                Some("" | "*/") => true,
                Some(start) => media_type.starts_with(start),
                None => of == *media_type,
            })
        };
        defaults.into_iter().find(accepts).ok_or_else(|| {
            format!("set the media type of the file with `File::of_type`: one of `{accepted}`")
        })
    }

    /// Its content.
    pub fn content(&self) -> &Bytes {
        &self.content
    }
}

/// Whether `accepted` is one media type: neither a range nor a list.
pub(super) fn is_single(accepted: &str) -> bool {
    !accepted.contains(['*', ','])
}

impl From<Bytes> for File {
    fn from(content: Bytes) -> Self {
        Self {
            name: None,
            media_type: None,
            content,
        }
    }
}

impl From<Vec<u8>> for File {
    fn from(content: Vec<u8>) -> Self {
        Bytes::from(content).into()
    }
}

impl From<String> for File {
    fn from(content: String) -> Self {
        Bytes::from(content).into()
    }
}

impl From<&'static [u8]> for File {
    fn from(content: &'static [u8]) -> Self {
        Bytes::from(content).into()
    }
}

impl From<&'static str> for File {
    fn from(content: &'static str) -> Self {
        Bytes::from(content).into()
    }
}

impl fmt::Debug for File {
    /// Prints the length of the content, but not the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("name", &self.name)
            .field("media_type", &self.media_type)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

fn as_text<S: Serializer>(content: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    let text: String = content.iter().copied().map(char::from).collect();
    serializer.serialize_str(&text)
}

fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let text = String::deserialize(deserializer)?;
    let content: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    content.map(Bytes::from).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_every_byte() {
        let content: Vec<u8> = (0..=255).collect();
        let file = File::from(content).named("a.png").of_type("image/png");
        let json = serde_json::to_string(&file).unwrap();
        assert_eq!(serde_json::from_str::<File>(&json).unwrap(), file);
    }

    #[test]
    fn media_type_is_known_or_set() {
        let octets = Some("application/octet-stream");
        for (accepted, expected) in [
            ("image/png", Some("image/png")),
            ("text/csv; charset=utf-8", Some("text/csv; charset=utf-8")),
            ("*/*", octets),
            ("*", octets),
            ("application/*", octets),
            ("image/*, */*;q=0.8", octets),
            ("image/png, application/octet-stream", octets),
            ("text/*", Some("text/plain")),
            ("text/csv, text/plain", Some("text/plain")),
            ("image/*", None),
            ("image/png, image/jpeg", None),
            ("application/vnd.*+xml", None),
        ] {
            let file = File::from("a");
            assert_eq!(file.sent_as(accepted).ok(), expected, "{accepted}");
            let file = file.of_type("a/b");
            assert_eq!(file.sent_as(accepted), Ok("a/b"), "{accepted}");
        }
    }

    #[test]
    fn debug_does_not_show_the_content() {
        let file = File::from("s3cret").named("a");
        assert_eq!(
            format!("{file:?}"),
            r#"File { name: Some("a"), media_type: None, bytes: 6, .. }"#
        );
    }
}
