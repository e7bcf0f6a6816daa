//! Fuzz target: lowers any text to OpenAPI 3.0.3, or refuses it.
#![cfg_attr(fuzzing, no_main)]

finch_gen_fuzz::target!(lower);
