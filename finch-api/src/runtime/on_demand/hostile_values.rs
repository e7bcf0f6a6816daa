//! Values that try to be more than values, in each place of a request.

use std::sync::LazyLock;

use reqwest::header::{CONTENT_TYPE, COOKIE};
use reqwest::{Body, Request, RequestBuilder, Url};
use serde_json::{Value, json};

use super::multipart;
use super::{File, Parameter, Part, RequestBuilderExt as _, Style};
use crate::runtime::BaseUrl;

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

const URL: &str = "https://api.example.com/v1/a";

fn post() -> RequestBuilder {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);
    CLIENT.post(URL)
}

fn request(with: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Request {
    with(post()).build().unwrap()
}

/// What a server reads in the query of `url`.
fn query(url: &Url) -> Vec<(String, String)> {
    url.query_pairs().into_owned().collect()
}

/// What a server reads in a text that is encoded as a part of a URL is.
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
fn a_value_in_the_path_is_one_segment_below_the_base() {
    for base in ["https://api.example.com", "https://api.example.com/v1"] {
        let base_url = BaseUrl::parse(base, false).unwrap();
        for value in HOSTILE {
            let encoded = Parameter::path("p").in_path(value).unwrap();
            let url = base_url.with_path(&format!("/a/{encoded}/b"));
            let rest = url.as_str().strip_prefix(base).unwrap();
            let segments: Vec<&str> = rest.split('/').collect();
            assert_eq!(segments.len(), 4, "{value:?}: {url}");
            assert_eq!(decode(segments[2]), value);
        }
    }
}

#[test]
fn a_value_in_the_query_is_one_pair() {
    for value in HOSTILE {
        for parameter in [
            Parameter::query("p"),
            Parameter::query("p").style(Style::Json),
        ] {
            let sent = request(|request| request.parameters(&[parameter.with(value)]).unwrap());
            let url = sent.url();
            assert_eq!(url.as_str().split_once('?').map(|(url, _)| url), Some(URL));
            let [(name, text)] = &query(url)[..] else {
                panic!("{value:?}: {url}");
            };
            let is_json = serde_json::from_str::<String>(text).is_ok_and(|of| of == value);
            assert!(
                name == "p" && (text == value || is_json),
                "{value:?}: {url}"
            );
        }
        // What an object holds has a name that a caller gives, too.
        let parameter = Parameter::query("p").with(&json!({value: value}));
        let sent = request(|request| request.parameters(&[parameter]).unwrap());
        assert_eq!(query(sent.url()), [pair(value, value)]);
        let reserved = Parameter::query("p").allow_reserved().with(value);
        let sent = request(|request| request.parameters(&[reserved]).unwrap());
        assert_eq!(query(sent.url()).len(), 1, "{value:?}: {}", sent.url());
        assert_eq!(sent.url().path(), "/v1/a");
    }
}

#[test]
fn a_value_in_a_header_is_that_header_or_refused() {
    for value in HOSTILE {
        match post().parameters(&[Parameter::header("x").with(value)]) {
            Ok(request) => {
                let sent = request.build().unwrap();
                assert_eq!(sent.headers().len(), 1, "{value:?}");
                assert_eq!(sent.headers()["x"].as_bytes(), value.as_bytes());
                assert!(!value.contains(['\r', '\n', '\0']));
            }
            Err(error) => assert_eq!(
                error.to_string(),
                "the header `x`: no header can hold such a value"
            ),
        }
    }
}

#[test]
fn a_value_in_a_cookie_is_one_cookie() {
    for value in HOSTILE {
        let cookie = Parameter::cookie("p").with(value);
        let sent = request(|request| request.parameters(&[cookie]).unwrap());
        assert_eq!(sent.headers().len(), 1);
        let cookies = sent.headers()[COOKIE].to_str().unwrap();
        assert!(!cookies.contains([';', ',', ' ', '"', '\\']), "{cookies}");
        let (name, text) = cookies.split_once('=').unwrap();
        assert_eq!((name, decode(text).as_str()), ("p", value));
    }
}

#[test]
fn a_value_in_a_form_is_one_member() {
    for value in HOSTILE {
        let body = json!({"p": value, value: "q"});
        let sent = request(|request| request.form_body(&[], Some(&body)).unwrap());
        let form = sent.body().and_then(Body::as_bytes).unwrap();
        let form = std::str::from_utf8(form).unwrap();
        let url = Url::parse(&format!("{URL}?{form}")).unwrap();
        assert_eq!(query(&url), [pair("p", value), pair(value, "q")]);
    }
}

/// The names and contents of the parts of a multipart body, as RFC 2046 has them.
fn parts(sent: &Request) -> Vec<(Vec<String>, String)> {
    let media_type = sent.headers()[CONTENT_TYPE].to_str().unwrap();
    let boundary = media_type.split_once("boundary=").unwrap().1;
    let body = sent.body().and_then(Body::as_bytes).unwrap();
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
        let sent = request(|request| request.multipart_body(&[], Some(&body)).unwrap());
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
        let file = Part::file("p");
        let sent = request(|request| request.multipart_body(&[file], Some(&body)).unwrap());
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
        let part = multipart::encode(&[Part::file("p")], &body);
        let has_break = value.contains(['\r', '\n']);
        assert_eq!(part.is_err(), has_break, "{value:?}");
    }
}

#[test]
fn a_value_in_json_is_a_string() {
    for value in HOSTILE {
        let body = json!({"p": value});
        let sent = request(|request| request.json_body("application/json", Some(&body)));
        let sent = sent.body().and_then(Body::as_bytes).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(sent).unwrap(), body);
    }
}
