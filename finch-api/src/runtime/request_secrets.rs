//! Collects the secrets of a request, so that they can be redacted from the text of its
//! response.
//!
//! These are the client's credentials, sensitive headers, the secrets that were serialized into
//! the request, and the secret properties of a body in JSON, a form or multipart. They are
//! collected only when a text is printed.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::Url;
use reqwest::header::HeaderValue;
use serde_json::Value;

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
        for text in self.headers.iter().filter_map(|value| value.to_str().ok()) {
            // The credential after the scheme, or the whole value for a key.
            let credential = text
                .split_once(' ')
                .map_or(text, |(_, credential)| credential);
            secrets.push(credential.trim().into());
        }
        if self.names.is_empty() {
            return secrets;
        }
        match serde_json::from_slice(&self.body) {
            Ok(body) => collect(&body, self.names, &mut secrets),
            Err(_) => {
                for (name, value) in form(&self.body).iter().flat_map(Url::query_pairs) {
                    if self.names.contains(&&*name) {
                        secrets.push((&*value).into());
                    }
                }
                for (name, content) in multipart::parts(&self.body) {
                    if self.names.contains(&name.as_str()) {
                        secrets.push((&*String::from_utf8_lossy(content)).into());
                    } else if let Ok(value) = serde_json::from_slice(content) {
                        collect(&value, self.names, &mut secrets);
                    }
                }
            }
        }
        secrets
    }
}

fn collect(value: &Value, names: &[&str], secrets: &mut Vec<Secret>) {
    match value {
        Value::Object(properties) => {
            for (name, property) in properties {
                match property {
                    Value::String(text) if names.contains(&name.as_str()) => {
                        secrets.push(text.as_str().into());
                    }
                    property => collect(property, names, secrets),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names, secrets)),
        _ => {}
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
            headers: ["Bearer own", "own-key"]
                .map(HeaderValue::from_static)
                .into(),
            exposed: [Secret::from("exposed")].into(),
            ..RequestSecrets::default()
        };
        check(
            sent,
            &["secret", "token", "key", "exposed", "own", "own-key"],
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
            r#"{"id": "a", "of": [{"code": "b c"}], "code": 1}"#,
            &["b c"],
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
