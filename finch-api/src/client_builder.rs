//! Builds a client from its settings, which come from a program or from the environment.
//!
//! `build` checks every setting, applies the defaults (such as a deadline of 60 seconds and two
//! retries), and returns a `Client`. If a setting is malformed, it returns an error that names
//! each such setting and shows no value. `Client::from_env` also requires the client's id and
//! secret.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderMap;
use tower_service::Service;

use crate::runtime::transport::{BoxError, RequestBody, ReqwestTransport, Transport};
use crate::runtime::{BaseUrl, Config, Credentials, Secret, Servers};
use crate::setting::{Setting, check};
use crate::{Client, DEFAULT_BASE_URL, Error, service};

/// Whether this crate's own HTTP client supports https.
const HAS_TLS: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

const CLIENT_ID: &str = "FINCH_CLIENT_ID";
const CLIENT_SECRET: &str = "FINCH_CLIENT_SECRET";
const BASE_URL: &str = "FINCH_BASE_URL";
const ACCESS_TOKEN: &str = "the access token";

const TIMEOUT: Duration = Duration::from_secs(60);
const MAX_RETRIES: u32 = 2;
const MAX_RETRY_WAIT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

impl Client {
    /// Returns a client for exchanges, with settings from the environment:
    ///
    /// | Variable | Setting | |
    /// |---|---|---|
    /// | `FINCH_CLIENT_ID` | [`client_id`](ClientBuilder::client_id) | required |
    /// | `FINCH_CLIENT_SECRET` | [`client_secret`](ClientBuilder::client_secret) | required |
    /// | `FINCH_BASE_URL` | [`base_url`](ClientBuilder::base_url) | [`DEFAULT_BASE_URL`] by default |
    ///
    /// Call it when the program starts, so that a missing setting fails at once and not
    /// when the first employer connects. A program that makes no exchanges and only has
    /// access tokens can use [`ClientBuilder::from_env`], which requires no variable.
    ///
    /// # Errors
    ///
    /// `FINCH_CLIENT_ID` or `FINCH_CLIENT_SECRET` is not set, a variable breaks [the rule
    /// for settings](ClientBuilder#the-rule-for-settings), or the TLS library fails to
    /// start. The error names every missing or invalid variable, without its value.
    ///
    /// ```no_run
    /// let client = finch_api::Client::from_env()?;
    /// # Ok::<(), finch_api::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        let builder = ClientBuilder::from_env();
        let required = [
            (CLIENT_ID, &builder.client_id),
            (CLIENT_SECRET, &builder.client_secret),
        ];
        let missing = required.iter().filter(|(_, setting)| setting.is_none());
        let missing: Vec<&str> = missing.map(|(variable, _)| *variable).collect();
        let missing = (!missing.is_empty()).then(|| {
            let values = if missing.len() == 1 {
                "its value"
            } else {
                "their values"
            };
            format!(
                "{} must be set: copy {values} from Finch's developer dashboard, or, for a client \
                 that only has an access token, use ClientBuilder::from_env().access_token(…)",
                missing.join(" and ")
            )
        });
        check([missing.as_ref(), builder.checked().as_ref().err()])
            .map_err(Error::configuration)?;
        builder.build()
    }

    /// Returns a builder with default settings.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Returns a client with another access token. It shares the connections and is cheap
    /// to make wherever you need it.
    ///
    /// # Errors
    ///
    /// The token breaks [the rule for settings](ClientBuilder#the-rule-for-settings).
    pub fn with_access_token(&self, token: impl Into<Secret>) -> Result<Self, Error> {
        let token = Setting::new(ACCESS_TOKEN, token).secret();
        let token = token.map_err(Error::configuration)?;
        let mut client = self.clone();
        let config = Arc::make_mut(&mut client.config);
        Arc::make_mut(&mut config.credentials).access_token = Some(token);
        Ok(client)
    }
}

/// Builds a [`Client`] from its settings.
///
/// ```
/// use std::time::Duration;
///
/// let client = finch_api::Client::builder()
///     .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
///     .client_secret("finch-secret-sandbox-1234")
///     .timeout(Duration::from_secs(20))
///     .build()?;
/// # Ok::<(), finch_api::Error>(())
/// ```
///
/// # The rule for settings
///
/// Settings are copied by hand, and copies pick up line breaks, quotes and invisible
/// characters. Finch would only respond that the client is unknown. So one rule applies
/// to every setting of this crate: client ids, client secrets, access tokens, webhook
/// secrets, base URLs, redirect URIs and products. It applies to values from the
/// environment and from your program.
///
/// - ASCII whitespace around the value is removed.
/// - An empty value, a byte order mark, a control character, whitespace inside the value,
///   quotation marks around it (straight or typographic), and non-ASCII characters are
///   refused. The error names the setting and never shows the value.
///
/// The rule is specific to Finch: [RFC
/// 6749](https://www.rfc-editor.org/rfc/rfc6749#appendix-A) allows spaces and quotation
/// marks in client ids and secrets, but Finch issues none with them. The rule does not
/// apply to an authorization code, which is sent unchanged.
///
/// # In the tests of your program
///
/// With the feature `test-util`, `testing::FakeTransport` replaces the network and
/// simulates any failure that you want to test: see [the front
/// page](crate#in-the-tests-of-your-program).
#[derive(Clone, Debug)]
#[must_use = "settings do nothing until `build` makes a client with them"]
pub struct ClientBuilder {
    base_url: Option<Setting>,
    /// For each server: its URL in the document, and the URL to use.
    servers: Vec<(String, Setting)>,
    client_id: Option<Setting>,
    client_secret: Option<Setting>,
    access_token: Option<Setting>,
    http_client: Option<ReqwestTransport>,
    transport: Option<Transport>,
    timeout: Duration,
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
            servers: Vec::new(),
            client_id: None,
            client_secret: None,
            access_token: None,
            http_client: None,
            transport: None,
            timeout: TIMEOUT,
            max_retries: MAX_RETRIES,
            max_retry_wait: MAX_RETRY_WAIT,
            connect_timeout: CONNECT_TIMEOUT,
            max_response_bytes: MAX_RESPONSE_BYTES,
            allow_plain_http: false,
        }
    }

    /// Returns a builder with the settings that the environment has: `FINCH_CLIENT_ID`,
    /// `FINCH_CLIENT_SECRET` and `FINCH_BASE_URL`. Finch's other SDKs read the same
    /// variables.
    ///
    /// No variable is required. You can add or replace every setting.
    ///
    /// ```
    /// use finch_api::ClientBuilder;
    ///
    /// // A worker that makes no exchanges.
    /// let client = ClientBuilder::from_env()
    ///     .access_token("access-token")
    ///     .build()?;
    /// # Ok::<(), finch_api::Error>(())
    /// ```
    pub fn from_env() -> Self {
        Self {
            client_id: Setting::from_env(CLIENT_ID),
            client_secret: Setting::from_env(CLIENT_SECRET),
            base_url: Setting::from_env(BASE_URL),
            ..Self::new()
        }
    }

    /// Sets the base URL of all requests; [`DEFAULT_BASE_URL`] by default. It must begin
    /// with `https://`, or with `http://` if its host is a loopback address or
    /// [`allow_plain_http`](Self::allow_plain_http) is set. Its path is kept.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(Setting::new("the base URL", url.into()));
        self
    }

    /// Sends calls that the document places on the server `documented` to `url` instead. To send
    /// them to that server, pass the same URL twice. The documentation of an operation names its
    /// server, if it has one. In this version of the API, no operation has one.
    ///
    /// Without this, such a call fails before anything is sent in two cases:
    ///
    /// - [`base_url`](Self::base_url) is set. A test or a proxy must not let calls through to
    ///   the real hosts.
    /// - It sends credentials or headers of the client, and the scheme, host or port of the
    ///   server differ from the base URL's. They are not meant for that host.
    ///
    /// `url` follows the rules for a base URL. A later call for the same server
    /// replaces an earlier one.
    pub fn server(mut self, documented: impl Into<String>, url: impl Into<String>) -> Self {
        let url = Setting::new("the URL of the server", url.into());
        self.servers.push((documented.into(), url));
        self
    }

    /// Sets the application's client id from Finch's developer dashboard: a UUID with
    /// hyphens, without braces and without `urn:uuid:`.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(Setting::new("the client id", id.into()));
        self
    }

    /// Sets the application's client secret from Finch's developer dashboard.
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(Setting::new("the client secret", secret));
        self
    }

    /// Sets the access token of a connection, for operations that require one.
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.access_token = Some(Setting::new(ACCESS_TOKEN, token));
        self
    }

    /// Sets the `reqwest` client that sends the requests.
    ///
    /// The deadline and the size limit still apply. Your client controls proxies,
    /// certificates, default headers and the connection timeout:
    /// [`connect_timeout`](Self::connect_timeout) has no effect.
    ///
    /// Give it [`Policy::none`](reqwest::redirect::Policy::none). Otherwise, a redirect to
    /// another URL is an error. A redirect to the same URL is not noticed, and a redirect that
    /// fails is not always noticed: the second response, or the missing connection, is then taken
    /// for the outcome of the call.
    ///
    /// Do not let it decompress responses: little is kept of a compressed response that is damaged.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(ReqwestTransport::new(client));
        self.transport = None;
        self
    }

    /// Sets the service that sends each request, such as a `tower` stack over a
    /// [`ReqwestTransport`].
    ///
    /// The client adds credentials, retries, the deadline, the size limit and the
    /// redirect rule around it. It clones the service for each attempt, waits until it is
    /// ready, and reads the response as a stream. The service has its own connection
    /// settings: [`connect_timeout`](Self::connect_timeout) has no effect.
    ///
    /// [`http_client`](Self::http_client) and `transport` replace each other.
    ///
    /// # Rules for a transport
    ///
    /// [The promises of this crate](crate#promises) only hold for a transport that
    /// follows these rules:
    ///
    /// - It sends a request at most once. The client itself retries if that is safe.
    /// - It sends nothing before `call`, and takes a frame of the request body only to
    ///   send it. If the body returns an error, it leaves the request incomplete.
    /// - It follows no redirect. It returns the response of the first server.
    /// - It logs neither bodies nor headers that are marked as
    ///   [sensitive](http::HeaderValue::is_sensitive). `Debug` of a request hides both.
    /// - It fails with a [`TransportError`](crate::transport::TransportError), which
    ///   layers may wrap. Any other error of `call` means that the [outcome is
    ///   unknown](Error::outcome_unknown). An error of `poll_ready` means that nothing
    ///   was sent.
    ///
    /// An API key in the query of a URL cannot be hidden from layers: a layer that logs URLs
    /// logs the key.
    ///
    /// # Example
    ///
    /// At most ten concurrent requests for the client and its clones:
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

    /// Sets the longest time for one call, with all its attempts, the waits between
    /// them and the response body; 60 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how often a request may be retried: 2 by default, 0 for never. See
    /// [Retries](crate#retries).
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// Sets the longest wait before a retry; 30 seconds by default. If the server asks
    /// for a longer wait, the call fails. [`Error::retry_after`] then returns that wait.
    pub fn max_retry_wait(mut self, wait: Duration) -> Self {
        self.max_retry_wait = wait;
        self
    }

    /// Sets the connection timeout; 5 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the largest size of a response body; 64 MiB by default.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Sets whether the base URL may be plain `http://` with a host that is not a
    /// loopback address; false by default. Secrets are then sent in clear text.
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// A setting breaks [the rule](Self#the-rule-for-settings), the client id is not a
    /// UUID, the base URL or a server's URL is unusable, or the TLS library fails to start. The
    /// error names every invalid setting, without its value.
    pub fn build(self) -> Result<Client, Error> {
        let (credentials, base_url, servers) = self.checked().map_err(Error::configuration)?;
        let transport = match (self.transport, self.http_client) {
            (Some(transport), _) => transport,
            (None, Some(client)) => Transport::new(client),
            (None, None) => {
                let urls: Vec<&BaseUrl> = [&base_url].into_iter().chain(servers.named()).collect();
                let client = http_client(&urls, self.connect_timeout)?;
                Transport::new(ReqwestTransport::new(client))
            }
        };
        Ok(Client {
            config: Arc::new(Config {
                base_url,
                servers,
                transport,
                credentials: Arc::new(credentials),
                headers: HeaderMap::new(),
                timeout: self.timeout,
                max_retries: self.max_retries,
                max_retry_wait: self.max_retry_wait,
                max_response_bytes: self.max_response_bytes,
            }),
        })
    }

    /// Validates the settings. Returns every problem with them.
    fn checked(&self) -> Result<(Credentials, BaseUrl, Servers), String> {
        let secret = |setting: &Option<Setting>| setting.as_ref().map(Setting::secret).transpose();
        let id = self.client_id.as_ref().map(Setting::client_id).transpose();
        let [secret, access_token] = [&self.client_secret, &self.access_token].map(secret);
        let base_url = self.checked_base_url();
        let servers = self.checked_servers();
        check([
            id.as_ref().err(),
            secret.as_ref().err(),
            access_token.as_ref().err(),
            base_url.as_ref().err(),
            servers.as_ref().err(),
        ])?;
        let credentials = Credentials {
            id: id?,
            secret: secret?,
            access_token: access_token?,
            keys: Vec::new(),
        };
        Ok((credentials, base_url?, servers?))
    }

    fn checked_base_url(&self) -> Result<BaseUrl, String> {
        match &self.base_url {
            Some(setting) => self.parse_url(setting),
            None => BaseUrl::parse(DEFAULT_BASE_URL, false),
        }
    }

    fn checked_servers(&self) -> Result<Servers, String> {
        let mut servers = Servers::new(self.base_url.is_some());
        for (documented, setting) in &self.servers {
            servers.name(documented, self.parse_url(setting)?);
        }
        Ok(servers)
    }

    fn parse_url(&self, setting: &Setting) -> Result<BaseUrl, String> {
        BaseUrl::parse(setting.text()?, self.allow_plain_http)
            .map_err(|problem| setting.refuse(problem))
    }
}

/// Builds this crate's own HTTP client, for requests under `urls`.
fn http_client(urls: &[&BaseUrl], connect_timeout: Duration) -> Result<reqwest::Client, Error> {
    if urls.iter().any(|url| url.is_https()) && !HAS_TLS {
        return Err(Error::configuration(
            "https needs a TLS library, and finch-api was built without one: enable its feature \
             `rustls` or `native-tls`, or set an http_client that has one",
        ));
    }
    let mut client = reqwest::Client::builder()
        .user_agent(service::USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        // Another crate may enable these features of reqwest. Then it would ask for a compressed
        // body, and a body that breaks off would lose more of its end.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(connect_timeout);
    if urls.iter().any(|url| url.is_loopback()) {
        // A proxy from the environment would receive the secrets in clear text.
        client = client.no_proxy();
    }
    client.build().map_err(|error| {
        Error::configuration(format!("the HTTP client cannot be started: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_documented_defaults_and_can_be_set() {
        let limits = |builder: ClientBuilder| {
            let connect_timeout = builder.connect_timeout.as_secs();
            let client = builder.http_client(reqwest::Client::new()).build();
            let config = client.unwrap().config;
            (
                connect_timeout,
                config.timeout.as_secs(),
                config.max_retries,
                config.max_retry_wait.as_secs(),
                config.max_response_bytes,
            )
        };
        assert_eq!(limits(Client::builder()), (5, 60, 2, 30, 64 * 1024 * 1024));
        let set = Client::builder()
            .connect_timeout(Duration::from_secs(1))
            .timeout(Duration::from_secs(2))
            .max_retries(3)
            .max_retry_wait(Duration::from_secs(4))
            .max_response_bytes(5);
        assert_eq!(limits(set), (1, 2, 3, 4, 5));
    }

    /// A caller's own HTTP client may still support TLS.
    #[test]
    fn https_without_tls_is_refused_before_sending() {
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
}
