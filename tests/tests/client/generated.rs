//! Snapshots of each stage for the vendored document. They show the effect of a change to
//! the document, the overlay or the generator in a review.

use finch_gen::{Inputs, Text};
use serde_json::{Value, json};
use xtask::Workspace;

fn with_inputs<T>(with: impl FnOnce(&Inputs<'_>) -> T) -> T {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    Workspace::at(root).with_inputs(with).unwrap()
}

/// [`with_inputs`] with only the exchange. Nobody would review the snapshots of every
/// operation in a large document.
fn with_exchange<T>(with: impl FnOnce(&Inputs<'_>) -> T) -> T {
    with_inputs(|inputs| {
        let corrected = finch_gen::load_and_overlay(inputs).unwrap();
        let text = exchange(corrected.root()).to_string();
        with(&Inputs {
            document: Text {
                text: &text,
                ..inputs.document
            },
            overlay: None,
            source: None,
            ..*inputs
        })
    })
}

/// Returns the part of `document` that the exchange needs.
fn exchange(document: &Value) -> Value {
    let path = &document["paths"]["/auth/token"];
    let mut components = json!({});
    copy_components(path, document, &mut components);
    let mut part = document.clone();
    part["paths"] = json!({ "/auth/token": path });
    // Operations refer to security schemes by name.
    let schemes = &document["components"]["securitySchemes"];
    if !schemes.is_null() {
        components["securitySchemes"] = schemes.clone();
    }
    part["components"] = components;
    part.as_object_mut().unwrap().remove("webhooks");
    part
}

/// Copies the components that `value` refers to from `document` to `components`.
fn copy_components(value: &Value, document: &Value, components: &mut Value) {
    match value {
        Value::Object(properties) => {
            if let Some(Value::String(reference)) = properties.get("$ref") {
                let place = reference.strip_prefix("#/components/").unwrap();
                let (kind, name) = place.split_once('/').unwrap();
                if components[kind][name].is_null() {
                    let component = &document["components"][kind][name];
                    components[kind][name] = component.clone();
                    copy_components(component, document, components);
                }
            }
            let properties = properties.values();
            properties.for_each(|property| copy_components(property, document, components));
        }
        Value::Array(items) => {
            let items = items.iter();
            items.for_each(|item| copy_components(item, document, components));
        }
        _ => {}
    }
}

#[test]
fn the_lowered_document() {
    let lowered = with_exchange(finch_gen::lower_inputs).unwrap();
    let document = serde_json::to_string_pretty(lowered.document.root()).unwrap();
    insta::assert_snapshot!(document);
}

#[test]
fn the_report() {
    let tree = with_inputs(finch_gen::client_tree).unwrap();
    insta::assert_snapshot!(tree.report());
}

#[test]
fn the_model() {
    let lowered = with_exchange(finch_gen::lower_inputs).unwrap();
    insta::assert_snapshot!(format!("{:#?}", lowered.model));
}

/// The user's view of an operation: its method and its builder.
#[test]
fn the_create_access_token_operation() {
    let generated = with_exchange(finch_gen::generate).unwrap();
    for (snapshot, file) in [
        ("operation_method", "client.rs"),
        ("operation_call", "calls.rs"),
        ("operation_table", "operations.rs"),
    ] {
        // Without the header, which belongs to the part and not to the document.
        let (_, code) = generated.client[file].split_once("\n\n").unwrap();
        insta::assert_snapshot!(snapshot, code);
    }
}

/// Each call in API.md is the example of its method, which rustdoc compiles.
#[test]
fn the_calls_of_the_reference_are_examples() {
    let generated = with_inputs(finch_gen::generate).unwrap();
    let calls = calls(&generated.reference);
    assert_eq!(calls.len(), generated.counts.methods);
    for call in calls {
        let lines = call.lines().map(|line| format!("    /// {line}\n"));
        let example = lines.collect::<String>() + "    /// # }\n    /// ```\n";
        assert!(generated.client["client.rs"].contains(&example), "{call}");
    }
}

/// Returns the calls in `reference`, without the operator `?`.
fn calls(reference: &str) -> Vec<&str> {
    let blocks = reference.split("```rust\n").skip(1);
    let blocks = blocks.map(|block| block.split_once("\n```\n").unwrap().0);
    blocks.filter_map(|block| block.strip_suffix('?')).collect()
}
