//! Reads the version of finch-api, and computes the version that a comparison requires: 0.1.0
//! becomes 0.2.0 after a break. Pre-release and build parts are ignored. A version in the manifest
//! that is not valid is an error.

use anyhow::{Context as _, Result};
use finch_gen::{Bump, Comparison};
use semver::{BuildMetadata, Prerelease, Version};

use crate::Workspace;
use crate::manifest::{MANIFEST, Package};

/// The versions before and after the change.
pub(super) struct Versions {
    pub(super) before: Version,
    pub(super) after: Version,
    pub(super) bump: Bump,
}

impl Versions {
    /// Reads the version of finch-api, and increases it as `comparison` requires.
    pub(super) fn read(workspace: &Workspace, comparison: &Comparison) -> Result<Self> {
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

/// Increases the part of `version` that `bump` names.
pub(super) fn after(version: &Version, bump: Bump) -> Version {
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

/// Returns the name of a bump.
pub(crate) fn name(bump: Bump) -> &'static str {
    match bump {
        Bump::None => "none",
        Bump::Patch => "patch",
        Bump::Minor => "minor",
        Bump::Major => "major",
    }
}

pub(crate) fn read(workspace: &Workspace) -> Result<Version> {
    let text = Package::read(workspace)?.version;
    let mut version = Version::parse(&text)
        .with_context(|| format!("{MANIFEST}: {text:?} is not a version; write one like 1.2.3"))?;
    // The pre-release and build parts do not affect compatibility.
    version.pre = Prerelease::EMPTY;
    version.build = BuildMetadata::EMPTY;
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_version_parts_become_zero() {
        let check = |bump, expected: &str| {
            assert_eq!(after(&Version::new(1, 2, 3), bump).to_string(), expected);
        };
        check(Bump::None, "1.2.3");
        check(Bump::Patch, "1.2.4");
        check(Bump::Minor, "1.3.0");
        check(Bump::Major, "2.0.0");
    }
}
