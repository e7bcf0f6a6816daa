//! Lowers schemas from JSON Schema 2020-12 to the Schema Object of OpenAPI 3.0.3.
//!
//! A lowered schema accepts every value that the original accepts. If it accepts no others, the
//! lowering is *exact*. Otherwise it *widens*, and the report notes it. Widening can break the
//! schema around it: `not` of a wider schema is narrower, and a wider branch of a `oneOf` may
//! make a value match twice. So each step also computes exactness: see [`Form`].
//!
//! Lowering splits a schema into a core (its type and the keywords of that type) and conjuncts
//! (`$ref`, `allOf`, `anyOf`, `oneOf`, `not`). It lowers each, and merges them again with the
//! annotations.

pub(crate) mod annotated_enum;
mod annotations;
mod arrays;
mod lowered_schema;
mod numbers;
mod objects;
mod references;
mod source_marks;
mod strings;
mod types;
mod unions;
mod unread_items;
mod values;

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use lowered_schema::{Form, conjoin};
use references::Index;
pub(crate) use types::is_integer;
use types::{Type, Types};
pub(crate) use values::equal;

use super::schema_dialects::{self, Dialect};
use super::source_map::Origins;
use crate::annotation_keywords::is_annotation;
use crate::json::Fields as _;
use crate::load::Document;
use crate::memo::Memo;
use crate::pointer::{self, join};
use crate::problem::Problems;
use crate::report::Report;
use crate::walk::{self, Kind};

/// The maximum number of rounds. Each round lowers a schema again if the previous round
/// learned more about the schemas it refers to. After the last one, no reference counts as exact.
const ROUNDS: usize = 16;

/// Lowers a schema that is not inside another.
pub(super) struct Lowering<'a> {
    document: &'a Document,
    index: &'a Index,
    /// Whether the document is 3.0, which ignores the siblings of a `$ref`.
    is_3_0: bool,
    learned: &'a Learned,
    /// The names of the components with references to them.
    referred: BTreeSet<String>,
    /// The number of `nullable` keywords in a 3.1 document.
    legacy_nullable: usize,
    /// Whether an array has a mark of `unread_items`.
    has_unread_items: bool,
    report: Report,
    problems: Problems,
}

/// Facts about components, by name, that the lowering of references depends on.
#[derive(Default)]
struct Learned {
    /// The components that are not exact.
    inexact: BTreeSet<String>,
    /// The components that only accept null.
    null: BTreeSet<String>,
}

/// The result of lowering a schema.
struct Outcome {
    form: Form,
    legacy_nullable: usize,
    has_unread_items: bool,
    report: Report,
    problems: Problems,
}

/// Lowers every schema of `document`, and replaces it in `lowered`, a copy of the document.
/// Returns the original pointers of the components and properties that moved, by their new
/// pointers.
pub(super) fn lower(
    document: &Document,
    lowered: &mut Document,
    report: &mut Report,
    problems: &mut Problems,
) -> Origins {
    let index = Index::new(document, report);
    let is_3_0 = document.is_3_0();
    // Each schema's pointer, the name of the component that it is or becomes, and the result of
    // lowering it.
    let mut schemas: Vec<(String, Option<String>, Option<Outcome>)> = Vec::new();
    for at in roots(document) {
        let component = at.strip_prefix("/components/schemas");
        let component = component.and_then(pointer::last);
        schemas.push((at, component, None));
    }
    let hoisted_from = schemas.len();
    let hoisted = index.hoisted.iter();
    schemas.extend(hoisted.map(|(at, name)| (at.clone(), Some(name.clone()), None)));
    // A reference is exact only if its target is. Assume that all are, and lower a schema again
    // if one of its targets proves otherwise.
    let mut learned = Learned::default();
    let mut referring: HashMap<String, Vec<usize>> = HashMap::new();
    let mut next: BTreeSet<usize> = (0..schemas.len()).collect();
    for round in 1.. {
        let mut found = Learned::default();
        for place in std::mem::take(&mut next) {
            let (at, component, outcome) = &mut schemas[place];
            let mut lowering = Lowering {
                document,
                index: &index,
                is_3_0,
                learned: &learned,
                referred: BTreeSet::new(),
                legacy_nullable: 0,
                has_unread_items: false,
                report: Report::default(),
                problems: Problems::default(),
            };
            let form = lowering.at(at);
            if let Some(name) = component {
                if form.is_null() && !learned.null.contains(name) {
                    found.null.insert(name.clone());
                }
                if !form.exact && !learned.inexact.contains(name) {
                    found.inexact.insert(name.clone());
                }
            }
            for name in &lowering.referred {
                referring.entry(name.clone()).or_default().push(place);
            }
            *outcome = Some(Outcome {
                form,
                legacy_nullable: lowering.legacy_nullable,
                has_unread_items: lowering.has_unread_items,
                report: lowering.report,
                problems: lowering.problems,
            });
        }
        let names = found.null.iter().chain(&found.inexact);
        let mut names: BTreeSet<String> = names.cloned().collect();
        names.retain(|name| referring.contains_key(name));
        if names.is_empty() || round > ROUNDS {
            break;
        }
        if round == ROUNDS {
            names.extend(referring.keys().cloned());
            found.inexact.clone_from(&names);
        }
        let again = names.iter().filter_map(|name| referring.remove(name));
        next.extend(again.flatten());
        learned.null.append(&mut found.null);
        learned.inexact.append(&mut found.inexact);
    }

    let mut legacy = 0;
    let mut has_unread_items = false;
    let mut origins = Origins::new();
    let mut found = Vec::new();
    for (place, (at, component, outcome)) in schemas.into_iter().enumerate() {
        let Some(outcome) = outcome else { continue };
        if place < hoisted_from {
            if let Some(place) = lowered.at_mut(&at) {
                *place = outcome.form.value();
            }
        } else if let Some(name) = component {
            let what = format!("inline schema with references to it → the component {name}");
            report.info("ref-hoisted", &at, what);
            refer_to(lowered, &at, &name, &outcome.form);
            lowered.root["components"]["schemas"][&name] = outcome.form.value();
            origins.insert(join("/components/schemas", &name), at);
        }
        legacy += outcome.legacy_nullable;
        has_unread_items |= outcome.has_unread_items;
        report.append(outcome.report);
        found.extend(outcome.problems);
    }
    problems.append(found.into_iter().collect());
    if legacy > 0 {
        let what = format!("`nullable: true` from OpenAPI 3.0, {legacy} times → null is accepted");
        report.info("legacy-nullable", "", what);
    }
    if has_unread_items {
        unread_items::note(lowered, report);
    }
    origins.append(&mut source_marks::take(lowered));
    origins
}

/// Replaces the schema `before` at `at` with a reference to the component `name`, which it
/// becomes.
fn refer_to(lowered: &mut Document, at: &str, name: &str, before: &Form) {
    let is_same = |place: &&mut Value| place.as_object() == Some(&before.schema);
    let Some(place) = lowered.at_mut(at).filter(is_same) else {
        return;
    };
    let reference = json!({"$ref": format!("#{}", join("/components/schemas", name))});
    let annotations = [
        "description",
        "deprecated",
        "readOnly",
        "writeOnly",
        "default",
    ];
    let mut form = Form::exact(reference);
    if before.schema.has_any(&annotations) {
        form.wrap();
        form.copy(&before.schema, &annotations);
    }
    *place = form.value();
}

/// Whether `schema` is `nullable`, as OpenAPI 3.0 writes it.
fn is_nullable(schema: &Map<String, Value>) -> bool {
    schema.is_true("nullable")
}

/// Whether `schema` declares null, in any of the ways to write that. (Without a type, it may still
/// accept null.)
fn declares_null<'a>(document: &'a Document, schema: &'a Value, memo: &mut Memo<'a>) -> bool {
    if let Some(reference) = schema.text("$ref").filter(|_| !schema.is_true("nullable")) {
        return memo.answer(reference, |memo| {
            let target = document.follow(schema);
            target.is_some_and(|target| declares_null(document, target, memo))
        });
    }
    if schema.is_true("nullable") {
        return true;
    }
    if let Some(of) = schema.get("type") {
        return *of == "null" || schema.list("type").contains(&json!("null"));
    }
    let mut declares = |one: &'a Value| declares_null(document, one, memo);
    let conjuncts = schema.list("allOf");
    schema.get("const") == Some(&Value::Null)
        || schema.list("enum").contains(&Value::Null)
        || schema.list("anyOf").iter().any(&mut declares)
        || schema.list("oneOf").iter().any(&mut declares)
        || !conjuncts.is_empty() && conjuncts.iter().all(declares)
}

/// Returns the pointers of all schemas that are not inside another.
fn roots(document: &Document) -> Vec<String> {
    let mut roots: Vec<String> = Vec::new();
    for place in walk::places(&document.root) {
        let is_inside = |root: &String| pointer::is_within(&place.pointer, root);
        if place.kind == Kind::Schema && !roots.last().is_some_and(is_inside) {
            roots.push(place.pointer);
        }
    }
    roots
}

impl Lowering<'_> {
    /// Lowers the schema at `at` of the document.
    fn at(&mut self, at: &str) -> Form {
        match self.document.at(at) {
            Some(schema) => self.schema(schema, at),
            None => Form::anything(),
        }
    }

    /// Lowers `schema` at `at`.
    fn schema(&mut self, schema: &Value, at: &str) -> Form {
        match schema {
            Value::Bool(true) => Form::anything(),
            Value::Bool(false) => Form::nothing(),
            Value::Object(schema) => self.object_schema(schema, at),
            other => {
                let what = format!("expected a schema, found {}", crate::load::kind(other));
                self.refuse(at, what, "write a mapping, `true` or `false`");
                Form::anything()
            }
        }
    }

    fn refuse(&mut self, at: impl Into<String>, what: impl Into<String>, remedy: &str) {
        let problem = self.document.problem(at, what, remedy);
        self.problems.push(problem);
    }

    fn object_schema(&mut self, schema: &Map<String, Value>, at: &str) -> Form {
        self.unknown_keywords(schema, at);
        self.dialect(schema, at);
        let documented = annotated_enum::as_enum(schema);
        let schema = documented.as_ref().unwrap_or(schema);
        if self.is_3_0 && schema.contains_key("$ref") {
            return self.reference_of_3_0(schema, at);
        }
        let mut types = self.types(schema, at);
        let has_null_conjunct = self.has_null_conjunct(schema);
        let nullable = has_null_conjunct || is_nullable(schema);
        let mut exact = true;
        let values = self.values(schema, &mut types, nullable, &mut exact, at);
        if has_null_conjunct {
            let what = "one schema of `allOf` only adds null, and the others refuse it → null is \
                        accepted, as intended";
            self.report.warn("nullable-conjunction", at, what);
            exact = false;
        } else if nullable && types.named.is_some() {
            types.null = true;
        }

        let conjuncts = self.conjuncts(schema, at);
        let mut form = self.core(schema, &types, values, at);
        form.exact &= exact;
        let constrains = !form.is_anything() || !conjuncts.is_empty();
        for conjunct in conjuncts {
            conjoin(&mut form, conjunct);
        }
        // `nullable` adds null to a type. Authors who use it without a type mean that it adds
        // null to the whole schema. A 3.0 schema that only accepts null uses it, too.
        let says_null = self.is_3_0 && schema.get("enum") == Some(&json!([null]));
        let is_meant_of_all =
            has_null_conjunct || nullable && !schema.contains_key("type") && !says_null;
        if is_meant_of_all && constrains && !form.is_null() {
            source_marks::set(&mut form.schema, at);
            form = unions::or_null(form);
        }
        self.annotate(&mut form, schema, &types, at);
        if !form.is_null() {
            source_marks::set(&mut form.schema, at);
        }
        form
    }

    /// Whether `allOf` of `schema` holds a schema that only adds null to others that refuse it.
    /// Literally it adds nothing, but authors write it to make a reference nullable.
    fn has_null_conjunct(&self, schema: &Map<String, Value>) -> bool {
        let adds_only_null = |conjunct: &Value| {
            let target = self.document.follow(conjunct);
            let types = target.list("type");
            let says_null =
                target.is_true("nullable") || types.len() > 1 && types.contains(&json!("null"));
            let mut keywords = conjunct.fields().map(|(keyword, _)| keyword.as_str());
            says_null
                && keywords
                    .all(|keyword| matches!(keyword, "nullable" | "type") || is_annotation(keyword))
        };
        let conjuncts = schema.list("allOf");
        let mut memo = Memo::default();
        conjuncts.iter().any(adds_only_null)
            && conjuncts
                .iter()
                .any(|conjunct| !declares_null(self.document, conjunct, &mut memo))
    }

    /// Handles the dialect of a schema, which may differ from the enclosing one.
    fn dialect(&mut self, schema: &Map<String, Value>, at: &str) {
        let Some(uri) = schema.text("$schema") else {
            return;
        };
        let at = join(at, "$schema");
        match Dialect::from_uri(uri) {
            Dialect::Read => {}
            Dialect::Older(name) => {
                let what = format!("a schema of {name} → read as a schema of 2020-12");
                self.report.warn("schema-dialect", &at, what);
            }
            Dialect::Unknown => {
                let what = format!("the dialect {uri} cannot be read");
                self.refuse(at, what, schema_dialects::REMEDY);
            }
        }
    }

    /// 3.0 ignores the siblings of a `$ref`. But authors mean the annotations and `nullable`
    /// that they write there, and keeping them is safe.
    fn reference_of_3_0(&mut self, schema: &Map<String, Value>, at: &str) -> Form {
        let mut form = self.reference(&schema["$ref"], at);
        if is_nullable(schema) {
            form = unions::or_null(form);
        }
        self.annotate(&mut form, schema, &Types::ANY, at);
        form
    }

    /// The type and the keywords of that type.
    fn core(
        &mut self,
        schema: &Map<String, Value>,
        types: &Types,
        values: Option<Vec<Value>>,
        at: &str,
    ) -> Form {
        let Some(named) = &types.named else {
            let mut form = Form::anything();
            for of in Type::ALL {
                let keywords = self.keywords_of(schema, of, false, at);
                form.exact &= keywords.exact;
                form.schema.extend(keywords.schema);
            }
            if let Some(values) = values {
                form.set("enum", values);
            }
            return form;
        };
        let branches = named.iter().map(|of| {
            let mut form = Form::exact(json!({"type": of.name()}));
            let keywords = self.keywords_of(schema, *of, true, at);
            form.exact = keywords.exact;
            form.schema.extend(keywords.schema);
            if let Some(values) = &values {
                let own = values.iter().filter(|value| of.accepts(value));
                form.set("enum", own.cloned().collect::<Vec<_>>());
            }
            form
        });
        let mut branches: Vec<Form> = branches.collect();
        match branches.len() {
            0 => Form::null(),
            1 => {
                let mut form = branches.remove(0);
                if types.null {
                    unions::fold_null(&mut form.schema);
                }
                form
            }
            _ => {
                let names: Vec<&str> = named.iter().map(|of| of.name()).collect();
                let names = names.join(", ");
                let what = format!("the types {names} → a union with a branch for each type");
                self.report.info("multi-type", at, what);
                for branch in &mut branches {
                    source_marks::set(&mut branch.schema, at);
                }
                let union = unions::any_of(branches, at);
                match types.null {
                    true => unions::or_null(union),
                    false => union,
                }
            }
        }
    }

    /// Lowers the keywords of one type. `is_typed` tells whether the schema names that type.
    fn keywords_of(
        &mut self,
        schema: &Map<String, Value>,
        of: Type,
        is_typed: bool,
        at: &str,
    ) -> Form {
        match of {
            Type::Object => self.object_keywords(schema, at),
            Type::Array => self.array_keywords(schema, is_typed, at),
            Type::Boolean => Form::anything(),
            Type::Integer | Type::Number => self.number_keywords(schema, of, at),
            Type::String => self.string_keywords(schema, at),
        }
    }

    /// Returns the constraints that apply in addition to the core.
    fn conjuncts(&mut self, schema: &Map<String, Value>, at: &str) -> Vec<Form> {
        let mut conjuncts = Vec::new();
        let reference = schema.get("$ref");
        conjuncts.extend(reference.map(|of| self.reference(of, at)));
        let reference = schema.get("$dynamicRef");
        conjuncts.extend(reference.map(|of| self.dynamic_reference(of, at)));
        conjuncts.extend(self.list(schema, "allOf", at));
        conjuncts.extend(self.union(schema, "anyOf", at));
        conjuncts.extend(self.union(schema, "oneOf", at));
        conjuncts.extend(self.negation(schema, at));
        conjuncts.extend(self.conditionals(schema, at));
        conjuncts.retain(|conjunct| !(conjunct.is_anything() && conjunct.exact));
        conjuncts
    }

    /// Lowers the schemas in the list `keyword`.
    fn list(&mut self, schema: &Map<String, Value>, keyword: &str, at: &str) -> Vec<Form> {
        let list = schema.list(keyword).iter().enumerate();
        list.map(|(index, member)| self.schema(member, &format!("{at}/{keyword}/{index}")))
            .collect()
    }

    fn negation(&mut self, schema: &Map<String, Value>, at: &str) -> Option<Form> {
        let form = self.schema(schema.get("not")?, &join(at, "not"));
        if form.exact {
            return Some(match form.is_nothing() {
                true => Form::anything(),
                false => Form::exact(json!({"not": form.value()})),
            });
        }
        let what = "`not` with a schema that 3.0 cannot express → dropped; the values that it \
                    excluded are accepted";
        self.report.warn("not-dropped", at, what);
        Some(Form::widest())
    }

    /// OpenAPI 3.0 has no `if`. The properties that it names are kept: see
    /// `conditional_properties`.
    fn conditionals(&mut self, schema: &Map<String, Value>, at: &str) -> Option<Form> {
        let asserts = schema.contains_key("if") && schema.has_any(&["then", "else"]);
        asserts.then(|| {
            let what = "`if`, `then` and `else` → dropped; the properties that they name are \
                        optional, and the values that they excluded are accepted";
            self.report.warn("if-then-else", at, what);
            Form::widest()
        })
    }
}
