//! Builders of types: what a request can hold is made with one.

/// The builder of the type of its name in the module around it, of a list of its
/// members: how each is set, its name, the type of what it holds and that of what
/// its setter takes; what it is where it is not set, unless it must be, and the
/// name of a second setter, for an option. The builder and each setter may have
/// attributes.
///
/// ```text
/// builder! {
///     Pet, super::error::ConversionError;
///     set name "name" String => String;
///     set_some age "age" Option<u8> => u8, or Default::default, maybe maybe_age;
///     set_nullable owner "owner" Option<Option<String>> => String, or Default::default, nullable maybe_owner;
/// }
/// ```
macro_rules! builder {
    (
        $(#[$of_type:meta])*
        $type:ident, $error:ty;
        $(
            $(#[$attribute:meta])*
            $set:ident $name:ident $text:literal $held:ty => $taken:ty
            $(, or $default:expr)?
            $(, maybe $(#[$of_maybe:meta])* $maybe:ident)?
            $(, nullable $(#[$of_nullable:meta])* $nullable:ident)?;
        )*
    ) => {
        #[doc = concat!(
            "A builder of [`", stringify!($type), "`](super::", stringify!($type),
            "): set its members, then convert it with `try_into`."
        )]
        $(#[$of_type])*
        #[derive(Clone, Debug, Default)]
        pub struct $type {
            $($name: $crate::runtime::Slot<$held>,)*
        }

        impl $type {
            $(
                #[doc = concat!(
                    "Sets [`", stringify!($name), "`](super::", stringify!($type), "::",
                    stringify!($name), ")."
                )]
                $(#[$attribute])*
                pub fn $name(
                    mut self,
                    value: impl ::std::convert::TryInto<$taken, Error: ::std::fmt::Display>,
                ) -> Self {
                    self.$name.$set($text, value);
                    self
                }

                $(
                    #[doc = concat!(
                        "Sets [`", stringify!($name), "`](super::", stringify!($type), "::",
                        stringify!($name), "), or unsets it."
                    )]
                    $(#[$of_maybe])*
                    #[inline]
                    pub fn $maybe(mut self, value: $held) -> Self {
                        self.$name = $crate::runtime::Slot::Set(value);
                        self
                    }
                )?

                $(
                    #[doc = concat!(
                        "Sets [`", stringify!($name), "`](super::", stringify!($type), "::",
                        stringify!($name), "): to null by `Some(None)`; `None` unsets it."
                    )]
                    $(#[$of_nullable])*
                    #[inline]
                    pub fn $nullable(mut self, value: $held) -> Self {
                        self.$name = $crate::runtime::Slot::Set(value);
                        self
                    }
                )?
            )*
        }

        impl ::std::convert::TryFrom<$type> for super::$type {
            type Error = $error;

            #[allow(unused_variables, reason = "a type may have no members")]
            #[inline]
            fn try_from(value: $type) -> ::std::result::Result<Self, Self::Error> {
                $(let $name = value.$name$(.or($default))?;)*
                $crate::runtime::all_set(&[$($name.problem($text),)*])?;
                Ok(Self { $($name: $name.required($text)?,)* })
            }
        }
    };
}

/// Makes a builder, with all members set, of the type of its name in the module
/// around it, of a list of their names.
macro_rules! builder_from {
    ($type:ident; $($name:ident;)*) => {
        impl ::std::convert::From<super::$type> for $type {
            #[allow(unused_variables, reason = "a type may have no members")]
            #[inline]
            fn from(value: super::$type) -> Self {
                Self { $($name: $crate::runtime::Slot::Set(value.$name),)* }
            }
        }
    };
}

pub(crate) use {builder, builder_from};

#[cfg(test)]
mod tests {
    #![allow(deprecated, reason = "that attributes are handed on is what is tested")]

    #[derive(Debug, PartialEq)]
    struct Pet {
        name: String,
        age: Option<u8>,
        r#in: Option<Option<String>>,
        tags: Vec<u8>,
    }

    #[derive(Debug, PartialEq)]
    struct Nothing {}

    mod builders {
        super::super::builder! {
            Nothing, String;
        }

        super::super::builder_from! {
            Nothing;
        }

        super::super::builder! {
            Pet, String;
            set name "name" String => String;
            set_some age "age" Option<u8> => u8, or Default::default, maybe maybe_age;
            #[deprecated]
            set_nullable r#in "in" Option<Option<String>> => String, or Default::default, nullable #[deprecated] maybe_in;
            set tags "tags" Vec<u8> => Vec<u8>, or || vec![4];
        }

        super::super::builder_from! {
            Pet;
            tags;
            name;
            r#in;
            age;
        }
    }

    fn built(pet: builders::Pet) -> Result<Pet, String> {
        pet.try_into()
    }

    #[test]
    fn a_member_is_what_it_was_set_to_or_its_default() {
        let pet = |age, owner: Option<Option<&str>>| Pet {
            name: "a".to_owned(),
            age,
            r#in: owner.map(|owner| owner.map(str::to_owned)),
            tags: vec![4],
        };
        let named = builders::Pet::default().name("a");
        for (builder, expected) in [
            (named.clone(), pet(None, None)),
            (named.clone().age(5_u8), pet(Some(5), None)),
            (named.clone().age(5_u8).maybe_age(None), pet(None, None)),
            (named.clone().r#in("b"), pet(None, Some(Some("b")))),
            (named.clone().maybe_in(Some(None)), pet(None, Some(None))),
        ] {
            assert_eq!(built(builder), Ok(expected));
        }
        let whole = pet(Some(5), Some(None));
        let again: builders::Pet = pet(Some(5), Some(None)).into();
        assert_eq!(built(again), Ok(whole));
        let tagged = built(named.tags([1])).map(|pet| pet.tags);
        assert_eq!(tagged, Ok(vec![1]));
    }

    #[test]
    fn of_no_members_nothing_is_built() {
        let built = Nothing::try_from(builders::Nothing::from(Nothing {}));
        assert_eq!(built, Ok(Nothing {}));
    }

    #[test]
    fn a_builder_names_everything_that_is_missing_or_refused() {
        let missing = Err("no value supplied for name".to_owned());
        assert_eq!(built(builders::Pet::default()), missing);
        let refused = built(builders::Pet::default().age(300)).unwrap_err();
        assert!(
            refused.starts_with("no value supplied for name; error"),
            "{refused}"
        );
        let refused = built(builders::Pet::default().name("a").age(300)).unwrap_err();
        assert!(refused.contains("for age: out of range"), "{refused}");
    }
}
