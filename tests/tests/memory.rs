//! Measures the memory that a response may take. This is a separate file because the
//! whole process is measured.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use finch_api::{Client, ErrorKind};
use finch_api_tests::{Loopback, Reply};

static CHUNK: [u8; 1_000_000] = [b' '; 1_000_000];

/// Returns the peak memory of this process so far in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.unwrap().trim().strip_suffix(" kB").unwrap();
    kibibytes.parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn response_of_200_megabytes_is_refused_within_100() {
    let announced = Reply::default().head("200 OK", &[], 200 * CHUNK.len());
    let endless = Reply::default().send("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
    for reply in [announced, endless] {
        let server = Loopback::start(reply.send_often(&CHUNK, 200)).await;
        let client = Client::builder()
            .base_url(server.url())
            .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
            .client_secret("finch-secret-1");
        let client = client.build().unwrap();
        let error = client.exchange_code("code-1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
        // A request that may have been processed is not retried.
        assert_eq!((error.attempts(), server.received().len()), (1, 1));
        assert_eq!(error.expose_body(), None);
        // The client stopped reading at the limit.
        assert!((67_000_000..100_000_000).contains(&peak()), "{}", peak());
    }
}
