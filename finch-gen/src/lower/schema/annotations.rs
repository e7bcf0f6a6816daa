//! Lowers annotations, and reports unknown keywords, which are dropped.
//!
//! Annotations assert nothing, such as `title` and `default`. Of several examples, the first is
//! kept. A `default` that the schema refuses is dropped. A schema with both `readOnly` and
//! `writeOnly` gets neither. The mapping of a discriminator names the lowered components. Because
//! 3.0 ignores the siblings of a `$ref`, the reference moves into an `allOf`.

use serde_json::{Map, Value};

use super::types::without_fraction;
use super::values::equal;
use super::{Form, Lowering, Type, Types, is_nullable};
use crate::annotation_keywords::is_kept;
use crate::json::Fields as _;
use crate::walk::{self, Kind, Reading};

/// The keywords without inner schemas that lowering reads, and those that it may drop without a
/// note because they assert nothing.
const KNOWN: &[&str] = &[
    "$anchor",
    "$comment",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$ref",
    "$schema",
    "$vocabulary",
    "const",
    "contentEncoding",
    "contentMediaType",
    "default",
    "dependencies",
    "dependentRequired",
    "discriminator",
    "enum",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
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
    "nullable",
    "pattern",
    "required",
    "type",
    "uniqueItems",
];

impl Lowering<'_> {
    /// Reports the keywords of `schema` that no specification defines. Their meaning is lost.
    pub(super) fn unknown_keywords(&mut self, schema: &Map<String, Value>, at: &str) {
        for keyword in schema.keys() {
            if !is_kept(keyword) && !is_known(keyword) {
                let what = format!("unknown keyword `{keyword}` → dropped");
                self.report.warn("unknown-keyword", at, what);
            }
        }
        if !self.is_3_0 && is_nullable(schema) {
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
        let kept = schema.iter().filter(|(keyword, _)| is_kept(keyword));
        let mut annotations: Map<String, Value> = kept
            .map(|(keyword, value)| (keyword.clone(), value.clone()))
            .collect();
        if schema.is_true("readOnly") && schema.is_true("writeOnly") {
            annotations.shift_remove("readOnly");
            annotations.shift_remove("writeOnly");
            let what = "both `readOnly` and `writeOnly` → neither";
            self.report.warn("readonly-writeonly", at, what);
        }
        // Next to a union, the discriminator belongs to the union.
        if let Some(discriminator) = schema.get("discriminator")
            && !schema.has_any(&["oneOf", "anyOf"])
        {
            let discriminator = self.discriminator(discriminator, at);
            annotations.insert("discriminator".to_owned(), discriminator);
        }
        let mut examples = schema
            .get("example")
            .into_iter()
            .chain(schema.list("examples"));
        let count = examples.clone().count();
        if count > 1 {
            let what = format!("{count} examples → the first; all of them are tested");
            self.report.info("examples-truncated", at, what);
        }
        if let Some(example) = examples.next() {
            annotations.insert("example".to_owned(), example.clone());
        }
        if let Some(default) = schema.get("default") {
            match accepted_default(default, form, types) {
                Some(default) => drop(annotations.insert("default".to_owned(), default)),
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
            form.wrap();
        }
        // Outer annotations describe the whole schema. Inner ones come from a branch that
        // became the whole, and describe a part.
        form.schema.extend(annotations);
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

/// Whether lowering handles `keyword`. It reads all keywords with inner schemas.
fn is_known(keyword: &str) -> bool {
    let inside = walk::inside(Reading::As(Kind::Schema), Some(keyword));
    !matches!(inside, Reading::Data) || KNOWN.contains(&keyword)
}

/// Returns `default` as 3.0 expects it, if the lowered schema `form` accepts it.
fn accepted_default(default: &Value, form: &Form, types: &Types) -> Option<Value> {
    if default.is_null() {
        return is_nullable(&form.schema).then_some(Value::Null);
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
    Some(match of {
        Type::Integer => without_fraction(default),
        _ => default.clone(),
    })
}
