//! Percent-encodes and decodes text (RFC 3986): `a b/c` becomes `a%20b%2Fc`. If reserved
//! characters are allowed, they stay, except those that would end a value in a query or form,
//! such as `&`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Encodes everything except the unreserved characters (RFC 3986, section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Also keeps reserved characters, except those that end a value in a query or form.
const RESERVED: &AsciiSet = &UNRESERVED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// Percent-encodes `text`. With `allow_reserved`, reserved and percent-encoded characters stay
/// unchanged (RFC 6570, section 3.2.3).
pub(super) fn encode(text: &str, allow_reserved: bool) -> String {
    if !allow_reserved {
        return utf8_percent_encode(text, UNRESERVED).to_string();
    }
    let mut encoded = String::new();
    for (at, part) in text.split('%').enumerate() {
        let digits = part.as_bytes().get(..2);
        let is_encoded = digits.is_some_and(|of| of.iter().all(u8::is_ascii_hexdigit));
        encoded.push_str(match (at, is_encoded) {
            (0, _) => "",
            (_, true) => "%",
            (_, false) => "%25",
        });
        encoded.extend(utf8_percent_encode(part, RESERVED));
    }
    encoded
}

/// Decodes `text`, which [`encode`] encoded.
pub(in crate::runtime) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
