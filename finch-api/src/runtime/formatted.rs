//! Defines `Formatted<T>`: a string that should be a `T`, such as a date, but may break the
//! format. Decoding accepts any string, and keeps it as received. `value` parses it, and
//! returns `None` if it is not a `T`.

use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::conversion_error::ConversionError;

/// A string that should be a `T`, such as a date, according to the document.
///
/// Servers do not always keep to a format. If one property breaks it, the rest of the
/// response is still useful. So this type keeps the string as received, and
/// [`value`](Self::value) parses it.
pub struct Formatted<T> {
    text: String,
    marker: PhantomData<fn() -> T>,
}

impl<T> Formatted<T> {
    /// Makes a value from `text`, whether or not it is a `T`.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            marker: PhantomData,
        }
    }

    /// The text, as it is sent and received.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<T: DeserializeOwned> Formatted<T> {
    /// Returns the value, or `None` if the text does not have the format.
    pub fn value(&self) -> Option<T> {
        self.parse().ok()
    }

    /// Returns the value.
    ///
    /// # Errors
    ///
    /// The text does not have the format.
    pub fn parse(&self) -> Result<T, ConversionError> {
        let text: StrDeserializer<'_, Error> = self.text.as_str().into_deserializer();
        T::deserialize(text).map_err(|error| ConversionError::from(error.to_string()))
    }
}

impl<T: Serialize> From<T> for Formatted<T> {
    fn from(value: T) -> Self {
        match serde_json::to_value(value) {
            Ok(serde_json::Value::String(text)) => Self::from_text(text),
            // Every type with a format serializes as a string.
            Ok(other) => Self::from_text(other.to_string()),
            Err(error) => Self::from_text(error.to_string()),
        }
    }
}

impl<T> AsRef<str> for Formatted<T> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<T> From<Formatted<T>> for String {
    fn from(formatted: Formatted<T>) -> Self {
        formatted.text
    }
}

impl<T> PartialEq<str> for Formatted<T> {
    fn eq(&self, text: &str) -> bool {
        self.text == text
    }
}

impl<T> PartialEq<&str> for Formatted<T> {
    fn eq(&self, text: &&str) -> bool {
        self.text == *text
    }
}

impl<T> FromStr for Formatted<T> {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::from_text(text))
    }
}

impl<T> Clone for Formatted<T> {
    fn clone(&self) -> Self {
        Self::from_text(self.text.clone())
    }
}

impl<T> fmt::Debug for Formatted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<T> fmt::Display for Formatted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl<T> PartialEq for Formatted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for Formatted<T> {}

impl<T> PartialOrd for Formatted<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Formatted<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl<T> Hash for Formatted<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<T> Serialize for Formatted<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, T> Deserialize<'de> for Formatted<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from_text)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const UUID: &str = "9f2ad35d-1bc8-4e03-a2b2-5ff3cf2b0f07";

    #[test]
    fn valid_text_has_a_value() {
        let id: Formatted<Uuid> = serde_json::from_value(UUID.into()).unwrap();
        assert_eq!(id.value(), Some(UUID.parse().unwrap()));
        assert_eq!(id, Formatted::from(UUID.parse::<Uuid>().unwrap()));
        assert_eq!(serde_json::to_value(&id).unwrap(), UUID);
    }

    #[test]
    fn invalid_text_is_kept() {
        let id: Formatted<Uuid> = serde_json::from_value("x-17".into()).unwrap();
        assert_eq!(id.value(), None);
        assert!(id.parse().is_err());
        assert_eq!(id.as_str(), "x-17");
        assert_eq!(id, "x-17");
        assert_eq!(String::from(id.clone()), id.as_ref());
        assert_eq!(serde_json::to_value(&id).unwrap(), "x-17");
    }
}
