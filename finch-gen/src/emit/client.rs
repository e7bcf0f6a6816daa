//! Emits the methods of `Client`, and the constants `API_VERSION` and `DEFAULT_BASE_URL`.
//!
//! Each method takes the path parameters and returns the call of an operation:
//! `client.get_pet("a")` returns `calls::GetPet`. The methods are grouped in one `impl` block for
//! each tag. The documentation of a method has the description, the place in the document, and an
//! example. It also states special servers, credentials that the client does not send, and pages.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use serde_json::Value;
use syn::{AttrStyle, Attribute, Type};

use super::setter::Setter;
use crate::api_model::{ApiModel, Operation};
use crate::call::{Argument, Call};
use crate::polish::Context;
use crate::polish::docs::deprecated;
use crate::polish::syntax::type_index;
use crate::{doc_attrs, markdown, provenance};

/// The attributes of the generated module.
pub(super) fn attributes(model: &ApiModel) -> Vec<Attribute> {
    let title = markdown::line(&model.title, None);
    let text = format!("The {title}, as a client: see the handwritten half for how to use it.");
    let mut docs = doc_attrs::attribute(&text);
    docs.style = AttrStyle::Inner(Default::default());
    vec![docs]
}

/// The constants of the document.
pub(super) fn constants(model: &ApiModel) -> TokenStream {
    let version = &model.version;
    let server = model.server.iter().map(|server| {
        quote! {
            /// The server that the document names first. Requests go there by default.
            pub const DEFAULT_BASE_URL: &str = #server;
        }
    });
    quote! {
        /// The version of the API that this client was generated for.
        pub const API_VERSION: &str = #version;

        #(#server)*
    }
}

/// The heading for operations without a tag.
pub(crate) const UNTAGGED: &str = "Operations without a tag";

/// Emits the client methods, in one block for each tag. Each starts the call of an operation.
pub(super) fn methods(operations: &[(&Operation, &Call)], context: &Context<'_>) -> TokenStream {
    let sections = context.model.by_tag();
    let has_tags = sections.iter().any(|(tag, _)| tag.is_some());
    let site = context.model.site.as_deref();
    let blocks = sections.iter().map(|(tag, indices)| {
        let operations = indices.iter().map(|index| operations[*index]);
        let docs = has_tags.then(|| {
            let (name, description) = match tag {
                Some(tag) => (tag.name.as_str(), tag.description.trim()),
                None => (UNTAGGED, ""),
            };
            let mut text = format!("# {}", markdown::line(name, site));
            if !description.is_empty() {
                text = format!("{text}\n\n{}", markdown::sentence(description, site));
            }
            doc_attrs::attribute(&text)
        });
        block(operations, docs.as_ref(), context)
    });
    blocks.collect()
}

/// Emits a block of methods.
fn block<'a>(
    operations: impl Iterator<Item = (&'a Operation, &'a Call)>,
    docs: Option<&Attribute>,
    context: &Context<'_>,
) -> TokenStream {
    let methods = operations.map(|(operation, call)| {
        let Call { method, name, .. } = call;
        let taken = path_arguments(call);
        let given = call.path_arguments().map(|argument| &argument.field);
        let docs = doc_attrs::attribute(&text(operation, call, context));
        let deprecated = deprecated::attribute_at(context, Some(&operation.pointer));
        quote! {
            #docs
            #deprecated
            pub fn #method(&self #(, #taken)*) -> calls::#name {
                calls::#name::new(self.clone() #(, #given)*)
            }
        }
    });
    quote!(#docs impl Client { #(#methods)* })
}

/// The arguments of a method: the path parameters.
pub(super) fn path_arguments(call: &Call) -> Vec<TokenStream> {
    let arguments = call.path_arguments().map(|Argument { field, ty, .. }| {
        let taken = Setter::new(field, ty).argument();
        quote!(#field: #taken)
    });
    arguments.collect()
}

/// The documentation of a method.
fn text(operation: &Operation, call: &Call, context: &Context<'_>) -> String {
    let description = context.document.at(&operation.pointer);
    let description = description
        .and_then(|of| of.get("description"))
        .and_then(Value::as_str);
    let description = description.map(str::trim).unwrap_or_default();
    let site = context.model.site.as_deref();
    let mut paragraphs = vec![markdown::sentence(operation.name(), site)];
    if !description.is_empty() && description != operation.summary {
        paragraphs.push(markdown::sentence(description, site));
    }
    let name = &call.name;
    paragraphs.push(format!(
        "Sends a `{}` request to {}: await the [call](calls::{name}), or send it.",
        operation.method,
        markdown::code(&operation.path)
    ));
    if let Some(server) = &operation.server {
        let server = markdown::code(server);
        let or_elsewhere = match operation.needs_credentials() {
            true => ", or if its host differs from the base URL's, as credentials are sent",
            false => "",
        };
        paragraphs.push(format!(
            "The document serves the operation at {server}. The call fails before anything is \
             sent until `ClientBuilder::server` names the server, if the client has another base \
             URL than the document's{or_elsewhere}."
        ));
    }
    if !operation.unsent.is_empty() {
        let names = operation.unsent.iter().map(|name| markdown::code(name));
        let names: Vec<String> = names.collect();
        paragraphs.push(format!(
            "The operation needs credentials that this client does not send ({}): give them to \
             the HTTP client.",
            names.join(", ")
        ));
    }
    if let Some(paging) = &call.paging {
        let items = paging.list.as_ref().map_or(String::new(), |_| {
            format!(" [`items`](calls::{name}::items) returns the items of all pages.")
        });
        paragraphs.push(format!(
            "The list comes in pages: a call returns one of them. \
             [`pages`](calls::{name}::pages) returns all pages.{items}"
        ));
    }
    if call.can_wait(operation) {
        paragraphs.push(format!(
            "The server may accept the request before the result is ready: \
             [`wait_until_ready`](calls::{name}::wait_until_ready) waits for it."
        ));
    }
    paragraphs.push(provenance::sentence(&operation.pointer));
    paragraphs.push("# Example".to_owned());
    paragraphs.push(example(call, context.crate_name));
    paragraphs.join("\n\n")
}

/// The examples of a call. rustdoc may compile these code blocks but no others, and runs none.
pub(crate) fn examples(call: &Call, crate_name: &str) -> Vec<String> {
    let has_items = call.paging.as_ref().is_some_and(|of| of.list.is_some());
    let items = has_items.then(|| items_example(call, crate_name));
    [example(call, crate_name)]
        .into_iter()
        .chain(items)
        .collect()
}

/// An example call with all required arguments.
fn example(call: &Call, crate_name: &str) -> String {
    let value = qualified(&call.main_success().ty, crate_name);
    in_function(call, crate_name, &value, &call.example.source)
}

/// An example of a call that takes the items of all pages.
pub(super) fn items_example(call: &Call, crate_name: &str) -> String {
    let body = format!(
        "let mut items = {}.items();\n\
         while let Some(item) = items.try_next().await? {{\n    \
             println!(\"{{item:?}}\");\n\
         }}\n\
         # Ok(())",
        call.example
            .source
            .trim_end()
            .trim_end_matches(".await")
            .trim_end()
    );
    in_function(call, crate_name, "()", &body)
}

fn in_function(call: &Call, crate_name: &str, value: &str, body: &str) -> String {
    let variables = call.example.variables.iter();
    let variables = variables.map(|(name, ty)| format!(", {name}: {}", qualified(ty, crate_name)));
    let arguments: String = variables.collect();
    format!(
        "```no_run\n\
         # use {crate_name}::{{Client, Error, types}};\n\
         # async fn example(client: &Client{arguments}) -> Result<{value}, Error> {{\n\
         {body}\n\
         # }}\n\
         ```"
    )
}

fn qualified(ty: &Type, crate_name: &str) -> String {
    let mut ty = ty.clone();
    type_index::qualify(&mut ty, crate_name);
    ty.to_token_stream().to_string().replace(' ', "")
}

/// Returns the lines of the code block `example` that rustdoc shows.
pub(crate) fn shown(example: &str) -> String {
    let lines = example.lines();
    let lines = lines.filter(|line| !line.starts_with("```") && !line.starts_with("# "));
    lines.collect::<Vec<_>>().join("\n")
}
