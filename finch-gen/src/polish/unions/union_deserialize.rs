//! Decodes a union as the variant that a value is meant for.
//!
//! ```yaml
//! Pet: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}
//! Cat: {required: [kind], properties: {kind: {const: cat}}}
//! Dog: {required: [kind], properties: {kind: {const: dog}}}
//! ```
//!
//! Before, serde's code tries the variants in turn and takes the first that fits, although a
//! property says that the value is another. It also decodes the list `[1]` as an object, and
//! refuses 1.0 for an integer:
//!
//! ```text
//! #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
//! #[serde(untagged)]
//! pub enum Pet {
//!     Cat(Cat),
//!     Dog(Dog),
//!     Other(::serde_json::Value),
//! }
//! ```
//!
//! After, the runtime knows the values that distinguish the variants, and the properties that
//! each one keeps. Of the variants that fit, it takes the one that drops least:
//!
//! ```text
//! #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
//! #[serde(untagged)]
//! pub enum Pet {
//!     Cat(Cat),
//!     Dog(Dog),
//!     Other(::serde_json::Value),
//! }
//! impl<'de> ::serde::Deserialize<'de> for Pet {
//!     fn deserialize<D: ::serde::Deserializer<'de>>(
//!         deserializer: D,
//!     ) -> ::std::result::Result<Self, D::Error> {
//!         use crate::runtime::{Keeps, Scalar, Tag, decode, read_union};
//!         read_union(
//!             deserializer,
//!             &[
//!                 (
//!                     &[Tag::Required(&["kind"], &[Scalar::Text("cat")])],
//!                     Keeps::Object,
//!                     |value| decode(value).map(Self::Cat),
//!                 ),
//!                 (
//!                     &[Tag::Required(&["kind"], &[Scalar::Text("dog")])],
//!                     Keeps::Object,
//!                     |value| decode(value).map(Self::Dog),
//!                 ),
//!             ],
//!             ::std::option::Option::Some(Self::Other),
//!         )
//!     }
//! }
//! ```
//!
//! The variants of an inner union are listed, too, each once. The variant for values of no
//! other variant is listed only if the document has a branch that accepts any JSON.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Fields, Item, ItemEnum, Type};

use super::union_coverage::Types;
use super::variant_names;
use crate::polish::syntax::{derives, syn_query};
use crate::polish::{Context, Unsupported};
use crate::shape::{ANY, KnownVariant, Scalar, Tag};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
    let items = syn_query::module(file, &["types"])?;
    let types = Types::from_items(items);
    let named = items.iter();
    let named = named.filter_map(|item| Some((syn_query::name(item)?.to_string(), item)));
    let named: BTreeMap<String, &Item> = named.collect();
    let mut implementations = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Item::Enum(union) = item else { continue };
        if !variant_names::is_union(union) || !derives::has(&union.attrs, "Deserialize") {
            continue;
        }
        let Some(mut tried) = tried(union, &named) else {
            continue;
        };
        let known = context.shaped.unions.get(&union.ident.to_string());
        let known = one_per_name(known.map_or(&[][..], Vec::as_slice));
        let accepts_any = known.iter().any(|variant| variant.name == ANY);
        tried.retain(|of| accepts_any || !syn_query::is_any_json(of.ty));
        let positions = known.iter().enumerate();
        let positions = positions.map(|(position, variant)| (variant.name.as_str(), position));
        let positions: HashMap<&str, usize> = positions.collect();
        for of in &mut tried {
            let mut names = [type_name(of.ty)].into_iter().chain(of.wrappers.drain(..));
            of.position = names.find_map(|name| positions.get(name.as_str()).copied());
        }
        tried.sort_by_cached_key(|of| {
            let position = of.position.unwrap_or(usize::MAX);
            (types.may_be_any(of.ty), position)
        });
        let implementation = deserialize(union, &tried, &known, &types);
        let implementation = syn::parse2(implementation).map_err(|error| {
            let what = format!("`Deserialize` of `{}`: {error}", union.ident);
            Unsupported::at(context.place(&union.ident.to_string()), what)
        });
        implementations.push(implementation.map(|implementation| (index, implementation)));
    }
    for (index, implementation) in Unsupported::collect(implementations)? {
        if let Item::Enum(union) = &mut items[index] {
            derives::remove(&mut union.attrs, "Deserialize");
        }
        items.push(Item::Impl(implementation));
    }
    Ok(())
}

/// Joins the variants with one name, because one type decodes all of them. Keeps the tags that all
/// of them have, with all values.
fn one_per_name(known: &[KnownVariant]) -> Vec<KnownVariant> {
    let mut joined: Vec<KnownVariant> = Vec::new();
    for variant in known {
        let Some(first) = joined.iter_mut().find(|first| first.name == variant.name) else {
            joined.push(variant.clone());
            continue;
        };
        first.tags.retain_mut(|tag| {
            let mut others = variant.tags.iter();
            let Some(other) = others.find(|other| other.path == tag.path) else {
                return false;
            };
            tag.values.extend(other.values.iter().cloned());
            tag.is_required &= other.is_required;
            true
        });
    }
    joined
}

/// A type that may decode a value.
struct Tried<'a> {
    ty: &'a Type,
    /// The code that wraps it in the union, from the inside out.
    constructors: Vec<TokenStream>,
    /// The names of the types that wrap only it, from the inside out. typify ignores a conjunct
    /// without properties, so the document may know the variant by such a name.
    wrappers: Vec<String>,
    /// The index of its variant in the document.
    position: Option<usize>,
}

/// Returns the types that may decode a value of `union`, or `None` if a variant does not contain
/// exactly one type.
fn tried<'a>(union: &'a ItemEnum, named: &BTreeMap<String, &'a Item>) -> Option<Vec<Tried<'a>>> {
    let mut tried = Vec::new();
    let mut seen = HashSet::from([union.ident.to_string()]);
    let mut next: VecDeque<Tried<'a>> = variants_of(union, &quote!(Self), &[])?.into();
    while let Some(of) = next.pop_front() {
        let bare = syn_query::unboxed(of.ty);
        if !seen.insert(bare.to_token_stream().to_string()) {
            continue;
        }
        let boxed = !std::ptr::eq(bare, of.ty);
        let boxed = boxed.then(|| quote!(::std::boxed::Box::new));
        let around = || Vec::from_iter(boxed.iter().chain(&of.constructors).cloned());
        match own(bare, named) {
            Some(Item::Enum(inner)) if variant_names::is_union(inner) => {
                let name = &inner.ident;
                match variants_of(inner, &quote!(#name), &around()) {
                    Some(variants) => next.extend(variants),
                    None => tried.push(of),
                }
            }
            Some(Item::Struct(item)) => match &item.fields {
                // Another name for a type of this client.
                Fields::Unnamed(fields) if own(&fields.unnamed[0].ty, named).is_some() => {
                    let name = &item.ident;
                    next.push_back(Tried {
                        ty: &fields.unnamed[0].ty,
                        constructors: [vec![quote!(#name)], around()].concat(),
                        wrappers: [vec![name.to_string()], of.wrappers.clone()].concat(),
                        position: None,
                    });
                }
                _ => tried.push(of),
            },
            _ => tried.push(of),
        }
    }
    Some(tried)
}

/// Returns the item that defines `ty`, if the client defines it.
fn own<'a>(ty: &Type, named: &BTreeMap<String, &'a Item>) -> Option<&'a Item> {
    match ty {
        Type::Path(path) => named.get(&path.path.get_ident()?.to_string()).copied(),
        _ => None,
    }
}

/// Returns the types in the variants of `union`. The code calls the union `name`, and wraps it with
/// `around`.
fn variants_of<'a>(
    union: &'a ItemEnum,
    name: &TokenStream,
    around: &[TokenStream],
) -> Option<Vec<Tried<'a>>> {
    let variants = union.variants.iter().map(|variant| match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            let variant = &variant.ident;
            Some(Tried {
                ty: &fields.unnamed[0].ty,
                constructors: [&[quote!(#name::#variant)], around].concat(),
                wrappers: Vec::new(),
                position: None,
            })
        }
        _ => None,
    });
    variants.collect()
}

fn deserialize(
    union: &ItemEnum,
    tried: &[Tried<'_>],
    known: &[KnownVariant],
    types: &Types,
) -> TokenStream {
    let name = &union.ident;
    let other = union.variants.iter().find(|variant| {
        let mut fields = variant.fields.iter();
        fields.any(|field| syn_query::is_any_json(&field.ty))
    });
    let otherwise = match other.map(|variant| &variant.ident) {
        Some(other) => quote!(::std::option::Option::Some(Self::#other)),
        None => quote!(::std::option::Option::None),
    };
    let tags = tried.iter().map(|of| match of.position {
        Some(position) => known[position].tags.as_slice(),
        None => &[],
    });
    let tags: Vec<&[Tag]> = tags.collect();
    let keeps = keeps(tried, &tags, types);
    let uses_tags = tags.iter().any(|tags| !tags.is_empty());
    let uses_tags = uses_tags.then(|| quote!(Scalar, Tag,));
    let uses = (!tried.is_empty()).then(|| quote!(Keeps, #uses_tags decode,));
    let tags = tags.into_iter().map(|tags| tags.iter().map(tag));
    let tags = tags.map(|tags| quote!(&[#(#tags),*]));
    let constructors = tried.iter().map(|of| {
        let constructors = &of.constructors;
        quote!(decode(value) #(.map(#constructors))*)
    });
    quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                use crate::runtime::{#uses read_union};
                read_union(deserializer, &[
                    #((#tags, #keeps, |value| #constructors)),*
                ], #otherwise)
            }
        }
    }
}

/// Returns the name of the variant in the document that `ty` is generated from.
fn type_name(ty: &Type) -> String {
    let ty = syn_query::unboxed(ty);
    if let Some(item) = syn_query::argument_of(ty, "Vec") {
        return format!("[{}]", type_name(item));
    }
    if syn_query::is_any_json(ty) {
        return ANY.to_owned();
    }
    if let Some(inner) = syn_query::argument_of(ty, "Option") {
        return type_name(inner);
    }
    let is_own = matches!(ty, Type::Path(path) if path.path.get_ident().is_some());
    let name = syn_query::last_name(ty);
    match name.as_str() {
        "bool" => "boolean",
        "HashMap" | "Map" => "object",
        // Other types are strings, with or without a format.
        other => syn_query::number_type(other).unwrap_or(if is_own { other } else { "string" }),
    }
    .to_owned()
}

/// Returns the properties that each of the types keeps and another may drop.
fn keeps(tried: &[Tried<'_>], tags: &[&[Tag]], types: &Types) -> Vec<TokenStream> {
    let all: Vec<&Type> = tried.iter().map(|of| of.ty).collect();
    let mut untagged = all.iter().zip(tags).filter(|(_, tags)| tags.is_empty());
    let tagged = tags.iter().filter_map(|tags| tags.first());
    if !are_distinguished(tagged) || untagged.any(|(ty, _)| types.is_object(ty)) {
        return types.coverage(&all);
    }
    let keeps = all.iter().zip(tags).map(|(ty, tags)| match tags {
        [] => types.coverage(&[ty]).remove(0),
        _ => quote!(Keeps::Object),
    });
    keeps.collect()
}

/// Whether all of `tags` are the same required property, and no two have the same value.
fn are_distinguished<'a>(mut tags: impl Iterator<Item = &'a Tag>) -> bool {
    let mut path = None;
    let mut seen = BTreeSet::new();
    tags.all(|tag| {
        tag.is_required
            && *path.get_or_insert(&tag.path) == &tag.path
            && tag.values.iter().all(|value| seen.insert(value))
    })
}

/// Emits `tag`.
fn tag(tag: &Tag) -> TokenStream {
    let kind = match tag.is_required {
        true => quote!(Required),
        false => quote!(Optional),
    };
    let path = &tag.path;
    let values = tag.values.iter().map(|value| match value {
        Scalar::Text(text) => quote!(Scalar::Text(#text)),
        Scalar::Integer(value) => {
            let value = proc_macro2::Literal::i64_unsuffixed(*value);
            quote!(Scalar::Integer(#value))
        }
        Scalar::Number(number) => {
            let number = number.parse().expect("it was made from a number");
            let number = proc_macro2::Literal::f64_unsuffixed(number);
            quote!(Scalar::Number(#number))
        }
        Scalar::Boolean(value) => quote!(Scalar::Boolean(#value)),
    });
    quote!(Tag::#kind(&[#(#path),*], &[#(#values),*]))
}

#[cfg(test)]
pub(super) mod tests {
    use syn::visit::Visit;
    use syn::{Expr, ExprCall, parse_quote};

    use super::*;
    use crate::polish::tests::{check_items, exchange};

    /// Returns the variants in the call of `read_union`.
    struct Variants(Vec<String>);

    impl Visit<'_> for Variants {
        fn visit_expr_call(&mut self, call: &ExprCall) {
            let args: Vec<&Expr> = call.args.iter().collect();
            if let [_, Expr::Reference(list), _] = args.as_slice()
                && let Expr::Array(list) = &*list.expr
                && *call.func == parse_quote!(read_union)
            {
                let variants = list.elems.iter().map(|of| of.to_token_stream().to_string());
                self.0.extend(variants);
            }
        }
    }

    /// Returns the arguments of `read_union` for a union with `branches`.
    pub(crate) fn variants(branches: &str, schemas: &str) -> Vec<String> {
        let mut tree = exchange(&format!("B: {{oneOf: [{branches}]}}\n{schemas}"));
        let mut variants = Variants(Vec::new());
        let types = syn_query::module(&mut tree.file, &["types"]).unwrap();
        for item in types {
            if let Item::Impl(item) = item
                && syn_query::self_name(item).is_some_and(|name| name == "B")
            {
                variants.visit_item_impl(item);
            }
        }
        variants.0
    }

    #[test]
    fn inner_union_variants_are_tried_with_the_outer_ones() {
        let inner = "{$ref: '#/components/schemas/Inner'}";
        let one = "{$ref: '#/components/schemas/One'}";
        let schemas = format!(
            "
A: {{}}
One: {{properties: {{one: {{}}}}}}
Two: {{properties: {{two: {{}}, inner: {inner}}}}}
Inner: {{oneOf: [{one}, {{$ref: '#/components/schemas/Two'}}, {{type: integer}}]}}
Alias: {inner}
"
        );
        let one_of =
            |of: TokenStream| quote!((&[], Keeps::Names(&["one"]), |value| decode(value) #of));
        let two_of = |of: TokenStream| quote!((&[], Keeps::Names(&["inner", "two"]), |value| decode(value) #of));
        let scalar_of = |of: TokenStream| quote!((&[], Keeps::All, |value| decode(value) #of));
        for (branches, expected) in [
            (
                format!("{inner}, {{type: string}}"),
                vec![
                    one_of(quote!(.map(Inner::One).map(Self::Inner))),
                    two_of(quote!(.map(Inner::Two).map(Self::Inner))),
                    scalar_of(quote!(.map(Inner::Integer).map(Self::Inner))),
                    scalar_of(quote!(.map(Self::String))),
                ],
            ),
            (
                "{$ref: '#/components/schemas/Alias'}, {type: string}".to_owned(),
                vec![
                    one_of(quote!(.map(Inner::One).map(Alias).map(Self::Alias))),
                    two_of(quote!(.map(Inner::Two).map(Alias).map(Self::Alias))),
                    scalar_of(quote!(.map(Inner::Integer).map(Alias).map(Self::Alias))),
                    scalar_of(quote!(.map(Self::String))),
                ],
            ),
            // A variant of both unions is a variant of the outer one.
            (
                format!("{inner}, {one}"),
                vec![
                    one_of(quote!(.map(Self::One))),
                    two_of(quote!(.map(Inner::Two).map(Self::Inner))),
                    scalar_of(quote!(.map(Inner::Integer).map(Self::Inner))),
                ],
            ),
        ] {
            let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
            assert_eq!(variants(&branches, &schemas), expected, "{branches}");
        }
    }

    /// Each type decodes once for all of its variants.
    #[test]
    fn variants_of_one_type_share_their_tags() {
        let schemas = "A: {}
Leaf: {type: integer}
Inner: {oneOf: [{type: integer, enum: [4]}, {type: boolean}]}";
        let leaf = "{$ref: '#/components/schemas/Leaf'}";
        let integers = "{type: integer, enum: [1]}, {type: integer, enum: [3]}";
        for (branches, values) in [
            (format!("{integers}, {leaf}"), &["1", "3"][..]),
            (format!("{integers}, {leaf}, {{type: string}}"), &["1", "3"]),
            (
                format!("{integers}, {leaf}, {{$ref: '#/components/schemas/Inner'}}"),
                &["1", "3", "4"],
            ),
            (
                format!("{{$ref: '#/components/schemas/Inner'}}, {leaf}"),
                &["4"],
            ),
        ] {
            let variants = variants(&branches, schemas);
            let of_values = variants.iter().filter(|of| of.contains("Scalar"));
            let of_values: Vec<&String> = of_values.collect();
            let [of_values] = of_values[..] else {
                panic!("{branches}: {variants:#?}");
            };
            for value in values {
                let value = format!("Scalar :: Integer ({value}");
                assert!(of_values.contains(&value), "{branches}: {of_values}");
            }
        }
    }

    #[test]
    fn a_conjunct_without_properties_hides_no_tags() {
        let base = |of: &str| {
            format!("{{type: object, required: [t], properties: {{t: {{const: {of}}}}}}}")
        };
        let branch = |of: &str| format!("{{$ref: '#/components/schemas/{of}'}}");
        for conjunct in [
            "{}",
            "{description: A.}",
            "{type: object}",
            "{properties: {}}",
            "{type: object, properties: {}}",
            "{type: object, required: []}",
            "{type: object, additionalProperties: true}",
            "{additionalProperties: {}}",
            "{allOf: [{type: object, properties: {}}]}",
        ] {
            let extended = |of: &str| format!("{{allOf: [{}, {conjunct}]}}", branch(of));
            let schemas = format!(
                "A: {{}}\nBaseC: {}\nBaseD: {}\nC: {}\nD: {}\nE: {}",
                base("c"),
                base("d"),
                extended("BaseC"),
                extended("BaseD"),
                extended("C"),
            );
            for branches in [["C", "D"], ["E", "D"]] {
                let variants = variants(&branches.map(branch).join(", "), &schemas);
                for value in ["c", "d"] {
                    let value = format!("Scalar :: Text (\"{value}\")");
                    let mut tagged = variants.iter();
                    let is_tagged = tagged.any(|of| of.contains(&value));
                    assert!(is_tagged, "{conjunct}: {variants:#?}");
                }
                assert_eq!(variants.len(), 2, "{conjunct}");
            }
        }
    }

    /// A variant that accepts all values of a kind is tried last.
    #[test]
    fn variants_are_tried_from_narrow_to_wide() {
        let schemas = "A: {}\nOne: {properties: {one: {}}}";
        let array = |items: &str| format!("{{type: array, items: {items}}}");
        let listed = "{type: string, enum: [a]}";
        let wide = "{type: integer, example: 9223372036854775808}";
        let small = "{type: integer, format: int8}";
        for (branches, expected) in [
            (
                ["{type: number}", wide, "{type: boolean}"],
                &["Boolean", "Integer", "Number"][..],
            ),
            (
                ["{type: number}", small, "{type: boolean}"],
                &["Boolean", "Integer", "Number"],
            ),
            (
                [&array("{type: number}"), &array(wide), "{type: string}"],
                &["Integers", "Numbers", "String"],
            ),
            (
                ["{type: number}", "{type: integer}", "{type: boolean}"],
                &["Boolean", "Integer", "Number"],
            ),
            (
                [&array("{}"), &array("{type: string}"), "{type: integer}"],
                &["Integer", "Strings", "Others"],
            ),
            (
                [
                    &array("{type: number}"),
                    &array("{type: integer}"),
                    "{type: string}",
                ],
                &["Integers", "Numbers", "String"],
            ),
            (
                [
                    &array(&array("{}")),
                    &array(&array("{type: string}")),
                    "{type: string}",
                ],
                &["StringLists", "String", "OtherLists"],
            ),
            (
                [&array("{}"), &array(listed), "{type: integer}"],
                &["", "Integer", "Others"],
            ),
            (
                [
                    "{}",
                    "{$ref: '#/components/schemas/One'}",
                    "{type: integer}",
                ],
                &["One", "Integer", "Other"],
            ),
            (
                [
                    "{oneOf: [{}, {type: integer}]}",
                    "{type: string}",
                    "{type: boolean}",
                ],
                &["Boolean", "Integer", "String", "Other"],
            ),
        ] {
            let branches = branches.join(", ");
            let variants = variants(&branches, schemas);
            let is_found = variants.iter().zip(expected).all(|(variant, name)| {
                name.is_empty() || variant.ends_with(&format!("Self :: {name}))"))
            });
            assert!(
                is_found && variants.len() == expected.len(),
                "{branches}: {variants:#?}"
            );
        }
    }

    /// Warnings are errors in a client.
    #[test]
    fn a_union_imports_only_what_it_uses() {
        let union: ItemEnum = parse_quote!(
            pub enum B {
                Other(::serde_json::Value),
            }
        );
        let types = Types::from_items(&[]);
        let code = |tried: &[Tried<'_>], known: &[KnownVariant]| {
            let code = deserialize(&union, tried, known, &types).to_string();
            let imports = code.split_once("use ").unwrap().1;
            imports.split_once(';').unwrap().0.replace(' ', "")
        };
        let ty: Type = parse_quote!(i64);
        let tried = |position| Tried {
            ty: &ty,
            constructors: Vec::new(),
            wrappers: Vec::new(),
            position,
        };
        let tagged = KnownVariant {
            name: "integer".to_owned(),
            tags: vec![Tag {
                path: Vec::new(),
                values: BTreeSet::from([Scalar::Integer(1)]),
                is_required: true,
            }],
        };
        let all = "crate::runtime::{Keeps,Scalar,Tag,decode,read_union}";
        assert_eq!(code(&[], &[]), "crate::runtime::{read_union}");
        assert_eq!(
            code(&[tried(None)], &[]),
            "crate::runtime::{Keeps,decode,read_union}"
        );
        assert_eq!(code(&[tried(Some(0))], &[tagged]), all);
    }

    #[test]
    fn only_unions_in_responses_keep_unknown_values() {
        let union = "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}, {$ref: '#/components/schemas/Bird'}]}";
        let tree = exchange(&format!(
            "
A: {union}
B: {union}
Dog: {{required: [kind], properties: {{kind: {{const: dog}}}}}}
Cat: {{required: [kind], properties: {{kind: {{const: cat}}}}}}
Bird: {{properties: {{wings: {{type: integer}}}}}}
"
        ));
        check_items(
            &tree,
            r#"
#[serde(untagged)]
#[non_exhaustive]
pub enum A { Cat(Cat), Dog(Dog), Bird(Bird) }
impl<'de> ::serde::Deserialize<'de> for A {
    fn deserialize<D: ::serde::Deserializer<'de>>(
        deserializer: D,
    ) -> ::std::result::Result<Self, D::Error> {
        use crate::runtime::{Keeps, Scalar, Tag, decode, read_union};
        read_union(
            deserializer,
            &[
                (
                    &[Tag::Required(&["kind"], &[Scalar::Text("cat")])],
                    Keeps::Names(&["kind"]),
                    |value| decode(value).map(Self::Cat),
                ),
                (
                    &[Tag::Required(&["kind"], &[Scalar::Text("dog")])],
                    Keeps::Names(&["kind"]),
                    |value| decode(value).map(Self::Dog),
                ),
                (&[], Keeps::Names(&["wings"]), |value| decode(value).map(Self::Bird)),
            ],
            ::std::option::Option::None,
        )
    }
}
"#,
        );
    }
}
