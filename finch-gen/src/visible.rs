//! Shows text of a document to a person: on one line, and without hidden characters. A line break
//! becomes `\n`, and a character that Unicode does not show, or that changes the direction of text,
//! becomes `\u{202e}`. Otherwise a document could control the terminal that prints a message.

use std::borrow::Cow;

/// Returns `text` on one line. Replaces each character that [`is_hidden`] with an escape as in
/// Rust, such as `\n` or `\u{202e}`.
///
/// Every problem, note and change displays itself this way. Use it for other text of a
/// document, too: a raw escape sequence would control the terminal.
pub fn visible(text: &str) -> Cow<'_, str> {
    escape(text, is_hidden)
}

/// Whether a reader cannot see `c`: a control character, a line separator, or a character that
/// Unicode lists as ignorable or as a format control. The last group includes the characters
/// that change the direction of the text.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // The categories Zl and Zp, and the interlinear annotations.
            '\u{2028}'..='\u{2029}' | '\u{fff9}'..='\u{fffb}'
            // Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties.txt).
            | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns `text` with an escape for each character for which `is_escaped` is true.
pub(crate) fn escape(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match is_escaped(c) {
            true => escaped.extend(c.escape_default()),
            false => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// Returns the text `json` with an escape as in JSON for each hidden character except line breaks,
/// which JSON has only between its values.
pub fn visible_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        match c != '\n' && is_hidden(c) {
            true => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    escaped.push_str(&format!("\\u{unit:04x}"));
                }
            }
            false => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Change, Item, Kind, Level, Note, Problem, Severity, Side};

    #[test]
    fn a_hidden_character_is_escaped() {
        for (text, expected) in [
            ("a\n::b\r\tc", r"a\n::b\r\tc"),
            (
                "\u{1b}[31m\u{0}\u{7f}\u{9b}2J\u{85}",
                r"\u{1b}[31m\u{0}\u{7f}\u{9b}2J\u{85}",
            ),
            ("a\u{2028}b\u{2029}", r"a\u{2028}b\u{2029}"),
            (
                "\u{202e}a\u{2066}\u{200f}\u{61c}",
                r"\u{202e}a\u{2066}\u{200f}\u{61c}",
            ),
            (
                "a\u{200b}\u{ad}\u{feff}\u{e0041}",
                r"a\u{200b}\u{ad}\u{feff}\u{e0041}",
            ),
        ] {
            assert_eq!(visible(text), expected);
            assert_eq!(visible(expected), expected, "a second pass changes nothing");
        }
    }

    #[test]
    fn problems_notes_and_changes_are_displayed_on_one_line() {
        let text = || "a\n::b\r\u{1b}[2J\u{2028}\u{202e}".to_owned();
        let problem = Problem {
            file: text(),
            place: None,
            pointer: text(),
            what: text(),
            remedy: text(),
        };
        let of_root = Problem {
            pointer: String::new(),
            ..problem.clone()
        };
        let note = Note {
            pointer: text(),
            code: "code",
            level: Level::Info,
            what: text(),
        };
        let change = Change {
            severity: Severity::Note,
            pointer: text(),
            side: Side::Both,
            kind: Kind::Added,
            item: Item::Part,
            what: text(),
            operations: vec![text()],
            brings: Vec::new(),
        };
        let shown = r"a\n::b\r\u{1b}[2J\u{2028}\u{202e}";
        for (displayed, texts) in [
            (problem.to_string(), 4),
            (of_root.to_string(), 3),
            (note.to_string(), 2),
            (change.to_string(), 3),
        ] {
            assert!(!displayed.contains(is_hidden), "{displayed:?}");
            assert_eq!(displayed.matches(shown).count(), texts, "{displayed}");
        }
    }

    #[test]
    fn visible_characters_are_unchanged() {
        for text in [
            "",
            "a 'b' \"c\" \\d",
            "Größe ≥ 5 €, 名前, e\u{301}, \u{1f980}",
        ] {
            assert!(matches!(visible(text), Cow::Borrowed(shown) if shown == text));
        }
    }
}
