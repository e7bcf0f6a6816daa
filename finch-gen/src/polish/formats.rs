//! A text that does not have its format does not fail a response.
//!
//! Before, one date that is none, anywhere in an answer, and nothing of it can
//! be read:
//!
//! ```text
//! pub struct Person { pub dob: Option<::chrono::naive::NaiveDate> }
//! ```
//!
//! After, in all that a response can hold, the text is kept, and is read as what
//! it should be when that is asked for:
//!
//! ```text
//! pub struct Person { pub dob: Option<crate::Formatted<::chrono::naive::NaiveDate>> }
//! ```
//!
//! What only a request holds stays as it is: a caller has the right type. And a
//! `date-time` stays typify's `DateTime<Utc>`, which has no offset: of an answer
//! `Formatted` keeps the text, offset and all, and a caller names an instant.

use syn::visit_mut::{self, VisitMut};
use syn::{Item, Type, TypePath, parse_quote};

use super::Context;
use super::syntax::{roles, syn_query};

/// What typify makes of texts with a format, and what an error calls it.
pub(crate) const FORMATS: [(&[&str], &str); 6] = [
    (&["uuid", "Uuid"], "a UUID"),
    (&["chrono", "DateTime"], "a date and time (RFC 3339)"),
    (&["chrono", "naive", "NaiveDate"], "a date (RFC 3339)"),
    (&["std", "net", "IpAddr"], "an IP address"),
    (&["std", "net", "Ipv4Addr"], "an IPv4 address"),
    (&["std", "net", "Ipv6Addr"], "an IPv6 address"),
];

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let received = roles::received(file)?;
    for item in syn_query::module(file, &["types"])? {
        let is_received = match &item {
            Item::Impl(item) => !roles::names_in_head(item).is_disjoint(&received),
            other => {
                syn_query::name(other).is_some_and(|name| received.contains(&name.to_string()))
            }
        };
        if is_received {
            Formats.visit_item_mut(item);
        }
    }
    for item in syn_query::module(file, &["builder"])? {
        let Item::Impl(item) = item else { continue };
        for send in syn_query::functions(item).filter(|function| function.sig.ident == "send") {
            Formats.visit_return_type_mut(&mut send.sig.output);
        }
    }
    Ok(())
}

struct Formats;

impl VisitMut for Formats {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(TypePath {
            qself: None, path, ..
        }) = ty
        {
            let is = |names: &[&str]| {
                path.segments.len() == names.len() && syn_query::ends_with(path, names)
            };
            if FORMATS.iter().any(|(names, _)| is(names)) {
                *ty = parse_quote!(crate::Formatted<#ty>);
                return;
            }
        }
        visit_mut::visit_type_mut(self, ty);
    }
}
