//! Which types an operation's bodies have, read off the polished tree.

use syn::{ImplItem, Item, ReturnType, Type};

use super::tree;
use crate::facts::Facts;

/// The types of an operation's bodies, as paths within the generated module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bodies {
    /// The request's, if it has one that is a type of its own.
    pub(crate) request: Option<Type>,
    /// The response's.
    pub(crate) response: Type,
}

/// The bodies of each operation, in the order of the facts.
pub(super) fn find(file: &syn::File, facts: &Facts) -> Result<Vec<Bodies>, String> {
    let mut file = file.clone();
    let methods = tree::builders(&mut file);
    let builders = tree::module(&mut file, &["builder"])?;
    facts
        .operations
        .iter()
        .map(|operation| {
            let name = &operation.rust_name;
            let (_, builder) = methods
                .iter()
                .find(|(method, _)| method == name)
                .ok_or_else(|| format!("there is no method `{name}`"))?;
            let builder = builder.to_string();
            let response = response(builders, &builder)
                .ok_or_else(|| format!("`{builder}` has no `send` that returns a response"))?;
            Ok(Bodies {
                request: request(builders, &builder),
                response,
            })
        })
        .collect()
}

/// `T` of `send`'s `Result<Response<T>, Error>`.
fn response(builders: &[Item], builder: &str) -> Option<Type> {
    builders.iter().find_map(|item| {
        let Item::Impl(item) = item else { return None };
        if tree::self_name(item)? != builder {
            return None;
        }
        item.items.iter().find_map(|item| match item {
            ImplItem::Fn(send) if send.sig.ident == "send" => match &send.sig.output {
                ReturnType::Type(_, ty) => {
                    let result = tree::arguments_of(ty, "Result")?;
                    Some((*tree::arguments_of(result.first()?, "Response")?.first()?).clone())
                }
                ReturnType::Default => None,
            },
            _ => None,
        })
    })
}

/// `types::T` of the member `body: Result<types::builder::T, String>`, or `T`
/// of `body: Slot<T>`; an option of it where the body is optional.
fn request(builders: &[Item], builder: &str) -> Option<Type> {
    builders.iter().find_map(|item| {
        let Item::Struct(item) = item else {
            return None;
        };
        if item.ident != builder {
            return None;
        }
        let body = item
            .fields
            .iter()
            .find(|field| field.ident.as_ref().is_some_and(|name| name == "body"))?;
        let held = ["Slot", "Result"].iter();
        let held = held.filter_map(|name| tree::arguments_of(&body.ty, name));
        Some(built((*held.flatten().next()?).clone()))
    })
}

/// `types::T` for its builder `types::builder::T`, or an option of the one for
/// that of the other; any other type as it is.
pub(super) fn built(ty: Type) -> Type {
    if let Some([inner]) = tree::arguments_of(&ty, "Option").as_deref() {
        let inner = built((*inner).clone());
        return syn::parse_quote!(Option<#inner>);
    }
    let Type::Path(mut path) = ty else { return ty };
    let segments = &path.path.segments;
    if segments.len() == 3 && segments[0].ident == "types" && segments[1].ident == "builder" {
        path.path.segments = [segments[0].clone(), segments[2].clone()]
            .into_iter()
            .collect();
    }
    Type::Path(path)
}
