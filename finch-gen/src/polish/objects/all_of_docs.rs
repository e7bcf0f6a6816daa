//! Every field and type has a mark, and the description of its schema.
//!
//! ```yaml
//! A: {allOf: [{$ref: '#/components/schemas/B'}, {additionalProperties: {type: string, description: More.}}]}
//! B: {required: [id], properties: {}}
//! ```
//!
//! Before, typify drops the description of `additionalProperties`, and some descriptions in an
//! `allOf`. A property without a schema has no mark:
//!
//! ```text
//! ///|/components/schemas/A|
//! pub struct A {
//!     pub id: ::serde_json::Value,
//!     #[serde(flatten)]
//!     pub extra: ::std::collections::HashMap<::std::string::String, ::std::string::String>,
//! }
//! ```
//!
//! After, a field has the description of its schema, or of the nearest schema in its `allOf`. Its
//! mark is the pointer of that schema. The type of a field has a mark, too:
//!
//! ```text
//! ///|/components/schemas/A|
//! pub struct A {
//!     /// |/components/schemas/A|
//!     pub id: ::serde_json::Value,
//!     /// More.|/components/schemas/A/allOf/1/additionalProperties|
//!     #[serde(flatten)]
//!     pub extra: ::std::collections::HashMap<::std::string::String, ::std::string::String>,
//! }
//! ```

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use syn::{Attribute, Field, Item, Type};

use crate::json::Fields as _;
use crate::load::Document;
use crate::polish::syntax::{serde_attrs, syn_query, type_index};
use crate::polish::{Context, Unsupported};
use crate::shape::is_only_null;
use crate::{doc_attrs, pointer, provenance};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
    let types = syn_query::module(file, &["types"])?;
    let mut unmarked: BTreeSet<String> = BTreeSet::new();
    for item in types.iter_mut() {
        let Some(name) = syn_query::name(item).map(ToString::to_string) else {
            continue;
        };
        let is_marked = provenance::read(syn_query::attributes(item)).is_some();
        // typify also drops the description of a component that it merges into another type.
        if let Some(attributes) = syn_query::attributes_mut(item).filter(|_| !is_marked) {
            match component(&context.shaped.document, &name) {
                Some(at) => mark(attributes, &at, false, context),
                None => drop(unmarked.insert(name)),
            }
        }
    }
    // The fields of a marked type lead to the types without marks.
    loop {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for item in types.iter_mut() {
            // Most types have marks on all their fields.
            let has_no_mark = |field: &Field| doc_attrs::is_none(&field.attrs);
            let is_whole = match item {
                Item::Struct(item) => !item.fields.iter().any(has_no_mark),
                _ => true,
            };
            if is_whole && unmarked.is_empty() {
                continue;
            }
            let Some(place) = provenance::read(syn_query::attributes(item)) else {
                continue;
            };
            let mut names = Vec::new();
            for (ty, place) in members(item, &place, context) {
                named(ty, &place, &mut names);
            }
            for (name, at) in names {
                if unmarked.remove(&name) {
                    // If the branch is unknown, take the pointer of the union.
                    let at = if_present(context.document, at);
                    found.insert(name, at.unwrap_or_else(|| place.clone()));
                }
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        for item in types.iter_mut() {
            if let Some(at) = syn_query::name(item).and_then(|name| found.get(&name.to_string()))
                && let Some(attributes) = syn_query::attributes_mut(item)
            {
                mark(attributes, at, false, context);
            }
        }
    }
}

/// Returns the source pointer of the component with the type `name`.
fn component(shaped: &Document, name: &str) -> Option<String> {
    let component = shaped.at(&pointer::join("/components/schemas", name))?;
    provenance::first_mark(component.text("description")?)
}

/// Marks the fields of `item`, and returns their types with their source pointers. `place` is the
/// source pointer of `item`.
fn members<'a>(item: &'a mut Item, place: &str, context: &Context<'_>) -> Vec<(&'a Type, String)> {
    // A tuple field and a variant have the pointer of their type.
    match item {
        Item::Struct(item) => {
            let fields = item.fields.iter_mut().map(|field| {
                let place = match &field.ident {
                    None => place.to_owned(),
                    Some(_) => mark_field(field, place, context),
                };
                (&field.ty, place)
            });
            fields.collect()
        }
        Item::Enum(item) => {
            let fields = item.variants.iter().flat_map(|variant| &variant.fields);
            fields.map(|field| (&field.ty, place.to_owned())).collect()
        }
        _ => Vec::new(),
    }
}

/// Marks a field of the type from `place`, and returns the source pointer of the field.
fn mark_field(field: &mut Field, place: &str, context: &Context<'_>) -> String {
    if let Some(marked) = provenance::read(&field.attrs) {
        return marked;
    }
    let document = context.document;
    let within = match serde_attrs::is_flat(&field.attrs) {
        true => "/additionalProperties".to_owned(),
        false => pointer::join("/properties", &serde_attrs::json_name(field)),
    };
    let at = nearest(document, place, |at| {
        if_present(document, format!("{at}{within}"))
    });
    // The pointer of the whole belongs to a required property without a schema, and to the other
    // properties of a schema without `additionalProperties`.
    let at = at.unwrap_or_else(|| place.to_owned());
    mark(&mut field.attrs, &at, at == place, context);
    at
}

/// Adds the mark `at` and the description of the schema there to `attributes`. A field that only
/// has the pointer of its type does not get the description.
fn mark(attributes: &mut Vec<Attribute>, at: &str, is_whole: bool, context: &Context<'_>) {
    let schema = context.document.at(at).filter(|_| !is_whole);
    let description = schema.and_then(|schema| schema.text("description"));
    let text = provenance::with_mark(description.unwrap_or_default(), at);
    doc_attrs::set(attributes, &text);
}

/// Adds the names of `ty` and of its elements to `names`, with their pointers. `within` is the
/// pointer of `ty`.
fn named(ty: &Type, within: &str, names: &mut Vec<(String, String)>) {
    let optional = syn_query::argument_of(ty, "Option");
    if let Some(name) = syn_query::last_ident(optional.unwrap_or(ty)) {
        names.push((name.to_string(), within.to_owned()));
    }
    for keyword in type_index::ELEMENTS {
        if let Some(element) = type_index::within(ty, &format!("/{keyword}")) {
            named(&element, &pointer::join(within, keyword), names);
        }
    }
}

/// Returns `at`, if the document has a value there.
fn if_present(document: &Document, at: String) -> Option<String> {
    document.at(&at).is_some().then_some(at)
}

/// Returns the first result of `find` for the schema at `at` and the schemas in its `allOf`, the
/// inline ones before the referenced ones.
fn nearest(document: &Document, at: &str, find: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![document.followed(at)];
    while !next.is_empty() {
        let mut referred = Vec::new();
        let mut inline = VecDeque::from(next);
        while let Some(at) = inline.pop_front() {
            if let Some(found) = find(&at) {
                return Some(found);
            }
            let Some(schema) = document.at(&at) else {
                continue;
            };
            let conjuncts = schema.list("allOf").iter().enumerate();
            let conjuncts = conjuncts.map(|(index, of)| (format!("{at}/allOf/{index}"), of));
            // All except null.
            let only = match schema.list("anyOf") {
                [only, null] if is_only_null(null) => Some(only),
                _ => None,
            };
            let only = only.map(|only| (format!("{at}/anyOf/0"), only));
            for (at, part) in conjuncts.chain(only) {
                match part.get("$ref") {
                    None => inline.push_back(at),
                    Some(_) => referred.push(document.followed(&at)),
                }
            }
        }
        referred.retain(|at| seen.insert(at.clone()));
        next = referred;
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::polish::tests::{check_items, exchange};

    #[test]
    fn own_docs_override_the_docs_of_the_base() {
        let tree = exchange(
            "
Base: {required: [action], properties: {action: {type: string, description: Of the base.}}}
A:
  allOf: [{$ref: '#/components/schemas/Base'}]
  required: [id]
  properties: {action: {enum: [go], description: What to do., deprecated: true}}
B: {}
",
        );
        check_items(
            &tree,
            r#"
/// From `/components/schemas/A`.
#[non_exhaustive]
pub struct A {
    /// What to do.
    #[deprecated(note = "What to do.")]
    pub action: AAction,
    /// `id`
    pub id: ::serde_json::Value,
}
"#,
        );
    }
}
