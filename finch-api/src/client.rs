//! Making a client.

use std::env::{self, VarError};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue};
use tower_service::Service;

use crate::runtime::transport::{BoxError, RequestBody, ReqwestTransport, Transport};
use crate::runtime::{BaseUrl, Credentials, Inner, Secret};
use crate::{Client, DEFAULT_BASE_URL, Error};

/// What every request names as its sender.
const USER_AGENT: &str = concat!("finch-api-rust/", env!("CARGO_PKG_VERSION"));

/// Whether a client of one's own can speak https.
const HAS_TLS: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

const DEADLINE: Duration = Duration::from_secs(60);
const MAX_RETRIES: u32 = 2;
const MAX_RETRY_WAIT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

impl Client {
    /// A client with the settings of the environment: `FINCH_CLIENT_ID`,
    /// `FINCH_CLIENT_SECRET` and `FINCH_BASE_URL`, as Finch's other SDKs read
    /// them. What is not set is not configured: an operation that needs it says
    /// so.
    ///
    /// # Errors
    ///
    /// A variable is set but empty, is not Unicode or is not what it must be;
    /// or the TLS library cannot be started. The error names the variable, and
    /// shows no value.
    ///
    /// ```no_run
    /// let client = finch_api::Client::from_env()?;
    /// # Ok::<(), finch_api::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_variables(env::var)?.build()
    }

    /// A builder with all settings at their defaults.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }
}

/// A value, and what to call it when it is wrong.
#[derive(Clone, Debug)]
struct Named<T> {
    name: &'static str,
    value: T,
}

/// Settings of a [`Client`].
///
/// A [`Client`] is cheap to clone, is `Send` and `Sync`, and holds the
/// connections: make one when the program starts, and keep it where the rest is
/// kept, such as the state of a web framework.
///
/// ```
/// use std::time::Duration;
///
/// let client = finch_api::Client::builder()
///     .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
///     .client_secret("finch-secret-sandbox-…")
///     .deadline(Duration::from_secs(20))
///     .build()?;
/// # Ok::<(), finch_api::Error>(())
/// ```
///
/// # In the tests of your program
///
/// A server on a loopback address stands in for Finch, and can say whatever a test
/// is about, refusals first of all:
///
/// ```
/// use std::io::{Read as _, Write as _};
/// use std::net::TcpListener;
///
/// /// Answers one request, and returns the base URL to send it to.
/// fn finch_that_says(status: &'static str, body: &'static str) -> std::io::Result<String> {
///     let listener = TcpListener::bind("127.0.0.1:0")?;
///     let url = format!("http://{}", listener.local_addr()?);
///     std::thread::spawn(move || {
///         let (mut stream, _) = listener.accept()?;
///         let _request = stream.read(&mut [0; 4096])?;
///         let length = body.len();
///         write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}")
///     });
///     Ok(url)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let expired = r#"{"code": 400, "name": "invalid_grant_error", "message": "expired"}"#;
/// let client = finch_api::Client::builder()
///     .base_url(finch_that_says("400 Bad Request", expired)?)
///     .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
///     .client_secret("a secret of the test's")
///     .build()?;
/// let error = client.exchange_code("a code").await.unwrap_err();
/// assert!(error.is_invalid_grant());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "settings do nothing until a client is built of them"]
pub struct ClientBuilder {
    base_url: Option<Named<Secret>>,
    client_id: Option<Named<Secret>>,
    client_secret: Option<Named<Secret>>,
    access_token: Option<Named<Secret>>,
    http_client: Option<reqwest::Client>,
    transport: Option<Transport>,
    deadline: Duration,
    max_retries: u32,
    max_retry_wait: Duration,
    connect_timeout: Duration,
    max_response_bytes: usize,
    allow_plain_http: bool,
}

impl ClientBuilder {
    fn new() -> Self {
        Self {
            base_url: None,
            client_id: None,
            client_secret: None,
            access_token: None,
            http_client: None,
            transport: None,
            deadline: DEADLINE,
            max_retries: MAX_RETRIES,
            max_retry_wait: MAX_RETRY_WAIT,
            connect_timeout: CONNECT_TIMEOUT,
            max_response_bytes: MAX_RESPONSE_BYTES,
            allow_plain_http: false,
        }
    }

    /// A builder with the settings of `variable`.
    fn from_variables(
        variable: impl Fn(&'static str) -> Result<String, VarError>,
    ) -> Result<Self, Error> {
        let read = |name| match variable(name) {
            Ok(value) => Ok(Some(Named {
                name,
                value: value.into(),
            })),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => {
                Err(Error::configuration(format!("{name}: it is not Unicode")))
            }
        };
        Ok(Self {
            client_id: read("FINCH_CLIENT_ID")?,
            client_secret: read("FINCH_CLIENT_SECRET")?,
            base_url: read("FINCH_BASE_URL")?,
            ..Self::new()
        })
    }

    /// Where requests go; [`DEFAULT_BASE_URL`] by default. A path is kept. Plain
    /// `http://` is for loopback addresses alone, unless
    /// [`allow_plain_http`](Self::allow_plain_http).
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        let value = Secret::from(url.into());
        self.base_url = Some(Named {
            name: "the base URL",
            value,
        });
        self
    }

    /// The application's client id, from Finch's developer dashboard: a UUID.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        let value = Secret::from(id.into());
        self.client_id = Some(Named {
            name: "the client id",
            value,
        });
        self
    }

    /// The application's client secret, from Finch's developer dashboard.
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        let value = secret.into();
        self.client_secret = Some(Named {
            name: "the client secret",
            value,
        });
        self
    }

    /// The access token of a connection, for the operations that ask for one.
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        let value = token.into();
        self.access_token = Some(Named {
            name: "the access token",
            value,
        });
        self
    }

    /// The `reqwest` client to send with, in the place of one of its own.
    ///
    /// The deadline and the size limit hold all the same, and no body is carried
    /// along a redirect: an answer that comes by one is an error, whatever the
    /// client's policy. What it says of proxies, certificates, default headers
    /// and connect time is its own; [`connect_timeout`](Self::connect_timeout)
    /// does not apply.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self.transport = None;
        self
    }

    /// The service that sends each request, such as a `tower` stack over a
    /// [`ReqwestTransport`].
    ///
    /// Credentials, retries, the deadline, the size limit and the redirect rule are above
    /// it. The client clones the service for each attempt, waits until it is ready, and
    /// reads the response as a stream. The service has its own settings for connections:
    /// [`connect_timeout`](Self::connect_timeout) does not apply.
    ///
    /// [`http_client`](Self::http_client) and `transport` replace each other.
    ///
    /// # What a transport must keep
    ///
    /// [What this crate promises](crate#what-it-promises) holds for a transport that
    /// keeps these rules, and for no other:
    ///
    /// - It sends a request at most once. The client itself resends it if that is safe.
    /// - It sends nothing before `call`, and takes a frame of the request body only to
    ///   send it. If the body returns an error, it leaves the request incomplete.
    /// - It follows no redirect: it returns the response of the first server.
    /// - It logs neither a body nor a header that is marked as
    ///   [sensitive](http::HeaderValue::is_sensitive). `Debug` of a request hides both.
    /// - It fails with a [`TransportError`](crate::transport::TransportError), which layers
    ///   may wrap. Any other error of `call` means that the [outcome is
    ///   unknown](Error::outcome_unknown). An error of `poll_ready` means that nothing was
    ///   sent.
    ///
    /// An API key in the query of a URL cannot be hidden from layers: a layer that logs URLs
    /// logs the key.
    ///
    /// # Example
    ///
    /// No more than ten requests at once, for the client and all its clones:
    ///
    /// ```
    /// use finch_api::transport::ReqwestTransport;
    /// use tower::limit::ConcurrencyLimit;
    ///
    /// let reqwest = reqwest::Client::builder()
    ///     .redirect(reqwest::redirect::Policy::none())
    ///     .build()?;
    /// let limited = ConcurrencyLimit::new(ReqwestTransport::new(reqwest), 10);
    /// let client = finch_api::Client::builder().transport(limited).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn transport<S, B>(mut self, service: S) -> Self
    where
        S: Service<
                http::Request<RequestBody>,
                Response = http::Response<B>,
                Error: Into<BoxError>,
                Future: Send + 'static,
            > + Clone
            + Send
            + Sync
            + 'static,
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        self.transport = Some(Transport::new(service));
        self.http_client = None;
        self
    }

    /// The longest that a call may take, all attempts, the waits between them and
    /// the answer's body included; 60 seconds by default.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How often a request may be sent again: 2 by default, never with 0. See
    /// [what is sent again](crate#what-is-sent-again).
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// The longest wait before a request is sent again; 30 seconds by default.
    /// Where the server asks for a longer one the call fails, and the error
    /// [says when](Error::retry_after).
    pub fn max_retry_wait(mut self, wait: Duration) -> Self {
        self.max_retry_wait = wait;
        self
    }

    /// The longest that connecting may take; 5 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The most bytes that the body of an answer may have; 64 MiB by default.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Whether a base URL may be plain `http://` where its host is not a
    /// loopback address, so that secrets travel in clear; not by default.
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// A credential is empty, the client id is not a UUID, the base URL is not
    /// one that may be used, or the TLS library cannot be started. The error
    /// names the setting, and shows no value.
    pub fn build(self) -> Result<Client, Error> {
        let given = [
            &self.base_url,
            &self.client_id,
            &self.client_secret,
            &self.access_token,
        ];
        for Named { name, value } in given.into_iter().flatten() {
            if value.expose_secret().trim().is_empty() {
                let what = format!("{name} is empty: set it, or leave it unset");
                return Err(Error::configuration(what));
            }
        }
        let base_url = match &self.base_url {
            Some(Named { name, value }) => {
                BaseUrl::parse(value.expose_secret(), self.allow_plain_http)
                    .map_err(|what| Error::configuration(format!("{name}: {what}")))?
            }
            None => BaseUrl::parse(DEFAULT_BASE_URL, false).map_err(Error::configuration)?,
        };
        let client_id = self
            .client_id
            .map(
                |Named { name, value }| match uuid::Uuid::parse_str(value.expose_secret()) {
                    Ok(id) => Ok(id.to_string()),
                    // What was taken for the id may be the secret: not shown.
                    Err(_) => Err(Error::configuration(format!("{name} is not a UUID"))),
                },
            )
            .transpose()?;
        if let Some(Named { name, value }) = &self.access_token
            && HeaderValue::from_str(value.expose_secret()).is_err()
        {
            let what =
                format!("{name} cannot stand in a header: give the one that the exchange returned");
            return Err(Error::configuration(what));
        }
        let client = match (self.http_client, &self.transport) {
            (Some(client), _) => client,
            (None, Some(_)) => start(reqwest::Client::builder().no_proxy())?,
            (None, None) => http_client(&base_url, self.connect_timeout)?,
        };
        let transport = self
            .transport
            .unwrap_or_else(|| Transport::new(ReqwestTransport::new(client.clone())));
        Ok(Client {
            baseurl: base_url,
            client,
            inner: Inner {
                transport,
                credentials: Arc::new(Credentials {
                    id: client_id,
                    secret: self.client_secret.map(|secret| secret.value),
                    access_token: self.access_token.map(|token| token.value),
                    keys: Vec::new(),
                }),
                headers: HeaderMap::new(),
                deadline: self.deadline,
                max_retries: self.max_retries,
                max_retry_wait: self.max_retry_wait,
                max_response_bytes: self.max_response_bytes,
            },
        })
    }
}

/// A `reqwest` client that keeps what this crate promises.
fn http_client(base_url: &BaseUrl, connect_timeout: Duration) -> Result<reqwest::Client, Error> {
    if base_url.is_https() && !HAS_TLS {
        return Err(Error::configuration(
            "https needs a TLS library, and finch-api was built without: enable its feature \
             `rustls` or `native-tls`, or give an http_client that has one",
        ));
    }
    let mut client = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(connect_timeout);
    if base_url.is_loopback() {
        // A proxy that the environment names would be told the secrets in clear.
        client = client.no_proxy();
    }
    start(client)
}

fn start(client: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
    client.build().map_err(|error| {
        Error::configuration(format!("the HTTP client cannot be started: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4ab15e51-11ad-49f4-acae-f343b7794375";

    fn check(variables: &[(&str, &str)]) -> Result<Client, String> {
        ClientBuilder::from_variables(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        })
        .and_then(|builder| builder.http_client(reqwest::Client::new()).build())
        .map_err(|error| error.to_string())
    }

    #[test]
    fn the_environment_is_read() {
        let client = check(&[
            ("FINCH_CLIENT_ID", ID),
            ("FINCH_CLIENT_SECRET", "s3cret"),
            ("FINCH_BASE_URL", "https://proxy.example/finch/"),
        ])
        .unwrap();
        assert_eq!(client.baseurl.as_str(), "https://proxy.example/finch");
        let Credentials { id, secret, .. } = &*client.inner.credentials;
        assert_eq!(id.as_deref(), Some(ID));
        assert_eq!(secret.as_ref().unwrap().expose_secret(), "s3cret");
        assert_eq!(check(&[]).unwrap().baseurl.as_str(), DEFAULT_BASE_URL);
    }

    #[test]
    fn the_limits_are_those_that_are_documented_and_can_be_set() {
        let limits = |builder: ClientBuilder| {
            let connect_timeout = builder.connect_timeout.as_secs();
            let client = builder.http_client(reqwest::Client::new()).build();
            let inner = client.unwrap().inner;
            (
                connect_timeout,
                inner.deadline.as_secs(),
                inner.max_retries,
                inner.max_retry_wait.as_secs(),
                inner.max_response_bytes,
            )
        };
        assert_eq!(limits(Client::builder()), (5, 60, 2, 30, 64 * 1024 * 1024));
        let set = Client::builder()
            .connect_timeout(Duration::from_secs(1))
            .deadline(Duration::from_secs(2))
            .max_retries(3)
            .max_retry_wait(Duration::from_secs(4))
            .max_response_bytes(5);
        assert_eq!(limits(set), (1, 2, 3, 4, 5));
    }

    /// A client that is made elsewhere may have TLS all the same.
    #[test]
    fn without_a_tls_library_https_is_refused_before_anything_is_sent() {
        let built = Client::builder().build();
        assert_eq!(built.is_ok(), HAS_TLS);
        if let Err(error) = built {
            assert!(error.to_string().starts_with("https needs"), "{error}");
        }
        let loopback = Client::builder().base_url("http://127.0.0.1:1");
        loopback.build().unwrap();
        let others = Client::builder().http_client(reqwest::Client::new());
        others.build().unwrap();
    }

    #[test]
    fn what_is_wrong_is_named_but_not_shown() {
        for (variable, value, message) in [
            (
                "FINCH_CLIENT_ID",
                "",
                "FINCH_CLIENT_ID is empty: set it, or leave it unset",
            ),
            (
                "FINCH_CLIENT_SECRET",
                " ",
                "FINCH_CLIENT_SECRET is empty: set it, or leave it unset",
            ),
            (
                "FINCH_CLIENT_ID",
                "finch-secret-s3cret",
                "FINCH_CLIENT_ID is not a UUID",
            ),
            (
                "FINCH_BASE_URL",
                "s3cret",
                "FINCH_BASE_URL: it is not a URL: relative URL without a base",
            ),
        ] {
            assert_eq!(check(&[(variable, value)]).unwrap_err(), message);
        }
    }
}
