//! Memory that is wiped.

use std::ops::Deref;

/// Bytes whose memory is wiped when they are dropped.
///
/// `zeroize` writes byte by byte, which for a body is as much work as to read
/// it. Here the bytes are filled at once, and its barrier sees to it that the
/// compiler leaves that in.
#[derive(Default)]
pub(crate) struct ZeroizingBytes(Vec<u8>);

impl ZeroizingBytes {
    /// None yet, in memory for so many.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// How many there is memory for.
    pub(crate) fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// Appends `bytes`, for which there is memory: to take other memory would
    /// leave what is in this one behind.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        debug_assert!(bytes.len() <= self.0.capacity() - self.0.len());
        self.0.extend_from_slice(bytes);
    }
}

impl From<Vec<u8>> for ZeroizingBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Deref for ZeroizingBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for ZeroizingBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for ZeroizingBytes {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Overwrites `bytes`.
fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    zeroize::optimization_barrier(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wiped_is_gone() {
        let mut bytes = *b"s3cret";
        wipe(&mut bytes);
        assert_eq!(bytes, [0; 6]);
    }
}
