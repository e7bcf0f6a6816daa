use proptest::prelude::*;
use serde_json::json;

use super::*;

fn fragment<'a>((page, text): &(&'a str, &'a str)) -> Fragment<'a> {
    Fragment {
        page,
        lines_before: 0,
        subject: None,
        text,
    }
}

fn merge_pages(pages: &[(&str, &str)]) -> Result<Vendored, String> {
    let fragments: Vec<_> = pages.iter().map(fragment).collect();
    merge(&fragments).map_err(|problems| problems.to_string())
}

#[test]
fn a_single_fragment_stays_byte_for_byte() {
    let text = "openapi: 3.1.0 # yes\r\ninfo: {title: T,   version: \"1\"}\r\npaths:\r\n  \
                /a: {get: {}, x-b: 1}\r\nwebhooks: {c: {post: {}}}\r\n\r\n";
    let expected = Vendored {
        text: text.to_owned(),
        version: "1".to_owned(),
        operations: 2,
    };
    assert_eq!(merge_pages(&[("a.md", text)]), Ok(expected.clone()));
    // Several names for one fragment make no difference.
    assert_eq!(merge_pages(&[("b.md", text), ("a.md", text)]), Ok(expected));
}

const GET: &str = "\
openapi: 3.1.0
info: {version: 2020-09-17, title: T}
servers: [{url: https://api.example.com}]
security: []
tags: [{name: Pets}, {name: Owners}]
paths:
  /pets:
    parameters: [{$ref: '#/components/parameters/Version'}]
    get: {tags: [Pets], responses: {200: {$ref: '#/components/schemas/Pet'}}}
components:
  schemas:
    Pet: {type: object, properties: {name: {type: string}, on: {maximum: 1e-08}}}
  parameters:
    Version: {name: Version, in: header}
";

const POST: &str = "\
components:
  parameters:
    Version: {in: header, name: Version}
  schemas:
    New: {enum: [no, '1', ~]}
    Pet: {properties: {on: {maximum: 1e-08}, name: {type: string}}, type: object}
paths:
  /pets:
    post: {tags: [Pets], description: \"a\\n  b\\n\"}
    parameters: [{$ref: '#/components/parameters/Version'}]
tags: [{name: Pets}, {name: Owners}]
info: {title: T, version: 2020-09-17}
security: []
servers: [{url: https://api.example.com}]
openapi: 3.1.0
";

const WEBHOOK: &str = "\
openapi: 3.1.0
info: {title: T, version: 2020-09-17}
servers: [{url: https://api.example.com}]
security: []
tags: [{name: Pets}, {name: Owners}]
webhooks:
  pet.found: {post: {description: A pet.}}
components:
  securitySchemes:
    key: {type: http, scheme: basic}
";

#[test]
fn fragments_in_any_order_give_the_same_bytes() {
    let pages = [("get.md", GET), ("post.md", POST), ("webhook.md", WEBHOOK)];
    let merged = merge_pages(&pages).unwrap();
    let expected = "\
openapi: 3.1.0
info:
  version: 2020-09-17
  title: T
servers:
- url: https://api.example.com
security: []
tags:
- name: Pets
- name: Owners
paths:
  /pets:
    parameters:
    - $ref: '#/components/parameters/Version'
    get:
      tags:
      - Pets
      responses:
        '200':
          $ref: '#/components/schemas/Pet'
    post:
      tags:
      - Pets
      description: |
        a
          b
webhooks:
  pet.found:
    post:
      description: A pet.
components:
  schemas:
    New:
      enum:
      - no
      - '1'
      - null
    Pet:
      type: object
      properties:
        name:
          type: string
        on:
          maximum: 1e-8
  parameters:
    Version:
      name: Version
      in: header
  securitySchemes:
    key:
      type: http
      scheme: basic
";
    assert_eq!(merged.text, expected);
    assert_eq!(
        (merged.version.as_str(), merged.operations),
        ("2020-09-17", 3)
    );
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(merge_pages(&order.map(|page| pages[page])).unwrap(), merged);
    }
}

const BASE: &str = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n";

/// Checks the messages for two pages: each is the base and one of `ends`.
#[track_caller]
fn check_refused(ends: [&str; 2], expected: &[&str]) {
    let [one, other] = ends.map(|end| format!("{BASE}{end}"));
    let message = merge_pages(&[("b.md", &other), ("a.md", &one)]).unwrap_err();
    let remedy = "; fetch both pages again; if they still differ, ask the publisher, or save \
                  the pages, correct one, and give the files";
    let found: Vec<_> = message
        .lines()
        .map(|line| line.strip_suffix(remedy))
        .collect();
    let expected: Vec<_> = expected.iter().copied().map(Some).collect();
    assert_eq!(found, expected, "{message}");
}

#[test]
fn two_definitions_of_one_name_are_refused() {
    check_refused(
        [
            "paths: {}\ncomponents: {schemas: {A: {required: [a], type: object}, B: {}}}",
            "paths: {}\ncomponents: {schemas: {A: {required: [a, b], type: object}, B: {x: 1}}}",
        ],
        &[
            r#"a.md:4:28: /components/schemas/A/required: ["a"] here, but ["a","b"] in b.md"#,
            "a.md:4:58: /components/schemas/B/x: nothing here, but 1 in b.md",
        ],
    );
    check_refused(
        [
            "paths: {/a/b: {get: {summary: x}}}",
            "paths: {/a/b: {get: {summary: y}}}",
        ],
        &[r#"a.md:3:22: /paths/~1a~1b/get/summary: "x" here, but "y" in b.md"#],
    );
    check_refused(
        [
            "webhooks: {w: {post: {}}}",
            "webhooks: {w: {post: {deprecated: true}}}",
        ],
        &["a.md:3:16: /webhooks/w/post/deprecated: nothing here, but true in b.md"],
    );
}

#[test]
fn pages_must_agree_on_everything_but_definitions() {
    check_refused(
        [
            "servers: []\nx-a: 1\npaths: {/a: {get: {}, parameters: []}}",
            "security: []\nx-a: 2\npaths: {/a: {post: {}}}",
        ],
        &[
            "a.md:3:1: /servers: [] here, but nothing in b.md",
            "a.md: /security: nothing here, but [] in b.md",
            "a.md:5:23: /paths/~1a/parameters: [] here, but nothing in b.md",
            "a.md:4:1: /x-a: 1 here, but 2 in b.md",
        ],
    );
}

#[test]
fn tags_are_merged_by_name() {
    let tagged = |tags: &str, path: &str| format!("{BASE}tags: {tags}\npaths: {{{path}: {{}}}}\n");
    let one = tagged("[{name: B}, {name: A, description: first}]", "/a");
    let other = tagged("[{name: C}, {name: B}]", "/b");
    let untagged = format!("{BASE}paths: {{/c: {{}}}}\n");
    let merged = merge_pages(&[("a", &one), ("b", &other), ("c", &untagged)]).unwrap();
    let tags = "tags:\n- name: A\n  description: first\n- name: B\n- name: C\npaths:\n";
    assert!(merged.text.contains(tags), "{}", merged.text);
    check_refused(
        [
            "tags: [{name: A}]\npaths: {}",
            "tags: [{name: A, description: other}]\npaths: {}",
        ],
        &[r#"a.md:3:1: /tags/A/description: nothing here, but "other" in b.md"#],
    );
}

#[test]
fn agreeing_pages_are_counted_and_many_differences_are_cut() {
    let page = |path: &str, schema: &str| {
        format!("{BASE}paths: {{{path}: {{}}}}\ncomponents: {{schemas: {{A: {schema}}}}}\n")
    };
    let texts = [
        page("/a", "{a: 1}"),
        page("/b", "{b: 1, c: 1, d: 1, e: 1, f: 1, g: 1}"),
        page("/c", "{a: 1}"),
        page("/d", "{a: 2}"),
        page("/e", "{a: 2}"),
        page("/f", "{a: 2}"),
    ];
    let names = ["a", "b", "c", "d", "e", "f"];
    let pages: Vec<_> = names
        .into_iter()
        .zip(texts.iter().map(String::as_str))
        .collect();
    let message = merge_pages(&pages).unwrap_err();
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 7, "{message}");
    for (line, start) in [
        (
            0,
            "a:4:28: /components/schemas/A/a: 1 here and in 1 other page, but nothing in b; ",
        ),
        (
            5,
            "a:4:24: /components/schemas/A: and 2 more differences from b; ",
        ),
        (
            6,
            "a:4:28: /components/schemas/A/a: 1 here and in 1 other page, but 2 in d and 2 other pages; ",
        ),
    ] {
        assert!(lines[line].starts_with(start), "{message}");
    }
}

#[test]
fn a_fragment_that_is_not_openapi_is_refused_with_its_page() {
    let legacy = "paths:\n  path: /auth/token\n  method: post\n  request: {}\n";
    for (text, message) in [
        (
            legacy,
            "a.md: a page in the format of 2024 and 2025, whose block (",
        ),
        ("a: [", "a.md:9:1: not YAML: "),
        ("a: 1", "a.md: not an OpenAPI document: "),
        (
            "openapi: 3.1.0\ninfo: {title: T, version: '1'}\ncomponents: {responses: 1}",
            "a.md:10:14: /components/responses: expected a mapping, found a number; ",
        ),
        (
            "openapi: 3.1.0\ninfo: {title: T, version: '1'}\ntags: {}",
            "a.md:10:1: /tags: expected a list, found a mapping; ",
        ),
    ] {
        let fragments = [
            Fragment {
                page: "a.md",
                lines_before: 7,
                subject: None,
                text,
            },
            fragment(&("b.md", WEBHOOK)),
        ];
        let found = merge(&fragments).unwrap_err().to_string();
        assert!(found.starts_with(message), "{found}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
    assert!(merge(&[]).is_err());
}

#[test]
fn ambiguous_yaml_scalars_are_read_back() {
    let values = json!({
        "texts": [
            "on", "off", "y", "NO", "true", "null", "~", "", "2020-09-17", "12:30:45", "200", "0x1F",
            "0o17", "1_000", "1e-08", ".5", ".inf", "-", "- a", "? a", "a: b", "a #b", "#a", "&a",
            "*a", "!a", "|", ">", "%a", "@a", "`a", "'", "\"", "{", "[a", "=", "<<", "---", "...",
            " a", "a ", "a\n", "a\n\n", "\n", "\na", " \n a\n", "a\tb", "\ta", "a\r\nb", "\r", "a\u{85}b",
            "\u{2028}", "\u{feff}a", "\u{7f}", "\u{0}", "\u{e000}", "\u{1f600}", "a\n  b\n c\n",
        ],
        "numbers": [1e-8, -0.0, 1.0, 9007199254740993_u64, u64::MAX, i64::MIN, 1.5e300, 1e20],
        "200": {"on": true, "null": 1, "~": 2, "": 3, "a: b": 4, "-": 5},
        "empty": [{}, [], null],
    });
    assert!(write(&values).is_ok(), "{}", write(&values).unwrap_err());
}

#[test]
fn a_value_that_is_read_back_differently_is_refused() {
    let message = write(&json!({"a": {"<<": {"b": 1}}}))
        .unwrap_err()
        .to_string();
    let start = "the merged document: {\"b\":1} at /a/<< is read back as nothing; ";
    assert!(message.starts_with(start), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_back(key in any::<String>(), text in "[ -:#'\"\\\\|>a\n\t\r\u{85}\u{2028}é]{0,12}", other in any::<String>()) {
        prop_assume!(key != "<<");
        let root = json!({"a": [{key: text}, other]});
        prop_assert!(write(&root).is_ok(), "{:?}", write(&root));
    }
}
