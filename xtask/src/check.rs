//! `cargo xtask check`: whether the checked-in client is what the vendored
//! document generates.

use std::io::Write;

use anyhow::Result;
use similar::TextDiff;

use crate::files::{self, Change};
use crate::workspace::folders;
use crate::{Outcome, Workspace, status};

/// Prints how what is checked in differs from what is generated, as a unified
/// diff that would make it the same. Writes nothing to disk.
///
/// # Errors
///
/// An input is not what it must be, or a file cannot be read.
pub fn run(workspace: &Workspace, out: &mut dyn Write) -> Result<Outcome> {
    let mut stale = 0;
    let generated = workspace.generate()?;
    for (folder, generated) in folders(&generated) {
        for (path, change) in files::changes(&workspace.path(folder), generated)? {
            stale += 1;
            let name = format!("{folder}/{path}");
            let (before, after) = match &change {
                Change::Write { before, after } => (before.as_deref(), Some(after.as_str())),
                Change::Remove { before } => (Some(before.as_str()), None),
            };
            let header = |side: &str, text: Option<&str>| match text {
                Some(_) => format!("{side}/{name}"),
                None => "/dev/null".to_owned(),
            };
            let diff = TextDiff::from_lines(before.unwrap_or_default(), after.unwrap_or_default());
            let mut diff = diff.unified_diff();
            write!(
                out,
                "{}",
                diff.header(&header("a", before), &header("b", after))
            )?;
        }
    }
    if stale == 0 {
        status(
            out,
            "Fresh",
            "finch-api is what openapi/finch.yaml generates",
        )?;
        Ok(Outcome::Done)
    } else {
        let files = if stale == 1 {
            "1 file differs".to_owned()
        } else {
            format!("{stale} files differ")
        };
        status(
            out,
            "Stale",
            &format!("{files}: run `cargo xtask generate`"),
        )?;
        Ok(Outcome::Stale)
    }
}
