//! Finds the Rust type of each schema, by the marks in the documentation (see `provenance`).
//!
//! Returns a map from pointers to types, as code outside of the client writes them:
//! `/components/schemas/Pet` → `types::Pet`. A property has the type of its field. The items of a
//! list and the values of a map have the types of the elements. A field that has only the mark of
//! its struct has no schema, and is skipped.

use std::collections::BTreeMap;
use std::mem;

use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Fields, Item, Type};

use super::syn_query::{self, Names};
use super::{serde_attrs, syn_build};
use crate::{pointer, provenance};

/// Returns the type of each schema, by its pointer, as code outside of the client writes it. A
/// property has the type of its field, and `items` the type of the elements. `crate_name` is
/// the name of the client's crate.
pub(crate) fn find(file: &syn::File, crate_name: &str) -> Result<BTreeMap<String, Type>, String> {
    let types = syn_query::items(file, &["types"]).ok_or("the module `types` is missing")?;
    let names: Names = types.iter().filter_map(syn_query::name).collect();
    let names = &names;
    let qualified = |ty: &Type| {
        let mut ty = ty.clone();
        Qualify { names, crate_name }.visit_type_mut(&mut ty);
        ty
    };
    let mut found = BTreeMap::new();
    for item in types {
        let of_type = provenance::read(syn_query::attributes(item));
        if let Some(name) = syn_query::name(item)
            && let Some(place) = of_type.clone()
        {
            let ty = syn_build::path(&["types", &name.to_string()]);
            if let Item::Struct(item) = item
                && let Fields::Unnamed(fields) = &item.fields
                && let Some(field) = fields.unnamed.first()
            {
                elements(&place, &qualified(&field.ty), &mut found);
            }
            found.entry(place).or_insert(syn_build::type_at(ty));
        }
        let Item::Struct(item) = item else { continue };
        for field in &item.fields {
            // A field with the mark of its struct has no schema.
            let place = provenance::read(&field.attrs);
            let Some(place) = place.filter(|place| Some(place) != of_type.as_ref()) else {
                continue;
            };
            let ty = qualified(&field.ty);
            if serde_attrs::is_flat(&field.attrs) {
                let of_struct = place.strip_suffix("/additionalProperties");
                elements(of_struct.unwrap_or(&place), &ty, &mut found);
            } else {
                elements(&place, &ty, &mut found);
                found.entry(place).or_insert(ty);
            }
        }
    }
    Ok(found)
}

/// Adds the types of the elements of `ty`, and of their elements. `ty` is the type of the schema
/// at `place`.
fn elements(place: &str, ty: &Type, found: &mut BTreeMap<String, Type>) {
    for keyword in ELEMENTS {
        if let Some(element) = within(ty, &format!("/{keyword}")) {
            let place = pointer::join(place, keyword);
            elements(&place, &element, found);
            found.entry(place).or_insert(element);
        }
    }
}

/// The keywords for the elements of a list and of a map.
pub(crate) const ELEMENTS: [&str; 2] = ["items", "additionalProperties"];

/// Returns the type of the schema at `at`, a pointer relative to the schema of `ty`. Follows
/// [`ELEMENTS`] only.
pub(crate) fn within(ty: &Type, at: &str) -> Option<Type> {
    let Some(rest) = at.strip_prefix('/') else {
        return Some(ty.clone());
    };
    let (keyword, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // An optional or nullable value.
    if let Some(value) = syn_query::argument_of(ty, "Option") {
        return within(value, at);
    }
    match keyword {
        "items" => within(syn_query::argument_of(ty, "Vec")?, rest),
        "additionalProperties" => within(syn_query::key_and_value(ty)?.1, rest),
        _ => None,
    }
}

/// Rewrites `ty`, a type as the client writes it, for code outside of the client.
pub(crate) fn qualify(ty: &mut Type, crate_name: &str) {
    let names = &Names::default();
    Qualify { names, crate_name }.visit_type_mut(ty);
}

/// Renames the types in `ty` with these `names`, which are from the module `types`, for code
/// outside of that module.
pub(crate) fn name_from_outside(ty: &mut Type, names: &Names) {
    let crate_name = "";
    Qualify { names, crate_name }.visit_type_mut(ty);
}

/// Rewrites `T`, a name within the module `types`, to `types::T`.
struct Qualify<'a> {
    names: &'a Names,
    crate_name: &'a str,
}

impl VisitMut for Qualify<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first_mut()
        {
            if first.ident == "crate" && !self.crate_name.is_empty() {
                first.ident = format_ident!("{}", self.crate_name);
                // The crate re-exports the public types of the runtime.
                path.segments = mem::take(&mut path.segments)
                    .into_pairs()
                    .filter(|pair| pair.value().ident != "runtime")
                    .collect();
            } else if self.names.contains(&first.ident) {
                path.segments.insert(0, format_ident!("types").into());
            }
        }
        visit_mut::visit_path_mut(self, path);
    }
}

#[cfg(test)]
mod tests {
    use crate::polish::syntax::syn_query;
    use crate::polish::tests::client;
    use crate::provenance;

    #[test]
    fn hoisted_types_name_their_source_schema() {
        let tree = client(
            "
/a:
  post:
    operationId: post-a
    requestBody:
      content:
        application/json:
          schema: {properties: {list: {type: array, items: {properties: {x: {}}}}}}
    responses: {'204': {description: ''}}
A: {allOf: [{properties: {a: {type: string}}}, {$ref: '#/components/schemas/B'}]}
B:
  oneOf:
  - {type: 'null'}
  - {title: One, required: [b], properties: {b: {}}}
  - {required: [c], properties: {c: {type: [object, string], properties: {d: {}}}}}
D: {properties: {e: {type: integer}}, additionalProperties: {type: string}}
",
        );
        let types = syn_query::items(&tree.file, &["types"]).unwrap();
        let found = types.iter().filter_map(|item| {
            let place = provenance::stated(syn_query::attributes(item))?;
            Some(format!("{} {place}", syn_query::name(item)?))
        });
        assert_eq!(
            found.collect::<Vec<_>>(),
            [
                "A /components/schemas/A",
                "Ab /components/schemas/A",
                "Ac /components/schemas/A",
                "B /components/schemas/B",
                "Bc /components/schemas/B/oneOf/2",
                "BcC /components/schemas/B/oneOf/2/properties/c",
                "CObject /components/schemas/B/oneOf/2/properties/c",
                "D /components/schemas/D",
                "One /components/schemas/B/oneOf/1",
                "PostARequest /paths/~1a/post/requestBody/content/application~1json/schema",
                "PostARequestList \
                 /paths/~1a/post/requestBody/content/application~1json/schema/properties/list/items",
            ]
        );
    }
}
