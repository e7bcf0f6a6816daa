//! No response makes an error that takes much text, memory or time.

use std::time::Duration;

use cpu_time::ThreadTime;
use proptest::prelude::*;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::answer::Answer;
use super::error::Error;
use super::request_secrets::RequestSecrets;
use super::response::Response;

const MEGABYTE: u64 = 1_000_000;

#[derive(Debug, serde::Deserialize)]
#[allow(dead_code, reason = "it is read to fail")]
struct Token {
    access_token: String,
    ids: Vec<u8>,
    name: Option<String>,
}

/// An error of a response with `status` and `body`, in which `text` is a header, too.
fn error(status: u16, body: &[u8], text: &HeaderValue) -> Option<Error> {
    let status = StatusCode::from_u16(status).unwrap();
    let request_id = HeaderName::from_static(crate::service::REQUEST_ID);
    let mut headers = HeaderMap::from_iter([(request_id, text.clone())]);
    match text.len() % 3 {
        0 => headers.insert(CONTENT_TYPE, text.clone()),
        1 => headers.insert(CONTENT_ENCODING, text.clone()),
        _ => None,
    };
    let answer = Answer {
        secrets: RequestSecrets {
            body: br#"{"code": "a-secret-code", "client_secret": "aaaaaaaaaaaa"}"#[..].into(),
            names: &["code", "client_secret"],
            ..RequestSecrets::default()
        },
        ..Answer::new("get-a", status, headers, body.to_vec().into())
    };
    match status.is_success() {
        true => Response::<Token>::from_json(answer).err(),
        false => Some(Error::unexpected(answer)),
    }
}

#[track_caller]
fn check_text(error: &Error) {
    let display = error.to_string();
    assert!(display.len() <= 1000, "{}: {display}", display.len());
    for debug in [format!("{error:?}"), format!("{error:#?}")] {
        assert!(debug.len() <= 8000, "{}: {debug}", debug.len());
    }
    for accessor in [
        error.name(),
        error.code(),
        error.request_id(),
        error.message(),
    ] {
        let length = accessor.unwrap_or_default().len();
        assert!(length < 2500, "{length}");
    }
}

/// A body of about `size` bytes: `before`, then `unit` again and again, then `after`.
fn body((before, unit, after): (&str, &[u8], &str), size: usize) -> Vec<u8> {
    [
        before.as_bytes(),
        &unit.repeat(size / unit.len()),
        after.as_bytes(),
    ]
    .concat()
}

/// What grows in a body.
const SHAPES: &[(&str, &[u8], &str)] = &[
    ("", b"[", ""),
    ("{\"x\":", b"[", ""),
    ("{\"x\":", b"{\"a\":", ""),
    ("{\"x\":", b"[{\"access_token\":", ""),
    ("{\"ids\":", b"[", ""),
    ("{\"x\":", b"[]", ""),
    ("{\"x\":[", b"[],", ""),
    ("{\"x\":[", b"1,", "]}"),
    ("{\"ids\":[", b"1,", "true]}"),
    ("{\"ids\":[", b"1,", "2.5]}"),
    ("{", b"\"a\":1,", ""),
    ("{", b"\"name\":\"a-secret-code\",", "\"access_token\": 1}"),
    ("{\"", b"a-long-name", "\": 1,"),
    ("{\"access_token\":\"", b"a", ""),
    ("{\"access_token\":\"", b"a", "\"}"),
    ("{\"message\":\"", b"a", "\"}"),
    ("{\"name\":\"", b"a", "\"}"),
    ("{\"name\":\"", b"aB-secret-code", "\", \"message\": \"a\"}"),
    ("{\"message\":\"", b"\\u0061", "\"}"),
    ("{\"code\":\"", b"\\\\", "\"}"),
    ("{\"message\":\"", b"%61%", "\"}"),
    ("{\"message\":\"", b"\xf4\x8f\xbf\xbf", "\"}"),
    ("{\"message\":\"", b"\xff", "\"}"),
    ("{\"message\":\"", b"\\u200b", "\"}"),
    ("{\"message\":\"", b"\n", "\"}"),
    ("", b" ", ""),
    ("", b"\n", "x"),
    ("", b"<p>", ""),
    ("", b"\xff", ""),
    ("{", b"]", ""),
    ("{", b"\"", ""),
    ("{\"", b"\\", ""),
    ("{\"x\":", b"9", "}"),
];

/// The memory of serde_json, which holds the values that it has read so far, and writes
/// a string of the wrong type into its error.
fn decoder_memory(body: &[u8]) -> u64 {
    let depth = body
        .iter()
        .take(1_000_000)
        .filter(|byte| matches!(byte, b'[' | b'{'));
    if depth.count() > 300_000 {
        // It must not get that far.
        return 0;
    }
    let decode = || drop(serde_json::from_slice::<Token>(body));
    allocation_counter::measure(decode).bytes_max
}

#[test]
fn an_error_takes_little_text_and_memory() {
    let text = HeaderValue::from_bytes(&b"\xc3\xa9a".repeat(10_000)).unwrap();
    let visible = HeaderValue::from_str(&"~\"\\".repeat(10_001)).unwrap();
    for shape in SHAPES {
        let body = body(*shape, 1_600_000);
        let decoder = decoder_memory(&body);
        for (status, header) in [(200, &text), (299, &visible), (303, &text), (400, &visible)] {
            let mut made = None;
            let bytes = body.len() as u64;
            let memory = allocation_counter::measure(|| {
                made = error(status, &body, header);
                if let Some(error) = &made {
                    check_text(error);
                }
            });
            // One copy of the body is the error's own.
            let extra = memory.bytes_max.saturating_sub(bytes + decoder);
            assert!(extra < MEGABYTE, "{status} {:?}: {extra}", &shape.0);
        }
    }
}

#[test]
fn the_time_is_linear() {
    let text = HeaderValue::from_static("a");
    let time = |shape, size, status| {
        let body = body(shape, size);
        let start = ThreadTime::now();
        if let Some(error) = error(status, &body, &text) {
            check_text(&error);
        }
        start.elapsed()
    };
    for shape in SHAPES {
        for status in [200, 400] {
            // Other work on the machine slows either down. Quadratic time would be seconds.
            let is_linear = (0..5).any(|_| {
                let small = time(*shape, 300_000, status);
                time(*shape, 3_000_000, status) <= 12 * small + Duration::from_millis(100)
            });
            assert!(is_linear, "{status} {:?}", &shape.0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Anything between the ends of a body, as often as fits.
    #[test]
    fn no_body_makes_a_long_text(
        parts in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(vec![
                    "{", "}", "[", "]", "\"", ":", ",", "\\", "\\u", " ", "1", "1e999", "2.5", "null",
                    "\"name\":\"", "\"code\":", "\"message\":\"", "\"access_token\":", "\"ids\":[",
                    "\u{feff}", "\u{10ffff}", "a-secret-code", "aaaaaaaaaaaa", "%61",
                ]).prop_map(|text| text.as_bytes().to_vec()),
                any::<Vec<u8>>(),
            ],
            0..12,
        ),
        times in 1_usize..300,
        status in prop_oneof![Just(200), 200_u16..600],
        header in "[ -~]{0,3000}",
    ) {
        let body = [b"{", &parts.concat().repeat(times)[..]].concat();
        let header = HeaderValue::from_str(&header).unwrap();
        let memory = allocation_counter::measure(|| {
            if let Some(error) = error(status, &body, &header) {
                check_text(&error);
                for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
                    for secret in ["a-secret-code", "aaaaaaaaaaaa"] {
                        assert!(!text.contains(secret), "{text}");
                    }
                }
            }
        });
        let extra = memory.bytes_max.saturating_sub(body.len() as u64 + decoder_memory(&body));
        prop_assert!(extra < MEGABYTE);
    }
}
