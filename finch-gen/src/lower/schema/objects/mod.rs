//! Lowers the keywords of objects (Core 10.2.2.4, 10.3.2 and 11.3, Validation 6.5).
//!
//! Keeps `properties`, `required` and the counts. The schemas of `patternProperties` become cases
//! of `additionalProperties`, so names are no longer checked. `unevaluatedProperties` becomes
//! `additionalProperties` if no other schema applies to the object. `propertyNames` and the
//! `dependent…` keywords are dropped. The properties that such a keyword names become optional: see
//! `conditional`. The report notes each loss.

mod conditional;

use serde_json::{Map, Value};

use super::source_marks::{OBJECT_FROM, OTHERS_FROM};
use super::{Form, Lowering, unions};
use crate::json::Fields as _;
use crate::pointer::join;

impl Lowering<'_> {
    pub(super) fn object_keywords(&mut self, schema: &Map<String, Value>, at: &str) -> Form {
        let mut form = Form::anything();
        form.copy(schema, &["minProperties", "maxProperties"]);
        if !schema.list("required").is_empty() {
            form.copy(schema, &["required"]);
        }
        if let Some(Value::Object(properties)) = schema.get("properties") {
            let mut lowered = Map::with_capacity(properties.len());
            for (name, property) in properties {
                let property = self.schema(property, &join(&join(at, "properties"), name));
                form.exact &= property.exact;
                lowered.insert(name.clone(), property.value());
            }
            form.set("properties", lowered);
            form.set(OBJECT_FROM, at);
        }
        self.names(schema, &mut form, at);
        self.additional(schema, &mut form, at);
        self.conditional_properties(schema, &mut form, at);
        for (keyword, code) in [
            ("dependentRequired", "dependent-required"),
            ("dependentSchemas", "dependent-schemas"),
            ("dependencies", "dependent-schemas"),
        ] {
            if schema.contains_key(keyword) {
                form.exact = false;
                let what = format!(
                    "`{keyword}` → dropped; the properties that it names are optional, and the \
                     values that it excluded are accepted"
                );
                self.report.warn(code, at, what);
            }
        }
        form
    }

    fn names(&mut self, schema: &Map<String, Value>, form: &mut Form, at: &str) {
        match schema.get("propertyNames") {
            None | Some(Value::Bool(true)) => {}
            Some(Value::Bool(false)) => form.set("maxProperties", 0),
            Some(_) => {
                form.exact = false;
                let what = "`propertyNames` → dropped; every name is accepted";
                self.report.warn("property-names", at, what);
            }
        }
    }

    /// Lowers `additionalProperties`, and what else applies to properties that
    /// `properties` does not name. `additionalProperties` does not apply to names that a
    /// pattern matches, so a pattern cannot be dropped alone: its schema becomes a case
    /// of `additionalProperties`.
    fn additional(&mut self, schema: &Map<String, Value>, form: &mut Form, at: &str) {
        let additional = match schema.get("additionalProperties") {
            Some(value) => Some((value, "additionalProperties")),
            None => self.unevaluated(schema, "unevaluatedProperties", at),
        };
        let additional = match (additional, schema.get("unevaluatedProperties")) {
            (None, Some(value)) => {
                form.exact &= *value == Value::Bool(true);
                // Other schemas evaluate some properties that it allows.
                let is_open = *value != Value::Bool(false);
                is_open.then_some((&Value::Bool(true), "unevaluatedProperties"))
            }
            (additional, _) => additional,
        };
        let patterns = match schema.get("patternProperties") {
            Some(Value::Object(patterns)) if !patterns.is_empty() => patterns,
            _ => {
                let Some((value, keyword)) = additional else {
                    return;
                };
                let from = join(at, keyword);
                let others = match value {
                    Value::Bool(_) => value.clone(),
                    value => {
                        let others = self.schema(value, &from);
                        form.exact &= others.exact;
                        others.value()
                    }
                };
                form.set("additionalProperties", others);
                form.set(OTHERS_FROM, from);
                return;
            }
        };
        let pattern_at = join(at, "patternProperties");
        let mut cases: Vec<Form> = patterns
            .iter()
            .map(|(pattern, schema)| self.schema(schema, &join(&pattern_at, pattern)))
            .collect();
        let matches_all = |pattern: &str| ["", ".*", "^.*$", "^.*", ".*$"].contains(&pattern);
        let is_plain_map = patterns.len() == 1
            && patterns.keys().all(|pattern| matches_all(pattern))
            && !schema.contains_key("properties");
        match additional {
            _ if is_plain_map => {}
            None | Some((Value::Bool(true), _)) => cases.push(Form::anything()),
            Some((Value::Bool(false), _)) => {}
            Some((value, keyword)) => cases.push(self.schema(value, &join(at, keyword))),
        }
        form.exact &= is_plain_map && cases.iter().all(|case| case.exact);
        let others = unions::any_of(cases, &pattern_at);
        let others = match others.is_anything() {
            true => Value::Bool(true),
            false => others.value(),
        };
        form.set("additionalProperties", others);
        form.set(OTHERS_FROM, pattern_at);
        if !is_plain_map {
            let what =
                "`patternProperties` → a case of `additionalProperties`; names are not checked";
            self.report.warn("pattern-properties", at, what);
        }
    }
}
