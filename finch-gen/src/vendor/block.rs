//! block: checks that a block of a page contains everything that its fence announces. Returns a
//! problem for each missing part.
//!
//! The fence names an operation or a webhook. The block must contain it, and every component that it
//! refers to. Publishers generate the fence and the block from one document, so somebody has edited
//! or cut a block that lacks a part. If it was merged with other pages, its operation could get a
//! component of the same name from another page.

use std::collections::BTreeSet;

use super::Subject;
use crate::json::Fields as _;
use crate::load::Document;
use crate::problem::{Place, Problem, Problems};
use crate::reachability::operations;
use crate::{pointer, walk};

const REMEDY: &str = "fetch the page again; if the fault remains, ask the publisher, or correct a \
                      saved copy and vendor that";

/// Refuses `document`, a block about `subject`, if it lacks the subject or a component.
/// The block starts after `lines_before` lines of its page.
///
/// # Errors
///
/// Each missing part.
pub(super) fn check(
    document: &Document,
    subject: &Subject<'_>,
    lines_before: usize,
) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let is_there = |at: &String| document.at(at).is_some();
    if !subject.pointers().iter().any(is_there) {
        let found = match &subjects(document)[..] {
            [] => "has no operation".to_owned(),
            [only] => format!("has `{only}`"),
            [first, others @ ..] => format!("has `{first}` and {} more", others.len()),
        };
        let what = format!("the fence names `{subject}`, but its block {found}");
        problems.push(Problem {
            place: Some(Box::new(Place {
                line: lines_before,
                column: 1,
                excerpt: None,
            })),
            ..document.problem("", what, REMEDY)
        });
    }
    let mut missing = BTreeSet::new();
    walk::for_each(&document.root, |at, _, object| {
        let mapping = object.pointer("/discriminator/mapping").fields();
        let mapping = mapping
            .map(|(name, target)| (&["discriminator", "mapping"][..], name.as_str(), target));
        let reference = object.field("$ref").map(|target| (&[][..], "$ref", target));
        for (tokens, name, target) in mapping.chain(reference) {
            let reference = target.as_str().filter(|it| it.starts_with("#/components/"));
            let Some(reference) = reference else { continue };
            let is_there = pointer::of_reference(reference)
                .as_ref()
                .is_some_and(is_there);
            if !is_there && missing.insert(reference) {
                let mut at = at.pointer();
                tokens
                    .iter()
                    .for_each(|token| pointer::push(&mut at, token));
                pointer::push(&mut at, name);
                let what = format!("the block refers to {reference:?}, but does not contain it");
                problems.push(document.problem(at, what, REMEDY));
            }
        }
    });
    problems.or(())
}

/// Returns the operations and webhooks of `document`, as a fence names them.
fn subjects(document: &Document) -> Vec<String> {
    let operations = operations(document.root.field("paths"));
    let operations = operations.map(|(path, method, _)| format!("{method} {path}"));
    let webhooks = document.root.field("webhooks").fields();
    let webhooks = webhooks.map(|(name, _)| format!("webhook {name}"));
    operations.chain(webhooks).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Text, load};

    /// Returns the problems of a block about `subject` with these paths and components.
    fn problems(subject: &str, text: &str) -> Vec<String> {
        let name = "page.md";
        let text = format!("openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\n{text}\n");
        let document = load(&Text { name, text: &text }).unwrap();
        let subject = Subject::parse(subject).unwrap();
        let found = check(&document, &subject, 7).err().unwrap_or_default();
        let found = found.iter().map(|problem| problem.to_string());
        let what = |line: String| line.replace(&format!("; {REMEDY}"), "");
        found.map(what).collect()
    }

    #[test]
    fn a_block_without_the_subject_of_its_fence_is_refused() {
        const PATHS: &str = "paths: {'/a/{b}': {get: {}, parameters: []}}";
        const WEBHOOKS: &str = "webhooks: {a b: {post: {}}, c: {post: {}}}";
        for (subject, text, found) in [
            ("get /a/{b}", PATHS, None),
            ("openapi.yml GET /a/{b}", PATHS, None),
            ("webhook a b", WEBHOOKS, None),
            ("webhook a", "x-webhooks: {a: {post: {}}}", None),
            ("post /a/{b}", PATHS, Some("has `get /a/{b}`")),
            ("get /a/{c}", PATHS, Some("has `get /a/{b}`")),
            ("get /a", PATHS, Some("has `get /a/{b}`")),
            ("webhook a", WEBHOOKS, Some("has `webhook a b` and 1 more")),
            ("webhook a", "paths: {}", Some("has no operation")),
            (
                "get /a",
                "paths: {/a: {parameters: []}}",
                Some("has no operation"),
            ),
        ] {
            let expected = found.map(|found| {
                let subject = Subject::parse(subject).unwrap();
                format!("page.md:7:1: the fence names `{subject}`, but its block {found}")
            });
            assert_eq!(
                problems(subject, text),
                Vec::from_iter(expected),
                "{subject}: {text}"
            );
        }
    }

    #[test]
    fn a_block_without_a_component_that_it_refers_to_is_refused() {
        for (components, missing) in [
            (
                "{schemas: {A: {items: {$ref: '#/components/schemas/A'}}}}",
                &[][..],
            ),
            // A property, an example or another resource is not a reference.
            (
                "{schemas: {A: {properties: {$ref: {type: string}}, example: {$ref: '#/components/schemas/B'}}}}",
                &[],
            ),
            ("{schemas: {A: {items: {$ref: '#anchor'}}}}", &[]),
            (
                "{schemas: {A: {items: {$ref: '#/components/schemas/B'}}}}",
                &["/components/schemas/A/items/$ref: \"#/components/schemas/B\""],
            ),
            // Each target is named once, even if the block refers to it several times.
            (
                "{schemas: {A: {items: {$ref: '#/components/schemas/B'}, not: {$ref: '#/components/schemas/B'}}}}",
                &["/components/schemas/A/items/$ref: \"#/components/schemas/B\""],
            ),
            (
                "{schemas: {A: {discriminator: {propertyName: k, mapping: {b/c: '#/components/schemas/B', d: B}}}}}",
                &["/components/schemas/A/discriminator/mapping/b~1c: \"#/components/schemas/B\""],
            ),
            (
                "{responses: {A: {headers: {H: {$ref: '#/components/headers/H'}}}}}",
                &["/components/responses/A/headers/H/$ref: \"#/components/headers/H\""],
            ),
        ] {
            let text = format!("paths: {{/a: {{get: {{}}}}}}\ncomponents: {components}");
            let expected = missing.iter().map(|missing| {
                let (at, reference) = missing.split_once(": ").unwrap();
                format!("page.md: {at}: the block refers to {reference}, but does not contain it")
            });
            assert_eq!(
                problems("get /a", &text),
                Vec::from_iter(expected),
                "{components}"
            );
        }
    }
}
