//! polish: changes progenitor's types into the types that the client has.
//!
//! Receives progenitor's syntax tree and the model. Guarantees the types as they are checked
//! in, apart from their layout. Each pass is a small module and runs once, in the order of
//! [`passes`] and then of [`final_passes`]. Its module comment shows schemas, some code before the
//! pass and the same code after it, and is a test. A pass refuses a tree that it does not support,
//! so that a new release of progenitor cannot get past it unnoticed.

mod conversion_error;
pub(crate) mod docs;
mod enums;
pub(crate) mod formats;
pub(crate) mod inline;
pub(crate) mod objects;
pub(crate) mod syntax;
pub(crate) mod unions;
mod unsupported;

pub(crate) use syntax::type_index::{qualify, within};
pub(crate) use unsupported::Unsupported;

use std::collections::BTreeMap;

use crate::api_model::ApiModel;
use crate::load::Document;
use crate::lower::Lowered;
use crate::problem::Problems;
use crate::shape::Shaped;
use crate::{pointer, provenance, type_names};
use syntax::syn_query;

/// Each problem of a pass is a bug, as the earlier stages accept the document.
const REMEDY: &str = "report it with the document: it is a bug in the generator";

/// A pass over the syntax tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pass {
    /// The name of its module.
    pub(crate) name: &'static str,
    run: fn(&mut syn::File, &Context<'_>) -> Result<(), Unsupported>,
}

impl Pass {
    fn apply(&self, file: &mut syn::File, context: &Context<'_>) -> Result<(), Problems> {
        (self.run)(file, context).map_err(|places| unexpected(context.document, self.name, places))
    }
}

const SCHEMAS: &str = "/components/schemas";

/// The inputs of the passes.
pub(crate) struct Context<'a> {
    pub(crate) model: &'a ApiModel,
    pub(crate) document: &'a Document,
    pub(crate) shaped: &'a Shaped,
    pub(crate) crate_name: &'a str,
}

impl<'a> Context<'a> {
    pub(crate) fn new(lowered: &'a Lowered, shaped: &'a Shaped, crate_name: &'a str) -> Self {
        Self {
            model: &shaped.model,
            document: &lowered.document,
            shaped,
            crate_name,
        }
    }

    /// Returns the pointer in the document of the schema with the type `name`; empty if none has
    /// it.
    pub(crate) fn place(&self, name: &str) -> String {
        let shaped = &self.shaped.document;
        let keys = shaped.keys(SCHEMAS).into_iter();
        let mut keys = keys.filter(|key| type_names::type_name(key) == name);
        let place = keys.find_map(|key| provenance::origin(shaped, &pointer::join(SCHEMAS, &key)));
        place.unwrap_or_default()
    }

    /// Returns the name of the type of all webhooks, among `types` that are still marked.
    pub(crate) fn event(&self, types: &[syn::Item]) -> Option<String> {
        let component = self.model.webhook_events.as_ref()?;
        let is_marked = |item: &&syn::Item| {
            provenance::read(syn_query::attributes(item)).as_ref() == Some(component)
        };
        let event = types.iter().find(is_marked)?;
        Some(syn_query::name(event)?.to_string())
    }
}

/// The passes over types that are still marked with their provenance, in running order.
pub(crate) fn passes() -> [Pass; 15] {
    let pass = |name, run| Pass { name, run };
    [
        pass("success_enums", unions::success_enums::run),
        pass("conversion_error", conversion_error::run),
        pass("optional", objects::optional::run),
        pass("field_names", objects::field_names::run),
        pass("variant_names", unions::variant_names::run),
        pass("union_deserialize", unions::union_deserialize::run),
        pass("enums", enums::run),
        pass("formats", formats::run),
        pass("all_of_docs", objects::all_of_docs::run),
        pass("nullable", objects::nullable::run),
        pass("redacted", objects::redacted::run),
        pass("wrappers", objects::wrappers::run),
        pass("inline", inline::run),
        pass("non_exhaustive", objects::non_exhaustive::run),
        pass("deprecated", docs::deprecated::run),
    ]
}

/// The passes that run last, in running order. The first turns the marks into documentation.
pub(crate) fn final_passes() -> [Pass; 2] {
    let pass = |name, run| Pass { name, run };
    [
        pass("doc_comments", docs::doc_comments::run),
        pass("object_deserialize", objects::object_deserialize::run),
    ]
}

/// Runs all passes over `file`, and returns the type of each schema, by its pointer.
///
/// # Errors
///
/// A pass does not support the code.
pub(crate) fn polish(
    file: &mut syn::File,
    context: &Context<'_>,
) -> Result<BTreeMap<String, syn::Type>, Problems> {
    for pass in passes() {
        pass.apply(file, context)?;
    }
    let types = syntax::type_index::find(file, context.crate_name)
        .map_err(|what| unexpected(context.document, "type_index", what.into()))?;
    for pass in final_passes() {
        pass.apply(file, context)?;
    }
    Ok(types)
}

/// Returns the problems of the pass `name` with its tree.
pub(crate) fn unexpected(document: &Document, name: &str, places: Unsupported) -> Problems {
    let problems = places.into_iter().map(|place| {
        let what = format!("the polish pass `{name}`: {}", place.what);
        document.problem(place.pointer, what, REMEDY)
    });
    problems.collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::mem;
    use std::path::Path;

    use serde_json::{Map, Value, json};
    use syn::visit::Visit;
    use syn::{
        Attribute, Ident, ImplItemFn, Item, ItemEnum, ItemImpl, ItemMod, ItemStruct, Visibility,
    };

    use super::syntax::derives;
    use super::syntax::syn_query;
    use super::{Context, Pass, final_passes, passes};
    use crate::client_tree::ClientTree;
    use crate::provenance;
    use crate::render::layout;
    use crate::{Inputs, Text, doc_attrs};

    /// Returns a document with `parts`, in YAML: a name that starts with `/` is a path, any other
    /// name is a schema.
    fn document(parts: &str) -> String {
        let parts: Map<String, Value> = serde_yaml::from_str(parts).unwrap();
        let (paths, schemas): (Map<String, Value>, Map<String, Value>) = parts
            .into_iter()
            .partition(|(name, _)| name.starts_with('/'));
        json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": paths,
            "components": {"schemas": schemas},
        })
        .to_string()
    }

    fn inputs(document: &str) -> Inputs<'_> {
        Inputs {
            crate_name: "api",
            ..Inputs::of_document(Text {
                name: "api.json",
                text: document,
            })
        }
    }

    /// Returns the client for a [`document`] with `parts`.
    #[track_caller]
    pub(crate) fn client(parts: &str) -> ClientTree {
        crate::client_tree(&inputs(&document(parts))).unwrap()
    }

    /// Returns the client for one operation, `post-a`, with the request schema `A` and the response
    /// schema `B`.
    #[track_caller]
    pub(crate) fn exchange(schemas: &str) -> ClientTree {
        let content = |name: &str| {
            let schema = json!({"$ref": format!("#/components/schemas/{name}")});
            json!({"application/json": {"schema": schema}})
        };
        let operation = json!({
            "operationId": "post-a",
            "requestBody": {"required": true, "content": content("A")},
            "responses": {"200": {"description": "", "content": content("B")}},
        });
        client(&format!(
            "/a: {{post: {operation}}}\n{}",
            schemas.trim_start()
        ))
    }

    /// Checks that `tree` has each item of the code `shown`.
    #[track_caller]
    pub(crate) fn check_items(tree: &ClientTree, shown: &str) {
        /// The line with the name of the item.
        fn head(item: &str) -> Option<&str> {
            item.lines().find(|line| !line.starts_with(['#', '/', ' ']))
        }
        let code = items(tree.file.clone(), shown);
        for item in items(syn::parse_file(shown).unwrap(), shown) {
            let similar = code.iter().filter(|found| head(found) == head(&item));
            let similar: Vec<&str> = similar.map(String::as_str).collect();
            assert!(
                code.contains(&item),
                "{item}\nis not among\n{}",
                similar.join("\n")
            );
        }
    }

    /// Returns the code before and after `pass` for the client of `document`.
    fn before_and_after(pass: &Pass, document: &str) -> [syn::File; 2] {
        let lowered = crate::lower_inputs(&inputs(document)).unwrap();
        let shaped = crate::shape(&lowered);
        let openapi = crate::preflight(&shaped).unwrap();
        let mut file = crate::progenitor(openapi, &shaped).unwrap();
        let context = Context::new(&lowered, &shaped, "api");
        let all = passes().into_iter().chain(final_passes());
        for earlier in all.take_while(|of| of.name != pass.name) {
            earlier.apply(&mut file, &context).unwrap();
        }
        let before = file.clone();
        pass.apply(&mut file, &context).unwrap();
        [before, file]
    }

    /// Returns the code of each item of `file` and its modules, and of each function of a type.
    /// Drops documentation, derives and `#[inline]` unless `shown` has any. Writes marks as `|place|`.
    fn items(mut file: syn::File, shown: &str) -> BTreeSet<String> {
        file.attrs.clear();
        let mut items = Vec::new();
        while let Some(item) = file.items.pop() {
            match item {
                Item::Mod(ItemMod {
                    content: Some((_, items)),
                    ..
                }) => file.items.extend(items),
                Item::Impl(mut item) if item.trait_.is_none() => {
                    for function in mem::take(&mut item.items) {
                        items.push(Item::Impl(ItemImpl {
                            items: vec![function],
                            ..item.clone()
                        }));
                    }
                }
                item => items.push(item),
            }
        }
        let is_comment = |line: &&str| line.trim_start().starts_with("///");
        let is_kept = |line: &&str| line.trim() != "///" && shown.contains("///");
        let is_inline = |line: &&str| line.trim() == "#[inline]" && !shown.contains("#[inline]");
        let print = |mut item| {
            if let Some(attributes) = syn_query::attributes_mut(&mut item)
                && !shown.contains("#[derive(")
            {
                attributes.retain(|attribute| !attribute.path().is_ident("derive"));
            }
            file.items = vec![item];
            let code = layout::unparse(file.clone());
            let lines = code
                .lines()
                .filter(|line| !is_inline(line) && (!is_comment(line) || is_kept(line)));
            let code = lines.collect::<Vec<_>>().join("\n");
            code.replace(provenance::is_mark, "|")
                .replace(provenance::SAME, "…")
        };
        items.into_iter().map(print).collect()
    }

    /// Returns the code blocks in the module comment of the pass `name`, each with its language.
    fn blocks(name: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/polish");
        let folders = ["", "docs", "objects", "unions"];
        let paths = folders.map(|of| folder.join(of).join(format!("{name}.rs")));
        let path = paths.into_iter().find(|path| path.exists()).unwrap();
        let source = fs::read_to_string(path).unwrap();
        let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
        let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(line));
        let comment = lines.collect::<Vec<_>>().join("\n");
        let blocks = comment.split("```").skip(1).step_by(2);
        blocks.map(str::to_owned).collect()
    }

    /// The module comment of a pass has three code blocks: schemas (and paths), items that the
    /// pass removes, and items that it adds.
    #[test]
    fn comment_of_each_pass_shows_its_output() {
        let mut wrong = String::new();
        for pass in passes().iter().chain(&final_passes()) {
            let blocks = blocks(pass.name);
            let blocks: Vec<_> = blocks.iter().filter_map(|of| of.split_once('\n')).collect();
            let [("yaml", parts), ("text", before), ("text", after)] = *blocks.as_slice() else {
                wrong += &format!("`{}` does not show schemas, before and after\n", pass.name);
                continue;
            };
            let shown = [before, after].concat();
            let [before, after] =
                [before, after].map(|code| items(syn::parse_file(code).unwrap(), &shown));
            let found = before_and_after(pass, &document(parts));
            let [all_before, all_after] = found.map(|file| items(file, &shown));
            let [old, new] = [&all_before - &all_after, &all_after - &all_before];
            if after.is_empty() || !before.is_subset(&old) || !after.is_subset(&new) {
                let [old, new] = [old, new].map(|items| Vec::from_iter(items).join("\n"));
                wrong += &format!("`{}` turns\n{old}\ninto\n{new}\n", pass.name);
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    /// Returns a client with each kind of type.
    fn client_of_all_kinds() -> ClientTree {
        client(
            "
/a:
  post:
    operationId: post-a
    parameters: [{name: order, in: query, schema: {type: string, enum: [up, down]}}]
    requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
    responses:
      '200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/B'}}}}
      '202': {description: '', content: {image/png: {}}}
      '400': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Failure'}}}}
A: {type: object, required: [a], properties: {a: {type: number}}}
B:
  properties:
    any: {}
    enum: {type: string, enum: [x, y]}
    level: {type: integer, enum: [1, 2], x-enum-varnames: [One, Two]}
    list: {$ref: '#/components/schemas/List'}
    pattern: {type: string, pattern: '^a$'}
    secret: {type: string, format: password}
    tagged:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator: {propertyName: kind}
    union: {anyOf: [{$ref: '#/components/schemas/A'}, {type: integer}]}
Cat: {type: object, required: [kind], properties: {kind: {type: string}}}
Dog: {type: object, required: [kind], properties: {kind: {type: string}}, additionalProperties: true}
Failure: {type: object, properties: {code: {type: integer}}}
List: {type: array, items: {type: string, format: uuid}}
",
        )
    }

    #[test]
    fn every_type_is_compared() {
        let tree = client_of_all_kinds();
        let types = syn_query::items(&tree.file, &["types"]).unwrap();
        let mut names = Vec::new();
        for item in types {
            let attributes = syn_query::attributes(item);
            if let Some(name) = syn_query::name(item) {
                assert!(derives::has(attributes, "PartialEq"), "{name}");
                names.push(name.to_string());
            }
        }
        names.sort();
        let all = [
            "A",
            "B",
            "BEnum",
            "BLevel",
            "BTagged",
            "BUnion",
            "Cat",
            "Dog",
            "Failure",
            "List",
            "PostAOrder",
            "PostASuccess",
        ];
        assert_eq!(names, all);
    }

    /// Collects the names of public items without documentation.
    #[derive(Default)]
    struct Undocumented(Vec<String>);

    impl Undocumented {
        fn check(&mut self, visibility: &Visibility, attributes: &[Attribute], name: &Ident) {
            let is_documented = !doc_attrs::text(attributes).trim().is_empty();
            if matches!(visibility, Visibility::Public(_)) && !is_documented {
                self.0.push(name.to_string());
            }
        }
    }

    impl Visit<'_> for Undocumented {
        fn visit_item_struct(&mut self, item: &ItemStruct) {
            self.check(&item.vis, &item.attrs, &item.ident);
            for field in &item.fields {
                if let Some(name) = &field.ident {
                    self.check(&field.vis, &field.attrs, name);
                }
            }
        }

        fn visit_item_enum(&mut self, item: &ItemEnum) {
            self.check(&item.vis, &item.attrs, &item.ident);
            for variant in &item.variants {
                self.check(&item.vis, &variant.attrs, &variant.ident);
            }
        }

        fn visit_impl_item_fn(&mut self, function: &ImplItemFn) {
            self.check(&function.vis, &function.attrs, &function.sig.ident);
        }
    }

    #[test]
    fn every_public_item_is_documented_without_marks() {
        let tree = client_of_all_kinds();
        let mut found = Undocumented::default();
        found.visit_file(&tree.file);
        assert_eq!(found.0, [""; 0]);
        assert!(!layout::unparse(tree.file).contains(provenance::is_mark));
    }
}
