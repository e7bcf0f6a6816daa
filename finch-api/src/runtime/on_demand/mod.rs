//! What a client needs only where its document says so: parameters, bodies of
//! requests that are not required JSON, values that are built, enums, objects and
//! unions that are read, and answers that are not JSON.
//!
//! In each client some of it is unused. That is allowed for once, where this
//! module is declared, so that unused code elsewhere in the runtime is still
//! found.

mod any;
mod bodies;
mod builder;
mod container;
mod enums;
mod file;
mod form;
#[cfg(test)]
mod hostile_values;
mod keeps;
mod leniency;
pub(super) mod multipart;
mod nullable;
mod object;
mod parameter;
mod percent;
mod request;
mod slot;
mod style;
mod tag;
mod union;

pub(crate) use builder::{builder, builder_from};
pub(crate) use container::or_empty;
pub(crate) use enums::{closed_enum, open_enum};
pub use file::File;
pub(crate) use keeps::Keeps;
pub(crate) use multipart::Part;
pub(crate) use nullable::nullable;
pub(crate) use object::{Members, Object, object, read_object};
pub(crate) use parameter::Parameter;
pub(crate) use request::RequestBuilderExt;
pub(crate) use slot::{Problem, Slot, all_set};
pub(crate) use style::Style;
pub(crate) use tag::{Scalar, Tag};
pub(crate) use union::{decode, read_union};
