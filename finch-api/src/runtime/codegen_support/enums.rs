//! Enums of texts: what each can be made of and made into, of a list of its
//! variants and their texts.

/// An enum that keeps a text which it does not list, in its last variant:
///
/// ```text
/// open_enum! {
///     Level;
///     Low "low";
///     High "high";
///     _ Unknown;
/// }
/// ```
macro_rules! open_enum {
    ($name:ident; $($variant:ident $text:literal;)* _ $unknown:ident;) => {
        impl $name {
            /// The text, as it is sent and received.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::$unknown(value) => value.as_str(),
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    text => Self::$unknown($crate::UnknownValue::new(text)),
                }
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            #[inline]
            fn from(text: ::std::string::String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            #[inline]
            fn from_str(
                text: &str,
            ) -> ::std::result::Result<Self, ::std::convert::Infallible> {
                Ok(Self::from(text))
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                ::std::string::String::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

/// An enum of no other texts than it lists, with the error of all others:
///
/// ```text
/// closed_enum! {
///     Order, error::ConversionError;
///     Ascending "ascending";
///     Descending "descending";
/// }
/// ```
macro_rules! closed_enum {
    ($name:ident, $error:path; $($variant:ident $text:literal;)*) => {
        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(match self {
                    $(Self::$variant => $text,)*
                })
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $error;

            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, $error> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(concat!("invalid value: expected one of", $(" `", $text, "`"),*).into()),
                }
            }
        }

        impl ::std::convert::TryFrom<&str> for $name {
            type Error = $error;

            #[inline]
            fn try_from(text: &str) -> ::std::result::Result<Self, $error> {
                text.parse()
            }
        }

        impl ::std::convert::TryFrom<::std::string::String> for $name {
            type Error = $error;

            #[inline]
            fn try_from(
                text: ::std::string::String,
            ) -> ::std::result::Result<Self, $error> {
                text.parse()
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let text = ::std::string::String::deserialize(deserializer)?;
                text.parse()
                    .map_err(|_| ::serde::de::Error::unknown_variant(&text, &[$($text),*]))
            }
        }
    };
}

pub(crate) use {closed_enum, open_enum};

#[cfg(test)]
mod tests {
    use serde_json::json;

    mod error {
        #[derive(Debug, PartialEq)]
        pub(super) struct ConversionError(pub(super) &'static str);

        impl From<&'static str> for ConversionError {
            fn from(text: &'static str) -> Self {
                Self(text)
            }
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    enum Level {
        Low,
        High,
        // As what the traits have, too.
        Err,
        Error,
        Unknown(crate::UnknownValue),
    }

    open_enum! {
        Level;
        Low "low";
        High "very high";
        Err "err";
        Error "error";
        _ Unknown;
    }

    #[derive(Debug, PartialEq)]
    enum Order {
        Ascending,
        Descending,
        Err,
        Error,
    }

    closed_enum! {
        Order, error::ConversionError;
        Ascending "ascending";
        Descending "-";
        Err "err";
        Error "error";
    }

    #[test]
    fn an_open_enum_keeps_every_text() {
        for (text, level) in [
            ("low", Level::Low),
            ("very high", Level::High),
            ("err", Level::Err),
            ("error", Level::Error),
            ("Low", Level::Unknown(crate::UnknownValue::new("Low"))),
            ("", Level::Unknown(crate::UnknownValue::new(""))),
        ] {
            assert_eq!(level.as_str(), text);
            assert_eq!(Level::from(text), level);
            assert_eq!(Level::from(text.to_owned()), level);
            assert_eq!(text.parse(), Ok(level.clone()));
            assert_eq!(serde_json::to_value(&level).unwrap(), json!(text));
            assert_eq!(serde_json::from_value::<Level>(json!(text)).unwrap(), level);
            assert_eq!(format!("{level:>10}"), format!("{text:>10}"));
        }
        assert!(serde_json::from_value::<Level>(json!(1)).is_err());
    }

    #[test]
    fn a_closed_enum_says_what_it_takes() {
        for (text, order) in [
            ("ascending", Order::Ascending),
            ("-", Order::Descending),
            ("err", Order::Err),
            ("error", Order::Error),
        ] {
            assert_eq!(format!("{order:>10}"), format!("{text:>10}"));
            assert_eq!(serde_json::to_value(&order).unwrap(), json!(text));
            assert_eq!(Order::try_from(text.to_owned()), Ok(order));
            let read: Order = serde_json::from_value(json!(text)).unwrap();
            assert_eq!(Ok(read), Order::try_from(text));
        }
        let error = "invalid value: expected one of `ascending` `-` `err` `error`";
        assert_eq!("".parse::<Order>(), Err(error::ConversionError(error)));
        let error = serde_json::from_value::<Order>(json!("+")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown variant `+`, expected one of `ascending`, `-`, `err`, `error`"
        );
    }
}
