//! Names of the types of inline schemas.

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
    let tagged = |value: &str| {
        let mut branch = object(json!({"kind": {"type": "string", "enum": [value]}}));
        branch["required"] = json!(["kind"]);
        branch
    };
    let requires = |name: &str| {
        let mut branch = object(json!({name: {"type": "string"}}));
        branch["required"] = json!([name]);
        branch
    };
    let plain = |name: &str| object(json!({name: {"type": "string"}}));
    for (branches, expected) in [
        (
            json!([tagged("any"), tagged("one-of")]),
            &["U", "UAny", "UAnyKind", "UOneOf", "UOneOfKind"][..],
        ),
        (
            json!([requires("page_id"), requires("block_id")]),
            &["U", "UBlockId", "UPageId"],
        ),
        (json!([plain("a"), {"type": "string"}]), &["U", "UObject"]),
        (
            json!([plain("a"), {"type": "array", "items": {"type": "string"}}]),
            &["U", "UObject"],
        ),
        (
            json!([plain("a"), plain("b")]),
            &["U", "UVariant1", "UVariant2"],
        ),
    ] {
        check_names(json!({"U": {"oneOf": branches}}), expected);
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
