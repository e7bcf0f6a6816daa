//! Builds paths, types such as `::std::option::Option<T>`, and calls of the runtime's macros,
//! directly as syntax trees. The parser would be too slow, because a client has thousands of each.

use proc_macro2::{Span, TokenStream};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, Ident, ItemMacro, Macro, MacroDelimiter, Path,
    PathArguments, PathSegment, Type, TypePath,
};

/// Returns the path with these names.
pub(crate) fn path(names: &[&str]) -> Path {
    let segment = |name: &&str| PathSegment::from(Ident::new(name, Span::call_site()));
    Path {
        leading_colon: None,
        segments: names.iter().map(segment).collect(),
    }
}

/// Returns the global path with these names, such as `::std::option::Option`.
pub(crate) fn global(names: &[&str]) -> Path {
    Path {
        leading_colon: Some(Default::default()),
        ..path(names)
    }
}

/// Returns the type at `path`.
pub(crate) fn type_at(path: Path) -> Type {
    Type::Path(TypePath {
        attrs: Vec::new(),
        qself: None,
        path,
    })
}

/// Returns the type at `path` with these `arguments`.
pub(crate) fn type_of(mut path: Path, arguments: impl IntoIterator<Item = Type>) -> Type {
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

/// Returns the type `Option<ty>`.
pub(crate) fn option_of(ty: Type) -> Type {
    type_of(global(&["std", "option", "Option"]), [ty])
}

/// Returns a call of the runtime's macro `name` with `tokens`. They are statements that end with
/// semicolons.
pub(crate) fn of_runtime(name: &str, tokens: TokenStream) -> ItemMacro {
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
