//! Counts the generated methods, types, examples and variants.

use syn::Item;

use crate::client_tree::ClientTree;

/// The size of a generated client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// The number of client methods that send a request.
    pub methods: usize,
    /// The number of types of bodies and parameters, without their builders.
    pub types: usize,
    /// The number of examples in the document that the generated tests decode.
    pub examples: usize,
    /// The number of union variants that the generated tests decode from a sample.
    pub variants: usize,
}

/// Counts the methods and types of `tree`, and adds the numbers of tested `examples` and
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
