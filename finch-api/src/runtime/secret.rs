//! Values that are never printed.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};
use zeroize::Zeroize as _;

/// A credential: a client secret, an authorization code, an access token.
///
/// `Debug` prints `[REDACTED]`, there is no `Display`, and its memory is wiped
/// when it is dropped. [`expose_secret`](Self::expose_secret) is the one way to
/// the text. Serializing writes the text too, as a request must: do not
/// serialize a value with a `Secret` in it into a log.
///
/// What is wiped is the memory of the `Secret` itself. Copies that the HTTP and
/// TLS libraries make while they send or receive it are theirs.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The text.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(SecretString::new(text.into()))
    }
}

impl From<String> for Secret {
    /// Takes the text over, and wipes the memory that it was in.
    fn from(mut text: String) -> Self {
        let secret = Self::from(text.as_str());
        text.zeroize();
        secret
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
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

    #[test]
    fn its_memory_is_wiped_on_drop() {
        fn is_wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        is_wiped(&Secret::from("a").0);
    }

    #[test]
    fn json_goes_in_and_out() {
        let secret: Secret = serde_json::from_str("\"a\\u0062\"").unwrap();
        assert_eq!(secret.expose_secret(), "ab");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"ab\"");
    }
}
