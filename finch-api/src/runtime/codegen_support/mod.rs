//! Supports generated code for constructs that not every document has: parameters, builders, enums,
//! objects, unions, responses that are not JSON, and request bodies that are optional or not JSON.
//!
//! Each client uses only a part of it. So the `mod` declaration of this module allows dead code.

mod enums;
pub(super) mod field;
mod file;
pub(super) mod finite;
pub(super) mod form;
#[cfg(test)]
mod hostile_values;
mod into_format;
pub(super) mod multipart;
mod nullable;
mod object;
pub(super) mod parameter;
pub(super) mod percent;
mod redacted;
mod style;
mod tag;
mod union;
mod union_coverage;

pub(crate) use enums::{integer_enum, open_enum};
pub(crate) use field::{Field, check};
pub use file::File;
pub(crate) use into_format::format_component;
pub use into_format::{Format, IntoFormat};
pub(crate) use multipart::Part;
pub(crate) use nullable::nullable;
pub(crate) use object::{Object, Properties, object, read_object};
pub(crate) use parameter::Parameter;
pub(crate) use redacted::Redacted;
pub(crate) use style::Style;
pub(crate) use tag::{Scalar, Tag};
pub(crate) use union::{decode, read_union};
pub(crate) use union_coverage::Keeps;
