//! The fuzz targets. Each accepts any text, and must neither panic nor exhaust the machine.
//!
//! `finch-gen/tests/exhaustion` calls the same functions with the texts that the fuzzer starts
//! with.

use finch_gen::{Inputs, Text};

/// Loads `text` as an OpenAPI document.
pub fn load(text: &str) {
    let name = "api.yaml";
    if let Ok(document) = finch_gen::load(&Text { name, text }) {
        let _ = finch_gen::check_openapi_version(&document);
    }
}

/// Bundles `text` with the files that it refers to. Each file has the same text.
pub fn bundle(text: &str) {
    let document = Text {
        name: "api.yaml",
        text,
    };
    let _ = finch_gen::bundle(&document, "file:///api.yaml", &mut |_| Ok(text.to_owned()));
}

/// Lowers the document `text`.
pub fn lower(text: &str) {
    let _ = finch_gen::lower_inputs(&inputs(text));
}

/// Generates a client of the document `text`.
pub fn generate(text: &str) {
    let _ = finch_gen::generate(&inputs(text));
}

/// Generates a client of a small document with the overlay `text`.
pub fn overlay(text: &str) {
    let name = "overlay.yaml";
    let overlay = Some(Text { name, text });
    let _ = finch_gen::generate(&Inputs {
        overlay,
        ..inputs(DOCUMENT)
    });
}

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a: {get: {operationId: a, responses: {'204': {description: ''}}}}
components:
  schemas: {A: {type: object, properties: {a: {type: string}}}}
";

fn inputs(text: &str) -> Inputs<'_> {
    let name = "api.yaml";
    Inputs {
        keep_going: true,
        crate_name: "api",
        ..Inputs::of_document(Text { name, text })
    }
}

/// Defines the `main` function of a fuzz target: a fuzzer under `cfg(fuzzing)`, or else a
/// program that runs the target on the files in its arguments.
#[macro_export]
macro_rules! target {
    ($target:ident) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|text: &str| $crate::$target(text));

        #[cfg(not(fuzzing))]
        fn main() -> std::io::Result<()> {
            for path in std::env::args_os().skip(1) {
                $crate::$target(&std::fs::read_to_string(path)?);
            }
            Ok(())
        }
    };
}
