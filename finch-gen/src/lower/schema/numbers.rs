//! Lowers the bounds of numbers (Validation 6.2), `multipleOf` and the formats of numbers.
//!
//! In 3.1 an exclusive bound is a separate number. In 3.0 it is a boolean next to the inclusive
//! bound: `exclusiveMinimum: 5` becomes `minimum: 5, exclusiveMinimum: true`. If a schema has both
//! bounds, the stricter one is kept. A bound of an integer that is not a 64-bit integer is dropped
//! with a warning.

use serde_json::{Map, Value};

use super::types::without_fraction;
use super::{Form, Lowering, Type};
use crate::json::Fields as _;

impl Lowering<'_> {
    pub(super) fn number_keywords(
        &mut self,
        schema: &Map<String, Value>,
        of: Type,
        at: &str,
    ) -> Form {
        let mut form = Form::anything();
        let is_wide = of == Type::Integer && is_wide(schema);
        let is_greater: fn(&f64, &f64) -> bool = f64::ge;
        for (inclusive, exclusive, is_stricter) in [
            ("minimum", "exclusiveMinimum", is_greater),
            ("maximum", "exclusiveMaximum", f64::le),
        ] {
            let bound = schema.get(inclusive).filter(|bound| bound.is_number());
            match (bound, schema.get(exclusive)) {
                (Some(bound), Some(Value::Bool(true))) => {
                    if !self.is_3_0 {
                        let what = format!("`{exclusive}: true` from OpenAPI 3.0 → read as in 3.0");
                        self.report.info("legacy-exclusive", at, what);
                    }
                    form.set(inclusive, bound.clone());
                    form.set(exclusive, true);
                }
                (Some(bound), Some(limit @ Value::Number(_)))
                    if !is_stricter(&float(limit), &float(bound)) =>
                {
                    form.set(inclusive, bound.clone());
                }
                (_, Some(limit @ Value::Number(_))) => {
                    form.set(inclusive, limit.clone());
                    form.set(exclusive, true);
                }
                (Some(bound), _) => form.set(inclusive, bound.clone()),
                // `exclusiveMinimum: true` without a minimum has no effect.
                (None, _) => {}
            }
            // JavaScript rounds its limits to integers beyond `i64`. Such a bound restricts
            // nothing that a client can hold, and openapiv3 cannot read it.
            let bound = form.schema.get(inclusive).filter(|_| of == Type::Integer);
            match bound.map(without_fraction) {
                None => {}
                Some(bound) if bound.is_i64() => form.set(inclusive, bound),
                Some(bound) => {
                    form.schema.remove(inclusive);
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
        }
        if let Some(multiple) = schema.get("multipleOf") {
            let whole = without_fraction(multiple);
            if of != Type::Integer {
                form.set("multipleOf", multiple.clone());
            } else if whole.is_i64() {
                form.set("multipleOf", whole);
            } else {
                form.exact = false;
                let what = format!("`multipleOf: {multiple}` of an integer → dropped");
                self.report.warn("bound-unrepresentable", at, what);
            }
        }
        let wide = is_wide.then_some("uint64");
        if let Some(format) = schema.text("format").filter(|of| is_numeric(of)).or(wide) {
            form.set("format", format);
        }
        form
    }
}

fn float(number: &Value) -> f64 {
    number.as_f64().unwrap_or_default()
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
    let floats = ["float", "double", "decimal", "decimal128", "double-int"];
    format.starts_with("int") || format.starts_with("uint") || floats.contains(&format)
}
