//! Writes the inputs of `tests/exhaustion` where cargo-fuzz looks for what to start
//! with: `cargo run -p finch-gen --example fuzz_seeds`. Takes another folder as its argument.

use std::path::PathBuf;
use std::{env, fs, io};

#[allow(dead_code, reason = "only the test needs the names")]
#[path = "../tests/exhaustion/inputs.rs"]
mod inputs;

#[expect(
    clippy::disallowed_methods,
    reason = "the fuzzer replaces a half-written seed"
)]
fn main() -> io::Result<()> {
    let corpus = match env::args_os().nth(1) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus")),
    };
    for (index, input) in inputs::INPUTS.iter().enumerate() {
        let (targets, text): (&[_], _) = match (input.text)(input.size) {
            inputs::Text::Files(text) => (&["bundle"], text),
            inputs::Text::Overlay(text) => (&["overlay"], text),
            inputs::Text::Document(text) => (&["load", "lower", "generate"], text),
        };
        for target in targets {
            let folder = corpus.join(target);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("exhaustion-{index}")), &text)?;
        }
    }
    Ok(())
}
