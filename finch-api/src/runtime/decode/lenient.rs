//! Accepts common mistakes of servers in values of any type.
//!
//! - null is an empty array or map.
//! - A number without a fractional part is an integer in any notation. See `edited` for
//!   large ones.
//! - A property may be repeated with the same value. Different values are an error.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};

use super::any::read_any;
use super::leniency;

/// Reads the value of a wrapper leniently.
///
/// # Errors
///
/// The value has another type, or a property has two different values.
pub(crate) fn lenient<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_newtype_struct("", Wrapped(PhantomData))
}

/// Reads the value that a newtype struct wraps.
struct Wrapped<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Wrapped<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::deserialize(Lenient(deserializer))
    }
}

/// [`lenient`] as a seed, for the value of a property.
pub(crate) struct LenientSeed<T>(PhantomData<T>);

impl<T> LenientSeed<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for LenientSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::deserialize(Lenient(deserializer))
    }
}

/// A deserializer that reads leniently from another.
///
/// It passes the inner deserializer on to a newtype struct. The objects and the wrappers of
/// this crate are read as newtype structs and read their values leniently themselves. Wrapping
/// their deserializer again would nest types without end.
struct Lenient<D>(D);

macro_rules! integers {
    ($($method:ident)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
                self.0.$method(Whole(visitor))
            }
        )*
    };
}

macro_rules! others {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {
        $(
            fn $method<V: Visitor<'de>>(
                self,
                $($argument: $type,)*
                visitor: V,
            ) -> Result<V::Value, D::Error> {
                self.0.$method($($argument,)* visitor)
            }
        )*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Lenient<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        if leniency::is_checked() {
            return self.0.deserialize_any(visitor);
        }
        let value = read_any(self.0)?;
        value.deserialize_any(visitor).map_err(D::Error::custom)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = MapOrNull(visitor);
        if leniency::is_checked() {
            return self.0.deserialize_option(visitor);
        }
        let value = read_any(self.0)?;
        leniency::checked(true, || value.deserialize_option(visitor)).map_err(D::Error::custom)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(SeqOrNull(visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(Within(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(length, Within(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, Within(visitor))
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    // Not the method of the inner deserializer: serde_json's is also compiled for a `RawValue`.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self.0)
    }

    // serde_json only reads digits as 128-bit integers.
    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(Whole(visitor))
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(Whole(visitor))
    }

    others! {
        deserialize_bool()
        deserialize_f32()
        deserialize_f64()
        deserialize_char()
        deserialize_str()
        deserialize_string()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_unit()
        deserialize_unit_struct(name: &'static str)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
        deserialize_identifier()
        deserialize_ignored_any()
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Visits an integer that may have a fraction of zero or an exponent.
struct Whole<V>(V);

macro_rules! numbers {
    ($($method:ident($type:ty))*) => {
        $(
            fn $method<E: de::Error>(self, number: $type) -> Result<V::Value, E> {
                self.0.$method(number)
            }
        )*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<V::Value, E> {
        // Beyond 2^53 the number may have been rounded: `edited` writes integers in digits.
        const PRECISE: f64 = 9_007_199_254_740_992.0;
        match number as i64 {
            _ if number.fract() != 0.0 || number.abs() >= PRECISE => self.0.visit_f64(number),
            integer if integer < 0 => self.0.visit_i64(integer),
            integer => self.0.visit_u64(integer.unsigned_abs()),
        }
    }

    numbers! {
        visit_i64(i64)
        visit_i128(i128)
        visit_u64(u64)
        visit_u128(u128)
    }
}

/// An empty array or map in place of null.
struct Empty<E>(PhantomData<E>);

impl<E> Empty<E> {
    fn instead_of_null() -> Self {
        leniency::note_repair();
        Self(PhantomData)
    }
}

impl<'de, E: de::Error> SeqAccess<'de> for Empty<E> {
    type Error = E;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, _: S) -> Result<Option<S::Value>, E> {
        Ok(None)
    }
}

impl<'de, E: de::Error> MapAccess<'de> for Empty<E> {
    type Error = E;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, _: S) -> Result<Option<S::Value>, E> {
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, _: S) -> Result<S::Value, E> {
        Err(E::custom("a value without a key"))
    }
}

macro_rules! or_null {
    ($name:ident, $visit:ident, $deserialize:ident) => {
        struct $name<V>(V);

        impl<'de, V: Visitor<'de>> Visitor<'de> for $name<V> {
            type Value = V::Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.expecting(f)
            }

            fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
                self.0.$visit(Empty::instead_of_null())
            }

            fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
                self.visit_none()
            }

            fn visit_some<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<V::Value, D::Error> {
                deserializer.$deserialize(Within(self.0))
            }
        }
    };
}

or_null!(SeqOrNull, visit_seq, deserialize_seq);
or_null!(MapOrNull, visit_map, deserialize_map);

/// Makes a visitor or seed read its inner values leniently: the items of an array or map.
struct Within<T>(T);

impl<'de, V: Visitor<'de>> Visitor<'de> for Within<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Lenient(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Within(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Within(entries))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Within<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Lenient(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Within<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Within(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Within<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Within(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;
    use crate::runtime::decode::from_json;

    type Map<T> = BTreeMap<String, T>;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Derived {
        lists: Vec<Vec<u8>>,
        any: Option<Value>,
        #[serde(flatten)]
        rest: Map<Value>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Plain {
        lists: Option<Map<Vec<u8>>>,
        any: Value,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(transparent)]
    struct Tree(#[serde(deserialize_with = "super::lenient")] Map<Tree>);

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(transparent)]
    struct Lists(#[serde(deserialize_with = "super::lenient")] Vec<Option<Lists>>);

    fn read<T: DeserializeOwned + PartialEq + fmt::Debug>(text: &str) -> Result<T, String> {
        let read = from_json(text.as_bytes());
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let alone: Result<T, _> = lenient(&mut deserializer);
        match (&read, &alone) {
            (Ok(read), Ok(alone)) => assert_eq!(read, alone, "{text}"),
            (Err(_), Err(_)) => {}
            // `from_json` removes repetitions before it decodes.
            (Ok(_), Err(error)) if error.to_string().starts_with("duplicate ") => {}
            _ => panic!("{text}: {read:?} {alone:?}"),
        }
        if let (Ok(read), Ok(value)) = (&read, serde_json::from_str::<Value>(text)) {
            assert_eq!(&lenient::<T, _>(&value).unwrap(), read, "{text}");
            assert_eq!(&lenient::<T, _>(value).unwrap(), read, "{text}");
        }
        read
    }

    #[track_caller]
    fn check<T: DeserializeOwned + PartialEq + fmt::Debug>(text: &str, expected: T) {
        assert_eq!(read(text), Ok(expected), "{text}");
    }

    fn map<T>(entries: impl IntoIterator<Item = (&'static str, T)>) -> Map<T> {
        let entries = entries.into_iter();
        entries
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    #[test]
    fn null_is_an_empty_array_or_map_at_any_depth() {
        check::<Vec<u8>>("null", vec![]);
        check::<Map<u8>>(" null ", map([]));
        check::<HashMap<u16, u8>>(r#"{"7": 1}"#, HashMap::from([(7, 1)]));
        check("[null, [1], null]", vec![vec![], vec![1_u8], vec![]]);
        check("[[null], null]", vec![vec![Vec::<u8>::new()], vec![]]);
        check(
            r#"{"a": null, "b": [1]}"#,
            map([("a", vec![]), ("b", vec![1_u8])]),
        );
        check(r#"{"a": null}"#, map([("a", map::<u8>([]))]));
        check("[null, {}]", vec![map::<u8>([]), map([])]);
        check(r#"[1, null]"#, (1_u8, Vec::<u8>::new()));
        check("[[null]]", Some(vec![Some(vec![Vec::<u8>::new()])]));
        // A nullable value stays null.
        check::<Option<Vec<u8>>>("null", None);
        check("[null, [1]]", vec![None, Some(vec![1_u8])]);
        check(r#"{"a": null}"#, map([("a", None::<Vec<u8>>)]));
        check::<Value>("null", Value::Null);
        check("[null]", vec![Value::Null]);
        check::<()>("null", ());
        let text = r#"{"lists": [null], "any": null, "x": null}"#;
        let rest = map([("x", Value::Null)]);
        check(
            text,
            Derived {
                lists: vec![vec![]],
                any: None,
                rest,
            },
        );
        let lists = Some(map([("a", vec![])]));
        check(
            r#"{"lists": {"a": null}, "any": null}"#,
            Plain {
                lists,
                any: Value::Null,
            },
        );
        for text in ["[null]", "{}", "5", "\"\"", "true"] {
            assert!(read::<Vec<u8>>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_wrapper_may_contain_itself() {
        let leaf = || Tree(map([]));
        check(
            r#"{"a": null, "b": {}}"#,
            Tree(map([("a", leaf()), ("b", leaf())])),
        );
        let lists = Lists(vec![Some(Lists(vec![])), None]);
        check("[[], null]", lists);
    }

    #[test]
    fn a_number_without_a_fraction_is_an_integer() {
        check(
            "[2.0, 1e2, -0, -0.0, 12.50e1, -3.0]",
            vec![2, 100, 0, 0, 125, -3],
        );
        check("900719925474099.0", 900_719_925_474_099_u64);
        check("-900719925474099.0", -900_719_925_474_099_i64);
        check("[-0.0, 1e0, 255.0]", vec![0_u8, 1, 255]);
        check(
            r#"{"a": [{"b": 7.0}]}"#,
            map([("a", vec![map([("b", 7_u32)])])]),
        );
        check("[2.0]", vec![Some(2_i8)]);
        let wide = [100, 0, 2, i128::from(u64::MAX), i128::from(i64::MIN)];
        check(
            "[1e2, -0, 2.0, 18446744073709551615, -9223372036854775808]",
            wide,
        );
        check("[1e15, 0.0]", [1_000_000_000_000_000_u128, 0]);
        // An `f64` and untyped JSON keep the notation.
        check("2.0", 2.0_f64);
        check("2.0", json!(2.0));
        for text in ["2.5", "-1.0", "256.0", "1e400", "1e-1", "\"2.0\"", "1e19"] {
            assert!(read::<u8>(text).is_err(), "{text}");
        }
        for text in [
            "18446744073709551616",
            "-9223372036854775809",
            "9007199254740992.5",
            "-9007199254740993.5",
            "1e300",
        ] {
            assert!(
                read::<i64>(text).is_err()
                    && read::<u64>(text).is_err()
                    && read::<i128>(text).is_err(),
                "{text}"
            );
        }
    }

    /// Replaces `{}` in `text` with an object that repeats properties.
    #[track_caller]
    fn check_duplicates<T: DeserializeOwned + PartialEq + fmt::Debug>(text: &str) {
        let with = |properties: &str| text.replace("{}", &format!("{{{properties}}}"));
        let once: T = read(&with(r#""a": [{"b": 1}]"#)).unwrap();
        for equal in [
            r#""a": [{"b": 1}], "a": [{"b": 1}]"#,
            r#""a": [{"b": 1, "b": 1}]"#,
            r#""a": [ {"b":1} ], "\u0061": [{"\u0062": 1}], "a": [{"b": 1}]"#,
        ] {
            let text = with(equal);
            assert_eq!(read::<T>(&text).as_ref(), Ok(&once), "{text}");
        }
        for (different, name) in [
            (r#""a": [{"b": 1}], "a": [{"b": 2}]"#, "a"),
            (r#""a": [{"b": 1}], "a": []"#, "a"),
            (r#""a": null, "a": [{"b": 1}]"#, "a"),
            (r#""a": [{"b": 1, "b": 2}]"#, "b"),
            (r#""a": [{"b": 1, "\u0062": null}]"#, "b"),
        ] {
            let text = with(different);
            let error = read::<T>(&text).unwrap_err();
            let expected = format!("two different values of property `{name}`");
            assert!(error.starts_with(&expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_property_has_one_value_in_maps_and_in_any_json() {
        type Items = Vec<Map<Option<i8>>>;
        check_duplicates::<Value>("{}");
        check_duplicates::<Value>("[1, [{}]]");
        check_duplicates::<Value>(r#"{"x": {}}"#);
        check_duplicates::<Vec<Value>>("[1, {}]");
        check_duplicates::<Option<Value>>("{}");
        check_duplicates::<Map<Value>>("{}");
        check_duplicates::<Map<Map<Value>>>(r#"{"x": {}, "y": {}}"#);
        check_duplicates::<serde_json::Map<String, Value>>("{}");
        check_duplicates::<Map<Items>>("{}");
        check_duplicates::<HashMap<String, Items>>("{}");
        check_duplicates::<Vec<Map<Items>>>("[{}, {}]");
        check_duplicates::<Map<Vec<Map<Items>>>>(r#"{"x": [{}]}"#);
        check_duplicates::<(u8, Map<Value>)>("[1, {}]");
        check_duplicates::<Derived>(r#"{"lists": [], "any": {}}"#);
        check_duplicates::<Derived>(r#"{"lists": [], "x": {}}"#);
        check_duplicates::<Plain>(r#"{"any": [{}], "new": 1}"#);
    }

    #[test]
    fn dropped_properties_may_conflict() {
        let text = r#"{"any": 1, "new": {"a": 1, "a": 2}, "x": 1, "x": 2}"#;
        check(
            text,
            Plain {
                lists: None,
                any: json!(1),
            },
        );
    }
}
