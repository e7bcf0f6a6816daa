//! Objects, property by property, in far less code than serde derives for each: the
//! code that finds a property, and says what is wrong with an object, is compiled
//! once for all types.
//!
//! serde also reads a struct from an array, and a property by its number. A document
//! allows neither. This code reads what servers get wrong: an array that is null, a
//! nullable property that is missing, and a property that is sent twice.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::container::{Container, Map, Read, or_empty};
use super::leniency;

/// Implements `Deserialize` for a type, from a list of its properties and their
/// names. Those that must be there come first:
///
/// ```text
/// object! {
///     Pet;
///     required 0 name "name";
///     container 1 tags "tags";           // an array or a map: null is an empty one
///     expected 2 owner "owner";          // nullable: `None` if it is missing
///     optional 3 age "age";              // null is the same as missing
///     map 4 marks "marks";               // an optional map
///     nullable 5 note "note";            // null is not the same as missing
///     default 6 size "size" = default;   // the value of `default()` if it is missing
///     others rest;                       // a map of all other properties
/// }
/// ```
macro_rules! object {
    (
        $type:ident;
        $(required $required_at:literal $required:ident $required_name:literal;)*
        $(container $container_at:literal $container:ident $container_name:literal;)*
        $(expected $expected_at:literal $expected:ident $expected_name:literal;)*
        $(optional $optional_at:literal $optional:ident $optional_name:literal;)*
        $(map $map_at:literal $map:ident $map_name:literal;)*
        $(nullable $nullable_at:literal $nullable:ident $nullable_name:literal;)*
        $(default $default_at:literal $default:ident $default_name:literal = $value:expr;)*
        $(others $others:ident;)?
    ) => {
        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::runtime::read_object(deserializer)
            }
        }

        impl<'de> $crate::runtime::Object<'de> for $type {
            const NAME: &'static str = stringify!($type);
            const MEMBERS: &'static [&'static str] = &[
                $($required_name,)*
                $($container_name,)*
                $($expected_name,)*
                $($optional_name,)*
                $($map_name,)*
                $($nullable_name,)*
                $($default_name,)*
            ];
            $(
                #[doc = stringify!($others)]
                const KEEPS_OTHERS: bool = true;
            )?

            fn read<A: ::serde::de::MapAccess<'de>>(
                mut members: $crate::runtime::Members<A>,
            ) -> ::std::result::Result<Self, A::Error> {
                $(let mut $required = None;)*
                $(let mut $container = None;)*
                $(let mut $expected = None;)*
                $(let mut $optional = None;)*
                $(let mut $map = None;)*
                $(let mut $nullable = None;)*
                $(let mut $default = $value();)*
                $(let mut $others = ::std::default::Default::default();)?
                while let Some(member) = members.next()? {
                    match member {
                        $($required_at => members.some(&mut $required),)*
                        $($container_at => members.container(&mut $container),)*
                        $($expected_at => members.some(&mut $expected),)*
                        $($optional_at => members.set(&mut $optional),)*
                        $($map_at => members.map(&mut $map),)*
                        $($nullable_at => members.some(&mut $nullable),)*
                        $($default_at => members.set(&mut $default),)*
                        _ => $crate::runtime::object!(@other members $($others)?),
                    }?;
                }
                $(let Some($required) = $required else { return Err(members.missing()) };)*
                $(let Some($container) = $container else { return Err(members.missing()) };)*
                $(let $expected = members.or_none($expected);)*
                Ok(Self {
                    $($required,)* $($container,)* $($expected,)* $($optional,)* $($map,)*
                    $($nullable,)* $($default,)* $($others,)?
                })
            }
        }
    };
    (@other $members:ident) => {
        $members.skip()
    };
    (@other $members:ident $others:ident) => {
        $members.other(&mut $others)
    };
}

pub(crate) use object;

/// A type that is read from an object.
pub(crate) trait Object<'de>: Sized {
    /// What it is called where something else is found.
    const NAME: &'static str;
    /// The names of its properties, at most 128, those first that must be there.
    const MEMBERS: &'static [&'static str];
    /// Whether it keeps the properties that have other names.
    const KEEPS_OTHERS: bool = false;

    /// Reads all members.
    ///
    /// # Errors
    ///
    /// A property has another type, is missing, or has two values.
    fn read<A: MapAccess<'de>>(members: Members<A>) -> Result<Self, A::Error>;
}

/// Reads an object.
///
/// # Errors
///
/// It is not one, or [`Object::read`] fails.
pub(crate) fn read_object<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Object<'de>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_struct(T::NAME, T::MEMBERS, Reader(PhantomData))
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: Object<'de>> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(Members {
            map,
            names: T::MEMBERS,
            seen: 0,
            again: None,
            other: T::KEEPS_OTHERS.then(String::new),
        })
    }
}

/// The properties that are there, one after the other.
pub(crate) struct Members<A> {
    map: A,
    names: &'static [&'static str],
    /// A bit for each name.
    seen: u128,
    /// The name of the property, if it was there before.
    again: Option<&'static str>,
    /// The last name that is none of `names`, if those are kept.
    other: Option<String>,
}

impl<'de, A: MapAccess<'de>> Members<A> {
    /// The index of the next property's name, or one past all of them if it has
    /// another name. Its value is to be read next.
    ///
    /// # Errors
    ///
    /// The text is not an object.
    pub(crate) fn next(&mut self) -> Result<Option<usize>, A::Error> {
        let index = Index(self.names, self.other.as_mut());
        let Some(at) = self.map.next_key_seed(index)? else {
            return Ok(None);
        };
        self.again = None;
        if let Some(name) = self.names.get(at) {
            let bit = 1 << at;
            if self.seen & bit != 0 {
                self.again = Some(name);
            }
            self.seen |= bit;
        }
        Ok(Some(at))
    }

    /// Reads the value of a property that may be missing.
    pub(crate) fn set<T>(&mut self, member: &mut T) -> Result<(), A::Error>
    where
        T: Deserialize<'de> + PartialEq,
    {
        let value = self.map.next_value()?;
        self.put(member, value)
    }

    /// Reads the value of a property of which it matters whether it is there.
    pub(crate) fn some<T>(&mut self, member: &mut Option<T>) -> Result<(), A::Error>
    where
        T: Deserialize<'de> + PartialEq,
    {
        let value = self.map.next_value()?;
        self.put(member, Some(value))
    }

    /// Reads an array or a map, which is empty if it is null.
    pub(crate) fn container<T>(&mut self, member: &mut Option<T>) -> Result<(), A::Error>
    where
        T: Container<'de> + PartialEq,
    {
        let value = self.map.next_value_seed(OrEmpty(PhantomData))?;
        self.put(member, Some(value))
    }

    /// Reads a map that may be missing.
    pub(crate) fn map<T>(&mut self, member: &mut Option<T>) -> Result<(), A::Error>
    where
        T: Container<'de> + PartialEq,
    {
        let value: Option<Read<T>> = self.map.next_value()?;
        self.put(member, value.map(|Read(map)| map))
    }

    /// Reads the value of a property with another name into `others`.
    pub(crate) fn other<T: Map<'de>>(&mut self, others: &mut T) -> Result<(), A::Error> {
        let value = T::next_value(&mut self.map)?;
        let name = self.other.as_mut().map(std::mem::take);
        others.add(name.unwrap_or_default(), value)
    }

    /// Sets a property, which may have been there before with the same value.
    fn put<T: PartialEq>(&self, member: &mut T, value: T) -> Result<(), A::Error> {
        match self.again {
            Some(name) if *member != value => Err(de::Error::duplicate_field(name)),
            _ => {
                *member = value;
                Ok(())
            }
        }
    }

    /// A nullable property that should be there, and may be missing.
    pub(crate) fn or_none<T>(&self, member: Option<Option<T>>) -> Option<T> {
        member.unwrap_or_else(|| {
            leniency::note_repair();
            None
        })
    }

    /// Reads past a value.
    pub(crate) fn skip(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>()?;
        Ok(())
    }

    /// Says which property is missing: the first of those that must be there.
    pub(crate) fn missing(&self) -> A::Error {
        let first = self.seen.trailing_ones() as usize;
        de::Error::missing_field(self.names.get(first).unwrap_or(&""))
    }
}

/// Reads an array or a map, which is empty if it is null.
struct OrEmpty<T>(PhantomData<T>);

impl<'de, T: Container<'de>> DeserializeSeed<'de> for OrEmpty<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        or_empty(deserializer)
    }
}

/// Reads a name as its index in these, and keeps another name if it is to.
struct Index<'a>(&'static [&'static str], Option<&'a mut String>);

impl<'de> DeserializeSeed<'de> for Index<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Index<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<usize, E> {
        let found = self.0.iter().position(|known| *known == name);
        if let (None, Some(other)) = (found, self.1) {
            name.clone_into(other);
        }
        Ok(found.unwrap_or(self.0.len()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Pet {
        age: Option<u8>,
        name: String,
        tags: Vec<u8>,
        /// May be null, and must be there.
        owner: Option<String>,
        marks: Option<HashMap<String, u8>>,
        /// Null is not nothing.
        note: Option<Option<String>>,
        /// Of a name that the reader has, too.
        members: u8,
    }

    object! {
        Pet;
        required 0 name "name";
        container 1 tags "tags";
        expected 2 owner "owner";
        optional 3 age "age";
        map 4 marks "marks";
        nullable 5 note "note";
        default 6 members "all members" = four;
    }

    fn four() -> u8 {
        4
    }

    impl Default for Pet {
        fn default() -> Self {
            Self {
                age: None,
                name: "a".to_owned(),
                tags: Vec::new(),
                owner: None,
                marks: None,
                note: None,
                members: 4,
            }
        }
    }

    #[derive(Debug, PartialEq)]
    struct Scores {
        id: u8,
        by_name: HashMap<String, u8>,
        rest: serde_json::Map<String, Value>,
    }

    object! {
        Scores;
        required 0 id "id";
        container 1 by_name "by_name";
        others rest;
    }

    /// Reads `text`, and as the variants of unions are read: from a value.
    fn read<T>(text: &str) -> Result<T, String>
    where
        T: for<'de> Deserialize<'de> + PartialEq + fmt::Debug,
    {
        let read: Result<T, _> = serde_json::from_str(text);
        if let (Ok(read), Ok(value)) = (&read, serde_json::from_str::<Value>(text)) {
            assert_eq!(&T::deserialize(&value).unwrap(), read, "{text}");
        }
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn properties_are_there_or_missing_or_null() {
        let text = |text: &str| Some(text.to_owned());
        for (value, expected) in [
            (
                json!({"name": "a", "owner": null, "tags": []}),
                Pet::default(),
            ),
            (
                json!({"new": {"name": 5}, "owner": "b", "name": "a", "age": null, "tags": [1]}),
                Pet {
                    owner: text("b"),
                    tags: vec![1],
                    ..Pet::default()
                },
            ),
            (
                json!({"note": null, "age": 3, "marks": {"x": 1}, "name": "a", "tags": []}),
                Pet {
                    age: Some(3),
                    note: Some(None),
                    marks: Some(HashMap::from([("x".to_owned(), 1)])),
                    ..Pet::default()
                },
            ),
            (
                json!({"note": "c", "marks": null, "name": "a", "tags": null}),
                Pet {
                    note: Some(text("c")),
                    ..Pet::default()
                },
            ),
        ] {
            assert_eq!(read(&value.to_string()), Ok(expected), "{value}");
        }
    }

    #[test]
    fn other_properties_are_kept_if_they_are_wanted() {
        for (value, by_name, rest) in [
            (json!({"id": 1, "by_name": null}), json!({}), json!({})),
            (
                json!({"x": null, "by_name": {"a": 1}, "id": 1, "y": {"id": 2}}),
                json!({"a": 1}),
                json!({"x": null, "y": {"id": 2}}),
            ),
        ] {
            let read: Scores = read(&value.to_string()).unwrap();
            assert_eq!(json!(read.by_name), by_name, "{value}");
            assert_eq!(json!(read.rest), rest, "{value}");
        }
    }

    #[test]
    fn a_property_may_be_there_twice_with_one_value() {
        for (properties, duplicate) in [
            (r#""name": "a", "name": "a""#, None),
            (r#""name": "a", "name": "b""#, Some("field `name`")),
            (r#""tags": [1], "tags": [1]"#, None),
            (r#""tags": [1], "tags": [1, 1]"#, Some("field `tags`")),
            (r#""tags": null, "tags": [1]"#, Some("field `tags`")),
            (r#""owner": null, "owner": null"#, None),
            (r#""owner": null, "owner": "b""#, Some("field `owner`")),
            (r#""age": 1, "age": 1"#, None),
            (r#""age": 1, "age": null"#, Some("field `age`")),
            (r#""marks": {"x": 1, "x": 1}, "marks": {"x": 1}"#, None),
            (r#""marks": {"x": 1, "x": 2}"#, Some("key `x`")),
            (r#""marks": {"x": 1}, "marks": {}"#, Some("field `marks`")),
            (r#""note": null, "note": null"#, None),
            (r#""note": null, "note": "b""#, Some("field `note`")),
            (r#""all members": 4, "all members": 4"#, None),
            (
                r#""all members": 4, "all members": 5"#,
                Some("field `all members`"),
            ),
            // What the type does not keep is not looked at.
            (r#""new": 1, "new": 2"#, None),
        ] {
            let mut text = properties.to_owned();
            for (name, rest) in [("name", r#", "name": "a""#), ("tags", r#", "tags": []"#)] {
                if !properties.starts_with(&format!("\"{name}\"")) {
                    text.push_str(rest);
                }
            }
            check_duplicate(read::<Pet>(&format!("{{{text}}}")), duplicate, properties);
        }
        for (properties, duplicate) in [
            (r#""new": {"y": 1}, "new": {"y": 1}"#, None),
            (r#""new": 1, "new": 2"#, Some("key `new`")),
            (r#""new": {"y": 1, "y": 2}"#, Some("key `y`")),
            (r#""by_name": {"x": 1, "x": 2}"#, Some("key `x`")),
        ] {
            let text = format!(r#"{{{properties}, "id": 1, "by_name": {{}}}}"#);
            check_duplicate(read::<Scores>(&text), duplicate, properties);
        }
    }

    #[track_caller]
    fn check_duplicate<T>(read: Result<T, String>, duplicate: Option<&str>, text: &str) {
        match (read, duplicate) {
            (Ok(_), None) => {}
            (Err(error), Some(name)) => {
                let message = format!("duplicate {name}");
                assert!(error.starts_with(&message), "{text}: {error}");
            }
            (read, _) => panic!("{text}: {:?}", read.err()),
        }
    }

    #[test]
    fn what_is_wrong_is_said_as_serde_says_it() {
        for (text, message) in [
            ("{}", "missing field `name`"),
            (r#"{"owner": "b", "tags": []}"#, "missing field `name`"),
            (r#"{"name": "a", "note": "c"}"#, "missing field `tags`"),
            (
                r#"{"name": 5}"#,
                "invalid type: integer `5`, expected a string",
            ),
            (r#"{"name": null}"#, "invalid type: null, expected a string"),
            (
                r#"{"tags": 5}"#,
                "invalid type: integer `5`, expected a sequence",
            ),
            (r#"{"marks": []}"#, "invalid type: sequence, expected a map"),
            (
                r#"["a", "b", 1, "c"]"#,
                "invalid type: sequence, expected struct Pet",
            ),
            ("5", "invalid type: integer `5`, expected struct Pet"),
        ] {
            let said = read::<Pet>(text).unwrap_err();
            assert!(said.starts_with(message), "{text}: {said}");
        }
    }
}
