//! Prints the lines of all commands.
//!
//! A line may quote a document, a page or the name of a file. A terminal reads it, or the
//! runner of GitHub Actions, which obeys commands in a log. So each line stays one line,
//! contains no hidden character, and is never a command.

use std::env;
use std::io::{self, Write};

use annotate_snippets::renderer::{AnsiColor, Style};
use clap::ValueEnum;
use finch_gen::{visible, visible_json};
use serde_json::Value;

/// The output of a command.
pub trait Output: Write {
    /// Whether the output is printed in colours.
    fn has_colours(&self) -> bool {
        false
    }
}

impl Output for Vec<u8> {}

/// Whether to print in colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb
    #[default]
    Auto,
    /// Also in a pipe or a file
    Always,
    /// Never
    Never,
}

/// Standard output or standard error. After the reader has closed it, as `| head` does, the
/// stream drops the output: the command still does its work and exits normally.
pub struct Stream<W> {
    stream: W,
    has_colours: bool,
    is_closed: bool,
}

impl Color {
    /// Returns whether to print in colours to a stream.
    pub fn is_wanted(self, is_terminal: bool) -> bool {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
                is_terminal && !is_set("NO_COLOR") && !is_dumb
            }
        }
    }
}

impl<W: Write> Stream<W> {
    /// Prints to `stream`.
    pub fn new(stream: W, has_colours: bool) -> Self {
        Self {
            stream,
            has_colours,
            is_closed: false,
        }
    }

    fn unless_closed<T>(&mut self, result: io::Result<T>, dropped: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(dropped)
            }
            result => result,
        }
    }
}

impl<W: Write> Write for Stream<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_closed {
            return Ok(bytes.len());
        }
        let written = self.stream.write(bytes);
        self.unless_closed(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.stream.flush();
        self.unless_closed(flushed, ())
    }
}

impl<W: Write> Output for Stream<W> {
    fn has_colours(&self) -> bool {
        self.has_colours
    }
}

/// Prints `text` on one line.
pub(crate) fn line(out: &mut dyn Output, text: &str) -> io::Result<()> {
    writeln!(out, "{}", printable(text))
}

/// Prints a line as cargo does: the verb right-aligned, then the rest.
pub(crate) fn status(out: &mut dyn Output, verb: &str, rest: &str) -> io::Result<()> {
    // A line that begins with a verb is never a command.
    let rest = printable(&format!("{verb:>12} {rest}")).split_off(12);
    let style = match out.has_colours() {
        true => style_of(verb),
        false => Style::new(),
    };
    writeln!(out, "{style}{verb:>12}{style:#}{rest}")
}

/// Returns the style in which cargo would print `verb`.
fn style_of(verb: &str) -> Style {
    let color = match verb {
        "Breaks" | "Broken" | "Failed" | "Refused" => AnsiColor::BrightRed,
        "Warning" | "Stale" | "Skipped" => AnsiColor::Yellow,
        "Note" => AnsiColor::BrightCyan,
        _ => AnsiColor::BrightGreen,
    };
    color.on_default().bold()
}

/// Prints each line of `text`. Only `\n` ends a line.
pub(crate) fn lines(out: &mut dyn Output, text: &str) -> io::Result<()> {
    text.split_terminator('\n')
        .try_for_each(|text| line(out, text))
}

/// Prints `value` as JSON over several lines. A program reads the same value back.
pub(crate) fn json(out: &mut dyn Output, value: &Value) -> io::Result<()> {
    let text = format!("{value:#}").replace(LEGACY_COMMAND, r"##\u005b");
    writeln!(out, "{}", visible_json(&text))
}

/// The text that starts a command for the runner of GitHub Actions anywhere in a line
/// (`ActionCommand.TryParse` in <https://github.com/actions/runner>).
const LEGACY_COMMAND: &str = "##[";

/// The text that starts a command at the start of a line, after white space
/// (`ActionCommand.TryParseV2`).
const COMMAND: &str = "::";

/// Returns `text` on one line, without a command inside it. Each character is shown in the same way
/// in a prefix of `text`.
pub(crate) fn on_one_line(text: &str) -> String {
    visible(text).replace(LEGACY_COMMAND, r"##\u{5b}")
}

/// Returns `text` as a line that shows all of it and is never a command.
pub(crate) fn printable(text: &str) -> String {
    let text = on_one_line(text);
    match text.trim_start().starts_with(COMMAND) {
        true => text.replacen(COMMAND, r"\u{3a}:", 1),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use finch_gen::is_hidden;
    use serde_json::json;

    use super::*;

    fn printed(print: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        print(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_stays_one_line_and_is_never_a_command() {
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

    struct Pipe(usize);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.0.checked_sub(1) {
                Some(left) => {
                    self.0 = left;
                    Ok(bytes.len())
                }
                None => Err(io::ErrorKind::BrokenPipe.into()),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            self.write(b"").map(drop)
        }
    }

    #[test]
    fn a_closed_stream_drops_its_output() {
        let mut out = Stream::new(Pipe(1), false);
        for _ in 0..3 {
            line(&mut out, "a").unwrap();
            out.flush().unwrap();
        }
        assert!(out.is_closed);
        // Other errors are reported.
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(out.unless_closed(Err(full), ()).is_err());
    }

    #[test]
    fn a_verb_has_a_colour_if_colours_are_on() {
        let printed = |color: Color| {
            let mut bytes = Vec::new();
            let mut out = Stream::new(&mut bytes, color.is_wanted(false));
            status(&mut out, "Broken", "a\u{1b}[0m").unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let plain = "      Broken a\\u{1b}[0m\n";
        assert_eq!(printed(Color::Never), plain);
        assert_eq!(printed(Color::Auto), plain);
        let coloured = "\u{1b}[1m\u{1b}[91m      Broken\u{1b}[0m a\\u{1b}[0m\n";
        assert_eq!(printed(Color::Always), coloured);
    }

    #[test]
    fn each_of_several_lines_is_escaped() {
        let text = "@@ -1 +1 @@\n ::x\n-a\r\n+b\u{2028}";
        let expected = "@@ -1 +1 @@\n \\u{3a}:x\n-a\\r\n+b\\u{2028}\n";
        assert_eq!(printed(|out| lines(out, text)), expected);
        assert_eq!(printed(|out| lines(out, "")), "");
    }

    #[test]
    fn json_escapes_hidden_characters_and_is_read_back() {
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
