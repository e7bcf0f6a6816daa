//! Separates the documentation of a generated client from its code, as rustdoc and rustc do.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use quote::ToTokens as _;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The extensions that rustdoc renders with.
const RUSTDOC: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_SMART_PUNCTUATION);

/// Returns the doc comments in `code`. The lines of one comment are adjacent.
pub(crate) fn doc_comments(code: &str) -> Vec<String> {
    let mut comments: Vec<String> = Vec::new();
    let mut continues = false;
    for line in code.lines().map(str::trim_start) {
        let text = line.strip_prefix("///").or(line.strip_prefix("//!"));
        match (text, comments.last_mut()) {
            (Some(text), Some(comment)) if continues => {
                comment.push('\n');
                comment.push_str(text);
            }
            (Some(text), _) => comments.push(text.to_owned()),
            (None, _) => {}
        }
        continues = text.is_some();
    }
    comments
}

/// Returns a comment as rustdoc reads it: without the indentation that all its lines share.
fn unindented(comment: &str) -> String {
    let written = comment.lines().filter(|line| !line.trim().is_empty());
    let indents = written.map(|line| line.len() - line.trim_start_matches([' ', '\t']).len());
    let indent = indents.min().unwrap_or_default();
    let lines = comment.lines().map(|line| line.get(indent..).unwrap_or(""));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the texts in `code` that rustdoc renders as Markdown: doc comments, and the notes
/// of `#[deprecated]`.
pub(crate) fn markdown(code: &str) -> Vec<String> {
    struct Notes(Vec<String>);
    impl Visit<'_> for Notes {
        fn visit_attribute(&mut self, attribute: &Attribute) {
            let text = |value: &Expr| match value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            };
            match &attribute.meta {
                Meta::List(list) if list.path.is_ident("deprecated") => {
                    let note: syn::MetaNameValue = list.parse_args().unwrap();
                    self.0.extend(text(&note.value));
                }
                // rustdoc would join an attribute with the comments next to it.
                Meta::NameValue(doc) if doc.path.is_ident("doc") => {
                    assert!(text(&doc.value).is_some(), "{doc:?}");
                }
                _ => {}
            }
            visit::visit_attribute(self, attribute);
        }
    }
    let mut notes = Notes(Vec::new());
    notes.visit_file(&syn::parse_file(code).unwrap());
    let comments = doc_comments(code);
    let mut lines = code.lines().map(str::trim_start);
    assert!(!lines.any(|line| line.starts_with("#[doc") || line.starts_with("#![doc")));
    notes
        .0
        .extend(comments.iter().map(|comment| unindented(comment)));
    notes.0
}

/// Asserts that `text` only shows and runs text of the generator. Returns the number of
/// examples in it.
pub(crate) fn check_markdown(text: &str, example: &str) -> usize {
    let mut examples = Vec::new();
    for extensions in [Options::empty(), RUSTDOC] {
        let mut count = 0;
        for event in Parser::new_ext(text, extensions) {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if &*info == example => {
                    count += 1;
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    let CodeBlockKind::Fenced(info) = kind else {
                        panic!("indented code in {text}")
                    };
                    let is_other = ["text", "json", "html"].contains(&&*info);
                    assert!(is_other, "code in {info:?} in {text}");
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    assert!(html.trim() == "<br>", "{html} in {text}");
                }
                Event::Start(Tag::Image { .. }) => panic!("an image in {text}"),
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let is_item = |c: char| c.is_alphanumeric() || c == '_' || c == '#';
                    let is_item = dest_url.split("::").all(|name| name.chars().all(is_item));
                    let is_web = ["https://", "http://", "mailto:"]
                        .iter()
                        .any(|scheme| dest_url.starts_with(scheme));
                    let is_mail = dest_url.contains('@') && !dest_url.contains(':');
                    assert!(is_item || is_web || is_mail, "{dest_url} in {text}");
                }
                _ => {}
            }
        }
        examples.push(count);
    }
    assert_eq!(examples[0], examples[1], "{text}");
    examples[0]
}

/// Returns the texts of all string literals in `code`, including macro arguments. Asserts that
/// the code calls no macro of an attacker.
pub(crate) fn literals(code: &str) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    collect(syn::parse_file(code).unwrap().to_token_stream(), &mut texts);
    texts
}

fn collect(tokens: TokenStream, texts: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), texts),
            TokenTree::Literal(literal) => {
                if let Ok(Lit::Str(text)) = syn::parse2(TokenTree::Literal(literal).into()) {
                    texts.insert(text.value());
                }
            }
            TokenTree::Ident(name) => assert_ne!(name, "compile_error"),
            TokenTree::Punct(_) => {}
        }
    }
}
