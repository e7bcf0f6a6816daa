//! Vendors from a site on this machine. Checks that the document equals the published one, and
//! that a fault is reported and changes nothing.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod bundle;
mod failures;
mod hosts;
mod limits;
mod server;
mod split;

use std::fs;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use finch_gen::{Document, Problems, Text, sha256};
use server::{Answer, Server};
use tempfile::TempDir;
use xtask::files::write_atomically;
use xtask::vendor::{self, FetchPolicy, Options};
use xtask::{Outcome, Workspace};

const DOCUMENT: &str = "openapi/finch.yaml";
const SOURCE: &str = "openapi/SOURCE.toml";

/// The published document, whose pages share components, tags and paths.
const PUBLISHED: &str = "\
openapi: 3.1.0
info: {title: Pets, version: '2020-09-17', description: \"Of pets.\\n\\n- and owners\\n\"}
servers: [{url: https://api.example.com, description: ''}]
security: [{key: []}]
tags: [{name: Pets}, {name: Owners, description: Of pets}]
paths:
  /pets:
    parameters: [{$ref: '#/components/parameters/Version'}]
    get:
      operationId: list-pets
      tags: [Pets]
      responses: {200: {$ref: '#/components/responses/Pets'}, default: {description: Other}}
    post:
      operationId: add-pet
      tags: [Pets]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {201: {description: Added}}
  /pets/{name}:
    parameters: [{name: name, in: path, required: true, schema: {type: string}}]
    get:
      operationId: get-pet
      tags: [Pets]
      security: []
      responses:
        200:
          description: A pet
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
    delete:
      operationId: remove-pet
      tags: [Pets]
      deprecated: true
      responses: {204: {description: Gone}}
  /owners:
    get:
      operationId: list-owners
      tags: [Owners]
      security: [{bearer: []}]
      responses:
        200:
          description: Owners
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Owner'}}
webhooks:
  pet.added:
    post:
      tags: [Pets]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}}
      responses: {200: {description: Read}}
components:
  securitySchemes:
    key: {type: http, scheme: basic}
    bearer: {type: http, scheme: bearer}
  parameters:
    Version: {name: Version, in: header, schema: {type: string, const: '2020-09-17'}}
  responses:
    Pets:
      description: Pets
      content:
        application/json:
          schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: {type: string, enum: [on, 'null', '1e-08', ' a b ', '', \"a\\nb\", Δ]}
        weight: {type: number, minimum: 1e-08, maximum: 9007199254740993}
        owner: {$ref: '#/components/schemas/Owner'}
    Owner:
      type: object
      properties:
        pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}
        born: {type: string, format: date, example: 2020-09-17}
    Event:
      type: object
      properties: {pet: {$ref: '#/components/schemas/Pet'}}
";

fn published() -> Document {
    load(PUBLISHED)
}

fn load(text: &str) -> Document {
    finch_gen::load(&Text {
        name: "finch.yaml",
        text,
    })
    .unwrap()
}

/// Returns the documentation page for `document`, whose first operation is a `get`.
fn page(document: &str) -> String {
    let path = document.split("{/").nth(1);
    let path = path.and_then(|path| path.split(':').next());
    format!(
        "# Title\n\n## OpenAPI\n\n````yaml get /{}\n{document}````\n",
        path.unwrap_or("a")
    )
}

/// Returns a document with the operation `get /NAME` and one schema.
fn document(name: &str, schema: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths: {{/{name}: {{get: {{}}}}}}\n\
         components: {{schemas: {{A: {schema}}}}}\n\n"
    )
}

fn index(links: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let links = links.into_iter();
    let items = links.map(|link| format!("- [Title]({}): a page\n", link.as_ref()));
    format!("# Site\n\n## Docs\n\n{}", items.collect::<String>())
}

/// The files of a workspace that the command reads and writes.
struct Copy {
    folder: TempDir,
    manners: FetchPolicy,
}

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("openapi")).unwrap();
        let manners = FetchPolicy {
            pause: Duration::ZERO,
            allow_private: true,
            ..FetchPolicy::default()
        };
        Self { folder, manners }
    }

    fn options(&self, sources: &[&str]) -> Options {
        Options {
            sources: sources.iter().map(|it| (*it).to_owned()).collect(),
            pages: Vec::new(),
            blocks: Vec::new(),
            max_pages: 100,
            dry_run: false,
            verbose: false,
            is_terminal: false,
            manners: self.manners.clone(),
        }
    }

    /// Runs the command. Returns the outcome and the output.
    fn run(&self, options: &Options) -> anyhow::Result<(Outcome, String)> {
        let mut out = Vec::new();
        let workspace = Workspace::at(self.folder.path());
        let outcome = vendor::run(&workspace, options, &mut out)?;
        Ok((outcome, String::from_utf8(out).unwrap()))
    }

    fn vendor(&self, sources: &[&str]) -> String {
        self.done(&self.options(sources))
    }

    /// Vendors a file that was saved from this page.
    fn vendor_file(&self, file: &str, page: &str) -> String {
        self.done(&self.from(file, page))
    }

    fn from(&self, file: &str, page: &str) -> Options {
        Options {
            pages: vec![page.to_owned()],
            ..self.options(&[file])
        }
    }

    fn done(&self, options: &Options) -> String {
        let (outcome, out) = self.run(options).unwrap();
        assert_eq!(outcome, Outcome::Done, "{out}");
        out
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).unwrap()
    }

    /// Writes an input file with this name, and returns its path.
    fn file(&self, name: &str, text: impl AsRef<str>) -> String {
        let path = self.folder.path().join(name);
        write_atomically(&path, text.as_ref()).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// Returns a site that serves `pages`, and an index that lists them in the same order.
fn site(pages: Vec<(String, String)>) -> Server {
    Server::new(move |path, _| match path {
        "/llms.txt" => Answer::ok(index(pages.iter().map(|(name, _)| name))),
        path => match pages.iter().find(|(name, _)| name == path) {
            Some((_, text)) => Answer::ok(text.as_str()),
            None => Answer::status("404 Not Found"),
        },
    })
}

#[test]
fn pages_in_any_order_are_merged_into_the_published_document() {
    let mut pages = split::pages(published().root());
    assert_eq!(pages.len(), 6);
    pages.push(("/guide.md".to_owned(), "# Guide\n\nNo block.\n".to_owned()));
    let texts: Vec<[String; 2]> = (0..4)
        .map(|turn| {
            let mut pages = pages.clone();
            pages.rotate_left(turn * 2);
            if turn % 2 == 1 {
                pages.reverse();
            }
            let site = site(pages);
            let copy = Copy::new();
            let out = copy.vendor(&[&site.at("/llms.txt")]);
            let guide = format!("     Skipped {}: no OpenAPI block\n", site.at("/guide.md"));
            assert!(out.contains(&guide), "{out}");
            let summary = "    Vendored 6 operations from 6 pages, version 2020-09-17\n";
            assert!(out.contains(summary), "{out}");
            let record = copy.read(SOURCE);
            assert_eq!(record.matches("[[page]]").count(), 6);
            [copy.read(DOCUMENT), record.replace(&site.address, "SITE")]
        })
        .collect();
    assert_eq!(load(&texts[0][0]).root(), published().root());
    for text in &texts {
        assert_eq!(text, &texts[0]);
    }
}

#[test]
fn a_page_is_vendored_byte_for_byte_and_recorded() {
    let block = "openapi: 3.1.0 # as it is\ninfo: {title: T,  version: '2024'}\n\
                 paths: {/a: {get: {}}}\n\n";
    let text = page(block);
    let site = site(vec![("/page.md".to_owned(), text.clone())]);
    let copy = Copy::new();
    let address = site.at("/page.md");
    let out = copy.vendor(&[&address]);
    let expected = format!(
        "     Fetched {address}\n    Vendored 1 operation from 1 page, version 2024\n     Writing \
         openapi/finch.yaml\n     Writing openapi/SOURCE.toml\n    Finished 2 files written: run \
         `cargo xtask generate`\n"
    );
    assert_eq!(out, expected);
    assert_eq!(copy.read(DOCUMENT), block);
    let record = copy.read(SOURCE);
    let (before, date) = record.rsplit_once("date = ").unwrap();
    let expected = format!(
        "# The origin of finch.yaml, written by `cargo xtask vendor`. The generator refuses a\n\
         # finch.yaml with another sha256.\nsha256 = \"{}\"\nversion = \"2024\"\n\n[[page]]\n\
         address = \"{address}\"\nsha256 = \"{}\"\n",
        sha256(block),
        sha256(&text)
    );
    assert_eq!(before, expected);
    assert!(
        date.starts_with("\"20") && date.trim_end().len() == 12,
        "{date}"
    );
}

/// Returns a page with these blocks.
fn page_of(blocks: &[(&str, &str)]) -> String {
    let blocks = blocks
        .iter()
        .map(|(subject, text)| format!("```yaml {subject}\n{text}```\n\n"));
    format!("# Title\n\n{}", blocks.collect::<String>())
}

const PAGE: &str = "https://example.com/reference/page.md";

#[test]
fn an_unchanged_page_keeps_its_date() {
    let copy = Copy::new();
    let file = copy.file("page.md", page(&document("a", "{}")));
    copy.vendor_file(&file, PAGE);
    let record = copy.read(SOURCE);
    let (before, _) = record.rsplit_once("date = ").unwrap();
    let old = format!("{before}date = \"2020-01-31\"\n");
    copy.file(SOURCE, &old);
    let out = copy.vendor_file(&file, PAGE);
    let fresh = "       Fresh openapi/finch.yaml and openapi/SOURCE.toml: as vendored\n";
    assert!(out.ends_with(fresh), "{out}");
    assert_eq!(copy.read(SOURCE), old);
    copy.file("page.md", page(&document("b", "{}")));
    copy.vendor_file(&file, PAGE);
    assert!(!copy.read(SOURCE).contains("2020-01-31"));
}

#[test]
fn a_file_is_recorded_by_the_address_of_its_page() {
    let copy = Copy::new();
    let json = "{\"openapi\": \"3.1.0\", \"info\": {\"title\": \"T\", \"version\": \"1\"}}";
    let file = copy.file("api.json", json);
    copy.vendor_file(&file, "https://example.com/reference/api.json#part");
    assert_eq!(copy.read(DOCUMENT), json);
    let recorded = copy.read(SOURCE);
    assert!(recorded.contains("address = \"https://example.com/reference/api.json\"\n"));
    // Without an address nothing is vendored. The message suggests an address that is already
    // recorded.
    for (file, page) in [
        (file, "https://example.com/reference/api.json"),
        (copy.file("other.json", json), "URL"),
    ] {
        let error = copy.run(&copy.options(&[&file])).unwrap_err();
        let expected = format!(
            "{file}: the published address of this file is unknown, but must be recorded; give \
             it with --page {page}"
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(copy.read(SOURCE), recorded);
    }
}

#[test]
fn files_and_addresses_are_merged() {
    let site = site(vec![("/b.md".to_owned(), page(&document("b", "{}")))]);
    let copy = Copy::new();
    let file = copy.file("a.md", page(&document("a", "{}")));
    let whole = copy.file("c.yaml", document("c", "{}"));
    let sources = [
        file.as_str(),
        &site.at("/b.md"),
        &site.at("/b.md#again"),
        &whole,
    ];
    let options = Options {
        pages: ["a.md", "c.yaml"]
            .map(|page| format!("https://example.com/{page}"))
            .into(),
        ..copy.options(&sources)
    };
    let out = copy.done(&options);
    assert!(
        out.contains("Vendored 3 operations from 3 pages, version 1\n"),
        "{out}"
    );
    assert_eq!(site.log().paths, ["/b.md"]);
    let recorded = copy.read(SOURCE);
    for page in ["https://example.com/a.md", "https://example.com/c.yaml"] {
        assert!(recorded.contains(&format!("address = \"{page}\"\n")));
    }
}

#[test]
fn without_a_source_the_recorded_pages_are_vendored() {
    let site = Server::new(|path, before| match path {
        "/a.md" | "/b.md" => {
            let schema = if before > 0 { "{type: string}" } else { "{}" };
            Answer::ok(page(&document(&path[1..2], schema)))
        }
        // Only recorded pages are requested.
        _ => Answer::status("404 Not Found"),
    });
    let copy = Copy::new();
    copy.vendor(&[&site.at("/a.md"), &site.at("/b.md")]);
    let record = copy.read(SOURCE);
    let out = copy.vendor(&[]);
    assert!(
        out.contains("Vendored 2 operations from 2 pages, version 1\n"),
        "{out}"
    );
    let mut paths = site.log().paths;
    paths.sort();
    assert_eq!(paths, ["/a.md", "/a.md", "/b.md", "/b.md"]);
    assert!(copy.read(DOCUMENT).contains("type: string"));
    assert_ne!(copy.read(SOURCE), record);
    assert_eq!(copy.read(SOURCE).matches("[[page]]").count(), 2);
}

#[test]
fn without_a_source_or_a_record_nothing_is_vendored() {
    let address = "[[page]]\naddress = 'page.md'\nsha256 = '00'\ndate = '2020-01-31'\n";
    for (record, message) in [
        (None, "cannot be read: "),
        (Some("sha256 = ["), ":1:11: "),
        (
            Some("sha256 = '00'\nversion = '1'\npage = []\n"),
            "records no page; name the pages ",
        ),
        (
            Some(&format!("sha256 = '00'\nversion = '1'\n{address}")),
            "records \"page.md\", which is not an address; name the page as a SOURCE",
        ),
        (
            Some(&format!(
                "sha256 = '00'\nversion = '1'\n{}",
                address.replace("page.md", "http://a/")
            )),
            "http://a/: http://a is not encrypted; ",
        ),
    ] {
        let copy = Copy::new();
        if let Some(record) = record {
            copy.file(SOURCE, record);
        }
        let error = copy.run(&copy.options(&[])).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(!copy.folder.path().join(DOCUMENT).exists());
    }
}

#[test]
fn the_named_block_is_vendored_and_recorded() {
    let (a, b) = (document("a", "{}"), document("b", "{}"));
    let site = site(vec![
        (
            "/page.md".to_owned(),
            page_of(&[("get /a", &a), ("get /b", &b)]),
        ),
        ("/c.md".to_owned(), page(&document("c", "{}"))),
    ]);
    let copy = Copy::new();
    let sources = [site.at("/page.md"), site.at("/c.md")];
    let sources = [sources[0].as_str(), sources[1].as_str()];
    let error = copy.run(&copy.options(&sources)).unwrap_err().to_string();
    let expected = format!(
        "{}: has 2 OpenAPI blocks: `get /a` at line 3, `get /b` at line 11; name the ones to take, \
         as in --block 'get /a'",
        sources[0]
    );
    assert_eq!(error, expected);
    let asking = |names: &[&str], sources: &[&str]| Options {
        blocks: names.iter().map(|name| (*name).to_owned()).collect(),
        ..copy.options(sources)
    };
    copy.done(&asking(&["GET /b"], &sources));
    let document = copy.read(DOCUMENT);
    assert!(
        !document.contains("/a:") && document.contains("/b:"),
        "{document}"
    );
    assert_eq!(
        copy.read(SOURCE).matches("blocks = [\"get /b\"]\n").count(),
        1
    );
    // A later run takes the same block again.
    let out = copy.vendor(&[]);
    assert!(out.contains("       Fresh "), "{out}");
    copy.done(&asking(&["get /a", "get /b"], &sources));
    assert!(
        copy.read(SOURCE)
            .contains("blocks = [\"get /a\", \"get /b\"]\n")
    );
    for (names, message) in [
        (&["get /d"][..], "has 2 OpenAPI blocks: "),
        (
            &["get /a", "get /d"],
            "--block: no page has a block `get /d`; ",
        ),
        (&["get"], "--block: \"get\" does not name a block; "),
    ] {
        let error = copy.run(&asking(names, &sources)).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    // A recorded block that no longer exists.
    let record = copy.read(SOURCE).replace("get /b", "get /d");
    copy.file(SOURCE, record);
    let error = copy.run(&copy.options(&[])).unwrap_err().to_string();
    assert!(
        error.contains(
            "page.md: no longer has the block `get /d`, which openapi/SOURCE.toml records; "
        ),
        "{error}"
    );
}

#[test]
fn a_byte_order_mark_is_not_vendored() {
    let block = document("a", "{}");
    let copy = Copy::new();
    for text in [
        format!("\u{feff}{}", block),
        format!("\u{feff}{}", page_of(&[("get /a", &block)])),
    ] {
        let file = copy.file("page.md", &text);
        copy.vendor_file(&file, PAGE);
        assert_eq!(copy.read(DOCUMENT), block);
        // The record has the hash of the whole page, byte for byte.
        assert!(copy.read(SOURCE).contains(&sha256(&text)));
    }
}

#[test]
fn pages_that_are_skipped_are_counted_or_listed() {
    let mut pages = vec![("/a.md".to_owned(), page(&document("a", "{}")))];
    pages.extend((0..59).map(|number| (format!("/{number}.md"), "# Guide\n".to_owned())));
    let site = site(pages);
    let copy = Copy::new();
    let index = site.at("/llms.txt");
    let skipped = |out: &str| {
        let lines = out
            .lines()
            .filter_map(|line| line.strip_prefix("     Skipped "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let out = copy.vendor(&[&index]);
    assert_eq!(
        skipped(&out),
        ["59 pages: no OpenAPI block; --verbose lists them"]
    );
    let options = Options {
        verbose: true,
        ..copy.options(&[&index])
    };
    let out = copy.done(&options);
    let lines = skipped(&out);
    assert_eq!(lines.len(), 59, "{out}");
    assert_eq!(lines[7], format!("{}: no OpenAPI block", site.at("/7.md")));
}

#[test]
fn a_dry_run_shows_what_would_change() {
    let copy = Copy::new();
    let first = document("a", "{}");
    let file = copy.file("page.md", page(&first));
    let dry = |copy: &Copy| {
        let options = Options {
            dry_run: true,
            ..copy.from(&file, PAGE)
        };
        copy.run(&options).unwrap()
    };
    let (outcome, out) = dry(&copy);
    assert_eq!(outcome, Outcome::Stale);
    let new = "--- /dev/null\n+++ b/openapi/finch.yaml\n@@ -0,0 +1,5 @@\n+openapi: 3.1.0\n";
    assert!(out.contains(new), "{out}");
    assert!(
        out.ends_with("       Stale 2 files would change\n"),
        "{out}"
    );
    assert_eq!(
        fs::read_dir(copy.folder.path().join("openapi"))
            .unwrap()
            .count(),
        0
    );

    copy.vendor_file(&file, PAGE);
    assert_eq!(dry(&copy).0, Outcome::Done);
    let second = document("a", "{type: string}");
    copy.file("page.md", page(&second));
    let (outcome, out) = dry(&copy);
    assert_eq!(outcome, Outcome::Stale);
    for part in [
        "-components: {schemas: {A: {}}}\n+components: {schemas: {A: {type: string}}}\n",
        "--- a/openapi/SOURCE.toml\n+++ b/openapi/SOURCE.toml\n",
    ] {
        assert!(out.contains(part), "{part}\nis not in\n{out}");
    }
    assert_eq!(copy.read(DOCUMENT), first);
}

#[test]
fn requests_are_limited_and_identify_the_program() {
    let links: Vec<String> = (0..12).map(|page| format!("/{page}.md")).collect();
    let twice = index(links.iter().chain(&links));
    // The site responds when four pages have been requested.
    let four = Barrier::new(4);
    let server = Server::new(move |path, _| match path {
        "/llms.txt" => Answer::ok(twice.as_str()),
        path => {
            four.wait();
            // A fifth request would arrive before the first responses.
            std::thread::sleep(Duration::from_millis(60));
            let name = path.trim_matches(['/', '.', 'm', 'd']);
            Answer::ok(page(&document(name, "{}")))
        }
    });
    let mut copy = Copy::new();
    copy.manners.pause = Duration::from_millis(20);
    let start = Instant::now();
    copy.vendor(&[&server.at("/llms.txt")]);
    // There are 13 requests, and 12 of them waited for their turn.
    assert!(start.elapsed() >= Duration::from_millis(240));
    let log = server.log();
    assert_eq!(log.paths.len(), 13, "{:?}", log.paths);
    assert_eq!(log.at_once, 4);
    for head in log.heads {
        let head = head.to_lowercase();
        assert!(head.contains("user-agent: finch-api/0."), "{head}");
    }
}

#[test]
fn other_links_of_an_index_are_skipped() {
    let server = Server::new(|path, _| match path {
        "/llms.txt" => Answer::ok(index([
            "a.md",
            "/openapi.yaml",
            "/changelog",
            "https://status.example.com/",
            "/nested/llms.txt",
        ])),
        "/a.md" => Answer::ok(page(&document("a", "{}"))),
        "/openapi.yaml" => Answer::ok(document("b", "{}")),
        "/nested/llms.txt" => Answer::ok(index(["/c.md"])),
        _ => Answer::ok("<!doctype html>"),
    });
    let copy = Copy::new();
    let out = copy.vendor(&[&server.at("/llms.txt")]);
    for line in [
        "     Skipped https://status.example.com/: on another host\n",
        &format!("    Fetching 4 pages of {}\n", server.at("/llms.txt")),
        &format!(
            "     Skipped {}: HTML, not Markdown\n",
            server.at("/changelog")
        ),
        &format!(
            "     Skipped {}: no OpenAPI block\n",
            server.at("/nested/llms.txt")
        ),
        &format!(
            "     Skipped {}: a whole document: ",
            server.at("/openapi.yaml")
        ),
    ] {
        assert!(out.contains(line), "{line}\nis not in\n{out}");
    }
    assert_eq!(copy.read(DOCUMENT), document("a", "{}"));
}

#[test]
fn retry_after_is_obeyed() {
    let server = Server::new(|_, before| match before {
        0 => Answer::status("429 Too Many Requests").header("Retry-After", "0"),
        1 => Answer::status("503 Service Unavailable")
            .header("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"),
        _ => Answer::ok(page(&document("a", "{}"))),
    });
    Copy::new().vendor(&[&server.at("/a.md")]);
    assert_eq!(server.log().paths.len(), 3);
}

#[test]
fn a_redirect_on_the_same_host_is_followed() {
    let server = Server::new(|path, _| match path {
        "/old/a.md" => Answer::redirect("../new/a.md"),
        "/new/a.md" => Answer::ok(page(&document("a", "{}"))),
        _ => Answer::status("404 Not Found"),
    });
    let copy = Copy::new();
    copy.vendor(&[&server.at("/old/a.md")]);
    assert!(copy.read(SOURCE).contains("/old/a.md\""));
}
