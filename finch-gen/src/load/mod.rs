//! load: parses text into a [`Document`].
//!
//! Receives the text of a YAML or JSON file and its name. Guarantees a tree of JSON values
//! whose root is an object, and that later messages can name the place of a problem. Refuses
//! text that does not parse, with its line and column. Refuses values that JSON cannot
//! represent: a key that is a list, or a number that is not finite. Refuses text that would
//! take far more time or memory than its length suggests, through nested brackets, repeated
//! aliases, or large values that aliases copy.
//!
//! This is the only module that uses `serde_yaml`, so it writes YAML, too.

mod anchors;
mod tree;

use saphyr_parser::Event;
use serde::de::DeserializeSeed as _;
use serde_json::{Map, Value};
use serde_yaml::Value as Yaml;
use tree::Tree;

use crate::json::Fields as _;
use crate::pointer;
use crate::problem::{Place, Problem, Problems};

/// The text of a file, and its name in messages.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The name: a path relative to the reader's folder.
    pub name: &'a str,
    /// The whole text.
    pub text: &'a str,
}

/// The maximum number of brackets that may be open before a parser checks whether they nest: the
/// time of the YAML parser grows with the square of their number.
const OPEN: usize = 10_000;

/// The maximum number of levels of nested lists and mappings: both parsers stop there.
pub(crate) const DEPTH: usize = 128;

/// The remedy for a text that is neither YAML nor JSON.
const CORRECT: &str = "correct the syntax there";

/// The remedy for a document that nests too deeply.
pub(crate) const NEST_LESS: &str = "give the inner schemas names, and refer to them";

/// The longest chain of references. A longer chain counts as a cycle.
pub(crate) const CHAIN: usize = 64;

/// A parsed document with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub(crate) name: String,
    pub(crate) root: Value,
    /// The length of the text in bytes.
    pub(crate) length: usize,
}

impl Document {
    /// Returns the value of the whole document.
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// Returns the value at `pointer`.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Value> {
        pointer::find(&self.root, pointer)
    }

    /// Works as [`at`](Self::at), but returns a mutable reference.
    pub(crate) fn at_mut(&mut self, pointer: &str) -> Option<&mut Value> {
        self.root.pointer_mut(pointer)
    }

    /// Whether the document declares OpenAPI 3.0.
    pub(crate) fn is_3_0(&self) -> bool {
        let version = self.root.text("openapi");
        version.is_some_and(|version| version.starts_with("3.0."))
    }

    /// Returns a problem at `pointer` of this document.
    pub(crate) fn problem(
        &self,
        pointer: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem::new(&self.name, pointer, what, remedy)
    }

    /// Returns the target of `reference` with its pointer. Follows at most [`CHAIN`]
    /// references.
    pub(crate) fn resolve(&self, reference: &str) -> Option<(String, &Value)> {
        let mut reference = reference;
        for _ in 0..CHAIN {
            let pointer = pointer::of_reference(reference)?;
            let value = self.at(&pointer)?;
            match value.text("$ref") {
                Some(next) => reference = next,
                None => return Some((pointer, value)),
            }
        }
        None
    }

    /// Returns the pointer of the target, if the value at `at` is a reference, or else `at`.
    pub(crate) fn followed(&self, at: &str) -> String {
        let reference = self.at(at).text("$ref");
        let target = reference.and_then(|reference| self.resolve(reference));
        target.map_or_else(|| at.to_owned(), |(pointer, _)| pointer)
    }

    /// Returns the keys of the mapping at `at`, or an empty list if the value is not a mapping.
    pub(crate) fn keys(&self, at: &str) -> Vec<String> {
        let fields = self.at(at).fields();
        fields.map(|(name, _)| name.clone()).collect()
    }

    /// Returns the target of `value` if it is a reference, or else `value`.
    pub(crate) fn follow<'a>(&'a self, value: &'a Value) -> Option<&'a Value> {
        match value.text("$ref") {
            Some(reference) => Some(self.resolve(reference)?.1),
            None => Some(value),
        }
    }
}

/// Returns `text` without the byte order mark at its start.
pub(crate) fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Parses `text` as YAML or JSON, with or without a byte order mark. Tries JSON first, because
/// JSON is not quite a subset of YAML: the surrogate pair in `"\ud83d\ude00"` is an error in
/// YAML.
///
/// # Errors
///
/// The place of the syntax error, or of the value that JSON cannot represent.
pub fn load(text: &Text<'_>) -> Result<Document, Problems> {
    let text = &Text {
        text: without_bom(text.text),
        ..*text
    };
    let mut yaml = read_json(text.text).or_else(|not_json| read_yaml(text, &not_json))?;
    yaml.apply_merge().map_err(|error| {
        let what = format!("a merge key (<<) cannot be applied: {error}");
        Problem::new(text.name, "", what, "merge mappings into mappings only")
    })?;
    let root = to_json(yaml, "")
        .map_err(|fault| Problem::new(text.name, fault.pointer, fault.what, fault.remedy))?;
    if !root.is_object() {
        let what = format!("expected a mapping, found {}", kind(&root));
        let remedy = "give a whole document, not a part or an empty file";
        return Err(Problem::new(text.name, "", what, remedy).into());
    }
    Ok(Document {
        length: text.text.len(),
        name: text.name.to_owned(),
        root,
    })
}

fn read_json(text: &str) -> Result<Yaml, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Tree::new(text).deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

/// Reads `text` as YAML. `not_json` is the error of the JSON parser.
fn read_yaml(text: &Text<'_>, not_json: &serde_json::Error) -> Result<Yaml, Problem> {
    let problem = |place: Option<(usize, usize)>, what: String, remedy: &str| Problem {
        place: place.map(|(line, column)| Box::new(Place::new(text.text, line, column))),
        ..Problem::new(text.name, "", what, remedy)
    };
    let too_deep = format!("nested more than {DEPTH} levels deep");
    if let Err((at, what)) = check_nesting(text.text) {
        return Err(match is_too_deep(&what) {
            true => problem(Some(at), too_deep, NEST_LESS),
            false => problem(Some(at), format!("not YAML: {what}"), CORRECT),
        });
    }
    if let Some((name, at)) = anchors::defined_twice(text.text) {
        let what = format!("more than one anchor has the name `&{name}`");
        return Err(problem(Some(at), what, "give each anchor its own name"));
    }
    let tree = Tree::new(text.text);
    let read = tree.deserialize(serde_yaml::Deserializer::from_str(text.text));
    read.map_err(|not_yaml| {
        let (at, language, message) = if text.name.ends_with(".json") {
            let at = (not_json.line(), not_json.column());
            (Some(at), "JSON", not_json.to_string())
        } else {
            let at = not_yaml.location().map(|at| (at.line(), at.column()));
            (at, "YAML", not_yaml.to_string())
        };
        if is_too_deep(&message) {
            problem(at, too_deep, NEST_LESS)
        } else if tree.is_spent() || message.starts_with("repetition limit exceeded") {
            let what = "its aliases (*) make it many times as large as its text";
            let remedy = "write out their values, or refer to components";
            problem(at, what.to_owned(), remedy)
        } else {
            problem(at, format!("not {language}: {message}"), CORRECT)
        }
    })
}

/// Returns `root` as YAML, with its keys in order.
///
/// # Errors
///
/// The message of the serializer.
pub(crate) fn to_yaml(root: &Value) -> Result<String, String> {
    serde_yaml::to_string(root).map_err(|error| error.to_string())
}

/// The start of the error of each parser for a text that nests too deeply.
const TOO_DEEP: &str = "recursion limit exceeded";

fn is_too_deep(message: &str) -> bool {
    message.starts_with(TOO_DEEP)
}

/// Refuses a `text` that nests too deeply, before the YAML parser spends a long time on it.
///
/// # Errors
///
/// The line and the column, and the fault.
fn check_nesting(text: &str) -> Result<(), ((usize, usize), String)> {
    // Only a parser can distinguish the brackets of a list from brackets in a string.
    if !opens_many(text.chars()) {
        return Ok(());
    }
    let mut depth = 0_usize;
    for event in saphyr_parser::Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            // The other parser may read further.
            Err(error) => {
                let at = error.marker();
                return match opens_many(text.chars().skip(at.index())) {
                    true => Err(((at.line(), at.col() + 1), error.info().to_owned())),
                    false => Ok(()),
                };
            }
        };
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
            Event::SequenceEnd | Event::MappingEnd => depth -= 1,
            _ => {}
        }
        if depth > DEPTH {
            let at = (span.start.line(), span.start.col() + 1);
            return Err((at, TOO_DEEP.to_owned()));
        }
    }
    Ok(())
}

/// Whether more than [`OPEN`] brackets are open at once in `text`, including brackets in
/// strings.
fn opens_many(text: impl IntoIterator<Item = char>) -> bool {
    let mut open: usize = 0;
    text.into_iter().any(|c| {
        match c {
            '[' | '{' => open += 1,
            ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > OPEN
    })
}

/// Returns the JSON type of `value`, with its article.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// A value that JSON cannot represent.
struct Unrepresentable {
    pointer: String,
    what: String,
    remedy: &'static str,
}

fn to_json(yaml: Yaml, at: &str) -> Result<Value, Unrepresentable> {
    let fault = |pointer: &str, what: String| Unrepresentable {
        pointer: pointer.to_owned(),
        what,
        remedy: "write a value that JSON can represent",
    };
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::String(value) => Value::String(value),
        Yaml::Number(number) => {
            let unsigned = number.as_u64().map(serde_json::Number::from);
            let integer = unsigned.or_else(|| number.as_i64().map(Into::into));
            let json = integer.or_else(|| serde_json::Number::from_f64(number.as_f64()?));
            let not_finite = || fault(at, format!("the number {number} is not finite"));
            json.ok_or_else(not_finite)?.into()
        }
        Yaml::Sequence(items) => {
            let items = items.into_iter().enumerate();
            let items = items.map(|(index, item)| to_json(item, &format!("{at}/{index}")));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Yaml::Mapping(members) => {
            let mut object = Map::with_capacity(members.len());
            for (key, value) in members {
                // A status code is a number in YAML and a string in OpenAPI.
                let key = match key {
                    Yaml::String(key) => key,
                    Yaml::Number(key) => key.to_string(),
                    Yaml::Bool(key) => key.to_string(),
                    Yaml::Null => "null".to_owned(),
                    Yaml::Sequence(_) | Yaml::Mapping(_) | Yaml::Tagged(_) => {
                        let what = "a key that is not a plain scalar".to_owned();
                        return Err(fault(at, what));
                    }
                };
                let at = pointer::join(at, &key);
                let value = to_json(value, &at)?;
                if object.insert(key, value).is_some() {
                    let remedy = "remove one of the two";
                    let fault = fault(&at, "duplicate key".to_owned());
                    return Err(Unrepresentable { remedy, ..fault });
                }
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => {
            let what = format!("the tag {} has no meaning in JSON", tagged.tag);
            return Err(fault(at, what));
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(text: &str) -> Result<Value, String> {
        let text = Text {
            name: "api.yaml",
            text,
        };
        load(&text)
            .map(|document| document.root)
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn an_alias_after_a_reused_anchor_name_is_refused() {
        assert_eq!(
            check("{a: &x one, b: &x two, c: &y three, d: *x}"),
            Err(
                "api.yaml:1:16: more than one anchor has the name `&x`; give each anchor its own name"
                    .to_owned()
            ),
        );
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_document() {
        for text in [
            "\u{feff}a: 1\n",
            "\u{feff}# A comment.\n---\na: 1\n",
            "\u{feff}{\"a\": 1}",
        ] {
            assert_eq!(check(text), Ok(json!({"a": 1})), "{text:?}");
        }
    }

    #[test]
    fn scalars_are_read_as_yaml_1_2_does() {
        assert_eq!(
            check("{200: on, version: 2020-09-17, tiny: 1e-08, big: 18446744073709551615}"),
            Ok(json!({"200": "on", "version": "2020-09-17", "tiny": 1e-8, "big": u64::MAX})),
        );
    }

    #[test]
    fn aliases_and_brackets_that_grow_without_bound_are_refused() {
        // A billion laughs: each line repeats the line before nine times.
        let mut laughs = "a0: &a0 [lol, lol]\n".to_owned();
        for line in 1..10 {
            let before = vec![format!("*a{}", line - 1); 9].join(", ");
            laughs.push_str(&format!("a{line}: &a{line} [{before}]\n"));
        }
        let merges: String = (1..30)
            .map(|line| format!("a{line}: &a{line} {{<<: *a{0}, k: *a{0}}}\n", line - 1))
            .collect();
        let merges = format!("a0: &a0 {{k: v}}\n{merges}");
        // A few aliases that copy a lot.
        let often = |what: &str, times| {
            let aliases = vec!["*a"; times].join(", ");
            format!("a: &a {what}\nb: [{aliases}]\n")
        };
        let texts = often(&"x".repeat(10_000), 10_000);
        let keys = often(&format!("{{? {}}}", "x".repeat(10_000)), 10_000);
        let lists = often(&format!("[{}]", ["1"; 2_000].join(", ")), 2_000);
        let nest = |open: &str, close: &str, times| {
            format!("a: {}1{}", open.repeat(times), close.repeat(times))
        };
        let aliases = |at: &str| {
            format!(
                "api.yaml{at}: its aliases (*) make it many times as large as its text; write out \
                 their values, or refer to components"
            )
        };
        let deep =
            "nested more than 128 levels deep; give the inner schemas names, and refer to them";
        for (text, message) in [
            (laughs, aliases("")),
            (merges, aliases("")),
            (texts, aliases(":1:4")),
            (keys, aliases(":1:10")),
            (lists, aliases(":1:4")),
            ("a: &a [*a]".to_owned(), format!("api.yaml:1:4: {deep}")),
            (nest("[", "]", 200), format!("api.yaml:1:131: {deep}")),
            (nest("{a: ", "}", 200), format!("api.yaml:1:512: {deep}")),
            (nest("[", "]", 1_000_000), format!("api.yaml:1:259: {deep}")),
            (
                nest("{a: ", "}", 100_000),
                format!("api.yaml:1:512: {deep}"),
            ),
            (
                nest("[\n\t", "]", 100_000),
                "api.yaml:2:2: not YAML: tabs disallowed within this context (block indentation); \
                 correct the syntax there"
                    .to_owned(),
            ),
        ] {
            assert_eq!(check(&text), Err(message));
        }
        assert!(check(&nest("[", "]", 100)).is_ok());
    }

    #[test]
    fn brackets_in_a_text_do_not_nest() {
        let many = "[{".repeat(100_000);
        for (text, name) in [
            (format!("a: '{many}'"), "api.yaml"),
            (format!("a: \"{many}\""), "api.yaml"),
            (format!("a: x{many}"), "api.yaml"),
            (format!("a:\n  x\n  y {many}"), "api.yaml"),
            (format!("a: |\n  {many}\n  {many}"), "api.yaml"),
            (format!("a: >-\n  {many}"), "api.yaml"),
            (format!("a: 1 # {many}"), "api.yaml"),
            (format!("? '{many}'\n: 1"), "api.yaml"),
            (format!("[{{a: '{many}'}}]"), "list.yaml"),
            (format!("{{\"a\": \"\\ud83d\\ude00{many}\"}}"), "api.json"),
        ] {
            let read = load(&Text { name, text: &text });
            let read = read.map_err(|problems| problems.to_string());
            match name {
                "list.yaml" => assert!(read.unwrap_err().contains("expected a mapping")),
                _ => assert!(read.is_ok(), "{read:.100?}"),
            }
        }
        let text = format!("a: [1\nb: '{many}'");
        let error = check(&text).unwrap_err();
        assert!(error.starts_with("api.yaml:2:2: not YAML"), "{error:.100}");
    }

    #[test]
    fn large_values_without_growth_are_read() {
        let check = |text: &str| check(text).map(drop);
        // The maximum number of values for a number of bytes, and strings that are longer than
        // their source.
        assert_eq!(check(&format!("a: [{}]", "{b},".repeat(500_000))), Ok(()));
        assert_eq!(check(&format!("a: \"{}\"", "\\P".repeat(500_000))), Ok(()));
        // A small document may repeat one value often.
        let aliases = vec!["*a"; 1_000].join(", ");
        let often = format!("a: &a {}\nb: [{aliases}]\n", "x".repeat(1_000));
        assert_eq!(check(&often), Ok(()));
    }

    #[test]
    fn a_chain_of_references_has_a_limit() {
        let chain = |length: usize| {
            let links = (0..length).map(|of| format!("a{of}: {{$ref: '#/a{}'}}\n", of + 1));
            let text = links.collect::<String>() + &format!("a{length}: {{}}");
            let name = "api.yaml";
            let document = load(&Text { name, text: &text }).unwrap();
            document.resolve("#/a0").map(|(pointer, _)| pointer)
        };
        assert_eq!(chain(CHAIN - 1), Some(format!("/a{}", CHAIN - 1)));
        assert_eq!(chain(CHAIN), None);
    }

    #[test]
    fn json_is_yaml() {
        assert_eq!(check("{\"a\": [1, null]}"), Ok(json!({"a": [1, null]})));
    }

    #[test]
    fn json_that_is_not_yaml_is_read() {
        let emoji = r#"{"a": "\ud83d\ude00"}"#;
        assert_eq!(check(emoji), Ok(json!({"a": "\u{1F600}"})));
    }

    #[test]
    fn an_integer_of_any_size_is_a_number() {
        assert_eq!(
            check("{min: -9223372036854776000, max: 18446744073709552000}"),
            Ok(json!({"min": -9223372036854776000.0, "max": 18446744073709552000.0})),
        );
    }

    #[test]
    fn an_error_in_a_json_file_names_json() {
        let name = "api.json";
        let text = "{\"a\": 1\n\"b\": 2}";
        assert_eq!(
            load(&Text { name, text }).unwrap_err().to_string(),
            "api.json:2:1: not JSON: expected `,` or `}` at line 2 column 1; correct the syntax there"
        );
    }

    #[test]
    fn merge_keys_are_applied() {
        assert_eq!(
            check("a: &a {x: 1}\nb: {<<: *a, y: 2}"),
            Ok(json!({"a": {"x": 1}, "b": {"y": 2, "x": 1}})),
        );
    }

    #[test]
    fn values_that_json_cannot_represent_are_refused_with_their_position() {
        for (text, message) in [
            (
                "a: [1\nb: 2",
                "api.yaml:2:2: not YAML: did not find expected ',' or ']' at line 2 column 2, \
                 while parsing a flow sequence at line 1 column 4; correct the syntax there",
            ),
            (
                "a: {b: .inf}",
                "api.yaml: /a/b: the number .inf is not finite; write a value that JSON can represent",
            ),
            (
                "a: {[1]: 2}",
                "api.yaml: /a: a key that is not a plain scalar; write a value that JSON can represent",
            ),
            (
                "a: {200: 1, '200': 2}",
                "api.yaml: /a/200: duplicate key; remove one of the two",
            ),
            (
                "a: !b 1",
                "api.yaml: /a: the tag !b has no meaning in JSON; write a value that JSON can represent",
            ),
            (
                "",
                "api.yaml: expected a mapping, found null; give a whole document, not a part or an empty file",
            ),
        ] {
            assert_eq!(check(text), Err(message.to_owned()));
        }
    }
}
