//! The tests of finch-api that can share a process. Linking a program for each file would take most
//! of the time of a build.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod dependencies;
mod derived;
mod examples;
mod freshness;
mod generated;
mod never_sent;
mod packaging;
mod printing;
mod public_api;
mod readme;
mod request;
mod response;
mod serializing;
#[path = "../servers/mod.rs"]
mod servers;
mod settings;
mod start_page;
mod test_kit;
mod transport;
mod variants;
mod webhook;
