//! emit: emits the operations of the client.
//!
//! Receives progenitor's syntax tree with its types tree. Takes the signatures of the
//! operations from it, discards its operation code, and emits one call for each operation
//! of the document: `calls`, `Client`'s methods, and the table `operations`. Refuses
//! signatures that the document does not have.

mod builders;
mod calls;
mod client;
mod emitted_module;
mod encoding;
mod paging;
mod setter;
mod signatures;
mod successes;
mod table;
mod testing;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::visit::{self, Visit};
use syn::{Item, Path, parse_quote};

pub(crate) use builders::is_for_tests;
pub(crate) use client::examples;

use emitted_module::EmittedModule;

use crate::api_model::Operation;
use crate::call::Call;
use crate::polish::Context;
use crate::polish::formats::FORMATS;
use crate::polish::syntax::syn_query;
use crate::report::Report;
use crate::wire_format::Encoding;

/// Replaces progenitor's operation code in `file`, and returns the call of each operation,
/// in the order of the model, and notes on what they lack.
///
/// # Errors
///
/// Describes a difference between the document and progenitor's output.
pub(crate) fn emit(
    file: &mut syn::File,
    context: &Context<'_>,
) -> Result<(Vec<Call>, Report), String> {
    let model = context.model;
    let mut calls = signatures::read(file, model, &context.shaped.document)?;
    let report = paging::resolve(file, model, &mut calls);
    builders::emit(file)?;
    file.items
        .retain(|item| matches!(item, Item::Mod(item) if item.ident == "types"));
    file.attrs = client::attributes(model);
    let operations: Vec<(&Operation, &Call)> = model.operations.iter().zip(&calls).collect();
    let mut client = EmittedModule::default();
    client.add(client::methods(&operations, context))?;
    let mut structs = EmittedModule::default();
    for (operation, call) in &operations {
        structs.add(calls::call(operation, call, context))?;
    }
    for code in calls.iter().filter_map(successes::decode) {
        structs.add(code)?;
    }
    let constants = client::constants(model);
    let files = calls.iter().any(sends_files).then(|| {
        quote!(
            pub use crate::runtime::File;
        )
    });
    let mut items = emitted_module::parse(quote!(#constants #files))?;
    items.push(client.into_item(parse_quote!(
        mod client {}
    ))?);
    items.push(structs.into_item(parse_quote! {
        #[doc = " The calls of operations, with their arguments."]
        pub mod calls {}
    })?);
    items.extend(emitted_module::parse(table::table(
        &model.operations,
        &calls,
    ))?);
    items.extend(emitted_module::parse(testing::testing(model))?);
    file.items.splice(0..0, items);
    let formats = formats(file)?;
    syn_query::module(file, &["types"])?.extend(formats);
    Ok((calls, report))
}

fn sends_files(call: &Call) -> bool {
    call.body
        .as_ref()
        .is_some_and(|(request, _)| match &request.encoding {
            Encoding::File => true,
            Encoding::Multipart { has_files, .. } => *has_files,
            _ => false,
        })
}

/// Emits the conversions that setters need for each type with a format.
fn formats(file: &syn::File) -> Result<Vec<Item>, String> {
    /// The paths to such types, as tokens, each with its name in error messages.
    #[derive(Default)]
    struct Formats(Vec<(String, Path, &'static str)>);

    impl Visit<'_> for Formats {
        fn visit_path(&mut self, path: &Path) {
            let is = |names: &[&str]| {
                path.segments.len() == names.len() && syn_query::ends_with(path, names)
            };
            if let Some((_, name)) = FORMATS.iter().find(|(names, _)| is(names)) {
                let text = path.to_token_stream().to_string();
                if self.0.iter().all(|(known, ..)| *known != text) {
                    self.0.push((text, path.clone(), name));
                }
            }
            visit::visit_path(self, path);
        }
    }

    let mut formats = Formats::default();
    formats.visit_file(file);
    formats.0.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    let code: TokenStream = formats
        .0
        .into_iter()
        .map(|(_, path, name)| {
            quote! {
                impl crate::runtime::Format for #path {
                    const NAME: &'static str = #name;
                }
            }
        })
        .collect();
    emitted_module::parse(code)
}
