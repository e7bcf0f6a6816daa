/// Checks `T` with the example at `pointer` of the document as published: it must be
/// decoded, encoded to the same, and decoded to an equal value.
///
/// These are equal, as they are to a client: 15 and 15.0, a property that the example sets
/// to null and one that is not encoded (see [`check_nulls`]), and the two spellings of one
/// moment, address or UUID. A property that the example does not have must not be encoded, not even as null:
/// the schema may not allow it. `unnamed` are the properties
/// that the schema of the example does not name: a type does not keep them, unless it
/// takes everything. Returns the decoded value.
#[allow(dead_code, reason = "a document may have no example")]
fn check_example<T>(pointer: &str, unnamed: &[&str]) -> T
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let document = super::document();
    let example = document
        .pointer(pointer)
        .expect("the generator found it there");
    let value: T = decode(example.clone())
        .unwrap_or_else(|error| panic!("{pointer}: the example cannot be decoded: {error}"));
    let encoded = serde_json::to_value(Exposed(&value))
        .unwrap_or_else(|error| panic!("{pointer}: the example cannot be encoded: {error}"));
    let again: T = serde_json::from_value(encoded.clone())
        .unwrap_or_else(|error| panic!("{pointer}: the encoded value cannot be decoded: {error}"));
    if unnamed.is_empty() {
        assert_eq!(again, value, "{pointer}: it is decoded as another value");
    }
    // Without the unnamed properties, a union may be decoded as another variant.
    let again = serde_json::to_value(Exposed(&again))
        .unwrap_or_else(|error| panic!("{pointer}: the example cannot be encoded again: {error}"));
    assert_eq!(again, encoded, "{pointer}: it is encoded differently the second time");
    let encoded = without(encoded, unnamed);
    let example = without(example.clone(), unnamed);
    if let Some(difference) = difference(&encoded, &example, "") {
        panic!("{pointer}: the encoded example differs: {difference}");
    }
    value
}

/// Checks that `value`, the decoded example at `pointer`, is encoded with the properties `nulls`,
/// which are required or in a map, and null in the example.
#[allow(dead_code, reason = "no example may have such a property")]
fn check_nulls<T: serde::Serialize>(value: &T, pointer: &str, nulls: &[&str]) {
    let encoded = serde_json::to_value(Exposed(value))
        .unwrap_or_else(|error| panic!("{pointer}: the example cannot be encoded: {error}"));
    for null in nulls {
        let found = encoded.pointer(null);
        assert!(found.is_some(), "{pointer}: {null} is missing, but was null");
    }
}

/// Decodes `value` as a `T`. As in the runtime, 15.0 and 1e2 are integers.
#[allow(dead_code, reason = "a document may have no example")]
fn decode<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> serde_json::Result<T> {
    serde_json::from_value(value.clone())
        .or_else(|error| serde_json::from_value(whole(value)).map_err(|_| error))
}

/// Writes integers such as 15.0 and 1e2 as 15 and 100.
#[allow(dead_code, reason = "a document may have no example")]
fn whole(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;

    match value {
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(float) if float.fract() != 0.0 => Value::Number(number),
            Some(float) if (0.0..u64::MAX as f64).contains(&float) => (float as u64).into(),
            Some(float) if (i64::MIN as f64..=0.0).contains(&float) => (float as i64).into(),
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
        let (parent, name) = member.rsplit_once('/').expect("the pointer of a property");
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
            let names = is
                .keys()
                .chain(was.keys().filter(|name| !is.contains_key(*name)));
            names.into_iter().find_map(|name| {
                let at = format!("{at}/{name}");
                match (is.get(name), was.get(name)) {
                    (Some(is), Some(was)) => difference(is, was, &at),
                    (Some(is), None) => Some(format!("{at} is {is}, but was missing")),
                    (None, Some(was)) if !was.is_null() => {
                        Some(format!("{at} is missing, but was {was}"))
                    }
                    (None, _) => None,
                }
            })
        }
        (Value::Array(is), Value::Array(was)) if is.len() == was.len() => {
            let items = is.iter().zip(was).enumerate();
            let mut items = items.map(|(index, (is, was))| (is, was, format!("{at}/{index}")));
            items.find_map(|(is, was, at)| difference(is, was, &at))
        }
        (Value::Number(is), Value::Number(was))
            if (is.is_f64() || was.is_f64()) && is.as_f64() == was.as_f64() =>
        {
            None
        }
        (Value::String(is), Value::String(was)) if is_same(is, was) => None,
        (is, was) => (is != was).then(|| format!("{at} is {is}, but was {was}")),
    }
}

/// Whether two texts are the same UUID, address or moment.
#[allow(dead_code, reason = "a document may have no example")]
fn is_same(is: &str, was: &str) -> bool {
    let is_uuid = is.len() == 36 && is.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let address = |text: &str| text.parse::<std::net::IpAddr>().ok();
    is_uuid && is.eq_ignore_ascii_case(was)
        || address(is).is_some_and(|is| Some(is) == address(was))
        || moment(is).is_some_and(|is| Some(is) == moment(was))
}

/// The seconds since the beginning of 1970, and the digits of their fraction, of a
/// date and a time (RFC 3339).
#[allow(dead_code, reason = "a document may have no example")]
fn moment(text: &str) -> Option<(i64, &str)> {
    fn numbers<const N: usize>(text: &str, mark: char) -> Option<[i64; N]> {
        let numbers: Option<Vec<i64>> = text.split(mark).map(|part| part.parse().ok()).collect();
        numbers?.try_into().ok()
    }

    let (date, time) = text.split_once(['T', 't'])?;
    let (clock, zone) = time.split_at(time.find(['Z', 'z', '+', '-'])?);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let [year, month, day] = numbers(date, '-')?;
    let [hours, minutes, seconds] = numbers(clock, ':')?;
    let offset = match zone.split_at(1) {
        ("+", offset) => numbers(offset, ':').map(|[hours, minutes]| hours * 60 + minutes)?,
        ("-", offset) => numbers(offset, ':').map(|[hours, minutes]| -hours * 60 - minutes)?,
        _ => 0,
    };
    // The year begins in March, so that a leap day is its last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days =
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    let minutes = (days * 24 + hours) * 60 + minutes - offset;
    Some((minutes * 60 + seconds, fraction.trim_end_matches('0')))
}
