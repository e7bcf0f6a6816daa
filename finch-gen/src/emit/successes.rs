//! Emits the decoding of an operation with several kinds of success: an implementation of `Success`
//! that matches the status and decodes the body of that kind. A status that no kind has is an
//! error, unless a range or `default` covers it. A 205 that a range covers has no body, so it is
//! decoded as the 204 is. An operation with one kind gets nothing.
//!
//! The shape of a body does not select the kind: a 202 that happens to decode as a half-empty 200
//! would be the wrong kind.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use crate::call::{Call, Success};
use crate::polish::unions::success_enums::variant;
use crate::wire_format::Decoding;

/// The implementation of `Success` for the enum of a call with several kinds.
pub(super) fn decode(call: &Call) -> Option<TokenStream> {
    if call.successes.len() < 2 {
        return None;
    }
    let name = &call.response;
    let has = |status: &str| {
        let mut all = call.successes.iter().flat_map(|of| &of.statuses);
        all.any(|of| of == status)
    };
    let is_range_with_205 = has("2XX") && !has("205");
    let mut rest = None;
    let mut arms = Vec::new();
    for success in &call.successes {
        let variant = variant(&success.statuses[0]);
        let decoded = match success.decoding {
            Some(Decoding::Json) => {
                let ty = &success.ty;
                quote!(Json::<#ty>)
            }
            _ => decoded(success),
        };
        let value = match success.decoding {
            Some(_) => quote!(#name::#variant),
            None => quote!(|()| #name::#variant),
        };
        let value = quote!(#decoded::decode(answer).map(|response| response.map(#value)));
        match success.statuses[0].parse::<u16>() {
            Ok(204) if is_range_with_205 => arms.push(quote!(204 | 205 => #value)),
            Ok(status) => {
                let status = Literal::u16_unsuffixed(status);
                arms.push(quote!(#status => #value));
            }
            Err(_) => rest = Some(value),
        }
    }
    let rest = rest.unwrap_or_else(|| quote!(Err(Error::unexpected(answer))));
    let name = name.to_token_stream();
    Some(quote! {
        impl Success for #name {
            type Value = Self;

            fn decode(answer: RawResponse) -> Result<Response<Self>, Error> {
                match answer.status.as_u16() {
                    #(#arms,)*
                    _ => #rest,
                }
            }
        }
    })
}

/// The runtime's type that decodes a success.
pub(super) fn decoded(success: &Success) -> TokenStream {
    let ty = &success.ty;
    match success.decoding {
        Some(Decoding::Json) => quote!(Json<#ty>),
        Some(Decoding::Text) => quote!(Text),
        Some(Decoding::Bytes) => quote!(Binary),
        None => quote!(Empty),
    }
}
