//! Tests how the types of inline schemas are named.

use serde_json::Map;

use super::*;

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

/// Checks the names of all components of a document with these schemas.
#[track_caller]
fn check_names(components: Value, expected: &[&str]) {
    let found = schemas(components);
    let mut names: Vec<&String> = found.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, expected);
}

#[test]
fn type_gets_the_shortest_free_name() {
    let team = || object(json!({"name": {"type": "string"}}));
    let titled = |title: &str, mut schema: Value| {
        schema["title"] = title.into();
        schema
    };
    let people = |team: Value| object(json!({"people": list(object(json!({"team": team})))}));
    for (components, expected) in [
        // Items are singular, and the head of the path is dropped.
        (
            json!({"Office": people(team())}),
            &["Office", "OfficePerson", "PersonTeam"][..],
        ),
        // If two names collide, both take the longer path.
        (
            json!({"Office": people(team()), "Shop": people(team())}),
            &[
                "Office",
                "OfficePerson",
                "OfficePersonTeam",
                "Shop",
                "ShopPerson",
                "ShopPersonTeam",
            ],
        ),
        // A component wins.
        (
            json!({"Office": people(team()), "PersonTeam": {"type": "string"}}),
            &["Office", "OfficePerson", "OfficePersonTeam", "PersonTeam"],
        ),
        // A title is preferred, unless two have it.
        (
            json!({"Office": people(titled("crew", team()))}),
            &["Crew", "Office", "OfficePerson"],
        ),
        // A title wins over a path, unless the path is the only candidate of another type. The
        // types inside are named after the title.
        (
            json!({
                "A": object(json!({"b": titled("IndividualBenefit", object(json!({"e": team()})))})),
                "IndividualBenefits": list(team()),
            }),
            &[
                "A",
                "IndividualBenefit",
                "IndividualBenefitE",
                "IndividualBenefits",
                "IndividualBenefitsItem",
            ],
        ),
        (
            json!({
                "A": object(json!({"b": titled("C d", object(json!({"e": team()})))})),
                "C": object(json!({"d": team()})),
            }),
            &["A", "Ab", "C", "Cd", "CdE"],
        ),
        (
            json!({"A": object(json!({"b": titled("T", team()), "c": titled("T", team())}))}),
            &["A", "Ab", "Ac"],
        ),
        // Words are not repeated.
        (
            json!({"Benefit": object(json!({"benefit_type": team()}))}),
            &["Benefit", "BenefitType"],
        ),
        // A word that means little keeps the word before it.
        (
            json!({"Page": object(json!({"data": object(json!({"attributes": team()}))}))}),
            &["Page", "PageData", "PageDataAttributes"],
        ),
        // The whole path is the fallback.
        (
            json!({"Offices": list(team()), "Office": {"type": "string"}}),
            &["Office", "Offices", "OfficesItem"],
        ),
        // A number is the last resort.
        (
            json!({"A": object(json!({"b_c": team(), "bC": team()}))}),
            &["A", "Abc", "Abc2"],
        ),
        (
            json!({"A": object(json!({"self": titled("Self", team()), "s": titled("String", team())}))}),
            &["A", "SelfSchema", "StringSchema"],
        ),
    ] {
        check_names(components, expected);
    }
}

#[test]
fn branch_is_named_by_its_distinguishing_property() {
    let tagged = |values: &[&str]| {
        let mut branch = object(json!({"kind": {"type": "string", "enum": values}}));
        branch["required"] = json!(["kind"]);
        branch
    };
    let requires = |names: &[&str]| {
        let mut branch = object(json!({}));
        for name in names {
            branch["properties"][name] = json!({"type": "string"});
        }
        branch["required"] = json!(names);
        branch
    };
    let titled = |mut branch: Value| {
        branch["title"] = "titled".into();
        branch
    };
    let nested = |name: &str| {
        let mut branch = object(json!({name: object(json!({"x": {"type": "string"}}))}));
        branch["required"] = json!([name]);
        branch
    };
    let plain = |name: &str| object(json!({name: {"type": "string"}}));
    for (branches, expected) in [
        (
            json!([tagged(&["any"]), tagged(&["one-of"])]),
            &["U", "UAny", "UAnyKind", "UOneOf", "UOneOfKind"][..],
        ),
        (
            json!([requires(&["page_id"]), requires(&["block_id"])]),
            &["U", "UBlockId", "UPageId"],
        ),
        (json!([plain("a"), {"type": "string"}]), &["U", "UObject"]),
        (
            json!([plain("a"), {"type": "array", "items": {"type": "string"}}]),
            &["U", "UObject"],
        ),
        (json!([plain("a"), plain("b")]), &["U", "UWithA", "UWithB"]),
        // Several values, and several required properties.
        (
            json!([tagged(&["on", "off"]), tagged(&["x"])]),
            &["U", "UOffOrOn", "UOffOrOnKind", "Ux", "UxKind"],
        ),
        (
            json!([requires(&["a", "b"]), requires(&["c"])]),
            &["U", "UWithA", "Uc"],
        ),
        (
            json!([requires(&["a", "b"]), requires(&["c", "d"])]),
            &["U", "UWithA", "UWithC"],
        ),
        // A branch with a title or a name needs no kind.
        (
            json!([requires(&["a", "b"]), titled(requires(&["c", "d"]))]),
            &["Titled", "U", "UObject"],
        ),
        // A branch and its only property cannot have one name.
        (
            json!([nested("card"), nested("bank")]),
            &["U", "UBankBank", "UCardCard", "UWithBank", "UWithCard"],
        ),
        // A number is the last resort.
        (
            json!([plain("a"), object(json!({"a": {"type": "integer"}}))]),
            &["U", "UVariant1", "UVariant2"],
        ),
    ] {
        check_names(json!({"U": {"oneOf": branches}}), expected);
    }
}

#[test]
fn what_only_a_conjunction_refers_to_is_no_type() {
    let tagged = |value: &str| {
        let mut branch = object(json!({"kind": {"type": "string", "enum": [value]}}));
        branch["required"] = json!(["kind"]);
        branch
    };
    let beside = json!({"properties": {"name": {"type": "string"}}, "oneOf": [
        tagged("a"),
        {"allOf": [tagged("b"), {"properties": {"of": object(json!({"x": {"type": "string"}}))}}]},
        reference("Known"),
    ]});
    check_names(
        json!({"Known": tagged("c"), "U": beside}),
        &[
            "Known",
            "KnownKind",
            "U",
            "Ua",
            "UaKind",
            "Ub",
            "UbKind",
            "UbOf",
            "Uc",
        ],
    );
}

#[test]
fn inline_enums_with_one_property_name_and_the_same_values_are_one_type() {
    let of = |values: &[&str]| json!({"type": "string", "enum": values});
    let with = |name: &str, schema: Value| object(json!({name: schema}));
    let titled = |title: &str, mut schema: Value| {
        schema["title"] = title.into();
        schema
    };
    let described = |mut schema: Value| {
        schema["description"] = "D.".into();
        schema
    };
    let [ab, c] = [of(&["a", "b"]), of(&["c"])];
    let with_default =
        |value: &str| json!({"type": "string", "enum": ["a", "b"], "default": value});
    for (a, b, expected) in [
        (
            with("status", ab.clone()),
            with("status", ab.clone()),
            &["A", "B", "Status"][..],
        ),
        (
            with("status", ab.clone()),
            with("status", described(ab.clone())),
            &["A", "B", "Status"],
        ),
        // The default belongs to the use, not to the type.
        (
            with("status", ab.clone()),
            with("status", with_default("a")),
            &["A", "B", "Status"],
        ),
        (
            with("status", with_default("a")),
            with("status", with_default("b")),
            &["A", "B", "Status"],
        ),
        (
            with("status", ab.clone()),
            with("statuses", list(ab.clone())),
            &["A", "B", "Status"],
        ),
        (
            with("status", ab.clone()),
            with("status", c.clone()),
            &["A", "AStatus", "B", "BStatus"],
        ),
        (
            with("status", ab.clone()),
            with("state", ab.clone()),
            &["A", "AStatus", "B", "BState"],
        ),
        // A word that means little alone keeps the word before it, or gets the value.
        (
            with("type", ab.clone()),
            with("type", ab.clone()),
            &["A", "AType", "B"],
        ),
        (
            with("type", c.clone()),
            with("type", c.clone()),
            &["A", "B", "TypeC"],
        ),
        // Titles are names, too.
        (
            with("x", titled("Status", ab.clone())),
            with("status", ab.clone()),
            &["A", "B", "Status"],
        ),
        (
            with("status", titled("S", ab.clone())),
            with("status", titled("T", ab.clone())),
            &["A", "B", "S", "T"],
        ),
        // A component wins.
        (
            with("b", ab.clone()),
            object(json!({"b": ab.clone(), "c": with("b", ab)})),
            &["A", "Ab", "B", "Bc"],
        ),
    ] {
        check_names(json!({"A": a, "B": b}), expected);
    }
}

#[test]
fn a_parameter_component_is_one_type() {
    let of = |schema: Value| json!({"name": "x", "in": "query", "schema": schema});
    let listed = json!({"type": "string", "enum": ["a", "b"]});
    for (name, schema, expected) in [
        ("Sort", listed.clone(), "Sort"),
        ("sort-by", listed.clone(), "SortBy"),
        ("Sort", list(listed.clone()), "X"),
        ("Sort", object(json!({"x": {"type": "string"}})), "Sort"),
        (
            "Sort",
            json!({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}),
            "Sort",
        ),
        (
            "Sort",
            json!({"title": "Order", "type": "string", "enum": ["a"]}),
            "Order",
        ),
        // A schema has the name of the component.
        ("Taken", listed, "TakenParameter"),
    ] {
        let reference = json!({"$ref": format!("#/components/parameters/{name}")});
        let get = |id: &str| {
            json!({"get": {
                "operationId": id,
                "parameters": [reference],
                "responses": {"204": {"description": ""}},
            }})
        };
        let text = json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {"/a": get("get-a"), "/b": get("get-b")},
            "components": {
                "parameters": {name: of(schema.clone())},
                "schemas": {"Taken": {"type": "integer"}},
            },
        })
        .to_string();
        let document = load(&Text {
            name: "api.json",
            text: &text,
        })
        .unwrap();
        let shaped = shape(&crate::lower(document).unwrap());
        let found = shaped.document.root["components"]["schemas"]
            .as_object()
            .unwrap();
        let names: Vec<&String> = found.keys().collect();
        assert_eq!(names, ["Taken", expected], "{name}: {schema}");
    }
}

#[test]
fn names_do_not_depend_on_the_order_of_the_document() {
    let entry = |name: &str| {
        (
            name.to_owned(),
            object(json!({"item": {"type": "string", "enum": ["a"]}})),
        )
    };
    let named = |entries: Vec<(String, Value)>| {
        let components: Map<String, Value> = entries.into_iter().collect();
        let found = schemas(components.into());
        let mut names: Vec<String> = found.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    let forwards = named(vec![entry("A"), entry("B"), entry("AItem")]);
    let backwards = named(vec![entry("AItem"), entry("B"), entry("A")]);
    assert_eq!(forwards, backwards);
}

#[test]
fn nested_nullable_union_becomes_one_component() {
    let value = json!({"type": "object", "properties": {"input": {
        "additionalProperties": true,
        "anyOf": [{"anyOf": [{"type": "string"}, {"type": "integer"}]}, only_null()],
    }}});
    let found = schemas(json!({"Body": value}));
    assert_eq!(
        found["Body"]["properties"]["input"],
        json!({"anyOf": [reference("BodyInput"), only_null()]})
    );
}
