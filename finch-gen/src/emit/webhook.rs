//! Finds the events of webhooks among the types, and emits `Key::read`, which verifies a webhook
//! and decodes its event.
//!
//! Each variant of the union of all webhooks is an event, with the values of the property that
//! selects it. The variant for any JSON takes events that the client does not know. A document
//! without such a union gets nothing.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Item, Type, parse_quote};

use crate::doc_attrs;
use crate::events::{Event, Events};
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

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;

    use crate::tests::client_of;

    /// Returns the enum of events of a document with these `parts`, as text.
    #[track_caller]
    fn events(parts: &str) -> String {
        let text = format!("openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\n{parts}");
        let tree = client_of(&text);
        let Some(events) = &tree.events else {
            let code = tree.file.to_token_stream().to_string();
            assert!(!code.contains("read_event"), "{code}");
            return "none".to_owned();
        };
        let known = events.events.iter().map(|event| {
            let ty = event.ty.to_token_stream().to_string().replace(' ', "");
            let values = match event.values.as_slice() {
                [] => String::new(),
                values => format!(" for {}", values.join(" ")),
            };
            format!("{}({ty}){values}", event.name)
        });
        let known: Vec<String> = known.chain([events.other.to_string()]).collect();
        format!("{}: {}", events.name, known.join(", "))
    }

    /// The schemas of the table.
    const SCHEMAS: &str = "
    Made: {type: object, required: [event], properties: {event: {const: thing.made}, id: {type: string}}}
    Gone: {type: object, required: [event], properties: {event: {enum: [thing.gone, thing.lost]}}}
    Plain: {type: object, properties: {name: {type: string}}}
    Either: {oneOf: [{$ref: '#/components/schemas/Made'}, {$ref: '#/components/schemas/Gone'}]}
    Nullable: {oneOf: [{$ref: '#/components/schemas/Made'}, {$ref: '#/components/schemas/Gone'}, {type: 'null'}]}
    Texts: {anyOf: [{type: string, enum: [a]}, {type: string, format: date}]}
    Mapped:
      anyOf: [{$ref: '#/components/schemas/Plain'}, {$ref: '#/components/schemas/Other'}]
      discriminator: {propertyName: kind, mapping: {plain: Plain, other: Other}}
    Other: {type: object, properties: {size: {type: integer}}}
    Broken: {$ref: '#/components/schemas/Missing'}
    Base: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind}}
    Heir: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {size: {type: integer}}}]}
";

    #[test]
    fn webhooks_make_one_open_enum() {
        let of = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
        let webhook = |name: &str, schema: &str| {
            format!(
                "  {name}: {{post: {{requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}, responses: {{}}}}}}\n"
            )
        };
        let webhooks = |all: &[(&str, &str)]| {
            let all = all
                .iter()
                .map(|(name, schema)| match schema.strip_prefix('=') {
                    Some(inline) => webhook(name, inline),
                    None => webhook(name, &of(schema)),
                });
            format!("webhooks:\n{}", all.collect::<String>())
        };
        let inline = "={type: object, properties: {question: {type: string}}}";
        for (parts, expected) in [
            (String::new(), "none"),
            // The values of the property that distinguishes the bodies name them.
            (
                webhooks(&[("made", "Made"), ("gone", "Gone")]),
                "WebhookEvent: ThingMade(types::Made) for thing.made, Gone(types::Gone) for thing.gone thing.lost, Other",
            ),
            // Without such a property, the webhooks do.
            (
                webhooks(&[("plain_told", "Plain"), ("asked", inline)]),
                "WebhookEvent: PlainTold(types::Plain), Asked(types::AskedWebhook), Other",
            ),
            // Several webhooks share a body.
            (
                webhooks(&[("one", "Plain"), ("two", "Plain")]),
                "WebhookEvent: Plain(types::Plain), Other",
            ),
            (
                webhooks(&[("one", "Plain"), ("two", "Plain"), ("made", "Made")]),
                "WebhookEvent: Plain(types::Plain), Made(types::Made), Other",
            ),
            (
                "webhooks: {one: {post: &shared {requestBody: {$ref: '#/components/requestBodies/Body'}}}, two: {post: *shared}}\n".to_owned(),
                "WebhookEvent: Body(types::Body), Other",
            ),
            // One body is already a union.
            (
                webhooks(&[("all", "Either"), ("again", "Either")]),
                "Either: ThingMade(types::Made) for thing.made, Gone(types::Gone) for thing.gone thing.lost, Other",
            ),
            (
                "x-webhook-events: '#/components/schemas/Either'\n".to_owned(),
                "Either: ThingMade(types::Made) for thing.made, Gone(types::Gone) for thing.gone thing.lost, Other",
            ),
            (
                "x-webhook-events: '#/components/schemas/Mapped'\n".to_owned(),
                "Mapped: Plain(types::Plain) for plain, Other(types::Other) for other, Other2",
            ),
            (
                "x-webhook-events: '#/components/schemas/Base'\n".to_owned(),
                "Base: Heir(types::Heir) for Heir, Base(types::BaseBase) for Base, Other",
            ),
            (
                webhooks(&[("all", "={oneOf: [{$ref: '#/components/schemas/Made'}, {$ref: '#/components/schemas/Gone'}]}")]),
                "AllWebhook: ThingMade(types::Made) for thing.made, Gone(types::Gone) for thing.gone thing.lost, Other",
            ),
            (
                webhooks(&[("made", "Made"), ("batch", "={type: array, items: {$ref: '#/components/schemas/Gone'}}")]),
                "WebhookEvent: Made(types::Made), Batch(types::BatchWebhook), Other",
            ),
            // These unions cannot hold every JSON value.
            (
                webhooks(&[("all", "Nullable")]),
                "WebhookEvent: All(types::Nullable), Other",
            ),
            (
                webhooks(&[("all", "Texts")]),
                "WebhookEvent: All(types::Texts), Other",
            ),
            // An event that cannot be generated is unknown.
            (
                webhooks(&[("made", "Made"), ("broken", "Broken")]),
                "WebhookEvent: Made(types::Made), Other",
            ),
            // These bodies have no type.
            (webhooks(&[("any", "={}")]), "none"),
            (
                "webhooks: {form: {post: {requestBody: {content: {text/plain: {schema: {type: string}}}}}}, none: {get: {}}}\n".to_owned(),
                "none",
            ),
            // A request that sends an event, too, does not close the enum.
            (
                format!(
                    "{}paths: {{/a: {{post: {{requestBody: {{content: {{application/json: {{schema: {}}}}}}}, responses: {{'204': {{description: ''}}}}}}}}}}\n",
                    webhooks(&[("all", "Either")]),
                    of("Either")
                ),
                "Either: ThingMade(types::Made) for thing.made, Gone(types::Gone) for thing.gone thing.lost, Other",
            ),
        ] {
            let found = events(&format!("{parts}components:\n  requestBodies: {{Body: {{content: {{application/json: {{schema: {{properties: {{a: {{}}}}}}}}}}}}}}\n  schemas:{SCHEMAS}"));
            assert_eq!(found, expected, "{parts}");
        }
    }
}
