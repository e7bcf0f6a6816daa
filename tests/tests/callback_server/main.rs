//! The example of a server, used as browsers, Finch and operators do.
//!
//! Each server is a process of its own with every level of the log on, and all
//! that it prints, logs and stores is searched for secrets.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod browser;
mod failures;
mod flows;
mod origins;
mod server;
mod settings;
mod storage;

use finch_api_tests::{Loopback, Reply};
use server::{Place, Server};

const CLIENT_ID: &str = "4ab15e51-11ad-49f4-acae-f343b7794375";

const SECRET: &str = "finch-secret-s3cret";
const CODE: &str = "c0de-of-finch-connect";

/// The answer of Finch, and the token in it.
const ANSWER: &str = include_str!("../pages/retrieve-access-token.json");
const TOKEN: &str = "7e965183-9332-423c-9259-3edafb332ad2";
const CONNECTION: &str = "6dab009c-77c8-43d9-8f81-e093f7c65bc1";

/// What must be nowhere.
const SECRETS: [&str; 4] = [SECRET, CODE, TOKEN, "YWFhYWFhYWFhYWFh"];

/// Starts a server in `place` that talks to `finch`.
fn start(place: &Place, finch: &str) -> Server {
    place.start(&[
        ("FINCH_CLIENT_ID", CLIENT_ID),
        ("FINCH_CLIENT_SECRET", SECRET),
        ("FINCH_BASE_URL", finch),
    ])
}

/// A Finch that has a token for everybody.
async fn finch() -> Loopback {
    Loopback::start(Reply::json("200 OK", ANSWER)).await
}

#[track_caller]
fn assert_none_of(secrets: &[&str], text: &str) {
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
