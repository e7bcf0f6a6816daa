//! An empty crate. Its manifest enables features of other crates.
//!
//! Cargo compiles a crate, and every crate that depends on it, once for each set of enabled
//! features. Without this crate, `cargo xtask generate` compiles syn, typify and serde_json
//! twice: for the generator and for proc macros. And `cargo test` compiles them and the
//! generator again, because the tests enable more features.
//!
//! xtask depends on this crate twice, in `[dependencies]` and `[build-dependencies]`, because
//! cargo unifies the features of proc macros separately. If a test of xtask uses a crate with
//! other features, add them here.
