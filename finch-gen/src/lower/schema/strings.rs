//! Strings and their content (Validation 6.3, 7 and 8).
//!
//! `contentEncoding` and `contentMediaType` assert nothing. They become `format: byte` and
//! `format: binary` of 3.0. The encoding takes precedence: a picture in base64 is text, not
//! bytes.

use serde_json::{Map, Value};

use super::{Form, Lowering, numbers};
use crate::media_type::is_binary;

impl Lowering<'_> {
    pub(super) fn string_keywords(&mut self, schema: &Map<String, Value>, at: &str) -> Form {
        let mut form = Form::anything();
        for keyword in ["minLength", "maxLength", "pattern"] {
            if let Some(value) = schema.get(keyword) {
                form.schema.insert(keyword.to_owned(), value.clone());
            }
        }
        let text = |keyword| schema.get(keyword).and_then(Value::as_str);
        let own = text("format").filter(|format| !numbers::is_numeric(format));
        let of_content = match (text("contentEncoding"), text("contentMediaType")) {
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
                "`format: {own}` next to content of the format `{of_content}` → the \
                         format"
            );
            self.report.warn("content-encoding", at, what);
        }
        if let Some(format) = own.or(of_content) {
            form.schema.insert("format".to_owned(), format.into());
        }
        form
    }
}
