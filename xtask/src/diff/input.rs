//! Reading what may be anything: with a limit, and one message for each way in
//! which it is no text.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// The most bytes that a document may have: several times what the largest
/// published ones have.
pub(super) const MOST: u64 = 16 << 20;

/// The text of the file at `path`, of which messages speak as `name`.
pub(super) fn read(path: &Path, name: &str) -> Result<String> {
    let read = read_if_there(path, name)?;
    read.with_context(|| format!("{name}: there is no such file; give the path of a document"))
}

/// As [`read`], where there is a file.
pub(super) fn read_if_there(path: &Path, name: &str) -> Result<Option<String>> {
    if path.is_dir() {
        bail!("{name}: it is a folder; give the path of a document");
    }
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file,
    };
    let mut bytes = Vec::new();
    file.and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes))
        .with_context(|| format!("{name}: it cannot be read; give the path of a document"))?;
    text(bytes, name).map(Some)
}

/// The text that `bytes` are.
pub(super) fn text(bytes: Vec<u8>, name: &str) -> Result<String> {
    if bytes.len() as u64 > MOST {
        bail!(
            "{name}: it has more than {} MiB; give the path of a document",
            MOST >> 20
        );
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(_) => bail!("{name}: it is no text in UTF-8; give the path of a document"),
    }
}
