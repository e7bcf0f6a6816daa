//! Bodies: kept to be sent again, and read up to a limit, in memory that is
//! wiped.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use reqwest::{Body, Request};

use super::wiped::Wiped;

/// The body of a request, apart from it.
///
/// A client that somebody else made may follow redirects, and a 307 would carry
/// the body along; reqwest keeps a body for that unless it is a stream. So each
/// attempt gets its body as a stream, though of a length that is known, so that
/// nothing changes on the wire; and what may be sent again is kept here, where
/// it is sent again by no one but us.
#[derive(Debug)]
pub(crate) enum Content {
    /// There is none.
    Nothing,
    /// Bytes, in memory that is wiped when the last of those who have it drops
    /// it.
    Bytes(Bytes),
    /// A stream, which is gone when it is sent.
    Stream(Option<Body>),
}

impl Content {
    /// Takes the body out of `request`.
    pub(crate) fn take(request: &mut Request) -> Self {
        match request.body_mut().take() {
            None => Self::Nothing,
            Some(body) if body.as_bytes().is_none() => Self::Stream(Some(body)),
            Some(mut body) => {
                // What is no stream is ready, and in one piece.
                let mut context = Context::from_waker(Waker::noop());
                match pin!(body.frame()).poll(&mut context) {
                    Poll::Ready(Some(Ok(frame))) => {
                        let bytes = frame.into_data().unwrap_or_default();
                        // In place, where nobody else has them.
                        Self::Bytes(Bytes::from_owner(Wiped::from(Vec::from(bytes))))
                    }
                    _ => Self::Nothing,
                }
            }
        }
    }

    /// Whether it can be sent more than once.
    pub(crate) fn is_repeatable(&self) -> bool {
        !matches!(self, Self::Stream(_))
    }

    /// Its bytes, as far as they are known.
    pub(crate) fn bytes(&self) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Nothing | Self::Stream(_) => Bytes::new(),
        }
    }

    /// A request like `head`, which has no body, with this one.
    pub(crate) fn put_into(&mut self, head: &Request) -> Request {
        let mut request = head
            .try_clone()
            .expect("it has no body, the one thing that may not be cloned");
        *request.body_mut() = match self {
            Self::Nothing => None,
            Self::Bytes(bytes) => Some(Body::wrap(Full::new(bytes.clone()))),
            Self::Stream(body) => body.take(),
        };
        request
    }
}

/// The sizes between which the segments of a [`Buffer`] grow.
const SEGMENTS: (usize, usize) = (4 * 1024, 1024 * 1024);

/// The body of an answer while it is read: up to a limit, in memory that is
/// wiped.
///
/// In segments, as a buffer that grows would leave a trail of copies: twice the
/// memory, to be wiped again and again.
pub(crate) struct Buffer {
    full: Vec<Wiped>,
    last: Wiped,
    len: usize,
    limit: usize,
}

impl Buffer {
    /// An empty one, for `limit` bytes at most, of which `announced` are
    /// expected.
    pub(crate) fn new(limit: usize, announced: Option<u64>) -> Self {
        let announced = announced.and_then(|bytes| usize::try_from(bytes).ok());
        let expected = announced.unwrap_or_default().min(limit).min(SEGMENTS.1);
        Self {
            full: Vec::new(),
            last: Wiped::with_capacity(expected),
            len: 0,
            limit,
        }
    }

    /// Appends `bytes`; where they are too many, does not, and says so.
    #[must_use]
    pub(crate) fn extend(&mut self, bytes: &[u8]) -> bool {
        if bytes.len() > self.limit - self.len {
            return false;
        }
        self.len += bytes.len();
        let room = self.last.capacity() - self.last.len();
        let (fitting, rest) = bytes.split_at(room.min(bytes.len()));
        self.last.extend(fitting);
        if !rest.is_empty() {
            let size = (2 * self.last.capacity())
                .clamp(SEGMENTS.0, SEGMENTS.1)
                .max(rest.len());
            let mut next = Wiped::with_capacity(size);
            next.extend(rest);
            self.full.push(std::mem::replace(&mut self.last, next));
        }
        true
    }

    /// All of it.
    pub(crate) fn join(self) -> Wiped {
        if self.full.is_empty() {
            return self.last;
        }
        let mut joined = Wiped::with_capacity(self.len);
        for segment in self.full.iter().chain([&self.last]) {
            joined.extend(segment);
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_holds_what_was_put_in() {
        let content: Vec<u8> = (0..10_000_u32).map(|number| number as u8).collect();
        for announced in [None, Some(10_000), Some(1), Some(u64::MAX)] {
            for size in [1, 7, 4096, 10_000] {
                let mut buffer = Buffer::new(10_000, announced);
                for chunk in content.chunks(size) {
                    assert!(buffer.extend(chunk));
                    assert!(buffer.extend(b""));
                }
                assert!(!buffer.extend(b"i"));
                assert!(buffer.full.len() <= 4);
                assert_eq!(*buffer.join(), content);
            }
        }
    }

    #[test]
    fn a_body_of_bytes_can_be_sent_again_and_a_stream_cannot() {
        let request = |body: Body| {
            let client = reqwest::Client::new();
            client
                .post("https://example.com")
                .body(body)
                .build()
                .unwrap()
        };
        let mut head = request("secret".into());
        let mut content = Content::take(&mut head);
        assert!(content.is_repeatable());
        assert_eq!(content.bytes(), "secret");
        for _ in 0..2 {
            let sent = content.put_into(&head);
            // reqwest itself cannot send it again.
            assert!(sent.body().is_some());
            assert!(sent.try_clone().is_none());
        }
        for nothing in [Body::default(), "".into()] {
            let mut head = request(nothing);
            let mut content = Content::take(&mut head);
            assert!(content.is_repeatable());
            assert_eq!(content.bytes(), "");
            content.put_into(&head);
        }
        let mut head = request(Body::wrap(Full::new(Bytes::from("stream"))));
        let mut content = Content::take(&mut head);
        assert!(!content.is_repeatable());
        assert_eq!(content.bytes(), "");
        assert!(content.put_into(&head).body().is_some());
    }
}
