//! Defines why a transport returned no response. The kind tells whether the server may have
//! processed the request: it did not after `NotConnected` or `NotProcessed`. After any other
//! error, the outcome is unknown.

use std::error::Error;
use std::{fmt, iter};

use super::BoxError;

/// Why a transport returned no response, with the cause.
///
/// It tells the client whether the server may have processed the request. The client uses
/// the first `TransportError` in the chain of [`source`](Error::source), so layers may
/// wrap it. Any other error means that the outcome is unknown.
#[derive(Debug)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection was made, so nothing was sent.
    NotConnected(BoxError),
    /// The request was not sent, or the server refused it before processing it.
    NotProcessed(BoxError),
    /// A time limit of the transport passed. The request may have arrived.
    Timeout(BoxError),
    /// The transport followed a redirect, or failed to follow one.
    Redirected(BoxError),
    /// Anything else. The request may have arrived.
    Other(BoxError),
}

impl TransportError {
    /// Returns the first `TransportError` among `error` and its sources.
    pub(crate) fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        Self::all(error).next()
    }

    /// Whether a time limit passed. A connection timeout is a [`Timeout`](Self::Timeout)
    /// inside a [`NotConnected`](Self::NotConnected).
    pub(crate) fn is_timeout(error: &(dyn Error + 'static)) -> bool {
        Self::all(error).any(|error| matches!(error, Self::Timeout(_)))
    }

    /// Returns an error with the meaning of `error` and only this text.
    pub(crate) fn with_text(error: &(dyn Error + 'static), text: String) -> BoxError {
        let mut cause = BoxError::from(text);
        let Some(found) = Self::find(error) else {
            return cause;
        };
        let variant = match found {
            Self::NotConnected(_) => Self::NotConnected,
            Self::NotProcessed(_) => Self::NotProcessed,
            Self::Timeout(_) => return Self::Timeout(cause).into(),
            Self::Redirected(_) => Self::Redirected,
            Self::Other(_) => Self::Other,
        };
        if Self::is_timeout(error) {
            cause = Self::Timeout(cause).into();
        }
        variant(cause).into()
    }

    fn all<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a Self> {
        iter::successors(Some(error), |error| (*error).source())
            .filter_map(|error| error.downcast_ref())
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotConnected(_) => "no connection",
            Self::NotProcessed(_) => "the request was not processed",
            Self::Timeout(_) => "a time limit passed",
            Self::Redirected(_) => "the response was a redirect",
            Self::Other(_) => "no response",
        })
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotConnected(cause)
            | Self::NotProcessed(cause)
            | Self::Timeout(cause)
            | Self::Redirected(cause)
            | Self::Other(cause) => Some(&**cause),
        }
    }
}
