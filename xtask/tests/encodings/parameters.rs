//! Makes the table of parameters: each style with each kind of value.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Outcome, generate, path_of, stride};

/// The location of a parameter, and how its value is written there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Notation {
    location: &'static str,
    /// `json` means a parameter with `content`.
    style: &'static str,
    explode: bool,
    allow_reserved: bool,
}

/// Returns every notation that OpenAPI has.
pub(crate) fn notations() -> Vec<Notation> {
    let mut notations = Vec::new();
    for (location, styles) in [
        ("path", &["simple", "label", "matrix", "json"][..]),
        (
            "query",
            &[
                "form",
                "spaceDelimited",
                "pipeDelimited",
                "deepObject",
                "json",
            ],
        ),
        ("header", &["simple", "json"]),
        ("cookie", &["form", "json"]),
    ] {
        for style in styles {
            for (explode, allow_reserved) in
                [(false, false), (true, false), (false, true), (true, true)]
            {
                // JSON has no further keywords, and `allowReserved` is for queries.
                let is_known = match (location, *style) {
                    (_, "json") => !explode && !allow_reserved,
                    ("query", "deepObject") => explode,
                    _ => !allow_reserved || location == "query",
                };
                if is_known {
                    notations.push(Notation {
                        location,
                        style,
                        explode,
                        allow_reserved,
                    });
                }
            }
        }
    }
    notations
}

/// The kind of a value: a schema, and one of its values.
pub(crate) struct Kind {
    name: &'static str,
    schema: Value,
    value: Value,
}

/// Returns the kinds of values.
pub(crate) fn kinds() -> Vec<Kind> {
    let string = json!({"type": "string"});
    let array = |items: Value| json!({"type": "array", "items": items});
    let any_of = |a: &Value, b: &Value| json!({"anyOf": [a, b]});
    let format = |format: &str| json!({"type": "string", "format": format});
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let map = json!({"type": "object", "additionalProperties": {"type": "integer"}});
    let color = json!({
        "type": "object",
        "required": ["R"],
        "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}, "B": {"type": "integer"}},
    });
    let texts = json!({
        "type": "object",
        "properties": {"a b&=": string, "c": string, "d": {"type": ["string", "null"]}},
    });
    let lists = json!({
        "type": "object",
        "required": ["a"],
        "properties": {"a": array(json!({"type": "integer"})), "b": string},
    });
    let nested = json!({"type": "object", "required": ["a"], "properties": {"a": color}});
    let reserved = "a/b?c=d&e+f g:h@i,j;k[l]#m%n'(o)*!$|\"{é}";
    let moment = "2024-02-29T12:00:00Z";
    let rows = [
        ("string", string.clone(), json!("blue")),
        ("reserved characters", string.clone(), json!(reserved)),
        ("encoded characters", string.clone(), json!("a%2Fb%20%zz%")),
        ("empty string", string.clone(), json!("")),
        ("dots", string.clone(), json!("..")),
        ("null as text", string.clone(), json!("null")),
        ("secret", format("password"), json!("a b")),
        ("date", format("date"), json!("2024-02-29")),
        ("date-time", format("date-time"), json!(moment)),
        (
            "uuid",
            format("uuid"),
            json!("9f2ad35d-1bc8-4e03-a2b2-5ff3cf2b0f07"),
        ),
        ("base64", format("byte"), json!("YQ+/=")),
        ("integer", json!({"type": "integer"}), json!(-5)),
        (
            "big integer",
            json!({"type": "integer", "format": "uint64"}),
            json!(u64::MAX),
        ),
        (
            "int32",
            json!({"type": "integer", "format": "int32"}),
            json!(7),
        ),
        ("number", json!({"type": "number"}), json!(1.5)),
        ("whole number", json!({"type": "number"}), json!(2.0)),
        (
            "float",
            json!({"type": "number", "format": "float"}),
            json!(0.1),
        ),
        ("boolean", json!({"type": "boolean"}), json!(true)),
        (
            "enum",
            json!({"type": "string", "enum": ["a b", "c"]}),
            json!("a b"),
        ),
        ("enum of integers", json!({"enum": [1, 2]}), json!(2)),
        ("constant", json!({"const": "x"}), json!("x")),
        ("component", reference("Level"), json!("low")),
        (
            "array",
            array(string.clone()),
            json!(["blue", "black", "brown"]),
        ),
        ("array of one", array(string.clone()), json!(["blue"])),
        ("empty array", array(string.clone()), json!([])),
        (
            "array of an empty string",
            array(string.clone()),
            json!([""]),
        ),
        (
            "array with an empty string",
            array(string.clone()),
            json!(["", "a", ""]),
        ),
        (
            "array of reserved characters",
            array(string.clone()),
            json!(["a,b", "c|d e", "f&g"]),
        ),
        (
            "array of integers",
            array(json!({"type": "integer"})),
            json!([1, -2]),
        ),
        (
            "array of numbers",
            array(json!({"type": "number"})),
            json!([1.5, 2.5]),
        ),
        (
            "array of booleans",
            array(json!({"type": "boolean"})),
            json!([true, false]),
        ),
        (
            "array of dates",
            array(format("date")),
            json!(["2024-02-29", "2024-03-01"]),
        ),
        (
            "array of date-times",
            array(format("date-time")),
            json!([moment, moment]),
        ),
        (
            "array of enums",
            array(reference("Level")),
            json!(["low", "high"]),
        ),
        (
            "object",
            color.clone(),
            json!({"B": 150, "G": 200, "R": 100}),
        ),
        (
            "object of reserved characters",
            texts.clone(),
            json!({"a b&=": "c,d", "c": ""}),
        ),
        ("empty object", texts, json!({})),
        (
            "component with properties",
            reference("Color"),
            json!({"R": 1}),
        ),
        (
            "conjunction",
            json!({"allOf": [reference("Color"), color]}),
            json!({"R": 2}),
        ),
        ("map", map.clone(), json!({"k l": 1})),
        (
            "object with an array",
            lists,
            json!({"a": [1, 2], "b": "c"}),
        ),
        (
            "object with an object",
            nested,
            json!({"a": {"G": 2, "R": 1}}),
        ),
        (
            "map of maps",
            json!({"type": "object", "additionalProperties": map}),
            json!({"k": {"l": 1}}),
        ),
        (
            "array of objects",
            array(reference("Color")),
            json!([{"R": 1}, {"G": 3, "R": 2}]),
        ),
        (
            "array of arrays",
            array(array(string.clone())),
            json!([["a"], ["b", "c"]]),
        ),
        ("null", json!({"type": ["string", "null"]}), Value::Null),
        (
            "nullable string",
            json!({"type": ["string", "null"]}),
            json!("a b"),
        ),
        (
            "null array",
            json!({"type": ["array", "null"], "items": string}),
            Value::Null,
        ),
        (
            "nullable array",
            json!({"type": ["array", "null"], "items": string}),
            json!(["a", "b"]),
        ),
        (
            "nullable component",
            any_of(&reference("Level"), &json!({"type": "null"})),
            json!("high"),
        ),
        (
            "nullable object",
            any_of(&reference("Color"), &json!({"type": "null"})),
            json!({"R": 3}),
        ),
        (
            "string or integer, a string",
            any_of(&string, &json!({"type": "integer"})),
            json!("1"),
        ),
        (
            "string or integer, an integer",
            any_of(&string, &json!({"type": "integer"})),
            json!(1),
        ),
        (
            "string or array, a string",
            any_of(&string, &array(string.clone())),
            json!("a,b"),
        ),
        (
            "string or array, an array",
            any_of(&string, &array(string.clone())),
            json!(["a", "b"]),
        ),
        (
            "string or object, a string",
            any_of(&string, &reference("Color")),
            json!("a"),
        ),
        (
            "string or object, an object",
            any_of(&string, &reference("Color")),
            json!({"R": 4}),
        ),
        (
            "array or object, an array",
            any_of(&array(string.clone()), &reference("Color")),
            json!(["a"]),
        ),
        ("anything, a string", json!({}), json!("a b")),
        ("anything, an array", json!({}), json!(["a", 1, true])),
        ("anything, an object", json!({}), json!({"a": 1})),
    ];
    let rows = rows.into_iter();
    rows.map(|(name, schema, value)| Kind {
        name,
        schema,
        value,
    })
    .collect()
}

/// The text of a parameter in a request.
#[derive(Clone, Debug, PartialEq)]
enum Expected {
    /// A segment of the path, the value of a header, or the pairs of a query or of cookies.
    Sent(Vec<String>),
    /// The call fails, because a request cannot contain the value.
    Refused,
    /// OpenAPI does not define how the style writes such values: the generator refuses a required
    /// parameter and drops an optional one.
    Undefined,
}

impl Notation {
    /// Computes the text of `kind` as OpenAPI and RFC 6570 describe it (OpenAPI 3.1.1, Appendix C).
    fn expected(&self, name: &str, kind: &Kind) -> Expected {
        let value = &kind.value;
        let text = match self.style {
            "json" if value.is_null() => String::new(),
            "json" if self.location == "header" => {
                // Headers are ASCII in practice (RFC 9110, section 5.5).
                value.to_string().replace('é', "\\u00e9")
            }
            "json" => self.named(name, &self.value(&value.to_string())),
            "deepObject" if kind.is_plain() => return Expected::Undefined,
            "deepObject" => {
                let mut pairs = Vec::new();
                self.deep_object(name, value, &mut pairs);
                pairs.join("&")
            }
            _ if self.is_undefined(value) => return Expected::Undefined,
            _ => self.expanded(name, value),
        };
        let is_refused = match self.location {
            "path" => ["", ".", ".."].contains(&text.as_str()),
            _ => false,
        };
        let is_missing = text.is_empty() && (value != "" || self.location != "header");
        match self.location {
            _ if is_refused => Expected::Refused,
            _ if is_missing => Expected::Sent(Vec::new()),
            "query" | "cookie" => Expected::Sent(text.split('&').map(str::to_owned).collect()),
            _ => Expected::Sent(vec![text]),
        }
    }

    /// Expands the variable `name` of a URI template (RFC 6570, 3.2.1).
    fn expanded(&self, name: &str, value: &Value) -> String {
        let (first, separator, is_named, if_empty) = match self.style {
            "simple" => ("", ",", false, ""),
            "label" => (".", ".", false, ""),
            "matrix" => (";", ";", true, ""),
            _ => ("", "&", true, "="),
        };
        let between = match self.style {
            "spaceDelimited" => "%20",
            "pipeDelimited" => "%7C",
            _ => ",",
        };
        let pair = |name: &str, text: &str| match text {
            "" => format!("{name}{if_empty}"),
            text => format!("{name}={text}"),
        };
        let single = |text: &str| match is_named {
            true => pair(&self.key(name), text),
            false => text.to_owned(),
        };
        let text = |value: &Value| self.value(&plain(value));
        let parts: Vec<String> = match value {
            Value::Null => return String::new(),
            Value::Array(items) if self.explode => {
                items.iter().map(|item| single(&text(item))).collect()
            }
            Value::Object(properties) if self.explode => {
                let mut parts = Vec::new();
                for (key, value) in properties {
                    let key = self.key(key);
                    // An extension of OpenAPI: an array in an exploded object.
                    let items = value
                        .as_array()
                        .map_or(std::slice::from_ref(value), |of| of);
                    parts.extend(items.iter().map(|item| match is_named {
                        true => pair(&key, &text(item)),
                        false => format!("{key}={}", text(item)),
                    }));
                }
                parts
            }
            Value::Array(items) => items.iter().map(text).collect(),
            Value::Object(properties) => properties
                .iter()
                .flat_map(|(key, value)| [self.key(key), text(value)])
                .collect(),
            value => vec![text(value)],
        };
        // An empty list is an undefined variable (RFC 6570, 2.3).
        if parts.is_empty() {
            return String::new();
        }
        let is_separate = self.explode && (value.is_array() || value.is_object());
        first.to_owned()
            + &match is_separate {
                true => parts.join(separator),
                false => single(&parts.join(between)),
            }
    }

    /// Adds the pairs of a `deepObject`. Arrays and nested objects are an extension.
    fn deep_object(&self, name: &str, value: &Value, pairs: &mut Vec<String>) {
        match value {
            Value::Null => {}
            Value::Object(properties) => properties
                .iter()
                .for_each(|(key, value)| self.deep_object(&format!("{name}[{key}]"), value, pairs)),
            Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| {
                let index = match item.is_array() || item.is_object() {
                    true => index.to_string(),
                    false => String::new(),
                };
                self.deep_object(&format!("{name}[{index}]"), item, pairs);
            }),
            value => pairs.push(self.named(name, &self.value(&plain(value)))),
        }
    }

    /// Returns `text`, with the name in a query or cookie.
    fn named(&self, name: &str, text: &str) -> String {
        match self.location {
            "query" | "cookie" => format!("{}={text}", self.key(name)),
            _ => text.to_owned(),
        }
    }

    /// Whether the style does not write `value`: styles only write plain values, and arrays and
    /// objects of them.
    fn is_undefined(&self, value: &Value) -> bool {
        let is_nested = |value: &Value| value.is_array() || value.is_object();
        match value {
            Value::Array(items) => items.iter().any(is_nested),
            Value::Object(properties) => properties.values().any(|value| match value {
                Value::Array(items) if self.style == "form" && self.explode => {
                    items.iter().any(is_nested)
                }
                value => is_nested(value),
            }),
            _ => false,
        }
    }

    /// Encodes the name of a parameter or property.
    fn key(&self, text: &str) -> String {
        match self.location {
            "header" => text.to_owned(),
            _ => percent_encoded(text, false),
        }
    }

    /// Encodes a value.
    fn value(&self, text: &str) -> String {
        match self.location {
            "header" => text.to_owned(),
            _ => percent_encoded(text, self.allow_reserved),
        }
    }
}

/// Percent-encodes `text` (OpenAPI 3.1.1, Appendix E).
pub(crate) fn percent_encoded(text: &str, allow_reserved: bool) -> String {
    let mut encoded = String::new();
    for (at, byte) in text.bytes().enumerate() {
        let digits = text.as_bytes().get(at + 1..at + 3);
        let is_encoded = digits.is_some_and(|of| of.iter().all(u8::is_ascii_hexdigit));
        let is_kept = match byte {
            b'-' | b'.' | b'_' | b'~' => true,
            b'%' => allow_reserved && is_encoded,
            // The others would end the value or change its meaning, and URL parsers encode an
            // apostrophe.
            byte if b":/?@!$()*,;=".contains(&byte) => allow_reserved,
            byte => byte.is_ascii_alphanumeric(),
        };
        match is_kept {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Returns the text of a plain value. A whole number has no fraction.
fn plain(value: &Value) -> String {
    let text = value.as_str().map_or(value.to_string(), str::to_owned);
    match text.strip_suffix(".0") {
        Some(whole) if value.is_number() => whole.to_owned(),
        _ => text,
    }
}

impl Kind {
    /// Whether the schema has neither arrays nor objects.
    fn is_plain(&self) -> bool {
        let schema = json!({"allOf": [self.schema], "components": {"schemas": components()}});
        let validator = jsonschema::validator_for(&schema).unwrap();
        let nested = [json!([]), json!({}), json!({"R": 1}), self.value.clone()];
        let mut nested = nested.iter().filter(|of| of.is_array() || of.is_object());
        !nested.any(|value| validator.is_valid(value))
    }
}

/// Whether and how an operation requires a parameter.
const REQUIREMENTS: [&str; 3] = ["required", "optional", "defaulted"];

/// A parameter of the table.
struct Row {
    notation: Notation,
    name: String,
    kind: &'static str,
    object: Value,
    expected: Expected,
}

impl Row {
    /// Describes the row in messages.
    fn describe(&self) -> String {
        format!("{:?} {} {}", self.notation, self.kind, self.name)
    }
}

/// Returns the rows of the table.
fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for notation in notations() {
        for (index, kind) in kinds().into_iter().enumerate() {
            for requirement in REQUIREMENTS {
                let has_default = requirement == "defaulted";
                // A header with one value becomes a constant of the client.
                let is_known = match requirement {
                    // The type of a path parameter has no null.
                    "required" => !kind.value.is_null() || notation.location != "path",
                    _ if notation.location == "path" => false,
                    "defaulted" => !kind.value.is_null() && kind.name != "constant",
                    _ => true,
                };
                if !is_known {
                    continue;
                }
                let initial = &requirement[..1];
                let name = match notation.location {
                    "query" => format!("{initial}[{index:02}]"),
                    _ => format!("{initial}{index:02}"),
                };
                let mut schema = kind.schema.clone();
                if has_default {
                    schema = match schema.get("$ref") {
                        Some(_) => json!({"allOf": [schema]}),
                        None => schema,
                    };
                    schema["default"] = kind.value.clone();
                }
                let mut object = json!({
                    "name": name,
                    "in": notation.location,
                    "required": requirement == "required",
                    "x-value": kind.value,
                });
                if notation.style == "json" {
                    object["content"] = json!({"application/json": {"schema": schema}});
                } else {
                    object["schema"] = schema;
                    object["style"] = notation.style.into();
                    object["explode"] = notation.explode.into();
                    object["allowReserved"] = notation.allow_reserved.into();
                }
                rows.push(Row {
                    notation,
                    expected: notation.expected(&name, &kind),
                    name,
                    kind: kind.name,
                    object,
                });
            }
        }
    }
    rows.into_iter().step_by(stride()).collect()
}

/// Returns the components that the parameters refer to.
pub(crate) fn components() -> Value {
    json!({
        "Level": {"type": "string", "enum": ["low", "high"]},
        "Color": {
            "type": "object",
            "required": ["R"],
            "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}},
        },
        "Size": {
            "type": "object",
            "required": ["size"],
            "properties": {"size": {"type": "integer"}},
        },
    })
}

/// Parameters of one operation.
struct Group {
    operation: String,
    rows: Vec<Row>,
}

/// The most parameters of an operation. Large builders take long to compile.
const SIZE: usize = 16;

/// Returns the rows in operations. One call sends all values of a notation. A value that a
/// request cannot contain has a separate call.
fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for row in rows() {
        if row.expected == Expected::Undefined {
            continue;
        }
        let is_refused = row.expected == Expected::Refused;
        let fits = |group: &&mut Group| {
            let other = &group.rows[0];
            !is_refused
                && other.expected != Expected::Refused
                && other.notation == row.notation
                && group.rows.len() < SIZE
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group {
                operation: format!("parameters{}", groups.len()),
                rows: vec![row],
            }),
        }
    }
    // The client sends parameters in the order of their names.
    for group in &mut groups {
        group.rows.sort_by(|one, other| one.name.cmp(&other.name));
    }
    groups
}

/// Returns a path and an operation for each group.
pub(crate) fn paths() -> Map<String, Value> {
    let paths = groups()
        .into_iter()
        .map(|group| path(&group.operation, &group.rows));
    paths.collect()
}

fn path(operation: &str, rows: &[Row]) -> (String, Value) {
    let mut path = format!("/{operation}");
    for row in rows.iter().filter(|row| row.notation.location == "path") {
        path.push_str(&format!("/{{{}}}", row.name));
    }
    let parameters: Vec<&Value> = rows.iter().map(|row| &row.object).collect();
    let item = json!({"get": {
        "operationId": operation,
        "parameters": parameters,
        "responses": {"204": {"description": ""}},
    }});
    (path, item)
}

/// Returns the parameters in a request, as [`Expected::Sent`] lists them.
fn sent(head: &str, rows: &[Row]) -> Vec<String> {
    let (line, headers) = head.split_once("\r\n").unwrap();
    let target = line.split(' ').nth(1).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let list = |text: &str, separator: &str| -> Vec<String> {
        let pieces = text.split(separator).filter(|piece| !piece.is_empty());
        pieces.map(str::to_owned).collect()
    };
    let header = |name: &str| {
        let mut headers = headers
            .split("\r\n")
            .filter_map(|line| line.split_once(':'));
        let (_, value) = headers.find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(value.trim().to_owned())
    };
    match rows[0].notation.location {
        "path" => path.split('/').skip(2).map(str::to_owned).collect(),
        "query" => list(query, "&"),
        "cookie" => list(&header("cookie").unwrap_or_default(), "; "),
        _ => rows.iter().filter_map(|row| header(&row.name)).collect(),
    }
}

/// Checks the calls of all groups. Returns the faults.
pub(crate) fn check(outcomes: &[Outcome]) -> Vec<String> {
    let mut faults = Vec::new();
    for group in groups() {
        for set in ["all values", "required values"] {
            let name = format!("{}, {set}", group.operation);
            let outcome = outcomes.iter().find(|outcome| outcome.name == name);
            let Some(outcome) = outcome else {
                // If all values are required, there is one call.
                assert!(set != "all values", "{name}: no call");
                continue;
            };
            let first = &group.rows[0];
            let mut pieces = match (&outcome.request, first.expected == Expected::Refused) {
                (Ok(request), false) => sent(&request.head, &group.rows).into_iter(),
                (Err(why), true) if why.contains(&first.name) => continue,
                (other, _) => {
                    faults.push(format!("{}: {other:?}", first.describe()));
                    continue;
                }
            };
            let rows = group.rows.iter();
            for row in rows.filter(|row| set == "all values" || row.object["required"] == true) {
                let Expected::Sent(expected) = &row.expected else {
                    unreachable!("the others have separate groups");
                };
                let found: Vec<String> = pieces.by_ref().take(expected.len()).collect();
                if found != *expected {
                    let row = row.describe();
                    faults.push(format!("{row}: {found:?} instead of {expected:?}"));
                }
            }
            faults.extend(pieces.next().map(|more| format!("{name}: {more}")));
        }
    }
    faults
}

/// Checks that the generator refuses the rows that OpenAPI leaves undefined, if they are required,
/// and else drops the parameter with a note. Returns the faults.
pub(crate) fn check_undefined() -> Vec<String> {
    let mut rows = rows();
    rows.retain(|row| row.expected == Expected::Undefined);
    let id = |index: usize| format!("undefined{index}");
    let paths = rows.iter().enumerate();
    let paths = paths.map(|(index, row)| path(&id(index), std::slice::from_ref(row)));
    let generated = generate(paths.collect());
    let notes = generated.report.iter();
    let notes = notes.filter(|note| note.code == "unsendable-parameter");
    let dropped: BTreeSet<&str> = notes.map(|note| path_of(&note.pointer)).collect();
    let refused = generated.refused.iter();
    let refused: BTreeSet<&str> = refused.map(|problem| path_of(&problem.pointer)).collect();
    let is_known = |index: usize, row: &Row| match row.object["required"] == true {
        true => refused.contains(id(index).as_str()),
        false => dropped.contains(id(index).as_str()),
    };
    let unknown = rows.iter().enumerate();
    let unknown = unknown.filter(|(index, row)| !is_known(*index, row));
    let faults = unknown.map(|(_, row)| format!("{}: not refused", row.describe()));
    faults.collect()
}

/// Returns the counts of the table.
pub(crate) fn counts() -> String {
    let rows = rows();
    let count = |is: fn(&Expected) -> bool| rows.iter().filter(|row| is(&row.expected)).count();
    format!(
        "parameters: {} rows of {} notations, {} kinds of values and {} requirements: {} sent, {} \
         refused by the client, {} undefined and refused by the generator",
        rows.len(),
        notations().len(),
        kinds().len(),
        REQUIREMENTS.len(),
        count(|of| matches!(of, Expected::Sent(_))),
        count(|of| *of == Expected::Refused),
        count(|of| *of == Expected::Undefined),
    )
}
