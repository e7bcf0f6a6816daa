//! Fuzz target: applies any text as an overlay, or refuses it.
#![cfg_attr(fuzzing, no_main)]

finch_gen_fuzz::target!(overlay);
