//! The generator returns a client or problems for any input. It neither panics nor lets
//! progenitor panic.

use std::cell::Cell;

use finch_gen::vendor::{self, Content};
use finch_gen::{Inputs, Problem, Text};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::{Json, check, mutations, random, runner};

/// Runs all stages on the document `text`. Returns whether they generate a client.
fn try_all(text: &str) -> Result<bool, TestCaseError> {
    let document = Text {
        name: "api.yaml",
        text,
    };
    let inputs = Inputs {
        keep_going: true,
        crate_name: "api",
        ..Inputs::of_document(document)
    };
    let generated = finch_gen::generate(&inputs);
    let (is_generated, refused) = match generated {
        Ok(generated) => (true, generated.refused),
        Err(problems) => (false, problems),
    };
    let gaps: Vec<&Problem> = refused.iter().filter(|of| is_gap(of)).collect();
    prop_assert!(gaps.is_empty(), "{gaps:#?}");
    Ok(is_generated)
}

/// Whether `problem` comes from a late stage that an earlier stage should have protected.
fn is_gap(problem: &Problem) -> bool {
    let ours = ["progenitor panics", "progenitor refuses", "the polish pass"];
    ours.iter().any(|start| problem.what.starts_with(start))
}

/// Runs all stages with `text` as the overlay and as the source record, and vendors `text` as
/// a page and an index.
fn try_other_inputs(text: &str) {
    let text = |name| Text { name, text };
    let inputs = Inputs {
        overlay: Some(text("overlay.yaml")),
        source: Some(text("SOURCE.toml")),
        crate_name: "api",
        ..Inputs::of_document(Text {
            name: "api.yaml",
            text: "{openapi: 3.1.0, info: {title: T, version: '1'}, paths: {}}",
        })
    };
    // The result does not matter, as long as nothing panics.
    let _ = finch_gen::generate(&inputs);
    let published = text("page.md");
    let _ = vendor::links(&published);
    if let Ok(Content::Page(blocks)) = vendor::content(&published) {
        let _ = vendor::merge(&blocks);
    }
}

/// Words of YAML, OpenAPI and overlays, in any order.
fn words() -> impl Strategy<Value = String> {
    let words = vec![
        "{",
        "}",
        "[",
        "]",
        ", ",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "? ",
        "&a ",
        "*a",
        "<<: ",
        "!!str ",
        "!t ",
        "'",
        "\"",
        "|",
        ">",
        "---\n",
        "#",
        "~",
        "null",
        "1",
        "-0.0",
        "1e999",
        ".nan",
        "a",
        "é",
        "\u{feff}",
        "\t",
        "openapi",
        "3.1.0",
        "info",
        "title",
        "version",
        "paths",
        "/a",
        "get",
        "$ref",
        "components",
        "schemas",
        "overlay: 1.0.0\n",
        "actions:\n",
        "target",
        "$.paths",
        "$..[?(@.a)]",
        "update",
        "remove: true\n",
        "description",
        "extends",
        "\n````yaml get /a\n",
        "\n````\n",
        "- [a](/b)",
    ];
    prop::collection::vec(select(words), 0..40).prop_map(|words| words.concat())
}

#[test]
fn any_text_is_read_or_refused() {
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let bytes = bytes.prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let texts = prop_oneof![bytes, words(), any::<String>()];
    check(runner(500), &texts, |text| {
        try_other_inputs(&text);
        try_all(&text)?;
        Ok(())
    });
}

#[test]
fn an_almost_valid_document_is_generated_or_refused() {
    let counts = Cell::new([0_u32; 2]);
    check(runner(40), &mutations::mutated(), |document: Value| {
        let is_generated = try_all(&document.to_string())?;
        let [generated, refused] = counts.get();
        counts.set([
            generated + u32::from(is_generated),
            refused + u32::from(!is_generated),
        ]);
        Ok(())
    });
    // The test only means something if both results occur.
    let counts = counts.get();
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}

#[test]
fn any_schema_is_generated_or_refused() {
    let documents = random::documents().prop_map(Json);
    check(runner(15), &documents, |Json(document)| {
        try_all(&document.to_string())?;
        Ok(())
    });
}
