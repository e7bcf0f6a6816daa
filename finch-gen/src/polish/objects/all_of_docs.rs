//! Every field and type has a mark, and the description of its schema.
//!
//! ```yaml
//! A: {allOf: [{required: [id]}, {additionalProperties: {type: string, description: More.}}]}
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
//!     /// More.|/components/schemas/A/allOf/0/additionalProperties|
//!     #[serde(flatten)]
//!     pub extra: ::std::collections::HashMap<::std::string::String, ::std::string::String>,
//! }
//! ```

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use syn::ext::IdentExt as _;
use syn::{Attribute, Field, Item, Type};

use crate::load::Document;
use crate::polish::Context;
use crate::polish::syntax::{serde_attrs, syn_query, type_index};
use crate::shape::only_null;
use crate::{doc_attrs, pointer, provenance};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let types = syn_query::module(file, &["types"])?;
    let unmarked = types.iter().filter(|item| {
        let attributes = syn_query::attributes(item);
        provenance::read(attributes).is_none()
    });
    let names = unmarked.filter_map(|item| syn_query::name(item).map(ToString::to_string));
    let mut unmarked: BTreeSet<String> = names.collect();
    // typify also drops the description of a component that it merges into another type.
    for item in types.iter_mut() {
        if let Some(name) = syn_query::name(item).map(ToString::to_string)
            && unmarked.contains(&name)
            && let Some(at) = component(&context.shaped.document, &name)
            && let Some(attributes) = syn_query::attributes_mut(item)
        {
            mark(attributes, &at, false, context);
            unmarked.remove(&name);
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
                    let at = there(context.document, at);
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
    let description = component.get("description")?.as_str()?;
    provenance::first_mark(description)
}

/// Marks the fields of `item`, and returns their types with their source pointers. `place` is the
/// source pointer of `item`.
fn members<'a>(item: &'a mut Item, place: &str, context: &Context<'_>) -> Vec<(&'a Type, String)> {
    // A tuple field and a variant have the pointer of their type.
    match item {
        Item::Struct(item) => {
            let fields = item.fields.iter_mut().filter_map(|field| {
                let place = match &field.ident {
                    None => place.to_owned(),
                    Some(_) => mark_field(field, place, context)?,
                };
                Some((&field.ty, place))
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
fn mark_field(field: &mut Field, place: &str, context: &Context<'_>) -> Option<String> {
    let marked = provenance::read(&field.attrs);
    if marked.is_some() {
        return marked;
    }
    let document = context.document;
    let at = if serde_attrs::is_flat(&field.attrs) {
        // Without `additionalProperties`, the schema itself allows them.
        let others = |at: &str| there(document, pointer::join(at, "additionalProperties"));
        nearest(document, place, others).unwrap_or_else(|| place.to_owned())
    } else {
        // A required property without a schema has the pointer of the whole.
        let found = find(document, place, &name(field)?);
        found.unwrap_or_else(|| place.to_owned())
    };
    mark(&mut field.attrs, &at, at == place, context);
    Some(at)
}

/// Adds the mark `at` and the description of the schema there to `attributes`. A field that only
/// has the pointer of its type does not get the description.
fn mark(attributes: &mut Vec<Attribute>, at: &str, is_whole: bool, context: &Context<'_>) {
    let schema = context.document.at(at).filter(|_| !is_whole);
    let description = schema.and_then(|schema| schema.get("description")?.as_str());
    let text = provenance::with_mark(description.unwrap_or_default(), at);
    doc_attrs::set(attributes, &text);
}

/// Adds the names of `ty` and of its elements to `names`, with their pointers. `within` is the
/// pointer of `ty`.
fn named(ty: &Type, within: &str, names: &mut Vec<(String, String)>) {
    let optional = syn_query::arguments_of(ty, "Option").and_then(|of| of.first().copied());
    if let Some(name) = syn_query::last_ident(optional.unwrap_or(ty)) {
        names.push((name.to_string(), within.to_owned()));
    }
    for keyword in type_index::ELEMENTS {
        if let Some(element) = type_index::within(ty, &format!("/{keyword}")) {
            named(&element, &pointer::join(within, keyword), names);
        }
    }
}

/// Returns the JSON name of `field`.
fn name(field: &Field) -> Option<String> {
    let renamed = field.attrs.iter().find_map(serde_attrs::renamed);
    renamed.or_else(|| Some(field.ident.as_ref()?.unraw().to_string()))
}

/// Returns the pointer of the property `name` of the schema at `at`, or of the nearest schema in
/// its `allOf`.
fn find(document: &Document, at: &str, name: &str) -> Option<String> {
    let property = |at: &str| there(document, pointer::join(&format!("{at}/properties"), name));
    nearest(document, at, property)
}

/// Returns `at`, if the document has a value there.
fn there(document: &Document, at: String) -> Option<String> {
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
            let conjuncts = document.at(&at).and_then(|of| of.get("allOf")?.as_array());
            let conjuncts = conjuncts.into_iter().flatten().enumerate();
            let conjuncts = conjuncts.map(|(index, of)| (format!("{at}/allOf/{index}"), of));
            // All except null.
            let union = document.at(&at).and_then(|of| of.get("anyOf")?.as_array());
            let only = match union.map(Vec::as_slice) {
                Some([only, null]) if *null == only_null() => Some(only),
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
