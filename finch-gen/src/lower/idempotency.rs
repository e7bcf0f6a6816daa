//! Decides which operations may be retried.
//!
//! HTTP allows it for GET, HEAD, PUT, DELETE, OPTIONS and TRACE (RFC 9110, 9.2.2). OpenAPI has no
//! keyword for a POST that only reads, or that the server deduplicates by a key. An extension marks
//! such operations: `x-idempotent`, or with a vendor prefix `x-vendor-idempotent`. The extension
//! overrides the method. A value that is not a boolean is refused.

use serde_json::Value;

use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer;
use crate::problem::Problem;

/// The methods that are idempotent, as a path item names them.
const METHODS: [&str; 6] = ["get", "head", "put", "delete", "options", "trace"];

/// Whether the operation at `at` may be retried.
pub(super) fn is_idempotent(
    document: &Document,
    method: &str,
    operation: &Value,
    at: &str,
) -> Result<bool, Problem> {
    let mut extensions = operation.fields().filter(|(name, _)| is_extension(name));
    match extensions.next() {
        None => Ok(METHODS.contains(&method)),
        Some((_, Value::Bool(idempotent))) => Ok(*idempotent),
        Some((name, _)) => Err(document.problem(
            pointer::join(at, name),
            format!("`{name}` is neither true nor false"),
            "write `true` or `false`",
        )),
    }
}

/// `x-idempotent`, `x-vendor-idempotent`
fn is_extension(name: &str) -> bool {
    let rest = name.strip_prefix("x-");
    let vendor = rest.and_then(|rest| rest.strip_suffix("idempotent"));
    vendor.is_some_and(|vendor| vendor.is_empty() || vendor.len() > 1 && vendor.ends_with('-'))
}
