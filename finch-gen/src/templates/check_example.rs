/// Holds `T` against the example at `pointer` of the document as published: it
/// must be decoded, and encoded again to the same.
///
/// What a client does not tell apart is the same here: 15 and 15.0, and a
/// member that is null and one that is not there. `unnamed` are the members that
/// the schema of the example does not name: a type has no place for them, unless
/// it takes everything.
#[allow(dead_code, reason = "a document may have no example")]
fn check_example<T: serde::Serialize + serde::de::DeserializeOwned>(
    pointer: &str,
    unnamed: &[&str],
) {
    let document = super::document();
    let example = document
        .pointer(pointer)
        .expect("the generator found it there");
    let value: T = serde_json::from_value(whole(example.clone()))
        .unwrap_or_else(|error| panic!("{pointer}: the example cannot be decoded: {error}"));
    let encoded = serde_json::to_value(&value)
        .unwrap_or_else(|error| panic!("{pointer}: the example cannot be encoded: {error}"));
    let encoded = without(encoded, unnamed);
    let example = without(example.clone(), unnamed);
    if let Some(difference) = difference(&encoded, &example, "") {
        panic!("{pointer}: the example is not encoded as it was: {difference}");
    }
}

/// `value` with the integers that are written as 15.0 written as 15: the runtime
/// reads both.
#[allow(dead_code, reason = "a document may have no example")]
fn whole(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;

    match value {
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(float) if float.fract() == 0.0 && float.abs() < 1e15 => (float as i64).into(),
            _ => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, member)| (name, whole(member)))
            .collect(),
        other => other,
    }
}

/// `value` without the members at these pointers.
#[allow(dead_code, reason = "a document may have no example")]
fn without(mut value: serde_json::Value, members: &[&str]) -> serde_json::Value {
    for member in members {
        let (parent, name) = member.rsplit_once('/').expect("a pointer of a member");
        if let Some(serde_json::Value::Object(parent)) = value.pointer_mut(parent) {
            parent.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
    }
    value
}

/// Where `is` first differs from `was`.
#[allow(dead_code, reason = "a document may have no example")]
fn difference(is: &serde_json::Value, was: &serde_json::Value, at: &str) -> Option<String> {
    use serde_json::Value;

    match (is, was) {
        (Value::Object(is), Value::Object(was)) => {
            let names = is.keys().chain(was.keys().filter(|name| !is.contains_key(*name)));
            names.into_iter().find_map(|name| {
                let null = Value::Null;
                let member = |of: &serde_json::Map<String, Value>| of.get(name).cloned();
                let is = member(is).unwrap_or(null.clone());
                let was = member(was).unwrap_or(null);
                difference(&is, &was, &format!("{at}/{name}"))
            })
        }
        (Value::Array(is), Value::Array(was)) if is.len() == was.len() => {
            let items = is.iter().zip(was).enumerate();
            let mut items = items.map(|(index, (is, was))| (is, was, format!("{at}/{index}")));
            items.find_map(|(is, was, at)| difference(is, was, &at))
        }
        (Value::Number(is), Value::Number(was)) if is.as_f64() == was.as_f64() => None,
        (is, was) => (is != was).then(|| format!("{at} is {is}, but was {was}")),
    }
}
