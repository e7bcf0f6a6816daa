//! Emits the setters of calls and of type builders, and the conversion of their arguments.
//!
//! The type of a field decides which argument its setter accepts. A number or a boolean is exact. A
//! string accepts `impl Into<String>`, a date `impl IntoFormat<…>`, and a generated type
//! `impl TryInto<…>`. A list accepts any iterator of such values. A failed conversion is kept in
//! the field, and the call or `build` reports it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Ident, Type};

use crate::doc_attrs;
use crate::polish::formats::FORMATS;
use crate::polish::syntax::syn_query;

/// The argument that a setter accepts for a value.
pub(super) enum Accepted {
    /// The type itself. Numbers and booleans are exact, so that the compiler infers the type of a
    /// literal. Types without conversions are exact, too.
    Exact,
    /// Any type that converts without an error: strings, secrets and bytes.
    Into,
    /// A formatted string, or the type that it parses to.
    Format,
    /// A generated type, its builder, or the text of an enum.
    TryInto,
    /// A list of values. The setter accepts each item as this variant describes.
    List(Box<(Accepted, Type)>),
}

/// The setter of one field.
pub(super) struct Setter<'a> {
    pub(super) field: &'a Ident,
    /// The type of the value, neither boxed nor an option.
    ty: Type,
    /// The functions that turn the argument into the value of the field, in order.
    wrappers: Vec<TokenStream>,
}

impl<'a> Setter<'a> {
    /// Returns the setter of a `field` of this type. The setter of an option sets it to `Some`.
    pub(super) fn new(field: &'a Ident, ty: &Type) -> Self {
        let mut ty = ty;
        let mut wrappers = Vec::new();
        loop {
            if let Some(inner) = syn_query::argument_of(ty, "Option") {
                wrappers.push(quote!(Some));
                ty = inner;
            } else if let Some(inner) = syn_query::argument_of(ty, "Box") {
                wrappers.push(quote!(Box::new));
                ty = inner;
            } else {
                break;
            }
        }
        wrappers.reverse();
        let ty = ty.clone();
        Self {
            field,
            ty,
            wrappers,
        }
    }

    /// The type of the argument.
    pub(super) fn argument(&self) -> TokenStream {
        argument(&Accepted::from_type(&self.ty), &self.ty)
    }

    /// Emits the method `name` that sets the field.
    pub(super) fn method(
        &self,
        name: &Ident,
        docs: &str,
        deprecated: Option<&Attribute>,
    ) -> TokenStream {
        let statement = self.statement(&quote!(self), &quote!(value));
        method(name, docs, deprecated, self.argument(), statement)
    }

    /// The statement that sets the field of `builder` to the `value`.
    pub(super) fn statement(&self, builder: &TokenStream, value: &TokenStream) -> TokenStream {
        let (value, is_fallible) = match Accepted::from_type(&self.ty) {
            Accepted::Exact => (value.clone(), false),
            Accepted::Into => (quote!(#value.into()), false),
            Accepted::Format => (quote!(#value.into_format()), true),
            Accepted::TryInto => (quote!(#value.try_into()), true),
            Accepted::List(of) => {
                let (of, item) = *of;
                let items = quote!(#value.into_iter());
                let collected = quote!(collect::<Result<Vec<#item>, _>>());
                match of {
                    Accepted::Exact | Accepted::List(_) => (quote!(#items.collect()), false),
                    Accepted::Into => (quote!(#items.map(Into::into).collect()), false),
                    Accepted::Format => {
                        (quote!(#items.map(IntoFormat::into_format).#collected), true)
                    }
                    Accepted::TryInto => (quote!(#items.map(TryInto::try_into).#collected), true),
                }
            }
        };
        let (field, wrappers) = (self.field, &self.wrappers);
        match is_fallible {
            true => quote!(#builder.#field.convert(#value #(.map(#wrappers))*);),
            false => {
                let wrap = |value, wrapper: &TokenStream| quote!(#wrapper(#value));
                let value = wrappers.iter().fold(value, wrap);
                quote!(#builder.#field.set(#value);)
            }
        }
    }
}

/// Emits the `field` of a builder without a value.
pub(super) fn unset(field: &Ident, is_required: bool) -> TokenStream {
    let text = syn_query::spelled(field);
    match is_required {
        true => quote!(#field: Field::required(#text)),
        false => quote!(#field: Field::optional(#text)),
    }
}

/// Emits the method `name` of a builder, whose `statement` sets the `value` that it takes.
pub(super) fn method(
    name: &Ident,
    docs: &str,
    deprecated: Option<&Attribute>,
    argument: TokenStream,
    statement: TokenStream,
) -> TokenStream {
    let docs = doc_attrs::attribute(docs);
    quote! {
        #docs
        #deprecated
        pub fn #name(mut self, value: #argument) -> Self {
            #statement
            self
        }
    }
}

fn argument(accepted: &Accepted, ty: &Type) -> TokenStream {
    match accepted {
        Accepted::Exact => ty.to_token_stream(),
        Accepted::Into => quote!(impl Into<#ty>),
        Accepted::Format => quote!(impl IntoFormat<#ty>),
        Accepted::TryInto => quote!(impl TryInto<#ty, Error: Display>),
        Accepted::List(of) => match &**of {
            (Accepted::Exact | Accepted::List(_), item) => quote!(impl IntoIterator<Item = #item>),
            (Accepted::Into, item) => quote!(impl IntoIterator<Item: Into<#item>>),
            (Accepted::Format, item) => quote!(impl IntoIterator<Item: IntoFormat<#item>>),
            (Accepted::TryInto, item) => {
                quote!(impl IntoIterator<Item: TryInto<#item, Error: Display>>)
            }
        },
    }
}

impl Accepted {
    /// Returns the argument for a value of the type `ty`.
    pub(super) fn from_type(ty: &Type) -> Self {
        let Type::Path(path) = ty else {
            return Self::Exact;
        };
        let path = &path.path;
        let is = |names: &[&str]| {
            syn_query::ends_with(path, names) && path.segments.len() == names.len()
        };
        if let Some(item) = syn_query::argument_of(ty, "Vec") {
            return Self::List(Box::new((Self::from_type(item), item.clone())));
        }
        if syn_query::ends_with(path, &["string", "String"])
            || is(&["String"])
            || is(&["crate", "Secret"])
            || is(&["bytes", "Bytes"])
            || is(&["crate", "runtime", "File"])
            || is(&["serde_json", "Value"])
        {
            return Self::Into;
        }
        let is_formatted = syn_query::arguments_of(ty, "Formatted").is_some();
        if is_formatted || FORMATS.iter().any(|format| is(format.path)) {
            return Self::Format;
        }
        match path.segments.first() {
            Some(first) if first.ident == "types" || first.ident == "super" => Self::TryInto,
            _ => Self::Exact,
        }
    }
}
