//! Bundles a document on this machine with the files that it refers to.
//!
//! Returns the document with the files, and the reason for each file that was not read. A document
//! comes from somebody else. So it may only refer to regular files in its own folder: not to
//! `../../.ssh/id_ed25519`, not even through a symbolic link, and not to a pipe or a device.

use std::fs;
use std::path::Path;

use finch_gen::{Bundled, Problems, Text, bundle};
use url::Url;

use crate::read_text::{self, problem};

/// Bundles the document at `path`, whose text is `text`, with the files in its folder that it
/// refers to.
///
/// # Errors
///
/// The folder cannot be read, or the files cannot be bundled.
pub(crate) fn bundle_file(path: &Path, text: &Text<'_>) -> Result<Bundled, Problems> {
    let wrong = |what: String| {
        let name = path.display().to_string();
        problem(&name, what, "give the path of a file")
    };
    let folder = path.parent().filter(|it| *it != Path::new(""));
    let folder = fs::canonicalize(folder.unwrap_or(Path::new(".")))
        .map_err(|error| wrong(format!("its folder cannot be read: {error}")))?;
    let file = path.file_name().unwrap_or_default();
    let address = Url::from_file_path(folder.join(file))
        .map_err(|()| wrong("not the path of a file".to_owned()))?;
    bundle(text, address.as_str(), &mut |address| {
        read(&folder, address)
    })
}

/// Returns the text of the file at `address` in `folder`, or the reason why it is not read.
fn read(folder: &Path, address: &str) -> Result<String, String> {
    let outside = || "it is not in the folder of the document".to_owned();
    let address = Url::parse(address).map_err(|error| error.to_string())?;
    let path = match address.scheme() {
        "file" => address.to_file_path().map_err(|()| outside())?,
        _ => return Err(outside()),
    };
    // Resolves links, because a link may lead out of the folder.
    let path = fs::canonicalize(path).map_err(|error| error.to_string())?;
    if !path.starts_with(folder) {
        return Err(outside());
    }
    read_text::of_file(&path, "", "").map_err(|problem| problem.what)
}
