//! Tests that each setting is validated alike, from the environment and from the program.

use std::ffi::{OsStr, OsString};
use std::process::Command;

use finch_api::connect::{Product, authorize_url};
use finch_api::webhook::Key;
use finch_api::{Client, ClientBuilder, Error, ErrorKind};
use finch_api_tests::{Loopback, Reply};
use serde_json::{Value, json};

const TOKEN: &str = include_str!("../pages/retrieve-access-token.json");
const ID: &str = "4ab15e51-11ad-49f4-acae-f343b7794375";
const SECRET: &str = "finch-s3cret-1";
const URI: &str = "https://example.com/callback";

/// A setting, and how to set it.
struct Setting {
    /// The name in errors.
    name: &'static str,
    /// A valid value.
    right: &'static str,
    /// The error kind for an invalid value.
    kind: ErrorKind,
    set: fn(&str) -> Result<(), Error>,
}

fn built(builder: ClientBuilder) -> Result<(), Error> {
    builder.build().map(drop)
}

/// Every setting that a program can set.
const PROGRAM: &[Setting] = &[
    Setting {
        name: "the client id",
        right: ID,
        kind: ErrorKind::Configuration,
        set: |value| built(Client::builder().client_id(value)),
    },
    Setting {
        name: "the client secret",
        right: SECRET,
        kind: ErrorKind::Configuration,
        set: |value| built(Client::builder().client_secret(value)),
    },
    Setting {
        name: "the access token",
        right: SECRET,
        kind: ErrorKind::Configuration,
        set: |value| built(Client::builder().access_token(value)),
    },
    Setting {
        name: "the access token",
        right: SECRET,
        kind: ErrorKind::Configuration,
        set: |value| {
            let client = Client::builder().build()?;
            client.with_access_token(value).map(drop)
        },
    },
    Setting {
        name: "the base URL",
        right: "https://s3cret.example/a",
        kind: ErrorKind::Configuration,
        set: |value| built(Client::builder().base_url(value)),
    },
    Setting {
        name: "the URL of the server",
        right: "https://s3cret.example/a",
        kind: ErrorKind::Configuration,
        set: |value| built(Client::builder().server("https://own.example", value)),
    },
    Setting {
        name: "the webhook secret",
        right: "czNjcmV0",
        kind: ErrorKind::Configuration,
        set: |value| Key::new(value).map(drop),
    },
    Setting {
        name: "the client id",
        right: ID,
        kind: ErrorKind::InvalidRequest,
        set: |value| {
            let url = authorize_url(value, URI).products([Product::COMPANY]);
            url.build().map(drop)
        },
    },
    Setting {
        name: "the redirect URI",
        right: URI,
        kind: ErrorKind::InvalidRequest,
        set: |value| {
            let url = authorize_url(ID, value).products([Product::COMPANY]);
            url.build().map(drop)
        },
    },
    Setting {
        name: "the redirect URI",
        right: URI,
        kind: ErrorKind::InvalidRequest,
        set: exchange_with_redirect_uri,
    },
    Setting {
        name: "a product",
        right: "company",
        kind: ErrorKind::InvalidRequest,
        set: |value| authorize_url(ID, URI).products([value]).build().map(drop),
    },
];

/// Every environment variable, and the function that reads it.
const ENVIRONMENT: &[Setting] = &[
    Setting {
        name: "FINCH_CLIENT_ID",
        right: ID,
        kind: ErrorKind::Configuration,
        set: |_| built(ClientBuilder::from_env()),
    },
    Setting {
        name: "FINCH_CLIENT_SECRET",
        right: SECRET,
        kind: ErrorKind::Configuration,
        set: |_| built(ClientBuilder::from_env()),
    },
    Setting {
        name: "FINCH_BASE_URL",
        right: "https://s3cret.example/a",
        kind: ErrorKind::Configuration,
        set: |_| built(ClientBuilder::from_env()),
    },
    Setting {
        name: "FINCH_WEBHOOK_SECRET",
        right: "czNjcmV0",
        kind: ErrorKind::Configuration,
        set: |_| Key::from_env().map(drop),
    },
];

/// Fails before it connects if the redirect URI is invalid. No server listens on the
/// port.
fn exchange_with_redirect_uri(value: &str) -> Result<(), Error> {
    let client = Client::builder()
        .base_url("http://127.0.0.1:1")
        .client_id(ID)
        .client_secret(SECRET)
        .max_retries(0)
        .build()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let exchange = client.exchange_code("code-1").redirect_uri(value).send();
    match runtime.block_on(exchange) {
        Err(error) if error.is_connect() => Ok(()),
        outcome => outcome.map(drop),
    }
}

const EMPTY: &str = "is empty: set it, or leave it unset";
const BOM: &str = "has a byte order mark: save its source without one";
const QUOTED: &str = "has quotation marks around it: remove them";
const WHITESPACE: &str = "has whitespace inside: remove it";
const CONTROL: &str = "has a control character: remove it";
const NOT_ASCII: &str = "has a character that is not ASCII: copy it again";

/// Variants of the valid value `v`, each with the problem that the error must name, or
/// `None` if the variant is accepted.
fn spellings(v: &str) -> Vec<(String, Option<&'static str>)> {
    let (head, tail) = v.split_at(v.len() / 2);
    let around = |text: &str| format!("{text}{v}{text}");
    let inside = |text: &str| format!("{head}{text}{tail}");
    let mut spellings = vec![
        (v.to_owned(), None),
        (format!("{v}\n"), None),
        (format!("{v}\r\n"), None),
        (format!(" \t\r\n\u{c}{v}\u{c}\n\r\t "), None),
        (String::new(), Some(EMPTY)),
        (" \t\r\n".to_owned(), Some(EMPTY)),
        (format!("\u{feff}{v}"), Some(BOM)),
        (format!(" \u{feff}{v}\n"), Some(BOM)),
        (format!("{v}\u{feff}"), Some(BOM)),
        (inside("\u{feff}"), Some(BOM)),
        ("\u{feff}".to_owned(), Some(BOM)),
        // UTF-8 with a byte order mark, read as Latin-1.
        (format!("ï»¿{v}"), Some(NOT_ASCII)),
        (format!("\"{v}"), Some(QUOTED)),
        (format!("{v}'"), Some(QUOTED)),
        (format!(" \" {v} \"\n"), Some(QUOTED)),
        (format!("\\\"{v}\\\""), Some(QUOTED)),
        (format!("“{v}”"), Some(QUOTED)),
        (format!("„{v}“"), Some(QUOTED)),
        (format!("‘{v}’"), Some(QUOTED)),
        (format!("‚{v}‘"), Some(QUOTED)),
        (format!("«{v}»"), Some(QUOTED)),
        (format!("‹{v}›"), Some(QUOTED)),
        (format!("´{v}´"), Some(QUOTED)),
        ("\"\"".to_owned(), Some(QUOTED)),
        (inside("\u{85}"), Some(WHITESPACE)),
        (inside("é"), Some(NOT_ASCII)),
        (inside("\u{fffd}"), Some(NOT_ASCII)),
        // Characters that look like hyphens, and full-width letters.
        (inside("\u{2011}"), Some(NOT_ASCII)),
        (inside("\u{ff41}"), Some(NOT_ASCII)),
        // Invisible: a zero-width space, a word joiner, a soft hyphen.
        (format!("{v}\u{200b}"), Some(NOT_ASCII)),
        (format!("\u{2060}{v}"), Some(NOT_ASCII)),
        (inside("\u{ad}"), Some(NOT_ASCII)),
    ];
    for quote in ["\"", "'", "`"] {
        spellings.push((around(quote), Some(QUOTED)));
    }
    for space in [
        " ", "\n", "\t", "\r\n", "\u{b}", "\u{a0}", "\u{2028}", "\u{3000}",
    ] {
        spellings.push((inside(space), Some(WHITESPACE)));
    }
    // Not ASCII whitespace: it is not removed.
    for space in ["\u{b}", "\u{a0}", "\u{2003}", "\u{3000}"] {
        spellings.push((around(space), Some(WHITESPACE)));
    }
    for control in ["\0", "\u{1b}", "\u{8}", "\u{7f}", "\u{9f}"] {
        spellings.push((around(control), Some(CONTROL)));
        spellings.push((inside(control), Some(CONTROL)));
    }
    spellings
}

/// Returns the text of `error` without its operation.
fn text(error: &Error) -> String {
    error.to_string().replace("create-access-token: ", "")
}

/// Checks the `outcome` of setting the value `spelled`.
#[track_caller]
fn check(setting: &Setting, spelled: &str, outcome: Result<(), String>, problem: Option<&str>) {
    let name = setting.name;
    let expected = match problem {
        Some(problem) => Err(format!("{name} {problem}")),
        None => Ok(()),
    };
    assert_eq!(outcome, expected, "{name}: {spelled:?}");
}

#[test]
fn each_setting_of_a_program_follows_the_rule() {
    for setting in PROGRAM {
        for (spelled, problem) in spellings(setting.right) {
            let outcome = (setting.set)(&spelled);
            if let Err(error) = &outcome {
                assert_eq!(error.kind(), setting.kind, "{error:?}");
                assert_eq!((error.attempts(), error.outcome_unknown()), (0, false));
                assert!(!format!("{error:?}").contains(setting.right), "{error:?}");
            }
            let outcome = outcome.map_err(|error| text(&error));
            check(setting, &spelled, outcome, problem);
        }
    }
}

#[test]
fn each_setting_of_the_environment_follows_the_rule() {
    const NAME: &str = "each_setting_of_the_environment_follows_the_rule";
    if let Some(name) = child() {
        let setting = ENVIRONMENT.iter().find(|setting| setting.name == name);
        return report((setting.unwrap().set)(""));
    }
    for setting in ENVIRONMENT {
        let outcome = |value: &OsStr| {
            let (printed, debug) = run(NAME, setting.name, &[(setting.name, value)]);
            assert!(!debug.contains(setting.right), "{debug}");
            match printed.as_str() {
                "" => Ok(()),
                _ => Err(printed),
            }
        };
        for (spelled, problem) in spellings(setting.right) {
            // An environment variable cannot contain it.
            if !spelled.contains('\0') {
                check(setting, &spelled, outcome(OsStr::new(&spelled)), problem);
            }
        }
        let value = not_unicode();
        check(setting, "not Unicode", outcome(&value), Some(NOT_ASCII));
    }
}

#[cfg(unix)]
fn not_unicode() -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(b"caf\xe9".to_vec())
}

#[cfg(windows)]
fn not_unicode() -> OsString {
    std::os::windows::ffi::OsStringExt::from_wide(&[0x66, 0xd800])
}

/// Values that the rule for settings allows, but that are not a UUID, a URL or base64.
#[test]
fn setting_errors_omit_the_value() {
    const UUID: &str = "is not a UUID with hyphens: copy it from Finch's developer dashboard";
    const BEGIN: &str = "must begin with `http://` or `https://`";
    const URL: &str = "is not a URL: begin it with `https://` or `http://`";
    for (name, value, problem) in [
        (
            "the client id",
            "{4ab15e51-11ad-49f4-acae-f343b7794375}",
            UUID,
        ),
        (
            "the client id",
            "urn:uuid:4ab15e51-11ad-49f4-acae-f343b7794375",
            UUID,
        ),
        (
            "the client id",
            "URN:UUID:4ab15e51-11ad-49f4-acae-f343b7794375",
            UUID,
        ),
        ("the client id", "4ab15e5111ad49f4acaef343b7794375", UUID),
        ("the client id", "4ab15e51-11ad-49f4-acae-f343b779437", UUID),
        (
            "the client id",
            "4ab15e51-11ad-49f4-acae-f343b779437g",
            UUID,
        ),
        (
            "the client id",
            "4ab15e51-11ad-49f4-acaef-343b7794375",
            UUID,
        ),
        ("the client id", "finch-s3cret", UUID),
        ("the base URL", "127.0.0.1:7801", BEGIN),
        ("the base URL", "localhost:7801", BEGIN),
        ("the base URL", "s3cret:7801", BEGIN),
        ("the base URL", "s3cret.example", BEGIN),
        ("the base URL", "ftp://s3cret.example", BEGIN),
        ("the base URL", "https:s3cret.example", BEGIN),
        (
            "the base URL",
            "https://a.example?s3cret",
            "must not have a query or a fragment",
        ),
        (
            "the base URL",
            "https://a:s3cret@a.example",
            "must not have a user name or a password",
        ),
        (
            "the webhook secret",
            "s3cret!",
            "is not base64: copy it from Finch's developer dashboard",
        ),
        ("the redirect URI", "/callback", URL),
        ("the redirect URI", "localhost:3000/callback", URL),
        ("the redirect URI", "127.0.0.1:3000/callback", URL),
        (
            "the redirect URI",
            "https://example.com/#s3cret",
            "must not have a fragment",
        ),
    ] {
        let settings = PROGRAM.iter().filter(|setting| setting.name == name);
        let mut tried = 0;
        for setting in settings {
            let outcome = (setting.set)(value).map_err(|error| text(&error));
            check(setting, value, outcome, Some(problem));
            tried += 1;
        }
        assert!(tried > 0, "{name}");
    }
    // A client id is sent in one form.
    let url = authorize_url(ID.to_uppercase(), URI).products(["company"]);
    assert!(url.build().unwrap().contains(ID));
}

/// A builder reports every problem.
#[tokio::test]
async fn one_error_names_every_problem() {
    let builder = Client::builder()
        .client_id("{}")
        .client_secret("")
        .access_token("a b")
        .base_url("a.example");
    let client = |id: &str| {
        let client = Client::builder().client_id(id).client_secret(SECRET);
        client.base_url("http://127.0.0.1:1").build().unwrap()
    };
    let without = Client::builder().base_url("http://127.0.0.1:1");
    let without = without.build().unwrap();
    let url = |client: &Client| client.authorize_url("").state("").build();
    let exchange =
        async |client: &Client| client.exchange_code("").redirect_uri("/a").await.map(drop);
    for (outcome, kind, problems) in [
        (
            builder.build().map(drop),
            ErrorKind::Configuration,
            &[
                "the client id is not a UUID",
                "the client secret is empty",
                "the access token has whitespace inside",
                "the base URL must begin with",
            ][..],
        ),
        (
            url(&without).map(drop),
            ErrorKind::InvalidRequest,
            &[
                "the client has no client id",
                "the redirect URI is empty",
                "no product is set",
                "the state is empty",
            ],
        ),
        (
            url(&client(ID)).map(drop),
            ErrorKind::InvalidRequest,
            &[
                "the redirect URI is empty",
                "no product is set",
                "the state is empty",
            ],
        ),
        (
            exchange(&without).await,
            ErrorKind::Configuration,
            &[
                "a client id (",
                "a client secret (",
                "an authorization code that is not empty",
                "the redirect URI is not a URL",
            ],
        ),
        (
            exchange(&client(ID)).await,
            ErrorKind::InvalidRequest,
            &[
                "an authorization code that is not empty",
                "the redirect URI is not a URL",
            ],
        ),
    ] {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        let text = error.to_string();
        let places = problems.iter().map(|problem| text.find(problem));
        let places: Option<Vec<usize>> = places.collect();
        assert!(places.is_some_and(|places| places.is_sorted()), "{text}");
    }
}

/// The request carries the trimmed values.
#[tokio::test]
async fn whitespace_around_a_setting_is_not_sent() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let client = Client::builder()
        .base_url(format!(" {}/finch\n", server.url()))
        .client_id(format!("\t{}\r\n", ID.to_uppercase()))
        .client_secret(format!("{SECRET}\n"))
        .access_token(" token-1\n")
        .build()
        .unwrap();
    let redirect_uri = format!("{URI}\n");
    let exchange = client.exchange_code("code-1").redirect_uri(&redirect_uri);
    exchange.await.unwrap();
    let request = server.received().pop().unwrap();
    assert!(
        request.head.starts_with("POST /finch/auth/token "),
        "{}",
        request.head
    );
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let sent = json!({
        "client_id": ID, "client_secret": SECRET, "code": "code-1", "redirect_uri": URI,
    });
    assert_eq!(body, sent);

    let url = authorize_url(format!(" {}\n", ID.to_uppercase()), &redirect_uri);
    let trimmed = authorize_url(ID, URI)
        .products(["company"])
        .build()
        .unwrap();
    assert_eq!(url.products([" company\n"]).build().unwrap(), trimmed);

    for client in [
        client.clone(),
        client.with_access_token("\ttoken-1 \n").unwrap(),
    ] {
        let request = client.request(finch_api::Method::GET, "/a");
        request.send_for_bytes().await.unwrap();
        let head = server.received().pop().unwrap().head;
        assert!(head.contains("authorization: Bearer token-1\r\n"), "{head}");
    }
}

/// As the documentation of `Client` says.
#[test]
fn a_client_prints_its_id_and_no_secret() {
    let client = Client::builder()
        .client_id(ID)
        .client_secret(SECRET)
        .access_token("t0ken-1")
        .build()
        .unwrap();
    for shown in [format!("{client:?}"), format!("{client:#?}")] {
        assert!(shown.contains(ID), "{shown}");
        assert_eq!(shown.matches("[REDACTED]").count(), 2, "{shown}");
        assert!(
            !shown.contains(SECRET) && !shown.contains("t0ken-1"),
            "{shown}"
        );
    }
    // A setting that has not been validated may be a secret in the wrong place.
    let url = authorize_url(SECRET, SECRET).state(SECRET);
    let exchange = client.exchange_code(SECRET).redirect_uri(SECRET);
    for shown in [
        format!("{:?}", Client::builder().client_id(SECRET).base_url(SECRET)),
        format!("{url:?}"),
        format!("{exchange:?}"),
    ] {
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

/// The rule does not apply to a code: only Finch knows its format.
#[tokio::test]
async fn code_is_sent_unchanged() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let client = Client::builder()
        .base_url(server.url())
        .client_id(ID)
        .client_secret(SECRET);
    let client = client.build().unwrap();
    for code in [" code\n", "\"code\"", "é"] {
        client.exchange_code(code).await.unwrap();
        let body: Value = serde_json::from_str(&server.received().pop().unwrap().body).unwrap();
        assert_eq!(body["code"], code);
    }
}

/// `Client::from_env` names every missing variable, and the alternative.
/// `ClientBuilder::from_env` requires none.
#[tokio::test]
async fn client_is_built_from_the_environment() {
    const NAME: &str = "client_is_built_from_the_environment";
    match child().as_deref() {
        None => {}
        Some("client") => return report(Client::from_env().map(drop)),
        Some("worker") => {
            let worker = ClientBuilder::from_env()
                .access_token("token-1")
                .build()
                .unwrap();
            let request = worker.request(finch_api::Method::GET, "/a");
            return report(request.send_for_bytes().await.map(drop));
        }
        Some("exchange") => {
            let client = Client::from_env().unwrap();
            return report(client.exchange_code("code-1").await.map(drop));
        }
        Some("combined") => {
            let client = ClientBuilder::from_env()
                .http_client(reqwest::Client::builder().no_proxy().build().unwrap())
                .client_id(ID)
                .allow_plain_http(true)
                .max_retries(0)
                .timeout(std::time::Duration::from_secs(7))
                .max_response_bytes(5);
            let client = client.build().unwrap();
            let shown = format!("{client:?}");
            assert!(shown.contains("timeout: 7s"), "{shown}");
            assert!(shown.contains("max_response_bytes: 5"), "{shown}");
            assert!(shown.contains("http://s3cret.example"), "{shown}");
            return report(Ok(()));
        }
        Some(other) => panic!("{other}"),
    }
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let url = server.url();
    let id = (
        "FINCH_CLIENT_ID",
        "\t4ab15e51-11ad-49f4-acae-f343b7794375\n",
    );
    let secret = ("FINCH_CLIENT_SECRET", " finch-s3cret-1\r\n");
    let base_url = ("FINCH_BASE_URL", url.as_str());
    let missing = |what: &str, values: &str| {
        format!(
            "{what} must be set: copy {values} from Finch's developer dashboard, or, for a client \
             that only has an access token, use ClientBuilder::from_env().access_token(…)"
        )
    };
    let both = missing("FINCH_CLIENT_ID and FINCH_CLIENT_SECRET", "their values");
    for (role, variables, expected) in [
        ("client", &[][..], both.as_str()),
        ("client", &[base_url], &both),
        (
            "client",
            &[id],
            &missing("FINCH_CLIENT_SECRET", "its value"),
        ),
        (
            "client",
            &[secret],
            &missing("FINCH_CLIENT_ID", "its value"),
        ),
        ("client", &[id, secret], ""),
        (
            "client",
            &[("FINCH_CLIENT_ID", ""), ("FINCH_BASE_URL", "a.example")],
            &format!(
                "{}; FINCH_CLIENT_ID is empty: set it, or leave it unset; FINCH_BASE_URL must \
                 begin with `http://` or `https://`",
                missing("FINCH_CLIENT_SECRET", "its value")
            ),
        ),
        (
            "client",
            &[id, secret, ("FINCH_BASE_URL", "127.0.0.1:7801")],
            "FINCH_BASE_URL must begin with `http://` or `https://`",
        ),
        ("worker", &[base_url], ""),
        ("exchange", &[base_url, id, secret], ""),
        (
            "combined",
            &[
                ("FINCH_CLIENT_ID", "\"\""),
                ("FINCH_BASE_URL", "http://s3cret.example"),
            ],
            "",
        ),
    ] {
        let variables = variables
            .iter()
            .map(|(name, value)| (*name, value.to_string()));
        let variables: Vec<_> = variables.collect();
        let run = move || {
            let variables = variables
                .iter()
                .map(|(name, value)| (*name, OsStr::new(value)));
            run(NAME, role, &variables.collect::<Vec<_>>()).0
        };
        let printed = tokio::task::spawn_blocking(run).await.unwrap();
        assert_eq!(printed, expected, "{role}");
    }
    let received = server.received();
    assert!(received[0].head.contains("authorization: Bearer token-1"));
    let body: Value = serde_json::from_str(&received[1].body).unwrap();
    assert_eq!(body["client_id"], ID);
    assert_eq!(body["client_secret"], SECRET);
}

/// A test must not change its own environment, so it runs itself as a child process with
/// another environment. This variable tells the child its role.
const ROLE: &str = "FINCH_TEST_ROLE";

/// Returns the role of this process, if it is a child.
fn child() -> Option<String> {
    std::env::var(ROLE).ok()
}

/// Prints `outcome` for the parent.
fn report(outcome: Result<(), Error>) {
    match outcome {
        Ok(()) => println!("\nDONE"),
        Err(error) => println!("\nERROR {error}\nDEBUG {error:?}"),
    }
}

/// Runs the test `name` in a child process with this `role` and these `variables`.
/// Returns `Display` and `Debug` of the error that the child printed, or empty texts.
fn run(name: &str, role: &str, variables: &[(&str, &OsStr)]) -> (String, String) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", &format!("settings::{name}"), "--nocapture"])
        .env(ROLE, role);
    for setting in ENVIRONMENT {
        child.env_remove(setting.name);
    }
    child.envs(variables.iter().copied());
    let output = child.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let line = |label| {
        printed
            .lines()
            .find_map(|line: &str| line.strip_prefix(label))
    };
    assert!(
        line("DONE").is_some() || line("ERROR ").is_some(),
        "{printed}"
    );
    let text = |label| line(label).unwrap_or_default().to_owned();
    (text("ERROR "), text("DEBUG "))
}
