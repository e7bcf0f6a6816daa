//! Any text can be applied as an overlay, or is refused as one.

#![no_main]

use finch_gen::{Inputs, Text};
use libfuzzer_sys::fuzz_target;

const DOCUMENT: Text<'static> = Text {
    name: "api.yaml",
    text: "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a: {get: {operationId: a, responses: {'204': {description: ''}}}}
components:
  schemas: {A: {type: object, properties: {a: {type: string}}}}
",
};

fuzz_target!(|text: &str| {
    let name = "overlay.yaml";
    let inputs = Inputs {
        overlay: Some(Text { name, text }),
        ..Inputs::of_document(DOCUMENT)
    };
    let _ = finch_gen::correct(&inputs);
});
