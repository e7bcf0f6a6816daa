//! Checks that documentation is harmless for any document: rustdoc compiles only the generator's
//! own examples, and shows no HTML, image or link that a document injected. Returns each fault,
//! with the place in the document that the documentation names.
//!
//! The passes already write documentation through `markdown`. This second check reads the finished
//! syntax tree as rustdoc does.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{Attribute, File};

use crate::{doc_attrs, markdown, provenance};

/// Returns the faults of the documentation in `file`, each with the place in the document that
/// it names. `examples` are the code blocks that may be tests.
pub(super) fn check(file: &File, examples: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut reader = Reader {
        examples,
        type_place: None,
        documented: 0,
        attributes: 0,
        wrong: Vec::new(),
    };
    reader.visit_file(file);
    if reader.documented != reader.attributes {
        let what = "some documentation is on an item of a kind that is not checked".to_owned();
        reader.wrong.push((String::new(), what));
    }
    reader.wrong
}

struct Reader<'a> {
    examples: &'a BTreeSet<String>,
    /// The place that the last type named: its fields and variants name none.
    type_place: Option<String>,
    /// The number of documentation attributes on checked items.
    documented: usize,
    /// The number of all documentation attributes.
    attributes: usize,
    wrong: Vec<(String, String)>,
}

impl Reader<'_> {
    fn read(&mut self, attributes: &[Attribute]) {
        let count = attributes.iter().filter(|of| is_documentation(of)).count();
        if count == 0 {
            return;
        }
        self.documented += count;
        let text = doc_attrs::unindented(&doc_attrs::text(attributes));
        self.type_place = provenance::stated(attributes).or(self.type_place.take());
        let is_example = |block: &str| self.examples.contains(block);
        if let Err(what) = markdown::check(&text, is_example, is_item) {
            let place = self.type_place.clone().unwrap_or_default();
            self.wrong
                .push((place, format!("documentation contains {what}")));
        }
    }
}

fn is_documentation(attribute: &Attribute) -> bool {
    attribute.path().is_ident("doc")
}

/// Whether a link leads to an item, as the generator's own links do.
fn is_item(target: &str) -> bool {
    let is_name = |name: &str| {
        let name = name.strip_prefix("r#").unwrap_or(name);
        let is_part = |c: char| c == '_' || c.is_alphanumeric();
        name.chars().all(is_part) && !name.is_empty() && !name.starts_with(char::is_numeric)
    };
    target.split("::").all(is_name)
}

/// Implements a visit of each of these nodes that reads its attributes.
macro_rules! read {
    ($($visit:ident $node:ident,)*) => {
        impl<'ast> Visit<'ast> for Reader<'_> {
            fn visit_attribute(&mut self, attribute: &'ast Attribute) {
                self.attributes += usize::from(is_documentation(attribute));
            }
            $(fn $visit(&mut self, node: &'ast syn::$node) {
                self.read(&node.attrs);
                visit::$visit(self, node);
            })*
        }
    };
}

read! {
    visit_field Field,
    visit_file File,
    visit_impl_item_const ImplItemConst,
    visit_impl_item_fn ImplItemFn,
    visit_impl_item_type ImplItemType,
    visit_item_const ItemConst,
    visit_item_enum ItemEnum,
    visit_item_fn ItemFn,
    visit_item_impl ItemImpl,
    visit_item_macro ItemMacro,
    visit_item_mod ItemMod,
    visit_item_static ItemStatic,
    visit_item_struct ItemStruct,
    visit_item_type ItemType,
    visit_item_use ItemUse,
    visit_variant Variant,
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    const EXAMPLE: &str = "```no_run\ncall()\n```";

    fn check_file(file: &File) -> Vec<(String, String)> {
        check(file, &BTreeSet::from([EXAMPLE.to_owned()]))
    }

    #[test]
    fn documentation_of_the_generator_passes() {
        let example = format!(" Calls.\n\n # Example\n\n{EXAMPLE}");
        let file: File = parse_quote! {
            #![doc = " A [client](https://example.com)."]
            mod a {
                #[doc = #example]
                pub fn a() {}
                #[doc = " ```json\n {}\n ```"]
                #[doc = " See [`b`](super::Client::r#type), [`Error`](crate::Error) and `` ` ``<br>."]
                struct A { #[doc = " ```text\n rust\n ```"] b: u8 }
            }
        };
        assert_eq!(check_file(&file), []);
    }

    #[test]
    fn harmful_documentation_is_found_on_every_kind_of_node() {
        type Make = fn(&str) -> File;
        let named: [(&str, Make); 6] = [
            ("a file", |text| parse_quote!(#![doc = #text])),
            ("an item", |text| parse_quote!(#[doc = #text] struct A;)),
            (
                "a field",
                |text| parse_quote!(struct A { #[doc = #text] a: u8 }),
            ),
            (
                "a variant",
                |text| parse_quote!(enum A { #[doc = #text] B }),
            ),
            (
                "a method",
                |text| parse_quote!(impl A { #[doc = #text] fn b() {} }),
            ),
            (
                "a parameter",
                |text| parse_quote!(fn a(#[doc = #text] b: u8) {}),
            ),
        ];
        for (place, file) in named {
            for text in [
                "```\ncode()\n```",
                "```rust\ncode()\n```",
                "```no_run\nother()\n```",
                "```no_run\ncall()\nother()\n```",
                "```ignore-wasm\ncode()\n```",
                "a\n\n     code()",
                "- a\n\n      code()",
                "[^a]: b\n\n     code()",
                " \t code()\n\n a",
                "<pre>code</pre>",
                "![a](https://example.com/a.png)",
                "[a](javascript:alert)",
                "[a](java&#115;cript:alert)",
                "<javascript:alert>",
                "[a b]",
            ] {
                assert_eq!(check_file(&file(text)).len(), 1, "{place}: {text}");
            }
        }
    }

    #[test]
    fn adjacent_attributes_are_read_together() {
        let file: File = parse_quote! {
            #[doc = " ```text"]
            #[doc = " ```"]
            #[doc = " ```"]
            #[doc = " code()"]
            struct A;
        };
        assert_eq!(check_file(&file).len(), 1);
    }
}
