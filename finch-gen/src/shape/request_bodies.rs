//! Presents every request body to progenitor as required JSON.
//!
//! progenitor only sends JSON, flat forms and byte streams, and always requires the body. So a body
//! that can be sent becomes JSON for progenitor, and the operation keeps its encoding: JSON, a
//! form, multipart, text, bytes, or a file. A body that cannot be sent stays unchanged, such as XML
//! with properties, and preflight refuses it. An optional body that may be null loses null: one way
//! to send nothing is enough.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::is_only_null;
use super::parameters;
use crate::api_model::{ApiModel, Operation};
use crate::json::Fields as _;
use crate::limits;
use crate::load::Document;
use crate::media_type::{
    is_binary, is_form, is_json, is_json_range, is_multipart_form, is_range, is_text,
};
use crate::pointer;
use crate::reachability::used_outside_multipart;
use crate::report::Report;
use crate::wire_format::{Encoding, Parameter, Part, PartEncoding, RequestBody};

/// The format of a string that the client represents as bytes.
pub(crate) const BYTES: &str = "bytes\u{E000}";

/// The format of a string that the client represents as a file.
pub(crate) const FILE: &str = "file\u{E000}";

/// The maximum number of schemas to visit in one form. Copies of a component with files could
/// double with each level.
const STEPS: usize = 20_000;

/// The maximum number of schemas to visit in the forms of a document of 3 MB.
const ALL_STEPS: usize = 1_000_000;

/// Makes each body that can be sent JSON.
pub(super) fn write_as_json(document: &mut Document, model: &mut ApiModel, report: &mut Report) {
    let shared = used_outside_multipart(document);
    let mut left = limits::scale(document, ALL_STEPS);
    for operation in &mut model.operations {
        operation.request_body = of_operation(document, operation, &shared, &mut left, report);
    }
}

/// Removes null from optional bodies: one way to send nothing is enough.
pub(super) fn drop_null_of_optional_bodies(
    document: &mut Document,
    model: &ApiModel,
    report: &mut Report,
) {
    for operation in &model.operations {
        let body = operation.request_body.as_ref();
        if body.is_none_or(|body| body.is_required) {
            continue;
        }
        let at = format!("{}/requestBody", operation.pointer);
        let schema = format!("{at}/content/application~1json/schema");
        let Some(Value::Object(schema)) = document.at_mut(&schema) else {
            continue;
        };
        let branches = schema.get_mut("anyOf").and_then(Value::as_array_mut);
        let was_null = match branches {
            Some(branches) => {
                let all = branches.len();
                branches.retain(|branch| !is_only_null(branch));
                branches.len() < all
            }
            None => schema.shift_remove("nullable").is_some(),
        };
        if was_null {
            let what = "optional body that may be null → omitted instead of null";
            report.info("null-body", &at, what);
        }
    }
}

fn of_operation(
    document: &mut Document,
    operation: &Operation,
    shared: &BTreeSet<String>,
    left: &mut usize,
    report: &mut Report,
) -> Option<RequestBody> {
    let at = format!("{}/requestBody", operation.pointer);
    let body = document.follow(document.at(&at)?)?.clone();
    let content = body.field("content").object()?;
    // An earlier pass has chosen one media type.
    let (name, media_type) = content.iter().next().filter(|_| content.len() == 1)?;
    let from = pointer::join(&format!("{at}/content"), name);
    let mut media_type = media_type.as_object()?.clone();
    let encodings = media_type.shift_remove("encoding");
    let encodings = Encodings {
        of_members: match encodings {
            Some(Value::Object(of_members)) => of_members,
            _ => Map::new(),
        },
        at: format!("{from}/encoding"),
    };
    let schema = media_type.entry("schema").or_insert_with(|| json!({}));
    let encoding = if is_json(name) {
        Encoding::Json
    } else if is_form(name) && is_object(document, schema) {
        Encoding::Form(encodings.members(document, schema, report))
    } else if is_multipart_form(name) {
        is_object(document, schema).then_some(())?;
        let most = STEPS.min(*left);
        let mut files = Files::new(document, schema, shared, most);
        let deepest = files.take(document, schema, 0);
        *left -= most - files.left;
        (files.left > 0).then_some(())?;
        if deepest > Some(1) {
            let what = "files in an object of a form → parts named `name[property]`";
            report.warn("nested-files", &from, what);
        }
        if files.is_cut {
            let what = "files in a schema that contains itself, and that JSON also contains → sent \
                        as text inside itself";
            report.warn("nested-files", &from, what);
        }
        Encoding::Multipart {
            parts: encodings.parts(document, schema, report),
            has_files: deepest.is_some(),
        }
    } else {
        let (format, encoding) = raw(document, name, schema)?;
        *schema = match format {
            Some(format) => json!({"type": "string", "format": format}),
            None => json!({"type": "string"}),
        };
        encoding
    };
    let sent_as = match &encoding {
        Encoding::Json if is_json_range(name) => "application/json",
        _ => name,
    };
    if sent_as != name {
        let what = format!("a range of media types → the body is sent as {sent_as}");
        report.info("media-range", &from, what);
    }
    let shaped = json!({"required": true, "content": {"application/json": media_type}});
    let request = RequestBody {
        is_required: body.is_true("required"),
        media_type: sent_as.to_owned(),
        encoding,
    };
    document.at_mut(&at).map(|body| *body = shaped)?;
    Some(request)
}

/// Returns the format and the encoding of a body that is neither JSON nor a form. Returns `None` if
/// its schema has a structure and the syntax of its media type is unknown.
fn raw(
    document: &Document,
    media_type: &str,
    schema: &Value,
) -> Option<(Option<&'static str>, Encoding)> {
    let schema = document.follow(schema).unwrap_or(schema);
    let says_nothing = !schema.has_any(&["type", "allOf", "anyOf", "oneOf", "properties"]);
    let is_bytes = match (schema.text("type"), schema.text("format")) {
        (Some("string"), Some("binary")) => true,
        (Some("string"), Some(_)) => false,
        _ => is_binary(media_type) || is_range(media_type) || says_nothing,
    };
    if !is_bytes && !is_text(media_type) && !schema.is_type("string") {
        return None;
    }
    Some(match (is_range(media_type), is_bytes) {
        (true, _) => (Some(FILE), Encoding::File),
        (false, true) => (Some(BYTES), Encoding::Raw),
        (false, false) => (None, Encoding::Raw),
    })
}

/// Whether `schema` may describe an object. Only an object names the fields of a form.
fn is_object(document: &Document, schema: &Value) -> bool {
    let schema = document.follow(schema).unwrap_or(schema);
    schema.get("type").is_none_or(|of| of == "object")
}

/// The Encoding Objects of a body.
struct Encodings {
    of_members: Map<String, Value>,
    at: String,
}

impl Encodings {
    /// Returns the properties of a form that have an Encoding Object.
    fn members(&self, document: &Document, form: &Value, report: &mut Report) -> Vec<Parameter> {
        let mut members = Vec::new();
        for (name, encoding) in &self.of_members {
            let at = pointer::join(&self.at, name);
            if let Some(parameter) = parameters::of_encoding(document, form, name, encoding) {
                members.push(parameter);
            } else if encoding.has("style") {
                let what = "`style` that cannot write the property of a form → the default style";
                report.warn("form-style", &at, what);
            } else if encoding.has("contentType") {
                let what = "media type of a property of a form → the default for its value";
                report.warn("form-content-type", &at, what);
            }
        }
        members
    }

    /// Returns the parts that have an Encoding Object.
    fn parts(&self, document: &Document, form: &Value, report: &mut Report) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for (name, described) in &self.of_members {
            let style = parameters::of_encoding(document, form, name, described);
            let media_type = || described.text("contentType").map(str::to_owned);
            let encoding = style.map(PartEncoding::Style);
            let encoding = encoding.or_else(|| media_type().map(PartEncoding::MediaType));
            if let Some(encoding) = encoding {
                let name = name.clone();
                parts.push(Part { name, encoding });
            }
            if described.has("headers") {
                let at = pointer::join(&self.at, name);
                let what = "headers of a part → not sent";
                report.warn("part-headers", &at, what);
            }
        }
        parts
    }
}

/// Turns the binary strings of a form into files.
struct Files<'a> {
    /// The references that lead to binary strings.
    holders: BTreeSet<String>,
    /// The pointers of the components that JSON also contains.
    shared: &'a BTreeSet<String>,
    /// The pointers of the components that now contain files, each with the depth of its deepest file.
    taken: BTreeMap<String, usize>,
    /// The pointers of the targets that are being followed.
    seen: Vec<String>,
    /// Whether a schema that JSON also contains refers to itself, and so keeps its strings there.
    is_cut: bool,
    /// How many schemas may still be visited.
    left: usize,
}

impl<'a> Files<'a> {
    fn new(document: &Document, form: &Value, shared: &'a BTreeSet<String>, left: usize) -> Self {
        Self {
            holders: file_holders(document, form),
            shared,
            taken: BTreeMap::new(),
            seen: Vec::new(),
            is_cut: false,
            left,
        }
    }

    /// Turns the binary strings within `schema` into files. `schema` is within `depth` objects of
    /// a form. Returns the depth of the deepest file, if there is one.
    ///
    /// A string or an array replaces the reference to it. So does any other component that
    /// contains files, if a body other than a multipart form refers to it: JSON cannot contain
    /// files.
    fn take(&mut self, document: &mut Document, schema: &mut Value, depth: usize) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        if let Some(reference) = schema.text("$ref") {
            let (at, target) = document.resolve(reference)?;
            if let Some(within) = self.taken.get(&at) {
                return Some(depth + within);
            }
            if !self.holders.contains(reference) {
                return None;
            }
            if self.seen.contains(&at) {
                self.is_cut |= self.shared.contains(&at);
                return Some(depth + 1);
            }
            let mut with_files = target.clone();
            self.seen.push(at.clone());
            let deepest = self.take(document, &mut with_files, depth);
            self.seen.pop();
            let deepest = deepest?;
            let is_named = !matches!(with_files.text("type"), Some("string" | "array"))
                && !self.shared.contains(&at);
            match document.at_mut(&at) {
                Some(target) if is_named => {
                    *target = with_files;
                    self.taken.insert(at, deepest - depth);
                }
                _ => *schema = with_files,
            }
            return Some(deepest);
        }
        if is_file(schema) {
            schema["format"] = FILE.into();
            return Some(depth);
        }
        let mut deepest = None;
        for (keyword, within) in schema.as_object_mut()? {
            let (depth, schemas): (usize, Vec<&mut Value>) = match (keyword.as_str(), within) {
                ("properties", Value::Object(of)) => (depth + 1, of.values_mut().collect()),
                ("additionalProperties", of) => (depth + 1, vec![of]),
                ("items", of) => (depth, vec![of]),
                ("allOf" | "anyOf" | "oneOf", Value::Array(of)) => (depth, of.iter_mut().collect()),
                _ => continue,
            };
            for schema in schemas {
                deepest = deepest.max(self.take(document, schema, depth));
            }
        }
        deepest
    }
}

/// Whether `schema` is a binary string. Another body may have turned it into a file already.
fn is_file(schema: &Value) -> bool {
    schema.is_type("string") && matches!(schema.text("format"), Some("binary" | FILE))
}

/// Returns the references within `form` that lead to binary strings.
fn file_holders(document: &Document, form: &Value) -> BTreeSet<String> {
    let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut found = Vec::new();
    let mut next = vec![(None, form)];
    while let Some((owner, schema)) = next.pop() {
        if let Some(reference) = schema.text("$ref") {
            let is_new = !users.contains_key(reference);
            users.entry(reference).or_default().extend(owner);
            let target = document.resolve(reference).filter(|_| is_new);
            next.extend(target.map(|(_, target)| (Some(reference), target)));
            continue;
        }
        found.extend(owner.filter(|_| is_file(schema)));
        let parts = schema.field("properties").fields().map(|(_, of)| of);
        let parts = parts.chain(
            ["additionalProperties", "items"]
                .iter()
                .filter_map(|of| schema.get(of)),
        );
        let parts = parts.chain(
            ["allOf", "anyOf", "oneOf"]
                .iter()
                .flat_map(|of| schema.list(of)),
        );
        next.extend(parts.map(|part| (owner, part)));
    }
    let mut holders = BTreeSet::new();
    while let Some(holder) = found.pop() {
        if holders.insert(holder.to_owned()) {
            found.extend(&users[holder]);
        }
    }
    holders
}
