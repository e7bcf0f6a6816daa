//! Compares parameters of operations, and headers of responses.
//!
//! Parameters correspond by location and name, path parameters by position, and headers by name in
//! any case. A change of `style`, `explode` or `allowReserved` breaks. Their schemas are then
//! compared. Header parameters called `Accept`, `Content-Type` or `Authorization`, and the response
//! header `Content-Type`, are ignored, because OpenAPI describes them elsewhere.

use std::collections::BTreeMap;

use serde_json::Value;

use super::change_set::Direction;
use super::operations::Operation;
use super::{Comparer, Kind, OTHER, Place, Revision, Severity, from_to};
use crate::pointer;

/// Returns the parameters of `operation` and its path item, by location and name. The key of a
/// path parameter is its position, because its name is not sent.
fn parameters<'a>(
    revision: &'a Revision,
    operation: &Operation<'a>,
) -> BTreeMap<(&'a str, String), Place<'a>> {
    let in_path: Vec<&str> = pointer::template_names(operation.path).collect();
    let mut found = BTreeMap::new();
    for holder in [&operation.item, &operation.place] {
        let own = holder.get("parameters").map(|list| list.items());
        for parameter in own.into_iter().flatten() {
            let Some(parameter) = revision.follow(parameter) else {
                continue;
            };
            let (Some(at), Some(name)) = (parameter.text("in"), parameter.text("name")) else {
                continue;
            };
            let name = match at {
                "path" => match in_path.iter().position(|known| *known == name) {
                    Some(index) => index.to_string(),
                    None => continue,
                },
                "header" => name.to_ascii_lowercase(),
                _ => name.to_owned(),
            };
            // OpenAPI describes these headers elsewhere, and ignores them here.
            let is_ignored = matches!(name.as_str(), "accept" | "content-type" | "authorization");
            if at != "header" || !is_ignored {
                found.insert((at, name), parameter);
            }
        }
    }
    found
}

impl<'a> Comparer<'a> {
    pub(super) fn parameters(
        &mut self,
        before: &Operation<'a>,
        after: &Operation<'a>,
        direction: Direction,
    ) {
        self.role.direction = direction;
        self.role.most = Severity::Breaks;
        let old = parameters(self.old, before);
        let new = parameters(self.new, after);
        self.named(old, new, |(at, _), place| {
            let name = place.text("name").unwrap_or_default();
            format!("{at} parameter `{name}`")
        });
    }

    /// Compares the headers of a response.
    pub(super) fn headers(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let headers = |revision: &'a Revision, of: &Place<'a>| -> BTreeMap<String, Place<'a>> {
            let headers = of.members_of("headers").into_iter();
            let followed = headers.filter_map(|(name, header)| {
                Some((name.to_ascii_lowercase(), revision.follow(header)?))
            });
            followed
                .filter(|(name, _)| name != "content-type")
                .collect()
        };
        let (old, new) = (headers(self.old, old), headers(self.new, new));
        self.named(old, new, |name, _| format!("header `{name}`"));
    }

    /// Compares two sets of parameters or headers. `name` returns the name of one in messages.
    fn named<K: Ord>(
        &mut self,
        mut old: BTreeMap<K, Place<'a>>,
        new: BTreeMap<K, Place<'a>>,
        name: impl Fn(&K, &Place<'a>) -> String,
    ) {
        self.role.is_parameter = true;
        for (key, after) in new {
            let name = name(&key, &after);
            match old.remove(&key) {
                Some(before) => self.parameter(&before, &after, &name),
                None => self.added(&name, after.is("required"), &after.pointer),
            }
        }
        for (key, before) in old {
            let name = name(&key, &before);
            self.removed(&name, before.is("required"), &before.pointer);
        }
        self.role.is_parameter = false;
    }

    fn parameter(&mut self, old: &Place<'a>, new: &Place<'a>, name: &str) {
        self.annotations(Some(old), Some(new));
        self.noted(old, new, &["name"]);
        self.requirement(name, old.is("required"), new.is("required"), &new.pointer);
        for key in ["style", "explode", "allowReserved"] {
            let (before, after) = (written(old, key), written(new, key));
            if before != after {
                let what = format!(
                    "`{key}` of {name}: {}",
                    from_to(before.as_ref(), after.as_ref())
                );
                self.report(OTHER, Kind::Changed, &new.join(key), what);
            }
        }
        match (old.get("schema"), new.get("schema")) {
            (Some(old), Some(new)) => self.schema(old, new),
            (None, None) => self.content(old, new),
            _ => {
                let what = format!("{name} changed between `schema` and `content`");
                self.report(OTHER, Kind::Changed, &new.pointer, what);
            }
        }
    }
}

/// Returns the explicit or default `style` and `explode` of a parameter (OpenAPI 3.1,
/// Parameter Object).
fn written(parameter: &Place<'_>, key: &str) -> Option<Value> {
    let style = parameter
        .text("style")
        .unwrap_or(match parameter.text("in") {
            Some("query" | "cookie") => "form",
            _ => "simple",
        });
    match (key, parameter.value.get(key)) {
        ("style", _) => Some(style.into()),
        (_, Some(explicit)) => Some(explicit.clone()),
        ("explode", None) => Some((style == "form").into()),
        _ => Some(false.into()),
    }
}
