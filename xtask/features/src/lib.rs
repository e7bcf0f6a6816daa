//! An empty crate, whose manifest enables features of other crates.
//!
//! Cargo compiles a crate once for each set of features that a build enables in it, with
//! every crate that depends on it. Without this crate, `cargo xtask generate` compiles syn,
//! typify and serde_json twice, for the generator and for proc macros; and `cargo test`
//! compiles them and the generator again, as the tests enable more features.
//!
//! xtask depends on this crate twice, in `[dependencies]` and `[build-dependencies]`: cargo
//! unifies the features of proc macros apart from those of other crates. If a test of
//! xtask names a crate with other features, add them here.
