//! Which credentials go with a request: those that the document asks for.

use reqwest::RequestBuilder;

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
    /// Adds to `request` what `operation` asks for, of the first of its
    /// alternatives that this client has all credentials of.
    pub(crate) fn authorize(
        &self,
        request: RequestBuilder,
        operation: &Operation,
    ) -> Result<RequestBuilder, Error> {
        let Some(preferred) = operation.security.first() else {
            return Ok(request);
        };
        let held = operation
            .security
            .iter()
            .find(|alternative| alternative.iter().all(|credential| self.holds(*credential)));
        match held {
            Some(alternative) => Ok(alternative.iter().fold(request, |request, credential| {
                self.add(request, *credential)
            })),
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

    /// Adds the `Authorization` header, which reqwest marks as sensitive.
    fn add(&self, request: RequestBuilder, credential: Credential) -> RequestBuilder {
        match (credential, &self.access_token, &self.id, &self.secret) {
            (Credential::Bearer, Some(token), ..) => request.bearer_auth(token.expose_secret()),
            (Credential::Basic, _, Some(id), Some(secret)) => {
                request.basic_auth(id, Some(secret.expose_secret()))
            }
            _ => request,
        }
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
        let request = reqwest::Client::new().get("https://api.example.com");
        let request = credentials
            .authorize(request, &operation)
            .map_err(|error| error.to_string())?
            .build()
            .unwrap();
        let header = request.headers().get(reqwest::header::AUTHORIZATION);
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
