//! Writes a response or request body in pieces into memory that is wiped when it is dropped.
//!
//! `Buffer` refuses bytes beyond a limit. It stores the bytes in segments, which `join` copies
//! into one piece at the end. `encode_json` encodes a value without a limit, and returns an error
//! if JSON cannot represent it.

use std::io;

use serde::Serialize;

use super::zeroizing_bytes::ZeroizingBytes;

/// The sizes between which the segments of a [`Buffer`] grow.
const SEGMENTS: (usize, usize) = (4 * 1024, 1024 * 1024);

/// A body while it is read or encoded. It has a limit, and its memory is wiped.
///
/// The bytes are stored in segments. A single growing buffer would be copied and wiped
/// each time it grows, and would need twice the memory.
pub(crate) struct Buffer {
    full: Vec<ZeroizingBytes>,
    last: ZeroizingBytes,
    len: usize,
    limit: usize,
}

impl Buffer {
    /// Returns an empty buffer for at most `limit` bytes. The server announced
    /// `announced` bytes.
    pub(crate) fn new(limit: usize, announced: Option<u64>) -> Self {
        let announced = announced.and_then(|bytes| usize::try_from(bytes).ok());
        let expected = announced.unwrap_or_default().min(limit).min(SEGMENTS.1);
        Self {
            full: Vec::new(),
            last: ZeroizingBytes::with_capacity(expected),
            len: 0,
            limit,
        }
    }

    /// Appends `bytes`. Returns false, and appends nothing, if they exceed the limit.
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
            let mut next = ZeroizingBytes::with_capacity(size);
            next.extend(rest);
            self.full.push(std::mem::replace(&mut self.last, next));
        }
        true
    }

    /// Joins the segments.
    pub(crate) fn join(self) -> ZeroizingBytes {
        if self.full.is_empty() {
            return self.last;
        }
        let mut joined = ZeroizingBytes::with_capacity(self.len);
        for segment in self.full.iter().chain([&self.last]) {
            joined.extend(segment);
        }
        joined
    }
}

impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.extend(bytes) {
            true => Ok(bytes.len()),
            false => Err(io::Error::other("the body is too large")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The size of a request body that is encoded without a second segment.
const REQUEST: u64 = 1024;

/// Encodes `value` as JSON. A `Vec` would leave a copy of the secrets behind each time it grows.
pub(super) fn encode_json(value: impl Serialize) -> serde_json::Result<ZeroizingBytes> {
    let mut buffer = Buffer::new(usize::MAX, Some(REQUEST));
    serde_json::to_writer(&mut buffer, &value)?;
    Ok(buffer.join())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ZeroizingBytes` panics in a test if it would grow, and so leave a copy behind.
    #[test]
    fn json_of_any_size_is_encoded() {
        for size in [0, 1, 1000, 1022, 1023, 5000, 100_000, 3_000_000] {
            let value = ("a".repeat(size), vec![size; size / 100]);
            let json = encode_json(&value).unwrap();
            assert_eq!(*json, serde_json::to_vec(&value).unwrap(), "{size}");
        }
        assert!(encode_json(std::collections::BTreeMap::from([((), 1)])).is_err());
    }

    #[test]
    fn buffer_returns_all_appended_bytes() {
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
}
