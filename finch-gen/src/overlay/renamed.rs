//! renamed: suggests a new target for an overlay action that matches nothing.
//!
//! For `$.paths['/pet'].get`, finds the first key that does not exist, `/pet`, and suggests the most
//! similar key beside it that has the rest of the target, `.get`. The two keys must be similar,
//! unless only one key has the rest. Suggests nothing if no key has the rest, or if the target
//! has a wildcard or a filter.

use std::ops::Range;

use heck::ToSnakeCase as _;
use serde_json::Value;

/// The maximum length of a suggested name, in bytes.
const LONGEST: usize = 200;

/// A key of a target, and its range in the text of the target.
struct Segment {
    key: String,
    text: Range<usize>,
}

/// Returns a target that matches in `root` and differs from `target` in one key, if the
/// publisher probably renamed that key.
pub(super) fn suggest(target: &str, root: &Value) -> Option<String> {
    let segments = parse(target)?;
    let mut parent = root;
    for (index, segment) in segments.iter().enumerate() {
        if let Some(value) = get(parent, &segment.key) {
            parent = value;
            continue;
        }
        let rest = &segments[index + 1..];
        let has_rest = |value: &Value| {
            let mut rest = rest.iter();
            rest.try_fold(value, |value, segment| get(value, &segment.key))
                .is_some()
        };
        let siblings = parent.as_object()?.iter();
        let siblings = siblings.filter(|(key, value)| key.len() <= LONGEST && has_rest(value));
        let mut candidates: Vec<(f64, &String)> = siblings
            .map(|(key, _)| (similarity(key, &segment.key), key))
            .collect();
        candidates.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        // If a rest matches, less similarity is enough.
        let (least, is_certain) = match rest {
            [] => (0.6, false),
            _ => (0.4, candidates.len() == 1),
        };
        let (likeness, key) = candidates.first()?;
        if *likeness < least && !is_certain {
            return None;
        }
        let Range { start, end } = segment.text;
        let key = written(key, target[start..].starts_with('.'));
        return Some(format!("{}{key}{}", &target[..start], &target[end..]));
    }
    None
}

fn get<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members.get(key),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// Parses a target of names and indices only: `$.paths['/a'].post.tags[0]`.
fn parse(target: &str) -> Option<Vec<Segment>> {
    let mut at = target.find('$')? + 1;
    let mut segments = Vec::new();
    while at < target.len() {
        let rest = &target[at..];
        let (key, length) = if let Some(name) = rest.strip_prefix('.') {
            let is_end = |c: char| !(is_of_name(c) || c.is_ascii_digit());
            let name = &name[..name.find(is_end).unwrap_or(name.len())];
            (name.to_owned(), 1 + name.len())
        } else {
            let inner = rest.strip_prefix('[')?;
            match inner.chars().next()? {
                quote @ ('"' | '\'') => {
                    let name = &inner[1..inner[1..].find(quote)? + 1];
                    let length = 1 + name.len() + 2 + 1;
                    (name.to_owned(), length)
                }
                _ => {
                    let index = &inner[..inner.find(']')?];
                    index.parse::<usize>().ok()?;
                    (index.to_owned(), index.len() + 2)
                }
            }
        };
        // Wildcards, filters, escapes and descendant segments are not supported.
        let text = at..at + length;
        let is_whole = match rest.starts_with('[') {
            true => target.get(text.clone())?.ends_with(']'),
            false => true,
        };
        if key.is_empty() || key.contains('\\') || !is_whole {
            return None;
        }
        segments.push(Segment { key, text });
        at += length;
    }
    Some(segments)
}

/// Whether `c` may begin a name after a dot (RFC 9535, 2.5.1.1).
fn is_of_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

/// Returns `key` as a segment of a target, after a dot if `is_short` and the key allows it.
fn written(key: &str, is_short: bool) -> String {
    let is_name =
        key.starts_with(is_of_name) && key.chars().all(|c| is_of_name(c) || c.is_ascii_digit());
    if is_short && is_name {
        return format!(".{key}");
    }
    let key = key.replace('\\', r"\\").replace('\'', r"\'");
    format!("['{key}']")
}

/// Returns the similarity of two names from 0 to 1: the share of words, or of pairs of
/// letters, that they have in common.
fn similarity(one: &str, other: &str) -> f64 {
    let [one, other] = [one, other].map(|name| name.to_snake_case());
    let words = |name: &str| name.split('_').map(str::to_owned).collect();
    let pairs = |name: &str| {
        let letters: Vec<char> = name.chars().filter(|c| *c != '_').collect();
        letters
            .windows(2)
            .map(|pair| pair.iter().collect())
            .collect()
    };
    let by_words = dice(words(&one), words(&other));
    by_words.max(dice(pairs(&one), pairs(&other)))
}

/// The Sørensen–Dice coefficient.
fn dice(mut one: Vec<String>, mut other: Vec<String>) -> f64 {
    let total = one.len() + other.len();
    one.sort_unstable();
    other.sort_unstable();
    let mut other = other.into_iter().peekable();
    let common = one.iter().filter(|part| {
        while other.next_if(|other| other < *part).is_some() {}
        other.next_if_eq(*part).is_some()
    });
    2.0 * common.count() as f64 / total.max(1) as f64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_renamed_target_is_suggested() {
        let root = json!({
            "paths": {
                "/oauth/token": {"put": {"requestBody": {}, "tags": ["a", {}]}},
                "/other": {"get": {}},
            },
            "components": {"schemas": {
                "TokenRequest": {"properties": {"client_secret": {}, "authorization_code": {}}},
                "TokenResponse": {"properties": {"access_token": {}}},
                "it's": {"properties": {"only": {}}},
                "Pet": {},
            }},
        });
        for (target, expected) in [
            // A schema, by its properties or by its name.
            (
                "$.components.schemas.CreateAccessTokenRequest.properties.client_secret",
                Some("$.components.schemas.TokenRequest.properties.client_secret"),
            ),
            (
                "$.components.schemas['Else'].properties.access_token",
                Some("$.components.schemas['TokenResponse'].properties.access_token"),
            ),
            (
                "$.components.schemas.Its.properties.only",
                Some(r"$.components.schemas['it\'s'].properties.only"),
            ),
            (
                "$.components.schemas.Pets",
                Some("$.components.schemas.Pet"),
            ),
            ("$.components.schemas.Owner", None),
            (
                "$.components.schemas.TheToken_Request",
                Some("$.components.schemas.TokenRequest"),
            ),
            // A property, a path, a method.
            (
                "$.components.schemas.TokenRequest.properties.code",
                Some("$.components.schemas.TokenRequest.properties.authorization_code"),
            ),
            (
                "$.components.schemas.TokenRequest.properties[\"clientSecret\"]",
                Some("$.components.schemas.TokenRequest.properties['client_secret']"),
            ),
            (
                "$.paths['/auth/token'].put.tags[1]",
                Some("$.paths['/oauth/token'].put.tags[1]"),
            ),
            (
                "$.paths['/oauth/token'].post.requestBody",
                Some("$.paths['/oauth/token'].put.requestBody"),
            ),
            // Neither two renamed keys nor an unnamed segment are supported.
            ("$.paths['/auth/token'].post.requestBody", None),
            ("$.components.schemas.Other.properties.none", None),
            ("$.components.schemas.*.properties.client_secrets", None),
            ("$..client_secrets", None),
            ("$.components.schemas[?@.a].properties", None),
            ("$.paths['/a\\'b'].put", None),
            ("$.paths['/a", None),
            ("$.", None),
            ("", None),
            ("$", None),
        ] {
            assert_eq!(suggest(target, &root).as_deref(), expected, "{target}");
        }
    }
}
