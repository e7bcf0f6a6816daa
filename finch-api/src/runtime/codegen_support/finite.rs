//! Refuses numbers that would change in JSON: infinities, NaN, and integers with more than 64 bits.
//!
//! serde_json writes infinities and NaN as null, and rounds the integers. As a parameter that is null
//! is not sent, an infinite limit would silently disappear from a request. Wrap a value in `Finite`:
//! serializing it fails before anything is written. The error contains the number, and nothing else
//! of the value, which may be secret.

use std::fmt;

use serde::ser::{self, Serialize, Serializer};

/// Serializes a value if all its numbers are finite.
pub(crate) struct Finite<T>(pub(crate) T);

impl<T: Serialize> Serialize for Finite<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Check).map_err(ser::Error::custom)?;
        self.0.serialize(serializer)
    }
}

/// Why a value cannot be sent.
#[derive(Debug)]
enum Refused {
    NotFinite(f64),
    /// serde_json would round the number.
    TooLarge(i128),
    /// A `Serialize` implementation failed. Its message may contain a part of the value.
    Other,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite(number) => write!(f, "JSON cannot represent {number}"),
            Self::TooLarge(number) => write!(f, "{number} has more than 64 bits"),
            Self::Other => f.write_str("JSON cannot represent a value"),
        }
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }
}

/// Checks every number of a value, and writes nothing.
struct Check;

/// Implements methods of `Serializer` that accept a value.
macro_rules! accept {
    ($($method:ident($($ty:ty),*);)*) => {
        $(
            fn $method(self, $(_: $ty),*) -> Result<(), Refused> {
                Ok(())
            }
        )*
    };
}

/// Implements methods of `Serializer` that check nested values.
macro_rules! compound {
    ($($method:ident($($ty:ty),*) -> $compound:ident;)*) => {
        $(
            type $compound = Self;

            fn $method(self, $(_: $ty),*) -> Result<Self, Refused> {
                Ok(self)
            }
        )*
    };
}

impl Serializer for Check {
    type Ok = ();
    type Error = Refused;

    accept! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    compound! {
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct(&'static str, usize) -> SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant;
    }

    fn serialize_i128(self, number: i128) -> Result<(), Refused> {
        match i64::try_from(number).is_ok() || u64::try_from(number).is_ok() {
            true => Ok(()),
            false => Err(Refused::TooLarge(number)),
        }
    }

    fn serialize_f32(self, number: f32) -> Result<(), Refused> {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<(), Refused> {
        match number.is_finite() {
            true => Ok(()),
            false => Err(Refused::NotFinite(number)),
        }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        value.serialize(self)
    }
}

/// Implements a trait that serializes nested values.
macro_rules! look_inside {
    ($($trait:ident: $($method:ident($($key:ty)?),)*;)*) => {
        $(
            impl ser::$trait for Check {
                type Ok = ();
                type Error = Refused;

                $(
                    fn $method<T: Serialize + ?Sized>(
                        &mut self,
                        $(_: $key,)?
                        value: &T,
                    ) -> Result<(), Refused> {
                        value.serialize(Check)
                    }
                )*

                fn end(self) -> Result<(), Refused> {
                    Ok(())
                }
            }
        )*
    };
}

look_inside! {
    SerializeSeq: serialize_element(),;
    SerializeTuple: serialize_element(),;
    SerializeTupleStruct: serialize_field(),;
    SerializeTupleVariant: serialize_field(),;
    SerializeMap: serialize_key(), serialize_value(),;
    SerializeStruct: serialize_field(&'static str),;
    SerializeStructVariant: serialize_field(&'static str),;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    struct Price {
        amount: f64,
        parts: Vec<Option<f32>>,
    }

    #[derive(Serialize)]
    enum Cost {
        Unknown,
        One(f64),
        Two(f64, f64),
        Named { amount: f64 },
    }

    fn text(value: impl Serialize) -> Result<String, String> {
        serde_json::to_string(&Finite(value)).map_err(|error| error.to_string())
    }

    #[test]
    fn every_number_is_finite() {
        let price = |amount, part| Price {
            amount,
            parts: vec![None, Some(part)],
        };
        assert_eq!(
            text(price(1.5, 2.0)).unwrap(),
            r#"{"amount":1.5,"parts":[null,2.0]}"#
        );
        assert_eq!(text(Cost::Unknown).unwrap(), r#""Unknown""#);
        assert_eq!(text(None::<f64>).unwrap(), "null");
        let integers = [i128::from(i64::MIN), i128::from(u64::MAX)];
        assert_eq!(
            text(((), 'a', integers)).unwrap(),
            format!("[null,\"a\",[{},{}]]", i64::MIN, u64::MAX)
        );
        for number in integers.map(|number| number + number.signum()) {
            let expected = format!("{number} has more than 64 bits");
            assert_eq!(text(number).unwrap_err(), expected);
        }
        let nan = "JSON cannot represent NaN";
        for refused in [
            text(f64::NAN),
            text(Some(f32::NAN)),
            text([1.0, f64::NAN]),
            text((1, f64::NAN)),
            text(price(f64::NAN, 1.0)),
            text(price(1.0, f32::NAN)),
            text(Cost::One(f64::NAN)),
            text(Cost::Two(0.0, f64::NAN)),
            text(Cost::Named { amount: f64::NAN }),
            text(BTreeMap::from([("a", BTreeMap::from([("b", f64::NAN)]))])),
        ] {
            assert_eq!(refused.unwrap_err(), nan);
        }
        assert_eq!(
            text(f64::NEG_INFINITY).unwrap_err(),
            "JSON cannot represent -inf"
        );
    }
}
