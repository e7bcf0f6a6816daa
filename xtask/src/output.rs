//! Prints the lines of all commands.
//!
//! A line may quote a document, a page or the name of a file. Its reader is a terminal,
//! or the runner of GitHub Actions, which obeys commands in a log. So each line
//! stays one line, holds no character that its reader cannot see, and commands nothing.

use std::io::{self, Write};

use finch_gen::{is_hidden, visible};
use serde_json::Value;

/// Prints `text` as one line.
pub(crate) fn line(out: &mut dyn Write, text: &str) -> io::Result<()> {
    writeln!(out, "{}", printable(text))
}

/// Prints a line as cargo does: the verb right-aligned, then the rest.
pub(crate) fn status(out: &mut dyn Write, verb: &str, rest: &str) -> io::Result<()> {
    line(out, &format!("{verb:>12} {rest}"))
}

/// Prints each line of `text`, which ends at `\n` only.
pub(crate) fn lines(out: &mut dyn Write, text: &str) -> io::Result<()> {
    text.split_terminator('\n')
        .try_for_each(|text| line(out, text))
}

/// Prints `value` over several lines. A program reads the same value from it.
pub(crate) fn json(out: &mut dyn Write, value: &Value) -> io::Result<()> {
    let text = format!("{value:#}").replace(LEGACY_COMMAND, r"##\u005b");
    let mut escaped = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // Within a string of JSON, a line break is escaped already.
        match c != '\n' && is_hidden(c) {
            true => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    escaped.push_str(&format!("\\u{unit:04x}"));
                }
            }
            false => escaped.push(c),
        }
    }
    writeln!(out, "{escaped}")
}

/// The text that begins a command to the runner of GitHub Actions anywhere in a line
/// (`ActionCommand.TryParse` in <https://github.com/actions/runner>).
const LEGACY_COMMAND: &str = "##[";

/// The text that begins such a command at the start of a line, after white space
/// (`ActionCommand.TryParseV2`).
const COMMAND: &str = "::";

/// Returns `text` as a line that shows all of it and commands nothing.
fn printable(text: &str) -> String {
    let text = visible(text).replace(LEGACY_COMMAND, r"##\u{5b}");
    match text.trim_start().starts_with(COMMAND) {
        true => text.replacen(COMMAND, r"\u{3a}:", 1),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn printed(print: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        print(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_stays_a_line_and_commands_nothing() {
        for (text, expected) in [
            ("a::b", "a::b"),
            ("a\n::add-mask::x\r", r"a\n::add-mask::x\r"),
            ("::add-mask::x", r"\u{3a}:add-mask::x"),
            (" \u{a0}\u{3000}::x", " \u{a0}\u{3000}\\u{3a}:x"),
            ("a ##[add-mask]x", r"a ##\u{5b}add-mask]x"),
            ("###[[x", r"###\u{5b}[x"),
            ("\u{1b}]0;x\u{7}", r"\u{1b}]0;x\u{7}"),
        ] {
            assert_eq!(printed(|out| line(out, text)), format!("{expected}\n"));
        }
        let status = printed(|out| status(out, "Note", "\n::x"));
        assert_eq!(status, "        Note \\n::x\n");
    }

    #[test]
    fn of_several_lines_each_is_one() {
        let text = "@@ -1 +1 @@\n ::x\n-a\r\n+b\u{2028}";
        let expected = "@@ -1 +1 @@\n \\u{3a}:x\n-a\\r\n+b\\u{2028}\n";
        assert_eq!(printed(|out| lines(out, text)), expected);
        assert_eq!(printed(|out| lines(out, "")), "");
    }

    #[test]
    fn json_shows_all_and_is_read_as_the_same() {
        let value = json!({
            "\u{1b}\u{7f}\u{9b}": ["\u{2028}\u{202e}\u{feff}", "\u{e0041}\u{1f980}"],
            "::add-mask::x": "\n::add-mask::x\n##[group]\\u{5b}",
        });
        let text = printed(|out| json(out, &value));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert!(!text.contains(|c| c != '\n' && is_hidden(c)), "{text}");
        assert!(!text.contains(LEGACY_COMMAND), "{text}");
        let is_command = |line: &str| line.trim_start().starts_with(COMMAND);
        assert!(!text.lines().any(is_command), "{text}");
    }
}
