//! Two macros that implement the traits of enums, one for strings and one for integers: decoding,
//! encoding, `From`, `FromStr` and `Display`.
//!
//! A macro takes a list of variants with their values. For `Low "low";`, the text `low` is decoded
//! as the variant `Low`. Any other text or number becomes the last variant, which keeps it.

/// Implements an enum that keeps an unlisted text in its last variant:
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
            /// The text as sent and received.
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

/// Implements an enum that keeps an unlisted number in its last variant:
///
/// ```text
/// integer_enum! {
///     Level;
///     Low 1;
///     High 2;
///     _ Unknown;
/// }
/// ```
macro_rules! integer_enum {
    ($name:ident; $($variant:ident $number:literal;)* _ $unknown:ident;) => {
        impl $name {
            /// The number as sent and received.
            #[inline]
            pub fn as_i64(&self) -> i64 {
                match self {
                    $(Self::$variant => $number,)*
                    Self::$unknown(number) => *number,
                }
            }
        }

        impl ::std::convert::From<i64> for $name {
            #[inline]
            fn from(number: i64) -> Self {
                match number {
                    $($number => Self::$variant,)*
                    number => Self::$unknown(number),
                }
            }
        }

        impl ::std::convert::From<$name> for i64 {
            #[inline]
            fn from(value: $name) -> Self {
                value.as_i64()
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::num::ParseIntError;

            #[inline]
            fn from_str(
                text: &str,
            ) -> ::std::result::Result<Self, ::std::num::ParseIntError> {
                text.parse().map(i64::into)
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.as_i64().fmt(f)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.as_i64())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                i64::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

pub(crate) use {integer_enum, open_enum};

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[derive(Clone, Debug, PartialEq)]
    enum Level {
        Low,
        High,
        // The name of an associated type of the traits.
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

    #[derive(Clone, Debug, PartialEq)]
    enum Score {
        Bad,
        Good,
        // The name of an associated type of the traits.
        Err,
        Error,
        Unknown(i64),
    }

    integer_enum! {
        Score;
        Bad -1;
        Good 1;
        Err 2;
        Error 3;
        _ Unknown;
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
    fn an_integer_enum_keeps_every_number() {
        for (number, score) in [
            (-1, Score::Bad),
            (1, Score::Good),
            (2, Score::Err),
            (3, Score::Error),
            (i64::MIN, Score::Unknown(i64::MIN)),
        ] {
            assert_eq!(score.as_i64(), number);
            assert_eq!(i64::from(score.clone()), number);
            assert_eq!(Score::from(number), score);
            assert_eq!(number.to_string().parse(), Ok(score.clone()));
            assert_eq!(serde_json::to_value(&score).unwrap(), json!(number));
            assert_eq!(
                serde_json::from_value::<Score>(json!(number)).unwrap(),
                score
            );
            assert_eq!(format!("{score:>4}"), format!("{number:>4}"));
        }
        assert!("".parse::<Score>().is_err());
        assert!(serde_json::from_value::<Score>(json!("1")).is_err());
    }
}
