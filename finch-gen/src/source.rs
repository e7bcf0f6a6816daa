//! source: reads, writes and checks `SOURCE.toml`, the record of the pages that the document was
//! taken from.
//!
//! The record has the SHA-256 and the version of the document, and the address, SHA-256 and date of
//! each page. `verify` refuses a document with another SHA-256, so that nobody edits it by hand.
//! `verify_version` refuses another version.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::load::Text;
use crate::problem::{Excerpt, Place, Problem, Problems};

/// The record of a vendored document's origin: `SOURCE.toml`.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The SHA-256 of the document's bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// The document's `info.version`.
    pub version: String,
    /// The pages from which the document was taken.
    #[serde(rename = "page")]
    pub pages: Vec<Page>,
}

/// A page from which a document, or a part of it, was taken.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The address at which it is published.
    pub address: String,
    /// The SHA-256 of the page's bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// The day on which these bytes were first taken, as `YYYY-MM-DD`.
    pub date: String,
    /// The OpenAPI blocks that were taken, if the page has others: see
    /// [`Subject`](crate::vendor::Subject).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<String>,
    /// The SHA-256 of each file that the page refers to, by its address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

impl Source {
    /// Reads the record.
    ///
    /// # Errors
    ///
    /// The text is not such a record.
    pub fn read(source: &Text<'_>) -> Result<Self, Problems> {
        toml::from_str(source.text).map_err(|error| {
            let place = error.span().map(|span| {
                let before = &source.text[..span.start];
                let line = before.rsplit('\n').next().unwrap_or_default();
                Box::new(Place {
                    line: before.matches('\n').count() + 1,
                    column: line.chars().count() + 1,
                    excerpt: Some(Excerpt::new(source.text, span)),
                })
            });
            let remedy = "record `sha256` and `version`, and for each `[[page]]` its `address`, \
                          `sha256` and `date`";
            Problems::from(Problem {
                place,
                ..Problem::new(source.name, "", error.message(), remedy)
            })
        })
    }

    /// Returns the record as TOML.
    ///
    /// # Panics
    ///
    /// Never, because TOML can represent every record.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("TOML can represent nested tables of strings")
    }

    /// Returns the first web address in `source`, if it can be read. Relative links in the
    /// document's descriptions are resolved against it.
    pub(crate) fn site(source: &Text<'_>) -> Option<String> {
        let addresses = Self::read(source).ok()?.pages.into_iter();
        let mut addresses = addresses.map(|page| page.address);
        addresses.find(|it| it.starts_with("https://") || it.starts_with("http://"))
    }

    /// Reads the record, and checks that it describes `document`.
    ///
    /// # Errors
    ///
    /// The record cannot be read, or it describes another document.
    pub fn verify(source: &Text<'_>, document: &Text<'_>) -> Result<Self, Problems> {
        let record = Self::read(source)?;
        let (name, recorded, actual) = (source.name, &record.sha256, sha256(document.text));
        if actual == *recorded {
            return Ok(record);
        }
        let what = format!("its sha256 is {actual}, but {name} records {recorded}");
        let remedy = format!(
            "if it was edited, restore it and put the correction into the overlay; if it is a new \
             document, vendor it, so that {name} records it"
        );
        Err(Problem::new(document.name, "", what, remedy).into())
    }

    /// Checks that the record has the document's `version`.
    ///
    /// # Errors
    ///
    /// The record has another version.
    pub fn verify_version(&self, source: &Text<'_>, version: &str) -> Result<(), Problems> {
        if self.version == version {
            return Ok(());
        }
        let what = format!(
            "it records version {}, but the document's info.version is {version}",
            self.version
        );
        let remedy = format!("record version = \"{version}\"");
        Err(Problem::new(source.name, "/version", what, remedy).into())
    }
}

/// Returns the SHA-256 of `text` in lower-case hexadecimal.
pub fn sha256(text: &str) -> String {
    let bytes = Sha256::digest(text);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
        let record = format!("sha256 = '{sha256}'\nversion = '1'\npage = []");
        assert_eq!(check(&record).unwrap().sha256, sha256);
    }

    #[test]
    fn another_document_or_record_is_refused() {
        let other = check("sha256 = '00'\nversion = '1'\npage = []").unwrap_err();
        assert!(
            other.starts_with("api.yaml: its sha256 is ba7816"),
            "{other}"
        );
        assert!(other.contains("SOURCE.toml records 00"), "{other}");
        let missing = check("sha256 = '00'\n\nversion = 3").unwrap_err();
        assert!(missing.starts_with("SOURCE.toml:3:11: "), "{missing}");
        let unknown = check("sha256 = '00'\nversion = '1'\n[[page]]\nurl = 'a'").unwrap_err();
        assert!(
            unknown.starts_with("SOURCE.toml:4:1: unknown field `url`"),
            "{unknown}"
        );
    }

    #[test]
    fn a_written_record_is_read_back() {
        let page = |address: &str, blocks: &[&str], files: &[&str]| Page {
            address: address.to_owned(),
            sha256: "00".to_owned(),
            date: "2024-01-31".to_owned(),
            blocks: blocks.iter().map(|block| (*block).to_owned()).collect(),
            files: files
                .iter()
                .map(|file| ((*file).to_owned(), "02".to_owned()))
                .collect(),
        };
        let record = Source {
            sha256: "01".to_owned(),
            version: "1 \"a\"".to_owned(),
            pages: vec![
                page("https://example.com/a.md", &[], &[]),
                page(
                    "https://example.com/b.md",
                    &["get /b"],
                    &["https://example.com/f.yaml"],
                ),
            ],
        };
        let text = record.to_toml();
        let expected = "\
sha256 = \"01\"
version = '1 \"a\"'

[[page]]
address = \"https://example.com/a.md\"
sha256 = \"00\"
date = \"2024-01-31\"

[[page]]
address = \"https://example.com/b.md\"
sha256 = \"00\"
date = \"2024-01-31\"
blocks = [\"get /b\"]

[page.files]
\"https://example.com/f.yaml\" = \"02\"
";
        assert_eq!(text, expected);
        let text = Text {
            name: "SOURCE.toml",
            text: &text,
        };
        assert_eq!(Source::read(&text), Ok(record));
        assert_eq!(
            Source::site(&text).as_deref(),
            Some("https://example.com/a.md")
        );
    }
}
