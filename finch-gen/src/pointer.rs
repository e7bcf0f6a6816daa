//! JSON pointers (RFC 6901): how every message and every mark says where.

/// The pointer of `parent`'s member `token`, escaped.
pub(crate) fn join(parent: &str, token: &str) -> String {
    let mut pointer = String::with_capacity(parent.len() + 1 + token.len());
    pointer.push_str(parent);
    push(&mut pointer, token);
    pointer
}

/// Makes `pointer` that of its member `token`.
pub(crate) fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    if token.contains(['~', '/']) {
        pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(token);
    }
}

/// The last token of `pointer`, unescaped; `None` for the whole document.
pub(crate) fn last(pointer: &str) -> Option<String> {
    let (_, token) = pointer.rsplit_once('/')?;
    Some(token.replace("~1", "/").replace("~0", "~"))
}

/// The pointer that a reference within the document (`#/…`) holds, or `None`
/// where the reference leaves the document. The fragment of a URL is
/// percent-encoded.
pub(crate) fn of_reference(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    if !fragment.is_empty() && !fragment.starts_with('/') {
        return None;
    }
    percent_decode(fragment)
}

/// The names of the parameters in `path`, a template.
pub(crate) fn template_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
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
    fn references_are_read_as_fragments() {
        assert_eq!(of_reference("#"), Some(String::new()));
        assert_eq!(of_reference("#/a%20b/c"), Some("/a b/c".to_owned()));
        assert_eq!(of_reference("#anchor"), None);
        assert_eq!(of_reference("other.yaml#/a"), None);
        assert_eq!(of_reference("#/a%2"), None);
    }
}
