//! Guesses values for a schema. A validator decides which of them are valid.

use serde_json::{Map, Value, json};

use crate::random::LEAF;

/// The source of choices: a generator of random numbers (SplitMix64), so that a value is a
/// function of its schema and one number.
pub(crate) struct Choices(pub(crate) u64);

impl Choices {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % bound as u64).expect("the bound is a usize")
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        (!list.is_empty()).then(|| &list[self.below(list.len())])
    }
}

const TYPES: [&str; 7] = [
    "null", "boolean", "integer", "number", "string", "array", "object",
];

/// Returns a value that `schema` of `document` may accept.
pub(crate) fn guess(
    document: &Value,
    schema: &Value,
    choices: &mut Choices,
    depth: usize,
) -> Value {
    let members = match schema {
        Value::Object(members) if depth > 0 => members,
        // A recursive schema has to end somewhere.
        _ => return anything(choices, depth),
    };
    if let Some(constant) = members.get("const") {
        return constant.clone();
    }
    if let Some(value) = members
        .get("enum")
        .and_then(Value::as_array)
        .and_then(|of| choices.of(of))
    {
        return value.clone();
    }
    if members.get("nullable").is_some() && choices.below(4) == 0 {
        return Value::Null;
    }
    // The values for the references and branches come first, then the values for the other
    // keywords.
    let mut parts = Vec::new();
    if let Some(target) = members
        .get("$ref")
        .and_then(|of| resolve(document, of.as_str()?))
    {
        parts.push(guess(document, target, choices, depth));
    }
    for keyword in ["anyOf", "oneOf"] {
        let branches = members.get(keyword).and_then(Value::as_array);
        if let Some(branch) = branches.and_then(|branches| choices.of(branches)) {
            parts.push(guess(document, branch, choices, depth));
        }
    }
    for conjunct in members
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        parts.push(guess(document, conjunct, choices, depth));
    }
    if let Some(then) = members.get("then").filter(|_| choices.below(2) == 0) {
        parts.push(guess(document, then, choices, depth));
    }
    let named = match members.get("type") {
        Some(Value::String(name)) => Some(name.as_str()),
        Some(Value::Array(names)) => choices.of(names).and_then(Value::as_str),
        _ => None,
    };
    let hinted = if members.contains_key("properties") || members.contains_key("required") {
        Some("object")
    } else if members.contains_key("items") || members.contains_key("prefixItems") {
        Some("array")
    } else {
        None
    };
    if let Some(name) = named.or(hinted) {
        parts.push(of_type(document, name, members, choices, depth));
    }
    let whole = parts.into_iter().reduce(|whole, part| match (whole, part) {
        (Value::Object(mut whole), Value::Object(part)) => {
            for (name, value) in part {
                whole.entry(name).or_insert(value);
            }
            Value::Object(whole)
        }
        (whole, _) => whole,
    });
    whole.unwrap_or_else(|| anything(choices, depth))
}

fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    match reference {
        "#leaf" => document.pointer(LEAF.strip_prefix('#')?),
        reference => document.pointer(reference.strip_prefix('#')?),
    }
}

fn anything(choices: &mut Choices, depth: usize) -> Value {
    let name = choices.of(&TYPES).copied().unwrap_or("null");
    of_type(&Value::Null, name, &Map::new(), choices, depth)
}

fn of_type(
    document: &Value,
    name: &str,
    schema: &Map<String, Value>,
    choices: &mut Choices,
    depth: usize,
) -> Value {
    let number = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    match name {
        "boolean" => (choices.below(2) == 0).into(),
        "integer" | "number" => {
            let least = number("minimum").or_else(|| number("exclusiveMinimum"));
            let most = number("maximum").or_else(|| number("exclusiveMaximum"));
            let base = least
                .or(most)
                .filter(|base| base.abs() < 1e9)
                .unwrap_or_default();
            let around = base.floor() as i64 + choices.below(5) as i64 - 2;
            match choices.below(6) {
                0 if name == "number" => json!(around as f64 + 0.5),
                1 => json!(around as f64),
                _ => around.into(),
            }
        }
        "string" => {
            let texts = ["", "a", "b", "ab", "aab", "abcb", "é", "YQ=="];
            (*choices.of(&texts).expect("the list is not empty")).into()
        }
        "array" => array(document, schema, choices, depth),
        "object" => object(document, schema, choices, depth),
        _ => Value::Null,
    }
}

fn array(
    document: &Value,
    schema: &Map<String, Value>,
    choices: &mut Choices,
    depth: usize,
) -> Value {
    let least = schema
        .get("minItems")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let count = usize::try_from(least).unwrap_or(0) + choices.below(3);
    if depth == 0 {
        return Value::Array(Vec::new());
    }
    let places = schema.get("prefixItems").and_then(Value::as_array);
    let of = |index: usize| {
        places
            .and_then(|places| places.get(index))
            .or_else(|| schema.get("items"))
    };
    (0..count)
        .map(|index| match of(index).or_else(|| schema.get("contains")) {
            Some(of) => guess(document, of, choices, depth - 1),
            None => anything(choices, depth - 1),
        })
        .collect()
}

fn object(
    document: &Value,
    schema: &Map<String, Value>,
    choices: &mut Choices,
    depth: usize,
) -> Value {
    let mut members = Map::new();
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        if required.contains(&name.as_str()) || (depth > 0 && choices.below(2) == 0) {
            let value = guess(document, property, choices, depth.saturating_sub(1));
            members.insert(name.clone(), value);
        }
    }
    let others = schema
        .get("additionalProperties")
        .or_else(|| schema.get("unevaluatedProperties"));
    let other = |choices: &mut Choices| match others {
        Some(schema @ Value::Object(_)) => {
            guess(document, schema, choices, depth.saturating_sub(1))
        }
        _ => anything(choices, depth.saturating_sub(1)),
    };
    for name in required {
        if !members.contains_key(name) {
            members.insert(name.to_owned(), other(choices));
        }
    }
    if depth > 0 && choices.below(3) == 0 {
        let name = choices
            .of(&["a", "ab", "b", "zz"])
            .expect("the list is not empty");
        let value = other(choices);
        members.entry(*name).or_insert(value);
    }
    Value::Object(members)
}
