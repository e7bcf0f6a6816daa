//! Defines `Client::exchange_code`, which exchanges an authorization code for an access token.
//!
//! The request contains the client's id and secret, the code, and an optional redirect URI. If
//! one of them is missing or malformed, the call returns an error and sends nothing.

use std::future::ready;

use crate::calls::CreateAccessToken;
use crate::connect::REDIRECT_URI;
use crate::runtime::Credentials;
use crate::setting::Setting;
use crate::types::{CreateAccessTokenRequest, CreateAccessTokenResponse};
use crate::{CallFuture, Client, Error, Response, Secret, service};

const CLIENT_ID: &str = "a client id (set ClientBuilder::client_id or FINCH_CLIENT_ID)";
const CLIENT_SECRET: &str =
    "a client secret (set ClientBuilder::client_secret or FINCH_CLIENT_SECRET)";
const CODE: &str = "an authorization code that is not empty";

impl Client {
    /// Exchanges the authorization code from Finch Connect for an access token, with the
    /// client's own id and secret. Await it, or call [`send`](ExchangeCode::send) for a
    /// future to spawn or join.
    ///
    /// A code is valid once and for a short time. The token does not expire. The request
    /// contains the code unchanged, and is not retried once Finch may have received it.
    ///
    /// # Errors
    ///
    /// Awaiting it returns an [`Error`]: see [what to do about each](crate#errors). If
    /// the [outcome is unknown](Error::outcome_unknown), the code may be used up.
    ///
    /// # Panics
    ///
    /// Awaiting it panics outside of a tokio runtime with I/O and time drivers enabled. A
    /// program without a runtime makes one with `tokio::runtime::Runtime::new()?`, which
    /// enables both, and calls `runtime.block_on(async { … })`.
    ///
    /// # Dropping the future may lose a token
    ///
    /// Once the request is sent, Finch may issue the token and use up the code. If the
    /// future is dropped then, nobody receives the token, and the employer has to connect
    /// again. A timeout around the future (`tokio::time::timeout`), another branch of a
    /// `select!`, or a web framework whose browser disconnects may drop it. So set
    /// [`timeout`](crate::ClientBuilder::timeout) instead of your own timeout. Make the
    /// exchange in a task that nothing else can stop and that also stores the token. An
    /// error may [have the token](Error::access_token), too:
    ///
    /// ```no_run
    /// # async fn store(token: finch_api::Secret) {}
    /// # async fn run(client: finch_api::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let exchange = client.exchange_code("the code");
    /// let task = tokio::spawn(async move {
    ///     let token = match exchange.await {
    ///         Ok(token) => token.access_token,
    ///         Err(error) => error.access_token().cloned().ok_or(error)?,
    ///     };
    ///     store(token).await;
    ///     Ok::<(), finch_api::Error>(())
    /// });
    /// task.await??;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Example
    ///
    /// ```no_run
    /// # async fn run(client: finch_api::Client) -> Result<(), finch_api::Error> {
    /// let token = client.exchange_code("the code").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn exchange_code(&self, code: impl Into<Secret>) -> ExchangeCode {
        ExchangeCode {
            client: self.clone(),
            code: code.into(),
            redirect_uri: None,
        }
    }
}

/// An exchange that has not been sent: see [`Client::exchange_code`].
#[derive(Clone, Debug)]
#[must_use = "nothing is exchanged until it is awaited or sent"]
pub struct ExchangeCode {
    client: Client,
    code: Secret,
    redirect_uri: Option<Setting>,
}

impl ExchangeCode {
    /// Sets the redirect URI of the redirect flow. It must equal the one that [opened
    /// Finch Connect](crate::connect::authorize_url). The embedded flow has no redirect
    /// URI.
    ///
    /// It follows [the rule for
    /// settings](crate::ClientBuilder#the-rule-for-settings), and must be a URL without
    /// a fragment.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uri = Some(Setting::new(REDIRECT_URI, uri.into()));
        self
    }

    /// Sends the request. The future borrows nothing, so it can be spawned or joined:
    ///
    /// ```no_run
    /// # async fn run(client: finch_api::Client, codes: Vec<String>) {
    /// let exchanges = codes.into_iter().map(|code| client.exchange_code(code).send());
    /// for token in futures_util::future::join_all(exchanges).await {
    ///     match token {
    ///         Ok(token) => println!("connected: {}", token.value().connection_id),
    ///         Err(error) => eprintln!("{error}"),
    ///     }
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`Client::exchange_code`].
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime: see [`Client::exchange_code`].
    pub async fn send(self) -> Result<Response<CreateAccessTokenResponse>, Error> {
        self.exchange_call()?.send().await
    }

    fn exchange_call(&self) -> Result<CreateAccessToken, Error> {
        let [operation, _] = service::EXCHANGE;
        let request = self.request();
        let request = request.map_err(|error| error.of_operation(operation))?;
        Ok(self.client.create_access_token().body(request))
    }

    /// Builds the request body. Fails if a value is missing or malformed.
    fn request(&self) -> Result<CreateAccessTokenRequest, Error> {
        let Credentials { id, secret, .. } = &*self.client.config.credentials;
        let has_code = !self.code.expose_secret().is_empty();
        let redirect_uri = self.redirect_uri.as_ref().map(Setting::redirect_uri);
        let redirect_uri = redirect_uri.transpose();
        let (Some(client_id), Some(client_secret), true, Ok(redirect_uri)) =
            (id, secret, has_code, &redirect_uri)
        else {
            let needed = [
                (id.is_none(), CLIENT_ID),
                (secret.is_none(), CLIENT_SECRET),
                (!has_code, CODE),
            ];
            let missing = needed.iter().filter(|(is_missing, _)| *is_missing);
            let missing: Vec<&str> = missing.map(|(_, what)| *what).collect();
            let lack = (!missing.is_empty()).then(|| format!("it needs {}", missing.join(" and ")));
            let what: Vec<String> = lack.into_iter().chain(redirect_uri.err()).collect();
            let what = what.join("; ");
            return Err(match (id, secret) {
                (Some(_), Some(_)) => Error::invalid_request(what),
                _ => Error::configuration(what),
            });
        };
        let request = CreateAccessTokenRequest::builder()
            .client_id(client_id.as_str())
            .client_secret(client_secret.clone())
            .code(self.code.clone())
            .maybe_redirect_uri(redirect_uri.map(str::to_owned));
        Ok(request.build()?)
    }
}

impl IntoFuture for ExchangeCode {
    type Output = Result<CreateAccessTokenResponse, Error>;
    type IntoFuture = CallFuture<CreateAccessTokenResponse>;

    /// Sends the request and returns the value of the response: see [`send`](Self::send).
    fn into_future(self) -> Self::IntoFuture {
        match self.exchange_call() {
            Ok(call) => call.into_future(),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When the document adds a required property, the error names it. The exchange must
    /// then set it.
    #[test]
    fn the_request_has_every_required_property() {
        let client = Client::builder()
            .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
            .client_secret("finch-secret-1")
            .base_url("http://127.0.0.1:1")
            .build()
            .unwrap();
        let exchange = client.exchange_code("code-1");
        let built = exchange.request().map(drop);
        assert_eq!(built.map_err(|error| error.to_string()), Ok(()));
    }
}
