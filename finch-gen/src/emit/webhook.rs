//! Emits the functions that decode webhooks.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Item, Type, parse_quote};

use crate::client_tree::{Event, Events};
use crate::doc_attrs;
use crate::polish::Context;
use crate::polish::syntax::syn_query;
use crate::shape::Scalar;

/// Returns the events of the document, whose types are in `file`. `types` are the types by the
/// pointers of their schemas.
pub(crate) fn events(
    file: &syn::File,
    context: &Context<'_>,
    types: &BTreeMap<String, Type>,
) -> Option<Events> {
    let ty = types.get(context.model.webhook_events.as_ref()?)?;
    let name = syn_query::last_ident(ty)?;
    let items = syn_query::items(file, &["types"])?;
    let union = items.iter().find_map(|item| match item {
        Item::Enum(item) if item.ident == *name => Some(item),
        _ => None,
    })?;
    let names: syn_query::Names = items.iter().filter_map(syn_query::name).collect();
    let known = context.shaped.unions.get(&name.to_string());
    let known = known.map_or(&[][..], Vec::as_slice);
    let (mut events, mut other) = (Vec::new(), None);
    for variant in &union.variants {
        let Fields::Unnamed(fields) = &variant.fields else {
            continue;
        };
        let ty = syn_query::unboxed(&fields.unnamed.first()?.ty);
        if syn_query::is_any_json(ty) {
            other = Some(variant.ident.clone());
            continue;
        }
        let type_name = syn_query::last_ident(ty)?.to_string();
        let tags = known.iter().filter(|known| known.name == type_name);
        let values = tags.filter_map(|known| known.tags.first());
        let values = values.flat_map(|tag| tag.values.iter().map(Scalar::name));
        let is_generated = |ty: &Type| matches!(ty, Type::Path(path) if path.path.get_ident().is_some_and(|name| names.contains(name)));
        events.push(Event {
            name: variant.ident.clone(),
            ty: match is_generated(ty) {
                true => parse_quote!(types::#ty),
                false => ty.clone(),
            },
            values: values.collect(),
        });
    }
    Some(Events {
        name: name.clone(),
        events,
        other: other?,
    })
}

/// Returns a program that decodes a webhook.
pub(crate) fn example(events: &Events, crate_name: &str) -> String {
    let Events { name, events, .. } = events;
    let known = events.iter().map(|event| {
        let variant = &event.name;
        format!("    {name}::{variant}(event) => println!(\"{{event:?}}\"),\n")
    });
    let known: String = known.take(1).collect();
    format!(
        "```no_run\n\
         # use {crate_name}::{{Error, types::{name}, webhook::Key}};\n\
         # fn receive(key: &Key, headers: &http::HeaderMap, body: &[u8]) -> Result<(), Error> {{\n\
         match key.read(headers, body)? {{\n\
         {known}    \
         // An event that this program does not need, or does not know yet.\n    \
         _ => {{}}\n\
         }}\n\
         # Ok(())\n\
         # }}\n\
         ```"
    )
}

/// Emits the functions of the handwritten `Key`.
pub(super) fn read(events: &Events, crate_name: &str) -> TokenStream {
    let Events { name, other, .. } = events;
    let docs = doc_attrs::attribute(&format!(
        "Verifies that a request with `headers` and `body` is an authentic webhook, as \
         [`verify`](Self::verify), and decodes its event.\n\n\
         An event that this crate does not know is \
         [`{name}::{other}`](types::{name}::{other}), and so is an event whose data does not \
         match the document.\n\n\
         # Errors\n\n\
         The webhook is not authentic or not recent, as for [`verify`](Self::verify), or its body \
         is not JSON.\n\n\
         # Example\n\n{}",
        example(events, crate_name)
    ));
    quote! {
        impl Key {
            #docs
            pub fn read(&self, headers: &HeaderMap, body: &[u8]) -> Result<types::#name, Error> {
                self.verify(headers, body)?;
                read_event(body)
            }
        }
    }
}
