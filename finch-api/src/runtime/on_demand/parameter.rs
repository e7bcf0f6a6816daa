//! Parameters, written in the styles of OpenAPI (Style Values and Style
//! Examples).

use std::error::Error as StdError;

use reqwest::RequestBuilder;
use reqwest::header::{COOKIE, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use super::percent;

/// A name and a text that are sent as `name=text`.
pub(super) type Pair = (String, String);

/// Why a request cannot be made.
pub(crate) type Failure = Box<dyn StdError + Send + Sync>;

/// Where a parameter stands, and how its value is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter<'a> {
    pub(super) name: &'a str,
    place: Place,
    style: Style,
    explode: bool,
    allow_reserved: bool,
    is_verbatim: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

/// How a value is written that is more than one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `blue,black`: in the path, and in headers.
    Simple,
    /// `.blue,black`: in the path.
    Label,
    /// `;color=blue,black`: in the path.
    Matrix,
    /// `color=blue,black`: in the query, and in cookies.
    Form,
    /// `color=blue%20black`: in the query.
    SpaceDelimited,
    /// `color=blue%7Cblack`: in the query.
    PipeDelimited,
    /// `color%5BR%5D=100`, of an object in the query.
    DeepObject,
    /// JSON, wherever it is.
    Json,
}

/// A parameter with its value.
pub(crate) struct Argument<'a> {
    parameter: Parameter<'a>,
    value: Result<Value, String>,
}

impl Argument<'_> {
    /// The argument, added to `request` where its parameter stands.
    pub(super) fn add_to(&self, request: RequestBuilder) -> Result<RequestBuilder, Failure> {
        let value = self.value.as_ref();
        let value = value.map_err(|what| self.parameter.blame(what))?;
        self.parameter.add_to(request, value)
    }
}

/// A value, as far as styles tell one from another.
enum Shape {
    Nothing,
    One(String),
    List(Vec<String>),
    /// The members of an object, each of which may be a list.
    Members(Vec<(String, Vec<String>)>),
}

impl<'a> Parameter<'a> {
    /// The parameter `name` of the path.
    pub(crate) const fn path(name: &'a str) -> Self {
        Self::of(name, Place::Path, Style::Simple)
    }

    /// The parameter `name` of the query.
    pub(crate) const fn query(name: &'a str) -> Self {
        Self::of(name, Place::Query, Style::Form)
    }

    /// The header `name`.
    pub(crate) const fn header(name: &'a str) -> Self {
        Self::of(name, Place::Header, Style::Simple)
    }

    /// The cookie `name`.
    pub(crate) const fn cookie(name: &'a str) -> Self {
        Self::of(name, Place::Cookie, Style::Form)
    }

    const fn of(name: &'a str, place: Place, style: Style) -> Self {
        Self {
            name,
            place,
            style,
            explode: matches!(style, Style::Form),
            allow_reserved: false,
            is_verbatim: false,
        }
    }

    /// The parameter in another style, which by default does not explode.
    pub(crate) const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self.explode = false;
        self
    }

    /// Whether each item and member of the value stands for itself.
    pub(crate) const fn explode(mut self, explode: bool) -> Self {
        self.explode = explode;
        self
    }

    /// Leaves what URLs reserve as it is, but for what would end the value.
    pub(crate) const fn allow_reserved(mut self) -> Self {
        self.allow_reserved = true;
        self
    }

    /// Encodes nothing: for what is in no URL.
    pub(super) const fn verbatim(mut self) -> Self {
        self.is_verbatim = true;
        self
    }

    /// `value` as a part of a path.
    ///
    /// Refuses what would make the path another one: nothing at all, so that the
    /// request for one thing would become one for all of them; and `.` or `..`,
    /// which a URL parser resolves even where they are encoded.
    pub(crate) fn in_path<T: Serialize + ?Sized>(&self, value: &T) -> Result<String, String> {
        self.in_path_as_json(&to_json(value)?)
    }

    fn in_path_as_json(&self, value: &Value) -> Result<String, String> {
        let text = self.text(value).map_err(|what| self.blame(&what))?;
        if matches!(text.as_str(), "" | "." | "..") {
            let what = format!("it is {text:?}, which leads to another path: give another value");
            return Err(self.blame(&what));
        }
        Ok(text)
    }

    /// The parameter with `value`.
    pub(crate) fn with<T: Serialize + ?Sized>(self, value: &T) -> Argument<'a> {
        Argument {
            parameter: self,
            value: to_json(value),
        }
    }

    /// `value`, added to `request` where the parameter stands. What is not there
    /// is not sent.
    fn add_to(&self, request: RequestBuilder, value: &Value) -> Result<RequestBuilder, Failure> {
        if value.is_null() {
            return Ok(request);
        }
        let blame = |what: String| self.blame(&what);
        match self.place {
            Place::Query => in_query(request, &self.pairs(value).map_err(blame)?),
            Place::Cookie => in_cookie(request, &self.pairs(value).map_err(blame)?),
            Place::Header => {
                let text = self.text(value).map_err(blame)?;
                if text.is_empty() && !value.is_string() {
                    return Ok(request);
                }
                let value = HeaderValue::from_str(&text)
                    .map_err(|_| self.blame("no header can hold such a value"))?;
                Ok(request.header(self.name, value))
            }
            Place::Path => Err(self.blame("it stands in the path").into()),
        }
    }

    fn blame(&self, what: &str) -> String {
        let place = match self.place {
            Place::Path => "path parameter",
            Place::Query => "query parameter",
            Place::Header => "header",
            Place::Cookie => "cookie",
        };
        format!("the {place} `{}`: {what}", self.name)
    }

    /// `text` as a part of what is written.
    fn encode(&self, text: &str) -> String {
        match self.place {
            Place::Header => text.to_owned(),
            _ if self.is_verbatim => text.to_owned(),
            _ => percent::encode(text, self.allow_reserved),
        }
    }

    /// `value` as one text.
    fn text(&self, value: &Value) -> Result<String, String> {
        let name = self.encode(self.name);
        let items: Vec<String> = match self.shape(value)? {
            Shape::Nothing => return Ok(String::new()),
            Shape::One(text) => vec![text],
            Shape::List(items) => items,
            Shape::Members(members) => {
                let between = if self.explode { "=" } else { "," };
                let members: Vec<String> = flat(members)?
                    .iter()
                    .map(|(name, value)| format!("{}{between}{value}", self.encode(name)))
                    .collect();
                if self.style == Style::Matrix && self.explode {
                    return Ok(format!(";{}", members.join(";")));
                }
                members
            }
        };
        Ok(match (self.style, self.explode) {
            (Style::Label, true) => format!(".{}", items.join(".")),
            (Style::Label, false) => format!(".{}", items.join(",")),
            (Style::Matrix, _) if items.iter().all(String::is_empty) => format!(";{name}"),
            (Style::Matrix, true) => items
                .iter()
                .map(|item| format!(";{name}={item}"))
                .collect::<String>(),
            (Style::Matrix, false) => format!(";{name}={}", items.join(",")),
            _ => items.join(","),
        })
    }

    /// `value` as pairs, encoded.
    pub(super) fn pairs(&self, value: &Value) -> Result<Vec<Pair>, String> {
        let name = self.encode(self.name);
        let between = match self.style {
            Style::SpaceDelimited => self.encode(" "),
            Style::PipeDelimited => self.encode("|"),
            _ => ",".to_owned(),
        };
        if self.style == Style::DeepObject {
            let mut pairs = Vec::new();
            self.deep(self.name, value, &mut pairs)?;
            return Ok(pairs);
        }
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
                    let name = self.encode(&name);
                    items.into_iter().map(move |item| (name.clone(), item))
                })
                .collect(),
            Shape::Members(members) => {
                let members: Vec<String> = flat(members)?
                    .into_iter()
                    .flat_map(|(name, value)| [self.encode(&name), value])
                    .collect();
                vec![(name, members.join(&between))]
            }
        })
    }

    /// The pairs of `value`, that of `name`, each with the way to it as its name.
    fn deep(&self, name: &str, value: &Value, pairs: &mut Vec<Pair>) -> Result<(), String> {
        match value {
            Value::Object(members) => {
                for (member, value) in members {
                    self.deep(&format!("{name}[{member}]"), value, pairs)?;
                }
            }
            Value::Null => {}
            value => pairs.push((self.encode(name), self.encode(&plain(value)?))),
        }
        Ok(())
    }

    /// The shape of `value`, its texts encoded.
    fn shape(&self, value: &Value) -> Result<Shape, String> {
        let text = |value: &Value| Ok::<_, String>(self.encode(&plain(value)?));
        let texts = |items: &[Value]| items.iter().map(text).collect::<Result<Vec<_>, _>>();
        if self.style == Style::Json {
            return Ok(Shape::One(self.encode(&value.to_string())));
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
                let is_said = |(_, items): &(String, Vec<String>)| !items.is_empty();
                Shape::Members(members.into_iter().filter(is_said).collect())
            }
            value => Shape::One(text(value)?),
        })
    }
}

/// `value` as JSON has it.
pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Value, String> {
    // By way of the text: a number of single precision keeps its digits in it,
    // which it would not as a `Value` of double precision.
    serde_json::to_string(value)
        .and_then(|text| serde_json::from_str(&text))
        .map_err(|_| "a value has no form in JSON".to_owned())
}

/// `value`, which must hold no other.
fn plain(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err("one value stands within another: give it as a text".to_owned()),
    }
}

/// `members`, none of which may be a list.
fn flat(members: Vec<(String, Vec<String>)>) -> Result<Vec<Pair>, String> {
    let single = |(name, items): (String, Vec<String>)| match <[String; 1]>::try_from(items) {
        Ok([item]) => Ok((name, item)),
        Err(_) => Err("one value stands within another: give it as a text".to_owned()),
    };
    members.into_iter().map(single).collect()
}

/// `request` with `pairs` at the end of its query.
fn in_query(request: RequestBuilder, pairs: &[Pair]) -> Result<RequestBuilder, Failure> {
    change(request, |request| {
        let mut query = request.url().query().unwrap_or_default().to_owned();
        for (name, value) in pairs {
            if !query.is_empty() {
                query.push('&');
            }
            query.extend([name, "=", value]);
        }
        if !pairs.is_empty() {
            request.url_mut().set_query(Some(&query));
        }
    })
}

/// `request` with `pairs` at the end of its cookies, which stand in one header
/// (RFC 6265, section 5.4).
fn in_cookie(request: RequestBuilder, pairs: &[Pair]) -> Result<RequestBuilder, Failure> {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut pairs = pairs.join("; ");
    if pairs.is_empty() {
        return Ok(request);
    }
    change(request, |request| {
        if let Some(before) = request
            .headers()
            .get(COOKIE)
            .and_then(|of| of.to_str().ok())
        {
            pairs = format!("{before}; {pairs}");
        }
        // All of it is encoded.
        if let Ok(cookies) = HeaderValue::from_str(&pairs) {
            request.headers_mut().insert(COOKIE, cookies);
        }
    })
}

/// `request`, changed, unless it has failed already.
fn change(
    request: RequestBuilder,
    with: impl FnOnce(&mut reqwest::Request),
) -> Result<RequestBuilder, Failure> {
    let (client, request) = request.build_split();
    let mut request = request?;
    with(&mut request);
    Ok(RequestBuilder::from_parts(client, request))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The table of OpenAPI's Style Examples: for each style, with and without
    /// `explode`, what becomes of nothing, a text, a list and an object; where
    /// there is nothing in the table, it says what is done instead.
    #[track_caller]
    fn check_table(parameter: impl Fn(&'static str) -> Parameter<'static>, expected: [&str; 4]) {
        let values = [
            json!(""),
            json!("blue"),
            json!(["blue", "black", "brown"]),
            json!({"R": 100, "G": 200, "B": 150}),
        ];
        for (value, expected) in values.iter().zip(expected) {
            let parameter = parameter("color");
            let written = match parameter.place {
                Place::Path | Place::Header => parameter.text(value),
                Place::Query | Place::Cookie => parameter.pairs(value).map(|pairs| {
                    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
                    pairs.collect::<Vec<_>>().join("&")
                }),
            };
            let written = written.unwrap_or_else(|error| error);
            assert_eq!(written, expected, "{parameter:?} {value}");
        }
    }

    #[test]
    fn values_are_written_as_in_the_style_examples() {
        let path = |style, explode| move |name| Parameter::path(name).style(style).explode(explode);
        let query =
            |style, explode| move |name| Parameter::query(name).style(style).explode(explode);
        check_table(
            path(Style::Matrix, false),
            [
                ";color",
                ";color=blue",
                ";color=blue,black,brown",
                ";color=R,100,G,200,B,150",
            ],
        );
        check_table(
            path(Style::Matrix, true),
            [
                ";color",
                ";color=blue",
                ";color=blue;color=black;color=brown",
                ";R=100;G=200;B=150",
            ],
        );
        check_table(
            path(Style::Label, false),
            [".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"],
        );
        check_table(
            path(Style::Label, true),
            [".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"],
        );
        for parameter in [Parameter::path, Parameter::header] {
            check_table(
                parameter,
                ["", "blue", "blue,black,brown", "R,100,G,200,B,150"],
            );
            check_table(
                |name| parameter(name).explode(true),
                ["", "blue", "blue,black,brown", "R=100,G=200,B=150"],
            );
        }
        for parameter in [Parameter::query, Parameter::cookie] {
            check_table(
                parameter,
                [
                    "color=",
                    "color=blue",
                    "color=blue&color=black&color=brown",
                    "R=100&G=200&B=150",
                ],
            );
            check_table(
                |name| parameter(name).explode(false),
                [
                    "color=",
                    "color=blue",
                    "color=blue,black,brown",
                    "color=R,100,G,200,B,150",
                ],
            );
        }
        check_table(
            query(Style::SpaceDelimited, false),
            [
                "color=",
                "color=blue",
                "color=blue%20black%20brown",
                "color=R%20100%20G%20200%20B%20150",
            ],
        );
        check_table(
            query(Style::PipeDelimited, false),
            [
                "color=",
                "color=blue",
                "color=blue%7Cblack%7Cbrown",
                "color=R%7C100%7CG%7C200%7CB%7C150",
            ],
        );
        check_table(
            query(Style::DeepObject, true),
            [
                "color=",
                "color=blue",
                "one value stands within another: give it as a text",
                "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
            ],
        );
    }

    /// The request with `value` as `parameter`, and then as another.
    fn request(parameter: &Parameter<'_>, value: &Value) -> Result<reqwest::Request, Failure> {
        let request = reqwest::Client::new().get("https://api.example.com/?a=b");
        let request = parameter.add_to(request, value)?;
        let request = Parameter::cookie("last").add_to(request, &json!("c d"))?;
        Ok(request.build()?)
    }

    #[track_caller]
    fn check_query(parameter: Parameter<'_>, value: Value, expected: &str) {
        let request = request(&parameter, &value).unwrap();
        assert_eq!(request.url().query(), Some(expected));
    }

    #[test]
    fn what_would_end_a_value_is_encoded() {
        let of = Parameter::query("o f");
        check_query(of, json!(["a b", "c&d"]), "a=b&o%20f=a%20b&o%20f=c%26d");
        check_query(of.explode(false), json!(["a,b", "c"]), "a=b&o%20f=a%2Cb,c");
        check_query(of, json!({"k=": "é"}), "a=b&k%3D=%C3%A9");
        check_query(
            of.style(Style::Json),
            json!({"k": 1}),
            "a=b&o%20f=%7B%22k%22%3A1%7D",
        );
        check_query(
            Parameter::query("of").allow_reserved(),
            json!("/a?b:c,d&e#f+g[h]%"),
            "a=b&of=/a?b:c,d%26e%23f%2Bg%5Bh%5D%25",
        );
    }

    #[test]
    fn what_is_not_there_is_not_sent() {
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!({"a": null, "b": []}),
        ] {
            check_query(Parameter::query("of"), value.clone(), "a=b");
            let of_cookie = request(&Parameter::cookie("of"), &value).unwrap();
            assert_eq!(of_cookie.headers()[COOKIE], "last=c%20d");
            let of_header = request(&Parameter::header("of"), &value).unwrap();
            assert_eq!(of_header.headers().get("of"), None);
        }
    }

    #[test]
    fn members_of_members_have_the_way_to_them_as_a_name() {
        check_query(
            Parameter::query("of").style(Style::DeepObject),
            json!({"a": {"b": "&"}, "c": null, "d": 1}),
            "a=b&of%5Ba%5D%5Bb%5D=%26&of%5Bd%5D=1",
        );
        check_query(
            Parameter::query("of"),
            json!({"a": 1, "b": ["c", "d"]}),
            "a=b&a=1&b=c&b=d",
        );
    }

    #[test]
    fn cookies_stand_in_one_header() {
        let request = request(&Parameter::cookie("of"), &json!(["a;", "b"])).unwrap();
        let cookies: Vec<_> = request.headers().get_all(COOKIE).iter().collect();
        assert_eq!(cookies, ["of=a%3B; of=b; last=c%20d"]);
    }

    #[test]
    fn headers_are_not_encoded() {
        let sent = request(&Parameter::header("X-Of"), &json!("")).unwrap();
        assert_eq!(sent.headers()["x-of"], "");
        let sent = request(&Parameter::header("X-Of"), &json!(["a b", "c/d"])).unwrap();
        assert_eq!(sent.headers()["x-of"], "a b,c/d");
        let error = request(&Parameter::header("X-Of"), &json!("a\nb")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the header `X-Of`: no header can hold such a value"
        );
    }

    #[test]
    fn values_keep_their_digits() {
        for (value, written) in [
            (to_json(&0.1_f32), "0.1"),
            (to_json(&u64::MAX), "18446744073709551615"),
            (to_json(&true), "true"),
            (to_json(&crate::Secret::from("s")), "s"),
        ] {
            check_query(
                Parameter::query("of"),
                value.unwrap(),
                &format!("a=b&of={written}"),
            );
        }
    }

    #[test]
    fn what_has_no_such_form_is_refused() {
        let style = |style| Parameter::query("of").style(style);
        for (parameter, value) in [
            (Parameter::query("of"), json!([[1]])),
            (Parameter::query("of"), json!({"a": {"b": 1}})),
            (style(Style::PipeDelimited), json!({"a": [1, 2]})),
            (style(Style::DeepObject), json!({"a": [1]})),
        ] {
            assert_eq!(
                request(&parameter, &value).unwrap_err().to_string(),
                "the query parameter `of`: one value stands within another: give it as a text"
            );
        }
    }

    #[test]
    fn a_value_in_the_path_stays_one_segment() {
        let id = Parameter::path("id");
        for (value, encoded) in [
            ("4ab15e51-11ad", "4ab15e51-11ad"),
            ("a/b?c#d%2F", "a%2Fb%3Fc%23d%252F"),
            ("é ~_.", "%C3%A9%20~_."),
            ("...", "..."),
        ] {
            assert_eq!(id.in_path(value).as_deref(), Ok(encoded));
            let url = format!("https://api.example.com/a/{encoded}/b");
            let url = reqwest::Url::parse(&url).unwrap();
            assert_eq!(url.path_segments().unwrap().count(), 3, "{url}");
        }
        assert_eq!(id.in_path(&["a", "b/"]).as_deref(), Ok("a,b%2F"));
    }

    #[test]
    fn a_value_that_leads_to_another_path_is_refused() {
        let label = Parameter::path("id").style(Style::Label);
        for (parameter, value, written) in [
            (Parameter::path("id"), "", ""),
            (Parameter::path("id"), ".", "."),
            (Parameter::path("id"), "..", ".."),
            (label, ".", ".."),
        ] {
            assert_eq!(
                parameter.in_path(value),
                Err(format!(
                    "the path parameter `id`: it is {written:?}, which leads to another path: \
                     give another value"
                ))
            );
        }
    }
}
