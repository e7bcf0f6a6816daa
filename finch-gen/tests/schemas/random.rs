//! Generates random schemas of JSON Schema 2020-12, and documents with them.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// The names of the random components.
pub(crate) const COMPONENTS: [&str; 3] = ["A", "B", "C"];

/// The reference to the schema with the anchor `leaf`.
pub(crate) const LEAF: &str = "#/components/schemas/Deep/$defs/Leaf";

/// Returns the other targets of references, one for each kind of reference.
fn fixed_components() -> Map<String, Value> {
    let components = json!({
        "Text": {"type": "string"},
        "Null": {"type": "null"},
        "Maybe": {"type": ["boolean", "null"]},
        "Level": {"type": ["string", "null"], "enum": ["low", "high", null]},
        "Deep": {
            "type": "object",
            "$defs": {"Leaf": {"$anchor": "leaf", "type": "integer"}},
            "properties": {"in": {"type": "object", "properties": {"a": {"type": "boolean"}}}},
        },
        "Tree": {
            "type": "object",
            "required": ["children"],
            "properties": {
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
            },
        },
    });
    match components {
        Value::Object(components) => components,
        _ => unreachable!("it is a JSON object"),
    }
}

/// Generates a document whose operations return the random components.
pub(crate) fn documents() -> impl Strategy<Value = Value> {
    prop::array::uniform3(schemas()).prop_map(|schemas| {
        let mut components = Map::new();
        for (index, (name, mut schema)) in COMPONENTS.into_iter().zip(schemas).enumerate() {
            ground(&mut schema, &COMPONENTS[..index], true);
            components.insert(name.to_owned(), schema);
        }
        components.extend(fixed_components());
        document(components)
    })
}

/// Returns a document with an operation for each component of [`COMPONENTS`].
pub(crate) fn document(components: Map<String, Value>) -> Value {
    let mut paths = Map::new();
    for name in COMPONENTS
        .iter()
        .filter(|name| components.contains_key(**name))
    {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        paths.insert(
            format!("/{name}"),
            json!({"get": {
                "operationId": format!("get-{name}"),
                "responses": {"200": {
                    "description": "",
                    "content": {"application/json": {"schema": schema}},
                }},
            }}),
        );
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": paths,
        "components": {"schemas": components},
    })
}

/// Prevents cycles of references without a value between them: such a schema means nothing,
/// and no validator survives it. Directly inside a schema, a reference only leads to a
/// component in `before`.
fn ground(schema: &mut Value, before: &[&str], in_place: bool) {
    let Value::Object(members) = schema else {
        return;
    };
    if in_place
        && let Some(Value::String(reference)) = members.get_mut("$ref")
        && let Some(name) = reference.strip_prefix("#/components/schemas/")
        && COMPONENTS.contains(&name)
        && !before.contains(&name)
    {
        let name = before.last().copied().unwrap_or("Text");
        *reference = format!("#/components/schemas/{name}");
    }
    for (keyword, member) in members {
        let is_inside = matches!(
            keyword.as_str(),
            "properties"
                | "patternProperties"
                | "additionalProperties"
                | "unevaluatedProperties"
                | "items"
                | "prefixItems"
                | "unevaluatedItems"
                | "contains"
        );
        match (keyword.as_str(), member) {
            ("const" | "enum" | "default" | "examples" | "required" | "type", _) => {}
            ("properties" | "patternProperties" | "dependentSchemas", Value::Object(named)) => {
                for schema in named.values_mut() {
                    ground(schema, before, in_place && !is_inside);
                }
            }
            (_, Value::Array(list)) => {
                for schema in list {
                    ground(schema, before, in_place && !is_inside);
                }
            }
            (_, schema) => ground(schema, before, in_place && !is_inside),
        }
    }
}

/// Any schema.
pub(crate) fn schemas() -> impl Strategy<Value = Value> {
    leaves().prop_recursive(3, 24, 4, |inner| {
        let inner = inner.boxed();
        prop_oneof![
            4 => objects(inner.clone()),
            3 => arrays(inner.clone()),
            4 => unions(inner.clone()),
            1 => conditions(inner.clone()),
            2 => conjunctions(inner),
        ]
    })
}

/// Merges two objects. The second one wins.
fn merged(mut first: Value, second: Value) -> Value {
    if let (Value::Object(first), Value::Object(second)) = (&mut first, second) {
        first.extend(second);
    }
    first
}

/// Generates `schema` or nothing, for an optional keyword.
fn maybe(
    keyword: &'static str,
    value: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(json!({})),
        1 => value.prop_map(move |value| json!({keyword: value})),
    ]
}

fn all_of(parts: Vec<BoxedStrategy<Value>>) -> impl Strategy<Value = Value> {
    parts.prop_map(|parts| parts.into_iter().fold(json!({}), merged))
}

pub(crate) fn scalars() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..9_i64).prop_map(Value::from),
        select(vec![json!(0.5), json!(2.0), json!(-1.5)]),
        select(vec!["", "a", "b", "aa", "ab1", "A"]).prop_map(Value::from),
    ]
}

fn leaves() -> impl Strategy<Value = Value> {
    let values = || prop::collection::vec(scalars(), 1..4);
    prop_oneof![
        2 => prop_oneof![5 => Just(json!(true)), 5 => Just(json!({})), 1 => Just(json!(false))],
        3 => types(),
        4 => strings(),
        4 => numbers(),
        2 => scalars().prop_map(|value| json!({"const": value})),
        2 => values().prop_map(|values| json!({"enum": values})),
        1 => (types(), values()).prop_map(|(of, values)| merged(of, json!({"enum": values}))),
        4 => references(),
    ]
}

/// Generates one or several types, with or without null, also in the syntax of 3.0.
fn types() -> impl Strategy<Value = Value> {
    let names = [
        "null", "boolean", "object", "array", "number", "string", "integer",
    ];
    prop_oneof![
        4 => select(names.to_vec()).prop_map(|name| json!({"type": name})),
        2 => select(names[1..].to_vec()).prop_map(|name| json!({"type": [name, "null"]})),
        1 => select(names[1..].to_vec())
            .prop_map(|name| json!({"type": name, "nullable": true})),
        1 => subsequence(names.to_vec(), 1..=7).prop_map(|names| json!({"type": names})),
    ]
}

fn strings() -> impl Strategy<Value = Value> {
    let pattern = select(vec!["^a", "b$", "^[a-z]+$"]).prop_map(Value::from);
    let encoding = select(vec!["base64", "base64url"]).prop_map(Value::from);
    all_of(vec![
        Just(json!({"type": "string"})).boxed(),
        maybe("minLength", (0..3_u64).prop_map(Value::from)).boxed(),
        maybe("maxLength", (0..5_u64).prop_map(Value::from)).boxed(),
        maybe("pattern", pattern).boxed(),
        maybe("contentEncoding", encoding).boxed(),
        maybe("description", Just(json!("D."))).boxed(),
        maybe("examples", Just(json!(["a"]))).boxed(),
    ])
}

fn numbers() -> impl Strategy<Value = Value> {
    let bound = || {
        prop_oneof![
            4 => (-2..5_i64).prop_map(Value::from),
            1 => Just(json!(1.5)),
            1 => Just(json!(9_223_372_036_854_775_808_u64)),
        ]
    };
    let types = ["integer", "number"].map(|name| json!({"type": name}));
    all_of(vec![
        select(types.to_vec()).boxed(),
        maybe("minimum", bound()).boxed(),
        maybe("maximum", bound()).boxed(),
        maybe("exclusiveMinimum", bound()).boxed(),
        maybe("exclusiveMaximum", bound()).boxed(),
        maybe("multipleOf", select(vec![json!(2), json!(2.0), json!(0.5)])).boxed(),
        maybe("default", scalars()).boxed(),
    ])
}

/// Generates references of each kind, some with sibling keywords.
fn references() -> impl Strategy<Value = Value> {
    let component = |name| format!("#/components/schemas/{name}");
    let mut targets: Vec<String> = COMPONENTS.map(component).to_vec();
    targets.extend(["Text", "Null", "Maybe", "Level", "Deep", "Tree"].map(component));
    targets.extend(["Deep/properties/in", "Deep/$defs/Leaf"].map(component));
    targets.push("#leaf".to_owned());
    let neighbours = prop_oneof![
        4 => Just(json!({})),
        1 => Just(json!({"description": "D."})),
        1 => Just(json!({"maxLength": 2})),
        1 => Just(json!({"nullable": true})),
        1 => Just(json!({"type": ["boolean", "null"]})),
        1 => Just(json!({"enum": [null, false]})),
    ];
    (select(targets), neighbours)
        .prop_map(|(target, neighbours)| merged(json!({"$ref": target}), neighbours))
}

const NAMES: [&str; 5] = ["a", "b", "ab", "const", "type"];

fn names() -> impl Strategy<Value = Value> {
    subsequence(NAMES.to_vec(), 0..3).prop_map(Value::from)
}

fn objects(inner: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let one = || inner.clone();
    let named = |names: &'static [&'static str]| {
        prop::collection::btree_map(select(names.to_vec()), inner.clone(), 0..4)
            .prop_map(|named| json!(named))
    };
    let count = || (0..4_u64).prop_map(Value::from);
    let dependent =
        (select(NAMES.to_vec()), names()).prop_map(|(name, names)| json!({name: names}));
    all_of(vec![
        prop_oneof![
            4 => Just(json!({"type": "object"})),
            1 => Just(json!({"type": ["object", "null"]})),
            1 => Just(json!({})),
        ]
        .boxed(),
        prop_oneof![
            4 => named(&NAMES).prop_map(|properties| json!({"properties": properties})),
            1 => Just(json!({})),
        ]
        .boxed(),
        maybe("required", names()).boxed(),
        maybe("additionalProperties", one()).boxed(),
        rarely("patternProperties", named(&["^a", "b$", ".*"])),
        rarely("propertyNames", one()),
        rarely("minProperties", count()),
        rarely("maxProperties", count()),
        rarely("dependentRequired", dependent),
        rarely("dependentSchemas", named(&NAMES)),
        rarely("unevaluatedProperties", one()),
    ])
}

/// Generates a keyword that is absent in most schemas.
fn rarely(
    keyword: &'static str,
    value: impl Strategy<Value = Value> + 'static,
) -> BoxedStrategy<Value> {
    prop_oneof![
        9 => Just(json!({})),
        1 => value.prop_map(move |value| json!({keyword: value})),
    ]
    .boxed()
}

fn arrays(inner: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let one = || inner.clone();
    let count = || (0..4_u64).prop_map(Value::from);
    let list = prop::collection::vec(inner.clone(), 1..3).prop_map(Value::from);
    all_of(vec![
        prop_oneof![
            4 => Just(json!({"type": "array"})),
            1 => Just(json!({"type": ["array", "null"]})),
            1 => Just(json!({})),
        ]
        .boxed(),
        prop_oneof![
            4 => one().prop_map(|items| json!({"items": items})),
            1 => Just(json!({})),
        ]
        .boxed(),
        rarely("prefixItems", list),
        rarely("contains", one()),
        rarely("minContains", count()),
        rarely("maxContains", count()),
        maybe("minItems", count()).boxed(),
        rarely("maxItems", count()),
        rarely("uniqueItems", any::<bool>().prop_map(Value::from)),
        rarely("unevaluatedItems", one()),
    ])
}

fn unions(inner: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let null = prop_oneof![
        3 => Just(None),
        1 => Just(Some(json!({"type": "null"}))),
        1 => Just(Some(json!({"const": null}))),
    ];
    let branches = prop::collection::vec(inner, 1..4);
    let keyword = select(vec!["anyOf", "oneOf"]);
    let beside = prop_oneof![
        6 => Just(json!({})),
        1 => Just(json!({"type": "object"})),
        1 => Just(json!({"nullable": true})),
        1 => types(),
    ];
    (keyword, branches, null, beside).prop_map(|(keyword, mut branches, null, beside)| {
        branches.extend(null);
        merged(beside, json!({keyword: branches}))
    })
}

fn conditions(inner: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let one = || inner.clone();
    prop_oneof![
        one().prop_map(|schema| json!({"not": schema})),
        (one(), one(), one())
            .prop_map(|(test, then, other)| json!({"if": test, "then": then, "else": other})),
        (one(), one()).prop_map(|(test, then)| json!({"if": test, "then": then})),
    ]
}

fn conjunctions(inner: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::collection::vec(inner.clone(), 1..4).prop_map(|all| json!({"allOf": all})),
        (inner.clone(), inner).prop_map(|(first, second)| merged(first, second)),
    ]
}
