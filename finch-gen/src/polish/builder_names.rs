//! No builder of a request has the name of something else in its module.
//!
//! Before, the builder of an operation `error` hides the error that `send`
//! returns:
//!
//! ```text
//! pub mod builder {
//!     pub struct Error<'a> { … }
//!     impl<'a> Error<'a> { pub async fn send(self) -> Result<ResponseValue<T>, Error<()>> … }
//! }
//! impl Client { pub fn error(&self) -> builder::Error<'_> { builder::Error::new(self) } }
//! ```
//!
//! After, it is a name of its own:
//!
//! ```text
//! pub struct ErrorRequest<'a> { … }
//! impl<'a> ErrorRequest<'a> { … }
//! impl Client {
//!     pub fn error(&self) -> builder::ErrorRequest<'_> { builder::ErrorRequest::new(self) }
//! }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Ident, Item, Path, Type};

use super::{Context, tree};

/// What the module names beside its builders, before polishing and after, and
/// what macros and a reader expect there.
const TAKEN: [&str; 18] = [
    "Box",
    "ByteStream",
    "ClientHooks",
    "ClientInfo",
    "Default",
    "Error",
    "From",
    "Into",
    "OperationInfo",
    "Option",
    "RequestBuilderExt",
    "Response",
    "ResponseValue",
    "Result",
    "String",
    "ToString",
    "TryInto",
    "Vec",
];

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let builder = tree::module(file, &["builder"])?;
    let mut names: BTreeSet<String> = builder
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            _ => None,
        })
        .collect();
    let mut renamed: BTreeMap<String, Ident> = BTreeMap::new();
    for name in TAKEN {
        if !names.contains(name) {
            continue;
        }
        let mut new = format!("{name}Request");
        while !names.insert(new.clone()) {
            new.push('_');
        }
        renamed.insert(name.to_owned(), format_ident!("{new}"));
    }
    if renamed.is_empty() {
        return Ok(());
    }
    for item in builder {
        match item {
            Item::Struct(item) => rename(&mut item.ident, &renamed),
            Item::Impl(item) => {
                if let Type::Path(ty) = &mut *item.self_ty
                    && let Some(last) = ty.path.segments.last_mut()
                {
                    rename(&mut last.ident, &renamed);
                }
            }
            _ => {}
        }
    }
    let client = file.items.iter_mut();
    for item in client.filter(|item| matches!(item, Item::Impl(_))) {
        Rename(&renamed).visit_item_mut(item);
    }
    Ok(())
}

fn rename(name: &mut Ident, renamed: &BTreeMap<String, Ident>) {
    if let Some(new) = renamed.get(&name.to_string()) {
        *name = new.clone();
    }
}

/// `builder::NAME` in the code of the client.
struct Rename<'a>(&'a BTreeMap<String, Ident>);

impl VisitMut for Rename<'_> {
    fn visit_path_mut(&mut self, path: &mut Path) {
        let mut segments = path.segments.iter_mut();
        if let (Some(first), Some(second)) = (segments.next(), segments.next())
            && first.ident == "builder"
        {
            rename(&mut second.ident, self.0);
        }
        visit_mut::visit_path_mut(self, path);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Inputs, Text};

    #[test]
    fn a_builder_does_not_hide_what_its_module_names() {
        let text = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    get: {operationId: error, responses: {'204': {description: ''}}}
    put: {operationId: error-request, responses: {'204': {description: ''}}}
";
        let polished = crate::polish(&Inputs::of_document(Text {
            name: "api.yaml",
            text,
        }));
        let code = crate::render::layout::unparse(polished.unwrap().file);
        for part in [
            "pub struct ErrorRequest_<'a> {",
            "impl<'a> ErrorRequest_<'a> {",
            "pub fn error(&self) -> builder::ErrorRequest_<'_> {",
            "builder::ErrorRequest_::new(self)",
            "pub fn error_request(&self) -> builder::ErrorRequest<'_> {",
            "pub async fn send(self) -> Result<Response<()>, Error> {",
        ] {
            assert!(code.contains(part), "{part}\nis not in\n{code}");
        }
    }
}
