//! The tree of a YAML or JSON text, with numbers of any size, and with as much in
//! it as a text of this length can hold.
//!
//! serde_yaml's own `Value` stops at an integer that 64 bits do not hold, which
//! programs that round `i64::MIN` write into documents. As a number it loses
//! nothing that a client could use. And serde_yaml counts how often an alias is
//! followed, not what is copied then: a hundred kilobytes of text, a hundred
//! thousand times, are ten gigabytes.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess};
use serde::de::{VariantAccess as _, Visitor};
use serde_yaml::value::{Tag, TaggedValue};
use serde_yaml::{Mapping, Value};

/// What a value costs, whatever it is: less than it takes in memory. A byte of a
/// text costs one.
const VALUE: usize = 8;

/// What may be spent for a byte of the text. Without an alias, a byte costs less:
/// the most in lists of many values and little else.
const PER_BYTE: usize = 10;

/// What may be spent beside: a small text may well say one thing often.
const AT_LEAST: usize = 8 << 20;

/// Reads a [`Value`] from a text, as long as what was to be spent for it lasts.
pub(super) struct Tree {
    left: Cell<Option<usize>>,
}

impl Tree {
    /// The reader of `text`.
    pub(super) fn new(text: &str) -> Self {
        let budget = text.len().saturating_mul(PER_BYTE);
        Self {
            left: Cell::new(Some(budget.saturating_add(AT_LEAST))),
        }
    }

    /// Whether it read no further because there was more than there may be.
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

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
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
                let key = key
                    .as_str()
                    .map_or_else(String::new, |key| format!(" {key:?}"));
                return Err(Error::custom(format!("the key{key} is there twice")));
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
