//! The reports of a comparison for every kind of change: one document, and many small changes
//! to it, each compared in both directions.
//!
//! The snapshot is the table.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use finch_gen::{Comparison, Document, Kind, Revision, Side, Text, compare};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

const BASE: &str = "
openapi: 3.1.0
info: {title: Things, version: '1'}
servers: [{url: 'https://api.example.com'}]
security: [{token: []}]
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: get-thing
      tags: [Things]
      description: A thing.
      parameters:
        - {name: sort, in: query, schema: {type: string, default: up}}
        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
      responses:
        '200':
          description: The thing.
          headers: {X-Count: {required: true, schema: {type: integer}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
        '404':
          description: No such thing.
          content: {application/json: {schema: {$ref: '#/components/schemas/Failure'}}}
    put:
      operationId: put-thing
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
      responses: {'204': {description: Done.}}
  /ping/{at}:
    post:
      operationId: ping
      parameters: [{name: at, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: Done.}}
webhooks:
  changed:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}}
      responses: {'200': {description: Read.}}
  rested:
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {hours: {type: integer}}}}}}
      responses: {'200': {description: Read.}}
x-webhook-events: '#/components/schemas/Happening'
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    key: {type: apiKey, in: header, name: X-Key}
  schemas:
    Thing:
      type: object
      required: [name]
      properties:
        name: {type: string}
        size: {type: number, minimum: 1, maximum: 10}
        code: {type: string, maxLength: 5}
        color: {type: string, enum: [red, green]}
        level: {type: integer, enum: [1, 2]}
        count: {type: integer, format: int32}
        unit: {const: kg}
        note: {type: string, default: none}
        owner: {$ref: '#/components/schemas/Owner'}
        shape: {$ref: '#/components/schemas/Shape'}
        label: {$ref: '#/components/schemas/Label'}
        part: {$ref: '#/components/schemas/Part'}
        box: {type: object, title: Box, properties: {depth: {type: integer}}}
        words: {type: array, items: {type: string}}
        free: {type: object, additionalProperties: {type: string}}
        tree: {$ref: '#/components/schemas/Tree'}
    Owner: {type: object, properties: {name: {type: string}}}
    Circle: {type: object, required: [radius], properties: {radius: {type: number}}}
    Square: {type: object, required: [side], properties: {side: {type: number}}}
    Shape: {oneOf: [{$ref: '#/components/schemas/Circle'}, {$ref: '#/components/schemas/Square'}]}
    Label: {anyOf: [{type: string}, {type: integer}]}
    Part: {allOf: [{$ref: '#/components/schemas/Owner'}, {type: object, properties: {weight: {type: number}}}]}
    Tree: {type: object, properties: {leaf: {type: string}, branches: {type: array, items: {$ref: '#/components/schemas/Tree'}}}}
    Failure: {type: object, required: [code], properties: {code: {type: integer}}}
    Event: {type: object, required: [what], properties: {what: {type: string}}}
    Happening: {oneOf: [{properties: {on: {type: string}}}, {properties: {off: {type: string}}}]}
    Unused: {type: object, properties: {name: {type: string}}}
";

const GET: &str = "/paths/~1things~1{id}/get";
const PUT: &str = "/paths/~1things~1{id}/put";
const PING: &str = "/paths/~1ping~1{at}/post";
const THING: &str = "/components/schemas/Thing";

/// A change: its name, the pointer that its places start from, and the new value at each
/// place. An empty value removes the place.
type Row = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const ROWS: &[Row] = &[
    // Operations.
    ("operation removed", PING, &[("", "")]),
    (
        "pages added",
        GET,
        &[(
            "/x-speakeasy-pagination",
            "{type: cursor, inputs: [{name: sort, in: parameters, type: cursor}], \
             outputs: {results: $.words, nextCursor: $.note}}",
        )],
    ),
    ("webhook removed", "/webhooks/changed", &[("", "")]),
    (
        "another webhook removed, and an event of the schema with events added",
        "",
        &[
            ("/webhooks/rested", ""),
            (
                "/components/schemas/Happening/oneOf/2",
                "{properties: {out: {type: string}}}",
            ),
        ],
    ),
    (
        "property of a webhook added",
        "/components/schemas/Event/properties",
        &[("/when", "{type: string}")],
    ),
    (
        "required property of a webhook removed",
        "/components/schemas/Event",
        &[("/properties/what", ""), ("/required", "")],
    ),
    (
        "success status added",
        GET,
        &[(
            "/responses/202",
            "{description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Owner'}}}}",
        )],
    ),
    (
        "another status added",
        GET,
        &[("/responses/409", "{description: ''}")],
    ),
    (
        "type of a failure changed",
        "/components/schemas/Failure/properties/code",
        &[("/type", "string")],
    ),
    (
        "operation id changed",
        GET,
        &[("/operationId", "read-thing")],
    ),
    (
        "tag and texts changed",
        GET,
        &[
            ("/tags", "[Other]"),
            ("/description", "Another."),
            ("/responses/200/description", "It."),
        ],
    ),
    ("operation deprecated", GET, &[("/deprecated", "true")]),
    (
        "callbacks added",
        PUT,
        &[("/callbacks", "{done: {'{$url}': {post: {responses: {}}}}}")],
    ),
    (
        "names in the path changed",
        "/paths",
        &[
            ("/~1ping~1{at}", ""),
            (
                "/~1ping~1{time}",
                "{post: {operationId: ping, parameters: [{name: time, in: path, required: true, schema: {type: string}}], responses: {'204': {description: Done.}}}}",
            ),
        ],
    ),
    // Security and servers.
    (
        "security of an operation changed",
        GET,
        &[("/security", "[]")],
    ),
    (
        "security of the document changed",
        "",
        &[("/security", "[{token: []}, {key: []}]")],
    ),
    (
        "security scheme moved",
        "/components/securitySchemes",
        &[("/key/in", "query")],
    ),
    (
        "security scheme changed",
        "/components/securitySchemes",
        &[("/token/scheme", "basic")],
    ),
    (
        "server changed",
        "",
        &[("/servers/0/url", "https://api.example.org")],
    ),
    (
        "title and version changed",
        "",
        &[("/info/title", "Objects"), ("/info/version", "'2'")],
    ),
    // Bodies.
    (
        "media type added",
        PUT,
        &[(
            "/requestBody/content/text~1plain",
            "{schema: {type: string}}",
        )],
    ),
    (
        "media type of a response added",
        GET,
        &[(
            "/responses/200/content/text~1plain",
            "{schema: {type: string}}",
        )],
    ),
    (
        "required body added",
        PING,
        &[(
            "/requestBody",
            "{required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Owner'}}}}",
        )],
    ),
    (
        "optional body added",
        PING,
        &[(
            "/requestBody",
            "{content: {application/json: {schema: {$ref: '#/components/schemas/Owner'}}}}",
        )],
    ),
    (
        "body became optional",
        PUT,
        &[("/requestBody/required", "")],
    ),
    (
        "required header of a response removed",
        GET,
        &[("/responses/200/headers", "")],
    ),
    (
        "optional header of a response added",
        GET,
        &[("/responses/200/headers/X-Page", "{schema: {type: integer}}")],
    ),
    // Parameters.
    (
        "required parameter added",
        GET,
        &[(
            "/parameters/2",
            "{name: at, in: query, required: true, schema: {type: string}}",
        )],
    ),
    (
        "required parameter with a default added",
        GET,
        &[(
            "/parameters/2",
            "{name: at, in: header, required: true, schema: {type: string, default: now}}",
        )],
    ),
    (
        "optional parameter added",
        GET,
        &[(
            "/parameters/2",
            "{name: at, in: query, schema: {type: string}}",
        )],
    ),
    (
        "parameter became required",
        GET,
        &[("/parameters/0/required", "true")],
    ),
    (
        "default of a parameter changed",
        GET,
        &[("/parameters/0/schema/default", "down")],
    ),
    (
        "style of a parameter changed",
        GET,
        &[("/parameters/1/style", "spaceDelimited")],
    ),
    (
        "explode of a parameter changed",
        GET,
        &[("/parameters/1/explode", "false")],
    ),
    (
        "type of a parameter changed",
        GET,
        &[
            ("/parameters/0/schema/type", "integer"),
            ("/parameters/0/schema/default", ""),
        ],
    ),
    // Objects.
    (
        "required property added",
        THING,
        &[
            ("/required", "[name, age]"),
            ("/properties/age", "{type: integer}"),
        ],
    ),
    (
        "required property with a default added",
        THING,
        &[
            ("/required", "[name, age]"),
            ("/properties/age", "{type: integer, default: 1}"),
        ],
    ),
    (
        "optional property added",
        THING,
        &[("/properties/age", "{type: integer}")],
    ),
    ("property became optional", THING, &[("/required", "[]")]),
    (
        "property may be null",
        THING,
        &[("/properties/name/type", "[string, 'null']")],
    ),
    (
        "optional property may be null",
        THING,
        &[("/properties/code/type", "[string, 'null']")],
    ),
    (
        "reference or null",
        THING,
        &[(
            "/properties/owner",
            "{anyOf: [{$ref: '#/components/schemas/Owner'}, {type: 'null'}]}",
        )],
    ),
    (
        "property became read only",
        THING,
        &[("/properties/note/readOnly", "true")],
    ),
    (
        "property became write only",
        THING,
        &[("/properties/note/writeOnly", "true")],
    ),
    (
        "property deprecated",
        THING,
        &[("/properties/note/deprecated", "true")],
    ),
    (
        "additional properties refused",
        THING,
        &[("/additionalProperties", "false")],
    ),
    (
        "additional properties described",
        "/components/schemas/Owner",
        &[("/additionalProperties", "{type: string}")],
    ),
    (
        "type of additional properties changed",
        THING,
        &[("/properties/free/additionalProperties/type", "integer")],
    ),
    (
        "property of a recursive schema added",
        "/components/schemas/Tree/properties",
        &[("/age", "{type: integer}")],
    ),
    (
        "property of an unused schema removed",
        "/components/schemas/Unused/properties",
        &[("/name", "")],
    ),
    // Types.
    (
        "type narrowed",
        THING,
        &[("/properties/size/type", "integer")],
    ),
    (
        "type changed",
        THING,
        &[("/properties/code", "{type: integer}")],
    ),
    (
        "type of items changed",
        THING,
        &[("/properties/words/items/type", "integer")],
    ),
    ("type opened", THING, &[("/properties/name", "{}")]),
    (
        "second type added",
        THING,
        &[("/properties/name/type", "[string, integer]")],
    ),
    ("format set", THING, &[("/properties/name/format", "uuid")]),
    (
        "format changed",
        THING,
        &[("/properties/count/format", "int64")],
    ),
    (
        "format of the client set",
        THING,
        &[("/properties/name/format", "password")],
    ),
    (
        "enum value added",
        THING,
        &[("/properties/color/enum", "[red, green, blue]")],
    ),
    (
        "value of a number enum added",
        THING,
        &[("/properties/level/enum", "[1, 2, 3]")],
    ),
    ("enum removed", THING, &[("/properties/color/enum", "")]),
    ("const added", THING, &[("/properties/name/const", "x")]),
    ("const changed", THING, &[("/properties/unit/const", "lb")]),
    (
        "default changed",
        THING,
        &[("/properties/note/default", "much")],
    ),
    // Bounds.
    (
        "bounds tightened",
        THING,
        &[
            ("/properties/size/minimum", "2"),
            ("/properties/size/maximum", "9"),
            ("/properties/code/maxLength", "4"),
        ],
    ),
    (
        "bound became exclusive",
        THING,
        &[
            ("/properties/size/minimum", ""),
            ("/properties/size/exclusiveMinimum", "1"),
        ],
    ),
    (
        "bounds set",
        THING,
        &[
            ("/properties/name/minLength", "1"),
            ("/properties/words/maxItems", "9"),
            ("/properties/words/uniqueItems", "true"),
            ("/minProperties", "1"),
            ("/maxProperties", "99"),
            ("/properties/size/multipleOf", "2"),
        ],
    ),
    (
        "pattern set",
        THING,
        &[("/properties/name/pattern", "'^a'")],
    ),
    (
        "patterns and multiples changed",
        "",
        &[
            ("/components/schemas/Thing/properties/name/pattern", "'^b'"),
            ("/components/schemas/Thing/properties/size/multipleOf", "4"),
        ],
    ),
    // Unions and conjunctions.
    (
        "oneOf branch added",
        "/components/schemas/Shape",
        &[("/oneOf/2", "{$ref: '#/components/schemas/Owner'}")],
    ),
    (
        "anyOf branch added",
        "/components/schemas/Label",
        &[("/anyOf/2", "{type: boolean}")],
    ),
    (
        "branches reordered",
        "/components/schemas/Shape",
        &[(
            "/oneOf",
            "[{$ref: '#/components/schemas/Square'}, {$ref: '#/components/schemas/Circle'}]",
        )],
    ),
    (
        "discriminator added",
        "/components/schemas/Shape",
        &[(
            "/discriminator",
            "{propertyName: kind, mapping: {c: '#/components/schemas/Circle'}}",
        )],
    ),
    (
        "one type becomes a union",
        THING,
        &[(
            "/properties/owner",
            "{oneOf: [{$ref: '#/components/schemas/Owner'}, {$ref: '#/components/schemas/Circle'}]}",
        )],
    ),
    (
        "allOf member added",
        "/components/schemas/Part",
        &[("/allOf/2", "{$ref: '#/components/schemas/Circle'}")],
    ),
    (
        "allOf merged",
        "/components/schemas",
        &[(
            "/Part",
            "{type: object, properties: {name: {type: string}, weight: {type: number}}}",
        )],
    ),
    (
        "type added next to allOf",
        "/components/schemas/Part",
        &[("/type", "object")],
    ),
    (
        "property added next to allOf",
        "/components/schemas/Part",
        &[("/properties", "{size: {type: integer}}")],
    ),
    (
        "reference described",
        THING,
        &[(
            "/properties/owner",
            "{$ref: '#/components/schemas/Owner', description: Whose it is.}",
        )],
    ),
    (
        "not added",
        THING,
        &[("/properties/name/not", "{const: x}")],
    ),
    // Names.
    (
        "component renamed",
        "/components/schemas",
        &[
            ("/Owner", ""),
            (
                "/Person",
                "{type: object, properties: {name: {type: string}}}",
            ),
            (
                "/Thing/properties/owner/$ref",
                "'#/components/schemas/Person'",
            ),
            ("/Part/allOf/0/$ref", "'#/components/schemas/Person'"),
        ],
    ),
    (
        "component renamed and changed",
        "/components/schemas",
        &[
            ("/Tree", ""),
            (
                "/Bush",
                "{type: object, properties: {leaf: {type: integer}, branches: {type: array, items: {$ref: '#/components/schemas/Bush'}}}}",
            ),
            ("/Thing/properties/tree/$ref", "'#/components/schemas/Bush'"),
        ],
    ),
    (
        "title changed",
        THING,
        &[("/properties/box/title", "Crate")],
    ),
    // Nothing.
    (
        "the same in another dialect",
        "",
        &[
            ("/openapi", "3.0.3"),
            (
                "/components/schemas/Thing/properties/unit",
                "{type: string, enum: [kg]}",
            ),
            ("/webhooks", ""),
            (
                "/x-webhooks",
                "{changed: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}}, responses: {'200': {description: Read.}}}}, rested: {post: {requestBody: {content: {application/json: {schema: {type: object, properties: {hours: {type: integer}}}}}}, responses: {'200': {description: Read.}}}}}",
            ),
        ],
    ),
    (
        "extensions",
        GET,
        &[("/x-internal", "1"), ("/parameters/0/x-internal", "1")],
    ),
];

fn document(root: &Value) -> Document {
    let text = root.to_string();
    let text = Text {
        name: "api.yaml",
        text: &text,
    };
    finch_gen::load(&text).unwrap()
}

fn yaml(text: &str) -> Value {
    let text = format!("value: {text}");
    let text = Text {
        name: "row",
        text: &text,
    };
    finch_gen::load(&text).unwrap().root()["value"].clone()
}

/// Sets the value at `pointer` of `root` to `value`, or removes it if `value` is empty.
fn edit(root: &mut Value, pointer: &str, value: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    let parent = root
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{parent} does not exist"));
    match parent {
        Value::Array(items) => {
            let index: usize = key.parse().unwrap();
            items.truncate(items.len().min(index));
            items.push(yaml(value));
        }
        Value::Object(members) if value.is_empty() => {
            members.shift_remove(&key).unwrap();
        }
        Value::Object(members) => {
            members.insert(key, yaml(value));
        }
        _ => panic!("{pointer}: not in a list or a mapping"),
    }
}

fn root() -> Value {
    let text = Text {
        name: "api.yaml",
        text: BASE,
    };
    finch_gen::load(&text).unwrap().root().clone()
}

fn revision(root: &Value) -> Option<Revision> {
    let text = root.to_string();
    let text = Text {
        name: "api.yaml",
        text: &text,
    };
    Some(finch_gen::revision(
        finch_gen::load_and_overlay_matching(&text, None).ok()?,
    ))
}

#[test]
fn every_kind_of_change_is_reported() {
    let before = root();
    let base = document(&before);
    let unchanged = finch_gen::revision(base.clone());
    let mut table = String::new();
    for (name, from, edits) in ROWS {
        let mut after = before.clone();
        for (at, value) in *edits {
            edit(&mut after, &format!("{from}{at}"), value);
        }
        writeln!(table, "## {name}").unwrap();
        let after = document(&after);
        let changed = finch_gen::revision(after.clone());
        for (sign, old, new) in [("→", &unchanged, &changed), ("←", &changed, &unchanged)] {
            let comparison = compare(old, new);
            assert!(
                comparison.refused.is_empty(),
                "{name}: {}",
                comparison.refused
            );
            for change in &comparison.changes {
                let severity = format!("{:?}", change.severity).to_lowercase();
                writeln!(table, "{sign} {severity}: {change}").unwrap();
            }
        }
        writeln!(table).unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_removed_event_is_a_breaking_release_and_an_added_event_a_minor_one() {
    let base = root();
    let removed_webhook = ("/webhooks/changed", "");
    let added_branch = (
        "/components/schemas/Happening/oneOf/2",
        "{required: [out], properties: {out: {type: string}}}",
    );
    for ((pointer, value), is_added) in [(removed_webhook, false), (added_branch, true)] {
        let mut other = base.clone();
        edit(&mut other, pointer, value);
        let (with, without) = match is_added {
            true => (&other, &base),
            false => (&base, &other),
        };
        let compare =
            |old, new| compare(&revision(old).unwrap(), &revision(new).unwrap()).bump(true);
        assert_eq!(compare(with, without), finch_gen::Bump::Major, "{pointer}");
        assert_eq!(compare(without, with), finch_gen::Bump::Minor, "{pointer}");
    }
}

/// The pointers of everything in `value`.
fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    let escaped = |key: &String| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(key, member)| pointers(member, format!("{at}/{}", escaped(key)), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| pointers(item, format!("{at}/{index}"), found)),
        _ => {}
    }
    found.push(at);
}

/// Removes, reverses or replaces a value of `root`.
fn mutate(root: &mut Value, (at, from, how): (usize, usize, u8)) {
    let mut all = Vec::new();
    pointers(root, String::new(), &mut all);
    let (at, from) = (&all[at % all.len()], &all[from % all.len()]);
    let Some((parent, key)) = at.rsplit_once('/') else {
        return;
    };
    let other = root.pointer(from).unwrap().clone();
    match (root.pointer_mut(parent).unwrap(), how) {
        (Value::Object(members), 0) => {
            members.shift_remove(&key.replace("~1", "/").replace("~0", "~"));
        }
        (Value::Array(items), 0) => {
            items.remove(key.parse().unwrap());
        }
        (Value::Array(items), 1) => items.reverse(),
        _ => *root.pointer_mut(at).unwrap() = other,
    }
}

fn random() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: match std::env::var_os("PROPTEST_CASES") {
            Some(_) => default.cases,
            None => 16,
        },
        rng_seed: match default.rng_seed {
            RngSeed::Random => RngSeed::Fixed(1),
            fixed @ RngSeed::Fixed(_) => fixed,
        },
        failure_persistence: None,
        ..default
    }
}

proptest! {
    #![proptest_config(random())]

    /// Any two documents can be compared. A change that one direction adds, the other
    /// direction removes. Equal documents have no changes.
    #[test]
    fn random_changes(edits in prop::collection::vec((0..10_000_usize, 0..10_000_usize, 0..4_u8), 1..4)) {
        static BEFORE: LazyLock<Revision> = LazyLock::new(|| revision(&root()).unwrap());
        let mut after = root();
        for edit in edits {
            mutate(&mut after, edit);
        }
        if let Some(after) = revision(&after) {
            let (there, back) = (compare(&BEFORE, &after), compare(&after, &BEFORE));
            let places = |comparison: &Comparison, kind| -> BTreeSet<String> {
                let changes = comparison.changes.iter();
                let such = changes.filter(|change| change.kind == kind && change.side != Side::Client);
                such.map(|change| change.pointer.clone()).collect()
            };
            prop_assert_eq!(places(&there, Kind::Added), places(&back, Kind::Removed));
            prop_assert_eq!(places(&there, Kind::Removed), places(&back, Kind::Added));
            prop_assert_eq!(there.changes.is_empty(), back.changes.is_empty());
            prop_assert!(compare(&after, &after).changes.is_empty());
        }
    }
}
