//! Emits how a parameter and a body are encoded, in the words of the runtime.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::shape::parameters::{Parameter, Place, Style};
use crate::shape::request_bodies::{Encoding, Part, Request, Sent};

/// The runtime's description of `parameter`.
pub(super) fn parameter(parameter: &Parameter) -> TokenStream {
    let Parameter {
        name,
        place,
        style,
        explode,
        allow_reserved,
        ..
    } = parameter;
    let place_name = match place {
        Place::Path => quote!(path),
        Place::Query => quote!(query),
        Place::Header => quote!(header),
        Place::Cookie => quote!(cookie),
    };
    let mut description = quote!(Parameter::#place_name(#name));
    if *style != place.default_style() {
        let style = format_ident!("{style:?}");
        description.extend(quote!(.style(Style::#style)));
    }
    // The runtime has the default of OpenAPI.
    if *explode != (*style == Style::Form) && *style != Style::DeepObject {
        description.extend(quote!(.explode(#explode)));
    }
    if *allow_reserved {
        description.extend(quote!(.allow_reserved()));
    }
    description
}

/// The method call that adds the `body` of a request.
pub(super) fn body(request: &Request, body: &TokenStream) -> TokenStream {
    let media_type = &request.media_type;
    match &request.encoding {
        Encoding::Json => quote!(.json(#media_type, #body)),
        Encoding::Form(styled) => {
            let styled = styled.iter().map(parameter);
            quote!(.form(&[#(#styled),*], #body))
        }
        Encoding::Multipart(parts) => {
            let parts = parts.iter().map(part);
            quote!(.multipart(&[#(#parts),*], #body))
        }
        Encoding::Raw => quote!(.content(#media_type, #body)),
        Encoding::File => quote!(.file(#body)),
    }
}

fn part(part: &Part) -> TokenStream {
    let Part { name, sent } = part;
    match sent {
        Sent::AsFile(None) => quote!(Part::file(#name)),
        Sent::AsFile(Some(media_type)) => quote!(Part::file(#name).of_type(#media_type)),
        Sent::As(media_type) => quote!(Part::value(#name).of_type(#media_type)),
        Sent::InStyle(styled) => {
            let styled = parameter(styled);
            quote!(Part::in_style(#styled))
        }
    }
}
