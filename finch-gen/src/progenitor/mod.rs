//! progenitor: turns the shaped document into the syntax tree of a client.
//!
//! Receives a document that preflight has passed. Guarantees a syntax tree as progenitor 0.15
//! writes it with the builder interface, without the bodies of its operations. Strings with
//! `format: password` are `crate::Secret`, and strings with a format of `shape` have the type for
//! that format. Refuses a document that progenitor refuses or panics on, and names the components
//! or operations at fault.

mod parse;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use ::progenitor::{GenerationSettings, Generator, InterfaceStyle};
use openapiv3::OpenAPI;
use schemars::schema::{InstanceType, SchemaObject};
use serde::de::Deserialize as _;
use serde_json::{Value, json};

use crate::load::Document;
use crate::problem::Problems;
use crate::reachability::METHODS;
use crate::shape::{Shaped, WIDE_INTEGER, parameters, request_bodies};
use crate::{pointer, provenance, reachability};
use parse::Module;

const REMEDY: &str = "rewrite it, or remove it, through the overlay";

/// Runs progenitor on `openapi`, the parsed document of `shaped`.
///
/// # Errors
///
/// progenitor refuses the document or panics. Returns a problem for each component or operation
/// at fault, if they can be found.
pub fn generate(openapi: OpenAPI, shaped: &Shaped) -> Result<syn::File, Problems> {
    let (document, model) = (&shaped.document, &shaped.model);
    let settings = settings(&parameters::hidden(document, model));
    run(openapi, &settings, Module::Operations).map_err(|what| {
        let blamed = blame(shaped, &settings);
        if blamed.is_empty() {
            document.problem("", what, REMEDY).into()
        } else {
            blamed
        }
    })
}

/// The interfaces that progenitor can give a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// A method takes its parameters as positional arguments.
    Positional,
    /// A method returns a builder, and each struct has one.
    Builder,
}

/// Replaces each path with a number. At this stage all parameters are query parameters, and
/// progenitor refuses path parameters that are not declared.
fn with_numbered_paths(mut openapi: OpenAPI) -> OpenAPI {
    let items = std::mem::take(&mut openapi.paths.paths).into_values();
    let numbered = items
        .enumerate()
        .map(|(index, item)| (format!("/{index}"), item));
    openapi.paths.paths = numbered.collect();
    openapi
}

/// Runs progenitor on `openapi`, the parsed `document`, with its default settings.
pub(crate) fn alone(
    openapi: OpenAPI,
    document: &Document,
    interface: Interface,
) -> Result<syn::File, Problems> {
    let mut settings = GenerationSettings::new();
    settings.with_interface(match interface {
        Interface::Positional => InterfaceStyle::Positional,
        Interface::Builder => InterfaceStyle::Builder,
    });
    let file = run(openapi, &settings, Module::Whole);
    file.map_err(|what| document.problem("", what, REMEDY).into())
}

/// Returns the syntax tree of the client, or the message of the error or panic. `module` is its
/// outermost module.
fn run(
    openapi: OpenAPI,
    settings: &GenerationSettings,
    module: Module,
) -> Result<syn::File, String> {
    // The caught panic is reported with more details, so the panic hook must not print it. The
    // hook belongs to the whole process, so only one thread may replace it.
    static SILENCE: Mutex<()> = Mutex::new(());
    let silence = SILENCE.lock().unwrap_or_else(PoisonError::into_inner);
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let openapi = with_numbered_paths(openapi);
        let tokens = Generator::new(settings)
            .generate_tokens(&openapi)
            .map_err(|error| error.to_string())?;
        parse::file(tokens, module).map_err(|error| format!("its output does not parse: {error}"))
    }));
    panic::set_hook(hook);
    drop(silence);
    match outcome {
        Ok(file) => file.map_err(|message| format!("progenitor refuses it: {message}")),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            let words: Vec<&str> = text.unwrap_or("(no message)").split_whitespace().collect();
            Err(format!("progenitor panics on it: {}", words.join(" ")))
        }
    }
}

/// Returns the settings, which map formats to types: `password` to `crate::Secret`, and the formats
/// that `shape` adds to the types that they name. `types` are the opaque types of parameters.
fn settings(types: &BTreeSet<String>) -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_derive("PartialEq");
    let mut convert_from = |of: InstanceType, format: String, name: &str| {
        let schema = SchemaObject {
            instance_type: Some(of.into()),
            format: Some(format),
            ..SchemaObject::default()
        };
        settings.with_conversion(schema, name, [].into_iter());
    };
    convert_from(InstanceType::Integer, WIDE_INTEGER.to_owned(), "i128");
    let mut convert = |format, name: &str| convert_from(InstanceType::String, format, name);
    convert("password".to_owned(), "crate::Secret");
    convert(request_bodies::BYTES.to_owned(), "::bytes::Bytes");
    convert(request_bodies::FILE.to_owned(), "crate::runtime::File");
    for name in types {
        convert(
            format!("{}{name}", parameters::TYPE),
            &format!("types::{name}"),
        );
    }
    settings
}

/// The maximum number of components and operations to run progenitor on again, to find those that
/// fail. Each runs together with everything that it refers to, which counts, too.
const BLAMED: usize = 20_000;

/// Returns a problem for each component and operation that progenitor fails on by itself. If a
/// part only fails because of a component that it refers to, only the component is returned.
/// Returns no problem if the search would take too long.
fn blame(shaped: &Shaped, settings: &GenerationSettings) -> Problems {
    let (document, model) = (&shaped.document, &shaped.model);
    let references = reachability::references(document);
    let mut left = BLAMED;
    let mut known: BTreeMap<BTreeSet<String>, Option<String>> = BTreeMap::new();
    let mut fails = |part: &str| {
        let reached = reachability::reached(part, &references);
        if !known.contains_key(&reached) {
            left = left.checked_sub(reached.len())?;
            let openapi = only(document, &reached)?;
            known.insert(
                reached.clone(),
                run(openapi, settings, Module::Operations).err(),
            );
        }
        let error = known.get(&reached)?.clone()?;
        Some((reached, error))
    };
    let components = document.keys("/components/schemas").into_iter();
    let components = components.map(|name| pointer::join("/components/schemas", &name));
    let failing = components.filter_map(|part| fails(&part).map(|failure| (part, failure)));
    let failing: BTreeMap<String, _> = failing.collect();
    let mut problems = Problems::default();
    let mut blamed = BTreeSet::new();
    for (part, (reached, error)) in &failing {
        let is_first = |other: &String| {
            let other = failing.get(other);
            other.is_none_or(|(reached, _)| reached.contains(part))
        };
        if reached.iter().all(is_first)
            && let Some(origin) = provenance::origin(document, part)
        {
            problems.push(document.problem(&origin, error, REMEDY));
            blamed.insert(origin);
        }
    }
    for operation in &model.operations {
        let part = &operation.pointer;
        let is_blamed = |part: &String| {
            provenance::origin(document, part).is_some_and(|of| blamed.contains(&of))
        };
        if let Some((reached, error)) = fails(part)
            && !reached.iter().any(is_blamed)
        {
            problems.push(document.problem(part, error, REMEDY));
        }
    }
    problems
}

/// Returns `document` with only the operations and components in `parts`.
fn only(document: &Document, parts: &BTreeSet<String>) -> Option<OpenAPI> {
    let mut root = json!({"paths": {}, "components": {}});
    for (name, member) in document.root.as_object()? {
        match (name.as_str(), member) {
            ("paths", _) => {}
            ("components", Value::Object(sections)) => {
                for (name, section) in sections {
                    // Operations name security schemes without a reference.
                    let is_kept = name == "securitySchemes";
                    let section = if is_kept { section.clone() } else { json!({}) };
                    root["components"][name] = section;
                }
            }
            _ => root[name] = member.clone(),
        }
    }
    for part in parts {
        let mut value = document.at(part)?.clone();
        let is_path_item = part.starts_with("/paths/") && part.matches('/').count() == 2;
        if let Value::Object(item) = &mut value
            && is_path_item
        {
            // Its operations are separate parts.
            item.retain(|name, _| !METHODS.contains(&name.as_str()));
        }
        let (parent, _) = part.rsplit_once('/')?;
        root.pointer_mut(parent)?[pointer::last(part)?] = value;
    }
    OpenAPI::deserialize(&root).ok()
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use serde_json::Map;

    use super::*;
    use crate::polish::syntax::syn_query;

    /// Checks the pointers of the problems of progenitor, without the earlier stages.
    fn check(schemas: Value, expected: &[&str]) {
        let body = |name: &str| {
            json!({"operationId": name, "responses": {"200": {"description": "", "content": {
                "application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}},
            }}}})
        };
        let root = json!({
            "openapi": "3.0.3",
            "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"get": body("A"), "put": body("B")}},
            "components": {"schemas": schemas},
        });
        let text = root.to_string();
        let document = crate::load(&crate::Text {
            name: "api.json",
            text: &text,
        })
        .unwrap();
        let lowered = crate::lower(document).unwrap();
        let mut shaped = crate::shape(&lowered);
        shaped.document = provenance::mark(&lowered.document);
        let openapi = OpenAPI::deserialize(&shaped.document.root).unwrap();
        let problems = generate(openapi, &shaped).unwrap_err();
        let pointers: Vec<&str> = problems.iter().map(|of| of.pointer.as_str()).collect();
        assert_eq!(pointers, expected, "{problems}");
    }

    #[test]
    fn failing_component_is_named() {
        // Two variants with one name.
        let clash = json!({"type": "string", "enum": ["a-b", "a_b"]});
        let refers = json!({"type": "object", "properties": {
            "c": {"$ref": "#/components/schemas/C"},
        }});
        check(
            json!({"A": refers, "B": {"type": "string"}, "C": clash}),
            &["/components/schemas/C"],
        );
    }

    /// Checks that a schema with the format `password` is a secret wherever it is, and next to
    /// every keyword.
    #[test]
    fn no_keyword_hides_a_format() {
        let password = json!({"type": "string", "format": "password"});
        let mut schemas = Vec::new();
        for (keyword, value) in [
            ("x-vendor", json!(1)),
            ("x-sensitive", json!(true)),
            ("description", json!("d")),
            ("title", json!("T")),
            ("example", json!("e")),
            ("default", json!("d")),
            ("deprecated", json!(true)),
            ("externalDocs", json!({"url": "https://example.com"})),
            ("xml", json!({"name": "a"})),
            ("minLength", json!(1)),
            ("pattern", json!("a")),
            ("not", json!({"enum": ["a"]})),
            ("contentMediaType", json!("text/plain")),
            ("unknown", json!(1)),
        ] {
            let beside = json!({keyword: value});
            let mut with = password.clone();
            with[keyword] = value;
            let mut nullable = with.clone();
            nullable["type"] = json!(["string", "null"]);
            let conjunction = json!({"allOf": [password, beside]});
            schemas.extend([with, nullable, conjunction]);
        }
        let mut properties = Map::new();
        for schema in &schemas {
            let none = json!({"type": "null"});
            for place in [
                schema.clone(),
                json!({"anyOf": [schema, none]}),
                json!({"oneOf": [{"allOf": [schema, {"maxLength": 9}]}, none]}),
                json!({"type": "array", "items": schema}),
                json!({"type": "object", "additionalProperties": schema}),
                json!({"allOf": [{"description": "d"}, schema]}),
            ] {
                properties.insert(format!("p{}", properties.len()), place);
            }
        }
        let count = properties.len();
        let document = json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {
                "description": "",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}},
            }}}}},
            "components": {"schemas": {"A": {"type": "object", "properties": properties}}},
        });
        let tree = crate::tests::client_of(&document.to_string());
        let types = syn_query::items(&tree.file, &["types"]).unwrap();
        let a = types.iter().find_map(|item| match item {
            syn::Item::Struct(item) if item.ident == "A" => Some(item),
            _ => None,
        });
        let fields = a.unwrap().fields.iter();
        let fields = fields.map(|field| field.ty.to_token_stream().to_string());
        let (secret, other): (Vec<String>, Vec<String>) =
            fields.partition(|ty| ty.contains("crate :: Secret"));
        assert_eq!((secret.len(), other), (count, Vec::new()));
    }
}
