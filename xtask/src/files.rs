//! Compares a folder with the generated files, and applies the changes.
//!
//! `changes` finds the files to write, and the files to remove because they are no longer
//! generated. It refuses a folder that contains a file without the `@generated` mark, unless that
//! file is to be written. `apply` makes all changes or none: if one fails, it restores the others.
//! `diff` shows a change as a unified diff.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use finch_gen::{Files, visible};
use similar::TextDiff;
use tempfile::NamedTempFile;

use crate::read_text::{self, RESTORE};

/// The start of every generated file.
const MARK: &str = "// @generated";

/// The change that makes a file equal to the generated one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The file is written.
    Write {
        /// The current text, if the file exists.
        before: Option<String>,
        /// The generated text.
        after: String,
    },
    /// The file is removed, because it is no longer generated.
    Remove {
        /// The current text.
        before: String,
    },
}

impl Change {
    /// Returns the change that writes `after`, unless the file has that text.
    fn write(before: Option<String>, after: &str) -> Option<Self> {
        let after = after.to_owned();
        (before.as_ref() != Some(&after)).then_some(Self::Write { before, after })
    }
}

/// Returns the changes that make `folder` equal to `generated`, by path within it.
///
/// # Errors
///
/// The folder cannot be read, or contains a file that was not generated.
pub fn changes(folder: &Path, generated: &Files) -> Result<BTreeMap<String, Change>> {
    let mut present = read(folder)?;
    let mut changes = BTreeMap::new();
    for (path, after) in generated {
        let change = Change::write(present.remove(path), after);
        changes.extend(change.map(|change| (path.clone(), change)));
    }
    for (path, before) in present {
        if !before.starts_with(MARK) {
            bail!(
                "{}: it is in a folder of generated files, but was not generated; move it elsewhere",
                folder.join(path).display()
            );
        }
        changes.insert(path, Change::Remove { before });
    }
    Ok(changes)
}

/// Returns the change that makes the file at `path` equal to `after`, unless it is.
///
/// # Errors
///
/// The file cannot be read.
pub fn change(path: &Path, after: &str) -> Result<Option<Change>> {
    let before = match read_file(path) {
        Ok(before) => Some(before),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            let name = path.display();
            return Err(error).with_context(|| format!("{name}: cannot be read; {RESTORE}"));
        }
    };
    Ok(Change::write(before, after))
}

/// The maximum number of characters in a line of a diff. A document in JSON may be a single line.
const LINE: usize = 1_000;

/// Returns the change of the file at `path` as a unified diff, and cuts very long lines.
pub fn diff(path: &str, change: &Change) -> String {
    let (before, after) = match change {
        Change::Write { before, after } => (before.as_deref(), Some(after.as_str())),
        Change::Remove { before } => (Some(before.as_str()), None),
    };
    let header = |side: &str, text: Option<&str>| match text {
        // The path stays on one line.
        Some(_) => visible(&format!("{side}/{path}")).into_owned(),
        None => "/dev/null".to_owned(),
    };
    // similar would also end a line at a CR.
    let [old, new] = [before, after].map(|text| {
        let lines = text.unwrap_or_default().split_inclusive('\n');
        lines.collect::<Vec<&str>>()
    });
    let diff = TextDiff::configure()
        .newline_terminated(true)
        .diff_slices(&old, &new);
    let mut diff = diff.unified_diff();
    let diff = diff
        .header(&header("a", before), &header("b", after))
        .to_string();
    diff.split_inclusive('\n').map(shortened).collect()
}

fn shortened(line: &str) -> Cow<'_, str> {
    match line.char_indices().nth(LINE) {
        Some((end, _)) if line.len() > end + 1 => {
            let count = line.trim_end_matches('\n').chars().count();
            Cow::Owned(format!("{}… ({count} characters)\n", &line[..end]))
        }
        _ => Cow::Borrowed(line),
    }
}

/// Reads all files in `folder` and its subfolders, by path within it. A missing folder counts as
/// empty.
///
/// # Errors
///
/// `folder` contains something other than files and folders, or something that cannot be read.
pub fn read(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    read_into(folder, "", &mut files)?;
    Ok(files)
}

fn read_into(path: &Path, name: &str, files: &mut Files) -> Result<()> {
    let cannot = || format!("{}: cannot be read", path.display());
    let kind = match path.symlink_metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(error) if name.is_empty() && error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(cannot),
    };
    match kind {
        kind if kind.is_file() && !name.is_empty() => {
            files.insert(name.to_owned(), read_file(path).with_context(cannot)?);
        }
        kind if kind.is_file() || kind.is_dir() => {
            for entry in fs::read_dir(path).with_context(cannot)? {
                let entry = entry.with_context(cannot)?.file_name();
                let separator = if name.is_empty() { "" } else { "/" };
                let within = format!("{name}{separator}{}", entry.to_string_lossy());
                read_into(&path.join(entry), &within, files)?;
            }
        }
        kind => bail!(
            "{}: {}; remove it",
            path.display(),
            read_text::not_a_file(kind)
        ),
    }
    Ok(())
}

/// The maximum number of bytes in a generated file.
const LARGEST: u64 = 256 << 20;

/// Reads the file at `path`. Bytes that are not UTF-8 are replaced: the text only has to
/// differ from the generated one.
fn read_file(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    read_text::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        let what = format!("larger than {} MiB", LARGEST >> 20);
        return Err(io::Error::other(what));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Makes all `changes` in `folder`, or none. Writes every file next to its target before it
/// replaces the first target. If one replacement fails, restores the others.
///
/// # Errors
///
/// A file cannot be written or removed.
pub fn apply(folder: &Path, changes: &[(String, Change)]) -> Result<()> {
    let mut folders = NewFolders::default();
    let mut staged = Vec::new();
    for (path, change) in changes {
        let target = folder.join(path);
        let file = match change {
            Change::Write { after, .. } => {
                let file = folders
                    .create(parent(&target))
                    .and_then(|()| stage(&target, after.as_bytes()));
                Some(file.map_err(|error| unchanged(&target, &error))?)
            }
            Change::Remove { .. } => None,
        };
        staged.push((target, file));
    }
    let mut done: Vec<(PathBuf, Option<Vec<u8>>)> = Vec::new();
    for (target, file) in staged {
        let before = fs::read(&target).ok();
        let changed = match file {
            Some(file) => file.persist(&target).map(drop).map_err(|error| error.error),
            None => fs::remove_file(&target),
        };
        if let Err(error) = changed {
            for (path, before) in done {
                put_back(&path, before).with_context(|| {
                    format!("{}: cannot be put back; restore it", path.display())
                })?;
            }
            return Err(unchanged(&target, &error));
        }
        done.push((target, before));
    }
    folders.keep();
    for (path, change) in changes {
        // Remove the folder if it is empty now.
        if let (Change::Remove { .. }, parent) = (change, parent(&folder.join(path)))
            && parent != folder
        {
            let _not_empty = fs::remove_dir(parent);
        }
    }
    Ok(())
}

/// The folders that were created for new files. They are removed when dropped, unless they are
/// kept.
#[derive(Default)]
struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    fn create(&mut self, folder: &Path) -> io::Result<()> {
        let missing = folder.ancestors().take_while(|folder| !folder.exists());
        let missing: Vec<&Path> = missing.collect();
        for folder in missing.into_iter().rev().filter(|it| *it != Path::new("")) {
            fs::create_dir(folder)?;
            self.0.push(folder.to_owned());
        }
        Ok(())
    }

    fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            let _not_empty = fs::remove_dir(folder);
        }
    }
}

/// Returns the error of a change that cannot be made. No other change is made either.
fn unchanged(target: &Path, error: &io::Error) -> anyhow::Error {
    let folder = parent(target).display();
    let target = target.display();
    let why = match error.kind() {
        io::ErrorKind::PermissionDenied => format!(
            "{target}: cannot be written: the folder {folder} is read-only for you; make it \
             writable"
        ),
        io::ErrorKind::ReadOnlyFilesystem => format!(
            "{target}: cannot be written: the file system of {folder} is read-only; work in a \
             folder that is writable"
        ),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            format!("{target}: cannot be written: no space is left on the disk; free some")
        }
        // tempfile's message names the temporary file, which means nothing to the reader.
        kind => format!("{target}: cannot be changed: {kind}; look at the file and its folder"),
    };
    anyhow::anyhow!("{why}. No file was changed")
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// Makes `folder` contain exactly `files`. Does not touch files that are already equal.
///
/// # Errors
///
/// A file cannot be read, written or removed.
pub fn mirror(folder: &Path, files: &Files) -> Result<()> {
    let present = read(folder)?.into_iter();
    let removed = present.filter(|(path, _)| !files.contains_key(path));
    let removed = removed.map(|(path, before)| (path, Change::Remove { before }));
    apply(folder, &removed.collect::<Vec<_>>())?;
    write(folder, files)
}

/// Writes `files` to `folder`. Does not touch files that are already equal.
///
/// # Errors
///
/// A file cannot be written.
pub fn write(folder: &Path, files: &Files) -> Result<()> {
    let changes = files.iter().filter_map(|(path, after)| {
        let before = read_file(&folder.join(path)).ok();
        Some((path.clone(), Change::write(before, after)?))
    });
    apply(folder, &changes.collect::<Vec<_>>())
}

/// Writes `text` to `path`. At every moment the file has either its old or its new text.
///
/// # Errors
///
/// The file system fails.
pub fn write_atomically(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(parent(path))?;
    stage(path, text.as_bytes())?.persist(path)?;
    Ok(())
}

fn put_back(path: &Path, before: Option<Vec<u8>>) -> io::Result<()> {
    match before {
        Some(bytes) => stage(path, &bytes)?.persist(path).map(drop)?,
        None => fs::remove_file(path)?,
    }
    Ok(())
}

/// Returns a temporary file next to `path` with the content `bytes`. It is removed unless it
/// replaces `path`.
fn stage(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".xtask-");
    // Only the owner can read a temporary file, but everybody may read a file that is checked
    // in.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(parent(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> Files {
        let own = |text: &&str| format!("{MARK}\n{text}");
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), own(text)))
            .collect()
    }

    fn synchronize(folder: &Path, generated: &Files) -> Vec<String> {
        let changes = changes(folder, generated).unwrap();
        let changes: Vec<_> = changes.into_iter().collect();
        apply(folder, &changes).unwrap();
        changes.into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn a_diff_cuts_a_very_long_line() {
        let change = Change::Write {
            before: Some(format!("{}\n", "ä".repeat(LINE - 1))),
            after: "ö".repeat(5 * LINE),
        };
        let diff = diff("a", &change);
        let lines: Vec<&str> = diff.lines().skip(3).collect();
        let long = format!("+{}… (5001 characters)", "ö".repeat(LINE - 1));
        let whole = format!("-{}", "ä".repeat(LINE - 1));
        assert_eq!(lines[..2], [&whole, &long]);
    }

    #[test]
    fn only_different_files_are_written_and_old_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let first = files(&[("a.rs", "1"), ("b/c.rs", "2"), ("d.rs", "3")]);
        assert_eq!(
            synchronize(folder.path(), &first),
            ["a.rs", "b/c.rs", "d.rs"]
        );
        assert_eq!(synchronize(folder.path(), &first), [""; 0]);
        let second = files(&[("a.rs", "1"), ("d.rs", "4")]);
        assert_eq!(synchronize(folder.path(), &second), ["b/c.rs", "d.rs"]);
        assert_eq!(read(folder.path()).unwrap(), second);
        assert!(!folder.path().join("b").exists());
    }

    #[test]
    fn a_mirror_removes_other_files() {
        let folder = tempfile::tempdir().unwrap();
        write_atomically(&folder.path().join("old/a.rs"), "1").unwrap();
        let same = folder.path().join("b.rs");
        write_atomically(&same, &files(&[("b.rs", "2")])["b.rs"]).unwrap();
        let before = fs::metadata(&same).unwrap().modified().unwrap();
        let expected = files(&[("b.rs", "2"), ("c/d.rs", "3")]);
        mirror(folder.path(), &expected).unwrap();
        assert_eq!(read(folder.path()).unwrap(), expected);
        assert_eq!(fs::metadata(&same).unwrap().modified().unwrap(), before);
    }

    /// A reader that has opened the file reads its whole old text, because the file is
    /// replaced and never overwritten.
    #[test]
    fn a_file_is_complete_at_every_moment() {
        use std::io::Read as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.rs");
        write_atomically(&path, "before").unwrap();
        let mut opened = fs::File::open(&path).unwrap();
        write_atomically(&path, "after").unwrap();
        let mut text = String::new();
        opened.read_to_string(&mut text).unwrap();
        assert_eq!(text, "before");
        assert_eq!(fs::read_to_string(&path).unwrap(), "after");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn either_all_files_are_changed_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["gone", "old"] {
            write_atomically(&path(name), "1").unwrap();
        }
        // A file cannot replace a folder.
        fs::create_dir(path("z")).unwrap();
        let write = |name: &str, after: &str| {
            let (before, after) = (None, after.to_owned());
            (name.to_owned(), Change::Write { before, after })
        };
        let before = "1".to_owned();
        let changes = [
            ("gone".to_owned(), Change::Remove { before }),
            write("old", "2"),
            write("new/a/b", "3"),
            write("z", "4"),
        ];
        let error = apply(folder.path(), &changes).unwrap_err().to_string();
        let expected = "z: cannot be changed: is a directory; look at the file and its folder. No file was changed";
        assert!(error.ends_with(expected), "{error}");
        assert_eq!(
            ["gone", "old"].map(|name| fs::read_to_string(path(name)).unwrap()),
            ["1", "1"]
        );
        assert!(path("z").is_dir());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);

        fs::remove_dir(path("z")).unwrap();
        apply(folder.path(), &changes).unwrap();
        let texts = ["old", "new/a/b", "z"].map(|name| fs::read_to_string(path(name)).unwrap());
        assert_eq!(texts, ["2", "3", "4"]);
        assert!(!path("gone").exists());
    }

    #[test]
    fn a_handwritten_file_is_reported_and_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        write_atomically(&folder.path().join("notes.md"), "mine").unwrap();
        let error = changes(folder.path(), &files(&[])).unwrap_err().to_string();
        assert!(error.ends_with(
            "notes.md: it is in a folder of generated files, but was not generated; move it elsewhere"
        ));
    }
}
