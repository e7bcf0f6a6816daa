//! Returns the target of a call: the base URL, or the server that the document has for its
//! operation alone.
//!
//! A client whose base URL the caller set is meant for a proxy or a test, and its calls must
//! not reach the real hosts. Credentials are given to the host of the base URL, and must not
//! reach a host that only the document names. In both cases the caller has to name the server.
//! Otherwise the call fails before anything is sent, and the error says how to name it.

use std::collections::BTreeMap;

use reqwest::Url;

use super::base_url::BaseUrl;
use super::client::Config;
use super::operation::{Operation, Server};
use crate::service;

/// The servers of single operations.
#[derive(Clone, Default)]
pub(crate) struct Servers {
    /// Whether the caller set the base URL.
    is_base_url_set: bool,
    /// The servers that the caller named instead, by the document's URL.
    named: BTreeMap<String, BaseUrl>,
}

impl Servers {
    pub(crate) fn new(is_base_url_set: bool) -> Self {
        Self {
            is_base_url_set,
            ..Self::default()
        }
    }

    /// Sends calls that the document places on the server `documented` to `url` instead.
    pub(crate) fn name(&mut self, documented: &str, url: BaseUrl) {
        self.named.insert(normal(documented), url);
    }

    /// The URLs that the caller gave.
    pub(crate) fn named(&self) -> impl Iterator<Item = &BaseUrl> {
        self.named.values()
    }
}

impl Config {
    /// Returns the URL under which the path of `operation` lies.
    ///
    /// # Errors
    ///
    /// The document serves the operation elsewhere, and the caller has to name the server. The
    /// text says why and how.
    pub(super) fn base_url_of(&self, operation: &Operation) -> Result<BaseUrl, String> {
        let Some(Server {
            url,
            needs_credentials,
        }) = operation.server
        else {
            return Ok(self.base_url.clone());
        };
        if let Some(named) = self.servers.named.get(&normal(url)) {
            return Ok(named.clone());
        }
        let name_it = |why: &str| {
            let how = service::NAME_SERVER;
            format!("the document serves the operation at {url}, and {why}: {how}")
        };
        if self.servers.is_base_url_set {
            return Err(name_it("the client has another base URL"));
        }
        let server = BaseUrl::parse(url, false).map_err(|why| name_it(&format!("that {why}")))?;
        // A header that the caller adds to every call may hold a credential, too.
        let sends_credentials = needs_credentials || !self.headers.is_empty();
        match sends_credentials && !server.has_origin_of(&self.base_url) {
            true => Err(name_it("its credentials would go to another host")),
            false => Ok(server),
        }
    }
}

/// `url` in the form in which two equal URLs have the same text.
fn normal(url: &str) -> String {
    let parsed = Url::parse(url).map(String::from);
    let text = parsed.unwrap_or_else(|_| url.to_owned());
    text.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use bytes::Bytes;
    use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
    use http_body_util::Empty as NoBody;

    use super::*;
    use crate::runtime::operation::{Credential, EXAMPLE, Successes};
    use crate::runtime::transport::{RequestBody, Transport};
    use crate::runtime::{Call, Client, Credentials, Empty};
    use crate::{Error, ErrorKind};

    /// The origin of the base URL is `https://api.example.com`.
    const fn operation(url: &'static str, security: &'static [&'static [Credential]]) -> Operation {
        Operation {
            successes: Successes::All,
            server: Some(Server {
                url,
                needs_credentials: !security.is_empty(),
            }),
            security,
            ..EXAMPLE
        }
    }

    const BEARER: &[&[Credential]] = &[&[Credential::Bearer]];
    static PUBLIC: Operation = operation("https://public.example.com", &[]);
    static PRIVATE: Operation = operation("https://private.example.com/oauth", BEARER);
    static SAME_ORIGIN: Operation = operation("https://api.example.com/v2", BEARER);
    static OTHER_PORT: Operation = operation("https://api.example.com:444", BEARER);
    static PLAIN: Operation = operation("http://api.example.com", BEARER);

    /// Returns the URL and the credentials that a call of `operation` sends to the transport.
    async fn sent(
        operation: &'static Operation,
        servers: Servers,
        headers: HeaderMap,
    ) -> Result<(String, Option<String>), Error> {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = requests.clone();
        let fake = tower::service_fn(move |request: http::Request<RequestBody>| {
            let credentials = request.headers().get(AUTHORIZATION);
            let credentials = credentials.map(|value| value.to_str().unwrap().to_owned());
            log.lock()
                .unwrap()
                .push((request.uri().to_string(), credentials));
            async { Ok::<_, Infallible>(http::Response::new(NoBody::<Bytes>::new())) }
        });
        let config = Config {
            base_url: BaseUrl::parse("https://api.example.com/v1", false).unwrap(),
            servers,
            transport: Transport::new(fake),
            credentials: Arc::new(Credentials {
                access_token: Some("token".into()),
                ..Credentials::default()
            }),
            headers,
            timeout: Duration::from_secs(10),
            max_retries: 0,
            max_retry_wait: Duration::ZERO,
            max_response_bytes: 100,
        };
        let client = Client {
            config: Arc::new(config),
        };
        let called = Call::new(client, operation).send::<Empty>().await;
        let mut requests = std::mem::take(&mut *requests.lock().unwrap());
        assert_eq!(requests.len(), usize::from(called.is_ok()), "{requests:?}");
        called.map(|_| requests.remove(0))
    }

    fn named(is_base_url_set: bool, servers: &[(&str, &str)]) -> Servers {
        let mut named = Servers::new(is_base_url_set);
        for (documented, url) in servers {
            named.name(documented, BaseUrl::parse(url, false).unwrap());
        }
        named
    }

    #[tokio::test]
    async fn a_call_goes_to_its_own_server() {
        let token = || Some("Bearer token".to_owned());
        for (operation, servers, url, credentials) in [
            (
                &PUBLIC,
                named(false, &[]),
                "https://public.example.com/a",
                None,
            ),
            (
                &SAME_ORIGIN,
                named(false, &[]),
                "https://api.example.com/v2/a",
                token(),
            ),
            (
                &PRIVATE,
                named(
                    false,
                    &[(
                        "https://private.example.com/oauth/",
                        "https://private.example.com/oauth",
                    )],
                ),
                "https://private.example.com/oauth/a",
                token(),
            ),
            (
                &PRIVATE,
                named(
                    true,
                    &[("https://private.example.com/oauth", "http://127.0.0.1:1/b/")],
                ),
                "http://127.0.0.1:1/b/a",
                token(),
            ),
            (
                &PUBLIC,
                named(
                    true,
                    &[("HTTPS://public.example.com:443", "http://localhost:1")],
                ),
                "http://localhost:1/a",
                None,
            ),
        ] {
            let found = sent(operation, servers, HeaderMap::new()).await.unwrap();
            assert_eq!(found, (url.to_owned(), credentials));
        }
    }

    #[tokio::test]
    async fn calls_to_unnamed_hosts_are_refused() {
        let elsewhere = [("https://else.example.com", "http://127.0.0.1:1")];
        let key = (
            HeaderName::from_static("x-key"),
            HeaderValue::from_static("k"),
        );
        for (operation, servers, headers, why) in [
            // A mock does not let calls through.
            (&PUBLIC, named(true, &[]), None, "another base URL"),
            (&PUBLIC, named(true, &elsewhere), None, "another base URL"),
            (&SAME_ORIGIN, named(true, &[]), None, "another base URL"),
            // No credential goes to another host.
            (&PRIVATE, named(false, &[]), None, "go to another host"),
            (
                &PRIVATE,
                named(false, &elsewhere),
                None,
                "go to another host",
            ),
            (&OTHER_PORT, named(false, &[]), None, "go to another host"),
            (&PUBLIC, named(false, &[]), Some(key), "go to another host"),
            (
                &PLAIN,
                named(false, &[]),
                None,
                "would send secrets in clear",
            ),
        ] {
            let error = sent(operation, servers, headers.into_iter().collect()).await;
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            let text = error.to_string();
            assert!(
                text.contains(why) && text.contains(service::NAME_SERVER),
                "{text}"
            );
        }
    }
}
