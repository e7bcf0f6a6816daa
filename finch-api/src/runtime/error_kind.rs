//! Defines the kinds of failures, which `Error::kind` returns, and a short text for each.

use std::fmt;

/// What kind of failure an [`Error`](crate::Error) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting of the client is missing or malformed. Nothing was sent.
    Configuration,
    /// A value of the request is missing or malformed. Nothing was sent.
    InvalidRequest,
    /// No connection was made. Nothing was sent.
    Connect,
    /// The server refused the request before it processed it, as HTTP/2 can. Nothing was
    /// done.
    NotProcessed,
    /// The deadline passed.
    Timeout,
    /// The connection broke before the response was complete.
    Interrupted,
    /// The response was a redirect, which is never followed.
    Redirect,
    /// The status of the response was not a success.
    Status,
    /// The response body was larger than the limit.
    TooLarge,
    /// The status was a success, but the response does not match the API's document.
    Decode,
    /// The call succeeded with another documented status than the main one, and so has
    /// another kind of value: use `send()`, which returns every kind of success.
    OtherSuccess,
    /// The server sent a page of a list again, and so the list would never end.
    RepeatedPage,
    /// The signature is invalid, or the timestamp is too old.
    Signature,
    /// The body of an authentic webhook is not JSON.
    Event,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Configuration => "a setting is missing or malformed",
            Self::InvalidRequest => "a value of the request is missing or malformed",
            Self::Connect => "no connection",
            Self::NotProcessed => "the server did not process the request",
            Self::Timeout => "a time limit passed",
            Self::Interrupted => "the connection broke",
            Self::Redirect => "a redirect",
            Self::Status => "the status is not a success",
            Self::TooLarge => "the response body is too large",
            Self::Decode => "the response does not match the document",
            Self::OtherSuccess => "the status is a success other than the main one",
            Self::RepeatedPage => "the server repeats a page",
            Self::Signature => "the signature is invalid",
            Self::Event => "the webhook is not JSON",
        })
    }
}
