//! source: where the document came from, and that it is still that document.

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::load::Text;
use crate::problem::{Problem, Problems};

/// The record of a vendored document's origin: `SOURCE.toml`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The address of the page from which the document was taken.
    pub page: String,
    /// The day on which it was taken, as `YYYY-MM-DD`.
    pub date: String,
    /// The SHA-256 of the document's bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// The document's `info.version`.
    pub version: String,
}

impl Source {
    /// Reads the record.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(crate) fn read(source: &Text<'_>) -> Result<Self, Problems> {
        toml::from_str(source.text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| source.text[..span.start].lines().count().max(1));
            Problems::from(Problem {
                file: format!("{}:{line}", source.name),
                pointer: String::new(),
                what: error.message().to_owned(),
                remedy: "record `page`, `date`, `sha256` and `version`".to_owned(),
            })
        })
    }

    /// The page that `source` names, if it can be read.
    pub(crate) fn page(source: &Text<'_>) -> Option<String> {
        Some(Self::read(source).ok()?.page)
    }

    /// Reads the record, and holds `document` to it.
    ///
    /// # Errors
    ///
    /// The record cannot be read, or the document is not the one recorded.
    pub fn verify(source: &Text<'_>, document: &Text<'_>) -> Result<Self, Problems> {
        let problem = |file: String, pointer: &str, what: String, remedy: String| {
            Problems::from(Problem {
                file,
                pointer: pointer.to_owned(),
                what,
                remedy,
            })
        };
        let record = Self::read(source)?;
        let actual = sha256(document.text);
        if actual != record.sha256 {
            return Err(problem(
                document.name.to_owned(),
                "",
                format!(
                    "its sha256 is {actual}, but {} records {}",
                    source.name, record.sha256
                ),
                format!(
                    "if it was edited, restore it and put the correction into the overlay; if it \
                     is a new document, record its page, date, sha256 and version in {}",
                    source.name
                ),
            ));
        }
        Ok(record)
    }

    /// Holds the record's version to the document's.
    pub(crate) fn verify_version(&self, source: &Text<'_>, version: &str) -> Result<(), Problems> {
        if self.version == version {
            return Ok(());
        }
        Err(Problem {
            file: source.name.to_owned(),
            pointer: "/version".to_owned(),
            what: format!(
                "it records version {}, but the document's info.version is {version}",
                self.version
            ),
            remedy: format!("record version = \"{version}\""),
        }
        .into())
    }
}

/// The SHA-256 of `text`, in lower-case hexadecimal.
pub fn sha256(text: &str) -> String {
    use std::fmt::Write as _;

    Sha256::digest(text)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _infallible = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: Text<'_> = Text {
        name: "api.yaml",
        text: "abc",
    };

    fn check(text: &str) -> Result<Source, String> {
        let text = Text {
            name: "SOURCE.toml",
            text,
        };
        Source::verify(&text, &DOCUMENT).map_err(|problems| problems.to_string())
    }

    #[test]
    fn the_recorded_document_passes() {
        // The test vector of FIPS 180-2, B.1.
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let record = format!("page = 'p'\ndate = '2024-01-31'\nsha256 = '{sha256}'\nversion = '1'");
        assert_eq!(check(&record).unwrap().sha256, sha256);
    }

    #[test]
    fn another_document_or_record_is_refused() {
        let other = check("page = 'p'\ndate = 'd'\nsha256 = '00'\nversion = '1'").unwrap_err();
        assert!(
            other.starts_with("api.yaml: its sha256 is ba7816"),
            "{other}"
        );
        assert!(other.contains("SOURCE.toml records 00"), "{other}");
        let missing = check("page = 'p'\n\ndate = 3").unwrap_err();
        assert!(missing.starts_with("SOURCE.toml:3: "), "{missing}");
    }
}
