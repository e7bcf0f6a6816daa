//! Passes that make every enum open: a value that the document does not list still decodes.

pub(crate) mod closed_enums;
pub(crate) mod enum_values;
pub(crate) mod integer_enums;
pub(crate) mod open_enums;
