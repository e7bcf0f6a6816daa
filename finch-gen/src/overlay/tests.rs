use serde_json::{Value, json};

use super::*;
use crate::load::{Text, load};

const DOCUMENT: &str = "{info: {title: A, tags: [1]}, list: [1, {}], empty: {}, none: null}";

/// Applies the rest of an Overlay of `version` to [`DOCUMENT`].
fn check(version: &str, rest: &str, corrections_expire: bool) -> Result<Value, String> {
    let overlay = format!("overlay: {version}\ninfo: {{title: T, version: '1'}}\n{rest}");
    apply_text(&overlay, corrections_expire)
}

fn apply_text(overlay: &str, corrections_expire: bool) -> Result<Value, String> {
    let [document, overlay] = [("api.yaml", DOCUMENT), ("overlay.yaml", overlay)]
        .map(|(name, text)| load(&Text { name, text }).unwrap());
    apply(document, &overlay, corrections_expire)
        .map(|document| document.root)
        .map_err(|problems| problems.to_string())
}

/// Returns the places and faults of `problems` without the remedies.
fn faults(problems: &str) -> Vec<&str> {
    let lines = problems.lines();
    lines
        .map(|line| {
            let line = line.strip_prefix("overlay.yaml: ").unwrap();
            line.split("; ").next().unwrap()
        })
        .collect()
}

/// The expected results follow the schema of the specification,
/// <https://spec.openapis.org/overlay/>.
#[test]
fn overlay_must_follow_the_specification() {
    let info = "info: {title: T, version: 1.0.0}";
    let one = "actions: [{target: $}]";
    for (overlay, expected) in [
        (format!("{info}, {one}"), &[][..]),
        (format!("{info}, {one}, x-more: {{}}"), &[]),
        (format!("{info}, {one}, extends: ./api.yaml"), &[]),
        (
            format!("info: {{title: T, version: '1', x-more: 1}}, {one}"),
            &[],
        ),
        (
            format!("{info}, actions: [{{target: $, x-more: 1, description: D}}]"),
            &[],
        ),
        (
            format!("{info}, actions: [{{target: $.info, update: {{}}, remove: true}}]"),
            &[],
        ),
        (
            format!("{info}, actions: [{{target: $, remove: maybe}}, {{target: 100}}]"),
            &[
                "/actions/0/remove: it is not true or false",
                "/actions/1/target: it is not a string",
            ],
        ),
        (
            format!("{info}, actions: [{{target: $, description: 10}}]"),
            &["/actions/0/description: it is not a string"],
        ),
        (
            format!("{info}, actions: [{{target: info.title}}, {{target: '$['}}]"),
            &[
                "/actions/0/target: \"info.title\" is not a JSONPath: at position 0, parser error",
                "/actions/1/target: \"$[\" is not a JSONPath: at position 1, parser error",
            ],
        ),
        (
            format!("{info}, actions: {{}}"),
            &["/actions: it is not an array"],
        ),
        (
            format!("{info}, actions: [123]"),
            &["/actions/0: it is not an object"],
        ),
        (
            format!("{info}, actions: []"),
            &["/actions: it has no action"],
        ),
        (
            format!("{info}, actions: [{{update: {{}}}}]"),
            &["/actions/0: it has no field `target`"],
        ),
        (info.to_owned(), &["it has no field `actions`"]),
        (one.to_owned(), &["it has no field `info`"]),
        (
            format!(
                "{info}, actions: [{{target: $, update: {{a: 1}}}}, {{update: {{a: 1}}, target: $}}]"
            ),
            &["/actions/1: it repeats an earlier action"],
        ),
        (
            format!("{info}, {one}, extends: {{}}"),
            &["/extends: it is not a string"],
        ),
        (
            format!("info: invalid, {one}"),
            &["/info: it is not an object"],
        ),
        (
            format!("info: {{}}, {one}"),
            &[
                "/info: it has no field `title`",
                "/info: it has no field `version`",
            ],
        ),
        (
            format!("info: {{title: 100, version: false}}, {one}"),
            &[
                "/info/title: it is not a string",
                "/info/version: it is not a string",
            ],
        ),
        (
            format!("{info}, {one}, invalidProperty: true"),
            &["/invalidProperty: Overlay has no such field here"],
        ),
        (
            format!("{info}, actions: [{{target: $, update: {{}}, updates: {{}}}}]"),
            &["/actions/0/updates: Overlay has no such field here"],
        ),
    ] {
        for version in ["1.0.0", "1.0.17", "1.1.0"] {
            let applied = apply_text(&format!("{{overlay: {version}, {overlay}}}"), false);
            let found = applied.err().unwrap_or_default();
            assert_eq!(faults(&found), expected, "{version}: {overlay}");
        }
    }
    let description = "info: {title: T, version: '1', description: D}, actions: [{target: $}]";
    let copy = "info: {title: T, version: '1'}, actions: [{target: $, copy: $.info}]";
    let removed = "info: {title: T, version: '1'}, \
                   actions: [{target: $.info, copy: $.list, remove: true}]";
    for (version, overlay, expected) in [
        ("1.1.0", description, ""),
        (
            "1.0.0",
            description,
            "/info/description: Overlay has no such field here",
        ),
        ("1.1.0", copy, "/actions/0/copy: `copy` is not supported"),
        (
            "1.0.0",
            copy,
            "/actions/0/copy: Overlay has no such field here",
        ),
        ("1.1.0", removed, ""),
        (
            "'1.0'",
            description,
            "/overlay: Overlay version \"1.0\" is not supported",
        ),
        (
            "1.0.",
            description,
            "/overlay: Overlay version \"1.0.\" is not supported",
        ),
        (
            "1.2.0",
            description,
            "/overlay: Overlay version \"1.2.0\" is not supported",
        ),
        (
            "2",
            description,
            "/overlay: Overlay version 2 is not supported",
        ),
    ] {
        let applied = apply_text(&format!("{{overlay: {version}, {overlay}}}"), false);
        let found = applied.err().unwrap_or_default();
        assert_eq!(faults(&found).concat(), expected, "{version}: {overlay}");
    }
    for text in ["{}", "{info: {title: T}}"] {
        let found = apply_text(text, false).unwrap_err();
        assert_eq!(
            faults(&found),
            ["not an OpenAPI Overlay: it has no field `overlay`"]
        );
    }
}

#[test]
fn an_action_updates_or_removes() {
    let unfit = |what: &str| Err(format!("/actions/0: {what}"));
    let primitive = |target: &str, kind: &str| {
        unfit(&format!(
            "{target} in api.yaml: Overlay 1.0 changes only objects and arrays, and the target \
                 selects {kind}"
        ))
    };
    let changed = |pointer: &str, value: Value| Ok((pointer.to_owned(), value));
    for (action, expected_1_0, expected_1_1) in [
        (
            "target: $.info, update: {title: B, new: {a: 1}}",
            changed("/info", json!({"title": "B", "tags": [1], "new": {"a": 1}})),
            changed("/info", json!({"title": "B", "tags": [1], "new": {"a": 1}})),
        ),
        // Arrays inside objects are concatenated.
        (
            "target: $.info, update: {tags: [2]}",
            changed("/info/tags", json!([1, 2])),
            changed("/info/tags", json!([1, 2])),
        ),
        (
            "target: $.info, update: {tags: 2}",
            changed("/info/tags", json!(2)),
            unfit(
                "$.info in api.yaml: the `update` has a number at /tags, but the document has \
                 a list",
            ),
        ),
        (
            "target: $, update: {info: {title: {}}}",
            changed("/info/title", json!({})),
            unfit(
                "$ in api.yaml: the `update` has a mapping at /info/title, but the document has \
                 a string",
            ),
        ),
        (
            "target: $.info, update: 1",
            unfit(
                "$.info in api.yaml: the target selects an object, and the `update` is a primitive value",
            ),
            unfit(
                "$.info in api.yaml: the target selects an object, and the `update` is a primitive value",
            ),
        ),
        (
            "target: $.info, update: [1]",
            unfit("$.info in api.yaml: the target selects an object, and the `update` is an array"),
            unfit("$.info in api.yaml: the target selects an object, and the `update` is an array"),
        ),
        (
            "target: $.info, update: null",
            unfit(
                "$.info in api.yaml: the target selects an object, and the `update` is a primitive value",
            ),
            unfit(
                "$.info in api.yaml: the target selects an object, and the `update` is a primitive value",
            ),
        ),
        // An item is appended. An array is concatenated in 1.1 and appended as one item in
        // 1.0.
        (
            "target: $.list, update: 2",
            changed("/list", json!([1, {}, 2])),
            changed("/list", json!([1, {}, 2])),
        ),
        (
            "target: $.list, update: [2]",
            changed("/list", json!([1, {}, [2]])),
            changed("/list", json!([1, {}, 2])),
        ),
        (
            "target: $.info.title, update: B",
            primitive("$.info.title", "a string"),
            changed("/info/title", json!("B")),
        ),
        (
            "target: $.none, update: 1",
            primitive("$.none", "null"),
            changed("/none", json!(1)),
        ),
        (
            "target: $.info.title, update: {}",
            primitive("$.info.title", "a string"),
            unfit(
                "$.info.title in api.yaml: the target selects a primitive value, and the `update` is an object",
            ),
        ),
        (
            "target: '$.list[0]', remove: true",
            primitive("$.list[0]", "a number"),
            changed("/list", json!([{}])),
        ),
        (
            "target: \"$['info', 'list']\", update: {}",
            changed("/list", json!([1, {}, {}])),
            unfit("$['info', 'list'] in api.yaml: the target selects an object and an array"),
        ),
        (
            "target: \"$['info', 'list']\", remove: true",
            changed("", json!({"empty": {}, "none": null})),
            changed("", json!({"empty": {}, "none": null})),
        ),
        (
            "target: $.info, remove: true, update: 1",
            changed("", json!({"list": [1, {}], "empty": {}, "none": null})),
            changed("", json!({"list": [1, {}], "empty": {}, "none": null})),
        ),
        (
            "target: $.empty, remove: false, update: {a: 1}",
            changed("/empty", json!({"a": 1})),
            changed("/empty", json!({"a": 1})),
        ),
        (
            "target: $, remove: true",
            unfit("$ in api.yaml: the whole document cannot be removed"),
            unfit("$ in api.yaml: the whole document cannot be removed"),
        ),
    ] {
        for (version, expected) in [("1.0.0", &expected_1_0), ("1.1.0", &expected_1_1)] {
            let found = check(version, &format!("actions: [{{{action}}}]"), true);
            match (found, expected) {
                (Ok(root), Ok((pointer, value))) => {
                    assert_eq!(root.pointer(pointer), Some(value), "{version}: {action}");
                }
                (Err(found), Err(expected)) => {
                    assert_eq!(faults(&found), [expected], "{version}: {action}");
                }
                (found, _) => panic!("{version}: {action}: {found:?}"),
            }
        }
    }
}

#[test]
fn the_siblings_of_a_removed_value_keep_their_order() {
    let [document, overlay] = [
        "{a: {}, b: {}, c: {}, d: [{}, [1], {}]}",
        "{overlay: 1.0.0, info: {title: T, version: '1'}, actions: [\
         {target: $.a, remove: true}, {target: '$.d[0,2]', remove: true}]}",
    ]
    .map(|text| {
        load(&Text {
            name: "a.yaml",
            text,
        })
        .unwrap()
    });
    let corrected = apply(document, &overlay, true).unwrap();
    assert_eq!(corrected.root.to_string(), r#"{"b":{},"c":{},"d":[[1]]}"#);
}

#[test]
fn a_correction_expires_in_our_overlay_only() {
    for (action, problem) in [
        (
            "target: $.nothing, update: {a: 1}",
            "overlay.yaml: /actions/0/target: $.nothing matches nothing in api.yaml; correct the \
             target, or remove the action if the document no longer needs it",
        ),
        (
            "target: $.inf, remove: true",
            "overlay.yaml: /actions/0/target: $.inf matches nothing in api.yaml; if it has another \
             name now, write $.info; if the document no longer needs the action, remove it",
        ),
        (
            "target: $.info, update: {title: A}",
            "overlay.yaml: /actions/0: the action at $.info changes nothing: api.yaml already \
             has this value; remove the action",
        ),
        (
            "target: $.info",
            "overlay.yaml: /actions/0: the action at $.info changes nothing: api.yaml already \
             has this value; remove the action",
        ),
    ] {
        for version in ["1.0.0", "1.1.0"] {
            let actions = format!("actions: [{{{action}}}]");
            let root = load(&Text {
                name: "api.yaml",
                text: DOCUMENT,
            })
            .unwrap()
            .root;
            assert_eq!(check(version, &actions, false), Ok(root), "{action}");
            assert_eq!(check(version, &actions, true), Err(problem.to_owned()));
        }
    }
}
