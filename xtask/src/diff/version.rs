//! The version of finch-api, and the one that a change asks for.

use anyhow::{Context as _, Result};
use finch_gen::{Bump, Comparison};
use semver::{BuildMetadata, Prerelease, Version};

use crate::Workspace;
use crate::manifest::{MANIFEST, Package};

/// The version before the change, and after it.
pub(super) struct Versions {
    pub(super) before: Version,
    pub(super) after: Version,
    pub(super) bump: Bump,
}

impl Versions {
    /// Reads the version of finch-api, and raises it as `comparison` asks for.
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

/// Raises the part of `version` that `bump` says.
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
    let said = Package::read(workspace)?.version;
    let mut version = Version::parse(&said)
        .with_context(|| format!("{MANIFEST}: {said:?} is not a version; write one like 1.2.3"))?;
    // Neither matters for compatibility.
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
