//! Adds the credentials that an operation requires to the headers, query or cookies of a
//! request.
//!
//! Takes the first alternative for which the client or the request has every credential. A
//! credential that the caller put into the request stays, and is marked as sensitive if it is
//! in a header. If no alternative is complete, returns an error that names the credentials that
//! the first one lacks, and nothing is sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::head::Head;
use super::operation::{Credential, Operation};
use super::secret::Secret;
use crate::service;

/// The credentials of a client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials {
    /// The name of the user or of the application. It is not secret.
    pub(crate) id: Option<String>,
    /// The secret that belongs to the id.
    pub(crate) secret: Option<Secret>,
    pub(crate) access_token: Option<Secret>,
    /// The API keys, each with its location: a header, a query parameter or a cookie.
    pub(crate) keys: Vec<(Credential, Secret)>,
}

impl Credentials {
    /// Adds the credentials that `operation` requires to `request`. It uses the first
    /// alternative for which the request or this client has every credential. A
    /// credential that is already in the request stays.
    ///
    /// # Errors
    ///
    /// A credential is missing or cannot be sent.
    pub(crate) fn authorize(
        &self,
        request: &mut Head,
        operation: &Operation,
    ) -> Result<(), String> {
        let Some(preferred) = operation.security.first() else {
            return Ok(());
        };
        let has = |one: &Credential| self.holds(*one) || is_in(request, *one);
        let mut alternatives = operation.security.iter();
        let Some(alternative) = alternatives.find(|alternative| alternative.iter().all(has)) else {
            let missing = preferred.iter().filter(|one| !has(one));
            let missing: Vec<String> = missing.map(|one| needed(*one)).collect();
            let what = format!("it needs {}", missing.join("; and "));
            return Err(what);
        };
        for credential in *alternative {
            if is_in(request, *credential) {
                hide(request, *credential);
            } else if let Some(text) = self.text(*credential) {
                put(request, *credential, &text)?;
            }
        }
        Ok(())
    }

    fn holds(&self, credential: Credential) -> bool {
        match credential {
            Credential::Bearer => self.access_token.is_some(),
            Credential::Basic => self.id.is_some() && self.secret.is_some(),
            Credential::Header(_) | Credential::Query(_) | Credential::Cookie(_) => {
                self.key(credential).is_some()
            }
        }
    }

    fn key(&self, credential: Credential) -> Option<&Secret> {
        let mut keys = self.keys.iter();
        keys.find_map(|(location, key)| (*location == credential).then_some(key))
    }

    /// Returns the encoded text of `credential`, if this client has it.
    fn text(&self, credential: Credential) -> Option<Zeroizing<String>> {
        let text = match credential {
            Credential::Bearer => {
                let token = self.access_token.as_ref()?;
                format!("Bearer {}", token.expose_secret())
            }
            Credential::Basic => {
                let (id, secret) = (self.id.as_ref()?, self.secret.as_ref()?);
                let pair = Zeroizing::new(format!("{id}:{}", secret.expose_secret()));
                let pair = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
                format!("Basic {}", *pair)
            }
            Credential::Header(_) | Credential::Query(_) | Credential::Cookie(_) => {
                self.key(credential)?.expose_secret().to_owned()
            }
        };
        Some(Zeroizing::new(text))
    }
}

/// Describes `credential` for an error message.
fn needed(credential: Credential) -> String {
    match credential {
        Credential::Bearer => service::NEEDS_BEARER.to_owned(),
        Credential::Basic => service::NEEDS_BASIC.to_owned(),
        Credential::Header(name) => format!("a key in the header {name}"),
        Credential::Query(name) => format!("a key in the query, as {name}"),
        Credential::Cookie(name) => format!("a key in the cookie {name}"),
    }
}

/// Whether `request` already has a value for `credential`.
fn is_in(request: &Head, credential: Credential) -> bool {
    let headers = &request.headers;
    match credential {
        Credential::Bearer | Credential::Basic => headers.contains_key(AUTHORIZATION),
        Credential::Header(name) => headers.contains_key(name),
        Credential::Query(name) => request.url.query_pairs().any(|(key, _)| key == name),
        Credential::Cookie(name) => cookies(request)
            .split(';')
            .any(|cookie| cookie.trim_start().split('=').next() == Some(name)),
    }
}

fn cookies(request: &Head) -> &str {
    let cookies = request.headers.get(COOKIE);
    cookies
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Marks the caller's value for `credential` as sensitive, to keep it out of logs.
fn hide(request: &mut Head, credential: Credential) {
    let name = match credential {
        Credential::Bearer | Credential::Basic => AUTHORIZATION.as_str(),
        Credential::Header(name) => name,
        Credential::Query(_) => return,
        Credential::Cookie(_) => COOKIE.as_str(),
    };
    if let Some(callers) = request.headers.get_mut(name) {
        callers.set_sensitive(true);
    }
}

/// Adds `text` to `request` as `credential`.
fn put(request: &mut Head, credential: Credential, text: &str) -> Result<(), String> {
    let name = match credential {
        Credential::Bearer | Credential::Basic => AUTHORIZATION,
        Credential::Header(name) => {
            HeaderName::from_lowercase(name.as_bytes()).map_err(|error| error.to_string())?
        }
        Credential::Query(name) => {
            request.url.query_pairs_mut().append_pair(name, text);
            return Ok(());
        }
        Credential::Cookie(name) if text.contains(';') => {
            let what = format!("the key for the cookie {name} must not have a semicolon");
            return Err(what);
        }
        Credential::Cookie(name) => {
            let cookies = match cookies(request) {
                "" => format!("{name}={text}"),
                before => format!("{before}; {name}={text}"),
            };
            return put_header(request, COOKIE, &Zeroizing::new(cookies));
        }
    };
    put_header(request, name, text)
}

fn put_header(request: &mut Head, name: HeaderName, text: &str) -> Result<(), String> {
    let mut value = HeaderValue::from_str(text).map_err(|error| error.to_string())?;
    value.set_sensitive(true);
    request.headers.insert(name, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::operation::EXAMPLE;

    const BOTH: &[&[Credential]] = &[&[Credential::Bearer], &[Credential::Basic]];

    /// Authorizes a request with `headers` and `query` for an operation with this
    /// `security`, and returns its headers and query.
    fn check(
        credentials: &Credentials,
        security: &'static [&[Credential]],
        (headers, query): (&[(&'static str, &'static str)], &str),
    ) -> Result<String, String> {
        let operation = Operation {
            security,
            ..EXAMPLE
        };
        let url = format!("https://a.example/b{query}").parse().unwrap();
        let mut request = Head {
            method: http::Method::GET,
            url,
            headers: http::HeaderMap::new(),
        };
        for (name, value) in headers {
            let value = HeaderValue::from_static(value);
            request.headers.insert(*name, value);
        }
        credentials.authorize(&mut request, &operation)?;
        let printed = format!("{:?}", request.headers);
        assert!(!printed.contains("s3cret"), "{printed}");
        let headers = request.headers.iter();
        let mut lines: Vec<String> = headers
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        lines.extend(request.url.query().map(|query| format!("?{query}")));
        Ok(lines.join("\n"))
    }

    const NOTHING: (&[(&str, &str)], &str) = (&[], "");

    #[test]
    fn operation_gets_only_required_credentials() {
        let basic = Credentials {
            id: Some("Aladdin".to_owned()),
            secret: Some("open sesame".into()),
            ..Credentials::default()
        };
        let all = Credentials {
            access_token: Some("s3cret".into()),
            ..basic.clone()
        };
        // The example of RFC 7617.
        let basic_header = "authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".to_owned();
        let check = |credentials, security| check(credentials, security, NOTHING);
        assert_eq!(check(&all, &[]), Ok(String::new()));
        assert_eq!(
            check(&all, BOTH),
            Ok("authorization: Bearer s3cret".to_owned())
        );
        assert_eq!(check(&basic, BOTH), Ok(basic_header));
        let none = Credentials::default();
        assert_eq!(
            check(&none, &[&[], &[Credential::Bearer]]),
            Ok(String::new())
        );
        let refused = |what| Err(format!("it needs {what}"));
        assert_eq!(
            check(&basic, &[&[Credential::Bearer]]),
            refused(service::NEEDS_BEARER)
        );
        assert_eq!(
            check(&none, &[&[Credential::Basic]]),
            refused(service::NEEDS_BASIC)
        );
    }

    #[test]
    fn api_key_is_sent_in_its_location() {
        const HEADER: Credential = Credential::Header("x-key");
        const QUERY: Credential = Credential::Query("key");
        const COOKIE: Credential = Credential::Cookie("session");
        const EACH: &[&[Credential]] = &[&[HEADER, QUERY, COOKIE]];
        let keys = |keys: &[(Credential, &str)]| Credentials {
            keys: keys
                .iter()
                .map(|(location, key)| (*location, (*key).into()))
                .collect(),
            ..Credentials::default()
        };
        let all = keys(&[(HEADER, "s3cret"), (QUERY, "a&b"), (COOKIE, "s3cret=")]);
        for (credentials, security, before, after) in [
            (
                &all,
                EACH,
                NOTHING,
                Ok("x-key: s3cret\ncookie: session=s3cret=\n?key=a%26b"),
            ),
            (
                &all,
                EACH,
                (&[("cookie", "a=b")], "?c=%20"),
                Ok("cookie: a=b; session=s3cret=\nx-key: s3cret\n?c=%20&key=a%26b"),
            ),
            // The caller's values stay.
            (
                &all,
                EACH,
                (
                    &[
                        ("x-key", "s3cret of a caller"),
                        ("cookie", "a=b; session=s3cret"),
                    ],
                    "?key=d",
                ),
                Ok("x-key: s3cret of a caller\ncookie: a=b; session=s3cret\n?key=d"),
            ),
            (&all, &[], NOTHING, Ok("")),
            (
                &keys(&[(QUERY, "k")]),
                &[&[HEADER], &[QUERY]],
                NOTHING,
                Ok("?key=k"),
            ),
            (
                &keys(&[(Credential::Header("x-other"), "k")]),
                &[&[HEADER]],
                NOTHING,
                Err("it needs a key in the header x-key"),
            ),
            (
                &keys(&[(HEADER, "k")]),
                EACH,
                NOTHING,
                Err("it needs a key in the query, as key; and a key in the cookie session"),
            ),
            (
                &Credentials::default(),
                &[&[COOKIE]],
                (&[("cookie", "sessions=a")], ""),
                Err("it needs a key in the cookie session"),
            ),
            (
                &keys(&[(COOKIE, "a; b=c")]),
                &[&[COOKIE]],
                NOTHING,
                Err("the key for the cookie session must not have a semicolon"),
            ),
        ] {
            let after = after.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(check(credentials, security, before), after);
        }
    }
}
