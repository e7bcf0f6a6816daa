//! Which types a request or a response can hold.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Item, ItemImpl};

use super::tree;

/// The names of the types that a response can hold.
pub(super) fn in_responses(file: &mut syn::File) -> Result<BTreeSet<String>, String> {
    let mut names = Names::default();
    for item in tree::module(file, &["builder"])? {
        let Item::Impl(item) = item else { continue };
        for send in tree::functions(item).filter(|function| function.sig.ident == "send") {
            names.visit_return_type(&send.sig.output);
        }
    }
    reached(file, names)
}

/// The names of the types that a request can hold.
pub(super) fn in_requests(file: &mut syn::File) -> Result<BTreeSet<String>, String> {
    let mut names = Names::default();
    for item in tree::module(file, &["builder"])? {
        if let Item::Struct(item) = item {
            names.visit_fields(&item.fields);
        }
    }
    reached(file, names)
}

/// The types with `names`, and all that they hold.
fn reached(file: &mut syn::File, names: Names) -> Result<BTreeSet<String>, String> {
    let mut holds: BTreeMap<String, Names> = BTreeMap::new();
    for item in tree::module(file, &["types"])? {
        let Some(name) = tree::name(item).map(ToString::to_string) else {
            continue;
        };
        let mut held = Names::default();
        match item {
            Item::Struct(item) => held.visit_fields(&item.fields),
            Item::Enum(item) => item
                .variants
                .iter()
                .for_each(|variant| held.visit_variant(variant)),
            Item::Type(item) => held.visit_type(&item.ty),
            _ => {}
        }
        holds.insert(name, held);
    }
    let mut reached = BTreeSet::new();
    let mut next: Vec<String> = names.0.into_iter().collect();
    while let Some(name) = next.pop() {
        if let Some(held) = holds.get(&name)
            && reached.insert(name)
        {
            next.extend(held.0.iter().cloned());
        }
    }
    Ok(reached)
}

/// The names of the types that an implementation is of or for: of both, where it
/// converts one to another.
pub(super) fn names_in_head(item: &ItemImpl) -> BTreeSet<String> {
    let mut names = Names::default();
    names.visit_type(&item.self_ty);
    if let Some((path, _)) = &item.trait_ {
        names.visit_path(path);
    }
    names.0
}

/// The last names of all paths in some types, but of those to other crates.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl<'ast> Visit<'ast> for Names {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let last = path.segments.last();
            self.0.extend(last.map(|last| last.ident.to_string()));
        }
        visit::visit_path(self, path);
    }
}
