//! Encodes values for URLs, headers and forms in the styles of OpenAPI (Style Values and Style
//! Examples): the array `[blue, black]` becomes `blue,black`, `;color=blue,black` or
//! `color=blue&color=black`.
//!
//! Returns one string for a path or a header, or pairs of a name and a value. Null properties
//! are not sent. A value that its style cannot write is refused, such as an array inside an
//! array, except in `deepObject` and JSON.

use serde_json::Value;

use super::percent;

/// A name and a value, sent as `name=value`.
pub(super) type Pair = (String, String);

/// The style of an array or object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `blue,black`, in a path or header.
    Simple,
    /// `.blue,black`, in a path.
    Label,
    /// `;color=blue,black`, in a path.
    Matrix,
    /// `color=blue,black`, in a query or cookie.
    Form,
    /// `color=blue%20black`, in a query.
    SpaceDelimited,
    /// `color=blue%7Cblack`, in a query.
    PipeDelimited,
    /// `color%5BR%5D=100`, for an object or an array in a query.
    DeepObject,
    /// JSON in any location. A header only has its ASCII characters, and escapes the others.
    Json,
}

/// The characters of a value that are percent-encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// All except the unreserved characters of a URL (RFC 3986).
    Percent,
    /// As `Percent`, but reserved characters are kept unless they end the value.
    PercentButReserved,
    /// No characters, for values outside of URLs.
    Verbatim,
}

/// The notation of a parameter's values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Notation {
    pub(super) style: Style,
    /// Whether each item or property of a value is sent separately.
    pub(super) explode: bool,
    pub(super) encoding: Encoding,
}

/// The kinds of values that styles distinguish.
enum Shape {
    Nothing,
    One(String),
    List(Vec<String>),
    /// The properties of an object. Each may be an array.
    Members(Vec<(String, Vec<String>)>),
}

impl Notation {
    /// Encodes `value` as one string for the parameter `name`.
    pub(super) fn text(&self, name: &str, value: &Value) -> Result<String, String> {
        let is_matrix = self.style == Style::Matrix;
        // A matrix has no `=` before an empty value (RFC 6570, 3.2.7).
        let named = |name: &str, value: &str| match value {
            "" if is_matrix => name.to_owned(),
            value => format!("{name}={value}"),
        };
        let name = self.encode_name(name);
        let items: Vec<String> = match self.shape(value)? {
            Shape::Nothing => Vec::new(),
            Shape::One(text) => vec![text],
            Shape::List(items) if is_matrix && self.explode => {
                items.iter().map(|item| named(&name, item)).collect()
            }
            Shape::List(items) => items,
            Shape::Members(members) => {
                let members = flat(members)?.into_iter();
                let members = members.map(|(name, value)| (self.encode_name(&name), value));
                match self.explode {
                    true => members.map(|(name, value)| named(&name, &value)).collect(),
                    false => members.flat_map(|(name, value)| [name, value]).collect(),
                }
            }
        };
        // An empty list is an undefined variable (RFC 6570, 2.3).
        if items.is_empty() {
            return Ok(String::new());
        }
        Ok(match (self.style, self.explode) {
            (Style::Label, true) => format!(".{}", items.join(".")),
            (Style::Label, false) => format!(".{}", items.join(",")),
            (Style::Matrix, true) if value.is_array() || value.is_object() => {
                format!(";{}", items.join(";"))
            }
            (Style::Matrix, _) => format!(";{}", named(&name, &items.join(","))),
            _ => items.join(","),
        })
    }

    /// Encodes `value` as pairs. Their names are `name` or the properties of an object.
    pub(super) fn pairs(&self, name: &str, value: &Value) -> Result<Vec<Pair>, String> {
        let between = match self.style {
            Style::SpaceDelimited => self.encode_name(" "),
            Style::PipeDelimited => self.encode_name("|"),
            _ => ",".to_owned(),
        };
        if self.style == Style::DeepObject {
            let mut pairs = Vec::new();
            self.deep(name, value, &mut pairs)?;
            return Ok(pairs);
        }
        let name = self.encode_name(name);
        Ok(match self.shape(value)? {
            Shape::Nothing => Vec::new(),
            Shape::One(text) => vec![(name, text)],
            Shape::List(items) if items.is_empty() => Vec::new(),
            Shape::List(items) if self.explode => {
                items.into_iter().map(|item| (name.clone(), item)).collect()
            }
            Shape::List(items) => vec![(name, items.join(&between))],
            Shape::Members(members) if members.is_empty() => Vec::new(),
            Shape::Members(members) if self.explode => members
                .into_iter()
                .flat_map(|(name, items)| {
                    let name = self.encode_name(&name);
                    items.into_iter().map(move |item| (name.clone(), item))
                })
                .collect(),
            Shape::Members(members) => {
                let members: Vec<String> = flat(members)?
                    .into_iter()
                    .flat_map(|(name, value)| [self.encode_name(&name), value])
                    .collect();
                vec![(name, members.join(&between))]
            }
        })
    }

    /// Adds the pairs of `value`. The name of each pair is its path from `name`. OpenAPI does
    /// not say how arrays are written. They are written as Stripe documents it: `a[]=1`, and
    /// `a[0][b]=1` for an item that is an array or an object.
    fn deep(&self, name: &str, value: &Value, pairs: &mut Vec<Pair>) -> Result<(), String> {
        match value {
            Value::Object(members) => {
                for (member, value) in members {
                    self.deep(&format!("{name}[{member}]"), value, pairs)?;
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let is_nested = item.is_array() || item.is_object();
                    let name = match is_nested {
                        true => format!("{name}[{index}]"),
                        false => format!("{name}[]"),
                    };
                    self.deep(&name, item, pairs)?;
                }
            }
            Value::Null => {}
            value => pairs.push((self.encode_name(name), self.encode(&plain(value)?))),
        }
        Ok(())
    }

    /// Returns the shape of `value` with encoded strings.
    fn shape(&self, value: &Value) -> Result<Shape, String> {
        let text = |value: &Value| Ok::<_, String>(self.encode(&plain(value)?));
        let texts = |items: &[Value]| items.iter().map(text).collect::<Result<Vec<_>, _>>();
        if self.style == Style::Json {
            let json = value.to_string();
            return Ok(Shape::One(match self.encoding {
                Encoding::Verbatim => ascii(&json),
                _ => self.encode(&json),
            }));
        }
        Ok(match value {
            Value::Null => Shape::Nothing,
            Value::Array(items) => Shape::List(texts(items)?),
            Value::Object(members) => {
                let members = members.iter().filter(|(_, value)| !value.is_null());
                let members = members.map(|(name, value)| match value {
                    Value::Array(items) => Ok((name.clone(), texts(items)?)),
                    value => Ok((name.clone(), vec![text(value)?])),
                });
                let members: Vec<_> = members.collect::<Result<_, String>>()?;
                let has_items = |(_, items): &(String, Vec<String>)| !items.is_empty();
                Shape::Members(members.into_iter().filter(has_items).collect())
            }
            value => Shape::One(text(value)?),
        })
    }

    /// Encodes `name`, the name of a parameter or of a property. `allowReserved` is for values.
    pub(super) fn encode_name(&self, name: &str) -> String {
        match self.encoding {
            Encoding::Verbatim => name.to_owned(),
            Encoding::Percent | Encoding::PercentButReserved => percent::encode(name, false),
        }
    }

    /// Encodes the text of a value.
    fn encode(&self, text: &str) -> String {
        match self.encoding {
            Encoding::Percent => percent::encode(text, false),
            Encoding::PercentButReserved => percent::encode(text, true),
            Encoding::Verbatim => text.to_owned(),
        }
    }
}

/// Returns a string unchanged, and any other value as JSON. A whole number has no fraction, because
/// a server may read a `number` as an integer.
pub(super) fn text(value: &Value) -> String {
    const EXACT: f64 = (1_u64 << f64::MANTISSA_DIGITS) as f64;
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
                (float as i64).to_string()
            }
            _ => value.to_string(),
        },
        _ => value.to_string(),
    }
}

/// Returns equal JSON in printable ASCII, because servers read the other bytes of a header in
/// different ways (RFC 9110, section 5.5). Only strings have other characters.
fn ascii(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for char in json.chars() {
        match char {
            ' '..='~' => ascii.push(char),
            _ => {
                let units = &mut [0; 2];
                let escapes = char.encode_utf16(units).iter();
                ascii.extend(escapes.map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    ascii
}

/// Returns the text of `value`, which must not be an array or object.
fn plain(value: &Value) -> Result<String, String> {
    match value {
        Value::String(_) | Value::Bool(_) | Value::Number(_) => Ok(text(value)),
        _ => Err("this style cannot encode nested values: pass a string".to_owned()),
    }
}

/// Returns `members` as pairs. Fails if a member is an array.
fn flat(members: Vec<(String, Vec<String>)>) -> Result<Vec<Pair>, String> {
    let single = |(name, items): (String, Vec<String>)| match <[String; 1]>::try_from(items) {
        Ok([item]) => Ok((name, item)),
        Err(_) => Err("this style cannot encode nested values: pass a string".to_owned()),
    };
    members.into_iter().map(single).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Checks how an empty value, a string, an array and an object are encoded, as in a row of
    /// OpenAPI's table of Style Examples. If the row is empty, the expectation is our own.
    #[track_caller]
    fn check(written: impl Fn(&Value) -> Result<String, String>, expected: [&str; 4]) {
        let values = [
            json!(""),
            json!("blue"),
            json!(["blue", "black", "brown"]),
            json!({"R": 100, "G": 200, "B": 150}),
        ];
        let written = values.map(|value| written(&value).unwrap_or_else(|error| error));
        assert_eq!(written, expected);
    }

    fn notation(style: Style, explode: bool) -> Notation {
        Notation {
            style,
            explode,
            encoding: Encoding::Percent,
        }
    }

    #[track_caller]
    fn check_text(style: Style, explode: bool, expected: [&str; 4]) {
        check(
            |value| notation(style, explode).text("color", value),
            expected,
        );
    }

    #[track_caller]
    fn check_pairs(style: Style, explode: bool, expected: [&str; 4]) {
        let written = |value: &Value| {
            let pairs = notation(style, explode).pairs("color", value)?;
            let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
            Ok(pairs.collect::<Vec<_>>().join("&"))
        };
        check(written, expected);
    }

    #[test]
    fn a_text_is_written_as_in_the_style_examples() {
        check_text(
            Style::Matrix,
            false,
            [
                ";color",
                ";color=blue",
                ";color=blue,black,brown",
                ";color=R,100,G,200,B,150",
            ],
        );
        check_text(
            Style::Matrix,
            true,
            [
                ";color",
                ";color=blue",
                ";color=blue;color=black;color=brown",
                ";R=100;G=200;B=150",
            ],
        );
        check_text(
            Style::Label,
            false,
            [".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"],
        );
        check_text(
            Style::Label,
            true,
            [".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"],
        );
        check_text(
            Style::Simple,
            false,
            ["", "blue", "blue,black,brown", "R,100,G,200,B,150"],
        );
        check_text(
            Style::Simple,
            true,
            ["", "blue", "blue,black,brown", "R=100,G=200,B=150"],
        );
    }

    #[test]
    fn pairs_are_written_as_in_the_style_examples() {
        check_pairs(
            Style::Form,
            true,
            [
                "color=",
                "color=blue",
                "color=blue&color=black&color=brown",
                "R=100&G=200&B=150",
            ],
        );
        check_pairs(
            Style::Form,
            false,
            [
                "color=",
                "color=blue",
                "color=blue,black,brown",
                "color=R,100,G,200,B,150",
            ],
        );
        check_pairs(
            Style::SpaceDelimited,
            false,
            [
                "color=",
                "color=blue",
                "color=blue%20black%20brown",
                "color=R%20100%20G%20200%20B%20150",
            ],
        );
        check_pairs(
            Style::PipeDelimited,
            false,
            [
                "color=",
                "color=blue",
                "color=blue%7Cblack%7Cbrown",
                "color=R%7C100%7CG%7C200%7CB%7C150",
            ],
        );
        check_pairs(
            Style::DeepObject,
            true,
            [
                "color=",
                "color=blue",
                "color%5B%5D=blue&color%5B%5D=black&color%5B%5D=brown",
                "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
            ],
        );
    }

    #[test]
    fn matrix_has_no_equals_sign_before_an_empty_value() {
        for (explode, value, written) in [
            (false, json!([]), ""),
            (true, json!([]), ""),
            (false, json!({}), ""),
            (true, json!({}), ""),
            (false, json!([""]), ";of"),
            (true, json!([""]), ";of"),
            (false, json!(["", ""]), ";of=,"),
            (true, json!(["", "a", ""]), ";of;of=a;of"),
            (false, json!({"a": ""}), ";of=a,"),
            (true, json!({"a": "", "b": "c"}), ";a;b=c"),
        ] {
            let notation = notation(Style::Matrix, explode);
            assert_eq!(
                notation.text("of", &value).as_deref(),
                Ok(written),
                "{value}"
            );
        }
    }

    #[test]
    fn whole_number_has_no_fraction() {
        for (value, written) in [
            (json!(2.0), "2"),
            (json!(-2.0), "-2"),
            (json!(-0.0), "0"),
            (json!(2.5), "2.5"),
            (json!(1e20), "1e+20"),
            (json!(1e-7), "1e-7"),
            (json!(u64::MAX), "18446744073709551615"),
        ] {
            assert_eq!(text(&value), written);
        }
    }

    #[test]
    fn values_without_a_style_are_refused() {
        for (style, explode, value) in [
            (Style::Form, true, json!([[1]])),
            (Style::Form, true, json!({"a": {"b": 1}})),
            (Style::PipeDelimited, false, json!({"a": [1, 2]})),
        ] {
            assert_eq!(
                notation(style, explode).pairs("of", &value),
                Err("this style cannot encode nested values: pass a string".to_owned())
            );
        }
    }
}
