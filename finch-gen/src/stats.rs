//! Counts the generated methods, types, examples and variants. Also counts how the names of the
//! types were made (from components, titles, paths, …), and the types that nothing uses.

use std::collections::HashSet;

use syn::Item;
use syn::visit::{self, Visit};

use crate::client_tree::ClientTree;
use crate::polish::syntax::syn_query;
use crate::provenance;
use crate::shape::Made;

/// The size of a generated client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// The number of client methods that send a request.
    pub methods: usize,
    /// The number of types of bodies and parameters, without their builders.
    pub types: usize,
    /// How the names of the types were made.
    pub names: Names,
    /// The number of examples in the document that the generated tests decode.
    pub examples: usize,
    /// The number of union variants that the generated tests decode from a sample.
    pub variants: usize,
}

/// The number of types by how their names were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Names of component schemas.
    pub components: usize,
    /// Titles.
    pub titles: usize,
    /// Values, properties and kinds that distinguish the branches of a union.
    pub labels: usize,
    /// Paths of schemas and operations.
    pub paths: usize,
    /// Names with a number.
    pub numbers: usize,
    /// The length of the longest name.
    pub longest: usize,
    /// The number of types that nothing uses, without the types of component schemas, and of the
    /// bodies of failures and webhooks, which a caller can decode.
    pub unused: usize,
}

/// Counts the methods and types of `tree`, and adds the numbers of tested `examples` and
/// `variants`.
pub(crate) fn count(tree: &ClientTree, examples: usize, variants: usize) -> Stats {
    let types = syn_query::items(&tree.file, &["types"]).unwrap_or_default();
    let is_type = |item: &&Item| matches!(item, Item::Struct(_) | Item::Enum(_) | Item::Type(_));
    let types: Vec<&Item> = types.iter().filter(is_type).collect();
    Stats {
        methods: tree.calls.len(),
        types: types.len(),
        names: names(tree, &types),
        examples,
        variants,
    }
}

fn names(tree: &ClientTree, types: &[&Item]) -> Names {
    let mut used = Used::default();
    // An implementation of a type does not use the type.
    types.iter().for_each(|item| used.visit_item(item));
    let modules = tree.file.items.iter();
    let others = modules.filter(|item| !matches!(item, Item::Mod(of) if of.ident == "types"));
    others.for_each(|item| used.visit_item(item));
    let mut names = Names::default();
    for item in types {
        let Some(name) = syn_query::name(item).map(ToString::to_string) else {
            continue;
        };
        let count = match tree.made_names.get(&name).unwrap_or(&Made::Path) {
            Made::Component => &mut names.components,
            Made::Title => &mut names.titles,
            Made::Label => &mut names.labels,
            Made::Path => &mut names.paths,
            Made::Number => &mut names.numbers,
        };
        *count += 1;
        names.longest = names.longest.max(name.len());
        let place = provenance::stated(syn_query::attributes(item)).unwrap_or_default();
        let component = place.strip_prefix("/components/schemas/");
        let is_whole = place.ends_with("/schema") || component.is_some_and(|of| !of.contains('/'));
        names.unused += usize::from(!is_whole && !used.0.contains(&name));
    }
    names
}

/// The names in paths of types and expressions.
#[derive(Default)]
struct Used(HashSet<String>);

impl Visit<'_> for Used {
    fn visit_path(&mut self, path: &syn::Path) {
        let names = path.segments.iter().map(|of| of.ident.to_string());
        self.0.extend(names);
        visit::visit_path(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polish::tests::exchange;

    #[test]
    fn names_are_counted_by_how_they_were_made() {
        let tree = exchange(
            "
A:
  properties:
    one: {title: A title, properties: {x: {}}}
    two: {properties: {x: {}}}
    three:
      oneOf:
        - {required: [kind], properties: {kind: {const: first}, a: {}}}
        - {required: [kind], properties: {kind: {const: second}, b: {}}}
    four: {oneOf: [{properties: {v2: {type: integer}}}, {properties: {v2: {type: string}}}]}
B: {properties: {v2: {properties: {x: {}}}}}
Alone: {properties: {x: {}}}
",
        );
        let names = count(&tree, 0, 0).names;
        let expected = Names {
            components: 3,
            titles: 1,
            labels: 2,
            // ATwo, AThree, ThreeFirstKind, ThreeSecondKind, AFour, Bv2
            paths: 6,
            // FourVariant1, FourVariant2
            numbers: 2,
            longest: "ThreeSecondKind".len(),
            unused: 0,
        };
        assert_eq!(names, expected);
    }
}
