//! Tests that hostile values stay single values in every part of a request.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE};
use reqwest::Url;
use serde_json::{Value, json};

use super::multipart;
use super::{Field, File, Parameter, Style};
use crate::runtime::call::{Call, request_of};
use crate::runtime::error::Error;
use crate::runtime::head::Head;

const HOSTILE: [&str; 34] = [
    "../..",
    "../../etc/passwd",
    "a/../b",
    "/",
    "//evil.example",
    "https://evil.example/",
    "\\\\evil.example",
    "@evil.example",
    "a?b=c",
    "a#b",
    "a&b=c",
    "a;b=c",
    "a=b",
    "a,b",
    "a|b",
    "a+b c",
    "%",
    "%2e%2e",
    "%00",
    "%0d%0ax: y",
    "\r\nx: y",
    "a\r\n\r\nb",
    "\n",
    "\r",
    "\t",
    "\0",
    "\u{1b}[2J",
    "\"; filename=\"b",
    "{x}",
    "[0]",
    "--part-of-form-0000000000000000--",
    "\r\n--part-of-form-0000000000000000--\r\n",
    "é\u{2028}\u{202e}",
    "🦀",
];

const URL: &str = "https://api.example.com/v1/a/b";

fn field<T>(value: T) -> Field<T> {
    let mut field = Field::required("p");
    field.set(value);
    field
}

fn request(describe: impl FnOnce(Call) -> Call) -> (Head, Bytes) {
    try_request(describe).unwrap()
}

fn try_request(describe: impl FnOnce(Call) -> Call) -> Result<(Head, Bytes), Error> {
    request_of(|call| describe(call.parameter(Parameter::path("p"), field("b"))))
}

fn with(parameter: Parameter<'static>, value: &str) -> (Head, Bytes) {
    request(|call| call.parameter(parameter, field(value)))
}

/// Decodes the query of `url` like a server.
fn query(url: &Url) -> Vec<(String, String)> {
    url.query_pairs().into_owned().collect()
}

/// Decodes a percent-encoded text like a server.
fn decode(encoded: &str) -> String {
    let url = Url::parse(&format!("https://api.example.com/?a={encoded}")).unwrap();
    assert_eq!(url.fragment(), None, "{encoded:?}");
    let [(_, value)] = &query(&url)[..] else {
        panic!("{encoded:?}");
    };
    value.clone()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn a_value_in_the_path_is_one_segment_under_the_base() {
    for value in HOSTILE {
        let (head, _) =
            request_of(|call| call.parameter(Parameter::path("p"), field(value))).unwrap();
        let rest = head.url.as_str().strip_prefix("https://api.example.com/v1");
        let segments: Vec<&str> = rest.unwrap().split('/').collect();
        assert_eq!(segments.len(), 3, "{value:?}: {}", head.url);
        assert_eq!(decode(segments[2]), value);
    }
}

#[test]
fn a_value_in_the_query_is_one_pair() {
    for value in HOSTILE {
        for parameter in [
            Parameter::query("p"),
            Parameter::query("p").style(Style::Json),
        ] {
            let url = with(parameter, value).0.url;
            assert_eq!(url.as_str().split_once('?').map(|(url, _)| url), Some(URL));
            let [(name, text)] = &query(&url)[..] else {
                panic!("{value:?}: {url}");
            };
            let is_json =
                serde_json::from_str::<String>(text).is_ok_and(|decoded| decoded == value);
            assert!(
                name == "p" && (text == value || is_json),
                "{value:?}: {url}"
            );
        }
        // A caller also chooses the property names of an object.
        let object = field(json!({value: value}));
        let (head, _) = request(|call| call.parameter(Parameter::query("p"), object));
        assert_eq!(query(&head.url), [pair(value, value)]);
        let url = with(Parameter::query("p").allow_reserved(), value).0.url;
        assert_eq!(query(&url).len(), 1, "{value:?}: {url}");
        assert_eq!(url.path(), "/v1/a/b");
    }
}

#[test]
fn a_value_in_a_header_is_one_header_or_refused() {
    for value in HOSTILE {
        match try_request(|call| call.parameter(Parameter::header("x"), field(value))) {
            Ok((head, _)) => {
                assert_eq!(head.headers.len(), 1, "{value:?}");
                assert_eq!(head.headers["x"].as_bytes(), value.as_bytes());
                assert!(!value.contains(['\r', '\n', '\0']));
            }
            Err(error) => assert_eq!(
                error.to_string(),
                "get-a: the header `x`: the value has a character that headers do not allow"
            ),
        }
    }
}

#[test]
fn a_value_in_a_cookie_is_one_cookie() {
    for value in HOSTILE {
        let (head, _) = with(Parameter::cookie("p"), value);
        assert_eq!(head.headers.len(), 1);
        let cookies = head.headers[COOKIE].to_str().unwrap();
        assert!(!cookies.contains([';', ',', ' ', '"', '\\']), "{cookies}");
        let (name, text) = cookies.split_once('=').unwrap();
        assert_eq!((name, decode(text).as_str()), ("p", value));
    }
}

#[test]
fn a_value_in_a_form_is_one_property() {
    for value in HOSTILE {
        let body = field(json!({"p": value, value: "q"}));
        let (_, form) = request(|call| call.form(&[], body));
        let form = std::str::from_utf8(&form).unwrap();
        let url = Url::parse(&format!("{URL}?{form}")).unwrap();
        assert_eq!(query(&url), [pair("p", value), pair(value, "q")]);
    }
}

/// Parses the names and contents of the parts of a multipart body (RFC 2046).
fn parts((head, body): &(Head, Bytes)) -> Vec<(Vec<String>, String)> {
    let media_type = head.headers[CONTENT_TYPE].to_str().unwrap();
    let boundary = media_type.split_once("boundary=").unwrap().1;
    let body = std::str::from_utf8(body).unwrap();
    let rest = body.strip_suffix(&format!("--{boundary}--\r\n")).unwrap();
    let rest = rest.strip_prefix(&format!("--{boundary}\r\n")).unwrap();
    let rest = rest.strip_suffix("\r\n").unwrap();
    let between = format!("\r\n--{boundary}\r\n");
    let parts = rest.split(&between);
    let part = |part: &str| {
        let (head, content) = part.split_once("\r\n\r\n").unwrap();
        let head = head.split("\r\n").map(str::to_owned).collect();
        (head, content.to_owned())
    };
    parts.map(part).collect()
}

#[test]
fn a_value_in_a_multipart_form_is_one_part() {
    for value in HOSTILE {
        let body = json!({"p": value, value: "q"});
        let sent = request(|call| call.multipart(&[], field(body)));
        let [(head, first), (other, second)] = &parts(&sent)[..] else {
            panic!("{value:?}");
        };
        assert_eq!(head, &["Content-Disposition: form-data; name=\"p\""]);
        assert_eq!((first.as_str(), second.as_str()), (value, "q"));
        let [name] = &other[..] else {
            panic!("{other:?}");
        };
        assert_eq!(name.matches('"').count(), 2, "{name}");

        let file = File::from(value).named(value).of_type("text/plain");
        let body = json!({"p": file});
        let sent = request(|call| call.multipart(&[], field(body)));
        let [(head, content)] = &parts(&sent)[..] else {
            panic!("{value:?}");
        };
        assert_eq!(content, value);
        assert_eq!(head.len(), 2, "{head:?}");
        assert_eq!(head[0].matches('"').count(), 4, "{head:?}");
        assert_eq!(head[1], "Content-Type: text/plain");
    }
}

#[test]
fn the_media_type_of_a_file_is_one_line_or_refused() {
    for value in HOSTILE {
        let body = serde_json::to_value(json!({"p": File::from("a").of_type(value)})).unwrap();
        let part = multipart::encode(&[], &body);
        let has_break = value.contains(['\r', '\n']);
        assert_eq!(part.is_err(), has_break, "{value:?}");
    }
}

#[test]
fn a_value_in_json_is_a_string() {
    for value in HOSTILE {
        let body = json!({"p": value});
        let (_, sent) = request(|call| call.json("application/json", field(body.clone())));
        assert_eq!(serde_json::from_slice::<Value>(&sent).unwrap(), body);
    }
}
