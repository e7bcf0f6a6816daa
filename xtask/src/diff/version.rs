//! The version of finch-api, and the one that a change asks for.

use std::fs;

use anyhow::{Context as _, Result};
use finch_gen::{Bump, Comparison};
use semver::{BuildMetadata, Prerelease, Version};
use toml::Value;

use crate::Workspace;

/// The version before the change, and after it.
pub(super) struct Versions {
    pub(super) before: Version,
    pub(super) after: Version,
    pub(super) bump: Bump,
}

impl Versions {
    /// Reads the version of finch-api, and tells what `comparison` makes of it.
    pub(super) fn of(workspace: &Workspace, comparison: &Comparison) -> Result<Self> {
        let before = read(workspace)?;
        let bump = comparison.bump(before.major > 0);
        let after = after(&before, bump);
        Ok(Self {
            before,
            after,
            bump,
        })
    }
}

/// `version`, with the part raised that `bump` says.
fn after(version: &Version, bump: Bump) -> Version {
    let Version {
        major,
        minor,
        patch,
        ..
    } = *version;
    match bump {
        Bump::None => version.clone(),
        Bump::Patch => Version::new(major, minor, patch + 1),
        Bump::Minor => Version::new(major, minor + 1, 0),
        Bump::Major => Version::new(major + 1, 0, 0),
    }
}

/// The name by which a bump goes.
pub(super) fn name(bump: Bump) -> &'static str {
    match bump {
        Bump::None => "none",
        Bump::Patch => "patch",
        Bump::Minor => "minor",
        Bump::Major => "major",
    }
}

fn read(workspace: &Workspace) -> Result<Version> {
    const OF_CRATE: &str = "finch-api/Cargo.toml";
    const OF_WORKSPACE: &str = "Cargo.toml";
    let parse = |path: &str| -> Result<Value> {
        let text = fs::read_to_string(workspace.path(path))
            .with_context(|| format!("{path}: cannot be read; restore it from version control"))?;
        toml::from_str(&text).with_context(|| format!("{path}: it is no TOML; correct it"))
    };
    let own = parse(OF_CRATE)?;
    let own = own
        .get("package")
        .and_then(|package| package.get("version"));
    let (path, said) = match own.and_then(Value::as_str) {
        Some(said) => (OF_CRATE, Some(said.to_owned())),
        None => {
            let shared = parse(OF_WORKSPACE)?;
            let shared = ["workspace", "package", "version"]
                .iter()
                .try_fold(&shared, |of, key| of.get(key))
                .and_then(Value::as_str);
            (OF_WORKSPACE, shared.map(str::to_owned))
        }
    };
    let said = said.with_context(|| format!("{path}: it gives finch-api no version; add one"))?;
    let mut version = Version::parse(&said)
        .with_context(|| format!("{path}: {said:?} is no version; write it as semver does"))?;
    // Neither says anything of what is compatible with what.
    version.pre = Prerelease::EMPTY;
    version.build = BuildMetadata::EMPTY;
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_is_raised_and_those_after_it_begin_anew() {
        let check = |bump, expected: &str| {
            assert_eq!(after(&Version::new(1, 2, 3), bump).to_string(), expected);
        };
        check(Bump::None, "1.2.3");
        check(Bump::Patch, "1.2.4");
        check(Bump::Minor, "1.3.0");
        check(Bump::Major, "2.0.0");
    }
}
