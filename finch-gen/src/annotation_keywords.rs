//! Tells which keywords of a schema only annotate values and do not constrain them: `title` and
//! every extension (`x-…`) do, but `maxLength` and `enum` do not.

/// Whether OpenAPI 3.1 and 3.0 define `keyword` alike, or it is an extension.
pub(crate) fn is_kept(keyword: &str) -> bool {
    matches!(
        keyword,
        "title" | "description" | "deprecated" | "readOnly" | "writeOnly" | "externalDocs" | "xml"
    ) || keyword.starts_with("x-")
}

/// Whether `keyword` of an OpenAPI 3.0 schema only annotates and does not constrain values.
pub(crate) fn is_annotation(keyword: &str) -> bool {
    is_kept(keyword) || matches!(keyword, "default" | "example")
}
