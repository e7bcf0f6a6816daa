//! Hides sensitive values in `Debug`.

use std::fmt;

/// The value of a property that the document marks as sensitive. Prints `[REDACTED]`.
pub(crate) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}
