//! Arrays and maps: null in their place, and keys that are sent twice.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::any;
use super::leniency;

/// An array or a map.
pub(crate) trait Container<'de>: Default {
    /// Reads a value that is not null.
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl<'de, T: Deserialize<'de>> Container<'de> for Vec<T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

/// A map from the names of properties to their values.
pub(crate) trait Map<'de>: Default {
    type Value: Deserialize<'de> + PartialEq;

    fn get(&self, name: &str) -> Option<&Self::Value>;
    fn insert(&mut self, name: String, value: Self::Value);
    /// Reads the value of a property.
    fn next_value<A: MapAccess<'de>>(map: &mut A) -> Result<Self::Value, A::Error> {
        map.next_value()
    }

    /// Adds a property.
    ///
    /// # Errors
    ///
    /// It is there already, with another value.
    fn add<E: de::Error>(&mut self, name: String, value: Self::Value) -> Result<(), E> {
        if self.get(&name).is_some_and(|first| *first != value) {
            return Err(E::custom(format_args!("duplicate key `{name}`")));
        }
        self.insert(name, value);
        Ok(())
    }
}

impl<'de, T: Deserialize<'de> + PartialEq> Map<'de> for HashMap<String, T> {
    type Value = T;

    fn get(&self, name: &str) -> Option<&T> {
        self.get(name)
    }

    fn insert(&mut self, name: String, value: T) {
        self.insert(name, value);
    }
}

impl<'de> Map<'de> for serde_json::Map<String, Value> {
    type Value = Value;

    fn get(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }

    fn insert(&mut self, name: String, value: Value) {
        self.insert(name, value);
    }

    fn next_value<A: MapAccess<'de>>(map: &mut A) -> Result<Value, A::Error> {
        map.next_value_seed(any::Any)
    }
}

impl<'de, M: Map<'de>> Container<'de> for M {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<M>(PhantomData<M>);

impl<'de, M: Map<'de>> Visitor<'de> for Entries<M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<M, A::Error> {
        let mut map = M::default();
        while let Some(name) = entries.next_key()? {
            let value = M::next_value(&mut entries)?;
            map.add(name, value)?;
        }
        Ok(map)
    }
}

/// Reads an array or a map that may be null.
pub(crate) struct Read<C>(pub(crate) C);

impl<'de, C: Container<'de>> Deserialize<'de> for Read<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        C::read(deserializer).map(Self)
    }
}

/// Reads an array or a map; null, which the document does not allow, is an empty one.
pub(crate) fn or_empty<'de, C, D>(deserializer: D) -> Result<C, D::Error>
where
    C: Container<'de>,
    D: Deserializer<'de>,
{
    match Option::deserialize(deserializer)? {
        Some(Read(container)) => Ok(container),
        None => {
            leniency::note_repair();
            Ok(C::default())
        }
    }
}
