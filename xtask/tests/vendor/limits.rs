//! Tests the limits on reading a site: on one page, on all pages, and on the time.

use super::failures::refused;
use super::*;

/// An endless response is read up to the limit on a page, and a slow one up to the time limit.
#[test]
fn an_endless_response_is_cut() {
    let kilobyte: &[u8] = &[b'a'; 1024];
    let now = Duration::ZERO;
    let moment = Duration::from_millis(20);
    for (answer, message) in [
        (
            Answer::status("200 OK")
                .header("X", "x\r\n")
                .endless(kilobyte, now),
            "larger than 16 MiB; ",
        ),
        (
            Answer::status("200 OK")
                .header("X", "x\r\n")
                .endless(b"a", moment),
            "the response is incomplete: timeout; ",
        ),
        (
            Answer::status("200 OK").endless(b"X: x\r\n", now),
            "no response: ",
        ),
        (
            Answer::status("200 OK").endless(b"X: x\r\n", moment),
            "no response: ",
        ),
    ] {
        let server = Server::new(move |_, _| answer.clone());
        let mut copy = Copy::new();
        copy.manners.timeout = Duration::from_secs(2);
        let start = Instant::now();
        let found = refused(&copy, &server, &copy.options(&[&server.at("/a.md")]));
        let expected = format!("SITE/a.md: {message}");
        assert!(found[0].starts_with(&expected), "{found:?}\n{expected}");
        assert!(start.elapsed() < Duration::from_secs(30), "{message}");
    }
}

/// Returns a text of this many bytes without a document.
fn text(bytes: usize) -> String {
    "Text.\n\n\n".repeat(bytes / 8)
}

/// The first pages over the limit stop the command, even if the index lists more.
#[test]
fn all_pages_have_a_limit() {
    let large = text(1 << 20);
    let links: Vec<String> = (0..100).map(|page| format!("/{page}")).collect();
    let server = Server::new(move |path, _| match path {
        "/llms.txt" => Answer::ok(index(&links)),
        _ => Answer::ok(large.as_str()),
    });
    let mut copy = Copy::new();
    assert_eq!(copy.manners.total, 16 << 20);
    copy.manners.total = 4 << 20;
    let found = refused(&copy, &server, &copy.options(&[&server.at("/llms.txt")]));
    assert_eq!(found.len(), 1, "{found:?}");
    let what = ": with it, the sources are larger than 4 MiB; name only pages that have an OpenAPI \
                block";
    assert!(found[0].ends_with(what), "{found:?}");
    // Four more requests may be in progress when the limit is reached.
    let asked = server.log().paths.len();
    assert!(asked <= 1 + 4 + 4, "{asked}");
}

#[test]
fn all_files_have_a_limit() {
    let server = Server::new(|_, _| Answer::silence());
    let mut copy = Copy::new();
    copy.manners.total = 4 << 20;
    let large = text(1 << 20);
    let files: Vec<String> = (0..5)
        .map(|number| copy.file(&format!("{number}.md"), &large))
        .collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let options = Options {
        pages: vec![PAGE.to_owned(); files.len()],
        ..copy.options(&files)
    };
    let found = refused(&copy, &server, &options);
    assert_eq!(found.len(), 1, "{found:?}");
    let start = format!("{}: with it, the sources are larger than 4 MiB; ", files[4]);
    assert!(found[0].starts_with(&start), "{found:?}");
}
