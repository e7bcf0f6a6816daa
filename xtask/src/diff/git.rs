//! Asks git for the hash of a revision, for the tag of the last release (`v1.2.3`), and for the
//! text of a committed file.
//!
//! Returns `None` if the revision, the tag or the file does not exist. Fails if git cannot be run,
//! if the folder is not in a repository, or if the file is too large or not UTF-8.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail};
use finch_gen::Problems;

use crate::read_text;

const NO_GIT: &str = "git cannot be run; install it, or give a file with --base";

/// Returns the hash of the commit that `revision` names in the checkout at `root`, if git
/// finds it.
pub(super) fn commit(root: &Path, revision: &str) -> Result<Option<String>> {
    let inside = git(root)
        .args(["rev-parse", "--is-inside-work-tree"])
        .output()
        .context(NO_GIT)?;
    if !inside.status.success() {
        let errors = String::from_utf8_lossy(&inside.stderr);
        let reason = errors.lines().next().unwrap_or_default();
        let reason = reason.trim_start_matches("fatal: ");
        bail!("{revision}: git finds no revision here ({reason}); give a file with --base");
    }
    let found = git(root)
        .args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
        .arg(format!("{revision}^{{commit}}"))
        .output()
        .context(NO_GIT)?;
    Ok(printed(&found))
}

/// Returns the tag of the last release that the checkout at `root` is based on, if git finds
/// one.
pub(super) fn release(root: &Path) -> Option<String> {
    let found = git(root)
        .args(["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    printed(&found)
}

/// Returns the text that git printed, unless it failed.
fn printed(output: &Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

/// Returns the text of the file `path` within `root` in `commit`, if it exists there. Messages
/// call the commit `revision`.
pub(super) fn show(
    root: &Path,
    commit: &str,
    path: &str,
    revision: &str,
) -> Result<Option<String>> {
    let object = format!("{commit}:./{path}");
    let is_there = git(root)
        .args(["cat-file", "-e", &object])
        .stderr(Stdio::null())
        .status()
        .context(NO_GIT)?;
    if !is_there.success() {
        return Ok(None);
    }
    let mut shown = git(root)
        .args(["cat-file", "blob", &object])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context(NO_GIT)?;
    // git stops when the limit is reached and the pipe is closed.
    let bytes = shown.stdout.take().map(read_text::read).transpose()?;
    let bytes = bytes.unwrap_or_default();
    let ended = shown.wait()?;
    let name = format!("{revision}:{path}");
    let text = read_text::of_bytes(bytes, &name).map_err(Problems::from)?;
    if !ended.success() {
        bail!("{name}: cannot be read; it may be a folder, or the repository is damaged");
    }
    Ok(Some(text))
}

fn git(root: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(root);
    // In a hook, these variables name the repository of the hook.
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        git.env_remove(name);
    }
    git
}
