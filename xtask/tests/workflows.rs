//! The workflows of GitHub Actions, which run nowhere else: that they are what
//! its documentation asks for, and name what there is.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use finch_gen::Text;
use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Each workflow, by the name of its file.
fn workflows() -> Vec<(String, Value)> {
    let folder = Path::new(ROOT).join(".github/workflows");
    let files = fs::read_dir(folder).unwrap();
    let mut workflows: Vec<(String, Value)> = files
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let text = Text {
                name: &name,
                text: &text,
            };
            let workflow = finch_gen::load(&text).unwrap_or_else(|error| panic!("{error}"));
            (name, workflow.root().clone())
        })
        .collect();
    workflows.sort_by(|(a, _), (b, _)| a.cmp(b));
    workflows
}

/// Calls `check` with each job, and where it stands.
fn for_each_job(check: impl Fn(&str, &Value)) {
    let workflows = workflows();
    assert!(!workflows.is_empty());
    for (name, workflow) in workflows {
        let jobs = workflow["jobs"].as_object().unwrap();
        assert!(!jobs.is_empty(), "{name}");
        for (job, value) in jobs {
            check(&format!("{name}: {job}"), value);
        }
    }
}

/// Calls `check` with each step of a job, and where it stands.
fn for_each_step(check: impl Fn(&str, &Value)) {
    for_each_job(|at, job| {
        let steps = job["steps"].as_array().unwrap();
        assert!(!steps.is_empty(), "{at}");
        for (index, step) in steps.iter().enumerate() {
            check(&format!("{at}: step {}", index + 1), step);
        }
    });
}

/// The commands of each step that has some, and where it stands.
fn for_each_run(check: impl Fn(&str, &str)) {
    for_each_step(|at, step| {
        if let Some(run) = step.get("run") {
            check(at, run.as_str().unwrap());
        }
    });
}

#[test]
fn a_workflow_may_do_nothing_that_its_jobs_do_not_ask_for() {
    for (name, workflow) in workflows() {
        assert!(workflow["name"].is_string(), "{name}");
        assert!(workflow["on"].is_object(), "{name}");
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}");
    }
}

#[test]
fn a_job_says_where_for_how_long_and_with_which_permissions_it_runs() {
    for_each_job(|at, job| {
        assert!(job["runs-on"].is_string(), "{at}");
        assert!(job["timeout-minutes"].as_u64().unwrap() <= 60, "{at}");
        let permissions = job["permissions"].as_object().unwrap();
        for (of, access) in permissions {
            assert!(
                ["contents", "pull-requests"].contains(&of.as_str()),
                "{at}: {of}"
            );
            assert!(
                access == "read" || access == "write" && at.starts_with("vendor.yml: "),
                "{at}: {of}: {access}"
            );
        }
    });
}

#[test]
fn a_step_uses_githubs_own_actions_by_commit_and_keeps_no_credentials() {
    for_each_step(|at, step| {
        let Some(uses) = step.get("uses") else {
            assert!(step["run"].is_string(), "{at}");
            return;
        };
        let (action, commit) = uses.as_str().unwrap().split_once('@').unwrap();
        assert_eq!(action, "actions/checkout", "{at}");
        assert_eq!(commit.len(), 40, "{at}: {commit}");
        assert!(commit.chars().all(|c| c.is_ascii_hexdigit()), "{at}");
        assert_eq!(step["with"]["persist-credentials"], false, "{at}");
    });
}

/// An expression is put into the text of the commands before a shell reads it:
/// what others have written goes there through the environment.
#[test]
fn no_command_is_made_of_an_expression() {
    for_each_run(|at, run| assert!(!run.contains("${{"), "{at}: {run}"));
}

/// Anyone may open a pull request. Its code runs without a token that may write.
#[test]
fn no_workflow_runs_the_code_of_others_with_a_token() {
    for (name, workflow) in workflows() {
        for event in workflow["on"].as_object().unwrap().keys() {
            let events = ["push", "pull_request", "schedule", "workflow_dispatch"];
            assert!(events.contains(&event.as_str()), "{name}: {event}");
        }
    }
    for_each_job(|at, job| {
        let writes = job["permissions"]
            .as_object()
            .unwrap()
            .values()
            .any(|it| it == "write");
        for step in job["steps"].as_array().unwrap() {
            let run = step.get("run").and_then(Value::as_str).unwrap_or_default();
            // A job with such a token compiles the commands, and nothing that is generated.
            for called in run.split("cargo ").skip(1).filter(|_| writes) {
                assert!(called.starts_with("xtask "), "{at}: {called}");
            }
            // The only step that has it runs none of our code.
            let has_token = step.to_string().contains("github.token");
            assert!(!(has_token && run.contains("cargo")), "{at}: {run}");
        }
    });
}

/// The body of a pull request is what one command prints: nothing cuts it or adds to it.
#[test]
fn the_body_of_a_pull_request_is_what_xtask_prints() {
    let body = "\"$RUNNER_TEMP/body.md\"";
    let mut uses = Vec::new();
    let (_, vendor) = workflows()
        .into_iter()
        .find(|(name, _)| name == "vendor.yml")
        .unwrap();
    for step in vendor["jobs"]["vendor"]["steps"].as_array().unwrap() {
        let run = step.get("run").and_then(Value::as_str).unwrap_or_default();
        let lines = run.lines().filter(|line| line.contains(body));
        uses.extend(lines.map(|line| line.trim().to_owned()));
    }
    let [write, read] = &uses[..] else {
        panic!("{uses:?}");
    };
    let command = format!("cargo xtask diff --format markdown > {body} ");
    assert!(write.starts_with(&command), "{write}");
    assert!(read.starts_with("gh pr create ") && read.ends_with(&format!(" --body-file {body}")));
}

#[test]
fn cargo_keeps_to_the_lock_file() {
    let config = fs::read_to_string(Path::new(ROOT).join(".cargo/config.toml")).unwrap();
    let config: toml::Table = config.parse().unwrap();
    let alias = config["alias"]["xtask"].as_str().unwrap();
    assert!(alias.split(' ').any(|word| word == "--locked"), "{alias}");
    let resolve = [
        "bench", "build", "check", "doc", "install", "package", "run", "test",
    ];
    for_each_run(|at, run| {
        for line in run.lines().filter(|line| line.contains("cargo ")) {
            if line.split(' ').any(|word| resolve.contains(&word)) {
                // cargo-deny has no such option.
                let is_locked = line.contains(" --locked") || line.contains("cargo deny check");
                assert!(is_locked, "{at}: {line}");
            }
        }
    });
}

#[test]
fn a_command_that_is_run_exists() {
    let help = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let commands: BTreeSet<&str> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(commands.contains("check"), "{help}");
    let check = |at: &str, text: &str| {
        for called in text.split("cargo xtask ").skip(1) {
            let name = called.split_whitespace().next().unwrap();
            let name = name.trim_end_matches('`');
            assert!(commands.contains(name), "{at}: {name}");
        }
        for script in text.split("bash ").skip(1) {
            let path = script.split_whitespace().next().unwrap();
            assert!(Path::new(ROOT).join(path).is_file(), "{at}: {path}");
        }
    };
    for_each_run(check);
    check(
        ".ci/run",
        &fs::read_to_string(Path::new(ROOT).join(".ci/run")).unwrap(),
    );
}

/// The oldest Rust is read out of the manifest by a command, which must find one.
#[test]
fn the_manifest_has_one_line_with_the_oldest_rust() {
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap();
    let lines = manifest
        .lines()
        .filter(|line| line.starts_with("rust-version = \""));
    assert_eq!(lines.count(), 1);
}
