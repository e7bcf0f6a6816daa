//! Fuzz target: generates a client of any text, or refuses it.
#![cfg_attr(fuzzing, no_main)]

finch_gen_fuzz::target!(generate);
