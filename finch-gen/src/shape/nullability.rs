//! Moves null from components to the references to them: if `Pet` allows null, `{$ref: Pet}`
//! becomes `anyOf: [{$ref: Pet}, null]`, and `Pet` no longer allows null.
//!
//! For a component that allows null, progenitor emits a type around an option. That type refers to
//! itself if the title of the component is its name. So this pass removes null from such a
//! component and adds it to every reference. It also adds null to a conjunction with such a
//! reference, if all conjuncts allow null.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    SCHEMAS, alias, each_schema, each_schema_mut, is_only_null, only_null, referred, schemas_mut,
    union_of,
};
use crate::annotation_keywords::is_annotation;
use crate::json::Fields;
use crate::load::Document;
use crate::memo::Memo;
use crate::pointer::join;
use crate::provenance;
use crate::walk::{self, Kind};

/// Removes all other keywords from a schema that only allows null: typify would make a type of
/// them.
pub(super) fn strip_null_siblings(document: &mut Document) {
    let unions = nullable_unions(document);
    each_schema_mut(document, |at, schema| {
        let has_only_null = |keyword| {
            let branches = schema.list(keyword);
            !branches.is_empty() && branches.iter().all(is_null)
        };
        if is_null(&*schema)
            || schema.list("allOf").iter().any(is_null)
            || ["anyOf", "oneOf"].into_iter().any(has_only_null)
        {
            schema.retain(|keyword, _| {
                matches!(keyword.as_str(), "description" | "deprecated")
                    || keyword.starts_with("x-")
            });
            schema.insert("nullable".to_owned(), true.into());
            schema.insert("enum".to_owned(), json!([null]));
        }
        null_apart(schema, unions.contains(&at.pointer()));
        null_once(schema);
    });
}

/// Removes null from the branches of a nested union, if the outer union already allows null.
fn null_once(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(branches)) = schema.get_mut("anyOf")
        && let [Value::Object(other), null] = branches.as_mut_slice()
        && is_null(&*null)
    {
        strip_branches(other);
    }
}

fn strip_branches(union: &mut Map<String, Value>) {
    for keyword in ["anyOf", "oneOf"] {
        let branches = union.get_mut(keyword).and_then(Value::as_array_mut);
        for branch in branches
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            strip_branches(branch);
            strip_null(branch);
        }
    }
}

/// Returns the pointers of the unions with a branch that declares null.
fn nullable_unions(document: &Document) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut memo = Memo::default();
    each_schema(document, |at, schema| {
        let mut branches = ["anyOf", "oneOf"]
            .into_iter()
            .flat_map(|of| schema.list(of));
        if !schema.has("type") && branches.any(|of| !omits_null(document, of, &mut memo)) {
            found.insert(at.pointer());
        }
    });
    found
}

/// Whether `schema` does not declare null. (Without a type, it may still accept null.)
fn omits_null<'a>(document: &'a Document, schema: &'a Value, memo: &mut Memo<'a>) -> bool {
    if let Some(reference) = schema.text("$ref") {
        return memo.answer(reference, |memo| {
            let target = document.resolve(reference);
            target.is_none_or(|(_, target)| omits_null(document, target, memo))
        });
    }
    if is_null(schema) {
        return false;
    }
    if schema.has("type") {
        return !schema.is_true("nullable");
    }
    let list = |keyword| schema.get(keyword).and_then(Value::as_array);
    let mut is_silent = |schema| omits_null(document, schema, memo);
    let parts = [
        list("allOf").map(|all| all.iter().any(&mut is_silent)),
        list("anyOf").map(|any| any.iter().all(&mut is_silent)),
        list("oneOf").map(|any| any.iter().all(&mut is_silent)),
    ];
    let mut parts = parts.into_iter().flatten().peekable();
    parts.peek().is_none() || parts.any(|is_silent| is_silent)
}

/// Makes null the second of two branches, if the union has a null branch or `is_nullable` because a
/// branch accepts null. Several other branches become a nested union.
fn null_apart(schema: &mut Map<String, Value>, is_nullable: bool) {
    let Some((keyword, branches)) = union_of(schema) else {
        return;
    };
    if branches.len() < 2 || !(is_nullable || branches.iter().any(is_null)) {
        return;
    }
    let mut others = branches.clone();
    others.retain(|branch| !is_null(branch));
    for branch in others.iter_mut().filter_map(Value::as_object_mut) {
        strip_branches(branch);
        strip_null(branch);
    }
    let other = match others.as_slice() {
        [other] => other.clone(),
        _ => {
            let mut union = Map::from_iter([(keyword.to_owned(), others.into())]);
            union.extend(schema.shift_remove_entry("discriminator"));
            union.extend(provenance::place(schema));
            union.into()
        }
    };
    schema.shift_remove(keyword);
    schema.insert("anyOf".to_owned(), json!([other, only_null()]));
}

/// Whether `schema` only allows null.
fn is_null<'a>(schema: impl Fields<'a>) -> bool {
    matches!(schema.list("enum"), [Value::Null])
}

/// Moves null from components to the references to them.
pub(super) fn move_to_references(document: &mut Document) {
    let conjunctions = nullable_conjunctions(document);
    let mut nullable = BTreeSet::new();
    if let Some(schemas) = schemas_mut(document) {
        for (name, schema) in schemas.iter_mut() {
            if let Value::Object(members) = schema {
                let at = join(SCHEMAS, name);
                let in_conjuncts = strip_conjuncts(members) && conjunctions.contains(&at);
                let is_nullable = strip_null(members);
                if is_nullable {
                    // The only other branch may be a conjunction.
                    strip_conjuncts(members);
                }
                if is_nullable || in_conjuncts {
                    nullable.insert(name.clone());
                }
            }
        }
        // An alias of a nullable component is nullable, too. So is a conjunction with one, if all
        // its conjuncts allow null.
        loop {
            let new = schemas.iter().filter(|(name, schema)| {
                let at = join(SCHEMAS, name);
                let is_nullable = alias(schema).is_some_and(|name| nullable.contains(name))
                    || conjunctions.contains(&at) && has_conjunct(schema, &nullable);
                is_nullable && !nullable.contains(*name)
            });
            let new: Vec<String> = new.map(|(name, _)| name.clone()).collect();
            if new.is_empty() {
                break;
            }
            nullable.extend(new);
        }
    }
    if nullable.is_empty() {
        return;
    }
    // Visit inner schemas first, so that the walk does not visit a wrapped schema again.
    walk::for_each_mut(&mut document.root, |at, kind, schema| {
        if kind != Kind::Schema {
            return;
        }
        // An earlier step has already added null to such a union.
        let is_in_union = at.is_item() && matches!(at.parent_name(), Some("anyOf" | "oneOf"));
        if at.component().is_some() || is_in_union {
            return;
        }
        let in_conjunction = at.parent_name() == Some("allOf");
        let is_nullable =
            |schema: &Value| referred(schema).is_some_and(|name| nullable.contains(name));
        if is_nullable(schema) && !in_conjunction {
            *schema = json!({"anyOf": [schema.clone(), only_null()]});
        } else if let Value::Object(members) = schema
            && let [only] = members.list("allOf")
            && is_nullable(only)
            && !members.contains_key("type")
        {
            let union = json!([only, only_null()]);
            members.shift_remove("allOf");
            members.insert("anyOf".to_owned(), union);
        } else if has_conjunct(schema, &nullable)
            && conjunctions.contains(&at.pointer())
            && !in_conjunction
        {
            *schema = or_null(schema.take());
        }
    });
}

/// Returns the pointers of the conjunctions whose conjuncts all allow null.
fn nullable_conjunctions(document: &Document) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut memo = Memo::default();
    each_schema(document, |at, schema| {
        if schema.has("allOf") && admits_null(document, schema, &mut memo) {
            found.insert(at.pointer());
        }
    });
    found
}

/// Whether null is valid for `schema`.
pub(super) fn admits_null<'a>(
    document: &'a Document,
    schema: &'a Value,
    memo: &mut Memo<'a>,
) -> bool {
    if let Some(reference) = schema.text("$ref") {
        return memo.answer(reference, |memo| {
            let target = document.resolve(reference);
            target.is_some_and(|(_, target)| admits_null(document, target, memo))
        });
    }
    let list = |keyword| schema.get(keyword).and_then(Value::as_array);
    let mut conjuncts = schema.list("allOf").iter();
    (schema.is_true("nullable") || !schema.has("type"))
        && list("enum").is_none_or(|values| values.contains(&Value::Null))
        && conjuncts.all(|one| admits_null(document, one, memo))
        && ["anyOf", "oneOf"].into_iter().all(|keyword| {
            list(keyword).is_none_or(|any| any.iter().any(|one| admits_null(document, one, memo)))
        })
}

/// Whether a conjunct of `schema` refers to one of `names`.
fn has_conjunct(schema: &Value, names: &BTreeSet<String>) -> bool {
    let mut targets = schema.list("allOf").iter().filter_map(alias);
    targets.any(|name| names.contains(name))
}

/// Returns `schema` or null, with the annotations on the outer schema.
fn or_null(schema: Value) -> Value {
    let Value::Object(members) = schema else {
        return schema;
    };
    let (mut outer, mut inner): (Map<_, _>, Map<_, _>) =
        members.into_iter().partition(|(key, _)| is_annotation(key));
    strip_null(&mut inner);
    outer.insert("anyOf".to_owned(), json!([inner, only_null()]));
    outer.into()
}

/// Removes null from `schema`. Returns whether `schema` allowed it.
pub(super) fn strip_null(schema: &mut Map<String, Value>) -> bool {
    let is_typed = schema.get("type").is_some();
    let is_nullable = is_typed && schema.shift_remove("nullable").is_some();
    if is_nullable && let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    let Some(Value::Array(branches)) = schema.get_mut("anyOf") else {
        return is_nullable;
    };
    if !branches.iter().any(is_only_null) {
        return is_nullable;
    }
    branches.retain(|branch| !is_only_null(branch));
    if let [only] = branches.as_slice() {
        let only = only.clone();
        schema.shift_remove("anyOf");
        match only {
            Value::Object(inner)
                if schema.is_empty()
                    || !inner.contains_key("$ref")
                        && inner
                            .keys()
                            .all(|key| is_annotation(key) || !schema.contains_key(key)) =>
            {
                for (key, value) in inner {
                    schema.entry(key).or_insert(value);
                }
                strip_null(schema);
            }
            other => match schema.get_mut("allOf") {
                Some(Value::Array(conjuncts)) => conjuncts.push(other),
                _ => {
                    schema.insert("allOf".to_owned(), json!([other]));
                }
            },
        }
    }
    // If the schema has a `type`, a null branch has no effect.
    !is_typed || is_nullable
}

/// Removes null from the inline conjuncts of `schema`. A conjunction only allows null if all its
/// conjuncts do. Returns whether one of them allowed it.
fn strip_conjuncts(schema: &mut Map<String, Value>) -> bool {
    let conjuncts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    let conjuncts = conjuncts.into_iter().flatten();
    let mut was_there = false;
    for conjunct in conjuncts.filter_map(Value::as_object_mut) {
        was_there |= strip_conjuncts(conjunct);
        was_there |= strip_null(conjunct);
    }
    was_there
}
