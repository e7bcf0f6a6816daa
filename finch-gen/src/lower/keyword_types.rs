//! Refuses path items, operations, webhooks and components that are not objects, which later stages
//! would silently skip: `/pets: []`. A schema may be a boolean, and extensions (`x-…`) may have any
//! value.
//!
//! Also refuses a path without a slash at the start or with unpaired braces, and invisible
//! characters in paths and in names of schemas.

use serde_json::Value;

use crate::doc_attrs;
use crate::json::Fields as _;
use crate::load::{Document, kind};
use crate::pointer::{self, join};
use crate::problem::Problems;
use crate::reachability::operations;

/// Checks the path items with their operations, the webhooks, and the components.
pub(super) fn check(document: &Document, problems: &mut Problems) {
    let members = |at: &str| document.at(at).fields();
    let mut expect = |at: String, part: &Value, is_right: bool| {
        if !is_right {
            let what = format!("expected a mapping, found {}", kind(part));
            let remedy = "write one, or remove it, through the overlay";
            problems.push(document.problem(at, what, remedy));
        }
    };
    let components = members("/components").map(|(name, _)| join("/components", name));
    let sections = ["/paths", "/webhooks"].map(str::to_owned);
    for section in sections.into_iter().chain(components) {
        let may_be_boolean = section == "/components/schemas";
        for (name, part) in members(&section) {
            let is_extension = name.starts_with("x-") || section.contains("/x-");
            let is_right = part.is_object() || may_be_boolean && part.is_boolean();
            expect(join(&section, name), part, is_right || is_extension);
        }
    }
    let operations = operations(document.root.field("paths"));
    for (path, method, operation) in operations.filter(|(path, ..)| !path.starts_with("x-")) {
        let at = join(&join("/paths", path), method);
        expect(at, operation, operation.is_object());
    }
    let names = members("/components/schemas").map(|(name, _)| name);
    for name in names.filter(|name| name.contains(is_not_shown)) {
        let at = join("/components/schemas", name);
        let what = "the name of a schema must consist of visible characters";
        let remedy = "rename the schema and its references through the overlay";
        problems.push(document.problem(at, what, remedy));
    }
    for (path, _) in members("/paths") {
        if let Some(what) = wrong_with(path) {
            let remedy = "correct it through the overlay";
            problems.push(document.problem(join("/paths", path), what, remedy));
        }
    }
}

/// Returns the problem of `path`, if it has one.
fn wrong_with(path: &str) -> Option<&'static str> {
    if path.starts_with("x-") {
        None
    } else if !path.starts_with('/') {
        Some("a path must begin with a slash")
    } else if !pointer::is_template(path) {
        Some("the braces of a path must enclose parameter names")
    } else if path.contains(is_not_shown) {
        Some("a path must consist of visible characters")
    } else {
        None
    }
}

/// Whether `c` is invisible, or displays as something else. Includes the private use area,
/// whose characters later stages use to mark strings.
fn is_not_shown(c: char) -> bool {
    c.is_control() || doc_attrs::hides(c) || matches!(c, '\u{e000}'..='\u{f8ff}')
}
