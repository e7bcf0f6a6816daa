//! A scripted server on a loopback address. It records its requests byte for byte.

pub mod http2_frames;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;

/// One step of a response.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends a status line and headers.
    Head {
        /// The status code and reason phrase.
        status: String,
        /// Names and values.
        headers: Vec<(String, String)>,
        /// The announced length of the body.
        length: usize,
    },
    /// Sends a text several times.
    Send(Vec<u8>, usize),
    /// Waits.
    Wait(Duration),
    /// Waits for a notification.
    Hold(Arc<Notify>),
    /// Resets the connection: the reader gets an error instead of an end.
    Reset,
}

/// A response, step by step. The connection is closed after the last step, unless it is
/// [kept](Self::keep).
#[derive(Clone, Debug, Default)]
pub struct Reply {
    steps: Vec<Step>,
    keep: bool,
}

impl Reply {
    /// A complete response: status and reason, headers, body.
    pub fn new(status: &str, headers: &[(&str, &str)], body: &str) -> Self {
        Self::default().head(status, headers, body.len()).send(body)
    }

    /// A JSON response with the request id `req-1`.
    pub fn json(status: &str, body: &str) -> Self {
        let headers = [
            ("content-type", "application/json"),
            ("finch-request-id", "req-1"),
        ];
        Self::new(status, &headers, body)
    }

    /// Sends a status line and headers that announce a body of `length` bytes.
    pub fn head(mut self, status: &str, headers: &[(&str, &str)], length: usize) -> Self {
        let header = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.steps.push(Step::Head {
            status: status.to_owned(),
            headers: headers.iter().map(header).collect(),
            length,
        });
        self
    }

    /// Sends `text`.
    pub fn send(self, text: &str) -> Self {
        self.send_often(text.as_bytes(), 1)
    }

    /// Sends `bytes` several times.
    pub fn send_often(mut self, bytes: &[u8], times: usize) -> Self {
        self.steps.push(Step::Send(bytes.to_vec(), times));
        self
    }

    /// Waits for `duration`.
    pub fn wait(mut self, duration: Duration) -> Self {
        self.steps.push(Step::Wait(duration));
        self
    }

    /// Waits until `notify` is notified.
    pub fn once_notified(mut self, notify: &Arc<Notify>) -> Self {
        self.steps.insert(0, Step::Hold(Arc::clone(notify)));
        self
    }

    /// Resets the connection.
    pub fn reset(mut self) -> Self {
        self.steps.push(Step::Reset);
        self
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Keeps the connection open for the next request.
    pub fn keep(mut self) -> Self {
        self.keep = true;
        self
    }
}

/// A request as received.
#[derive(Clone, Debug)]
pub struct Received {
    /// The request line and the headers, without the empty line after them.
    pub head: String,
    /// The body.
    pub body: String,
}

/// Returns the reply to a request.
type Answer = dyn Fn(&Received) -> Reply + Send + Sync;

/// The server.
#[derive(Debug)]
pub struct Loopback {
    address: String,
    log: Arc<Mutex<Log>>,
    /// Changes when idle connections must close.
    closing: watch::Sender<()>,
}

/// The requests so far.
#[derive(Debug, Default)]
struct Log {
    received: Vec<Received>,
    connections: usize,
}

impl Loopback {
    /// Starts the server on a free port. Each request gets `reply`.
    ///
    /// # Panics
    ///
    /// Panics if no port is free.
    pub async fn start(reply: Reply) -> Self {
        Self::script([reply]).await
    }

    /// Starts the server on a free port. Each request gets the next of `replies`; further
    /// requests get the last.
    ///
    /// # Panics
    ///
    /// Panics if no port is free, or if a request arrives without a reply for it.
    pub async fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: VecDeque<Reply> = replies.into_iter().collect();
        let replies = Mutex::new(replies);
        Self::answer(move |_| {
            let mut replies = lock(&replies);
            let next = match replies.len() {
                0 | 1 => replies.front().cloned(),
                _ => replies.pop_front(),
            };
            next.expect("a reply for each request")
        })
        .await
    }

    /// Starts the server on a free port. `answer` returns the reply to each request.
    ///
    /// # Panics
    ///
    /// Panics if no port is free.
    pub async fn answer(answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let answer: Arc<Answer> = Arc::new(answer);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound listener").to_string();
        let log = Arc::new(Mutex::new(Log::default()));
        let shared = Arc::clone(&log);
        let (closing, is_closing) = watch::channel(());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                lock(&shared).connections += 1;
                let (log, answer) = (Arc::clone(&shared), Arc::clone(&answer));
                let mut is_closing = is_closing.clone();
                is_closing.mark_unchanged();
                tokio::spawn(async move {
                    // Some tests disconnect the client.
                    let _gone = serve(stream, &log, &*answer, is_closing).await;
                });
            }
        });
        Self {
            address,
            log,
            closing,
        }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The requests so far.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.log).received.clone()
    }

    /// Closes the connections without a running request, without a notice.
    pub fn close_idle(&self) {
        self.closing.send_replace(());
    }

    /// The number of connections so far.
    pub fn connections(&self) -> usize {
        lock(&self.log).connections
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves the requests of one connection as long as it is kept open.
async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Log>,
    answer: &Answer,
    mut is_closing: watch::Receiver<()>,
) -> std::io::Result<()> {
    loop {
        let request = tokio::select! {
            request = read(&mut stream) => request?,
            _ = is_closing.changed() => return stream.shutdown().await,
        };
        let Reply { steps, keep } = answer(&request);
        lock(log).received.push(request);
        for step in steps {
            match step {
                Step::Head {
                    status,
                    headers,
                    length,
                } => {
                    let mut head = format!("HTTP/1.1 {status}\r\n");
                    if !keep {
                        head.push_str("connection: close\r\n");
                    }
                    head.push_str(&format!("content-length: {length}\r\n"));
                    for (name, value) in headers {
                        head.push_str(&format!("{name}: {value}\r\n"));
                    }
                    head.push_str("\r\n");
                    stream.write_all(head.as_bytes()).await?;
                    stream.flush().await?;
                }
                Step::Send(bytes, times) => {
                    for _ in 0..times {
                        stream.write_all(&bytes).await?;
                    }
                    stream.flush().await?;
                }
                Step::Wait(duration) => tokio::time::sleep(duration).await,
                Step::Hold(notify) => notify.notified().await,
                Step::Reset => {
                    stream.set_zero_linger()?;
                    return Ok(());
                }
            }
        }
        if !keep {
            return stream.shutdown().await;
        }
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Received> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(request) = parse(&bytes) {
            return Ok(request);
        }
        match stream.read(&mut buffer).await? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

/// Parses the request in `bytes`, if it is complete.
fn parse(bytes: &[u8]) -> Option<Received> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(Some(0), |(_, length)| length.parse().ok())?;
    (body.len() >= length).then(|| Received {
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// Starts an HTTP/2 server on a loopback address for one connection. Each request gets
/// the JSON `body` and the request id `req-2`.
///
/// # Panics
///
/// Panics if no port is free.
pub async fn http2(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound listener");
    tokio::spawn(async move {
        let _gone = serve_http2(&listener, body).await;
    });
    format!("http://{address}")
}

async fn serve_http2(
    listener: &TcpListener,
    body: &'static str,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let (stream, _) = listener.accept().await?;
    let mut connection = h2::server::handshake(stream).await?;
    while let Some(request) = connection.accept().await {
        let (_, mut respond) = request?;
        let mut response = http::Response::new(());
        let name = http::HeaderName::from_static("finch-request-id");
        let id = http::HeaderValue::from_static("req-2");
        response.headers_mut().insert(name, id);
        respond
            .send_response(response, false)?
            .send_data(body.into(), true)?;
    }
    Ok(())
}

/// Starts an HTTPS server on a loopback address for one request, which gets the JSON
/// `body`. Returns the URL and the certificate in DER, which is not trusted yet.
///
/// # Panics
///
/// Panics if no port is free.
pub async fn https(body: &'static str) -> (String, Vec<u8>) {
    let names = vec!["localhost".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("the name is one of a host");
    let certificate = made.cert.der().clone();
    let key = made.signing_key.serialize_der().try_into();
    // Named explicitly, because other crates of the workspace may enable another
    // provider.
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("it has all of them")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key.expect("a key of PKCS#8"))
        .expect("the key is the certificate's");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("a bound listener").port();
    tokio::spawn(async move {
        let _gone = serve_https(&listener, TlsAcceptor::from(Arc::new(config)), body).await;
    });
    (format!("https://localhost:{port}"), certificate.to_vec())
}

async fn serve_https(
    listener: &TcpListener,
    acceptor: TlsAcceptor,
    body: &str,
) -> std::io::Result<()> {
    let (stream, _) = listener.accept().await?;
    let mut stream = acceptor.accept(stream).await?;
    read(&mut stream).await?;
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).await?;
    stream.shutdown().await
}

/// The example of the README, compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// An unknown value is distinct from the known values,
///
/// ```
/// use finch_api::types::ClientType;
///
/// let name = match ClientType::from("no-such-type") {
///     ClientType::Production => "production",
///     ClientType::Unknown(_) => "unknown",
///     _ => "other",
/// };
/// assert_eq!(name, "unknown");
/// ```
///
/// but cannot be matched by its text,
///
/// ```compile_fail,E0308
/// # use finch_api::types::ClientType;
/// let is_unknown = match ClientType::from("no-such-type") {
///     ClientType::Unknown("no-such-type") => true,
///     _ => false,
/// };
/// ```
///
/// and cannot be constructed, so that it never equals a known value.
///
/// ```compile_fail,E0624
/// let unknown = finch_api::UnknownValue::new("production");
/// ```
///
/// A match must have a case for future values.
///
/// ```compile_fail,E0004
/// # use finch_api::types::ClientType;
/// match ClientType::Production {
///     ClientType::Development | ClientType::Production | ClientType::Sandbox => {}
///     ClientType::Unknown(_) => {}
/// }
/// ```
///
/// The compiler warns about properties that the document deprecates.
///
/// ```compile_fail
/// #![deny(deprecated)]
/// fn account(token: &finch_api::types::CreateAccessTokenResponse) -> Option<&str> {
///     token.account_id.as_deref()
/// }
/// ```
#[cfg(doctest)]
struct WhatCompiles;
