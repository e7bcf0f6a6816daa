//! Tests that the setter of a text with a format takes the same arguments at each place of a request.

mod client;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::testing::{FakeTransport, Reply};
use crate::{Client, Formatted, types};

fn client() -> (Client, FakeTransport) {
    let operations = ["uuid", "date", "moment", "address", "address_v4", "address_v6"];
    let fake = operations.into_iter().fold(FakeTransport::new(), |fake, name| {
        let reply = Reply::json(json!({"value": "", "several": []}));
        fake.on(&format!("put-{name}"), reply)
    });
    (client::client_of(&fake, 0), fake)
}

/// The text of the last request: everything that the setters set.
fn sent(fake: &FakeTransport) -> String {
    let requests = fake.requests();
    let request = requests.last().unwrap();
    let headers = ["x-header", "cookie"].map(|name| request.headers().get(name));
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    format!("{} {:?} {headers:?} {body}", request.path(), request.query())
}

/// Evaluates `$call` with `$argument` as each type of argument for the `$ty` with this
/// `$text`. `$component` is the component with the format.
macro_rules! each_argument {
    ($ty:ty, $component:ty, $text:expr, $argument:ident => $call:expr) => {{
        let text: &str = $text;
        let owned = text.to_owned();
        let value: $ty = serde_json::from_value(text.into()).unwrap();
        let formatted = Formatted::<$ty>::from_text(text);
        let component: $component = text.parse().unwrap();
        [
            { let $argument = value.clone(); $call },
            { let $argument = &value; $call },
            { let $argument = formatted.clone(); $call },
            { let $argument = &formatted; $call },
            { let $argument = component.clone(); $call },
            { let $argument = &component; $call },
            { let $argument = text; $call },
            { let $argument = owned.clone(); $call },
            { let $argument = &owned; $call },
            { let $argument = owned.clone().into_boxed_str(); $call },
        ]
    }};
}

/// Sets the value at each place, with each type of argument.
macro_rules! check {
    ($call:ident, $body:ident, $component:ident, $ty:ty, $text:literal, $wrong:literal) => {{
        let (client, fake) = client();
        let body = || types::$body::builder().required($text).nullable($text);
        let call = || client.$call($text).required($text).body(body());
        /// Sends each call, and checks that all send the same.
        macro_rules! same {
            ($argument:ident => $sent:expr) => {{
                let mut all = Vec::new();
                for call in each_argument!($ty, types::$component, $text, $argument => $sent) {
                    call.await.unwrap();
                    all.push(sent(&fake));
                }
                assert!(all.iter().all(|sent| *sent == all[0]), "{all:#?}");
                assert!(all[0].contains($text) || $text.contains(':'), "{}", all[0]);
            }};
        }
        same!(value => client.$call(value).required($text).body(body()));
        same!(value => call().required(value));
        same!(value => call().optional(value));
        same!(value => call().nullable(value));
        same!(value => call().several([value]));
        same!(value => call().x_header(value));
        same!(value => call().cookie(value));
        same!(value => call().body(body().required(value)));
        same!(value => call().body(body().nullable(value)));
        same!(value => call().body(body().optional(value)));
        same!(value => call().body(body().either(value)));
        same!(value => call().body(body().component(value)));
        same!(value => call().body(body().several([value])));
        same!(value => call().body(body().components([value])));

        // A text is checked before anything is sent.
        let count = fake.requests().len();
        for call in [
            client.$call($wrong).required($text).body(body()),
            call().required($wrong),
            call().optional($wrong),
            call().nullable($wrong),
            call().several([$wrong]),
            call().x_header($wrong),
            call().cookie($wrong),
            call().body(body().required($wrong)),
            call().body(body().nullable($wrong)),
            call().body(body().optional($wrong)),
            call().body(body().either($wrong)),
            call().body(body().component($wrong)),
            call().body(body().several([$wrong])),
            call().body(body().components([$wrong])),
        ] {
            let error = call.await.unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidRequest, "{error}");
            assert!(error.to_string().contains("the text is not a"), "{error}");
        }
        assert_eq!(fake.requests().len(), count);
    }};
}

#[tokio::test]
async fn uuids() {
    check!(put_uuid, UuidBody, UuidSchema, Uuid, "550e8400-e29b-41d4-a716-446655440000", "550e8400");
}

#[tokio::test]
async fn dates() {
    check!(put_date, DateBody, Date, NaiveDate, "2024-02-29", "2023-02-29");
}

#[tokio::test]
async fn moments() {
    check!(put_moment, MomentBody, Moment, DateTime<Utc>, "2024-02-29T12:00:00Z", "2024-02-29");
}

#[tokio::test]
async fn addresses() {
    check!(put_address, AddressBody, Address, IpAddr, "192.0.2.1", "192.0.2");
    check!(put_address_v4, AddressV4Body, AddressV4, Ipv4Addr, "192.0.2.1", "::1");
    check!(put_address_v6, AddressV6Body, AddressV6, Ipv6Addr, "2001:db8::1", "192.0.2.1");
}

/// A request takes the values that a response gives.
#[tokio::test]
async fn values_of_a_response_are_sent_back() {
    let (client, fake) = client();
    let answer = json!({"value": "2024-02-29", "component": "2024-02-28", "several": ["2024-02-27"]});
    let fake = fake.on("put-date", Reply::json(answer));
    let call = || client.put_date("2024-02-29").required("2024-02-29");
    let body = || types::DateBody::builder().required("2024-02-29").nullable("2024-02-29");
    let first = call().body(body()).await.unwrap();
    let component = first.component.unwrap();
    let body = body()
        .required(&first.value)
        .optional(&component)
        .component(component)
        .several(&first.several)
        .components(first.several);
    let call = client.put_date(&first.value).required(first.value).body(body);
    call.await.unwrap();
    let text = sent(&fake);
    assert!(text.contains("\"several\":[\"2024-02-27\"]"), "{text}");
}
