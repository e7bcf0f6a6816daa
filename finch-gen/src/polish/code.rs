//! Small pieces of code, put together and not parsed: a client has thousands of
//! each.

use proc_macro2::{Span, TokenStream};
use syn::{
    AngleBracketedGenericArguments, Attribute, Expr, ExprArray, ExprAwait, ExprCall, ExprLit,
    ExprMethodCall, ExprPath, ExprReference, ExprTry, GenericArgument, Ident, ItemMacro, Lit,
    LitBool, LitStr, Local, LocalInit, Macro, MacroDelimiter, Pat, PatIdent, Path, PathArguments,
    PathSegment, Stmt, Type, TypePath, parse_quote,
};

/// The path of these names.
pub(super) fn path(names: &[&str]) -> Path {
    let segment = |name: &&str| PathSegment::from(Ident::new(name, Span::call_site()));
    Path {
        leading_colon: None,
        segments: names.iter().map(segment).collect(),
    }
}

/// `::std::option::Option`: the path of these names from the crate of the first.
pub(super) fn global(names: &[&str]) -> Path {
    Path {
        leading_colon: Some(Default::default()),
        ..path(names)
    }
}

/// The type at `path`.
pub(super) fn type_at(path: Path) -> Type {
    Type::Path(TypePath {
        attrs: Vec::new(),
        qself: None,
        path,
    })
}

/// The type at `path`, of these `arguments`.
pub(super) fn type_of(mut path: Path, arguments: impl IntoIterator<Item = Type>) -> Type {
    if let Some(last) = path.segments.last_mut() {
        last.arguments = PathArguments::AngleBracketed(AngleBracketedGenericArguments {
            colon2_token: None,
            lt_token: Default::default(),
            args: arguments.into_iter().map(GenericArgument::Type).collect(),
            gt_token: Default::default(),
        });
    }
    type_at(path)
}

/// What is called by these names.
pub(super) fn named(names: &[&str]) -> Expr {
    Expr::Path(ExprPath {
        attrs: Vec::new(),
        qself: None,
        path: path(names),
    })
}

/// The attribute of what only the tests of a program need.
pub(super) fn for_tests() -> Attribute {
    parse_quote!(#[cfg(feature = "test-util")])
}

/// Whether an item with these `attributes` is there for tests alone.
pub(crate) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.contains(&for_tests())
}

/// `text` as a literal.
pub(super) fn text(text: &str) -> Expr {
    literal(Lit::Str(LitStr::new(text, Span::call_site())))
}

/// `value` as a literal.
pub(super) fn truth(value: bool) -> Expr {
    literal(Lit::Bool(LitBool::new(value, Span::call_site())))
}

fn literal(lit: Lit) -> Expr {
    Expr::Lit(ExprLit {
        attrs: Vec::new(),
        lit,
    })
}

/// `function(arguments)`
pub(super) fn call(function: Expr, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Call(ExprCall {
        attrs: Vec::new(),
        func: Box::new(function),
        paren_token: Default::default(),
        args: arguments.into_iter().collect(),
    })
}

/// `receiver.method(arguments)`
pub(super) fn method(
    receiver: Expr,
    method: &str,
    arguments: impl IntoIterator<Item = Expr>,
) -> Expr {
    Expr::MethodCall(ExprMethodCall {
        attrs: Vec::new(),
        receiver: Box::new(receiver),
        dot_token: Default::default(),
        method: Ident::new(method, Span::call_site()),
        turbofish: None,
        paren_token: Default::default(),
        args: arguments.into_iter().collect(),
    })
}

/// `[values]`
pub(super) fn list(values: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Array(ExprArray {
        attrs: Vec::new(),
        bracket_token: Default::default(),
        elems: values.into_iter().collect(),
    })
}

/// `&value`
pub(super) fn reference(value: Expr) -> Expr {
    Expr::Reference(ExprReference {
        attrs: Vec::new(),
        and_token: Default::default(),
        mutability: None,
        expr: Box::new(value),
    })
}

/// `fallible?`
pub(super) fn tried(fallible: Expr) -> Expr {
    Expr::Try(ExprTry {
        attrs: Vec::new(),
        expr: Box::new(fallible),
        question_token: Default::default(),
    })
}

/// `future.await`
pub(super) fn awaited(future: Expr) -> Expr {
    Expr::Await(ExprAwait {
        attrs: Vec::new(),
        base: Box::new(future),
        dot_token: Default::default(),
        await_token: Default::default(),
    })
}

/// `let name = value;`
pub(super) fn bound(name: Ident, value: Expr) -> Stmt {
    Stmt::Local(Local {
        attrs: Vec::new(),
        let_token: Default::default(),
        modifiers: Default::default(),
        pat: Pat::Ident(PatIdent {
            attrs: Vec::new(),
            by_ref: None,
            mutability: None,
            ident: name,
            subpat: None,
        }),
        init: Some(LocalInit {
            eq_token: Default::default(),
            expr: Box::new(value),
            diverge: None,
        }),
        semi_token: Default::default(),
    })
}

/// `fallible.map_err(Error::invalid_request)`: what fails before anything is sent.
pub(super) fn refusing(fallible: Expr) -> Expr {
    let refuse = named(&["Error", "invalid_request"]);
    method(fallible, "map_err", [refuse])
}

/// A call of the runtime's macro `name` with `tokens`: statements, each of which
/// ends with a semicolon.
pub(super) fn of_runtime(name: &str, tokens: TokenStream) -> ItemMacro {
    ItemMacro {
        attrs: Vec::new(),
        ident: None,
        mac: Macro {
            path: path(&["crate", "runtime", name]),
            bang_token: Default::default(),
            delimiter: MacroDelimiter::Brace(Default::default()),
            tokens,
        },
        semi_token: None,
    }
}
