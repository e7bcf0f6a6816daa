//! The calls that progenitor's signatures describe: which methods exist, and the types of
//! what each takes and returns.
//!
//! The signature of an operation is read from its builder, whose fields have owned types,
//! and checked against the document. The rest of progenitor's operation code is discarded.

use std::collections::{BTreeMap, BTreeSet};

use quote::format_ident;
use serde_json::Value;
use syn::{Fields, ImplItem, Item, ItemImpl, ReturnType, Type, parse_quote};

use crate::api_model::{ApiModel, Operation};
use crate::call::{Argument, Call, Success};
use crate::load::Document;
use crate::polish::syntax::syn_query;
use crate::shape::parameters::{Parameter, Place};
use crate::shape::request_bodies::Request;
use crate::shape::{Body, Hints, Reading};

/// The names that the structs of calls cannot have: their module uses them.
const TAKEN: [&str; 27] = [
    "Binary",
    "Box",
    "Call",
    "CallFuture",
    "Client",
    "Clone",
    "Debug",
    "Display",
    "Empty",
    "Error",
    "Field",
    "From",
    "Into",
    "IntoFormat",
    "IntoFuture",
    "IntoIterator",
    "Json",
    "Option",
    "Parameter",
    "Part",
    "Response",
    "Result",
    "String",
    "Style",
    "Success",
    "TryInto",
    "Vec",
];

/// Reads the call of each operation from progenitor's `file`.
///
/// # Errors
///
/// An operation, a parameter or a body that only the document or only progenitor has, or
/// that only one of them requires.
pub(super) fn read(
    file: &syn::File,
    model: &ApiModel,
    shaped: &Document,
    hints: &Hints,
) -> Result<Vec<Call>, String> {
    let builders = syn_query::builders(file);
    let operations = &model.operations;
    let known: BTreeSet<&str> = operations.iter().map(|of| of.rust_name.as_str()).collect();
    if let Some(method) = builders
        .keys()
        .find(|method| !known.contains(method.as_str()))
    {
        return Err(format!(
            "progenitor has a method `{method}` of no operation"
        ));
    }
    let mut fields = BTreeMap::new();
    let mut responses = BTreeMap::new();
    for item in syn_query::items(file, &["builder"]).unwrap_or_default() {
        match item {
            Item::Struct(item) => {
                fields.insert(item.ident.to_string(), &item.fields);
            }
            Item::Impl(item) => {
                if let (Some(builder), Some(response)) =
                    (syn_query::self_name(item), response(item))
                {
                    responses.insert(builder.to_string(), response);
                }
            }
            _ => {}
        }
    }
    let mut names: BTreeSet<String> = builders.values().map(ToString::to_string).collect();
    let calls = operations.iter().map(|operation| {
        let method = &operation.rust_name;
        let builder = builders.get(method);
        let builder = builder.ok_or_else(|| format!("progenitor has no method `{method}`"))?;
        let fields = fields.get(&builder.to_string());
        let fields = fields.ok_or_else(|| format!("`{method}` returns no builder"))?;
        let response = responses.remove(&builder.to_string());
        let response = response.ok_or_else(|| format!("`{method}` returns no response"))?;
        let mut arguments = arguments(fields)?;
        let parameters = parameters(operation, &mut arguments, shaped, hints)?;
        let body = body(method, &mut arguments, hints)?;
        if let Some(argument) = arguments.first() {
            let field = &argument.field;
            return Err(format!(
                "only progenitor has the value `{field}` of `{method}`"
            ));
        }
        let mut name = builder.clone();
        if TAKEN.contains(&name.to_string().as_str()) {
            name = format_ident!("{name}Call");
            while !names.insert(name.to_string()) {
                name = format_ident!("{name}_");
            }
        }
        Ok(Call {
            method: format_ident!("{method}"),
            name,
            parameters,
            body,
            accept: accept(method, hints),
            successes: successes(operation, &response, shaped, hints),
            response,
        })
    });
    calls.collect()
}

/// Takes the parameters of `operation` out of `arguments`: those of the path in its order,
/// and then the others by name.
fn parameters(
    operation: &Operation,
    arguments: &mut Vec<Argument>,
    shaped: &Document,
    hints: &Hints,
) -> Result<Vec<(Parameter, Argument)>, String> {
    let method = &operation.rust_name;
    let described = hints.parameters.get(method).into_iter().flatten();
    let at = format!("{}/parameters", operation.pointer);
    let shaped = shaped.at(&at).and_then(Value::as_array);
    let is_required = |field: &str| {
        let mut all = shaped.into_iter().flatten();
        let found = all.find(|one| one["name"] == field);
        found.is_some_and(|one| one["required"] == true)
    };
    let parameters = described.map(|parameter| {
        let name = &parameter.name;
        let argument = take(arguments, &parameter.field);
        let argument = argument
            .ok_or_else(|| format!("progenitor has no parameter `{name}` of `{method}`"))?;
        match (argument.is_required, is_required(&parameter.field)) {
            (true, false) => Err(format!("only progenitor requires `{name}` of `{method}`")),
            (false, true) => Err(format!(
                "progenitor does not require `{name}` of `{method}`"
            )),
            _ => Ok((parameter.clone(), argument)),
        }
    });
    let mut parameters = parameters.collect::<Result<Vec<_>, String>>()?;
    let in_path = |parameter: &Parameter| {
        let placeholder = format!("{{{}}}", parameter.name);
        operation.path.find(&placeholder).unwrap_or_default()
    };
    parameters.sort_by_cached_key(|(parameter, _)| match parameter.place {
        Place::Path => (in_path(parameter), String::new()),
        _ => (usize::MAX, parameter.field.clone()),
    });
    Ok(parameters)
}

/// Takes the body out of `arguments`.
fn body(
    method: &str,
    arguments: &mut Vec<Argument>,
    hints: &Hints,
) -> Result<Option<(Request, Argument)>, String> {
    match (hints.requests.get(method), take(arguments, "body")) {
        (Some(request), Some(body)) => {
            let body = Argument {
                is_required: request.is_required,
                ..body
            };
            Ok(Some((request.clone(), body)))
        }
        (Some(_), None) => Err(format!("progenitor has no body of `{method}`")),
        (None, Some(_)) => Err(format!("only progenitor has a body of `{method}`")),
        (None, None) => Ok(None),
    }
}

/// Takes the argument that progenitor calls `name` so: it appends a letter to a keyword.
fn take(arguments: &mut Vec<Argument>, name: &str) -> Option<Argument> {
    let is_called = |argument: &Argument| {
        let field = argument.field.to_string();
        field == name || field.strip_suffix('_') == Some(name)
    };
    let at = arguments.iter().position(is_called)?;
    Some(arguments.remove(at))
}

/// What a builder with these `fields` takes.
fn arguments(fields: &Fields) -> Result<Vec<Argument>, String> {
    // The client is a reference.
    let values = fields
        .iter()
        .filter(|field| !matches!(field.ty, Type::Reference(_)));
    let values = values.map(|field| {
        let name = field
            .ident
            .clone()
            .ok_or("a field of a builder has no name")?;
        let held = syn_query::arguments_of(&field.ty, "Result");
        let held = held.and_then(|held| held.first().copied());
        let held = held.ok_or_else(|| format!("the field `{name}` is no `Result`"))?;
        let optional = syn_query::arguments_of(held, "Option");
        let optional = optional.and_then(|held| held.first().copied());
        Ok(Argument {
            field: name,
            ty: built(optional.unwrap_or(held).clone()),
            is_required: optional.is_none(),
        })
    });
    values.collect()
}

/// `types::T` for its builder `types::builder::T`, and any other type as it is.
fn built(ty: Type) -> Type {
    let Type::Path(mut path) = ty else { return ty };
    let segments = &path.path.segments;
    if segments.len() == 3 && segments[0].ident == "types" && segments[1].ident == "builder" {
        path.path.segments = [segments[0].clone(), segments[2].clone()]
            .into_iter()
            .collect();
    }
    Type::Path(path)
}

/// `T` of `send`'s `Result<ResponseValue<T>, _>`.
fn response(builder: &ItemImpl) -> Option<Type> {
    builder.items.iter().find_map(|item| match item {
        ImplItem::Fn(send) if send.sig.ident == "send" => match &send.sig.output {
            ReturnType::Type(_, ty) => {
                let result = syn_query::arguments_of(ty, "Result")?;
                let value = syn_query::arguments_of(result.first()?, "ResponseValue")?;
                Some((*value.first()?).clone())
            }
            ReturnType::Default => None,
        },
        _ => None,
    })
}

/// The media types of the successes of `method`.
fn accept(method: &str, hints: &Hints) -> String {
    let mut media_types: Vec<&str> = Vec::new();
    for answer in hints
        .answers
        .get(method)
        .into_iter()
        .flat_map(BTreeMap::values)
    {
        if !media_types.contains(&answer.media_type.as_str()) {
            media_types.push(&answer.media_type);
        }
    }
    media_types.join(", ")
}

/// The kinds of success of `operation`: the one with the lowest status first.
fn successes(
    operation: &Operation,
    response: &Type,
    shaped: &Document,
    hints: &Hints,
) -> Vec<Success> {
    let method = &operation.rust_name;
    let Some(kinds) = hints.successes.get(method) else {
        let answers = hints.answers.get(method);
        let reading = answers
            .and_then(|of| of.values().next())
            .map(|of| of.reading);
        let statuses = shaped.at(&format!("{}/responses", operation.pointer));
        let statuses = statuses.and_then(Value::as_object);
        let statuses = statuses.into_iter().flat_map(|statuses| statuses.keys());
        return vec![Success {
            statuses: statuses.cloned().collect(),
            reading,
            ty: response.clone(),
        }];
    };
    let mut kinds: Vec<Success> = kinds
        .iter()
        .map(|kind| {
            let (reading, ty): (_, Type) = match &kind.body {
                Some(Body::Component(name)) => {
                    let name = format_ident!("{name}");
                    (Some(Reading::Json), parse_quote!(types::#name))
                }
                Some(Body::Text) => (Some(Reading::Text), parse_quote!(::std::string::String)),
                Some(Body::Bytes) => (Some(Reading::Bytes), parse_quote!(::bytes::Bytes)),
                None => (None, parse_quote!(())),
            };
            Success {
                statuses: vec![kind.status.clone()],
                reading,
                ty,
            }
        })
        .collect();
    // A range and the default sort after the numbers.
    kinds.sort_by_key(|kind| kind.statuses[0].parse::<u16>().unwrap_or(u16::MAX));
    kinds
}
