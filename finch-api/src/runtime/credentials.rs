//! Which credentials go with a request: those that the document asks for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use zeroize::Zeroizing;

use super::error::Error;
use super::operation::{Credential, Operation};
use super::secret::Secret;
use crate::service;

/// The credentials that a client was given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials {
    /// What is told by name: the user, or the application.
    pub(crate) id: Option<String>,
    /// What belongs to the id.
    pub(crate) secret: Option<Secret>,
    pub(crate) access_token: Option<Secret>,
}

impl Credentials {
    /// Adds to `headers` what `operation` asks for, of the first of its
    /// alternatives that this client has all credentials of.
    pub(crate) fn authorize(
        &self,
        headers: &mut HeaderMap,
        operation: &Operation,
    ) -> Result<(), Error> {
        let Some(preferred) = operation.security.first() else {
            return Ok(());
        };
        let held = operation
            .security
            .iter()
            .find(|alternative| alternative.iter().all(|credential| self.holds(*credential)));
        match held {
            Some(alternative) => {
                for text in alternative.iter().filter_map(|one| self.text(*one)) {
                    let value = HeaderValue::from_str(&text).map_err(Error::invalid_request);
                    let mut value = value?;
                    value.set_sensitive(true);
                    headers.append(AUTHORIZATION, value);
                }
                Ok(())
            }
            None => {
                let missing = preferred
                    .iter()
                    .find(|credential| !self.holds(**credential))
                    .expect("an alternative that is not held lacks a credential");
                Err(Error::configuration(format!(
                    "{} needs {}",
                    operation.id,
                    service::missing(*missing)
                )))
            }
        }
    }

    fn holds(&self, credential: Credential) -> bool {
        match credential {
            Credential::Bearer => self.access_token.is_some(),
            Credential::Basic => self.id.is_some() && self.secret.is_some(),
        }
    }

    /// What stands in the `Authorization` header for `credential`.
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
        };
        Some(Zeroizing::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::operation::EXAMPLE;

    const BOTH: &[&[Credential]] = &[&[Credential::Bearer], &[Credential::Basic]];

    fn check(
        credentials: &Credentials,
        security: &'static [&[Credential]],
    ) -> Result<Option<String>, String> {
        let operation = Operation {
            id: "introspect",
            security,
            ..EXAMPLE
        };
        let mut headers = HeaderMap::new();
        credentials
            .authorize(&mut headers, &operation)
            .map_err(|error| error.to_string())?;
        let header = headers.get(AUTHORIZATION);
        assert!(header.is_none_or(|header| header.is_sensitive()));
        Ok(header.map(|header| header.to_str().unwrap().to_owned()))
    }

    #[test]
    fn an_operation_gets_what_it_asks_for_and_no_more() {
        let basic = Credentials {
            id: Some("Aladdin".to_owned()),
            secret: Some("open sesame".into()),
            access_token: None,
        };
        let all = Credentials {
            access_token: Some("token".into()),
            ..basic.clone()
        };
        // The example of RFC 7617.
        let basic_header = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".to_owned();
        assert_eq!(check(&all, &[]), Ok(None));
        assert_eq!(check(&all, BOTH), Ok(Some("Bearer token".to_owned())));
        assert_eq!(check(&basic, BOTH), Ok(Some(basic_header)));
        let none = Credentials::default();
        assert_eq!(check(&none, &[&[], &[Credential::Bearer]]), Ok(None));
        for (credentials, credential) in [(&basic, Credential::Bearer), (&none, Credential::Basic)]
        {
            let security: &'static [&[Credential]] = match credential {
                Credential::Bearer => &[&[Credential::Bearer]],
                Credential::Basic => &[&[Credential::Basic]],
            };
            let expected = format!("introspect needs {}", service::missing(credential));
            assert_eq!(check(credentials, security), Err(expected));
        }
    }
}
