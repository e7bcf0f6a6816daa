//! Changes progenitor's output, so that a later stage refuses it. The problem names the
//! operation or the schema, and the rest of the document can be generated.

use syn::{Fields, ImplItem, Item, ItemImpl, parse_quote};

use crate::polish::syntax::syn_query;
use crate::{
    Inputs, Text, check_completeness, lower, polish_and_emit, preflight, progenitor, shape,
};

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    get:
      operationId: get-a
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
  /b:
    post:
      operationId: post-b
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/B'}}}}
      responses:
        '201': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/B'}}}}
        '202': {description: ''}
components:
  schemas:
    A: {type: object, properties: {name: {type: string}}}
    B:
      type: object
      properties:
        level: {type: integer, enum: [1, 2], x-enum-varnames: [One, Two]}
        state: {type: string, enum: [a+, a-]}
";

type Change = fn(&mut syn::File);

/// Removes the implementations of the operation builder `name`.
fn remove_functions(file: &mut syn::File, name: &str) {
    let items = syn_query::module(file, &["builder"]).unwrap();
    items.retain(|item| !matches!(item, Item::Impl(item) if is_of(item, name)));
}

fn is_of(item: &ItemImpl, name: &str) -> bool {
    syn_query::self_name(item).is_some_and(|own| own == name)
}

/// Removes the method `name` of the client.
fn remove_method(file: &mut syn::File, name: &str) {
    let is_it = |item: &ImplItem| matches!(item, ImplItem::Fn(method) if method.sig.ident == name);
    for item in &mut file.items {
        if let Item::Impl(item) = item {
            item.items.retain(|item| !is_it(item));
        }
    }
}

/// Removes the type `name`.
fn remove_type(file: &mut syn::File, name: &str) {
    let items = syn_query::module(file, &["types"]).unwrap();
    items.retain(|item| syn_query::name(item).is_none_or(|own| own != name));
}

/// Calls `with` with the fields of the struct `name` in the module `module`.
fn change_fields(file: &mut syn::File, module: &str, name: &str, with: fn(&mut Fields)) {
    for item in syn_query::module(file, &[module]).unwrap() {
        match item {
            Item::Struct(item) if item.ident == name => with(&mut item.fields),
            _ => {}
        }
    }
}

fn add_field(fields: &mut Fields) {
    if let Fields::Named(fields) = fields {
        fields.named.push(parse_quote!(more: String));
    }
}

fn remove_last_field(fields: &mut Fields) {
    if let Fields::Named(fields) = fields {
        fields.named.pop();
    }
}

/// The changes, each with its problems and the method of the operation that is left, if
/// one is.
const CHANGES: [(Change, &[&str], &str); 9] = [
    (
        |file| remove_method(file, "get_a"),
        &["/paths/~1a/get: the polish pass `emit`: progenitor has no method `get_a`"],
        "post_b",
    ),
    (
        |file| change_fields(file, "builder", "GetA", remove_last_field),
        &["/paths/~1a/get: the polish pass `emit`: progenitor has no parameter `q` of `get_a`"],
        "post_b",
    ),
    (
        |file| remove_functions(file, "GetA"),
        &["/paths/~1a/get: the polish pass `emit`: `get_a` returns no response"],
        "post_b",
    ),
    (
        |file| {
            change_fields(file, "builder", "GetA", add_field);
            change_fields(file, "builder", "PostB", add_field);
        },
        &[
            "/paths/~1a/get: the polish pass `emit`: the field `more` is not a `Result`",
            "/paths/~1b/post: the polish pass `emit`: the field `more` is not a `Result`",
        ],
        "",
    ),
    (
        |file| remove_method(file, "post_b"),
        &["/paths/~1b/post: the polish pass `success_enums`: the method `post_b` is missing"],
        "get_a",
    ),
    (
        |file| remove_functions(file, "PostB"),
        &["/paths/~1b/post: the polish pass `success_enums`: `PostB` has no functions"],
        "get_a",
    ),
    (
        |file| {
            remove_type(file, "BLevel");
            remove_type(file, "BState");
        },
        &[
            "/components/schemas/B/properties/state: the polish pass `enums`: `BState` has values, \
             but no type",
            "/components/schemas/B/properties/level: the polish pass `enums`: `BLevel` has values, \
             but no type",
        ],
        "get_a",
    ),
    (
        |file| change_fields(file, "types", "A", add_field),
        &["/components/schemas/A: the polish pass `emit`: the builder of `A` has other properties"],
        "post_b",
    ),
    (
        |file| {
            let items = syn_query::module(file, &["types"]).unwrap();
            let is_it = |item: &&Item| syn_query::name(item).is_some_and(|name| name == "A");
            let twice = items.iter().find(is_it).cloned();
            items.extend(twice);
        },
        &["/components/schemas/A: two types have the name A"],
        "post_b",
    ),
];

fn inputs() -> Inputs<'static> {
    Inputs::of_document(Text {
        name: "api.yaml",
        text: DOCUMENT,
    })
}

/// Returns the methods of a client of `lowered`, whose code `change` alters, or the problems.
fn methods(lowered: &lower::Lowered, change: Change) -> Result<Vec<String>, crate::Problems> {
    let shaped = shape(lowered);
    let mut file = progenitor(preflight(&shaped).unwrap(), &shaped).unwrap();
    change(&mut file);
    let tree = polish_and_emit(file, lowered, &shaped, "api")?;
    check_completeness(&crate::load_and_overlay(&inputs())?, &tree)?;
    let calls = tree.calls.iter();
    Ok(calls.map(|call| call.method.to_string()).collect())
}

#[test]
fn output_that_a_stage_does_not_support_only_costs_its_operation() {
    for (change, expected, left) in CHANGES {
        let mut lowered = crate::lower_inputs(&inputs()).unwrap();
        let problems = methods(&lowered, change).unwrap_err();
        let found = problems
            .iter()
            .map(|of| format!("{}: {}", of.pointer, of.what));
        assert_eq!(found.collect::<Vec<_>>(), expected);
        assert!(lower::prune(&mut lowered, problems));
        let kept = methods(&lowered, |_| {}).unwrap();
        assert_eq!(kept.join(" "), left, "{expected:?}");
        assert_eq!(lowered.refused.len(), expected.len());
        let dropped = lowered.report.iter().filter(|note| note.code == "dropped");
        assert!(dropped.count() >= expected.len());
    }
}

#[test]
fn output_without_a_module_is_refused_as_a_whole() {
    let mut lowered = crate::lower_inputs(&inputs()).unwrap();
    let remove: Change = |file| file.items.retain(|item| !matches!(item, Item::Mod(_)));
    let problems = methods(&lowered, remove).unwrap_err();
    assert!(problems.iter().all(|problem| problem.pointer.is_empty()));
    assert!(!lower::prune(&mut lowered, problems));
}
