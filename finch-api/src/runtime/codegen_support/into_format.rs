//! Converts the argument of a setter to a type that a string represents in a format, such as a
//! UUID or a date.
//!
//! A setter accepts the type itself, a string, or a `Formatted` from a response. A string that
//! does not have the format is an error, which names the format and not the string. A field
//! that is `Formatted` itself takes a `Formatted` unchanged, even if it breaks the format.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, StrDeserializer};

use crate::runtime::conversion_error::ConversionError;
use crate::runtime::formatted::Formatted;

/// A type that is written as a string with a format, such as a UUID or a date.
///
/// The crate implements it for the types that its setters accept.
pub trait Format: Serialize + DeserializeOwned + Clone {
    /// The format as named in errors.
    #[doc(hidden)]
    const NAME: &'static str;
}

/// An argument of a setter for `T`, a type with a format. It is a `T`, a [`Formatted`]
/// from a response, or a string, owned or borrowed.
///
/// A call checks a string when it is sent, and a builder when it builds.
pub trait IntoFormat<T> {
    /// Converts the value.
    ///
    /// # Errors
    ///
    /// The string does not have the format.
    fn into_format(self) -> Result<T, ConversionError>;
}

impl<T: Format> IntoFormat<T> for T {
    fn into_format(self) -> Result<T, ConversionError> {
        Ok(self)
    }
}

impl<T: Format> IntoFormat<T> for &T {
    fn into_format(self) -> Result<T, ConversionError> {
        Ok(self.clone())
    }
}

impl<T: Format> IntoFormat<T> for &str {
    fn into_format(self) -> Result<T, ConversionError> {
        let text: StrDeserializer<'_, Error> = self.into_deserializer();
        T::deserialize(text)
            .map_err(|_| ConversionError::from(format!("the text is not {}", T::NAME)))
    }
}

/// Implements the conversions from types that contain a string.
macro_rules! by_text {
    ($($of:ty),*) => {$(
        impl<T: Format> IntoFormat<T> for $of {
            fn into_format(self) -> Result<T, ConversionError> {
                let text: &str = self.as_ref();
                text.into_format()
            }
        }

        impl<T: Format> IntoFormat<Formatted<T>> for $of {
            fn into_format(self) -> Result<Formatted<T>, ConversionError> {
                let text: &str = self.as_ref();
                text.into_format()
            }
        }
    )*};
}

by_text!(String, &String, Box<str>);

impl<T: Format> IntoFormat<T> for Formatted<T> {
    fn into_format(self) -> Result<T, ConversionError> {
        self.as_str().into_format()
    }
}

impl<T: Format> IntoFormat<T> for &Formatted<T> {
    fn into_format(self) -> Result<T, ConversionError> {
        self.as_str().into_format()
    }
}

// A value from a response is sent back unchanged, even if it breaks the format.
impl<T: Format> IntoFormat<Formatted<T>> for Formatted<T> {
    fn into_format(self) -> Result<Formatted<T>, ConversionError> {
        Ok(self)
    }
}

impl<T: Format> IntoFormat<Formatted<T>> for &Formatted<T> {
    fn into_format(self) -> Result<Formatted<T>, ConversionError> {
        Ok(self.clone())
    }
}

impl<T: Format> IntoFormat<Formatted<T>> for T {
    fn into_format(self) -> Result<Formatted<T>, ConversionError> {
        Ok(Formatted::from(self))
    }
}

impl<T: Format> IntoFormat<Formatted<T>> for &T {
    fn into_format(self) -> Result<Formatted<T>, ConversionError> {
        Ok(Formatted::from(self.clone()))
    }
}

impl<T: Format> IntoFormat<Formatted<T>> for &str {
    fn into_format(self) -> Result<Formatted<T>, ConversionError> {
        let value: T = self.into_format()?;
        drop(value);
        Ok(Formatted::from_text(self))
    }
}

/// Implements the conversions of a component that is a `T`, a string with a format. The field
/// is a `T` (`exact`) or a [`Formatted`] (`formatted`):
///
/// ```text
/// format_component! {
///     Birthday;
///     formatted Date;
/// }
/// ```
macro_rules! format_component {
    ($name:ident; exact $ty:ty;) => {
        impl ::std::convert::TryFrom<$crate::Formatted<$ty>> for $name {
            type Error = $crate::ConversionError;

            fn try_from(value: $crate::Formatted<$ty>) -> ::std::result::Result<Self, $crate::ConversionError> {
                $crate::IntoFormat::into_format(value).map(Self)
            }
        }

        $crate::runtime::format_component!($name; both $ty;);
    };
    ($name:ident; formatted $ty:ty;) => {
        impl ::std::convert::From<$ty> for $name {
            fn from(value: $ty) -> Self {
                Self(value.into())
            }
        }

        $crate::runtime::format_component!($name; both $ty;);
    };
    ($name:ident; both $ty:ty;) => {
        impl ::std::str::FromStr for $name {
            type Err = $crate::ConversionError;

            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::ConversionError> {
                $crate::IntoFormat::into_format(text).map(Self)
            }
        }

        $crate::runtime::format_component!($name; from text &str, ::std::string::String, &::std::string::String, ::std::boxed::Box<str>;);

        impl ::std::convert::From<&$name> for $name {
            fn from(value: &$name) -> Self {
                value.clone()
            }
        }

        impl ::std::convert::From<&$ty> for $name {
            fn from(value: &$ty) -> Self {
                Self(value.clone().into())
            }
        }

        impl ::std::convert::TryFrom<&$crate::Formatted<$ty>> for $name {
            type Error = $crate::ConversionError;

            fn try_from(value: &$crate::Formatted<$ty>) -> ::std::result::Result<Self, $crate::ConversionError> {
                $crate::IntoFormat::into_format(value).map(Self)
            }
        }

        $crate::runtime::format_component!($name; into $ty, $crate::Formatted<$ty>;);
    };
    ($name:ident; from text $($text:ty),*;) => {$(
        impl ::std::convert::TryFrom<$text> for $name {
            type Error = $crate::ConversionError;

            fn try_from(text: $text) -> ::std::result::Result<Self, $crate::ConversionError> {
                let text: &str = text.as_ref();
                text.parse()
            }
        }
    )*};
    ($name:ident; into $($ty:ty),*;) => {$(
        impl $crate::IntoFormat<$ty> for $name {
            fn into_format(self) -> ::std::result::Result<$ty, $crate::ConversionError> {
                $crate::IntoFormat::into_format(self.0)
            }
        }

        impl $crate::IntoFormat<$ty> for &$name {
            fn into_format(self) -> ::std::result::Result<$ty, $crate::ConversionError> {
                $crate::IntoFormat::into_format(&self.0)
            }
        }
    )*};
}

pub(crate) use format_component;

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    #[serde(transparent)]
    struct Address(Ipv4Addr);

    impl Format for Address {
        const NAME: &'static str = "an address";
    }

    #[test]
    fn setter_accepts_value_and_text_owned_and_borrowed() {
        let address = Address(Ipv4Addr::LOCALHOST);
        let formatted = Formatted::from(address.clone());
        let text = "127.0.0.1".to_owned();
        let taken: [Result<Address, _>; 8] = [
            address.clone().into_format(),
            (&address).into_format(),
            formatted.clone().into_format(),
            (&formatted).into_format(),
            text.as_str().into_format(),
            (&text).into_format(),
            text.clone().into_format(),
            text.clone().into_boxed_str().into_format(),
        ];
        assert!(taken.iter().all(|taken| *taken == Ok(address.clone())));
        let taken: [Result<Formatted<Address>, _>; 8] = [
            address.clone().into_format(),
            (&address).into_format(),
            formatted.clone().into_format(),
            (&formatted).into_format(),
            text.as_str().into_format(),
            (&text).into_format(),
            text.clone().into_format(),
            text.clone().into_boxed_str().into_format(),
        ];
        assert!(taken.iter().all(|taken| *taken == Ok(formatted.clone())));
    }

    #[test]
    fn malformed_text_is_refused_unless_from_a_response() {
        let malformed = Formatted::<Address>::from_text("localhost");
        let refused = ConversionError::from("the text is not an address");
        let taken: Result<Address, _> = (&malformed).into_format();
        assert_eq!(taken, Err(refused.clone()));
        let taken: Result<Formatted<Address>, _> = "localhost".into_format();
        assert_eq!(taken, Err(refused));
        assert_eq!((&malformed).into_format(), Ok(malformed));
    }
}
