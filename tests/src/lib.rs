//! A server on a loopback address that answers as it is told, and remembers
//! what it was sent, byte for byte.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// One step of an answer.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Waits.
    Wait(Duration),
    /// Resets the connection: whoever reads from it gets an error, not an end.
    Reset,
}

/// An answer, step by step; the connection is closed after the last.
#[derive(Clone, Debug, Default)]
pub struct Reply(Vec<Step>);

impl Reply {
    /// A whole answer: status and reason, headers, body.
    pub fn new(status: &str, headers: &[(&str, &str)], body: &str) -> Self {
        Self::default().head(status, headers, body.len()).send(body)
    }

    /// An answer in JSON, with the request id `req-1`.
    pub fn json(status: &str, body: &str) -> Self {
        let headers = [
            ("content-type", "application/json"),
            ("finch-request-id", "req-1"),
        ];
        Self::new(status, &headers, body)
    }

    /// Sends a status line and headers, which announce a body of `length` bytes.
    pub fn head(self, status: &str, headers: &[(&str, &str)], length: usize) -> Self {
        let mut head =
            format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.send(&head)
    }

    /// Sends `text`.
    pub fn send(mut self, text: &str) -> Self {
        self.0.push(Step::Send(text.as_bytes().to_vec()));
        self
    }

    /// Waits for `duration`.
    pub fn wait(mut self, duration: Duration) -> Self {
        self.0.push(Step::Wait(duration));
        self
    }

    /// Resets the connection.
    pub fn reset(mut self) -> Self {
        self.0.push(Step::Reset);
        self
    }
}

/// A request, as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// The request line and the headers, without the empty line after them.
    pub head: String,
    /// The body.
    pub body: String,
}

/// The server.
#[derive(Debug)]
pub struct Loopback {
    address: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Loopback {
    /// Starts it on a free port; each request gets `reply`.
    ///
    /// # Panics
    ///
    /// There is no free port.
    pub async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound listener").to_string();
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that goes away in the middle is one of the cases.
                let (reply, log) = (reply.clone(), Arc::clone(&log));
                tokio::spawn(async move {
                    let _gone = answer(stream, reply, &log).await;
                });
            }
        });
        Self { address, received }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it was sent so far.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }
}

fn lock(received: &Mutex<Vec<Received>>) -> MutexGuard<'_, Vec<Received>> {
    received.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(
    mut stream: TcpStream,
    reply: Reply,
    log: &Mutex<Vec<Received>>,
) -> std::io::Result<()> {
    let request = read(&mut stream).await?;
    lock(log).push(request);
    for step in reply.0 {
        match step {
            Step::Send(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
            Step::Wait(duration) => tokio::time::sleep(duration).await,
            Step::Reset => {
                stream.set_zero_linger()?;
                return Ok(());
            }
        }
    }
    stream.shutdown().await
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Received> {
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

/// The request in `bytes`, once it is whole.
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

/// The example of the README, compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// A value that is not known can be told from the known ones,
///
/// ```
/// use finch_api::types::ClientType;
///
/// let name = match ClientType::from("staging") {
///     ClientType::Production => "production",
///     ClientType::Unknown(_) => "unknown",
///     _ => "other",
/// };
/// assert_eq!(name, "unknown");
/// ```
///
/// but not matched by its text,
///
/// ```compile_fail,E0308
/// # use finch_api::types::ClientType;
/// let is_staging = match ClientType::from("staging") {
///     ClientType::Unknown("staging") => true,
///     _ => false,
/// };
/// ```
///
/// nor made, so that it is never taken for a known one;
///
/// ```compile_fail,E0624
/// let unknown = finch_api::UnknownValue::new("production");
/// ```
///
/// and a match must have a case for the values that are still to come.
///
/// ```compile_fail,E0004
/// # use finch_api::types::ClientType;
/// match ClientType::Production {
///     ClientType::Development | ClientType::Production | ClientType::Sandbox => {}
///     ClientType::Unknown(_) => {}
/// }
/// ```
///
/// What the document deprecates, the compiler warns of.
///
/// ```compile_fail
/// #![deny(deprecated)]
/// fn account(token: &finch_api::types::CreateAccessTokenResponse) -> Option<&str> {
///     token.account_id.as_deref()
/// }
/// ```
///
/// ```compile_fail
/// #![deny(deprecated)]
/// fn company(token: &finch_api::types::CreateAccessTokenResponse) -> Option<&str> {
///     token.company_id.as_deref()
/// }
/// ```
#[cfg(doctest)]
struct WhatCompiles;
