//! Runs the commands in a separate workspace as a person does. Checks their output, their exit
//! codes, and the files on disk afterwards.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod common;

use std::fs;
use std::process::Command;

use common::{Copy, DOCUMENT, OVERLAY, PUBLISHED, SOURCE, TYPES, files};

#[test]
fn a_fresh_check_in_stays_unchanged() {
    let copy = Copy::new();
    let before = files(copy.0.path());
    let (code, out, errors) = copy.run("check");
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert_eq!(
        out,
        "       Fresh openapi/SOURCE.toml: records openapi/finch.yaml, version 2020-09-17
       Fresh openapi/overlay.yaml: all 3 actions apply
       Fresh openapi/finch.yaml: 1 operation and 3 schemas in, 1 method and 3 types out
       Fresh finch-api/src/generated: as generated from openapi/finch.yaml
       Fresh tests/generated: as generated from openapi/finch.yaml
       Fresh finch-api/API.md: as generated from openapi/finch.yaml
       Fresh finch-api/Cargo.toml: states API version 2020-09-17
       Fresh tests/Cargo.toml: has the crates that the generated tests use
       Fresh CHANGELOG.md: states API version 2020-09-17
       Fresh sensitive names: each is marked
       Fresh version: 1.2.3, and no release is tagged
"
    );
    let (code, out, _) = copy.run("generate");
    assert_eq!(code, Some(0));
    // The counts and the changes of lowering are printed on every run.
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 4, "{out}");
    assert!(
        lines[0].starts_with("     Warning reserved-header at /paths/~1auth~1token/post: "),
        "{out}"
    );
    assert!(
        lines[1].starts_with("        Note no-security at the root: "),
        "{out}"
    );
    let generated = copy.generated();
    let code = generated.iter().filter(|path| path.ends_with(".rs"));
    let code: usize = code.map(|path| copy.read(path).lines().count()).sum();
    let counts =
        format!("   Generated 1 operation, 3 types, 1 example, {code} lines, 1 warning, 1 note");
    assert_eq!(lines[2], counts);
    let count = generated.len();
    let finished = format!("    Finished {count} files: 0 written, 0 removed, in ");
    assert!(lines[3].starts_with(&finished), "{out}");
    assert_eq!(files(copy.0.path()), before);
}

#[test]
fn only_different_files_are_written() {
    let copy = Copy::new();
    let modified = |path| fs::metadata(copy.path(path)).unwrap().modified().unwrap();
    let before = modified(TYPES);
    let operations = "finch-api/src/generated/operations.rs";
    copy.write(operations, "// @generated, but stale\n");
    copy.run("generate");
    assert_eq!(modified(TYPES), before);
    assert_eq!(copy.run("check").0, Some(0));
}

/// Returns a document with many items of every kind that could be printed in a random order.
fn manifold() -> String {
    let mut text = PUBLISHED.to_owned();
    let all: Vec<String> = (0..20)
        .map(|number| format!("{{$ref: '#/components/schemas/Kind{number}'}}"))
        .collect();
    text.push_str(&format!("    Any: {{oneOf: [{}]}}\n", all.join(", ")));
    for number in 0..20 {
        let next = (number * 7 + 3) % 20;
        text.push_str(&format!(
            "    Kind{number}:\n      type: object\n      required: [k{number}]\n      properties:\n        \
             k{number}: {{type: string, enum: [a, b, '{number}']}}\n        \
             next: {{$ref: '#/components/schemas/Kind{next}'}}\n        \
             any: {{$ref: '#/components/schemas/Any'}}\n        \
             Next: {{type: [string, integer]}}\n"
        ));
    }
    text
}

/// Runs another process with other hash seeds, in another folder, and in a time zone with
/// another date.
#[test]
fn another_run_elsewhere_gives_the_same_bytes() {
    let generate = |environment: &[(&str, &str)]| {
        let copy = Copy::new();
        copy.set_document(&manifold());
        let (code, out, errors) = copy.run_in(&["generate"], environment);
        assert_eq!((code, errors.as_str()), (Some(0), ""));
        let printed: Vec<String> = out
            .lines()
            .filter(|line| !line.starts_with("    Finished "))
            .map(str::to_owned)
            .collect();
        (files(copy.0.path()), printed)
    };
    let here = generate(&[("TZ", "Pacific/Kiritimati"), ("LC_ALL", "C")]);
    let there = generate(&[
        ("TZ", "Pacific/Niue"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("SOURCE_DATE_EPOCH", "0"),
        ("HOME", "/"),
    ]);
    assert_eq!(here, there);
}

#[test]
fn a_new_example_gets_its_test() {
    let copy = Copy::new();
    let examples = "              examples:\n";
    let another = format!("{examples}                Another:\n                  value: {{}}\n");
    copy.change_document(examples, &another);
    assert_eq!(copy.run("generate").0, Some(0));
    let tests = copy.read("tests/generated/examples.rs");
    assert!(tests.contains("/examples/Another/value"), "{tests}");
    assert_eq!(tests.matches("#[test]").count(), 2);
}

#[test]
fn an_unknown_command_is_broken_not_stale() {
    let (code, _, errors) = Copy::new().run("regenerate");
    assert_eq!(code, Some(1));
    assert!(
        errors.contains("unrecognized subcommand 'regenerate'"),
        "{errors}"
    );
    assert_eq!(Copy::new().run("--help").0, Some(0));
}

#[test]
fn the_help_of_a_command_has_its_exit_codes_and_two_examples() {
    let copy = Copy::new();
    let help = copy.run("--help");
    let alone = copy.run_with(&[]);
    assert_eq!((alone.0, alone.2.as_str()), (Some(0), ""));
    let (code, out, _) = help;
    assert_eq!(code, Some(0));
    let commands = out.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.take_while(|line| !line.is_empty());
    let commands: Vec<(&str, &str)> = commands
        .map(|line| {
            line.trim()
                .split_once("  ")
                .unwrap_or_else(|| panic!("{out}"))
        })
        .collect();
    assert_eq!(commands.len(), 9, "{out}");
    for (command, summary) in commands {
        // The summary is one line without a full stop.
        assert!(alone.1.contains(summary), "{}", alone.1);
        let summary = summary.trim();
        assert!(!summary.is_empty() && !summary.ends_with('.'), "{summary}");
        if command == "help" {
            continue;
        }
        let (code, out, _) = copy.run_with(&[command, "--help"]);
        assert_eq!(code, Some(0));
        assert!(out.starts_with(&format!("{summary}\n\n")), "{out}");
        let codes = out.split("\nExit codes:\n  0  ").nth(1);
        let examples = codes.and_then(|codes| codes.split("\nExamples:\n").nth(1));
        let lines = examples.unwrap_or_else(|| panic!("{out}")).lines();
        let examples: Vec<&str> = lines.filter(|line| !line.starts_with("      ")).collect();
        assert_eq!(examples.len(), 2, "{out}");
        // The command accepts each example.
        for example in examples
            .iter()
            .filter(|example| example.contains(" xtask "))
        {
            let arguments = example.split(" xtask ").nth(1).unwrap();
            let arguments = arguments
                .split(['|', '>'])
                .next()
                .unwrap()
                .split_whitespace();
            let arguments: Vec<&str> = arguments.chain(["--help"]).collect();
            assert_eq!(copy.run_with(&arguments).0, Some(0), "{arguments:?}");
            assert_eq!(arguments[0], command);
        }
        // The short help has no examples.
        let (_, short, _) = copy.run_with(&[command, "-h"]);
        assert!(
            !short.contains("Examples:") && short.len() < out.len(),
            "{short}"
        );
    }
}

#[test]
fn a_document_is_lowered_and_reported() {
    let copy = Copy::new();
    let (code, out, errors) = copy.run_with(&["lower"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("\"openapi\": \"3.0.3\"") && out.contains("\"format\": \"password\""));
    assert!(
        errors.contains("reserved-header at /paths/~1auth~1token/post: "),
        "{errors}"
    );

    // Another document is lowered without our overlay.
    let file = copy.path(DOCUMENT);
    let (code, out, _) = copy.run_with(&["lower", file.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(!out.contains("password"), "{out}");

    // The parts that are refused can be skipped.
    let wrong = copy
        .read(DOCUMENT)
        .replace("enum: [production, sandbox]", "enum: sandbox");
    copy.write("wrong.yaml", &wrong);
    let file = copy.path("wrong.yaml");
    let (code, out, errors) = copy.run_with(&["lower", file.to_str().unwrap()]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    let problem = format!(
        "error: {}:41:7: /components/schemas/ClientType/enum: expected a list; list the values\n   \
         |\n41 |       enum: sandbox\n   |       ^^^^^^^^^^^^^\n",
        file.display()
    );
    assert_eq!(errors, problem);
    let (code, out, errors) = copy.run_with(&["lower", "--keep-going", file.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(out.contains("CreateAccessTokenRequest"), "{out}");
    assert!(!out.contains("CreateAccessTokenResponse"), "{out}");
    assert!(
        errors.contains("dropped at /paths/~1auth~1token/post: "),
        "{errors}"
    );
    assert!(errors.ends_with(&problem), "{errors}");

    let (code, _, errors) = copy.run_with(&["lower", "nowhere.yaml"]);
    assert_eq!(code, Some(1));
    assert!(
        errors.starts_with("error: nowhere.yaml: cannot be read: "),
        "{errors}"
    );
}

/// Runs `script`, in which `$0` is `cargo xtask`. Returns the exit code, output and errors.
fn run_script(
    copy: &Copy,
    script: &str,
    environment: &[(&str, &str)],
) -> (Option<i32>, String, String) {
    let output = Command::new("bash")
        .args([
            "-c",
            &format!("set -o pipefail; {script}"),
            env!("CARGO_BIN_EXE_xtask"),
        ])
        .env("CARGO_MANIFEST_DIR", copy.path("xtask"))
        .env_remove("NO_COLOR")
        .envs(environment.iter().copied())
        .current_dir(copy.0.path())
        .output()
        .unwrap();
    let [out, errors] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    (output.status.code(), out, errors)
}

/// A command does its work and exits normally even if the reader closes its output.
#[test]
fn closed_pipe_is_not_an_error() {
    let copy = Copy::new();
    copy.write(TYPES, "// @generated before\n");
    copy.set_document(&manifold());
    for (command, code) in [
        ("check", 4),
        ("lower 2>&1", 0),
        ("lower nowhere.yaml 2>&1", 1),
        ("diff --base openapi/overlay.yaml 2>&1", 1),
        ("--help", 0),
        ("generate", 0),
    ] {
        // The reader has exited before the command prints.
        let script = format!("{{ sleep 0.3; \"$0\" {command}; echo $? >&2; }} | true");
        let (_, out, errors) = run_script(&copy, &script, &[]);
        assert_eq!(out, "");
        assert_eq!(errors, format!("{code}\n"), "{command}");
    }
    assert!(copy.read(TYPES).contains("pub enum ClientType"));
}

#[test]
fn colours_are_printed_on_a_terminal_or_on_request() {
    let copy = Copy::new();
    let broken = copy
        .read(DOCUMENT)
        .replace("enum: [production, sandbox]", "enum: sandbox");
    copy.set_document(&broken);
    let has_colours = |script: &str, environment: &[(&str, &str)]| {
        let (_, out, errors) = run_script(&copy, script, environment);
        let printed = out + &errors;
        assert!(printed.contains("enum: sandbox"), "{printed}");
        printed.contains("\u{1b}[")
    };
    for command in ["check", "generate"] {
        let script = |arguments: &str| format!("\"$0\" {command} {arguments}");
        assert!(!has_colours(&script(""), &[]));
        assert!(has_colours(&script("--color always"), &[]));
        assert!(has_colours(&script("--color always"), &[("NO_COLOR", "1")]));
        assert!(!has_colours(&script("--color never"), &[]));
        // A separate terminal, if the system has a program that creates one.
        let terminal = |arguments: &str| {
            format!(
                "script -qec '{} {command} {arguments}' /dev/null",
                env!("CARGO_BIN_EXE_xtask")
            )
        };
        if run_script(&copy, "script --version", &[]).0 == Some(0) {
            let term = ("TERM", "xterm");
            assert!(has_colours(&terminal(""), &[term]));
            assert!(has_colours(&terminal(""), &[term, ("NO_COLOR", "")]));
            assert!(!has_colours(&terminal(""), &[term, ("NO_COLOR", "1")]));
            assert!(!has_colours(&terminal("--color never"), &[term]));
            assert!(!has_colours(&terminal(""), &[("TERM", "dumb")]));
        }
    }
}

/// Checks that `generate` and `check` report a bad input once, exit with 1 and change nothing.
#[track_caller]
fn check_bad_input(change: impl FnOnce(&Copy), messages: &[&str]) {
    let copy = Copy::new();
    change(&copy);
    let before = files(copy.0.path());
    let messages = messages.iter().map(|message| format!("error: {message}"));
    let messages: Vec<String> = messages.collect();
    let (code, out, errors) = copy.run("generate");
    assert_eq!((code, out.as_str()), (Some(1), ""));
    let lines = errors.lines().filter(|line| line.starts_with("error: "));
    assert_eq!(lines.collect::<Vec<_>>(), messages);
    let (code, out, errors) = copy.run("check");
    assert_eq!(code, Some(1));
    // `check` prints errors of missing inputs on standard error, and others with its items.
    let printed = errors.lines().chain(out.lines());
    let printed: Vec<&str> = printed.filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(printed, messages);
    assert_eq!(files(copy.0.path()), before);
}

#[test]
fn bad_input_an_edited_document() {
    let copy = Copy::new();
    let published = copy.read(DOCUMENT);
    let edited = published.replace("Reference", "Deference");
    let [was, is] = [&published, &edited].map(|text| finch_gen::sha256(text));
    let message = format!(
        "openapi/finch.yaml: its sha256 is {is}, but openapi/SOURCE.toml records {was}; if it was \
         edited, restore it and put the correction into the overlay; if it is a new document, \
         vendor it, so that openapi/SOURCE.toml records it"
    );
    check_bad_input(|copy| copy.write(DOCUMENT, &edited), &[&message]);
}

#[test]
fn bad_input_a_version_that_is_not_recorded() {
    check_bad_input(
        |copy| copy.change_document("  version: '2020-09-17'", "  version: '2027-01-01'"),
        &[
            "openapi/SOURCE.toml: /version: it records version 2020-09-17, but the document's \
           info.version is 2027-01-01; record version = \"2027-01-01\"",
        ],
    );
}

#[test]
fn bad_input_not_yaml() {
    check_bad_input(
        |copy| copy.change_document("  title: API Reference", "  title: [API Reference"),
        &[
            "openapi/finch.yaml:4:10: not YAML: did not find expected ',' or ']' at line 4 column \
           10, while parsing a flow sequence at line 3 column 10; correct the syntax there",
        ],
    );
}

#[test]
fn bad_input_not_openapi() {
    check_bad_input(
        |copy| copy.set_document("name: something else\n"),
        &[
            "openapi/finch.yaml: not an OpenAPI document: the field `openapi` is missing; give an \
           OpenAPI 3.0 or 3.1 document",
        ],
    );
}

#[test]
fn bad_input_another_version_of_openapi() {
    check_bad_input(
        |copy| copy.change_document("openapi: 3.1.0", "openapi: 3.2.0"),
        &[
            "openapi/finch.yaml:1:1: /openapi: OpenAPI version \"3.2.0\" is not supported; give an \
           OpenAPI 3.0 or 3.1 document",
        ],
    );
}

#[test]
fn bad_input_a_reference_without_a_target() {
    check_bad_input(
        |copy| {
            copy.change_document(
                "$ref: '#/components/schemas/ClientType'",
                "$ref: '#/components/schemas/ClientKind'",
            );
        },
        &["openapi/finch.yaml:38:11: \
           /components/schemas/CreateAccessTokenResponse/properties/client_type/$ref: the reference \
           \"#/components/schemas/ClientKind\" leads nowhere; define its target, or correct it through the overlay"],
    );
}

#[test]
fn bad_input_an_overlay_action_without_a_target() {
    check_bad_input(
        |copy| {
            let overlay = copy.read(OVERLAY);
            let target = "CreateAccessTokenRequest.properties.code";
            copy.write(
                OVERLAY,
                &overlay.replace(target, "CreateAccessTokenRequest.properties.cody"),
            );
        },
        &["openapi/overlay.yaml:10:5: /actions/2/target: \
           $.components.schemas.CreateAccessTokenRequest.properties.cody matches nothing in \
           openapi/finch.yaml; if it has another name now, write \
           $.components.schemas.CreateAccessTokenRequest.properties.code; if the document no \
           longer needs the action, remove it"],
    );
}

/// The publisher renamed a schema that two of the corrections are for.
#[test]
fn bad_input_an_overlay_for_a_schema_that_was_renamed() {
    let messages = [("7:5", 1, "client_secret"), ("10:5", 2, "code")].map(|(line, index, name)| {
        let target = |schema| format!("$.components.schemas.{schema}.properties.{name}");
        format!(
            "openapi/overlay.yaml:{line}: /actions/{index}/target: {} matches nothing in \
             openapi/finch.yaml; if it has another name now, write {}; if \
             the document no longer needs the action, remove it",
            target("CreateAccessTokenRequest"),
            target("TokenRequest")
        )
    });
    check_bad_input(
        |copy| {
            let renamed = copy.read(DOCUMENT);
            copy.set_document(&renamed.replace("CreateAccessTokenRequest", "TokenRequest"));
        },
        &messages.each_ref().map(String::as_str),
    );
}

#[test]
fn bad_input_a_missing_file() {
    check_bad_input(
        |copy| fs::remove_file(copy.path(SOURCE)).unwrap(),
        &[
            "openapi/SOURCE.toml: cannot be read: No such file or directory (os error 2); restore \
           it from version control",
        ],
    );
}
