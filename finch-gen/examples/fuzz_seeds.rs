//! Writes the inputs of `tests/exhaustion` where cargo-fuzz looks for what to start
//! with: `cargo run -p finch-gen --example fuzz_seeds`.

use std::path::Path;
use std::{fs, io};

#[path = "../tests/exhaustion/inputs.rs"]
mod inputs;

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (index, input) in inputs::INPUTS.iter().enumerate() {
        let texts = (input.texts)(input.size);
        let (targets, text): (&[_], _) = match &texts.overlay {
            Some(overlay) => (&["overlay"], overlay),
            None => (&["load", "lower", "generate"], &texts.document),
        };
        for target in targets {
            let folder = corpus.join(target);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("exhaustion-{index}")), text)?;
        }
    }
    Ok(())
}
