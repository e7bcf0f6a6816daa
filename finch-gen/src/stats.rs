//! How much was generated: what a person asks first of a client, and what can be
//! held against the document.

use syn::Item;

use crate::example_tests;
use crate::polish::Polished;

/// How much a generation ended with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Methods of the client that send a request.
    pub methods: usize,
    /// Types of bodies and parameters, without their builders.
    pub types: usize,
    /// Examples that were found in the document, and are held against types.
    pub examples: usize,
}

/// Stats what is in `polished`.
pub(crate) fn count(polished: &Polished) -> Stats {
    let types = polished.file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => Some(&module.content.as_ref()?.1),
        _ => None,
    });
    let is_type = |item: &&Item| matches!(item, Item::Struct(_) | Item::Enum(_) | Item::Type(_));
    Stats {
        methods: polished.calls.len(),
        types: types.into_iter().flatten().filter(is_type).count(),
        examples: example_tests::count(polished),
    }
}
