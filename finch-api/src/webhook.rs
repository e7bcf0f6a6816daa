//! Verifies that a webhook is from Finch and recent.
//!
//! Verify each webhook before you decode it, with the body as received: a body that is
//! decoded and encoded again has a different signature.
//!
//! ```no_run
//! use finch_api::{header::HeaderMap, webhook};
//!
//! # fn receive(headers: &HeaderMap, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! // Once, when the program starts: reads FINCH_WEBHOOK_SECRET.
//! let key = webhook::Key::from_env()?;
//!
//! // For each request, in any framework:
//! key.verify(headers, body)?;
//! let event: serde_json::Value = serde_json::from_slice(body)?;
//! # let _ = event;
//! # Ok(())
//! # }
//! ```
//!
//! `verify` takes an `http::HeaderMap`, which axum, hyper and `reqwest` use. If a
//! framework has another type, as actix-web does, copy the three relevant headers:
//!
//! ```
//! use finch_api::header::{HeaderMap, HeaderName, HeaderValue};
//!
//! fn headers<'a>(text: impl Fn(&str) -> Option<&'a str>) -> HeaderMap {
//!     let names = ["finch-event-id", "finch-timestamp", "finch-signature"];
//!     let pair = |name| {
//!         let value = HeaderValue::from_str(text(name)?).ok()?;
//!         Some((HeaderName::from_static(name), value))
//!     };
//!     names.into_iter().filter_map(pair).collect()
//! }
//!
//! // With actix-web: headers(|name| request.headers().get(name)?.to_str().ok())
//! let headers = headers(|name| (name == "finch-timestamp").then_some("1717171200"));
//! assert_eq!(headers["finch-timestamp"], "1717171200");
//! ```
//!
//! If Finch's document describes the events, the generated `Key::read` verifies a webhook and
//! decodes its event in one call. The vendored document describes none yet.
//!
//! Finch sends an event again if it gets no response. `Finch-Event-Id`, which is signed
//! too, identifies an event that you have already seen.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::header::HeaderMap;
use crate::setting::Setting;
use crate::{Error, ErrorKind, Secret};

const VARIABLE: &str = "FINCH_WEBHOOK_SECRET";
const ID: &str = "finch-event-id";
const TIMESTAMP: &str = "finch-timestamp";
const SIGNATURE: &str = "finch-signature";

/// The default limit for the difference between the clocks of Finch and of this machine.
const TOLERANCE: Duration = Duration::from_secs(300);

/// The key with which Finch signs webhooks. `Debug` prints `[REDACTED]`. The memory is
/// wiped when the key is dropped.
#[derive(Clone)]
pub struct Key {
    secret: Zeroizing<Vec<u8>>,
    tolerance: Duration,
}

impl Key {
    /// Makes the key from a webhook secret in Finch's developer dashboard.
    ///
    /// # Errors
    ///
    /// The secret breaks [the rule for
    /// settings](crate::ClientBuilder#the-rule-for-settings) or is not base64. An
    /// empty secret is refused, because anybody could sign with it.
    pub fn new(secret: impl Into<Secret>) -> Result<Self, Error> {
        Self::from_setting(&Setting::new("the webhook secret", secret))
    }

    /// Makes the key from the environment variable `FINCH_WEBHOOK_SECRET`.
    ///
    /// # Errors
    ///
    /// The variable is not set, or [`new`](Self::new) refuses its value.
    pub fn from_env() -> Result<Self, Error> {
        match Setting::from_env(VARIABLE) {
            Some(secret) => Self::from_setting(&secret),
            None => Err(Error::configuration(format!(
                "{VARIABLE} is not set: copy it from Finch's developer dashboard"
            ))),
        }
    }

    fn from_setting(secret: &Setting) -> Result<Self, Error> {
        let text = secret.text().map_err(Error::configuration)?;
        match STANDARD.decode(text) {
            Ok(key) => Ok(Self {
                secret: Zeroizing::new(key),
                tolerance: TOLERANCE,
            }),
            Err(_) => Err(Error::configuration(
                secret.refuse("is not base64: copy it from Finch's developer dashboard"),
            )),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

impl Key {
    /// Sets how much the timestamp of a webhook may differ from the clock, in either
    /// direction; five minutes by default.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Verifies that a request with `headers` and `body` was signed with this key, and
    /// that its timestamp is close to the clock of this machine. Compares signatures in
    /// constant time.
    ///
    /// # Errors
    ///
    /// The webhook is not authentic or not recent: respond with 401, and ignore the
    /// request. The error has the kind [`Signature`](ErrorKind::Signature), and reveals
    /// nothing about the request.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Error> {
        self.verify_at(headers, body, SystemTime::now())
    }

    /// Verifies like [`verify`](Self::verify), with `now` instead of the clock of this
    /// machine.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Self::verify).
    pub fn verify_at(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: SystemTime,
    ) -> Result<(), Error> {
        let refuse = |what: String| Err(Error::local(ErrorKind::Signature, what));
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let (Some(id), Some(timestamp)) = (text(ID), text(TIMESTAMP)) else {
            return refuse(format!("the webhook has no {ID} or no {TIMESTAMP}"));
        };
        let Ok(seconds) = timestamp.parse() else {
            return refuse(format!(
                "the webhook's {TIMESTAMP} is not a number of seconds"
            ));
        };
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.secret).expect("a key may have any length");
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        let signatures = headers.get_all(SIGNATURE).iter();
        let signatures = signatures.filter_map(|value| value.to_str().ok());
        let is_signed = signatures
            .flat_map(|value| value.split(' '))
            .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
            .any(|signature| mac.clone().verify_slice(&signature).is_ok());
        if !is_signed {
            return refuse(format!(
                "the webhook is not signed with this key: no v1 signature in {SIGNATURE} matches"
            ));
        }
        let now = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        if now.as_secs().abs_diff(seconds) > self.tolerance.as_secs() {
            return refuse(format!(
                "the webhook's {TIMESTAMP} is more than {:?} from now: it is a replay, or a \
                 clock is wrong",
                self.tolerance
            ));
        }
        Ok(())
    }
}
