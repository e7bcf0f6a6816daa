//! Which credentials go with a request: those that the document asks for.

use reqwest::RequestBuilder;

use super::error::Error;
use super::operation::{Credential, Operation};
use super::secret::Secret;

/// The credentials that a client was given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials {
    pub(crate) client_id: Option<uuid::Uuid>,
    pub(crate) client_secret: Option<Secret>,
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
        if operation.security.is_empty() {
            return Ok(request);
        }
        let held = operation
            .security
            .iter()
            .find(|alternative| alternative.iter().all(|credential| self.holds(*credential)));
        match held {
            Some(alternative) => Ok(alternative.iter().fold(request, |request, credential| {
                self.add(request, *credential)
            })),
            None => {
                let needed = match operation.security[0] {
                    [Credential::Basic, ..] => {
                        "a client id and a client secret: set them with ClientBuilder::client_id and \
                         ClientBuilder::client_secret"
                    }
                    _ => "an access token: set it with ClientBuilder::access_token",
                };
                Err(Error::configuration(format!(
                    "{} needs {needed}",
                    operation.id
                )))
            }
        }
    }

    fn holds(&self, credential: Credential) -> bool {
        match credential {
            Credential::Bearer => self.access_token.is_some(),
            Credential::Basic => self.client_id.is_some() && self.client_secret.is_some(),
        }
    }

    /// Adds the `Authorization` header, which reqwest marks as sensitive.
    fn add(&self, request: RequestBuilder, credential: Credential) -> RequestBuilder {
        match (
            credential,
            &self.access_token,
            self.client_id,
            &self.client_secret,
        ) {
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

    const BOTH: &[&[Credential]] = &[&[Credential::Bearer], &[Credential::Basic]];

    fn check(
        credentials: &Credentials,
        security: &'static [&[Credential]],
    ) -> Result<Option<String>, String> {
        let operation = Operation {
            id: "introspect",
            headers: &[],
            security,
            secrets: &[],
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
            client_id: Some(uuid::Uuid::nil()),
            client_secret: Some("secret".into()),
            access_token: None,
        };
        let all = Credentials {
            access_token: Some("token".into()),
            ..basic.clone()
        };
        // `printf 00000000-0000-0000-0000-000000000000:secret | base64`
        let basic_header =
            "Basic MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOnNlY3JldA==".to_owned();
        assert_eq!(check(&all, &[]), Ok(None));
        assert_eq!(check(&all, BOTH), Ok(Some("Bearer token".to_owned())));
        assert_eq!(check(&basic, BOTH), Ok(Some(basic_header)));
        assert_eq!(
            check(&Credentials::default(), &[&[], &[Credential::Bearer]]),
            Ok(None)
        );
        assert_eq!(
            check(&basic, &[&[Credential::Bearer]]),
            Err(
                "introspect needs an access token: set it with ClientBuilder::access_token"
                    .to_owned()
            ),
        );
        assert_eq!(
            check(&Credentials::default(), &[&[Credential::Basic]]),
            Err(
                "introspect needs a client id and a client secret: set them with \
                 ClientBuilder::client_id and ClientBuilder::client_secret"
                    .to_owned()
            ),
        );
    }
}
