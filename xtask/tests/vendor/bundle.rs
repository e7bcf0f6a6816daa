//! Vendors documents that refer to files: the files become part of the document, and are
//! recorded.

use super::failures::refused;
use super::*;

/// A document and the files that it refers to.
const FILES: [(&str, &str); 3] = [
    (
        "api.yaml",
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a: {$ref: paths/a.yaml}\n\
         components: {schemas: {A: {type: string}}}\n",
    ),
    (
        "paths/a.yaml",
        "get: {responses: {default: {description: D, content: {text/json: {schema: {$ref: \
         ../b.yaml}}}}}}\n",
    ),
    (
        "b.yaml",
        "type: array\nitems: {$ref: 'api.yaml#/components/schemas/A'}\n",
    ),
];

fn check_bundled(copy: &Copy) {
    let document = load(&copy.read(DOCUMENT));
    let root = document.root();
    let schema = "/paths/~1a/get/responses/default/content/text~1json/schema/$ref";
    assert_eq!(root.pointer(schema).unwrap(), "#/components/schemas/b");
    let item = "/components/schemas/b/items/$ref";
    assert_eq!(root.pointer(item).unwrap(), "#/components/schemas/A");
}

/// Returns the record of the files, without the page.
fn recorded(copy: &Copy) -> String {
    let record = copy.read(SOURCE);
    let (_, files) = record.split_once("[page.files]\n").unwrap();
    files.to_owned()
}

/// Returns a site with each of [`FILES`] under `/v1`.
fn site_of_files() -> Server {
    Server::new(|path, _| {
        let file = path.strip_prefix("/v1/").unwrap_or_default();
        match FILES.iter().find(|(name, _)| *name == file) {
            Some((_, text)) => Answer::ok(*text),
            None if path == "/latest.yaml" => Answer::redirect("/v1/api.yaml"),
            None => Answer::status("404 Not Found"),
        }
    })
}

#[test]
fn files_are_bundled_and_recorded() {
    let copy = Copy::new();
    for (name, text) in FILES {
        copy.file(name, text);
    }
    let path = copy.folder.path().join("api.yaml");
    let page = "https://example.com/v1/api.yaml";
    copy.vendor_file(path.to_str().unwrap(), page);
    check_bundled(&copy);
    let expected = [1, 2].map(|index| {
        let (name, text) = FILES[3 - index];
        format!("\"https://example.com/v1/{name}\" = \"{}\"\n", sha256(text))
    });
    assert_eq!(recorded(&copy), expected.concat());
    // A changed file changes the recorded date.
    copy.file(
        SOURCE,
        copy.read(SOURCE).replace("date = \"20", "date = \"19"),
    );
    copy.vendor_file(path.to_str().unwrap(), page);
    assert!(copy.read(SOURCE).contains("date = \"19"));
    copy.file(
        "b.yaml",
        "{type: array, items: {$ref: 'api.yaml#/components/schemas/A'}}",
    );
    copy.vendor_file(path.to_str().unwrap(), page);
    assert!(!copy.read(SOURCE).contains("date = \"19"));
}

#[test]
fn files_are_fetched_from_the_host_of_the_document() {
    let site = site_of_files();
    for address in ["/v1/api.yaml", "/latest.yaml"] {
        let copy = Copy::new();
        let out = copy.vendor(&[&site.at(address)]);
        let fetched = format!("     Fetched {}\n", site.at("/v1/paths/a.yaml"));
        assert!(out.contains(&fetched), "{out}");
        check_bundled(&copy);
        let file = site.at("/v1/b.yaml");
        assert!(
            recorded(&copy).starts_with(&format!("\"{file}\" = ")),
            "{}",
            recorded(&copy)
        );
        // The record is enough to vendor the files again.
        let out = copy.vendor(&[]);
        let fresh = "       Fresh openapi/finch.yaml and openapi/SOURCE.toml: as vendored\n";
        assert!(out.ends_with(fresh), "{out}");
    }
}

#[test]
fn the_error_for_a_missing_file_suggests_a_bundler() {
    let other = Server::new(|_, _| Answer::silence());
    let elsewhere = other.at("/b.yaml");
    let another_host = "it is on another host";
    let references = [
        (elsewhere.as_str(), another_host),
        ("//169.254.169.254/b.yaml", another_host),
        ("file:///etc/passwd", another_host),
        ("redirect.yaml", "redirects from "),
        ("bad.yaml", "not YAML: "),
        ("other.yaml#/a", " has no target in that file"),
        ("large.yaml", "with it, the sources are larger than 2 MiB"),
        ("gone.yaml", "answers 404 Not Found"),
    ];
    let documents = references.map(|(it, _)| document("a", &format!("{{$ref: '{it}'}}")));
    let to_elsewhere = elsewhere.clone();
    let site = Server::new(move |path, _| match path {
        "/redirect.yaml" => Answer::redirect(&to_elsewhere),
        "/bad.yaml" => Answer::ok("["),
        "/other.yaml" => Answer::ok("other: 1"),
        "/large.yaml" => Answer::ok("a".repeat(3 << 20)),
        path => match path[1..].parse::<usize>() {
            Ok(index) => Answer::ok(documents[index].as_str()),
            Err(_) => Answer::status("404 Not Found"),
        },
    });
    for (index, (reference, what)) in references.into_iter().enumerate() {
        let mut copy = Copy::new();
        copy.manners.total = 2 << 20;
        let page = format!("/{index}");
        let found = refused(&copy, &site, &copy.options(&[&site.at(&page)]));
        let [problem] = &found[..] else {
            panic!("{reference}: {found:?}");
        };
        let start = format!("SITE{page}:4:28: /components/schemas/A/$ref: {reference:?}");
        let start = start.replace(&site.address, "SITE");
        assert!(problem.starts_with(&start), "{problem}\n{start}");
        assert!(problem.contains(what), "{reference}: {problem}");
        let end = "; bundle the files into one document first, as `npx @redocly/cli bundle` does";
        assert!(problem.ends_with(end), "{problem}");
        assert!(other.log().paths.is_empty());
    }
}

/// The problems of all documents are reported together.
#[test]
fn missing_files_of_blocks_are_reported() {
    let copy = Copy::new();
    let reference = "{$ref: gone.yaml}";
    let files =
        ["a", "b"].map(|name| copy.file(&format!("{name}.md"), page(&document(name, reference))));
    let server = Server::new(|_, _| Answer::silence());
    let options = Options {
        pages: vec![PAGE.to_owned(); 2],
        ..copy.options(&files.each_ref().map(String::as_str))
    };
    let found = refused(&copy, &server, &options);
    let expected = files.map(|file| {
        format!("{file}:9:28: /components/schemas/A/$ref: \"gone.yaml\": No such file")
    });
    assert_eq!(found.len(), 2, "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(&expected), "{found}\n{expected}");
    }
}
