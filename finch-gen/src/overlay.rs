//! overlay: our corrections, applied to the document.
//!
//! Receives the document and an OpenAPI Overlay 1.0 document. Guarantees that
//! every action did something to the document, and that each says why. Refuses
//! an overlay that is not valid, an action without a description, and an action
//! that matches nothing or changes nothing: a correction that the publisher has
//! made itself must not linger.

use roas_overlay::apply::{Apply as _, ApplyOptions};
use roas_overlay::v1_0::Overlay;
use roas_overlay::validation::Validate as _;
use serde::de::Deserialize as _;

use crate::load::Document;
use crate::problem::Problems;

/// Applies the actions of `overlay` to `document`, in their order.
///
/// # Errors
///
/// What is wrong with the overlay, with a pointer into it.
pub fn apply(mut document: Document, overlay: &Document) -> Result<Document, Problems> {
    let actions = Overlay::deserialize(&overlay.root).map_err(|error| {
        overlay.problem(
            "",
            format!("not an OpenAPI Overlay 1.0 document: {error}"),
            "see the specification, https://spec.openapis.org/overlay/v1.0.0.html",
        )
    })?;
    let mut problems = Problems::default();
    if let Err(invalid) = actions.validate(Default::default()) {
        for error in invalid.errors {
            problems.push(overlay.problem(
                to_pointer(&error.path),
                error.message,
                "see the specification, https://spec.openapis.org/overlay/v1.0.0.html",
            ));
        }
    }
    let mut problems = problems.or(Problems::default())?;

    // One action at a time, so that each can be held to what it did.
    for (index, action) in actions.actions.iter().enumerate() {
        let at = format!("/actions/{index}");
        if action.description.as_deref().is_none_or(str::is_empty) {
            problems.push(overlay.problem(
                &at,
                "the action does not say why it is there",
                "give it a `description`",
            ));
        }
        let single = Overlay {
            actions: vec![action.clone()],
            ..actions.clone()
        };
        let before = document.root.clone();
        match single.apply(&mut document.root, ApplyOptions::ErrorOnZeroMatch.into()) {
            Err(error) => problems.push(overlay.problem(
                format!("{at}/target"),
                format!("{} in {}: {}", action.target, document.name, error.kind),
                "correct the target, or remove the action if the document no longer needs it",
            )),
            Ok(_) if document.root == before => problems.push(overlay.problem(
                &at,
                format!(
                    "the action at {} changes nothing: {} says so itself",
                    action.target, document.name
                ),
                "remove the action",
            )),
            Ok(_) => {}
        }
    }
    problems.or(document)
}

/// The JSON pointer of a path as roas-overlay writes it: `#.actions[3].target`.
fn to_pointer(path: &str) -> String {
    path.trim_start_matches('#')
        .replace('[', ".")
        .replace(']', "")
        .replace('.', "/")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::load::{Text, load};

    fn check(actions: &str) -> Result<Value, String> {
        let document = Text {
            name: "api.yaml",
            text: "{info: {title: A}, list: [1]}",
        };
        let overlay = format!("overlay: 1.0.0\ninfo: {{title: T, version: '1'}}\n{actions}");
        let overlay = Text {
            name: "overlay.yaml",
            text: &overlay,
        };
        let document = load(&document).unwrap();
        let overlay = load(&overlay).unwrap();
        apply(document, &overlay)
            .map(|document| document.root)
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn an_action_updates_and_removes() {
        assert_eq!(
            check(
                "actions:\n\
                 - {target: $.info, description: why, update: {title: B}}\n\
                 - {target: $.list, description: why, remove: true}"
            ),
            Ok(json!({"info": {"title": "B"}})),
        );
    }

    #[test]
    fn an_action_must_hold_apply_and_say_why() {
        for (actions, message) in [
            (
                "actions: [{target: $.nothing, description: why, update: {a: 1}}]",
                "overlay.yaml: /actions/0/target: $.nothing in api.yaml: target matched zero nodes \
                 (error-on-zero-match); correct the target, or remove the action if the document \
                 no longer needs it",
            ),
            (
                "actions: [{target: $.info, description: why, update: {title: A}}]",
                "overlay.yaml: /actions/0: the action at $.info changes nothing: api.yaml says so \
                 itself; remove the action",
            ),
            (
                "actions: [{target: $.info, update: {title: B}}]",
                "overlay.yaml: /actions/0: the action does not say why it is there; give it a \
                 `description`",
            ),
            (
                "actions: [{target: '$[', description: why, update: {a: 1}}]",
                "overlay.yaml: /actions/0/target: ",
            ),
            (
                "actions: []",
                "overlay.yaml: /actions: must contain at least one entry; ",
            ),
            (
                "actions: 1",
                "overlay.yaml: not an OpenAPI Overlay 1.0 document: ",
            ),
        ] {
            let found = check(actions).unwrap_err();
            assert!(found.starts_with(message), "{found}\nis not\n{message}");
        }
    }
}
