//! lines: where in the text of a file what is wrong with it stands.
//!
//! Receives problems, and a text that some of them are in. Guarantees that each of
//! these says line and column: those of the member or the item at its pointer or,
//! where the text has none there, of the nearest thing around it. An overlay, an
//! alias or lowering may have put it there. Refuses nothing: what has no place in
//! the text has none.
//!
//! Only where something is wrong is the text read this once more, by its events:
//! the values that `load` makes of it know no lines.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use saphyr_parser::{Event, Marker, Parser};

use crate::load::Text;
use crate::pointer;
use crate::problem::Problems;

/// A line and a column, from 1 on.
type Place = (usize, usize);

/// Says of those of `problems` that are in `text` on which line they are.
pub(crate) fn locate(problems: &mut Problems, text: &Text<'_>) {
    let is_in = |file: &str, pointer: &str| file == text.name && !pointer.is_empty();
    let of_text = problems.iter().filter(|one| is_in(&one.file, &one.pointer));
    let pointers: Vec<String> = of_text.map(|one| one.pointer.clone()).collect();
    if pointers.is_empty() {
        return;
    }
    let places = places(text.text, &pointers);
    for problem in problems.iter_mut() {
        if is_in(&problem.file, &problem.pointer)
            && let Some((line, column)) = around(&problem.pointer).find_map(|at| places.get(at))
        {
            problem.file = format!("{}:{line}:{column}", text.name);
        }
    }
}

/// `pointer`, and those of what is around it, but for the whole document.
fn around(pointer: &str) -> impl Iterator<Item = &str> {
    let all = iter::successors(Some(pointer), |&inner| Some(inner.rsplit_once('/')?.0));
    all.filter(|pointer| !pointer.is_empty())
}

/// The places in `text` of what is at `pointers` and around it.
fn places(text: &str, pointers: &[String]) -> BTreeMap<String, Place> {
    let mut reader = Reader {
        wanted: pointers.iter().flat_map(|at| around(at)).collect(),
        found: BTreeMap::new(),
        open: Vec::new(),
    };
    let text = without_halves(text);
    for event in Parser::new_from_str(&text) {
        // It was read by another parser: what this one does not take is its end.
        let Ok((event, span)) = event else { break };
        match event {
            Event::Scalar(scalar, ..) => {
                reader.begin(span.start, Some(&scalar));
            }
            Event::Alias(_) => {
                reader.begin(span.start, None);
            }
            Event::SequenceStart(..) => {
                let at = reader.begin(span.start, None);
                reader.open.push(Open::Sequence { at, next: 0 });
            }
            Event::MappingStart(..) => {
                let at = reader.begin(span.start, None);
                reader.open.push(Open::Mapping { at, key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                reader.open.pop();
            }
            _ => {}
        }
    }
    reader.found
}

/// `text` with others in the place of the escapes that JSON writes a half of a
/// character with, which are none in YAML, and are as long.
fn without_halves(text: &str) -> Cow<'_, str> {
    let is_half = |at: &usize| {
        let digits = text.as_bytes().get(at + 2..at + 6);
        digits.is_some_and(|digits| {
            digits.iter().all(u8::is_ascii_hexdigit)
                && digits[0].eq_ignore_ascii_case(&b'd')
                && digits[1] >= b'8'
        })
    };
    let escapes = text.match_indices("\\u").map(|(at, _)| at);
    let halves: Vec<usize> = escapes.filter(is_half).collect();
    if halves.is_empty() {
        return text.into();
    }
    let mut text = text.to_owned();
    for at in halves {
        text.replace_range(at + 2..at + 6, "0020");
    }
    text.into()
}

/// A text that is being read.
struct Reader<'a> {
    /// The pointers whose places are to be found.
    wanted: BTreeSet<&'a str>,
    found: BTreeMap<String, Place>,
    /// What has begun and not yet ended, the innermost last.
    open: Vec<Open>,
}

/// A sequence or a mapping, with its pointer, where it is of interest.
enum Open {
    Sequence {
        at: Option<String>,
        /// The index of the next item.
        next: usize,
    },
    Mapping {
        at: Option<String>,
        /// Where its key is, of a member whose value is next, and its pointer.
        key: Option<(Marker, Option<String>)>,
    },
}

impl Reader<'_> {
    /// A value begins at `mark`, or a key, which is `scalar` if it is one. The pointer
    /// of the value, if it is of interest.
    fn begin(&mut self, mark: Marker, scalar: Option<&str>) -> Option<String> {
        let (mark, at) = match self.open.last_mut() {
            None => return Some(String::new()),
            Some(Open::Sequence { at, next }) => {
                let index = *next;
                *next += 1;
                (mark, Some(format!("{}/{index}", at.as_ref()?)))
            }
            Some(Open::Mapping { at, key }) => match key.take() {
                Some(key) => key,
                None => {
                    let member = at.as_ref().zip(scalar);
                    let member = member.map(|(at, name)| pointer::join(at, name));
                    *key = Some((mark, member));
                    return None;
                }
            },
        };
        let at = at.filter(|at| self.wanted.contains(at.as_str()))?;
        self.found
            .entry(at.clone())
            .or_insert((mark.line(), mark.col() + 1));
        Some(at)
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

    #[test]
    fn a_pointer_is_a_line_and_a_column() {
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
            // What is not there is in what is.
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
            let mut problems = Problems::from(Problem {
                file: "api.yaml".to_owned(),
                pointer: pointer.to_owned(),
                what: "what".to_owned(),
                remedy: "remedy".to_owned(),
            });
            let name = "other.yaml";
            locate(&mut problems, &Text { name, text });
            let name = "api.yaml";
            locate(&mut problems, &Text { name, text });
            let found: Vec<&str> = problems.iter().map(|one| one.file.as_str()).collect();
            let place = if place.is_empty() {
                ""
            } else {
                &format!(":{place}")
            };
            assert_eq!(found, [format!("api.yaml{place}")], "{pointer}");
        }
    }
}
