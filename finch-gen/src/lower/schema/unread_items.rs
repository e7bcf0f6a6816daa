//! Reports the schemas of single items, in `prefixItems` or `contains`, that another schema of the
//! same array hides.
//!
//! A tuple that allows further items lowers to an array of any items, and `contains` to a minimum
//! length. If a conjunction has such a tuple and a schema for all items, the client reads each item
//! by the latter, and drops the properties that only the tuple names:
//!
//! ```yaml
//! allOf:
//!   - prefixItems: [{properties: {first: {}}}] # dropped
//!   - items: {properties: {each: {}}}
//! ```

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::lowered_schema::Form;
use super::source_marks::{UNREAD_ITEMS, unmarked};
use crate::json::Fields as _;
use crate::load::Document;
use crate::memo::Memo;
use crate::report::Report;
use crate::walk::{self, Kind};

/// The keywords that apply several schemas to one value.
const IN_PLACE: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Marks `form`, an array, as one that does not show the schemas `items` of the keyword at `at`.
/// Returns whether one of them may name properties.
pub(super) fn mark(form: &mut Form, keyword: &str, items: &[Form], at: &str) -> bool {
    let may_name = ["$ref", "properties", "additionalProperties", "items"];
    let may_name = |item: &&Form| item.schema.has_any(&may_name) || item.schema.has_any(&IN_PLACE);
    let items = items.iter().filter(may_name);
    let items: Vec<Value> = items.map(|item| item.clone().value()).collect();
    if items.is_empty() || form.is_anything() {
        return false;
    }
    let unread = json!({"at": at, "keyword": keyword, "items": items});
    let marked = form.schema.entry(UNREAD_ITEMS).or_insert(json!([]));
    marked
        .as_array_mut()
        .into_iter()
        .for_each(|all| all.push(unread.clone()));
    true
}

/// Adds a note for each marked schema of single items that a conjunction in `lowered` hides.
pub(super) fn note(lowered: &Document, report: &mut Report) {
    let mut arrays = Arrays {
        document: lowered,
        components: HashMap::new(),
        nameless: Memo::default(),
        hidden: BTreeSet::new(),
    };
    walk::for_each(&lowered.root, |at, kind, schema| {
        let is_conjunct = at.is_item() && at.parent_name().is_some_and(|it| IN_PLACE.contains(&it));
        if kind == Kind::Schema && !is_conjunct {
            arrays.find(schema);
        }
    });
    for (at, keyword) in arrays.hidden {
        let what = format!(
            "`{keyword}` next to a schema for all items → not read; the properties that only \
             `{keyword}` names are dropped"
        );
        report.warn("unread-items", at, what);
    }
}

/// How the schemas that apply to one array describe its items.
#[derive(Clone, Default)]
struct Items<'a> {
    /// The marks of the schemas for single items.
    unread: Vec<&'a Value>,
    /// The schemas for all items that name properties.
    read: Vec<&'a Value>,
}

struct Arrays<'a> {
    document: &'a Document,
    /// The items of the components, by the references to them.
    components: HashMap<&'a str, Items<'a>>,
    /// Whether the targets of references name no properties.
    nameless: Memo<'a>,
    /// The pointers and keywords of the schemas that are hidden.
    hidden: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Arrays<'a> {
    /// Returns the items of the arrays of `schema`. Finds what its conjunctions hide.
    fn find(&mut self, schema: &'a Value) -> Items<'a> {
        if let Some(reference) = schema.text("$ref") {
            if let Some(known) = self.components.get(reference) {
                return known.clone();
            }
            // A conjunction that contains itself has no items.
            self.components.insert(reference, Items::default());
            let target = self.document.follow(schema);
            let items = target.map(|target| self.find(target)).unwrap_or_default();
            self.components.insert(reference, items.clone());
            return items;
        }
        let own = schema.get("items");
        let mut whole = Items {
            unread: schema.list(UNREAD_ITEMS).iter().collect(),
            read: own
                .filter(|of| !names_none(self.document, of, &mut self.nameless))
                .into_iter()
                .collect(),
        };
        self.hide(&whole.unread, &whole.read);
        for conjunct in schema.list("allOf") {
            let conjunct = self.find(conjunct);
            self.conjoin(&mut whole, conjunct);
        }
        for keyword in ["anyOf", "oneOf"] {
            let mut union = Items::default();
            for branch in schema.list(keyword) {
                let branch = self.find(branch);
                union.unread.extend(branch.unread);
                union.read.extend(branch.read);
            }
            self.conjoin(&mut whole, union);
        }
        whole
    }

    fn conjoin(&mut self, whole: &mut Items<'a>, other: Items<'a>) {
        self.hide(&whole.unread, &other.read);
        self.hide(&other.unread, &whole.read);
        whole.unread.extend(other.unread);
        whole.read.extend(other.read);
    }

    /// Records the schemas in the marks `unread` that differ from the schemas `read` for all items.
    fn hide(&mut self, unread: &[&'a Value], read: &[&'a Value]) {
        if read.is_empty() {
            return;
        }
        let fields = |schema: &Value| unmarked(schema.object().unwrap_or(&Map::new()));
        let read: Vec<Map<String, Value>> = read.iter().map(|of| fields(of)).collect();
        let Self {
            document, nameless, ..
        } = self;
        for mark in unread {
            let mut is_hidden = |item: &'a Value| {
                !read.contains(&fields(item)) && !names_none(document, item, nameless)
            };
            if mark.list("items").iter().any(&mut is_hidden)
                && let (Some(at), Some(keyword)) = (mark.text("at"), mark.text("keyword"))
            {
                self.hidden.insert((at, keyword));
            }
        }
    }
}

/// Whether no object within `schema` names properties.
fn names_none<'a>(document: &'a Document, schema: &'a Value, memo: &mut Memo<'a>) -> bool {
    if let Some(reference) = schema.text("$ref") {
        let target = document.follow(schema);
        return target.is_none_or(|target| {
            memo.answer(reference, |memo| names_none(document, target, memo))
        });
    }
    let properties = schema.field("properties").object();
    let lists = IN_PLACE.iter().flat_map(|keyword| schema.list(keyword));
    let within = ["items", "additionalProperties"];
    let within = within.iter().filter_map(|keyword| schema.get(keyword));
    properties.is_none_or(Map::is_empty)
        && lists
            .chain(within)
            .all(|schema| names_none(document, schema, memo))
}
