//! Classifies media types: JSON, forms, text, XML, binary, and ranges of them such as `text/*`.
//!
//! Ignores case and parameters: `Application/JSON; charset=utf-8` is JSON, and so is every type
//! with the suffix `+json`. `rank` orders the types by preference: JSON first, and a range after
//! the exact types of its kind.

/// Returns a media type in lower case without its parameters. A semicolon precedes the
/// parameters; some documents write a comma.
fn essence(media_type: &str) -> String {
    let essence = media_type.split([';', ',']).next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether the content is JSON: `application/json`, with or without parameters, or a type with
/// the suffix `+json` (RFC 6839).
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    matches!(essence.as_str(), "application/json" | "text/json") || essence.ends_with("+json")
}

/// Returns the preference for a media type, the lowest first. A range comes after the exact
/// types of its kind.
pub(crate) fn rank(media_type: &str) -> (u8, bool) {
    let kind = match media_type {
        "application/json" => 0,
        other if is_json(other) => 1,
        other if is_form(other) => 2,
        other if is_multipart_form(other) => 3,
        other if is_text(other) => 4,
        other if is_binary(other) => 5,
        _ => 6,
    };
    (kind, is_range(media_type))
}

/// Whether the content is a URL-encoded form.
pub(crate) fn is_form(media_type: &str) -> bool {
    essence(media_type) == "application/x-www-form-urlencoded"
}

/// Whether the content is a multipart form (RFC 7578).
pub(crate) fn is_multipart_form(media_type: &str) -> bool {
    matches!(
        essence(media_type).as_str(),
        "multipart/form-data" | "multipart/*"
    )
}

/// Whether the content is XML.
pub(crate) fn is_xml(media_type: &str) -> bool {
    let essence = essence(media_type);
    matches!(essence.as_str(), "application/xml" | "text/xml") || essence.ends_with("+xml")
}

/// Whether the content is text without a structure that a client should know.
pub(crate) fn is_text(media_type: &str) -> bool {
    essence(media_type).starts_with("text/") && !is_json(media_type) && !is_xml(media_type)
}

/// Whether `media_type` is a range, which a client cannot send as the type of a body.
pub(crate) fn is_range(media_type: &str) -> bool {
    essence(media_type).contains('*')
}

/// Whether `media_type` is a range of JSON types.
pub(crate) fn is_json_range(media_type: &str) -> bool {
    is_range(media_type) && is_json(media_type)
}

/// Whether `media_type` accepts any content.
pub(crate) fn is_any(media_type: &str) -> bool {
    matches!(essence(media_type).as_str(), "*/*" | "application/*" | "*")
}

/// Whether the content is binary.
pub(crate) fn is_binary(media_type: &str) -> bool {
    let essence = essence(media_type);
    let (kind, subtype) = essence.split_once('/').unwrap_or_default();
    match kind {
        "image" => subtype != "svg+xml",
        "audio" | "video" | "font" => true,
        "application" => {
            matches!(
                subtype,
                "octet-stream"
                    | "pdf"
                    | "zip"
                    | "gzip"
                    | "x-gzip"
                    | "x-tar"
                    | "x-7z-compressed"
                    | "x-bzip2"
                    | "x-rar-compressed"
                    | "vnd.rar"
                    | "wasm"
                    | "msword"
            ) || subtype.starts_with("vnd.openxmlformats-officedocument")
                || subtype.starts_with("vnd.ms-")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_parameters_do_not_matter() {
        for json in [
            "application/json",
            "application/JSON; charset=utf-8",
            "application/merge-patch+json",
            "application/vnd.api+json;version=1",
            "application/json, version=1.0.0",
        ] {
            assert!(is_json(json), "{json}");
            assert!(!is_text(json) && !is_binary(json), "{json}");
        }
        assert!(is_text("text/csv; charset=utf-8") && !is_text("text/xml"));
        assert!(is_xml("image/svg+xml") && is_xml("text/xml"));
        assert!(is_binary("Image/PNG") && is_binary("image/*"));
        assert!(!is_binary("image/svg+xml") && !is_binary("application/x-ndjson"));
        assert!(is_range("*/*") && is_range("image/*") && !is_range("image/png"));
    }
}
