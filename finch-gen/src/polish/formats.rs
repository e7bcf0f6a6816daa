//! Lets a response decode although a string in it breaks its format.
//!
//! ```yaml
//! Person: {required: [born], properties: {born: {type: string, format: date}}}
//! ```
//!
//! Before, one malformed date fails the whole response:
//!
//! ```text
//! pub struct Person {
//!     pub born: ::chrono::naive::NaiveDate,
//! }
//! ```
//! After, every type that a response can contain keeps the string, and parses it on demand:
//!
//! ```text
//! pub struct Person {
//!     pub born: crate::Formatted<::chrono::naive::NaiveDate>,
//! }
//! ```
//! A type that only requests contain does not change: the program writes the value, so it has the
//! format. In a request, a `date-time` is typify's `DateTime<Utc>`, which loses the offset. In a
//! response it is `Formatted<DateTime<Utc>>`, which keeps the string with its offset.

use syn::visit_mut::{self, VisitMut};
use syn::{Item, Type, parse_quote};

use super::syntax::{roles, syn_query};
use super::{Context, Unsupported};

/// A type that typify emits for strings with a format.
pub(crate) struct Format {
    pub(crate) path: &'static [&'static str],
    /// The name in error messages.
    pub(crate) name: &'static str,
    pub(crate) example: &'static str,
}

/// All types for strings with a format. `progenitor::settings` has the formats that typify does not
/// know, and `FORMATTED` in `shape/component_names.rs` has the names of the types.
pub(crate) const FORMATS: &[Format] = &[
    format(
        &["uuid", "Uuid"],
        "a UUID",
        "550e8400-e29b-41d4-a716-446655440000",
    ),
    format(
        &["chrono", "DateTime"],
        "a date and time (RFC 3339)",
        "2024-02-29T12:00:00Z",
    ),
    format(
        &["chrono", "naive", "NaiveDate"],
        "a date (RFC 3339)",
        "2024-02-29",
    ),
    format(&["std", "net", "IpAddr"], "an IP address", "192.0.2.1"),
    format(&["std", "net", "Ipv4Addr"], "an IPv4 address", "192.0.2.1"),
    format(
        &["std", "net", "Ipv6Addr"],
        "an IPv6 address",
        "2001:db8::1",
    ),
];

const fn format(
    path: &'static [&'static str],
    name: &'static str,
    example: &'static str,
) -> Format {
    Format {
        path,
        name,
        example,
    }
}

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
    let event = context.event(syn_query::module(file, &["types"])?);
    let received = roles::received(file, event)?;
    for item in syn_query::module(file, &["types"])? {
        let names = match &item {
            Item::Impl(item) => roles::names_in_head(item),
            other => syn_query::name(other)
                .map(ToString::to_string)
                .into_iter()
                .collect(),
        };
        if !names.is_disjoint(&received) {
            Formats.visit_item_mut(item);
        }
    }
    for send in syn_query::sends(file)? {
        Formats.visit_return_type_mut(&mut send.sig.output);
    }
    Ok(())
}

struct Formats;

impl VisitMut for Formats {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        let has_format = |format: &Format| match &ty {
            Type::Path(ty) if ty.qself.is_none() => {
                let is_whole = ty.path.segments.len() == format.path.len();
                is_whole && syn_query::ends_with(&ty.path, format.path)
            }
            _ => false,
        };
        match FORMATS.iter().any(has_format) {
            true => *ty = parse_quote!(crate::Formatted<#ty>),
            false => visit_mut::visit_type_mut(self, ty),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::polish::tests::{check_items, exchange};

    #[test]
    fn text_with_a_format_has_its_type_in_requests() {
        let tree = exchange(
            "
A: {required: [id], properties: {id: {type: string, format: uuid}}}
B: {required: [id], properties: {id: {type: string, format: uuid}, c: {$ref: '#/components/schemas/C'}}}
C: {required: [at], properties: {at: {type: string, format: date-time}}}
",
        );
        check_items(
            &tree,
            r#"
#[non_exhaustive]
pub struct A { pub id: ::uuid::Uuid }
#[non_exhaustive]
pub struct B {
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    pub c: ::std::option::Option<C>,
    pub id: crate::Formatted<::uuid::Uuid>,
}
#[non_exhaustive]
pub struct C { pub at: crate::Formatted<::chrono::DateTime<::chrono::offset::Utc>> }
"#,
        );
    }
}
