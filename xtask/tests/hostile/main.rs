//! Tests hostile documents, pages and files. The output of a command must not control a
//! terminal, a runner of GitHub Actions or a pull request.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

#[path = "../common/mod.rs"]
mod common;
mod documents;
mod files;
mod pull_request;
mod terminal;
