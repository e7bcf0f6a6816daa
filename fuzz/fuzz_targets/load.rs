//! Any text is a document of OpenAPI, or refused as none.

#![no_main]

use finch_gen::Text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let name = "api.yaml";
    if let Ok(document) = finch_gen::load(&Text { name, text }) {
        let _ = finch_gen::check_dialect(&document);
    }
});
