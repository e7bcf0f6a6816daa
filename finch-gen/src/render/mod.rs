//! render: turns the syntax tree into files in memory.
//!
//! Writes one file for each module, so that a diff is readable. Each file begins with a header that
//! names the document and the command that generates it. The same inputs give the same bytes.
//! Accepts every tree.

pub(crate) mod layout;
mod prelude_names;

use std::collections::{BTreeMap, BTreeSet};

use syn::{Attribute, Item, ItemMod, parse_quote};

use crate::client_tree::ClientTree;
use crate::inputs::Inputs;
use crate::load::Document;
use crate::problem::Problems;
use crate::report::Report;
use crate::stats::{self, Stats};
use crate::{api_reference, dependencies, example_tests, file_header, variant_tests};

/// File contents by path.
pub type Files = BTreeMap<String, String>;

/// The result of a generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The corrected document.
    pub document: Document,
    /// The generated module of the client crate, by path within it.
    pub client: Files,
    /// The Markdown page that lists the operations for users of the client.
    pub reference: String,
    /// Tests that decode and encode every example of the document and decode a sample of each
    /// variant, by path within their folder.
    pub tests: Files,
    /// The crates that the client depends on, by their names in Rust code.
    pub crates: BTreeSet<String>,
    /// The crates that the tests depend on, except the client.
    pub test_crates: BTreeSet<String>,
    /// The size of the client.
    pub counts: Stats,
    /// The changes between the document and the client.
    pub report: Report,
    /// The reasons why parts of the document were dropped. [`Inputs::keep_going`] allows this,
    /// and the report names the parts.
    pub refused: Problems,
}

impl Generated {
    /// Returns how many lines of code were generated.
    pub fn lines(&self) -> usize {
        let files = self.client.values().chain(self.tests.values());
        files.map(|text| text.lines().count()).sum()
    }
}

/// Renders the client of `document`, its reference and its tests.
pub fn render(mut tree: ClientTree, document: Document, inputs: &Inputs<'_>) -> Generated {
    let header = file_header::comment(&tree, inputs);
    let sampled = variant_tests::find(&tree);
    let counts = stats::count(
        &tree,
        example_tests::count(&tree),
        variant_tests::count(&sampled),
    );
    let crates = dependencies::named(&tree.file);
    let reference = api_reference::reference(&tree, inputs);
    let examples = example_tests::write(&tree, inputs.crate_name);
    let items = std::mem::take(&mut tree.file.items);
    let attributes = std::mem::take(&mut tree.file.attrs);
    let code = |mut file| {
        prelude_names::shorten(&mut file);
        format!("{header}{}", layout::spaced(&layout::unparse(file)))
    };
    let client = client(items, &attributes).into_iter();
    let client = client.map(|(path, file)| (path, code(file))).collect();
    let mut test_crates = BTreeSet::new();
    let mut test = |file, check| {
        test_crates.append(&mut dependencies::named(&file));
        format!("{}\n{check}", code(file))
    };
    let examples = test(examples, include_str!("../templates/check_example.rs"));
    let variants = test(
        variant_tests::write(&sampled, inputs.crate_name),
        include_str!("../templates/check_variant.rs"),
    );
    Generated {
        document,
        client,
        reference,
        tests: Files::from([
            ("examples.rs".to_owned(), examples),
            ("variants.rs".to_owned(), variants),
        ]),
        crates,
        test_crates,
        counts,
        report: tree.report().clone(),
        refused: tree.refused,
    }
}

/// Returns the files of the client's module with these `items` and inner `attributes`.
fn client(items: Vec<Item>, attributes: &[Attribute]) -> BTreeMap<String, syn::File> {
    let mut files = BTreeMap::new();
    let root = items.into_iter().map(|item| split(item, "", &mut files));
    let root: Vec<Item> = root.collect();
    files.insert(
        "mod.rs".to_owned(),
        parse_quote! {
            #(#attributes)*
            #![allow(deprecated, reason = "the client still sends and reads deprecated properties")]
            #![allow(
                clippy::all,
                clippy::allow_attributes_without_reason,
                reason = "style is for what people write"
            )]
            #(#root)*
        },
    );
    files
}

/// Moves the content of `item`, if it is an inline module, to a file in `folder`, and keeps
/// the declaration.
fn split(item: Item, folder: &str, files: &mut BTreeMap<String, syn::File>) -> Item {
    let Item::Mod(ItemMod {
        content: Some((_, items)),
        attrs,
        vis,
        ident,
        ..
    }) = item
    else {
        return item;
    };
    let path = format!("{folder}{ident}");
    let items = items
        .into_iter()
        .map(|item| split(item, &format!("{path}/"), files));
    let items: Vec<Item> = items.collect();
    // The items are not parsed again.
    let mut file: syn::File = parse_quote!();
    file.items = items;
    files.insert(format!("{path}.rs"), file);
    parse_quote!(#(#attrs)* #vis mod #ident;)
}
