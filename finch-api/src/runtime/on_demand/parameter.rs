//! Parameters, and where in a request they stand.

use std::error::Error as StdError;

use reqwest::RequestBuilder;
use reqwest::header::{COOKIE, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use super::finite::Finite;
use super::style::{Encoding, Notation, Pair, Style};
use crate::runtime::Exposed;

/// Why a request cannot be made.
pub(crate) type Failure = Box<dyn StdError + Send + Sync>;

/// Where a parameter stands, and how its value is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter<'a> {
    pub(super) name: &'a str,
    place: Place,
    notation: Notation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Path,
    Query,
    Header,
    Cookie,
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
        let notation = Notation {
            style,
            explode: matches!(style, Style::Form),
            encoding: match place {
                Place::Header => Encoding::Verbatim,
                Place::Path | Place::Query | Place::Cookie => Encoding::Percent,
            },
        };
        Self {
            name,
            place,
            notation,
        }
    }

    /// The parameter in another style, which by default does not explode.
    pub(crate) const fn style(mut self, style: Style) -> Self {
        self.notation.style = style;
        self.notation.explode = false;
        self
    }

    /// Whether each item and member of the value stands for itself.
    pub(crate) const fn explode(mut self, explode: bool) -> Self {
        self.notation.explode = explode;
        self
    }

    /// Leaves what URLs reserve as it is, but for what would end the value.
    pub(crate) const fn allow_reserved(mut self) -> Self {
        self.notation.encoding = Encoding::PercentButReserved;
        self
    }

    /// Encodes nothing: for what is in no URL.
    pub(super) const fn verbatim(mut self) -> Self {
        self.notation.encoding = Encoding::Verbatim;
        self
    }

    /// `value` as a part of a path.
    ///
    /// Refuses what would make the path another one: nothing at all, so that the
    /// request for one thing would become one for all of them; and `.` or `..`,
    /// which a URL parser resolves even where they are encoded.
    pub(crate) fn in_path<T: Serialize + ?Sized>(&self, value: &T) -> Result<String, String> {
        let value = to_json(value).map_err(|what| self.blame(&what))?;
        self.in_path_as_json(&value)
    }

    fn in_path_as_json(&self, value: &Value) -> Result<String, String> {
        let text = self.notation.text(self.name, value);
        let text = text.map_err(|what| self.blame(&what))?;
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
                let text = self.notation.text(self.name, value).map_err(blame)?;
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

    /// `value` as pairs, encoded.
    pub(super) fn pairs(&self, value: &Value) -> Result<Vec<Pair>, String> {
        self.notation.pairs(self.name, value)
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
}

/// `value` as JSON has it.
pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Value, String> {
    // By way of the text: a number of single precision keeps its digits in it,
    // which it would not as a `Value` of double precision.
    let text = serde_json::to_string(&Finite(Exposed(value))).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|_| "a value has no form in JSON".to_owned())
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

    use super::super::request::RequestBuilderExt as _;
    use super::*;

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

    /// It would be null in JSON, and null is not sent.
    #[test]
    fn a_number_that_is_not_finite_is_refused() {
        let request = || reqwest::Client::new().get("https://api.example.com");
        for parameter in [Parameter::query("q"), Parameter::header("q")] {
            let argument = parameter.with(&[f64::NAN]);
            let error = request().parameters(&[argument]).unwrap_err().to_string();
            assert!(error.ends_with(" `q`: NaN has no form in JSON"), "{error}");
        }
        let error = Parameter::path("q").in_path(&f64::INFINITY).unwrap_err();
        assert_eq!(error, "the path parameter `q`: inf has no form in JSON");
        let body = request().json_body("application/json", Some(&[1.0, f64::NAN]));
        assert!(body.build().is_err());
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
