//! Generates a Rust client from an OpenAPI document.
//!
//! ```text
//! text ─load→ Document ─overlay→ Document ─lower→ OpenAPI 3.0.3 ─shape→ OpenAPI 3.0.3
//!     ─preflight→ (refuse or pass) ─progenitor→ syn::File ─polish, emit→ syn::File
//!     ─completeness→ (refuse or pass) ─render→ files
//! ```
//!
//! Data flows in one direction, and `pipeline` runs the stages. Each stage is one module, which
//! documents its input, its guarantees, and its errors.
//!
//! Two tools run before the stages. [`vendor`] merges the OpenAPI fragments in the pages of a
//! documentation site into one document. [`bundle()`] includes the files that a document refers to.
//! [`compare`] compares two documents, and reports the changes that affect users.
//!
//! Nothing here reads a file, opens a connection, prints, or knows a particular API.
//!
//! Generated code is one part of a client crate. It only uses these handwritten items:
//! `crate::runtime`, `crate::Client`, `crate::CallFuture`, `crate::ConversionError`,
//! `crate::Error`, `crate::Formatted`, `crate::IntoFormat`, `crate::Items`, `crate::Page`,
//! `crate::PagePosition`, `crate::Pages`, `crate::Response`, `crate::Secret`,
//! `crate::UnknownValue`, `crate::webhook::Key`, and the features `test-util` and `webhook`.
//!
//! ```
//! use finch_gen::{Inputs, Text};
//!
//! let text = "\
//! openapi: 3.1.0
//! info: {title: Pets, version: '1'}
//! paths:
//!   /pets/{name}:
//!     get:
//!       operationId: get-pet
//!       parameters: [{name: name, in: path, required: true, schema: {type: string}}]
//!       responses: {'204': {description: The pet exists.}}
//! ";
//! let document = Text { name: "pets.yaml", text };
//! let inputs = Inputs { crate_name: "pets", ..Inputs::of_document(document) };
//! let generated = finch_gen::generate(&inputs)?;
//! assert!(generated.client["client.rs"].contains("pub fn get_pet(&self, name: impl Into<String>)"));
//! # Ok::<(), finch_gen::Problems>(())
//! ```

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod annotation_keywords;
mod api_model;
mod api_reference;
mod bundle;
mod call;
mod client_tree;
mod compare;
mod completeness;
mod dependencies;
mod doc_attrs;
mod emit;
mod events;
mod example_tests;
mod file_header;
mod inputs;
mod json;
mod limits;
mod load;
mod locate;
mod lower;
mod markdown;
mod media_type;
mod memo;
mod openapi_version;
mod overlay;
mod pipeline;
mod pointer;
mod polish;
mod preflight;
mod problem;
mod progenitor;
mod provenance;
mod reachability;
mod render;
mod report;
mod rust_text;
mod sensitive_names;
mod shape;
mod source;
mod stats;
mod type_names;
mod variant_tests;
pub mod vendor;
mod visible;
mod walk;
mod webhook_sections;
mod wire_format;

pub use api_model::{ApiModel, Credential, Example, ExampleOf, Operation, SchemaExample, Webhook};
pub use bundle::{Bundled, bundle};
pub use client_tree::ClientTree;
pub use compare::{Bump, Change, Comparison, Item, Kind, Revision, Severity, Side, compare};
pub use completeness::{check as check_completeness, operations, schemas};
pub use inputs::Inputs;
pub use load::{Document, Text, load};
pub use lower::{Lowered, lower};
pub use openapi_version::check as check_openapi_version;
pub use overlay::apply as apply_overlay;
pub use pipeline::{
    client_tree, generate, load_and_overlay, load_and_overlay_matching, lower_inputs,
    polish_and_emit, progenitor_alone, revision,
};
pub use preflight::check as preflight;
pub use problem::{Excerpt, Place, Problem, Problems};
pub use progenitor::{Interface, generate as progenitor};
pub use render::{Files, Generated, render};
pub use report::{Level, Note, Report};
pub use shape::{Shaped, shape};
pub use source::{Page, Source, sha256};
pub use stats::{Names, Stats};
pub use visible::{is_hidden, visible, visible_json};

#[cfg(test)]
mod tests;
