//! A folder of generated files: how it differs from what is generated, and
//! making it the same.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use finch_gen::{Files, visible};
use similar::TextDiff;
use tempfile::NamedTempFile;

use crate::text;

/// How the first line of every generated file begins.
const MARK: &str = "// @generated";

/// What must be done to a file, for it to be what is generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It must be written.
    Write {
        /// What stands there; `None` where there is no such file.
        before: Option<String>,
        /// What must stand there.
        after: String,
    },
    /// It is no longer generated, and must be removed.
    Remove {
        /// What stands there.
        before: String,
    },
}

/// The changes that make `folder` what is generated, by path within it.
///
/// # Errors
///
/// The folder cannot be read, or has a file in it that was not generated.
pub fn changes(folder: &Path, generated: &Files) -> Result<BTreeMap<String, Change>> {
    let mut present = read(folder)?;
    let mut changes = BTreeMap::new();
    for (path, after) in generated {
        let before = present.remove(path);
        if before.as_ref() != Some(after) {
            let after = after.clone();
            changes.insert(path.clone(), Change::Write { before, after });
        }
    }
    for (path, before) in present {
        if !before.starts_with(MARK) {
            bail!(
                "{}: it was not generated, but stands among the generated files; move it elsewhere",
                folder.join(path).display()
            );
        }
        changes.insert(path, Change::Remove { before });
    }
    Ok(changes)
}

/// The change that makes the file at `path` what it must be, `after`, where one is
/// needed.
///
/// # Errors
///
/// There is a file that cannot be read.
pub fn change(path: &Path, after: &str) -> Result<Option<Change>> {
    let before = match read_file(path) {
        Ok(before) => Some(before),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            let name = path.display();
            return Err(error).with_context(|| {
                format!("{name}: cannot be read; restore it from version control")
            });
        }
    };
    let after = after.to_owned();
    Ok((before.as_ref() != Some(&after)).then_some(Change::Write { before, after }))
}

/// The most characters of a line of a diff that anybody reads: a document in JSON
/// may be all one line.
const LINE: usize = 1_000;

/// The change of the file at `path` as a unified diff, to be read: of a very long
/// line there is the beginning.
pub fn diff(path: &str, change: &Change) -> String {
    let (before, after) = match change {
        Change::Write { before, after } => (before.as_deref(), Some(after.as_str())),
        Change::Remove { before } => (Some(before.as_str()), None),
    };
    let header = |side: &str, text: Option<&str>| match text {
        // Within one line.
        Some(_) => visible(&format!("{side}/{path}")).into_owned(),
        None => "/dev/null".to_owned(),
    };
    // similar would take a CR for the end of a line, too.
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

/// Reads all files below `folder`, by path within it. A folder that does not exist holds
/// no files.
///
/// # Errors
///
/// `folder` holds something other than files and folders, or one of them cannot be read.
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
        kind => bail!("{}: {}; remove it", path.display(), text::not_a_file(kind)),
    }
    Ok(())
}

/// The most bytes of a generated file.
const LARGEST: u64 = 256 << 20;

/// Reads the file at `path`. Bytes that are not UTF-8 only have to differ from the
/// generated text.
fn read_file(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    text::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        let what = format!("larger than {} MiB", LARGEST >> 20);
        return Err(io::Error::other(what));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Makes one change below `folder`.
///
/// # Errors
///
/// The file cannot be written or removed.
pub fn apply(folder: &Path, path: &str, change: &Change) -> Result<()> {
    let target = folder.join(path);
    match change {
        Change::Write { after, .. } => write_atomically(&target, after),
        Change::Remove { .. } => {
            let removed = fs::remove_file(&target);
            // A folder that is empty now goes too; one that is not stays.
            if let Some(parent) = target.parent().filter(|parent| *parent != folder) {
                let _not_empty = fs::remove_dir(parent);
            }
            removed
        }
    }
    .with_context(|| format!("{}: cannot be changed", target.display()))
}

/// Makes `folder`, which is nobody's but the caller's, hold `files` and no other
/// file; what is the same already is not touched.
///
/// # Errors
///
/// A file cannot be read, written or removed.
pub fn mirror(folder: &Path, files: &Files) -> Result<()> {
    let present = read(folder)?;
    for (path, before) in present {
        if !files.contains_key(&path) {
            apply(folder, &path, &Change::Remove { before })?;
        }
    }
    write(folder, files)
}

/// Writes those of `files` into `folder` that are not there as they are.
///
/// # Errors
///
/// A file cannot be written.
pub fn write(folder: &Path, files: &Files) -> Result<()> {
    for (path, text) in files {
        let before = read_file(&folder.join(path)).ok();
        if before.as_ref() != Some(text) {
            let after = text.clone();
            apply(folder, path, &Change::Write { before, after })?;
        }
    }
    Ok(())
}

/// Writes `text` to `path`, so that at every moment there is either the file
/// before or the whole file after.
///
/// # Errors
///
/// As those of the file system.
pub fn write_atomically(path: &Path, text: &str) -> io::Result<()> {
    stage(path, text.as_bytes())?.persist(path)?;
    Ok(())
}

/// Writes all of `files`, or, as far as the file system allows it, none: only
/// when each is written beside its place, the first comes into its place; and
/// where one cannot, those that have are put back.
///
/// # Errors
///
/// A file cannot be written.
pub fn write_together(files: &[(PathBuf, &str)]) -> Result<()> {
    let cannot = |path: &Path| format!("{}: cannot be changed", path.display());
    let staged = files.iter().map(|(path, text)| {
        let file = stage(path, text.as_bytes());
        file.with_context(|| cannot(path))
    });
    let staged = staged.collect::<Result<Vec<_>>>()?;
    let mut replaced = Vec::new();
    for ((path, _), file) in files.iter().zip(staged) {
        let before = fs::read(path).ok();
        if let Err(error) = file.persist(path) {
            for (path, before) in replaced {
                put_back(path, before).with_context(|| {
                    format!("{}: cannot be put back; restore it", path.display())
                })?;
            }
            return Err(error.error).with_context(|| cannot(path));
        }
        replaced.push((path, before));
    }
    Ok(())
}

fn put_back(path: &Path, before: Option<Vec<u8>>) -> io::Result<()> {
    match before {
        Some(bytes) => stage(path, &bytes)?.persist(path).map(drop)?,
        None => fs::remove_file(path)?,
    }
    Ok(())
}

/// A file beside `path` that holds `bytes`, and is removed again if it does not
/// come to stand in its place.
fn stage(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".xtask-");
    // A temporary file is its owner's alone; what is checked in is everyone's.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder)?;
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
        for (path, change) in &changes {
            apply(folder, path, change).unwrap();
        }
        changes.into_keys().collect()
    }

    #[test]
    fn of_a_very_long_line_a_diff_has_the_beginning() {
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
    fn only_what_differs_is_written_and_what_is_gone_is_removed() {
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
    fn a_mirror_holds_nothing_else() {
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

    /// Who has opened the file reads all of what it was: it is replaced, and never
    /// written over.
    #[test]
    fn a_file_is_whole_at_every_moment() {
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
    fn files_are_written_together_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new, blocked] = ["old", "new", "blocked"].map(|name| folder.path().join(name));
        write_atomically(&old, "1").unwrap();
        // No file can take the place of a folder.
        fs::create_dir(&blocked).unwrap();
        let files = [
            (old.clone(), "2"),
            (new.clone(), "3"),
            (blocked.clone(), "4"),
        ];
        let error = write_together(&files).unwrap_err().to_string();
        assert!(error.ends_with("blocked: cannot be changed"), "{error}");
        assert_eq!(fs::read_to_string(&old).unwrap(), "1");
        assert!(!new.exists() && blocked.is_dir());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);

        fs::remove_dir(&blocked).unwrap();
        write_together(&files).unwrap();
        let texts = [old, new, blocked].map(|path| fs::read_to_string(path).unwrap());
        assert_eq!(texts, ["2", "3", "4"]);
    }

    #[test]
    fn a_file_of_somebody_else_is_neither_removed_nor_overlooked() {
        let folder = tempfile::tempdir().unwrap();
        write_atomically(&folder.path().join("notes.md"), "mine").unwrap();
        let error = changes(folder.path(), &files(&[])).unwrap_err().to_string();
        assert!(error.ends_with(
            "notes.md: it was not generated, but stands among the generated files; move it elsewhere"
        ));
    }
}
