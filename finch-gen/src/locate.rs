//! locate: finds the line and the column of each problem.
//!
//! Receives problems, and a text that some of them refer to. Guarantees that each of these has
//! the place of the value at its pointer, including its key. If the text does not contain the
//! value, because an overlay, an alias or lowering added it, the problem gets the place of the
//! nearest enclosing value. Refuses nothing.
//!
//! Parses the text a second time, because the values that `load` returns have no lines, but
//! only if there is a problem.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, Span};

use crate::load::{Text, without_bom};
use crate::pointer;
use crate::problem::{Excerpt, Place, Problem, Problems};

/// The place of a value in a text.
struct Found {
    line: usize,
    column: usize,
    /// In bytes.
    range: Range<usize>,
}

/// Sets the place of each of `problems` that refers to `text`.
pub(crate) fn locate(problems: &mut Problems, text: &Text<'_>) {
    let is_in_text = |problem: &&mut Problem| {
        problem.file == text.name && problem.place.is_none() && !problem.pointer.is_empty()
    };
    let mut of_text: Vec<&mut Problem> = problems.iter_mut().filter(is_in_text).collect();
    if of_text.is_empty() {
        return;
    }
    let text = without_bom(text.text);
    let places = places(
        text,
        of_text.iter().flat_map(|it| around(&it.pointer)).collect(),
    );
    for problem in &mut of_text {
        if let Some(found) = around(&problem.pointer).find_map(|at| places.get(at)) {
            problem.place = Some(Box::new(Place {
                line: found.line,
                column: found.column,
                excerpt: Some(Excerpt::new(text, found.range.clone())),
            }));
        }
    }
}

/// Returns `pointer` and the pointers of the enclosing values, except the root.
fn around(pointer: &str) -> impl Iterator<Item = &str> {
    pointer::around(pointer).filter(|pointer| !pointer.is_empty())
}

/// Returns the places in `text` of the values at the `wanted` pointers.
fn places(text: &str, wanted: BTreeSet<&str>) -> BTreeMap<String, Found> {
    let text = without_surrogates(text);
    let mut reader = Reader {
        wanted,
        found: BTreeMap::new(),
        open: Vec::new(),
        rest: &text,
        read: 0,
        length: text.len(),
    };
    for event in Parser::new_from_str(&text) {
        // `load` uses another parser. If this one fails, the remaining places stay unknown.
        let Ok((event, span)) = event else { break };
        match event {
            Event::Scalar(scalar, ..) => {
                let at = reader.begin(span.start, Some(&scalar));
                reader.end(at, span);
            }
            Event::Alias(_) => {
                let at = reader.begin(span.start, None);
                reader.end(at, span);
            }
            Event::SequenceStart(..) => {
                let at = reader.begin(span.start, None);
                reader.open.push((at, Next::Item(0)));
            }
            Event::MappingStart(..) => {
                let at = reader.begin(span.start, None);
                reader.open.push((at, Next::Key));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let at = reader.open.pop().and_then(|(at, _)| at);
                reader.end(at, span);
            }
            _ => {}
        }
    }
    reader.found
}

/// Replaces the JSON escapes of UTF-16 surrogates in `text`, which are an error in YAML. The
/// text keeps its length.
fn without_surrogates(text: &str) -> Cow<'_, str> {
    let is_surrogate = |at: &usize| {
        let digits = text.as_bytes().get(at + 2..at + 6);
        digits.is_some_and(|digits| {
            digits.iter().all(u8::is_ascii_hexdigit)
                && digits[0].eq_ignore_ascii_case(&b'd')
                && digits[1] >= b'8'
        })
    };
    let escapes = text.match_indices("\\u").map(|(at, _)| at);
    let surrogates: Vec<usize> = escapes.filter(is_surrogate).collect();
    if surrogates.is_empty() {
        return text.into();
    }
    let mut text = text.to_owned();
    for at in surrogates {
        text.replace_range(at + 2..at + 6, "0020");
    }
    text.into()
}

/// The state of reading a text.
struct Reader<'a> {
    /// The pointers whose places to find.
    wanted: BTreeSet<&'a str>,
    found: BTreeMap<String, Found>,
    /// The lists and mappings that are open, the innermost last, each with its pointer if it is
    /// wanted.
    open: Vec<(Option<String>, Next)>,
    /// The text after the last marker.
    rest: &'a str,
    /// The number of characters before `rest`.
    read: usize,
    /// The length of the text.
    length: usize,
}

/// The next part of a list or a mapping.
enum Next {
    /// The item with this index.
    Item(usize),
    Key,
    /// The value of the key at this place, with the pointer of the value if it may be wanted.
    Value(Found, Option<String>),
}

impl Reader<'_> {
    /// Returns the offset of `mark` in bytes. A marker only counts characters, and markers
    /// come in the order of the text.
    fn offset(&mut self, mark: Marker) -> usize {
        let characters = mark.index().saturating_sub(self.read);
        let mut offsets = self.rest.char_indices().map(|(at, _)| at);
        let offset = offsets.nth(characters).unwrap_or(self.rest.len());
        self.rest = &self.rest[offset..];
        self.read += characters;
        self.length - self.rest.len()
    }

    /// Begins a key or a value at `mark`; `scalar` is its text if it is a scalar. Returns the
    /// pointer of a value that is wanted.
    fn begin(&mut self, mark: Marker, scalar: Option<&str>) -> Option<String> {
        let offset = self.offset(mark);
        let start = Found {
            line: mark.line(),
            column: mark.col() + 1,
            range: offset..offset,
        };
        let Some((within, next)) = self.open.last_mut() else {
            return Some(String::new());
        };
        let (start, at) = match std::mem::replace(next, Next::Key) {
            Next::Item(index) => {
                *next = Next::Item(index + 1);
                (start, Some(format!("{}/{index}", within.as_ref()?)))
            }
            Next::Key => {
                let member = within.as_ref().zip(scalar);
                let member = member.map(|(at, name)| pointer::join(at, name));
                *next = Next::Value(start, member);
                return None;
            }
            Next::Value(key, at) => (key, at),
        };
        let at = at.filter(|at| self.wanted.contains(at.as_str()))?;
        self.found.entry(at.clone()).or_insert(start);
        Some(at)
    }

    /// Ends the value at the pointer `at` with the span of its last event.
    fn end(&mut self, at: Option<String>, span: Span) {
        let end = self.offset(span.end);
        if let Some(found) = at.and_then(|at| self.found.get_mut(&at)) {
            found.range.end = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;

    const YAML: &str = "\
# A document.
paths:
  /a/{b}:
    get: &get
      tags: [one, 'two', {three: 3}]
      parameters:
      - name: c
        in: query
      -
        name: d
    put: *get
  ? [complex]
  : {e: 1}
  200: {\"ü\": {f: 1}, g: 2}
";

    fn problem_at(pointer: &str) -> Problems {
        Problems::from(Problem {
            file: "api.yaml".to_owned(),
            place: None,
            pointer: pointer.to_owned(),
            what: "what".to_owned(),
            remedy: "remedy".to_owned(),
        })
    }

    #[test]
    fn a_pointer_is_located_at_a_line_and_a_column() {
        let json = "{\"a\": 1,\n\t\"b\": [{}, {\"c\": \"\\ud83d\\ude00\"},\n 3], \"d\": 4}";
        for (text, pointer, place) in [
            (YAML, "/paths", "2:1"),
            (YAML, "/paths/~1a~1{b}", "3:3"),
            (YAML, "/paths/~1a~1{b}/get/tags/0", "5:14"),
            (YAML, "/paths/~1a~1{b}/get/tags/2/three", "5:27"),
            (YAML, "/paths/~1a~1{b}/get/parameters/0", "7:9"),
            (YAML, "/paths/~1a~1{b}/get/parameters/0/in", "8:9"),
            (YAML, "/paths/~1a~1{b}/get/parameters/1/name", "10:9"),
            (YAML, "/paths/200", "14:3"),
            (YAML, "/paths/200/ü/f", "14:15"),
            (YAML, "/paths/200/g", "14:22"),
            // A missing value gets the place of the enclosing value.
            (YAML, "/paths/~1a~1{b}/get/tags/7/x", "5:7"),
            (YAML, "/paths/~1a~1{b}/put/tags", "11:5"),
            (YAML, "/paths/e", "2:1"),
            (YAML, "/nowhere", ""),
            (YAML, "", ""),
            (json, "/a", "1:2"),
            (json, "/b/1/c", "2:13"),
            (json, "/d", "3:6"),
            (r#"{"\uD83D": "\\uD83D", "\udEfé": 1}"#, "/a/1", ""),
            ("a: [1, 2\n", "/a/1", "1:8"),
            ("a: [1\nb: [2", "/b/0", ""),
            ("", "/a", ""),
        ] {
            let mut problems = problem_at(pointer);
            let name = "other.yaml";
            locate(&mut problems, &Text { name, text });
            let name = "api.yaml";
            locate(&mut problems, &Text { name, text });
            let found = problems.into_iter().next().unwrap().place;
            let found = found.map(|at| format!("{}:{}", at.line, at.column));
            assert_eq!(found.unwrap_or_default(), place, "{pointer}");
        }
    }

    #[test]
    fn an_excerpt_marks_the_value_with_its_key() {
        let json = "\u{feff}{\"é\": [\"🦀\", {\"c\": {\"d\": 1}}, 3]}";
        for (text, pointer, faulty) in [
            (YAML, "/paths", "paths:"),
            (YAML, "/paths/~1a~1{b}", "/a/{b}:"),
            (
                YAML,
                "/paths/~1a~1{b}/get/tags",
                "tags: [one, 'two', {three: 3}]",
            ),
            (YAML, "/paths/~1a~1{b}/get/tags/1", "'two'"),
            (YAML, "/paths/~1a~1{b}/get/tags/2", "{three: 3}"),
            (YAML, "/paths/~1a~1{b}/get/tags/2/three", "three: 3"),
            (YAML, "/paths/~1a~1{b}/get/parameters/0", "name: c"),
            (YAML, "/paths/~1a~1{b}/get/parameters/1/name", "name: d"),
            (YAML, "/paths/~1a~1{b}/put/tags", "put: *get"),
            (YAML, "/paths/200/ü", "\"ü\": {f: 1}"),
            (json, "/é/0", "\"🦀\""),
            (json, "/é/1/c", "\"c\": {\"d\": 1}"),
            (json, "/é/2", "3"),
            ("a: >\n  b\n  c\nd: 1\n", "/a", "a: >"),
            ("a:\n- b: 1\n", "/a/0", "b: 1"),
        ] {
            let mut problems = problem_at(pointer);
            let name = "api.yaml";
            locate(&mut problems, &Text { name, text });
            let place = problems.into_iter().next().unwrap().place.unwrap();
            let excerpt = place.excerpt.unwrap();
            assert_eq!(&excerpt.text[excerpt.faulty], faulty, "{pointer}");
        }
    }
}
