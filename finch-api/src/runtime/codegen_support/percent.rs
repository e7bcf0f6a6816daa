//! Percent-encoding (RFC 3986).

use std::fmt::Write as _;

/// What URLs reserve and a value may hold all the same: all but what would end
/// it, or stands for something else in a query or a form.
const RESERVED: &[u8] = b":/?@!$'()*,;=";

/// `text` with all encoded but what is unreserved, and what is reserved where
/// that is allowed.
pub(super) fn encode(text: &str, allow_reserved: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if is_plain || allow_reserved && RESERVED.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
