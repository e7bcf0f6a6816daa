//! A response, a request and parameters have an integer at each place, however it is written.

mod client;

use serde_json::Value;

use crate::testing::{FakeTransport, Reply};
use crate::{Client, Exposed};

/// A response with `NUMBER` at each place of an integer.
const BODY: &str = r#"{
    "required": NUMBER,
    "optional": NUMBER,
    "nullable": NUMBER,
    "component": NUMBER,
    "items": [NUMBER],
    "lists": [[NUMBER]],
    "map": {"k": NUMBER},
    "others": {"k": NUMBER},
    "union": NUMBER,
    "object": {"n": NUMBER},
    "tagged": {"kind": "a", "n": NUMBER},
    "conjunction": NUMBER,
    "inner": {"n": NUMBER}
}"#;

/// Spellings of integers, each with its digits.
const NARROW: [(&str, &str); 20] = [
    ("0", "0"),
    ("-0", "0"),
    ("-0.0", "0"),
    ("0e5", "0"),
    ("2.0", "2"),
    ("1e2", "100"),
    ("1E+2", "100"),
    ("12.50e1", "125"),
    ("100e-2", "1"),
    ("-3.0", "-3"),
    ("9007199254740993", "9007199254740993"),
    ("9007199254740993.0", "9007199254740993"),
    ("9.007199254740992e15", "9007199254740992"),
    ("9.007199254740993e15", "9007199254740993"),
    ("-9.007199254740993e15", "-9007199254740993"),
    ("9223372036854775807", "9223372036854775807"),
    ("9.223372036854775807e18", "9223372036854775807"),
    ("-9223372036854775808", "-9223372036854775808"),
    ("-9223372036854775808.0", "-9223372036854775808"),
    ("-9.223372036854775808e18", "-9223372036854775808"),
];

/// Integers beyond an `i64`.
const WIDE: [(&str, &str); 6] = [
    ("9223372036854775808", "9223372036854775808"),
    ("9223372036854775808.0", "9223372036854775808"),
    ("1e19", "10000000000000000000"),
    ("9.223372036854775809e18", "9223372036854775809"),
    ("18446744073709551615", "18446744073709551615"),
    ("1.8446744073709551615e19", "18446744073709551615"),
];

fn client_of(operation: &str, body: &str) -> (Client, FakeTransport) {
    let fake = FakeTransport::new().on(operation, Reply::bytes(body.to_owned()));
    (client::client_of(&fake, 0), fake)
}

/// Reads `$text` at each place, sends the values that were read, and checks both.
macro_rules! check {
    ($call:ident, $ty:ident, $operation:literal, $text:expr, $digits:expr) => {{
        let (text, digits): (&str, &str) = ($text, $digits);
        let (client, fake) = client_of($operation, &BODY.replace("NUMBER", text));
        let body: crate::types::$ty = serde_json::from_str(&BODY.replace("NUMBER", "1")).unwrap();
        let read = client.$call(1).one(1).body(body).await.unwrap();
        let expected: Value = serde_json::from_str(&BODY.replace("NUMBER", digits)).unwrap();
        assert_eq!(serde_json::to_value(Exposed(&read)).unwrap(), expected, "{text}");

        let call = client.$call(read.required).one(read.items[0]);
        let call = call.several(read.items.clone());
        let call = call.x_header(read.component.clone().unwrap());
        call.body(read).await.unwrap();
        let requests = fake.requests();
        let request = requests.last().unwrap();
        assert!(request.path().ends_with(&format!("/{digits}")), "{}", request.path());
        let query = ["one", "several"].map(|name| (name.to_owned(), digits.to_owned()));
        assert_eq!(request.query(), query);
        assert_eq!(request.headers()["x-header"], digits);
        assert_eq!(serde_json::from_slice::<Value>(request.body()).unwrap(), expected);
    }};
}

#[tokio::test]
async fn each_spelling_is_read_at_each_place() {
    for (text, digits) in NARROW {
        check!(put_narrow, Narrow, "put-narrow", text, digits);
        check!(put_wide, Wide, "put-wide", text, digits);
    }
    for (text, digits) in WIDE {
        check!(put_wide, Wide, "put-wide", text, digits);
    }
}

/// Returns the value or the error for a response whose `pointer` is `$text`.
macro_rules! read {
    ($call:ident, $ty:ident, $operation:literal, $pointer:expr, $text:expr) => {{
        let ones = BODY.replace("NUMBER", "1");
        let mut body: Value = serde_json::from_str(&ones).unwrap();
        *body.pointer_mut($pointer).unwrap() = "NUMBER".into();
        let body = body.to_string().replace("\"NUMBER\"", $text);
        let (client, _) = client_of($operation, &body);
        let body: crate::types::$ty = serde_json::from_str(&ones).unwrap();
        let result = client.$call(1).one(1).body(body).await;
        let result = result.map(|read| serde_json::to_value(Exposed(&read)).unwrap());
        result.map_err(|error| error.to_string())
    }};
}

#[tokio::test]
async fn a_number_that_the_type_cannot_hold_is_named() {
    let never = ["18446744073709551616", "1e300", "-9223372036854775809", "9007199254740993.5", "1e-1"];
    let too_wide = WIDE.map(|(text, _)| text);
    for (pointer, place) in [
        ("/required", "`required`"),
        ("/optional", "`optional`"),
        ("/nullable", "`nullable`"),
        ("/component", "`component`"),
        ("/items/0", "`items[0]`"),
        ("/lists/0/0", "`lists[0][0]`"),
        ("/map/k", "`map."),
        ("/others/k", "`others."),
        ("/conjunction", "`conjunction`"),
        ("/inner/n", "`inner.n`"),
    ] {
        for text in never.into_iter().chain(too_wide) {
            let error = read!(put_narrow, Narrow, "put-narrow", pointer, text).unwrap_err();
            assert!(error.contains(place), "{pointer} {text}: {error}");
        }
        for text in never {
            let error = read!(put_wide, Wide, "put-wide", pointer, text).unwrap_err();
            assert!(error.contains(place), "{pointer} {text}: {error}");
        }
    }
    // A union of a response keeps every value.
    for pointer in ["/union", "/object/n", "/tagged/n"] {
        for text in never.into_iter().chain(too_wide) {
            let number: Value = serde_json::from_str(text).unwrap();
            let narrow = read!(put_narrow, Narrow, "put-narrow", pointer, text).unwrap();
            let wide = read!(put_wide, Wide, "put-wide", pointer, text).unwrap();
            for read in [narrow, wide] {
                let found = read.pointer(pointer).unwrap();
                assert_eq!(found.as_f64(), number.as_f64(), "{pointer} {text}: {found}");
            }
        }
    }
}
