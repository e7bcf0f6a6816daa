//! Builds a module from emitted code: receives the code piece by piece, and returns the module with
//! the imports that it needs.
//!
//! The pieces name items such as `Client` or `Json` without a path. The module imports exactly the
//! known names that occur, from `crate`, `crate::runtime` and the generated modules. Code that does
//! not parse is an error.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::token::Brace;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, Item, ItemMod, Path};

use crate::polish::inline;

/// The crate-private items of the handwritten half.
const RUNTIME: [&str; 14] = [
    "RawResponse",
    "Binary",
    "Call",
    "Empty",
    "Field",
    "HeaderMap",
    "Json",
    "Parameter",
    "Part",
    "Style",
    "Success",
    "Text",
    "check",
    "read_event",
];

/// The public items of the crate.
const CRATE: [&str; 6] = [
    "CallFuture",
    "Client",
    "ConversionError",
    "Error",
    "IntoFormat",
    "Response",
];

/// The modules of the generated half.
const GENERATED: [&str; 3] = ["calls", "operations", "types"];

/// Other types and traits.
const OTHERS: [&str; 2] = ["Display", "Key"];

/// The types, traits and functions that a module may import.
pub(super) const IMPORTS: [&[&str]; 3] = [&RUNTIME, &CRATE, &OTHERS];

/// A module under construction. Code is parsed as it is added, because the tokens of a whole module
/// would take much memory.
#[derive(Default)]
pub(super) struct EmittedModule {
    items: Vec<Item>,
}

impl EmittedModule {
    /// Adds the items of `code`.
    pub(super) fn add(&mut self, code: TokenStream) -> Result<(), String> {
        self.items.extend(parse(code)?);
        Ok(())
    }

    /// Adds items that are already parsed.
    pub(super) fn extend(&mut self, items: impl IntoIterator<Item = Item>) {
        self.items.extend(items);
    }

    /// The module that `declaration` declares, with all items after their imports. Its functions
    /// are inline: a client of many operations would compile the decoders of all.
    pub(super) fn into_item(mut self, mut declaration: ItemMod) -> Result<Item, String> {
        inline::mark(&mut self.items);
        let mut named = Named::default();
        self.items.iter().for_each(|item| named.visit_item(item));
        self.items.splice(0..0, parse(imports(&named.0))?);
        declaration.content = Some((Brace::default(), self.items));
        Ok(Item::Mod(declaration))
    }
}

/// Parses emitted code.
pub(super) fn parse(code: TokenStream) -> Result<Vec<Item>, String> {
    let file: syn::Result<syn::File> = syn::parse2(code);
    let file = file.map_err(|error| format!("the emitted code does not parse: {error}"))?;
    Ok(file.items)
}

/// Emits the imports for the `named` items.
fn imports(named: &BTreeSet<String>) -> TokenStream {
    let from = |known: &[&str]| -> Vec<Ident> {
        let names = known.iter().filter(|name| named.contains(**name));
        names
            .map(|name| Ident::new(name, Span::call_site()))
            .collect()
    };
    let import = |names: Vec<Ident>, path: TokenStream| {
        (!names.is_empty()).then(|| quote!(use #path::{#(#names),*};))
    };
    let display = named.contains("Display").then(|| {
        quote!(
            use std::fmt::Display;
        )
    });
    let runtime = import(from(&RUNTIME), quote!(crate::runtime));
    let of_crate = import(from(&CRATE), quote!(crate));
    let key = import(from(&["Key"]), quote!(crate::webhook));
    let generated = import(from(&GENERATED), quote!(super));
    quote!(#display #runtime #of_crate #key #generated)
}

/// The first names of all paths. A name such as `types` or `check` may also be a variable, so it
/// counts only if a path goes on after it, or if it is called.
#[derive(Default)]
struct Named(BTreeSet<String>);

impl Visit<'_> for Named {
    fn visit_path(&mut self, path: &Path) {
        if let Some(first) = path.segments.first() {
            let name = first.ident.to_string();
            if path.segments.len() > 1 || name.starts_with(char::is_uppercase) {
                self.0.insert(name);
            }
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_call(&mut self, call: &ExprCall) {
        if let Expr::Path(function) = &*call.func
            && let Some(name) = function.path.get_ident()
        {
            self.0.insert(name.to_string());
        }
        visit::visit_expr_call(self, call);
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_name_is_imported_if_a_path_begins_with_it() {
        for (code, imports) in [
            (
                quote!(
                    fn f(_: types::A) {}
                ),
                "use super :: { types } ; ",
            ),
            (
                quote!(
                    fn f() -> a::types::A {}
                ),
                "",
            ),
            (
                quote!(
                    struct A {
                        types: u8,
                        check: u8,
                        calls: u8,
                    }
                ),
                "",
            ),
            (
                quote!(
                    fn types() {
                        self.types.check(types, calls)
                    }
                ),
                "",
            ),
            (
                quote!(
                    fn check(check: u8) {
                        Self { operations, check }
                    }
                ),
                "",
            ),
            (
                quote!(
                    fn f() {
                        check([])
                    }
                ),
                "use crate :: runtime :: { check } ; ",
            ),
            (
                quote!(
                    fn f() -> Result<(), Error> {}
                ),
                "use crate :: { Error } ; ",
            ),
            (
                quote!(
                    type Error = A;
                ),
                "",
            ),
            (
                quote!(
                    fn f(_: impl TryInto<A, Error: B>) {}
                ),
                "",
            ),
        ] {
            let mut module = EmittedModule::default();
            module.add(code.clone()).unwrap();
            let module = module
                .into_item(parse_quote!(
                    mod a {}
                ))
                .unwrap();
            let expected = format!("mod a {{ {imports}{code} }}");
            assert_eq!(quote!(#module).to_string(), expected);
        }
    }
}
