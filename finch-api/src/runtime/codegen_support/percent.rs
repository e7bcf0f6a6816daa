//! The characters that are percent-encoded (RFC 3986).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters (RFC 3986, section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Keeps reserved characters, too, except those that end a value in a query or in a form.
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

/// Percent-encodes `text`. Keeps reserved characters if they are allowed.
pub(super) fn encode(text: &str, allow_reserved: bool) -> String {
    let encoded = if allow_reserved { RESERVED } else { UNRESERVED };
    utf8_percent_encode(text, encoded).to_string()
}
