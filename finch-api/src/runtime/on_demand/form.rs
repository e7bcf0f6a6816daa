//! Bodies that are forms.

use reqwest::RequestBuilder;
use serde::Serialize;
use serde_json::Value;

use super::pairs;

/// What a request builder of reqwest's does not do itself, by the name that
/// progenitor gives it.
pub(crate) trait RequestBuilderExt: Sized {
    /// Makes `body`, an object, the body of the request, as
    /// `application/x-www-form-urlencoded`.
    ///
    /// A list repeats its name, a member that is null is not sent, and what is
    /// within another value is sent as JSON, as OpenAPI 3.0 has it.
    fn form_urlencoded<T: Serialize + ?Sized>(self, body: &T) -> Result<Self, String>;
}

impl RequestBuilderExt for RequestBuilder {
    fn form_urlencoded<T: Serialize + ?Sized>(self, body: &T) -> Result<Self, String> {
        let Value::Object(members) = pairs::to_json(body)? else {
            return Err("the body is not an object: a form has names for its values".to_owned());
        };
        let nested = |value: &Value| Ok(value.to_string());
        let members = members
            .iter()
            .map(|(name, value)| pairs::named(name, value, nested));
        let pairs = members.collect::<Result<Vec<_>, _>>()?.concat();
        Ok(self.form(&pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &Value) -> Result<String, String> {
        let request = reqwest::Client::new()
            .post("https://api.example.com")
            .form_urlencoded(body)?
            .build()
            .unwrap();
        assert_eq!(
            request.headers()[reqwest::header::CONTENT_TYPE],
            "application/x-www-form-urlencoded"
        );
        let body = request.body().and_then(reqwest::Body::as_bytes);
        Ok(String::from_utf8(body.unwrap().to_vec()).unwrap())
    }

    #[test]
    fn members_are_sent_by_their_names() {
        let body = serde_json::json!({
            "grant_type": "a b", "scopes": ["r", "w"], "none": null, "ttl": 5, "at": {"x": 1},
        });
        let sent = "grant_type=a+b&scopes=r&scopes=w&ttl=5&at=%7B%22x%22%3A1%7D";
        assert_eq!(check(&body).as_deref(), Ok(sent));
    }

    #[test]
    fn a_body_without_names_is_refused() {
        assert_eq!(
            check(&serde_json::json!([1])),
            Err("the body is not an object: a form has names for its values".to_owned())
        );
    }
}
