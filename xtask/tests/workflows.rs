//! Checks the workflows of GitHub Actions, which run nowhere else: they follow GitHub's
//! security advice, and only use commands that exist.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use finch_gen::Text;
use serde_json::Value;
use tempfile::TempDir;
use xtask::files::write_atomically;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Returns each workflow, by the name of its file.
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

/// Calls `check` with the place and the value of each job.
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

/// Calls `check` with the place and the value of each step of a job.
fn for_each_step(check: impl Fn(&str, &Value)) {
    for_each_job(|at, job| {
        let steps = job["steps"].as_array().unwrap();
        assert!(!steps.is_empty(), "{at}");
        for (index, step) in steps.iter().enumerate() {
            check(&format!("{at}: step {}", index + 1), step);
        }
    });
}

/// Calls `check` with the place and the commands of each step that has some.
fn for_each_run(check: impl Fn(&str, &str)) {
    for_each_step(|at, step| {
        if let Some(run) = step.get("run") {
            check(at, run.as_str().unwrap());
        }
    });
}

#[test]
fn only_jobs_have_permissions() {
    for (name, workflow) in workflows() {
        assert!(workflow["name"].is_string(), "{name}");
        assert!(workflow["on"].is_object(), "{name}");
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}");
    }
}

#[test]
fn a_job_states_its_runner_timeout_and_permissions() {
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

/// GitHub inserts an expression into the commands before a shell reads them. Text of other
/// people must go through the environment instead.
#[test]
fn commands_contain_no_expressions() {
    for_each_run(|at, run| assert!(!run.contains("${{"), "{at}: {run}"));
}

/// Anyone may open a pull request. Its code must run without a token that may write.
#[test]
fn pull_request_code_runs_without_a_write_token() {
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
            // A job with such a token compiles the xtask commands, but no generated code.
            for called in run.split("cargo ").skip(1).filter(|_| writes) {
                assert!(called.starts_with("xtask "), "{at}: {called}");
            }
            // The only step with the token runs none of our code.
            let has_token = step.to_string().contains("github.token");
            assert!(!(has_token && run.contains("cargo")), "{at}: {run}");
        }
    });
}

/// The body of a pull request is the unchanged output of one command.
#[test]
fn the_body_of_a_pull_request_is_the_output_of_xtask() {
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

/// Runs the last step of `vendor.yml` in new checkouts of one repository, with a fake `gh`
/// that keeps the pull requests in a file.
struct Runner {
    folder: TempDir,
    script: String,
}

impl Runner {
    fn new() -> Self {
        let (_, vendor) = workflows()
            .into_iter()
            .find(|(name, _)| name == "vendor.yml")
            .unwrap();
        let steps = vendor["jobs"]["vendor"]["steps"].as_array().unwrap();
        let script = steps.last().unwrap()["run"].as_str().unwrap().to_owned();
        let runner = Self {
            folder: tempfile::tempdir().unwrap(),
            script,
        };
        let gh = "\
#!/bin/sh
cd \"$RUNNER_TEMP\"
case \"$1 $2\" in
'auth setup-git') ;;
'pr list') test ! -e no-list && { grep -c -x -e \"$4\" requests || true; } ;;
'pr create') test ! -e no-create && echo \"$4\" >> requests ;;
*) exit 9 ;;
esac
";
        runner.write("bin/gh", gh);
        runner.write("requests", "");
        runner.bash("chmod +x bin/gh && git init --quiet --bare origin.git");
        runner.bash(
            "git clone --quiet origin.git first && cd first && mkdir openapi finch-api tests \
             && for name in openapi finch-api tests; do echo old > $name/finch.yaml; done && git add . && git commit --quiet -m a \
             && git push --quiet origin HEAD:main",
        );
        runner
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        write_atomically(&self.path(name), text).unwrap();
    }

    fn bash(&self, script: &str) -> Output {
        let path = std::env::var("PATH").unwrap();
        let mut bash = Command::new("bash");
        bash.args(["-e", "-c", script])
            .current_dir(self.folder.path())
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("RUNNER_TEMP", self.folder.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
            bash.env_remove(name);
        }
        for name in ["AUTHOR", "COMMITTER"] {
            bash.env(format!("GIT_{name}_NAME"), "n");
            bash.env(format!("GIT_{name}_EMAIL"), "e@example.com");
        }
        bash.output().unwrap()
    }

    /// Runs the step for a new document. Returns whether it succeeded, and the numbers of pull
    /// requests and branches afterwards.
    fn run(&self, document: &str) -> (bool, usize, usize) {
        self.write("step.sh", &self.script);
        let output = self.bash(&format!(
            "rm -rf checkout && git clone --quiet --branch main origin.git checkout && cd checkout \
             && echo {document} > openapi/finch.yaml && bash -e ../step.sh"
        ));
        let requests = fs::read_to_string(self.path("requests")).unwrap();
        let branches = self
            .bash("git -C origin.git branch --list 'vendor/*'")
            .stdout;
        let branches = String::from_utf8(branches).unwrap();
        (
            output.status.success(),
            requests.lines().count(),
            branches.lines().count(),
        )
    }
}

/// A run that fails after it has pushed the branch does not prevent the next run from opening
/// the pull request.
#[test]
fn a_pull_request_is_opened_once_even_if_runs_fail() {
    let runner = Runner::new();
    assert_eq!(runner.run("one"), (true, 1, 1));
    assert_eq!(runner.run("one"), (true, 1, 1));
    runner.write("no-create", "");
    assert_eq!(runner.run("two"), (false, 1, 2));
    assert_eq!(runner.run("two"), (false, 1, 2));
    fs::remove_file(runner.path("no-create")).unwrap();
    let commit = || runner.bash("git -C origin.git for-each-ref").stdout;
    let before = commit();
    assert_eq!(runner.run("two"), (true, 2, 2));
    assert_eq!(commit(), before);
    // The step opens no pull request if it cannot list the existing ones.
    runner.write("no-list", "");
    assert_eq!(runner.run("three"), (false, 2, 2));
    // Each pull request is for another document.
    let requests = fs::read_to_string(runner.path("requests")).unwrap();
    let requests: BTreeSet<&str> = requests.lines().collect();
    assert_eq!(requests.len(), 2, "{requests:?}");
}

#[test]
fn cargo_uses_the_lock_file() {
    let config = fs::read_to_string(Path::new(ROOT).join(".cargo/config.toml")).unwrap();
    let config: toml::Table = config.parse().unwrap();
    let alias = config["alias"]["xtask"].as_str().unwrap();
    assert!(alias.split(' ').any(|word| word == "--locked"), "{alias}");
    // A cold build takes a minute, so its progress must be visible.
    assert!(!alias.contains("-q"), "{alias}");
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

/// Returns the sets of features that cargo compiles each crate with for a command. A crate
/// with two sets is compiled twice.
fn features(arguments: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let format = ["--prefix", "none", "--no-dedupe", "--format", "{p}|{f}"];
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline"])
        .args(arguments)
        .args(format)
        .current_dir(ROOT)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut features = BTreeMap::<String, BTreeSet<String>>::new();
    for line in text.lines() {
        let (name, enabled) = line.split_once('|').unwrap_or((line, ""));
        let name = name.trim_end_matches(" (proc-macro)");
        features
            .entry(name.to_owned())
            .or_default()
            // `(*)` marks a crate whose tests depend on a crate that depends on it.
            .insert(enabled.trim_end_matches(" (*)").to_owned());
    }
    features
}

/// Cargo compiles no crate of `cargo xtask generate` twice, and `cargo test` compiles none of
/// them again. The HTTP client of `cargo xtask vendor` is not one of these crates.
#[test]
fn a_crate_is_compiled_once() {
    let generate = features(&["--package", "xtask", "--edges", "normal,build"]);
    let test = features(&["--workspace", "--edges", "normal,build,dev"]);
    assert!(generate.len() > 50, "{generate:?}");
    for (name, features) in &generate {
        // The tests enable the feature `vendor`.
        if name.starts_with("xtask v") {
            continue;
        }
        let remedy = "let xtask/features enable the same features";
        assert_eq!(features.len(), 1, "{name}: {features:?}: {remedy}");
        assert_eq!(Some(features), test.get(name), "{name}: {remedy}");
    }
    let is_there = |name: &str| {
        generate
            .keys()
            .any(|it| it.starts_with(&format!("{name} ")))
    };
    assert!(is_there("finch-gen"));
    for name in ["reqwest", "rustls", "hyper", "tokio", "indicatif"] {
        assert!(!is_there(name), "{name}");
    }
}

#[test]
fn the_commands_of_workflows_exist() {
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

/// The workflow reads the oldest Rust version from the manifest with `sed`, which must find
/// exactly one.
#[test]
fn the_manifest_states_the_oldest_rust_once() {
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap();
    let lines = manifest
        .lines()
        .filter(|line| line.starts_with("rust-version = \""));
    assert_eq!(lines.count(), 1);
}
