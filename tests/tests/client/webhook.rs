//! Tests that a webhook is accepted if it is recent and signed with the key, and else refused.

use std::time::{Duration, SystemTime};

use finch_api::header::{HeaderMap, HeaderName, HeaderValue};
use finch_api::webhook::Key;
use finch_api::{Error, ErrorKind};

const SECRET: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const ID: &str = "msg_2Lml6Qn0Yb0sX";
const SENT: u64 = 1_717_171_200;
const BODY: &str = r#"{"company_id":"720be419-0293-4d32-a707-32179b0827ab","account_id":"fb2b5e1d-2b6d-4c1d-9d10-1c2a5d9ac0f1","event_type":"account.updated","data":{"status":"connected","authentication_method":{"type":"credential"}}}"#;
/// The signature of `BODY` at `SENT`.
const SIGNATURE: &str = "v1,FxKzEy+RFhWIXS2XhOYHWvyK4TAMLiTjNNGp3mIIB4s=";
/// The signature of `BODY` 301 seconds earlier.
const OLD: &str = "v1,Y3GWfPVyKWMfEpNDG3EJS/C1Vu4pZit5mkcpXdKOHSg=";

fn headers(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
    let pairs = [
        ("finch-event-id", id),
        ("finch-timestamp", timestamp),
        ("finch-signature", signature),
    ];
    let pair = |(name, value)| {
        let name = HeaderName::from_static(name);
        (name, HeaderValue::from_str(value).unwrap())
    };
    pairs.map(pair).into_iter().collect()
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Verifies the webhook of the test vector with this signature, received at `now`.
fn receive(signature: &str, now: u64) -> Result<(), Error> {
    let headers = headers(ID, &SENT.to_string(), signature);
    let key = Key::new(SECRET).unwrap();
    key.verify_at(&headers, BODY.as_bytes(), at(now))
}

#[track_caller]
fn check_refused(outcome: Result<(), Error>, part: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Signature);
    assert!(error.to_string().contains(part), "{error}");
    assert!(!error.outcome_unknown());
}

const NOT_SIGNED: &str = "is not signed with this key";
const NOT_NOW: &str = "is more than 300s from now";

#[test]
fn current_webhook_is_accepted() {
    receive(SIGNATURE, SENT).unwrap();
}

#[test]
fn clocks_may_differ_by_at_most_300_seconds() {
    for (now, is_accepted) in [
        (SENT - 301, false),
        (SENT - 300, true),
        (SENT + 300, true),
        (SENT + 301, false),
        (0, false),
    ] {
        match is_accepted {
            true => receive(SIGNATURE, now).unwrap(),
            false => check_refused(receive(SIGNATURE, now), NOT_NOW),
        }
    }
    let key = Key::new(SECRET).unwrap();
    let old = headers(ID, "1717170899", OLD);
    check_refused(key.verify_at(&old, BODY.as_bytes(), at(SENT)), NOT_NOW);
    key.verify_at(&old, BODY.as_bytes(), at(SENT - 1)).unwrap();
}

#[test]
fn one_right_signature_among_several_suffices() {
    let wrong = OLD;
    for signatures in [
        format!("{wrong} {SIGNATURE}"),
        format!("{SIGNATURE} {wrong}"),
        format!("v2,abc {SIGNATURE}"),
        format!("v1,%%% {SIGNATURE}"),
        format!("  {SIGNATURE} "),
    ] {
        receive(&signatures, SENT).unwrap();
    }
    let mut twice = headers(ID, &SENT.to_string(), wrong);
    twice.append("finch-signature", HeaderValue::from_static(SIGNATURE));
    let key = Key::new(SECRET).unwrap();
    key.verify_at(&twice, BODY.as_bytes(), at(SENT)).unwrap();
}

#[test]
fn unsigned_webhook_is_refused() {
    let bare = SIGNATURE.strip_prefix("v1,").unwrap();
    for signature in [
        "",
        "v1,",
        OLD,
        bare,
        &format!("v2,{bare}"),
        &format!("v1a,{bare}"),
        &format!("V1,{bare}"),
        // Cut short, too long, not base64.
        &SIGNATURE[..SIGNATURE.len() - 4],
        &format!("{SIGNATURE}AAAA"),
        "v1,FxKzEy+RFhWIXS2XhOYHWvyK4TAMLiTjNNGp3mII",
        "v1,%%%",
    ] {
        check_refused(receive(signature, SENT), NOT_SIGNED);
    }
}

#[test]
fn each_part_is_signed() {
    let key = Key::new(SECRET).unwrap();
    let now = at(SENT);
    let sent = SENT.to_string();
    let body = BODY.as_bytes();
    let verify = |key: &Key, headers: &HeaderMap, body| key.verify_at(headers, body, now);

    let right = headers(ID, &sent, SIGNATURE);
    let other_body = BODY.replace("connected", "disconnected");
    check_refused(verify(&key, &right, other_body.as_bytes()), NOT_SIGNED);
    check_refused(verify(&key, &right, b""), NOT_SIGNED);
    check_refused(
        verify(&key, &headers("msg_2", &sent, SIGNATURE), body),
        NOT_SIGNED,
    );
    let later = (SENT + 1).to_string();
    check_refused(
        verify(&key, &headers(ID, &later, SIGNATURE), body),
        NOT_SIGNED,
    );
    // The same number in another notation than the signed one.
    let zeros = format!("0{sent}");
    check_refused(
        verify(&key, &headers(ID, &zeros, SIGNATURE), body),
        NOT_SIGNED,
    );
    let other = Key::new("b3RoZXI=").unwrap();
    check_refused(verify(&other, &right, body), NOT_SIGNED);
}

#[test]
fn missing_and_malformed_headers_are_named() {
    let key = Key::new(SECRET).unwrap();
    let now = at(SENT);
    for (name, part) in [
        ("finch-event-id", "no finch-event-id"),
        ("finch-timestamp", "no finch-timestamp"),
        ("finch-signature", NOT_SIGNED),
    ] {
        let mut headers = headers(ID, &SENT.to_string(), SIGNATURE);
        headers.remove(name);
        check_refused(key.verify_at(&headers, BODY.as_bytes(), now), part);
    }
    for timestamp in ["", "soon", "-1", "1717171200.5", "99999999999999999999999"] {
        let headers = headers(ID, timestamp, SIGNATURE);
        let outcome = key.verify_at(&headers, BODY.as_bytes(), now);
        check_refused(outcome, "is not a number of seconds");
    }
}

#[test]
fn empty_key_is_refused() {
    for (secret, message) in [
        ("", "the webhook secret is empty: set it, or leave it unset"),
        (
            " ",
            "the webhook secret is empty: set it, or leave it unset",
        ),
        (
            "s3cret!",
            "the webhook secret is not base64: copy it from Finch's developer dashboard",
        ),
    ] {
        let error = Key::new(secret).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.to_string(), message);
    }
    let key = Key::new(SECRET).unwrap();
    assert_eq!(format!("{key:?} {key:#?}"), "[REDACTED] [REDACTED]");
}

#[test]
fn the_tolerance_can_be_set() {
    let headers = headers(ID, &SENT.to_string(), SIGNATURE);
    let key = Key::new(SECRET).unwrap().tolerance(Duration::from_secs(10));
    key.verify_at(&headers, BODY.as_bytes(), at(SENT + 10))
        .unwrap();
    let late = key.verify_at(&headers, BODY.as_bytes(), at(SENT + 11));
    check_refused(late, "more than 10s from now");
    // The timestamp is long past.
    check_refused(key.verify(&headers, BODY.as_bytes()), "from now");
}
