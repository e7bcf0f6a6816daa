//! Finds the endpoint that a test names, and decides whether a request belongs to it.
//!
//! A test names an operation of the document, such as `get-pet`, or a method and path, such as
//! `GET /pets/{id}`. Any other text is an error, which lists the operations. The request
//! `GET /pets/7` belongs to `GET /pets/{id}`, because a parameter matches any text without a slash.
//! If a request belongs to several endpoints, the one with the most fixed text wins:
//! `GET /pets/mine` before `GET /pets/{id}`.

use std::fmt;

use http::Method;
use reqwest::Url;

use super::Document;
use crate::runtime::operation::Operation;

/// An operation, or a method and path template.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    operation: Option<&'static Operation>,
    method: Method,
    /// The path as the document or the test spells it.
    path: String,
    template: Template,
}

impl Endpoint {
    pub(super) fn of_operation(operation: &'static Operation) -> Self {
        Self {
            operation: Some(operation),
            method: operation.method.clone(),
            path: operation.path.to_owned(),
            template: Template::parse(operation.path),
        }
    }

    /// Returns the endpoint that `text` names: an operation id, or a method and path.
    ///
    /// # Errors
    ///
    /// Describes the accepted names.
    pub(super) fn parse(text: &str, document: &Document) -> Result<Self, String> {
        let of_document = || {
            document
                .operations
                .iter()
                .map(|operation| Self::of_operation(operation))
        };
        let is_named = |endpoint: &Self| {
            endpoint
                .operation
                .is_some_and(|operation| operation.id == text)
        };
        if let Some(endpoint) = of_document().find(is_named) {
            return Ok(endpoint);
        }
        let Some((Ok(method), path)) = text
            .split_once(' ')
            .filter(|(_, path)| path.starts_with('/'))
            .map(|(method, path)| (method.parse(), path))
        else {
            let known: Vec<String> = of_document().map(|endpoint| endpoint.to_string()).collect();
            let known = known.join(", ");
            return Err(format!(
                "no operation has the id `{text}`: write one of these, or a method and a path, \
                 such as `GET /path/{{id}}`: {known}"
            ));
        };
        let endpoint = Self {
            operation: None,
            method,
            path: path.to_owned(),
            template: Template::parse(path),
        };
        // Prefer the operation, if the document has one.
        Ok(of_document()
            .find(|candidate| *candidate == endpoint)
            .unwrap_or(endpoint))
    }

    pub(super) fn operation(&self) -> Option<&'static Operation> {
        self.operation
    }

    /// Whether it matches a request. `path` is relative to the base URL.
    pub(super) fn matches(&self, method: &Method, path: &str, query: &str) -> bool {
        self.method == *method && self.template.matches(path, query)
    }

    /// How much of its path is fixed. If several endpoints match, the greatest
    /// specificity wins.
    pub(super) fn specificity(&self) -> impl Ord + use<> {
        let Template { segments, query } = &self.template;
        let fixed = segments.iter().filter(|segment| segment.len() == 1).count();
        let length: usize = segments.iter().flatten().map(String::len).sum();
        (query.len(), fixed, length)
    }
}

/// Two endpoints are equal if they match the same requests.
impl PartialEq for Endpoint {
    fn eq(&self, other: &Self) -> bool {
        (&self.method, &self.template) == (&other.method, &other.template)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, .. } = self;
        match self.operation {
            Some(operation) => write!(f, "`{}` ({method} {path})", operation.id),
            None => write!(f, "`{method} {path}`"),
        }
    }
}

/// A path template with parameters in braces.
#[derive(Clone, Debug, PartialEq)]
struct Template {
    /// The text around the parameters, by segment.
    segments: Vec<Vec<String>>,
    /// The query parameters of the template.
    query: Vec<String>,
}

impl Template {
    fn parse(text: &str) -> Self {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let path = encoded(path);
        let segments = path.split('/').map(|segment| {
            let mut parts = segment.split("%7B");
            let first = parts.next().unwrap_or_default();
            // The text after the name of the parameter.
            let others = parts.map(|part| part.split_once("%7D").map_or("", |(_, text)| text));
            [first]
                .into_iter()
                .chain(others)
                .map(str::to_owned)
                .collect()
        });
        let segments = segments.collect();
        let query = query.split('&').filter(|pair| !pair.is_empty());
        Self {
            segments,
            query: query.map(str::to_owned).collect(),
        }
    }

    fn matches(&self, path: &str, query: &str) -> bool {
        let path = encoded(path);
        path.split('/').count() == self.segments.len()
            && path
                .split('/')
                .zip(&self.segments)
                .all(|(text, parts)| matches(text, parts))
            && self
                .query
                .iter()
                .all(|pair| query.split('&').any(|other| other == pair))
    }
}

/// Encodes `path` like a URL, including braces.
fn encoded(path: &str) -> String {
    let mut url = Url::parse("http://localhost").expect("this is a URL");
    url.set_path(path);
    url.path().to_owned()
}

/// Whether `text` consists of these parts, with a parameter of at least one character
/// between any two.
fn matches(text: &str, parts: &[String]) -> bool {
    let [first, between @ .., last] = parts else {
        return parts.first().is_some_and(|part| text == part);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for part in between {
        // The parameter before this part is as short as possible.
        let mut starts = rest.char_indices().skip(1).map(|(start, _)| start);
        match starts.find(|start| rest[*start..].starts_with(part.as_str())) {
            Some(start) => rest = &rest[start + part.len()..],
            None => return false,
        }
    }
    rest.strip_suffix(last.as_str())
        .is_some_and(|parameter| !parameter.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, path: &str, query: &str) -> bool {
        Template::parse(template).matches(path, query)
    }

    #[test]
    fn template_matches_its_paths() {
        for (template, path, expected) in [
            ("/a", "/a", true),
            ("/a", "/a/", false),
            ("/a", "/A", false),
            ("/a", "/b/a", false),
            ("/a/", "/a/", true),
            ("/", "/", true),
            ("/a/{id}", "/a/1", true),
            ("/a/{id}", "/a/1%2F2", true),
            ("/a/{id}", "/a/", false),
            ("/a/{id}", "/a", false),
            ("/a/{id}", "/a/1/2", false),
            ("/{a}/{b}/c", "/1/2/c", true),
            ("/{a}/{b}/c", "/1/2/d", false),
            ("/a/{id}.json", "/a/1.json", true),
            ("/a/{id}.json", "/a/.json", false),
            ("/a/{id}.json", "/a/1.xml", false),
            ("/{from}...{to}", "/x...y", true),
            ("/{from}...{to}", "/...y", false),
            ("/{from}...{to}", "/x...", false),
            ("/v{major}.{minor}.{patch}", "/v1.2.3", true),
            ("/v{major}.{minor}.{patch}", "/v1.2", false),
            ("/{a}{b}", "/12", true),
            ("/{a}{b}", "/1", false),
            ("/{a}b", "/bb", true),
            ("/{a}b", "/b", false),
            ("/é/{id}", "/%C3%A9/%C3%A9", true),
            ("/é b", "/é b", true),
        ] {
            assert_eq!(check(template, path, ""), expected, "{template} {path}");
        }
    }

    #[test]
    fn template_query_must_be_in_the_request_query() {
        assert!(check("/a?x=1", "/a", "y=2&x=1"));
        assert!(!check("/a?x=1", "/a", "x=12"));
        assert!(!check("/a?x=1", "/a", ""));
        assert!(check("/a", "/a", "x=1"));
    }

    #[test]
    fn the_name_of_a_parameter_does_not_matter() {
        assert_eq!(Template::parse("/a/{id}/b"), Template::parse("/a/{x}/b"));
        assert_ne!(Template::parse("/a/{id}/b"), Template::parse("/a/{id}/c"));
    }
}
