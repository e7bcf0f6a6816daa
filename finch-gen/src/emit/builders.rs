//! Emits the builders of types: for each struct, a struct with a setter for each property, and
//! `build`. `Pet::builder().name("a").build()` returns a `Pet`, or an error that names every
//! missing or malformed property.
//!
//! A program does not build the values that only the server sends, but its tests do. So if no
//! request can contain a type, its builder needs the feature `test-util`.
//!
//! A property with one possible value has a setter, too. If the program does not call it, the
//! builder sets the value.

use std::collections::BTreeMap;

use proc_macro2::Literal;
use quote::format_ident;
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, ExprArray, ExprCall, ExprStruct, Field, FieldValue, Fields, FieldsNamed,
    Ident, ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct, Member, Type, parse_quote,
};

use super::emitted_module::EmittedModule;
use super::setter::{self, Setter};
use crate::polish::objects::nullable;
use crate::polish::syntax::syn_query::{self, Names};
use crate::polish::syntax::template::template;
use crate::polish::syntax::{roles, serde_attrs};
use crate::polish::unions::variant_names;
use crate::polish::{Context, Unsupported};
use crate::shape::Scalar;
use crate::{doc_attrs, markdown};

/// Replaces progenitor's builders of types.
pub(super) fn emit(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
    if syn_query::items(file, &["types", "builder"]).is_none() {
        return Ok(());
    }
    let in_requests = roles::in_requests(file)?;
    let defaults = defaults(syn_query::module(file, &["types", "builder"])?);
    let types = syn_query::module(file, &["types"])?;
    // This takes much memory, so it comes first.
    types.retain(|item| !matches!(item, Item::Mod(item) if item.ident == "builder"));
    let names: Names = types.iter().filter_map(syn_query::name).collect();
    let enums = types.iter().filter_map(|item| match item {
        Item::Enum(item) if !variant_names::is_union(item) => Some(&item.ident),
        _ => None,
    });
    let enums: Names = enums.collect();
    let mut builders = EmittedModule::default();
    let mut of_tests: BTreeMap<String, bool> = BTreeMap::new();
    let mut emit = |item: &ItemStruct, defaults: &Defaults| {
        let name = item.ident.to_string();
        let mut properties = properties(item, defaults, &names)?;
        for (property, field) in properties.iter_mut().zip(&item.fields) {
            let key = (name.clone(), serde_attrs::json_name(field));
            if let Some(value) = context.shaped.constants.get(&key) {
                property.set_constant(value, &enums);
            }
        }
        let is_of_tests = !in_requests.contains(&name);
        let for_tests = is_of_tests.then(for_tests);
        builders.extend(builder(&item.ident, &properties, for_tests.as_ref()));
        of_tests.insert(name, is_of_tests);
        Ok::<_, String>(())
    };
    Unsupported::collect(types.iter().filter_map(|item| {
        let Item::Struct(item) = item else {
            return None;
        };
        let name = item.ident.to_string();
        let emitted = emit(item, defaults.get(&name)?);
        Some(emitted.map_err(|what| Unsupported::at(context.place(&name), what)))
    }))?;
    for item in types.iter_mut() {
        if let Item::Impl(item) = item {
            start(item, &of_tests);
        }
    }
    types.retain(|item| match item {
        Item::Impl(item) => item.trait_.is_some() || !item.items.is_empty(),
        _ => true,
    });
    if of_tests.is_empty() {
        return Ok(());
    }
    let are_all_of_tests = of_tests.values().all(|of_tests| *of_tests);
    let for_tests = are_all_of_tests.then(for_tests);
    types.push(builders.into_item(parse_quote! {
        #[doc = " The builders of types."]
        #for_tests
        #[allow(unused_imports, reason = "some are for builders with a feature alone")]
        pub mod builder {}
    })?);
    Ok(())
}

/// The attribute for items that only the tests of a program need, such as builders of response
/// types.
fn for_tests() -> Attribute {
    parse_quote!(#[cfg(feature = "test-util")])
}

/// Whether only the tests of a program need an item with these `attributes`.
pub(crate) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.contains(&for_tests())
}

/// Makes progenitor's function `builder` of a type return its builder.
fn start(item: &mut ItemImpl, of_tests: &BTreeMap<String, bool>) {
    let Some(name) = syn_query::self_name(item).cloned() else {
        return;
    };
    let is_start =
        |item: &ImplItem| matches!(item, ImplItem::Fn(function) if function.sig.ident == "builder");
    if item.trait_.is_some() || !item.items.iter().any(is_start) {
        return;
    }
    item.items.retain(|item| !is_start(item));
    if let Some(of_tests) = of_tests.get(&name.to_string()) {
        let builder = format_ident!("{name}Builder");
        let mut function = template!(
            ImplItemFn {
                #[doc = " Returns a builder with no property set."]
                pub fn builder() -> builder::BUILDER {
                    ::std::default::Default::default()
                }
            },
            BUILDER = &builder
        );
        function.attrs.splice(0..0, of_tests.then(for_tests));
        item.items.push(ImplItem::Fn(function));
    }
}

/// The function that gives a property its default, by the name of the property. `None` for
/// a property that must be set.
type Defaults = BTreeMap<String, Option<Expr>>;

/// The defaults of each builder, by its name, read from progenitor's `Default`.
fn defaults(builders: &[Item]) -> BTreeMap<String, Defaults> {
    let default = |ExprCall { func, args, .. }: &ExprCall| {
        let is_set = matches!(&**func, Expr::Path(path) if path.path.is_ident("Ok"));
        args.first().filter(|_| is_set).map(|value| match value {
            Expr::Call(call) if call.args.is_empty() => (*call.func).clone(),
            value => parse_quote!(|| #value),
        })
    };
    let builders = default_calls(builders).into_iter();
    let builders = builders.map(|(builder, calls)| {
        let defaults = calls.into_iter();
        let defaults = defaults.map(|(property, call)| (property, default(call)));
        (builder, defaults.collect())
    });
    builders.collect()
}

/// Returns the calls that set the fields of each struct in its `Default`, by the name of the
/// struct and of the field.
pub(super) fn default_calls(items: &[Item]) -> BTreeMap<String, BTreeMap<String, &ExprCall>> {
    #[derive(Default)]
    struct Calls<'a>(BTreeMap<String, &'a ExprCall>);

    impl<'a> Visit<'a> for Calls<'a> {
        fn visit_field_value(&mut self, field: &'a FieldValue) {
            if let Member::Named(name) = &field.member
                && let Expr::Call(call) = &field.expr
            {
                self.0.insert(name.to_string(), call);
            }
        }
    }

    let defaults = items.iter().filter_map(|item| {
        let Item::Impl(item) = item else { return None };
        let (path, _) = item.trait_.as_ref()?;
        let name = syn_query::self_name(item)?;
        syn_query::ends_with(path, &["Default"]).then(|| {
            let mut calls = Calls::default();
            calls.visit_item_impl(item);
            (name.to_string(), calls.0)
        })
    });
    defaults.collect()
}

/// A property of a type that is built.
struct Property<'a> {
    name: &'a Ident,
    /// The type of the field of the struct.
    ty: Type,
    /// As in [`Defaults`].
    default: Option<Expr>,
    /// The only value of the property.
    constant: Option<String>,
    deprecated: Option<&'a Attribute>,
}

fn properties<'a>(
    item: &'a ItemStruct,
    defaults: &Defaults,
    types: &Names,
) -> Result<Vec<Property<'a>>, String> {
    let properties = item.fields.iter().map(|field| {
        let name = field.ident.as_ref()?;
        let mut ty = field.ty.clone();
        FromSuper { types }.visit_type_mut(&mut ty);
        let mut attributes = field.attrs.iter();
        Some(Property {
            name,
            ty,
            default: match serde_attrs::is_flat(&field.attrs) {
                // Other properties than the declared ones are optional.
                true => Some(template!(Expr { ::std::default::Default::default })),
                false => defaults.get(&name.to_string())?.clone(),
            },
            constant: None,
            deprecated: attributes.find(|of| of.path().is_ident("deprecated")),
        })
    });
    let properties: Option<Vec<_>> = properties.collect();
    properties.ok_or_else(|| format!("the builder of `{}` has other properties", item.ident))
}

/// Turns `T` into `super::T`, if it is one of `types`.
struct FromSuper<'a> {
    types: &'a Names,
}

impl VisitMut for FromSuper<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path
            .get_ident()
            .is_some_and(|name| self.types.contains(name))
        {
            path.segments.insert(0, format_ident!("super").into());
        }
        visit_mut::visit_path_mut(self, path);
    }
}

fn builder(name: &Ident, properties: &[Property<'_>], for_tests: Option<&Attribute>) -> [Item; 4] {
    let builder = format_ident!("{name}Builder");
    let names: Names = properties.iter().map(|property| property.name).collect();
    let mut structure = template!(
        ItemStruct {
            #[derive(Clone, Debug)]
            #[must_use = "a builder does nothing until it builds, or until a call takes it"]
            pub struct BUILDER {}
        },
        BUILDER = &builder
    );
    let docs = doc_attrs::attribute(&format!("Builds a [`{name}`](super::{name})."));
    structure.attrs.insert(0, docs);
    structure.fields = Fields::Named(FieldsNamed {
        brace_token: Default::default(),
        named: properties.iter().map(Property::field).collect(),
    });
    let unset = Expr::Struct(ExprStruct {
        fields: properties.iter().map(Property::unset).collect(),
        ..template!(ExprStruct { Self {} })
    });
    let default = template!(
        ItemImpl {
            impl Default for BUILDER {
                fn default() -> Self {
                    UNSET
                }
            }
        },
        BUILDER = &builder,
        UNSET = &unset
    );
    let problems = Expr::Array(ExprArray {
        elems: properties.iter().map(Property::problem).collect(),
        ..template!(ExprArray { [] })
    });
    let value = Expr::Struct(ExprStruct {
        fields: properties.iter().map(Property::value).collect(),
        ..template!(ExprStruct { super::NAME {} }, NAME = name)
    });
    let mut methods = template!(
        ItemImpl {
            impl BUILDER {
                /// Builds the value.
                ///
                /// # Errors
                ///
                /// A required property was not set, or a value could not be converted. The
                /// error names all of them.
                pub fn build(self) -> Result<super::NAME, ConversionError> {
                    check(PROBLEMS)?;
                    Ok(VALUE)
                }
            }
        },
        BUILDER = &builder,
        NAME = name,
        PROBLEMS = &problems,
        VALUE = &value
    );
    let setters = properties
        .iter()
        .flat_map(|property| property.setters(name, &names));
    methods.items.splice(0..0, setters.map(ImplItem::Fn));
    let conversion = template!(
        ItemImpl {
            impl TryFrom<BUILDER> for super::NAME {
                type Error = ConversionError;

                fn try_from(builder: BUILDER) -> Result<Self, ConversionError> {
                    builder.build()
                }
            }
        },
        BUILDER = &builder,
        NAME = name
    );
    structure.attrs.splice(0..0, for_tests.cloned());
    let mut implementations = [default, methods, conversion];
    for implementation in &mut implementations {
        implementation.attrs.extend(for_tests.cloned());
    }
    let [default, methods, conversion] = implementations.map(Item::Impl);
    [Item::Struct(structure), default, methods, conversion]
}

impl Property<'_> {
    /// The type within an option.
    fn inner(&self) -> Option<&Type> {
        syn_query::argument_of(&self.ty, "Option")
    }

    /// Makes the builder set `value`, if the type of the property can hold it. `enums` are the
    /// types that are made of strings and numbers.
    fn set_constant(&mut self, value: &Scalar, enums: &Names) {
        // A required property may still be null.
        if self.default.is_none() && self.inner().is_some() {
            return;
        }
        let ty = self.inner().unwrap_or(&self.ty);
        let name = syn_query::last_ident(ty).filter(|_| matches!(ty, Type::Path(_)));
        let name = name.map(ToString::to_string).unwrap_or_default();
        let is_enum = syn_query::last_ident(ty).is_some_and(|name| enums.contains(name));
        let value_code: Expr = match (value, name.as_str()) {
            (Scalar::Text(text), _) if is_enum => parse_quote!(#ty::from(#text)),
            (Scalar::Integer(number), _) if is_enum => {
                let number = Literal::i64_unsuffixed(*number);
                parse_quote!(#ty::from(#number))
            }
            (Scalar::Text(text), "String") => parse_quote!(#text.to_owned()),
            (Scalar::Integer(number), "i64") => {
                let number = Literal::i64_unsuffixed(*number);
                parse_quote!(#number)
            }
            (Scalar::Boolean(value), "bool") => parse_quote!(#value),
            _ => return,
        };
        self.default = Some(match self.inner() {
            Some(_) => parse_quote!(|| Some(#value_code)),
            None => parse_quote!(|| #value_code),
        });
        self.constant = Some(value.value().to_string());
    }

    /// The type of the builder's field: an unset option is `None`.
    fn held(&self) -> &Type {
        match (&self.default, self.inner()) {
            (Some(_), Some(inner)) => inner,
            _ => &self.ty,
        }
    }

    /// The field of the builder.
    fn field(&self) -> Field {
        template!(Field { NAME: Field<T> }, NAME = self.name, T = self.held())
    }

    /// The field of the builder, before a value is set.
    fn unset(&self) -> FieldValue {
        setter::unset(self.name, self.default.is_none())
    }

    /// The setters: one that takes a value, and one that takes an option.
    fn setters(&self, of: &Ident, names: &Names) -> Vec<ImplItemFn> {
        let Self {
            name, deprecated, ..
        } = self;
        let text = syn_query::spelled(name);
        let constant = self.constant.as_ref().map(|value| {
            let value = markdown::code(value);
            format!(", which is {value} otherwise")
        });
        let constant = constant.unwrap_or_default();
        let docs = format!("Sets [`{text}`](super::{of}::{name}){constant}.");
        // `build` is the name of the function that builds the value.
        let method = match text.as_str() {
            "build" => format_ident!("set_build"),
            _ => (*name).clone(),
        };
        let setter = Setter::new(name, self.held()).method(&method, &docs, *deprecated);
        let maybe = format_ident!("maybe_{text}");
        if self.inner().is_none() || names.contains(&maybe) {
            return vec![setter];
        }
        let ty = &self.ty;
        let is_nullable = nullable::twice_optional(ty).is_some();
        let more = match &self.default {
            None => "to null by `None`",
            Some(_) if is_nullable => "to null by `Some(None)`; `None` unsets it",
            Some(_) => "or unsets it",
        };
        let set = match &self.default {
            None => template!(Expr { self.FIELD.set(value) }, FIELD = *name),
            Some(_) => template!(Expr { self.FIELD.maybe(value) }, FIELD = *name),
        };
        let docs = format!("Sets [`{text}`](super::{of}::{name}), {more}.");
        vec![setter, setter::method(&maybe, &docs, *deprecated, ty, &set)]
    }

    /// Returns the problem of the value that was set.
    fn problem(&self) -> Expr {
        template!(Expr { self.NAME.problem() }, NAME = self.name)
    }

    /// The property of the value that is built.
    fn value(&self) -> FieldValue {
        let name = self.name;
        let is_plain = |default: &Expr| matches!(default, Expr::Path(path) if syn_query::ends_with(&path.path, &["Default", "default"]));
        match (&self.default, self.inner()) {
            (None, _) => template!(
                FieldValue {
                    NAME: self.NAME.value()?
                },
                NAME = name
            ),
            (Some(default), Some(_)) if is_plain(default) => {
                template!(
                    FieldValue {
                        NAME: self.NAME.option()?
                    },
                    NAME = name
                )
            }
            (Some(default), Some(_)) => template!(
                FieldValue {
                    NAME: self.NAME.option_or(DEFAULT)?
                },
                NAME = name,
                DEFAULT = default
            ),
            (Some(default), None) => template!(
                FieldValue {
                    NAME: self.NAME.value_or(DEFAULT)?
                },
                NAME = name,
                DEFAULT = default
            ),
        }
    }
}
