//! Emits the call of an operation: a struct that holds the arguments, and its functions.
//!
//! `GET /pets/{id}?limit` becomes a struct whose `new` takes `id`. It has the setters `limit` and
//! `maybe_limit`, where `None` unsets an optional value. `send` returns the whole response, and
//! awaiting the struct returns the decoded value. A call that can safely be repeated after a 202
//! also gets `wait_until_ready`, and a call with pages gets `pages`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{Attribute, Expr, Ident, ImplItemFn, Type};

use super::client::path_arguments;
use super::setter::{self, Setter};
use super::successes::decoded;
use super::{encoding, paging, table};
use crate::api_model::Operation;
use crate::call::{Argument, Call};
use crate::polish::Context;
use crate::polish::docs::deprecated;
use crate::polish::syntax::syn_query;
use crate::polish::syntax::template::template;
use crate::wire_format::Location;
use crate::{doc_attrs, markdown};

/// The struct of a call and its implementations.
pub(super) fn call(operation: &Operation, call: &Call, context: &Context<'_>) -> TokenStream {
    let name = &call.name;
    let client = client_field(call);
    let docs = doc_attrs::attribute(&format!(
        "A call of [`{0}`](crate::Client::{0}): set what it needs, then await it for the value, \
         or [`send`](Self::send) it for the whole response.",
        call.method
    ));
    let fields = call
        .arguments()
        .map(|Argument { field, ty, .. }| quote!(#field: Field<#ty>));
    let new = new(call, &client);
    let setters = setters(call, context);
    let described = described(operation, call, &client);
    let send = send(operation, call);
    let wait = call.can_wait(operation).then(|| wait(call));
    let paging = paging::methods(call, context.crate_name);
    let awaited = awaited(call);
    quote! {
        #docs
        #[derive(Clone, Debug)]
        #[must_use = "a call does nothing until it is awaited or sent"]
        pub struct #name {
            #client: Client,
            #(#fields,)*
        }

        impl #name {
            #new
            #(#setters)*
            #described
            #send
            #wait
            #paging
        }

        #awaited
    }
}

/// The name of the field for the client, unless a parameter has it.
fn client_field(call: &Call) -> Ident {
    let name = format_ident!("client");
    match call.arguments().any(|argument| argument.field == name) {
        true => format_ident!("client_"),
        false => name,
    }
}

/// Emits `new`, which takes the path parameters.
fn new(call: &Call, client: &Ident) -> TokenStream {
    let fields = call.arguments();
    let fields = fields.map(|argument| setter::unset(&argument.field, argument.is_required));
    let taken = path_arguments(call);
    let set = call.path_arguments().map(|Argument { field, ty, .. }| {
        let value = template!(Expr { VALUE }, VALUE = field);
        Setter::new(field, ty).set(&template!(Expr { call }), &value)
    });
    let set: Vec<Expr> = set.collect();
    let client = match client == "client" {
        true => quote!(client),
        false => quote!(#client: client),
    };
    let made = quote!(Self { #client, #(#fields,)* });
    let made = match set.is_empty() {
        true => made,
        false => quote!(let mut call = #made; #(#set;)* call),
    };
    quote! {
        pub(super) fn new(client: Client #(, #taken)*) -> Self {
            #made
        }
    }
}

/// Emits the setters of the arguments outside the path.
fn setters(call: &Call, context: &Context<'_>) -> Vec<ImplItemFn> {
    let names: Vec<&Ident> = call.arguments().map(|argument| &argument.field).collect();
    let mut setters = Vec::new();
    for (parameter, argument) in &call.parameters {
        if parameter.location != Location::Path {
            let site = context.model.site.as_deref();
            let description = parameter.description.as_deref();
            let text = markdown::block(description.unwrap_or_default(), site);
            let text = format!("Sets {parameter}.\n\n{text}");
            let deprecated = parameter
                .deprecated
                .then(|| deprecated::attribute(description, site));
            setters.extend(setter(argument, &text, deprecated.as_ref(), &names));
        }
    }
    if let Some((request, argument)) = &call.body {
        let text = match request.is_required {
            true => "Sets the request body.",
            false => "Sets the request body. Without one, none is sent.",
        };
        setters.extend(setter(argument, text, None, &names));
    }
    setters
}

/// The setter that takes a value, and one that takes an option if the value may be absent or
/// null.
fn setter(
    argument: &Argument,
    text: &str,
    deprecated: Option<&Attribute>,
    names: &[&Ident],
) -> Vec<ImplItemFn> {
    let Argument { field, ty, .. } = argument;
    let setter = Setter::new(field, ty).method(field, text, deprecated);
    let maybe = format_ident!("maybe_{}", syn_query::spelled(field));
    let (accepted, none, set) = match (argument.is_required, argument.is_nullable()) {
        _ if names.contains(&&maybe) => return vec![setter],
        (true, false) => return vec![setter],
        (true, true) => (
            ty.clone(),
            "sets it to null",
            template!(Expr { self.FIELD.set(value) }, FIELD = field),
        ),
        (false, _) => (
            template!(Type { Option<T> }, T = ty),
            "unsets it",
            template!(Expr { self.FIELD.maybe(value) }, FIELD = field),
        ),
    };
    let docs = format!("As [`{field}`](Self::{field}); `None` {none}.");
    let maybe = setter::method(&maybe, &docs, deprecated, &accepted, &set);
    vec![setter, maybe]
}

/// Emits `call`, which describes the call to the runtime.
fn described(operation: &Operation, call: &Call, client: &Ident) -> TokenStream {
    let row = table::row_name(operation);
    let parameters = call.parameters.iter().map(|(parameter, argument)| {
        let field = &argument.field;
        let parameter = encoding::parameter(parameter);
        quote!(.parameter(#parameter, self.#field))
    });
    let body = call.body.iter().map(|(request, argument)| {
        let field = &argument.field;
        encoding::body(request, &quote!(self.#field))
    });
    quote! {
        fn call(self) -> Call {
            Call::new(self.#client, &operations::#row) #(#parameters)* #(#body)*
        }
    }
}

/// The documentation of every error.
const ERRORS: &str = "\
# Errors

An [`Error`](crate::Error). Nothing is sent if a required value is missing or a value cannot be \
converted. Otherwise the call failed, the status was not a success, or the response does not \
match the document.";

fn send(operation: &Operation, call: &Call) -> TokenStream {
    let docs = doc_attrs::attribute(&format!(
        "Sends the `{}` request to {}, and returns the whole response.\n\n{ERRORS}",
        operation.method,
        markdown::code(&operation.path)
    ));
    let response = &call.response;
    let decoded = match &call.successes[..] {
        [success] => decoded(success),
        _ => response.to_token_stream(),
    };
    quote! {
        #docs
        pub async fn send(self) -> Result<Response<#response>, Error> {
            self.call().send::<#decoded>().await
        }
    }
}

fn wait(call: &Call) -> TokenStream {
    let main = call.main_success();
    let (value, decoded) = (&main.ty, decoded(main));
    quote! {
        /// Waits until the result is ready: repeats the request while the status is 202 (Accepted),
        /// after the time that the server asks to wait, or else after one second, two, four, and
        /// so on up to 30.
        ///
        /// # Errors
        ///
        /// As for [`send`](Self::send). After `timeout`, an [`Error`](crate::Error) with the last
        /// status, for which [`is_timeout`](crate::Error::is_timeout) is true.
        pub async fn wait_until_ready(
            self,
            timeout: ::std::time::Duration,
        ) -> Result<Response<#value>, Error> {
            self.call().wait_until_ready::<#decoded>(timeout).await
        }
    }
}

fn awaited(call: &Call) -> TokenStream {
    let (name, main) = (&call.name, call.main_success());
    let (value, decoded) = (&main.ty, decoded(main));
    quote! {
        impl IntoFuture for #name {
            type Output = Result<#value, Error>;
            type IntoFuture = CallFuture<#value>;

            fn into_future(self) -> Self::IntoFuture {
                self.call().value::<#decoded>()
            }
        }
    }
}
