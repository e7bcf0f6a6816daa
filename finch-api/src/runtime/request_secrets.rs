//! Collects the secrets of a request, so that they can be redacted from the text of its
//! response.
//!
//! These are the client's credentials, sensitive headers with the passwords and cookies in
//! them, the secrets that were serialized into the request, and the secret properties of a body
//! in JSON, a form or multipart. They are collected only when a text is printed.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::Url;
use reqwest::header::HeaderValue;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::codegen_support::multipart;
use super::credentials::Credentials;
use super::redact::Redactor;
use super::secret::Secret;

/// The sources of a request's secrets. The secrets are collected only when needed.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestSecrets {
    /// The request body.
    pub(super) body: Bytes,
    /// The names of the secret properties of the body.
    pub(super) names: &'static [&'static str],
    /// The client's own credentials.
    pub(super) credentials: Arc<Credentials>,
    /// Credentials that the caller added to the request.
    pub(super) headers: Vec<HeaderValue>,
    /// The secrets that were serialized into the request.
    pub(super) exposed: Arc<[Secret]>,
}

impl RequestSecrets {
    pub(super) fn redactor(&self) -> Redactor {
        Redactor::new(self.collect())
    }

    fn collect(&self) -> Vec<Secret> {
        let Credentials {
            id: _,
            secret,
            access_token,
            keys,
        } = &*self.credentials;
        let mut secrets: Vec<Secret> = [secret, access_token]
            .into_iter()
            .flatten()
            .chain(keys.iter().map(|(_, key)| key))
            .chain(&*self.exposed)
            .cloned()
            .collect();
        let headers = self.headers.iter();
        for text in headers.filter_map(|value| value.to_str().ok()) {
            secrets.extend(in_header(text));
        }
        if self.names.is_empty() {
            return secrets;
        }
        match in_json(&self.body, self.names) {
            Ok(found) => secrets.extend(found),
            Err(_) => {
                for (name, value) in form(&self.body).iter().flat_map(Url::query_pairs) {
                    if self.names.contains(&&*name) {
                        secrets.push((&*value).into());
                    }
                }
                for (name, content) in multipart::parts(&self.body) {
                    if self.names.contains(&name.as_str()) {
                        secrets.push((&*String::from_utf8_lossy(content)).into());
                    } else if let Ok(found) = in_json(content, self.names) {
                        secrets.extend(found);
                    }
                }
            }
        }
        secrets
    }
}

/// Returns the secrets in a header with credentials: the value, the credential after a scheme, the
/// password of basic authentication, and the value of each cookie.
fn in_header(text: &str) -> Vec<Secret> {
    let (_, credential) = text.split_once(' ').unwrap_or(("", text));
    let mut secrets = vec![Secret::from(text.trim()), credential.trim().into()];
    let basic = STANDARD.decode(credential.trim()).map(Zeroizing::new);
    let basic = basic.as_ref().map(|pair| str::from_utf8(pair));
    if let Ok(Ok(pair)) = basic
        && let Some((_, password)) = pair.split_once(':')
    {
        secrets.push(password.into());
    }
    let cookies = text.split(';').filter_map(|cookie| cookie.split_once('='));
    secrets.extend(cookies.map(|(_, value)| Secret::from(value.trim())));
    secrets.retain(|secret| !secret.expose_secret().is_empty());
    secrets
}

/// Returns the strings in the properties of `json` with these names, at any depth.
///
/// # Errors
///
/// It is not JSON.
fn in_json(json: &[u8], names: &[&str]) -> serde_json::Result<Vec<Secret>> {
    let mut secrets = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let strings = Strings {
        names,
        is_secret: false,
        secrets: &mut secrets,
    };
    strings.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(secrets)
}

/// Collects the strings of secret properties. A `Value` would leave copies of them in memory.
struct Strings<'a> {
    names: &'a [&'a str],
    /// Whether this is the value of a secret property, or an item of it.
    is_secret: bool,
    secrets: &'a mut Vec<Secret>,
}

impl Strings<'_> {
    fn inside(&mut self, is_secret: bool) -> Strings<'_> {
        Strings {
            names: self.names,
            is_secret,
            secrets: self.secrets,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strings<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strings<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        if self.is_secret {
            self.secrets.push(text.into());
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let is_secret = self.is_secret;
        while items.next_element_seed(self.inside(is_secret))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut properties: A) -> Result<(), A::Error> {
        while let Some(name) = properties.next_key::<String>()? {
            let is_secret = self.names.contains(&name.as_str());
            properties.next_value_seed(self.inside(is_secret))?;
        }
        Ok(())
    }
}

/// Returns a URL with `body` as its query, because forms use the same syntax.
fn form(body: &[u8]) -> Option<Url> {
    let mut url = Url::parse("form:").ok()?;
    url.set_query(Some(std::str::from_utf8(body).ok()?));
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::operation::Credential;

    #[track_caller]
    fn check(sent: RequestSecrets, secrets: &[&str]) {
        let found = sent.collect();
        let found: Vec<&str> = found.iter().map(Secret::expose_secret).collect();
        assert_eq!(found, secrets);
    }

    #[test]
    fn secrets_include_credentials() {
        let credentials = Credentials {
            id: Some("id".to_owned()),
            secret: Some("secret".into()),
            access_token: Some("token".into()),
            keys: vec![(Credential::Header("x-key"), "key".into())],
        };
        let sent = RequestSecrets {
            credentials: credentials.into(),
            headers: ["Bearer own", "own-key", "Basic aTpvd24=", "a=1; b=2=3"]
                .map(HeaderValue::from_static)
                .into(),
            exposed: [Secret::from("exposed")].into(),
            ..RequestSecrets::default()
        };
        check(
            sent,
            &[
                "secret",
                "token",
                "key",
                "exposed",
                "Bearer own",
                "own",
                "own-key",
                "own-key",
                "Basic aTpvd24=",
                "aTpvd24=",
                "own",
                "a=1; b=2=3",
                "b=2=3",
                "1",
                "2=3",
            ],
        );
    }

    #[test]
    fn secrets_are_found_by_name_in_json_and_forms() {
        let check = |body: &'static str, secrets: &[&str]| {
            let sent = RequestSecrets {
                body: Bytes::from_static(body.as_bytes()),
                names: &["code"],
                ..RequestSecrets::default()
            };
            check(sent, secrets);
        };
        check(
            r#"{"id": "a", "of": [{"code": "b\u0020c"}, null, true, -1, 1.5], "code": 1}"#,
            &["b c"],
        );
        check(
            r#"{"code": ["a", {"id": "b", "code": "c"}, ["d"]]}"#,
            &["a", "c", "d"],
        );
        check("id=a&code=b+c%26&code=d", &["b c&", "d"]);
        check("code", &[""]);
        check(
            "--b\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\n12\r\n\
             --b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{\"code\":\"c\"}\r\n--b--\r\n",
            &["12", "c"],
        );
        check("", &[]);
    }
}
