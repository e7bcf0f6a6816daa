//! What a request builder of reqwest's does not do itself.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Body, RequestBuilder};
use serde::Serialize;

use super::file::File;
use super::finite::Finite;
use super::form;
use super::multipart::{self, Part};
use super::parameter::{Argument, Failure, Parameter, to_json};
use crate::runtime::Exposed;

/// Parameters and bodies as OpenAPI has them. A body that is `None` is not sent,
/// nor is its media type.
pub(crate) trait RequestBuilderExt: Sized {
    /// Adds `arguments`, each where its parameter stands.
    fn parameters(self, arguments: &[Argument<'_>]) -> Result<Self, Failure>;

    /// Makes `body` the body of the request, as JSON that calls itself
    /// `media_type`.
    fn json_body<T: Serialize + ?Sized>(self, media_type: &str, body: Option<&T>) -> Self;

    /// Makes `body`, an object, the body of the request, as
    /// `application/x-www-form-urlencoded`.
    ///
    /// Those of its members that are `styled` are written as that says. Of the
    /// others a list repeats its name, one that is null is not sent, and what is
    /// within another value is sent as JSON, as OpenAPI 3.0 has it.
    fn form_body<T: Serialize + ?Sized>(
        self,
        styled: &[Parameter<'_>],
        body: Option<&T>,
    ) -> Result<Self, Failure>;

    /// Makes `body`, an object, the body of the request, as
    /// `multipart/form-data`, its members sent as `parts` says; those that it
    /// does not name, as their values have it.
    fn multipart_body<T: Serialize + ?Sized>(
        self,
        parts: &[Part<'_>],
        body: Option<&T>,
    ) -> Result<Self, Failure>;

    /// Makes `body` the body of the request, as it is.
    fn raw_body<B: Into<Body>>(self, media_type: &str, body: Option<B>) -> Self;

    /// Makes `body` the body of the request, of the media type that it says.
    fn file_body(self, body: Option<File>) -> Self;
}

impl RequestBuilderExt for RequestBuilder {
    fn parameters(self, arguments: &[Argument<'_>]) -> Result<Self, Failure> {
        let mut arguments = arguments.iter();
        arguments.try_fold(self, |request, argument| argument.add_to(request))
    }

    fn json_body<T: Serialize + ?Sized>(self, media_type: &str, body: Option<&T>) -> Self {
        match body {
            Some(body) => self
                .header(CONTENT_TYPE, media_type)
                .json(&Finite(Exposed(body))),
            None => self,
        }
    }

    fn form_body<T: Serialize + ?Sized>(
        self,
        styled: &[Parameter<'_>],
        body: Option<&T>,
    ) -> Result<Self, Failure> {
        match body {
            Some(body) => {
                let form = form::encode(styled, &to_json(body)?)?;
                Ok(self.raw_body("application/x-www-form-urlencoded", Some(form)))
            }
            None => Ok(self),
        }
    }

    fn multipart_body<T: Serialize + ?Sized>(
        self,
        parts: &[Part<'_>],
        body: Option<&T>,
    ) -> Result<Self, Failure> {
        match body {
            Some(body) => {
                let (media_type, form) = multipart::encode(parts, &to_json(body)?)?;
                Ok(self.raw_body(&media_type, Some(form)))
            }
            None => Ok(self),
        }
    }

    fn raw_body<B: Into<Body>>(self, media_type: &str, body: Option<B>) -> Self {
        match body {
            Some(body) => self.header(CONTENT_TYPE, media_type).body(body),
            None => self,
        }
    }

    fn file_body(self, body: Option<File>) -> Self {
        let media_type = body.as_ref().and_then(File::media_type);
        let media_type = media_type.unwrap_or("application/octet-stream").to_owned();
        self.raw_body(&media_type, body.map(|file| file.content().clone()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn post() -> RequestBuilder {
        reqwest::Client::new().post("https://api.example.com")
    }

    /// The media type and the body that are sent.
    fn sent(request: RequestBuilder) -> (Option<String>, Option<String>) {
        let request = request.build().unwrap();
        let media_type = request.headers().get(CONTENT_TYPE);
        let body = request.body().and_then(Body::as_bytes);
        (
            media_type.map(|of| of.to_str().unwrap().to_owned()),
            body.map(|body| String::from_utf8(body.to_vec()).unwrap()),
        )
    }

    #[track_caller]
    fn check(request: RequestBuilder, media_type: &str, body: &str) {
        let expected = (Some(media_type.to_owned()), Some(body.to_owned()));
        assert_eq!(sent(request), expected);
    }

    #[test]
    fn bodies_say_what_they_are() {
        let json = "application/merge-patch+json";
        check(
            post().json_body(json, Some(&json!({"a": 1}))),
            json,
            r#"{"a":1}"#,
        );
        check(post().raw_body("text/csv", Some("a,b")), "text/csv", "a,b");
        check(
            post().file_body(Some(File::from("a").of_type("text/plain"))),
            "text/plain",
            "a",
        );
        check(
            post().file_body(Some(File::from("a"))),
            "application/octet-stream",
            "a",
        );
    }

    #[test]
    fn a_body_that_is_not_there_is_not_sent() {
        let none = None::<&Value>;
        for request in [
            post().json_body("application/json", none),
            post().form_body(&[], none).unwrap(),
            post().multipart_body(&[], none).unwrap(),
            post().raw_body("text/csv", None::<String>),
            post().file_body(None),
        ] {
            assert_eq!(sent(request), (None, None));
        }
    }

    #[test]
    fn parameters_stand_where_they_belong() {
        let request = post().parameters(&[
            Parameter::query("a").with(&[1, 2]),
            Parameter::header("b").with(&Some("c")),
            Parameter::cookie("d").with(&None::<u8>),
            Parameter::cookie("e").with("f"),
        ]);
        let request = request.unwrap().build().unwrap();
        assert_eq!(request.url().query(), Some("a=1&a=2"));
        assert_eq!(request.headers()["b"], "c");
        assert_eq!(request.headers()["cookie"], "e=f");
        let error = post().parameters(&[Parameter::query("a").with(&[[1]])]);
        assert_eq!(
            error.unwrap_err().to_string(),
            "the query parameter `a`: one value stands within another: give it as a text"
        );
    }
}
