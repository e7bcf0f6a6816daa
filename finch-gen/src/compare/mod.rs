//! compare: finds the changes between two documents, for users of the API and of the client.
//!
//! Receives two corrected documents. Guarantees every change of meaning, once, with its place
//! and the operations that it reaches, sorted. Refuses nothing: parts that cannot be compared
//! count as different. It compares two things, and the worse result decides the version:
//!
//! - *The wire*: the schemas are lowered, so that two dialects with the same meaning are
//!   equal. The parts that lowering drops are compared as well, such as error responses and
//!   webhooks. The direction of the data decides whether a change breaks: the server must
//!   still accept a request, and the client must still read a response. A change that only
//!   error responses reach is a warning at most, because the client reads them without a type.
//!   The same applies to a change that no operation reaches.
//! - *The client*: the generated interfaces of both documents are compared as a user sees
//!   them: see `client_api`.
//!
//! Two operations are the same if their methods and paths are equal, apart from the names of
//! path parameters. Two components are the same if their names are equal. The items of a new
//! or removed operation are folded under it: see `consequences`.
//!
//! # Why not drift
//!
//! drift 0.2, Oxide's comparison of OpenAPI documents, classifies few of these changes. It
//! reports changes of required properties, properties, enums and bounds, but calls each of
//! them "unhandled". It ignores null, security, servers, the style of parameters, headers and
//! webhooks, and panics if a media type was added or removed. `finch-gen/tests/compare.rs`
//! runs it on every row of its table and compares its results with ours, so that a release
//! that classifies more will be noticed.

mod annotations;
mod bodies;
mod bounds;
mod change;
mod change_set;
mod client_api;
mod client_changes;
mod components;
mod consequences;
mod objects;
mod operations;
mod parameters;
mod requirement;
mod schemas;
mod unions;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub use change::{Bump, Change, Comparison, Item, Kind, Severity, Side};

use change_set::{ChangeSet, Direction, Key, Owner, Role};
use client_changes::Client;

use crate::client_tree::ClientTree;
use crate::load::Document;
use crate::lower;
use crate::problem::Problems;

/// One revision of a document, ready to be compared.
pub struct Revision {
    /// The corrected document, with the keywords that lowering drops.
    corrected: Document,
    /// The document with lowered schemas.
    document: Document,
    client: Option<Client>,
    /// The problems for which the client is missing or incomplete.
    refused: Problems,
}

impl Revision {
    /// Prepares `corrected`, a document with its corrections, and the `client` that is
    /// generated from it.
    pub(crate) fn new(corrected: Document, client: Result<ClientTree, Problems>) -> Self {
        let (client, refused) = match client {
            Ok(client) => (Some(Client::new(&client)), client.refused),
            Err(problems) => (None, problems),
        };
        Self {
            document: lower::lower_schemas(corrected.clone()),
            corrected,
            client,
            refused,
        }
    }

    fn at(&self, pointer: &str) -> Option<Place<'_>> {
        let value = self.document.root.pointer(pointer)?;
        Some(Place::new(value, pointer.to_owned()))
    }

    /// Returns the value of `key` at `place` before lowering.
    fn before_lowering(&self, place: &Place<'_>, key: &str) -> Option<&Value> {
        self.corrected.root.pointer(&place.pointer)?.get(key)
    }

    /// Returns `place`, or the target of its reference.
    fn follow<'a>(&'a self, place: Place<'a>) -> Option<Place<'a>> {
        let Some(reference) = place.text("$ref") else {
            return Some(place);
        };
        let (pointer, value) = self.document.resolve(reference)?;
        Some(Place { value, pointer })
    }
}

/// Compares two revisions of a document.
///
/// ```
/// use finch_gen::{Severity, Text, compare, load_and_overlay_matching, revision};
///
/// let revision = |text: &str| {
///     let text = Text { name: "pets.yaml", text };
///     load_and_overlay_matching(&text, None).map(revision)
/// };
/// let old = "\
/// openapi: 3.1.0
/// info: {title: Pets, version: '1'}
/// paths: {/pets: {get: {operationId: pets, responses: {'204': {description: ''}}}}}
/// ";
/// let comparison = compare(&revision(old)?, &revision(&old.replace("get", "put"))?);
/// let breaks: Vec<String> = comparison.with_severity(Severity::Breaks).map(|c| c.to_string()).collect();
/// assert_eq!(
///     breaks,
///     ["document at /paths/~1pets/get: operation removed (pets), with 1 method"]
/// );
/// # Ok::<(), finch_gen::Problems>(())
/// ```
pub fn compare(old: &Revision, new: &Revision) -> Comparison {
    let mut comparer = Comparer::new(old, new);
    comparer.document();
    comparer.operations();
    comparer.pairs();
    let renamed = comparer.schemas();
    comparer.security_schemes();
    let mut changes = comparer.found.changes();
    if let (Some(old), Some(new)) = (&old.client, &new.client) {
        changes.extend(client_changes::compare(old, new, &renamed));
    }
    let (reach_before, reach) = (consequences::Reach::new(old), consequences::Reach::new(new));
    let mut changes = consequences::fold(changes, &reach_before, &reach);
    // The pointer of a removed item points into the old document.
    let (removed, other): (Vec<_>, Vec<_>) = changes
        .into_iter()
        .partition(|change| change.kind == Kind::Removed);
    changes = [(removed, reach_before), (other, reach)]
        .into_iter()
        .flat_map(|(mut changes, reach)| {
            reach.label(&mut changes);
            changes
        })
        .collect();
    changes.sort_by_cached_key(|change| (change.severity, rank(&change.pointer), change.clone()));
    changes.dedup();
    let mut refused = old.refused.clone();
    refused.append(new.refused.clone());
    let clients = [&old.client, &new.client].into_iter().flatten();
    Comparison {
        changes,
        methods: clients.flat_map(Client::methods).collect(),
        refused,
    }
}

/// Returns the rank of a change at `pointer` among changes of the same severity: operations
/// come first, and changes without a place last.
fn rank(pointer: &str) -> usize {
    let sections = ["/paths/", "/webhooks/", "/components/", "/"];
    let found = sections
        .iter()
        .position(|section| pointer.starts_with(section));
    found.unwrap_or(sections.len())
}

/// The severity of a change in a request, and in a response.
type Verdict = (Severity, Severity);

const NARROWED: Verdict = (Severity::Breaks, Severity::Note);
const WIDENED: Verdict = (Severity::Note, Severity::Breaks);
const OTHER: Verdict = (Severity::Breaks, Severity::Breaks);
const HARMLESS: Verdict = (Severity::Note, Severity::Note);

/// The state of a comparison.
struct Comparer<'a> {
    old: &'a Revision,
    new: &'a Revision,
    found: ChangeSet,
    /// The item that is being compared.
    owner: Owner,
    role: Role,
    /// The labels of the operations that require each security scheme.
    asking: BTreeMap<&'a str, BTreeSet<String>>,
}

impl<'a> Comparer<'a> {
    fn new(old: &'a Revision, new: &'a Revision) -> Self {
        Self {
            old,
            new,
            found: ChangeSet::default(),
            owner: Owner::Document,
            role: Role {
                direction: Direction::Request,
                is_parameter: false,
                most: Severity::Breaks,
            },
            asking: BTreeMap::new(),
        }
    }

    /// Reports a change of data in the current direction.
    fn report(&mut self, verdict: Verdict, kind: Kind, pointer: &str, what: impl Into<String>) {
        let (severity, side) = match self.role.direction {
            Direction::Request => (verdict.0, Side::Request),
            Direction::Response => (verdict.1, Side::Response),
        };
        let severity = severity.max(self.role.most);
        self.push(severity, side, kind, Item::Part, pointer, what.into());
    }

    /// Reports that an item of the document was added or removed.
    fn report_item(
        &mut self,
        item: Item,
        severity: Severity,
        kind: Kind,
        pointer: &str,
        what: String,
    ) {
        self.push(severity, Side::Document, kind, item, pointer, what);
    }

    /// Reports a change of a part without a direction.
    fn note(&mut self, severity: Severity, pointer: &str, what: impl Into<String>) {
        self.report_item(Item::Part, severity, Kind::Changed, pointer, what.into());
    }

    fn push(
        &mut self,
        severity: Severity,
        side: Side,
        kind: Kind,
        item: Item,
        pointer: &str,
        what: String,
    ) {
        let pointer = pointer.to_owned();
        let key = Key {
            pointer,
            side,
            kind,
            item,
            what,
        };
        self.found.push(&self.owner, severity, key);
    }

    /// Compares all pairs that an operation reaches.
    fn pairs(&mut self) {
        while let Some(pair) = self.found.next() {
            if let (Some(old), Some(new)) = (self.old.at(&pair.old), self.new.at(&pair.new)) {
                self.role = pair.role;
                self.owner = Owner::Pair(pair);
                self.schema(old, new);
            }
        }
    }
}

/// A value of a document with its pointer.
#[derive(Clone)]
struct Place<'a> {
    value: &'a Value,
    pointer: String,
}

impl<'a> Place<'a> {
    fn new(value: &'a Value, pointer: String) -> Self {
        Self { value, pointer }
    }

    /// Returns the value of `key`, if it exists.
    fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        Some(Self::new(value, self.join(key)))
    }

    /// Returns the pointer of `key`, which may not exist.
    fn join(&self, key: &str) -> String {
        crate::pointer::join(&self.pointer, key)
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    fn is(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// Returns the values of an object, by name.
    fn members(&self) -> BTreeMap<&'a str, Self> {
        let members = self.value.as_object().into_iter().flatten();
        members
            .map(|(key, value)| (key.as_str(), Self::new(value, self.join(key))))
            .collect()
    }

    /// Returns the values of the object at `key`, by name.
    fn members_of(&self, key: &str) -> BTreeMap<&'a str, Self> {
        let object = self.get(key);
        object.map(|object| object.members()).unwrap_or_default()
    }

    /// Returns the items of a list.
    fn items(&self) -> Vec<Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items
            .map(|(index, value)| Self::new(value, self.join(&index.to_string())))
            .collect()
    }

    /// Returns the texts in the list at `key`.
    fn texts(&self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let list = self.value.get(key).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    }
}

/// Returns a short text of `value` for a message.
fn shown(value: &Value) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Describes the change from `before` to `after`; each may be absent.
fn from_to(before: Option<&Value>, after: Option<&Value>) -> String {
    let show = |value: Option<&Value>| value.map_or("none".to_owned(), shown);
    format!("{} → {}", show(before), show(after))
}
