//! The runtime decodes objects, instead of code that serde derives.
//!
//! ```yaml
//! A:
//!   required: [type, tags]
//!   properties:
//!     age: {type: integer}
//!     type: {type: [string, 'null']}
//!     tags: {$ref: '#/components/schemas/Tags'}
//! Tags: {type: array, items: {type: string}}
//! ```
//!
//! Before, serde derives `Deserialize` for each type. This code takes half of the time that the
//! client takes to compile: it also decodes each property as an item of an array, and has two
//! more types for each `deserialize_with`:
//!
//! ```text
//! #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
//! #[non_exhaustive]
//! pub struct A {
//!     #[serde(skip_serializing_if = "::std::option::Option::is_none")]
//!     pub age: ::std::option::Option<i64>,
//!     pub tags: Tags,
//!     #[serde(rename = "type", deserialize_with = "::std::option::Option::deserialize")]
//!     pub type_: ::std::option::Option<::std::string::String>,
//! }
//! #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
//! #[serde(transparent)]
//! pub struct Tags(::std::vec::Vec<::std::string::String>);
//! ```
//!
//! After, a macro of the runtime gets the list of properties, required ones first, and writes the
//! rest. It also decodes what servers get wrong: a required array that is null, or a required
//! nullable property that is missing. A type that only wraps another derives its code, and
//! decodes as leniently as a property:
//!
//! ```text
//! #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
//! #[non_exhaustive]
//! pub struct A {
//!     #[serde(skip_serializing_if = "::std::option::Option::is_none")]
//!     pub age: ::std::option::Option<i64>,
//!     pub tags: Tags,
//!     #[serde(rename = "type")]
//!     pub type_: ::std::option::Option<::std::string::String>,
//! }
//! crate::runtime::object! {
//!     A;
//!     required tags "tags";
//!     expected type_ "type";
//!     optional age "age";
//! }
//! #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
//! #[serde(transparent)]
//! pub struct Tags(
//!     #[serde(deserialize_with = "crate::runtime::lenient")]
//!     ::std::vec::Vec<::std::string::String>,
//! );
//! ```
//! A type with serde options that the runtime does not support also derives its code.

use std::mem;

use quote::{format_ident, quote};
use syn::{Field, Fields, Ident, Item, ItemMacro, ItemStruct, Type, parse_quote};

use crate::polish::syntax::{derives, serde_attrs, syn_build, syn_query};
use crate::polish::{Context, Unsupported};

pub(crate) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), Unsupported> {
    let types = syn_query::module(file, &["types"])?;
    for mut item in mem::take(types) {
        let read = match &mut item {
            Item::Struct(item) => read(item),
            _ => None,
        };
        types.push(item);
        types.extend(read.map(Item::Macro));
    }
    Ok(())
}

/// A property of an object.
struct Member {
    field: Ident,
    /// The JSON name.
    name: String,
    absent: Absent,
}

/// How a missing or null property is decoded.
#[derive(PartialEq)]
enum Absent {
    /// Decoding fails.
    Refused,
    /// As null, although the property is required.
    Expected,
    /// As null.
    Null,
    /// As `None` if it is missing, and as `Some(None)` if it is null.
    Nothing,
    /// As the result of this function.
    Default(syn::Path),
    /// As an empty map. The field collects all other properties.
    Others,
}

impl Absent {
    /// Returns the keyword in the macro of the runtime. The macro expects them in this order.
    fn keyword(&self) -> (u8, &'static str) {
        match self {
            Self::Refused => (0, "required"),
            Self::Expected => (1, "expected"),
            Self::Null => (2, "optional"),
            Self::Nothing => (3, "nullable"),
            Self::Default(_) => (4, "default"),
            Self::Others => (5, "others"),
        }
    }
}

/// Removes the derived `Deserialize` of `item`, and returns the macro call that replaces it. If the
/// runtime does not support the type, keeps the derived code and returns `None`.
fn read(item: &mut ItemStruct) -> Option<ItemMacro> {
    let Some(members) = members(item) else {
        read_leniently(item);
        return None;
    };
    derives::remove(&mut item.attrs, "Deserialize");
    item.fields.iter_mut().for_each(drop_decode_options);
    let members = members.iter().map(|member| {
        let keyword = format_ident!("{}", member.absent.keyword().1);
        let (field, name) = (&member.field, &member.name);
        match &member.absent {
            Absent::Default(path) => quote!(#keyword #field #name = #path;),
            Absent::Others => quote!(#keyword #field;),
            _ => quote!(#keyword #field #name;),
        }
    });
    let name = &item.ident;
    Some(syn_build::of_runtime("object", quote!(#name; #(#members)*)))
}

/// Returns the properties of `item`, an object that derives `Deserialize`, if the runtime supports
/// its attributes.
fn members(item: &ItemStruct) -> Option<Vec<Member>> {
    let Fields::Named(fields) = &item.fields else {
        return None;
    };
    let has_options = item.attrs.iter().any(|of| of.path().is_ident("serde"));
    if has_options || !derives::has(&item.attrs, "Deserialize") {
        return None;
    }
    let members = fields.named.iter().map(member);
    let mut members = members.collect::<Option<Vec<_>>>()?;
    members.sort_by_key(|member| member.absent.keyword().0);
    Some(members)
}

fn member(field: &Field) -> Option<Member> {
    let ident = field.ident.clone()?;
    let mut member = Member {
        name: syn_query::spelled(&ident),
        field: ident,
        absent: match syn_query::arguments_of(&field.ty, "Option") {
            Some(_) => Absent::Null,
            None => Absent::Refused,
        },
    };
    for option in serde_attrs::options(&field.attrs) {
        let name = option.name()?.to_string();
        match (name.as_str(), option.text()) {
            ("rename", Some(name)) => member.name = name,
            ("skip_serializing_if", Some(_)) => {}
            ("flatten", None) if is_map(&field.ty) => member.absent = Absent::Others,
            ("default", None) if option.is_bare() => {
                member.absent =
                    Absent::Default(syn_build::global(&["std", "default", "Default", "default"]));
            }
            ("default", Some(path)) => member.absent = Absent::Default(syn::parse_str(&path).ok()?),
            ("deserialize_with", Some(path)) => match path.as_str() {
                "::std::option::Option::deserialize" => member.absent = Absent::Expected,
                "crate::runtime::nullable" => member.absent = Absent::Nothing,
                _ => return None,
            },
            _ => return None,
        }
    }
    Some(member)
}

/// Whether `ty` is a map with string keys.
fn is_map(ty: &Type) -> bool {
    let key = syn_query::key_and_value(ty).map(|(key, _)| syn_query::last_name(key));
    key.is_some_and(|key| key == "String")
}

/// Makes a type that wraps another decode it as leniently as a property. Strings need no
/// leniency.
fn read_leniently(item: &mut ItemStruct) {
    let is_read = derives::has(&item.attrs, "Deserialize");
    if let Fields::Unnamed(fields) = &mut item.fields
        && is_read
        && fields.unnamed.len() == 1
        && let Some(field) = fields.unnamed.first_mut()
        && syn_query::last_ident(&field.ty).is_none_or(|ty| ty != "String")
    {
        field
            .attrs
            .push(parse_quote!(#[serde(deserialize_with = "crate::runtime::lenient")]));
    }
}

/// Removes the options of `field` that only affect decoding.
fn drop_decode_options(field: &mut Field) {
    serde_attrs::retain(&mut field.attrs, |option| {
        !option.is("default") && !option.is("deserialize_with")
    });
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens as _, format_ident};
    use syn::parse_quote;

    use super::*;

    /// Returns the remaining fields of `item`, and the code that decodes it.
    fn rewritten(mut item: ItemStruct) -> (Fields, Option<String>) {
        let read = read(&mut item);
        let read = read.map(|read| crate::render::layout::print(&read.mac.tokens));
        (item.fields, read)
    }

    #[test]
    fn each_kind_of_property_has_its_decoder() {
        let (left, read) = rewritten(parse_quote! {
            #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
            pub struct T {
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                pub may: ::std::option::Option<i64>,
                #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
                pub list: ::std::vec::Vec<i64>,
                #[serde(default = "defaults::size::<i64, 5>")]
                pub size: i64,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "crate::runtime::nullable")]
                pub null_or: ::std::option::Option<::std::option::Option<i64>>,
                #[serde(rename = "type")]
                pub type_: i64,
                #[serde(deserialize_with = "::std::option::Option::deserialize")]
                pub must: ::std::option::Option<i64>,
                pub items: ::std::vec::Vec<i64>,
                pub named: ::std::collections::HashMap<::std::string::String, i64>,
                pub maybe_named:
                    ::std::option::Option<::serde_json::Map<::std::string::String, ::serde_json::Value>>,
                pub maybe_items: ::std::option::Option<::std::vec::Vec<i64>>,
                #[serde(flatten)]
                pub extra: ::std::collections::HashMap<::std::string::String, i64>,
            }
        });
        assert_eq!(
            read.unwrap(),
            "\
T;
required type_ \"type\";
required items \"items\";
required named \"named\";
expected must \"must\";
optional may \"may\";
optional maybe_named \"maybe_named\";
optional maybe_items \"maybe_items\";
nullable null_or \"null_or\";
default list \"list\" = ::std::default::Default::default;
default size \"size\" = defaults::size::<i64, 5>;
others extra;
"
        );
        let expected: ItemStruct = parse_quote! {
            pub struct T {
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                pub may: ::std::option::Option<i64>,
                #[serde(skip_serializing_if = "::std::vec::Vec::is_empty")]
                pub list: ::std::vec::Vec<i64>,
                pub size: i64,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                pub null_or: ::std::option::Option<::std::option::Option<i64>>,
                #[serde(rename = "type")]
                pub type_: i64,
                pub must: ::std::option::Option<i64>,
                pub items: ::std::vec::Vec<i64>,
                pub named: ::std::collections::HashMap<::std::string::String, i64>,
                pub maybe_named:
                    ::std::option::Option<::serde_json::Map<::std::string::String, ::serde_json::Value>>,
                pub maybe_items: ::std::option::Option<::std::vec::Vec<i64>>,
                #[serde(flatten)]
                pub extra: ::std::collections::HashMap<::std::string::String, i64>,
            }
        };
        assert_eq!(left, expected.fields);
    }

    #[test]
    fn wrapper_is_decoded_as_leniently_as_a_property() {
        let read = |mut item: ItemStruct| {
            read_leniently(&mut item);
            item.to_token_stream().to_string().contains("lenient")
        };
        assert!(read(parse_quote!(
            #[derive(Deserialize)]
            pub struct T(pub Vec<i64>);
        )));
        for item in [
            parse_quote!(
                #[derive(Serialize)]
                pub struct T(pub Vec<i64>);
            ),
            parse_quote!(
                #[derive(Deserialize)]
                pub struct T(pub ::std::string::String);
            ),
            parse_quote!(
                #[derive(Deserialize)]
                pub struct T(pub i64, pub i64);
            ),
        ] {
            assert!(!read(item));
        }
    }

    #[test]
    fn unsupported_types_keep_their_derived_deserialize() {
        for item in [
            parse_quote!(
                #[derive(Serialize)]
                pub struct T {
                    pub a: i64,
                }
            ),
            parse_quote!(
                #[derive(Deserialize)]
                pub struct T(i64);
            ),
            parse_quote!(
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                pub struct T {
                    pub a: i64,
                }
            ),
            parse_quote!(
                #[derive(Deserialize)]
                pub struct T {
                    #[serde(flatten)]
                    pub a: A,
                }
            ),
            parse_quote!(
                #[derive(Deserialize)]
                pub struct T {
                    #[serde(deserialize_with = "a")]
                    pub a: A,
                }
            ),
        ] {
            let (left, read) = rewritten(item);
            assert_eq!(read, None, "{left:?}");
        }
        let fields = |count| {
            let names = (0..count).map(|index| format_ident!("a{index}"));
            parse_quote!(#[derive(Deserialize)] pub struct T { #(pub #names: i64),* })
        };
        let read = rewritten(fields(1000)).1.unwrap();
        assert!(read.ends_with("required a999 \"a999\";\n"), "{read}");
    }
}
