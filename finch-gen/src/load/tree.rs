//! Reads a YAML or JSON text into a tree. Accepts integers of any size: an integer beyond 64 bits
//! becomes a floating-point number. Refuses a repeated key, and a tree that is too large in
//! proportion to its text.
//!
//! serde_yaml's own `Value` refuses an integer that does not fit into 64 bits. Programs that
//! round `i64::MIN` write such integers into documents. As a floating-point number the value
//! loses nothing that a client could use.
//!
//! serde_yaml limits how often aliases are followed, but not how much they copy: a text of a
//! hundred kilobytes, copied a hundred thousand times, takes ten gigabytes.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess};
use serde::de::{VariantAccess as _, Visitor};
use serde_yaml::value::{Tag, TaggedValue};
use serde_yaml::{Mapping, Value};

/// The cost of any value, which is less than the memory that it takes. Each byte of a string
/// costs one more.
const VALUE: usize = 8;

/// The budget for each byte of the text. Without aliases, a byte costs less. Long lists of
/// small values cost the most.
const PER_BYTE: usize = 10;

/// The budget that any text gets: a small text may repeat one value often.
const AT_LEAST: usize = 8 << 20;

/// Reads a [`Value`] from a text within a budget.
pub(super) struct Tree {
    left: Cell<Option<usize>>,
}

impl Tree {
    /// Returns a reader for `text`.
    pub(super) fn new(text: &str) -> Self {
        let budget = text.len().saturating_mul(PER_BYTE);
        Self {
            left: Cell::new(Some(budget.saturating_add(AT_LEAST))),
        }
    }

    /// Whether the reader stopped because the budget was spent.
    pub(super) fn is_spent(&self) -> bool {
        self.left.get().is_none()
    }

    fn spend<E: Error>(&self, cost: usize) -> Result<(), E> {
        let left = self.left.get().and_then(|left| left.checked_sub(cost));
        self.left.set(left);
        match left {
            Some(_) => Ok(()),
            None => Err(E::custom("too much")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for &Tree {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.spend(VALUE)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    /// An empty text.
    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        Ok((value as f64).into())
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        Ok((value as f64).into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.spend(value.len())?;
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut sequence = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            sequence.push(item);
        }
        Ok(Value::Sequence(sequence))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut mapping = Mapping::new();
        while let Some(key) = members.next_key_seed(self)? {
            let value = members.next_value_seed(self)?;
            if mapping.contains_key(&key) {
                let key = key.as_str().map(|key| format!(" {key:?}"));
                let key = key.unwrap_or_default();
                return Err(Error::custom(format!("duplicate key{key}")));
            }
            mapping.insert(key, value);
        }
        Ok(Value::Mapping(mapping))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, of: A) -> Result<Value, A::Error> {
        let (tag, content) = of.variant::<String>()?;
        self.spend(tag.len())?;
        let value = content.newtype_variant_seed(self)?;
        let tag = Tag::new(tag);
        Ok(Value::Tagged(Box::new(TaggedValue { tag, value })))
    }
}
