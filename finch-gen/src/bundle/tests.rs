use serde_json::{Value, json};

use super::*;

const ADDRESS: &str = "file:///api/openapi.yaml";

/// Bundles the first of `files` with the others.
fn try_bundle(files: &[(&str, &str)]) -> Result<Bundled, Problems> {
    let (_, text) = files[0];
    let name = "openapi.yaml";
    bundle(&Text { name, text }, ADDRESS, &mut |address| {
        let path = address.strip_prefix("file:///api/").ok_or("not here")?;
        let file = files.iter().find(|(name, _)| *name == path);
        file.map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| "no such file".to_owned())
    })
}

/// Returns the bundled document without `openapi`.
fn check(files: &[(&str, &str)]) -> Value {
    let bundled = try_bundle(files).unwrap();
    assert!(bundled.unread.is_empty(), "{}", bundled.unread);
    let text = bundled.text.unwrap();
    let name = "bundled";
    let mut root = load(&Text { name, text: &text }).unwrap().root;
    root.as_object_mut().unwrap().shift_remove("openapi");
    root
}

#[test]
fn a_component_of_a_file_becomes_a_component_of_the_document() {
    let reference =
        |section: &str, name: &str| json!({"$ref": format!("#/components/{section}/{name}")});
    let found = check(&[
        (
            "openapi.yaml",
            "{openapi: 3.1.0, paths: {/a: {post: {
                parameters: [{$ref: 'parts/all.yaml#/components/parameters/Page'}],
                requestBody: {$ref: parts/body.yaml},
                responses: {
                    '200': {$ref: 'parts/all.yaml#/components/responses/Pets'},
                    default: {description: D, headers: {H: {$ref: 'parts/all.yaml#/h'}},
                        content: {text/json: {schema: {$ref: ./parts/../pet.json, description: S},
                            examples: {e: {$ref: 'parts/all.yaml#/e'}}}}}}}}},
              components: {schemas: {pet: {type: string}, Tag: {$ref: parts/tag.yml}}}}",
        ),
        (
            "parts/all.yaml",
            "{components: {
                parameters: {Page: {name: page, in: query, schema: {$ref: '#/components/schemas/Size'}}},
                responses: {Pets: {description: P, content: {application/json: {schema:
                    {type: array, items: {$ref: ../pet.json}}}}}},
                schemas: {Size: {type: integer}}},
              h: {schema: {type: string}}, e: {value: {$ref: data.yaml}}}",
        ),
        ("parts/body.yaml", "{content: {application/json: {schema: {$ref: tag.yml}}}}"),
        (
            "parts/tag.yml",
            "{type: object, properties: {up: {$ref: '#'}, pet: {$ref: '../openapi.yaml#/components/schemas/pet'}}}",
        ),
        (
            "pet.json",
            r##"{"oneOf": [{"$ref": "#/$defs/Cat"}], "discriminator": {"propertyName": "k",
                "mapping": {"cat": "#/$defs/Cat", "tag": "parts/tag.yml", "own": "Own"}},
                "$defs": {"Cat": {"type": "object"}}}"##,
        ),
    ]);
    let expected = json!({
        "paths": {"/a": {"post": {
            "parameters": [reference("parameters", "Page")],
            "requestBody": reference("requestBodies", "body"),
            "responses": {
                "200": reference("responses", "Pets"),
                "default": {"description": "D", "headers": {"H": reference("headers", "h")},
                    "content": {"text/json": {
                        "schema": {"$ref": "#/components/schemas/pet_pet", "description": "S"},
                        "examples": {"e": reference("examples", "e")},
                    }}},
            },
        }}},
        "components": {
            "schemas": {
                "pet": {"type": "string"},
                "Tag": {"type": "object", "properties": {
                    "up": reference("schemas", "Tag"),
                    "pet": reference("schemas", "pet"),
                }},
                "pet_pet": {
                    "oneOf": [reference("schemas", "Cat")],
                    "discriminator": {"propertyName": "k", "mapping": {
                        "cat": "#/components/schemas/Cat",
                        "tag": "#/components/schemas/Tag",
                        "own": "Own",
                    }},
                    "$defs": {"Cat": {"type": "object"}},
                },
                "Size": {"type": "integer"},
                "Cat": {"type": "object"},
            },
            "parameters": {"Page": {"name": "page", "in": "query", "schema": reference("schemas", "Size")}},
            "requestBodies": {"body": {"content": {"application/json": {"schema": reference("schemas", "Tag")}}}},
            "responses": {"Pets": {"description": "P", "content": {"application/json": {"schema":
                {"type": "array", "items": reference("schemas", "pet_pet")}}}}},
            "headers": {"h": {"schema": {"type": "string"}}},
            // An example is data.
            "examples": {"e": {"value": {"$ref": "data.yaml"}}},
        },
    });
    assert_eq!(found, expected);
}

#[test]
fn null_components_are_empty() {
    for components in ["", ", components: null", ", components: {schemas: null}"] {
        let root = format!(
            "{{openapi: 3.1.0, paths: {{/a: {{get: {{responses: {{'200': {{description: D,
                content: {{text/json: {{schema: {{$ref: pet.yaml}}}}}}}}}}}}}}}}{components}}}"
        );
        let found = check(&[("openapi.yaml", &root), ("pet.yaml", "{type: string}")]);
        let expected = json!({"schemas": {"pet": {"type": "string"}}});
        assert_eq!(found["components"], expected, "{components}");
    }
}

#[test]
fn other_values_replace_the_reference() {
    for (document, file, expected) in [
        // A path item, with a property next to the reference; paths; an operation.
        (
            "paths: {/a: {$ref: f.yaml, summary: S}}",
            "{get: {operationId: a}, summary: T}",
            json!({"paths": {"/a": {"get": {"operationId": "a"}, "summary": "S"}}}),
        ),
        (
            "paths: {$ref: 'f.yaml#/all'}",
            "all: {/a: {get: {$ref: '#/get'}}}\nget: {operationId: a}",
            json!({"paths": {"/a": {"get": {"operationId": "a"}}}}),
        ),
        // A text, and a list.
        (
            "info: {description: {$ref: 'f.yaml#/d'}}\npaths: {/a: {parameters: {$ref: 'f.yaml#/p'}}}",
            "d: D\np: [{name: p, in: query}]",
            json!({"info": {"description": "D"}, "paths": {"/a": {"parameters": [{"name": "p", "in": "query"}]}}}),
        ),
        // Mappings of components, which keep their names.
        (
            "components: {schemas: {$ref: f.yaml}}",
            "{A: {type: string}, B: {items: {$ref: '#/A'}}, C: {$ref: '#/B'}}",
            json!({"components": {"schemas": {
                "A": {"type": "string"},
                "B": {"items": {"$ref": "#/components/schemas/A"}},
                "C": {"$ref": "#/components/schemas/B"},
            }}}),
        ),
        (
            "components: {$ref: f.yaml}",
            "{schemas: {A: {type: string}}, examples: {E: {value: 1}}}",
            json!({"components": {
                "schemas": {"A": {"type": "string"}},
                "examples": {"E": {"value": 1}},
            }}),
        ),
        (
            "components: {schemas: {A: {properties: {$ref: f.yaml}}}}",
            "{a: {$ref: 'openapi.yaml#/components/schemas/A'}}",
            json!({"components": {"schemas": {"A": {"properties": {
                "a": {"$ref": "#/components/schemas/A"},
            }}}}}),
        ),
        (
            "paths: {/a: {post: {callbacks: {c: {$ref: f.yaml}}}}}",
            "{'{$url}': {post: {operationId: b}}}",
            json!({"paths": {"/a": {"post": {"callbacks": {"c": {"{$url}": {"post": {"operationId": "b"}}}}}}}}),
        ),
    ] {
        let document = format!("openapi: 3.1.0\n{document}");
        assert_eq!(
            check(&[("openapi.yaml", &document), ("f.yaml", file)]),
            expected
        );
    }
}

#[test]
fn a_document_without_files_stays_unchanged() {
    for document in [
        "{openapi: 3.1.0, paths: {}, components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {}}}}",
        // The schema has an `$id`, which references in it are relative to.
        "{openapi: 3.1.0, components: {schemas: {A: {$id: a.yaml, items: {$ref: b.yaml}}, B: {$ref: a.yaml}}}}",
        "{openapi: 3.1.0, x-a: {$ref: f.yaml}, components: {examples: {e: {value: {$ref: f.yaml}}}}}",
    ] {
        let bundled = try_bundle(&[("openapi.yaml", document)]).unwrap();
        assert_eq!(
            (bundled.text, bundled.unread.len()),
            (None, 0),
            "{document}"
        );
    }
}

#[test]
fn unresolved_references_are_kept() {
    let document = "openapi: 3.1.0\ncomponents:\n  schemas:\n    A: {$ref: none.yaml}\n    \
                    B: {$ref: 'f.yaml#/b'}\n    C: {$ref: 'https://example.com/c'}\n    D: {$ref: bad.yaml}\n    \
                    E: {$ref: 'f.yaml#/e'}\n";
    let files = [
        ("openapi.yaml", document),
        ("f.yaml", "e: {type: string}"),
        ("bad.yaml", "["),
    ];
    let bundled = try_bundle(&files).unwrap();
    let unread: Vec<String> = bundled.unread.iter().map(ToString::to_string).collect();
    let remedy = BUNDLER;
    assert_eq!(
        unread,
        [
            format!(
                "openapi.yaml:4:9: /components/schemas/A/$ref: \"none.yaml\": no such file; {remedy}"
            ),
            format!(
                "openapi.yaml:5:9: /components/schemas/B/$ref: \"f.yaml#/b\" has no target in that file; {remedy}"
            ),
            format!(
                "openapi.yaml:6:9: /components/schemas/C/$ref: \"https://example.com/c\": not here; {remedy}"
            ),
            format!(
                "openapi.yaml:7:9: /components/schemas/D/$ref: \"bad.yaml\": not YAML: did not find expected node \
                 content at line 2 column 1, while parsing a flow node; {remedy}"
            ),
        ]
    );
    let text = bundled.text.unwrap();
    let root = load(&Text {
        name: "bundled",
        text: &text,
    })
    .unwrap()
    .root;
    assert_eq!(
        root["components"]["schemas"]["A"],
        json!({"$ref": "none.yaml"})
    );
    assert_eq!(
        root["components"]["schemas"]["E"],
        json!({"type": "string"})
    );
    assert_eq!(
        Vec::from_iter(bundled.files),
        [("f.yaml".to_owned(), "e: {type: string}".to_owned())]
    );
}

/// Returns the problems of a document that is refused.
fn refused(files: &[(&str, &str)]) -> Vec<String> {
    let problems = try_bundle(files).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_file_that_includes_itself_is_refused() {
    let document = "{openapi: 3.1.0, paths: {/a: {$ref: f.yaml}}}";
    let itself = "{get: {callbacks: {c: {'{$url}': {$ref: f.yaml}}}}}";
    let expected = "f.yaml:1:24: /get/callbacks/c/{$url}: the file includes itself here; refer to \
                    a component instead";
    assert_eq!(
        refused(&[("openapi.yaml", document), ("f.yaml", itself)]),
        [expected]
    );
}

/// Each copy counts, whether it replaces a reference or becomes a component.
#[test]
fn document_that_bundling_makes_too_large_is_refused() {
    let text = "x".repeat(6 << 20);
    let nested = format!("{{a: {{b: {{c: {text}}}}}}}");
    let many = format!("{{a: {}}}", "x".repeat(100_000));
    let paths: String = (0..1_000)
        .map(|index| format!("/{index}: {{$ref: f.yaml}}, "))
        .collect();
    let paths = format!("paths: {{{paths}}}");
    let large = format!(
        "info: {{description: {}, $ref: f.yaml}}",
        "x".repeat(12 << 20)
    );
    // Only the last document is small enough before it is written.
    for (document, file, start) in [
        (
            "components: {schemas: {A: {$ref: f.yaml}, B: {$ref: 'f.yaml#/a'}, C: {$ref: 'f.yaml#/a/b'}}}",
            &nested,
            "f.yaml:1:",
        ),
        (paths.as_str(), &many, "openapi.yaml:1:"),
        (large.as_str(), &nested, "openapi.yaml: with"),
    ] {
        let document = format!("{{openapi: 3.1.0, {document}}}");
        let problems = refused(&[("openapi.yaml", &document), ("f.yaml", file)]);
        let what = format!("with its files, larger than 16 MiB; {BUNDLER}");
        let [problem] = &problems[..] else {
            panic!("{problems:?}");
        };
        assert!(problem.starts_with(start), "{problem}");
        assert!(problem.ends_with(&what), "{problem}");
    }
}

#[test]
fn files_that_are_nested_too_deeply_are_refused() {
    let nest = |content: &str| format!("{}{content}{}", "{a: ".repeat(60), "}".repeat(60));
    let files = [
        (
            "openapi.yaml",
            "{openapi: 3.1.0, info: {$ref: 0.yaml}}".to_owned(),
        ),
        ("0.yaml", nest("{$ref: 1.yaml}")),
        ("1.yaml", nest("{$ref: 2.yaml}")),
        ("2.yaml", nest("1")),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let problems = refused(&files);
    let [problem] = &problems[..] else {
        panic!("{problems:?}");
    };
    let what = "with its files, nested more than 128 levels deep; give the inner schemas names, \
                and refer to them";
    assert!(problem.starts_with("2.yaml:1:"), "{problem}");
    assert!(problem.ends_with(what), "{problem}");
}

/// The limits on the number of files and on their bytes stop the reading.
#[test]
fn too_many_files_are_not_read() {
    let document = |count: usize| {
        let schemas: String = (0..count)
            .map(|index| format!("S{index}: {{$ref: {index}.yaml}}, "))
            .collect();
        format!("{{openapi: 3.1.0, components: {{schemas: {{{schemas}}}}}}}")
    };
    let bundled = |count: usize, file: Result<&str, &str>| {
        let mut reads = 0;
        let text = document(count);
        let text = Text {
            name: "openapi.yaml",
            text: &text,
        };
        let bundled = bundle(&text, ADDRESS, &mut |_| {
            reads += 1;
            file.map(str::to_owned).map_err(str::to_owned)
        });
        let unread = bundled.unwrap().unread;
        let last = unread.iter().last().map(|problem| problem.what.clone());
        (reads, unread.len(), last.unwrap_or_default())
    };
    let what = format!("\"2001.yaml\": it is not among the first {FILES} files");
    assert_eq!(bundled(FILES + 2, Ok("{}")), (FILES, 2, what.clone()));
    assert_eq!(
        bundled(FILES + 2, Err("no such file")),
        (FILES, FILES + 2, what)
    );
    let large = format!("{{a: {}}}", "x".repeat(BYTES / 3));
    let what = "\"9.yaml\": with it, the files have more than 16 MiB".to_owned();
    assert_eq!(bundled(10, Ok(&large)), (3, 8, what));
}

#[test]
fn file_names_follow_the_document_name() {
    for (name, address, expected) in [
        (
            "api/openapi.yaml",
            "file:///documents/api/openapi.yaml",
            "api/parts/f.yaml",
        ),
        (
            "openapi.yaml",
            "file:///documents/api/openapi.yaml",
            "parts/f.yaml",
        ),
        (
            "https://example.com/v1/openapi.yaml",
            "https://example.com/v1/openapi.yaml",
            "https://example.com/v1/parts/f.yaml",
        ),
    ] {
        let text = "{openapi: 3.1.0, paths: {/a: {$ref: parts/f.yaml}}}";
        let bundled = bundle(&Text { name, text }, address, &mut |_| {
            Ok("{$ref: f.yaml}".to_owned())
        });
        let problems = bundled.unwrap_err().to_string();
        assert!(
            problems.starts_with(&format!("{expected}: the file includes itself")),
            "{problems}"
        );
    }
}
