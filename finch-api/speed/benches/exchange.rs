//! Compares the processor time of an exchange with a handwritten one.
//!
//! ```sh
//! cargo bench -p finch-api-speed
//! ```
//! It builds each program separately, as a user would for a release. It runs the programs in turns,
//! so that other work on the machine slows down all of them. It prints the medians of the times,
//! and of the ratios in each turn.

use std::env;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// The number of runs of each program.
const RUNS: usize = 30;
/// The number of exchanges in each run.
const CALLS: usize = 9_600;

const RESPONSE: &str = r#"{"access_token":"7e965183-9332-423c-9259-3edafb332ad2","account_id":"ac3a2af9-ce03-46c4-9142-81abe789c64d","client_type":"production","company_id":"4ab15e51-11ad-49f4-acae-f343b7794375","connection_id":"6dab009c-77c8-43d9-8f81-e093f7c65bc1","connection_type":"provider","customer_id":"1234567890","entity_ids":["ba9c617b-3446-447a-9dc9-4a8c108ecf2e"],"products":["directory","employment","individual"],"provider_id":"gusto","token_type":"bearer"}"#;

/// A program and its build options.
struct Program {
    name: &'static str,
    bin: &'static str,
    features: &'static str,
}

const PROGRAMS: [Program; 3] = [
    Program {
        name: "finch-api",
        bin: "finch-api",
        features: "finch-api",
    },
    Program {
        name: "by hand, reqwest with the same features",
        bin: "by-hand",
        features: "same-features",
    },
    Program {
        name: "by hand, reqwest with `json` alone",
        bin: "by-hand",
        features: "by-hand",
    },
];

#[allow(clippy::print_stdout, reason = "a benchmark prints")]
fn main() {
    // `cargo test` only builds it, because it takes too long.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let programs = PROGRAMS.map(|program| program.build());
    let url = serve();
    for at_once in [1, 32] {
        let mut times = PROGRAMS.map(|_| Vec::new());
        for turn in 0..RUNS {
            for place in 0..PROGRAMS.len() {
                let index = (turn + place) % PROGRAMS.len();
                times[index].push(run(&programs[index], &url, at_once));
            }
        }
        println!("{at_once} at once:");
        for (program, ran) in PROGRAMS.iter().zip(&times) {
            let ratios = times[0].iter().zip(ran).map(|(ours, other)| ours / other);
            let (time, ratio) = (median(ran.iter().copied()), median(ratios));
            println!("  {:<42}{time:>6.1} µs   ratio {ratio:.3}", program.name);
        }
    }
}

impl Program {
    /// Builds the program and copies it, because the two handwritten programs have the same name.
    /// They differ in the features of a dependency.
    fn build(&self) -> PathBuf {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = package.join("../../target/speed");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--locked", "--profile", "speed"])
            .args(["--bin", self.bin, "--features", self.features])
            .current_dir(package)
            .env("CARGO_TARGET_DIR", &target)
            .status()
            .expect("cargo runs");
        assert!(built.success(), "{} is not built", self.name);
        let extension = env::consts::EXE_SUFFIX;
        let program = target.join(format!("speed/{}{extension}", self.bin));
        let kept = target.join(format!("{}{extension}", self.features));
        std::fs::copy(program, &kept).expect("the program is there");
        kept
    }
}

/// Runs `program`. Returns the processor time of one exchange, in microseconds.
fn run(program: &Path, url: &str, at_once: usize) -> f64 {
    let output = Command::new(program)
        .args([url, &CALLS.to_string(), &at_once.to_string()])
        .output()
        .expect("the program runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let nanoseconds: f64 = String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .expect("the program prints its time");
    nanoseconds / 1000.0 / CALLS as f64
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Starts a server that responds to each request with [`RESPONSE`], and returns its URL.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound listener");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let response = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nfinch-request-id: req-1\r\n\
         content-length: {}\r\n\r\n{RESPONSE}",
        RESPONSE.len()
    );
    let mut buffer = [0; 4096];
    let mut request = Vec::new();
    loop {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        request.extend_from_slice(&buffer[..read]);
        // Only the body ends with these bytes.
        if request.ends_with(b"\"}") {
            request.clear();
            stream.write_all(response.as_bytes())?;
        }
    }
}
