//! Every public item says what it is and where it comes from.
//!
//! Before, setters, builders and variants have no documentation, descriptions
//! stand as the document has them, and examples are `ignore`d:
//!
//! ```text
//! ///[DEPRECATED] Use `connection_id` instead
//! pub account_id: Option<String>,
//! pub fn account_id<T>(mut self, value: T) -> Self …
//! ```
//!
//! After, all have one, in Markdown that rustdoc takes without a warning, and
//! the example of a method compiles:
//!
//! ```text
//! /// \[DEPRECATED\] Use `connection_id` instead
//! ///
//! /// From `/components/schemas/…/properties/account_id`.
//! pub account_id: Option<String>,
//! /// Sets [`account_id`](super::T::account_id).
//! pub fn account_id<T>(mut self, value: T) -> Self …
//! ```

use std::collections::BTreeMap;

use quote::ToTokens as _;
use syn::{Attribute, Fields, Ident, Item, Type, Visibility};

use super::open_enums::{spelled, text_of};
use super::{Call, Context, calls, places, said, tree};
use crate::facts::Operation;
use crate::shape::parameters::{self, Parameter};
use crate::{doc, markdown, pointer, provenance};

/// What the error section of every `send` says.
const ERRORS: &str = "\
# Errors

An [`Error`](crate::Error): where a value that is required was not set or could not be converted, \
in which case nothing is sent; where the call fails; where the answer is not one of success, or not \
what the document says.";

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    methods(file, context)?;
    operation_builders(file, context)?;
    types(file, context)?;
    Ok(())
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Replaces the documentation in `attributes` by the description that it is, or
/// else that of the schema that a reference leads to, or else `fallback`. The
/// default and the place of the schema follow.
fn describe(attributes: &mut Vec<Attribute>, context: &Context<'_>, fallback: &str) {
    let place = provenance::read(attributes);
    let own = provenance::strip(&doc::unindented(&doc::text(attributes)));
    let schema = place.as_deref().and_then(|at| context.document.at(at));
    let referred = || {
        let reference = schema?.get("$ref")?.as_str()?;
        let (_, target) = context.document.resolve(reference)?;
        target.get("description")?.as_str().map(str::to_owned)
    };
    let description = Some(own)
        .filter(|own| !own.trim().is_empty())
        .or_else(referred);
    let mut text = match description {
        Some(description) => markdown::block(&description, context.facts.site.as_deref()),
        None => fallback.to_owned(),
    };
    if let Some(default) = schema.and_then(|schema| schema.get("default")) {
        let default = markdown::code(&default.to_string());
        text.push_str(&format!("\n\nDefault: {default}."));
    }
    if let Some(place) = place {
        let place = provenance::sentence(&context.facts.place(&place));
        text.push_str(&format!("\n\n{place}"));
    }
    doc::set(attributes, &text);
}

fn types(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    for item in tree::module(file, &["types"])? {
        match item {
            Item::Struct(item) => {
                let fallback = of_schema(&item.attrs, &item.ident);
                describe(&mut item.attrs, context, &fallback);
                members(&mut item.fields, context);
            }
            Item::Enum(item) => {
                let fallback = of_schema(&item.attrs, &item.ident);
                describe(&mut item.attrs, context, &fallback);
                for variant in &mut item.variants {
                    members(&mut variant.fields, context);
                    let own = doc::unindented(&doc::text(&variant.attrs));
                    let text = match &variant.fields {
                        // Described by an earlier pass, or by typify.
                        _ if !own.is_empty() => {
                            markdown::block(&own, context.facts.site.as_deref())
                        }
                        Fields::Unit => spelled(&text_of(variant)),
                        _ if variant.ident == "Other" => {
                            "What none of the others takes, as JSON.".to_owned()
                        }
                        _ => "A value of this type.".to_owned(),
                    };
                    doc::set(&mut variant.attrs, &text);
                }
            }
            Item::Type(item) => {
                let fallback = format!("The schema `{}`.", item.ident);
                describe(&mut item.attrs, context, &fallback);
            }
            Item::Impl(item) if item.trait_.is_none() => {
                for function in tree::functions(item) {
                    if function.sig.ident == "builder" {
                        doc::set(
                            &mut function.attrs,
                            "A builder of it, of which nothing is set.",
                        );
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn members(fields: &mut Fields, context: &Context<'_>) {
    for field in fields {
        if let Some(name) = &field.ident {
            let fallback = match said::is_flat(&field.attrs) {
                true => "All other members, by their names.".to_owned(),
                false => format!("The member `{name}`."),
            };
            describe(&mut field.attrs, context, &fallback);
        }
    }
}

/// The documentation of a type without a description: `attributes` are its own, and
/// its name is `ident`.
fn of_schema(attributes: &[Attribute], ident: &Ident) -> String {
    let component = provenance::read(attributes).and_then(|place| {
        let name = place.strip_prefix("/components/schemas/")?;
        (!name.contains('/')).then(|| pointer::last(&place))?
    });
    let name = component.unwrap_or_else(|| ident.to_string());
    format!("The schema {}.", markdown::code(&name))
}

fn operation_builders(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let of_builder = by_builder(file, context);
    for item in tree::module(file, &["builder"])? {
        match item {
            Item::Struct(item) => {
                if let Some(operation) = of_builder.get(&item.ident.to_string()) {
                    let text = format!(
                        "A request of [`{0}`](super::Client::{0}): set what it needs, then \
                         [`send`](Self::send) it.",
                        operation.rust_name
                    );
                    doc::set(&mut item.attrs, &text);
                }
            }
            Item::Impl(item) => {
                let Some(operation) =
                    tree::self_name(item).and_then(|name| of_builder.get(&name.to_string()))
                else {
                    continue;
                };
                let request = context.hints.requests.get(&operation.rust_name);
                let is_optional = request.is_some_and(|request| !request.is_required);
                for function in tree::functions(item).filter(|function| is_public(&function.vis)) {
                    let name = function.sig.ident.to_string();
                    let text = match name.as_str() {
                        "send" => format!(
                            "Sends a `{}` request to {}.\n\n{ERRORS}",
                            operation.method,
                            markdown::code(&operation.path)
                        ),
                        "body" if is_optional => {
                            "Sets the body; without one, none is sent.".to_owned()
                        }
                        "body" => "Sets the body.".to_owned(),
                        "body_map" => "Sets members of the body through its builder.".to_owned(),
                        name => {
                            let parameters = context.hints.parameters.get(&operation.rust_name);
                            let parameter = parameters.and_then(|of| parameters::set_by(of, name));
                            match parameter {
                                Some(parameter) => parameter_text(parameter, context),
                                None => format!("Sets the parameter `{name}`."),
                            }
                        }
                    };
                    doc::set(&mut function.attrs, &text);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn parameter_text(parameter: &Parameter, context: &Context<'_>) -> String {
    let description = parameter.description.as_deref().unwrap_or_default();
    let description = markdown::block(description, context.facts.site.as_deref());
    format!("Sets {parameter}.\n\n{description}")
}

/// The operations, by the names of their builders.
fn by_builder<'a>(file: &syn::File, context: &Context<'a>) -> BTreeMap<String, &'a Operation> {
    let builders = tree::builders(file);
    let operations = context.facts.operations.iter();
    operations
        .filter_map(|operation| {
            let builder = builders.get(&operation.rust_name)?;
            Some((builder.to_string(), operation))
        })
        .collect()
}

fn methods(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let calls = calls::find(file, context)?;
    let texts: BTreeMap<String, String> = context
        .facts
        .operations
        .iter()
        .zip(&calls)
        .map(|(operation, call)| (call.method.clone(), method_text(operation, call, context)))
        .collect();
    for item in &mut file.items {
        let Item::Impl(item) = item else { continue };
        for method in tree::functions(item) {
            if let Some(text) = texts.get(&method.sig.ident.to_string()) {
                doc::set(&mut method.attrs, text);
            }
        }
    }
    Ok(())
}

fn method_text(operation: &Operation, call: &Call, context: &Context<'_>) -> String {
    let description = context.document.at(&operation.pointer);
    let description = description.and_then(|of| of.get("description")?.as_str());
    let description = description.map(str::trim).unwrap_or_default();
    let summary = operation.summary.as_str();
    let site = context.facts.site.as_deref();
    let mut text = markdown::sentence(operation.name(), site) + "\n\n";
    if !description.is_empty() && description != summary {
        text.push_str(&markdown::sentence(description, site));
        text.push_str("\n\n");
    }
    text.push_str(&format!(
        "Sends a `{}` request to {}: see [`send`](builder::{}::send).\n\n",
        operation.method,
        markdown::code(&operation.path),
        call.builder
    ));
    if !operation.unsent.is_empty() {
        let names = operation.unsent.iter().map(|name| markdown::code(name));
        let names: Vec<String> = names.collect();
        text.push_str(&format!(
            "It asks for credentials that this client does not send ({}): give them to the HTTP \
             client.\n\n",
            names.join(", ")
        ));
    }
    text.push_str(&provenance::sentence(&operation.pointer));
    text.push_str("\n\n# Example\n\n");
    text.push_str(&example(call, context.crate_name));
    text
}

/// A whole call with all that it must be given. It is the only code block that rustdoc
/// may compile, and none is run.
pub(super) fn example(call: &Call, crate_name: &str) -> String {
    let mut required = call.required.clone();
    let arguments = required.iter_mut().map(|(name, ty)| {
        places::qualify(ty, crate_name);
        format!(", {name}: {}", source(ty))
    });
    let arguments: String = arguments.collect();
    let mut response = call.response.clone();
    places::qualify(&mut response, crate_name);
    let response = source(&response);
    let call = call.source();
    format!(
        "```no_run\n\
         # use {crate_name}::{{Client, Error, Response, types}};\n\
         # async fn example(client: &Client{arguments}) -> Result<Response<{response}>, Error> {{\n\
         {call}\n\
         # }}\n\
         ```"
    )
}

/// `ty` as one writes it.
fn source(ty: &Type) -> String {
    ty.to_token_stream().to_string().replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ID, polish_operation};

    #[test]
    fn what_a_variant_holds_is_documented() {
        let body = "requestBody: {required: true, content: {application/json: {schema: {$ref: \
             '#/components/schemas/Both'}}}}";
        let polished = polish_operation(
            &format!("parameters: [{ID}], {body}, responses: {{'204': {{description: ''}}}}"),
            "{
                A: {type: object, required: [a], properties: {a: {type: string}}},
                B: {type: object, required: [b], properties: {b: {type: string}}},
                One: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]},
                Other: {oneOf: [{$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/A'}]},
                Both: {allOf: [{$ref: '#/components/schemas/One'}, {$ref: '#/components/schemas/Other'}]},
            }",
        );
        let code = crate::render::layout::unparse(polished.file);
        assert!(
            code.contains(" Variant0 {\n            /// The member `a`."),
            "{code}"
        );
        assert!(!code.contains("////"), "{code}");
    }

    #[test]
    fn a_method_says_what_the_client_does_not_send() {
        let code = |security: &str| {
            let polished = polish_operation(
                &format!(
                    "parameters: [{ID}], security: {security}, responses: {{'204': {{description: \
                     ''}}}}"
                ),
                "{}, securitySchemes: {
                    digest: {type: http, scheme: digest},
                    key: {type: apiKey, in: header, name: X-Key},
                }",
            );
            crate::render::layout::unparse(polished.file)
        };
        let unsent = "/// It asks for credentials that this client does not send (`digest`): give";
        let alone = code("[{digest: []}]");
        assert!(alone.contains(unsent), "{alone}");
        assert!(alone.contains("security: &[],"), "{alone}");
        let alternative = code("[{digest: []}, {key: []}]");
        assert!(!alternative.contains("does not send"), "{alternative}");
        assert!(
            alternative.contains("security: &[&[Credential::Header(\"x-key\")]],"),
            "{alternative}"
        );
    }
}
