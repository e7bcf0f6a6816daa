//! Serves a site on this machine with configurable responses.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The response to one request.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: &'static str,
    headers: String,
    body: Vec<u8>,
    /// The number of bytes that the response announces but does not send.
    missing: usize,
    is_silent: bool,
    /// The bytes that follow the body without end, and the pause before each repetition.
    endless: Option<(&'static [u8], Duration)>,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self {
            body: body.into(),
            ..Self::status("200 OK")
        }
    }

    pub(crate) fn status(status: &'static str) -> Self {
        Self {
            status,
            headers: String::new(),
            body: Vec::new(),
            missing: 0,
            is_silent: false,
            endless: None,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::status("302 Found").header("Location", to)
    }

    /// Ends the response before its announced length.
    pub(crate) fn cut(mut self) -> Self {
        self.missing = 1;
        self
    }

    /// Repeats `bytes` without end after the head, or inside it.
    pub(crate) fn endless(mut self, bytes: &'static [u8], pause: Duration) -> Self {
        self.endless = Some((bytes, pause));
        self
    }

    /// Never responds.
    pub(crate) fn silence() -> Self {
        Self {
            is_silent: true,
            ..Self::status("")
        }
    }
}

/// The received requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    pub(crate) paths: Vec<String>,
    pub(crate) heads: Vec<String>,
    /// The maximum number of requests at the same time.
    pub(crate) at_once: usize,
}

pub(crate) struct Server {
    pub(crate) address: String,
    log: Arc<Mutex<Log>>,
}

impl Server {
    /// Starts a site. `answer` returns the response to a request for a path, after so many
    /// earlier requests for it.
    pub(crate) fn new(answer: impl Fn(&str, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::<Mutex<Log>>::default();
        let (answer, running) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
        let server = Self {
            address,
            log: Arc::clone(&log),
        };
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answer, running) = (Arc::clone(&answer), Arc::clone(&running));
                let log = Arc::clone(&log);
                thread::spawn(move || serve(stream, &*answer, &running, &log));
            }
        });
        server
    }

    /// Returns the address of `path`.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    pub(crate) fn log(&self) -> Log {
        self.log.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &dyn Fn(&str, usize) -> Answer,
    running: &AtomicUsize,
    log: &Mutex<Log>,
) {
    let mut head = String::new();
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    while lines.read_line(&mut head).is_ok_and(|length| length > 2) {}
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let at_once = running.fetch_add(1, Ordering::SeqCst) + 1;
    let before = {
        let mut log = log.lock().unwrap();
        let before = log.paths.iter().filter(|it| **it == path).count();
        log.at_once = log.at_once.max(at_once);
        log.paths.push(path.clone());
        log.heads.push(head);
        before
    };
    let answer = answer(&path, before);
    if answer.is_silent {
        // Waits until the client closes the connection.
        let _closed = stream.read(&mut [0]);
        return;
    }
    // Count down before the client can send its next request.
    running.fetch_sub(1, Ordering::SeqCst);
    if let Some((bytes, pause)) = answer.endless {
        let head = format!("HTTP/1.1 {}\r\n{}", answer.status, answer.headers);
        let mut written = stream.write_all(head.as_bytes());
        while written.is_ok() {
            thread::sleep(pause);
            written = stream.write_all(bytes);
        }
        return;
    }
    let head = format!(
        "HTTP/1.1 {}\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n",
        answer.status,
        answer.body.len() + answer.missing,
        answer.headers
    );
    let _closed = stream.write_all(&[head.as_bytes(), &answer.body].concat());
}
