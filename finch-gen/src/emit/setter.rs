//! Emits the setters of calls and of type builders, and the conversion of their arguments.
//!
//! The type of a field decides which argument its setter accepts. A number or a boolean is exact. A
//! string accepts `impl Into<String>`, a date `impl IntoFormat<…>`, and a generated type
//! `impl TryInto<…>`. A list accepts any iterator of such values. A failed conversion is kept in
//! the field, and the call or `build` reports it.

use syn::{Attribute, Expr, FieldValue, Ident, ImplItemFn, Type};

use crate::doc_attrs;
use crate::polish::formats::FORMATS;
use crate::polish::syntax::syn_query;
use crate::polish::syntax::template::template;

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
    field: &'a Ident,
    /// The type of the value, neither boxed nor an option.
    ty: &'a Type,
    accepted: Accepted,
    /// The functions that turn the argument into the value of the field, in order.
    wrappers: Vec<Expr>,
}

impl<'a> Setter<'a> {
    /// Returns the setter of a `field` of this type. The setter of an option sets it to `Some`.
    pub(super) fn new(field: &'a Ident, mut ty: &'a Type) -> Self {
        let mut wrappers = Vec::new();
        loop {
            if let Some(inner) = syn_query::argument_of(ty, "Option") {
                wrappers.push(template!(Expr { Some }));
                ty = inner;
            } else if let Some(inner) = syn_query::argument_of(ty, "Box") {
                wrappers.push(template!(Expr { Box::new }));
                ty = inner;
            } else {
                break;
            }
        }
        wrappers.reverse();
        Self {
            field,
            ty,
            accepted: Accepted::from_type(ty),
            wrappers,
        }
    }

    /// The type of the argument.
    pub(super) fn argument(&self) -> Type {
        let ty = self.ty;
        match &self.accepted {
            Accepted::Exact => ty.clone(),
            Accepted::Into => template!(Type { impl Into<T> }, T = ty),
            Accepted::Format => template!(Type { impl IntoFormat<T> }, T = ty),
            Accepted::TryInto => template!(Type { impl TryInto<T, Error: Display> }, T = ty),
            Accepted::List(of) => match &**of {
                (Accepted::Exact | Accepted::List(_), item) => {
                    template!(Type { impl IntoIterator<Item = T> }, T = item)
                }
                (Accepted::Into, item) => {
                    template!(Type { impl IntoIterator<Item: Into<T>> }, T = item)
                }
                (Accepted::Format, item) => {
                    template!(Type { impl IntoIterator<Item: IntoFormat<T>> }, T = item)
                }
                (Accepted::TryInto, item) => template!(
                    Type { impl IntoIterator<Item: TryInto<T, Error: Display>> },
                    T = item
                ),
            },
        }
    }

    /// Emits the method `name` that sets the field.
    pub(super) fn method(
        &self,
        name: &Ident,
        docs: &str,
        deprecated: Option<&Attribute>,
    ) -> ImplItemFn {
        let set = self.set(&template!(Expr { self }), &template!(Expr { value }));
        method(name, docs, deprecated, &self.argument(), &set)
    }

    /// Sets the field of `builder` to the `value`.
    pub(super) fn set(&self, builder: &Expr, value: &Expr) -> Expr {
        let (value, is_fallible) = match &self.accepted {
            Accepted::Exact => (value.clone(), false),
            Accepted::Into => (template!(Expr { VALUE.into() }, VALUE = value), false),
            Accepted::Format => (template!(Expr { VALUE.into_format() }, VALUE = value), true),
            Accepted::TryInto => (template!(Expr { VALUE.try_into() }, VALUE = value), true),
            Accepted::List(of) => match &**of {
                (Accepted::Exact | Accepted::List(_), _) => {
                    let value = template!(Expr { VALUE.into_iter().collect() }, VALUE = value);
                    (value, false)
                }
                (Accepted::Into, _) => {
                    let value = template!(
                        Expr { VALUE.into_iter().map(Into::into).collect() },
                        VALUE = value
                    );
                    (value, false)
                }
                (of, item) => {
                    let convert = match of {
                        Accepted::Format => template!(Expr { IntoFormat::into_format }),
                        _ => template!(Expr { TryInto::try_into }),
                    };
                    let value = template!(
                        Expr { VALUE.into_iter().map(CONVERT).collect::<Result<Vec<T>, _>>() },
                        VALUE = value,
                        CONVERT = &convert,
                        T = item
                    );
                    (value, true)
                }
            },
        };
        let value = self
            .wrappers
            .iter()
            .fold(value, |value, wrap| match is_fallible {
                true => template!(Expr { VALUE.map(WRAP) }, VALUE = &value, WRAP = wrap),
                false => template!(Expr { WRAP(VALUE) }, VALUE = &value, WRAP = wrap),
            });
        match is_fallible {
            true => template!(
                Expr { BUILDER.FIELD.convert(VALUE) },
                BUILDER = builder,
                FIELD = self.field,
                VALUE = &value
            ),
            false => template!(
                Expr { BUILDER.FIELD.set(VALUE) },
                BUILDER = builder,
                FIELD = self.field,
                VALUE = &value
            ),
        }
    }
}

/// Emits the `field` of a builder without a value.
pub(super) fn unset(field: &Ident, is_required: bool) -> FieldValue {
    let text = syn_query::spelled(field);
    let text = text.as_str();
    match is_required {
        true => template!(
            FieldValue {
                FIELD: Field::required(TEXT)
            },
            FIELD = field,
            TEXT = text
        ),
        false => template!(
            FieldValue {
                FIELD: Field::optional(TEXT)
            },
            FIELD = field,
            TEXT = text
        ),
    }
}

/// Emits the method `name` of a builder, which takes a `value` and `set`s a field to it.
pub(super) fn method(
    name: &Ident,
    docs: &str,
    deprecated: Option<&Attribute>,
    argument: &Type,
    set: &Expr,
) -> ImplItemFn {
    let docs = [doc_attrs::attribute(docs)].into_iter();
    ImplItemFn {
        attrs: docs.chain(deprecated.cloned()).collect(),
        ..template!(
            ImplItemFn {
                pub fn METHOD(mut self, value: T) -> Self {
                    SET;
                    self
                }
            },
            METHOD = name,
            T = argument,
            SET = set
        )
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
