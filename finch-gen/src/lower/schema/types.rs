//! Reads the types that a schema allows (Validation 6.1.1), and separates null: `[string, 'null']`
//! is a string, or null. A number includes the integers. Without `type`, or with all types listed,
//! every type is allowed. Refuses an unknown name, such as `type: str`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Lowering;
use crate::pointer::join;

/// The types of JSON Schema, in the order to try variants. An integer comes before a number, as
/// every integer is also a number. A string comes last, as it is the least specific.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Type {
    Object,
    Array,
    Boolean,
    Integer,
    Number,
    String,
}

impl Type {
    pub(super) const ALL: [Self; 6] = [
        Self::Object,
        Self::Array,
        Self::Boolean,
        Self::Integer,
        Self::Number,
        Self::String,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
        }
    }

    pub(super) fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Object => value.is_object(),
            Self::Array => value.is_array(),
            Self::Boolean => value.is_boolean(),
            Self::Integer => is_integer(value),
            Self::Number => value.is_number(),
            Self::String => value.is_string(),
        }
    }
}

/// `1.0` is an integer, too (Validation 6.1.1).
pub(crate) fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Writes `1.0` as `1`. Other values are returned unchanged.
pub(super) fn without_fraction(value: &Value) -> Value {
    match value
        .as_f64()
        .filter(|_| value.is_f64() && is_integer(value))
    {
        Some(number) if number.abs() < i64::MAX as f64 => (number as i64).into(),
        Some(number) if (0.0..u64::MAX as f64).contains(&number) => (number as u64).into(),
        _ => value.clone(),
    }
}

/// The types that a schema names, except null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Types {
    /// The types without null, or `None` if the schema accepts every type.
    pub(super) named: Option<BTreeSet<Type>>,
    /// Whether null is among them.
    pub(super) null: bool,
}

impl Types {
    pub(super) const ANY: Self = Self {
        named: None,
        null: true,
    };
}

impl Lowering<'_> {
    /// The types that `type` names.
    pub(super) fn types(&mut self, schema: &Map<String, Value>, at: &str) -> Types {
        let listed = match schema.get("type") {
            None => return Types::ANY,
            Some(Value::Array(list)) => list.as_slice(),
            Some(single) => std::slice::from_ref(single),
        };
        let mut named = BTreeSet::new();
        let mut null = false;
        for name in listed {
            match Type::ALL.iter().find(|of| name == of.name()) {
                Some(of) => drop(named.insert(*of)),
                None if name == "null" => null = true,
                None => {
                    let remedy = "use null, boolean, object, array, number, integer or string";
                    self.refuse(join(at, "type"), format!("{name} is not a type"), remedy);
                }
            }
        }
        if named.contains(&Type::Number) {
            // In a union with both branches, every integer would match twice.
            named.remove(&Type::Integer);
        }
        // Without the integer, which is a number.
        let all_but_null = Type::ALL.len() - 1;
        if null && named.len() == all_but_null {
            return Types::ANY;
        }
        let named = Some(named);
        Types { named, null }
    }
}
