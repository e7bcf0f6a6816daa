//! Defines the inputs of a generation: the document and its overlay, the record of its origin,
//! whether to drop or refuse parts that cannot be generated, and the names that generated code and
//! documentation contain. All texts are already in memory.

use std::iter;

use crate::load::Text;
use crate::locate;
use crate::problem::Problems;

/// The inputs of a generation.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The OpenAPI document, as published.
    pub document: Text<'a>,
    /// Corrections to the document: an OpenAPI Overlay of version 1.0 or 1.1.
    pub overlay: Option<Text<'a>>,
    /// Whether each action of the overlay must match and change something, so that a
    /// correction that the publisher has made itself does not linger.
    pub corrections_expire: bool,
    /// The origin of the document: see [`Source`](crate::Source). Without it, the document is not
    /// verified.
    pub source: Option<Text<'a>>,
    /// Whether to drop and report an operation that cannot be generated, instead of refusing
    /// the document.
    pub keep_going: bool,
    /// The name of the client crate in Rust code, such as `finch_api`.
    pub crate_name: &'a str,
    /// The URL of the client crate's documentation: the folder with rustdoc's page of the
    /// crate, without a trailing slash.
    pub docs: &'a str,
    /// The command that the header of each generated file names.
    pub command: &'a str,
}

impl<'a> Inputs<'a> {
    /// Returns inputs with `document` alone, for the stages before rendering.
    pub fn of_document(document: Text<'a>) -> Self {
        Self {
            document,
            overlay: None,
            corrections_expire: false,
            source: None,
            keep_going: false,
            crate_name: "",
            docs: "",
            command: "",
        }
    }

    /// Sets the line of each of `problems` that is in the document or the overlay.
    pub(crate) fn locate(&self, problems: &mut Problems) {
        for text in iter::once(&self.document).chain(&self.overlay) {
            locate::locate(problems, text);
        }
    }

    /// As [`locate`](Self::locate), for the problems of a `result`.
    pub(crate) fn located<T>(&self, result: Result<T, Problems>) -> Result<T, Problems> {
        result.map_err(|mut problems| {
            self.locate(&mut problems);
            problems
        })
    }
}
