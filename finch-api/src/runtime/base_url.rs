//! Checks a base URL, and appends the paths of operations and requests to it:
//! `https://api.example.com/v1/` and `/pets` become `https://api.example.com/v1/pets`.
//!
//! Refuses a base URL without `http` or `https`, with a user name, a query or a fragment, and
//! plain `http` to another machine, unless the caller allows it. Refuses a path that a caller
//! wrote if it leads out of the base URL, such as `//host` or `/a/../..`. An error never shows
//! the base URL, which may contain a password.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use reqwest::Url;

use crate::service;

/// A valid base URL, parsed once, without a trailing slash, query, fragment or user name.
/// Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl(Arc<Parts>);

#[derive(PartialEq, Eq)]
struct Parts {
    url: Url,
    /// The length of the URL without its trailing slashes.
    len: usize,
}

impl BaseUrl {
    /// Parses `text`. The error message completes a sentence that names the setting. It
    /// omits the text, which may contain a password.
    pub(crate) fn parse(text: &str, allow_plain_http: bool) -> Result<Self, String> {
        // Checked first: `localhost:80` parses as a URL of the scheme `localhost`.
        let is = |scheme: &str| {
            let start = text.get(..scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        if !is("https://") && !is("http://") {
            return Err("must begin with `http://` or `https://`".to_owned());
        }
        let url = Url::parse(text).map_err(|error| format!("is not a URL: {error}"))?;
        if !is("https://") && !allow_plain_http && !is_loopback(&url) {
            return Err(format!(
                "would send secrets in clear: use https, a loopback address or {}",
                service::ALLOW_PLAIN_HTTP
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not have a user name or a password".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("must not have a query or a fragment".to_owned());
        }
        let len = url.as_str().trim_end_matches('/').len();
        Ok(Self(Arc::new(Parts { url, len })))
    }

    /// The text. A path that begins with a slash can be appended to it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0.url.as_str()[..self.0.len]
    }

    /// Whether the host is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0.url)
    }

    /// Whether connections are encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.0.url.scheme() == "https"
    }

    /// Whether `other` has the same scheme, host and port.
    pub(super) fn has_origin_of(&self, other: &Self) -> bool {
        self.0.url.origin() == other.0.url.origin()
    }

    /// Appends the `path` of an operation, which begins with a slash and whose parameters
    /// are encoded.
    pub(crate) fn with_path(&self, path: &str) -> Url {
        // Parameters are encoded, so a question mark is from the document and begins a
        // query.
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        let mut url = self.0.url.clone();
        match &url.path()[..url.path().len() - (url.as_str().len() - self.0.len)] {
            "" => url.set_path(path),
            base => url.set_path(&[base, path].concat()),
        }
        if query.is_some() {
            url.set_query(query);
        }
        url
    }

    /// Appends a `path` that a caller wrote.
    ///
    /// Refuses a path that leads elsewhere: to another host, by `//` or a scheme, or
    /// out of the base URL, by dot segments in any spelling.
    pub(super) fn join(&self, path: &str) -> Result<Url, &'static str> {
        let (segments, _query) = path.split_once('?').unwrap_or((path, ""));
        if !segments.starts_with('/') || segments.starts_with("//") {
            return Err(
                "the path must begin with exactly one slash: it is appended to the base URL",
            );
        }
        let is_dots = |segment: &str| {
            let segment = segment.to_ascii_lowercase().replace("%2e", ".");
            segment == "." || segment == ".."
        };
        if segments.split(['/', '\\']).any(is_dots) {
            return Err("the path has a segment `.` or `..`: write the path without it");
        }
        if path.contains(['\\', '#']) || path.contains(|c: char| c.is_control()) {
            return Err("the path has a character that a path cannot have: percent-encode it");
        }
        let base = self.as_str();
        match Url::parse(&format!("{base}{path}")) {
            Ok(url) if url.as_str().starts_with(&format!("{base}/")) => Ok(url),
            _ => Err("the path leads out of the base URL: percent-encode the values in it"),
        }
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<String, String> {
        BaseUrl::parse(text, false).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn base_url_keeps_its_path_without_trailing_slash() {
        for (text, expected) in [
            ("https://api.example.com", "https://api.example.com"),
            ("https://api.example.com/", "https://api.example.com"),
            ("https://proxy.example/api/", "https://proxy.example/api"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://127.0.0.2/a", "http://127.0.0.2/a"),
            ("http://[::1]:1", "http://[::1]:1"),
            ("HTTPS://API.example.com", "https://api.example.com"),
        ] {
            assert_eq!(check(text).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn unsafe_base_urls_are_refused() {
        const BEGIN: &str = "must begin with `http://` or `https://`";
        for (text, part) in [
            ("api.example.com", BEGIN),
            ("127.0.0.1:7801", BEGIN),
            ("localhost:7801", BEGIN),
            ("[::1]:7801", BEGIN),
            ("//api.example.com", BEGIN),
            ("https:api.example.com", BEGIN),
            ("https:\\\\api.example.com", BEGIN),
            ("http", BEGIN),
            ("é", BEGIN),
            ("ftp://api.example.com", BEGIN),
            ("hunter2:abc", BEGIN),
            ("https://", "not a URL"),
            ("https://api.example.com:hunter2", "not a URL"),
            ("http://api.example.com", "in clear"),
            ("http://localhost.example.com", "in clear"),
            (
                "https://user:hunter2@api.example.com",
                "a user name or a password",
            ),
            ("https://api.example.com?a=b", "a query or a fragment"),
            ("https://api.example.com#a", "a query or a fragment"),
        ] {
            let error = check(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(BaseUrl::parse("http://proxy.example", true).is_ok());
    }

    const BASES: [&str; 2] = ["https://api.example.com", "https://proxy.example/api"];

    #[test]
    fn operation_path_matches_the_url_parser() {
        for base in BASES {
            for given in [base.to_owned(), format!("{base}/"), format!("{base}//")] {
                let base_url = BaseUrl::parse(&given, false).unwrap();
                for path in [
                    "/",
                    "/a",
                    "/a/",
                    "/a//b",
                    "/a%2Fb%3F",
                    "/é b",
                    "/a:b@c;d=e,f",
                    "/a?b=/c?d",
                ] {
                    let parsed = Url::parse(&format!("{base}{path}")).unwrap();
                    assert_eq!(base_url.with_path(path), parsed);
                }
            }
        }
    }

    #[test]
    fn joined_path_stays_under_the_base() {
        for base in BASES {
            let base_url = BaseUrl::parse(base, false).unwrap();
            for (path, expected) in [
                ("/", "/"),
                ("/a/b", "/a/b"),
                ("/a?b=//c&d=..", "/a?b=//c&d=.."),
                ("/a%2Fb/é", "/a%2Fb/%C3%A9"),
                ("/a:b@c", "/a:b@c"),
                ("/...", "/..."),
                ("/a//b", "/a//b"),
            ] {
                let url = base_url.join(path).unwrap();
                assert_eq!(url.as_str(), format!("{base}{expected}"));
            }
            for path in [
                "",
                "a",
                "?a=b",
                "//evil.example",
                "///evil.example",
                "https://evil.example",
                "@evil.example/",
                ".evil.example/",
                ":80/",
                "/..",
                "/../evil",
                "/a/../../evil",
                "/a/.",
                "/a/%2e%2E/b",
                "/.%2e?a",
                "/\\evil.example",
                "\\\\evil.example",
                "/a\\..\\..",
                "/\tevil",
                "/\n/evil.example",
                "/a#b",
            ] {
                assert!(base_url.join(path).is_err(), "{path}");
            }
        }
    }
}
