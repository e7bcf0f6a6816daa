//! What types keep of JSON, as the runtime is told it: see `runtime::Keeps`.
//!
//! Only what tells the types from each other is told: of a member that all who
//! name it keep alike, its name.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Field, Fields, Item, Type};

use super::variant_names;
use crate::polish::syntax::{serde_attrs, syn_query};

/// What the types of a module hold, by their names.
pub(crate) struct Types(BTreeMap<String, Held>);

/// What a type holds, as far as it may lose some of it.
#[derive(Clone)]
enum Held {
    Members(Members),
    /// Items of this type.
    Items(Type),
    /// A value of one of these types.
    AnyOf(Vec<Type>),
    /// Any JSON.
    Any,
    /// What has no members.
    Scalar,
}

/// What is known already of the types among their rivals.
#[derive(Default)]
struct Known {
    /// By the names of the types and the index of their rivals.
    keeps: BTreeMap<(String, usize), TokenStream>,
    /// The indices of rivals, by their names.
    indices: BTreeMap<Vec<String>, usize>,
}

/// The types that a value may be instead of another.
struct Rivals {
    index: usize,
    held: Vec<Held>,
}

/// The members of an object: those with names, and the type of all others, if
/// they are kept.
#[derive(Clone, Default)]
struct Members {
    named: BTreeMap<String, Type>,
    others: Option<Type>,
}

impl Types {
    /// The types that `items` define.
    pub(crate) fn from_items(items: &[Item]) -> Self {
        let mut types = BTreeMap::new();
        for item in items {
            let held = match item {
                Item::Struct(item) => of_fields(&item.fields),
                Item::Enum(item) if variant_names::is_union(item) => Some(Held::AnyOf(
                    item.variants
                        .iter()
                        .flat_map(|variant| &variant.fields)
                        .map(|field| field.ty.clone())
                        .filter(|ty| !syn_query::is_any_json(ty))
                        .collect(),
                )),
                Item::Type(item) => Some(Held::AnyOf(vec![(*item.ty).clone()])),
                _ => None,
            };
            if let (Some(name), Some(held)) = (syn_query::name(item), held) {
                types.insert(name.to_string(), held);
            }
        }
        Self(types)
    }

    /// Whether `ty` is, or may be, that of objects.
    pub(super) fn is_object(&self, ty: &Type) -> bool {
        let rivals = self.rivals(&[ty], &mut Known::default());
        let is_object = |held: &Held| matches!(held, Held::Members(_) | Held::Any);
        rivals.held.iter().any(is_object)
    }

    /// Whether `ty` accepts any JSON.
    pub(super) fn may_be_any(&self, ty: &Type) -> bool {
        let rivals = self.rivals(&[ty], &mut Known::default());
        rivals.held.iter().any(|held| matches!(held, Held::Any))
    }

    fn is_scalar(&self, ty: &Type) -> bool {
        self.rivals(&[ty], &mut Known::default()).held.is_empty()
    }

    /// What each of `types` keeps, the variants of one union.
    pub(crate) fn keep(&self, types: &[&Type]) -> Vec<TokenStream> {
        let mut known = Known::default();
        let rivals = self.rivals(types, &mut known);
        let keep = |ty: &&Type| self.keeps(ty, &rivals, &mut known);
        types.iter().map(keep).collect()
    }

    /// What `ty` keeps that any of `rivals`, itself among them, may lose, or the
    /// other way round.
    fn keeps(&self, ty: &Type, rivals: &Rivals, known: &mut Known) -> TokenStream {
        let held = self.held(ty);
        if matches!(held, Held::Any | Held::Scalar) {
            return quote!(Keeps::All);
        }
        let key = (spelled(ty), rivals.index);
        if let Some(keeps) = known.keeps.get(&key) {
            return keeps.clone();
        }
        // Where it stands within itself, it is not told again.
        known.keeps.insert(key.clone(), quote!(Keeps::All));
        let keeps = match held {
            Held::Members(members) => {
                let is_object = |rival: &&Held| matches!(rival, Held::Members(_) | Held::Any);
                match rivals.held.iter().filter(is_object).count() {
                    0 | 1 => quote!(Keeps::Object),
                    _ => self.members(&members, rivals, known),
                }
            }
            Held::Items(item) => {
                let of_rival = |rival: &Held| match rival {
                    Held::Items(item) => Some(item.clone()),
                    _ => None,
                };
                let items: Vec<Type> = rivals.held.iter().filter_map(of_rival).collect();
                match self.differ(&item, &items, known) {
                    Some(keeps) => quote!(Keeps::Items(&#keeps)),
                    None => quote!(Keeps::All),
                }
            }
            Held::AnyOf(types) => {
                // A scalar has nothing to lose, and must not count as keeping an object.
                let types = types.iter().filter(|ty| !self.is_scalar(ty));
                let types = types.map(|ty| self.keeps(ty, rivals, known));
                let mut types: Vec<TokenStream> = types.collect();
                let mut seen = BTreeSet::new();
                types.retain(|keeps| seen.insert(keeps.to_string()));
                match types.as_slice() {
                    [] => quote!(Keeps::All),
                    [only] => only.clone(),
                    _ => quote!(Keeps::AnyOf(&[#(#types),*])),
                }
            }
            Held::Any | Held::Scalar => quote!(Keeps::All),
        };
        known.keeps.insert(key, keeps.clone());
        keeps
    }

    fn members(&self, members: &Members, rivals: &Rivals, known: &mut Known) -> TokenStream {
        let of_rivals = |name: Option<&str>| -> Vec<Type> {
            let of = |rival: &Held| match (rival, name) {
                (Held::Members(rival), Some(name)) => {
                    rival.named.get(name).or(rival.others.as_ref()).cloned()
                }
                (Held::Members(rival), None) => rival.others.clone(),
                _ => None,
            };
            rivals.held.iter().filter_map(of).collect()
        };
        let named = members.named.iter().map(|(name, ty)| {
            let keeps = self.differ(ty, &of_rivals(Some(name)), known);
            (name, keeps)
        });
        let named: Vec<(&String, Option<TokenStream>)> = named.collect();
        let others = members.others.as_ref().map(|others| {
            let keeps = self.differ(others, &of_rivals(None), known);
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

    /// What `ty` keeps, where not all of `others` keep the same.
    fn differ(&self, ty: &Type, others: &[Type], known: &mut Known) -> Option<TokenStream> {
        if others.iter().all(|other| other == ty) {
            return None;
        }
        let rivals = self.rivals(&others.iter().collect::<Vec<_>>(), known);
        let keeps = self.keeps(ty, &rivals, known);
        let own = keeps.to_string();
        let is_same = |other: &Type| self.keeps(other, &rivals, known).to_string() == own;
        let is_alike = others.iter().all(is_same);
        let is_all = ["Keeps :: All", "Keeps :: Object"].contains(&own.as_str());
        (!is_alike && !is_all).then_some(keeps)
    }

    /// What `types` hold in the end, each once.
    fn rivals(&self, types: &[&Type], known: &mut Known) -> Rivals {
        let mut rivals = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut next: Vec<Type> = types.iter().map(|ty| (*ty).clone()).collect();
        while let Some(ty) = next.pop() {
            let name = spelled(&ty);
            if !seen.insert(name.clone()) {
                continue;
            }
            match self.held(&ty) {
                Held::AnyOf(types) => next.extend(types),
                Held::Scalar => {}
                held => {
                    rivals.insert(name, held);
                }
            }
        }
        let (names, held) = rivals.into_iter().unzip();
        let next = known.indices.len();
        let index = *known.indices.entry(names).or_insert(next);
        Rivals { index, held }
    }

    fn held(&self, ty: &Type) -> Held {
        let argument = |name: &str, index: usize| {
            let arguments = syn_query::arguments_of(ty, name)?;
            arguments.get(index).map(|ty| (*ty).clone())
        };
        if let Some(inner) = argument("Option", 0).or_else(|| argument("Box", 0)) {
            return Held::AnyOf(vec![inner]);
        }
        if let Some(item) = argument("Vec", 0) {
            return Held::Items(item);
        }
        if let Some(others) = argument("HashMap", 1).or_else(|| argument("Map", 1)) {
            return Held::Members(Members {
                others: Some(others),
                ..Members::default()
            });
        }
        match ty {
            Type::Array(array) => Held::Items((*array.elem).clone()),
            // An own type; all others are named by their whole paths.
            Type::Path(path) => match path.path.get_ident() {
                Some(name) => {
                    let own = self.0.get(&name.to_string());
                    own.cloned().unwrap_or(Held::Scalar)
                }
                None if syn_query::is_any_json(ty) => Held::Any,
                None => Held::Scalar,
            },
            _ => Held::Scalar,
        }
    }
}

fn spelled(ty: &Type) -> String {
    ty.to_token_stream().to_string()
}

fn of_fields(fields: &Fields) -> Option<Held> {
    match fields {
        Fields::Named(fields) => {
            let mut members = Members::default();
            for field in &fields.named {
                match wire_name(field) {
                    Some(name) => {
                        members.named.insert(name, field.ty.clone());
                    }
                    None => members.others = others(&field.ty),
                }
            }
            Some(Held::Members(members))
        }
        Fields::Unnamed(fields) => {
            let held = fields.unnamed.iter().map(|field| field.ty.clone());
            Some(Held::AnyOf(held.collect()))
        }
        Fields::Unit => None,
    }
}

/// The type of the values of a map.
fn others(ty: &Type) -> Option<Type> {
    let arguments =
        syn_query::arguments_of(ty, "HashMap").or_else(|| syn_query::arguments_of(ty, "Map"));
    arguments?.get(1).map(|ty| (*ty).clone())
}

/// The name of the member that `field` is; of one that takes all others, none.
fn wire_name(field: &Field) -> Option<String> {
    let mut name = field.ident.as_ref().map(syn_query::spelled);
    for said in serde_attrs::all_to_serde(&field.attrs) {
        if said.is("flatten") {
            name = None;
        } else if said.is("rename") {
            name = said.text();
        }
    }
    name
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
}
