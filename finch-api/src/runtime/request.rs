//! Requests to endpoints that are not in the document.

use std::fmt;

use bytes::Bytes;
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::decode::from_json;
use super::error::Error;
use super::exec::ClientHooks as _;
use super::exposed::Exposed;
use super::operation::Operation;
use super::place::is_word;
use super::request_secrets::RequestSecrets;
use super::response::Response;
use crate::{Client, service};

impl Client {
    /// Starts a request to an endpoint that this crate has no method for, with the
    /// same limits, retries and errors as every other call.
    ///
    /// It carries the access token if the client has one, otherwise the client's id
    /// and secret if it has both.
    ///
    /// `path` begins with a slash and is appended to the base URL. Percent-encode the
    /// values that you put into it. Sending fails if the path leads out of the base
    /// URL.
    pub fn request(&self, method: Method, path: &str) -> Request<'_> {
        let request = self
            .baseurl
            .join(path)
            .map(|url| self.client.request(method.clone(), url))
            .map(|request| request.header(ACCEPT, HeaderValue::from_static("application/json")))
            .map_err(Error::invalid_request);
        Request {
            client: self,
            template: template(path),
            idempotent: method.is_idempotent(),
            method,
            request,
        }
    }
}

/// A request, not sent yet: see [`Client::request`].
///
/// `Debug` only prints the method.
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'a> {
    client: &'a Client,
    method: Method,
    /// The path, for a log.
    template: String,
    idempotent: bool,
    request: Result<RequestBuilder, Error>,
}

impl Request<'_> {
    /// Adds parameters to the query: a struct or a list of pairs.
    pub fn query<T: Serialize + ?Sized>(self, parameters: &T) -> Self {
        self.map(|request| request.query(&Exposed(parameters)))
    }

    /// Sets a header. It replaces the client's header of the same name, such as the
    /// credentials or the API version.
    pub fn header(self, name: HeaderName, value: HeaderValue) -> Self {
        self.map(|request| request.headers(HeaderMap::from_iter([(name, value)])))
    }

    /// Sets the body, encoded as JSON with its secrets in clear text.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.map(|request| request.json(&Exposed(body)))
    }

    /// Sets whether sending it twice has the same effect as sending it once, which
    /// decides whether it may be sent again. The default depends on the method.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sends the request and decodes the response body, which must be JSON. A response
    /// with the status 204 has no body: it is a success for `()`, and for any other type
    /// that reads `null`.
    ///
    /// # Errors
    ///
    /// The path leads out of the base URL or a value cannot be encoded, and nothing is
    /// sent; the call fails; the status is not a success; or the body is not a `T`.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime that has its I/O and its time enabled.
    pub async fn send<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        let answer = self.exec().await?;
        if answer.status == StatusCode::NO_CONTENT
            && let Ok(value) = from_json(b"null")
        {
            return Ok(Response::with(value, answer));
        }
        Response::from_json(answer)
    }

    /// Sends the request and returns the response body as it is. It may be empty.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), but the body is not decoded.
    ///
    /// # Panics
    ///
    /// As for [`send`](Self::send).
    pub async fn send_for_bytes(self) -> Result<Response<Bytes>, Error> {
        Ok(Response::bytes(self.exec().await?))
    }

    async fn exec(self) -> Result<Answer, Error> {
        let secrets = RequestSecrets {
            credentials: self.client.inner.credentials.clone(),
            ..RequestSecrets::default()
        };
        let name = format!("{} {}", self.method, self.template);
        let name = secrets.redactor().line(&name, MAX_NAME);
        match self.exec_unnamed().await {
            Ok(mut answer) => {
                answer.operation = name.into();
                Ok(answer)
            }
            Err(error) => Err(error.of_operation(&name)),
        }
    }

    async fn exec_unnamed(self) -> Result<Answer, Error> {
        let request = self.request?.build().map_err(Error::invalid_request)?;
        let operation = Operation {
            id: "request",
            method: self.method,
            // The caller's path may hold personal data.
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

/// The most bytes of a method and a path in an error.
const MAX_NAME: usize = 100;

/// Returns `path` for a log: without its query, and with `*` for each segment that may
/// be an id.
fn template(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segment = |segment| match segment {
        segment if is_word(str::as_bytes(segment)) => segment,
        "" => "",
        _ => "*",
    };
    let segments: Vec<&str> = path.split('/').map(segment).collect();
    segments.join("/")
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
