//! Tests the whole pipeline on documents that some stage refuses.

mod unsupported_output;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::polish::syntax::syn_query;
use crate::{ClientTree, Inputs, Text, client_tree, generate};

/// Returns the client of the document `text`.
#[track_caller]
pub(crate) fn client_of(text: &str) -> ClientTree {
    let name = "api.yaml";
    let inputs = Inputs {
        crate_name: "api",
        ..Inputs::of_document(Text { name, text })
    };
    client_tree(&inputs).unwrap()
}

/// A document with four operations. Two of them can be generated.
const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /first:
    get:
      operationId: first
      responses: {'200': {description: '', content: {application/json: {example: 1}}}}
  /cookie:
    get:
      operationId: cookie
      parameters: [{name: c, in: cookie, style: deepObject, schema: {type: object}}]
      responses: {'204': {description: ''}}
  /files:
    post:
      operationId: upload
      requestBody: {content: {application/xml: {schema: {type: object}}}}
      responses: {'204': {description: ''}}
    get:
      operationId: last
      responses: {'200': {description: '', content: {application/json: {example: 2}}}}
";

fn inputs(keep_going: bool) -> Inputs<'static> {
    Inputs {
        keep_going,
        crate_name: "api",
        ..Inputs::of_document(Text {
            name: "api.yaml",
            text: DOCUMENT,
        })
    }
}

const REFUSED: [&str; 2] = [
    "api.yaml:12:20: /paths/~1cookie/get/parameters/0: a parameter with this `style` is not \
     supported; rewrite it, or remove the operation, through the overlay",
    "api.yaml:17:31: /paths/~1files/post/requestBody/content/application~1xml: a request body of this \
     schema cannot be sent as application/xml; describe it as a string that the caller writes, \
     or remove the operation, through the overlay",
];

#[test]
fn one_run_reports_every_problem() {
    let problems = generate(&inputs(false)).unwrap_err();
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(lines, REFUSED);
}

#[test]
fn keep_going_generates_the_other_operations() {
    let generated = generate(&inputs(true)).unwrap();
    let refused: Vec<String> = generated.refused.iter().map(ToString::to_string).collect();
    assert_eq!(refused, REFUSED);
    let client = &generated.client["client.rs"];
    for (method, is_there) in [
        ("first", true),
        ("cookie", false),
        ("upload", false),
        ("last", true),
    ] {
        assert_eq!(
            client.contains(&format!("pub fn {method}(")),
            is_there,
            "{method}"
        );
    }
    let tests = &generated.tests["examples.rs"];
    assert!(tests.contains("fn last_response_1()"), "{tests}");
}

/// A document with operations that each return one of these schemas, by name.
fn returning(schemas: &Value) -> String {
    let paths: Value = schemas
        .as_object()
        .unwrap()
        .keys()
        .map(|name| {
            let schema = json!({"$ref": format!("#/components/schemas/{name}")});
            let content = json!({"application/json": {"schema": schema}});
            let responses = json!({"200": {"description": "", "content": content}});
            let operation = json!({"operationId": name, "responses": responses});
            (format!("/{name}"), json!({"get": operation}))
        })
        .collect();
    let info = json!({"title": "T", "version": "1"});
    let components = json!({"schemas": schemas});
    json!({"openapi": "3.1.0", "info": info, "paths": paths, "components": components}).to_string()
}

/// An object with this number of properties.
fn object(count: usize) -> Value {
    let properties = (0..count).map(|index| (format!("p{index}"), json!({"type": "string"})));
    json!({"type": "object", "properties": properties.collect::<Value>()})
}

#[test]
fn schema_that_merges_too_much_is_refused() {
    let copies = "merging the schemas of this conjunction or union copies more than 50000 values";
    let properties = "the types of a conjunction have more than 5000 properties, including those of the \
                      schemas that it merges";
    let beside = |keyword: &str, count: usize| {
        let mut schema = object(300);
        schema[keyword] = vec![json!({"properties": {"q": {}}}); count].into();
        schema
    };
    let map = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let mut maps = vec![map; 100];
    maps.push(object(300));
    let branch =
        |name: &str, schema: Value| json!({"type": "object", "properties": {name: schema}});
    let others = (0..100).map(|index| {
        let mut branch = branch("p0", json!({"enum": [index.to_string()]}));
        branch["properties"]["q"] = json!({});
        branch
    });
    let others: Value = others.collect();
    let combinations = "a conjunction of more than 2048 schemas, or of unions with more than 25 \
                        combinations of their branches, cannot become a type";
    let six = |name: &str| -> Value {
        let branches = (0..6).map(|index| branch(&format!("{name}{index}"), json!({})));
        branches.collect()
    };
    for (case, schema, what) in [
        ("branches next to properties", beside("oneOf", 100), copies),
        (
            "branches that share a property with a conjunct",
            json!({"allOf": [object(300), {"anyOf": others}]}),
            copies,
        ),
        ("maps next to properties", json!({"allOf": maps}), copies),
        (
            "combinations of branches",
            json!({"allOf": [object(1), {"anyOf": six("a")}, {"oneOf": six("b")}]}),
            combinations,
        ),
        (
            "properties",
            json!({"allOf": [object(5001), branch("q", json!({}))]}),
            properties,
        ),
    ] {
        let text = returning(&json!({"bad": schema, "good": object(1)}));
        let inputs = Inputs {
            keep_going: true,
            crate_name: "t",
            ..Inputs::of_document(Text {
                name: "api.json",
                text: &text,
            })
        };
        let generated = generate(&inputs).unwrap_or_else(|problems| panic!("{case}: {problems}"));
        let refused: Vec<_> = generated.refused.iter().collect();
        let [problem] = refused.as_slice() else {
            panic!("{case}: {}", generated.refused);
        };
        assert_eq!(problem.pointer, "/components/schemas/bad", "{case}");
        assert_eq!(problem.what, what, "{case}");
        let client = &generated.client["client.rs"];
        for (method, is_there) in [("bad", false), ("good", true)] {
            let found = client.contains(&format!("pub fn {method}("));
            assert_eq!(found, is_there, "{case}: {method}");
        }
    }
}

#[test]
fn schemas_that_merge_too_much_together_are_refused_one_by_one() {
    let mut union = object(200);
    union["oneOf"] = vec![json!({"properties": {"q": {}}}); 50].into();
    let own = json!({"type": "object", "properties": {"own": {}}});
    let extension = json!({"allOf": [{"$ref": "#/components/schemas/base"}, own]});
    let maps = vec![json!({"type": "object", "additionalProperties": {"type": "string"}}); 30];
    let conjunction = json!({"allOf": [object(100), object(101), {"allOf": maps}]});
    for (case, schema, base, what) in [
        (
            "unions",
            union,
            object(1),
            "merging the schemas of this conjunction or union copies more values than the other \
             schemas leave of 500000, the limit for a document of this length",
        ),
        (
            "conjunctions",
            conjunction,
            object(1),
            "merging the schemas of this conjunction or union copies more values than the other \
             schemas leave of 500000, the limit for a document of this length",
        ),
        (
            "properties",
            extension,
            object(4_000),
            "with its properties, the types have more than 15000, the limit for a document of \
             this length: a type has the properties of all schemas that it merges, and 5 enum \
             values count as one property",
        ),
    ] {
        let named = (0..30).map(|index| (format!("a{index:02}"), schema.clone()));
        let mut schemas: Value = named.collect();
        schemas["base"] = base;
        schemas["small"] = json!({"allOf": [
            {"properties": {"a": {"type": "number"}}},
            {"type": "object", "properties": {"a": {"type": "integer"}}},
        ]});
        let text = returning(&schemas);
        let inputs = Inputs {
            keep_going: true,
            crate_name: "t",
            ..Inputs::of_document(Text {
                name: "api.json",
                text: &text,
            })
        };
        let generated = generate(&inputs).unwrap_or_else(|problems| panic!("{case}: {problems}"));
        let client = &generated.client["client.rs"];
        let is_there = |name: &str| client.contains(&format!("pub fn {name}("));
        let mut refused = BTreeSet::new();
        let mut is_found = false;
        for problem in generated.refused.iter() {
            is_found |= problem.what == what;
            let name = problem.pointer.strip_prefix("/components/schemas/");
            let name = name.unwrap().split('/').next().unwrap();
            assert!(
                name.starts_with('a') && !is_there(name),
                "{case}: {problem}"
            );
            refused.insert(name);
        }
        assert!(is_found, "{case}: {}", generated.refused);
        let kept = (0..30).filter(|index| is_there(&format!("a{index:02}")));
        let kept = kept.count();
        assert_eq!(kept, 30 - refused.len(), "{case}");
        // A single union has more properties than the limit allows.
        assert!(kept > 0 || case == "unions", "{case}");
        assert!(is_there("base") && is_there("small"), "{case}");
    }
}

/// A document in which each stage finds something: lowering in a component and
/// in an operation, preflight in an operation and in a component.
const REFUSED_BY_STAGES: &str = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /owners:
    get:
      operationId: owners
      responses: {'200': {$ref: '#/components/responses/Owners'}}
  /nowhere:
    get:
      operationId: nowhere
      responses: {'200': {$ref: '#/components/responses/Nowhere'}}
  /cookie:
    get:
      operationId: cookie
      parameters: [{name: c, in: cookie, style: deepObject, schema: {type: object}}]
      responses: {'204': {description: ''}}
  /text:
    get:
      operationId: text
      responses: {'204': {description: '', content: 5}}
  /toys:
    parameters: [{$ref: '#/components/parameters/Toy'}]
    get:
      operationId: toys
      responses: {'204': {description: ''}}
  /last:
    get:
      operationId: last
      responses:
        '200':
          description: ''
          content: {application/json: {schema: {$ref: '#/components/schemas/Last'}}}
components:
  responses:
    Owners:
      description: ''
      content: {application/json: {schema: {$ref: '#/components/schemas/Owner'}}}
  parameters:
    Toy: {name: toy, in: query, schema: {$ref: '#/components/schemas/Toy'}}
  schemas:
    Owner: {type: object, properties: {pet: {$ref: '#/components/schemas/Pet'}}}
    Pet: {type: object, properties: {name: {type: text}}}
    Last: {type: object, properties: {name: {type: string}}}
    Toy: {type: string, discriminator: {propertyName: 5}}
";

fn stages(keep_going: bool) -> Inputs<'static> {
    Inputs {
        document: Text {
            name: "api.yaml",
            text: REFUSED_BY_STAGES,
        },
        ..inputs(keep_going)
    }
}

#[track_caller]
fn check_pointers(problems: &crate::Problems, expected: &[&str]) {
    let pointers: Vec<&str> = problems.iter().map(|of| of.pointer.as_str()).collect();
    assert_eq!(pointers, expected, "{problems}");
}

#[test]
fn problems_of_every_stage_are_reported() {
    let expected = [
        "/paths/~1nowhere/get/responses/200/$ref",
        "/components/schemas/Pet/properties/name/type",
        "/paths/~1cookie/get/parameters/0",
        "/paths/~1text/get/responses/204/content",
        "/components/schemas/Toy/discriminator/propertyName",
    ];
    check_pointers(&generate(&stages(false)).unwrap_err(), &expected);
    check_pointers(&generate(&stages(true)).unwrap().refused, &expected);
}

#[test]
fn refused_part_drops_only_the_parts_that_need_it() {
    let generated = generate(&stages(true)).unwrap();
    let dropped = generated
        .report
        .iter()
        .filter(|note| note.code == "dropped");
    let dropped: Vec<String> = dropped
        .map(|note| format!("{}: {}", note.pointer, note.what))
        .collect();
    let cannot = "it cannot be generated → dropped";
    assert_eq!(
        dropped,
        [
            "/components/parameters/Toy: it needs /components/schemas/Toy → dropped with it"
                .to_owned(),
            "/components/responses/Owners: it needs /components/schemas/Owner → dropped with it"
                .to_owned(),
            "/components/schemas/Owner: it needs /components/schemas/Pet → dropped with it"
                .to_owned(),
            format!("/components/schemas/Pet: {cannot}"),
            format!("/components/schemas/Toy: {cannot}"),
            format!("/paths/~1cookie/get: {cannot}"),
            format!("/paths/~1nowhere/get: {cannot}"),
            "/paths/~1owners/get: it needs /components/responses/Owners → dropped with it"
                .to_owned(),
            format!("/paths/~1text/get: {cannot}"),
            "/paths/~1toys/get: it needs /components/parameters/Toy → dropped with it".to_owned(),
        ]
    );
    assert_eq!(generated.counts.methods, 1);
    assert!(generated.client["client.rs"].contains("pub fn last("));
    let types = &generated.client["types.rs"];
    assert!(
        types.contains("pub struct Last") && !types.contains("Owner"),
        "{types}"
    );
}

#[test]
fn examples_of_dropped_schemas_are_not_reported() {
    let document = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths: {}
components:
  schemas:
    Kept: {type: integer, example: 1}
    Lost: {properties: {a: {$ref: 'other.yaml#/A'}}, example: {a: 1}}
";
    let generated = generate(&Inputs {
        keep_going: true,
        crate_name: "api",
        ..Inputs::of_document(Text {
            name: "api.yaml",
            text: document,
        })
    })
    .unwrap();
    let notes: Vec<String> = generated.report.iter().map(ToString::to_string).collect();
    assert_eq!(generated.counts.examples, 1);
    let [dropped, unneeded] = notes.as_slice() else {
        panic!("{notes:?}")
    };
    let lost = "/components/schemas/Lost";
    assert!(dropped.starts_with(&format!("dropped at {lost}:")));
    assert!(unneeded.starts_with(&format!("unneeded at {lost}/properties/a/$ref:")));
}

#[test]
fn keep_going_still_reports_document_problems() {
    let text = REFUSED_BY_STAGES.replace("info:", "jsonSchemaDialect: other\ninfo:");
    let problems = generate(&Inputs {
        document: Text {
            name: "api.yaml",
            text: &text,
        },
        ..inputs(true)
    });
    let problems = problems.unwrap_err();
    assert_eq!(problems.len(), 6, "{problems}");
    assert!(
        problems
            .to_string()
            .contains("/jsonSchemaDialect: the dialect")
    );
}

#[test]
fn parameter_problems_have_source_pointers() {
    let check = |of_path: &str, own: &str| {
        let text = format!(
            "openapi: 3.1.0
info: {{title: T, version: '1'}}
security: []
paths:
  /a:
    parameters:
    - {{name: id, in: query, {of_path}}}
    get:
      operationId: get-a
      parameters:
      - {{name: id, in: header, {own}}}
      responses: {{'204': {{description: ''}}}}
"
        );
        let document = Text {
            name: "api.yaml",
            text: &text,
        };
        let inputs = Inputs {
            crate_name: "api",
            ..Inputs::of_document(document)
        };
        match generate(&inputs) {
            Ok(generated) => generated.report.to_string(),
            Err(problems) => problems.to_string(),
        }
    };
    let string = "schema: {type: string}";
    let object = "required: true, schema: {type: array, items: {type: object}}";
    let cannot = |style: &str| {
        format!(
            "the style `{style}` cannot write an array of objects; rewrite it, or remove the \
             operation, through the overlay"
        )
    };
    assert_eq!(
        check(string, string),
        "parameter-name at /paths/~1a/get/parameters/0: name of another field or function of the \
         call → `id2`\n"
    );
    assert_eq!(
        check(string, object),
        format!(
            "api.yaml:11:9: /paths/~1a/get/parameters/0: {}",
            cannot("simple")
        )
    );
    assert_eq!(
        check(object, string),
        format!(
            "api.yaml:8:5: /paths/~1a/get: the parameter \"id\" of its path: {}",
            cannot("form")
        )
    );
}

#[test]
fn type_names_are_unique_in_nullable_unions() {
    for schema in [
        "{type: [object, 'null'], anyOf: [{type: boolean}, {type: object}, {type: 'null'}]}",
        "{type: ['null', object, string], anyOf: [{type: object}, {type: string}, {type: 'null'}]}",
        "{type: object, anyOf: [{type: object, anyOf: [{}, {type: boolean}, {type: 'null'}]}]}",
        "{nullable: true, anyOf: [{type: object, anyOf: [{type: object}, {type: boolean}, {type: 'null'}]}]}",
        "{anyOf: [{type: object, properties: {}}, {type: object, nullable: true, enum: [false], $ref: '#/components/schemas/B'},
                  {type: boolean}, {type: 'null'}]}",
        // typify names a conjunction that no value satisfies.
        "{type: array, items: {type: 'null'}, prefixItems: [
            {anyOf: [{$ref: '#/components/schemas/B'}, {type: boolean}]}, {type: object, anyOf: [{enum: [a]}]}]}",
    ] {
        let parts = format!("A: {schema}\nB: {{type: [string, 'null']}}");
        let tree = crate::polish::tests::client(&parts);
        let types = syn_query::items(&tree.file, &["types"]).unwrap().iter();
        let names: Vec<_> = types.filter_map(syn_query::name).collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(names.len(), distinct.len(), "{schema}: {names:?}");
    }
}

#[test]
fn type_of_a_schema_with_one_conjunct_has_its_own_name() {
    let union = "oneOf: [{type: boolean}, {$ref: '#/components/schemas/AB'}]";
    for schema in [
        format!("{{description: d, allOf: [{{{union}}}]}}"),
        format!("{{allOf: [{{{union}}}, {{description: d}}]}}"),
        format!("{{allOf: [{{description: inner, {union}}}]}}"),
        format!("{{anyOf: [{{{union}}}]}}"),
        format!("{{oneOf: [{{allOf: [{{{union}}}]}}]}}"),
        "{type: object, allOf: [{type: object, properties: {x: {}}}]}".to_owned(),
        "{type: object, oneOf: [{properties: {x: {}}}]}".to_owned(),
        "{allOf: [{enum: [a, b]}, {description: d}]}".to_owned(),
    ] {
        for around in [
            "{P}",
            "{type: array, items: {P}}",
            "{additionalProperties: {P}}",
        ] {
            let property = around.replace("{P}", &schema);
            let parts = format!(
                "A: {{type: object, properties: {{b: {property}}}}}
                 AB: {{type: object, properties: {{q: {{}}}}}}
                 ABItem: {{type: object, properties: {{r: {{}}}}}}
                 ABValue: {{type: object, properties: {{s: {{}}}}}}"
            );
            let parts = parts.replace("                 ", "");
            let tree = crate::polish::tests::client(&parts);
            let types = syn_query::items(&tree.file, &["types"]).unwrap().iter();
            let names: Vec<_> = types.filter_map(syn_query::name).collect();
            let distinct: BTreeSet<_> = names.iter().collect();
            assert_eq!(names.len(), distinct.len(), "{property}: {names:?}");
        }
    }
}

#[test]
fn properties_beside_a_union_of_unions_are_in_each_named_variant() {
    let reference = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
    let [inner, three, beside] = ["Inner", "Three", "Beside"].map(reference);
    for schema in [
        format!("{{properties: {{p: {{}}}}, oneOf: [{inner}, {three}]}}"),
        format!("{{type: object, properties: {{p: {{}}}}, anyOf: [{three}, {inner}]}}"),
        format!("{{allOf: [{beside}, {{oneOf: [{inner}, {three}]}}]}}"),
        format!("{{properties: {{p: {{}}}}, oneOf: [{{anyOf: [{inner}, {three}]}}, {beside}]}}"),
        "{type: object, properties: {p: {}}, oneOf: [{properties: {q: {}}}, {additionalProperties: false}]}"
            .to_owned(),
        "{properties: {p: {}}, anyOf: [{type: object, properties: {q: {}}}, {description: Any.}]}".to_owned(),
        format!("{{nullable: true, allOf: [{beside}, {{anyOf: [{inner}, {three}]}}]}}"),
        format!("{{type: [object, 'null'], allOf: [{beside}, {{oneOf: [{three}, {inner}]}}]}}"),
        format!(
            "{{anyOf: [{{type: 'null'}}, {{allOf: [{beside}, {{oneOf: [{inner}, {three}]}}]}}]}}"
        ),
        format!("{{allOf: [{beside}, {{oneOf: [{inner}, {three}, {{type: 'null'}}]}}]}}"),
        format!(
            "{{type: object, properties: {{p: {{}}}}, oneOf: [{inner}, {three}, {{type: 'null'}}]}}"
        ),
    ] {
        let parts = format!(
            "A: {schema}
Inner: {{oneOf: [{}, {}]}}
One: {{type: object, required: [one], properties: {{one: {{type: string}}}}}}
Two: {{type: object, required: [two], properties: {{two: {{type: string}}}}}}
Three: {{type: object, required: [three], properties: {{three: {{type: string}}}}}}
Beside: {{type: object, properties: {{p: {{}}}}}}",
            reference("One"),
            reference("Two")
        );
        let tree = crate::polish::tests::client(&parts);
        let types = syn_query::items(&tree.file, &["types"]).unwrap().iter();
        let variants = types.filter_map(|item| match item {
            syn::Item::Enum(item) => Some(&item.variants),
            _ => None,
        });
        let mut variants = variants.flatten();
        let unnamed = variants.find(|of| matches!(of.fields, syn::Fields::Named(_)));
        assert!(unnamed.is_none(), "{schema}: {unnamed:?}");
    }
}

/// Generates a client of `paths` and `components`.
fn generated(
    keep_going: bool,
    paths: &str,
    components: &str,
) -> Result<crate::Generated, crate::Problems> {
    let text = format!(
        "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\nsecurity: [{{key: []}}]\n\
         paths: {{{paths}}}\ncomponents: {{{components}}}\n"
    );
    let document = Text {
        name: "api.yaml",
        text: &text,
    };
    generate(&Inputs {
        document,
        ..inputs(keep_going)
    })
}

fn methods(generated: &crate::Generated) -> Vec<&str> {
    let client = &generated.client["client.rs"];
    let methods = client.split("pub fn ").skip(1);
    methods
        .filter_map(|rest| Some(rest.split_once('(')?.0))
        .collect()
}

const RIGHT: &str =
    "/right: {get: {operationId: right, security: [], responses: {'204': {description: ''}}}}";

#[test]
fn problems_of_unused_parts_are_notes() {
    let nowhere = "{$ref: '#/components/schemas/Nowhere'}";
    let content = format!("content: {{application/json: {{schema: {nowhere}}}}}");
    let response = format!("{{description: '', {content}}}");
    let with = |responses: &str| {
        format!(
            "/a: {{get: {{operationId: a, security: [], responses: {{'204': {{description: ''}}, \
             {responses}}}}}}}, {RIGHT}"
        )
    };
    for (paths, components, at, expected) in [
        (
            RIGHT.to_owned(),
            format!("schemas: {{A: {{properties: {{a: {nowhere}}}}}}}"),
            "/components/schemas/A/properties/a/$ref",
            &["right"][..],
        ),
        (
            RIGHT.to_owned(),
            format!("responses: {{A: {response}}}"),
            "/components/responses/A/content/application~1json/schema/$ref",
            &["right"],
        ),
        (
            RIGHT.to_owned(),
            "securitySchemes: {key: {$ref: 'other.yaml#/key'}}".to_owned(),
            "/components/securitySchemes/key/$ref",
            &["right"],
        ),
        (
            RIGHT.to_owned(),
            "groups: {a: 1}".to_owned(),
            "/components/groups/a",
            &["right"],
        ),
        (
            with(&format!("'404': {response}")),
            String::new(),
            "/paths/~1a/get/responses/404/content/application~1json/schema/$ref",
            &["a", "right"],
        ),
        (
            with(&format!("default: {response}")),
            String::new(),
            "/paths/~1a/get/responses/default/content/application~1json/schema/$ref",
            &["a", "right"],
        ),
        (
            with("'404': {$ref: 'errors.yaml#/NotFound'}"),
            String::new(),
            "/paths/~1a/get/responses/404/$ref",
            &["a", "right"],
        ),
        (
            with("'404': {$ref: '#/components/responses/Lost'}"),
            format!("responses: {{Lost: {response}}}"),
            "/components/responses/Lost/content/application~1json/schema/$ref",
            &["a", "right"],
        ),
    ] {
        let generated = generated(false, &paths, &components).unwrap();
        assert_eq!(methods(&generated), expected, "{paths} {components}");
        assert!(generated.refused.is_empty(), "{}", generated.refused);
        let notes: Vec<String> = generated.report.iter().map(ToString::to_string).collect();
        let unneeded = notes.iter().filter(|note| note.starts_with("unneeded at "));
        // The report names the nearest place that the corrected document has.
        let at = at.trim_end_matches("/$ref");
        let is_it = |note: &&String| note.contains(at) && note.contains("no operation needs it");
        assert!(
            unneeded.clone().any(|note| is_it(&note)),
            "{at}: {notes:#?}"
        );
    }
}

#[test]
fn problem_refuses_only_the_operations_that_need_it() {
    let ok = "responses: {'204': {description: ''}}";
    let lost = "{description: '', content: {application/json: {schema: {$ref: '#/nowhere'}}}}";
    let broken =
        "securitySchemes: {key: {$ref: 'other.yaml#/key'}, good: {type: http, scheme: basic}}";
    for (operation, components, expected) in [
        (ok.to_owned(), broken, &["right"][..]),
        (format!("security: [{{key: []}}], {ok}"), broken, &["right"]),
        (
            format!("security: [{{key: [], good: []}}], {ok}"),
            broken,
            &["right"],
        ),
        (
            format!("security: [{{key: []}}, {{}}], {ok}"),
            broken,
            &["a", "right"],
        ),
        (
            format!("security: [{{key: []}}, {{good: []}}], {ok}"),
            broken,
            &["a", "right"],
        ),
        (
            format!("security: [{{good: []}}], {ok}"),
            broken,
            &["a", "right"],
        ),
        // The document names a scheme that is not there.
        (ok.to_owned(), "schemas: {}", &["right"]),
        (
            format!("security: [], responses: {{'200': {lost}}}"),
            "schemas: {}",
            &["right"],
        ),
        // Lowering drops the branch.
        (
            "security: [], responses: {'200': {description: '', content: {application/json: {schema: \
             {anyOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}}}}}"
                .to_owned(),
            "schemas: {A: {type: string}, B: {type: text}}",
            &["right"],
        ),
        (
            format!("security: [], responses: {{default: {lost}}}"),
            "schemas: {}",
            &["right"],
        ),
    ] {
        let paths = format!("/a: {{get: {{operationId: a, {operation}}}}}, {RIGHT}");
        let kept = generated(true, &paths, components).unwrap();
        assert_eq!(methods(&kept), expected, "{operation}");
        let is_refused = generated(false, &paths, components).is_err();
        assert_eq!(is_refused, expected.len() == 1, "{operation}");
    }
}

#[test]
fn web_socket_is_dropped_and_duplicate_id_is_replaced() {
    let paths = format!(
        "/socket: {{get: {{operationId: socket, security: [], responses: {{'101': {{description: ''}}}}}}}}, \
         {RIGHT}, {}, {}",
        RIGHT.replace("/right", "/left"),
        RIGHT.replace("/right", "'/{left}'").replace(
            "get:",
            "parameters: [{name: left, in: path, required: true, schema: {type: string}}], get:"
        ),
    );
    let generated = generated(false, &paths, "").unwrap();
    assert_eq!(methods(&generated), ["right", "get_left", "get_left_2"]);
    let codes: Vec<&str> = generated.report.iter().map(|note| note.code).collect();
    assert!(codes.contains(&"uncallable"), "{codes:?}");
    let ids = codes.iter().filter(|code| **code == "operation-id");
    assert!(ids.count() >= 2, "{codes:?}");
}

#[test]
fn title_and_version_are_optional() {
    for info in [
        "",
        "info:",
        "info: {}",
        "info: {title: T}",
        "info: {version: '1'}",
    ] {
        let text = format!("openapi: 3.1.0\n{info}\npaths: {{{RIGHT}}}\n");
        let document = Text {
            name: "api.yaml",
            text: &text,
        };
        let generated = generate(&Inputs {
            document,
            ..inputs(false)
        });
        let generated = generated.unwrap_or_else(|problems| panic!("{info}: {problems}"));
        assert_eq!(methods(&generated), ["right"]);
        assert!(generated.report.iter().any(|note| note.code == "no-info"));
    }
}

#[test]
fn a_form_through_references_keeps_the_type_of_each_component() {
    for form in [
        "{$ref: '#/components/schemas/Doc'}",
        "{$ref: '#/components/schemas/Alias'}",
        "{$ref: '#/components/schemas/ToAlias'}",
    ] {
        for next in ["", ", next: {$ref: '#/components/schemas/Doc'}"] {
            let text = format!(
                "
openapi: 3.1.0
info: {{title: T, version: '1'}}
paths:
  /a:
    post:
      operationId: a
      requestBody: {{content: {{multipart/form-data: {{schema: {form}}}}}}}
      responses: {{'200': {{description: '', content: {{application/json: {{schema: {{$ref: \
                 '#/components/schemas/Doc'}}}}}}}}}}
components:
  schemas:
    Doc: {{type: object, description: D., properties: {{f: {{type: string, format: binary}}{next}}}}}
    Alias: {{$ref: '#/components/schemas/Doc'}}
    ToAlias: {{$ref: '#/components/schemas/Alias'}}
"
            );
            let name = "api.yaml";
            let inputs = Inputs {
                crate_name: "api",
                ..Inputs::of_document(Text { name, text: &text })
            };
            if let Err(problems) = generate(&inputs) {
                panic!("{form} {next}: {problems}");
            }
        }
    }
}
