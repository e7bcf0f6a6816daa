//! Reads text from files and other readers. Returns a problem if the text is larger than 16 MiB or
//! not UTF-8, or if the file cannot be read. A named pipe or a device is refused, because reading
//! it may never end.

use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use finch_gen::{Problem, Problems, Text};

/// The maximum number of bytes in a text file. The largest published documents have about 12 MB.
pub(crate) const LIMIT: u64 = 16 << 20;

/// A text file that the user names.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    /// The path as messages show it.
    pub(crate) name: String,
    text: String,
}

impl Input {
    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// As for [`of_file`].
    pub(crate) fn read(path: &Path) -> Result<Self, Problems> {
        let name = path.display().to_string();
        let text = of_file(path, &name, "give the path of a text file")?;
        let path = path.to_owned();
        Ok(Self { path, name, text })
    }

    pub(crate) fn text(&self) -> Text<'_> {
        Text {
            name: &self.name,
            text: &self.text,
        }
    }
}

/// The remedy for a file of the workspace.
pub(crate) const RESTORE: &str = "restore it from version control";

/// Reads the file at `path`. Messages call it `name`, and `remedy` says what to do about a
/// failure.
///
/// # Errors
///
/// The file cannot be read, is too large, or is not UTF-8.
pub(crate) fn of_file(path: &Path, name: &str, remedy: &str) -> Result<String, Problem> {
    match open(path).and_then(read) {
        Ok(bytes) => of_bytes(bytes, name),
        Err(error) => Err(problem(name, format!("cannot be read: {error}"), remedy)),
    }
}

/// Opens the file at `path`. Opening a named pipe would wait for a writer, and a device
/// may never end.
///
/// # Errors
///
/// `path` is not a file, or the file cannot be opened.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    match fs::metadata(path)?.file_type() {
        // Reading a folder fails with an error from the operating system.
        kind if kind.is_file() || kind.is_dir() => File::open(path),
        kind => Err(io::Error::other(not_a_file(kind))),
    }
}

/// Returns the name of a kind that is not a regular file.
pub(crate) fn not_a_file(kind: FileType) -> String {
    let name = match kind {
        kind if kind.is_symlink() => "a symbolic link",
        #[cfg(unix)]
        kind => {
            use std::os::unix::fs::FileTypeExt as _;

            if kind.is_fifo() {
                "a named pipe"
            } else if kind.is_socket() {
                "a socket"
            } else {
                "a device"
            }
        }
        #[cfg(not(unix))]
        _ => "something else",
    };
    format!("{name}, not a file")
}

/// Reads all bytes of `reader`, up to one more than the limit.
///
/// # Errors
///
/// `reader` fails.
pub(crate) fn read(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(LIMIT + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns `bytes` as text. Messages call it `name`.
///
/// # Errors
///
/// The text is too large, or is not UTF-8.
pub(crate) fn of_bytes(bytes: Vec<u8>, name: &str) -> Result<String, Problem> {
    if bytes.len() as u64 > LIMIT {
        let what = format!("larger than {} MiB", LIMIT >> 20);
        return Err(problem(name, what, "give a document, or a page of one"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let what = format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to());
        problem(name, what, "give a text file in UTF-8")
    })
}

/// Returns a problem of the whole file.
pub(crate) fn problem(file: &str, what: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem {
        file: file.to_owned(),
        place: None,
        pointer: String::new(),
        what: what.into(),
        remedy: remedy.into(),
    }
}
