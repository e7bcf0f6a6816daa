//! Fuzz target: bundles any text with the files that it refers to, or refuses it.
#![cfg_attr(fuzzing, no_main)]

finch_gen_fuzz::target!(bundle);
