//! Defines the events of webhooks, as client code names them: the name of the enum in `types`, its
//! variants with the types of their values, and the variant for unknown events.

use syn::{Ident, Type};

/// The events that the client decodes from webhooks.
#[derive(Clone, Debug)]
pub(crate) struct Events {
    /// The name of the enum in `types`.
    pub(crate) name: Ident,
    pub(crate) events: Vec<Event>,
    /// The variant for any other event, as JSON.
    pub(crate) other: Ident,
}

/// A variant of the enum of events.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: Ident,
    /// The type of its value, as a path in the generated module.
    pub(crate) ty: Type,
    /// The values of the property that selects the variant.
    pub(crate) values: Vec<String>,
}
