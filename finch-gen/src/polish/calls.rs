//! How an operation is called, and which types its parameters and bodies have: read
//! off the polished tree.

use std::collections::BTreeMap;

use syn::{Ident, ImplItem, Item, ItemImpl, ItemStruct, ReturnType, Type};

use super::{Context, code, tree};
use crate::shape::parameters::{self, Place};

/// The call of an operation. Its types are paths within the generated module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The method of the client.
    pub(crate) method: String,
    /// The builder that the method returns.
    pub(crate) builder: Ident,
    /// What must be set, in the order of the document, and what each takes.
    pub(crate) required: Vec<(Ident, Type)>,
    /// What may be set.
    pub(crate) optional: Vec<Ident>,
    /// What each parameter takes, by its place and its name in the document: an option
    /// where it may be left out.
    pub(crate) parameters: Vec<(Place, String, Type)>,
    /// The request's body, if it has one that is a type of its own.
    pub(crate) request: Option<Type>,
    /// The response's body.
    pub(crate) response: Type,
}

impl Call {
    /// The call as one writes it, with all that must be set from variables of the
    /// same names.
    pub(crate) fn source(&self) -> String {
        let required = self.required.iter();
        let setters: String = required
            .map(|(name, _)| format!(".{name}({name})"))
            .collect();
        format!("client.{}(){setters}.send().await", self.method)
    }
}

/// The call of each operation, in the order of the facts.
pub(super) fn find(file: &syn::File, context: &Context<'_>) -> Result<Vec<Call>, String> {
    let methods = tree::builders(file);
    let mut builders = BTreeMap::new();
    let mut responses = BTreeMap::new();
    for item in tree::items(file, &["builder"]).unwrap_or_default() {
        match item {
            Item::Struct(item) => {
                builders.insert(item.ident.to_string(), item);
            }
            Item::Impl(item) => {
                if let (Some(builder), Some(response)) = (tree::self_name(item), response(item)) {
                    responses.insert(builder.to_string(), response);
                }
            }
            _ => {}
        }
    }
    context
        .facts
        .operations
        .iter()
        .map(|operation| {
            let name = &operation.rust_name;
            let builder = methods
                .get(name)
                .and_then(|name| builders.get(&name.to_string()))
                .ok_or_else(|| format!("there is no method `{name}` that returns a builder"))?;
            let response = responses
                .remove(&builder.ident.to_string())
                .ok_or_else(|| format!("`{name}` has no `send` that returns a response"))?;
            let [required, optional] = setters(builder);
            let described = context.hints.parameters.get(name);
            let set = required.iter().chain(&optional);
            let parameters = set.filter_map(|(setter, ty)| {
                let parameter = parameters::set_by(described?, &setter.to_string())?;
                Some((parameter.place, parameter.name.clone(), ty.clone()))
            });
            Ok(Call {
                parameters: parameters.collect(),
                method: name.clone(),
                builder: builder.ident.clone(),
                required,
                optional: optional.into_iter().map(|(setter, _)| setter).collect(),
                request: request(builder),
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
    Some(built(held(&body.ty)?.clone()))
}

/// What must be set of a builder, and what may be, with the types that it takes.
fn setters(builder: &ItemStruct) -> [Vec<(Ident, Type)>; 2] {
    let (mut required, mut optional) = (Vec::new(), Vec::new());
    for field in &builder.fields {
        let (Some(name), Some(held)) = (&field.ident, held(&field.ty)) else {
            continue;
        };
        let setters = match tree::arguments_of(held, "Option") {
            Some(_) => &mut optional,
            None => &mut required,
        };
        setters.push((name.clone(), built(held.clone())));
    }
    [required, optional]
}

/// What the member of a builder holds that is of this type.
fn held(member: &Type) -> Option<&Type> {
    let wrappers = ["Slot", "Result"].into_iter();
    let mut held = wrappers.filter_map(|name| tree::arguments_of(member, name));
    held.next()?.first().copied()
}

/// `types::T` for its builder `types::builder::T`, or an option of the one for
/// that of the other; any other type as it is.
pub(super) fn built(ty: Type) -> Type {
    if let Some([inner]) = tree::arguments_of(&ty, "Option").as_deref() {
        let inner = built((*inner).clone());
        return code::type_of(code::path(&["Option"]), [inner]);
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
