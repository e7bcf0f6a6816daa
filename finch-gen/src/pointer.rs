//! Builds and splits JSON pointers (RFC 6901), which state the place in every message and
//! mark.
//!
//! A token is escaped: the path `/pets` is at `/paths/~1pets`. `of_reference` turns
//! `#/components/…` into a pointer, and returns `None` for a reference to another document. Also
//! reads the parameter names in a path template: `{id}` in `/pets/{id}`.

use std::collections::BTreeMap;

use serde_json::Value;

/// Returns `parent` with `token` appended and escaped.
pub(crate) fn join(parent: &str, token: &str) -> String {
    let mut pointer = String::with_capacity(parent.len() + 1 + token.len());
    pointer.push_str(parent);
    push(&mut pointer, token);
    pointer
}

/// Appends `token` to `pointer`, escaped.
pub(crate) fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    let mut rest = token;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'~' | b'/')) {
        pointer.push_str(&rest[..at]);
        pointer.push_str(if rest.as_bytes()[at] == b'~' {
            "~0"
        } else {
            "~1"
        });
        rest = &rest[at + 1..];
    }
    pointer.push_str(rest);
}

/// Returns the last token of `pointer`, unescaped, or `None` for the whole document.
pub(crate) fn last(pointer: &str) -> Option<String> {
    let (_, token) = pointer.rsplit_once('/')?;
    Some(unescape(token))
}

/// Returns the first token of `pointer`, unescaped, or `None` for the whole document.
pub(crate) fn first(pointer: &str) -> Option<String> {
    let token = pointer.strip_prefix('/')?.split('/').next()?;
    Some(unescape(token))
}

/// Returns the pointer of the value that encloses the one at `pointer`.
pub(crate) fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Whether `pointer` is `whole`, or the pointer of a value inside it.
pub(crate) fn is_within(pointer: &str, whole: &str) -> bool {
    let rest = pointer.strip_prefix(whole);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns `pointer` and the pointers of the values around it, up to the root.
pub(crate) fn around(pointer: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(pointer), |&inner| Some(inner.rsplit_once('/')?.0))
}

/// Returns the former pointer of the value at `pointer`. `moved` has the former pointers of the
/// values that moved, by their new pointers.
pub(crate) fn before(moved: &BTreeMap<String, String>, pointer: &str) -> String {
    let nearest = around(pointer).find_map(|around| Some((around, moved.get(around)?)));
    nearest.map_or_else(
        || pointer.to_owned(),
        |(around, from)| format!("{from}{}", &pointer[around.len()..]),
    )
}

/// Returns the value at `pointer` in `root`, like [`Value::pointer`], which copies every token
/// twice to unescape it.
pub(crate) fn find<'a>(root: &'a Value, pointer: &str) -> Option<&'a Value> {
    if pointer.contains('~') {
        return root.pointer(pointer);
    }
    let mut found = root;
    let mut rest = pointer;
    while !rest.is_empty() {
        let token = rest.strip_prefix('/')?;
        let end = token.find('/').unwrap_or(token.len());
        found = match found {
            Value::Object(members) => members.get(&token[..end])?,
            _ => return found.pointer(rest),
        };
        rest = &token[end..];
    }
    Some(found)
}

/// Returns `pointer` if it resolves in `root`, or else its longest prefix that does.
pub(crate) fn nearest(root: &Value, pointer: &str) -> String {
    let nearest = around(pointer).find(|at| root.pointer(at).is_some());
    nearest.unwrap_or_default().to_owned()
}

/// Returns the tokens of `pointer`, or `None` if it is not a JSON pointer.
pub(crate) fn tokens(pointer: &str) -> Option<impl Iterator<Item = String>> {
    let mut tokens = pointer.split('/').map(unescape);
    tokens.next().filter(|before| before.is_empty())?;
    Some(tokens)
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// Returns the pointer of a reference within the document (`#/…`), or `None` for a reference
/// to another document. The fragment of a URL is percent-encoded.
pub(crate) fn of_reference(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    if !fragment.is_empty() && !fragment.starts_with('/') {
        return None;
    }
    if !fragment.contains('%') {
        return Some(fragment.to_owned());
    }
    percent_decode(fragment)
}

/// Returns the names of the parameters in the template `path`.
pub(crate) fn template_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
}

/// Whether the braces in `path` come in pairs, each around a name within one segment.
pub(crate) fn is_template(path: &str) -> bool {
    let mut parts = path.split('{');
    let before = parts.next().unwrap_or_default();
    !before.contains('}')
        && parts.all(|part| {
            let name = part.split_once('}');
            name.is_some_and(|(name, rest)| !name.contains('/') && !rest.contains('}'))
        })
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            let code = tail.get(..2)?;
            let code = std::str::from_utf8(code).ok()?;
            bytes.push(u8::from_str_radix(code, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_escaped_and_unescaped() {
        let pointer = join("/paths", "/auth/~token");
        assert_eq!(pointer, "/paths/~1auth~1~0token");
        assert_eq!(last(&pointer).as_deref(), Some("/auth/~token"));
        assert_eq!(last(""), None);
    }

    #[test]
    fn values_are_found_like_serde_json_finds_them() {
        let root = serde_json::json!({
            "a": {"": [0, {"b": 1}], "~": 2, "/": 3, "0": {"é": 4}}, "": 5, "list": [[6]],
        });
        for pointer in [
            "",
            "/",
            "/a",
            "/a/",
            "/a//0",
            "/a//1/b",
            "/a//01",
            "/a//+1",
            "/a//-",
            "/a//2",
            "/a/~0",
            "/a/~1",
            "/a/0",
            "/a/0/é",
            "/a/0/é/x",
            "/list/0/0",
            "/list/0/0/0",
            "a",
            "a/0",
            "/b",
            "//",
        ] {
            assert_eq!(find(&root, pointer), root.pointer(pointer), "{pointer}");
        }
    }

    #[test]
    fn the_braces_of_a_template_come_in_pairs() {
        for path in ["/a", "/{a}/b", "/{a}-{b}.{c}", "/{}"] {
            assert!(is_template(path), "{path}");
        }
        for path in ["/a}", "/{a", "/{a/b}", "/{{a}}", "/{a{b}}", "/{a}}"] {
            assert!(!is_template(path), "{path}");
        }
    }

    #[test]
    fn references_are_read_as_fragments() {
        assert_eq!(of_reference("#"), Some(String::new()));
        assert_eq!(of_reference("#/a%20b/c"), Some("/a b/c".to_owned()));
        assert_eq!(of_reference("#anchor"), None);
        assert_eq!(of_reference("other.yaml#/a"), None);
        assert_eq!(of_reference("#/a%2"), None);
    }
}
