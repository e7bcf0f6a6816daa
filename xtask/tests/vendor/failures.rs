//! Each fault of a source is reported in one message with the name of the source, and nothing
//! on disk changes.

use super::*;

/// Returns the lines of the error of `run`, with `SITE` for the site's address.
#[track_caller]
pub(crate) fn refused(copy: &Copy, server: &Server, options: &Options) -> Vec<String> {
    copy.file(DOCUMENT, "before");
    copy.file(SOURCE, "before, too");
    let error = copy.run(options).unwrap_err();
    let problems = error.downcast_ref::<Problems>().unwrap().to_string();
    assert_eq!(
        (copy.read(DOCUMENT).as_str(), copy.read(SOURCE).as_str()),
        ("before", "before, too")
    );
    let openapi = fs::read_dir(copy.folder.path().join("openapi"));
    assert_eq!(openapi.unwrap().count(), 2);
    let problems = problems.replace(&server.address, "SITE");
    problems.lines().map(str::to_owned).collect()
}

/// Checks the message for a page with this response.
#[track_caller]
fn check(answer: Answer, message: &str) {
    let server = Server::new(move |_, _| answer.clone());
    let copy = Copy::new();
    let options = copy.options(&[&server.at("/a.md")]);
    let found = refused(&copy, &server, &options);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with(&format!("SITE/a.md{message}")),
        "{}",
        found[0]
    );
}

#[test]
fn failure_a_status() {
    check(Answer::status("404 Not Found"), ": answers 404 Not Found; ");
    check(
        Answer::status("500 Internal Server Error"),
        ": answers 500 ",
    );
    check(
        Answer::status("204 No Content"),
        ": answers 204 No Content; ",
    );
    check(
        Answer::status("429 Too Many Requests"),
        ": answers 429 Too Many Requests; ",
    );
}

#[test]
fn failure_a_wait_that_is_too_long_or_repeated_too_often() {
    let later = |wait| Answer::status("503 Service Unavailable").header("Retry-After", wait);
    check(
        later("61"),
        ": answers 503 Service Unavailable, and asks to wait for 61 s; ",
    );
    let server = Server::new(move |_, _| later("0"));
    let copy = Copy::new();
    refused(&copy, &server, &copy.options(&[&server.at("/a.md")]));
    assert_eq!(server.log().paths.len(), 3);
}

#[test]
fn failure_a_redirect() {
    check(
        Answer::redirect("https://login.example.com/a.md"),
        ": redirects from SITE to another host, https://login.example.com; ",
    );
    check(
        Answer::redirect("//localhost:1/a.md"),
        ": redirects from SITE to another host, http://localhost:1; ",
    );
    check(Answer::redirect("/a.md"), ": redirects more than 5 times; ");
    check(
        Answer::redirect("https://169.254.169.254/latest"),
        ": redirects from SITE to another host, https://169.254.169.254; ",
    );
    check(
        Answer::redirect("file:///etc/passwd"),
        ": redirects from SITE to another host, null; ",
    );
    check(
        Answer::status("308 Permanent Redirect"),
        ": redirects without a target; ",
    );
    check(
        Answer::redirect("http://["),
        ": redirects to \"http://[\": ",
    );
}

/// The address is on the same host, but has a user name, so it is refused.
#[test]
fn failure_a_redirect_to_a_user() {
    let server = Server::new(|_, _| Answer::silence());
    let address = server.at("/b.md").replace("//", "//me:secret@");
    let redirecting = Server::new(move |path, _| match path {
        "/a.md" => Answer::redirect(&address),
        _ => Answer::silence(),
    });
    let copy = Copy::new();
    let found = refused(
        &copy,
        &redirecting,
        &copy.options(&[&redirecting.at("/a.md")]),
    );
    assert!(found[0].contains("to another host"), "{found:?}");
    assert!(server.log().paths.is_empty());
}

#[test]
fn failure_a_response_that_is_not_text() {
    check(
        Answer::ok(vec![b'a'; (16 << 20) + 1]),
        ": larger than 16 MiB; ",
    );
    check(Answer::ok(b"abc\xff\xfe"), ": not UTF-8 at byte 3; ");
    check(Answer::ok(""), ": empty; ");
    check(Answer::ok("abc").cut(), ": the response is incomplete: ");
}

#[test]
fn failure_a_page_without_a_document() {
    check(
        Answer::ok("<!DOCTYPE html>\n<html>"),
        ": HTML, not Markdown; ",
    );
    check(
        Answer::ok("# Title\n\nText.\n"),
        ": neither an OpenAPI document nor a page ",
    );
    check(
        Answer::ok("# T\n\n````yaml get /a\nopenapi: 3.1.0\n```\n"),
        ":3:1: the OpenAPI block that begins here never ends; ",
    );
    let legacy = "paths:\n  path: /auth/token\n  method: post\n";
    check(
        Answer::ok(page(legacy)),
        ": a page in the format of 2024 and 2025, ",
    );
    check(Answer::ok(page("a: [\n")), ":7:1: not YAML: ");
    check(
        Answer::ok(page("openapi: 3.2.0\n")),
        ":6:1: /openapi: OpenAPI version \"3.2.0\" is not supported; ",
    );
}

#[test]
fn failure_an_index() {
    let check = |answer: Answer, message: &str| {
        let server = Server::new(move |path, _| match path {
            "/llms.txt" => answer.clone(),
            "/a.md" => Answer::ok(page(&document("a", "{}"))),
            _ => Answer::ok("<html>"),
        });
        let copy = Copy::new();
        let found = refused(&copy, &server, &copy.options(&[&server.at("/llms.txt")]));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(message), "{}", found[0]);
        server.log().paths.len()
    };
    check(
        Answer::ok("# Site\n\nNo list.\n"),
        "SITE/llms.txt: an index without links; ",
    );
    check(Answer::ok("<html>"), "SITE/llms.txt: HTML, not Markdown; ");
    check(
        Answer::status("404 Not Found"),
        "SITE/llms.txt: answers 404 Not Found; ",
    );
    check(
        Answer::ok(index(["/a.md", "/b.md"])),
        "SITE/b.md: HTML, not Markdown; ",
    );
    check(
        Answer::ok(index(["/b"])),
        "the sources: neither an OpenAPI document nor a page ",
    );
    let many = index((0..10_000).map(|page| format!("/{page}.md")));
    let asked = check(
        Answer::ok(many),
        "SITE/llms.txt: lists 10000 pages, more than 100; ",
    );
    assert_eq!(asked, 1);
}

#[test]
fn failure_pages_that_contradict_each_other() {
    let server = Server::new(|path, _| match path {
        "/llms.txt" => Answer::ok(index(["/a.md", "/b.md"])),
        "/a.md" => Answer::ok(page(&document("a", "{type: string}"))),
        _ => Answer::ok(page(&document("b", "{type: number, minimum: 1}"))),
    });
    let copy = Copy::new();
    let found = refused(&copy, &server, &copy.options(&[&server.at("/llms.txt")]));
    assert_eq!(found.len(), 2, "{found:?}");
    for (line, start) in [
        (
            0,
            "SITE/a.md:9:24: /components/schemas/A/minimum: nothing here, but 1 in SITE/b.md; ",
        ),
        (
            1,
            "SITE/a.md:9:28: /components/schemas/A/type: \"string\" here, but \"number\" in SITE/b.md; ",
        ),
    ] {
        assert!(found[line].starts_with(start), "{}", found[line]);
    }
}

#[test]
fn failures_of_several_pages_are_reported_together() {
    let server = Server::new(|path, _| match path {
        "/llms.txt" => Answer::ok(index(["/f.md", "/a.md", "/b.md", "/c.md", "/d.md"])),
        "/a.md" => Answer::ok(page(&document("a", "{}"))),
        "/c.md" => Answer::redirect("https://example.com/"),
        "/f.md" => Answer::ok("````yaml get /f\n"),
        _ => Answer::status("404 Not Found"),
    });
    let copy = Copy::new();
    let [index, page] = ["/llms.txt", "/e.md"].map(|path| server.at(path));
    let found = refused(&copy, &server, &copy.options(&[&index, &page]));
    let names: Vec<_> = found
        .iter()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "SITE/e.md",
            "SITE/b.md",
            "SITE/c.md",
            "SITE/d.md",
            "SITE/f.md:1:1"
        ]
    );
}

#[test]
fn failure_no_response() {
    let server = Server::new(|_, _| Answer::silence());
    let mut copy = Copy::new();
    let sources: Vec<String> = (0..50)
        .map(|page| server.at(&format!("/{page}.md")))
        .collect();
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    // A response without TLS does not count.
    let plain = Server::new(|_, _| Answer::ok("a"));
    let address = plain.at("/a.md").replace("http:", "https:");
    let found = refused(&copy, &server, &copy.options(&[&address]));
    assert!(
        found[0].starts_with(&format!("{address}: no response: ")),
        "{found:?}"
    );
    // The time limits of one page, and of all pages.
    copy.manners.timeout = Duration::from_millis(200);
    let found = refused(&copy, &server, &copy.options(&sources[..1]));
    assert!(
        found[0].starts_with("SITE/0.md: no response: timeout"),
        "{found:?}"
    );
    copy.manners.timeout = Duration::from_secs(30);
    copy.manners.deadline = Duration::from_millis(300);
    let start = Instant::now();
    let found = refused(&copy, &server, &copy.options(&sources));
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(found.len(), 50);
    let last = "SITE/49.md: not requested: the time limit of 0 s for all pages has passed; ";
    assert!(found[49].starts_with(last), "{}", found[49]);
}

#[test]
fn failure_an_argument() {
    let server = Server::new(|_, _| Answer::silence());
    let copy = Copy::new();
    let file = copy.file("page.md", page(&document("a", "{}")));
    let check = |sources: &[&str], page: Option<&str>, message: &str| {
        let options = Options {
            pages: page.map(str::to_owned).into_iter().collect(),
            ..copy.options(sources)
        };
        let found = refused(&copy, &server, &options);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(message), "{}", found[0]);
    };
    let page = Some("https://example.com/a.md");
    check(
        &["http://example.com/a.md"],
        None,
        "http://example.com/a.md: http://example.com is not encrypted; ",
    );
    check(
        &["https://me:pw@example.com/"],
        None,
        "https://me:pw@example.com/: an address with a user name",
    );
    check(
        &["ftp://example.com/"],
        None,
        "ftp://example.com/: ftp://example.com is not encrypted; ",
    );
    check(&["https://"], None, "https://: empty host; ");
    let second = copy.file("other.md", "# Title\n");
    check(
        &[&file, &second],
        page,
        &format!("{second}: the published address of this file is unknown, "),
    );
    check(
        &[&server.at("/a.md")],
        page,
        "--page: \"https://example.com/a.md\" does not match a SOURCE that is a file; ",
    );
    check(
        &[&file],
        Some("a.md"),
        "--page: \"a.md\" does not match a SOURCE that is a file; ",
    );
    assert!(server.log().paths.is_empty());
}

/// An edited or incomplete page is not vendored.
#[test]
fn failure_a_block_that_does_not_match_its_fence() {
    let text = |about: &str, schema: &str| page_of(&[(about, &document("a", schema))]);
    check(
        Answer::ok(text("post /a", "{}")),
        ":3:1: the fence names `post /a`, but its block has `get /a`; ",
    );
    check(
        Answer::ok(text("get /a", "{$ref: '#/components/schemas/B'}")),
        ":7:28: /components/schemas/A/$ref: the block refers to \"#/components/schemas/B\", but \
         does not contain it; ",
    );
}
