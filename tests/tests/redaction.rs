//! Tests that redaction changes the printed text of an error, and never a predicate.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::cell::RefCell;
use std::io::Write;
use std::sync::LazyLock;

use finch_api::{Client, Error, Method, Secret};
use finch_api_tests::{Loopback, Reply};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Finch's errors: name, code, status.
const ERRORS: &[(&str, &str, u16)] = &[
    ("invalid_grant_error", "", 400),
    ("bad_request", "invalid_request", 400),
    ("invalid_client_error", "", 401),
    ("invalid_token_error", "", 401),
    ("invalid_request_error", "", 401),
    ("unauthorized_request_error", "", 401),
    ("authentication_error", "reauthenticate_user", 401),
    ("insufficient_scope_error", "", 403),
    ("not_found_error", "item_not_found", 404),
    ("not_found_error", "benefit_not_found", 404),
    ("not_found_error", "individual_not_found", 404),
    ("not_found_error", "payment_not_found", 404),
    ("unprocessable_request_error", "unsupported_parameters", 422),
    (
        "unprocessable_request_error",
        "invalid_employee_enrollment",
        422,
    ),
    ("rate_limit_exceeded_error", "finch_application_rl", 429),
    ("rate_limit_exceeded_error", "finch_api_ip_rl", 429),
    ("rate_limit_exceeded_error", "finch_auth_ip_rl", 429),
    (
        "rate_limit_exceeded_error",
        "upstream_rate_limit_exceeded",
        429,
    ),
    ("server_error", "", 500),
    ("not_implemented_error", "", 501),
    ("bad_gateway_error", "upstream_provider_error", 502),
];

/// Every predicate of an error.
fn decisions(error: &Error) -> (bool, bool, bool, bool, bool) {
    (
        error.is_invalid_grant(),
        error.is_invalid_client(),
        error.needs_reauthentication(),
        error.is_rate_limited(),
        error.outcome_unknown(),
    )
}

#[derive(Clone, Debug)]
struct Case {
    name: String,
    finch_code: String,
    message: String,
    request_id: String,
    status: u16,
}

thread_local! {
    /// The log of this thread.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes to the log of its thread.
struct ThreadLog;

impl Write for ThreadLog {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// One subscriber for all threads: while one thread replaces its own, another can miss events.
static SUBSCRIBER: LazyLock<()> = LazyLock::new(|| {
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(|| ThreadLog)
        .init();
});

/// One HTTP client for all cases.
static HTTP_CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    let client = reqwest::Client::builder().pool_max_idle_per_host(0);
    client
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
});

/// Makes an exchange with the response of `case`. Returns its error, and the printed
/// error with the log.
fn exchange([code, secret, token]: [&str; 3], case: &Case) -> (Error, String) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let error = runtime.unwrap().block_on(async {
        let body = json!({
            "code": case.status,
            "name": case.name,
            "finch_code": case.finch_code,
            "message": case.message,
        });
        let headers = [("finch-request-id", case.request_id.as_str())];
        let status = case.status.to_string();
        let server = Loopback::start(Reply::new(&status, &headers, &body.to_string())).await;
        let client = Client::builder()
            .base_url(server.url())
            .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
            .client_secret(secret)
            .access_token(token)
            .http_client(HTTP_CLIENT.clone())
            .max_retries(0)
            .build()
            .unwrap();
        LazyLock::force(&SUBSCRIBER);
        LOG.take();
        client.exchange_code(code).await.unwrap_err()
    });
    let log = String::from_utf8(LOG.take()).unwrap();
    assert!(log.contains("create-access-token"));
    let printed = format!("{error}\n{error:?}\n{error:#?}\n{log}");
    (error, printed)
}

/// The examples of public bug reports.
#[test]
fn code_that_is_part_of_a_name_changes_nothing() {
    for text in [
        "invalid",
        "e",
        "grant",
        "error",
        "client",
        "_",
        "grant_error",
        "invalid_grant_error",
    ] {
        for secrets in [[text, "a", "b"], ["a", text, "b"], ["a", "b", text]] {
            let case = Case {
                name: "invalid_grant_error".to_owned(),
                finch_code: text.to_owned(),
                message: "the code is used".to_owned(),
                request_id: "req-client_error-1".to_owned(),
                status: 400,
            };
            let (error, printed) = exchange(secrets, &case);
            assert!(error.is_invalid_grant(), "{text}");
            assert_eq!(error.name(), Some("invalid_grant_error"));
            assert_eq!(error.request_id(), Some("req-client_error-1"));
            let is_secret = text.len() >= 8;
            assert_eq!(
                printed.contains("invalid_grant_error"),
                !is_secret,
                "{printed}"
            );
            let expected = match text {
                "grant_error" => "[REDACTED]",
                known => known,
            };
            assert_eq!(error.finch_code(), Some(expected));
        }
    }
}

/// A body and a query of the program, each with a secret and another text.
#[derive(serde::Serialize)]
struct Own {
    key: Secret,
    keys: Vec<Option<Secret>>,
    note: &'static str,
}

/// The type of a text tells the client whether it is secret.
#[tokio::test]
async fn secrets_of_undocumented_requests_are_redacted() {
    let echo = "own-secret-1 own-secret-2 own-secret-3 own-text";
    let headers = [("finch-request-id", "req-own-secret-1")];
    let body = json!({"name": "own-secret-2", "finch_code": "own-secret-3", "message": echo});
    let server = Loopback::start(Reply::new("400", &headers, &body.to_string())).await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let body = Own {
        key: "own-secret-1".into(),
        keys: vec![None, Some("own-secret-2".into())],
        note: "own-text",
    };
    let query = [("k", Secret::from("own-secret-3"))];
    let request = client.request(Method::POST, "/own-secret-2").query(&query);
    let error = request.json(&body).send_for_bytes().await.unwrap_err();
    assert_eq!(error.name(), Some("[REDACTED]"));
    assert_eq!(error.finch_code(), Some("[REDACTED]"));
    assert_eq!(error.request_id(), Some("req-[REDACTED]"));
    let message = "[REDACTED] [REDACTED] [REDACTED] own-text";
    assert_eq!(error.message(), Some(message));
    let printed = format!("{error}{error:?}");
    assert!(!printed.contains("own-secret"), "{printed}");
    // They were sent in clear text.
    let sent = &server.received()[0];
    let keys = r#""key":"own-secret-1","keys":[null,"own-secret-2"]"#;
    assert!(sent.body.contains(keys), "{sent:?}");
    assert!(sent.head.contains("?k=own-secret-3"), "{sent:?}");
    // Another request does not redact them.
    let request = client.request(Method::POST, "/a").json(&["own-text"]);
    let error = request.send_for_bytes().await.unwrap_err();
    assert_eq!(error.message(), Some(echo));
}

/// Generates secrets that are parts of Finch's texts, or other texts.
fn secret(anything: &'static str) -> impl Strategy<Value = String> {
    let parts = ERRORS.iter().flat_map(|(name, code, _)| [*name, *code]);
    let parts: Vec<String> = parts
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect();
    let part = (select(parts), any::<proptest::sample::Index>(), 1_usize..30);
    prop_oneof![
        part.prop_map(|(text, start, length)| {
            let start = start.index(text.len());
            text[start..text.len().min(start + length)].to_owned()
        }),
        anything,
    ]
}

/// Returns an encoding of a secret in a response.
fn spelled(secret: &str, way: u8) -> String {
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02x}")).collect();
    match way % 4 {
        0 => secret.to_owned(),
        1 => percent,
        2 => secret
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect(),
        _ => serde_json::to_string(secret).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn predicates_read_the_raw_body(
        (name, finch_code, status) in select(ERRORS),
        code in secret(".{1,20}"),
        secret_ in secret("[a-zA-Z0-9/+=%_.\\\\-]{1,20}"),
        token in secret("[a-zA-Z0-9/+=_.-]{1,20}"),
        ways: [u8; 3],
        is_changed: bool,
    ) {
        let secrets = [code.as_str(), &secret_, &token];
        let spellings: Vec<_> = secrets.iter().zip(ways).map(|(text, way)| spelled(text, way)).collect();
        let echo = spellings.join(" ");
        let mut case = Case {
            name: name.to_owned(),
            finch_code: finch_code.to_owned(),
            message: format!("{echo}!"),
            request_id: secret_.clone(),
            status,
        };
        if is_changed {
            case.name = format!("{name}{echo}");
            case.finch_code = echo.clone();
        }
        // The same response to an exchange with other secrets.
        let (plain, _) = exchange(["0", "1", "2"], &case);
        // The client's own text contains words, too, such as "Unauthorized".
        let empty = Case {
            name: String::new(),
            finch_code: String::new(),
            message: String::new(),
            request_id: String::new(),
            status,
        };
        let (_, own) = exchange(["0", "1", "2"], &empty);
        let (error, printed) = exchange(secrets, &case);
        prop_assert_eq!(decisions(&error), decisions(&plain));
        prop_assert_eq!(error.is_invalid_grant(), case.name == "invalid_grant_error");
        prop_assert_eq!(error.is_invalid_client(), case.name == "invalid_client_error");
        if !is_changed {
            prop_assert_eq!(error.name(), Some(name));
            prop_assert_eq!(error.finch_code(), Some(finch_code).filter(|code| !code.is_empty() || error.finch_code().is_some()));
        }
        for (secret, spelling) in secrets.iter().zip(&spellings) {
            if secret.chars().count() >= 8 && !own.contains(secret) {
                prop_assert!(!printed.contains(secret), "{secret}: {printed}");
                prop_assert!(!printed.contains(spelling), "{spelling}: {printed}");
                for text in [error.name(), error.finch_code(), error.request_id(), error.message()] {
                    let text = text.unwrap_or_default();
                    let is_known = ERRORS.iter().any(|(name, code, _)| [*name, *code].contains(&text));
                    prop_assert!(is_known || !text.contains(secret), "{secret}: {text}");
                }
            } else if secrets.iter().all(|secret| secret.chars().count() < 8) {
                prop_assert_eq!(error.name(), Some(case.name.as_str()));
                prop_assert_eq!(error.request_id(), Some(case.request_id.as_str()));
            }
        }
    }
}
