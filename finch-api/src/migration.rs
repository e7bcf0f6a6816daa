//! Moving from Finch's SDK for Node or Python.
//!
//! Each section shows the call in Node (`@tryfinch/finch-api` 10), in Python
//! (`finch-api` 1 and 2) and in this crate. All of them read the same environment:
//! `FINCH_CLIENT_ID`, `FINCH_CLIENT_SECRET`, `FINCH_WEBHOOK_SECRET` and
//! `FINCH_BASE_URL`. This crate [checks their
//! values](crate::ClientBuilder#the-rule-for-settings), and
//! [`Client::from_env`](crate::Client::from_env) requires the id and the secret. For a
//! program that only has access tokens, use
//! [`ClientBuilder::from_env`](crate::ClientBuilder::from_env).
//!
//! # A client
//!
//! ```js
//! import Finch from '@tryfinch/finch-api';
//! const client = new Finch({ timeout: 20_000, maxRetries: 0 });
//! ```
//!
//! ```python
//! from finch import Finch
//! client = Finch(timeout=20.0, max_retries=0)
//! ```
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use finch_api::{Client, RequestOptions};
//!
//! let options = RequestOptions::new().timeout(Duration::from_secs(20)).max_retries(0);
//! let client = Client::from_env()?.with_options(options);
//! # Ok::<(), finch_api::Error>(())
//! ```
//!
//! The timeout in these SDKs limits each attempt. The deadline in this crate limits the
//! whole call, with all attempts and the waits between them.
//! [`ClientBuilder`](crate::ClientBuilder) sets the other options:
//! [`client_id`](crate::ClientBuilder::client_id) for `clientID` and `client_id`,
//! [`http_client`](crate::ClientBuilder::http_client) for `fetch` and `http_client`.
//! Calls are `async`, as with Python's `AsyncFinch`. This crate has no blocking client.
//!
//! # The address of Finch Connect
//!
//! ```js
//! client.getAuthURL({ products: 'company directory', redirectUri, sandbox: false });
//! ```
//!
//! ```python
//! client.get_auth_url(
//!     products="company directory", redirect_uri=redirect_uri, sandbox=False
//! )
//! ```
//!
//! ```
//! use finch_api::connect;
//!
//! # let (client_id, redirect_uri) = ("4ab15e51-11ad-49f4-acae-f343b7794375", "https://example.com/");
//! # let state = "of this browser";
//! let url = connect::authorize_url(client_id, redirect_uri)
//!     .products(["company", "directory"])
//!     .state(state)
//!     .build()?;
//! # Ok::<(), finch_api::Error>(())
//! ```
//!
//! The SDKs do not add a `state`.
//!
//! # The exchange
//!
//! ```js
//! const token = await client.accessTokens.create({ code, redirect_uri });
//! ```
//!
//! ```python
//! token = client.access_tokens.create(code=code, redirect_uri=redirect_uri)
//! ```
//!
//! ```no_run
//! # async fn run(client: finch_api::Client, code: &str, redirect_uri: &str) -> Result<(), finch_api::Error> {
//! let token = client.exchange_code(code).redirect_uri(redirect_uri).await?;
//! println!("connected: {}", token.connection_id);
//! # Ok(())
//! # }
//! ```
//!
//! The code and the token are a [`Secret`](crate::Secret), which is never logged or
//! printed. The SDKs print both. The SDKs send the exchange up to three times, although a
//! code is valid only once: a second attempt hides why the first failed. This crate does
//! not repeat an exchange that Finch may have processed.
//!
//! # A client for one company
//!
//! ```js
//! const company = client.withAccessToken(accessToken);
//! ```
//!
//! ```python
//! company = client.with_access_token(access_token)
//! ```
//!
//! ```no_run
//! # fn run(client: finch_api::Client, access_token: String) -> Result<(), finch_api::Error> {
//! let company = client.with_access_token(access_token)?;
//! # Ok(())
//! # }
//! ```
//!
//! # Everything else
//!
//! The exchange is the only operation in the document that this crate is generated from.
//! Call every other endpoint by its path, with your own response type:
//!
//! ```js
//! const company = await client.hris.company.retrieve();
//! ```
//!
//! ```python
//! company = client.hris.company.retrieve()
//! ```
//!
//! ```no_run
//! use finch_api::Method;
//!
//! #[derive(serde::Deserialize)]
//! struct Company {
//!     legal_name: Option<String>,
//! }
//!
//! # async fn run(client: finch_api::Client) -> Result<(), finch_api::Error> {
//! let company = client
//!     .request(Method::GET, "/employer/company")
//!     .send::<Company>()
//!     .await?;
//! println!("{:?}", company.value().legal_name);
//! # Ok(())
//! # }
//! ```
//!
//! The SDKs page through a list automatically. With this crate, write a loop:
//!
//! ```js
//! for await (const individual of client.hris.directory.list()) { … }
//! ```
//!
//! ```python
//! for individual in client.hris.directory.list(): …
//! ```
//!
//! ```no_run
//! use finch_api::Method;
//!
//! #[derive(serde::Deserialize)]
//! struct Page {
//!     individuals: Vec<Individual>,
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Individual {
//!     id: String,
//! }
//!
//! # async fn run(client: finch_api::Client) -> Result<(), finch_api::Error> {
//! let mut individuals = Vec::new();
//! loop {
//!     let page = client
//!         .request(Method::GET, "/employer/directory")
//!         .query(&[("limit", 100), ("offset", individuals.len())])
//!         .send::<Page>()
//!         .await?
//!         .into_inner();
//!     if page.individuals.is_empty() {
//!         break;
//!     }
//!     individuals.extend(page.individuals);
//! }
//! # let _ = individuals.iter().map(|individual| &individual.id);
//! # Ok(())
//! # }
//! ```
//!
//! An operation in the document whose list comes in pages needs no loop over pages: its call
//! has `pages()` and `items()`, and [`Items`](crate::Items) shows the loop over every item.
//!
//! `client.post(path, { body })` and `client.post(path, body=…)` are
//! `client.request(Method::POST, path).json(&body)`.
//!
//! # One call with other settings
//!
//! ```js
//! await client.hris.company.retrieve({
//!   timeout: 5_000, headers: { 'X-Trace-Id': '4f1c' },
//! });
//! ```
//!
//! ```python
//! client.with_options(timeout=5.0).hris.company.retrieve(
//!     extra_headers={"X-Trace-Id": "4f1c"}
//! )
//! ```
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use finch_api::{Method, RequestOptions};
//!
//! # async fn run(client: finch_api::Client) -> Result<(), finch_api::Error> {
//! let company = client
//!     .with_options(RequestOptions::new().timeout(Duration::from_secs(5)))
//!     .request(Method::GET, "/employer/company")
//!     .header("x-trace-id", "4f1c")
//!     .send::<serde_json::Value>()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Response headers
//!
//! ```js
//! const { data, response } = await client.hris.company.retrieve().withResponse();
//! response.headers.get('Finch-Request-Id');
//! ```
//!
//! ```python
//! response = client.hris.company.with_raw_response.retrieve()
//! response.headers.get("Finch-Request-Id")
//! ```
//!
//! ```no_run
//! # async fn run(client: finch_api::Client, code: &str) -> Result<(), finch_api::Error> {
//! let response = client.exchange_code(code).send().await?;
//! let request_id = response.request_id();
//! let retrieved = response.headers().get("finch-data-retrieved");
//! let token = response.value();
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//!
//! ```js
//! try { … } catch (error) {
//!   if (error instanceof Finch.RateLimitError) { … }
//! }
//! ```
//!
//! ```python
//! try: …
//! except finch.RateLimitError as error: …
//! ```
//!
//! ```
//! # fn run(error: finch_api::Error) {
//! if error.is_rate_limited() { /* … */ }
//! # }
//! ```
//!
//! | SDKs | This crate |
//! |---|---|
//! | `BadRequestError` | [`status`](crate::Error::status) is 400; for a used or expired code, [`is_invalid_grant`](crate::Error::is_invalid_grant) |
//! | `AuthenticationError` | `status` is 401; for wrong client credentials, [`is_invalid_client`](crate::Error::is_invalid_client); for an employer who must connect again, [`needs_reauthentication`](crate::Error::needs_reauthentication) |
//! | `PermissionDeniedError`, `NotFoundError`, `UnprocessableEntityError` | `status`, with [`name`](crate::Error::name) and [`finch_code`](crate::Error::finch_code) |
//! | `RateLimitError` | [`is_rate_limited`](crate::Error::is_rate_limited), with [`retry_after`](crate::Error::retry_after) |
//! | `InternalServerError` | `status`; for an exchange, [`outcome_unknown`](crate::Error::outcome_unknown) |
//! | `APIConnectionError` | [`is_connect`](crate::Error::is_connect) if nothing was sent; otherwise [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted) |
//! | `APITimeoutError` (Python), `APIConnectionTimeoutError` (Node) | [`is_timeout`](crate::Error::is_timeout) |
//! | `APIResponseValidationError` (Python, if enabled) | [`ErrorKind::Decode`](crate::ErrorKind::Decode) |
//! | `error.message` | [`message`](crate::Error::message) |
//! | `error.error` (Node), `error.body` (Python) | [`expose_body`](crate::Error::expose_body) |
//! | the header `Finch-Request-Id` | [`request_id`](crate::Error::request_id) |
//!
//! # Webhooks
//!
//! Enable the feature `webhook`. `verify` only checks that the webhook is from Finch.
//! Decode the event afterwards.
//!
//! ```js
//! const event = client.webhooks.unwrap(body, headers);
//! ```
//!
//! ```python
//! event = client.webhooks.unwrap(body, headers)
//! ```
//!
//! ```no_run
//! # #[cfg(feature = "webhook")]
//! # fn receive(headers: &finch_api::header::HeaderMap, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! use finch_api::webhook;
//!
//! let key = webhook::Key::from_env()?; // once
//! key.verify(headers, body)?;
//! let event: serde_json::Value = serde_json::from_slice(body)?;
//! # let _ = event;
//! # Ok(())
//! # }
//! ```
