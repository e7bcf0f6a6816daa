//! Prints types and signatures as a person writes them:
//! `:: std :: option :: Option < crate :: Secret >` becomes `Option<Secret>`. Only paths into the
//! standard library and the client are shortened.

use quote::ToTokens;

/// Returns `tokens` as a person writes them, with only the last name of each path into the
/// standard library or the client.
pub(crate) fn printed(tokens: impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let is_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '\'';
    let mut joined = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let after = joined.chars().last();
        let starts_word = word.starts_with(is_of_word);
        // `impl ::std::…`, but `std::…`.
        let is_keyword = ["impl", "dyn", "as", "mut", "where"]
            .iter()
            .any(|keyword| joined.ends_with(keyword));
        let is_apart = is_keyword
            || after.is_some_and(|last| {
                last == ','
                    || starts_word && (is_of_word(last) || last == '>' && joined.ends_with("->"))
            });
        if is_apart || word == "->" || word == "+" || joined.ends_with('+') {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    let is_of_path = |c: char| is_of_word(c) || c == ':';
    replace_words(&joined, is_of_path, |path| {
        let path = path.trim_start_matches("::");
        let first = path.split("::").next().unwrap_or_default();
        let is_known = matches!(first, "std" | "crate");
        let last = path.rsplit("::").next().filter(|_| is_known);
        last.unwrap_or(path)
    })
}

/// Replaces each word of `text`, whose characters `is_of_word` accepts.
pub(crate) fn replace_words<'a>(
    text: &'a str,
    is_of_word: impl Fn(char) -> bool,
    replacement: impl Fn(&'a str) -> &'a str,
) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(&is_of_word) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|c| !is_of_word(c)).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        replaced.push_str(before);
        replaced.push_str(replacement(word));
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}
