//! Where the schemas and the other objects of an OpenAPI document stand.
//!
//! Goes by position, never by the name of a key alone: a property may be called
//! `schema`, `default` or `$ref`, and what stands in an example is data.

use std::iter;

use serde_json::Value;

use crate::pointer;

/// What stands at a [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A Schema Object, or a reference to one.
    Schema,
    /// A Media Type Object.
    MediaType,
    /// Any other object of the specification, or a reference to one.
    Object,
}

/// One object of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) pointer: String,
    pub(crate) kind: Kind,
}

/// Where a walk is: a JSON pointer, of which a text is made only where one is
/// asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    /// What holds it, if that was walked through.
    parent: Option<&'a At<'a>>,
    token: Token<'a>,
}

/// The last token of a pointer.
#[derive(Clone, Copy, Debug)]
enum Token<'a> {
    /// None: this is where the walk starts, whose pointer it is.
    Start(&'a str),
    Name(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    fn start(pointer: &'a str) -> Self {
        Self {
            parent: None,
            token: Token::Start(pointer),
        }
    }

    fn within(&'a self, token: Token<'a>) -> Self {
        Self {
            parent: Some(self),
            token,
        }
    }

    /// The name that it has in what holds it; none of an item of a list.
    pub(crate) fn name(&self) -> Option<&'a str> {
        match self.token {
            Token::Name(name) => Some(name),
            Token::Start(_) | Token::Index(_) => None,
        }
    }

    /// The name that what holds it has.
    pub(crate) fn parent_name(&self) -> Option<&'a str> {
        self.parent?.name()
    }

    /// Whether it is an item of a list.
    pub(crate) fn is_item(&self) -> bool {
        matches!(self.token, Token::Index(_))
    }

    /// The name of the component schema that it is, if it is one.
    pub(crate) fn component(&self) -> Option<&'a str> {
        let section = self.parent.filter(|at| at.name() == Some("schemas"))?;
        let components = section
            .parent
            .filter(|at| at.name() == Some("components"))?;
        let is_root = matches!(components.parent?.token, Token::Start(""));
        self.name().filter(|_| is_root)
    }

    /// How many tokens its pointer has, from where the walk starts.
    pub(crate) fn depth(&self) -> usize {
        iter::successors(self.parent, |at| at.parent).count()
    }

    /// The pointer.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.write(&mut pointer);
        pointer
    }

    fn write(&self, pointer: &mut String) {
        if let Some(parent) = self.parent {
            parent.write(pointer);
        }
        match self.token {
            Token::Start(start) => pointer.push_str(start),
            Token::Name(name) => pointer::push(pointer, name),
            Token::Index(index) => pointer::push(pointer, &index.to_string()),
        }
    }
}

/// How the value of a member is to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reading {
    /// As this kind of object, or as a list of them.
    As(Kind),
    /// As a mapping from names to this kind of object.
    Names(Kind),
    /// As a mapping from names to mappings from names to objects.
    NamesOfNames,
    /// As data: nothing in it is part of the description.
    Data,
}

/// All objects of `root`, each before those inside it, in document order.
pub(crate) fn places(root: &Value) -> Vec<Place> {
    let mut places = Vec::new();
    for_each(root, |at, kind, _| {
        places.push(Place {
            pointer: at.pointer(),
            kind,
        });
    });
    places
}

/// All schemas in the schema `root`, whose pointer is `at`, itself first.
pub(crate) fn schemas(root: &Value, at: &str) -> Vec<Place> {
    let mut places = Vec::new();
    for_each_schema(root, at, |at, kind, _| {
        places.push(Place {
            pointer: at.pointer(),
            kind,
        });
    });
    places
}

/// As [`for_each`], for the schemas in the schema `root`, whose pointer is `at`.
pub(crate) fn for_each_schema<'a>(
    root: &'a Value,
    at: &str,
    mut with: impl FnMut(&At<'_>, Kind, &'a Value),
) {
    let reading = Reading::As(Kind::Schema);
    visit(root, &At::start(at), reading, &mut with);
}

/// Calls `with` with the place, the kind and the value of every object of
/// `root`, in the order of [`places`].
pub(crate) fn for_each<'a>(root: &'a Value, mut with: impl FnMut(&At<'_>, Kind, &'a Value)) {
    let reading = Reading::As(Kind::Object);
    visit(root, &At::start(""), reading, &mut with);
}

/// As [`for_each`], but `with` may change what it is called with, and is called
/// for each object after those inside it.
pub(crate) fn for_each_mut(root: &mut Value, mut with: impl FnMut(&At<'_>, Kind, &mut Value)) {
    let reading = Reading::As(Kind::Object);
    visit_mut(root, &At::start(""), reading, &mut with);
}

/// The kind of object that `value`, which is read so, is; `None` where it only
/// holds others, or none at all.
fn kind_of(value: &Value, reading: Reading) -> Option<Kind> {
    match (value, reading) {
        (Value::Object(_), Reading::As(kind)) => Some(kind),
        // `true` and `false` are schemas, too (JSON Schema Core 4.3.2).
        (Value::Bool(_), Reading::As(Kind::Schema)) => Some(Kind::Schema),
        _ => None,
    }
}

/// Whether `value` neither is an object nor holds one: most are such, and their
/// names need not be read.
fn is_plain(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Number(_) | Value::String(_))
}

/// How the member `key` of a mapping, or any of a list, that is read so is to be
/// read itself.
pub(crate) fn inside(reading: Reading, key: Option<&str>) -> Reading {
    match (reading, key) {
        (Reading::Data, _) => Reading::Data,
        (Reading::As(Kind::Schema), Some(key)) => in_schema(key),
        (Reading::As(_), Some(key)) => in_object(key),
        (Reading::As(kind), None) => Reading::As(kind),
        // `parameters` is a list in an operation, a mapping in the components.
        (Reading::Names(kind), _) => Reading::As(kind),
        (Reading::NamesOfNames, Some(_)) => Reading::Names(Kind::Object),
        (Reading::NamesOfNames, None) => Reading::Data,
    }
}

fn visit<'a>(
    value: &'a Value,
    at: &At<'_>,
    reading: Reading,
    with: &mut impl FnMut(&At<'_>, Kind, &'a Value),
) {
    if let Some(kind) = kind_of(value, reading) {
        with(at, kind, value);
    }
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if is_plain(member) {
                    continue;
                }
                let reading = inside(reading, Some(key));
                if !matches!(reading, Reading::Data) {
                    visit(member, &at.within(Token::Name(key)), reading, with);
                }
            }
        }
        Value::Array(items) => {
            let reading = inside(reading, None);
            if !matches!(reading, Reading::Data) {
                for (index, item) in items.iter().enumerate() {
                    visit(item, &at.within(Token::Index(index)), reading, with);
                }
            }
        }
        _ => {}
    }
}

fn visit_mut(
    value: &mut Value,
    at: &At<'_>,
    reading: Reading,
    with: &mut impl FnMut(&At<'_>, Kind, &mut Value),
) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if is_plain(member) {
                    continue;
                }
                let reading = inside(reading, Some(key));
                if !matches!(reading, Reading::Data) {
                    visit_mut(member, &at.within(Token::Name(key)), reading, with);
                }
            }
        }
        Value::Array(items) => {
            let reading = inside(reading, None);
            if !matches!(reading, Reading::Data) {
                for (index, item) in items.iter_mut().enumerate() {
                    visit_mut(item, &at.within(Token::Index(index)), reading, with);
                }
            }
        }
        _ => {}
    }
    if let Some(kind) = kind_of(value, reading) {
        with(at, kind, value);
    }
}

fn in_schema(key: &str) -> Reading {
    match key {
        "items"
        | "additionalItems"
        | "additionalProperties"
        | "not"
        | "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "contentSchema"
        | "allOf"
        | "anyOf"
        | "oneOf"
        | "prefixItems" => Reading::As(Kind::Schema),
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
            Reading::Names(Kind::Schema)
        }
        _ => Reading::Data,
    }
}

fn in_object(key: &str) -> Reading {
    match key {
        "schema" => Reading::As(Kind::Schema),
        "schemas" => Reading::Names(Kind::Schema),
        "paths" | "webhooks" | "pathItems" | "parameters" | "requestBodies" | "responses"
        | "headers" | "encoding" | "examples" | "links" | "securitySchemes" | "variables" => {
            Reading::Names(Kind::Object)
        }
        "content" => Reading::Names(Kind::MediaType),
        "callbacks" => Reading::NamesOfNames,
        "example" | "value" | "default" | "enum" | "const" | "mapping" | "scopes" | "security"
        | "tags" => Reading::Data,
        key if key.starts_with("x-") => Reading::Data,
        _ => Reading::As(Kind::Object),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_data_are_not_taken_for_keywords() {
        let document = json!({
            "paths": {"/a": {"get": {
                "parameters": [{"schema": {"type": "string", "default": {"$ref": "data"}}}],
                "responses": {"default": {"content": {"application/json": {
                    "schema": {"properties": {"schema": {"items": {}}, "default": {}}},
                    "example": {"schema": {}},
                    "examples": {"one": {"value": {"schema": {}}}},
                }}}},
                "x-note": {"schema": {}},
            }}},
            "components": {"schemas": {"default": {"not": {}}}},
        });
        let schemas: Vec<_> = places(&document)
            .into_iter()
            .filter(|place| place.kind == Kind::Schema)
            .map(|place| place.pointer)
            .collect();
        let body = "/paths/~1a/get/responses/default/content/application~1json/schema";
        assert_eq!(
            schemas,
            [
                "/paths/~1a/get/parameters/0/schema".to_owned(),
                body.to_owned(),
                format!("{body}/properties/schema"),
                format!("{body}/properties/schema/items"),
                format!("{body}/properties/default"),
                "/components/schemas/default".to_owned(),
                "/components/schemas/default/not".to_owned(),
            ]
        );
    }
}
