//! What is generated, stage by stage, from the document that is vendored: to be
//! read in a review when the document, an overlay or the generator changes.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use finch_gen::Inputs;
use similar::TextDiff;
use xtask::Workspace;

fn with_inputs<T>(with: impl FnOnce(&Inputs<'_>) -> T) -> T {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    Workspace::at(root).with_inputs(with).unwrap()
}

#[test]
fn the_lowered_document() {
    let lowered = with_inputs(finch_gen::lower_inputs).unwrap();
    let document = serde_json::to_string_pretty(lowered.document.root()).unwrap();
    insta::assert_snapshot!(document);
}

#[test]
fn the_report() {
    let polished = with_inputs(finch_gen::polish).unwrap();
    insta::assert_snapshot!(polished.report());
}

#[test]
fn the_facts() {
    let lowered = with_inputs(finch_gen::lower_inputs).unwrap();
    insta::assert_snapshot!(format!("{:#?}", lowered.facts));
}

/// What each pass does to the whole tree, as a diff.
#[test]
fn the_polish_passes() {
    for (pass, before, after) in with_inputs(finch_gen::polish_steps).unwrap() {
        let diff = TextDiff::from_lines(&before, &after);
        let diff = diff.unified_diff().context_radius(1).to_string();
        // The vendored document has no parameter that a caller gives, no body but
        // required JSON, no operation with several kinds of success, no union, no
        // value that is no name, no closed enum, and no names that clash.
        let idle = [
            "builder_names",
            "parameters",
            "requests",
            "answers",
            "successes",
            "field_names",
            "variants",
            "discriminators",
            "unions",
            "enum_values",
            "nullable",
            "slots",
            "unused",
            "closed_enums",
        ];
        let has_nothing_to_do = idle.contains(&pass.name);
        assert_eq!(diff.is_empty(), has_nothing_to_do, "{}", pass.name);
        if !diff.is_empty() {
            insta::assert_snapshot!(format!("pass_{}", pass.name), diff);
        }
    }
}

/// The operation as its users meet it: its method and its builder.
#[test]
fn the_create_access_token_operation() {
    let generated = with_inputs(finch_gen::generate).unwrap();
    insta::assert_snapshot!("operation_method", generated.client["client.rs"]);
    insta::assert_snapshot!("operation_builder", generated.client["builder.rs"]);
    insta::assert_snapshot!("operation_table", generated.client["operations.rs"]);
}

/// Each call of API.md is the example of its method, which rustdoc compiles.
#[test]
fn the_calls_of_the_reference_are_examples() {
    let generated = with_inputs(finch_gen::generate).unwrap();
    let calls = calls(&generated.reference);
    assert_eq!(calls.len(), generated.counts.methods);
    for call in calls {
        let example = format!("    /// {call}\n    /// # }}\n    /// ```\n");
        assert!(generated.client["client.rs"].contains(&example), "{call}");
    }
}

/// The calls in `reference`, without the operator `?`.
fn calls(reference: &str) -> Vec<&str> {
    let blocks = reference.split("```rust\n").skip(1);
    blocks
        .map(|block| block.split_once("?\n```\n").unwrap().0)
        .collect()
}
