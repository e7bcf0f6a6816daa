//! Defines the replies of a fake transport: a response with a status, headers and a body, or a
//! failure without a response.
//!
//! A response may be an example of the document, break off, stall, or come late. An array of
//! replies returns one after the other, and a single reply is returned every time. Naming an
//! example that the document does not have is an error.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, io, mem};

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http_body::{Body, Frame, SizeHint};
use serde::Serialize;

use super::Document;
use crate::runtime::Exposed;
use crate::runtime::operation::Operation;
use crate::runtime::transport::TransportError;

/// The reply of a [`FakeTransport`](super::FakeTransport) to a request.
///
/// Start with a value ([`json`](Self::json)), an example from the document
/// ([`example`](Self::example)), bytes ([`bytes`](Self::bytes)), or a failure without a
/// response ([`no_connection`](Self::no_connection), [`lost`](Self::lost),
/// [`not_processed`](Self::not_processed)). The other methods change the reply.
///
/// # Several attempts
///
/// A client retries a failed request if that is safe, and waits before each retry. A
/// single reply answers all attempts. A list needs one reply per attempt. Pause the clock
/// ([`FakeTransport`](super::FakeTransport#time)) to skip the waits, or build the client
/// without retries.
#[derive(Clone)]
#[must_use = "a reply does nothing until it is set with `FakeTransport::on`"]
pub struct Reply {
    delay: Duration,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// No connection is made.
    NoConnection,
    /// The server refuses the request before it processes it.
    NotProcessed,
    /// The request arrives, but the connection breaks.
    Lost,
    Response(Response),
}

#[derive(Clone)]
struct Response {
    /// The default is 200.
    status: Option<StatusCode>,
    headers: HeaderMap,
    body: Bytes,
    end: End,
    /// The example that provides the body and the status.
    example: Option<Example>,
}

/// An example of an operation.
#[derive(Clone)]
enum Example {
    First,
    Named(String),
}

/// How a response body ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Complete,
    /// The connection breaks after this many bytes.
    CutOffAfter(usize),
    /// The response stalls after this many bytes, and the connection stays open.
    StallsAfter(usize),
}

impl Reply {
    /// A success (200) with `value` as JSON and its secrets in clear text. The value may
    /// be a response type, a `serde_json::Value`, or a type of your own.
    ///
    /// # Panics
    ///
    /// Panics if the value cannot be serialized.
    #[track_caller]
    pub fn json(value: impl Serialize) -> Self {
        match serde_json::to_vec(&Exposed(value)) {
            Ok(body) => Self::bytes(body).header(CONTENT_TYPE, "application/json"),
            Err(error) => panic!("the reply cannot be serialized: {error}"),
        }
    }

    /// The first example of a success in the document. The reply must be
    /// [set](super::FakeTransport::on) for an operation that has an example.
    pub fn example() -> Self {
        Self::of_example(Example::First)
    }

    /// The example of a success with this name.
    pub fn example_named(name: impl Into<String>) -> Self {
        Self::of_example(Example::Named(name.into()))
    }

    fn of_example(example: Example) -> Self {
        let mut reply = Self::bytes("").header(CONTENT_TYPE, "application/json");
        reply.response_mut("an example").example = Some(example);
        reply
    }

    /// A success (200) with this body and without headers.
    pub fn bytes(body: impl Into<Bytes>) -> Self {
        Self::new(Kind::Response(Response {
            status: None,
            headers: HeaderMap::new(),
            body: body.into(),
            end: End::Complete,
            example: None,
        }))
    }

    /// No connection is made, and nothing is sent.
    pub fn no_connection() -> Self {
        Self::new(Kind::NoConnection)
    }

    /// The server refuses the request before it processes it, as HTTP/2 can.
    pub fn not_processed() -> Self {
        Self::new(Kind::NotProcessed)
    }

    /// The request arrives, and the connection breaks before a response comes. The
    /// outcome is unknown.
    pub fn lost() -> Self {
        Self::new(Kind::Lost)
    }

    fn new(kind: Kind) -> Self {
        Self {
            delay: Duration::ZERO,
            kind,
        }
    }

    /// Delays the reply: after the request was sent, or before the connection fails.
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets the status of the response.
    ///
    /// # Panics
    ///
    /// Panics if the status is invalid, or if the reply has no response.
    #[track_caller]
    pub fn status(mut self, status: impl TryInto<StatusCode, Error: fmt::Display>) -> Self {
        let status = match status.try_into() {
            Ok(status) => status,
            Err(error) => panic!("the status: {error}"),
        };
        self.response_mut("a status").status = Some(status);
        self
    }

    /// Sets a header of the response.
    ///
    /// # Panics
    ///
    /// Panics if the header is invalid, or if the reply has no response.
    #[track_caller]
    pub fn header(
        mut self,
        name: impl TryInto<HeaderName, Error: fmt::Display>,
        value: impl TryInto<HeaderValue, Error: fmt::Display>,
    ) -> Self {
        let name = match name.try_into() {
            Ok(name) => name,
            Err(error) => panic!("the header: {error}"),
        };
        let value = match value.try_into() {
            Ok(value) => value,
            Err(error) => panic!("the header `{name}`: {error}"),
        };
        self.response_mut("a header").headers.insert(name, value);
        self
    }

    /// Breaks the connection after this many bytes of the response body.
    ///
    /// # Panics
    ///
    /// Panics if the reply has no response.
    #[track_caller]
    pub fn cut_off_after(mut self, bytes: usize) -> Self {
        self.response_mut("a body").end = End::CutOffAfter(bytes);
        self
    }

    /// Sends this many bytes of the response body, and then nothing more. The call ends
    /// at its deadline.
    ///
    /// # Panics
    ///
    /// Panics if the reply has no response.
    #[track_caller]
    pub fn stalls_after(mut self, bytes: usize) -> Self {
        self.response_mut("a body").end = End::StallsAfter(bytes);
        self
    }

    #[track_caller]
    fn response_mut(&mut self, what: &str) -> &mut Response {
        match &mut self.kind {
            Kind::Response(response) => response,
            _ => panic!("a reply without a response cannot have {what}"),
        }
    }

    /// Takes the status and the body from its example in `document`, if it has one.
    ///
    /// # Errors
    ///
    /// The document has no such example for `operation`.
    pub(super) fn resolve(
        &mut self,
        operation: Option<&Operation>,
        document: &Document,
    ) -> Result<(), String> {
        let Kind::Response(response) = &mut self.kind else {
            return Ok(());
        };
        let Some(which) = response.example.take() else {
            return Ok(());
        };
        let Some(Operation { id, .. }) = operation else {
            let what = "the document shows no success of an endpoint without an operation";
            return Err(format!("{what}: use `Reply::json`"));
        };
        let mut examples = document
            .examples
            .iter()
            .filter(|example| example.operation == *id);
        let found = match &which {
            Example::First => examples.next(),
            Example::Named(name) => examples.clone().find(|example| example.name == *name),
        };
        let Some(found) = found else {
            let names: Vec<String> = examples
                .map(|example| format!("`{}`", example.name))
                .collect();
            return Err(match &which {
                Example::Named(name) if !names.is_empty() => format!(
                    "the document shows no success `{name}` of `{id}`: use one of {}",
                    names.join(", ")
                ),
                _ => format!("the document shows no success of `{id}`: use `Reply::json`"),
            });
        };
        let status = StatusCode::from_u16(found.status).unwrap_or_default();
        response.status.get_or_insert(status);
        response.body = Bytes::from_static(found.body.as_bytes());
        Ok(())
    }

    /// Whether the request is not sent.
    pub(super) fn is_unsent(&self) -> bool {
        matches!(self.kind, Kind::NoConnection)
    }

    pub(super) async fn wait(&self) {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
    }

    pub(super) fn respond(self) -> Result<http::Response<ReplyBody>, TransportError> {
        let cause = |kind: io::ErrorKind| io::Error::from(kind).into();
        match self.kind {
            Kind::NoConnection => {
                let refused = cause(io::ErrorKind::ConnectionRefused);
                Err(TransportError::NotConnected(refused))
            }
            Kind::NotProcessed => Err(TransportError::NotProcessed("refused stream".into())),
            Kind::Lost => Err(TransportError::Other(cause(io::ErrorKind::ConnectionReset))),
            Kind::Response(response) => Ok(response.into()),
        }
    }
}

impl fmt::Debug for Reply {
    /// Prints no headers and no body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind: &dyn fmt::Debug = match &self.kind {
            Kind::NoConnection => &"no connection",
            Kind::NotProcessed => &"not processed",
            Kind::Lost => &"lost",
            Kind::Response(response) => &response.status.unwrap_or_default(),
        };
        f.debug_struct("Reply")
            .field("delay", &self.delay)
            .field("kind", kind)
            .finish_non_exhaustive()
    }
}

impl From<Response> for http::Response<ReplyBody> {
    fn from(from: Response) -> Self {
        let mut response = Self::new(ReplyBody {
            content: from.body,
            end: from.end,
        });
        *response.status_mut() = from.status.unwrap_or_default();
        *response.headers_mut() = from.headers;
        response
    }
}

/// The replies of an endpoint: see [`FakeTransport::on`](super::FakeTransport::on).
#[derive(Clone, Debug)]
pub struct Replies {
    replies: VecDeque<Reply>,
    /// Whether a single reply answers every request.
    is_repeated: bool,
    /// The initial number of replies.
    count: usize,
}

impl Replies {
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Reply> {
        self.replies.iter_mut()
    }

    /// Returns the reply to the next request.
    ///
    /// # Errors
    ///
    /// No reply is left. The error is the initial number of replies.
    pub(super) fn next(&mut self) -> Result<Reply, usize> {
        let next = match self.is_repeated {
            true => self.replies.front().cloned(),
            false => self.replies.pop_front(),
        };
        next.ok_or(self.count)
    }
}

impl From<Reply> for Replies {
    fn from(reply: Reply) -> Self {
        Self {
            is_repeated: true,
            ..Self::from([reply])
        }
    }
}

impl<const N: usize> From<[Reply; N]> for Replies {
    fn from(replies: [Reply; N]) -> Self {
        Self::from(Vec::from(replies))
    }
}

impl From<Vec<Reply>> for Replies {
    fn from(replies: Vec<Reply>) -> Self {
        Self {
            count: replies.len(),
            is_repeated: false,
            replies: replies.into(),
        }
    }
}

/// The response body of a [`FakeTransport`](super::FakeTransport).
pub struct ReplyBody {
    /// The content that has not been read.
    content: Bytes,
    end: End,
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let mut content = mem::take(&mut self.content);
        if let End::CutOffAfter(bytes) | End::StallsAfter(bytes) = &mut self.end {
            content.truncate(mem::take(bytes));
        }
        if !content.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(content))));
        }
        match self.end {
            End::Complete => Poll::Ready(None),
            End::CutOffAfter(_) => {
                self.end = End::Complete;
                let broken = io::Error::from(io::ErrorKind::ConnectionReset);
                Poll::Ready(Some(Err(TransportError::Other(broken.into()))))
            }
            // No waker is needed: the deadline ends the wait.
            End::StallsAfter(_) => Poll::Pending,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self.end {
            End::Complete => SizeHint::with_exact(self.content.len() as u64),
            End::CutOffAfter(_) | End::StallsAfter(_) => SizeHint::default(),
        }
    }
}

impl fmt::Debug for ReplyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyBody")
            .field("bytes", &self.content.len())
            .field("end", &self.end)
            .finish()
    }
}
