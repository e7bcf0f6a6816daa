//! Documents, pages and files that an attacker wrote. The output of each command controls
//! no terminal, no runner of GitHub Actions and no pull request.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod documents;
mod files;
mod pull_request;
mod terminal;
