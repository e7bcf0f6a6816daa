//! Every type, field and variant says what it is and where it comes from.
//!
//! Before, variants have no documentation, and descriptions are as the document has them:
//!
//! ```text
//! ///[DEPRECATED] Use `connection_id` instead
//! pub account_id: Option<String>,
//! ```
//!
//! After, all have one, in Markdown that rustdoc takes without a warning:
//!
//! ```text
//! /// \[DEPRECATED\] Use `connection_id` instead
//! ///
//! /// From `/components/schemas/…/properties/account_id`.
//! pub account_id: Option<String>,
//! ```

use syn::{Attribute, Fields, Ident, Item};

use crate::polish::Context;
use crate::polish::enums::open_enums::{spelled, text_of};
use crate::polish::syntax::{serde_attrs, syn_query};
use crate::{doc_attrs, markdown, pointer, provenance};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    types(file, context)
}

/// Replaces the documentation in `attributes` by the description that it is, or
/// else that of the schema that a reference leads to, or else `fallback`. The
/// default and the place of the schema follow.
fn describe(attributes: &mut Vec<Attribute>, context: &Context<'_>, fallback: &str) {
    let place = provenance::read(attributes);
    let own = provenance::strip(&doc_attrs::unindented(&doc_attrs::text(attributes)));
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
        Some(description) => markdown::block(&description, context.model.site.as_deref()),
        None => fallback.to_owned(),
    };
    if let Some(default) = schema.and_then(|schema| schema.get("default")) {
        let default = markdown::code(&default.to_string());
        text.push_str(&format!("\n\nDefault: {default}."));
    }
    if let Some(place) = place {
        let place = provenance::sentence(&context.model.place(&place));
        text.push_str(&format!("\n\n{place}"));
    }
    doc_attrs::set(attributes, &text);
}

fn types(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    for item in syn_query::module(file, &["types"])? {
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
                    let own = doc_attrs::unindented(&doc_attrs::text(&variant.attrs));
                    let text = match &variant.fields {
                        // Described by an earlier pass, or by typify.
                        _ if !own.is_empty() => {
                            markdown::block(&own, context.model.site.as_deref())
                        }
                        Fields::Unit => spelled(&text_of(variant)),
                        _ if variant.ident == "Other" => {
                            "What none of the others takes, as JSON.".to_owned()
                        }
                        _ => "A value of this type.".to_owned(),
                    };
                    doc_attrs::set(&mut variant.attrs, &text);
                }
            }
            Item::Type(item) => {
                let fallback = format!("The schema `{}`.", item.ident);
                describe(&mut item.attrs, context, &fallback);
            }
            _ => {}
        }
    }
    Ok(())
}

fn members(fields: &mut Fields, context: &Context<'_>) {
    for field in fields {
        if let Some(name) = &field.ident {
            let fallback = match serde_attrs::is_flat(&field.attrs) {
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

#[cfg(test)]
mod tests {
    use crate::polish::tests::{ID, polish_operation};

    #[test]
    fn what_a_variant_holds_is_documented() {
        let body = "requestBody: {required: true, content: {application/json: {schema: {$ref: \
             '#/components/schemas/Both'}}}}";
        let tree = polish_operation(
            &format!("parameters: [{ID}], {body}, responses: {{'204': {{description: ''}}}}"),
            "{
                A: {type: object, required: [a], properties: {a: {type: string}}},
                B: {type: object, required: [b], properties: {b: {type: string}}},
                One: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]},
                Other: {oneOf: [{$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/A'}]},
                Both: {allOf: [{$ref: '#/components/schemas/One'}, {$ref: '#/components/schemas/Other'}]},
            }",
        );
        let code = crate::render::layout::unparse(tree.file);
        assert!(
            code.contains(" Variant0 {\n            /// The member `a`."),
            "{code}"
        );
        assert!(!code.contains("////"), "{code}");
    }
}
