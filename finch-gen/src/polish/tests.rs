//! The passes on documents of their own: what the vendored document does not
//! hold.

use std::collections::BTreeSet;

use quote::ToTokens as _;

use super::syntax::syn_query;
use super::*;
use crate::client_tree::ClientTree;
use crate::{Inputs, Text, doc_attrs};

const A: &str = "{$ref: '#/components/schemas/A'}";
const B: &str = "{$ref: '#/components/schemas/B'}";

/// The client for a document whose one operation, deprecated, takes `request`
/// and returns `response`.
fn polish_document(request: &str, response: &str, components: &str) -> ClientTree {
    let document = format!(
        "
openapi: 3.1.0
info: {{title: T, version: '1'}}
paths:
  /a:
    post:
      operationId: post-a
      deprecated: true
      requestBody: {{required: true, content: {{application/json: {{schema: {request}}}}}}}
      responses:
        '200': {{description: '', content: {{application/json: {{schema: {response}}}}}}}
components: {{schemas: {components}}}
"
    );
    generated_from(&document)
}

/// The client for `document`.
fn generated_from(document: &str) -> ClientTree {
    let document = Text {
        name: "api.yaml",
        text: document,
    };
    crate::client_tree(&Inputs {
        crate_name: "api",
        ..Inputs::of_document(document)
    })
    .unwrap()
}

/// The item of the module at `path` that defines `name`.
fn item(tree: &ClientTree, path: &[&str], name: &str) -> syn::Item {
    let mut file = tree.file.clone();
    let items = match path {
        [] => &mut file.items,
        path => syn_query::module(&mut file, path).unwrap(),
    };
    items
        .iter()
        .find(|item| match item {
            syn::Item::Struct(item) => item.ident == name,
            syn::Item::Enum(item) => item.ident == name,
            _ => false,
        })
        .unwrap()
        .clone()
}

/// The code of the client, in one file.
fn code(tree: &ClientTree) -> String {
    crate::render::layout::unparse(tree.file.clone())
}

fn variants(item: &syn::Item) -> Vec<String> {
    let syn::Item::Enum(item) = item else {
        panic!("not an enum")
    };
    item.variants
        .iter()
        .map(|variant| {
            let mut bare = variant.clone();
            bare.attrs.clear();
            format!(
                "{} {}",
                doc_attrs::text(&variant.attrs).trim(),
                bare.to_token_stream()
            )
        })
        .collect()
}

#[test]
fn every_enum_of_texts_is_open() {
    let values = "{type: string, enum: [a, Unknown]}";
    let tree = polish_document(
        A,
        B,
        &format!(
            "{{A: {{properties: {{of_request: {{$ref: '#/components/schemas/Q'}}}}}},
               B: {{properties: {{more: {{type: array, items: {{$ref: '#/components/schemas/C'}}}}}}}},
               C: {{properties: {{of_response: {{$ref: '#/components/schemas/R'}}}}}},
               Q: {values}, R: {values}, Failure: {values}}}"
        ),
    );
    let code = code(&tree);
    for name in ["Q", "R", "Failure"] {
        let conversions = format!(
            "open_enum! {{
        {name};
        A \"a\";
        Unknown \"Unknown\";
        _ UnknownValue;
    }}"
        );
        assert!(code.contains(&conversions), "{conversions} in {code}");
        assert_eq!(
            variants(&item(&tree, &["types"], name)),
            [
                "`a` A",
                "`Unknown` Unknown",
                "A value that this version of the crate does not know; its text is that of \
                 `as_str`. UnknownValue (crate :: UnknownValue)",
            ]
        );
    }
}

#[test]
fn a_type_in_both_directions_is_open() {
    let tree = polish_document(
        A,
        A,
        "{A: {properties: {e: {$ref: '#/components/schemas/E'}}}, E: {type: string, enum: [a]}}",
    );
    assert_eq!(variants(&item(&tree, &["types"], "E")).len(), 2);
}

#[test]
fn deprecation_reaches_all_that_is_called() {
    let tree = polish_document(
        A,
        B,
        "{A: {properties: {
            old: {type: string, deprecated: true, description: \"[DEPRECATED] Use `new`\\n\\nOr not.\"},
            maybe_old: {type: string, default: a, deprecated: true},
            new: {type: string, deprecated: false}}},
          B: {type: object, deprecated: true, description: 'Deprecated: gone.'}}",
    );
    let code = code(&tree);
    // The member and its setter: one of an option would have the name of
    // another member's.
    assert_eq!(
        code.matches("#[deprecated(note = \"Use `new`\")]").count(),
        2
    );
    assert_eq!(
        code.matches("#[deprecated(note = \"gone.\")]\n    pub struct B")
            .count(),
        1
    );
    // The other property, its two setters, and the method of the operation.
    assert_eq!(code.matches("#[deprecated]\n").count(), 4, "{code}");
    assert!(
        code.contains("#[deprecated]\n        pub fn post_a(&self)"),
        "{code}"
    );
    // The two setters of the other property.
    for setter in ["pub fn maybe_old(", "pub fn maybe_maybe_old("] {
        assert!(
            code.contains(&format!("#[deprecated]\n            {setter}")),
            "{code}"
        );
    }
}

#[test]
fn what_is_said_of_a_parameter_is_said_of_its_setter() {
    let tree = generated_from(
        "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a/{petId}:
    parameters:
      - {name: petId, in: path, required: true, description: Of the pet., schema: {type: string}}
    get:
      operationId: get-a
      parameters:
        - {name: type, in: query, deprecated: true, description: 'Deprecated: see `X-A`.', schema: {type: string}}
        - {name: X-A, in: header, schema: {type: string}}
      responses: {'204': {description: ''}}
",
    );
    let code = code(&tree);
    for said in [
        "/// Sets the query parameter `type`.\n        ///\n        /// Deprecated: see `X-A`.\n        \
         #[deprecated(note = \"see `X-A`.\")]\n        pub fn type_",
        "/// Sets the header `X-A`.\n        pub fn x_a",
    ] {
        assert!(code.contains(said), "{said} in {code}");
    }
    // The setter of the value, and the one of an option.
    assert_eq!(code.matches("#[deprecated").count(), 2, "{code}");
}

#[test]
fn what_is_said_of_a_value_is_said_of_its_variant() {
    let of = "{oneOf: [{const: '1', title: first one, description: \"The first.\\n\\nAnd [more](/docs).\"},
        {const: '2', title: Second, description: 'Deprecated: use 1.', deprecated: true}]}";
    let tree = polish_document(
        A,
        B,
        &format!("{{A: {{properties: {{e: {of}}}}}, B: {{properties: {{e: {of}}}}}}}"),
    );
    let code = code(&tree);
    // Of the request, closed, and of the response, open.
    for said in [
        "        /// The first.\n        ///\n        /// And",
        "        #[deprecated(note = \"use 1.\")]\n        Second,\n",
        "        FirstOne,\n",
    ] {
        assert_eq!(code.matches(said).count(), 2, "{said} in {code}");
    }
    let listed = "        FirstOne \"1\";\n        Second \"2\";\n";
    assert_eq!(code.matches(listed).count(), 2, "{code}");
}

#[test]
fn a_format_is_no_check_in_a_response() {
    let schema = "{type: object, required: [id], properties: {id: {type: string, format: uuid}}}";
    let tree = polish_document(A, B, &format!("{{A: {schema}, B: {schema}}}"));
    let code = code(&tree);
    assert_eq!(code.matches("pub id: ::uuid::Uuid,").count(), 1, "{code}");
    assert_eq!(
        code.matches("pub id: crate::Formatted<::uuid::Uuid>,")
            .count(),
        1,
        "{code}"
    );
}

#[test]
fn what_a_variant_stands_for_is_what_the_document_says() {
    let tree = polish_document(
        A,
        B,
        "{A: {type: object, properties: {e: {type: string, enum: ['+', '-']}}},
          B: {type: object, properties: {e: {type: string, enum: ['<', '>']}}}}",
    );
    let code = code(&tree);
    for line in [
        "Plus \"+\";",
        "Minus \"-\";",
        "Less \"<\";",
        "Greater \">\";",
    ] {
        assert!(code.contains(line), "{line}: {code}");
    }
    assert!(!code.contains("\"Minus\""), "{code}");
}

#[test]
fn a_tag_is_read_and_not_tried() {
    let cat = "{type: object, required: [t], properties: {t: {const: cat}}}";
    let dog = "{type: object, required: [t], properties: {t: {const: dog}}}";
    let union = "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}";
    let tree = polish_document(
        A,
        B,
        &format!("{{Cat: {cat}, Dog: {dog}, A: {union}, B: {union}}}"),
    );
    let file = tree.file.clone();
    let code = crate::render::layout::unparse(file);
    let cat = "(&[Tag::Required(&[\"t\"],&[Scalar::Text(\"cat\")])],Keeps::Object,|value|decode(value).map(Self::Cat),)";
    let without_space = code.replace([' ', '\n'], "");
    assert_eq!(without_space.matches(cat).count(), 2, "{code}");
    assert!(code.contains("Option::Some(Self::Other)"), "{code}");
    // Only a request holds it.
    assert!(code.contains("Option::None"), "{code}");
    // A tag needs no closed enum.
    assert!(code.contains("pub enum CatT {\n        /// `cat`\n        Cat,\n        /// A value"));
    let union = item(&tree, &["types"], "B");
    let derived = union.to_token_stream().to_string();
    assert!(!derived.contains("Deserialize"), "{derived}");
}

#[test]
fn null_is_told_from_nothing_in_a_request() {
    let schema = "{type: object, required: [must], properties: {
        must: {type: [string, 'null']},
        may: {type: string},
        null_or: {type: [string, 'null']},
        refers: {$ref: '#/components/schemas/N'},
        union: {anyOf: [{type: integer}, {type: 'null'}]}}}";
    let tree = polish_document(
        A,
        B,
        &format!("{{A: {schema}, B: {schema}, N: {{type: [object, 'null'], properties: {{}}}}}}"),
    );
    let twice = |name: &str, expected: &[&str]| {
        let syn::Item::Struct(item) = item(&tree, &["types"], name) else {
            panic!("{name}");
        };
        let fields = item
            .fields
            .iter()
            .filter(|field| objects::nullable::twice_optional(&field.ty).is_some());
        let names: Vec<String> = fields
            .map(|field| field.ident.as_ref().unwrap().to_string())
            .collect();
        assert_eq!(names, expected, "{name}");
    };
    twice("A", &["null_or", "refers", "union"]);
    twice("B", &[]);
    let code = code(&tree);
    for (name, null_or) in [("A", "nullable"), ("B", "optional")] {
        let (_, read) = code.split_once(&format!("        {name};\n")).unwrap();
        let (read, _) = read.split_once('}').unwrap();
        for (kind, name) in [
            ("expected", "must"),
            ("optional", "may"),
            (null_or, "null_or"),
        ] {
            let is_it = |line: &&str| {
                line.trim().starts_with(kind) && line.ends_with(&format!(" {name} \"{name}\";"))
            };
            assert_eq!(read.lines().filter(is_it).count(), 1, "{name}: {read}");
        }
    }
    assert!(
        code.contains("self.null_or.set(Some(value.into()));"),
        "{code}"
    );
    assert!(code.contains("pub fn maybe_null_or("), "{code}");
}

#[test]
fn every_type_is_compared() {
    let object = "{type: object, required: [a], properties: {a: {type: number}}}";
    let document = format!(
        "
openapi: 3.1.0
info: {{title: T, version: '1'}}
paths:
  /a:
    post:
      operationId: post-a
      parameters: [{{name: order, in: query, schema: {{type: string, enum: [up, down]}}}}]
      requestBody: {{required: true, content: {{application/json: {{schema: {A}}}}}}}
      responses:
        '200': {{description: '', content: {{application/json: {{schema: {B}}}}}}}
        '202': {{description: '', content: {{image/png: {{}}}}}}
        '400': {{description: '', content: {{application/json: {{schema: {{$ref: '#/components/schemas/Failure'}}}}}}}}
components:
  schemas:
    A: {object}
    B: {{properties: {{
      any: {{}},
      enum: {{type: string, enum: [x, y]}},
      level: {{type: integer, enum: [1, 2], x-enum-varnames: [One, Two]}},
      list: {{$ref: '#/components/schemas/List'}},
      pattern: {{type: string, pattern: '^a$'}},
      secret: {{type: string, format: password}},
      tagged: {{oneOf: [{{$ref: '#/components/schemas/Cat'}}, {{$ref: '#/components/schemas/Dog'}}], discriminator: {{propertyName: kind}}}},
      union: {{anyOf: [{A}, {{type: integer}}]}}}}}}
    Cat: {{type: object, required: [kind], properties: {{kind: {{type: string}}}}}}
    Dog: {{type: object, required: [kind], properties: {{kind: {{type: string}}}}, additionalProperties: true}}
    Failure: {{type: object, properties: {{code: {{type: integer}}}}}}
    List: {{type: array, items: {{type: string, format: uuid}}}}
"
    );
    let mut tree = generated_from(&document);
    let mut compared = BTreeSet::new();
    for item in syn_query::module(&mut tree.file, &["types"]).unwrap() {
        if !matches!(item, syn::Item::Struct(_) | syn::Item::Enum(_)) {
            continue;
        }
        let name = syn_query::name(item).unwrap().to_string();
        let attributes = syn_query::attributes(item);
        assert!(syntax::derives::has(attributes, "PartialEq"), "{name}");
        compared.insert(name);
    }
    for name in ["A", "Failure", "List", "PostASuccess"] {
        assert!(compared.contains(name), "{name} is not in {compared:?}");
    }
    assert!(compared.len() >= 12, "{compared:?}");
}

#[test]
fn a_default_is_said_and_not_made_up() {
    let tree = polish_document(
        A,
        B,
        "{A: {properties: {a: {type: integer, default: 100}}}, B: {type: object}}",
    );
    let code = code(&tree);
    assert!(code.contains("/// Default: `100`."), "{code}");
    assert!(!code.contains("serde(default"), "{code}");
}

#[test]
fn what_no_request_can_hold_has_a_builder_for_tests() {
    let tree = polish_document(
        A,
        B,
        "{A: {properties: {c: {$ref: '#/components/schemas/C'}}},
          B: {properties: {c: {$ref: '#/components/schemas/C'}, d: {$ref: '#/components/schemas/D'}}},
          C: {properties: {e: {type: string}}},
          D: {properties: {type: {type: string}}}}",
    );
    let mut file = tree.file.clone();
    let inherent = |path: &[&str], file: &mut syn::File| -> Vec<String> {
        let items = syn_query::module(file, path).unwrap().iter();
        let names = items.filter_map(|item| match item {
            syn::Item::Impl(item) if item.trait_.is_none() => {
                let name = syn_query::self_name(item)?;
                let of_tests = item.to_token_stream().to_string().contains("test-util");
                let of_tests = if of_tests { " for tests" } else { "" };
                Some(format!("{name}{of_tests}"))
            }
            _ => None,
        });
        names.collect()
    };
    assert_eq!(
        inherent(&["types"], &mut file),
        ["A", "B for tests", "C", "D for tests"]
    );
    assert_eq!(
        inherent(&["types", "builder"], &mut file),
        [
            "ABuilder",
            "BBuilder for tests",
            "CBuilder",
            "DBuilder for tests"
        ]
    );
}

#[test]
fn every_public_item_is_documented() {
    struct Undocumented(Vec<String>);
    impl syn::visit::Visit<'_> for Undocumented {
        fn visit_item_struct(&mut self, item: &syn::ItemStruct) {
            self.check(&item.vis, &item.attrs, &item.ident);
            item.fields.iter().for_each(|field| {
                if let Some(ident) = &field.ident {
                    self.check(&field.vis, &field.attrs, ident);
                }
            });
        }
        fn visit_item_enum(&mut self, item: &syn::ItemEnum) {
            self.check(&item.vis, &item.attrs, &item.ident);
            item.variants.iter().for_each(|variant| {
                self.check(&item.vis, &variant.attrs, &variant.ident);
            });
        }
        fn visit_impl_item_fn(&mut self, item: &syn::ImplItemFn) {
            self.check(&item.vis, &item.attrs, &item.sig.ident);
        }
    }
    impl Undocumented {
        fn check(
            &mut self,
            vis: &syn::Visibility,
            attributes: &[syn::Attribute],
            name: &syn::Ident,
        ) {
            if matches!(vis, syn::Visibility::Public(_))
                && doc_attrs::text(attributes).trim().is_empty()
            {
                self.0.push(name.to_string());
            }
        }
    }
    let tree = polish_document(
        A,
        B,
        "{A: {properties: {a: {type: string}}}, B: {properties: {e: {type: string, enum: [a]}}}}",
    );
    let mut found = Undocumented(Vec::new());
    syn::visit::Visit::visit_file(&mut found, &tree.file);
    assert_eq!(found.0, [""; 0]);
    let code = code(&tree);
    assert_eq!(crate::provenance::strip(&code), code);
}

#[test]
fn the_variants_of_a_union_are_named_and_told_apart() {
    let tree = polish_document(
        A,
        "{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'},
                  {$ref: '#/components/schemas/Bird'}]}",
        "{A: {type: object}, Bird: {type: object, properties: {wings: {type: integer}}},
          Cat: {type: object, required: [kind], properties: {kind: {type: string, enum: [cat]}, mood: {type: string, enum: [bad]}}},
          Dog: {type: object, required: [kind], properties: {kind: {type: string, enum: [dog]}}}}",
    );
    let union = item(&tree, &["types"], "PostAResponse");
    let names: Vec<String> = variants(&union)
        .into_iter()
        .filter_map(|variant| {
            let (_, name) = variant.rsplit_once("` ").or(variant.rsplit_once(". "))?;
            Some(name.to_owned())
        })
        .collect();
    assert_eq!(
        names,
        [
            "Cat (Cat)",
            "Dog (Dog)",
            "Bird (Bird)",
            "Other (:: serde_json :: Value)"
        ]
    );
    // A new kind does not fail a cat that stands elsewhere.
    assert_eq!(variants(&item(&tree, &["types"], "CatKind")).len(), 2);
    let code = code(&tree);
    assert!(code.contains("Self::Dog(value)"), "{code}");
}

/// The code of the arguments with which the union that `post-a` returns is read, without
/// spaces.
fn read_union(branches: &str, components: &str) -> String {
    let branches = format!("{{oneOf: [{branches}]}}");
    let tree = polish_document(A, &branches, components);
    let mut file = tree.file.clone();
    let code = syn_query::module(&mut file, &["types"]).unwrap().iter();
    let code: String = code
        .map(|item| item.to_token_stream().to_string())
        .collect();
    let code = code.replace([' ', '\n'], "");
    let (_, of_union) = code
        .split_once("Deserialize<'de>forPostAResponse{")
        .unwrap();
    let (_, tried) = of_union.split_once("read_union(deserializer,&[").unwrap();
    let (tried, _) = tried.split_once(")}}").unwrap();
    tried.to_owned()
}

#[test]
fn the_variants_of_an_inner_union_are_tried_as_those_of_the_outer() {
    let inner = "{$ref: '#/components/schemas/Inner'}";
    let alias = "{$ref: '#/components/schemas/Alias'}";
    let components = format!(
        "{{A: {{properties: {{a: {{}}}}}}, B: {{properties: {{b: {{}}, inner: {inner}}}}},
           Inner: {{oneOf: [{A}, {B}, {{type: integer}}]}}, Alias: {inner}}}"
    );
    for (branches, constructors) in [
        (
            format!("{inner}, {{type: string}}"),
            [
                ("A", "Inner::A", "Self::Inner"),
                ("B", "Inner::B", "Self::Inner"),
            ],
        ),
        (
            format!("{alias}, {{type: string}}"),
            [
                ("A", "Inner::A).map(Alias", "Self::Alias"),
                ("B", "Inner::B).map(Alias", "Self::Alias"),
            ],
        ),
    ] {
        let tried = read_union(&branches, &components);
        assert_eq!(tried.matches("decode(value)").count(), 4, "{tried}");
        for (name, inner, outer) in constructors {
            let variant = format!("(&[],Keeps::Names(&[\"{}\"", name.to_ascii_lowercase());
            assert!(tried.contains(&variant), "{variant}\nis not in\n{tried}");
            let read = format!("|value|decode(value).map({inner}).map({outer}))");
            assert!(tried.contains(&read), "{read}\nis not in\n{tried}");
        }
    }
    // What is a variant of the outer union, too, is that.
    let tried = read_union(&format!("{inner}, {A}"), &components);
    assert!(tried.contains("decode(value).map(Self::A)"), "{tried}");
    assert!(!tried.contains("Inner::A"), "{tried}");
}

#[test]
fn what_tells_the_variants_of_a_union_apart_is_told() {
    let (a, b, c) = (A, B, "{$ref: '#/components/schemas/C'}");
    // One object needs no telling.
    assert_eq!(
        read_union(
            &format!("{a}, {{type: integer}}"),
            "{A: {properties: {a: {}}}}"
        ),
        "(&[],Keeps::Object,|value|decode(value).map(Self::A)),\
         (&[],Keeps::All,|value|decode(value).map(Self::Integer))],\
         ::std::option::Option::Some(Self::Other)"
    );
    for (components, keeps) in [
        // Members of one type are kept alike, whatever it is.
        (
            "{A: {properties: {a-b: {}, c: {$ref: '#/components/schemas/C'}}},
              B: {properties: {c: {$ref: '#/components/schemas/C'}}}, C: {properties: {d: {}}}}",
            ["Names(&[\"a-b\",\"c\"])", "Names(&[\"c\"])", "Names(&[\"d\"])"],
        ),
        // Of different types, they are not, in lists, unions and maps, too.
        (
            "{A: {properties: {of: {type: array, items: {properties: {x: {}}}}}},
              B: {properties: {of: {type: array, items: {oneOf: [{properties: {y: {}}}, {type: string}]}}}},
              C: {properties: {of: {type: object, additionalProperties: {type: string}}}}}",
            [
                "Members(&[(\"of\",Keeps::Items(&Keeps::Names(&[\"x\"])))],::std::option::Option::None)",
                "Members(&[(\"of\",Keeps::Items(&Keeps::AnyOf(&[Keeps::Names(&[\"y\"]),Keeps::All])))],::std::option::Option::None)",
                "Names(&[\"of\"])",
            ],
        ),
        // What stands within itself ends, and what is kept beside is kept.
        (
            "{A: {properties: {a: {$ref: '#/components/schemas/A'}}},
              B: {properties: {a: {$ref: '#/components/schemas/B'}, b: {}}},
              C: {properties: {c: {}}, additionalProperties: {type: string}}}",
            [
                "Members(&[(\"a\",Keeps::Names(&[\"a\"]))],::std::option::Option::None)",
                "Members(&[(\"a\",Keeps::Names(&[\"a\",\"b\"])),(\"b\",Keeps::All)],::std::option::Option::None)",
                "Members(&[(\"c\",Keeps::All)],::std::option::Option::Some(&Keeps::All))",
            ],
        ),
    ] {
        let tried = read_union(&format!("{a}, {b}, {c}"), components);
        for (name, keeps) in ["A", "B", "C"].into_iter().zip(keeps) {
            let variant = format!("(&[],Keeps::{keeps},|value|decode(value).map(Self::{name}))");
            assert!(tried.contains(&variant), "{variant}\nis not in\n{tried}");
        }
    }
}

/// The client for a document whose one operation, `POST /a/{id}` as `post-a`,
/// is `operation`.
pub(crate) fn polish_operation(operation: &str, components: &str) -> ClientTree {
    let document = format!(
        "
openapi: 3.1.0
info: {{title: T, version: '1'}}
paths: {{'/a/{{id}}': {{post: {{operationId: post-a, {operation}}}}}}}
components: {{schemas: {components}}}
"
    );
    let text = |name, text| Text { name, text };
    crate::client_tree(&Inputs {
        crate_name: "api",
        ..Inputs::of_document(text("api.yaml", &document))
    })
    .unwrap()
}

/// Looks for `parts`, written without spaces, in `code`.
#[track_caller]
pub(crate) fn check_code(code: &str, parts: &[&str]) {
    for part in parts {
        assert!(code.contains(part), "{part}\nis not in\n{code}");
    }
}

/// The path parameter that `post-a` has.
pub(crate) const ID: &str = "{name: id, in: path, required: true, schema: {type: string}}";

/// What the type `name` says where it comes from.
fn place_of(tree: &ClientTree, name: &str) -> String {
    let item = item(tree, &["types"], name);
    crate::provenance::said(syn_query::attributes(&item)).unwrap_or_default()
}

#[test]
fn what_has_moved_says_where_it_stands_in_the_document() {
    let tree = polish_document(
        "{type: object, properties: {list: {type: array, items: {type: object, properties: {x: {}}}}}}",
        B,
        "{A: {allOf: [{properties: {a: {type: string}}}, {$ref: '#/components/schemas/B'}]},
          B: {oneOf: [{type: 'null'}, {type: object, title: One, required: [b], properties: {b: {}}},
                      {type: object, required: [c], properties: {c: {type: [object, string], properties: {d: {}}}}}]},
          D: {type: object, properties: {e: {type: integer}}, additionalProperties: {type: string}}}",
    );
    let body = "/paths/~1a/post/requestBody/content/application~1json/schema";
    for (name, place) in [
        ("PostARequest", body),
        ("PostARequestList", &format!("{body}/properties/list/items")),
        ("One", "/components/schemas/B/oneOf/1"),
        ("Bc", "/components/schemas/B/oneOf/2"),
        ("BcC", "/components/schemas/B/oneOf/2/properties/c"),
        ("CObject", "/components/schemas/B/oneOf/2/properties/c"),
        ("D", "/components/schemas/D"),
    ] {
        assert_eq!(place_of(&tree, name), place, "{name}");
    }
}

#[test]
fn a_member_that_several_schemas_have_is_described() {
    let tree = polish_document(
        A,
        B,
        "{Base: {type: object, required: [action], properties: {action: {type: string}}},
          A: {allOf: [{$ref: '#/components/schemas/Base'}], required: [id], properties: {
                action: {type: string, enum: [go], description: What is done., deprecated: true}}},
          B: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {action: {minLength: 1}, b: {}}}]},
          Other: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {action: {minLength: 1}}}]}}",
    );
    let action = "/components/schemas/A/properties/action";
    assert_eq!(place_of(&tree, "AAction"), action);
    let syn::Item::Struct(a) = item(&tree, &["types"], "A") else {
        panic!("not a struct")
    };
    let action = a.fields.iter().next().unwrap();
    assert!(doc_attrs::text(&action.attrs).starts_with(" What is done."));
    let is_deprecated = |attribute: &syn::Attribute| attribute.path().is_ident("deprecated");
    assert!(action.attrs.iter().any(is_deprecated));
}

#[test]
fn a_type_has_a_name_of_its_own_wherever_null_stands() {
    for schema in [
        "{type: [object, 'null'], anyOf: [{type: boolean}, {type: object}, {type: 'null'}]}",
        "{type: ['null', object, string], anyOf: [{type: object}, {type: string}, {type: 'null'}]}",
        "{type: object, anyOf: [{type: object, anyOf: [{}, {type: boolean}, {type: 'null'}]}]}",
        "{nullable: true, anyOf: [{type: object, anyOf: [{type: object}, {type: boolean}, {type: 'null'}]}]}",
        "{anyOf: [{type: object, properties: {}}, {type: object, nullable: true, enum: [false], $ref: '#/components/schemas/B'},
                  {type: boolean}, {type: 'null'}]}",
        // One is named by typify, as a conjunction of what cannot be at once.
        "{type: array, items: {type: 'null'}, prefixItems: [
            {anyOf: [{$ref: '#/components/schemas/B'}, {type: boolean}]}, {type: object, anyOf: [{enum: [a]}]}]}",
    ] {
        let components = format!("{{A: {schema}, B: {{type: [string, 'null']}}}}");
        let tree = polish_document("{}", A, &components);
        let mut file = tree.file.clone();
        let types = syn_query::module(&mut file, &["types"]).unwrap().iter();
        let mut names: Vec<String> = types.filter_map(syn_query::name).map(ToString::to_string).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "{schema}: {names:?}");
    }
}
