//! Encodes the parameters of a request, and adds them to its path, query or headers. Cookie
//! parameters share the `Cookie` header.
//!
//! A null parameter is not sent. A path parameter that is empty, `.` or `..` is refused, because
//! the request would go to another path.

use http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use super::finite::Finite;
use super::percent;
use super::style::{Encoding, Notation, Pair, Style};
use crate::runtime::Exposed;

/// The location of a parameter and the encoding of its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter<'a> {
    pub(super) name: &'a str,
    location: Location,
    notation: Notation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

impl<'a> Parameter<'a> {
    /// Returns a path parameter.
    pub(crate) const fn path(name: &'a str) -> Self {
        Self::new(name, Location::Path, Style::Simple)
    }

    /// Returns a query parameter.
    pub(crate) const fn query(name: &'a str) -> Self {
        Self::new(name, Location::Query, Style::Form)
    }

    /// Returns a header parameter.
    pub(crate) const fn header(name: &'a str) -> Self {
        Self::new(name, Location::Header, Style::Simple)
    }

    /// Returns a cookie parameter.
    pub(crate) const fn cookie(name: &'a str) -> Self {
        Self::new(name, Location::Cookie, Style::Form)
    }

    const fn new(name: &'a str, location: Location, style: Style) -> Self {
        let notation = Notation {
            style,
            explode: matches!(style, Style::Form),
            encoding: match location {
                Location::Header => Encoding::Verbatim,
                Location::Path | Location::Query | Location::Cookie => Encoding::Percent,
            },
        };
        Self {
            name,
            location,
            notation,
        }
    }

    /// Sets the style. Unless set otherwise, the new style does not explode.
    pub(crate) const fn style(mut self, style: Style) -> Self {
        self.notation.style = style;
        self.notation.explode = false;
        self
    }

    /// Sets whether each item or property of the value is sent separately.
    pub(crate) const fn explode(mut self, explode: bool) -> Self {
        self.notation.explode = explode;
        self
    }

    /// Keeps reserved URL characters, except those that would end the value.
    pub(crate) const fn allow_reserved(mut self) -> Self {
        self.notation.encoding = Encoding::PercentButReserved;
        self
    }

    /// Disables encoding, for values outside of URLs.
    pub(super) const fn verbatim(mut self) -> Self {
        self.notation.encoding = Encoding::Verbatim;
        self
    }

    /// The name as the document spells it.
    pub(crate) const fn name(&self) -> &'a str {
        self.name
    }

    /// Whether it is a path parameter.
    pub(crate) const fn is_in_path(&self) -> bool {
        matches!(self.location, Location::Path)
    }

    /// Encodes `value` for a path.
    ///
    /// Refuses a value that would lead to another path. An empty value would turn the
    /// request for one item into a request for all of them. A URL parser resolves `.` and
    /// `..` even if they are encoded.
    pub(crate) fn in_path(&self, value: &Value) -> Result<String, String> {
        let text = self.notation.text(self.name, value);
        let text = text.map_err(|what| self.blame(&what))?;
        if matches!(text.as_str(), "" | "." | "..") {
            let what = format!("it is {text:?}, which leads to another path: give another value");
            return Err(self.blame(&what));
        }
        Ok(text)
    }

    /// Adds `value` to the `query` or the `headers`. A null or empty value is not sent.
    pub(crate) fn add_to(
        &self,
        query: &mut String,
        headers: &mut HeaderMap,
        value: &Value,
    ) -> Result<(), String> {
        if value.is_null() {
            return Ok(());
        }
        let blame = |what: String| self.blame(&what);
        match self.location {
            Location::Query => append(query, "&", &self.pairs(value).map_err(blame)?),
            Location::Cookie => {
                // All cookies share one header (RFC 6265, section 5.4).
                let before = headers.get(COOKIE).and_then(|before| before.to_str().ok());
                let mut cookies = before.unwrap_or_default().to_owned();
                append(&mut cookies, "; ", &self.pairs(value).map_err(blame)?);
                if !cookies.is_empty() {
                    headers.insert(COOKIE, self.header_value(&cookies)?);
                }
            }
            Location::Header => {
                let text = self.notation.text(self.name, value).map_err(blame)?;
                if text.is_empty() && !value.is_string() {
                    return Ok(());
                }
                let name = HeaderName::from_bytes(self.name.as_bytes()).map_err(|_| {
                    self.blame("the name has a character that headers do not allow")
                })?;
                headers.append(name, self.header_value(&text)?);
            }
            Location::Path => return Err(self.blame("it is a part of the path")),
        }
        Ok(())
    }

    /// Returns the text that is sent for this query parameter or header, decoded.
    pub(crate) fn sent(&self, query: &str, headers: &HeaderMap) -> Option<String> {
        match self.location {
            Location::Query => {
                let start = self.start_of_pair();
                let mut pairs = query.split('&');
                let text = pairs.find_map(|pair| pair.strip_prefix(&start));
                text.map(percent::decode)
            }
            Location::Header => {
                let value = headers.get(self.name)?.to_str();
                value.ok().map(str::to_owned)
            }
            Location::Path | Location::Cookie => None,
        }
    }

    /// Removes the value of this query parameter or header.
    pub(crate) fn remove_from(&self, query: &mut String, headers: &mut HeaderMap) {
        match self.location {
            Location::Query => {
                let start = self.start_of_pair();
                let others = query.split('&').filter(|pair| !pair.starts_with(&start));
                *query = others.collect::<Vec<_>>().join("&");
            }
            Location::Header => {
                headers.remove(self.name);
            }
            Location::Path | Location::Cookie => {}
        }
    }

    /// Marks this header as sensitive. Cookies always are.
    pub(crate) fn hide(&self, headers: &mut HeaderMap) {
        if self.location == Location::Header
            && let Some(value) = headers.get_mut(self.name)
        {
            value.set_sensitive(true);
        }
    }

    fn start_of_pair(&self) -> String {
        format!("{}=", self.notation.encode_name(self.name))
    }

    fn header_value(&self, text: &str) -> Result<HeaderValue, String> {
        HeaderValue::from_str(text)
            .map_err(|_| self.blame("the value has a character that headers do not allow"))
    }

    /// Returns `value` as encoded pairs.
    pub(super) fn pairs(&self, value: &Value) -> Result<Vec<Pair>, String> {
        self.notation.pairs(self.name, value)
    }

    /// Returns the error text `what` with the name of the parameter.
    pub(crate) fn blame(&self, what: &str) -> String {
        let location = match self.location {
            Location::Path => "path parameter",
            Location::Query => "query parameter",
            Location::Header => "header",
            Location::Cookie => "cookie",
        };
        format!("the {location} `{}`: {what}", self.name)
    }
}

/// Encodes `value` as JSON.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Value, String> {
    // Through a string, because a `Value` is double precision and would change the digits
    // of a single-precision number.
    let text = serde_json::to_string(&Finite(Exposed(value))).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|_| "JSON cannot represent the value".to_owned())
}

/// Appends `pairs` to `list`, each after a `separator`.
fn append(list: &mut String, separator: &str, pairs: &[Pair]) {
    for (name, value) in pairs {
        if !list.is_empty() {
            list.push_str(separator);
        }
        list.extend([name, "=", value]);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Returns the query and the headers after adding `parameter` and another parameter.
    fn added(parameter: &Parameter<'_>, value: &Value) -> Result<(String, HeaderMap), String> {
        let (mut query, mut headers) = ("a=b".to_owned(), HeaderMap::new());
        parameter.add_to(&mut query, &mut headers, value)?;
        let last = Parameter::cookie("last");
        last.add_to(&mut query, &mut headers, &json!("c d"))?;
        Ok((query, headers))
    }

    #[track_caller]
    fn check_query(parameter: Parameter<'_>, value: Value, expected: &str) {
        let (query, _) = added(&parameter, &value).unwrap();
        assert_eq!(query, expected);
    }

    #[test]
    fn delimiters_are_encoded() {
        let parameter = Parameter::query("o f");
        check_query(
            parameter,
            json!(["a b", "c&d"]),
            "a=b&o%20f=a%20b&o%20f=c%26d",
        );
        check_query(
            parameter.explode(false),
            json!(["a,b", "c"]),
            "a=b&o%20f=a%2Cb,c",
        );
        check_query(parameter, json!({"k=": "é"}), "a=b&k%3D=%C3%A9");
        check_query(
            parameter.style(Style::Json),
            json!({"k": 1}),
            "a=b&o%20f=%7B%22k%22%3A1%7D",
        );
        let reserved = Parameter::query("o/f").allow_reserved();
        for (value, written) in [
            (
                json!("/a?b:c,d&e#f+g[h]"),
                "o%2Ff=/a?b:c,d%26e%23f%2Bg%5Bh%5D",
            ),
            (json!("%2F%é%2%zz%"), "o%2Ff=%2F%25%C3%A9%252%25zz%25"),
            (json!({"k=/": "="}), "k%3D%2F=="),
        ] {
            check_query(reserved, value, &format!("a=b&{written}"));
        }
    }

    #[test]
    fn empty_parameters_are_not_sent() {
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!({"a": null, "b": []}),
        ] {
            check_query(Parameter::query("of"), value.clone(), "a=b");
            let (_, headers) = added(&Parameter::cookie("of"), &value).unwrap();
            assert_eq!(headers[COOKIE], "last=c%20d");
            let (_, headers) = added(&Parameter::header("of"), &value).unwrap();
            assert_eq!(headers.get("of"), None);
        }
    }

    #[test]
    fn deep_object_names_contain_the_path() {
        check_query(
            Parameter::query("of").style(Style::DeepObject),
            json!({"a": {"b": "&"}, "c": null, "d": 1}),
            "a=b&of%5Ba%5D%5Bb%5D=%26&of%5Bd%5D=1",
        );
        check_query(
            Parameter::query("of").style(Style::DeepObject),
            json!({"a": [1, null, "b"], "c": [{"d": 1}, {"d": [2]}, [3]], "e": []}),
            "a=b&of%5Ba%5D%5B%5D=1&of%5Ba%5D%5B%5D=b&of%5Bc%5D%5B0%5D%5Bd%5D=1\
             &of%5Bc%5D%5B1%5D%5Bd%5D%5B%5D=2&of%5Bc%5D%5B2%5D%5B%5D=3",
        );
        check_query(
            Parameter::query("of"),
            json!({"a": 1, "b": ["c", "d"]}),
            "a=b&a=1&b=c&b=d",
        );
    }

    #[test]
    fn cookies_share_one_header() {
        let (_, headers) = added(&Parameter::cookie("of"), &json!(["a;", "b"])).unwrap();
        let cookies: Vec<_> = headers.get_all(COOKIE).iter().collect();
        assert_eq!(cookies, ["of=a%3B; of=b; last=c%20d"]);
    }

    #[test]
    fn headers_are_not_encoded() {
        let (_, headers) = added(&Parameter::header("X-Of"), &json!("")).unwrap();
        assert_eq!(headers["x-of"], "");
        let (_, headers) = added(&Parameter::header("X-Of"), &json!(["a b", "c/d"])).unwrap();
        assert_eq!(headers["x-of"], "a b,c/d");
        let error = added(&Parameter::header("X-Of"), &json!("a\nb")).unwrap_err();
        assert_eq!(
            error,
            "the header `X-Of`: the value has a character that headers do not allow"
        );
    }

    #[test]
    fn json_is_sent_in_ascii_everywhere() {
        for text in [
            "é",
            "日本",
            "\u{1f600}",
            "\u{7f}",
            "\u{80}",
            "\n\0",
            "\\u00e9",
            "a\"~ ",
        ] {
            let value = json!({text: [text, 1.5, null]});
            let json = |parameter: Parameter<'static>| parameter.style(Style::Json);

            let (query, _) = added(&json(Parameter::query("of")), &value).unwrap();
            let sent = query.strip_prefix("a=b&of=").unwrap();
            let path = json(Parameter::path("of")).in_path(&value).unwrap();
            let (_, headers) = added(&json(Parameter::cookie("of")), &value).unwrap();
            let cookie = headers[COOKIE].to_str().unwrap();
            let cookie = cookie.strip_prefix("of=").unwrap();
            let cookie = cookie.strip_suffix("; last=c%20d").unwrap();
            for sent in [sent, &path, cookie] {
                let decoded: Value = serde_json::from_str(&percent::decode(sent)).unwrap();
                assert_eq!(decoded, value, "{sent}");
                assert!(sent.is_ascii(), "{sent}");
            }

            let (_, headers) = added(&json(Parameter::header("of")), &value).unwrap();
            // It fails if the value has other characters than printable ASCII.
            let header = headers["of"].to_str().unwrap();
            assert_eq!(serde_json::from_str::<Value>(header).unwrap(), value);
        }
        let header = Parameter::header("of").style(Style::Json);
        let (_, headers) = added(&header, &json!("é\u{1f600}")).unwrap();
        assert_eq!(headers["of"], r#""\u00e9\ud83d\ude00""#);
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
            assert_eq!(id.in_path(&json!(value)).as_deref(), Ok(encoded));
            let url = format!("https://api.example.com/a/{encoded}/b");
            let url = reqwest::Url::parse(&url).unwrap();
            assert_eq!(url.path_segments().unwrap().count(), 3, "{url}");
        }
        assert_eq!(id.in_path(&json!(["a", "b/"])).as_deref(), Ok("a,b%2F"));
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
                parameter.in_path(&json!(value)),
                Err(format!(
                    "the path parameter `id`: it is {written:?}, which leads to another path: \
                     give another value"
                ))
            );
        }
    }
}
