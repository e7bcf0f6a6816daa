//! Which types the schemas of a document became, read off the marks in the
//! tree's documentation.

use std::collections::BTreeMap;
use std::mem;

use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Fields, GenericArgument, Item, PathArguments, Type};

use super::syn_query::{self, Names};
use super::{serde_attrs, syn_build};
use crate::{pointer, provenance};

/// The types, as a stranger to the client writes them, by the pointers of the
/// schemas: of a component its type, of a property that of the member, and of what
/// is in a list or a mapping that of its elements. `crate_name` is that of the
/// client, which is `crate` in itself alone.
pub(crate) fn find(file: &syn::File, crate_name: &str) -> Result<BTreeMap<String, Type>, String> {
    let types = syn_query::items(file, &["types"]).ok_or("there is no module `types`")?;
    let names: Names = types.iter().filter_map(syn_query::name).collect();
    let qualified = |ty: &Type| {
        let mut ty = ty.clone();
        Qualify {
            names: &names,
            crate_name,
        }
        .visit_type_mut(&mut ty);
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
            if let Some(place) = provenance::read(&field.attrs) {
                // That of which nothing is said is no type of the whole.
                if Some(&place) == of_type.as_ref() {
                    continue;
                }
                let ty = qualified(&field.ty);
                if serde_attrs::is_flat(&field.attrs) {
                    let of_struct = place.strip_suffix("/additionalProperties");
                    elements(of_struct.unwrap_or(&place), &ty, &mut found);
                    continue;
                }
                elements(&place, &ty, &mut found);
                found.entry(place).or_insert(ty);
            }
        }
    }
    Ok(found)
}

/// Adds the types of what `ty`, that of the schema at `place`, has for elements, and
/// of what those have.
fn elements(place: &str, ty: &Type, found: &mut BTreeMap<String, Type>) {
    for keyword in ELEMENTS {
        if let Some(element) = within(ty, &format!("/{keyword}")) {
            let place = pointer::join(place, keyword);
            elements(&place, &element, found);
            found.entry(place).or_insert(element);
        }
    }
}

/// The keywords of what a list and a mapping hold.
pub(crate) const ELEMENTS: [&str; 2] = ["items", "additionalProperties"];

/// The type of what stands at `at` within the schema of `ty`: that itself, or the
/// elements of a list or a mapping, if it is one.
pub(crate) fn within(ty: &Type, at: &str) -> Option<Type> {
    let Some(rest) = at.strip_prefix('/') else {
        return Some(ty.clone());
    };
    let (keyword, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let mut arguments = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    match (last.ident.to_string().as_str(), keyword) {
        ("Vec", "items") => within(arguments.next()?, rest),
        ("HashMap" | "Map", "additionalProperties") => within(arguments.nth(1)?, rest),
        // What may be nothing, or null.
        ("Option", _) => within(arguments.next()?, at),
        _ => None,
    }
}

/// `ty`, as the client writes it, as a stranger to the client does.
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

/// `T`, as it is called within `types`, to `types::T`.
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
                // What others may name of the runtime, the crate hands on.
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
    fn a_type_says_where_it_comes_from_after_shaping_has_moved_its_schema() {
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
            let place = provenance::said(syn_query::attributes(item))?;
            Some(format!("{} {place}", syn_query::name(item)?))
        });
        assert_eq!(
            found.collect::<Vec<_>>(),
            [
                "A /components/schemas/A",
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
