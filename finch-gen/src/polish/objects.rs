//! An object is read by the runtime, and not by code that serde derives for it.
//!
//! Before, what is derived for a type takes half of the time that its client
//! takes to compile: it reads each member twice, as that of an array, too, and
//! for each `deserialize_with` there are two more types:
//!
//! ```text
//! #[derive(::serde::Deserialize, ::serde::Serialize, …)]
//! pub struct T {
//!     #[serde(skip_serializing_if = "…")]
//!     pub age: Option<i64>,
//!     #[serde(rename = "type", deserialize_with = "::std::option::Option::deserialize")]
//!     pub type_: Option<String>,
//! }
//! ```
//!
//! After, it says which members there are, those first that must be there, and
//! the macro of the runtime writes the rest:
//!
//! ```text
//! #[derive(::serde::Serialize, …)]
//! pub struct T { … }
//! crate::runtime::object! {
//!     T;
//!     required 0 type_ "type";
//!     optional 1 age "age";
//! }
//! ```
//!
//! What says more to serde than this, as that all other members go into one, is
//! left to it.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Field, Fields, Ident, Item, ItemMacro, ItemStruct};

use super::{Context, code, derives, said, tree};

/// As many members as the runtime can keep apart.
const MOST: usize = 128;

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let types = tree::module(file, &["types"])?;
    let mut items = Vec::with_capacity(types.len());
    for item in types.drain(..) {
        match item {
            Item::Struct(mut item) => {
                let members = members(&item);
                if let Some(members) = &members {
                    derives::remove(&mut item.attrs, &["Deserialize"]);
                    item.fields.iter_mut().for_each(leave_to_write);
                    let read = read(&item.ident, members);
                    items.push(Item::Struct(item));
                    items.push(Item::Macro(read));
                } else {
                    items.push(Item::Struct(item));
                }
            }
            item => items.push(item),
        }
    }
    *types = items;
    Ok(())
}

/// A member of an object.
struct Member {
    field: Ident,
    /// Its name in JSON.
    name: String,
    absent: Absent,
}

/// What a member is that is not there.
#[derive(PartialEq)]
enum Absent {
    /// A mistake.
    Refused,
    /// As null.
    Null,
    /// Nothing, which no value is.
    Nothing,
    /// What this function says.
    Default(syn::Path),
}

impl Absent {
    /// Which members come before those of this kind.
    fn rank(&self) -> u8 {
        match self {
            Self::Refused => 0,
            Self::Null => 1,
            Self::Nothing => 2,
            Self::Default(_) => 3,
        }
    }
}

/// What reads the object `name` with these members.
fn read(name: &Ident, members: &[Member]) -> ItemMacro {
    let members = members.iter().enumerate().map(|(at, member)| {
        let at = Literal::usize_unsuffixed(at);
        let (kind, default) = match &member.absent {
            Absent::Refused => (quote!(required), None),
            Absent::Null => (quote!(optional), None),
            Absent::Nothing => (quote!(nullable), None),
            Absent::Default(path) => (quote!(default), Some(quote!(= #path))),
        };
        let (field, name) = (&member.field, &member.name);
        quote!(#kind #at #field #name #default;)
    });
    let members: TokenStream = members.collect();
    code::of_runtime("object", quote!(#name; #members))
}

/// The members of `item`, if it is an object that serde is to read, and no more
/// is said of it than the runtime knows.
fn members(item: &ItemStruct) -> Option<Vec<Member>> {
    let Fields::Named(fields) = &item.fields else {
        return None;
    };
    let is_plain = !item.attrs.iter().any(|of| of.path().is_ident("serde"));
    let is_read = is_plain && derives::has(&item.attrs, "Deserialize");
    if !is_read || fields.named.len() > MOST {
        return None;
    }
    let members = fields.named.iter().map(member);
    let mut members = members.collect::<Option<Vec<_>>>()?;
    members.sort_by_key(|member| member.absent.rank());
    Some(members)
}

fn member(field: &Field) -> Option<Member> {
    let ident = field.ident.clone()?;
    let mut member = Member {
        name: tree::spelled(&ident),
        field: ident,
        absent: match tree::arguments_of(&field.ty, "Option") {
            Some(_) => Absent::Null,
            None => Absent::Refused,
        },
    };
    for said in said::all_to_serde(&field.attrs) {
        let name = said.name()?.to_string();
        match (name.as_str(), said.text()) {
            ("rename", Some(name)) => member.name = name,
            ("skip_serializing_if", Some(_)) => {}
            ("default", None) if said.is_alone() => {
                member.absent =
                    Absent::Default(code::global(&["std", "default", "Default", "default"]));
            }
            ("default", Some(path)) => member.absent = Absent::Default(syn::parse_str(&path).ok()?),
            ("deserialize_with", Some(path)) => match path.as_str() {
                "::std::option::Option::deserialize" => member.absent = Absent::Refused,
                "crate::runtime::nullable" => member.absent = Absent::Nothing,
                _ => return None,
            },
            _ => return None,
        }
    }
    Some(member)
}

/// Takes out of what is said of `field` to serde what is said of reading it.
fn leave_to_write(field: &mut Field) {
    said::retain(&mut field.attrs, |said| {
        !said.is("default") && !said.is("deserialize_with")
    });
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens as _, format_ident};
    use syn::parse_quote;

    use super::*;

    /// The code of what is left of `item`, and of what reads it.
    fn rewritten(mut item: ItemStruct) -> (String, Option<String>) {
        let read = members(&item).map(|members| {
            crate::render::layout::print(&self::read(&item.ident, &members).mac.tokens)
        });
        item.fields.iter_mut().for_each(leave_to_write);
        (item.to_token_stream().to_string().replace(' ', ""), read)
    }

    #[test]
    fn a_member_is_read_as_it_may_be_absent() {
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
            }
        });
        assert_eq!(
            read.unwrap(),
            "\
T;
required 0 type_ \"type\";
required 1 must \"must\";
optional 2 may \"may\";
nullable 3 null_or \"null_or\";
default 4 list \"list\" = ::std::default::Default::default;
default 5 size \"size\" = defaults::size::<i64, 5>;
"
        );
        for part in [
            r#"#[serde(skip_serializing_if="::std::vec::Vec::is_empty")]publist"#,
            r#"#[serde(rename="type")]pubtype_"#,
            "i64>,pubsize:i64",
        ] {
            assert!(left.contains(part), "{part} is not in {left}");
        }
        assert!(!left.contains("deserialize_with"), "{left}");
    }

    #[test]
    fn what_the_runtime_does_not_know_is_left_to_serde() {
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
            assert_eq!(read, None, "{left}");
        }
        let fields = |count| {
            let names = (0..count).map(|index| format_ident!("a{index}"));
            parse_quote!(#[derive(Deserialize)] pub struct T { #(pub #names: i64),* })
        };
        assert!(rewritten(fields(MOST)).1.is_some());
        assert_eq!(rewritten(fields(MOST + 1)).1, None);
    }
}
