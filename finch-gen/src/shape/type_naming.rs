//! Names the types of inline schemas, all in one place. Receives a document with a component for
//! each, and renames the components.
//!
//! While a document is shaped, each inline schema is a component; its key is the path that leads to
//! it: see [`Path`]. Names are assigned only after all components exist. A name depends on the
//! path, the title and the names it collides with, and on nothing else. A component of the document
//! keeps its name. If several others want one name, each takes a longer one:
//!
//! | schema | names, in order |
//! |---|---|
//! | `Directory.individuals[].department` | `IndividualDepartment`, `DirectoryIndividualDepartment` |
//! | with the title `Team` | `Team`, and the names above |
//! | `Source`, the branch that requires `kind: file` | `SourceFile`, `SourceVariant2` |
//! | `status`, an enum with the same values in two schemas | `Status`, `PetStatus` |

mod shared_enums;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use heck::ToSnakeCase as _;
use serde_json::Value;

use super::branch_labels::{self, WITH};
use super::discriminators::mapping_mut;
use super::listed_values::Visits;
use super::{REFERENCE, SCHEMAS, each_schema, schemas, schemas_mut};
use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;
use crate::type_names::{self, Taken};
use crate::walk::{self, Kind};

/// The prefix of each step of a path.
const STEP: char = '\u{E003}';
/// The separator between a step and the title of its schema.
const TITLE: char = '\u{E004}';
/// The prefix of a suffix for the final name.
const SUFFIX: char = '\u{E005}';
/// The prefix of a number that distinguishes equal paths.
const NUMBER: char = '\u{E006}';

const ITEMS: &str = "*";
const VALUES: &str = "=";
const BRANCH: char = '|';
const CONJUNCT: char = '&';

/// Words that mean little without the word before them.
const GENERIC: [&str; 14] = [
    "Attribute",
    "Body",
    "Content",
    "Data",
    "Detail",
    "Entry",
    "Field",
    "Item",
    "Meta",
    "Object",
    "Property",
    "Response",
    "Result",
    "Value",
];

/// How the name of a type was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// The document has a component of this name.
    Component,
    Title,
    /// A label: see `branch_labels`.
    Label,
    Path,
    /// With the number of a branch, or of a name that is in use.
    Number,
}

/// How the names of the types were made, by name.
pub(crate) type MadeNames = BTreeMap<String, Made>;

/// The key of a component whose name is not yet assigned.
#[derive(Clone, Debug)]
pub(super) struct Path(String);

impl Path {
    /// Returns the path to the schemas of an operation.
    pub(super) fn of_operation(name: &str) -> Self {
        Self(format!("{STEP}{name}"))
    }

    /// Returns the path to the component `key`.
    pub(super) fn of_component(key: &str) -> Self {
        Self(key.to_owned())
    }

    pub(super) fn property(&self, name: &str) -> Self {
        self.step(&type_names::camel_case(name))
    }

    pub(super) fn items(&self) -> Self {
        self.step(ITEMS)
    }

    pub(super) fn values(&self) -> Self {
        self.step(VALUES)
    }

    pub(super) fn branch(&self, index: usize) -> Self {
        self.step(&format!("{BRANCH}{}", index + 1))
    }

    pub(super) fn conjunct(&self, index: usize) -> Self {
        self.step(&format!("{CONJUNCT}{}", index + 1))
    }

    /// Returns the path to a schema that takes the name of this one and adds `suffix`.
    pub(super) fn suffixed(&self, suffix: &str) -> Self {
        Self(format!("{}{SUFFIX}{suffix}", self.0))
    }

    fn step(&self, step: &str) -> Self {
        Self(format!("{}{STEP}{step}", self.0))
    }

    /// Returns an unused key for a schema with this title.
    pub(super) fn key(&self, title: Option<&str>, taken: &mut Taken) -> String {
        let mut key = self.0.clone();
        if let Some(title) = title {
            key.push(TITLE);
            key += &type_names::type_name(title);
        }
        taken.unique_with(&key, str::to_owned, |count| format!("{key}{NUMBER}{count}"))
    }
}

/// Whether the component `key` takes its name from the document.
pub(super) fn is_final(key: &str) -> bool {
    !key.contains([STEP, SUFFIX])
}

/// Whether the path `key` ends with the number of a branch.
pub(super) fn is_numbered(key: &str) -> bool {
    let last = key.rsplit(STEP).next().unwrap_or_default();
    key.contains(STEP) && last.starts_with([BRANCH, CONJUNCT]) && !last.contains([TITLE, SUFFIX])
}

/// Assigns names to all components, and renames them and the references to them.
pub(super) fn assign(document: &mut Document, model: &mut ApiModel) -> MadeNames {
    drop_unused(document, model);
    let labels = labels(document);
    let joined = shared_enums::join(document, &labels);
    rename(document, model, &joined.replaced);
    let names = names(document, &labels, joined.candidates);
    let keys = document.keys(SCHEMAS).into_iter();
    let made = keys.map(|key| match names.get(&key) {
        Some(name) => (name.clone(), made(&key, name, &labels)),
        None => (type_names::type_name(&key), Made::Component),
    });
    let made = made.collect();
    if let Some(schemas) = schemas_mut(document) {
        *schemas = std::mem::take(schemas)
            .into_iter()
            .map(|(key, schema)| (names.get(&key).cloned().unwrap_or(key), schema))
            .collect();
    }
    rename(document, model, &names);
    made
}

/// Returns how `name` was made for the component `key`.
fn made(key: &str, name: &str, labels: &HashMap<String, String>) -> Made {
    let steps = steps(key, labels);
    let spelled = |step: &Step<'_>| !step.is_word() && name.contains(&spelled(step.made_of));
    let is_branch = |step: &Step<'_>| step.made_of.starts_with([BRANCH, CONJUNCT]);
    let has_branch = steps.iter().any(|step| is_branch(step) && spelled(step));
    // A number that neither a step nor the document has.
    let end = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &name[end.len()..];
    let in_key = |number: &str| without_number(key).replace(['-', '_'], "").contains(number);
    let label = steps.last().and_then(|step| step.label);
    if has_branch
        || !number.is_empty() && !in_key(number) && label.is_none_or(|of| !of.ends_with(number))
    {
        Made::Number
    } else if title(key).as_deref() == Some(name) {
        Made::Title
    } else if label.is_some_and(|label| name.ends_with(label)) {
        Made::Label
    } else {
        Made::Path
    }
}

/// Makes everything that refers to a component refer to its new name.
fn rename(document: &mut Document, model: &mut ApiModel, names: &HashMap<String, String>) {
    for operation in &mut model.operations {
        let successes = operation.successes.iter_mut();
        let bodies = successes.filter_map(|success| success.body.as_mut());
        for component in bodies.filter_map(|body| body.component.as_mut()) {
            if let Some(name) = names.get(component) {
                component.clone_from(name);
            }
        }
    }
    rename_references(&mut document.root, Kind::Object, names);
}

/// Drops the components of formerly inline schemas that are no longer referenced.
fn drop_unused(document: &mut Document, model: &ApiModel) {
    loop {
        let mut used: HashSet<String> = HashSet::new();
        each_schema(document, |_, schema| {
            let reference = schema.text("$ref");
            let key = reference.and_then(|of| of.strip_prefix(REFERENCE));
            used.extend(key.map(str::to_owned));
        });
        let operations = model.operations.iter();
        let successes = operations.flat_map(|operation| &operation.successes);
        let bodies = successes.filter_map(|success| success.body.as_ref());
        used.extend(bodies.filter_map(|body| body.component.clone()));
        let Some(schemas) = schemas_mut(document) else {
            return;
        };
        let before = schemas.len();
        schemas.retain(|key, _| is_final(key) || used.contains(key));
        if schemas.len() == before {
            return;
        }
    }
}

/// Makes the references and the mappings of discriminators in `root`, an object of this kind,
/// refer to the new names of components.
pub(super) fn rename_references(root: &mut Value, kind: Kind, names: &HashMap<String, String>) {
    if names.is_empty() {
        return;
    }
    let rename = |target: &mut Value| {
        let key = target.as_str().and_then(|of| of.strip_prefix(REFERENCE));
        if let Some(name) = key.and_then(|key| names.get(key)) {
            *target = format!("{REFERENCE}{name}").into();
        }
    };
    walk::for_each_inside_mut(root, kind, |_, kind, schema| {
        if let (Kind::Schema, Value::Object(schema)) = (kind, schema) {
            schema.get_mut("$ref").into_iter().for_each(rename);
            mapping_mut(schema).for_each(rename);
        }
    });
}

/// Returns the name of each component whose key is a path. `shared` maps some keys to their
/// candidates, best first.
fn names(
    document: &Document,
    labels: &HashMap<String, String>,
    mut shared: HashMap<String, Vec<String>>,
) -> HashMap<String, String> {
    let keys = document.keys(SCHEMAS);
    let mut taken: Taken = keys.iter().filter(|key| is_final(key)).cloned().collect();
    let pending = keys.iter();
    let pending = pending.filter(|key| key.contains(STEP) && suffix(key).is_none());
    let pending = pending.map(|key| {
        let own = shared.remove(key);
        (key, own.unwrap_or_else(|| candidates(key, labels)))
    });
    let (paths, candidates): (Vec<&String>, Vec<Vec<String>>) = pending.unzip();
    let mut names = HashMap::new();
    // A title wins over a path, unless that is the last resort of another schema.
    let last: HashSet<&String> = candidates.iter().filter_map(|own| own.last()).collect();
    let titles = paths.iter().map(|key| {
        let title = title(key).filter(|of| !last.contains(of));
        title.into_iter().collect()
    });
    let titles: Vec<Vec<String>> = titles.collect();
    for wishes in [&titles, &candidates] {
        let open = |index: &usize| !names.contains_key(paths[*index]);
        let open: Vec<usize> = (0..paths.len()).filter(open).collect();
        let wishes: Vec<Vec<String>> = open.iter().map(|index| wishes[*index].clone()).collect();
        let chosen = type_names::choose(&wishes, |name| taken.contains(name));
        for (of, index) in open.into_iter().enumerate() {
            if let Some(name) = wishes[of].get(chosen[of]) {
                names.insert(paths[index].clone(), taken.unique(name));
            }
        }
    }
    // The last resort is a number, in the order of the document.
    for (key, own) in paths.into_iter().zip(&candidates) {
        if let (false, Some(last)) = (names.contains_key(key), own.last()) {
            names.insert(key.clone(), taken.unique(last));
        }
    }
    let suffixed = keys.iter().filter_map(|key| Some((key, suffix(key)?)));
    let mut suffixed: Vec<_> = suffixed.collect();
    // Name a component before the components whose names extend it.
    suffixed.sort_by_key(|(key, _)| key.matches(SUFFIX).count());
    for (key, (of, suffix)) in suffixed {
        let of = match names.get(of) {
            Some(name) => name.clone(),
            // The component itself is no longer used.
            None if !is_final(of) => self::candidates(of, labels).swap_remove(0),
            None => of.to_owned(),
        };
        let name = taken.unique(&format!("{of}{suffix}"));
        names.insert(key.clone(), name);
    }
    names
}

/// Returns the key whose name `key` extends, and the suffix, if `key` has one.
fn suffix(key: &str) -> Option<(&str, &str)> {
    let (of, suffix) = key.rsplit_once(SUFFIX)?;
    (!suffix.contains(STEP)).then(|| (of, without_number(suffix)))
}

fn without_number(key: &str) -> &str {
    key.split_once(NUMBER).map_or(key, |(key, _)| key)
}

/// A step of a path.
struct Step<'a> {
    /// The text that made the step.
    made_of: &'a str,
    title: Option<&'a str>,
    /// The word that distinguishes it from other branches.
    label: Option<&'a str>,
}

impl Step<'_> {
    fn is_word(&self) -> bool {
        !self.made_of.starts_with([BRANCH, CONJUNCT, '*', '='])
    }
}

/// Returns the steps of `key`.
fn steps<'a>(key: &'a str, labels: &'a HashMap<String, String>) -> Vec<Step<'a>> {
    let mut from = 0;
    let ends = key.match_indices(STEP).map(|(end, _)| end);
    let ends = ends.filter(|end| *end > 0).chain([key.len()]);
    let steps = ends.map(|end| {
        let step = without_number(key[from..end].trim_start_matches(STEP));
        let title = step.split_once(TITLE);
        from = end;
        Step {
            made_of: title.map_or(step, |(step, _)| step),
            title: title.map(|(_, title)| title),
            label: labels.get(&key[..end]).map(String::as_str),
        }
    });
    steps.collect()
}

/// Returns the title in the component `key` as a name.
fn title(key: &str) -> Option<String> {
    let last = key.rsplit(STEP).next()?;
    let (_, title) = last.split_once(TITLE)?;
    Some(type_names::type_name(without_number(title)))
}

/// Returns the names for the component `key` without its title, best first.
fn candidates(key: &str, labels: &HashMap<String, String>) -> Vec<String> {
    let steps = steps(key, labels);
    let mut names = Vec::new();
    let mut count = 0;
    for (from, step) in steps.iter().enumerate().rev() {
        count += usize::from(step.made_of != ITEMS);
        if !step.is_word() && step.title.is_none() {
            continue;
        }
        let head = step.title.unwrap_or(step.made_of);
        let is_generic = GENERIC.contains(&singular(head).as_str());
        if from == 0 || count > 1 && !is_generic {
            names.push(short(head, &steps[from + 1..]));
        }
    }
    let labelled = |step: &Step<'_>| match step.label {
        Some(label) => label.to_owned(),
        None => spelled(step.made_of),
    };
    if let Some((last, outer)) = steps.split_last() {
        // The branch `card` and its property `card` cannot both be `SourceCard`.
        let outer: String = outer.iter().map(labelled).collect();
        let label = last.label;
        let label = label.filter(|label| !last.is_word() && !label.starts_with(WITH));
        names.extend(label.map(|label| format!("{outer}{WITH}{label}")));
        names.push(format!("{outer}{}", labelled(last)));
    }
    names.push(steps.iter().map(|step| spelled(step.made_of)).collect());
    for name in &mut names {
        *name = type_names::type_name(name);
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// Returns the name of the schema that `steps` lead to, starting from a schema called `head`. Items
/// become singular nouns, and no word occurs twice in a row.
fn short(head: &str, steps: &[Step<'_>]) -> String {
    let mut name = head.to_owned();
    for (index, step) in steps.iter().enumerate() {
        let is_last = index + 1 == steps.len();
        name = match (step.made_of, step.label) {
            (ITEMS, _) => singular(&name),
            (_, Some(label)) if is_last || !label.starts_with(WITH) => joined(&name, label),
            // The number of a branch does not describe the schemas inside it.
            (of, _) if of.starts_with([BRANCH, CONJUNCT]) && !is_last => continue,
            (step, _) => joined(&name, &spelled(step)),
        };
    }
    name
}

/// Returns the words of `step`.
fn spelled(step: &str) -> String {
    match (step, step.strip_prefix(BRANCH), step.strip_prefix(CONJUNCT)) {
        (ITEMS, ..) => "Item".to_owned(),
        (VALUES, ..) => "Value".to_owned(),
        (_, Some(number), _) => format!("Variant{number}"),
        (_, _, Some(number)) => format!("Part{number}"),
        _ => step.to_owned(),
    }
}

/// Returns `name` and `next` as one name. Words that end the first and start the second occur once:
/// `BenefitType` and `TypesOfPay` become `BenefitTypesOfPay`.
fn joined(name: &str, next: &str) -> String {
    let (before, after) = (words(name), words(next));
    let [ends, starts] = [&before, &after].map(|words| {
        let singular: Vec<String> = words.iter().map(|word| singular(word)).collect();
        singular
    });
    let is_repeated = |count: &usize| ends.ends_with(&starts[..*count]);
    let repeated = (1..=after.len())
        .rev()
        .find(is_repeated)
        .unwrap_or_default();
    before[..before.len() - repeated].concat() + next
}

/// Returns the words of `name`, which is in upper camel case.
fn words(name: &str) -> Vec<String> {
    let snake = name.to_snake_case();
    snake.split('_').map(type_names::camel_case).collect()
}

/// Returns `name`, in upper camel case, with its last word in the singular.
fn singular(name: &str) -> String {
    let words = words(name);
    let Some((last, before)) = words.split_last() else {
        return name.to_owned();
    };
    // These nouns have no regular singular, and a word of two letters is not a plural.
    if matches!(last.as_str(), "Data" | "Metadata" | "Media" | "Criteria") || last.len() < 3 {
        return name.to_owned();
    }
    before.concat() + &singular_word(last)
}

/// Returns `word`, in upper camel case, in the singular.
fn singular_word(word: &str) -> String {
    thread_local! {
        /// The pluralizer tries dozens of regular expressions, and documents repeat their words.
        static KNOWN: RefCell<HashMap<String, String>> = RefCell::default();
    }
    let known = KNOWN.with_borrow(|known| known.get(word).cloned());
    known.unwrap_or_else(|| {
        let singular = pluralizer::pluralize(&word.to_lowercase(), 1, false);
        let singular = type_names::camel_case(&singular);
        KNOWN.with_borrow_mut(|known| known.insert(word.to_owned(), singular.clone()));
        singular
    })
}

/// Returns a word for each branch of a union that becomes a named type, by the key of its
/// component: the value that distinguishes it, a property that only it requires, or the kind of its
/// content.
fn labels(document: &Document) -> HashMap<String, String> {
    let mut labels = HashMap::new();
    let visits = Visits::of_pass(document);
    let all =
        schemas(document).flat_map(|(_, schema)| branch_labels::labels(document, schema, &visits));
    for (key, label) in all {
        // Several components can come from one branch.
        if let Some((branch, number)) = key.rsplit_once(NUMBER)
            && !number.contains(STEP)
        {
            labels.entry(branch.to_owned()).or_insert(label.clone());
        }
        labels.entry(key).or_insert(label);
    }
    labels
}
