//! Objects, member by member, in far less code than serde derives for each: it
//! is compiled once for all types what finds a member, and what is wrong with
//! an object.
//!
//! To serde an array can be a struct, too, and its members can have numbers. To
//! a document they cannot.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

/// Reads a type from an object, of a list of its members and their names, those
/// first that must be there:
///
/// ```text
/// object! {
///     Pet;
///     required 0 name "name";
///     optional 1 age "age";              // null is as if it were not there,
///     nullable 2 owner "owner";          // or not
///     default 3 tags "tags" = Vec::new;  // and this is what it is, else
/// }
/// ```
macro_rules! object {
    (
        $type:ident;
        $(required $required_at:literal $required:ident $required_name:literal;)*
        $(optional $optional_at:literal $optional:ident $optional_name:literal;)*
        $(nullable $nullable_at:literal $nullable:ident $nullable_name:literal;)*
        $(default $default_at:literal $default:ident $default_name:literal = $value:expr;)*
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
                $($optional_name,)*
                $($nullable_name,)*
                $($default_name,)*
            ];

            fn read<A: ::serde::de::MapAccess<'de>>(
                mut members: $crate::runtime::Members<A>,
            ) -> ::std::result::Result<Self, A::Error> {
                $(let mut $required = None;)*
                $(let mut $optional = None;)*
                $(let mut $nullable = None;)*
                $(let mut $default = $value();)*
                while let Some(member) = members.next()? {
                    match member {
                        $($required_at => members.some(&mut $required),)*
                        $($optional_at => members.set(&mut $optional),)*
                        $($nullable_at => members.some(&mut $nullable),)*
                        $($default_at => members.set(&mut $default),)*
                        _ => members.skip(),
                    }?;
                }
                $(let Some($required) = $required else { return Err(members.missing()) };)*
                Ok(Self { $($required,)* $($optional,)* $($nullable,)* $($default,)* })
            }
        }
    };
}

pub(crate) use object;

/// A type that is read from an object.
pub(crate) trait Object<'de>: Sized {
    /// What it is called where something else is found.
    const NAME: &'static str;
    /// The names of its members, at most 128, those first that must be there.
    const MEMBERS: &'static [&'static str];

    /// Reads all members.
    ///
    /// # Errors
    ///
    /// A member is not what it should be, or there twice, or is not there.
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
        })
    }
}

/// The members that are there, one after the other.
pub(crate) struct Members<A> {
    map: A,
    names: &'static [&'static str],
    /// A bit for each name.
    seen: u128,
}

impl<'de, A: MapAccess<'de>> Members<A> {
    /// The index of the next member's name, or one past all of them where it has
    /// none. Its value is to be read next.
    ///
    /// # Errors
    ///
    /// The member is there twice, or is none.
    pub(crate) fn next(&mut self) -> Result<Option<usize>, A::Error> {
        let Some(at) = self.map.next_key_seed(Index(self.names))? else {
            return Ok(None);
        };
        if let Some(name) = self.names.get(at) {
            let bit = 1 << at;
            if self.seen & bit != 0 {
                return Err(de::Error::duplicate_field(name));
            }
            self.seen |= bit;
        }
        Ok(Some(at))
    }

    /// Reads the value of a member that may be left out.
    pub(crate) fn set<T: Deserialize<'de>>(&mut self, member: &mut T) -> Result<(), A::Error> {
        *member = self.map.next_value()?;
        Ok(())
    }

    /// Reads the value of a member of which it matters whether it is there.
    pub(crate) fn some<T: Deserialize<'de>>(
        &mut self,
        member: &mut Option<T>,
    ) -> Result<(), A::Error> {
        *member = Some(self.map.next_value()?);
        Ok(())
    }

    /// Reads past a value.
    pub(crate) fn skip(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>()?;
        Ok(())
    }

    /// Says which member is not there, the first of those that must be.
    pub(crate) fn missing(&self) -> A::Error {
        let first = self.seen.trailing_ones() as usize;
        de::Error::missing_field(self.names.get(first).unwrap_or(&""))
    }
}

/// Reads a name as its index in these.
struct Index(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Index {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Index {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<usize, E> {
        let found = self.0.iter().position(|known| *known == name);
        Ok(found.unwrap_or(self.0.len()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Pet {
        age: Option<u8>,
        name: String,
        /// May be null, and must be there.
        owner: Option<String>,
        /// Null is not nothing.
        tag: Option<Option<String>>,
        /// Of a name that the reader has, too.
        members: u8,
    }

    object! {
        Pet;
        required 0 name "name";
        required 1 owner "owner";
        optional 2 age "age";
        nullable 3 tag "tag";
        default 4 members "all members" = four;
    }

    fn four() -> u8 {
        4
    }

    fn read(text: &str) -> Result<Pet, String> {
        let read: Result<Pet, _> = serde_json::from_str(text);
        // Values that are told apart by their shapes are read first, and then tried.
        if let (Ok(pet), Ok(value)) = (&read, serde_json::from_str::<Value>(text)) {
            assert_eq!(&Pet::deserialize(&value).unwrap(), pet, "{text}");
        }
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn members_are_there_or_not_or_null() {
        let pet = |owner: Option<&str>, age, tag: Option<Option<&str>>| Pet {
            age,
            members: 4,
            name: "a".to_owned(),
            owner: owner.map(str::to_owned),
            tag: tag.map(|tag| tag.map(str::to_owned)),
        };
        for (value, expected) in [
            (json!({"name": "a", "owner": null}), pet(None, None, None)),
            (
                json!({"new": {"name": 5}, "owner": "b", "name": "a", "age": null}),
                pet(Some("b"), None, None),
            ),
            (
                json!({"tag": null, "age": 3, "owner": "b", "name": "a"}),
                pet(Some("b"), Some(3), Some(None)),
            ),
            (
                json!({"tag": "c", "owner": "b", "name": "a"}),
                pet(Some("b"), None, Some(Some("c"))),
            ),
        ] {
            assert_eq!(read(&value.to_string()), Ok(expected), "{value}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_as_serde_says_it() {
        for (text, message) in [
            ("{}", "missing field `name`"),
            (r#"{"owner": "b"}"#, "missing field `name`"),
            (r#"{"name": "a", "tag": "c"}"#, "missing field `owner`"),
            (r#"{"tag": "c", "tag": "c"}"#, "duplicate field `tag`"),
            (
                r#"{"name": 5}"#,
                "invalid type: integer `5`, expected a string",
            ),
            (
                r#"["a", "b", 1, "c"]"#,
                "invalid type: sequence, expected struct Pet",
            ),
            ("5", "invalid type: integer `5`, expected struct Pet"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.starts_with(message), "{text}: {said}");
        }
    }
}
