//! Reading a text that somebody names: no further than such a text can be long.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use finch_gen::Problem;

/// The most bytes that a text may have: the largest documents that are published
/// have some 12 MB.
const LIMIT: u64 = 16 << 20;

/// Reads the file at `path`, of which messages speak as `name`; `remedy` is what
/// to do where it cannot be read.
///
/// # Errors
///
/// It cannot be read, is too large, or is not UTF-8.
pub(crate) fn of_file(path: &Path, name: &str, remedy: &str) -> Result<String, Problem> {
    match File::open(path).and_then(read) {
        Ok(bytes) => of_bytes(bytes, name),
        Err(error) => Err(problem(name, format!("cannot be read: {error}"), remedy)),
    }
}

/// All bytes of `reader`, or one more than a text may have.
///
/// # Errors
///
/// As those of `reader`.
pub(crate) fn read(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(LIMIT + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// `bytes` as the text that is called `name`.
///
/// # Errors
///
/// It is too large, or is not UTF-8.
pub(crate) fn of_bytes(bytes: Vec<u8>, name: &str) -> Result<String, Problem> {
    if bytes.len() as u64 > LIMIT {
        let what = format!("larger than {} MiB", LIMIT >> 20);
        return Err(problem(name, what, "give a document, or a page of one"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let what = format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to());
        problem(name, what, "give a text")
    })
}

/// What is wrong with the whole of `file`.
pub(crate) fn problem(file: &str, what: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem {
        file: file.to_owned(),
        pointer: String::new(),
        what: what.into(),
        remedy: remedy.into(),
    }
}
