//! Lowers the keywords of strings and of their content (Validation 6.3, 7 and 8).
//!
//! Keeps lengths, the pattern and the `format`. Without a `format`, `contentEncoding: base64`
//! becomes `format: byte`, and a binary `contentMediaType` becomes `format: binary`. The encoding
//! takes precedence: a picture in base64 is text, not bytes. Any other encoding leaves a plain
//! string, which the client does not decode.

use serde_json::{Map, Value};

use super::{Form, Lowering, numbers};
use crate::json::Fields as _;
use crate::media_type::is_binary;

impl Lowering<'_> {
    pub(super) fn string_keywords(&mut self, schema: &Map<String, Value>, at: &str) -> Form {
        let mut form = Form::anything();
        form.copy(schema, &["minLength", "maxLength", "pattern"]);
        let own = schema.text("format");
        let own = own.filter(|format| !numbers::is_numeric(format));
        let media_type = schema.text("contentMediaType");
        let of_content = match (schema.text("contentEncoding"), media_type) {
            (Some("base64"), _) => Some("byte"),
            (Some("binary"), _) => Some("binary"),
            (Some("7bit" | "8bit"), _) => None,
            (Some(encoding), _) => {
                let what = format!("`contentEncoding: {encoding}` → a string; it is not decoded");
                self.report.warn("content-encoding", at, what);
                None
            }
            (None, Some(media_type)) if is_binary(media_type) => Some("binary"),
            (None, _) => None,
        };
        if let (Some(own), Some(of_content)) = (own, of_content)
            && own != of_content
        {
            let what = format!(
                "`format: {own}` next to content of the format `{of_content}` → the format"
            );
            self.report.warn("content-encoding", at, what);
        }
        if let Some(format) = own.or(of_content) {
            form.set("format", format);
        }
        form
    }
}
