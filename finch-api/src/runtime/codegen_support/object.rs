//! Decodes objects from a list of their properties (see the macro `object`), with far less code
//! than serde derives for each type. The code that finds properties and describes errors is
//! compiled once for all types.
//!
//! Unlike serde, it does not read a struct from an array, or a property by its index: a
//! document allows neither. It accepts a common mistake of servers: a missing nullable property. A
//! missing required property is an error, and so is a property that is repeated. Values of properties are read leniently: see the module `lenient`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::runtime::decode::{LenientSeed, Map, leniency};

/// Implements `Deserialize` for a type from a list of its properties and their names.
/// Required properties come first:
///
/// ```text
/// object! {
///     Pet;
///     required name "name";
///     expected owner "owner";          // nullable: `None` if it is missing
///     optional age "age";              // null is the same as missing
///     nullable note "note";            // null is not the same as missing
///     default size "size" = default;   // the value of `default()` if it is missing
///     others rest;                       // a map of all other properties
/// }
/// ```
macro_rules! object {
    (
        $type:ident;
        $(required $required:ident $required_name:literal;)*
        $(expected $expected:ident $expected_name:literal;)*
        $(optional $optional:ident $optional_name:literal;)*
        $(nullable $nullable:ident $nullable_name:literal;)*
        $(default $default:ident $default_name:literal = $value:expr;)*
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
            const PROPERTIES: &'static [&'static str] = &[
                $($required_name,)*
                $($expected_name,)*
                $($optional_name,)*
                $($nullable_name,)*
                $($default_name,)*
            ];
            $(
                #[doc = stringify!($others)]
                const KEEPS_OTHERS: bool = true;
            )?

            fn read<A: ::serde::de::MapAccess<'de>>(
                mut properties: $crate::runtime::Properties<A>,
            ) -> ::std::result::Result<Self, A::Error> {
                #[allow(non_camel_case_types, reason = "the variants have the names of fields")]
                enum Property {
                    $($required,)* $($expected,)* $($optional,)* $($nullable,)* $($default,)*
                }

                const PROPERTIES: &[Property] = &[
                    $(Property::$required,)*
                    $(Property::$expected,)*
                    $(Property::$optional,)*
                    $(Property::$nullable,)*
                    $(Property::$default,)*
                ];
                $(let mut $required = None;)*
                $(let mut $expected = None;)*
                $(let mut $optional = None;)*
                $(let mut $nullable = None;)*
                $(let mut $default = $value();)*
                $(let mut $others = ::std::default::Default::default();)?
                while let Some(property) = properties.next()? {
                    match PROPERTIES.get(property) {
                        $(Some(Property::$required) => properties.some(&mut $required),)*
                        $(Some(Property::$expected) => properties.some(&mut $expected),)*
                        $(Some(Property::$optional) => properties.set(&mut $optional),)*
                        $(Some(Property::$nullable) => properties.some(&mut $nullable),)*
                        $(Some(Property::$default) => properties.set(&mut $default),)*
                        _ => $crate::runtime::object!(@other properties $($others)?),
                    }?;
                }
                $(let Some($required) = $required else { return Err(properties.missing()) };)*
                $(let $expected = properties.or_none($expected);)*
                Ok(Self {
                    $($required,)* $($expected,)* $($optional,)* $($nullable,)*
                    $($default,)* $($others,)?
                })
            }
        }
    };
    (@other $properties:ident) => {
        $properties.skip()
    };
    (@other $properties:ident $others:ident) => {
        $properties.other(&mut $others)
    };
}

pub(crate) use object;

/// A type that is decoded from an object.
pub(crate) trait Object<'de>: Sized {
    /// The type name in errors.
    const NAME: &'static str;
    /// The property names. The required ones come first.
    const PROPERTIES: &'static [&'static str];
    /// Whether the type keeps other properties.
    const KEEPS_OTHERS: bool = false;

    /// Reads all properties.
    ///
    /// # Errors
    ///
    /// A property has another type, is missing, or is repeated.
    fn read<A: MapAccess<'de>>(properties: Properties<A>) -> Result<Self, A::Error>;
}

/// Reads an object.
///
/// # Errors
///
/// The value is not an object, or [`Object::read`] fails.
pub(crate) fn read_object<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Object<'de>,
    D: Deserializer<'de>,
{
    // Not `deserialize_map`: see `Lenient`.
    deserializer.deserialize_newtype_struct(T::NAME, NewtypeReader(PhantomData))
}

/// Reads an object from the deserializer of a newtype struct. It is not a [`Reader`]:
/// serde_json also compiles its visitor for a `RawValue`.
struct NewtypeReader<T>(PhantomData<T>);

impl<'de, T: Object<'de>> Visitor<'de> for NewtypeReader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::NAME)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        // Not `deserialize_struct`, which is also compiled for arrays.
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: Object<'de>> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        expect_struct(T::NAME, f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(Properties {
            map,
            names: T::PROPERTIES,
            seen: Seen::default(),
            other: T::KEEPS_OTHERS.then(String::new),
        })
    }
}

// Not generic: each type would have a copy.
#[cold]
fn expect_struct(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "struct {name}")
}

/// The indices of the properties seen so far, as bits. Only an object with more than 128
/// properties allocates memory for them.
#[derive(Default)]
struct Seen {
    first: u128,
    rest: Vec<u128>,
}

impl Seen {
    /// Adds `index`. Returns false if it was already there.
    fn insert(&mut self, index: usize) -> bool {
        let is_new = !self.contains(index);
        let bit = 1 << (index % 128);
        match (index / 128).checked_sub(1) {
            None => self.first |= bit,
            Some(at) => {
                if self.rest.len() <= at {
                    self.rest.resize(at + 1, 0);
                }
                self.rest[at] |= bit;
            }
        }
        is_new
    }

    fn contains(&self, index: usize) -> bool {
        let bits = match (index / 128).checked_sub(1) {
            None => self.first,
            Some(at) => self.rest.get(at).copied().unwrap_or_default(),
        };
        bits & (1 << (index % 128)) != 0
    }
}

/// Iterates over the properties of an object.
pub(crate) struct Properties<A> {
    map: A,
    names: &'static [&'static str],
    seen: Seen,
    /// The last name that is not in `names`, if the type keeps other properties.
    other: Option<String>,
}

// Not inlined: each object would have a copy for each of its properties.
impl<'de, A: MapAccess<'de>> Properties<A> {
    /// Returns the index of the next property, or the number of names if it is another
    /// property. The caller must then read or skip its value.
    ///
    /// # Errors
    ///
    /// The text is not an object, or repeats a property.
    #[inline(never)]
    pub(crate) fn next(&mut self) -> Result<Option<usize>, A::Error> {
        let index = Index(self.names, self.other.as_mut());
        let Some(at) = self.map.next_key_seed(index)? else {
            return Ok(None);
        };
        match self.names.get(at) {
            Some(name) if !self.seen.insert(at) => Err(de::Error::duplicate_field(name)),
            _ => Ok(Some(at)),
        }
    }

    /// Reads the value of a property that may be missing.
    #[inline(never)]
    pub(crate) fn set<T: Deserialize<'de>>(&mut self, property: &mut T) -> Result<(), A::Error> {
        *property = self.value()?;
        Ok(())
    }

    /// Reads the value of a property that distinguishes null from missing.
    #[inline(never)]
    pub(crate) fn some<T: Deserialize<'de>>(
        &mut self,
        property: &mut Option<T>,
    ) -> Result<(), A::Error> {
        *property = Some(self.value()?);
        Ok(())
    }

    #[inline(never)]
    fn value<T: Deserialize<'de>>(&mut self) -> Result<T, A::Error> {
        self.map.next_value_seed(LenientSeed::new())
    }

    /// Reads the value of another property into `others`.
    pub(crate) fn other<T: Map<'de>>(&mut self, others: &mut T) -> Result<(), A::Error> {
        let value = self.map.next_value_seed(LenientSeed::new())?;
        let name = self.other.as_mut().map(std::mem::take);
        others.add(name.unwrap_or_default(), value)
    }

    /// Returns a nullable property that may be missing.
    pub(crate) fn or_none<T>(&self, property: Option<Option<T>>) -> Option<T> {
        property.unwrap_or_else(|| {
            leniency::note_repair();
            None
        })
    }

    /// Skips a value.
    #[inline(never)]
    pub(crate) fn skip(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>()?;
        Ok(())
    }

    /// Returns the error for the first missing property.
    #[inline(never)]
    pub(crate) fn missing(&self) -> A::Error {
        let mut names = self.names.iter().enumerate();
        let missing = names.find(|(at, _)| !self.seen.contains(*at));
        de::Error::missing_field(missing.map_or("", |(_, name)| name))
    }
}

/// Decodes a name as its index in the list. Stores an unlisted name if there is a place
/// for it.
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

    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;
    use crate::runtime::decode::from_json;

    #[derive(Debug, PartialEq)]
    struct Pet {
        age: Option<u8>,
        name: String,
        tags: Vec<u8>,
        /// Nullable, but required.
        owner: Option<String>,
        marks: Option<HashMap<String, u8>>,
        /// Null differs from missing.
        note: Option<Option<String>>,
        /// A name that the reader uses, too.
        properties: u8,
    }

    object! {
        Pet;
        required name "name";
        required tags "tags";
        expected owner "owner";
        optional age "age";
        optional marks "marks";
        nullable note "note";
        default properties "all members" = four;
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
                properties: 4,
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
        required id "id";
        required by_name "by_name";
        others rest;
    }

    /// Decodes `text` directly and through a `Value`, as unions do.
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
    fn missing_and_null_properties_are_read() {
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
    fn other_properties_are_kept_on_request() {
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
    fn property_may_repeat_its_value() {
        for (properties, duplicate) in [
            (r#""name": "a", "name": "a""#, None),
            (r#""name": "a", "name": "b""#, Some("name")),
            (r#""tags": [1], "tags": [1]"#, None),
            (r#""tags": [1], "tags": [1, 1]"#, Some("tags")),
            (r#""tags": null, "tags": [1]"#, Some("tags")),
            (r#""owner": null, "owner": null"#, None),
            (r#""owner": null, "owner": "b""#, Some("owner")),
            (r#""age": 1, "age": 1"#, None),
            (r#""age": 1, "age": null"#, Some("age")),
            (r#""marks": {"x": 1, "x": 1}, "marks": {"x": 1}"#, None),
            (r#""marks": {"x": 1, "x": 2}"#, Some("x")),
            (r#""marks": {"x": 1}, "marks": {}"#, Some("marks")),
            (r#""note": null, "note": null"#, None),
            (r#""note": null, "note": "b""#, Some("note")),
            (r#""all members": 4, "all members": 4"#, None),
            (r#""all members": 4, "all members": 5"#, Some("all members")),
            // A property that the type drops is not compared.
            (r#""new": 1, "new": 2"#, None),
        ] {
            let mut text = properties.to_owned();
            for (name, rest) in [("name", r#", "name": "a""#), ("tags", r#", "tags": []"#)] {
                if !properties.starts_with(&format!("\"{name}\"")) {
                    text.push_str(rest);
                }
            }
            check_duplicate::<Pet>(&format!("{{{text}}}"), duplicate);
        }
        for (properties, duplicate) in [
            (r#""new": {"y": 1}, "new": {"y": 1}"#, None),
            (r#""new": 1, "new": 2"#, Some("new")),
            (r#""new": {"y": 1, "y": 2}"#, Some("y")),
            (r#""by_name": {"x": 1, "x": 2}"#, Some("x")),
        ] {
            let text = format!(r#"{{{properties}, "id": 1, "by_name": {{}}}}"#);
            check_duplicate::<Scores>(&text, duplicate);
        }
    }

    #[track_caller]
    fn check_duplicate<T: DeserializeOwned + fmt::Debug>(text: &str, duplicate: Option<&str>) {
        let read = from_json::<T>(text.as_bytes());
        match (read, duplicate) {
            (Ok(_), None) => {}
            (Err(error), Some(name)) => {
                let message = format!("two different values of property `{name}`");
                assert!(error.starts_with(&message), "{text}: {error}");
            }
            (read, _) => panic!("{text}: {read:?}"),
        }
    }

    /// The number of properties of [`Wide`]. The last is optional.
    const MANY: usize = 300;

    /// Two letters per property of [`Wide`].
    const LETTERS: &[u8] = &{
        let mut letters = [0; 2 * MANY];
        let mut at = 0;
        while at < MANY {
            letters[2 * at] = b'a' + (at / 26) as u8;
            letters[2 * at + 1] = b'a' + (at % 26) as u8;
            at += 1;
        }
        letters
    };

    /// An object with unusually many properties.
    #[derive(Debug, PartialEq)]
    struct Wide(Vec<Option<u16>>);

    impl<'de> Object<'de> for Wide {
        const NAME: &'static str = "Wide";
        const PROPERTIES: &'static [&'static str] = &{
            let mut names = [""; MANY];
            let mut rest = LETTERS;
            let mut at = 0;
            while let Some((name, after)) = rest.split_at_checked(2) {
                if at == MANY {
                    break;
                }
                let Ok(name) = std::str::from_utf8(name) else {
                    panic!()
                };
                names[at] = name;
                rest = after;
                at += 1;
            }
            names
        };

        fn read<A: MapAccess<'de>>(mut properties: Properties<A>) -> Result<Self, A::Error> {
            let mut values = vec![None; MANY];
            while let Some(at) = properties.next()? {
                match values.get_mut(at) {
                    Some(value) => properties.some(value)?,
                    None => properties.skip()?,
                }
            }
            match values[..MANY - 1].contains(&None) {
                true => Err(properties.missing()),
                false => Ok(Self(values)),
            }
        }
    }

    impl<'de> Deserialize<'de> for Wide {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            read_object(deserializer)
        }
    }

    #[test]
    fn wide_objects_distinguish_every_property() {
        let names = Wide::PROPERTIES;
        let text = |changed: usize, change: &str| {
            let property = |at: usize| match at == changed {
                true => change.replace('_', names[at]),
                false => format!(r#""{}": {at},"#, names[at]),
            };
            let properties: String = (0..MANY).map(property).collect();
            format!(r#"{{"x": 1, {properties} "x": 2}}"#)
        };
        let all = Wide((0..MANY as u16).map(Some).collect());
        for at in [0, 1, 126, 127, 128, 129, 255, 256, 257, 298] {
            let twice = text(at, &format!(r#""_": {at}, "_": {at},"#));
            assert_eq!(from_json(twice.as_bytes()), Ok(Wide(all.0.clone())));
            let two = text(at, r#""_": 1000, "_": 1001,"#);
            check_duplicate::<Wide>(&two, Some(names[at]));
            let error = read::<Wide>(&text(at, "")).unwrap_err();
            let missing = format!("missing field `{}`", names[at]);
            assert!(error.starts_with(&missing), "{error}");
        }
        let mut most = all;
        most.0[MANY - 1] = None;
        assert_eq!(read(&text(MANY - 1, "")), Ok(most));
    }

    #[test]
    fn errors_match_serde() {
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
            let error = read::<Pet>(text).unwrap_err();
            assert!(error.starts_with(message), "{text}: {error}");
        }
    }
}
