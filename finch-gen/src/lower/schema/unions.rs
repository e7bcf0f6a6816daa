//! Lowers `anyOf` and `oneOf` (Core 10.2.1), and null branches.
//!
//! A null branch becomes `nullable`, or a branch that only accepts null. A union of one branch
//! becomes that branch. An `anyOf` with a branch that accepts anything becomes a schema that
//! accepts anything. A `oneOf` with a widened branch becomes an `anyOf`, because a value may now
//! match twice. The report notes it.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{Form, Lowering, is_nullable, source_marks};
use crate::annotation_keywords::is_annotation;
use crate::json::Fields as _;
use crate::memo::Memo;

impl Lowering<'_> {
    /// Lowers the union `keyword` of `schema`.
    pub(super) fn union(
        &mut self,
        schema: &Map<String, Value>,
        keyword: &'static str,
        at: &str,
    ) -> Option<Form> {
        schema.get(keyword)?;
        let all = self.list(schema, keyword, at);
        let mut exact = all.iter().all(|branch| branch.exact);
        if keyword == "oneOf" && all.iter().any(Form::is_null) && self.is_null_twice(schema) {
            let what = "`oneOf` with several branches that accept null → null is accepted";
            self.report.warn("oneof-null", at, what);
            exact = false;
        }
        let (nulls, mut rest): (Vec<Form>, Vec<Form>) = all.into_iter().partition(Form::is_null);
        rest.retain(|branch| !branch.is_nothing());
        if keyword == "anyOf" {
            // A `oneOf` refuses a value that matches two equal branches.
            rest = distinct(rest);
        }
        if rest.is_empty() {
            return Some(match nulls.is_empty() {
                true => Form::nothing(),
                false => Form::null(),
            });
        }
        // A wider branch may make a value match twice, which `oneOf` refuses.
        let becomes_any = keyword == "oneOf" && !exact && rest.len() > 1;
        if becomes_any {
            let what = "`oneOf` with widened branches → `anyOf`; a value that matches two \
                        branches is accepted";
            self.report.warn("oneof-to-anyof", at, what);
        }
        let emitted = if becomes_any { "anyOf" } else { keyword };
        let mut vacuous = rest.iter().filter(|branch| branch.is_anything()).peekable();
        if emitted == "anyOf" && vacuous.peek().is_some() {
            let exact = keyword == "anyOf" && vacuous.any(|branch| branch.exact);
            return Some(Form::anything().with_exact(exact));
        }
        if becomes_any {
            rest = distinct(rest);
        }
        let discriminator = schema.get("discriminator");
        let is_single = rest.len() == 1;
        let mut form = if is_single && (!nulls.is_empty() || discriminator.is_none()) {
            rest.remove(0)
        } else {
            let branches: Vec<Value> = rest.into_iter().map(Form::value).collect();
            let mut union = Form::exact(json!({emitted: branches}));
            if let Some(discriminator) = discriminator {
                union.set("discriminator", self.discriminator(discriminator, at));
            }
            source_marks::set(&mut union.schema, at);
            union
        };
        form.exact = exact;
        Some(match nulls.is_empty() {
            true => form,
            false => or_null(form),
        })
    }

    /// Whether several branches of the `oneOf` of `schema` accept null.
    fn is_null_twice(&self, schema: &Map<String, Value>) -> bool {
        let mut memo = Memo::default();
        let branches = schema.list("oneOf").iter();
        let nullable = branches.filter(|branch| self.may_be_null(branch, &mut memo));
        nullable.count() > 1
    }

    /// Whether `schema` may accept null. Follows references.
    fn may_be_null<'v>(&'v self, schema: &'v Value, memo: &mut Memo<'v>) -> bool {
        let Value::Object(members) = schema else {
            return *schema == Value::Bool(true);
        };
        let list = |keyword| members.get(keyword).and_then(Value::as_array);
        if is_nullable(members) {
            return true;
        }
        let named = match members.get("type") {
            Some(Value::Array(types)) => types.iter().any(|of| of == "null"),
            Some(of) => of == "null",
            None => true,
        };
        let is_plain = named
            && members.get("const").is_none_or(Value::is_null)
            && list("enum").is_none_or(|values| values.contains(&Value::Null));
        if !is_plain {
            return false;
        }
        if let Some(reference) = members.text("$ref")
            && let Some((_, target)) = self.document.resolve(reference)
            && !memo.answer(reference, |memo| self.may_be_null(target, memo))
        {
            return false;
        }
        let mut may_be = |schema| self.may_be_null(schema, memo);
        list("allOf").is_none_or(|all| all.iter().all(&mut may_be))
            && ["anyOf", "oneOf"]
                .into_iter()
                .all(|keyword| list(keyword).is_none_or(|any| any.iter().any(&mut may_be)))
    }
}

/// Returns a union of `branches`, which come from the schema at `at`. If all branches are
/// equal, returns that branch.
pub(super) fn any_of(branches: Vec<Form>, at: &str) -> Form {
    let exact = branches.iter().all(|branch| branch.exact);
    if branches.iter().any(Form::is_anything) {
        return Form::anything().with_exact(exact);
    }
    let mut branches = distinct(branches);
    branches.retain(|branch| !branch.is_nothing());
    if branches.len() > 1 && branches.iter().any(Form::is_null) {
        branches.retain(|branch| !branch.is_null());
        let mut form = or_null(any_of(branches, at));
        source_marks::set_new(&mut form.schema, at);
        return form.with_exact(exact);
    }
    let form = match branches.len() {
        0 => Form::nothing(),
        1 => branches.remove(0),
        _ => {
            let branches: Vec<Value> = branches.into_iter().map(Form::value).collect();
            let mut union = Form::exact(json!({"anyOf": branches}));
            source_marks::set(&mut union.schema, at);
            union
        }
    };
    form.with_exact(exact)
}

fn distinct(mut branches: Vec<Form>) -> Vec<Form> {
    let mut seen = HashSet::with_capacity(branches.len());
    branches.retain(|branch| seen.insert(source_marks::unmarked(&branch.schema)));
    branches
}

/// Adds null to `form`: inside a typed schema, as a branch of any other.
pub(super) fn or_null(mut form: Form) -> Form {
    let schema = &mut form.schema;
    if schema.contains_key("type") && !schema.has_any(&["allOf", "anyOf", "oneOf", "not"]) {
        fold_null(schema);
        return form;
    }
    if *schema == Form::nothing().schema {
        return Form::null().with_exact(form.exact);
    }
    if schema.is_empty() || is_null_union(schema) {
        return form;
    }
    let exact = form.exact;
    Form::exact(json!({"anyOf": [form.value(), Form::null().value()]})).with_exact(exact)
}

/// Whether `schema` is a union that already has a null branch, and has no other keyword that
/// refuses null.
fn is_null_union(schema: &Map<String, Value>) -> bool {
    let mut others = schema.keys().filter(|key| *key != "anyOf");
    schema.list("anyOf").contains(&Form::null().value()) && others.all(|key| is_annotation(key))
}

/// Makes a typed schema nullable; its `enum` must list null then.
pub(super) fn fold_null(schema: &mut Map<String, Value>) {
    schema.insert("nullable".to_owned(), true.into());
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}
