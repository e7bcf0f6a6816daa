//! Emits the conversions of types that a string represents in a format, such as dates.
//!
//! For each such type that the client uses, implements `crate::runtime::Format`, so that a setter
//! accepts either the type or a string. A component schema that is such a string gets its
//! conversions from the macro `format_component!`. They replace typify's conversions from strings.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::visit::{self, Visit};
use syn::{Fields, Item, ItemMod, Path, Type};

use super::emitted_module;
use crate::polish::formats::{FORMATS, Format};
use crate::polish::syntax::syn_query;

/// Adds the conversions to the types of `file`.
pub(super) fn emit(file: &mut syn::File) -> Result<(), String> {
    let mut code = formats(file);
    let types = syn_query::module(file, &["types"])?;
    let components: Vec<_> = types.iter().filter_map(Component::find).collect();
    for component in &components {
        code.extend(component.conversions());
    }
    // These conversions check the text.
    let names: Vec<String> = components.iter().map(|of| of.name.to_string()).collect();
    types.retain(|item| {
        let Item::Impl(item) = item else { return true };
        let name = syn_query::self_name(item).map(ToString::to_string);
        !name.is_some_and(|name| names.contains(&name)) || !reads_text(item)
    });
    types.extend(emitted_module::parse(code)?);
    Ok(())
}

/// A component schema that is a string with a format: a struct with one field.
struct Component {
    name: syn::Ident,
    /// The type that the text parses to.
    value: Type,
    /// Whether the field keeps a string that breaks the format.
    is_formatted: bool,
}

impl Component {
    fn find(item: &Item) -> Option<Self> {
        let Item::Struct(item) = item else {
            return None;
        };
        let Fields::Unnamed(fields) = &item.fields else {
            return None;
        };
        let field = &fields.unnamed.first()?.ty;
        let formatted = syn_query::argument_of(field, "Formatted");
        let value = formatted.unwrap_or(field);
        matches!(value, Type::Path(path) if format(&path.path).is_some()).then(|| Self {
            name: item.ident.clone(),
            value: value.clone(),
            is_formatted: formatted.is_some(),
        })
    }

    fn conversions(&self) -> TokenStream {
        let Self { name, value, .. } = self;
        let field = match self.is_formatted {
            true => quote!(formatted),
            false => quote!(exact),
        };
        quote!(crate::runtime::format_component! { #name; #field #value; })
    }
}

/// Whether typify's implementation `item` converts a string.
fn reads_text(item: &syn::ItemImpl) -> bool {
    let path = item.trait_.as_ref().map(|(path, _)| path);
    let Some(last) = path.and_then(|path| path.segments.last()) else {
        return false;
    };
    let argument = last.arguments.to_token_stream().to_string();
    match last.ident.to_string().as_str() {
        "FromStr" => true,
        "TryFrom" => argument.contains("str") || argument.contains("String"),
        _ => false,
    }
}

/// Returns the name of the format of the type `path`.
fn format(path: &Path) -> Option<&'static str> {
    find(path).map(|format| format.name)
}

/// Returns a string with the format of `ty`, which may be a `Formatted`.
pub(super) fn example(ty: &Type) -> Option<&'static str> {
    let value = syn_query::argument_of(ty, "Formatted").unwrap_or(ty);
    let Type::Path(path) = value else { return None };
    find(&path.path).map(|format| format.example)
}

fn find(path: &Path) -> Option<&'static Format> {
    let is = |format: &&Format| {
        path.segments.len() == format.path.len() && syn_query::ends_with(path, format.path)
    };
    FORMATS.iter().find(is)
}

/// Emits the conversions of the types with a format that `file` uses.
fn formats(file: &syn::File) -> TokenStream {
    /// The paths to such types, as tokens, each with its name in error messages.
    #[derive(Default)]
    struct Formats(Vec<(String, Path, &'static str)>);

    impl Visit<'_> for Formats {
        fn visit_item_mod(&mut self, module: &ItemMod) {
            // The builders have the types of the fields.
            if module.ident != "builder" {
                visit::visit_item_mod(self, module);
            }
        }

        fn visit_path(&mut self, path: &Path) {
            if let Some(name) = format(path) {
                let text = path.to_token_stream().to_string();
                if self.0.iter().all(|(known, ..)| *known != text) {
                    self.0.push((text, path.clone(), name));
                }
            }
            visit::visit_path(self, path);
        }
    }

    let mut formats = Formats::default();
    formats.visit_file(file);
    formats.0.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    let formats = formats.0.into_iter().map(|(_, path, name)| {
        quote! {
            impl crate::runtime::Format for #path {
                const NAME: &'static str = #name;
            }
        }
    });
    formats.collect()
}
