//! Emits how the runtime encodes a parameter and a request body, as calls of the runtime.
//!
//! A query parameter `tags` becomes `Parameter::query("tags")`. A style other than the default of
//! its location adds `.style(Style::PipeDelimited)`. A JSON body becomes
//! `.json("application/json", self.body)`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::wire_format::{Encoding, Location, Parameter, Part, PartEncoding, RequestBody, Style};

/// The runtime's description of `parameter`.
pub(super) fn parameter(parameter: &Parameter) -> TokenStream {
    let Parameter {
        name,
        location,
        style,
        explode,
        allow_reserved,
        ..
    } = parameter;
    let function = match location {
        Location::Path => quote!(path),
        Location::Query => quote!(query),
        Location::Header => quote!(header),
        Location::Cookie => quote!(cookie),
    };
    let mut description = quote!(Parameter::#function(#name));
    if *style != location.default_style() {
        let style = format_ident!("{style:?}");
        description.extend(quote!(.style(Style::#style)));
    }
    // The runtime applies OpenAPI's default.
    if *explode != (*style == Style::Form) && *style != Style::DeepObject {
        description.extend(quote!(.explode(#explode)));
    }
    if *allow_reserved {
        description.extend(quote!(.allow_reserved()));
    }
    description
}

/// The method call that adds the `body` of a request.
pub(super) fn body(request: &RequestBody, body: &TokenStream) -> TokenStream {
    let media_type = &request.media_type;
    match &request.encoding {
        Encoding::Json => quote!(.json(#media_type, #body)),
        Encoding::Form(styled) => {
            let styled = styled.iter().map(parameter);
            quote!(.form(&[#(#styled),*], #body))
        }
        Encoding::Multipart { parts, .. } => {
            let parts = parts.iter().map(part);
            quote!(.multipart(&[#(#parts),*], #body))
        }
        Encoding::Raw => quote!(.content(#media_type, #body)),
        Encoding::File => quote!(.file(#media_type, #body)),
    }
}

fn part(part: &Part) -> TokenStream {
    let Part { name, encoding } = part;
    match encoding {
        PartEncoding::MediaType(media_type) => quote!(Part::value(#name).of_type(#media_type)),
        PartEncoding::Style(styled) => {
            let styled = parameter(styled);
            quote!(Part::in_style(#styled))
        }
    }
}
