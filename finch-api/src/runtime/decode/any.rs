//! Reads any JSON as a `Value`. A repeated property is an error, where serde_json would keep the
//! last value.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use super::leniency;
use super::map::Map as _;

/// Reads any JSON.
///
/// # Errors
///
/// An object repeats a property.
pub(crate) fn read_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    // `Any` checks for duplicates itself.
    leniency::checked(true, || Any.deserialize(deserializer))
}

struct Any;

impl<'de> DeserializeSeed<'de> for Any {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            array.push(item);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = serde_json::Map::new();
        while let Some(name) = entries.next_key()? {
            let value = entries.next_value_seed(Self)?;
            object.add::<A::Error>(name, value)?;
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Value, String> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        read_any(&mut deserializer).map_err(|error| error.to_string())
    }

    #[test]
    fn any_agrees_with_serde_json() {
        for text in [
            "null",
            "true",
            "-7",
            "18446744073709551615",
            "1.5",
            r#""a\u0062""#,
            r#"[1, [], {"a": {"b": null}}]"#,
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(read(text).as_ref(), Ok(&value), "{text}");
            assert_eq!(read_any(&value).unwrap(), value, "{text}");
            assert_eq!(read_any(value.clone()).unwrap(), value, "{text}");
        }
    }

    #[test]
    fn a_property_has_one_value() {
        let error = read(r#"{"a": [{"b": 1, "b": 2}]}"#).unwrap_err();
        assert!(error.starts_with("duplicate key `b`"), "{error}");
    }
}
