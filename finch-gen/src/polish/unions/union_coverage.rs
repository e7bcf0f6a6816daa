//! Emits the parts of JSON that each variant of a union keeps, as a value of `runtime::Keeps`.
//!
//! The runtime chooses the variant that keeps most. For the variants `{id, a}` and `{id, b}`, it
//! emits the names of their properties. A property is described in full only if it distinguishes
//! the variants. If all variants with a property keep it alike, its name is enough.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{Fields, Item, Type};

use super::variant_names;
use crate::polish::syntax::{serde_attrs, syn_query};

/// The content of each type of a module, by its name.
pub(crate) struct Types(BTreeMap<String, Rc<Content>>);

/// The content of a type, in as much detail as it may lose.
enum Content {
    Object(Properties),
    /// A list with items of this type.
    Items(Type),
    /// A value of one of these types.
    AnyOf(Vec<Type>),
    /// Any JSON.
    Any,
    /// A value without properties.
    Scalar,
}

/// The maximum number of tokens of one emitted value. A type that contains another twice doubles
/// its value. What exceeds the limit counts as kept.
const SIZE: usize = 5_000;

/// The number of tokens in `tokens`.
fn size(tokens: &TokenStream) -> usize {
    let sizes = tokens.clone().into_iter().map(|token| match token {
        TokenTree::Group(group) => 1 + size(&group.stream()),
        _ => 1,
    });
    sizes.sum()
}

impl Content {
    fn is_object(&self) -> bool {
        matches!(self, Self::Object(_) | Self::Any)
    }
}

/// The results so far.
#[derive(Default)]
struct Cache {
    /// The emitted value for a type, by the type and the index of its rivals.
    keeps: BTreeMap<(String, usize), TokenStream>,
    /// The index of each list of rivals, by their names.
    indices: BTreeMap<Vec<String>, usize>,
}

/// The types that could also decode a value. The type itself is one of them.
struct Rivals {
    index: usize,
    content: Vec<Rc<Content>>,
}

/// The properties of an object: those with a field, and the type of all others if the object
/// keeps them.
#[derive(Default)]
struct Properties {
    named: BTreeMap<String, Type>,
    others: Option<Type>,
}

impl Types {
    /// Reads the types that `items` define.
    pub(crate) fn from_items(items: &[Item]) -> Self {
        let mut types = BTreeMap::new();
        for item in items {
            let content = match item {
                Item::Struct(item) => from_fields(&item.fields),
                Item::Enum(item) if variant_names::is_union(item) => Some(Content::AnyOf(
                    item.variants
                        .iter()
                        .flat_map(|variant| &variant.fields)
                        .map(|field| field.ty.clone())
                        .filter(|ty| !syn_query::is_any_json(ty))
                        .collect(),
                )),
                Item::Type(item) => Some(Content::AnyOf(vec![(*item.ty).clone()])),
                _ => None,
            };
            if let (Some(name), Some(content)) = (syn_query::name(item), content) {
                types.insert(name.to_string(), Rc::new(content));
            }
        }
        Self(types)
    }

    /// Whether `ty` can hold an object.
    pub(super) fn is_object(&self, ty: &Type) -> bool {
        self.alternatives(ty).iter().any(|of| of.is_object())
    }

    /// Whether `ty` accepts any JSON.
    pub(super) fn may_be_any(&self, ty: &Type) -> bool {
        let alternatives = self.alternatives(ty);
        alternatives.iter().any(|of| matches!(**of, Content::Any))
    }

    /// Returns what `ty` can hold, except scalars.
    fn alternatives(&self, ty: &Type) -> Vec<Rc<Content>> {
        self.rivals(&[ty], &mut Cache::default()).content
    }

    /// Returns the parts of a value that each of `types`, the variants of one union, keeps.
    pub(crate) fn coverage(&self, types: &[&Type]) -> Vec<TokenStream> {
        let mut cache = Cache::default();
        let rivals = self.rivals(types, &mut cache);
        let keep = |ty: &&Type| self.keeps(ty, &rivals, &mut cache);
        types.iter().map(keep).collect()
    }

    /// Returns what `ty` keeps, described as far as it distinguishes `ty` from `rivals`.
    fn keeps(&self, ty: &Type, rivals: &Rivals, cache: &mut Cache) -> TokenStream {
        let content = self.content(ty);
        if matches!(*content, Content::Any | Content::Scalar) {
            return quote!(Keeps::All);
        }
        let key = (key(ty), rivals.index);
        if let Some(keeps) = cache.keeps.get(&key) {
            return keeps.clone();
        }
        // Ends the recursion of a type that contains itself.
        cache.keeps.insert(key.clone(), quote!(Keeps::All));
        let keeps = match &*content {
            Content::Object(properties) => {
                let objects = rivals.content.iter().filter(|rival| rival.is_object());
                match objects.count() {
                    0 | 1 => quote!(Keeps::Object),
                    _ => self.object(properties, rivals, cache),
                }
            }
            Content::Items(item) => {
                let items = rivals.content.iter().filter_map(|rival| match &**rival {
                    Content::Items(item) => Some(item),
                    _ => None,
                });
                match self.distinguish(item, &items.collect::<Vec<_>>(), cache) {
                    Some(keeps) => quote!(Keeps::Items(&#keeps)),
                    None => quote!(Keeps::All),
                }
            }
            Content::AnyOf(types) => {
                // A scalar has nothing to lose, and must not count as keeping an object.
                let types = types.iter().filter(|ty| !self.alternatives(ty).is_empty());
                let types = types.map(|ty| self.keeps(ty, rivals, cache));
                let mut types: Vec<TokenStream> = types.collect();
                let mut seen = BTreeSet::new();
                types.retain(|keeps| seen.insert(keeps.to_string()));
                match types.as_slice() {
                    [] => quote!(Keeps::All),
                    [only] => only.clone(),
                    _ => quote!(Keeps::AnyOf(&[#(#types),*])),
                }
            }
            Content::Any | Content::Scalar => quote!(Keeps::All),
        };
        let keeps = match size(&keeps) {
            ..=SIZE => keeps,
            _ => quote!(Keeps::All),
        };
        cache.keeps.insert(key, keeps.clone());
        keeps
    }

    fn object(&self, properties: &Properties, rivals: &Rivals, cache: &mut Cache) -> TokenStream {
        let of_rivals = |name: Option<&str>| -> Vec<&Type> {
            let of = rivals.content.iter().filter_map(|rival| match &**rival {
                Content::Object(rival) => {
                    let named = name.and_then(|name| rival.named.get(name));
                    named.or(rival.others.as_ref())
                }
                _ => None,
            });
            of.collect()
        };
        let named = properties.named.iter().map(|(name, ty)| {
            let keeps = self.distinguish(ty, &of_rivals(Some(name)), cache);
            (name, keeps)
        });
        let named: Vec<(&String, Option<TokenStream>)> = named.collect();
        let others = properties.others.as_ref().map(|others| {
            let keeps = self.distinguish(others, &of_rivals(None), cache);
            keeps.unwrap_or_else(|| quote!(Keeps::All))
        });
        if others.is_none() && named.iter().all(|(_, keeps)| keeps.is_none()) {
            let names = named.iter().map(|(name, _)| name);
            return quote!(Keeps::Names(&[#(#names),*]));
        }
        let named = named.into_iter().map(|(name, keeps)| {
            let keeps = keeps.unwrap_or_else(|| quote!(Keeps::All));
            quote!((#name, #keeps))
        });
        let others = match others {
            Some(others) => quote!(::std::option::Option::Some(&#others)),
            None => quote!(::std::option::Option::None),
        };
        quote!(Keeps::Members(&[#(#named),*], #others))
    }

    /// Returns what `ty` keeps, or `None` if all of `others` keep the same.
    fn distinguish(&self, ty: &Type, others: &[&Type], cache: &mut Cache) -> Option<TokenStream> {
        if others.iter().all(|other| *other == ty) {
            return None;
        }
        let rivals = self.rivals(others, cache);
        let keeps = self.keeps(ty, &rivals, cache);
        let own = keeps.to_string();
        let is_same = |other: &&Type| self.keeps(other, &rivals, cache).to_string() == own;
        let is_alike = others.iter().all(is_same);
        let is_all = ["Keeps :: All", "Keeps :: Object"].contains(&own.as_str());
        (!is_alike && !is_all).then_some(keeps)
    }

    /// Resolves `types` to distinct types without unions.
    fn rivals(&self, types: &[&Type], cache: &mut Cache) -> Rivals {
        let mut rivals = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut next: Vec<Type> = types.iter().map(|ty| (*ty).clone()).collect();
        while let Some(ty) = next.pop() {
            let name = key(&ty);
            if !seen.insert(name.clone()) {
                continue;
            }
            let content = self.content(&ty);
            match &*content {
                Content::AnyOf(types) => next.extend_from_slice(types),
                Content::Scalar => {}
                _ => drop(rivals.insert(name, content)),
            }
        }
        let (names, content) = rivals.into_iter().unzip();
        let next = cache.indices.len();
        let index = *cache.indices.entry(names).or_insert(next);
        Rivals { index, content }
    }

    fn content(&self, ty: &Type) -> Rc<Content> {
        // A type of this module is a single name.
        if let Type::Path(path) = ty
            && let Some(name) = path.path.get_ident()
        {
            let own = self.0.get(&name.to_string());
            return own.cloned().unwrap_or_else(|| Rc::new(Content::Scalar));
        }
        let argument = |name: &str| syn_query::argument_of(ty, name).cloned();
        let content = if let Some(inner) = argument("Option").or_else(|| argument("Box")) {
            Content::AnyOf(vec![inner])
        } else if let Some(item) = argument("Vec") {
            Content::Items(item)
        } else if let Some((_, others)) = syn_query::key_and_value(ty) {
            Content::Object(Properties {
                named: BTreeMap::new(),
                others: Some(others.clone()),
            })
        } else if let Type::Array(array) = ty {
            Content::Items((*array.elem).clone())
        } else if syn_query::is_any_json(ty) {
            Content::Any
        } else {
            Content::Scalar
        };
        Rc::new(content)
    }
}

fn key(ty: &Type) -> String {
    ty.to_token_stream().to_string()
}

fn from_fields(fields: &Fields) -> Option<Content> {
    match fields {
        Fields::Named(fields) => {
            let mut properties = Properties::default();
            for field in &fields.named {
                if serde_attrs::is_flat(&field.attrs) {
                    let others = syn_query::key_and_value(&field.ty);
                    properties.others = others.map(|(_, value)| value.clone());
                } else {
                    let name = serde_attrs::json_name(field);
                    properties.named.insert(name, field.ty.clone());
                }
            }
            Some(Content::Object(properties))
        }
        Fields::Unnamed(fields) => {
            let content = fields.unnamed.iter().map(|field| field.ty.clone());
            Some(Content::AnyOf(content.collect()))
        }
        Fields::Unit => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polish::unions::union_deserialize::tests::variants;

    #[test]
    fn the_properties_that_distinguish_the_variants_are_listed() {
        let [a, c, d] =
            ["A", "C", "D"].map(|name| format!("{{$ref: '#/components/schemas/{name}'}}"));
        for (branches, schemas, expected) in [
            // A single object needs no list.
            (
                format!("{a}, {{type: integer}}"),
                "A: {properties: {a: {}}}",
                vec![("A", quote!(Object)), ("Integer", quote!(All))],
            ),
            // Properties of the same type are kept alike.
            (
                format!("{a}, {c}, {d}"),
                "A: {properties: {a-b: {}, d: {$ref: '#/components/schemas/D'}}}\n\
                 C: {properties: {d: {$ref: '#/components/schemas/D'}}}\n\
                 D: {properties: {e: {}}}",
                vec![
                    ("A", quote!(Names(&["a-b", "d"]))),
                    ("C", quote!(Names(&["d"]))),
                    ("D", quote!(Names(&["e"]))),
                ],
            ),
            // Properties of different types are not, in lists, unions and maps, too.
            (
                format!("{a}, {c}, {d}"),
                "A: {properties: {of: {type: array, items: {properties: {x: {}}}}}}\n\
                 C: {properties: {of: {type: array, items: {oneOf: [{properties: {y: {}}}, {type: string}]}}}}\n\
                 D: {properties: {of: {type: object, additionalProperties: {type: string}}}}",
                vec![
                    (
                        "A",
                        quote!(Members(
                            &[("of", Keeps::Items(&Keeps::Names(&["x"])))],
                            ::std::option::Option::None
                        )),
                    ),
                    (
                        "C",
                        quote!(Members(
                            &[("of", Keeps::Items(&Keeps::Names(&["y"])))],
                            ::std::option::Option::None
                        )),
                    ),
                    ("D", quote!(Names(&["of"]))),
                ],
            ),
            // A recursive type ends, and a map keeps every property.
            (
                format!("{a}, {c}, {d}"),
                "A: {properties: {a: {$ref: '#/components/schemas/A'}}}\n\
                 C: {properties: {a: {$ref: '#/components/schemas/C'}, c: {}}}\n\
                 D: {properties: {d: {}}, additionalProperties: {type: string}}",
                vec![
                    (
                        "A",
                        quote!(Members(
                            &[("a", Keeps::Names(&["a"]))],
                            ::std::option::Option::None
                        )),
                    ),
                    (
                        "C",
                        quote!(Members(
                            &[("a", Keeps::Names(&["a", "c"])), ("c", Keeps::All)],
                            ::std::option::Option::None
                        )),
                    ),
                    (
                        "D",
                        quote!(Members(
                            &[("d", Keeps::All)],
                            ::std::option::Option::Some(&Keeps::All)
                        )),
                    ),
                ],
            ),
        ] {
            let expected: Vec<String> = expected
                .iter()
                .map(|(name, keeps)| {
                    let name = quote::format_ident!("{name}");
                    quote!((&[], Keeps::#keeps, |value| decode(value).map(Self::#name))).to_string()
                })
                .collect();
            assert_eq!(variants(&branches, schemas), expected);
        }
    }

    #[test]
    fn a_type_that_contains_the_next_one_twice_is_described_up_to_the_limit() {
        const LEVELS: usize = 40;
        let items = (0..LEVELS).map(|level| -> Item {
            let [own, next] = [level, level + 1].map(|level| quote::format_ident!("U{level}"));
            syn::parse_quote! {
                #[serde(untagged)]
                enum #own { One(#next), Many(::std::vec::Vec<#next>) }
            }
        });
        let mut items: Vec<Item> = items.collect();
        for name in ["U40", "Other"].map(|name| quote::format_ident!("{name}")) {
            items.push(syn::parse_quote! { struct #name { #name: ::std::string::String } });
        }
        let types = Types::from_items(&items);
        let [first, other] = ["U0", "Other"].map(|name| syn::parse_str::<Type>(name).unwrap());
        let sizes: Vec<usize> = types.coverage(&[&first, &other]).iter().map(size).collect();
        assert!(
            sizes.iter().all(|size| (1..=SIZE).contains(size)),
            "{sizes:?}"
        );
    }
}
