//! Visits the schemas and the other objects of an OpenAPI document, each with its pointer and its
//! kind: schema, media type, or another object.
//!
//! Decides by position, and never by the name of a key alone: a property may be called `schema`,
//! `default` or `$ref`, and an example is data. Data is not visited.

use std::iter;

use serde_json::Value;

use crate::pointer;

/// The kind of object at a [`Place`].
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

/// The position of a walk: a JSON pointer that only becomes text on request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    /// The enclosing value, unless the walk starts here.
    parent: Option<&'a At<'a>>,
    token: Token<'a>,
}

/// The last token of a pointer.
#[derive(Clone, Copy, Debug)]
enum Token<'a> {
    /// The start of the walk, with its whole pointer.
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

    /// Returns the name of this value in the enclosing mapping, or `None` for an item of a
    /// list.
    pub(crate) fn name(&self) -> Option<&'a str> {
        match self.token {
            Token::Name(name) => Some(name),
            Token::Start(_) | Token::Index(_) => None,
        }
    }

    /// Returns the name of the enclosing value.
    pub(crate) fn parent_name(&self) -> Option<&'a str> {
        self.parent?.name()
    }

    /// Whether this value is an item of a list.
    pub(crate) fn is_item(&self) -> bool {
        matches!(self.token, Token::Index(_))
    }

    /// Returns the name of the component schema at this position, if there is one.
    pub(crate) fn component(&self) -> Option<&'a str> {
        let section = self.parent.filter(|at| at.name() == Some("schemas"))?;
        let components = section
            .parent
            .filter(|at| at.name() == Some("components"))?;
        let is_root = matches!(components.parent?.token, Token::Start(""));
        self.name().filter(|_| is_root)
    }

    /// Returns the number of tokens from the start of the walk.
    pub(crate) fn depth(&self) -> usize {
        iter::successors(self.parent, |at| at.parent).count()
    }

    /// Returns the JSON pointer of this position.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.write(&mut pointer);
        pointer
    }

    fn place(&self, kind: Kind) -> Place {
        let pointer = self.pointer();
        Place { pointer, kind }
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

/// How to read a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reading {
    /// As an object of this kind, or as a list of them.
    As(Kind),
    /// As a mapping from names to objects of this kind.
    Names(Kind),
    /// As a mapping from names to mappings from names to objects.
    NamesOfNames,
    /// As data, which describes nothing.
    Data,
}

/// Returns all objects of `root` in document order, each before the objects inside it.
pub(crate) fn places(root: &Value) -> Vec<Place> {
    let mut places = Vec::new();
    for_each(root, |at, kind, _| places.push(at.place(kind)));
    places
}

/// Returns all schemas in the schema `root`, whose pointer is `at`, with `root` first.
pub(crate) fn schemas(root: &Value, at: &str) -> Vec<Place> {
    let mut places = Vec::new();
    for_each_schema(root, at, |at, kind, _| places.push(at.place(kind)));
    places
}

/// Works as [`for_each`] for the schemas in the schema `root`, whose pointer is `at`.
pub(crate) fn for_each_schema<'a>(
    root: &'a Value,
    at: &str,
    mut with: impl FnMut(&At<'_>, Kind, &'a Value),
) {
    let reading = Reading::As(Kind::Schema);
    visit(root, &At::start(at), reading, &mut with);
}

/// Calls `with` with the position, the kind and the value of every object of `root`, in the
/// order of [`places`].
pub(crate) fn for_each<'a>(root: &'a Value, mut with: impl FnMut(&At<'_>, Kind, &'a Value)) {
    let reading = Reading::As(Kind::Object);
    visit(root, &At::start(""), reading, &mut with);
}

/// Works as [`for_each`], but `with` may change the object, and is called for the objects
/// inside an object first.
pub(crate) fn for_each_mut(root: &mut Value, with: impl FnMut(&At<'_>, Kind, &mut Value)) {
    for_each_inside_mut(root, Kind::Object, with);
}

/// Works as [`for_each_mut`] for the objects in `root`, which is of this kind.
pub(crate) fn for_each_inside_mut(
    root: &mut Value,
    kind: Kind,
    mut with: impl FnMut(&At<'_>, Kind, &mut Value),
) {
    visit_mut(root, &At::start(""), Reading::As(kind), &mut with);
}

/// Returns the kind of object that `value` is under `reading`, or `None` if it is not an
/// object of the specification.
fn kind_of(value: &Value, reading: Reading) -> Option<Kind> {
    match (value, reading) {
        (Value::Object(_), Reading::As(kind)) => Some(kind),
        // `true` and `false` are schemas, too (JSON Schema Core 4.3.2).
        (Value::Bool(_), Reading::As(Kind::Schema)) => Some(Kind::Schema),
        _ => None,
    }
}

/// Whether `value` can contain no object. Most values are plain, so the walk skips them before
/// it reads their names.
fn is_plain(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Number(_) | Value::String(_))
}

/// Returns how to read a value inside a mapping or list that is read as `reading`: the value
/// of `key`, or an item of the list if `key` is `None`.
pub(crate) fn inside(reading: Reading, key: Option<&str>) -> Reading {
    match (reading, key) {
        (Reading::Data, _) => Reading::Data,
        (Reading::As(Kind::Schema), Some(key)) => in_schema(key),
        (Reading::As(_), Some(key)) => in_object(key),
        (Reading::As(kind), None) => Reading::As(kind),
        // `parameters` is a list in an operation and a mapping in the components.
        (Reading::Names(kind), _) => Reading::As(kind),
        (Reading::NamesOfNames, Some(_)) => Reading::Names(Kind::Object),
        (Reading::NamesOfNames, None) => Reading::Data,
    }
}

/// Returns how to read `value`, which is inside a mapping or list that is read as `reading`, or
/// `None` if it contains no object.
fn reading_of(value: &Value, reading: Reading, key: Option<&str>) -> Option<Reading> {
    let reading = (!is_plain(value)).then(|| inside(reading, key));
    reading.filter(|reading| !matches!(reading, Reading::Data))
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
                if let Some(reading) = reading_of(member, reading, Some(key)) {
                    visit(member, &at.within(Token::Name(key)), reading, with);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if let Some(reading) = reading_of(item, reading, None) {
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
                if let Some(reading) = reading_of(member, reading, Some(key)) {
                    visit_mut(member, &at.within(Token::Name(key)), reading, with);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                if let Some(reading) = reading_of(item, reading, None) {
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
    fn names_and_data_are_not_read_as_keywords() {
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
