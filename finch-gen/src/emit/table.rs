//! Emits the module `operations`: a static row for each operation, which the runtime reads.
//!
//! The row of `get_pet` is `GET_PET`. It states the method, the path, a separate server, the value
//! of `Accept`, the success statuses, whether the operation is idempotent or deprecated, the
//! constant headers, the credentials, and the names of secret properties.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use crate::api_model::{Credential, Operation};
use crate::call::Call;
use crate::{doc_attrs, markdown};

/// The name of the row for an operation.
pub(super) fn row_name(operation: &Operation) -> Ident {
    format_ident!("{}", operation.rust_name.to_ascii_uppercase())
}

/// The module `operations`.
pub(super) fn table(operations: &[Operation], calls: &[Call]) -> TokenStream {
    let rows = operations.iter().zip(calls);
    let rows = rows.map(|(operation, call)| row(operation, call));
    quote! {
        /// The facts that the runtime needs about each operation.
        pub(crate) mod operations {
            #[allow(unused_imports)]
            use crate::runtime::{Credential, Method, Operation, Server, Successes};

            #(#rows)*
        }
    }
}

fn row(operation: &Operation, call: &Call) -> TokenStream {
    let Operation {
        id,
        method,
        path,
        server,
        idempotent,
        deprecated,
        headers,
        security,
        secrets,
        pointer,
        ..
    } = operation;
    let name = row_name(operation);
    let docs = doc_attrs::attribute(&markdown::code(pointer));
    let method = format_ident!("{method}");
    let accept = &call.accept;
    let successes = successes(call);
    let headers = headers.iter().map(|(name, value)| {
        // In lower case, as HTTP/2 requires.
        let name = name.to_ascii_lowercase();
        quote!((#name, #value))
    });
    let security = security.iter().map(|alternative| {
        let credentials = alternative.iter().map(|credential| match credential {
            Credential::Bearer => quote!(Credential::Bearer),
            Credential::Basic => quote!(Credential::Basic),
            Credential::Header(name) => quote!(Credential::Header(#name)),
            Credential::Query(name) => quote!(Credential::Query(#name)),
            Credential::Cookie(name) => quote!(Credential::Cookie(#name)),
        });
        quote!(&[#(#credentials),*])
    });
    let server = match server {
        Some(url) => {
            let needs_credentials = operation.needs_credentials();
            quote!(Some(Server { url: #url, needs_credentials: #needs_credentials }))
        }
        None => quote!(None),
    };
    quote! {
        #docs
        pub(crate) static #name: Operation = Operation {
            id: #id,
            method: Method::#method,
            path: #path,
            server: #server,
            accept: #accept,
            successes: #successes,
            idempotent: #idempotent,
            deprecated: #deprecated,
            headers: &[#(#headers),*],
            security: &[#(#security),*],
            secrets: &[#(#secrets),*],
        };
    }
}

/// The statuses of the successes, in the runtime's representation.
fn successes(call: &Call) -> TokenStream {
    let statuses = call.successes.iter().flat_map(|success| &success.statuses);
    let statuses: Vec<Option<u16>> = statuses.map(|status| status.parse().ok()).collect();
    let mut numbers: Vec<u16> = statuses.iter().copied().flatten().collect();
    numbers.sort_unstable();
    let has_range = numbers.len() < statuses.len();
    let numbers = numbers.into_iter().map(Literal::u16_unsuffixed);
    let numbers: Vec<Literal> = numbers.collect();
    match (call.successes.len() > 1, has_range, numbers.as_slice()) {
        (true, true, numbers) => quote!(Successes::AllOfSeveral(&[#(#numbers),*])),
        (true, false, numbers) => quote!(Successes::Several(&[#(#numbers),*])),
        (false, true, _) | (false, _, []) => quote!(Successes::All),
        (false, false, [number]) => quote!(Successes::One(#number)),
        (false, false, numbers) => quote!(Successes::Alike(&[#(#numbers),*])),
    }
}
