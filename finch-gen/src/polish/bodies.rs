//! Which types an operation's bodies have, read off the polished tree.

use std::collections::BTreeMap;

use syn::{ImplItem, Item, ItemImpl, ItemStruct, ReturnType, Type};

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
    let methods = tree::builders(file);
    let mut requests = BTreeMap::new();
    let mut responses = BTreeMap::new();
    for item in tree::items(file, &["builder"]).unwrap_or_default() {
        match item {
            Item::Struct(item) => {
                if let Some(request) = request(item) {
                    requests.insert(item.ident.to_string(), request);
                }
            }
            Item::Impl(item) => {
                if let (Some(builder), Some(response)) = (tree::self_name(item), response(item)) {
                    responses.insert(builder.to_string(), response);
                }
            }
            _ => {}
        }
    }
    facts
        .operations
        .iter()
        .map(|operation| {
            let name = &operation.rust_name;
            let builder = methods
                .get(name)
                .ok_or_else(|| format!("there is no method `{name}`"))?
                .to_string();
            let response = responses
                .remove(&builder)
                .ok_or_else(|| format!("`{builder}` has no `send` that returns a response"))?;
            Ok(Bodies {
                request: requests.remove(&builder),
                response,
            })
        })
        .collect()
}

/// `T` of `send`'s `Result<Response<T>, Error>`.
fn response(builder: &ItemImpl) -> Option<Type> {
    builder.items.iter().find_map(|item| match item {
        ImplItem::Fn(send) if send.sig.ident == "send" => match &send.sig.output {
            ReturnType::Type(_, ty) => {
                let result = tree::arguments_of(ty, "Result")?;
                Some((*tree::arguments_of(result.first()?, "Response")?.first()?).clone())
            }
            ReturnType::Default => None,
        },
        _ => None,
    })
}

/// `types::T` of the member `body: Result<types::builder::T, String>`, or `T`
/// of `body: Slot<T>`; an option of it where the body is optional.
fn request(builder: &ItemStruct) -> Option<Type> {
    let mut fields = builder.fields.iter();
    let body = fields.find(|field| field.ident.as_ref().is_some_and(|name| name == "body"))?;
    let held = ["Slot", "Result"].iter();
    let held = held.filter_map(|name| tree::arguments_of(&body.ty, name));
    Some(built((*held.flatten().next()?).clone()))
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
