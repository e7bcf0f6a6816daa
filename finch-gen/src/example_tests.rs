//! Emits a test for each example of the document that has a type in the client:
//! `check_example::<types::Pet>("/components/schemas/Pet/example", &[])`. The test decodes the
//! example, encodes it, and compares the result with the example.
//!
//! An example of a webhook also gets a test that it is a known event. Examples that operations
//! share are tested once per type. The report names each example without a test: the client has no
//! type for it, or its type contains a file, which JSON cannot contain.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::visit::{self, Visit};
use syn::{Ident, Item, Type, parse_quote};

use crate::api_model::{Example, ExampleOf};
use crate::client_tree::ClientTree;
use crate::lower;
use crate::polish::syntax::syn_query;
use crate::polish::{self, qualify};
use crate::wire_format::{Location, Parameter};

/// An example and the type that it must decode into.
struct Tested<'a> {
    /// The name of the test, without its number.
    name: String,
    /// The type, as code outside the client writes it.
    ty: Type,
    pointer: &'a str,
    unnamed: &'a [String],
    nulls: &'a [String],
    /// The variant for an unknown event, if the type is the enum of events.
    unknown: Option<&'a Ident>,
}

/// How many tests there are.
pub(crate) fn count(tree: &ClientTree) -> usize {
    find(tree, "").len()
}

/// Reports the examples that no type of the client matches.
pub(crate) fn note_untyped(tree: &mut ClientTree) {
    let of_files = Files::of(tree);
    let (with_files, tested): (Vec<_>, Vec<_>) = find_typed(tree, "")
        .into_iter()
        .partition(|tested| of_files.are_in(&tested.ty));
    let tested: BTreeSet<&str> = tested.iter().map(|of| of.pointer).collect();
    let with_files: BTreeSet<String> = with_files.iter().map(|of| of.pointer.to_owned()).collect();
    let examples = tree.model.examples.iter().map(|of| &of.pointer);
    let of_schemas = tree.model.schema_examples.iter();
    let all = examples.chain(of_schemas.map(|of| &of.pointer));
    let untyped = all.filter(|pointer| !tested.contains(pointer.as_str()));
    let untyped: BTreeSet<String> = untyped.cloned().collect();
    for pointer in untyped {
        if with_files.contains(&pointer) {
            let what = "its type contains a file, which JSON cannot contain → no test";
            tree.report.info("example-of-a-file", &pointer, what);
        } else {
            lower::note_untyped(&mut tree.report, &pointer);
        }
    }
    tree.report.sort();
}

/// Emits the tests.
pub(crate) fn write(tree: &ClientTree, crate_name: &str) -> syn::File {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let tests = find(tree, crate_name).into_iter().map(|tested| {
        let Tested {
            name,
            ty,
            pointer,
            unnamed,
            nulls,
            unknown,
        } = tested;
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        let name = format_ident!("{name}_{count}");
        let value = format_ident!("{}", unknown.map_or("value", |_| "event"));
        let is_known = unknown.map(|unknown| {
            quote!(assert!(!matches!(event, #ty::#unknown(_)), "{event:?}: the event is unknown");)
        });
        let has_nulls =
            (!nulls.is_empty()).then(|| quote!(check_nulls(&#value, #pointer, &[#(#nulls),*]);));
        let bound = is_known.as_ref().or(has_nulls.as_ref());
        let bound = bound.map(|_| quote!(let #value =));
        quote! {
            #[test]
            fn #name() {
                #bound check_example::<#ty>(#pointer, &[#(#unnamed),*]);
                #has_nulls
                #is_known
            }
        }
    });
    let tests: Vec<TokenStream> = tests.collect();
    let crate_name = format_ident!("{crate_name}");
    let types = (!tests.is_empty()).then(|| {
        quote! {
            #[allow(unused_imports, reason = "an example may be of a type of the standard library")]
            use #crate_name::types;
        }
    });
    parse_quote! {
        #![allow(deprecated, reason = "deprecated properties are still sent and read")]
        #types
        use #crate_name::Exposed;
        #(#tests)*
    }
}

/// Returns the examples that are tested.
fn find<'a>(tree: &'a ClientTree, crate_name: &str) -> Vec<Tested<'a>> {
    let of_files = Files::of(tree);
    let mut tested = find_typed(tree, crate_name);
    tested.retain(|tested| !of_files.are_in(&tested.ty));
    tested
}

/// Returns the examples that have a type in the client, each once per type: operations share the
/// examples of components.
fn find_typed<'a>(tree: &'a ClientTree, crate_name: &str) -> Vec<Tested<'a>> {
    let of_operations = tree.model.examples.iter().filter_map(|example| {
        let (ty, of) = of_operation(tree, example)?;
        let mut ty = polish::within(&ty, &example.within)?;
        qualify(&mut ty, crate_name);
        let method = &tree.model.operations[example.operation].rust_name;
        Some(Tested {
            name: format!("{method}_{of}"),
            ty,
            pointer: &example.pointer,
            unnamed: &example.unnamed,
            nulls: &example.nulls,
            unknown: None,
        })
    });
    let of_schemas = tree.model.schema_examples.iter().filter_map(|example| {
        Some(Tested {
            name: "schema".to_owned(),
            ty: tree.types.get(&example.schema)?.clone(),
            pointer: &example.pointer,
            unnamed: &example.unnamed,
            nulls: &example.nulls,
            unknown: None,
        })
    });
    let of_events = of_schemas.clone().filter_map(|tested| {
        let events = tree.events.as_ref()?;
        let union = &events.name;
        let union: Type = parse_quote!(types::#union);
        let mut variants = events.events.iter().map(|event| &event.ty);
        let is_event = tested.ty == union || variants.any(|of| *of == tested.ty);
        is_event.then(|| Tested {
            name: "webhook".to_owned(),
            ty: union,
            unknown: Some(&events.other),
            ..tested
        })
    });
    let mut seen = BTreeSet::new();
    let mut is_new = |tested: &Tested<'a>| {
        seen.insert((tested.pointer, tested.ty.to_token_stream().to_string()))
    };
    let all = of_operations.chain(of_events).chain(of_schemas);
    all.filter(|tested| is_new(tested)).collect()
}

/// The names of the types that contain a file.
struct Files(BTreeSet<String>);

impl Files {
    fn of(tree: &ClientTree) -> Self {
        let items = syn_query::items(&tree.file, &["types"]).unwrap_or_default();
        let types = items.iter().filter_map(|item| {
            let mut within = Paths::default();
            match item {
                Item::Struct(item) => within.visit_fields(&item.fields),
                Item::Enum(item) => within.visit_item_enum(item),
                Item::Type(item) => within.visit_type(&item.ty),
                _ => return None,
            }
            Some((syn_query::name(item)?.to_string(), within))
        });
        let types: Vec<(String, Paths)> = types.collect();
        let mut files = Self(BTreeSet::new());
        loop {
            let known = files.0.len();
            for (name, within) in &types {
                if files.are_among(within) {
                    files.0.insert(name.clone());
                }
            }
            if files.0.len() == known {
                return files;
            }
        }
    }

    /// Whether a value of `ty` may contain a file.
    fn are_in(&self, ty: &Type) -> bool {
        let mut within = Paths::default();
        within.visit_type(ty);
        self.are_among(&within)
    }

    fn are_among(&self, within: &Paths) -> bool {
        within.has_file || within.types.iter().any(|name| self.0.contains(name))
    }
}

/// The types that a type or an item names.
#[derive(Default)]
struct Paths {
    types: BTreeSet<String>,
    /// Whether one of them is the `File` of the runtime.
    has_file: bool,
}

impl Visit<'_> for Paths {
    fn visit_path(&mut self, path: &syn::Path) {
        let mut names = path.segments.iter().rev().map(|segment| &segment.ident);
        let (name, parent) = (names.next(), names.next());
        match (name, parent) {
            (Some(name), Some(parent)) if name == "File" && parent != "types" => {
                self.has_file = true
            }
            (Some(name), _) => drop(self.types.insert(name.to_string())),
            (None, _) => {}
        }
        visit::visit_path(self, path);
    }
}

/// Returns the type that `example` belongs to and a word for it, if the client has such a type.
fn of_operation(tree: &ClientTree, example: &Example) -> Option<(Type, &'static str)> {
    let call = &tree.calls[example.operation];
    match &example.of {
        ExampleOf::Parameter { name, place } => {
            let location = Location::parse(place)?;
            let mut parameters = call.parameters.iter();
            let is_it =
                |parameter: &Parameter| parameter.location == location && parameter.name == *name;
            let (_, argument) = parameters.find(|(parameter, _)| is_it(parameter))?;
            let ty = &argument.ty;
            let ty = match argument.is_required {
                true => ty.clone(),
                // An example may be null.
                false => parse_quote!(::std::option::Option<#ty>),
            };
            Some((ty, "parameter"))
        }
        ExampleOf::Request => Some((call.body.as_ref()?.1.ty.clone(), "request")),
        ExampleOf::Response(status) => {
            let mut kinds = call.successes.iter();
            let of_status = kinds.find(|kind| kind.statuses.contains(status));
            let kind = of_status.unwrap_or(call.main_success());
            Some((kind.ty.clone(), "response"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::client_of;

    #[test]
    fn each_example_of_an_event_is_decoded_as_the_enum_of_events() {
        let document = "
openapi: 3.1.0
info: {title: T, version: '1'}
webhooks:
  made:
    post:
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Made'}
            example: {event: made}
            examples: {late: {value: {event: made, by: 'nobody'}}}
  asked:
    post: {requestBody: {content: {application/json: {schema: {type: object, properties: {of: {type: string, example: a}}, example: {of: me}}}}}}
components:
  schemas:
    Made: {type: object, required: [event], properties: {event: {const: made}, by: {type: string}}, example: {event: made, by: me}}
    Apart: {type: object, example: {event: made}}
";
        let tree = client_of(document);
        let tested = find(&tree, "api").into_iter();
        let events = tested.filter(|tested| tested.unknown.is_some());
        let events: Vec<&str> = events.map(|tested| tested.pointer).collect();
        let body =
            |name: &str| format!("/webhooks/{name}/post/requestBody/content/application~1json");
        let [made, asked] = ["made", "asked"].map(body);
        assert_eq!(
            events,
            [
                &format!("{made}/example"),
                &format!("{made}/examples/late/value"),
                &format!("{asked}/schema/example"),
                "/components/schemas/Made/example",
            ]
        );
        let code = write(&tree, "api").to_token_stream().to_string();
        let checks = "! matches ! (event , types :: WebhookEvent :: Other (_))";
        assert_eq!(code.matches(checks).count(), events.len(), "{code}");
    }

    #[test]
    fn null_properties_that_must_be_encoded_are_checked() {
        let document = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths: {}
components:
  schemas:
    A: {type: object, required: [a], properties: {a: {type: [string, 'null']}, b: {type: [string, 'null']}}, examples: [{a: null, b: null}, {a: x, b: null}]}
";
        let code = write(&client_of(document), "api")
            .to_token_stream()
            .to_string();
        let checks = code.matches("check_nulls").count();
        assert_eq!(checks, 1, "{code}");
        let check = r#"check_nulls (& value , "/components/schemas/A/examples/0" , & ["/a"])"#;
        assert!(code.contains(check), "{code}");
    }

    #[test]
    fn example_is_checked_against_the_nearest_type() {
        let document = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    post:
      operationId: a
      requestBody: {required: true, content: {application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/Form'}, example: {b: 1}}}}
      responses:
        '200': {description: '', content: {application/json: {schema: {type: array, items: {type: integer, example: 1}}}}}
        '400': {description: '', content: {application/json: {schema: {type: object, properties: {why: {type: string, example: no}}}}}}
components:
  schemas:
    Form: {type: object, properties: {b: {type: integer}}}
    List: {type: array, items: {type: string, format: uuid, example: 6a1d1a4e-54f8-4d3f-9a1f-5b1f9ad1c2a7}}
    Map: {type: object, additionalProperties: {type: array, items: {type: string, example: in a map}}}
    Holder:
      type: object
      properties:
        maybe: {type: array, items: {type: boolean, example: true}}
        other: {oneOf: [{type: integer, example: 7}, {type: string}]}
      additionalProperties: {type: number, example: 1.5}
    Twice: {allOf: [{properties: {t: {type: string}}}, {properties: {t: {maxLength: 3, example: abc}}}]}
";
        let tree = client_of(document);
        let tested = find(&tree, "api").into_iter().map(|of| {
            let ty = of.ty.to_token_stream().to_string().replace(' ', "");
            let at = of.pointer.rsplit_once("/example").unwrap().0;
            let at = at.replace("/components/schemas/", "");
            (of.name, ty, at.replace("/paths/~1a/post/", ""))
        });
        let tested: Vec<_> = tested.collect();
        let tested: Vec<_> = tested.iter().map(|(a, b, c)| [&**a, &**b, &**c]).collect();
        let content = "content/application~1json/schema";
        assert_eq!(
            tested,
            [
                [
                    "a_request",
                    "types::Form",
                    "requestBody/content/application~1x-www-form-urlencoded"
                ],
                [
                    "a_response",
                    "i64",
                    &format!("responses/200/{content}/items")
                ],
                [
                    "schema",
                    "::std::option::Option<::std::string::String>",
                    &format!("responses/400/{content}/properties/why")
                ],
                ["schema", "api::Formatted<::uuid::Uuid>", "List/items"],
                [
                    "schema",
                    "::std::string::String",
                    "Map/additionalProperties/items"
                ],
                ["schema", "bool", "Holder/properties/maybe/items"],
                [
                    "schema",
                    "::std::option::Option<types::HolderOther>",
                    "Holder/properties/other/oneOf/0"
                ],
                ["schema", "f64", "Holder/additionalProperties"],
            ]
        );
        let notes = tree.report().iter();
        let untyped = notes.filter(|note| note.code == "example-untyped");
        let untyped: Vec<&str> = untyped.map(|note| note.pointer.as_str()).collect();
        assert_eq!(
            untyped,
            ["/components/schemas/Twice/allOf/1/properties/t/example"]
        );
    }

    #[test]
    fn example_whose_type_contains_a_file_is_not_tested() {
        let file = "{type: string, format: binary, example: a}";
        let files = "{type: array, items: {$ref: '#/components/schemas/Bin'}, example: [a]}";
        for (form, found) in [
            (
                format!("{{type: object, properties: {{f: {file}}}, example: {{f: a}}}}"),
                2,
            ),
            (format!("{{type: object, properties: {{f: {files}}}}}"), 1),
            (
                format!(
                    "{{type: object, properties: {{f: {{anyOf: [{file}, {files}], example: a}}}}}}"
                ),
                3,
            ),
            (
                "{type: object, properties: {f: {allOf: [{$ref: '#/components/schemas/Bin'}], example: a}}}"
                    .to_owned(),
                1,
            ),
            (
                format!("{{type: object, additionalProperties: {file}, example: {{f: a}}}}"),
                2,
            ),
            (
                format!(
                    "{{type: object, properties: {{o: {{type: object, properties: {{f: {file}}}, example: {{f: a}}}}}}}}"
                ),
                2,
            ),
            ("{$ref: '#/components/schemas/File'}".to_owned(), 1),
            (
                "{type: object, properties: {t: {type: string, example: a}}}".to_owned(),
                0,
            ),
        ] {
            let client = |body: &str| {
                client_of(&format!(
                    "
openapi: 3.1.0
info: {{title: T, version: '1'}}
paths:
  /a: {{post: {{operationId: a, requestBody: {{content: {{{body}: {{schema: {{$ref: '#/components/schemas/Form'}}}}}}}}}}}}
components:
  schemas:
    Form: {form}
    Bin: {{type: string, format: binary}}
    File: {{type: object, properties: {{f: {{$ref: '#/components/schemas/Bin'}}}}, example: {{f: a}}}}
"
                ))
            };
            let tested = |tree: &ClientTree| find(tree, "api").len();
            // JSON contains a string instead.
            let (json, multipart) = (client("application/json"), client("multipart/form-data"));
            assert_eq!(tested(&json) - tested(&multipart), found, "{form}");
            let notes = multipart.report().iter();
            let notes = notes.filter(|note| note.code == "example-of-a-file");
            assert_eq!(notes.count(), found, "{form}");
        }
    }
}
