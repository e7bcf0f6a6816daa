//! A member that several schemas of a conjunction have is described as any other.
//!
//! Before, of such a member nothing is said, as typify merges all that the schemas
//! say of its values, and keeps none of their descriptions; and of the type that it
//! makes of them, neither:
//!
//! ```text
//! pub action: UpdateAction,
//! ```
//!
//! After, the field says what the schema itself says of it, or else the nearest that
//! it is a conjunction of, and is marked with that place; and so is the type:
//!
//! ```text
//! /// What is done.|/components/schemas/Update/properties/action|
//! pub action: UpdateAction,
//! ```

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use syn::ext::IdentExt as _;
use syn::{Attribute, Field, Item, Type};

use super::{Context, places, said, tree};
use crate::load::Document;
use crate::{doc, pointer, provenance};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let types = tree::module(file, &["types"])?;
    let unmarked = types.iter().filter(|item| {
        let attributes = tree::attributes(item);
        provenance::read(attributes).is_none()
    });
    let names = unmarked.filter_map(|item| tree::name(item).map(ToString::to_string));
    let mut unmarked: BTreeSet<String> = names.collect();
    // A type that is marked has members that lead to others.
    loop {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for item in types.iter_mut() {
            let Item::Struct(item) = item else { continue };
            let Some(place) = provenance::read(&item.attrs) else {
                continue;
            };
            for field in &mut item.fields {
                mark_field(field, &place, context);
                if !unmarked.is_empty()
                    && let Some(place) = provenance::read(&field.attrs)
                {
                    for (name, at) in held(&field.ty, &place) {
                        if context.document.at(&at).is_some() && unmarked.remove(&name) {
                            found.insert(name, at);
                        }
                    }
                }
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        for item in types.iter_mut() {
            let at = tree::name(item).and_then(|name| found.get(&name.to_string()));
            if let (
                Some(at),
                Item::Struct(syn::ItemStruct { attrs, .. })
                | Item::Enum(syn::ItemEnum { attrs, .. }),
            ) = (at, item)
            {
                mark(attrs, at, context);
            }
        }
    }
}

/// Marks a field of the type from `place`, if it is not marked.
fn mark_field(field: &mut Field, place: &str, context: &Context<'_>) {
    if provenance::read(&field.attrs).is_some() {
        return;
    }
    let at = if said::is_flat(&field.attrs) {
        let at = pointer::join(&context.document.followed(place), "additionalProperties");
        Some(at).filter(|at| context.document.at(at).is_some())
    } else {
        name(field).and_then(|name| find(context.document, place, &name))
    };
    if let Some(at) = at {
        mark(&mut field.attrs, &at, context);
    }
}

fn mark(attributes: &mut Vec<Attribute>, at: &str, context: &Context<'_>) {
    let schema = context.document.at(at);
    let description = schema.and_then(|schema| schema.get("description")?.as_str());
    let text = provenance::with_mark(description.unwrap_or_default(), at);
    doc::set(attributes, &text);
}

/// The names of the types that a member from `place` with type `ty` has for values or
/// for elements, each with its place.
fn held(ty: &Type, place: &str) -> Vec<(String, String)> {
    let mut held = Vec::new();
    for within in ["", "/items", "/additionalProperties"] {
        let of = places::within(ty, within);
        let of = of.as_ref().map(|ty| {
            let optional = tree::arguments_of(ty, "Option");
            optional.and_then(|of| of.first().copied()).unwrap_or(ty)
        });
        let name = of.and_then(tree::last_ident).map(ToString::to_string);
        held.extend(name.map(|name| (name, format!("{place}{within}"))));
    }
    held
}

/// The name of the member that `field` is.
fn name(field: &Field) -> Option<String> {
    let renamed = field.attrs.iter().find_map(said::renamed);
    renamed.or_else(|| Some(field.ident.as_ref()?.unraw().to_string()))
}

/// The pointer of the property `name` of the schema at `at`, or of the nearest that
/// it is a conjunction of: of what stands in it before what it refers to. Of a member
/// that is required, and has no schema, that of what requires it.
fn find(document: &Document, at: &str, name: &str) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut requires = None;
    let mut next = vec![document.followed(at)];
    while !next.is_empty() {
        let mut referred = Vec::new();
        let mut inline = VecDeque::from(next);
        while let Some(at) = inline.pop_front() {
            let own = pointer::join(&format!("{at}/properties"), name);
            if document.at(&own).is_some() {
                return Some(own);
            }
            let list = |keyword: &str| {
                let list = document.at(&at).and_then(|of| of.get(keyword)?.as_array());
                list.into_iter().flatten()
            };
            if requires.is_none() && list("required").any(|of| of == name) {
                requires = Some(pointer::join(&at, "required"));
            }
            for (index, conjunct) in list("allOf").enumerate() {
                let conjunct_at = format!("{at}/allOf/{index}");
                match conjunct.get("$ref") {
                    None => inline.push_back(conjunct_at),
                    Some(_) => referred.push(document.followed(&conjunct_at)),
                }
            }
        }
        referred.retain(|at| seen.insert(at.clone()));
        next = referred;
    }
    requires
}
