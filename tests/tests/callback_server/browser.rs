//! A minimal browser for the tests. It keeps cookies, and returns redirects instead of
//! following them.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Url, redirect};
use serde_json::{Value, json};

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The address of a redirect.
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{self:?}");
        self.header(LOCATION.as_str()).unwrap()
    }

    pub(crate) fn title(&self) -> &str {
        let title = self.body.split_once("<h1>");
        let (_, rest) = title.unwrap_or_else(|| panic!("no title: {self:?}"));
        rest.split_once("</h1>").unwrap().0
    }

    /// The value of the first attribute that begins with `start`.
    pub(crate) fn attribute(&self, start: &str) -> String {
        let (_, rest) = self.body.split_once(&format!("\"{start}")).unwrap();
        let value = format!("{start}{}", rest.split_once('"').unwrap().0);
        value.replace("&quot;", "\"").replace("&amp;", "&")
    }

    /// The value of a form field.
    pub(crate) fn value(&self, name: &str) -> &str {
        let (_, rest) = self
            .body
            .split_once(&format!("name=\"{name}\" value=\""))
            .unwrap();
        rest.split_once('"').unwrap().0
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A browser that starts without cookies.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let client = Client::builder().redirect(redirect::Policy::none());
        Self {
            client: client.build().unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    /// Closes the connections to servers that may have stopped.
    pub(crate) fn connect_anew(&mut self) {
        self.client = Self::new().client;
    }

    /// Opens an address.
    pub(crate) async fn get(&mut self, url: &str) -> Answer {
        self.request(Method::GET, url, &[], "").await
    }

    /// Opens the address that `answer` of `server` redirects to.
    pub(crate) async fn follow(&mut self, server: &str, answer: &Answer) -> Answer {
        self.get(&format!("{server}{}", answer.location())).await
    }

    /// Sends a request.
    pub(crate) async fn request(
        &mut self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.to_owned())).await
    }

    /// Posts the code of the embedded flow like a page of `origin`.
    pub(crate) async fn post_code(&mut self, server: &str, origin: &str, code: &str) -> Answer {
        let request = self.client.post(format!("{server}/api/finch/callback"));
        let request = request.header(ORIGIN, origin).json(&json!({"code": code}));
        self.send(request).await
    }

    /// Confirms disconnecting a connection like the page of `server`.
    pub(crate) async fn disconnect(&mut self, server: &str, page: &Answer) -> Answer {
        let form = format!("connection={}", page.value("connection"));
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", server),
            ("sec-fetch-site", "same-origin"),
        ];
        let url = format!("{server}/disconnect");
        self.request(Method::POST, &url, &headers, &form).await
    }

    async fn send(&mut self, request: RequestBuilder) -> Answer {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = match cookies.is_empty() {
            true => request,
            false => request.header(COOKIE, cookies.join("; ")),
        };
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        let body = response.text().await.unwrap();
        assert!(headers.contains_key(CONTENT_TYPE) || body.is_empty());
        Answer {
            status,
            headers,
            body,
        }
    }

    fn keep(&mut self, cookie: &str) {
        let (name, rest) = cookie.split_once('=').unwrap();
        let (value, attributes) = rest.split_once(';').unwrap();
        match attributes.contains("Max-Age=0") {
            true => self.cookies.remove(name),
            false => self.cookies.insert(name.to_owned(), value.to_owned()),
        };
    }

    /// Returns the address of Finch Connect that the server redirects to.
    pub(crate) async fn connect(&mut self, server: &str) -> Url {
        let answer = self.get(&format!("{server}/connect")).await;
        Url::parse(answer.location()).unwrap()
    }

    /// Goes to Finch Connect, and returns the address that it redirects to with `code`.
    pub(crate) async fn come_back(&mut self, server: &str, code: &str) -> String {
        let connect = self.connect(server).await;
        redirected(&connect, &[("code", code)])
    }
}

/// Returns the address that Finch Connect at `connect` redirects to with `parameters`.
pub(crate) fn redirected(connect: &Url, parameters: &[(&str, &str)]) -> String {
    let redirect_uri = parameter(connect, "redirect_uri");
    let state = parameter(connect, "state");
    let state = [("state", state.as_str())];
    let url = Url::parse_with_params(&redirect_uri, parameters.iter().chain(&state));
    url.unwrap().into()
}

/// Returns a parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    let (_, value) = pairs.find(|(found, _)| found == name).unwrap();
    value.into_owned()
}
