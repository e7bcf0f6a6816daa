//! bundle: includes the files that a document refers to in the document.
//!
//! Runs before all stages. Receives a document, its address, and a function that reads an
//! address. Guarantees a document with the same meaning, without references to files that
//! could be read. Refuses a file that does not parse, and a file that includes itself.
//!
//! A schema, parameter, response or other component becomes a component of the document:
//!
//! ```yaml
//! # before                                  # after
//! schema: {$ref: models/pet.yaml}           schema: {$ref: '#/components/schemas/pet'}
//! ```
//!
//! Anything else, such as a path item, replaces the reference.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use serde_json::{Value, json};
use url::Url;

use crate::json::Fields as _;
use crate::load::{CHAIN, DEPTH, Document, NEST_LESS, Text, load};
use crate::locate;
use crate::pointer;
use crate::problem::Problems;
use crate::type_names;
use crate::vendor::{COMPONENTS, write};
use crate::walk::{self, Kind, Reading, inside};

/// The maximum number of files.
const FILES: usize = 2_000;

/// The maximum number of bytes in all files, of all copies of their values, and of the whole
/// document.
const BYTES: usize = 16 << 20;

/// The maximum number of problems that are collected.
const PROBLEMS: usize = 100;

/// The remedy for a file that cannot be bundled.
pub(crate) const BUNDLER: &str =
    "bundle the files into one document first, as `npx @redocly/cli bundle` does";

const EXTENSIONS: [&str; 3] = [".yaml", ".yml", ".json"];

/// Returns the sections of the components that values of files become part of. A callback or a
/// path item replaces the reference to it instead.
fn sections() -> impl Iterator<Item = &'static str> {
    let is_component = |section: &&str| !matches!(*section, "callbacks" | "pathItems");
    COMPONENTS.into_iter().filter(is_component)
}

/// A document with its files.
#[derive(Clone, Debug, Default)]
pub struct Bundled {
    /// The text of the whole document; `None` if it refers to no files.
    pub text: Option<String>,
    /// The texts of the files, by their addresses relative to the document.
    pub files: BTreeMap<String, String>,
    /// The files that cannot be read, with the places that refer to them. The references there
    /// stay unchanged.
    pub unread: Problems,
}

/// Bundles `text`, which was read from `address`, with the files that it refers to. Calls
/// `read` with the address of each file, which returns its text or the reason why it cannot be
/// read. A `text` that does not parse is treated as one without references.
///
/// # Errors
///
/// A file includes itself, or the document becomes too large or too deep.
pub fn bundle(
    text: &Text<'_>,
    address: &str,
    read: &mut dyn FnMut(&str) -> Result<String, String>,
) -> Result<Bundled, Problems> {
    let (Ok(base), Ok(document)) = (Url::parse(address), load(text)) else {
        return Ok(Bundled::default());
    };
    let mut root = document.root.clone();
    let file = File {
        document,
        text: text.text.to_owned(),
    };
    let mut bundler = Bundler {
        read,
        base: base.clone(),
        folder: text.name.rsplit_once('/').map_or("", |(folder, _)| folder),
        ids: find_ids(&root, &base),
        files: BTreeMap::from([(base.clone(), file)]),
        unreadable: HashMap::new(),
        names: HashMap::new(),
        taken: BTreeMap::new(),
        queue: VecDeque::new(),
        open: Vec::new(),
        copied: 0,
        bytes: 0,
        is_changed: false,
        unread: Problems::default(),
        unread_at: HashSet::new(),
        problems: Problems::default(),
    };
    bundler.name_components(&mut root);
    let place = Place {
        file: &base,
        at: String::new(),
        depth: 0,
        reading: Reading::As(Kind::Object),
        section: None,
    };
    bundler.rewrite(&mut root, &place);
    bundler.add_components(&mut root);
    bundler.finish(&root)
}

/// A file of the document.
struct File {
    document: Document,
    text: String,
}

/// A value of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Target {
    file: Url,
    pointer: String,
}

/// The place of a value, and how to read it.
struct Place<'a> {
    file: &'a Url,
    at: String,
    /// The number of lists and mappings around it.
    depth: usize,
    reading: Reading,
    /// The section of the components that could contain the value instead.
    section: Option<&'static str>,
}

struct Bundler<'r> {
    read: &'r mut dyn FnMut(&str) -> Result<String, String>,
    base: Url,
    /// The folder of the document, as messages name it.
    folder: &'r str,
    /// The `$id`s of the document, which identify schemas instead of files.
    ids: HashSet<Url>,
    files: BTreeMap<Url, File>,
    unreadable: HashMap<Url, String>,
    /// The names of the components that replace values of other files.
    names: HashMap<(&'static str, Target), String>,
    taken: BTreeMap<&'static str, BTreeSet<String>>,
    /// The components that are not added yet.
    queue: VecDeque<(&'static str, String, Target)>,
    /// The values that currently replace references, the outermost first.
    open: Vec<Target>,
    /// The number of bytes of copied values.
    copied: usize,
    /// The number of bytes of the files.
    bytes: usize,
    is_changed: bool,
    unread: Problems,
    /// The places in the files that refer to them.
    unread_at: HashSet<(Url, String)>,
    problems: Problems,
}

impl Bundler<'_> {
    /// Reserves the name of each component that is only a reference to another file for the
    /// value in that file.
    fn name_components(&mut self, root: &mut Value) {
        let Some(components) = root.get_mut("components") else {
            return;
        };
        let base = self.base.clone();
        self.open_map(components, "/components");
        for section in sections() {
            let Some(named) = components.get_mut(section) else {
                continue;
            };
            let at = format!("/components/{section}");
            self.open_map(named, &at);
            let Some(named) = named.as_object_mut() else {
                continue;
            };
            self.taken.insert(section, named.keys().cloned().collect());
            for (name, component) in named {
                let at = format!("{}/$ref", pointer::join(&at, name));
                let reference = only_reference(component);
                let target = reference.and_then(|of| self.target(&base, &at, of));
                let Some(target) = target.filter(|target| target.file != base) else {
                    continue;
                };
                if let Entry::Vacant(entry) = self.names.entry((section, target.clone())) {
                    entry.insert(name.clone());
                    self.queue.push_back((section, name.clone(), target));
                    *component = Value::Null;
                    self.is_changed = true;
                }
            }
        }
    }

    /// Replaces the mapping `map` at `at` of the document, if it is only a reference, with
    /// references to the values in the target.
    fn open_map(&mut self, map: &mut Value, at: &str) {
        let mut file = self.base.clone();
        for _ in 0..CHAIN {
            let reference = only_reference(map);
            let target = reference.and_then(|of| self.target(&file, &format!("{at}/$ref"), of));
            let Some(target) = target.filter(|target| target.file != self.base) else {
                return;
            };
            let Some(members) = self.find(&target).object() else {
                return;
            };
            let reference_to = |name: &String| {
                let mut address = target.file.clone();
                let pointer = pointer::join(&target.pointer, name);
                address.set_fragment(Some(&pointer));
                json!({"$ref": address.as_str()})
            };
            *map = match members.get("$ref") {
                Some(reference) => json!({"$ref": reference}),
                None => members
                    .keys()
                    .map(|name| (name.clone(), reference_to(name)))
                    .collect(),
            };
            file = target.file;
            self.is_changed = true;
        }
    }

    /// Rewrites the references in `value`.
    fn rewrite(&mut self, value: &mut Value, place: &Place<'_>) {
        if matches!(place.reading, Reading::Data) {
            return;
        }
        if place.depth > DEPTH {
            // Only the combination can be too deep: `load` already refuses a single file that
            // is.
            let what = format!("with its files, nested more than {DEPTH} levels deep");
            return self.problem(place.file, &place.at, what, NEST_LESS);
        }
        let is_schema = matches!(place.reading, Reading::As(Kind::Schema));
        if is_schema && value.text("$id").is_some() {
            // References inside it are relative to its `$id`.
            return;
        }
        if let Some(reference) = value.text("$ref") {
            let is_local = place.file == &self.base && reference.starts_with('#');
            if !is_local
                && let Some(target) =
                    self.target(place.file, &format!("{}/$ref", place.at), reference)
            {
                // A mapping of components is not a component.
                let is_object = matches!(place.reading, Reading::As(_));
                match place.section.filter(|_| is_object) {
                    None if target.file != self.base => {
                        return self.inline(value, target, place);
                    }
                    section => value["$ref"] = self.reference_to(section, &target),
                }
            }
        }
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    if is_schema && key == "discriminator" {
                        self.rewrite_mapping(member, place);
                        continue;
                    }
                    let reading = inside(place.reading, Some(key));
                    let section = match (place.reading, place.section) {
                        (Reading::Names(_), section) => section,
                        (Reading::NamesOfNames, _) => None,
                        _ => section_of(key, reading),
                    };
                    let place = Place {
                        file: place.file,
                        at: pointer::join(&place.at, key),
                        depth: place.depth + 1,
                        reading,
                        section,
                    };
                    self.rewrite(member, &place);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    let place = Place {
                        at: format!("{}/{index}", place.at),
                        depth: place.depth + 1,
                        reading: inside(place.reading, None),
                        ..*place
                    };
                    self.rewrite(item, &place);
                }
            }
            _ => {}
        }
    }

    /// Rewrites the addresses of schemas in a discriminator.
    fn rewrite_mapping(&mut self, discriminator: &mut Value, place: &Place<'_>) {
        let mapping = discriminator.get_mut("mapping");
        for (key, schema) in mapping.and_then(Value::as_object_mut).into_iter().flatten() {
            let Some(reference) = schema.as_str() else {
                continue;
            };
            let is_file = EXTENSIONS.iter().any(|it| reference.ends_with(it));
            let is_address = is_file || reference.contains('#');
            if !is_address || place.file == &self.base && reference.starts_with('#') {
                continue;
            }
            let at = pointer::join(&format!("{}/discriminator/mapping", place.at), key);
            if let Some(target) = self.target(place.file, &at, reference) {
                *schema = self.reference_to(Some("schemas"), &target);
            }
        }
    }

    /// Returns a reference to `target`, or to the component in `section` that replaces it.
    fn reference_to(&mut self, section: Option<&'static str>, target: &Target) -> Value {
        let component = section.filter(|_| target.file != self.base).map(|section| {
            let name = self.component(section, target);
            pointer::join(&format!("/components/{section}"), &name)
        });
        let pointer = component.as_ref().unwrap_or(&target.pointer);
        self.is_changed = true;
        format!("#{}", pointer.replace('%', "%25")).into()
    }

    /// Replaces `value`, a reference to `target`, with `target`. Keeps the other properties of
    /// `value`.
    fn inline(&mut self, value: &mut Value, target: Target, place: &Place<'_>) {
        if self.open.contains(&target) {
            let what = "the file includes itself here";
            return self.problem(place.file, &place.at, what, "refer to a component instead");
        }
        let Some(mut content) = self.copy(&target, place.file, &place.at) else {
            return;
        };
        let file = target.file.clone();
        let within = Place {
            file: &file,
            at: target.pointer.clone(),
            ..*place
        };
        self.open.push(target);
        self.rewrite(&mut content, &within);
        self.open.pop();
        if let (Value::Object(content), Value::Object(members)) = (&mut content, &*value) {
            let others = members.iter().filter(|(name, _)| *name != "$ref");
            content.extend(others.map(|(name, member)| (name.clone(), member.clone())));
        }
        *value = content;
        self.is_changed = true;
    }

    /// Returns the name of the component in `section` that is or replaces `target`.
    fn component(&mut self, section: &'static str, target: &Target) -> String {
        let key = (section, target.clone());
        if let Some(name) = self.names.get(&key) {
            return name.clone();
        }
        let taken = self.taken.entry(section).or_default();
        let mut name = name_of(target);
        if taken.contains(&name) {
            name = format!("{}_{name}", stem(&target.file));
        }
        let name = type_names::unique(&name, |name| taken.contains(name));
        taken.insert(name.clone());
        self.names.insert(key, name.clone());
        self.queue
            .push_back((section, name.clone(), target.clone()));
        name
    }

    /// Copies `target` for a reference at `at` of `file`, unless the copies exceed the limit.
    fn copy(&mut self, target: &Target, file: &Url, at: &str) -> Option<Value> {
        let is_full = self.copied > BYTES;
        let size = size(self.find(target)?);
        self.copied = self.copied.saturating_add(size);
        if self.copied > BYTES {
            if !is_full {
                self.problem(file, at, too_large(), BUNDLER);
            }
            return None;
        }
        self.find(target).cloned()
    }

    /// Adds the components that references require.
    fn add_components(&mut self, root: &mut Value) {
        while let Some((section, name, target)) = self.queue.pop_front() {
            let Some(mut content) = self.copy(&target, &target.file, &target.pointer) else {
                continue;
            };
            let place = Place {
                file: &target.file,
                at: target.pointer,
                // The depth of a component in its section.
                depth: 3,
                reading: Reading::As(match section {
                    "schemas" => Kind::Schema,
                    _ => Kind::Object,
                }),
                section: Some(section),
            };
            self.rewrite(&mut content, &place);
            let Some(root) = root.as_object_mut() else {
                continue;
            };
            let components = root.entry("components").or_insert(Value::Null);
            if !components.is_null() && !components.is_object() {
                continue;
            }
            let named = &mut components[section];
            if named.is_null() || named.is_object() {
                named[name] = content;
            }
        }
    }

    /// Resolves `reference`, which is at `at` of `file`; returns `None` if it has no target.
    fn target(&mut self, file: &Url, at: &str, reference: &str) -> Option<Target> {
        let mut address = file.join(reference).ok()?;
        let fragment = address.fragment().unwrap_or_default().to_owned();
        address.set_fragment(None);
        if self.ids.contains(&address) {
            return None;
        }
        let pointer = pointer::of_reference(&format!("#{fragment}"));
        let target = pointer.map(|pointer| Target {
            file: address.clone(),
            pointer,
        });
        if address == self.base {
            return target;
        }
        if let Err(reason) = self.open_file(&address) {
            self.unread(file, at, format!("{reference:?}: {reason}"));
            return None;
        }
        let target = target.filter(|target| self.find(target).is_some());
        if target.is_none() {
            let what = format!("{reference:?} has no target in that file");
            self.unread(file, at, what);
        }
        target
    }

    /// Reads the file at `address`, unless it is already read.
    fn open_file(&mut self, address: &Url) -> Result<(), String> {
        if self.files.contains_key(address) {
            return Ok(());
        }
        if let Some(reason) = self.unreadable.get(address) {
            return Err(reason.clone());
        }
        let too_large = format!("with it, the files have more than {} MiB", BYTES >> 20);
        let read = if self.files.len() + self.unreadable.len() > FILES {
            Err(format!("it is not among the first {FILES} files"))
        } else if self.bytes > BYTES {
            Err(too_large.clone())
        } else {
            (self.read)(address.as_str())
        };
        let read = read.and_then(|text| {
            self.bytes += text.len();
            if self.bytes > BYTES {
                return Err(too_large);
            }
            let name = match (self.base.make_relative(address), self.folder) {
                (None, _) => address.to_string(),
                (Some(name), "") => name,
                (Some(name), folder) => format!("{folder}/{name}"),
            };
            let document = load(&Text {
                name: &name,
                text: &text,
            });
            document
                .map(|document| File { document, text })
                .map_err(|problems| {
                    let reasons = problems.into_iter().map(|problem| problem.what);
                    reasons.collect::<Vec<_>>().join(", ")
                })
        });
        let file = read.inspect_err(|reason| {
            self.unreadable.insert(address.clone(), reason.clone());
        })?;
        self.files.insert(address.clone(), file);
        Ok(())
    }

    fn find(&self, target: &Target) -> Option<&Value> {
        self.files.get(&target.file)?.document.at(&target.pointer)
    }

    fn problem(&mut self, file: &Url, at: &str, what: impl Into<String>, remedy: &str) {
        if self.problems.len() < PROBLEMS {
            let problem = self.files[file].document.problem(at, what, remedy);
            self.problems.push(problem);
        }
    }

    fn unread(&mut self, file: &Url, at: &str, what: String) {
        // A file that is included twice is rewritten twice, but reported once.
        if self.unread_at.insert((file.clone(), at.to_owned())) {
            let problem = self.files[file].document.problem(at, what, BUNDLER);
            self.unread.push(problem);
        }
    }

    fn finish(mut self, root: &Value) -> Result<Bundled, Problems> {
        for file in self.files.values() {
            let text = Text {
                name: &file.document.name,
                text: &file.text,
            };
            locate::locate(&mut self.problems, &text);
            locate::locate(&mut self.unread, &text);
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let text = match self.is_changed {
            true => Some(write(root)?),
            false => None,
        };
        if text.as_ref().is_some_and(|text| text.len() > BYTES) {
            let document = &self.files[&self.base].document;
            return Err(document.problem("", too_large(), BUNDLER).into());
        }
        self.files.remove(&self.base);
        let files = self.files.into_iter().map(|(address, file)| {
            let relative = self.base.make_relative(&address);
            (relative.unwrap_or_else(|| address.into()), file.text)
        });
        Ok(Bundled {
            text,
            files: files.collect(),
            unread: self.unread,
        })
    }
}

fn too_large() -> String {
    format!("with its files, larger than {} MiB", BYTES >> 20)
}

/// Returns the section of the components for the values of `key`, which are read as `reading`.
fn section_of(key: &str, reading: Reading) -> Option<&'static str> {
    if matches!(
        reading,
        Reading::As(Kind::Schema) | Reading::Names(Kind::Schema)
    ) {
        return Some("schemas");
    }
    match key {
        "requestBody" => Some("requestBodies"),
        _ => sections().find(|section| *section == key),
    }
}

/// Returns the reference that `value` is, if it is nothing else.
fn only_reference(value: &Value) -> Option<&str> {
    let members = value.as_object()?;
    members.get("$ref")?.as_str().filter(|_| members.len() == 1)
}

/// Returns the addresses that schemas of the document declare as their `$id`.
fn find_ids(root: &Value, base: &Url) -> HashSet<Url> {
    let mut ids = HashSet::new();
    walk::for_each(root, |_, kind, schema| {
        let id = schema.text("$id").filter(|_| kind == Kind::Schema);
        if let Some(mut id) = id.and_then(|id| base.join(id).ok()) {
            id.set_fragment(None);
            ids.insert(id);
        }
    });
    ids
}

/// Returns a name for the component that replaces `target`: its key, or else the name of its
/// file.
fn name_of(target: &Target) -> String {
    let key = pointer::last(&target.pointer);
    let key = key.filter(|key| !key.bytes().all(|byte| byte.is_ascii_digit()));
    let name = key.unwrap_or_else(|| stem(&target.file));
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let name = name.replace(|c| !is_allowed(c), "_");
    match name.is_empty() {
        true => "file".to_owned(),
        false => name,
    }
}

/// Returns the name of `file`, without its extension.
fn stem(file: &Url) -> String {
    let name = file.path().rsplit('/').next().unwrap_or_default();
    let mut extensions = EXTENSIONS.iter();
    let stem = extensions.find_map(|it| name.strip_suffix(it));
    stem.unwrap_or(name).replace("%20", "_")
}

/// Returns the approximate size of `value` as text, with the indentation of each line.
fn size(value: &Value) -> usize {
    8 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| name.len() + size(member))
            .sum(),
        Value::String(text) => text.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
