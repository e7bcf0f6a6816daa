//! Tests that `shape` finds the tags of each variant of a union: the properties, with their values,
//! that tell a decoder which variant to read. Also tests what `shape` reports about discriminators.

use serde_json::{Value, json};

use super::*;
use crate::shape::Scalar;

/// The tags of the union `name`. An optional property has `?=` after its path.
pub(super) fn tags(shaped: &Shaped, name: &str) -> String {
    let scalar = |scalar: &Scalar| match scalar {
        Scalar::Text(text) => text.clone(),
        Scalar::Integer(value) => format!("int {value}"),
        Scalar::Number(value) => format!("number {value}"),
        Scalar::Boolean(value) => format!("bool {value}"),
    };
    let variants = shaped.unions.get(name).into_iter().flatten();
    let tagged = variants.filter(|variant| !variant.tags.is_empty());
    let variants = tagged.map(|variant| {
        let tags = variant.tags.iter().map(|tag| {
            let values: Vec<String> = tag.values.iter().map(scalar).collect();
            let sign = if tag.is_required { "=" } else { "?=" };
            format!("{}{sign}{}", tag.path.join("."), values.join("|"))
        });
        format!("{} {}", variant.name, tags.collect::<Vec<_>>().join(" & "))
    });
    let mut variants: Vec<String> = variants.collect();
    variants.sort();
    variants.join(", ")
}

/// The tags of the union of these branches, with these schemas for `A`, `B` and `C`.
fn tags_of(union: Value, a: Value, b: Value, c: Value) -> (String, Vec<String>) {
    let (shaped, report) = shaped(json!({}), json!({"A": a, "B": b, "C": c, "U": union}));
    let notes = report
        .iter()
        .filter(|note| note.code.starts_with("discriminator"));
    (tags(&shaped, "U"), notes.map(ToString::to_string).collect())
}

fn with(name: &str, of: Value) -> Value {
    json!({"type": "object", "required": [name], "properties": {name: of}})
}

fn optional(name: &str, of: Value) -> Value {
    json!({"type": "object", "properties": {name: of}})
}

#[test]
fn tag_is_found_at_any_position() {
    // A wrapper for each possible position of the property, and the start of its tag.
    type Position = (&'static str, fn(Value) -> Value);
    let positions: [Position; 10] = [
        ("t=", |of| with("t", of)),
        (
            "t=",
            |of| json!({"allOf": [with("t", of), optional("x", json!({}))]}),
        ),
        (
            "t=",
            |of| json!({"allOf": [{"allOf": [with("t", of)]}, optional("x", json!({}))]}),
        ),
        (
            "t=",
            |of| json!({"allOf": [optional("t", of), {"required": ["t"]}]}),
        ),
        (
            "t=",
            |of| json!({"allOf": [with("t", json!({})), optional("t", of)]}),
        ),
        ("t?=", |of| optional("t", of)),
        ("in.t=", |of| with("in", with("t", of))),
        ("a.b.c.d.t=", |of| {
            with("a", with("b", with("c", with("d", with("t", of)))))
        }),
        ("in.t?=", |of| optional("in", with("t", of))),
        ("in.t?=", |of| {
            with("in", json!({"type": "array", "items": with("t", of)}))
        }),
    ];
    let values = [
        (json!({"const": "a"}), json!({"const": "b"}), "a", "b"),
        (
            json!({"enum": ["a"]}),
            json!({"enum": ["b", "c"]}),
            "a",
            "b|c",
        ),
        (
            json!({"type": "string", "enum": ["a"]}),
            json!({"const": 1}),
            "a",
            "int 1",
        ),
        (
            json!({"const": 1}),
            json!({"enum": [2, 3]}),
            "int 1",
            "int 2|int 3",
        ),
        (
            json!({"const": 1.0}),
            json!({"type": "number", "const": 2}),
            "int 1",
            "int 2",
        ),
        (
            json!({"const": 1.50}),
            json!({"type": "number", "enum": [-2.5, 1e30]}),
            "number 1.5",
            "number -2.5|number 1e+30",
        ),
        (
            json!({"const": true}),
            json!({"const": false}),
            "bool true",
            "bool false",
        ),
        (
            json!({"type": "boolean", "enum": [true]}),
            json!({"const": "b"}),
            "bool true",
            "b",
        ),
        (
            json!({"oneOf": [{"const": "a"}, {"const": "b"}]}),
            json!({"anyOf": [{"const": "c"}, {"type": "string", "enum": ["d"]}]}),
            "a|b",
            "c|d",
        ),
    ];
    let union = json!({"oneOf": [reference("A"), reference("B")]});
    for (start, at) in positions {
        for (a, b, of_a, of_b) in &values {
            let expected = format!("A {start}{of_a}, B {start}{of_b}");
            let (a, b) = (at(a.clone()), at(b.clone()));
            let (found, _) = tags_of(union.clone(), a.clone(), b.clone(), json!({}));
            assert_eq!(found, expected, "{a} {b}");
        }
    }
}

#[test]
fn a_discriminator_names_the_tag_and_its_values() {
    let mapped = |of: &str| json!({"propertyName": "t", "mapping": {"1": of}});
    let by_name = json!({"propertyName": "t"});
    let text = with("t", json!({"type": "string"}));
    let branches = json!([reference("A"), reference("B")]);
    let described = json!([
        {"$ref": "#/components/schemas/A", "description": "D."},
        {"$ref": "#/components/schemas/B", "x-note": 1},
    ]);
    let extended = json!([
        {"allOf": [reference("A"), {"type": "object", "properties": {"x": {}}}]},
        {"$ref": "#/components/schemas/B"},
    ]);
    for (branches, discriminator, a, b, expected) in [
        (&branches, &by_name, &text, &text, "A t=A, B t=B"),
        (&described, &by_name, &text, &text, "A t=A, B t=B"),
        (&branches, &mapped("A"), &text, &text, "A t=1, B t=B"),
        (
            &branches,
            &mapped("#/components/schemas/A"),
            &text,
            &text,
            "A t=1, B t=B",
        ),
        (
            &extended,
            &mapped("#/components/schemas/A"),
            &text,
            &text,
            "B t=B, UObject t=1",
        ),
        // The variant does not have to declare the property.
        (
            &branches,
            &mapped("A"),
            &json!({"type": "object"}),
            &text,
            "A t=1, B t=B",
        ),
        // A mapping value is parsed as the type of the property.
        (
            &branches,
            &mapped("A"),
            &with("t", json!({"type": "integer"})),
            &with("t", json!({"const": 2})),
            "A t=int 1, B t=int 2",
        ),
        (
            &branches,
            &json!({"propertyName": "t", "mapping": {"1.0": "A", "2.50": "B"}}),
            &with("t", json!({"type": "number"})),
            &with("t", json!({"const": 2.5})),
            "A t=int 1, B t=number 2.5",
        ),
        (
            &branches,
            &json!({"propertyName": "t", "mapping": {"true": "A", "false": "B"}}),
            &with("t", json!({"type": "boolean"})),
            &with("t", json!({"type": "boolean"})),
            "A t=bool true, B t=bool false",
        ),
        // Schemas may list other values than the mapping. The mapping decides.
        (
            &branches,
            &mapped("A"),
            &with("t", json!({"enum": ["1", "2"]})),
            &with("t", json!({"enum": ["1", "3"]})),
            "A t=1|2, B t=3",
        ),
    ] {
        let union = json!({"oneOf": branches, "discriminator": discriminator});
        let (found, notes) = tags_of(union, a.clone(), b.clone(), json!({}));
        assert_eq!(found, expected, "{branches} {discriminator} {a} {b}");
        assert_eq!(notes, <[String; 0]>::default());
    }
}

#[test]
fn mapping_to_a_schema_outside_the_union_is_reported() {
    let union = |target: &str| {
        let mapping = json!({"a": target});
        json!({
            "oneOf": [reference("A"), reference("B")],
            "discriminator": {"propertyName": "t", "mapping": mapping},
        })
    };
    let text = with("t", json!({"type": "string"}));
    for target in [
        "Missing",
        "#/components/schemas/Missing",
        "#/components/schemas/C",
    ] {
        let (found, notes) = tags_of(union(target), text.clone(), text.clone(), text.clone());
        assert_eq!(found, "A t=A, B t=B");
        let target = target
            .strip_prefix("#/components/schemas/")
            .unwrap_or(target);
        assert_eq!(
            notes,
            [format!(
                "discriminator-mapping at /components/schemas/U: the value `a` means \
                 \"#/components/schemas/{target}\", which is not a branch → dropped"
            )]
        );
    }
}

#[test]
fn several_tags_together_distinguish_variants() {
    let object = |properties: Value| {
        let names: Vec<&String> = properties.as_object().unwrap().keys().collect();
        json!({"type": "object", "required": names, "properties": properties})
    };
    let union = json!({"oneOf": [reference("A"), reference("B"), reference("C")]});
    for (a, b, c, expected) in [
        // One tag is enough: the first that distinguishes the variants.
        (
            object(json!({"t": {"const": 1}, "s": {"const": 1}})),
            object(json!({"t": {"const": 2}, "s": {"const": 2}})),
            object(json!({"t": {"const": 3}, "s": {"const": 3}})),
            "A t=int 1, B t=int 2, C t=int 3",
        ),
        (
            object(json!({"t": {"const": 1}})),
            object(json!({"t": {"const": 2}, "s": {"const": 1}})),
            object(json!({"t": {"const": 2}, "s": {"const": 2}})),
            "A t=int 1, B t=int 2 & s=int 1, C t=int 2 & s=int 2",
        ),
        // One variant has no tag.
        (
            object(json!({"t": {"const": 1}})),
            object(json!({"t": {"const": 2}})),
            object(json!({"s": {}})),
            "A t=int 1, B t=int 2",
        ),
        // No value belongs to one variant alone.
        (
            object(json!({"t": {"enum": [1, 2]}})),
            object(json!({"t": {"enum": [2, 3]}})),
            object(json!({"t": {"enum": [3, 1]}})),
            "A t=int 1|int 2, B t=int 2|int 3, C t=int 1|int 3",
        ),
        (
            object(json!({"t": {"const": "a"}})),
            object(json!({"t": {"type": "string"}})),
            object(json!({"s": {}})),
            "A t=a",
        ),
        // They distinguish nothing.
        (
            object(json!({"t": {"const": 1}})),
            object(json!({"t": {"const": 1}})),
            object(json!({"t": {"const": 1}})),
            "",
        ),
    ] {
        let (found, _) = tags_of(union.clone(), a.clone(), b.clone(), c.clone());
        assert_eq!(found, expected, "{a} {b} {c}");
    }
}

#[test]
fn enum_values_are_tags() {
    let union = json!({"oneOf": [{"type": "array", "items": {}}, reference("A"), reference("B")]});
    let text = json!({"type": "string"});
    for (a, b, expected) in [
        (json!({"enum": ["a"]}), text.clone(), "A =a"),
        (
            json!({"enum": ["a"]}),
            json!({"enum": ["b", "c"]}),
            "A =a, B =b|c",
        ),
        (
            json!({"enum": ["a", "b"]}),
            json!({"enum": ["b", "c"]}),
            "A =a|b, B =b|c",
        ),
        (
            json!({"enum": [1, 2]}),
            json!({"enum": [3, 4]}),
            "A =int 1|int 2, B =int 3|int 4",
        ),
        (json!({"enum": [1, 2]}), json!({"enum": ["a", "b"]}), ""),
        (text.clone(), json!({"type": "integer"}), ""),
    ] {
        let (found, _) = tags_of(union.clone(), a.clone(), b.clone(), json!({}));
        assert_eq!(found, expected, "{a} {b}");
    }
}

#[test]
fn untagged_branch_does_not_affect_the_tags_of_others() {
    let tag = |value: &str| with("t", json!({"const": value}));
    let tagged = [reference("A"), reference("B")];
    let described = [
        json!({"$ref": "#/components/schemas/A", "description": "D."}),
        json!({"$ref": "#/components/schemas/B"}),
    ];
    let union = json!({"oneOf": [reference("V"), reference("W")]});
    for branches in [tagged, described] {
        for other in [
            None,
            Some(json!({"type": "string"})),
            Some(json!({"type": "array", "items": {"type": "integer"}})),
            Some(json!({"type": "null"})),
            Some(reference("Text")),
            Some(reference("Alias")),
        ] {
            let branches = branches.iter().cloned().chain(other).collect::<Vec<_>>();
            let components = json!({
                "A": tag("a"), "B": tag("b"),
                "Text": {"type": "string", "maxLength": 3},
                "Alias": reference("Inner"),
                "Inner": {"oneOf": [{"type": "integer"}, {"type": "boolean"}]},
                "V": {"oneOf": branches.clone()},
                "W": {"anyOf": branches},
                "U": union,
            });
            let (shaped, _) = shaped(json!({}), components);
            for name in ["V", "W", "U"] {
                assert_eq!(tags(&shaped, name), "A t=a, B t=b", "{branches:?}");
            }
        }
    }
}

#[test]
fn inner_union_variants_are_distinguished_with_the_outer_ones() {
    let tag = |value: &str| with("t", json!({"const": value}));
    let text = with("t", json!({"type": "string"}));
    let inner = json!({"oneOf": [reference("A"), reference("B")]});
    let mapped = json!({
        "oneOf": [reference("A"), reference("B")],
        "discriminator": {"propertyName": "t", "mapping": {"a": "A", "b": "B"}},
    });
    let outer = json!({"oneOf": [reference("Inner"), reference("C")]});
    let outer_mapped = json!({
        "oneOf": [reference("Inner"), reference("C")],
        "discriminator": {"propertyName": "t", "mapping": {"a": "A", "b": "B", "c": "C"}},
    });
    let (a, b, c) = (tag("a"), tag("b"), tag("c"));
    for (inner, outer, a, b) in [
        (&inner, &outer, &a, &b),
        (&mapped, &outer, &text, &text),
        (&inner, &outer_mapped, &text, &text),
    ] {
        let components = json!({"A": a, "B": b, "C": c, "Inner": inner, "U": outer});
        let (shaped, _) = shaped(json!({}), components);
        assert_eq!(tags(&shaped, "U"), "A t=a, B t=b, C t=c");
    }
}

#[test]
fn schemas_that_extend_a_base_are_its_variants() {
    let pet = json!({
        "type": "object",
        "required": ["t"],
        "properties": {"t": {"type": "string"}},
        "discriminator": {"propertyName": "t", "mapping": {"hound": "Dog"}},
    });
    let builds_on =
        |name: &str| json!({"allOf": [reference(name), {"properties": {"a": {"type": "string"}}}]});
    let mut dog = builds_on("Pet");
    for own in [Value::Null, json!({"propertyName": "t"})] {
        if !own.is_null() {
            dog["discriminator"] = own;
        }
        let components = json!({
            "Pet": pet,
            "Dog": dog,
            "Puppy": builds_on("Dog"),
            "Newborn": builds_on("Puppy"),
            "Cat": builds_on("Pet"),
            "Alias": reference("Pet"),
            "Owner": {"type": "object", "properties": {
                "pet": reference("Pet"), "dog": reference("Dog"), "alias": reference("Alias"),
            }},
        });
        let (shaped, report) = shaped(json!({}), components);
        let expected =
            "Cat t=Cat, DogBase t=hound, Newborn t=Newborn, PetBase t=Pet, Puppy t=Puppy";
        assert_eq!(tags(&shaped, "Pet"), expected);
        // A schema between the base and the others inherits the discriminator.
        let tag = match dog.get("discriminator") {
            Some(_) => "Dog",
            None => "hound",
        };
        let expected = format!("DogBase t={tag}, Newborn t=Newborn, Puppy t=Puppy");
        assert_eq!(tags(&shaped, "Dog"), expected);
        assert!(
            !codes(&report).contains(&"discriminator-mapping"),
            "{report}"
        );
    }
}

#[test]
fn schema_that_adds_nothing_is_a_variant_unless_it_is_an_alias() {
    let pet = json!({
        "type": "object",
        "required": ["t"],
        "properties": {"t": {"type": "string"}},
        "discriminator": {"propertyName": "t", "mapping": {"tom": "Mapped", "gone": "Gone"}},
    });
    let adds_nothing = |name: &str| json!({"allOf": [reference(name)], "description": "D."});
    let components = json!({
        "Pet": pet,
        "Cat": adds_nothing("Pet"),
        "Kitten": {"allOf": [reference("Cat")]},
        "Lion": reference("Cat"),
        "Mapped": adds_nothing("Pet"),
        "Alias": adds_nothing("Pet"),
        "Outer": reference("Inner"),
        "Inner": reference("Pet"),
        "Owner": {"type": "object", "properties": {
            "pet": reference("Pet"), "mapped": reference("Mapped"), "alias": reference("Alias"),
            "outer": reference("Outer"),
        }},
    });
    let (shaped, report) = shaped(json!({}), components);
    assert!(
        codes(&report).contains(&"discriminator-mapping"),
        "{report}"
    );
    assert_eq!(
        tags(&shaped, "Pet"),
        "Cat t=Cat, Kitten t=Kitten, Lion t=Lion, Mapped t=tom, PetBase t=Pet"
    );
    let of = |name: &str| shaped.document.root["components"]["schemas"][name].clone();
    for name in ["Cat", "Kitten", "Mapped"] {
        assert!(alias(&of(name)).is_none(), "{name}: {}", of(name));
    }
    for (name, target) in [("Alias", "Pet"), ("Outer", "Inner"), ("Inner", "Pet")] {
        assert_eq!(alias(&of(name)), Some(target), "{name}: {}", of(name));
    }
}

#[test]
fn schemas_that_build_on_an_alias_are_variants_of_its_target() {
    let pet = json!({
        "type": "object",
        "required": ["t"],
        "properties": {"t": {"type": "string"}},
        "discriminator": {"propertyName": "t"},
    });
    let builds_on = |name: &str| {
        let own = json!({"type": "object", "properties": {name: {"type": "string"}}});
        json!({"allOf": [reference(name), own]})
    };
    for described in [false, true] {
        let alias_of = |name: &str| match described {
            true => json!({"allOf": [reference(name)], "description": "D."}),
            false => reference(name),
        };
        let components = json!({
            "Pet": pet,
            "Alias": alias_of("Pet"),
            "Outer": alias_of("Alias"),
            "Cat": builds_on("Outer"),
            "CatAlias": alias_of("Cat"),
            "Kitten": builds_on("CatAlias"),
            "Newborn": builds_on("Kitten"),
            "Owner": {"type": "object", "properties": {
                "pet": reference("Pet"),
                "alias": reference("Alias"),
                "outer": reference("Outer"),
                "cat": reference("CatAlias"),
            }},
        });
        let (shaped, _) = shaped(json!({}), components);
        assert_eq!(
            tags(&shaped, "Pet"),
            "CatBase t=Cat, Kitten t=Kitten, Newborn t=Newborn, PetBase t=Pet"
        );
        assert_eq!(
            tags(&shaped, "Cat"),
            "CatBase t=Cat, Kitten t=Kitten, Newborn t=Newborn"
        );
    }
}

#[test]
fn discriminator_without_a_union_is_reported() {
    let alone = json!({"type": "object", "discriminator": {"propertyName": "t"}});
    let (found, notes) = tags_of(alone, json!({}), json!({}), json!({}));
    assert_eq!(found, "");
    assert_eq!(
        notes,
        [
            "discriminator-alone at /components/schemas/U: a discriminator, \"t\", without a \
             union → dropped"
        ]
    );
}

#[test]
fn undeclared_discriminator_property_is_added() {
    let union =
        json!({"oneOf": [reference("A"), reference("B")], "discriminator": {"propertyName": "t"}});
    let (shaped, _) = shaped(
        json!({}),
        json!({"A": {"type": "object"}, "B": with("b", json!({})), "U": union}),
    );
    for name in ["A", "B"] {
        let schema = &shaped.document.root["components"]["schemas"][name];
        assert_eq!(schema["properties"]["t"], json!({"type": "string"}));
    }
}
