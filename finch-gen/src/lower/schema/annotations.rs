//! Annotations, which assert nothing, and unknown keywords.

use serde_json::{Map, Value};

use super::values::equal;
use super::{Form, Lowering, Type, Types, is_integer};
use crate::annotation_keywords::is_kept;

/// The keywords that lowering reads, and the ones that it may drop without a note because they
/// assert nothing.
const KNOWN: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$ref",
    "$schema",
    "$vocabulary",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "discriminator",
    "else",
    "enum",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "required",
    "then",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];

impl Lowering<'_> {
    /// Reports the keywords of `schema` that no specification defines. Their meaning is lost.
    pub(super) fn unknown_keywords(&mut self, schema: &Map<String, Value>, at: &str) {
        for keyword in schema.keys() {
            if !is_kept(keyword) && !KNOWN.contains(&keyword.as_str()) {
                let what = format!("unknown keyword `{keyword}` → dropped");
                self.report.warn("unknown-keyword", at, what);
            }
        }
        if !self.is_3_0 && super::is_nullable(schema) {
            self.legacy_nullable += 1;
        }
    }

    /// Adds the annotations of `schema` to `form`.
    pub(super) fn annotate(
        &mut self,
        form: &mut Form,
        schema: &Map<String, Value>,
        types: &Types,
        at: &str,
    ) {
        let mut annotations = Map::new();
        for (keyword, value) in schema {
            if is_kept(keyword) {
                annotations.insert(keyword.clone(), value.clone());
            }
        }
        if schema.get("readOnly") == Some(&Value::Bool(true))
            && schema.get("writeOnly") == Some(&Value::Bool(true))
        {
            annotations.shift_remove("readOnly");
            annotations.shift_remove("writeOnly");
            let what = "both `readOnly` and `writeOnly` → neither";
            self.report.warn("readonly-writeonly", at, what);
        }
        // Next to a union, the discriminator belongs to the union.
        if let Some(discriminator) = schema.get("discriminator")
            && !schema.contains_key("oneOf")
            && !schema.contains_key("anyOf")
        {
            annotations.insert(
                "discriminator".to_owned(),
                self.discriminator(discriminator, at),
            );
        }
        let examples = schema.get("examples").and_then(Value::as_array);
        let first_example = examples.and_then(|examples| examples.first());
        let count = examples.map_or(0, Vec::len) + usize::from(schema.contains_key("example"));
        if count > 1 {
            let what = format!("{count} examples → the first; all of them are tested");
            self.report.info("examples-truncated", at, what);
        }
        if let Some(example) = schema.get("example").or(first_example) {
            annotations.insert("example".to_owned(), example.clone());
        }
        if let Some(default) = schema.get("default") {
            match self.default(default, form, types) {
                Some(default) => {
                    annotations.insert("default".to_owned(), default);
                }
                // A null default means that the property has no default.
                None if default.is_null() => {}
                None => {
                    let what = format!("`default: {default}`, which the schema refuses → dropped");
                    self.report.warn("default-mismatch", at, what);
                }
            }
        }
        if annotations.is_empty() {
            return;
        }
        // 3.0 ignores the siblings of a reference.
        if form.schema.contains_key("$ref") {
            let reference = Value::Object(std::mem::take(&mut form.schema));
            form.schema
                .insert("allOf".to_owned(), vec![reference].into());
        }
        // Outer annotations describe the whole schema. Inner ones come from a branch that
        // became the whole, and describe a part.
        form.schema.extend(annotations);
    }

    /// Returns `default` as 3.0 expects it, if the schema accepts it.
    fn default(&self, default: &Value, form: &Form, types: &Types) -> Option<Value> {
        if default.is_null() {
            let is_nullable = form.schema.get("nullable") == Some(&Value::Bool(true));
            return is_nullable.then_some(Value::Null);
        }
        if let Some(Value::Array(values)) = form.schema.get("enum")
            && !values.iter().any(|value| equal(value, default))
        {
            return None;
        }
        let Some(named) = &types.named else {
            return Some(default.clone());
        };
        let of = named.iter().find(|of| of.accepts(default))?;
        let whole = default
            .as_f64()
            .filter(|_| default.is_f64() && is_integer(default));
        match whole.filter(|_| *of == Type::Integer) {
            Some(number) if number.abs() < i64::MAX as f64 => Some((number as i64).into()),
            Some(number) if (0.0..u64::MAX as f64).contains(&number) => {
                Some((number as u64).into())
            }
            _ => Some(default.clone()),
        }
    }

    /// Lowers a discriminator. Its mapping names components by their new names.
    pub(super) fn discriminator(&self, discriminator: &Value, at: &str) -> Value {
        let mut discriminator = discriminator.clone();
        if let Some(Value::Object(mapping)) = discriminator.get_mut("mapping") {
            for target in mapping.values_mut() {
                if let Some(reference) = target.as_str()
                    && let Some(name) = self.index.component(self.document, reference, at)
                {
                    *target = format!("#/components/schemas/{name}").into();
                }
            }
        }
        discriminator
    }
}
