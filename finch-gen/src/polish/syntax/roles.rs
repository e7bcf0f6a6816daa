//! Finds the types that a request or a response can contain, directly or inside others.
//!
//! `in_requests` returns the types that the arguments of operations contain. `received` returns
//! the types that results and webhook events contain, and every type that no request contains. Such
//! a type may belong to an error body, which no operation returns. Both return an error if
//! progenitor's modules are missing.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Item, ItemImpl};

use super::syn_query;

/// Returns the names of the types that can be received: all types except those that only
/// requests contain. A type that no operation contains may be part of an error. `event` is the
/// type of webhook events.
pub(crate) fn received(
    file: &mut syn::File,
    event: Option<String>,
) -> Result<BTreeSet<String>, String> {
    let mut answered = Names::default();
    answered.0.extend(event);
    for send in syn_query::sends(file)? {
        answered.visit_return_type(&send.sig.output);
    }
    let sent = sent(file)?;
    let holds = holds(file)?;
    let mut received = reached(&holds, answered);
    let in_requests = reached(&holds, sent);
    received.extend(holds.into_keys().filter(|name| !in_requests.contains(name)));
    Ok(received)
}

/// Returns the names of the types that a request can contain.
pub(crate) fn in_requests(file: &mut syn::File) -> Result<BTreeSet<String>, String> {
    let sent = sent(file)?;
    Ok(reached(&holds(file)?, sent))
}

/// Returns the names of the types in the builders of operations.
fn sent(file: &mut syn::File) -> Result<Names, String> {
    let mut names = Names::default();
    for item in syn_query::module(file, &["builder"])? {
        if let Item::Struct(item) = item {
            names.visit_fields(&item.fields);
        }
    }
    Ok(names)
}

/// Returns the names that each type contains, by its own name.
fn holds(file: &mut syn::File) -> Result<BTreeMap<String, Names>, String> {
    let types = syn_query::module(file, &["types"])?.iter();
    let held = types.filter_map(|item| {
        let mut held = Names::default();
        match item {
            Item::Struct(item) => held.visit_fields(&item.fields),
            Item::Enum(item) => item.variants.iter().for_each(|of| held.visit_variant(of)),
            Item::Type(item) => held.visit_type(&item.ty),
            _ => return None,
        }
        Some((syn_query::name(item)?.to_string(), held))
    });
    Ok(held.collect())
}

/// Returns `names` and the types that they contain, directly or not.
fn reached(holds: &BTreeMap<String, Names>, names: Names) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<String> = names.0.into_iter().collect();
    while let Some(name) = next.pop() {
        if let Some(held) = holds.get(&name)
            && reached.insert(name)
        {
            next.extend(held.0.iter().cloned());
        }
    }
    reached
}

/// Returns the names of the types in the head of an implementation. A conversion has two.
pub(crate) fn names_in_head(item: &ItemImpl) -> BTreeSet<String> {
    let mut names = Names::default();
    names.visit_type(&item.self_ty);
    if let Some((path, _)) = &item.trait_ {
        names.visit_path(path);
    }
    names.0
}

/// The last names of all paths in some types, except paths to other crates.
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
