//! Compares two generated clients as their users see them: methods with their setters, types with
//! their fields and traits, constants, idempotency, and the base URL.
//!
//! An item that is gone or has another type breaks, and a new item is a note. A new field or
//! variant breaks only if the type is not `#[non_exhaustive]`. A change of the base URL or of
//! idempotency is a warning.
//!
//! An old type corresponds to the new type with the same name, or else to the new type from the
//! same place, even if the component there was renamed. A renamed type is reported once.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Item, Kind, Severity, Side};
use super::client_api::{Interface, Method, Type};
use super::operations::without_names;
use crate::api_model::Operation;
use crate::client_tree::ClientTree;
use crate::rust_text::replace_words;
use crate::shape::Constants;

/// The parts of a client that are compared.
pub(super) struct Client {
    interface: Interface,
    constants: Constants,
    operations: Vec<Operation>,
    server: Option<String>,
}

impl Client {
    pub(super) fn new(tree: &ClientTree) -> Self {
        Self {
            interface: Interface::new(tree),
            constants: tree.constants.clone(),
            operations: tree.model.operations.clone(),
            server: tree.model.server.clone(),
        }
    }

    /// Returns the label of each operation, and the name of its method.
    pub(super) fn methods(&self) -> impl Iterator<Item = (String, String)> {
        self.operations.iter().map(|operation| {
            let label = match operation.id.as_str() {
                "" => format!("{} {}", operation.method, operation.path),
                id => id.to_owned(),
            };
            (label, operation.rust_name.clone())
        })
    }
}

/// Compares two clients. `renamed` maps the old pointers of renamed components to the new
/// ones.
pub(super) fn compare(
    old: &Client,
    new: &Client,
    renamed: &BTreeMap<String, String>,
) -> Vec<Change> {
    let mut comparison = ClientComparison::default();
    let (mut before, after) = (old.interface.clone(), &new.interface);
    comparison.rename(&mut before, after, renamed);
    comparison.methods(before.methods, after.methods.clone(), &identities(old, new));
    comparison.types(before.types, after.types.clone());
    comparison.constants(old, new);
    comparison.idempotency(old, new);
    if old.server != new.server {
        let name = |of: &Option<String>| of.clone().unwrap_or("none".to_owned());
        let what = format!(
            "`DEFAULT_BASE_URL`: {} → {}",
            name(&old.server),
            name(&new.server)
        );
        comparison.push(Severity::Warning, Kind::Changed, "/servers", what);
    }
    comparison.changes
}

/// Returns the new pointers of the operations by their old pointers. The names of path
/// parameters may differ.
fn identities(old: &Client, new: &Client) -> BTreeMap<String, String> {
    let identity =
        |operation: &Operation| (without_names(&operation.path), operation.method.clone());
    let now: BTreeMap<_, _> = new
        .operations
        .iter()
        .map(|operation| (identity(operation), &operation.pointer))
        .collect();
    let same = old.operations.iter().filter_map(|operation| {
        let now = now.get(&identity(operation))?;
        Some((operation.pointer.clone(), (*now).clone()))
    });
    same.collect()
}

#[derive(Default)]
struct ClientComparison {
    changes: Vec<Change>,
    /// The new names of renamed types, by their old names.
    names: BTreeMap<String, String>,
}

impl ClientComparison {
    fn push(&mut self, severity: Severity, kind: Kind, pointer: &str, what: String) {
        self.push_item(Item::Part, severity, kind, pointer, what);
    }

    /// Reports a breaking change.
    fn breaks(&mut self, kind: Kind, pointer: &str, what: String) {
        self.push(Severity::Breaks, kind, pointer, what);
    }

    fn push_item(
        &mut self,
        item: Item,
        severity: Severity,
        kind: Kind,
        pointer: &str,
        what: String,
    ) {
        self.changes.push(Change {
            severity,
            pointer: pointer.to_owned(),
            side: Side::Client,
            kind,
            item,
            what,
            operations: Vec::new(),
            brings: Vec::new(),
        });
    }

    /// Finds the types that were renamed, and renames them in `old`.
    fn rename(&mut self, old: &mut Interface, new: &Interface, renamed: &BTreeMap<String, String>) {
        let names = |of: &Interface| of.types.keys().cloned().collect::<BTreeSet<String>>();
        let (before, after) = (names(old), names(new));
        let mut free = &after - &before;
        for name in &before - &after {
            let Some(pointer) = &old.types[&name].pointer else {
                continue;
            };
            let pointer = renamed.get(pointer).unwrap_or(pointer);
            let is_there = |name: &&String| new.types[*name].pointer.as_ref() == Some(pointer);
            if let Some(now) = free.iter().find(is_there).cloned() {
                free.remove(&now);
                self.names.insert(name, now);
            }
        }
        for (before, after) in self.names.clone() {
            let pointer = new.types[&after].pointer.clone().unwrap_or_default();
            let what = format!("`types::{before}` is now `types::{after}`");
            self.breaks(Kind::Changed, &pointer, what);
            if let Some(of) = old.types.remove(&before) {
                old.types.insert(after, of);
            }
        }
    }

    /// Replaces the names of renamed types in `text`, which is Rust code.
    fn renamed(&self, text: &str) -> String {
        if self.names.is_empty() {
            return text.to_owned();
        }
        let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
        replace_words(text, is_of_name, |word| {
            self.names.get(word).map_or(word, String::as_str)
        })
    }

    fn methods(
        &mut self,
        old: BTreeMap<String, Method>,
        mut new: BTreeMap<String, Method>,
        identities: &BTreeMap<String, String>,
    ) {
        for (pointer, before) in old {
            let now = identities.get(&pointer).unwrap_or(&pointer);
            let Some(after) = new.remove(now) else {
                let what = format!("the method `{}` is gone", before.name);
                let (severity, kind) = (Severity::Breaks, Kind::Removed);
                self.push_item(Item::Method, severity, kind, &pointer, what);
                continue;
            };
            let pointer = now;
            let name = &after.name;
            if before.name != *name {
                let what = format!("the method `{}` is now `{name}`", before.name);
                self.breaks(Kind::Changed, pointer, what);
            }
            if !before.is_deprecated && after.is_deprecated {
                let what =
                    format!("the method `{name}` is deprecated, which is a compiler warning");
                self.push(Severity::Note, Kind::Changed, pointer, what);
            }
            for (part, before, after) in [
                ("the arguments of `", &before.takes, &after.takes),
                ("the value of `", &before.gives, &after.gives),
                (
                    "the return type of `send()` for `",
                    &before.returns,
                    &after.returns,
                ),
            ] {
                let before = self.renamed(before);
                if before != *after {
                    let what = format!("{part}{name}`: `{before}` → `{after}`");
                    self.breaks(Kind::Changed, pointer, what);
                }
            }
            self.setters(pointer, name, before.setters, after.setters);
            self.functions(pointer, name, before.functions, after.functions);
        }
        for (pointer, after) in new {
            let what = format!("the method `{}` is new", after.name);
            self.push_item(Item::Method, Severity::Note, Kind::Added, &pointer, what);
        }
    }

    fn setters(
        &mut self,
        pointer: &str,
        name: &str,
        mut old: BTreeMap<String, String>,
        mut new: BTreeMap<String, String>,
    ) {
        // A change to the setter of a value also changes its `maybe_` setter.
        let changed: BTreeSet<String> = old
            .keys()
            .chain(new.keys())
            .filter(|setter| {
                old.get(*setter).map(|ty| self.renamed(ty)) != new.get(*setter).cloned()
            })
            .cloned()
            .collect();
        let follows = |setter: &String| {
            let of_value = setter.strip_prefix("maybe_");
            of_value.is_some_and(|of_value| changed.contains(of_value))
        };
        old.retain(|setter, _| !follows(setter));
        new.retain(|setter, _| !follows(setter));
        self.signatures(
            pointer,
            old,
            new,
            |setter| format!("the setter `{name}().{setter}`"),
            |setter| format!("the argument of `{name}().{setter}`"),
        );
    }

    fn functions(
        &mut self,
        pointer: &str,
        name: &str,
        old: BTreeMap<String, String>,
        new: BTreeMap<String, String>,
    ) {
        self.signatures(
            pointer,
            old,
            new,
            |function| format!("the function `{name}().{function}`"),
            |function| format!("`{name}().{function}`"),
        );
    }

    /// Compares the signatures of setters or functions. `thing` names one in messages, and
    /// `signature` names its signature.
    fn signatures(
        &mut self,
        pointer: &str,
        old: BTreeMap<String, String>,
        mut new: BTreeMap<String, String>,
        thing: impl Fn(&str) -> String,
        signature: impl Fn(&str) -> String,
    ) {
        self.gone_or_changed(pointer, old, &mut new, &thing, signature);
        for name in new.keys() {
            let what = format!("{} is new", thing(name));
            self.push(Severity::Note, Kind::Added, pointer, what);
        }
    }

    /// Reports the parts that are only in `old`, and those with another type or signature. Leaves
    /// the parts that are only in `new` there.
    fn gone_or_changed(
        &mut self,
        pointer: &str,
        old: BTreeMap<String, String>,
        new: &mut BTreeMap<String, String>,
        thing: impl Fn(&str) -> String,
        signature: impl Fn(&str) -> String,
    ) {
        for (name, before) in old {
            let before = self.renamed(&before);
            match new.remove(&name) {
                None => {
                    let what = format!("{} is gone", thing(&name));
                    self.breaks(Kind::Removed, pointer, what);
                }
                Some(after) if after != before => {
                    let what = format!("{}: `{before}` → `{after}`", signature(&name));
                    self.breaks(Kind::Changed, pointer, what);
                }
                Some(_) => {}
            }
        }
    }

    fn types(&mut self, old: BTreeMap<String, Type>, mut new: BTreeMap<String, Type>) {
        for (name, before) in old {
            match new.remove(&name) {
                Some(after) => self.of_type(&name, before, after),
                None => {
                    let pointer = before.pointer.unwrap_or_default();
                    let what = format!("`types::{name}` is gone");
                    let (severity, kind) = (Severity::Breaks, Kind::Removed);
                    self.push_item(Item::Type, severity, kind, &pointer, what);
                }
            }
        }
        for (name, after) in new {
            let what = format!("`types::{name}` is new");
            let at = &after.pointer.unwrap_or_default();
            self.push_item(Item::Type, Severity::Note, Kind::Added, at, what);
        }
    }

    fn of_type(&mut self, name: &str, before: Type, after: Type) {
        let pointer = &after.pointer.unwrap_or_default();
        if before.kind != after.kind {
            let what = format!("`types::{name}`: `{}` → `{}`", before.kind, after.kind);
            return self.breaks(Kind::Changed, pointer, what);
        }
        if !before.is_deprecated && after.is_deprecated {
            let what = format!("`types::{name}` is deprecated, which is a compiler warning");
            self.push(Severity::Note, Kind::Changed, pointer, what);
        }
        let path = |member: &str| match member {
            "" => format!("`types::{name}`"),
            member => format!("`types::{name}::{member}`"),
        };
        let mut members = after.members;
        self.gone_or_changed(pointer, before.members, &mut members, path, path);
        for member in members.into_keys() {
            let is_harmless = before.is_open || member.ends_with("()");
            let (severity, change) = if is_harmless {
                (Severity::Note, "is new")
            } else {
                (
                    Severity::Breaks,
                    "is new, and code that lists every field or variant must add it",
                )
            };
            let what = format!("{} {change}", path(&member));
            self.push(severity, Kind::Added, pointer, what);
        }
        if !before.is_open && after.is_open {
            let what = format!("`types::{name}` is `#[non_exhaustive]`");
            self.breaks(Kind::Changed, pointer, what);
        }
        for missing in before.traits {
            let missing = self.renamed(&missing);
            if !after.traits.contains(&missing) {
                let what = format!("`types::{name}` no longer implements `{missing}`");
                self.breaks(Kind::Removed, pointer, what);
            }
        }
    }

    /// Reports the properties that the builders of requests no longer set.
    fn constants(&mut self, old: &Client, new: &Client) {
        for (of, property) in old.constants.keys() {
            let of = self.names.get(of).unwrap_or(of).clone();
            let Some(ty) = new.interface.types.get(&of) else {
                continue;
            };
            let is_set = new.constants.contains_key(&(of.clone(), property.clone()));
            if !is_set && ty.members.contains_key("builder()") {
                let pointer = ty.pointer.clone().unwrap_or_default();
                let what = format!("`{of}Builder` no longer sets `{property}` itself");
                self.breaks(Kind::Changed, &pointer, what);
            }
        }
    }

    fn idempotency(&mut self, old: &Client, new: &Client) {
        for after in &new.operations {
            let same = |before: &&Operation| before.pointer == after.pointer;
            let Some(before) = old.operations.iter().find(same) else {
                continue;
            };
            if before.idempotent != after.idempotent {
                let is = if after.idempotent { "may be" } else { "is not" };
                let what = format!("`{}` {is} retried automatically", after.rust_name);
                self.push(Severity::Warning, Kind::Changed, &after.pointer, what);
            }
        }
    }
}
