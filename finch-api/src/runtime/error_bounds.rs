//! Tests that no response makes an error use much text, memory or time.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use cpu_time::ThreadTime;
use proptest::prelude::*;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::de::Error as _;
use serde_json::Value;

use super::error::{AttemptedCall, Error};
use super::raw_response::RawResponse;
use super::request_secrets::RequestSecrets;
use super::response::Response;

/// How many bytes an error may use in addition to the body.
const EXTRA: u64 = 500_000;

#[derive(Debug, serde::Deserialize)]
#[allow(dead_code, reason = "it is read to fail")]
struct Token {
    access_token: String,
    ids: Vec<u8>,
    name: Option<String>,
}

/// A type whose errors quote the rejected text.
#[derive(Debug)]
struct Quoting;

impl<'de> serde::Deserialize<'de> for Quoting {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Err(D::Error::custom(format!("no {text}, not {text:?}")))
    }
}

#[derive(Debug, serde::Deserialize)]
enum Known {
    Kind,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "it is read to fail")]
struct Exact {
    name: Option<Known>,
}

/// The type that a response is decoded into.
#[derive(Clone, Copy, Debug)]
enum As {
    Token,
    Map,
    Exact,
    Kinds,
    Quoting,
    Any,
}

const TYPES: [As; 6] = [
    As::Token,
    As::Map,
    As::Exact,
    As::Kinds,
    As::Quoting,
    As::Any,
];

/// Returns the error of a response with `status` and `body`, and with `text` as a header.
fn error(target: As, status: u16, body: &[u8], text: &HeaderValue) -> Option<Error> {
    let status = StatusCode::from_u16(status).unwrap();
    let request_id = HeaderName::from_static(crate::service::REQUEST_ID);
    let mut headers = HeaderMap::from_iter([(request_id, text.clone())]);
    match text.len() % 3 {
        0 => headers.insert(CONTENT_TYPE, text.clone()),
        1 => headers.insert(CONTENT_ENCODING, text.clone()),
        _ => None,
    };
    let answer = RawResponse {
        secrets: RequestSecrets {
            body: br#"{"code": "a-secret-code", "client_secret": "aaaaaaaaaaaa"}"#[..].into(),
            names: &["code", "client_secret"],
            ..RequestSecrets::default()
        },
        ..RawResponse::new("get-a", status, headers, body.to_vec().into())
    };
    match (status.is_success(), target) {
        (true, As::Token) => Response::<Token>::from_json(answer).err(),
        (true, As::Map) => Response::<BTreeMap<String, Vec<bool>>>::from_json(answer).err(),
        (true, As::Exact) => Response::<Exact>::from_json(answer).err(),
        (true, As::Kinds) => Response::<Vec<Known>>::from_json(answer).err(),
        (true, As::Quoting) => Response::<BTreeMap<String, Quoting>>::from_json(answer).err(),
        (true, As::Any) => Response::<Value>::from_json(answer).err(),
        (false, _) => Some(Error::unexpected(answer)),
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

/// Returns a body of about `size` bytes: `before`, `unit` repeated, and `after`.
fn body((before, unit, after): (&str, &[u8], &str), size: usize) -> Vec<u8> {
    [
        before.as_bytes(),
        &unit.repeat(size / unit.len()),
        after.as_bytes(),
    ]
    .concat()
}

/// The parts of a body that can grow.
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
    ("\"", b"a", "\""),
    ("[\"", b"a", "\"]"),
    ("{\"ids\":\"", b"a", "\"}"),
    ("{\"ids\":\"", b"\\n", "\"}"),
    ("{\"ids\":\"", b"\\u0061", "\"}"),
    ("{\"ids\":\"", b"\x7f", "\"}"),
    ("{\"ids\":[\"", b"\xee\x80\x80", "\"]}"),
    ("{\"ids\":{\"", b"a", "\":1}}"),
    ("{\"access_token\":[\"", b"a", "\"]}"),
    (
        "{\"access_token\":\"a\",\"ids\":[],\"name\":{\"a\":\"",
        b"a",
        "\"}}",
    ),
    ("{\"name\":\"Kind\",\"", b"a", "\":1}"),
    ("{\"", b"a\":\"b\",\"", "\":1}"),
    ("{\"a\":1,", b"\"a\":1,", "\"a\":2}"),
    ("{\"a\":{\"b\":1,\"b\":\"", b"a", "\"}}"),
    ("", b" ", ""),
    ("", b"\n", "x"),
    ("", b"<p>", ""),
    ("", b"\xff", ""),
    ("{", b"]", ""),
    ("{", b"\"", ""),
    ("{\"", b"\\", ""),
    ("{\"x\":", b"9", "}"),
];

/// The memory of the values that are decoded before the error occurs.
fn values(target: As, shape: (&str, &[u8], &str), size: u64) -> u64 {
    match (target, shape.0) {
        // A growing vector briefly exists twice.
        (As::Token, "{\"ids\":[") => 2 * size,
        _ => 0,
    }
}

#[test]
fn error_uses_little_text_and_memory() {
    let text = HeaderValue::from_bytes(&b"\xc3\xa9a".repeat(10_000)).unwrap();
    let visible = HeaderValue::from_str(&"~\"\\".repeat(10_001)).unwrap();
    for shape in SHAPES {
        let body = body(*shape, 550_000);
        let cases = TYPES.map(|target| (target, 200, &text)).into_iter().chain([
            (As::Token, 299, &visible),
            (As::Token, 303, &text),
            (As::Token, 400, &visible),
        ]);
        for (target, status, header) in cases {
            let bytes = body.len() as u64;
            let mut is_error = false;
            let memory = allocation_counter::measure(|| {
                if let Some(error) = error(target, status, &body, header) {
                    is_error = true;
                    check_text(&error);
                }
            });
            if !is_error {
                continue;
            }
            // The error keeps one copy of the body.
            let known = bytes + values(target, *shape, bytes);
            let extra = memory.bytes_max.saturating_sub(known);
            assert!(extra < EXTRA, "{target:?} {status} {:?}: {extra}", &shape.0);
        }
    }
}

/// A transport error with a long text and a long chain of sources.
#[derive(Debug)]
struct Failure {
    text: &'static str,
    source: Option<Box<Failure>>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_deref()?)
    }
}

#[test]
fn transport_error_uses_little_text_and_memory() {
    let long: &'static str = "a\u{202e}\n".repeat(500_000).leak();
    let secrets = RequestSecrets::default();
    let uri = http::Uri::from_static("https://api.example.com/a");
    let call = AttemptedCall {
        operation: "get-a",
        uri: &uri,
        secrets: &secrets,
    };
    for (text, sources) in [(long, 0), (long, 100), ("a", 10_000), ("", 10_000)] {
        let failure = (0..sources).fold(Failure { text, source: None }, |source, _| Failure {
            text,
            source: Some(Box::new(source)),
        });
        let memory = allocation_counter::measure(|| {
            let answer =
                || RawResponse::new("get-a", StatusCode::OK, HeaderMap::new(), Vec::new().into());
            match sources {
                0 => check_text(&Error::transport(&call, failure.into())),
                _ => check_text(&Error::interrupted(&call, answer(), failure.into())),
            }
            check_text(&Error::configuration(text));
            check_text(&Error::invalid_request(text));
        });
        // The caller owns the boxed text.
        let extra = memory.bytes_max.saturating_sub(text.len() as u64);
        assert!(extra < EXTRA, "{sources}: {extra}");
    }
}

#[test]
fn the_time_is_linear() {
    let text = HeaderValue::from_static("a");
    let time = |shape, size, target, status| {
        let body = body(shape, size);
        let start = ThreadTime::now();
        if let Some(error) = error(target, status, &body, &text) {
            check_text(&error);
        }
        start.elapsed()
    };
    let check = |shape, target, status, size| {
        // Other work on the machine slows both. Quadratic time would take much longer.
        let is_linear = (0..5).any(|_| {
            let small = time(shape, size, target, status);
            time(shape, 10 * size, target, status) <= 12 * small + Duration::from_millis(25)
        });
        assert!(is_linear, "{target:?} {status} {size} {shape:?}");
    };
    for shape in SHAPES {
        for (target, status) in [(As::Token, 200), (As::Map, 200), (As::Token, 400)] {
            check(*shape, target, status, 40_000);
        }
    }
    check(("{\"x\":", b"[", ""), As::Token, 200, 400_000);
    check(
        ("{\"message\":\"", b"\\u0061", "\"}"),
        As::Token,
        400,
        400_000,
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Repeats any text between the start and the end of a body.
    #[test]
    fn no_body_makes_a_long_error(
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
        times in prop_oneof![19 => 1_usize..300, 1 => 2_000_usize..6_000],
        status in prop_oneof![Just(200), 100_u16..1000],
        target in proptest::sample::select(&TYPES[..]),
        header in "[ -~]{0,3000}",
    ) {
        let body = [b"{", &parts.concat().repeat(times)[..]].concat();
        let header = HeaderValue::from_str(&header).unwrap();
        let mut is_error = false;
        let memory = allocation_counter::measure(|| {
            if let Some(error) = error(target, status, &body, &header) {
                is_error = true;
                check_text(&error);
                for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
                    for secret in ["a-secret-code", "aaaaaaaaaaaa"] {
                        assert!(!text.contains(secret), "{text}");
                    }
                }
            }
        });
        let extra = memory.bytes_max.saturating_sub(body.len() as u64);
        prop_assert!(!is_error || extra < EXTRA, "{target:?} {status}: {extra}");
    }
}
