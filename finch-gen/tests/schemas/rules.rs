//! Tests each rule with its own schema. Shows the lowered schema, the report, the values that
//! are valid before and after, and the generated Rust.

use std::fmt::Write as _;

use finch_gen::{Inputs, Level, Lowered, Note, Text};
use serde_json::{Value, json};
use syn::visit_mut::VisitMut;
use syn::{Attribute, Item};

use crate::instances::{Choices, guess};
use crate::judge;

/// Returns a document whose operation returns the component `S`, which is `schema`, with other
/// components to refer to.
fn document(schema: &Value, version: &str) -> Value {
    json!({
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": {"/s": {"get": {"operationId": "get", "responses": {"200": {
            "description": "",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}},
        }}}}},
        "components": {"schemas": {
            "S": schema,
            "X": {"type": "object"},
            "Y": {"type": "string"},
            "Wide": {"type": "string", "contentEncoding": "base64", "not": {"contains": {"type": "null"}}},
            "Null": {"type": "null"},
        }},
    })
}

fn lower_schema(schema: &Value, version: &str) -> Result<Lowered, String> {
    let text = document(schema, version).to_string();
    let document = finch_gen::load(&text_of(&text)).unwrap();
    finch_gen::lower(document).map_err(|problems| problems.to_string())
}

fn text_of(text: &str) -> Text<'_> {
    let name = "api.yaml";
    Text { name, text }
}

fn schemas_of(lowered: &Lowered) -> &Value {
    &lowered.document.root()["components"]["schemas"]
}

fn notes_of(lowered: &Lowered) -> impl Iterator<Item = &Note> {
    let notes = lowered.report.iter();
    notes.filter(|note| note.pointer.starts_with("/components/schemas/S"))
}

fn codes_of(lowered: &Lowered) -> Vec<&'static str> {
    notes_of(lowered).map(|note| note.code).collect()
}

/// Values of each kind, for any schema.
fn any_values() -> Vec<Value> {
    let values = json!([
        null, true, 0, 1, 2, 5, -1, 1.5, "", "a", "abcd", [], ["a"], [1, 2], [{}], {}, {"a": 1}, {"a": "b", "b": 2},
    ]);
    values.as_array().unwrap().clone()
}

/// The rules of one test, as the text of its snapshot.
#[derive(Default)]
struct Rules(String);

impl Rules {
    /// Checks the lowered form of `schema` in a 3.1 document and the codes of its notes.
    /// Checks that a second lowering changes nothing.
    #[track_caller]
    fn check(&mut self, schema: Value, expected: Value, notes: &[&str]) {
        let lowered = lower_schema(&schema, "3.1.0").unwrap();
        let found = schemas_of(&lowered)["S"].clone();
        assert_eq!(found, expected, "{schema} became {found:#}");
        assert_eq!(codes_of(&lowered), notes, "{schema}");
        let again = lower_schema(&found, "3.0.3").unwrap();
        let again = &schemas_of(&again)["S"];
        assert_eq!(*again, found, "{found} became {again:#}");
        self.show(&schema, &lowered);
    }

    /// Adds the notes, the valid and invalid values, and the generated Rust to the snapshot.
    #[track_caller]
    fn show(&mut self, schema: &Value, lowered: &Lowered) {
        let document = document(schema, "3.1.0");
        writeln!(self.0, "{schema}\n  {}", schemas_of(lowered)["S"]).unwrap();
        for note in notes_of(lowered) {
            writeln!(self.0, "  {note}").unwrap();
        }
        let is_exact = lowered.report.iter().all(|note| note.level == Level::Info);
        let before = judge::of_3_1(&document, "S");
        let after = judge::of_3_0(lowered.document.root(), "S");
        let mut choices = Choices(1);
        let guessed = (0..24).map(|_| guess(&document, schema, &mut choices, 3));
        let [mut valid, mut invalid, mut widened] = [const { Vec::new() }; 3];
        for (index, value) in any_values().into_iter().chain(guessed).enumerate() {
            let list = match (before.is_valid(&value), after.is_valid(&value)) {
                (true, true) => &mut valid,
                (false, false) => &mut invalid,
                (false, true) if !is_exact => &mut widened,
                (false, true) => {
                    panic!("the report has no widening of {schema}, but it accepts {value} now")
                }
                (true, false) => panic!("{schema} no longer accepts {value}"),
            };
            // Guessed values are checked, but there are too many to show.
            if index < any_values().len() {
                list.push(value.to_string());
            }
        }
        for (name, list) in [("valid", valid), ("invalid", invalid), ("widened", widened)] {
            if !list.is_empty() {
                writeln!(self.0, "  {name}: {}", list.join(" ")).unwrap();
            }
        }
        self.0.push_str(&rust(&document));
        self.0.push('\n');
    }
}

/// Returns the generated types of `S`, without their documentation.
fn rust(document: &Value) -> String {
    struct Undocumented;
    impl VisitMut for Undocumented {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
            attributes.retain(|attribute| !attribute.path().is_ident("doc"));
        }
    }
    let text = document.to_string();
    let inputs = Inputs {
        crate_name: "api",
        docs: "https://docs.example.com/api",
        ..Inputs::of_document(text_of(&text))
    };
    let generated = match finch_gen::generate(&inputs) {
        Ok(generated) => generated,
        Err(problems) => return format!("refused: {problems}\n"),
    };
    let mut types = syn::parse_file(&generated.client["types.rs"]).unwrap();
    types.items.retain(|item| match item {
        Item::Struct(item) => item.ident.to_string().starts_with('S'),
        Item::Enum(item) => item.ident.to_string().starts_with('S'),
        Item::Type(item) => item.ident.to_string().starts_with('S'),
        _ => false,
    });
    Undocumented.visit_file_mut(&mut types);
    let calls = &generated.client["calls.rs"];
    let (_, returned) = calls.split_once("-> Result<Response<").unwrap();
    let (returned, _) = returned.split_once(">, Error>").unwrap();
    format!("returned: {returned}\n{}", prettyplease::unparse(&types))
}

fn only_null() -> Value {
    json!({"nullable": true, "enum": [null]})
}

fn x() -> Value {
    json!({"$ref": "#/components/schemas/X"})
}

fn y() -> Value {
    json!({"$ref": "#/components/schemas/Y"})
}

#[test]
fn types() {
    let mut rules = Rules::default();
    rules.check(json!({}), json!({}), &[]);
    rules.check(json!(true), json!({}), &[]);
    rules.check(json!(false), json!({"not": {}}), &[]);
    rules.check(json!({"type": "string"}), json!({"type": "string"}), &[]);
    rules.check(json!({"type": ["string"]}), json!({"type": "string"}), &[]);
    for both in [json!(["string", "null"]), json!(["null", "string"])] {
        rules.check(
            json!({"type": both}),
            json!({"type": "string", "nullable": true}),
            &[],
        );
    }
    rules.check(json!({"type": "null"}), only_null(), &[]);
    rules.check(json!({"type": ["null"]}), only_null(), &[]);
    rules.check(
        json!({"type": ["integer", "number"]}),
        json!({"type": "number"}),
        &[],
    );
    rules.check(
        json!({"type": ["string", "integer"], "minimum": 1, "maxLength": 2, "items": {}}),
        json!({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "maxLength": 2}]}),
        &["multi-type"],
    );
    rules.check(
        json!({"type": ["string", "integer", "null"]}),
        json!({"anyOf": [{"anyOf": [{"type": "integer"}, {"type": "string"}]}, only_null()]}),
        &["multi-type"],
    );
    let all = ["null", "boolean", "object", "array", "number", "string"];
    rules.check(
        json!({"type": all, "description": "d"}),
        json!({"description": "d"}),
        &[],
    );
    // Keywords of other types never apply.
    rules.check(
        json!({"type": "string", "minimum": 1, "properties": {}, "maxItems": 2}),
        json!({"type": "string"}),
        &[],
    );
    // A format applies to its own type.
    rules.check(
        json!({"type": ["string", "integer"], "format": "int64"}),
        json!({"anyOf": [{"type": "integer", "format": "int64"}, {"type": "string"}]}),
        &["multi-type"],
    );
    rules.check(
        json!({"type": "boolean", "format": "x"}),
        json!({"type": "boolean"}),
        &[],
    );
    insta::assert_snapshot!(rules.0);
}

#[test]
fn values() {
    let mut rules = Rules::default();
    rules.check(
        json!({"const": false}),
        json!({"type": "boolean", "enum": [false]}),
        &[],
    );
    rules.check(
        json!({"const": 0}),
        json!({"type": "integer", "enum": [0]}),
        &[],
    );
    rules.check(json!({"const": null}), only_null(), &[]);
    rules.check(
        json!({"const": "a", "enum": ["b", "a"]}),
        json!({"type": "string", "enum": ["a"]}),
        &[],
    );
    rules.check(
        json!({"enum": [1, 1.5]}),
        json!({"type": "number", "enum": [1, 1.5]}),
        &[],
    );
    rules.check(
        json!({"enum": ["a", 1]}),
        json!({"anyOf": [{"type": "integer", "enum": [1]}, {"type": "string", "enum": ["a"]}]}),
        &["multi-type"],
    );
    rules.check(
        json!({"enum": ["a", null]}),
        json!({"type": "string", "nullable": true, "enum": ["a", null]}),
        &[],
    );
    rules.check(
        json!({"type": ["string", "null"], "enum": ["a", null]}),
        json!({"type": "string", "nullable": true, "enum": ["a", null]}),
        &[],
    );
    rules.check(
        json!({"type": ["string", "null"], "enum": ["a"]}),
        json!({"type": "string", "nullable": true, "enum": ["a", null]}),
        &["enum-null-mismatch"],
    );
    rules.check(
        json!({"type": "string", "enum": ["a", null]}),
        json!({"type": "string", "nullable": true, "enum": ["a", null]}),
        &["enum-null-mismatch"],
    );
    rules.check(
        json!({"type": "string", "nullable": true, "enum": ["a"]}),
        json!({"type": "string", "nullable": true, "enum": ["a", null]}),
        &[],
    );
    rules.check(
        json!({"type": "string", "enum": ["a", 1]}),
        json!({"type": "string", "enum": ["a"]}),
        &["enum-value-type"],
    );
    rules.check(
        json!({"type": "string", "enum": [1]}),
        json!({"type": "string"}),
        &["unsatisfiable"],
    );
    rules.check(
        json!({"type": "string", "enum": []}),
        json!({"type": "string"}),
        &["enum-empty"],
    );
    rules.check(
        json!({"type": "object", "enum": [{"a": 1}]}),
        json!({"type": "object"}),
        &["enum-composite"],
    );
    rules.check(
        json!({"type": ["string", "null"], "const": "a"}),
        json!({"type": "string", "nullable": true, "enum": ["a", null]}),
        &["enum-null-mismatch"],
    );
    insta::assert_snapshot!(rules.0);
}

#[test]
fn bounds() {
    let mut rules = Rules::default();
    let number = |mut bounds: Value| {
        bounds["type"] = "number".into();
        bounds
    };
    let mut check = |from, to, notes: &[&str]| rules.check(number(from), number(to), notes);
    check(
        json!({"exclusiveMinimum": 1}),
        json!({"minimum": 1, "exclusiveMinimum": true}),
        &[],
    );
    check(
        json!({"minimum": 1, "exclusiveMinimum": 1}),
        json!({"minimum": 1, "exclusiveMinimum": true}),
        &[],
    );
    check(
        json!({"minimum": 2, "exclusiveMinimum": 1}),
        json!({"minimum": 2}),
        &[],
    );
    check(
        json!({"maximum": 2, "exclusiveMaximum": 1}),
        json!({"maximum": 1, "exclusiveMaximum": true}),
        &[],
    );
    check(
        json!({"maximum": 1, "exclusiveMaximum": 2}),
        json!({"maximum": 1}),
        &[],
    );
    check(
        json!({"minimum": 0, "exclusiveMinimum": true}),
        json!({"minimum": 0, "exclusiveMinimum": true}),
        &["legacy-exclusive"],
    );
    check(json!({"exclusiveMinimum": true}), json!({}), &[]);
    check(
        json!({"minimum": 1, "exclusiveMinimum": false}),
        json!({"minimum": 1}),
        &[],
    );
    insta::assert_snapshot!(rules.0);
}

#[test]
fn bounds_of_integers() {
    let mut rules = Rules::default();
    for most in [json!(u64::MAX), json!(1.8446744073709552e19)] {
        rules.check(
            json!({"type": "integer", "minimum": 0, "maximum": most}),
            json!({"type": "integer", "minimum": 0, "format": "uint64"}),
            &["bound-unrepresentable"],
        );
        rules.check(
            json!({"type": "integer", "minimum": -1, "maximum": most}),
            json!({"type": "integer", "minimum": -1}),
            &["bound-unrepresentable"],
        );
    }
    rules.check(
        json!({"type": "integer", "maximum": 9_223_372_036_854_775_808_u64, "multipleOf": 2.0}),
        json!({"type": "integer", "multipleOf": 2}),
        &["bound-unrepresentable"],
    );
    rules.check(
        json!({"type": "integer", "minimum": 1.0, "exclusiveMaximum": 1e3}),
        json!({"type": "integer", "minimum": 1, "maximum": 1000, "exclusiveMaximum": true}),
        &[],
    );
    rules.check(
        json!({"type": "integer", "minimum": 0.5}),
        json!({"type": "integer"}),
        &["bound-unrepresentable"],
    );
    rules.check(
        json!({"type": "integer", "multipleOf": 0.5}),
        json!({"type": "integer"}),
        &["bound-unrepresentable"],
    );
    insta::assert_snapshot!(rules.0);
}

#[test]
fn content() {
    let mut rules = Rules::default();
    let string = |mut schema: Value| {
        schema["type"] = "string".into();
        schema
    };
    let mut check = |from, to, notes: &[&str]| rules.check(string(from), string(to), notes);
    check(
        json!({"contentEncoding": "base64", "contentMediaType": "image/png"}),
        json!({"format": "byte"}),
        &[],
    );
    check(
        json!({"contentMediaType": "application/octet-stream"}),
        json!({"format": "binary"}),
        &[],
    );
    check(
        json!({"contentEncoding": "binary", "contentMediaType": "text/csv"}),
        json!({"format": "binary"}),
        &[],
    );
    check(
        json!({"contentMediaType": "application/json", "contentSchema": {}}),
        json!({}),
        &[],
    );
    check(
        json!({"contentEncoding": "base64url"}),
        json!({}),
        &["content-encoding"],
    );
    check(
        json!({"contentEncoding": "base64", "format": "byte"}),
        json!({"format": "byte"}),
        &[],
    );
    check(
        json!({"contentEncoding": "base64", "format": "uuid"}),
        json!({"format": "uuid"}),
        &["content-encoding"],
    );
    insta::assert_snapshot!(rules.0);
}

#[test]
fn references() {
    let mut rules = Rules::default();
    rules.check(x(), x(), &[]);
    rules.check(
        json!({"$ref": "#/components/schemas/X", "description": "d"}),
        json!({"allOf": [x()], "description": "d"}),
        &[],
    );
    rules.check(
        json!({"$ref": "#/components/schemas/Y", "maxLength": 3, "type": "string"}),
        json!({"type": "string", "maxLength": 3, "allOf": [y()]}),
        &[],
    );
    rules.check(
        json!({"$ref": "#/components/schemas/X", "allOf": [y()]}),
        json!({"allOf": [x(), y()]}),
        &[],
    );
    rules.check(
        json!({"$ref": "#/components/schemas/X", "nullable": true}),
        json!({"anyOf": [x(), only_null()]}),
        &[],
    );
    rules.check(
        json!({"$ref": "#/components/schemas/Null"}),
        only_null(),
        &[],
    );
    insta::assert_snapshot!(rules.0);
}

#[test]
fn a_nullable_conjunct_makes_the_whole_nullable() {
    let or_null = |form: Value| json!({"anyOf": [form, only_null()]});
    let typed = json!({"type": "object", "nullable": true});
    let described = json!({"nullable": true, "description": "d", "example": null});
    let not = json!({"nullable": false});
    for (conjuncts, lowered_conjuncts, is_meant) in [
        (json!([x(), {"nullable": true}]), x(), true),
        (json!([{"nullable": true}, y()]), y(), true),
        (
            json!([x(), described]),
            json!({"allOf": [x(), {"description": "d", "example": null}]}),
            true,
        ),
        (json!([x(), typed]), json!({"allOf": [x(), typed]}), true),
        (json!([x(), not]), x(), false),
    ] {
        for version in ["3.0.3", "3.1.0"] {
            let schema = json!({"allOf": conjuncts});
            let lowered = lower_schema(&schema, version).unwrap();
            let expected = match is_meant {
                true => or_null(lowered_conjuncts.clone()),
                false => lowered_conjuncts.clone(),
            };
            assert_eq!(schemas_of(&lowered)["S"], expected, "{schema} of {version}");
            let is_noted = codes_of(&lowered).contains(&"nullable-conjunction");
            assert_eq!(is_noted, is_meant, "{schema} of {version}");
        }
    }
}

#[test]
fn most_siblings_of_a_reference_are_ignored_in_3_0() {
    let schema = json!({
        "$ref": "#/components/schemas/Y",
        "maxLength": 3,
        "nullable": true,
        "description": "d",
    });
    let lowered = lower_schema(&schema, "3.0.0").unwrap();
    assert_eq!(
        schemas_of(&lowered)["S"],
        json!({"anyOf": [y(), only_null()], "description": "d"})
    );
}

#[test]
fn a_target_of_a_reference_becomes_a_component() {
    let schema = json!({
        "$defs": {"Leaf": {"type": "integer"}, "Marked": {"$anchor": "here", "type": "number"}},
        "properties": {
            "pointer": {"$ref": "#/components/schemas/S/properties/deep/properties/er"},
            "deep": {"properties": {"er": {"type": "boolean"}}},
            "definition": {"$ref": "#/components/schemas/S/$defs/Leaf"},
            "anchor": {"$ref": "#here"},
            "meant": {"$ref": "#/$defs/Leaf"},
            "own": {
                "$id": "https://example.com/own",
                "$defs": {"D": {"const": 1}},
                "properties": {"d": {"$ref": "#/$defs/D"}},
            },
            "other": {"$ref": "https://example.com/own"},
        },
    });
    let lowered = lower_schema(&schema, "3.1.0").unwrap();
    let schemas = schemas_of(&lowered);
    let component = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    assert_eq!(
        schemas["S"]["properties"],
        json!({
            "pointer": component("SDeepEr"),
            "deep": {"properties": {"er": component("SDeepEr")}},
            "definition": component("SLeaf"),
            "anchor": component("SMarked"),
            "meant": component("SLeaf"),
            "own": component("SOwn"),
            "other": component("SOwn"),
        })
    );
    assert_eq!(schemas["S"].get("$defs"), None);
    assert_eq!(schemas["SDeepEr"], json!({"type": "boolean"}));
    assert_eq!(schemas["SLeaf"], json!({"type": "integer"}));
    assert_eq!(schemas["SMarked"], json!({"type": "number"}));
    assert_eq!(schemas["SOwnD"], json!({"type": "integer", "enum": [1]}));
    let codes = codes_of(&lowered);
    assert_eq!(
        codes.iter().filter(|code| **code == "ref-hoisted").count(),
        5
    );
    assert_eq!(
        codes
            .iter()
            .filter(|code| **code == "ref-recovered")
            .count(),
        1
    );
}

#[test]
fn references_without_a_target_are_refused() {
    let schema = json!({"items": {"$ref": "#gone"}, "not": {"$ref": "other.json"}});
    assert_eq!(
        lower_schema(&schema, "3.1.0").unwrap_err(),
        "api.yaml: /components/schemas/S/not/$ref: the reference \"other.json\" leaves the document; \
         bundle the files into one document first, as `npx @redocly/cli bundle` does\n\
         api.yaml: /components/schemas/S/items/$ref: the reference \"#gone\" leads nowhere; define its target, or correct it through the overlay"
    );
}

#[test]
fn dynamic_references() {
    for (schema, expected, code) in [
        (
            json!({"properties": {"a": {"$dynamicRef": "#T"}, "b": {"$dynamicAnchor": "T"}}}),
            json!({"properties": {
                "a": {"$ref": "#/components/schemas/SB"},
                "b": {"$ref": "#/components/schemas/SB"},
            }}),
            "ref-hoisted",
        ),
        (
            json!({"properties": {
                "a": {"$dynamicRef": "#T"},
                "b": {"$dynamicAnchor": "T"},
                "c": {"$dynamicAnchor": "T"},
            }}),
            json!({"properties": {"a": {}, "b": {}, "c": {}}}),
            "dynamic-ref",
        ),
    ] {
        let lowered = lower_schema(&schema, "3.1.0").unwrap();
        assert_eq!(schemas_of(&lowered)["S"], expected);
        assert_eq!(codes_of(&lowered), [code]);
    }
}

#[test]
fn unions() {
    let mut rules = Rules::default();
    rules.check(
        json!({"anyOf": [x(), y()]}),
        json!({"anyOf": [x(), y()]}),
        &[],
    );
    rules.check(
        json!({"oneOf": [x(), y()]}),
        json!({"oneOf": [x(), y()]}),
        &[],
    );
    rules.check(
        json!({"anyOf": [x(), {"type": "null"}]}),
        json!({"anyOf": [x(), only_null()]}),
        &[],
    );
    rules.check(
        json!({"oneOf": [{"const": null}, x()]}),
        json!({"anyOf": [x(), only_null()]}),
        &[],
    );
    rules.check(
        json!({"oneOf": [x(), {"$ref": "#/components/schemas/Null"}]}),
        json!({"anyOf": [x(), only_null()]}),
        &[],
    );
    rules.check(
        json!({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}], "default": null}),
        json!({"type": "string", "nullable": true, "enum": ["a", null], "default": null}),
        &[],
    );
    rules.check(
        json!({
            "oneOf": [x(), y(), {"type": "null"}],
            "discriminator": {"propertyName": "p", "mapping": {"x": "#/components/schemas/X"}},
            "description": "d",
        }),
        json!({
            "anyOf": [
                {
                    "oneOf": [x(), y()],
                    "discriminator": {"propertyName": "p", "mapping": {"x": "#/components/schemas/X"}},
                },
                only_null(),
            ],
            "description": "d",
        }),
        &[],
    );
    rules.check(json!({"anyOf": [{"type": "null"}]}), only_null(), &[]);
    rules.check(
        json!({"allOf": [x()], "anyOf": [x(), y()]}),
        json!({"allOf": [x(), {"anyOf": [x(), y()]}]}),
        &[],
    );
    rules.check(json!({"anyOf": [x(), true]}), json!({}), &[]);
    rules.check(
        json!({"anyOf": [x(), {"if": x(), "then": y()}]}),
        json!({}),
        &["if-then-else"],
    );
    rules.check(
        json!({"oneOf": [true, {"type": "null"}]}),
        json!({}),
        &["oneof-null"],
    );
    rules.check(
        json!({"anyOf": [x(), {"type": "null", "description": "none"}]}),
        json!({"anyOf": [x(), only_null()]}),
        &[],
    );
    rules.check(
        json!({"nullable": true, "anyOf": [false]}),
        only_null(),
        &[],
    );
    // `nullable` applies to the whole schema, including the enum.
    rules.check(
        json!({"nullable": true, "const": "a", "$ref": "#/components/schemas/Y"}),
        json!({"anyOf": [
            {"type": "string", "nullable": true, "enum": ["a", null], "allOf": [y()]},
            only_null(),
        ]}),
        &[],
    );
    rules.check(
        json!({"allOf": [false], "anyOf": [x(), y()]}),
        json!({"not": {}}),
        &[],
    );
    rules.check(
        json!({"allOf": [{"not": x()}, {"anyOf": [x(), y()]}]}),
        json!({"allOf": [{"not": x()}, {"anyOf": [x(), y()]}]}),
        &[],
    );
    // A schema that only accepts null keeps the keywords next to it.
    rules.check(
        json!({"type": "null", "allOf": [y()]}),
        json!({"nullable": true, "enum": [null], "allOf": [y()]}),
        &[],
    );
    // An inner union that accepts null does not make the whole schema accept null.
    rules.check(
        json!({"anyOf": [
            {"type": "object", "anyOf": [x(), {"type": "null"}]},
            {"type": "null"},
        ]}),
        json!({"anyOf": [
            {"type": "object", "anyOf": [x(), only_null()]},
            only_null(),
        ]}),
        &[],
    );
    rules.check(json!({"anyOf": [x(), false, x()]}), x(), &[]);
    rules.check(json!({"anyOf": [false]}), json!({"not": {}}), &[]);
    rules.check(json!({"allOf": [x(), true]}), x(), &[]);
    rules.check(
        json!({"nullable": true, "allOf": [x()]}),
        json!({"anyOf": [x(), only_null()]}),
        &[],
    );
    rules.check(json!({"nullable": true}), json!({}), &[]);
    rules.check(
        json!({"anyOf": [x(), y()], "oneOf": [x(), y()]}),
        json!({"allOf": [{"anyOf": [x(), y()]}, {"oneOf": [x(), y()]}]}),
        &[],
    );
    rules.check(
        json!({"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}),
        json!({"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}),
        &[],
    );
    insta::assert_snapshot!(rules.0);
}

#[test]
fn widened_schemas_are_dropped_under_not() {
    let mut rules = Rules::default();
    let wide = json!({"type": "array", "contains": {"type": "string"}, "minItems": 1});
    let wider = json!({"type": "array", "items": {}, "minItems": 1});
    rules.check(wide.clone(), wider.clone(), &["contains"]);
    rules.check(
        json!({"not": wide}),
        json!({}),
        &["not-dropped", "contains"],
    );
    rules.check(
        json!({"not": {"type": "string", "enum": ["a", null]}}),
        json!({}),
        &["not-dropped", "enum-null-mismatch"],
    );
    rules.check(
        json!({"not": {"type": "string"}}),
        json!({"not": {"type": "string"}}),
        &[],
    );
    rules.check(
        json!({"oneOf": [wide, y()]}),
        json!({"anyOf": [wider, y()]}),
        &["oneof-to-anyof", "contains"],
    );
    // Through a reference, too.
    rules.check(
        json!({"oneOf": [{"$ref": "#/components/schemas/Wide"}, x()]}),
        json!({"anyOf": [{"$ref": "#/components/schemas/Wide"}, x()]}),
        &["oneof-to-anyof"],
    );
    rules.check(
        json!({"not": {"$ref": "#/components/schemas/Wide"}}),
        json!({}),
        &["not-dropped"],
    );
    insta::assert_snapshot!(rules.0);
}

#[test]
fn arrays() {
    let mut rules = Rules::default();
    let array = |mut schema: Value| {
        schema["type"] = "array".into();
        schema
    };
    let mut check = |from, to, notes: &[&str]| rules.check(array(from), array(to), notes);
    check(json!({}), json!({"items": {}}), &[]);
    check(json!({"items": true}), json!({"items": {}}), &[]);
    check(
        json!({"items": false}),
        json!({"items": {}, "maxItems": 0}),
        &[],
    );
    check(
        json!({"prefixItems": [x(), x()], "items": x()}),
        json!({"items": x()}),
        &[],
    );
    check(
        json!({"prefixItems": [x()]}),
        json!({"items": {}}),
        &["prefix-items"],
    );
    check(
        json!({"prefixItems": [x(), y()], "items": false}),
        json!({"items": {"anyOf": [x(), y()]}, "maxItems": 2}),
        &["prefix-items"],
    );
    check(
        json!({"prefixItems": [{"type": "string"}], "items": {"type": "null"}}),
        json!({"items": {"type": "string", "nullable": true}}),
        &["prefix-items"],
    );
    check(
        json!({"items": [x(), y()], "additionalItems": false}),
        json!({"items": {"anyOf": [x(), y()]}, "maxItems": 2}),
        &["legacy-items-array", "prefix-items"],
    );
    check(json!({"unevaluatedItems": x()}), json!({"items": x()}), &[]);
    check(
        json!({"contains": {}, "minContains": 0}),
        json!({"items": {}}),
        &[],
    );
    check(
        json!({"contains": true, "minContains": 2, "maxContains": 3}),
        json!({"items": {}, "minItems": 2, "maxItems": 3}),
        &[],
    );
    insta::assert_snapshot!(rules.0);
}

#[test]
fn objects() {
    let mut rules = Rules::default();
    let object = |mut schema: Value| {
        schema["type"] = "object".into();
        schema
    };
    let mut check = |from, to, notes: &[&str]| rules.check(object(from), object(to), notes);
    check(json!({"required": []}), json!({}), &[]);
    check(
        json!({"properties": {"const": {"const": 1}, "a": true, "b": false}}),
        json!({"properties": {"const": {"type": "integer", "enum": [1]}, "a": {}, "b": {"not": {}}}}),
        &[],
    );
    check(
        json!({"patternProperties": {".*": x()}}),
        json!({"additionalProperties": x()}),
        &[],
    );
    check(
        json!({"patternProperties": {"^a": x()}, "additionalProperties": false}),
        json!({"additionalProperties": x()}),
        &["pattern-properties"],
    );
    check(
        json!({"patternProperties": {"^a": x()}, "additionalProperties": y()}),
        json!({"additionalProperties": {"anyOf": [x(), y()]}}),
        &["pattern-properties"],
    );
    check(
        json!({"patternProperties": {"^a": x()}}),
        json!({"additionalProperties": true}),
        &["pattern-properties"],
    );
    check(
        json!({"properties": {"b": y()}, "patternProperties": {"^a": x()}}),
        json!({"properties": {"b": y()}, "additionalProperties": true}),
        &["pattern-properties"],
    );
    check(
        json!({"properties": {"b": y()}, "patternProperties": {"^a": true}, "additionalProperties": false}),
        json!({"properties": {"b": y()}, "additionalProperties": true}),
        &["pattern-properties"],
    );
    check(
        json!({"propertyNames": false}),
        json!({"maxProperties": 0}),
        &[],
    );
    check(
        json!({"propertyNames": {"maxLength": 3}}),
        json!({}),
        &["property-names"],
    );
    check(
        json!({"dependentRequired": {"a": ["b"]}}),
        json!({}),
        &["dependent-required"],
    );
    check(json!({"if": {}, "then": {}}), json!({}), &["if-then-else"]);
    check(json!({"if": {}}), json!({}), &[]);
    check(
        json!({"unevaluatedProperties": false}),
        json!({"additionalProperties": false}),
        &[],
    );
    check(
        json!({"unevaluatedProperties": false, "allOf": [x()]}),
        json!({"allOf": [x()]}),
        &["unevaluated-properties"],
    );
    check(
        json!({"unevaluatedProperties": y(), "allOf": [x()]}),
        json!({"additionalProperties": true, "allOf": [x()]}),
        &["unevaluated-properties"],
    );
    check(
        json!({"unevaluatedProperties": true, "allOf": [x()]}),
        json!({"additionalProperties": true, "allOf": [x()]}),
        &[],
    );
    insta::assert_snapshot!(rules.0);
}

/// Conditions still declare properties, although they apply to some objects only.
#[test]
fn conditions() {
    let mut rules = Rules::default();
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let integer = json!({"type": "integer"});
    let mut check = |condition: Value, properties: Value, notes: &[&str]| {
        let mut schema = object(json!({"k": y()}));
        schema
            .as_object_mut()
            .unwrap()
            .extend(condition.as_object().unwrap().clone());
        rules.check(schema, object(properties), notes);
    };
    check(
        json!({"if": {"properties": {"k": {"const": "a"}}}, "then": {"properties": {"a": integer}}}),
        json!({"k": y(), "a": {}}),
        &["if-then-else"],
    );
    check(
        json!({
            "if": {"required": ["c"]},
            "then": {"allOf": [{"properties": {"a": integer, "k": true}}]},
            "else": {"properties": {"a": y(), "b": integer}},
        }),
        json!({"k": y(), "a": {"anyOf": [integer, y()]}, "b": {}, "c": {}}),
        &["if-then-else"],
    );
    check(
        json!({"if": true, "then": {"anyOf": [object(json!({"a": integer}))]}, "else": object(json!({"a": integer}))}),
        json!({"k": y(), "a": {}}),
        &["if-then-else"],
    );
    check(
        json!({"dependentSchemas": {"k": {"properties": {"a": integer}, "required": ["b"]}}}),
        json!({"k": y(), "a": {}, "b": {}}),
        &["dependent-schemas"],
    );
    check(
        json!({"dependentRequired": {"a": ["k", "b"]}}),
        json!({"k": y(), "a": {}, "b": {}}),
        &["dependent-required"],
    );
    // The condition describes properties without their names.
    for (condition, note) in [
        (
            json!({"if": true, "then": {"additionalProperties": integer}}),
            "if-then-else",
        ),
        (
            json!({"if": true, "else": {"patternProperties": {"^v": integer}}}),
            "if-then-else",
        ),
        (
            json!({"if": true, "then": {"unevaluatedProperties": true}}),
            "if-then-else",
        ),
        (
            json!({"if": true, "then": {"allOf": [{"additionalProperties": {}}]}}),
            "if-then-else",
        ),
        (
            json!({"dependentSchemas": {"k": {"additionalProperties": integer}}}),
            "dependent-schemas",
        ),
    ] {
        let mut open = object(json!({"k": y()}));
        open["additionalProperties"] = true.into();
        let mut schema = object(json!({"k": y()}));
        let own = schema.as_object_mut().unwrap();
        own.extend(condition.as_object().unwrap().clone());
        rules.check(schema.clone(), open, &[note]);
        // The schema itself describes the others.
        for others in [json!(false), integer.clone()] {
            schema["additionalProperties"] = others.clone();
            let mut closed = object(json!({"k": y()}));
            closed["additionalProperties"] = others;
            rules.check(schema.clone(), closed, &[note]);
        }
    }
    for closed in [
        json!({"additionalProperties": false}),
        json!({"patternProperties": {"^v": false}}),
    ] {
        let mut schema = object(json!({"k": y()}));
        schema["if"] = true.into();
        schema["then"] = closed;
        rules.check(schema, object(json!({"k": y()})), &["if-then-else"]);
    }
    // The schema declares properties elsewhere.
    let then = json!({"properties": {"a": integer}});
    rules.check(
        json!({"allOf": [object(json!({"k": y()}))], "if": true, "then": then}),
        json!({"properties": {"a": {}}, "allOf": [object(json!({"k": y()}))]}),
        &["if-then-else"],
    );
    // A schema without properties has the condition.
    let conditional = json!({"if": true, "then": then});
    let dependent = json!({"dependentSchemas": {"k": then}});
    let reference = json!({"$ref": "#/components/schemas/S/$defs/c"});
    let both = json!({"k": y(), "a": {}});
    let added = json!({"a": {}});
    for (own, keyword, list, properties) in [
        (true, "allOf", json!([conditional]), &both),
        (true, "allOf", json!([x(), conditional, conditional]), &both),
        (true, "allOf", json!([{"allOf": [conditional]}]), &both),
        (true, "allOf", json!([dependent]), &both),
        (
            true,
            "allOf",
            json!([{"if": true, "then": dependent}]),
            &both,
        ),
        (
            true,
            "allOf",
            json!([{"dependentSchemas": {"k": conditional}}]),
            &both,
        ),
        (
            true,
            "anyOf",
            json!([conditional, {"required": ["k"]}]),
            &both,
        ),
        (true, "allOf", json!([reference]), &both),
        (
            false,
            "allOf",
            json!([object(json!({"k": y()})), conditional]),
            &added,
        ),
        (
            false,
            "allOf",
            json!([object(json!({"k": y()})), reference]),
            &added,
        ),
    ] {
        let mut schema = json!({"$defs": {"c": conditional}});
        if own {
            schema["properties"] = json!({"k": y()});
        }
        schema[keyword] = list;
        let lowered = lower_schema(&schema, "3.1.0").unwrap();
        assert_eq!(
            schemas_of(&lowered)["S"]["properties"],
            *properties,
            "{schema}"
        );
        rules.show(&schema, &lowered);
    }
    // Some branches are not objects, or no branch has properties.
    for schema in [
        json!({"anyOf": [object(json!({"k": y()})), y()]}),
        json!({"type": "object"}),
        y(),
    ] {
        let mut conditional = schema.clone();
        conditional["if"] = true.into();
        conditional["then"] = then.clone();
        rules.check(conditional, schema, &["if-then-else"]);
    }
    // A reference leads to the schema that describes properties without their names.
    let lowered = lower_schema(
        &json!({
            "properties": {"k": y()},
            "if": true,
            "then": reference,
            "$defs": {"c": {"additionalProperties": integer}},
        }),
        "3.1.0",
    );
    let lowered = lowered.unwrap();
    let schema = &schemas_of(&lowered)["S"];
    assert_eq!(schema["additionalProperties"], true, "{schema}");
    insta::assert_snapshot!(rules.0);
}

#[test]
fn annotations() {
    let mut rules = Rules::default();
    rules.check(
        json!({"type": "string", "examples": ["a", "b"], "x-y": 1, "$comment": "c"}),
        json!({"type": "string", "example": "a", "x-y": 1}),
        &["examples-truncated"],
    );
    rules.check(
        json!({"type": "integer", "default": "a"}),
        json!({"type": "integer"}),
        &["default-mismatch"],
    );
    rules.check(
        json!({"type": "integer", "default": 1.0}),
        json!({"type": "integer", "default": 1}),
        &[],
    );
    rules.check(
        json!({"type": "integer", "default": u64::MAX}),
        json!({"type": "integer", "default": u64::MAX}),
        &[],
    );
    rules.check(
        json!({"type": "integer", "default": 1e19}),
        json!({"type": "integer", "default": 10_000_000_000_000_000_000_u64}),
        &[],
    );
    rules.check(
        json!({"type": "integer", "enum": [1.0], "default": 1.0}),
        json!({"type": "integer", "enum": [1.0], "default": 1}),
        &[],
    );
    rules.check(
        json!({"type": "string", "default": null}),
        json!({"type": "string"}),
        &[],
    );
    rules.check(
        json!({"type": "string", "readOnly": true, "writeOnly": true}),
        json!({"type": "string"}),
        &["readonly-writeonly"],
    );
    rules.check(
        json!({"optional": {"type": "string"}}),
        json!({}),
        &["unknown-keyword"],
    );
    insta::assert_snapshot!(rules.0);
}

#[test]
fn descriptions_of_enum_values_move_to_an_extension() {
    let mut rules = Rules::default();
    let names = |names: Value| json!({"type": "string", "enum": ["a", "b"], "x-enumNames": names});
    rules.check(
        json!({"oneOf": [
            {"const": "a", "title": "First", "description": "D.", "type": "string"},
            {"enum": ["b"], "deprecated": true, "x-note": 1},
        ]}),
        json!({
            "type": "string",
            "enum": ["a", "b"],
            "x-enumNames": {"a": "First"},
            "x-enumDescriptions": {"a": "D."},
            "x-enumDeprecated": ["b"],
        }),
        &[],
    );
    rules.check(
        json!({"type": "integer", "anyOf": [
            {"const": 1, "title": "One"}, {"const": 2, "title": "Two"}, {"type": "null"},
        ], "nullable": true, "description": "Numbers."}),
        json!({
            "type": "integer",
            "nullable": true,
            "enum": [1, 2, null],
            "description": "Numbers.",
            "x-enumNames": {"1": "One", "2": "Two"},
        }),
        &[],
    );
    for extension in ["x-enum-varnames", "x-enum-names", "x-enumNames"] {
        rules.check(
            json!({"type": "string", "enum": ["a", "b"], extension: ["A1", "B1"]}),
            names(json!({"a": "A1", "b": "B1"})),
            &[],
        );
    }
    rules.check(
        json!({"enum": ["a"], "x-enum-descriptions": {"a": "D."}}),
        json!({"type": "string", "enum": ["a"], "x-enumDescriptions": {"a": "D."}}),
        &[],
    );
    // The lists differ in length, so names and values cannot be matched.
    rules.check(
        json!({"type": "string", "enum": ["a"], "x-enumNames": ["A1", "B1"]}),
        json!({"type": "string", "enum": ["a"], "x-enumNames": ["A1", "B1"]}),
        &[],
    );
    // Some branches are not constants, the types differ, or two constants are equal.
    for branches in [
        json!([{"const": "a"}, {"type": "integer"}]),
        json!([{"const": "a"}, {"const": 1}]),
        json!([{"const": "a"}, {"const": "a"}]),
        json!([{"const": "a"}, {"const": "b", "minLength": 1}]),
    ] {
        let lowered = lower_schema(&json!({"oneOf": branches}), "3.1.0").unwrap();
        let found = &schemas_of(&lowered)["S"];
        assert!(found.get("oneOf").is_some(), "{found}");
    }
    insta::assert_snapshot!(rules.0);
}

#[test]
fn dropped_examples_and_unevaluated_items_are_reported() {
    let mut rules = Rules::default();
    rules.check(
        json!({"type": "string", "examples": ["a", "b"]}),
        json!({"type": "string", "example": "a"}),
        &["examples-truncated"],
    );
    rules.check(
        json!({"type": "string", "examples": ["a"]}),
        json!({"type": "string", "example": "a"}),
        &[],
    );
    let all_of = json!([{"type": "array", "items": {}}]);
    rules.check(
        json!({"type": "array", "unevaluatedItems": false, "allOf": all_of}),
        json!({"type": "array", "items": {}, "allOf": all_of}),
        &["unevaluated-items"],
    );
    insta::assert_snapshot!(rules.0);
}
