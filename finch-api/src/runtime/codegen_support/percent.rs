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

/// Percent-encodes `text`, with or without its reserved characters.
pub(super) fn encode(text: &str, allow_reserved: bool) -> String {
    let encoded = if allow_reserved { RESERVED } else { UNRESERVED };
    utf8_percent_encode(text, encoded).to_string()
}

/// Decodes `text`, which [`encode`] encoded.
pub(in crate::runtime) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
