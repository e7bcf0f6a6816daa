//! Emits an enum for an operation with several kinds of success.
//!
//! ```yaml
//! /company:
//!   get:
//!     operationId: get-company
//!     responses:
//!       '200': {description: '', content: {text/plain: {}}}
//!       '202': {description: ''}
//! ```
//!
//! Before, the types have no such enum:
//!
//! ```text
//! impl<'a> GetCompany<'a> {
//!     pub async fn send(self) -> Result<ResponseValue<::std::string::String>, Error<()>> {}
//! }
//! ```
//!
//! After, the enum has a function for each kind, and `send` returns the enum:
//!
//! ```text
//! #[serde(untagged)]
//! #[non_exhaustive]
//! pub enum GetCompanySuccess {
//!     Status200(::std::string::String),
//!     Status202,
//! }
//! impl GetCompanySuccess {
//!     pub fn ok(&self) -> ::std::option::Option<&::std::string::String> {
//!         match self {
//!             Self::Status200(value) => Some(value),
//!             _ => None,
//!         }
//!     }
//!     pub fn into_ok(self) -> ::std::option::Option<::std::string::String> {
//!         match self {
//!             Self::Status200(value) => Some(value),
//!             _ => None,
//!         }
//!     }
//!     pub fn is_accepted(&self) -> bool {
//!         matches!(self, Self::Status202)
//!     }
//! }
//! impl<'a> GetCompany<'a> {
//!     pub async fn send(self) -> Result<ResponseValue<types::GetCompanySuccess>, Error<()>> {}
//! }
//! ```

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{Ident, Item, parse_quote};

use crate::polish::syntax::syn_query;
use crate::polish::{Context, Unsupported};
use crate::wire_format::{Decoding, ResponseBody, SuccessResponse};
use crate::{doc_attrs, provenance};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
    let builders = syn_query::builders(file);
    let operations = context.model.operations.iter();
    let operations = operations.filter(|operation| operation.has_success_enum);
    let found = operations.map(|operation| {
        let method = &operation.rust_name;
        let unsupported = |what: String| Unsupported::at(&operation.pointer, what);
        let builder = builders.get(method);
        let builder =
            builder.ok_or_else(|| unsupported(format!("the method `{method}` is missing")))?;
        let name = format_ident!("{builder}Success");
        let place = format!("{}/responses", operation.pointer);
        let code = definition(&name, &operation.successes, &place);
        let code: syn::File =
            syn::parse2(code).map_err(|error| unsupported(format!("`{name}`: {error}")))?;
        Ok((builder.to_string(), (name, &operation.pointer, code.items)))
    });
    let mut definitions = Vec::new();
    let mut returned = BTreeMap::new();
    for (builder, (name, pointer, items)) in Unsupported::collect(found)? {
        definitions.extend(items);
        returned.insert(builder, (name, pointer));
    }
    if definitions.is_empty() {
        return Ok(());
    }
    for item in syn_query::module(file, &["builder"])? {
        let Item::Impl(item) = item else { continue };
        let builder = syn_query::last_name(&item.self_ty);
        let Some((name, _)) = returned.remove(&builder) else {
            continue;
        };
        for send in syn_query::functions(item).filter(|of| of.sig.ident == "send") {
            send.sig.output = parse_quote!(-> Result<ResponseValue<types::#name>, Error<()>>);
        }
    }
    Unsupported::collect(returned.iter().map(|(builder, (_, pointer))| {
        let what = format!("`{builder}` has no functions");
        Err::<(), _>(Unsupported::at(*pointer, what))
    }))?;
    syn_query::module(file, &["types"])?.extend(definitions);
    Ok(())
}

/// Returns the name of the variant for `status`.
pub(crate) fn variant(status: &str) -> Ident {
    match status.parse::<u16>() {
        Ok(status) => format_ident!("Status{status}"),
        Err(_) => format_ident!("Other"),
    }
}

/// Returns the name of the function for `status`: its reason phrase (RFC 9110, section 15.3).
fn function(status: &str) -> String {
    let phrase = match status {
        "200" => "ok",
        "201" => "created",
        "202" => "accepted",
        "203" => "non_authoritative_information",
        "204" => "no_content",
        "205" => "reset_content",
        "206" => "partial_content",
        "207" => "multi_status",
        "208" => "already_reported",
        "226" => "im_used",
        other if other.parse::<u16>().is_ok() => return format!("status_{other}"),
        _ => "other",
    };
    phrase.to_owned()
}

/// Emits the enum for `successes`, whose responses are at `place` in the document.
fn definition(name: &Ident, successes: &[SuccessResponse], place: &str) -> TokenStream {
    let variants = successes.iter().map(|success| {
        let variant = variant(&success.status);
        let text = doc_attrs::attribute(&format!("A response with {}.", status(&success.status)));
        let of = success.body.iter().map(body_type);
        quote!(#text #variant #((#of))*)
    });
    let functions = successes.iter().map(functions);
    let text = "The kinds of success. The status of the response decides between them.";
    let text = doc_attrs::attribute(&provenance::with_mark(text, place));
    // It is encoded as the body that it was decoded from. Bytes cannot be encoded.
    let mut bodies = successes.iter().filter_map(|success| success.body.as_ref());
    let has_bytes = bodies.any(|body| body.decoding == Decoding::Bytes);
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

        impl #name { #(#functions)* }
    }
}

/// Returns the description of `status`, `200` or `2XX`, in a sentence.
fn status(status: &str) -> String {
    match status.parse::<u16>() {
        Ok(status) => format!("the status {status}"),
        Err(_) => "any other success status".to_owned(),
    }
}

/// Emits the functions for one kind of success.
fn functions(success: &SuccessResponse) -> TokenStream {
    let variant = variant(&success.status);
    let (name, status) = (function(&success.status), status(&success.status));
    let Some(body) = &success.body else {
        let text = doc_attrs::attribute(&format!("Whether the response has {status}."));
        let name = format_ident!("is_{name}");
        return quote! {
            #text
            pub fn #name(&self) -> bool {
                matches!(self, Self::#variant)
            }
        };
    };
    let of = body_type(body);
    let text = doc_attrs::attribute(&format!("The value of a response with {status}."));
    let into_text = format!("Returns the value of a response with {status}.");
    let into_text = doc_attrs::attribute(&into_text);
    let (name, into) = (format_ident!("{name}"), format_ident!("into_{name}"));
    quote! {
        #text
        pub fn #name(&self) -> ::std::option::Option<&#of> {
            match self {
                Self::#variant(value) => Some(value),
                _ => None,
            }
        }

        #into_text
        pub fn #into(self) -> ::std::option::Option<#of> {
            match self {
                Self::#variant(value) => Some(value),
                _ => None,
            }
        }
    }
}

/// Returns the type of `body` within the module `types`.
fn body_type(body: &ResponseBody) -> TokenStream {
    match (&body.component, body.decoding) {
        (Some(component), _) => format_ident!("{component}").to_token_stream(),
        (None, Decoding::Text) => quote!(::std::string::String),
        (None, _) => quote!(::bytes::Bytes),
    }
}
