//! `anyOf` and `oneOf` (Core 10.2.1), and null among their branches.

use serde_json::{Map, Value, json};

use super::{Form, Lowering};

impl Lowering<'_> {
    /// The union `keyword` of `schema`.
    pub(super) fn union(
        &mut self,
        schema: &Map<String, Value>,
        keyword: &'static str,
        at: &str,
    ) -> Option<Form> {
        schema.get(keyword)?;
        let all = self.list(schema, keyword, at);
        let exact = all.iter().all(|branch| branch.exact);
        let (nulls, mut rest): (Vec<Form>, Vec<Form>) = all.into_iter().partition(Form::is_null);
        rest.retain(|branch| !branch.is_nothing());
        if keyword == "anyOf" {
            // A value that two equal branches of a `oneOf` match is refused.
            rest = distinct(rest);
        }
        if rest.is_empty() {
            return Some(if nulls.is_empty() {
                Form::nothing()
            } else {
                Form::null()
            });
        }
        // A wider branch may make a value match twice, which `oneOf` refuses.
        let becomes_any = keyword == "oneOf" && !exact && rest.len() > 1;
        if becomes_any {
            let what = "`oneOf` of branches that are wider now → `anyOf`; a value that matches two is accepted";
            self.report.warn("oneof-to-anyof", at, what);
        }
        if keyword == "anyOf"
            && rest
                .iter()
                .any(|branch| branch.is_anything() && branch.exact)
        {
            return Some(Form::anything());
        }
        let emitted = if becomes_any { "anyOf" } else { keyword };
        let discriminator = schema.get("discriminator");
        let is_single = rest.len() == 1;
        let mut form = if is_single && (!nulls.is_empty() || discriminator.is_none()) {
            rest.remove(0)
        } else {
            let branches: Vec<Value> = rest.into_iter().map(Form::value).collect();
            let mut union = Form::exact(json!({emitted: branches}));
            if let Some(discriminator) = discriminator {
                union.schema.insert(
                    "discriminator".to_owned(),
                    self.discriminator(discriminator),
                );
            }
            union
        };
        form.exact = exact;
        Some(if nulls.is_empty() {
            form
        } else {
            or_null(form)
        })
    }
}

/// A union of `branches`; the one branch, where all are equal.
pub(super) fn any_of(branches: Vec<Form>) -> Form {
    let exact = branches.iter().all(|branch| branch.exact);
    if branches.iter().any(Form::is_anything) {
        return Form {
            exact,
            ..Form::anything()
        };
    }
    let mut branches = distinct(branches);
    branches.retain(|branch| !branch.is_nothing());
    let mut form = match branches.len() {
        0 => Form::nothing(),
        1 => branches.remove(0),
        _ => {
            let branches: Vec<Value> = branches.into_iter().map(Form::value).collect();
            Form::exact(json!({"anyOf": branches}))
        }
    };
    form.exact = exact;
    form
}

fn distinct(branches: Vec<Form>) -> Vec<Form> {
    let mut distinct: Vec<Form> = Vec::with_capacity(branches.len());
    for branch in branches {
        if !distinct.iter().any(|other| other.schema == branch.schema) {
            distinct.push(branch);
        }
    }
    distinct
}

/// `form`, or null: inside of a typed schema, beside anything else.
pub(super) fn or_null(form: Form) -> Form {
    let Form { mut schema, exact } = form;
    let is_typed = schema.contains_key("type")
        && !["allOf", "anyOf", "oneOf", "not"]
            .iter()
            .any(|keyword| schema.contains_key(*keyword));
    if is_typed {
        fold_null(&mut schema);
        return Form { schema, exact };
    }
    if schema.is_empty() || is_null_union(&schema) {
        return Form { schema, exact };
    }
    let union = json!({"anyOf": [Value::Object(schema), Form::null().value()]});
    Form {
        exact,
        ..Form::exact(union)
    }
}

/// Whether `schema` is a union one branch of which is null already.
fn is_null_union(schema: &Map<String, Value>) -> bool {
    let null = Form::null().value();
    let branches = schema.get("anyOf").and_then(Value::as_array);
    branches.is_some_and(|branches| branches.contains(&null))
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
