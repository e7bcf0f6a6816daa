//! An HTTP/2 server on a loopback address. It sends frames that no library would send.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Error codes (RFC 9113, 7).
pub const NO_ERROR: u32 = 0;
/// See [`NO_ERROR`].
pub const INTERNAL_ERROR: u32 = 2;
/// See [`NO_ERROR`].
pub const REFUSED_STREAM: u32 = 7;
/// See [`NO_ERROR`].
pub const CANCEL: u32 = 8;

/// A setting (RFC 9113, 6.5.2).
pub const MAX_CONCURRENT_STREAMS: u16 = 3;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// The entry `:status: 200` of HPACK's static table.
const STATUS_200: u8 = 0x88;

/// The response to a complete request.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// Responds with the status 200 and this JSON.
    Json(&'static str),
    /// Resets the stream with this error code.
    Reset(u32),
    /// Responds with the status 200, then resets the stream with this error code.
    ResetWithinBody(u32),
    /// Sends GOAWAY with the id of the last stream that it may process and an error code,
    /// then closes the connection.
    GoAway(u32, u32),
    /// Sends GOAWAY with an error code and a text, then closes the connection.
    GoAwaySaying(u32, &'static str),
    /// Does nothing.
    Nothing,
}

/// The server.
#[derive(Debug)]
pub struct Http2 {
    address: String,
    log: Arc<Mutex<Log>>,
}

#[derive(Debug, Default)]
struct Log {
    answers: VecDeque<Answer>,
    heads: usize,
    requests: usize,
    acknowledged: bool,
}

impl Http2 {
    /// Starts the server on a free port with these settings. Each request gets the next
    /// of `answers`; further requests get the last.
    ///
    /// # Panics
    ///
    /// Panics if no port is free, or if `answers` is empty.
    pub async fn start(
        settings: &'static [(u16, u32)],
        answers: impl IntoIterator<Item = Answer>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound listener").to_string();
        let log = Arc::new(Mutex::new(Log {
            answers: answers.into_iter().collect(),
            ..Log::default()
        }));
        let shared = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let log = Arc::clone(&shared);
                tokio::spawn(async move {
                    // Some tests disconnect the client.
                    let _gone = serve(stream, settings, &log).await;
                });
            }
        });
        Self { address, log }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The number of request heads so far.
    pub fn heads(&self) -> usize {
        lock(&self.log).heads
    }

    /// The number of complete requests so far.
    pub fn requests(&self) -> usize {
        lock(&self.log).requests
    }

    /// Waits for `count` complete requests, and until the client has acknowledged the
    /// settings.
    pub async fn until_requests(&self, count: usize) {
        let is_reached = || {
            let log = lock(&self.log);
            log.acknowledged && log.requests >= count
        };
        while !is_reached() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

fn lock(log: &Mutex<Log>) -> MutexGuard<'_, Log> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(
    mut stream: TcpStream,
    settings: &[(u16, u32)],
    log: &Mutex<Log>,
) -> std::io::Result<()> {
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await?;
    let settings: Vec<u8> = settings
        .iter()
        .flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat())
        .collect();
    stream.write_all(&frame(SETTINGS, 0, 0, &settings)).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let [a, b, c, kind, flags, id @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        stream.read_exact(&mut payload).await?;
        let id = u32::from_be_bytes(id);
        match kind {
            SETTINGS if flags & ACK == 0 => {
                stream.write_all(&frame(SETTINGS, ACK, 0, &[])).await?;
                continue;
            }
            SETTINGS => lock(log).acknowledged = true,
            HEADERS => lock(log).heads += 1,
            _ => {}
        }
        if !matches!(kind, HEADERS | DATA) || flags & END_STREAM == 0 {
            continue;
        }
        let answer = {
            let mut log = lock(log);
            log.requests += 1;
            let next = match log.answers.len() {
                0 | 1 => log.answers.front().copied(),
                _ => log.answers.pop_front(),
            };
            next.expect("an answer for each request")
        };
        let response = frame(HEADERS, END_HEADERS, id, &[STATUS_200]);
        let reset = |code: u32| frame(RST_STREAM, 0, id, &code.to_be_bytes());
        let mut go_away = async |last: u32, code: u32, text: &str| {
            let payload = [&last.to_be_bytes(), &code.to_be_bytes(), text.as_bytes()].concat();
            stream.write_all(&frame(GOAWAY, 0, 0, &payload)).await?;
            stream.shutdown().await?;
            // Wait for the client to close. Otherwise it may see a reset first.
            while stream.read(&mut [0; 1024]).await? > 0 {}
            Ok(())
        };
        let answer = match answer {
            Answer::Json(body) => [response, frame(DATA, END_STREAM, id, body.as_bytes())].concat(),
            Answer::Reset(code) => reset(code),
            Answer::ResetWithinBody(code) => [response, reset(code)].concat(),
            Answer::GoAway(last, code) => return go_away(last, code, "").await,
            Answer::GoAwaySaying(code, text) => return go_away(0, code, text).await,
            Answer::Nothing => continue,
        };
        stream.write_all(&answer).await?;
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame");
    let [_, length @ ..] = length.to_be_bytes();
    [&length[..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}
