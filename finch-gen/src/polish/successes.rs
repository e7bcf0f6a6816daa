//! Of several kinds of success, the status says which it is.
//!
//! Before, `send` knows one of them, as progenitor has one type for all:
//!
//! ```text
//! pub async fn send(self) -> Result<Response<types::Company>, Error> { …
//!     match response.status().as_u16() {
//!         200u16 => Response::from_json(response),
//!         _ => …
//! ```
//!
//! After, it knows all. The shape of a body is never asked: a 202 that happened
//! to decode as a half-empty 200 would be the wrong answer.
//!
//! ```text
//! pub async fn send(self) -> Result<Response<types::GetCompanySuccess>, Error> { …
//!     match response.status().as_u16() {
//!         200u16 => Response::from_json(response).map(|of| of.map(types::GetCompanySuccess::Ok)),
//!         202u16 => Response::from_json(response).map(|of| of.map(types::GetCompanySuccess::Accepted)),
//!         _ => …
//! ```

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Expr, ExprMatch, Ident, Item, LitInt, parse_quote};

use super::{Context, tree};
use crate::shape::{Body, Success};
use crate::{doc, provenance};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let builders = tree::builders(file);
    let mut awaited = BTreeMap::new();
    let mut definitions = Vec::new();
    for (method, successes) in &context.hints.successes {
        let builder = builders
            .get(method)
            .cloned()
            .ok_or_else(|| format!("there is no method `{method}`"))?;
        let name = format_ident!("{builder}Success");
        let operations = &mut context.facts.operations.iter();
        let operation = operations.find(|operation| operation.rust_name == *method);
        let place = operation.map(|of| format!("{}/responses", of.pointer));
        let place = place.unwrap_or_default();
        let definition: syn::File = syn::parse2(definition(&name, successes, &place))
            .map_err(|error| format!("`{name}`: {error}"))?;
        definitions.extend(definition.items);
        awaited.insert(builder, (name, successes));
    }
    for item in tree::module(file, &["builder"])? {
        let Item::Impl(item) = item else { continue };
        let Some(builder) = tree::self_name(item).cloned() else {
            continue;
        };
        let Some((name, successes)) = awaited.get(&builder) else {
            continue;
        };
        let mut rewritten = false;
        for send in tree::functions(item).filter(|function| function.sig.ident == "send") {
            send.sig.output = parse_quote!(-> Result<Response<types::#name>, Error>);
            let mut arms = Arms {
                name,
                successes,
                rewritten: false,
            };
            arms.visit_block_mut(&mut send.block);
            rewritten = arms.rewritten;
        }
        if rewritten {
            awaited.remove(&builder);
        }
    }
    if let Some(builder) = awaited.keys().next() {
        return Err(format!(
            "`{builder}` has no `send` with a `match` on the status"
        ));
    }
    if !definitions.is_empty() {
        tree::module(file, &["types"])?.extend(definitions);
    }
    Ok(())
}

/// The name of the variant for `status`: its reason phrase (RFC 9110, section
/// 15.3).
fn variant(status: &str) -> Ident {
    match status {
        "200" => format_ident!("Ok"),
        "201" => format_ident!("Created"),
        "202" => format_ident!("Accepted"),
        "203" => format_ident!("NonAuthoritativeInformation"),
        "204" => format_ident!("NoContent"),
        "205" => format_ident!("ResetContent"),
        "206" => format_ident!("PartialContent"),
        "207" => format_ident!("MultiStatus"),
        "208" => format_ident!("AlreadyReported"),
        "226" => format_ident!("ImUsed"),
        other if other.ends_with("XX") => format_ident!("Other"),
        other => format_ident!("Status{other}"),
    }
}

/// The type of the kinds of `successes`, which are described at `place`.
fn definition(name: &Ident, successes: &[Success], place: &str) -> TokenStream {
    let variants = successes.iter().map(|success| {
        let variant = variant(&success.status);
        let text = doc::attribute(&format!("The answer with status {}.", success.status));
        match &success.body {
            Some(body) => {
                let of = body_type(body);
                quote!(#text #variant(#of))
            }
            None => quote!(#text #variant),
        }
    });
    let text = "The kinds of success, told apart by the status of the answer.";
    let text = doc::attribute(&provenance::with_mark(text, place));
    // Encoded as the body it was decoded from, which bytes are not; from a body
    // alone the status cannot be told.
    let has_bytes = successes
        .iter()
        .any(|success| success.body == Some(Body::Bytes));
    let derives = if has_bytes {
        quote!(#[derive(Clone, Debug, PartialEq)])
    } else {
        quote!(#[derive(::serde::Serialize, Clone, Debug, PartialEq)] #[serde(untagged)])
    };
    quote! {
        #text
        #derives
        #[non_exhaustive]
        pub enum #name { #(#variants),* }
    }
}

/// The type of `body` within the module of the types.
fn body_type(body: &Body) -> TokenStream {
    match body {
        Body::Component(component) => {
            let component = format_ident!("{component}");
            quote!(#component)
        }
        Body::Text => quote!(::std::string::String),
        Body::Bytes => quote!(::bytes::Bytes),
    }
}

/// The arms of the `match` on the status.
struct Arms<'a> {
    name: &'a Ident,
    successes: &'a [Success],
    rewritten: bool,
}

impl VisitMut for Arms<'_> {
    fn visit_expr_match_mut(&mut self, expr: &mut ExprMatch) {
        let is_status = matches!(&*expr.expr, Expr::MethodCall(call) if call.method == "as_u16");
        let Some(fallback) = expr.arms.pop().filter(|_| is_status) else {
            visit_mut::visit_expr_match_mut(self, expr);
            return;
        };
        let name = self.name;
        expr.arms = self
            .successes
            .iter()
            .map(|success| -> Arm {
                let variant = variant(&success.status);
                let pattern: TokenStream = match success.status.parse::<u16>() {
                    Ok(status) => {
                        let status = LitInt::new(&format!("{status}u16"), name.span());
                        quote!(#status)
                    }
                    Err(_) => quote!(200u16..=299u16),
                };
                match &success.body {
                    Some(Body::Component(component)) => {
                        let component = format_ident!("{component}");
                        parse_quote! {
                            #pattern => Response::<types::#component>::from_json(response)
                                .map(|answer| answer.map(types::#name::#variant)),
                        }
                    }
                    Some(Body::Text) => parse_quote! {
                        #pattern => Response::from_text(response)
                            .map(|answer| answer.map(types::#name::#variant)),
                    },
                    Some(Body::Bytes) => parse_quote! {
                        #pattern => Ok(Response::bytes(response).map(types::#name::#variant)),
                    },
                    None => parse_quote! {
                        #pattern => Ok(Response::empty(response).map(|()| types::#name::#variant)),
                    },
                }
            })
            .collect();
        // A range holds what the statuses before it leave.
        expr.arms
            .sort_by_key(|arm| matches!(arm.pat, syn::Pat::Range(_)));
        expr.arms.push(fallback);
        self.rewritten = true;
    }
}
