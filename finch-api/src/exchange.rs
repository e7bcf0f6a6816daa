//! The exchange of an authorization code for an access token.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use crate::runtime::Credentials;
use crate::types::{CreateAccessTokenRequest, CreateAccessTokenResponse};
use crate::{Client, Error, Response, Secret};

impl Client {
    /// Exchanges the authorization code that Finch Connect handed out for an
    /// access token, with the client's own id and secret. Await it.
    ///
    /// The code is good once, and for a short time; the token does not expire.
    /// The request is sent once.
    ///
    /// # Errors
    ///
    /// When awaited, an [`Error`]: [see](crate#what-goes-wrong-and-what-to-do) what
    /// to do about each. Where its [outcome is unknown](Error::outcome_unknown), the
    /// code may be used up.
    ///
    /// # Panics
    ///
    /// When awaited, outside of a tokio runtime that has its I/O and its time
    /// enabled. A program without one makes it: `tokio::runtime::Runtime::new()?`,
    /// which is all enabled, and `runtime.block_on(async { … })`.
    ///
    /// ```no_run
    /// # async fn run(client: finch_api::Client) -> Result<(), finch_api::Error> {
    /// let token = client.exchange_code("the code").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn exchange_code(&self, code: impl Into<Secret>) -> ExchangeCode<'_> {
        ExchangeCode {
            client: self,
            code: code.into(),
            redirect_uri: None,
        }
    }
}

/// An exchange that is about to be made: see [`Client::exchange_code`].
#[derive(Clone, Debug)]
#[must_use = "nothing is exchanged until it is awaited"]
pub struct ExchangeCode<'a> {
    client: &'a Client,
    code: Secret,
    redirect_uri: Option<String>,
}

impl<'a> ExchangeCode<'a> {
    /// The redirect URI of the redirect flow: the very one with which Finch
    /// Connect was opened. The embedded flow has none.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uri = Some(uri.into());
        self
    }

    async fn send(self) -> Result<Response<CreateAccessTokenResponse>, Error> {
        let Self {
            client,
            code,
            redirect_uri,
        } = self;
        let Credentials { id, secret, .. } = &*client.inner.credentials;
        let missing = |what, setter, variable| {
            Error::configuration(format!(
                "the exchange needs {what}: set it with ClientBuilder::{setter}, or as {variable}"
            ))
        };
        let client_id = id
            .as_deref()
            .ok_or_else(|| missing("a client id", "client_id", "FINCH_CLIENT_ID"))?;
        let client_secret = secret
            .clone()
            .ok_or_else(|| missing("a client secret", "client_secret", "FINCH_CLIENT_SECRET"))?;
        if code.expose_secret().is_empty() {
            return Err(Error::invalid_request("the authorization code is empty"));
        }
        if redirect_uri.as_deref() == Some("") {
            return Err(Error::invalid_request(
                "the redirect URI is empty: leave it out for the embedded flow",
            ));
        }
        let request = CreateAccessTokenRequest::builder()
            .client_id(client_id)
            .client_secret(client_secret)
            .code(code)
            .maybe_redirect_uri(redirect_uri);
        client
            .create_access_token()
            .body_map(|_| request)
            .send()
            .await
    }
}

impl<'a> IntoFuture for ExchangeCode<'a> {
    type Output = Result<Response<CreateAccessTokenResponse>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    /// Makes the exchange.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
