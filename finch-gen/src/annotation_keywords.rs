//! Keywords of a schema that say nothing of what is valid.

/// Whether `keyword` is one that OpenAPI 3.1 and 3.0 have alike, or an extension.
pub(crate) fn is_kept(keyword: &str) -> bool {
    matches!(
        keyword,
        "title" | "description" | "deprecated" | "readOnly" | "writeOnly" | "externalDocs" | "xml"
    ) || keyword.starts_with("x-")
}

/// Whether `keyword` of a schema in OpenAPI 3.0 says nothing of what is valid.
pub(crate) fn is_annotation(keyword: &str) -> bool {
    is_kept(keyword) || matches!(keyword, "default" | "example")
}
