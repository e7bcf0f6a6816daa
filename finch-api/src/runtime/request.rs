//! Requests that the document says nothing of.

use std::fmt;

use bytes::Bytes;
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::error::Error;
use super::exec::ClientHooks as _;
use super::exposed::Exposed;
use super::operation::Operation;
use super::response::Response;
use crate::{Client, service};

impl Client {
    /// A request to an endpoint that this crate has no method for, `path` below
    /// the base URL: with the same credentials, limits, retries and errors.
    ///
    /// It goes with the access token, or else the client's id and secret, as far
    /// as the client has them.
    ///
    /// `path` is taken as it is: encode what you put into it. One that leads out of
    /// the base URL is refused when the request is sent.
    pub fn request(&self, method: Method, path: &str) -> Request<'_> {
        let request = self
            .baseurl
            .join(path)
            .map(|url| self.client.request(method.clone(), url))
            .map(|request| request.header(ACCEPT, HeaderValue::from_static("application/json")))
            .map_err(Error::invalid_request);
        Request {
            client: self,
            idempotent: method.is_idempotent(),
            method,
            request,
        }
    }
}

/// A request that is about to be sent: see [`Client::request`].
///
/// `Debug` prints its method alone.
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'a> {
    client: &'a Client,
    method: Method,
    idempotent: bool,
    request: Result<RequestBuilder, Error>,
}

impl Request<'_> {
    /// Adds parameters to the query: a struct or a list of pairs.
    pub fn query<T: Serialize + ?Sized>(self, parameters: &T) -> Self {
        self.map(|request| request.query(&Exposed(parameters)))
    }

    /// Sets a header, in the place of what would be sent by that name, be it the
    /// credentials or the version of the API.
    pub fn header(self, name: HeaderName, value: HeaderValue) -> Self {
        self.map(|request| request.headers(HeaderMap::from_iter([(name, value)])))
    }

    /// Makes `body` the body, as JSON, with its secrets in clear text.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.map(|request| request.json(&Exposed(body)))
    }

    /// Whether sending it twice does no more than sending it once, which decides
    /// whether it is sent again; without a word, what its method says.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sends it, and reads the body of the answer, which must be JSON.
    ///
    /// # Errors
    ///
    /// An [`Error`]: where the path leads out of the base URL or a value cannot be
    /// written, in which case nothing is sent; where the call fails; where the
    /// answer is not one of success, or is not a `T`.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime that has its I/O and its time enabled.
    pub async fn send<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        Response::from_json(self.exec().await?)
    }

    /// Sends it, and returns the body of the answer as it is: there may be none.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), but for what is in the body.
    ///
    /// # Panics
    ///
    /// As for [`send`](Self::send).
    pub async fn send_for_bytes(self) -> Result<Response<Bytes>, Error> {
        Ok(Response::bytes(self.exec().await?))
    }

    async fn exec(self) -> Result<Answer, Error> {
        let request = self.request?.build().map_err(Error::invalid_request)?;
        let operation = Operation {
            id: "request",
            method: self.method,
            // What stands in it is the caller's.
            path: "",
            idempotent: self.idempotent,
            deprecated: false,
            headers: service::HEADERS,
            security: service::SECURITY,
            secrets: &[],
        };
        let answer = self.client.exec(request, &operation).await?;
        match answer.status.is_success() {
            true => Ok(answer),
            false => Err(Error::unexpected(answer)),
        }
    }

    fn map(mut self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        self.request = self.request.map(change);
        self
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
