//! Adds properties to maps: to a `HashMap`, or to a JSON object. A property that is already
//! there is an error: `{"a": 1, "a": 2}`.

use std::collections::HashMap;

use serde::de::{self, Deserialize};
use serde_json::Value;

/// A map from property names to values.
pub(crate) trait Map<'de>: Default {
    type Value: Deserialize<'de>;

    fn contains(&self, name: &str) -> bool;
    fn insert(&mut self, name: String, value: Self::Value);

    /// Adds a property.
    ///
    /// # Errors
    ///
    /// The map has the property.
    fn add<E: de::Error>(&mut self, name: String, value: Self::Value) -> Result<(), E> {
        if self.contains(&name) {
            return Err(E::custom(format_args!("duplicate key `{name}`")));
        }
        self.insert(name, value);
        Ok(())
    }
}

impl<'de, T: Deserialize<'de>> Map<'de> for HashMap<String, T> {
    type Value = T;

    fn contains(&self, name: &str) -> bool {
        self.contains_key(name)
    }

    fn insert(&mut self, name: String, value: T) {
        self.insert(name, value);
    }
}

impl Map<'_> for serde_json::Map<String, Value> {
    type Value = Value;

    fn contains(&self, name: &str) -> bool {
        self.contains_key(name)
    }

    fn insert(&mut self, name: String, value: Value) {
        self.insert(name, value);
    }
}
