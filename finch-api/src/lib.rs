//! A client for the [Finch API](https://developer.tryfinch.com), which gives access to the HR
//! and payroll systems of many providers.
//!
//! # From Finch Connect to the first call
//!
//! An employer visits Finch Connect, a page of Finch, and allows your application to read
//! their data. Finch sends the employer back to your server with a code. Your server exchanges
//! the code for an access token, stores it, and calls Finch with it. Before you begin, copy the
//! client id and the client secret from Finch's developer dashboard into the environment
//! variables `FINCH_CLIENT_ID` and `FINCH_CLIENT_SECRET`. Enter your redirect URI in the
//! dashboard.
//!
//! **1. Send the employer to Finch Connect** with a fresh random `state`, and keep the same
//! `state` in a cookie of their browser:
//!
//! ```
//! use finch_api::connect::{self, Product};
//!
//! let url = connect::authorize_url(
//!     "4ab15e51-11ad-49f4-acae-f343b7794375", // FINCH_CLIENT_ID
//!     "https://example.com/api/finch/callback",
//! )
//! .products([Product::COMPANY, Product::DIRECTORY])
//! .state("fresh and random")
//! .build()?;
//! # Ok::<(), finch_api::Error>(())
//! ```
//!
//! **2. Exchange the code.** The employer returns with `?code=…&state=…`. Compare the state
//! with the cookie first:
//!
//! ```no_run
//! # async fn run(code: &str) -> Result<(), finch_api::Error> {
//! // Once, at program start. Requires FINCH_CLIENT_ID and FINCH_CLIENT_SECRET.
//! let client = finch_api::Client::from_env()?;
//!
//! let token = client
//!     .exchange_code(code)
//!     .redirect_uri("https://example.com/api/finch/callback") // the same URI
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! If Finch Connect is embedded in your own page, Finch's script calls the page's `onSuccess`
//! with the code: post it to your server. Do not set a `redirect_uri` then.
//!
//! Dropping the future of the exchange before it completes [may lose a
//! token](Client::exchange_code).
//!
//! **3. Store the token** as carefully as a password: it does not expire. Store
//! it under its `connection_id`. When the employer connects again, the new token replaces the old one.
//!
//! ```
//! # fn store(_: &str, _: &str) {}
//! # fn run(token: finch_api::types::CreateAccessTokenResponse) {
//! store(&token.connection_id, token.access_token.expose_secret());
//! # }
//! ```
//!
//! To store and reload the whole response instead, see [Secrets](#secrets).
//!
//! **4. Make the first call**, with a client for this company:
//!
//! ```no_run
//! use finch_api::Method;
//!
//! # async fn run(client: finch_api::Client, token: finch_api::Secret) -> Result<(), finch_api::Error> {
//! let company = client
//!     .with_access_token(token)?
//!     .request(Method::GET, "/employer/company")
//!     .send::<serde_json::Value>()
//!     .await?;
//! println!("connected: {}", company.value()["legal_name"]);
//! # Ok(())
//! # }
//! ```
//!
//! **5. Handle failures.** Every application meets these failures of an exchange sooner or
//! later. [The table below](#errors) lists every failure.
//!
//! ```no_run
//! # async fn run(client: finch_api::Client, code: &str) {
//! match client.exchange_code(code).await {
//!     Ok(token) => println!("connected: {}", token.connection_id),
//!     // The code is used or expired: not a bug.
//!     Err(error) if error.is_invalid_grant() => println!("start again"),
//!     // Somebody has to correct FINCH_CLIENT_ID or FINCH_CLIENT_SECRET.
//!     Err(error) if error.is_invalid_client() => eprintln!("{error}"),
//!     // Nothing was done, and the code is still good for a few minutes.
//!     Err(error) if error.is_rate_limited() => println!("{:?}", error.retry_after()),
//!     Err(error) if error.is_connect() => println!("try again"),
//!     // Finch issued the token, but the response was incomplete or malformed: store the token.
//!     Err(error) if error.access_token().is_some() => println!("connected"),
//!     // Finch may have issued the token: the code must not be sent again.
//!     Err(error) if error.outcome_unknown() => println!("start again"),
//!     Err(error) => eprintln!("{error}"),
//! }
//! # }
//! ```
//!
//! The example `callback_server` in the repository is a complete program to start from:
//! the redirect and the embedded flow, encrypted tokens, and a page for each failure. `cargo run -p finch-api
//! --example callback_server` runs it with a mock of Finch.
//!
#![cfg_attr(
    any(doc, doctest),
    doc = "If you come from one of Finch's own SDKs, [`migration`] shows each of their calls next to the call in this crate."
)]
#![cfg_attr(
    all(doc, not(doctest)),
    doc = "The page [`operations`] lists every operation and its call."
)]
//!
//! # Promises
//!
//! - **No secret is printed.** Credentials are [`Secret`]s in requests, responses and the
//!   client. Errors print no body, and redact the secrets of the request in any text from
//!   the server.
//! - **No redirect is followed.** A redirect would send the secret and the code to
//!   another host.
//! - **Nothing is done twice.** An authorization code is valid once. A call that is not
//!   idempotent, such as the exchange, is [not retried](#retries) once Finch may have
//!   processed it.
//! - **No token is lost.** A call does not fail because of an unknown enum value, a new
//!   or missing optional property, a null array, a property repeated with the same value,
//!   or an undocumented success status such as 201. If a success cannot be decoded,
//!   [`Error::expose_body`] returns the received part of its body, unless that exceeds the
//!   size limit.
//! - **Every call is limited.** One deadline covers all attempts and the response body.
//!   Another limit covers the size of the body. See [`ClientBuilder`].
//!
//! # Errors
//!
//! All calls return the same error type, [`Error`]. Its page lists Finch's error names. The
//! first row that applies says what to do after an exchange.
//!
//! | Failure | Finch's `name`, status | What to do |
//! |---|---|---|
//! | [`is_invalid_grant`](Error::is_invalid_grant) | `invalid_grant_error`, 400 | The code is wrong, used or expired: start Finch Connect again. |
//! | [`is_invalid_client`](Error::is_invalid_client) | `invalid_client_error`, 401 | Correct the client's id and secret. |
//! | [`needs_reauthentication`](Error::needs_reauthentication) | `authentication_error`, 401 | The employer must connect again: send them through Finch Connect, and store the new token. |
//! | [`is_rate_limited`](Error::is_rate_limited) | `rate_limit_exceeded_error`, 429 | Call again after [`retry_after`](Error::retry_after), not before: an earlier call makes Finch's wait longer. |
//! | [`ErrorKind::Status`] | any other | See [`name`](Error::name), [`finch_code`](Error::finch_code) and [`message`](Error::message). |
//! | [`is_connect`](Error::is_connect), [`ErrorKind::NotProcessed`] | | Nothing was done: try again. |
//! | [`is_timeout`](Error::is_timeout), and not `outcome_unknown` | | The deadline passed before the request was sent: try again. |
//! | [`access_token`](Error::access_token) is `Some` | | Finch issued the token, but the response was cut off, was late, or does not match its document: store the token. |
//! | [`outcome_unknown`](Error::outcome_unknown) | | Finch may have issued the token: do not send the code again, start Finch Connect again. |
//! | [`ErrorKind::Decode`] | | Finch processed the request, but the response does not match its document: [`expose_body`](Error::expose_body) returns the received part of the body. |
//! | [`ErrorKind::Configuration`], [`ErrorKind::InvalidRequest`] | | Nothing was sent: correct the values that the error names. |
//!
//! # Retries
//!
//! The client retries a failed call up to two times within its deadline, if that is safe:
//! if no connection was made, if Finch did not process the request (429, 503 with
//! `Retry-After`, or a refusal in HTTP/2), or if the call is idempotent. [A
//! table](Error::outcome_unknown) lists every case. The exchange is not idempotent.
//!
//! The first wait is a random time from half a second to a second. Both bounds double with
//! each attempt, up to 8 and 16 seconds. If Finch asks for a longer wait (`Retry-After`), the client waits that long. If
//! that exceeds [30 seconds](ClientBuilder::max_retry_wait) or the rest of the deadline, the
//! call fails at once, and [`Error::retry_after`] returns the wait. Finch's header
//! `x-should-retry` can prevent a retry. It can also allow an idempotent call to be retried
//! after another failure status, within the same number of retries.
//!
//! # Settings for one call, one company, or an undocumented endpoint
//!
//! A client derived from another is cheap to make and shares its connections:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use finch_api::{Method, RequestOptions, header};
//!
//! # async fn run(client: finch_api::Client, token: finch_api::Secret) -> Result<(), finch_api::Error> {
//! // Each connected company has its own token.
//! let company = client.with_access_token(token)?;
//!
//! let trace = header::HeaderName::from_static("x-trace-id");
//! let options = RequestOptions::new()
//!     .timeout(Duration::from_secs(5))
//!     .max_retries(0)
//!     .header(trace, header::HeaderValue::from_static("4f1c"));
//!
//! // An endpoint for which this version of the crate has no method.
//! let directory = company
//!     .with_options(options)
//!     .request(Method::GET, "/employer/directory")
//!     .query(&[("limit", "50")])
//!     .send::<std::collections::HashMap<String, serde_json::Value>>()
//!     .await?;
//! println!("as of {:?}: {}", directory.data_retrieved(), directory.value()["paging"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Logging
//!
//! Each call is a [`tracing`](https://docs.rs/tracing) span `call` at level `INFO`, with the
//! names of [OpenTelemetry](https://opentelemetry.io/docs/specs/semconv/http/http-spans/):
//! `http.request.method`, `url.template`, `server.address`, `http.response.status_code`,
//! `http.request.resend_count`. It also records the operation, Finch's request id, and the
//! duration. It contains no body, no query, and no header value except the request id, at any level.
//!
//! # Your own HTTP client
//!
//! With [`ClientBuilder::http_client`], this crate still controls the deadline, the size
//! limit, retries and its own logging. It refuses a response from another URL than the URL of the
//! call.
//! Your client controls proxies, certificates, the connection timeout, its own headers
//! and its own logging: `connection_verbose(true)` logs every byte, including secrets.
//!
//! # Your own transport
//!
//! With [`ClientBuilder::transport`], you can send the requests through any HTTP service for
//! `tower`, such as a stack of layers over `reqwest`. The module [`transport`] states the rules for
//! a transport. The promises only hold for a transport that follows them.
//!
//! # In the tests of your program
//!
//! With the feature `test-util`, a fake transport replaces the network. It replies with a
//! success, with any failure that Finch documents, with no connection, or with no
//! response. It records the requests. It waits only on tokio's clock, which a test can
//! pause.
//!
#![cfg_attr(feature = "test-util", doc = "```")]
#![cfg_attr(not(feature = "test-util"), doc = "```ignore")]
//! use finch_api::Client;
//! use finch_api::testing::{FakeTransport, Reply};
//!
//! /// The page that follows Finch Connect: a piece of your program.
//! async fn next_page(client: &Client, code: &str) -> &'static str {
//!     match client.exchange_code(code).await {
//!         Ok(_token) => "/connected",
//!         Err(error) if error.is_invalid_grant() => "/start",
//!         Err(_) => "/try-later",
//!     }
//! }
//!
//! #[tokio::test]
//! async fn a_used_code_shows_the_start_page() {
//!     let finch = FakeTransport::new().on("create-access-token", Reply::invalid_grant());
//!     assert_eq!(next_page(&finch.client(), "a used code").await, "/start");
//! }
//! ```
//!
#![cfg_attr(feature = "test-util", doc = "For more, see the module [`testing`].")]
#![cfg_attr(
    not(feature = "test-util"),
    doc = "For more, see the module `testing`."
)]
//!
//! # Public dependencies
//!
//! The public interface uses types and traits of [`bytes`], [`futures_core`], [`http`],
//! [`http_body`], [`reqwest`], [`tower_service`] and [`uuid`]. They are re-exported, so that you use
//! matching versions. A release of this crate that moves to an incompatible
//! release of one of them is a breaking release.
//!
//! # Webhooks
//!
//! With the feature `webhook`, `webhook::Key::verify` checks that a webhook is recent and
//! from Finch.
//!
//! # Secrets
//!
//! [`Secret::expose_secret`] is the only method that returns the text of a secret, and easy
//! to find in a review:
//!
//! ```
//! use finch_api::Secret;
//!
//! let secret = Secret::from("correct horse");
//! assert_eq!(format!("{secret:?}"), "[REDACTED]");
//! assert_eq!(secret.expose_secret(), "correct horse");
//! ```
//!
//! ```compile_fail,E0277
//! # let secret = finch_api::Secret::from("correct horse");
//! println!("{secret}");
//! ```
//!
//! Serializing a value that contains a secret is an error. This keeps tokens out of logs
//! and browsers. [`Exposed`] serializes the value in clear text. Use it to store and
//! reload the whole response of an exchange:
//!
//! ```
//! use finch_api::{Exposed, types::CreateAccessTokenResponse};
//!
//! # fn encrypt(text: &str) -> String { text.to_owned() }
//! # fn decrypt(text: &str) -> String { text.to_owned() }
//! # fn run(token: CreateAccessTokenResponse) -> Result<(), serde_json::Error> {
//! let stored = encrypt(&serde_json::to_string(&Exposed(&token))?);
//!
//! let reloaded: CreateAccessTokenResponse = serde_json::from_str(&decrypt(&stored))?;
//! assert_eq!(reloaded, token);
//! # assert!(serde_json::to_string(&token).is_err());
//! # Ok(())
//! # }
//! # let token = serde_json::from_str(r#"{
//! #     "access_token": "the token", "client_type": "sandbox", "connection_id": "1",
//! #     "connection_type": "finch", "entity_ids": [], "products": [], "provider_id": "2",
//! #     "token_type": "bearer"
//! # }"#)?;
//! # run(token)?;
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Generated code
//!
//! [`types`], [`calls`], [`API_VERSION`], [`DEFAULT_BASE_URL`], the page `operations` and the
//! operation methods of [`Client`] are generated from Finch's OpenAPI document. Everything
//! else is written by hand.

#![warn(clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// First, so that the documentation of `Client` begins with `exchange_code`.
mod exchange;

mod client_builder;
pub mod connect;
// Formatted by the generator, not by rustfmt.
#[rustfmt::skip]
mod generated;
#[cfg(any(doc, doctest))]
pub mod migration;
// It contains code that does not compile on its own.
#[cfg(all(doc, not(doctest)))]
#[doc = include_str!("../API.md")]
pub mod operations {}
mod runtime;
mod service;
mod setting;
#[cfg(feature = "test-util")]
pub mod testing;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use client_builder::ClientBuilder;
pub use exchange::ExchangeCode;
pub use generated::{API_VERSION, DEFAULT_BASE_URL, calls, types};
/// The methods, headers and statuses in this crate's interface.
pub use http::{Method, StatusCode, header};
/// Calls Finch: exchanges codes for access tokens, and makes every other call.
///
/// Make one client when the program starts and clone it, for example into the state of
/// your web framework. Clones are cheap and share the connections. A client is `Send` and
/// `Sync`. For a connected company, derive a client with
/// [`with_access_token`](Client::with_access_token). For an endpoint without a method in
/// this crate, use [`request`](Client::request):
///
/// ```no_run
/// use finch_api::{Client, Method, Secret};
///
/// // The properties that you need. Others are skipped.
/// #[derive(serde::Deserialize)]
/// struct Company {
///     legal_name: Option<String>,
/// }
///
/// # async fn run(stored: Secret) -> Result<(), finch_api::Error> {
/// let client = Client::from_env()?; // once
///
/// let company = client
///     .with_access_token(stored)?
///     .request(Method::GET, "/employer/company")
///     .send::<Company>()
///     .await?;
/// println!("{:?}", company.value().legal_name);
/// # Ok(())
/// # }
/// ```
///
/// # One client per runtime
///
/// A tokio runtime drives the connections that were made in it. If a program has several
/// runtimes, make one client in each. Otherwise, a call in one runtime may wait until its
/// [deadline](ClientBuilder::timeout) for a connection of another runtime that is not
/// running: a current-thread runtime outside of `block_on`. When a runtime is dropped,
/// its connections close. The client then makes new connections in the next runtime.
///
/// # `Debug`
///
/// `Debug` prints the base URL, the client id, the limits and the names of added headers.
/// It prints `[REDACTED]` for the client secret and the access token, and no header
/// value.
///
/// # API version
///
/// Each request asks for the version of Finch's API that the crate is generated for,
/// [`API_VERSION`].
pub use runtime::Client;
pub use runtime::transport;
pub use runtime::{
    CallFuture, ConversionError, Error, ErrorKind, Exposed, Format, Formatted, IntoFormat, Items,
    Page, PagePosition, Pages, Request, RequestOptions, Response, Secret, UnknownValue,
};
pub use {bytes, futures_core, http, http_body, reqwest, tower_service, uuid};
