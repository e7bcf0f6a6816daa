//! Whether what must be an object is one: a part that is none, no later stage
//! would see.

use serde_json::{Map, Value};

use crate::doc;
use crate::load::{Document, kind};
use crate::pointer::{self, join};
use crate::problem::Problems;

/// Looks at the path items, webhooks and components.
pub(super) fn check(document: &Document, problems: &mut Problems) {
    let members = |at: &str| {
        let object = document.at(at).and_then(Value::as_object);
        object.into_iter().flat_map(Map::iter)
    };
    let components = members("/components").map(|(name, _)| join("/components", name));
    let sections = ["/paths", "/webhooks"].map(str::to_owned);
    for section in sections.into_iter().chain(components) {
        let may_be_boolean = section == "/components/schemas";
        for (name, part) in members(&section) {
            let is_right = part.is_object() || may_be_boolean && part.is_boolean();
            if !is_right && !name.starts_with("x-") && !section.contains("/x-") {
                problems.push(document.problem(
                    join(&section, name),
                    format!("expected a mapping, found {}", kind(part)),
                    "write one, or leave it out, through the overlay",
                ));
            } else if section == "/paths" && !name.starts_with("x-") {
                let what = if !name.starts_with('/') {
                    "a path begins with a slash"
                } else if !pointer::is_template(name) {
                    "the braces of a path enclose the names of its parameters, and nothing else"
                } else if name.contains(|c: char| c.is_control() || doc::hides(c)) {
                    "a path is a line of characters that are shown as they are"
                } else {
                    continue;
                };
                let remedy = "write it so through the overlay";
                problems.push(document.problem(join(&section, name), what, remedy));
            }
        }
    }
}
