//! Which types the schemas of a document became, read off the marks in the
//! tree's documentation.

use std::collections::BTreeMap;
use std::mem;

use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Item, Type};

use super::code;
use super::tree::{self, Names};
use crate::provenance;

/// The types, as a stranger to the client writes them, by the pointers of the
/// schemas: of a component its type, of a property that of the member.
/// `crate_name` is that of the client, which is `crate` in itself alone.
pub(super) fn find(file: &syn::File, crate_name: &str) -> Result<BTreeMap<String, Type>, String> {
    let types = tree::items(file, &["types"]).ok_or("there is no module `types`")?;
    let names: Names = types.iter().filter_map(tree::name).collect();
    let mut found = BTreeMap::new();
    for item in types {
        if let Some(name) = tree::name(item)
            && let Some(place) = provenance::read(tree::attributes(item))
        {
            let ty = code::path(&["types", &name.to_string()]);
            found.entry(place).or_insert(code::type_at(ty));
        }
        let Item::Struct(item) = item else { continue };
        for field in &item.fields {
            if let Some(place) = provenance::read(&field.attrs) {
                let mut ty = field.ty.clone();
                Qualify {
                    names: &names,
                    crate_name,
                }
                .visit_type_mut(&mut ty);
                found.entry(place).or_insert(ty);
            }
        }
    }
    Ok(found)
}

/// `ty`, as the client writes it, as a stranger to the client does.
pub(crate) fn qualify(ty: &mut Type, crate_name: &str) {
    let names = &Names::default();
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
