//! Fills code templates, which read like the code that they emit. A template is parsed once: the
//! parser would be too slow, because a client has thousands of setters.

use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, ExprArray, ExprLit, ExprStruct, Field, FieldValue, Ident, ImplItemFn,
    ItemImpl, ItemStruct, Lit, LitStr, Type,
};

/// Returns the syntax tree of the code in braces, with the names after it replaced by their values.
macro_rules! template {
    ($node:ty { $($code:tt)* } $(, $name:ident = $value:expr)* $(,)?) => {{
        ::std::thread_local! {
            static CODE: $node = ::syn::parse_quote!($($code)*);
        }
        let mut node = CODE.with(Clone::clone);
        $crate::polish::syntax::template::fill(&mut node, &[$((stringify!($name), $value.into())),*]);
        node
    }};
}
pub(crate) use template;

/// The value of a name in a template.
pub(crate) enum Value<'a> {
    Ident(&'a Ident),
    Type(&'a Type),
    Expr(&'a Expr),
    /// A string literal.
    Text(&'a str),
}

/// Replaces the names in `node` with their `values`.
pub(crate) fn fill(node: &mut impl Node, values: &[(&str, Value<'_>)]) {
    if !values.is_empty() {
        node.visit(&mut Fill(values));
    }
}

struct Fill<'a>(&'a [(&'a str, Value<'a>)]);

impl Fill<'_> {
    fn value(&self, name: &Ident) -> Option<&Value<'_>> {
        let mut values = self.0.iter();
        values.find_map(|(of, value)| (name == of).then_some(value))
    }
}

impl VisitMut for Fill<'_> {
    fn visit_ident_mut(&mut self, name: &mut Ident) {
        if let Some(Value::Ident(value)) = self.value(name) {
            *name = (*value).clone();
        }
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        let name = match ty {
            Type::Path(path) => path.path.get_ident(),
            _ => None,
        };
        match name.and_then(|name| self.value(name)) {
            Some(Value::Type(value)) => *ty = (*value).clone(),
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        let name = match expression {
            Expr::Path(path) => path.path.get_ident(),
            _ => None,
        };
        match name.and_then(|name| self.value(name)) {
            Some(Value::Expr(value)) => *expression = (*value).clone(),
            Some(Value::Text(text)) => {
                let literal = LitStr::new(text, proc_macro2::Span::call_site());
                *expression = Expr::Lit(ExprLit {
                    attrs: Vec::new(),
                    lit: Lit::Str(literal),
                });
            }
            _ => visit_mut::visit_expr_mut(self, expression),
        }
    }

    /// Attributes are constant.
    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
}

/// A syntax tree that can be a template.
pub(crate) trait Node {
    fn visit(&mut self, visitor: &mut impl VisitMut);
}

macro_rules! conversions {
    ($($variant:ident $of:ty),*) => {$(
        impl<'a> From<&'a $of> for Value<'a> {
            fn from(value: &'a $of) -> Self {
                Self::$variant(value)
            }
        }
    )*};
}
conversions!(Ident Ident, Type Type, Expr Expr, Text str);

macro_rules! nodes {
    ($($node:ident $visit:ident),*) => {$(
        impl Node for $node {
            fn visit(&mut self, visitor: &mut impl VisitMut) {
                visitor.$visit(self);
            }
        }
    )*};
}
nodes!(
    Expr visit_expr_mut,
    ExprArray visit_expr_array_mut,
    ExprStruct visit_expr_struct_mut,
    Field visit_field_mut,
    FieldValue visit_field_value_mut,
    ImplItemFn visit_impl_item_fn_mut,
    ItemImpl visit_item_impl_mut,
    ItemStruct visit_item_struct_mut,
    Type visit_type_mut
);

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn each_kind_of_value_replaces_its_name() {
        let (name, ty): (Ident, Type) = (parse_quote!(r#type), parse_quote!(Vec<u8>));
        let set: Expr = parse_quote!(self.a.set(b));
        let filled = template!(
            ImplItemFn {
                #[doc = "NAME"]
                fn NAME(NAME: T) -> Option<T> {
                    SET;
                    NAME(TEXT, other.NAME)
                }
            },
            NAME = &name,
            T = &ty,
            SET = &set,
            TEXT = "SET"
        );
        let expected: ImplItemFn = parse_quote! {
            #[doc = "NAME"]
            fn r#type(r#type: Vec<u8>) -> Option<Vec<u8>> {
                self.a.set(b);
                r#type("SET", other.r#type)
            }
        };
        assert_eq!(
            filled.into_token_stream().to_string(),
            expected.into_token_stream().to_string()
        );
    }

    #[test]
    fn a_template_stays_unchanged() {
        let fill = |text: &str| template!(Expr { f(TEXT) }, TEXT = text);
        let filled = ["a", "b"].map(|text| fill(text).into_token_stream().to_string());
        assert_eq!(filled, ["f (\"a\")", "f (\"b\")"]);
    }
}
