//! What was secret in a request, so that no text of the answer's shows it.

use reqwest::Url;
use serde_json::Value;

use super::credentials::Credentials;
use super::on_demand::multipart;
use super::operation::Operation;
use super::secret::Secret;

/// The members of the body `sent` that the document calls secret, and the
/// client's own credentials.
pub(super) fn of(operation: &Operation, sent: &[u8], credentials: &Credentials) -> Vec<Secret> {
    let mut secrets: Vec<Secret> = [&credentials.secret, &credentials.access_token]
        .into_iter()
        .flatten()
        .chain(credentials.keys.iter().map(|(_, key)| key))
        .cloned()
        .collect();
    match serde_json::from_slice(sent) {
        Ok(body) => collect(&body, operation.secrets, &mut secrets),
        Err(_) => {
            for (name, value) in form(sent).iter().flat_map(Url::query_pairs) {
                if operation.secrets.contains(&&*name) {
                    secrets.push((&*value).into());
                }
            }
            for (name, content) in multipart::parts(sent) {
                if operation.secrets.contains(&name.as_str()) {
                    secrets.push((&*String::from_utf8_lossy(content)).into());
                } else if let Ok(value) = serde_json::from_slice(content) {
                    collect(&value, operation.secrets, &mut secrets);
                }
            }
        }
    }
    secrets
}

fn collect(value: &Value, names: &[&str], secrets: &mut Vec<Secret>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if names.contains(&name.as_str()) => {
                        secrets.push(text.as_str().into());
                    }
                    member => collect(member, names, secrets),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names, secrets)),
        _ => {}
    }
}

/// A URL with `body` as its query: a form has the same syntax.
fn form(body: &[u8]) -> Option<Url> {
    let mut url = Url::parse("form:").ok()?;
    url.set_query(Some(std::str::from_utf8(body).ok()?));
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::operation::{Credential, EXAMPLE};

    #[track_caller]
    fn check(sent: &str, secrets: &[&str]) {
        let operation = Operation {
            secrets: &["code"],
            ..EXAMPLE
        };
        let found = of(&operation, sent.as_bytes(), &Credentials::default());
        let found: Vec<&str> = found.iter().map(Secret::expose_secret).collect();
        assert_eq!(found, secrets);
    }

    #[test]
    fn the_credentials_are_among_them() {
        let credentials = Credentials {
            id: Some("id".to_owned()),
            secret: Some("secret".into()),
            access_token: Some("token".into()),
            keys: vec![(Credential::Header("x-key"), "key".into())],
        };
        let found = of(&EXAMPLE, b"", &credentials);
        let found: Vec<&str> = found.iter().map(Secret::expose_secret).collect();
        assert_eq!(found, ["secret", "token", "key"]);
    }

    #[test]
    fn they_are_found_by_name_in_json_and_in_forms() {
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
