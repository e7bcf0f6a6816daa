//! Emits the setters of calls and of type builders, and the conversion of their arguments.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Ident, Type};

use crate::polish::formats::FORMATS;
use crate::polish::syntax::syn_query;

/// The argument that a setter accepts for a value.
pub(super) enum Taken {
    /// The type itself. Numbers and booleans are exact so that literals of any size infer. So are
    /// types without conversions.
    Exact,
    /// Any type that converts without an error: strings, secrets and bytes.
    Into,
    /// A formatted string, or the type that it parses to.
    Format,
    /// A generated type, its builder, or the text of an enum.
    TryInto,
    /// A list of values. The setter accepts each item as this variant describes.
    List(Box<(Taken, Type)>),
}

/// The setter of one field.
pub(super) struct Setter<'a> {
    pub(super) field: &'a Ident,
    /// The type of the value, neither boxed nor an option.
    taken: Type,
    /// The functions that turn the argument into the value of the field, in order.
    wrappers: Vec<TokenStream>,
}

impl<'a> Setter<'a> {
    /// Returns the setter of a `field` of this type. The setter of an option sets it to `Some`.
    pub(super) fn new(field: &'a Ident, ty: &Type) -> Self {
        let mut taken = ty;
        let mut wrappers = Vec::new();
        loop {
            let inner = |name| syn_query::arguments_of(taken, name)?.first().copied();
            if let Some(inner) = inner("Option") {
                wrappers.push(quote!(Some));
                taken = inner;
            } else if let Some(inner) = inner("Box") {
                wrappers.push(quote!(Box::new));
                taken = inner;
            } else {
                break;
            }
        }
        wrappers.reverse();
        Self {
            field,
            taken: taken.clone(),
            wrappers,
        }
    }

    /// The type of the argument.
    pub(super) fn argument(&self) -> TokenStream {
        argument(&Taken::from_type(&self.taken), &self.taken)
    }

    /// The statement that sets the field of `builder` to the `value`.
    pub(super) fn statement(&self, builder: &TokenStream, value: &TokenStream) -> TokenStream {
        let field = self.field;
        match Taken::from_type(&self.taken) {
            Taken::Exact => {
                let value = self.wrapped(value.clone());
                quote!(#builder.#field.set(#value);)
            }
            Taken::Into => {
                let value = self.wrapped(quote!(#value.into()));
                quote!(#builder.#field.set(#value);)
            }
            Taken::Format => self.converted(builder, quote!(#value.into_format())),
            Taken::TryInto => self.converted(builder, quote!(#value.try_into())),
            Taken::List(of) => {
                let (of, item) = *of;
                let items = quote!(#value.into_iter());
                match of {
                    Taken::Exact | Taken::List(_) => {
                        let value = self.wrapped(quote!(#items.collect()));
                        quote!(#builder.#field.set(#value);)
                    }
                    Taken::Into => {
                        let value = self.wrapped(quote!(#items.map(Into::into).collect()));
                        quote!(#builder.#field.set(#value);)
                    }
                    Taken::Format => {
                        let items = quote!(#items.map(IntoFormat::into_format));
                        self.converted(builder, quote!(#items.collect::<Result<Vec<#item>, _>>()))
                    }
                    Taken::TryInto => {
                        let items = quote!(#items.map(TryInto::try_into));
                        self.converted(builder, quote!(#items.collect::<Result<Vec<#item>, _>>()))
                    }
                }
            }
        }
    }

    fn wrapped(&self, value: TokenStream) -> TokenStream {
        let wrappers = self.wrappers.iter();
        wrappers.fold(value, |value, wrapper| quote!(#wrapper(#value)))
    }

    fn converted(&self, builder: &TokenStream, result: TokenStream) -> TokenStream {
        let (field, wrappers) = (self.field, &self.wrappers);
        quote!(#builder.#field.convert(#result #(.map(#wrappers))*);)
    }
}

fn argument(taken: &Taken, ty: &Type) -> TokenStream {
    match taken {
        Taken::Exact => ty.to_token_stream(),
        Taken::Into => quote!(impl Into<#ty>),
        Taken::Format => quote!(impl IntoFormat<#ty>),
        Taken::TryInto => quote!(impl TryInto<#ty, Error: Display>),
        Taken::List(of) => match &**of {
            (Taken::Exact | Taken::List(_), item) => quote!(impl IntoIterator<Item = #item>),
            (Taken::Into, item) => quote!(impl IntoIterator<Item: Into<#item>>),
            (Taken::Format, item) => quote!(impl IntoIterator<Item: IntoFormat<#item>>),
            (Taken::TryInto, item) => {
                quote!(impl IntoIterator<Item: TryInto<#item, Error: Display>>)
            }
        },
    }
}

impl Taken {
    /// Returns the argument for a value of the type `ty`.
    pub(super) fn from_type(ty: &Type) -> Self {
        let Type::Path(path) = ty else {
            return Self::Exact;
        };
        let path = &path.path;
        let is = |names: &[&str]| {
            syn_query::ends_with(path, names) && path.segments.len() == names.len()
        };
        if let Some(item) = syn_query::arguments_of(ty, "Vec").and_then(|of| of.first().copied()) {
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
