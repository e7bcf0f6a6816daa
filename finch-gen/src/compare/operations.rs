//! Compares operations and webhooks, and the fields that describe the API as a whole, such as
//! `info`.
//!
//! Two operations correspond if their methods and paths are equal, apart from parameter names:
//! `GET /pets/{id}` corresponds to `GET /pets/{name}`. A removed operation breaks, and a new one is
//! a note. Other credentials, servers and callbacks are warnings. In a webhook, the request body is
//! data that the client receives, so the directions are reversed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::change_set::{Direction, Owner};
use super::{Comparer, Item, Kind, Place, Revision, Severity, from_to};
use crate::reachability::METHODS;

/// An operation of a document.
pub(super) struct Operation<'a> {
    pub(super) label: String,
    pub(super) path: &'a str,
    pub(super) place: Place<'a>,
    /// The path item of the operation.
    pub(super) item: Place<'a>,
}

/// The identity of an operation: the method, and the path without parameter names.
type Identity = (String, String);

/// Returns the operations in these sections of a document.
pub(super) fn operations<'a>(
    revision: &'a Revision,
    sections: &[&str],
) -> BTreeMap<Identity, Operation<'a>> {
    let mut found = BTreeMap::new();
    let places = sections
        .iter()
        .filter_map(|section| revision.at(&format!("/{section}")));
    for (path, item) in places.flat_map(|section| section.members()) {
        for (method, place) in item.members() {
            if !METHODS.contains(&method) {
                continue;
            }
            let label = match place.text("operationId") {
                Some(id) => id.to_owned(),
                None if path.starts_with('/') => format!("{} {path}", method.to_ascii_uppercase()),
                None => path.to_owned(),
            };
            let operation = Operation {
                label,
                path,
                place,
                item: item.clone(),
            };
            found.insert((without_names(path), method.to_owned()), operation);
        }
    }
    found
}

/// Removes the names of the parameters in `path`, which are not sent.
pub(super) fn without_names(path: &str) -> String {
    let mut parts = path.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push('{');
        text.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    text
}

impl<'a> Comparer<'a> {
    pub(super) fn operations(&mut self) {
        self.section("paths", "operation", Direction::Request);
        self.section("webhooks", "webhook", Direction::Response);
        self.owner = Owner::Document;
    }

    /// Compares the operations in `section`. Their request bodies go in `direction`.
    fn section(&mut self, section: &str, thing: &str, direction: Direction) {
        let mut old = operations(self.old, &[section]);
        for (identity, after) in operations(self.new, &[section]) {
            self.owner = Owner::Operation(after.label.clone());
            match old.remove(&identity) {
                Some(before) => self.operation(&before, &after, direction),
                None => {
                    let what = format!("{thing} added");
                    let at = &after.place.pointer;
                    self.report_item(Item::Operation, Severity::Note, Kind::Added, at, what);
                }
            }
        }
        for before in old.into_values() {
            self.owner = Owner::Operation(before.label);
            let what = format!("{thing} removed");
            let at = &before.place.pointer;
            self.report_item(Item::Operation, Severity::Breaks, Kind::Removed, at, what);
        }
    }

    /// Compares two operations. Their request bodies go in `direction`.
    fn operation(&mut self, before: &Operation<'a>, after: &Operation<'a>, direction: Direction) {
        let (old, new) = (&before.place, &after.place);
        self.annotations(Some(old), Some(new));
        self.noted(
            old,
            new,
            &["operationId", "tags", "summary", "externalDocs"],
        );
        if old.value.get("callbacks") != new.value.get("callbacks") {
            let what = "the callbacks changed, but the client ignores them";
            self.note(Severity::Warning, &new.join("callbacks"), what);
        }
        if direction == Direction::Request {
            self.security(before, after);
            self.servers(before, after);
        }
        self.parameters(before, after, direction);
        self.request_body(old, new, direction);
        self.responses(old, new, direction.reversed());
    }

    /// Notes changes of fields that do not describe the data.
    pub(super) fn noted(&mut self, old: &Place<'a>, new: &Place<'a>, keys: &[&str]) {
        for key in keys {
            let (before, after) = (old.value.get(key), new.value.get(key));
            if before != after {
                let what = format!("`{key}`: {}", from_to(before, after));
                self.note(Severity::Note, &new.join(key), what);
            }
        }
    }

    fn security(&mut self, before: &Operation<'a>, after: &Operation<'a>) {
        let (before, _) = inherited(self.old, before, "security");
        let (after, at) = inherited(self.new, after, "security");
        let names = after.and_then(Value::as_array).into_iter().flatten();
        for name in names.filter_map(Value::as_object).flat_map(Map::keys) {
            if let Owner::Operation(label) = &self.owner {
                self.asking.entry(name).or_default().insert(label.clone());
            }
        }
        let set = |of: Option<&Value>| -> BTreeSet<String> {
            let alternatives = of.and_then(Value::as_array).into_iter().flatten();
            alternatives.map(ToString::to_string).collect()
        };
        if set(before) != set(after) {
            let what = format!("the required credentials: {}", from_to(before, after));
            self.note(Severity::Warning, &at, what);
        }
    }

    fn servers(&mut self, before: &Operation<'a>, after: &Operation<'a>) {
        let (before, _) = inherited(self.old, before, "servers");
        let (after, at) = inherited(self.new, after, "servers");
        let urls = |of: Option<&Value>| -> Vec<Value> {
            let servers = of.and_then(Value::as_array).into_iter().flatten();
            servers
                .filter_map(|server| server.get("url").cloned())
                .collect()
        };
        let (before, after) = (urls(before), urls(after));
        if before != after {
            let what = from_to(Some(&before.into()), Some(&after.into()));
            self.note(Severity::Warning, &at, format!("the servers: {what}"));
        }
    }

    /// Compares the fields of the document that describe the API as a whole.
    pub(super) fn document(&mut self) {
        for (pointer, keys) in [
            ("/info", &["title", "version", "description"][..]),
            ("", &["tags", "externalDocs"]),
        ] {
            if let (Some(old), Some(new)) = (self.old.at(pointer), self.new.at(pointer)) {
                self.noted(&old, &new, keys);
            }
        }
    }
}

/// Returns the value of `key` for `operation` and its pointer: from the operation, its path
/// item or the document.
fn inherited<'a>(
    revision: &'a Revision,
    operation: &Operation<'a>,
    key: &str,
) -> (Option<&'a Value>, String) {
    let own = operation.place.get(key);
    let inherited = own.or_else(|| match key {
        "servers" => operation.item.get(key),
        _ => None,
    });
    match inherited {
        Some(inherited) => (Some(inherited.value), inherited.pointer),
        None => (revision.document.root.get(key), format!("/{key}")),
    }
}
