//! Tests how the example server treats slow clients and stop signals.

use std::time::{Duration, Instant};

use finch_api_tests::Loopback;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::browser::Browser;
use crate::server::{Place, until};
use crate::storage::{Exchange, running_exchange};
use crate::{ANSWER, CODE, CONNECTION, late, start};

/// The longest time for a request, with some extra for a busy machine.
const LIMIT: Duration = Duration::from_secs(10);
const SPARE: Duration = Duration::from_secs(3);

/// A request with incomplete headers, and a request with an incomplete body.
const HALF_HEADERS: &str = "GET / HTTP/1.1\r\nHost: ADDRESS\r\nX-Half: ";
const HALF_BODY: &str = "POST /api/finch/callback HTTP/1.1\r\nHost: ADDRESS\r\n\
     Origin: http://ADDRESS\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n\
     {\"code\":";

/// Connects to the server, and sends `text`.
async fn send(server: &str, text: &str) -> TcpStream {
    let address = server.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let text = text.replace("ADDRESS", address);
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// Reads until the server closes the connection. Fails if that takes too long.
async fn read(mut stream: impl AsyncRead + Unpin) -> String {
    let mut text = String::new();
    let read = stream.read_to_string(&mut text);
    // A reset also ends the connection.
    let _reset = timeout(LIMIT + SPARE, read).await.expect("an end");
    text
}

#[tokio::test]
async fn late_request_is_aborted() {
    let place = Place::new();
    let server = place.start(&[]);
    let began = Instant::now();
    let half = [
        ("", ""),
        (HALF_HEADERS, ""),
        (HALF_BODY, "HTTP/1.1 408 Request Timeout\r\n"),
        // The route does not read this body.
        (
            "GET / HTTP/1.1\r\nHost: ADDRESS\r\nContent-Length: 100\r\n\r\n{",
            "HTTP/1.1 200 OK\r\n",
        ),
        // An idle connection.
        (
            "GET / HTTP/1.1\r\nHost: ADDRESS\r\n\r\n",
            "HTTP/1.1 200 OK\r\n",
        ),
    ];
    let mut reads = Vec::new();
    for (sent, expected) in half {
        let stream = send(server.url(), sent).await;
        reads.push(tokio::spawn(async move {
            let text = read(stream).await;
            assert!(text.starts_with(expected), "{sent}: {text}");
            assert!(!expected.is_empty() || text.is_empty(), "{sent}: {text}");
        }));
    }
    for read in reads {
        read.await.unwrap();
    }
    assert!(began.elapsed() > Duration::from_secs(1));
}

/// Single bytes do not extend the time limit.
#[tokio::test]
async fn trickling_request_is_aborted() {
    let place = Place::new();
    let server = place.start(&[]);
    for text in [HALF_HEADERS, HALF_BODY] {
        let (from, mut to) = send(server.url(), text).await.into_split();
        let trickle = tokio::spawn(async move {
            while to.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
        read(from).await;
        trickle.abort();
    }
}

#[tokio::test]
async fn incomplete_requests_are_closed() {
    let place = Place::new();
    let server = place.start(&[]);
    let mut half = Vec::new();
    for _ in 0..300 {
        half.push(tokio::spawn(read(send(server.url(), HALF_HEADERS).await)));
    }
    // The server serves other requests in the meantime.
    let home = Browser::new().get(&format!("{}/", server.url())).await;
    assert_eq!(home.status, 200);
    for half in half {
        half.await.unwrap();
    }
}

#[tokio::test]
async fn incomplete_request_does_not_block_shutdown() {
    for text in ["", HALF_HEADERS, HALF_BODY] {
        let place = Place::new();
        let mut server = place.start(&[]);
        let half = send(server.url(), text).await;
        // The server has accepted it before this one.
        Browser::new().get(&format!("{}/", server.url())).await;
        server.tell_to_stop();
        let end = until("the end", || server.has_stopped());
        timeout(LIMIT + SPARE, end).await.expect("an end");
        let (status, log) = server.stopped();
        assert!(status.success(), "{log}");
        drop(half);
    }
}

#[tokio::test]
async fn a_second_signal_closes_connections_but_waits_for_a_running_exchange() {
    let Exchange {
        answer: release,
        place,
        mut server,
        browser,
        finch: _listening,
    } = running_exchange().await;
    let half = send(server.url(), HALF_HEADERS).await;
    Browser::new().get(&format!("{}/", server.url())).await;
    server.tell_to_stop();
    until("the first signal", || {
        server.output().contains("stopping after 1 ")
    })
    .await;
    let began = Instant::now();
    server.tell_to_stop();
    assert_eq!(read(half).await, "");
    // Earlier than the time limits.
    assert!(began.elapsed() < Duration::from_secs(3));
    // The connection of the exchange's browser closes, too.
    assert!(browser.await.is_err());
    assert!(!server.has_stopped());
    assert_eq!(place.stored(), []);
    release.notify_one();
    until("the end", || server.has_stopped()).await;
    let (status, log) = server.stopped();
    assert!(status.success(), "{log}");
    assert_eq!(place.stored().len(), 1);
    assert!(log.contains(&format!("connection {CONNECTION} is stored")));
}

#[tokio::test]
async fn a_third_signal_ends_the_server_at_once() {
    let Exchange {
        answer: _never,
        place,
        mut server,
        browser,
        finch,
    } = running_exchange().await;
    server.tell_to_stop();
    until("the first signal", || {
        server.output().contains("stopping after 1 ")
    })
    .await;
    server.tell_to_stop();
    until("the second signal", || {
        server.output().contains("closing all connections")
    })
    .await;
    assert!(!server.has_stopped());
    let began = Instant::now();
    server.tell_to_stop();
    until("the end", || server.has_stopped()).await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    let (status, log) = server.stopped();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("1 tasks were ended"), "{log}");
    browser.abort();
    // The next start logs the exchange.
    let log = start(&place, &finch.url()).stop();
    assert!(log.contains("was cut short"), "{log}");
}

/// Longer than the client waits for a response, and longer than connections may be idle.
#[tokio::test]
async fn a_stopping_server_waits_for_an_exchange_and_for_the_first_call() {
    let exchange = late(Duration::from_secs(7), ANSWER);
    let company = late(Duration::from_secs(2), "{}");
    let finch = Loopback::script([exchange, company]).await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let url = server.url().to_owned();
    let browser = tokio::spawn(async move { Browser::new().post_code(&url, &url, CODE).await });
    until("the exchange", || finch.received().len() == 1).await;
    server.tell_to_stop();
    assert_eq!(browser.await.unwrap().status, 200);
    let (status, log) = server.stopped();
    assert!(status.success(), "{log}");
    assert_eq!(place.stored().len(), 1);
}
