//! Lowers `enum` and `const` to a list of values (Validation 6.1.2, 6.1.3).
//!
//! `const: a` becomes `enum: [a]`. Null moves into the types. Duplicates are removed: `1` equals
//! `1.0`. Without a `type`, the values determine it. A value that the `type` refuses is dropped. An
//! empty enum, and an enum of objects or lists, no longer limits the values. The report notes each
//! loss. An `enum` that is not a list is refused.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::{Lowering, Type, Types};
use crate::pointer::join;

impl Lowering<'_> {
    /// Returns the values that `schema` enumerates, except null. Adds their types to `types` if
    /// `type` is missing.
    ///
    /// Null is read as the author means it. It is valid if the type or `nullable` accepts it,
    /// or the enum lists it.
    pub(super) fn values(
        &mut self,
        schema: &Map<String, Value>,
        types: &mut Types,
        nullable: bool,
        exact: &mut bool,
        at: &str,
    ) -> Option<Vec<Value>> {
        let mut values = match (schema.get("enum"), schema.get("const")) {
            (None, None) => return None,
            (Some(Value::Array(listed)), None) => listed.clone(),
            (None, Some(constant)) => vec![constant.clone()],
            (Some(Value::Array(listed)), Some(constant)) => listed
                .iter()
                .filter(|value| equal(value, constant))
                .cloned()
                .collect(),
            (Some(_), _) => {
                self.refuse(join(at, "enum"), "expected a list", "list the values");
                return None;
            }
        };
        if values.is_empty() {
            let what = "empty `enum` → dropped; every value is accepted";
            self.report.warn("enum-empty", at, what);
            *exact = false;
            return None;
        }
        let lists_null = values.iter().any(Value::is_null);
        values.retain(|value| !value.is_null());
        let mut seen = Distinct::default();
        values.retain(|value| seen.insert(value));

        let Some(named) = types.named.clone() else {
            // The values determine the types.
            let type_of = |value| Type::ALL.into_iter().find(|of| of.accepts(value));
            let mut named: BTreeSet<Type> = values.iter().filter_map(type_of).collect();
            if named.contains(&Type::Number) {
                named.remove(&Type::Integer);
            }
            *types = Types {
                named: Some(named),
                null: lists_null || nullable,
            };
            return self.plain(values, exact, at);
        };
        if lists_null != (types.null || nullable) {
            // 3.0 documents write `nullable` with an enum that lacks null.
            if !nullable {
                let (has, lacks) = match lists_null {
                    true => ("enum", "type"),
                    false => ("type", "enum"),
                };
                let what = format!("`{has}` lists null and `{lacks}` does not → null is accepted");
                self.report.warn("enum-null-mismatch", at, what);
                *exact = false;
            }
            types.null = true;
        }
        let mut refused = Vec::new();
        values.retain(|value| {
            let is_kept = named.iter().any(|of| of.accepts(value));
            if !is_kept {
                refused.push(value.to_string());
            }
            is_kept
        });
        if !refused.is_empty() && !values.is_empty() {
            let refused = refused.join(", ");
            let what = format!("values that the `type` refuses → dropped: {refused}");
            self.report.warn("enum-value-type", at, what);
        }
        if values.is_empty() && !types.null {
            let what = "`enum` without a value of its `type` → dropped; every value of the type \
                        is accepted";
            self.report.warn("unsatisfiable", at, what);
            *exact = false;
            return None;
        }
        if values.is_empty() {
            types.named = Some(BTreeSet::new());
            return None;
        }
        // A type without a listed value cannot occur.
        let occurring = named
            .iter()
            .filter(|of| values.iter().any(|value| of.accepts(value)));
        types.named = Some(occurring.copied().collect());
        self.plain(values, exact, at)
    }

    /// Returns `values` if they are scalars. An enum of objects or lists does not help a
    /// client.
    fn plain(&mut self, values: Vec<Value>, exact: &mut bool, at: &str) -> Option<Vec<Value>> {
        if values
            .iter()
            .any(|value| value.is_object() || value.is_array())
        {
            let what = "an `enum` of objects or lists → their type; other values are accepted";
            self.report.warn("enum-composite", at, what);
            *exact = false;
            return None;
        }
        (!values.is_empty()).then_some(values)
    }
}

/// A set of JSON values, compared with [`equal`].
#[derive(Default)]
pub(in crate::lower) struct Distinct {
    numbers: HashSet<u64>,
    others: HashSet<Value>,
}

impl Distinct {
    /// Adds `value`. Returns whether it is new.
    pub(in crate::lower) fn insert(&mut self, value: &Value) -> bool {
        match value.as_f64() {
            // Zero equals minus zero.
            Some(number) => self.numbers.insert((number + 0.0).to_bits()),
            None => self.others.insert(value.clone()),
        }
    }
}

/// Equality of JSON values: `1` equals `1.0`.
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}
