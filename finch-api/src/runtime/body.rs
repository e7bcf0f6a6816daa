//! Bodies: sent once, and read up to a limit into memory that is wiped.

use bytes::Bytes;
use http_body_util::Full;
use reqwest::{Body, Request};
use zeroize::Zeroizing;

/// Makes reqwest unable to send `request`'s body a second time, and returns the
/// body.
///
/// A client that somebody else made may follow redirects, and a 307 would carry
/// the body along; reqwest keeps a body for that unless it is a stream. Of this
/// stream the length is known, so that nothing changes on the wire.
pub(crate) fn send_once(request: &mut Request) -> Bytes {
    let Some(bytes) = request
        .body()
        .and_then(Body::as_bytes)
        .map(Bytes::copy_from_slice)
    else {
        return Bytes::new();
    };
    *request.body_mut() = Some(Body::wrap(Full::new(bytes.clone())));
    bytes
}

/// A buffer that leaves nothing of its content in memory, not even when it
/// grows.
#[derive(Default)]
pub(crate) struct Buffer(Zeroizing<Vec<u8>>);

impl Buffer {
    /// Appends `bytes`.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut grown = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.0.capacity())));
            grown.extend_from_slice(&self.0);
            self.0 = grown;
        }
        self.0.extend_from_slice(bytes);
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The bytes.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_holds_what_was_put_in() {
        let mut buffer = Buffer::default();
        for chunk in [&b"ab"[..], b"", b"cdefg", b"h"] {
            buffer.extend(chunk);
        }
        assert_eq!(buffer.len(), 8);
        assert_eq!(buffer.as_slice(), b"abcdefgh");
    }
}
