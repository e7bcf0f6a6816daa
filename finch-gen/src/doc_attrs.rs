//! Reads and writes documentation attributes: `#[doc = "…"]`.
//!
//! Joins the attributes of an item into one text, and writes a text as one attribute, with a space
//! before each line and without space around the text. A character that changes the direction of
//! text is escaped, because the compiler refuses it.

use proc_macro2::{Literal, Span};
use syn::{AttrStyle, Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, MetaNameValue};

use crate::visible::escape;

/// Returns the documentation in `attributes` as one string.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    let mut texts = attributes.iter().filter_map(literal).map(LitStr::value);
    let mut text = texts.next().unwrap_or_default();
    for next in texts {
        text.push('\n');
        text.push_str(&next);
    }
    text
}

/// Returns `text`, the documentation of an item, as rustdoc reads it: without the indentation
/// that all its lines share.
pub(crate) fn unindented(text: &str) -> String {
    let is_indent = |c: &char| *c == ' ' || *c == '\t';
    let is_blank = |line: &&str| line.chars().all(char::is_whitespace);
    let written = text.lines().filter(|line| !is_blank(line));
    let indents = written.map(|line| line.chars().take_while(is_indent).count());
    let indent = indents.min().unwrap_or_default();
    let lines = text.lines().map(|line| match is_blank(&line) {
        true => line,
        false => &line[indent..],
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether `attributes` contain no documentation.
pub(crate) fn is_none(attributes: &[Attribute]) -> bool {
    !attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("doc"))
}

/// Returns the text of `attribute`, if it is documentation.
pub(crate) fn literal(attribute: &Attribute) -> Option<&LitStr> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// Works as [`literal`], but returns a mutable reference.
pub(crate) fn literal_mut(attribute: &mut Attribute) -> Option<&mut LitStr> {
    match &mut attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &mut meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// Replaces the documentation in `attributes` with `text`.
pub(crate) fn set(attributes: &mut Vec<Attribute>, text: &str) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    if !text.is_empty() {
        attributes.insert(0, attribute(text));
    }
}

/// Returns `text` as one documentation attribute. The attribute is built and not parsed,
/// because a client has more lines of documentation than of code.
pub(crate) fn attribute(text: &str) -> Attribute {
    let lines = text.trim().lines().flat_map(|line| line.split('\r'));
    let mut text = String::with_capacity(text.len() + 16);
    for (index, line) in lines.enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let line = line.trim_end();
        if !line.is_empty() {
            text.push(' ');
            match line.is_ascii() {
                true => text.push_str(line),
                false => text.push_str(&escape(line, hides)),
            }
        }
    }
    doc_attr(Lit::new(raw(&text)))
}

/// Returns the literal `text` as a documentation attribute.
pub(crate) fn doc_attr(text: Lit) -> Attribute {
    Attribute {
        pound_token: Default::default(),
        style: AttrStyle::Outer,
        bracket_token: Default::default(),
        meta: Meta::NameValue(MetaNameValue {
            path: Ident::new("doc", Span::call_site()).into(),
            eq_token: Default::default(),
            value: Expr::Lit(ExprLit {
                attrs: Vec::new(),
                lit: text,
            }),
        }),
    }
}

/// Returns `text` as a raw literal: escaping and unescaping each character takes several times
/// as long.
pub(crate) fn raw(text: &str) -> Literal {
    let after_quotes = text.split('"').skip(1);
    let longest = after_quotes.map(|rest| rest.bytes().take_while(|byte| *byte == b'#').count());
    let hashes = "#".repeat(longest.max().map_or(1, |longest| longest + 1));
    // A raw literal has a limit on its hashes; text that needs more is escaped.
    let raw = format!("r{hashes}\"{text}\"{hashes}").parse();
    raw.unwrap_or_else(|_| Literal::string(text))
}

/// Whether `c` changes the direction of the characters around it. The compiler refuses such a
/// character, because it can disguise code.
pub(crate) fn hides(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_the_compiler_refuses_are_escaped() {
        let mut attributes = Vec::new();
        set(&mut attributes, "a\u{202e}b\r\nc\rd");
        assert_eq!(text(&attributes), " a\\u{202e}b\n c\n d");
    }

    #[test]
    fn text_is_read_back_unchanged() {
        for expected in [
            "",
            " a",
            " \"a\"# and \"##\n\n b\\n\n c",
            " \0 \u{1} \u{feff}é\u{1f980}",
            &format!(" \"{} b", "#".repeat(100_000)),
        ] {
            let mut attributes = vec![attribute("old")];
            let plain: Vec<&str> = expected.lines().map(str::trim_start).collect();
            set(&mut attributes, &plain.join("\n"));
            assert_eq!(text(&attributes), expected);
            assert_eq!(attributes.len(), usize::from(!expected.is_empty()));
        }
    }
}
