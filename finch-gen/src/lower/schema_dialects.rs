//! Classifies the JSON Schema dialects that a document can declare, by their URIs.
//!
//! This generator reads JSON Schema 2020-12 and the dialect of OpenAPI 3.1. Drafts 4, 6, 7 and
//! 2019-09 are older, and any other dialect is unknown. The `$schema` of a schema may be older: the
//! schema is read as 2020-12, with a warning. `jsonSchemaDialect` may not.

/// The dialects whose schemas are JSON Schema 2020-12.
const READ: [&str; 3] = [
    "https://spec.openapis.org/oas/3.1/dialect/base",
    "https://spec.openapis.org/oas/3.1/dialect/2024-10-25",
    "https://json-schema.org/draft/2020-12/schema",
];

/// Older dialects. Their differences are read as meant: bounds that are booleans, `items` that
/// is a list.
const OLDER: [(&str, &str); 4] = [
    ("http://json-schema.org/draft-04/schema", "draft 4"),
    ("http://json-schema.org/draft-06/schema", "draft 6"),
    ("http://json-schema.org/draft-07/schema", "draft 7"),
    (
        "https://json-schema.org/draft/2019-09/schema",
        "draft 2019-09",
    ),
];

/// How a dialect can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Read,
    /// As JSON Schema 2020-12, although it declares this dialect.
    Older(&'static str),
    Unknown,
}

impl Dialect {
    /// Returns the dialect with this URI.
    pub(super) fn from_uri(uri: &str) -> Self {
        let uri = uri.trim_end_matches('#');
        let scheme = |uri: &str| uri.split_once(':').map(|(_, rest)| rest.to_owned());
        let older = OLDER.iter().find(|(of, _)| scheme(of) == scheme(uri));
        match older {
            _ if READ.contains(&uri) => Self::Read,
            Some((_, name)) => Self::Older(name),
            None => Self::Unknown,
        }
    }
}

/// The remedy for an unsupported dialect.
pub(super) const REMEDY: &str =
    "write the schemas in JSON Schema 2020-12, the dialect of OpenAPI 3.1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_is_known_by_its_uri() {
        for (uri, expected) in [
            (
                "https://spec.openapis.org/oas/3.1/dialect/base",
                Dialect::Read,
            ),
            (
                "https://json-schema.org/draft/2020-12/schema#",
                Dialect::Read,
            ),
            (
                "http://json-schema.org/draft-04/schema#",
                Dialect::Older("draft 4"),
            ),
            (
                "http://json-schema.org/draft-06/schema",
                Dialect::Older("draft 6"),
            ),
            (
                "https://json-schema.org/draft-07/schema#",
                Dialect::Older("draft 7"),
            ),
            (
                "https://json-schema.org/draft/2019-09/schema",
                Dialect::Older("draft 2019-09"),
            ),
            ("https://example.com/dialect", Dialect::Unknown),
            ("", Dialect::Unknown),
        ] {
            assert_eq!(Dialect::from_uri(uri), expected, "{uri}");
        }
    }
}
