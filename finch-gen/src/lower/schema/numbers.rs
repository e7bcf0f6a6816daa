//! Bounds of numbers (Validation 6.2).
//!
//! In 3.1 an exclusive bound is a separate number. In 3.0 it is a boolean next to the inclusive
//! bound. If a schema has both bounds, keep the stricter one.

use serde_json::{Map, Value, json};

use super::{Form, Lowering, Type};

impl Lowering<'_> {
    pub(super) fn number_keywords(
        &mut self,
        schema: &Map<String, Value>,
        of: Type,
        at: &str,
    ) -> Form {
        let mut form = Form::anything();
        let is_wide = of == Type::Integer && is_wide(schema);
        for (inclusive, exclusive, is_stricter) in [
            (
                "minimum",
                "exclusiveMinimum",
                f64::ge as fn(&f64, &f64) -> bool,
            ),
            ("maximum", "exclusiveMaximum", f64::le),
        ] {
            let bound = schema.get(inclusive).filter(|bound| bound.is_number());
            match (bound, schema.get(exclusive)) {
                (Some(bound), Some(Value::Bool(true))) => {
                    if !self.is_3_0 {
                        let what = format!("`{exclusive}: true` from OpenAPI 3.0 → read as in 3.0");
                        self.report.info("legacy-exclusive", at, what);
                    }
                    form.schema.insert(inclusive.to_owned(), bound.clone());
                    form.schema.insert(exclusive.to_owned(), true.into());
                }
                (bound, Some(limit @ Value::Number(_))) => {
                    let excludes_more = bound.is_none_or(|bound| {
                        is_stricter(
                            &limit.as_f64().unwrap_or_default(),
                            &bound.as_f64().unwrap_or_default(),
                        )
                    });
                    if excludes_more {
                        form.schema.insert(inclusive.to_owned(), limit.clone());
                        form.schema.insert(exclusive.to_owned(), true.into());
                    } else if let Some(bound) = bound {
                        form.schema.insert(inclusive.to_owned(), bound.clone());
                    }
                }
                (Some(bound), _) => {
                    form.schema.insert(inclusive.to_owned(), bound.clone());
                }
                // `exclusiveMinimum: true` without a minimum has no effect.
                (None, _) => {}
            }
            // JavaScript rounds its limits to integers beyond `i64`. Such a bound restricts
            // nothing that a client can hold, and openapiv3 cannot read it.
            let beyond = form
                .schema
                .get(inclusive)
                .is_some_and(|bound| of == Type::Integer && bound.as_i64().is_none());
            if beyond && let Some(bound) = form.schema.remove(inclusive) {
                form.schema.remove(exclusive);
                form.exact = false;
                let instead = match is_wide {
                    true => "the range of an unsigned 64-bit integer",
                    false => "dropped; it exceeds 64 bits, or is not an integer",
                };
                let what = format!("`{inclusive}: {bound}` of an integer → {instead}");
                self.report.warn("bound-unrepresentable", at, what);
            }
        }
        if let Some(multiple) = schema.get("multipleOf") {
            let fits = of != Type::Integer || multiple.as_i64().is_some();
            if fits {
                form.schema
                    .insert("multipleOf".to_owned(), multiple.clone());
            } else if let Some(multiple) = multiple.as_f64().filter(|of| of.fract() == 0.0) {
                form.schema
                    .insert("multipleOf".to_owned(), json!(multiple as i64));
            } else {
                form.exact = false;
                let what = format!("`multipleOf: {multiple}` of an integer → dropped");
                self.report.warn("bound-unrepresentable", at, what);
            }
        }
        if let Some(format) = schema.get("format").and_then(Value::as_str)
            && is_numeric(format)
        {
            form.schema.insert("format".to_owned(), format.into());
        } else if is_wide {
            form.schema.insert("format".to_owned(), "uint64".into());
        }
        form
    }
}

/// Whether the integers that `schema` accepts are not negative, and may exceed an `i64`.
/// Authors often round the limit 2^63 - 1 to 2^63.
fn is_wide(schema: &Map<String, Value>) -> bool {
    let bound = |keyword| schema.get(keyword).and_then(Value::as_f64);
    let least = bound("minimum").or(bound("exclusiveMinimum"));
    let most = bound("maximum").or(bound("exclusiveMaximum"));
    let beyond_i64 = |most: f64| most > (i64::MAX as f64);
    least.is_some_and(|least| least >= 0.0) && most.is_some_and(beyond_i64)
}

/// Whether `format` is a number format (OpenAPI 3.1, Data Types, and its registry of formats).
pub(super) fn is_numeric(format: &str) -> bool {
    matches!(
        format,
        "int8"
            | "int16"
            | "int32"
            | "int64"
            | "uint8"
            | "uint16"
            | "uint32"
            | "uint64"
            | "float"
            | "double"
            | "decimal"
            | "decimal128"
            | "double-int"
            | "int53"
    ) || format.starts_with("int")
        || format.starts_with("uint")
}
