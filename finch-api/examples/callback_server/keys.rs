//! The encryption of tokens: XChaCha20-Poly1305 with a random nonce for each token. The
//! connection's id is associated data, so a token that is moved to another connection
//! cannot be opened.
//!
//! `TOKEN_KEYS` is `ID:KEY`. The key is 32 random bytes in base64, and the id is any name
//! for it. To rotate keys, put a new one before the old one: `2027:…,2026:…`. The first
//! key encrypts, and every key decrypts. The next start encrypts everything with the first
//! key, and you can remove the old one.

use anyhow::{Context as _, anyhow, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use finch_api::Secret;
use zeroize::Zeroizing;

/// The lengths of a key and of a nonce, in bytes.
const KEY: usize = 32;
const NONCE: usize = 24;

/// An encrypted token.
pub(crate) struct Sealed {
    pub(crate) key_id: String,
    pub(crate) nonce: Vec<u8>,
    pub(crate) token: Vec<u8>,
}

/// The keys: the first one encrypts. Their memory is wiped when they are dropped.
pub(crate) struct Keys(Vec<(String, XChaCha20Poly1305)>);

impl Keys {
    /// Reads `ID:KEY,ID:KEY`. No error shows a key.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let mut keys: Vec<(String, XChaCha20Poly1305)> = Vec::new();
        for (index, key) in text.split(',').enumerate() {
            let place = format!("key {}", index + 1);
            let (id, key) = key
                .trim()
                .split_once(':')
                .with_context(|| format!("{place}: it has no id: write `ID:KEY`"))?;
            let key = STANDARD
                .decode(key)
                .map(Zeroizing::new)
                .map_err(|_| anyhow!("{place}: it is not base64"))?;
            ensure!(
                key.len() == KEY,
                "{place}: it has {} bytes instead of {KEY}: `openssl rand -base64 {KEY}` \
                 makes one",
                key.len()
            );
            ensure!(!id.is_empty(), "{place}: its id is empty");
            ensure!(
                keys.iter().all(|(other, _)| other != id),
                "{place}: its id is not unique"
            );
            let cipher = XChaCha20Poly1305::new_from_slice(&key).expect("its length is right");
            keys.push((id.to_owned(), cipher));
        }
        Ok(Self(keys))
    }

    /// Generates a key that is lost when this process ends.
    pub(crate) fn random() -> anyhow::Result<Self> {
        let mut key = Zeroizing::new([0; KEY]);
        getrandom::fill(&mut *key)?;
        let cipher = XChaCha20Poly1305::new_from_slice(&*key).expect("its length is right");
        Ok(Self(vec![("random".to_owned(), cipher)]))
    }

    /// Encrypts the token of a connection.
    pub(crate) fn seal(&self, connection_id: &str, token: &Secret) -> anyhow::Result<Sealed> {
        let (key_id, cipher) = &self.0[0];
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce)?;
        let payload = Payload {
            msg: token.expose_secret().as_bytes(),
            aad: connection_id.as_bytes(),
        };
        let token = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| anyhow!("connection {connection_id}: its token cannot be sealed"))?;
        Ok(Sealed {
            key_id: key_id.clone(),
            nonce: nonce.to_vec(),
            token,
        })
    }

    /// Decrypts the token of a connection. Fails if the token has another key or belongs to another
    /// connection, or if a byte was changed.
    pub(crate) fn open(&self, connection_id: &str, sealed: &Sealed) -> anyhow::Result<Secret> {
        let Sealed {
            key_id,
            nonce,
            token,
        } = sealed;
        let (_, cipher) = self
            .0
            .iter()
            .find(|(id, _)| id == key_id)
            .with_context(|| {
                format!(
                    "connection {connection_id}: it is sealed with the key {key_id:?}, which \
                 TOKEN_KEYS does not have"
                )
            })?;
        let payload = Payload {
            msg: token,
            aad: connection_id.as_bytes(),
        };
        <[u8; NONCE]>::try_from(nonce.as_slice())
            .ok()
            .and_then(|nonce| cipher.decrypt(&XNonce::from(nonce), payload).ok())
            .map(Zeroizing::new)
            .and_then(|token| Some(Secret::from(std::str::from_utf8(&token).ok()?)))
            .with_context(|| {
                format!(
                    "connection {connection_id}: its token cannot be opened: the key {key_id:?} is \
                     not the one that it was sealed with, or the record was changed"
                )
            })
    }

    /// Whether `sealed` was encrypted with the first key.
    pub(crate) fn is_current(&self, sealed: &Sealed) -> bool {
        self.0[0].0 == sealed.key_id
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

    use super::*;

    const A: &str = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
    const B: &str = "YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";

    fn keys(text: &str) -> Keys {
        Keys::parse(text).unwrap()
    }

    fn refused(keys: &Keys, connection_id: &str, sealed: &Sealed) -> String {
        keys.open(connection_id, sealed).unwrap_err().to_string()
    }

    #[test]
    fn only_sealed_text_can_be_opened() {
        let all = keys(&format!("a:{A}"));
        let token = Secret::from("token-1");
        let sealed = all.seal("connection-1", &token).unwrap();
        let opened = all.open("connection-1", &sealed).unwrap();
        assert_eq!(opened.expose_secret(), "token-1");
        let again = all.seal("connection-1", &token).unwrap();
        assert_ne!(again.nonce, sealed.nonce);
        assert_ne!(again.token, sealed.token);

        let message = "connection connection-1: its token cannot be opened: the key \"a\" is not \
                       the one that it was sealed with, or the record was changed";
        let wrong = keys(&format!("a:{B}"));
        assert_eq!(refused(&wrong, "connection-1", &sealed), message);
        for index in 0..sealed.token.len() {
            let mut token = sealed.token.clone();
            token[index] ^= 1;
            let changed = Sealed {
                key_id: sealed.key_id.clone(),
                nonce: sealed.nonce.clone(),
                token,
            };
            assert_eq!(refused(&all, "connection-1", &changed), message);
        }
        for nonce in [vec![0; NONCE], Vec::new()] {
            let changed = Sealed {
                key_id: sealed.key_id.clone(),
                nonce,
                token: sealed.token.clone(),
            };
            assert_eq!(refused(&all, "connection-1", &changed), message);
        }
        assert!(refused(&all, "connection-2", &sealed).contains("cannot be opened"));
        assert_eq!(
            refused(&keys(&format!("b:{A}")), "connection-1", &sealed),
            "connection connection-1: it is sealed with the key \"a\", which TOKEN_KEYS does not \
             have"
        );
    }

    #[test]
    fn first_key_seals_and_every_key_opens() {
        let old = keys(&format!("a:{A}"));
        let both = keys(&format!("b:{B}, a:{A}"));
        let sealed = old.seal("connection-1", &Secret::from("token-1")).unwrap();
        assert!(!both.is_current(&sealed));
        let opened = both.open("connection-1", &sealed).unwrap();
        let sealed = both.seal("connection-1", &opened).unwrap();
        assert_eq!(sealed.key_id, "b");
        assert!(both.is_current(&sealed));
    }

    #[test]
    fn invalid_key_error_names_the_key_without_its_value() {
        for (text, message) in [
            ("s3cret", "key 1: it has no id: write `ID:KEY`"),
            ("a:s3cret!", "key 1: it is not base64"),
            (
                "a:czNjcmV0",
                "key 1: it has 6 bytes instead of 32: `openssl rand -base64 32` makes one",
            ),
            (&format!(":{A}"), "key 1: its id is empty"),
            (&format!("a:{A},a:{B}"), "key 2: its id is not unique"),
        ] {
            assert_eq!(Keys::parse(text).err().unwrap().to_string(), message);
        }
    }
}
