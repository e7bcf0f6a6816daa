//! Any text is generated, or refused.

#![no_main]

use finch_gen::{Inputs, Text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let name = "api.yaml";
    let inputs = Inputs {
        keep_going: true,
        crate_name: "api",
        ..Inputs::of_document(Text { name, text })
    };
    let _ = finch_gen::generate(&inputs);
});
