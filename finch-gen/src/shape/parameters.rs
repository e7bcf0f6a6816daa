//! Turns parameters in any location into query parameters for progenitor.
//!
//! progenitor supports only a few of the locations and styles in OpenAPI (Parameter Object, "Style
//! Values"). It confuses two parameters that share a name in different locations, and panics on
//! objects. So each parameter becomes a query parameter with a unique name, and an object becomes an
//! opaque type. The stage `emit` writes each parameter in its real location and style.
//!
//! If the style of an optional parameter cannot write its type, the parameter is dropped. Any other
//! parameter that cannot be written stays unchanged, and preflight refuses it.

mod unsendable;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{nullability, referred, replace};
use crate::api_model::{ApiModel, Operation};
use crate::json::Fields as _;
use crate::load::Document;
use crate::media_type::is_json;
use crate::report::Report;
use crate::type_names::{self, Taken};
use crate::wire_format::{Location, Parameter, Style};
use heck::ToSnakeCase as _;

/// The prefix of a string format that names a type of the client. The name follows the prefix.
pub(crate) const TYPE: &str = "type\u{E000}";

/// The field that explains why a parameter cannot be sent.
pub(crate) const UNSENDABLE: &str = "x-unsendable\u{E000}";

/// The names that the other functions and fields of a call use.
const TAKEN: [&str; 8] = [
    "body",
    "call",
    "clone",
    "client",
    "into_future",
    "new",
    "send",
    "wait_until_ready",
];

/// The names of further functions of a call that returns pages.
const TAKEN_BY_PAGES: [&str; 3] = ["items", "pages", "pages_from"];

/// Returns how the property `name` of the form `schema` is written, if its Encoding Object names a
/// style that can write it (OpenAPI, Encoding Object).
pub(super) fn of_encoding(
    document: &Document,
    schema: &Value,
    name: &str,
    encoding: &Value,
) -> Option<Parameter> {
    let says_style = encoding.has_any(&["style", "explode", "allowReserved"]);
    let parameter = says_style.then(|| written(name, Location::Query, encoding))??;
    let schema = document.follow(schema).unwrap_or(schema);
    let property = schema.get("properties").and_then(|of| of.get(name));
    let is_unsendable =
        property.is_some_and(|property| unsendable::why(document, &parameter, property).is_some());
    (!is_unsendable).then_some(parameter)
}

/// Returns how the parameter `name`, declared by `object`, is written, if a style can write it.
fn written(name: &str, location: Location, object: &Value) -> Option<Parameter> {
    let style = match object.text("style") {
        Some(style) => location.parse_style(style)?,
        None => location.default_style(),
    };
    let explode = match object.get("explode") {
        // `deepObject` only exists in exploded form.
        _ if style == Style::DeepObject => true,
        Some(Value::Bool(explode)) => *explode,
        _ => style == Style::Form,
    };
    Some(Parameter {
        name: name.to_owned(),
        field: String::new(),
        location,
        style,
        explode,
        allow_reserved: location == Location::Query && object.is_true("allowReserved"),
        description: object.text("description").map(str::to_owned),
        deprecated: object.is_true("deprecated"),
    })
}

/// Makes each parameter of an operation a query parameter with a unique name.
pub(super) fn make_queries(document: &mut Document, model: &mut ApiModel, report: &mut Report) {
    for operation in &mut model.operations {
        operation.parameters = of_operation(document, operation, report);
    }
    // Each operation now has its own copies.
    if let Some(Value::Object(components)) = document.at_mut("/components") {
        components.shift_remove("parameters");
    }
}

fn of_operation(
    document: &mut Document,
    operation: &Operation,
    report: &mut Report,
) -> Vec<Parameter> {
    let at = format!("{}/parameters", operation.pointer);
    let mut known = Vec::new();
    let list = document.at(&at).and_then(Value::as_array);
    let list = list.into_iter().flatten();
    let list = list.map(|of| document.follow(of).unwrap_or(of).clone());
    let mut list: Vec<Value> = list.collect();
    let by_pages = operation.pagination.iter().flat_map(|_| TAKEN_BY_PAGES);
    let taken = TAKEN.into_iter().chain(by_pages);
    let mut taken: Taken = taken.map(str::to_owned).collect();
    // Path parameters get their names first.
    let is_in_path = |object: &Value| object["in"] == "path";
    let mut order: Vec<usize> = (0..list.len()).collect();
    order.sort_by_key(|index| !is_in_path(&list[*index]));
    let mut dropped = BTreeSet::new();
    for index in order {
        let object = &mut list[index];
        let place = operation.parameter_pointers.get(index);
        let place = place.unwrap_or(&operation.pointer);
        let Some((mut parameter, schema)) = described(object) else {
            continue;
        };
        if let Some(what) = unsendable::why(document, &parameter, &schema) {
            if object["required"] == true {
                object[UNSENDABLE] = what.into();
            } else {
                let what = format!("{parameter} dropped: {what}");
                report.warn("unsendable-parameter", place, what);
                dropped.insert(index);
            }
            continue;
        }
        for what in unsendable::optional_properties(document, &parameter, &schema) {
            report.warn("unsendable-property", place, what);
        }
        let usual = ident(&parameter.name);
        parameter.field = taken.unique(&usual);
        if parameter.field != usual {
            let field = &parameter.field;
            let what = format!("name of another field or function of the call → `{field}`");
            report.info("parameter-name", place, what);
        }
        if parameter.location != Location::Query && object["allowReserved"] == true {
            let what = match parameter.location {
                Location::Path => {
                    "OpenAPI defines it for queries, and a value could lead to another path"
                }
                _ => "OpenAPI defines it for queries",
            };
            let what = format!("`allowReserved` of {parameter} ignored: {what}");
            report.info("allow-reserved", place, what);
        }
        let mut named = json!({
            "name": parameter.field,
            "in": "query",
            "required": object["required"] == true,
            "schema": schema,
        });
        if let Some(description) = object.get("description") {
            named["description"] = description.clone();
        }
        *object = named;
        known.push((index, parameter));
    }
    if !list.is_empty() {
        let mut index = 0..;
        list.retain(|_| index.next().is_some_and(|index| !dropped.contains(&index)));
        replace(document, &at, list);
    }
    known.sort_by_key(|(index, _)| *index);
    known.into_iter().map(|(_, parameter)| parameter).collect()
}

/// Returns `name` as a field name.
fn ident(name: &str) -> String {
    match type_names::words(name).to_snake_case() {
        ident if ident.is_empty() => "x".to_owned(),
        // progenitor makes an identifier from such a name in the same way.
        ident if ident.starts_with(|c: char| c.is_ascii_digit()) => format!("_{ident}"),
        ident => ident,
    }
}

/// Returns how the parameter `object` is written, and its schema, if a style can write it.
fn described(object: &Value) -> Option<(Parameter, Value)> {
    let location = Location::parse(object.text("in")?)?;
    let mut parameter = written(object.text("name")?, location, object)?;
    let schema = match object.field("content").object() {
        None => object.get("schema")?.clone(),
        Some(content) => {
            let (media_type, of) = content.iter().next()?;
            let of = of.get("schema").cloned().unwrap_or_else(|| json!({}));
            if is_json(media_type) {
                parameter.style = Style::Json;
                parameter.explode = false;
                of
            } else {
                // The caller encodes the value, whatever its type is.
                parameter.style = location.default_style();
                json!({"type": "string"})
            }
        }
    };
    Some((parameter, schema))
}

/// Makes each parameter that may be null optional, because null is not sent. A path always has a
/// value, so a path parameter loses null instead.
pub(super) fn drop_null(document: &mut Document, model: &ApiModel, report: &mut Report) {
    for operation in &model.operations {
        let at = format!("{}/parameters", operation.pointer);
        let list = document.at_mut(&at).and_then(Value::as_array_mut);
        for object in list.into_iter().flatten() {
            let mut known = operation.parameters.iter();
            let parameter = known.find(|parameter| object["name"] == parameter.field);
            let (Some(parameter), Value::Object(schema)) = (parameter, &mut object["schema"])
            else {
                continue;
            };
            let mut without_null = schema.clone();
            if !nullability::strip_null(&mut without_null) {
                continue;
            }
            let is_in_path = parameter.location == Location::Path;
            let then = match is_in_path {
                true => {
                    *schema = without_null;
                    "null removed, as a path always has a value"
                }
                false => "optional, as null is not sent",
            };
            if object["required"] == true {
                object["required"] = is_in_path.into();
                let what = format!("{parameter} may be null → {then}");
                report.info("null-parameter", &operation.pointer, what);
            }
        }
    }
}

/// Gives each parameter that may be an object an opaque type, with the name of the component that
/// its schema refers to by now.
pub(super) fn hide_objects(document: &mut Document, model: &ApiModel) {
    for operation in &model.operations {
        let at = format!("{}/parameters", operation.pointer);
        let list = document.at(&at).and_then(Value::as_array);
        for index in 0..list.map_or(0, Vec::len) {
            let at = format!("{at}/{index}");
            let schema = document.at(&format!("{at}/schema"));
            if let Some(name) = schema.and_then(|schema| object(document, schema))
                && let Some(parameter) = document.at_mut(&at)
            {
                parameter["schema"] = json!({"type": "string", "format": format!("{TYPE}{name}")});
            }
        }
    }
}

/// Returns the type name of the component that `schema` refers to, if the component may allow
/// objects.
fn object(document: &Document, schema: &Value) -> Option<String> {
    let schema = single(schema)?;
    let name = referred(schema)?;
    let plain = ["string", "number", "integer", "boolean", "array"];
    let of = document.follow(schema)?.text("type");
    let is_plain = of.is_some_and(|of| plain.contains(&of));
    (!is_plain).then(|| type_names::type_name(name))
}

/// Returns the reference in `schema`, with or without annotations or null. A larger conjunction or
/// union has become a component by now.
fn single(schema: &Value) -> Option<&Value> {
    if referred(schema).is_some() {
        return Some(schema);
    }
    let keywords = ["allOf", "anyOf", "oneOf"].into_iter();
    let mut parts = keywords.flat_map(|keyword| schema.list(keyword));
    parts.find_map(single)
}

/// Returns the opaque types of parameters, as [`hide_objects`] named them.
pub(crate) fn hidden(document: &Document, model: &ApiModel) -> BTreeSet<String> {
    let lists = model.operations.iter().filter_map(|operation| {
        let at = format!("{}/parameters", operation.pointer);
        document.at(&at)?.as_array()
    });
    let formats = lists.flatten();
    let formats = formats.filter_map(|parameter| parameter.get("schema")?.text("format"));
    let types = formats.filter_map(|format| format.strip_prefix(TYPE));
    types.map(str::to_owned).collect()
}
