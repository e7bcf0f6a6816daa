//! Runs the example server as a process.

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

/// Two keys that encrypt the tokens.
pub(crate) const KEY_1: &str = "1:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
pub(crate) const KEY_2: &str = "2:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";

/// Builds the example with the features of the whole workspace, and returns its path.
fn example() -> &'static Path {
    static EXAMPLE: OnceLock<PathBuf> = OnceLock::new();
    EXAMPLE.get_or_init(|| {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--locked", "--workspace", "--message-format=json"])
            .args(["--example", "callback_server"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        let messages = String::from_utf8(output.stdout).unwrap();
        let messages = messages
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        let mut executables = messages.filter_map(|message: Value| {
            let executable = message["executable"].as_str()?;
            (message["target"]["name"] == "callback_server").then(|| PathBuf::from(executable))
        });
        executables.next().unwrap()
    })
}

/// A process of the example.
pub(crate) struct Server {
    child: Child,
    url: String,
    output: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// A folder with a database, in which servers run.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("connections.db")
    }

    /// Returns a command that starts the example with only this environment, on a free
    /// port, at the most verbose log level.
    fn command(&self, variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(example());
        command
            .env_clear()
            .env("PORT", "0")
            .env("RUST_LOG", "trace")
            .env("DATABASE", self.database())
            .env("TOKEN_KEYS", KEY_1)
            .envs(variables.iter().copied())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts the example, and waits until it prints its address.
    pub(crate) fn start(&self, variables: &[(&str, &str)]) -> Server {
        let mut child = self.command(variables).spawn().unwrap();
        let output = Arc::new(Mutex::new(String::new()));
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = collect(child.stderr.take().unwrap(), &output);
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        output.lock().unwrap().push_str(&line);
        let url = line.trim_end().strip_prefix("open ");
        let url = url.and_then(|url| url.strip_suffix('/'));
        let url = url.unwrap_or_else(|| panic!("it did not start: {}", output.lock().unwrap()));
        Server {
            url: url.to_owned(),
            readers: vec![stderr, collect(stdout, &output)],
            child,
            output,
        }
    }

    /// Starts the example, which must refuse to start, and returns its log.
    pub(crate) fn refused(&self, variables: &[(&str, &str)]) -> String {
        let mut child = self.command(variables).spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        if !line.is_empty() {
            child.kill().unwrap();
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(line, "", "it did start");
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    }

    /// Opens the database from another process.
    pub(crate) fn open(&self) -> Connection {
        Connection::open(self.database()).unwrap()
    }

    /// Returns the connections with their encrypted tokens.
    pub(crate) fn stored(&self) -> Vec<(String, Vec<u8>)> {
        let database = self.open();
        let mut rows = database
            .prepare("SELECT connection_id, token FROM connections")
            .unwrap();
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Checks that no file contains any of `secrets`.
    pub(crate) fn assert_none_of(&self, secrets: &[&str]) {
        let files: Vec<_> = std::fs::read_dir(self.folder.path()).unwrap().collect();
        assert!(!files.is_empty());
        for file in files {
            let file = file.unwrap().path();
            let bytes = std::fs::read(&file).unwrap();
            for secret in secrets {
                let found = bytes
                    .windows(secret.len())
                    .any(|bytes| bytes == secret.as_bytes());
                assert!(!found, "{secret} in {}", file.display());
            }
        }
    }
}

impl Server {
    /// The server's address without a trailing slash.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The address that a proxy in front of the server uses.
    pub(crate) async fn listens_on(&self) -> String {
        let mark = "listening on ";
        until("a line of the log", || self.output().contains(mark)).await;
        let output = self.output();
        let (_, rest) = output.split_once(mark).unwrap();
        format!("http://{}", rest.lines().next().unwrap())
    }

    /// Returns the output and the log of the server so far.
    pub(crate) fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// Whether the process has ended.
    pub(crate) fn has_stopped(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Sends a signal to stop, as a service manager does.
    pub(crate) fn tell_to_stop(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
    }

    /// Waits until the server has stopped. Returns its exit status, and everything that it
    /// has printed and logged.
    pub(crate) fn stopped(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        (status, self.output())
    }

    /// Stops the server, and returns everything that it has printed and logged.
    pub(crate) fn stop(self) -> String {
        self.tell_to_stop();
        let (status, output) = self.stopped();
        assert!(status.success(), "{status}: {output}");
        output
    }

    /// Kills the server.
    pub(crate) fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.stopped().1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have stopped already.
        let _stopped = self.child.kill();
        let _stopped = self.child.wait();
    }
}

fn collect(from: impl Read + Send + 'static, output: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let output = Arc::clone(output);
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let mut output = output.lock().unwrap();
            output.push_str(&line.unwrap());
            output.push('\n');
        }
    })
}

/// Waits until `condition` holds.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
