//! Reads the calls from progenitor's signatures: the methods, and the types of their arguments and
//! results.
//!
//! The signature of an operation comes from its builder, whose fields have owned types. It is
//! checked against the document. The rest of progenitor's operation code is discarded.

use std::collections::{BTreeMap, BTreeSet};

use quote::format_ident;
use serde_json::Value;
use syn::{Fields, ImplItem, Item, ItemImpl, ReturnType, Type, parse_quote};

use super::emitted_module::IMPORTS;
use crate::api_model::{ApiModel, Operation};
use crate::call::{Argument, Call, Example, Success};
use crate::load::Document;
use crate::media_type::is_json_range;
use crate::polish::Unsupported;
use crate::polish::syntax::syn_query;
use crate::wire_format::{
    Decoding, Location, Parameter, RequestBody, ResponseBody, SuccessResponse,
};

/// The names of the prelude that the module of calls uses.
pub(super) const PRELUDE: [&str; 12] = [
    "Box",
    "Clone",
    "Debug",
    "From",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Option",
    "Result",
    "String",
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
) -> Result<Vec<Call>, Unsupported> {
    let builders = syn_query::builders(file);
    let operations = &model.operations;
    let known: BTreeSet<&str> = operations.iter().map(|of| of.rust_name.as_str()).collect();
    if let Some(method) = builders
        .keys()
        .find(|method| !known.contains(method.as_str()))
    {
        let what = format!("progenitor has a method `{method}` without an operation");
        return Err(what.into());
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
    let mut call = |operation: &Operation| {
        let method = &operation.rust_name;
        let builder = builders.get(method);
        let builder = builder.ok_or_else(|| format!("progenitor has no method `{method}`"))?;
        let fields = fields.get(&builder.to_string());
        let fields = fields.ok_or_else(|| format!("`{method}` returns no builder"))?;
        let response = responses.remove(&builder.to_string());
        let response = response.ok_or_else(|| format!("`{method}` returns no response"))?;
        let mut arguments = arguments(fields)?;
        let parameters = parameters(operation, &mut arguments, shaped)?;
        let body = body(operation, &mut arguments)?;
        if let Some(argument) = arguments.first() {
            let field = &argument.field;
            return Err(format!(
                "only progenitor has the value `{field}` of `{method}`"
            ));
        }
        let mut name = builder.clone();
        let mut taken = IMPORTS.into_iter().flatten().chain(&PRELUDE);
        if taken.any(|taken| name == taken) {
            name = format_ident!("{name}Call");
            while !names.insert(name.to_string()) {
                name = format_ident!("{name}_");
            }
        }
        Ok::<_, String>(Call {
            method: format_ident!("{method}"),
            name,
            parameters,
            body,
            accept: accept(operation),
            successes: successes(operation, &response),
            response,
            paging: None,
            example: Example::default(),
        })
    };
    Unsupported::collect(
        operations.iter().map(|operation| {
            call(operation).map_err(|what| Unsupported::at(&operation.pointer, what))
        }),
    )
}

/// Removes the parameters of `operation` from `arguments`. Returns the path parameters in path
/// order, and then the others by name.
fn parameters(
    operation: &Operation,
    arguments: &mut Vec<Argument>,
    shaped: &Document,
) -> Result<Vec<(Parameter, Argument)>, String> {
    let method = &operation.rust_name;
    let at = format!("{}/parameters", operation.pointer);
    let shaped = shaped.at(&at).and_then(Value::as_array);
    let is_required = |field: &str| {
        let mut all = shaped.into_iter().flatten();
        let found = all.find(|one| one["name"] == field);
        found.is_some_and(|one| one["required"] == true)
    };
    let parameters = operation.parameters.iter().map(|parameter| {
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
    parameters.sort_by_cached_key(|(parameter, _)| match parameter.location {
        Location::Path => (in_path(parameter), String::new()),
        _ => (usize::MAX, parameter.field.clone()),
    });
    Ok(parameters)
}

/// Removes the body from `arguments`.
fn body(
    operation: &Operation,
    arguments: &mut Vec<Argument>,
) -> Result<Option<(RequestBody, Argument)>, String> {
    let method = &operation.rust_name;
    match (&operation.request_body, take(arguments, "body")) {
        (Some(request), Some(mut body)) => {
            // A required body is optional for progenitor if it may be null.
            if request.is_required && !body.is_required {
                let ty = &body.ty;
                body.ty = parse_quote!(::std::option::Option<#ty>);
            }
            body.is_required = request.is_required;
            Ok(Some((request.clone(), body)))
        }
        (Some(_), None) => Err(format!("progenitor has no body of `{method}`")),
        (None, Some(_)) => Err(format!("only progenitor has a body of `{method}`")),
        (None, None) => Ok(None),
    }
}

/// Removes the argument that progenitor calls `name`. progenitor appends a letter to a keyword.
fn take(arguments: &mut Vec<Argument>, name: &str) -> Option<Argument> {
    let is_called = |argument: &Argument| {
        let field = argument.field.to_string();
        field == name || field.strip_suffix('_') == Some(name)
    };
    let at = arguments.iter().position(is_called)?;
    Some(arguments.remove(at))
}

/// Returns the arguments of a builder with these `fields`.
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
        let held = syn_query::argument_of(&field.ty, "Result");
        let held = held.ok_or_else(|| format!("the field `{name}` is not a `Result`"))?;
        let optional = syn_query::argument_of(held, "Option");
        Ok(Argument {
            field: name,
            ty: built(optional.unwrap_or(held).clone()),
            is_required: optional.is_none(),
        })
    });
    values.collect()
}

/// Turns a builder `types::builder::T` into `types::T`, and leaves any other type unchanged.
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

/// Returns `T` of `send`'s `Result<ResponseValue<T>, _>`.
fn response(builder: &ItemImpl) -> Option<Type> {
    builder.items.iter().find_map(|item| match item {
        ImplItem::Fn(send) if send.sig.ident == "send" => match &send.sig.output {
            ReturnType::Type(_, ty) => {
                let value = syn_query::argument_of(ty, "Result")?;
                syn_query::argument_of(value, "ResponseValue").cloned()
            }
            ReturnType::Default => None,
        },
        _ => None,
    })
}

/// The media types of the successes of `operation`.
fn accept(operation: &Operation) -> String {
    let mut media_types: Vec<&str> = Vec::new();
    let successes = operation.successes.iter();
    for body in successes.filter_map(|success| success.body.as_ref()) {
        // `Accept` does not treat `application/*+json` as a range.
        let media_type = match is_json_range(&body.media_type) {
            true => "application/json, application/*;q=0.9",
            false => &body.media_type,
        };
        if !media_types.contains(&media_type) {
            media_types.push(media_type);
        }
    }
    media_types.join(", ")
}

/// The kinds of success of `operation`, ordered by status.
fn successes(operation: &Operation, response: &Type) -> Vec<Success> {
    let decoding = |success: &SuccessResponse| Some(success.body.as_ref()?.decoding);
    let statuses = operation.successes.iter();
    let statuses = statuses.map(|success| success.status.clone());
    if !operation.has_success_enum {
        return vec![Success {
            statuses: statuses.collect(),
            decoding: operation.successes.first().and_then(decoding),
            ty: response.clone(),
        }];
    }
    let kinds = operation.successes.iter().map(|success| Success {
        statuses: vec![success.status.clone()],
        decoding: decoding(success),
        ty: value_type(success),
    });
    kinds.collect()
}

/// The type of the value of `success`, one of several.
fn value_type(success: &SuccessResponse) -> Type {
    match &success.body {
        Some(ResponseBody {
            component: Some(name),
            ..
        }) => {
            let name = format_ident!("{name}");
            parse_quote!(types::#name)
        }
        Some(body) if body.decoding == Decoding::Text => parse_quote!(::std::string::String),
        Some(_) => parse_quote!(::bytes::Bytes),
        None => parse_quote!(()),
    }
}
