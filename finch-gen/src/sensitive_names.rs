//! Warns about values whose names suggest credentials or personal data, because a client prints
//! them.
//!
//! The document or its overlay settles each name. `format: password` makes the type a secret.
//! `x-sensitive: true` redacts the value in `Debug` and keeps its type. `x-sensitive: false`
//! declares that the value is neither. The list `x-sensitive-names` at the root adds names.

use std::collections::BTreeMap;

use heck::ToSnakeCase as _;
use serde_json::Value;

use crate::load::Document;
use crate::markdown;
use crate::report::Report;
use crate::walk::{self, At, Kind};

/// The extension that says whether a value is sensitive.
pub(crate) const SENSITIVE: &str = "x-sensitive";

/// The extension of the root that adds names.
const NAMES: &str = "x-sensitive-names";

/// The last words of the names of credentials.
const CREDENTIALS: [&str; 16] = [
    "access_key",
    "api_key",
    "apikey",
    "auth_key",
    "authorization",
    "credential",
    "credentials",
    "encryption_key",
    "jwt",
    "passphrase",
    "passwd",
    "password",
    "private_key",
    "secret",
    "secret_key",
    "token",
];

/// The words before `token` that make it a pagination position.
const POSITIONS: [&str; 6] = [
    "continuation",
    "next",
    "page",
    "pagination",
    "prev",
    "previous",
];

/// Words in the names of personal data.
const PERSONAL: [&str; 19] = [
    "account_number",
    "bank_account",
    "birth_date",
    "birthdate",
    "birthday",
    "card_number",
    "cvc",
    "cvv",
    "date_of_birth",
    "dob",
    "driver_license",
    "drivers_license",
    "iban",
    "national_id",
    "passport_number",
    "routing_number",
    "social_security_number",
    "ssn",
    "tax_id",
];

/// Whether `schema` of the document declares its value sensitive and keeps its type.
pub(crate) fn is_marked(document: &Document, schema: &Value) -> bool {
    let says = |schema: &Value| schema.get(SENSITIVE) == Some(&Value::Bool(true));
    says(schema) || parts(document, schema).any(says)
}

/// Adds a warning for each name of `document` that is not settled.
pub(crate) fn warn(document: &Document, report: &mut Report) {
    let more = document.root.get(NAMES).and_then(Value::as_array);
    let more: Vec<String> = more
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(words)
        .collect();
    let mut found: BTreeMap<(String, &str), Vec<String>> = BTreeMap::new();
    walk::for_each(&document.root, |at, kind, object| {
        let Some((name, schema)) = named(at, kind, object) else {
            return;
        };
        let is_answered = |of: &Value| {
            of.get(SENSITIVE).is_some_and(Value::is_boolean)
                || of.get("format").is_some_and(|format| format == "password")
        };
        let is_open = !is_answered(object)
            && !is_answered(schema)
            && !parts(document, schema).any(is_answered)
            && is_text_or_number(document, schema);
        if let Some(sort) = sort(name, &more).filter(|_| is_open) {
            found
                .entry((words(name), sort))
                .or_default()
                .push(at.pointer());
        }
    });
    for ((name, sort), places) in found {
        let times = match places.len() {
            1 => String::new(),
            count => format!(" in {count} places"),
        };
        let what = format!(
            "{}{times} looks {sort}, and the client prints it → mark it with `format: \
             password`, `{SENSITIVE}: true` or `{SENSITIVE}: false` in the overlay",
            markdown::code(&name)
        );
        report.warn("sensitive-name", &places[0], what);
    }
}

/// The name of the property, parameter or header `object`, and the schema of its value.
fn named<'a>(at: &At<'a>, kind: Kind, object: &'a Value) -> Option<(&'a str, &'a Value)> {
    match (kind, at.parent_name()) {
        (Kind::Schema, Some("properties")) => Some((at.name()?, object)),
        (Kind::Object, Some("headers")) => Some((at.name()?, object.get("schema")?)),
        (Kind::Object, _) => {
            object.get("in")?;
            Some((object.get("name")?.as_str()?, object.get("schema")?))
        }
        _ => None,
    }
}

/// Returns the sensitivity that `name` suggests.
fn sort(name: &str, more: &[String]) -> Option<&'static str> {
    let name = words(name);
    let is_last = |words: &str| {
        name.strip_suffix(words)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    };
    let contains = |words: &str| format!("_{name}_").contains(&format!("_{words}_"));
    let is_position = || {
        let before = name
            .strip_suffix("_token")
            .and_then(|rest| rest.rsplit('_').next());
        before.is_some_and(|word| POSITIONS.contains(&word))
    };
    if CREDENTIALS.into_iter().any(is_last) && !is_position() {
        Some("like a credential")
    } else if PERSONAL.into_iter().any(contains) {
        Some("personal")
    } else if more.iter().any(|words| contains(words)) {
        Some("sensitive")
    } else {
        None
    }
}

/// `name` in lower case, with its words separated by underscores.
fn words(name: &str) -> String {
    name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
        .to_snake_case()
}

/// The schema that `schema` refers to, and its branches.
fn parts<'a>(document: &'a Document, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
    let target = document.follow(schema);
    let lists = ["allOf", "anyOf", "oneOf"].into_iter();
    let branches = lists.filter_map(move |keyword| target?.get(keyword)?.as_array());
    target.into_iter().chain(
        branches
            .flatten()
            .filter_map(|branch| document.follow(branch)),
    )
}

fn is_text_or_number(document: &Document, schema: &Value) -> bool {
    let is = |of: &Value| matches!(of.as_str(), Some("string" | "number" | "integer"));
    parts(document, schema)
        .filter_map(|part| part.get("type"))
        .any(|of| match of {
            Value::Array(types) => types.iter().any(is),
            of => is(of),
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::load::{Text, load};

    #[test]
    fn sensitive_names_are_classified() {
        for (name, expected) in [
            ("access_token", Some("like a credential")),
            ("accessToken", Some("like a credential")),
            ("X-Api-Key", Some("like a credential")),
            ("token", Some("like a credential")),
            ("Authorization", Some("like a credential")),
            ("client_secret", Some("like a credential")),
            ("token_type", None),
            ("tokens_used", None),
            ("secretary", None),
            ("page_token", None),
            ("nextPageToken", None),
            ("next_token", None),
            ("ssn", Some("personal")),
            ("ssn_last_four", Some("personal")),
            ("date-of-birth", Some("personal")),
            ("bankAccountNumber", Some("personal")),
            ("lesson", None),
            ("name", None),
            ("nick_name_at_work", Some("sensitive")),
        ] {
            assert_eq!(sort(name, &["nick_name".to_owned()]), expected, "{name}");
        }
    }

    /// The notes on a document with this schema of a property and this parameter.
    fn notes(ssn: Value, parameter: Value) -> Vec<String> {
        let text = json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"get": {
                "parameters": [parameter],
                "responses": {"200": {"description": "", "headers": {
                    "Api-Key": {"schema": {"type": "string"}},
                }}},
            }}},
            "components": {"schemas": {
                "A": {"type": "object", "properties": {"ssn": ssn.clone()}},
                "B": {"type": "object", "properties": {"ssn": ssn, "Ssn": {"type": "object"}}},
                "Text": {"type": ["string", "null"]},
                "Marked": {"type": "string", "x-sensitive": true},
            }},
        });
        let text = text.to_string();
        let name = "api.json";
        let document = load(&Text { name, text: &text }).unwrap();
        let mut report = Report::default();
        warn(&document, &mut report);
        report.iter().map(|note| note.pointer.clone()).collect()
    }

    #[test]
    fn each_sensitive_name_has_one_warning_until_it_is_marked() {
        let header = "/paths/~1a/get/responses/200/headers/Api-Key";
        let ssn = "/components/schemas/A/properties/ssn";
        let parameter = "/paths/~1a/get/parameters/0";
        let text = json!({"type": "string"});
        let token = json!({"name": "token", "in": "query", "schema": text});
        for asked in [
            text.clone(),
            json!({"type": "integer"}),
            json!({"$ref": "#/components/schemas/Text"}),
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ] {
            assert_eq!(notes(asked, token.clone()), [header, ssn, parameter]);
        }
        for answered in [
            json!({"type": "string", "format": "password"}),
            json!({"type": "string", "x-sensitive": true}),
            json!({"type": "string", "x-sensitive": false}),
            json!({"$ref": "#/components/schemas/Marked"}),
            json!({"type": "boolean"}),
            json!({"type": "array", "items": {"type": "string"}}),
        ] {
            assert_eq!(notes(answered, token.clone()), [header, parameter]);
        }
        let token = json!({"name": "token", "in": "query", "schema": text, "x-sensitive": false});
        assert_eq!(notes(text, token), [header, ssn]);
    }
}
