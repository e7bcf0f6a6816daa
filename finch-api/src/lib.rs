//! A client for the [Finch API](https://developer.tryfinch.com): HR and payroll,
//! one API over many providers.
//!
//! # From Finch Connect to the first call
//!
//! An employer allows your application to read their data, on a page of Finch's,
//! Finch Connect; it sends them back to you with a code; your server exchanges the
//! code for an access token, keeps it, and calls Finch with it. Before you begin,
//! copy the client id and the client secret from Finch's developer dashboard, put
//! them into the environment as `FINCH_CLIENT_ID` and `FINCH_CLIENT_SECRET`, and
//! enter your redirect URI in the dashboard.
//!
//! **1. Send the employer to Finch Connect**, with a `state` that this browser
//! alone has, in a cookie:
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
//! **2. Exchange the code** that they come back with, `?code=…&state=…`, once the
//! state is known to be theirs:
//!
//! ```no_run
//! # async fn run(code: &str) -> Result<(), finch_api::Error> {
//! // Once, when the program starts: requires FINCH_CLIENT_ID and FINCH_CLIENT_SECRET.
//! let client = finch_api::Client::from_env()?;
//!
//! let token = client
//!     .exchange_code(code)
//!     .redirect_uri("https://example.com/api/finch/callback") // the very same
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! If Finch Connect is embedded in a page of yours, the page receives the code
//! (`onSuccess`) and posts it to your server, and there is no `redirect_uri`.
//! Dropping the exchange before it is done [may lose a
//! token](Client::exchange_code).
//!
//! **3. Store the token**, as carefully as a password: it does not expire. Its key
//! is the connection, and when the employer connects again the new token takes the
//! place of the old.
//!
//! ```
//! # fn store(_: &str, _: &str) {}
//! # fn run(token: finch_api::types::CreateAccessTokenResponse) {
//! store(&token.connection_id, token.access_token.expose_secret());
//! # }
//! ```
//!
//! [Secrets](#secrets) shows how to store and reload the whole response instead.
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
//! **5. Say what to do when it fails.** These are the failures that an exchange
//! will meet one day; [all of them](#what-goes-wrong-and-what-to-do) stand below.
//!
//! ```no_run
//! # async fn run(client: finch_api::Client, code: &str) {
//! match client.exchange_code(code).await {
//!     Ok(token) => println!("connected: {}", token.connection_id),
//!     // The code is used or expired, and nobody is to blame.
//!     Err(error) if error.is_invalid_grant() => println!("start again"),
//!     // Somebody has to correct FINCH_CLIENT_ID or FINCH_CLIENT_SECRET.
//!     Err(error) if error.is_invalid_client() => eprintln!("{error}"),
//!     // Nothing was done, and the code is still good for a few minutes.
//!     Err(error) if error.is_rate_limited() => println!("{:?}", error.retry_after()),
//!     Err(error) if error.is_connect() => println!("try again"),
//!     // Finch may have issued the token: the code must not be sent again.
//!     Err(error) if error.outcome_unknown() => println!("start again"),
//!     Err(error) => eprintln!("{error}"),
//! }
//! # }
//! ```
//!
//! All of this is one program that you can start from: the example
//! `callback_server` in the crate's repository, with both flows, tokens that are
//! stored encrypted, and pages for what goes wrong. `cargo run -p finch-api
//! --example callback_server` shows it in a browser, with a mock of Finch.
//!
#![cfg_attr(
    any(doc, doctest),
    doc = "If you come from one of Finch's own SDKs, [`migration`] sets their calls beside ours."
)]
#![cfg_attr(
    all(doc, not(doctest)),
    doc = "The page [`operations`] lists every operation, and its call."
)]
//!
//! # What it promises
//!
//! - **No secret is printed.** Credentials are [`Secret`]s, in requests, in
//!   responses and in the client; no error prints a body, or a text of the
//!   server's with a secret of the request in it.
//! - **No redirect is followed.** It would carry the secret and the code to
//!   another host.
//! - **Nothing is done twice.** An authorization code is good once: what Finch
//!   may have done already is [not sent again](#what-is-sent-again).
//! - **No token is lost.** An unknown value of an enum, a new or a missing optional
//!   property, a null array, a property that is sent twice with one value, or an
//!   undocumented success status does not fail a call. If a success cannot be read,
//!   [`Error::expose_body`] returns its body.
//! - **One deadline** covers the whole call, all attempts and the answer's body,
//!   and a limit the size of the body: see [`ClientBuilder`].
//!
//! # What goes wrong, and what to do
//!
//! Every call fails with the one [`Error`]; Finch's names of errors are all on its
//! page.
//!
//! | It says | Finch's `name`, status | What to do |
//! |---|---|---|
//! | [`is_invalid_grant`](Error::is_invalid_grant) | `invalid_grant_error`, 400 | The code is wrong, used or expired: start Finch Connect again. |
//! | [`is_invalid_client`](Error::is_invalid_client) | `invalid_client_error`, 401 | Correct the client's id and secret. |
//! | [`needs_reauthentication`](Error::needs_reauthentication) | `authentication_error`, 401 | The employer must connect again: send them through Finch Connect, and store the new token. |
//! | [`is_rate_limited`](Error::is_rate_limited) | `rate_limit_exceeded_error`, 429 | Call again after [`retry_after`](Error::retry_after), not before: a limit that is run into again is a longer one. |
//! | [`ErrorKind::Status`] | any other | See [`name`](Error::name), [`finch_code`](Error::finch_code) and [`message`](Error::message). |
//! | [`is_connect`](Error::is_connect), [`ErrorKind::NotProcessed`] | | Nothing was done: try again. |
//! | [`is_timeout`](Error::is_timeout), and not `outcome_unknown` | | The deadline passed before the request was sent: try again. |
//! | [`outcome_unknown`](Error::outcome_unknown) | | Finch may have issued the token: the code is not to be sent again, start Finch Connect again. |
//! | [`ErrorKind::Decode`] | | Finch did it, but the response is not what its document says: [`access_token`](Error::access_token) has the token if it was received, and [`expose_body`](Error::expose_body) all of it. |
//! | [`ErrorKind::Configuration`], [`ErrorKind::InvalidRequest`] | | Nothing was sent: correct what it names. |
//!
//! # What is sent again
//!
//! A call that fails is made up to two more times, within its deadline, if that is
//! safe: if no connection was made, if Finch says that nothing was done (429, 503 with
//! `Retry-After`, or a refusal of HTTP/2), or if it does no harm to do it twice. [A
//! table](Error::outcome_unknown) has every case. The exchange is among the calls that
//! must not be made twice.
//!
//! Between attempts it waits for half a second to a second, and then twice as long; or
//! for as long as Finch says (`Retry-After`), if that is longer. Where Finch asks for a wait
//! that is longer than [30 seconds](ClientBuilder::max_retry_wait) or than what
//! is left of the deadline, the call fails at once, and the error
//! [says when](Error::retry_after). `x-should-retry` of Finch's stops what is
//! said here, and permits more of what may be done twice.
//!
//! # One call, one company, one endpoint that is new
//!
//! A client is cheap to make of another, and shares its connections:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use finch_api::{Method, RequestOptions, header};
//!
//! # async fn run(client: finch_api::Client, token: finch_api::Secret) -> Result<(), finch_api::Error> {
//! // Each company that is connected has a token of its own.
//! let company = client.with_access_token(token)?;
//!
//! let trace = header::HeaderName::from_static("x-trace-id");
//! let options = RequestOptions::new()
//!     .timeout(Duration::from_secs(5))
//!     .max_retries(0)
//!     .header(trace, header::HeaderValue::from_static("4f1c"));
//!
//! // An endpoint that this version of the crate has no method for.
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
//! # What it logs
//!
//! Each call is a span of [`tracing`](https://docs.rs/tracing), `call`, at level
//! `INFO`: its operation, method and path template, the attempt, the status,
//! Finch's request id, and how long it took. No value of a header, no body and no
//! query is in it, at any level.
//!
//! # An HTTP client of your own
//!
//! With [`ClientBuilder::http_client`], these promises are kept all the same: the
//! deadline, the size limit, what is sent again, what is logged here, and that no
//! redirect is followed with a body. Yours are proxies, certificates, the
//! time to connect, headers that it adds, and what it logs itself:
//! `connection_verbose(true)` writes each byte, and so each secret, to the log.
//!
//! # A transport of your own
//!
//! With [`ClientBuilder::transport`], any `tower` service of HTTP sends the requests: a
//! stack of layers over `reqwest`, or something else. That page states the rules that
//! a transport must keep. The promises hold for a transport that keeps them, and for no
//! other.
//!
//! # In the tests of your program
//!
//! With the feature `test-util`, a fake transport answers in Finch's place, without a
//! socket: with a success, with each failure that Finch documents, with no connection, or
//! with no response. It records the requests, and waits only on tokio's clock, which a
//! test can stop.
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
#![cfg_attr(feature = "test-util", doc = "The module [`testing`] has all of it.")]
#![cfg_attr(
    not(feature = "test-util"),
    doc = "The module `testing` has all of it."
)]
//!
//! # Public dependencies
//!
//! The public interface has types and traits of [`bytes`], [`http`], [`http_body`],
//! [`reqwest`], [`tower_service`] and [`uuid`]. They are re-exported, so that you can name
//! them in the version that this crate uses. A release of this crate that moves to an
//! incompatible release of one of them is a breaking release.
//!
//! # Webhooks
//!
//! With the feature `webhook`, `webhook::Key::verify` tells whether a webhook is from
//! Finch and recent.
//!
//! # Secrets
//!
//! A [`Secret`] has one way to its text, which is easy to find in a review:
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
//! Serializing a value that contains a secret is an error, so that no token gets into a
//! log or to a browser by accident. [`Exposed`] serializes it in clear text. This is how
//! to store a token, with all that Finch says about it, and to reload it:
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
//! # Which half is which
//!
//! [`types`], [`calls`] and the methods of [`Client`] that are named for an
//! operation are generated from Finch's OpenAPI document; all else is written by
//! hand.

#![warn(clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// First, so that the documentation of `Client` begins with `exchange_code`.
mod exchange;

mod client;
pub mod connect;
// Formatted by the generator, not by rustfmt.
#[rustfmt::skip]
mod generated;
#[cfg(any(doc, doctest))]
pub mod migration;
// It has the calls as they are written, which do not compile on their own.
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

pub use client::ClientBuilder;
pub use exchange::ExchangeCode;
pub use generated::{API_VERSION, DEFAULT_BASE_URL, calls, types};
/// Methods, headers and statuses, as this crate takes and returns them.
pub use http::{Method, StatusCode, header};
/// Calls Finch: exchanges codes for access tokens, and makes every other call.
///
/// Make one client when the program starts and clone it, for example into the state of
/// your web framework. A clone costs little and shares the connections. A client is
/// `Send` and `Sync`. For a connected company, make another client of it with
/// [`with_access_token`](Client::with_access_token); for an endpoint that this crate has
/// no method for, use [`request`](Client::request):
///
/// ```no_run
/// use finch_api::{Client, Method, Secret};
///
/// // What you read of the answer. Other properties are skipped.
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
/// runtimes, make one client in each. A call in one runtime may otherwise wait, until
/// its [deadline](ClientBuilder::timeout), for a connection of another runtime that
/// is not running at that time: a current-thread runtime outside of `block_on`. When a
/// runtime is dropped, its connections close, and the client makes new ones in the
/// next runtime.
///
/// # What `Debug` prints
///
/// The base URL, the client id, the limits and the names of added headers. The client
/// secret and the access token are `[REDACTED]`, and no value of a header is printed.
///
/// # API version
///
/// Each request asks for the version of Finch's API that the methods are generated from,
/// [`API_VERSION`].
pub use runtime::Client;
pub use runtime::transport;
pub use runtime::{
    CallFuture, ConversionError, Error, ErrorKind, Exposed, Format, Formatted, IntoFormat, Request,
    RequestOptions, Response, Secret, UnknownValue,
};
pub use {bytes, http, http_body, reqwest, tower_service, uuid};
