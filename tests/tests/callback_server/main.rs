//! Runs the example server, and acts as browser, Finch and operator.
//!
//! Each server is a process that logs every level. The tests search its output, its log
//! and its database for secrets.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod arrivals;
mod browser;
mod connections;
mod failures;
mod flows;
mod limits;
mod origins;
mod server;
mod settings;
mod storage;

use std::time::Duration;

use finch_api_tests::{Loopback, Received, Reply};
use server::{Place, Server};

const CLIENT_ID: &str = "4ab15e51-11ad-49f4-acae-f343b7794375";

const SECRET: &str = "finch-secret-s3cret";
const CODE: &str = "c0de-of-finch-connect";

/// Finch's response to an exchange, and the token in it.
const ANSWER: &str = include_str!("../pages/retrieve-access-token.json");
const TOKEN: &str = "7e965183-9332-423c-9259-3edafb332ad2";
const COMPANY: &str = "Dunder <Mifflin> & Co.";
const CONNECTION: &str = "6dab009c-77c8-43d9-8f81-e093f7c65bc1";

/// Texts that must not appear anywhere.
const SECRETS: [&str; 4] = [SECRET, CODE, TOKEN, "YWFhYWFhYWFhYWFh"];

/// Starts a server in `place` that talks to `finch`.
fn start(place: &Place, finch: &str) -> Server {
    place.start(&[
        ("FINCH_CLIENT_ID", CLIENT_ID),
        ("FINCH_CLIENT_SECRET", SECRET),
        ("FINCH_BASE_URL", finch),
    ])
}

/// A Finch that issues a token for every code. The exchange and the first call get the
/// same response, which also contains the company name.
async fn finch() -> Loopback {
    Loopback::start(answer()).await
}

fn answer() -> Reply {
    let mut answer: serde_json::Value = serde_json::from_str(ANSWER).unwrap();
    answer["legal_name"] = COMPANY.into();
    Reply::json("200 OK", &answer.to_string())
}

/// A response after a delay of `wait`.
fn late(wait: Duration, body: &str) -> Reply {
    let headers = [("content-type", "application/json")];
    Reply::default()
        .wait(wait)
        .head("200 OK", &headers, body.len())
        .send(body)
}

/// The requests to `path` that Finch received.
fn received(finch: &Loopback, path: &str) -> Vec<Received> {
    let mut received = finch.received();
    received.retain(|request| request.head.split(' ').nth(1) == Some(path));
    received
}

/// The number of codes that Finch received.
fn exchanges(finch: &Loopback) -> usize {
    received(finch, "/auth/token").len()
}

#[track_caller]
fn assert_none_of(secrets: &[&str], text: &str) {
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
