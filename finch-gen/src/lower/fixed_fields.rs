//! Drops everything that OpenAPI 3.0.3 does not define, and checks the values of the rest.
//!
//! Drops fields that 3.0.3 does not have, and descriptions and examples of a wrong type, with a
//! note. Refuses every other wrong value, as it would change an operation. The tests validate
//! lowered documents with the official schema of OpenAPI 3.0.

mod objects;

use std::collections::HashSet;

use serde_json::{Map, Value};

use self::objects::Need::{Loose, Required};
use self::objects::Shape::{
    Any, Boolean, Count, List, Names, Number, Or, SchemaOrBoolean, Text, Word,
};
use self::objects::{Field, Object, SCHEMA, Shape};
use super::responses::response_at;
use crate::api_model::Operation;
use crate::json::Fields as _;
use crate::load::{Document, kind};
use crate::openapi_version::CORRECT;
use crate::pointer::join;
use crate::problem::{LEAVE_OUT, Problems};
use crate::reachability;
use crate::report::Report;

/// Drops everything from `lowered` that OpenAPI 3.0.3 does not have.
pub(super) fn check(
    lowered: &mut Document,
    operations: &[Operation],
    report: &mut Report,
    problems: &mut Problems,
) {
    let mut root = std::mem::take(&mut lowered.root);
    let mut checker = Checker {
        report,
        found: Vec::new(),
        is_loose: false,
    };
    if let Err(wrong) = checker.object(&mut root, Object::Document, "") {
        checker.found.push(wrong);
    }
    let found = checker.found;
    lowered.root = root;
    for wrong in found {
        let Wrong { at, what, remedy } = wrong.in_document(lowered, operations);
        // Report one problem per part. A problem in a response that is dropped already does not
        // drop the operation around it.
        let part = reachability::part_at(&at);
        let is_known = part.is_some()
            && problems.iter().any(|problem| {
                let response = response_at(&problem.pointer);
                response.is_none_or(|response| lowered.at(&response).is_some())
                    && reachability::part_at(&problem.pointer) == part
            });
        if !is_known {
            problems.push(lowered.problem(at, what, remedy));
        }
    }
}

/// A wrong value.
struct Wrong {
    at: String,
    what: String,
    remedy: &'static str,
}

impl Wrong {
    fn new(at: &str, what: impl Into<String>) -> Self {
        Self {
            at: at.to_owned(),
            what: what.into(),
            remedy: CORRECT,
        }
    }

    /// Translates the pointer of a parameter to the original document. A lowered operation also
    /// has the parameters of its path.
    fn in_document(self, lowered: &Document, operations: &[Operation]) -> Self {
        let parts = operations.iter().find_map(|operation| {
            let all = format!("{}/parameters/", operation.pointer);
            let within = self.at.strip_prefix(&all)?;
            let index = within.split('/').next()?;
            let pointers = &operation.parameter_pointers;
            let own = pointers.get(index.parse::<usize>().ok()?)?;
            Some((operation, own, all.len() + index.len()))
        });
        let Some((operation, own, end)) = parts else {
            return self;
        };
        let (at, rest) = self.at.split_at(end);
        if own.starts_with(&format!("{}/parameters/", operation.pointer)) {
            let at = format!("{own}{rest}");
            return Self { at, ..self };
        }
        let name = lowered.at(at).text("name").unwrap_or_default();
        let what = format!("the parameter {name:?} of its path: {}", self.what);
        let at = operation.pointer.clone();
        Self { at, what, ..self }
    }
}

struct Checker<'a> {
    report: &'a mut Report,
    /// The values that are refused.
    found: Vec<Wrong>,
    /// Whether a wrong value is dropped with the field around it.
    is_loose: bool,
}

impl Checker<'_> {
    fn drop(&mut self, at: &str, what: &str) {
        let what = format!("{what} → dropped");
        self.report.warn("not-3-0", at, what);
    }

    /// Drops the field `name` of `members`, the object at `at`, if it has one. `what` says why.
    fn remove(&mut self, members: &mut Map<String, Value>, name: &str, at: &str, what: &str) {
        if members.shift_remove(name).is_some() {
            self.drop(&join(at, name), what);
        }
    }

    /// Drops all fields of `members`, the object at `at`, except extensions and those that
    /// `is_kept` accepts. `what` says why.
    fn retain(
        &mut self,
        members: &mut Map<String, Value>,
        at: &str,
        what: &str,
        is_kept: impl Fn(&str) -> bool,
    ) {
        members.retain(|name, _| {
            let is_kept = name.starts_with("x-") || is_kept(name);
            if !is_kept {
                self.drop(&join(at, name), what);
            }
            is_kept
        });
    }

    /// Checks the field `name` of `members`, the object at `at`.
    fn field(
        &mut self,
        members: &mut Map<String, Value>,
        (name, shape, need): Field,
        at: &str,
    ) -> Result<(), Wrong> {
        let Some(value) = members.get_mut(name) else {
            return match need {
                Required => Err(Wrong::new(at, format!("`{name}` is missing"))),
                _ => Ok(()),
            };
        };
        let around = self.is_loose;
        self.is_loose |= need == Loose;
        let checked = self.value(value, shape, &join(at, name));
        self.is_loose = around;
        match checked {
            Err(wrong) if need == Loose => {
                members.shift_remove(name);
                self.drop(&wrong.at, &wrong.what);
                Ok(())
            }
            Err(wrong) if !self.is_loose => {
                self.found.push(wrong);
                Ok(())
            }
            checked => checked,
        }
    }

    fn value(&mut self, value: &mut Value, shape: Shape, at: &str) -> Result<(), Wrong> {
        let expected = match shape {
            Any => return Ok(()),
            Text if value.is_string() => return Ok(()),
            Boolean | SchemaOrBoolean if value.is_boolean() => return Ok(()),
            Number if value.is_number() => return Ok(()),
            Count => match count(value) {
                Some(count) => {
                    *value = count.into();
                    return Ok(());
                }
                None => "a whole number that is not negative".to_owned(),
            },
            Word(words) if value.as_str().is_some_and(|of| words.contains(&of)) => return Ok(()),
            Word(words) => format!("one of {}", words.join(", ")),
            List(shape) => match value {
                Value::Array(items) => {
                    let mut places = (0..items.len()).map(|index| format!("{at}/{index}"));
                    items.retain_mut(|item| {
                        let at = places.next();
                        self.is_kept(item, *shape, &at.unwrap_or_default())
                    });
                    return Ok(());
                }
                _ => "a list".to_owned(),
            },
            Names(shape) => match value {
                Value::Object(members) => {
                    let has_extensions = matches!(shape, Shape::Object(Object::PathItem));
                    members.retain(|name, member| {
                        has_extensions && name.starts_with("x-")
                            || self.is_kept(member, *shape, &join(at, name))
                    });
                    return Ok(());
                }
                _ => "a mapping".to_owned(),
            },
            Shape::Object(object) => return self.object(value, object, at),
            Or(object) => match value.get("$ref") {
                Some(Value::String(_)) => return Ok(()),
                Some(_) => "a reference".to_owned(),
                None => return self.object(value, object, at),
            },
            SchemaOrBoolean => return self.value(value, SCHEMA, at),
            Text => "a string".to_owned(),
            Boolean => "a boolean".to_owned(),
            Number => "a number".to_owned(),
        };
        let what = match value {
            Value::String(text) => format!("expected {expected}, found {text:?}"),
            other => format!("expected {expected}, found {}", kind(other)),
        };
        Err(Wrong::new(at, what))
    }

    /// Checks an item of a list or a value of a mapping. Returns whether it is kept.
    fn is_kept(&mut self, value: &mut Value, shape: Shape, at: &str) -> bool {
        match self.value(value, shape, at) {
            Ok(()) => true,
            Err(wrong) if self.is_loose => {
                self.drop(&wrong.at, &wrong.what);
                false
            }
            Err(wrong) => {
                self.found.push(wrong);
                true
            }
        }
    }

    fn object(&mut self, value: &mut Value, object: Object, at: &str) -> Result<(), Wrong> {
        let Value::Object(members) = value else {
            let what = format!("expected a mapping, found {}", kind(value));
            return Err(Wrong::new(at, what));
        };
        if object == Object::Responses {
            return self.responses(members, at);
        }
        let fields = object.fields();
        if object != Object::Discriminator {
            let what = "a field that OpenAPI 3.0.3 does not have";
            let is_known = |name: &str| fields.iter().any(|(of, ..)| *of == name);
            self.retain(members, at, what, is_known);
        }
        for field in fields {
            self.field(members, *field, at)?;
        }
        match object {
            Object::Schema => self.schema(members, at),
            Object::Document => self.distinct(members, "tags", at, "a duplicate item"),
            Object::PathItem | Object::Operation => {
                self.distinct(members, "parameters", at, "a duplicate item");
            }
            Object::MediaType => self.one_example(members, at),
            Object::Header | Object::Parameter => return self.parameter(members, object, at),
            Object::SecurityScheme => return self.security_scheme(members, at),
            Object::Flows => self.flows(members, at),
            Object::Link if members.contains_key("operationId") => {
                let what = "`operationRef` next to `operationId`";
                self.remove(members, "operationRef", at, what);
            }
            _ => {}
        }
        Ok(())
    }

    fn responses(&mut self, members: &mut Map<String, Value>, at: &str) -> Result<(), Wrong> {
        let is_status = |name: &str| {
            let mut digits = name.chars();
            name == "default"
                || name.len() == 3
                    && digits.next().is_some_and(|of| ('1'..='5').contains(&of))
                    && (digits.as_str() == "XX" || digits.all(|of| of.is_ascii_digit()))
        };
        let what = "a response whose key is not a status";
        self.retain(members, at, what, is_status);
        let responses = members.iter_mut();
        for (name, response) in responses.filter(|(name, _)| !name.starts_with("x-")) {
            match self.value(response, Or(Object::Response), &join(at, name)) {
                Err(wrong) if self.is_loose => return Err(wrong),
                Err(wrong) => self.found.push(wrong),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    fn schema(&mut self, members: &mut Map<String, Value>, at: &str) {
        self.distinct(members, "required", at, "a duplicate name");
        for keyword in ["required", "enum"] {
            if members.get(keyword) == Some(&Value::Array(Vec::new())) {
                members.shift_remove(keyword);
            }
        }
        let multiple = members.get("multipleOf").and_then(Value::as_f64);
        if multiple.is_some_and(|of| of <= 0.0) {
            let what = "a `multipleOf` that is not positive";
            self.remove(members, "multipleOf", at, what);
        }
    }

    /// Removes duplicate items from the list `name`. `what` names one.
    fn distinct(&mut self, members: &mut Map<String, Value>, name: &str, at: &str, what: &str) {
        let Some(Value::Array(items)) = members.get_mut(name) else {
            return;
        };
        let mut seen = HashSet::new();
        let before = items.len();
        items.retain(|item| seen.insert(item.clone()));
        if items.len() < before {
            self.drop(&join(at, name), what);
        }
    }

    fn one_example(&mut self, members: &mut Map<String, Value>, at: &str) {
        if members.contains_key("examples") {
            self.remove(members, "example", at, "`example` next to `examples`");
        }
    }

    fn parameter(
        &mut self,
        members: &mut Map<String, Value>,
        object: Object,
        at: &str,
    ) -> Result<(), Wrong> {
        self.one_example(members, at);
        let wrong = |what: &str| Wrong::new(at, what);
        if members.contains_key("schema") {
            self.remove(members, "content", at, "`content` next to `schema`");
        } else {
            match members.field("content").object().map(Map::len) {
                Some(1) => {}
                Some(_) => return Err(wrong("`content` must hold one media type")),
                None => return Err(wrong("neither `schema` nor `content` is present")),
            }
            for keyword in ["style", "explode", "allowReserved", "example", "examples"] {
                let what = "a field that cannot be next to `content`";
                self.remove(members, keyword, at, what);
            }
        }
        if object == Object::Parameter {
            let styles: &[&str] = match members.text("in") {
                Some("path") => {
                    members.insert("required".to_owned(), true.into());
                    &["label", "matrix", "simple"]
                }
                Some("query") => &["deepObject", "form", "pipeDelimited", "spaceDelimited"],
                Some("header") => &["simple"],
                _ => &["form"],
            };
            let style = members.text("style");
            if style.is_some_and(|style| !styles.contains(&style)) {
                return Err(Wrong {
                    remedy: LEAVE_OUT,
                    ..wrong("a parameter with this `style` is not supported")
                });
            }
        }
        Ok(())
    }

    fn security_scheme(&mut self, members: &mut Map<String, Value>, at: &str) -> Result<(), Wrong> {
        let own: &[&str] = match members.text("type") {
            Some("apiKey") => &["name", "in"],
            Some("http") => &["scheme"],
            Some("oauth2") => &["flows"],
            _ => &["openIdConnectUrl"],
        };
        if let Some(missing) = own.iter().find(|name| !members.contains_key(**name)) {
            return Err(Wrong::new(at, format!("`{missing}` is missing")));
        }
        let scheme = members.text("scheme");
        let is_bearer =
            own == ["scheme"] && scheme.is_some_and(|of| of.eq_ignore_ascii_case("bearer"));
        let what = "a field that the scheme does not have";
        self.retain(members, at, what, |name| {
            own.contains(&name)
                || matches!(name, "type" | "description")
                || name == "bearerFormat" && is_bearer
        });
        Ok(())
    }

    fn flows(&mut self, flows: &mut Map<String, Value>, at: &str) {
        flows.retain(|name, flow| {
            let urls: &[&str] = match name.as_str() {
                "implicit" => &["authorizationUrl"],
                "authorizationCode" => &["authorizationUrl", "tokenUrl"],
                "password" | "clientCredentials" => &["tokenUrl"],
                _ => return true,
            };
            let Value::Object(flow) = flow else {
                return true;
            };
            let at = join(at, name);
            if urls.iter().any(|url| !flow.contains_key(*url)) {
                self.drop(&at, "a flow without a URL that it needs");
                return false;
            }
            for url in ["authorizationUrl", "tokenUrl"] {
                if !urls.contains(&url) {
                    self.remove(flow, url, &at, "a URL that the flow does not need");
                }
            }
            true
        });
    }
}

/// Returns `value` as a non-negative whole number: 2 for 2.0.
fn count(value: &Value) -> Option<u64> {
    let float = value.as_f64().filter(|float| float.fract() == 0.0);
    let whole = float.filter(|float| (0.0..2_f64.powi(53)).contains(float));
    value.as_u64().or(whole.map(|float| float as u64))
}
