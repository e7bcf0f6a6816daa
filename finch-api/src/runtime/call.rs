//! Builds, sends and decodes a generated call.
//!
//! Parameters and the body are encoded when they are added. A missing required value and a
//! value that cannot be encoded are collected, and then one error names all of them and nothing
//! is sent. Otherwise [`execute`] sends the request. `send` decodes every documented success.
//! `value` decodes only the main one, and returns an error for any other.

use std::pin::Pin;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::body::encode_json;
use super::client::Client;
use super::codegen_support::field::{self, Field, Problem};
use super::codegen_support::finite::Finite;
use super::codegen_support::parameter::{Parameter, to_json};
use super::codegen_support::{File, Part, form, multipart, percent};
use super::error::Error;
use super::execute::{Exchange, execute};
use super::exposed::{self, Exposed};
use super::head::Head;
use super::json_pointer;
use super::operation::Operation;
use super::paging::{PageInput, PageUrl};
use super::raw_response::RawResponse;
use super::request_secrets::RequestSecrets;
use super::response::Response;
use super::secret::Secret;
use super::success::Success;
use super::zeroizing_bytes::ZeroizingBytes;

/// The future of an awaited call. It returns the value of the main success.
pub type CallFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'static>>;

/// A call that is being built. Parameters and bodies are encoded when they are added.
#[derive(Clone)]
pub(crate) struct Call {
    pub(super) client: Client,
    pub(super) operation: &'static Operation,
    /// The encoded path parameters.
    path: Vec<(&'static str, String)>,
    query: String,
    headers: HeaderMap,
    body: Bytes,
    /// The URL of a page, which a response gave. It replaces the path and the query.
    page_url: Option<PageUrl>,
    /// The secrets in the parameters and in the body.
    exposed: Vec<Secret>,
    problems: Vec<Option<Problem>>,
}

impl Call {
    /// Starts a call of `operation`.
    pub(crate) fn new(client: Client, operation: &'static Operation) -> Self {
        let mut headers = HeaderMap::new();
        if !operation.accept.is_empty() {
            headers.insert(ACCEPT, HeaderValue::from_static(operation.accept));
        }
        Self {
            client,
            operation,
            path: Vec::new(),
            query: String::new(),
            headers,
            body: Bytes::new(),
            page_url: None,
            exposed: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Adds a parameter, if `value` has a value.
    pub(crate) fn parameter<T: Serialize>(
        mut self,
        parameter: Parameter<'static>,
        value: Field<T>,
    ) -> Self {
        if let Some(value) = self.take(value) {
            let known = self.exposed.len();
            let value = self.encode(|| to_json(&value));
            self.parameter_as_json(parameter, value);
            if self.exposed.len() > known {
                parameter.hide(&mut self.headers);
            }
        }
        self
    }

    fn parameter_as_json(&mut self, parameter: Parameter<'static>, value: Result<Value, String>) {
        let value = value.map_err(|what| parameter.blame(&what));
        let added = value.and_then(|value| self.add(parameter, &value));
        self.note(added);
    }

    fn add(&mut self, parameter: Parameter<'static>, value: &Value) -> Result<(), String> {
        match parameter.is_in_path() {
            true => {
                let text = parameter.in_path(value)?;
                self.path.push((parameter.name(), text));
                Ok(())
            }
            false => parameter.add_to(&mut self.query, &mut self.headers, value),
        }
    }

    /// Sets a JSON body, if `body` has a value.
    pub(crate) fn json<T: Serialize>(mut self, media_type: &str, body: Field<T>) -> Self {
        if let Some(body) = self.take(body) {
            match self.encode(|| encode_json(Finite(Exposed(&body)))) {
                Ok(json) => self.set_body(media_type, json),
                Err(error) => self.note(Err(format!("JSON cannot represent the body: {error}"))),
            }
        }
        self
    }

    /// Sets a body of `application/x-www-form-urlencoded`, if `body` has a value.
    ///
    /// `styled` defines how its properties are encoded. For all other properties, OpenAPI
    /// 3.0 applies: an array repeats the name, null is not sent, and a nested value is
    /// sent as JSON.
    pub(crate) fn form<T: Serialize>(mut self, styled: &[Parameter<'_>], body: Field<T>) -> Self {
        if let Some(body) = self.take(body) {
            let body = self.encode(|| to_json(&body));
            match body.and_then(|body| form::encode(styled, &body)) {
                Ok(form) => self.set_body("application/x-www-form-urlencoded", form.into_bytes()),
                Err(what) => self.note(Err(what)),
            }
        }
        self
    }

    /// Sets a body of `multipart/form-data`, if `body` has a value.
    ///
    /// `parts` defines how its properties are sent. Other properties are sent according
    /// to the type of their value.
    pub(crate) fn multipart<T: Serialize>(mut self, parts: &[Part<'_>], body: Field<T>) -> Self {
        if let Some(body) = self.take(body) {
            let body = self.encode(|| to_json(&body));
            match body.and_then(|body| multipart::encode(parts, &body)) {
                Ok((media_type, form)) => self.set_body(&media_type, form),
                Err(what) => self.note(Err(what)),
            }
        }
        self
    }

    /// Sets a body that is sent unchanged, if `body` has a value.
    pub(crate) fn content(mut self, media_type: &str, body: Field<impl Into<Bytes>>) -> Self {
        if let Some(body) = self.take(body) {
            self.set_body(media_type, Vec::from(body.into()));
        }
        self
    }

    /// Sets a body that is a file, if `body` has a value. The document accepts the media types
    /// `accepted`.
    pub(crate) fn file(mut self, accepted: &str, body: Field<File>) -> Self {
        if let Some(file) = self.take(body) {
            match file.sent_as(accepted) {
                Ok(media_type) => self.set_body(media_type, file.content().to_vec()),
                Err(what) => self.note(Err(what)),
            }
        }
        self
    }

    /// Sends the request and decodes the response.
    pub(crate) async fn send<S: Success>(self) -> Result<Response<S::Value>, Error> {
        let successes = self.operation.successes;
        let (answer, attempts) = self.exchange().await?;
        let decoded = match successes.accept(answer.status, S::HAS_BODY) {
            true => S::decode(answer),
            false => Err(Error::unexpected(answer)),
        };
        decoded.map_err(|error| attempts.annotate(error))
    }

    /// Sends the request and returns the value of the main success, decoded as an `S`.
    /// Any other documented success is an error.
    pub(crate) fn value<S: Success>(self) -> CallFuture<S::Value> {
        let operation = self.operation;
        Box::pin(async move {
            let (answer, attempts) = self.exchange().await?;
            let decoded = main_success::<S>(operation, answer);
            let response = decoded.map_err(|error| attempts.annotate(error))?;
            Ok(response.into_inner())
        })
    }

    /// Sends the request and reads the response, whatever its status.
    // Boxed, because the caller's crate compiles the body of an `async fn`.
    pub(super) fn exchange(self) -> Exchange {
        Box::pin(async move {
            let (client, operation) = (self.client.clone(), self.operation);
            let exposed = self.exposed.clone();
            let (head, body) = self.into_request()?;
            execute(&client, head, body, exposed, operation).await
        })
    }

    /// Returns the head of the request without credentials, and the body.
    fn into_request(self) -> Result<(Head, Bytes), Error> {
        let Self {
            client,
            operation,
            path,
            query,
            headers,
            body,
            page_url,
            exposed,
            problems,
        } = self;
        if !problems.is_empty() {
            let error = Error::invalid_request(field::all(problems));
            return Err(error.of_operation(operation.id));
        }
        let path = filled(operation.path, &path);
        let base_url = client.config.base_url_of(operation);
        let base_url =
            base_url.map_err(|what| Error::configuration(what).of_operation(operation.id))?;
        let mut url = base_url.with_path(&path);
        if !query.is_empty() {
            let query = match url.query() {
                Some(before) if !before.is_empty() => format!("{before}&{query}"),
                _ => query,
            };
            url.set_query(Some(&query));
        }
        if let Some(page_url) = page_url {
            let resolved = page_url.resolve(&base_url, &url);
            url = resolved.map_err(|what| {
                // The server may have put a secret of the request into the URL.
                let secrets = RequestSecrets {
                    body: body.clone(),
                    names: operation.secrets,
                    credentials: client.config.credentials.clone(),
                    exposed: exposed.into(),
                    ..RequestSecrets::default()
                };
                let what = secrets.redactor().redact(&what, what.len());
                Error::invalid_request(what).of_operation(operation.id)
            })?;
        }
        let method = operation.method.clone();
        let head = Head {
            method,
            url,
            headers,
        };
        Ok((head, body))
    }

    /// Takes the value of a field, or records why it has none.
    fn take<T>(&mut self, field: Field<T>) -> Option<T> {
        field.take().unwrap_or_else(|problem| {
            self.problems.push(Some(problem));
            None
        })
    }

    /// Runs `write`, and records the secrets that it exposes.
    fn encode<T>(&mut self, write: impl FnOnce() -> T) -> T {
        let (written, secrets) = exposed::recorded(write);
        self.exposed.extend(secrets);
        written
    }

    fn note(&mut self, result: Result<(), String>) {
        if let Err(what) = result {
            self.problems.push(Some(Problem::Refused(what)));
        }
    }

    /// Returns the text of `input`, if the call has a value for it.
    pub(super) fn input(&self, input: PageInput) -> Option<String> {
        match input {
            PageInput::Parameter(parameter) if parameter.is_in_path() => {
                let mut values = self.path.iter();
                let (_, value) = values.find(|(name, _)| *name == parameter.name())?;
                Some(percent::decode(value))
            }
            PageInput::Parameter(parameter) => parameter.sent(&self.query, &self.headers),
            PageInput::Text(pointer) | PageInput::Number(pointer) => {
                let body: &RawValue = serde_json::from_slice(&self.body).ok()?;
                json_pointer::text(json_pointer::find(body, pointer)?)
            }
        }
    }

    /// Sets `input` to `text`, and removes the value that the call has for it.
    pub(super) fn set_input(&mut self, input: PageInput, text: &str) {
        let value = match input {
            PageInput::Number(_) => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
            PageInput::Parameter(_) | PageInput::Text(_) => Value::from(text),
        };
        let set = match input {
            PageInput::Parameter(parameter) => {
                self.path
                    .retain(|(name, _)| !parameter.is_in_path() || *name != parameter.name());
                parameter.remove_from(&mut self.query, &mut self.headers);
                self.add(parameter, &value)
            }
            PageInput::Text(pointer) | PageInput::Number(pointer) => {
                self.set_in_body(pointer, value)
            }
        };
        self.note(set);
    }

    fn set_in_body(&mut self, pointer: &str, value: Value) -> Result<(), String> {
        let mut body = match self.body.is_empty() {
            true => Value::Object(Default::default()),
            false => serde_json::from_slice(&self.body)
                .map_err(|_| "requesting the next page needs a JSON body".to_owned())?,
        };
        json_pointer::set(&mut body, pointer, value).ok_or_else(|| {
            format!("requesting the next page needs a JSON body in which {pointer} can be set")
        })?;
        let media_type = self.headers.get(CONTENT_TYPE).cloned();
        let media_type = media_type.as_ref().and_then(|of| of.to_str().ok());
        self.set_body(
            media_type.unwrap_or("application/json"),
            body.to_string().into_bytes(),
        );
        Ok(())
    }

    /// Sets the URL of a page, as a response gave it.
    pub(super) fn set_page_url(&mut self, url: PageUrl) {
        self.page_url = Some(url);
    }

    fn set_body(&mut self, media_type: &str, content: impl Into<ZeroizingBytes>) {
        match HeaderValue::from_str(media_type) {
            Ok(media_type) => {
                self.headers.insert(CONTENT_TYPE, media_type);
                self.body = wiped(content.into());
            }
            Err(_) => self.note(Err(format!(
                "the media type {media_type:?} is not a valid header value"
            ))),
        }
    }
}

/// Decodes the main success of `operation` as an `S`. Any other documented success is an error.
pub(super) fn main_success<S: Success>(
    operation: &Operation,
    answer: RawResponse,
) -> Result<Response<S::Value>, Error> {
    let successes = operation.successes;
    match successes.accept(answer.status, S::HAS_BODY) {
        true if successes.is_main(answer.status) => S::decode(answer),
        true => Err(Error::other_success(answer)),
        false => Err(Error::unexpected(answer)),
    }
}

/// Wraps `content`, whose memory is wiped when it is dropped.
pub(super) fn wiped(content: ZeroizingBytes) -> Bytes {
    match content.is_empty() {
        true => Bytes::new(),
        false => Bytes::from_owner(content),
    }
}

/// Replaces the parameters in the path `template` with their values.
fn filled(template: &str, values: &[(&str, String)]) -> String {
    let mut path = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let parameter = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(parameter, _)| *parameter == name)?;
            Some((value, after))
        });
        path.push_str(before);
        match parameter {
            Some((value, after)) => {
                path.push_str(value);
                rest = after;
            }
            None => {
                path.push('{');
                rest = after;
            }
        }
    }
    path.push_str(rest);
    path
}

/// Encodes the call that `describe` builds, with the URL
/// `https://api.example.com/v1/a/{p}`.
#[cfg(test)]
pub(super) fn request_of(describe: impl FnOnce(Call) -> Call) -> Result<(Head, Bytes), Error> {
    use std::sync::Arc;
    use std::time::Duration;

    use super::base_url::BaseUrl;
    use super::client::Config;
    use super::credentials::Credentials;
    use super::operation::EXAMPLE;
    use super::transport::{RequestBody, Transport};

    static OPERATION: Operation = Operation {
        method: http::Method::POST,
        path: "/a/{p}",
        accept: "",
        ..EXAMPLE
    };
    let transport =
        tower::service_fn(|_| async { Err::<http::Response<RequestBody>, _>("it sends nothing") });
    let config = Config {
        base_url: BaseUrl::parse("https://api.example.com/v1", false).unwrap(),
        servers: Default::default(),
        transport: Transport::new(transport),
        credentials: Arc::new(Credentials::default()),
        headers: HeaderMap::new(),
        timeout: Duration::ZERO,
        max_retries: 0,
        max_retry_wait: Duration::ZERO,
        max_response_bytes: 0,
    };
    let client = Client {
        config: Arc::new(config),
    };
    describe(Call::new(client, &OPERATION)).into_request()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set<T>(value: T) -> Field<T> {
        let mut field = Field::required("body");
        field.set(value);
        field
    }

    #[track_caller]
    fn check_body(describe: impl FnOnce(Call) -> Call, expected: Option<(&str, &str)>) {
        let (head, body) = request_of(describe).unwrap();
        let media_type = head.headers.get(CONTENT_TYPE);
        let media_type = media_type.map(|value| value.to_str().unwrap());
        let (expected_type, expected_body) = expected.unzip();
        assert_eq!(media_type, expected_type);
        assert_eq!(body, expected_body.unwrap_or_default());
    }

    #[test]
    fn body_is_sent_with_its_media_type() {
        let json = "application/merge-patch+json";
        let body = json!({"a": 1, "b": [2, 3]});
        check_body(
            |call| call.json(json, set(body.clone())),
            Some((json, r#"{"a":1,"b":[2,3]}"#)),
        );
        let form = "application/x-www-form-urlencoded";
        check_body(
            |call| call.form(&[], set(body)),
            Some((form, "a=1&b=2&b=3")),
        );
        check_body(
            |call| call.content("text/csv", set("a,b".to_owned())),
            Some(("text/csv", "a,b")),
        );
        let file = File::from("a");
        check_body(
            |call| call.file("image/*", set(file.of_type("text/plain"))),
            Some(("text/plain", "a")),
        );
    }

    #[test]
    fn unset_body_is_not_sent() {
        let unset = || Field::<Value>::optional("body");
        check_body(|call| call.json("application/json", unset()), None);
        check_body(|call| call.form(&[], unset()), None);
        check_body(|call| call.multipart(&[], unset()), None);
        check_body(
            |call| call.content("text/csv", Field::<String>::optional("body")),
            None,
        );
        check_body(|call| call.file("*/*", Field::optional("body")), None);
    }

    #[test]
    fn parameters_are_sent_in_their_locations() {
        let (head, _) = request_of(|call| {
            call.parameter(Parameter::path("p"), set("x y"))
                .parameter(Parameter::query("a"), set([1, 2]))
                .parameter(Parameter::header("b"), set(Some("c")))
                .parameter(Parameter::cookie("d"), Field::<u8>::optional("d"))
                .parameter(Parameter::cookie("e"), set("f"))
        })
        .unwrap();
        let url = "https://api.example.com/v1/a/x%20y?a=1&a=2";
        assert_eq!(head.url.as_str(), url);
        assert_eq!(head.headers["b"], "c");
        assert_eq!(head.headers["cookie"], "e=f");
    }

    /// `Debug` of a request, which a layer may print, hides a header with a secret.
    #[test]
    fn header_with_a_secret_is_sensitive() {
        let (head, _) = request_of(|call| {
            call.parameter(Parameter::path("p"), set("x"))
                .parameter(Parameter::header("a"), set(Secret::from("s3cret")))
                .parameter(Parameter::header("b"), set(["a", "b"].map(Secret::from)))
                .parameter(Parameter::header("c"), set("public"))
        })
        .unwrap();
        let sensitive = ["a", "b", "c"].map(|name| head.headers[name].is_sensitive());
        assert_eq!(sensitive, [true, true, false]);
    }

    /// In JSON it would become null, and null is not sent.
    #[test]
    fn non_finite_number_is_refused() {
        let number = || set([f64::NAN]);
        for (error, what) in [
            (
                request_of(|call| call.parameter(Parameter::query("q"), number())),
                "the query parameter `q`: JSON cannot represent NaN",
            ),
            (
                request_of(|call| call.parameter(Parameter::path("p"), number())),
                "the path parameter `p`: JSON cannot represent NaN",
            ),
            (
                request_of(|call| call.json("application/json", number())),
                "JSON cannot represent the body: JSON cannot represent NaN",
            ),
        ] {
            assert_eq!(error.unwrap_err().to_string(), format!("get-a: {what}"));
        }
    }

    #[test]
    fn one_error_names_every_invalid_value() {
        let error = request_of(|call| {
            call.parameter(Parameter::path("p"), Field::<String>::required("p"))
                .parameter(Parameter::query("a"), set([[1]]))
                .parameter(Parameter::header("b"), set("\n"))
                .json("application/json", Field::<Value>::required("body"))
        });
        assert_eq!(
            error.unwrap_err().to_string(),
            "get-a: no value was set for p, body; the query parameter `a`: this style cannot \
             encode nested values: pass a string; the header `b`: the value has a \
             character that headers do not allow"
        );
    }

    #[test]
    fn path_parameters_are_filled_in() {
        let values = [("id", "a%2Fb".to_owned()), ("a-b", "{id}".to_owned())];
        for (template, expected) in [
            ("/pets", "/pets"),
            ("/pets/{id}", "/pets/a%2Fb"),
            ("/{id}/{a-b}.json/{id}", "/a%2Fb/{id}.json/a%2Fb"),
            ("/{other}/{", "/{other}/{"),
        ] {
            assert_eq!(filled(template, &values), expected);
        }
    }
}
