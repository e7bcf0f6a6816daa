//! Tests the order of the branches of a union, and the values that distinguish them.

use serde_json::{Value, json};

use super::*;
use crate::shape::unions::FALLBACK;

#[test]
fn the_branches_keep_the_order_of_the_document_and_the_decoder_tries_the_strictest_first() {
    let object = |names: &[&str]| {
        let properties = names.iter().map(|name| ((*name).to_owned(), json!({})));
        let properties: serde_json::Map<String, Value> = properties.collect();
        json!({"type": "object", "required": names, "properties": properties})
    };
    let (shaped, _) = shaped(
        json!({}),
        json!({
            "Few": object(&["a"]),
            "Many": object(&["a", "b"]),
            "Built": {"allOf": [object(&["c", "d"]), reference("Few")]},
            "Extended": {"allOf": [reference("Built"), object(&["a", "e"])]},
            "U": {"anyOf": [
                {"type": "string"},
                {"type": "integer"},
                {"$ref": "#/components/schemas/Few"},
                {"$ref": "#/components/schemas/Many"},
                {"$ref": "#/components/schemas/Built"},
                {"$ref": "#/components/schemas/Extended"},
            ]},
        }),
    );
    let found = &shaped.document.root["components"]["schemas"];
    assert_eq!(
        found["U"],
        json!({"oneOf": [
            {"type": "string"}, {"type": "integer"},
            reference("Few"), reference("Many"), reference("Built"), reference("Extended"),
            {FALLBACK: true},
        ]})
    );
    let tried: Vec<&str> = shaped.unions["U"]
        .iter()
        .map(|of| of.name.as_str())
        .collect();
    assert_eq!(
        tried,
        ["Extended", "Built", "Many", "Few", "integer", "string"]
    );
}

#[test]
fn a_union_of_strings_is_one_enum_of_all_values() {
    let text = json!({"type": "string"});
    let with = |values: Value| json!({"type": "string", "enum": values});
    let status = reference("Status");
    let named = json!({"type": "string", "enum": ["c"], "x-enumDescriptions": {"c": "C."}});
    for (branches, expected) in [
        (
            json!([text, with(json!(["a", "b"]))]),
            with(json!(["a", "b"])),
        ),
        (
            json!([with(json!(["a", "b"])), with(json!(["b", "c"]))]),
            with(json!(["a", "b", "c"])),
        ),
        (
            json!([status, with(json!([""]))]),
            with(json!(["On", "Off", "Empty"])),
        ),
        (json!([text, status]), json!({"allOf": [status]})),
        (
            json!([with(json!(["a"])), reference("Nested")]),
            with(json!(["a", "on", "off", "n"])),
        ),
        (json!([text, named]), named.clone()),
        (
            json!([text, {"type": "string", "format": "date"}]),
            text.clone(),
        ),
        (
            json!([{"type": "string", "format": "password"}, with(json!(["a"]))]),
            json!({"type": "string", "format": "password"}),
        ),
    ] {
        for keyword in ["anyOf", "oneOf"] {
            let found = schemas(json!({
                "Status": with(json!(["on", "off"])),
                "Nested": {"oneOf": [status, with(json!(["n"]))]},
                "Holder": {"type": "object", "properties": {"s": {keyword: branches}}},
            }));
            let property = &found["Holder"]["properties"]["s"];
            let found = match referred(property).filter(|name| *name == "HolderS") {
                Some(name) => &found[name],
                None => property,
            };
            assert_eq!(*found, expected, "{keyword}: {branches}");
        }
    }
    // A component has the values itself.
    let found = schemas(json!({
        "Known": with(json!(["a"])),
        "Model": {"anyOf": [text, reference("Known")], "description": "A model."},
    }));
    assert_eq!(
        found["Model"],
        json!({"description": "A model.", "type": "string", "enum": ["a"]})
    );
}

#[test]
fn branches_that_merge_to_null_are_removed() {
    let found = schemas(json!({
        "Object": {"type": "object", "additionalProperties": {"type": "number"}},
        "Of": {"oneOf": [
            {"allOf": [reference("Object"), only_null()]},
            {"allOf": [reference("Object")], "description": "D."},
            {"type": ["null", "boolean", "integer"]},
            only_null(),
        ]},
    }));
    assert_eq!(
        found["Of"],
        json!({"oneOf": [
            {"allOf": [reference("Object")], "description": "D."},
            reference("OfBooleanOrInteger"),
            {FALLBACK: true},
        ]})
    );
}

#[test]
fn branches_that_exclude_each_other_are_not_combined() {
    let tagged = |tag: Value| json!({"type": "object", "required": ["t"], "properties": {"t": {"enum": [tag]}}});
    let own = |name: &str| json!({"allOf": [reference(name), {"properties": {"own": {"type": "boolean"}}}]});
    for (cat, dog) in [
        (json!("cat"), json!("dog")),
        (json!(1), json!(2)),
        (json!(true), json!(false)),
    ] {
        for (base, derived) in [
            (vec!["Cat", "Dog"], vec!["OwnCat", "OwnDog", "OwnCow"]),
            (vec!["Cat", "Dog", "Cow"], vec!["OwnCat", "OwnDog"]),
        ] {
            let union = |names: &[&str]| {
                let branches: Vec<Value> = names.iter().map(|name| reference(name)).collect();
                json!({"type": "object", "properties": {"pet": {"oneOf": branches}}})
            };
            let found = schemas(json!({
                "Cat": tagged(cat.clone()),
                "Dog": tagged(dog.clone()),
                "Cow": tagged(json!("cow")),
                "OwnCat": own("Cat"),
                "OwnDog": own("Dog"),
                "OwnCow": own("Cow"),
                "Home": {"allOf": [union(&base), union(&derived)]},
            }));
            let union = referred(&found["Home"]["properties"]["pet"]).unwrap();
            let branches = found[union]["oneOf"].as_array().unwrap();
            let objects = branches.iter().filter(|branch| !branch.has(FALLBACK));
            assert_eq!(objects.count(), 2, "{cat}, {base:?}: {found:#}");
        }
    }
}

#[test]
fn branches_that_siblings_exclude_are_dropped() {
    let mapping = json!({
        "a": "#/components/schemas/A",
        "b": "#/components/schemas/B",
        "c": "#/components/schemas/C",
    });
    let plain = json!({"oneOf": [reference("A"), reference("B"), reference("C")]});
    let mut mapped = plain.clone();
    mapped["discriminator"] = json!({"propertyName": "kind", "mapping": mapping});
    let of = |kinds: &[&str]| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": kinds}}});
    let beside = |union: &Value, kinds: &[&str]| {
        let mut schema = of(kinds);
        for (key, value) in union.as_object().unwrap() {
            schema[key] = value.clone();
        }
        schema
    };
    let dropped = |count| {
        let what =
            format!("branches of `oneOf` that the schemas next to it exclude → {count} dropped");
        vec![("all-of-contradiction", "/components/schemas/T", what)]
    };
    for union in [&plain, &mapped] {
        for (kinds, expected, notes) in [
            (
                &["a", "b", "c"][..],
                "Ta kind=a, Tb kind=b, Tc kind=c",
                vec![],
            ),
            (&["a", "b", "d"], "Ta kind=a, Tb kind=b", dropped(1)),
            (&["a"], "", dropped(2)),
        ] {
            let kind = of(kinds);
            let through = json!({"allOf": [reference("Union"), kind]});
            for schema in [
                json!({"allOf": [union, kind]}),
                json!({"allOf": [kind, union]}),
                through,
                beside(union, kinds),
            ] {
                let (shaped, report) = shaped(
                    json!({}),
                    json!({"A": of(&["a"]), "B": of(&["b"]), "C": of(&["c"]), "Union": union, "T": schema}),
                );
                let notes: Vec<_> = notes
                    .iter()
                    .map(|(kind, at, what)| (*kind, *at, what.as_str()))
                    .collect();
                let report = report
                    .iter()
                    .map(|entry| (entry.code, entry.pointer.as_str(), entry.what.as_str()));
                let found = &shaped.document.root["components"]["schemas"]["T"];
                assert_eq!(found.has("oneOf"), kinds.len() > 1, "{schema:#}");
                assert_eq!(super::tags::tags(&shaped, "T"), expected, "{schema:#}");
                assert_eq!(report.collect::<Vec<_>>(), notes, "{schema:#}");
            }
        }
    }
}

#[test]
fn base_with_a_discriminator_becomes_a_union() {
    let pet = json!({
        "type": "object",
        "description": "d",
        "required": ["t"],
        "properties": {"t": {"type": "string"}},
        "discriminator": {"propertyName": "t", "mapping": {"kitten": "#/components/schemas/Cat"}},
    });
    let heir = json!({"allOf": [reference("Pet"), {"properties": {"a": {"type": "string"}}}]});
    let (shaped, report) = shaped(
        json!({}),
        json!({
            "Pet": pet,
            "Cat": heir,
            "Dog": heir,
            "Owner": {"type": "object", "properties": {"pet": reference("Pet")}},
            // It is only referenced as a conjunct.
            "Part": pet,
            "Whole": {"allOf": [reference("Part"), {"properties": {"a": {"type": "string"}}}]},
        }),
    );
    let found = &shaped.document.root["components"]["schemas"];
    assert_eq!(found["Owner"]["properties"]["pet"], reference("Pet"));
    assert_eq!(
        found["Pet"]["oneOf"],
        json!([reference("Cat"), reference("Dog"), reference("PetBase"), {FALLBACK: true}])
    );
    assert_eq!(found["Pet"]["description"], "d");
    assert_eq!(found["Cat"]["allOf"][0], reference("PetBase"));
    assert_eq!(found["PetBase"]["properties"], pet["properties"]);
    assert_eq!(
        super::tags::tags(&shaped, "Pet"),
        "Cat t=kitten, Dog t=Dog, PetBase t=Pet"
    );
    assert_eq!(found["Whole"]["allOf"][0], reference("Part"));
    assert_eq!(
        codes(&report),
        ["discriminator-inherited", "discriminator-alone"]
    );
}

#[test]
fn union_in_responses_accepts_any_value_last() {
    let union = json!({"oneOf": [
        {"$ref": "#/components/schemas/A"},
        {"$ref": "#/components/schemas/B"},
    ]});
    let object = |name: &str| json!({"type": "object", "required": [name]});
    let (_, found, _, _) = check(
        json!({
            "requestBody": json_body(json!({"type": "array", "items": reference("Sent")})),
            "responses": {"200": json_body(json!({"type": "array", "items": reference("Read")}))},
        }),
        json!({"A": object("a"), "B": object("b"), "Read": union, "Sent": union, "Told": union}),
    );
    let closed = json!([reference("A"), reference("B")]);
    let open = json!([reference("A"), reference("B"), {FALLBACK: true}]);
    assert_eq!(found["Sent"]["oneOf"], closed);
    assert_eq!(found["Read"]["oneOf"], open);
    // The union may belong to an error or a webhook.
    assert_eq!(found["Told"]["oneOf"], open);
}

#[test]
fn properties_next_to_a_union_are_copied_into_its_branches() {
    let object = |name: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}});
    let found = schemas(json!({
        "Cat": object("cat"),
        "Dog": object("dog"),
        "Pet": {
            "type": "object",
            "properties": {"kind": {"type": "string"}},
            "oneOf": [reference("Cat"), reference("Dog")],
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "Dog"}},
        },
        "Contact": {"oneOf": [object("mail"), object("phone")]},
        "User": {"allOf": [reference("Contact"), object("name")]},
    }));
    let of = |name: &str| {
        json!([
            reference(&format!("{name}Cat")),
            reference(&format!("{name}Dog")),
            {FALLBACK: true}
        ])
    };
    assert_eq!(found["Pet"]["oneOf"], of("Pet"));
    assert_eq!(
        found["Pet"]["discriminator"]["mapping"],
        json!({"cat": reference("PetCat")["$ref"], "dog": reference("PetDog")["$ref"]})
    );
    let beside = json!({"type": "object", "properties": {"kind": {"type": "string"}}});
    assert_eq!(
        found["PetDog"],
        json!({"allOf": [beside, reference("Dog")]})
    );
    assert_eq!(
        found["User"]["oneOf"],
        json!([reference("UserMail"), reference("UserPhone"), {FALLBACK: true}])
    );
    assert_eq!(
        found["UserPhone"],
        json!({"allOf": [object("name"), reference("ContactPhone")]})
    );
}

#[test]
fn recursive_union_is_not_distributed() {
    let cat = json!({"allOf": [reference("Pet"), {"properties": {"a": {"type": "string"}}}]});
    let pet = json!({"oneOf": [reference("Cat"), reference("Dog")]});
    let dog = json!({"type": "object", "properties": {"b": {"type": "string"}}});
    let found = schemas(json!({"Cat": cat, "Dog": dog, "Pet": pet}));
    let names: Vec<&String> = found.as_object().unwrap().keys().collect();
    assert_eq!(names, ["Cat", "Dog", "Pet"]);
}

#[test]
fn combinations_of_properties_are_not_checked() {
    let properties = json!({"a": {"type": "string"}, "b": {"type": "string"}});
    let (.., codes) = check(json!({}), json!({}));
    assert_eq!(codes, <[&str; 0]>::default());
    let (_, found, _, codes) = check(
        json!({}),
        json!({"A": {
            "type": "object",
            "properties": properties,
            "anyOf": [{"required": ["a"]}, {"title": "B", "required": ["b"]}],
        }}),
    );
    assert_eq!(
        found["A"],
        json!({"type": "object", "properties": properties})
    );
    assert_eq!(codes, ["not-checked"]);
}

#[test]
fn branches_that_only_constrain_the_properties_of_their_object_are_one_struct() {
    let letter = reference("Letter");
    let properties = json!({"letter": letter, "n": {"type": "integer"}, "any": {}});
    let required = json!({"required": ["n"]});
    let of = |name: &str, constraint: Value| json!({"properties": {name: constraint}});
    for (branch, is_one) in [
        (of("letter", json!({"enum": ["F"]})), true),
        (of("letter", json!({"type": "string", "const": "F"})), true),
        (of("n", json!({"minimum": 1})), true),
        (
            json!({"type": "object", "required": ["n"], "properties": {"letter": {"enum": ["V"]}}}),
            true,
        ),
        // Each of these describes a property that the object does not have in this form.
        (of("new", json!({"enum": ["F"]})), false),
        (json!({"required": ["n", "new"]}), false),
        (of("n", json!({"type": "string"})), false),
        (of("any", json!({"type": "string"})), false),
        (of("any", json!({"enum": ["a"]})), false),
        (of("any", json!({"properties": {"a": {}}})), false),
        (of("any", letter.clone()), false),
        (
            json!({"required": ["n"], "additionalProperties": {"type": "string"}}),
            false,
        ),
    ] {
        for keyword in ["anyOf", "oneOf"] {
            let union = json!([required, branch]);
            let object = json!({"type": "object", "properties": properties});
            let mut beside = object.clone();
            beside[keyword] = union.clone();
            let conjunction = json!({"allOf": [object, {keyword: union}]});
            let of_base = json!({"allOf": [reference("Base"), {keyword: union}]});
            let found = schemas(json!({
                "Letter": {"type": "string", "enum": ["F", "V"]},
                "Base": object,
                "Beside": beside,
                "Conjunction": conjunction,
                "OfBase": of_base,
            }));
            for name in ["Beside", "Conjunction", "OfBase"] {
                let is_union = found[name].get("oneOf").is_some();
                assert_eq!(!is_union, is_one, "{name}, {keyword}: {branch}");
            }
        }
    }
}

#[test]
fn branch_with_only_required_keeps_all_properties() {
    for type_ in [json!({"type": "object"}), json!({})] {
        let mut branch = type_;
        branch["required"] = json!(["a"]);
        let found = schemas(json!({"U": {"anyOf": [branch, {"type": "integer"}]}}));
        assert_eq!(
            found["U"]["oneOf"],
            json!([reference("UObject"), {"type": "integer"}, {FALLBACK: true}]),
            "{branch}"
        );
        // A type would keep only the one property.
        assert_eq!(found["UObject"], json!({"type": "object"}), "{branch}");
    }
}

#[test]
fn null_moves_from_branches_to_the_union() {
    let nullable = json!({"type": "integer", "nullable": true});
    let found = schemas(json!({
        "Holder": {"type": "object", "properties": {"u": reference("U")}},
        "U": {"anyOf": [
            {"anyOf": [{"type": "string"}, nullable, {"anyOf": [nullable, {"type": "array", "items": {}}]}]},
            only_null(),
        ]},
    }));
    assert_eq!(
        found["U"]["oneOf"],
        json!([{"type": "string"}, {"type": "integer"}, reference("UArray"), {FALLBACK: true}])
    );
    assert_eq!(
        found["UArray"]["oneOf"],
        json!([{"type": "integer"}, {"type": "array", "items": {}}, {FALLBACK: true}])
    );
    assert_eq!(
        found["Holder"]["properties"]["u"],
        json!({"anyOf": [reference("U"), only_null()]})
    );
}

#[test]
fn duplicate_branches_are_removed() {
    let found = schemas(json!({
        "A": {"type": "object", "properties": {"a": {"type": "string"}}},
        "U": {"anyOf": [reference("A"), reference("A"), {"type": "integer"}]},
    }));
    assert_eq!(
        found["U"]["oneOf"],
        json!([reference("A"), {"type": "integer"}, {FALLBACK: true}])
    );
}

#[test]
fn union_of_overlapping_objects_is_open_in_requests() {
    let object = |member: &str, of: Value| json!({"type": "object", "required": [member], "properties": {member: of}});
    let kind = |value: &str| object("kind", json!({"type": "string", "enum": [value]}));
    let text = json!({"type": "string"});
    let [a, b] = [reference("A"), reference("B")];
    for (union, first, second, is_open) in [
        (
            json!({"anyOf": [a, b]}),
            object("a", text.clone()),
            object("b", text.clone()),
            true,
        ),
        (
            json!({"oneOf": [a, b]}),
            object("a", text.clone()),
            object("b", text.clone()),
            false,
        ),
        (json!({"anyOf": [a, b]}), kind("a"), kind("b"), false),
        (
            json!({"anyOf": [a, b]}),
            object("a", text.clone()),
            text.clone(),
            false,
        ),
    ] {
        let (_, found, _, _) = check(
            json!({"requestBody": json_body(reference("U"))}),
            json!({"A": first, "B": second, "U": union}),
        );
        let mut expected = vec![a.clone(), b.clone()];
        expected.extend(is_open.then(|| json!({FALLBACK: true})));
        assert_eq!(found["U"]["oneOf"], Value::from(expected), "{union}");
    }
}

#[test]
fn annotations_of_a_union_are_not_copied_into_its_branches() {
    let object = |name: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}});
    let found = schemas(json!({
        "A": object("a"),
        "B": {"allOf": [object("b"), reference("A")]},
        "U": {"oneOf": [reference("A"), reference("B")], "x-since": "3", "example": {"a": "x"}},
    }));
    assert_eq!(
        found["U"]["oneOf"],
        json!([reference("A"), reference("B"), {FALLBACK: true}])
    );
    let names: Vec<&String> = found.as_object().unwrap().keys().collect();
    assert_eq!(names, ["A", "B", "U"]);
}

#[test]
fn sample_of_a_variant_selects_the_branches_of_inner_unions() {
    let tagged = |tag: Value, name: &str| {
        json!({
            "type": "object",
            "required": ["t", name],
            "properties": {"t": tag, name: {"type": "boolean"}},
        })
    };
    for (tag, mapping, value) in [
        (json!({"type": "string"}), json!({}), json!("Cat")),
        (
            json!({"type": "string"}),
            json!({"c": "Cat", "d": "Dog"}),
            json!("c"),
        ),
        (
            json!({"type": "integer"}),
            json!({"5": "Cat", "6": "Dog"}),
            json!(5),
        ),
        (
            json!({"type": "boolean"}),
            json!({"false": "Cat", "true": "Dog"}),
            json!(false),
        ),
    ] {
        let (shaped, _) = shaped(
            json!({}),
            json!({
                "Cat": tagged(tag.clone(), "meows"),
                "Dog": tagged(tag, "barks"),
                "Pet": {
                    "oneOf": [reference("Cat"), reference("Dog")],
                    "discriminator": {"propertyName": "t", "mapping": mapping},
                },
                "Owner": {"type": "object", "required": ["pet"], "properties": {"pet": reference("Pet")}},
                "Outer": {"anyOf": [reference("Owner"), {"items": {"type": "integer"}}]},
            }),
        );
        let expected = json!({"pet": {"meows": true, "t": value}});
        // A branch with `items` is a list, even without a type.
        let expected = [Some(expected), Some(json!([1])), None];
        assert_eq!(shaped.samples["Outer"], expected);
    }
}

#[test]
fn a_sample_does_not_fit_an_earlier_variant_of_the_same_type_as_a_later_one() {
    let (shaped, report) = shaped(
        json!({}),
        json!({
            "U": {"anyOf": [
                {"anyOf": [{"type": "integer"}, {"enum": ["b", 3]}, {"type": "string"}]},
                reference("Leaf"),
            ]},
            "Leaf": {"type": "integer"},
        }),
    );
    assert_eq!(shaped.samples["U"][1], None);
    assert!(codes(&report).contains(&"variant-shadowed"), "{report}");
}
