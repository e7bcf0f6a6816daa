//! Which types a request or a response can hold.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Item, ItemImpl};

use super::syn_query;

/// Returns the names of the types that can be received: all types except those that only a request
/// holds. A type that no operation holds may belong to a failure. `event` is the type of webhooks.
pub(crate) fn received(
    file: &mut syn::File,
    event: Option<String>,
) -> Result<BTreeSet<String>, String> {
    let mut answered = Names::default();
    answered.0.extend(event);
    for item in syn_query::module(file, &["builder"])? {
        let Item::Impl(item) = item else { continue };
        for send in syn_query::functions(item).filter(|function| function.sig.ident == "send") {
            answered.visit_return_type(&send.sig.output);
        }
    }
    let sent = sent(file)?;
    let holds = holds(file)?;
    let mut received = reached(&holds, answered);
    let in_requests = reached(&holds, sent);
    received.extend(holds.into_keys().filter(|name| !in_requests.contains(name)));
    Ok(received)
}

/// The names of the types that a request can hold.
pub(crate) fn in_requests(file: &mut syn::File) -> Result<BTreeSet<String>, String> {
    let sent = sent(file)?;
    Ok(reached(&holds(file)?, sent))
}

/// The names of the types that the builders of operations hold.
fn sent(file: &mut syn::File) -> Result<Names, String> {
    let mut names = Names::default();
    for item in syn_query::module(file, &["builder"])? {
        if let Item::Struct(item) = item {
            names.visit_fields(&item.fields);
        }
    }
    Ok(names)
}

/// What each type holds, by its name.
fn holds(file: &mut syn::File) -> Result<BTreeMap<String, Names>, String> {
    let mut holds: BTreeMap<String, Names> = BTreeMap::new();
    for item in syn_query::module(file, &["types"])? {
        let Some(name) = syn_query::name(item).map(ToString::to_string) else {
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
    Ok(holds)
}

/// The types with `names`, and all that they hold.
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

/// The names of the types that an implementation is of or for: of both, where it
/// converts one to another.
pub(crate) fn names_in_head(item: &ItemImpl) -> BTreeSet<String> {
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
