//! Checks the body of a pull request: no text of a document is live Markdown in it.

use finch_gen::is_hidden;
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use xtask::diff::{self, Format};

use super::documents::{Texts, config, document, file, texts, workspace};

/// The maximum number of characters that GitHub accepts.
const MOST: usize = 65_536;

/// The words outside code in a body.
const WORDS: [&str; 39] = [
    "What",
    "changes",
    "compared",
    "with",
    "break",
    "breaks",
    "warning",
    "warnings",
    "note",
    "notes",
    "no",
    "change",
    "stays",
    "nothing",
    "is",
    "to",
    "be",
    "there",
    "release",
    "none",
    "patch",
    "minor",
    "major",
    "Only",
    "the",
    "part",
    "of",
    "client",
    "that",
    "can",
    "generated",
    "and",
    "more",
    "Breaking",
    "Warnings",
    "Notes",
    "Output",
    "lines",
    "And",
];

/// The words outside code in an item.
const ITEM: [&str; 19] = [
    "request", "response", "document", "client", "and", "at", "more", "lists", "all", "by", "to",
    "called", "with", "method", "methods", "type", "types", "schema", "schemas",
];

/// Returns the body of the pull request that replaces `old` with `new`.
fn body(old: &str, new: &str) -> String {
    let (folder, workspace) = workspace(new);
    let options = diff::Options {
        base: file(folder.path(), "old.json", old),
        format: Format::Markdown,
        file: None,
    };
    let mut out = Vec::new();
    diff::run(&workspace, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Checks that `body` contains only the elements that xtask writes, and that everything else
/// is code.
fn check(body: &str) {
    assert!(body.chars().count() <= MOST, "{}", body.len());
    let hidden = body.chars().find(|c| *c != '\n' && is_hidden(*c));
    assert_eq!(hidden, None, "{body}");
    let mut is_code = false;
    let mut open_details = 0;
    // Enables all extensions, including GitHub's.
    for event in Parser::new_ext(body, Options::all()) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if &*info == "text" => {
                is_code = true;
            }
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Text(_) if is_code => {}
            Event::Code(_) | Event::SoftBreak => {}
            Event::Text(text) => {
                let words = text.split(|c: char| !c.is_alphanumeric());
                for word in words.filter(|word| !word.is_empty()) {
                    let is_count = word.len() < 7 && word.bytes().all(|b| b.is_ascii_digit());
                    let is_ours = WORDS.contains(&word) || ITEM.contains(&word);
                    assert!(is_count || is_ours, "{word:?} in {text:?} of\n{body}");
                }
                let is_mark = |c: char| !c.is_alphanumeric() && !" .,:;()→".contains(c);
                assert!(!text.contains(is_mark), "{text:?} of\n{body}");
            }
            Event::Html(html) => match html.trim() {
                "<details>" => open_details += 1,
                "</details>" => open_details -= 1,
                html => {
                    let count = html.strip_prefix("<summary>All ");
                    let count = count.and_then(|html| html.strip_suffix("</summary>"));
                    let is_summary = count.is_some_and(|count| count.parse::<u32>().is_ok());
                    assert!(is_summary, "{html} of\n{body}");
                }
            },
            Event::Start(
                Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::HtmlBlock
                | Tag::List(None)
                | Tag::Item
                | Tag::Strong,
            )
            | Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::HtmlBlock
                | TagEnd::List(false)
                | TagEnd::Item
                | TagEnd::Strong,
            ) => {}
            event => panic!("{event:?} of\n{body}"),
        }
        // A list of items that come with an operation may be inside a list of changes.
        assert!((0..=2).contains(&open_details), "{body}");
    }
    assert_eq!(open_details, 0, "{body}");
    assert!(!is_code, "{body}");
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn no_text_of_a_document_is_live(old in texts(), new in texts()) {
        let [old, new] = [old, new].map(|texts| document(&texts).to_string());
        check(&body(&old, &new));
    }
}

/// With many changes, long names and many problems, each list ends after an item.
#[test]
fn a_long_body_is_cut_between_items() {
    let plain: Texts = vec![None; super::documents::PLACES];
    let old = document(&plain);
    let hostile = "`</details>\r\n@someone fixes #1 ``` ";
    for (name, count, is_refused) in [
        ("a", 40, false),
        (hostile, 900, false),
        (&hostile.repeat(50), 200, false),
        (hostile, 900, true),
        ("`".repeat(500).as_str(), 200, true),
    ] {
        let mut new = old.clone();
        let properties = &mut new["components"]["schemas"]["A"]["properties"];
        for number in 0..count {
            let kind = if is_refused { name } else { "string" };
            properties[format!("{name}{number}")] = serde_json::json!({"type": kind});
        }
        for (old, new) in [(&old, &new), (&new, &old)] {
            let body = body(&old.to_string(), &new.to_string());
            check(&body);
            assert!(body.contains("<summary>All "), "{body}");
        }
    }
}
