//! What `Debug` prints instead of a sensitive value.

use std::fmt;

/// The value of a property that the document marks as sensitive. Prints `[REDACTED]`.
pub(crate) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}
