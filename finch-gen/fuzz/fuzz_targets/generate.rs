//! Fuzz target: generates a client from any text, or refuses it.
#![cfg_attr(fuzzing, no_main)]

finch_gen_fuzz::target!(generate);
