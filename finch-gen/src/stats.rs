//! How much was generated: what a person asks first of a client, and what can be
//! held against the document.

use syn::Item;

use crate::client_tree::ClientTree;

/// How much a generation ended with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Methods of the client that send a request.
    pub methods: usize,
    /// Types of bodies and parameters, without their builders.
    pub types: usize,
    /// Examples that were found in the document, and are held against types.
    pub examples: usize,
    /// Variants of unions for which there is a value that is read as such.
    pub variants: usize,
}

/// Counts the methods and types of `tree`, which has so many tests of `examples` and
/// `variants`.
pub(crate) fn count(tree: &ClientTree, examples: usize, variants: usize) -> Stats {
    let types = tree.file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => Some(&module.content.as_ref()?.1),
        _ => None,
    });
    let is_type = |item: &&Item| matches!(item, Item::Struct(_) | Item::Enum(_) | Item::Type(_));
    Stats {
        methods: tree.calls.len(),
        types: types.into_iter().flatten().filter(is_type).count(),
        examples,
        variants,
    }
}
