//! Lowers the keywords of arrays (Core 10.3.1 and 11.2, Validation 6.4).
//!
//! A tuple (`prefixItems`) becomes an array whose items may match any of its schemas at any
//! position. If the tuple allows no further items, the array gets a maximum length. `contains`
//! becomes a minimum length. `unevaluatedItems` becomes `items` if no other schema applies to the
//! array. Otherwise it is dropped. The report notes each loss.

use serde_json::{Map, Value, json};

use super::{Form, Lowering, source_marks, unions, unread_items};
use crate::json::Fields as _;
use crate::pointer::join;

/// Keywords that apply other schemas to the same value. If a schema has one, lowering cannot
/// know which items and properties are unevaluated.
const IN_PLACE: [&str; 9] = [
    "$ref",
    "$dynamicRef",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "dependentSchemas",
    "contains",
];

/// Makes `items`, which come from the keyword at `from`, the items of the array `form`.
fn set_items(form: &mut Form, items: Form, from: &str) {
    let mut items = items.value();
    if let Value::Object(schema) = &mut items {
        source_marks::set_new_moved(schema, from);
    }
    form.set("items", items);
}

impl Lowering<'_> {
    pub(super) fn array_keywords(
        &mut self,
        schema: &Map<String, Value>,
        is_typed: bool,
        at: &str,
    ) -> Form {
        let mut form = Form::anything();
        form.copy(schema, &["minItems", "maxItems", "uniqueItems"]);
        let rest = match schema.get("items") {
            Some(Value::Array(_)) => {
                let rest = schema.get("additionalItems");
                rest.map(|rest| (rest, "additionalItems"))
            }
            Some(rest) => Some((rest, "items")),
            None => self.unevaluated(schema, "unevaluatedItems", at),
        };
        let members = match (schema.get("prefixItems"), schema.get("items")) {
            (Some(Value::Array(_)), _) => Some("prefixItems"),
            (_, Some(Value::Array(_))) => {
                let what = "list of `items` from older drafts → read as `prefixItems`";
                self.report.info("legacy-items-array", at, what);
                Some("items")
            }
            _ => None,
        };
        match (members, rest) {
            (Some(keyword), rest) => self.tuple(schema, keyword, rest, &mut form, at),
            (None, Some((Value::Bool(false), _))) => {
                form.set("maxItems", 0);
                form.set("items", json!({}));
            }
            (None, Some((rest, keyword))) => {
                let items = self.schema(rest, &join(at, keyword));
                form.exact &= items.exact;
                set_items(&mut form, items, &join(at, keyword));
            }
            // 3.0 requires `items` on an array.
            (None, None) if is_typed => form.set("items", json!({})),
            (None, None) => {}
        }
        self.contains(schema, &mut form, at);
        form
    }

    /// Lowers a tuple. 3.0 has one schema for all items, so each position becomes a case of it.
    /// A shorter array is valid, so this adds no minimum length.
    fn tuple(
        &mut self,
        schema: &Map<String, Value>,
        keyword: &str,
        rest: Option<(&Value, &str)>,
        form: &mut Form,
        at: &str,
    ) {
        let mut cases = self.list(schema, keyword, at);
        let places = cases.len() as u64;
        let is_closed = matches!(rest, Some((Value::Bool(false), _)));
        if is_closed {
            let most = schema.get("maxItems").and_then(Value::as_u64);
            let most = most.map_or(places, |most| most.min(places));
            form.set("maxItems", most);
        } else {
            cases.push(match rest {
                Some((rest, keyword)) => self.schema(rest, &join(at, keyword)),
                None => Form::anything(),
            });
        }
        let all_are_equal = cases.windows(2).all(|pair| {
            let [one, other] = [&pair[0], &pair[1]];
            one.exact == other.exact
                && source_marks::unmarked(&one.schema) == source_marks::unmarked(&other.schema)
        });
        let exact = cases.iter().all(|case| case.exact) && all_are_equal;
        let items = unions::any_of(cases.clone(), &join(at, keyword));
        let is_open = items.is_anything();
        set_items(form, items, &join(at, keyword));
        form.exact &= exact;
        if is_open {
            self.mark_unread(form, keyword, &cases, at);
        }
        if !all_are_equal {
            let items = match is_open {
                true => "every item is accepted",
                false => "one union for all items; positions are not checked",
            };
            let what = format!("a schema for each position → {items}");
            self.report.warn("prefix-items", at, what);
        }
    }

    /// 3.0 cannot require that some item matches, but it can require a minimum number of items.
    fn contains(&mut self, schema: &Map<String, Value>, form: &mut Form, at: &str) {
        let Some(contained) = schema.get("contains") else {
            return;
        };
        let number = |keyword| schema.get(keyword).and_then(Value::as_u64);
        let least = number("minContains").unwrap_or(1);
        if least == 0 && number("maxContains").is_none() {
            return;
        }
        if number("minItems").unwrap_or_default() < least {
            form.set("minItems", least);
        }
        if *contained == Value::Bool(true) {
            if let Some(most) = number("maxContains")
                && number("maxItems").is_none_or(|items| items > most)
            {
                form.set("maxItems", most);
            }
            return;
        }
        form.exact = false;
        // The notes on a schema that is not in the result mean nothing.
        let (report, problems) = (self.report.clone(), self.problems.clone());
        let item = self.schema(contained, &join(at, "contains"));
        (self.report, self.problems) = (report, problems);
        self.mark_unread(form, "contains", &[item], at);
        let what = "`contains` → the minimum number of items; their values are not checked";
        self.report.warn("contains", at, what);
    }

    /// Marks `form` as an array that does not show the schemas `items` of `keyword`.
    fn mark_unread(&mut self, form: &mut Form, keyword: &str, items: &[Form], at: &str) {
        self.has_unread_items |= unread_items::mark(form, keyword, items, at);
    }

    /// Returns the value of `unevaluatedItems` or `unevaluatedProperties` in a schema without the
    /// keyword of 3.0, if it means the same.
    pub(super) fn unevaluated<'v>(
        &mut self,
        schema: &'v Map<String, Value>,
        keyword: &'static str,
        at: &str,
    ) -> Option<(&'v Value, &'static str)> {
        let value = schema.get(keyword)?;
        if !schema.has_any(&IN_PLACE) {
            return Some((value, keyword));
        }
        if *value != Value::Bool(true) {
            let code = match keyword {
                "unevaluatedItems" => "unevaluated-items",
                _ => "unevaluated-properties",
            };
            let what = format!(
                "`{keyword}` next to other schemas → not checked; the values that it excluded are \
                 accepted"
            );
            self.report.warn(code, at, what);
        }
        None
    }
}
