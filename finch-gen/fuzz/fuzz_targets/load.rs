//! Fuzz target: loads any text as an OpenAPI document, or refuses it.
#![cfg_attr(fuzzing, no_main)]

finch_gen_fuzz::target!(load);
