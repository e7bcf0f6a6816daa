//! Moves a schema into the only conjunction that refers to it: `A: {allOf: [{$ref: B}, …]}` becomes
//! `A: {allOf: [{…}, …]}`, and `B` disappears.
//!
//! This only applies to formerly inline schemas (see `hoist`). typify merges the schemas of a
//! conjunction into one type, so `B` would become a second type, which nothing uses. A component of
//! the document, a schema with another reference, and the body of a success stay.

use std::collections::{BTreeMap, BTreeSet};

use super::type_naming::is_final;
use super::{SCHEMAS, alias, each_schema, replace, schemas_mut};
use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer;

/// Moves all such schemas.
pub(super) fn move_in(document: &mut Document, model: &ApiModel) {
    loop {
        let uses = uses(document, model);
        let only = uses.iter().filter_map(|(key, uses)| match uses.as_slice() {
            [Some(conjunct)] => Some((key, conjunct)),
            _ => None,
        });
        let only: Vec<(&String, &Conjunct)> = only.collect();
        let moved: BTreeSet<&str> = only.iter().map(|(key, _)| key.as_str()).collect();
        // A schema that moves takes the conjunctions in it along.
        let stays = |conjunct: &Conjunct| {
            let within = conjunct.component.as_deref();
            within.is_none_or(|within| !moved.contains(within))
        };
        let now: Vec<_> = only.iter().filter(|(_, of)| stays(of)).collect();
        if now.is_empty() {
            return;
        }
        for (key, conjunct) in now {
            let schema = schemas_mut(document).and_then(|schemas| schemas.shift_remove(*key));
            replace(document, &conjunct.pointer, schema.unwrap_or_default());
        }
    }
}

/// A reference in a conjunction of several schemas.
struct Conjunct {
    pointer: String,
    /// The component that it is in.
    component: Option<String>,
}

/// Returns the references to each formerly inline schema. `None` is a reference outside of a
/// conjunction.
fn uses(document: &Document, model: &ApiModel) -> BTreeMap<String, Vec<Option<Conjunct>>> {
    let mut uses: BTreeMap<String, Vec<Option<Conjunct>>> = BTreeMap::new();
    let mut conjunctions: BTreeSet<String> = BTreeSet::new();
    each_schema(document, |at, schema| {
        if alias(schema).is_some() {
            return;
        }
        for (index, conjunct) in schema.list("allOf").iter().enumerate() {
            if let Some(key) = alias(conjunct).filter(|key| !is_final(key)) {
                let at = at.pointer();
                let pointer = format!("{at}/allOf/{index}");
                conjunctions.insert(pointer.clone());
                let component = at.strip_prefix(SCHEMAS).and_then(pointer::first);
                let conjunct = Conjunct { pointer, component };
                uses.entry(key.to_owned()).or_default().push(Some(conjunct));
            }
        }
    });
    each_schema(document, |at, schema| {
        let Some(key) = alias(schema).filter(|key| !is_final(key)) else {
            return;
        };
        let at = at.pointer();
        let in_conjunct = |of: &str| conjunctions.contains(of);
        if !in_conjunct(&at) && !at.strip_suffix("/allOf/0").is_some_and(in_conjunct) {
            uses.entry(key.to_owned()).or_default().push(None);
        }
    });
    let successes = model.operations.iter().flat_map(|of| &of.successes);
    let bodies = successes.filter_map(|success| success.body.as_ref()?.component.clone());
    bodies.for_each(|key| uses.entry(key).or_default().push(None));
    uses
}
