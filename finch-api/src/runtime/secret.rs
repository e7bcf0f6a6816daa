//! Defines `Secret`, a string that is never printed, and whose memory is wiped. `Debug` prints
//! `[REDACTED]`. Serializing it fails, except inside `Exposed`. Only `expose_secret` returns
//! the text.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

use super::exposed;

/// A credential: a client secret, an authorization code, an access token.
///
/// `Debug` prints `[REDACTED]`, and the type does not implement `Display`. The memory is
/// wiped when the last clone is dropped. [`expose_secret`](Self::expose_secret) returns
/// the text.
///
/// Serializing a `Secret`, or a value that contains one, fails. This keeps tokens out of
/// logs and browsers. To store a value with its secrets, wrap it in
/// [`Exposed`](crate::Exposed).
///
/// `==` takes the same time for all secrets of one length.
///
/// Clones share the memory. The libraries for HTTP, TLS and JSON may make copies of the text
/// while they send or receive it. These copies are not wiped.
#[derive(Clone)]
pub struct Secret(Arc<SecretString>);

impl Secret {
    /// The text.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::from(Box::from(text))
    }
}

impl From<String> for Secret {
    /// Takes the text, and wipes its old memory.
    fn from(mut text: String) -> Self {
        let secret = Self::from(text.as_str());
        text.zeroize();
        secret
    }
}

impl From<&String> for Secret {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<Box<str>> for Secret {
    /// Takes the text without copying it.
    fn from(text: Box<str>) -> Self {
        Self(Arc::new(SecretString::new(text)))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let (text, other) = (self.expose_secret(), other.expose_secret());
        text.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl Serialize for Secret {
    /// # Errors
    ///
    /// Always, except within [`Exposed`](crate::Exposed).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !exposed::is_exposing() {
            return Err(S::Error::custom(
                "a secret is not serialized by accident: to write it in clear text, wrap the value \
                 in `Exposed`",
            ));
        }
        exposed::record(self);
        serializer.serialize_str(self.expose_secret())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Secret, E> {
                Ok(text.into())
            }

            fn visit_string<E>(self, text: String) -> Result<Secret, E> {
                Ok(text.into())
            }
        }

        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exposed;

    #[test]
    fn memory_is_wiped_on_drop() {
        fn is_wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        is_wiped(&*Secret::from("a").0);
    }

    #[test]
    fn secret_is_serialized_only_when_exposed() {
        let secret: Secret = serde_json::from_str("\"a\\u0062\"").unwrap();
        assert_eq!(secret.expose_secret(), "ab");
        let error = serde_json::to_string(&secret).unwrap_err().to_string();
        assert!(error.contains("`Exposed`"), "{error}");
        let written = serde_json::to_string(&Exposed(&secret));
        assert_eq!(written.unwrap(), "\"ab\"");
    }

    #[test]
    fn secrets_are_equal_by_their_texts() {
        for (one, other) in [("", ""), ("a", "a"), ("a", "b"), ("a", "ab"), ("é", "e")] {
            let is_equal = Secret::from(one) == Secret::from(other);
            assert_eq!(is_equal, one == other, "{one} {other}");
        }
    }
}
