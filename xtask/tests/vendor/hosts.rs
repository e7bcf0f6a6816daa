//! Checks which hosts get requests: an index may only list pages with its own origin, and
//! hosts outside the internet must be allowed explicitly.

use std::net::TcpListener;

use super::failures::refused;
use super::*;

#[test]
fn only_pages_with_the_origin_of_the_index_are_fetched() {
    let other = Server::new(|_, _| Answer::silence());
    let others = [
        other.at("/a.md"),
        "https://169.254.169.254/latest".to_owned(),
        "//localhost/a.md".to_owned(),
        "file:///etc/passwd".to_owned(),
    ];
    let pages = others.iter().map(String::as_str).chain(["/b.md"]);
    let text = index(pages);
    let listed = text.clone();
    let site = Server::new(move |path, _| match path {
        "/llms.txt" => Answer::ok(listed.as_str()),
        _ => Answer::ok(page(&document("b", "{}"))),
    });
    let check = |out: &str| {
        for skipped in &others[..3] {
            let line = format!(
                "     Skipped {}",
                skipped.replace("//localhost", "http://localhost")
            );
            assert!(out.contains(&line), "{line}\nis not in\n{out}");
        }
        assert_eq!(out.matches(": on another host\n").count(), 4, "{out}");
        assert!(
            out.contains(&format!("     Fetched {}\n", site.at("/b.md"))),
            "{out}"
        );
        assert!(other.log().paths.is_empty());
    };
    let copy = Copy::new();
    let address = site.at("/llms.txt");
    let verbose = Options {
        verbose: true,
        ..copy.options(&[&address])
    };
    check(&copy.done(&verbose));

    // The origin of an index in a file is the origin of its page.
    let file = copy.file("llms.txt", &text);
    let options = |page: Option<String>| Options {
        pages: page.into_iter().collect(),
        verbose: true,
        ..copy.options(&[&file])
    };
    check(&copy.run(&options(Some(site.at("/llms.txt")))).unwrap().1);
    let asked = site.log().paths.len();
    let mut cautious = options(Some("https://10.0.0.1/llms.txt".to_owned()));
    cautious.manners.allow_private = false;
    let found = refused(&copy, &site, &cautious);
    let start = "https://10.0.0.1/llms.txt: a private address; ";
    assert!(found[0].starts_with(start), "{found:?}");
    let found = refused(&copy, &site, &options(None));
    let expected = format!(
        "{file}: an index that is a file, from an unknown origin; give the address it was saved \
         from with --page: only pages with the same origin are fetched"
    );
    assert_eq!(found, [expected]);
    assert_eq!(site.log().paths.len(), asked);
    assert!(other.log().paths.is_empty());
}

#[test]
fn a_host_outside_the_internet_gets_no_request() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Server::new(|_, _| Answer::silence());
    let mut copy = Copy::new();
    copy.manners.allow_private = false;
    for (host, what) in [
        ("127.0.0.1", "a loopback address"),
        ("127.1", "a loopback address"),
        ("2130706433", "a loopback address"),
        ("0", "an unspecified address"),
        ("[::1]", "a loopback address"),
        ("[::ffff:127.0.0.1]", "a loopback address"),
        ("10.0.0.1", "a private address"),
        ("169.254.169.254", "a link-local address"),
        ("100.64.0.1", "a shared address"),
        ("[fd00::1]", "a private address"),
        ("224.0.0.1", "a multicast address"),
        // The address of a name is known after a look-up.
        ("localhost", "its host has a loopback address, "),
    ] {
        let address = format!("https://{host}:{port}/a.md");
        let found = refused(&copy, &server, &copy.options(&[&address]));
        let start = format!("{address}: {what}");
        assert!(found[0].starts_with(&start), "{found:?}\n{start}");
        let end = "; give an address on the internet, or allow this one with --allow-private";
        assert!(found[0].ends_with(end), "{found:?}");
        assert_eq!(found.len(), 1);
    }
    let plain = server.at("/a.md");
    let found = refused(&copy, &server, &copy.options(&[&plain]));
    assert!(found[0].contains(": a loopback address; "), "{found:?}");
    assert!(server.log().paths.is_empty());
    assert!(listener.accept().is_err(), "somebody connected");
}
