//! Documents, pages and files that an attacker wrote: what the commands print of them
//! commands no terminal, no runner of GitHub Actions and no pull request.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod documents;
mod files;
mod pull_request;
mod terminal;
