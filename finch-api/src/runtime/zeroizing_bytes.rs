//! Defines bytes whose memory is wiped when they are dropped. They never grow beyond their
//! capacity, because a reallocation would leave a copy behind.

use std::ops::Deref;

/// Bytes whose memory is wiped when they are dropped.
///
/// `zeroize` writes byte by byte, which for a body takes as long as reading it. This type
/// fills the bytes at once. The barrier in `zeroize` keeps the compiler from removing
/// that.
#[derive(Default)]
pub(crate) struct ZeroizingBytes(Vec<u8>);

impl ZeroizingBytes {
    /// Returns an empty value with memory for `capacity` bytes.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// How many bytes the memory can hold.
    pub(crate) fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// Appends `bytes`, which must fit into the memory: reallocation would leave a copy
    /// behind.
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
    fn wipe_overwrites_every_byte() {
        let mut bytes = *b"s3cret";
        wipe(&mut bytes);
        assert_eq!(bytes, [0; 6]);
    }
}
