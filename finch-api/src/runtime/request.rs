//! Builds and sends requests to endpoints without an operation in the document:
//! `client.request(Method::GET, "/a").send()`.
//!
//! Uses the client's access token, or else its id and secret. A path that leads out of the base
//! URL, or a value that cannot be encoded, is an error, and nothing is sent. In logs and
//! errors, `*` replaces each segment of the path that may be an id.

use std::fmt;

use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::body::encode_json;
use super::call::wiped;
use super::client::Client;
use super::codegen_support::finite::Finite;
use super::error::Error;
use super::execute::{Exchange, execute};
use super::exposed::{self, Exposed};
use super::head::Head;
use super::json_path::is_word;
use super::operation::{Operation, Successes};
use super::raw_response::RawResponse;
use super::request_secrets::RequestSecrets;
use super::response::Response;
use super::retry::Attempts;
use super::secret::Secret;
use super::success::{Binary, Success as _};
use crate::service;

impl Client {
    /// Starts a request to an endpoint without a method in this crate. It has the same
    /// limits, retries and errors as every other call.
    ///
    /// The request uses the client's access token. Without one, it uses the client id and
    /// secret if both are set.
    ///
    /// `path` begins with a slash and is appended to the base URL. Percent-encode values
    /// in the path. Sending fails if the path leads outside of the base URL.
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> Request {
        let path = path.as_ref();
        let accept = (ACCEPT, HeaderValue::from_static("application/json"));
        let head = self.config.base_url.join(path);
        let head = head.map(|url| Head {
            method: method.clone(),
            url,
            headers: HeaderMap::from_iter([accept]),
        });
        Request {
            client: self.clone(),
            template: template(path),
            idempotent: method.is_idempotent(),
            method,
            head: head.map_err(Error::invalid_request),
            body: Bytes::new(),
            exposed: Vec::new(),
        }
    }
}

/// A request that has not been sent: see [`Client::request`].
///
/// `Debug` prints only the method.
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    client: Client,
    method: Method,
    /// The path as logged.
    template: String,
    idempotent: bool,
    head: Result<Head, Error>,
    body: Bytes,
    /// The secrets in the query and in the body.
    exposed: Vec<Secret>,
}

impl Request {
    /// Adds query parameters from a struct or a list of pairs.
    pub fn query<T: Serialize + ?Sized>(self, parameters: &T) -> Self {
        let (mut request, secrets) = exposed::recorded(|| {
            self.change(|head| {
                let mut pairs = head.url.query_pairs_mut();
                let serializer = serde_urlencoded::Serializer::new(&mut pairs);
                let added = Finite(Exposed(parameters)).serialize(serializer).map(drop);
                drop(pairs);
                if head.url.query() == Some("") {
                    head.url.set_query(None);
                }
                added.map_err(Error::invalid_request)
            })
        });
        request.exposed.extend(secrets);
        request
    }

    /// Sets a header. It replaces the client's header of the same name, such as the
    /// credentials or the API version.
    pub fn header<K, V>(self, name: K, value: V) -> Self
    where
        HeaderName: TryFrom<K, Error: Into<http::Error>>,
        HeaderValue: TryFrom<V, Error: Into<http::Error>>,
    {
        let refused = |error: http::Error| Error::invalid_request(error);
        let name = HeaderName::try_from(name).map_err(|error| refused(error.into()));
        let value = HeaderValue::try_from(value).map_err(|error| refused(error.into()));
        self.change(|head| {
            head.headers.insert(name?, value?);
            Ok(())
        })
    }

    /// Sets the body as JSON. Its secrets are in clear text.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        let (json, secrets) = exposed::recorded(|| encode_json(Finite(Exposed(body))));
        self.exposed.extend(secrets);
        let json = json.map(wiped).map_err(Error::invalid_request);
        self.body = json.as_ref().cloned().unwrap_or_default();
        self.change(|head| {
            json?;
            let media_type = HeaderValue::from_static("application/json");
            head.headers.entry(CONTENT_TYPE).or_insert(media_type);
            Ok(())
        })
    }

    /// Sets whether the request is idempotent, which decides whether it may be retried.
    /// The default depends on the method.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sends the request and decodes the JSON response body. A response with the status
    /// 204 has no body. It decodes as `()`, or as any other type that accepts `null`.
    ///
    /// # Errors
    ///
    /// The path leads outside of the base URL, a value cannot be encoded, the call fails,
    /// the status is not a success, or the body is not a `T`. In the first two cases
    /// nothing is sent.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime with I/O and time enabled.
    pub async fn send<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        let (answer, attempts) = self.exchange().await?;
        Response::from_json(answer).map_err(|error| attempts.annotate(error))
    }

    /// Sends the request and returns the response body unchanged. It may be empty.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), but the body is not decoded.
    ///
    /// # Panics
    ///
    /// As for [`send`](Self::send).
    pub async fn send_for_bytes(self) -> Result<Response<Bytes>, Error> {
        let (answer, attempts) = self.exchange().await?;
        Binary::decode(answer).map_err(|error| attempts.annotate(error))
    }

    /// Sends the request and ignores the response body.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), but the body is not decoded.
    ///
    /// # Panics
    ///
    /// As for [`send`](Self::send).
    pub async fn send_ignoring_body(self) -> Result<Response<()>, Error> {
        let (answer, _) = self.exchange().await?;
        Ok(Response::with((), answer))
    }

    // Boxed, because the caller's crate compiles the body of an `async fn`.
    fn exchange(self) -> Exchange {
        Box::pin(async move {
            let secrets = RequestSecrets {
                credentials: self.client.config.credentials.clone(),
                exposed: self.exposed.clone().into(),
                ..RequestSecrets::default()
            };
            let name = format!("{} {}", self.method, self.template);
            let name = secrets.redactor().line(&name, MAX_NAME);
            match self.exchange_unnamed().await {
                Ok((mut answer, attempts)) => {
                    answer.operation = name.into();
                    Ok((answer, attempts))
                }
                Err(error) => Err(error.of_operation(&name)),
            }
        })
    }

    async fn exchange_unnamed(self) -> Result<(RawResponse, Attempts), Error> {
        let operation = Operation {
            id: "request",
            method: self.method.clone(),
            // The caller's path may contain personal data.
            path: "",
            server: None,
            accept: "",
            successes: Successes::All,
            idempotent: self.idempotent,
            deprecated: false,
            headers: service::HEADERS,
            security: service::SECURITY,
            secrets: &[],
        };
        let Self {
            client,
            head,
            body,
            exposed,
            ..
        } = self;
        let (answer, attempts) = execute(&client, head?, body, exposed, &operation).await?;
        match answer.status.is_success() {
            true => Ok((answer, attempts)),
            false => Err(attempts.annotate(Error::unexpected(answer))),
        }
    }

    /// Changes the head, unless an earlier change failed.
    fn change(mut self, change: impl FnOnce(&mut Head) -> Result<(), Error>) -> Self {
        if let Ok(head) = &mut self.head
            && let Err(error) = change(head)
        {
            self.head = Err(error);
        }
        self
    }
}

/// The longest method and path in an error, in bytes.
const MAX_NAME: usize = 100;

/// Returns `path` for a log, without the query. `*` replaces each segment that may be an
/// id.
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

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
