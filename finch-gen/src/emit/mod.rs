//! emit: emits the operations of the client.
//!
//! Receives progenitor's syntax tree after polish. Takes the signatures of the operations from
//! it, discards its operation code, and emits everything except the type definitions: the calls,
//! the methods of `Client`, the table `operations`, the builders and conversions of types, and the
//! reading of webhooks. Refuses a signature that only progenitor or only the document has.

mod builders;
mod calls;
mod client;
mod emitted_module;
mod encoding;
mod example;
mod formats;
mod paging;
mod setter;
mod signatures;
mod successes;
mod table;
mod testing;
#[cfg(test)]
mod tests;
mod webhook;

use syn::{Item, parse_quote};

pub(crate) use builders::is_for_tests;
pub(crate) use client::{UNTAGGED, examples, shown};
pub(crate) use webhook::{events, example as example_of_events};

use emitted_module::EmittedModule;
use example::Examples;

use crate::api_model::Operation;
use crate::call::Call;
use crate::events::Events;
use crate::polish::{Context, Unsupported};
use crate::report::Report;
use crate::wire_format::Encoding;

/// Replaces progenitor's operation code in `file`. Returns the call of each operation, in the
/// order of the model, and notes on the calls that get no pages.
///
/// # Errors
///
/// Describes each difference between the document and progenitor's output.
pub(crate) fn emit(
    file: &mut syn::File,
    context: &Context<'_>,
    events: Option<&Events>,
) -> Result<(Vec<Call>, Report), Unsupported> {
    let model = context.model;
    let mut calls = signatures::read(file, model, &context.shaped.document)?;
    let report = paging::resolve(file, model, &mut calls);
    builders::emit(file, context)?;
    let examples = Examples::new(file, context.crate_name);
    for call in &mut calls {
        call.example = examples.of_call(call);
    }
    file.items
        .retain(|item| matches!(item, Item::Mod(item) if item.ident == "types"));
    file.attrs = client::attributes(model);
    let operations: Vec<(&Operation, &Call)> = model.operations.iter().zip(&calls).collect();
    let mut client = EmittedModule::default();
    client.add(client::methods(&operations, context))?;
    let mut structs = EmittedModule::default();
    let mut add = |operation: &Operation, code| {
        let added = structs.add(code);
        added.map_err(|what| Unsupported::at(&operation.pointer, what))
    };
    Unsupported::collect(
        operations
            .iter()
            .map(|(operation, call)| add(operation, calls::call(operation, call, context))),
    )?;
    Unsupported::collect(
        operations
            .iter()
            .filter_map(|(operation, call)| Some(add(operation, successes::decode(call)?))),
    )?;
    let mut items = emitted_module::parse(client::constants(model))?;
    if calls.iter().any(sends_files) {
        items.push(parse_quote!(
            pub use crate::runtime::File;
        ));
    }
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
    if let Some(events) = events {
        let mut webhook = EmittedModule::default();
        webhook.add(webhook::read(events, context.crate_name))?;
        items.push(webhook.into_item(parse_quote! {
            #[cfg(feature = "webhook")]
            mod webhook {}
        })?);
    }
    file.items.splice(0..0, items);
    formats::emit(file)?;
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
