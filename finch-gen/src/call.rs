//! The call of an operation, as a user of the client writes it.

use syn::{Ident, Type};

use crate::polish::syntax::syn_query;
use crate::wire_format::{Decoding, Location, Parameter, RequestBody};

/// A call. Its types are paths within the generated module.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    /// The method of the client that starts it.
    pub(crate) method: Ident,
    /// The struct that holds what it was given.
    pub(crate) name: Ident,
    /// Its parameters: those of the path in its order, and then the others by name.
    pub(crate) parameters: Vec<(Parameter, Argument)>,
    pub(crate) body: Option<(RequestBody, Argument)>,
    /// The media types of its successes, as a value of `Accept`.
    pub(crate) accept: String,
    /// Its kinds of success, the main one first.
    pub(crate) successes: Vec<Success>,
    /// The type of every success: that of the only kind, or an enum of all.
    pub(crate) response: Type,
}

/// A value that a call takes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    /// The name of its field, of its setter, or of the argument of the method.
    pub(crate) field: Ident,
    /// The type of the value.
    pub(crate) ty: Type,
    pub(crate) is_required: bool,
}

/// A kind of success.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Success {
    /// Its statuses: `200`, `2XX`, or `default`.
    pub(crate) statuses: Vec<String>,
    /// How its body is read, if it has one.
    pub(crate) decoding: Option<Decoding>,
    /// The type of its value.
    pub(crate) ty: Type,
}

impl Argument {
    /// Whether its value may be null.
    pub(crate) fn is_nullable(&self) -> bool {
        syn_query::arguments_of(&self.ty, "Option").is_some()
    }
}

impl Call {
    /// What the method takes: the parameters of the path, in its order.
    pub(crate) fn path_arguments(&self) -> impl Iterator<Item = &Argument> {
        let in_path = self.parameters.iter();
        let in_path = in_path.filter(|(parameter, _)| parameter.location == Location::Path);
        in_path.map(|(_, argument)| argument)
    }

    /// What has a setter: every other parameter, and the body.
    pub(crate) fn set_arguments(&self) -> impl Iterator<Item = &Argument> {
        let others = self.parameters.iter();
        let others = others.filter(|(parameter, _)| parameter.location != Location::Path);
        let others = others.map(|(_, argument)| argument);
        others.chain(self.body.iter().map(|(_, argument)| argument))
    }

    /// Everything that it takes.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Argument> {
        self.path_arguments().chain(self.set_arguments())
    }

    /// The success that awaiting the call gives.
    pub(crate) fn main_success(&self) -> &Success {
        &self.successes[0]
    }

    /// The call as one writes it, with everything required from variables of the same
    /// names.
    pub(crate) fn source(&self) -> String {
        let taken = self
            .path_arguments()
            .map(|argument| argument.field.to_string());
        let taken: Vec<String> = taken.collect();
        let required = self.set_arguments().filter(|argument| argument.is_required);
        let setters = required.map(|argument| {
            let maybe = if argument.is_nullable() { "maybe_" } else { "" };
            format!(".{maybe}{0}({0})", argument.field)
        });
        let setters: String = setters.collect();
        format!(
            "client.{}({}){setters}.await",
            self.method,
            taken.join(", ")
        )
    }
}
