//! Bodies: kept to be sent again, and read up to a limit, in memory that is
//! wiped.

use bytes::Bytes;
use http_body_util::Full;
use reqwest::{Body, Request};
use zeroize::Zeroizing;

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
            Some(body) => match body.as_bytes() {
                Some(bytes) => Self::Bytes(Bytes::from_owner(Zeroizing::new(bytes.to_vec()))),
                None => Self::Stream(Some(body)),
            },
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

/// A buffer of a limited size that leaves nothing of its content in memory, not
/// even when it grows.
pub(crate) struct Buffer {
    bytes: Zeroizing<Vec<u8>>,
    limit: usize,
}

impl Buffer {
    /// An empty one, for `limit` bytes at most.
    pub(crate) fn with_limit(limit: usize) -> Self {
        Self {
            bytes: Zeroizing::default(),
            limit,
        }
    }

    /// Appends `bytes`; where they are too many, does not, and says so.
    #[must_use]
    pub(crate) fn extend(&mut self, bytes: &[u8]) -> bool {
        if bytes.len() > self.limit - self.bytes.len() {
            return false;
        }
        let needed = self.bytes.len() + bytes.len();
        if needed > self.bytes.capacity() {
            // Doubled, so that little is copied; but never beyond the limit, as
            // what is wiped is the whole capacity, used or not.
            let capacity = needed.max(2 * self.bytes.capacity()).min(self.limit);
            let mut grown = Zeroizing::new(Vec::with_capacity(capacity));
            grown.extend_from_slice(&self.bytes);
            self.bytes = grown;
        }
        self.bytes.extend_from_slice(bytes);
        true
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_holds_what_was_put_in() {
        let mut buffer = Buffer::with_limit(8);
        for chunk in [&b"ab"[..], b"", b"cdefg", b"h"] {
            assert!(buffer.extend(chunk));
        }
        assert_eq!(buffer.len(), 8);
        assert!(!buffer.extend(b"i"));
        assert_eq!(buffer.as_slice(), b"abcdefgh");
        assert!(buffer.bytes.capacity() <= 8);
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
        let mut head = request(Body::wrap(Full::new(Bytes::from("stream"))));
        let mut content = Content::take(&mut head);
        assert!(!content.is_repeatable());
        assert_eq!(content.bytes(), "");
        assert!(content.put_into(&head).body().is_some());
    }
}
