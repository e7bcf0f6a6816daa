//! Describes how client code calls an operation: the method, the builder struct, the arguments
//! with their types, the kinds of success, how it returns a list in pages, and an example.
//!
//! `emit::signatures` makes one `Call` for each operation, from progenitor's output. From it,
//! `emit` emits the method and the builder struct, and `api_reference` lists the operation.

use syn::{Expr, Ident, Type};

use crate::api_model::Operation;
use crate::polish::syntax::syn_query;
use crate::wire_format::{Decoding, Location, Parameter, RequestBody};

/// A call. Its types are paths in the generated module.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    /// The client method that starts the call.
    pub(crate) method: Ident,
    /// The builder struct of the call.
    pub(crate) name: Ident,
    /// The parameters: path parameters in the order of the path, and then the others by name.
    pub(crate) parameters: Vec<(Parameter, Argument)>,
    pub(crate) body: Option<(RequestBody, Argument)>,
    /// The media types of the success responses, as the value of `Accept`.
    pub(crate) accept: String,
    /// The kinds of success, the main one first.
    pub(crate) successes: Vec<Success>,
    /// The type that `send` returns: the type of the only kind of success, or an enum of all
    /// kinds.
    pub(crate) response: Type,
    /// How it returns its list in pages, if it does.
    pub(crate) paging: Option<Paging>,
    pub(crate) example: Example,
}

/// How a call returns its list in pages.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Paging {
    /// The runtime's description.
    pub(crate) constant: Expr,
    /// The list in the main success. Only the items of a known list can be returned.
    pub(crate) list: Option<List>,
}

/// A list in a success.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct List {
    pub(crate) item: Type,
    /// An `Option` of the list in the variable `value`.
    pub(crate) value: Expr,
}

/// An example of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Example {
    /// The call as source code.
    pub(crate) source: String,
    /// The variables in it, with their types.
    pub(crate) variables: Vec<(Ident, Type)>,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    /// The name of the field, of the setter, or of the method's argument.
    pub(crate) field: Ident,
    /// The type of the value.
    pub(crate) ty: Type,
    pub(crate) is_required: bool,
}

/// A kind of success.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Success {
    /// The statuses: `200`, `2XX`, or `default`.
    pub(crate) statuses: Vec<String>,
    /// How to decode the body, if there is one.
    pub(crate) decoding: Option<Decoding>,
    /// The type of the decoded value.
    pub(crate) ty: Type,
}

impl Argument {
    /// Whether the value may be null.
    pub(crate) fn is_nullable(&self) -> bool {
        syn_query::arguments_of(&self.ty, "Option").is_some()
    }
}

impl Call {
    /// Returns the arguments of the method: the path parameters, in the order of the path.
    pub(crate) fn path_arguments(&self) -> impl Iterator<Item = &Argument> {
        let in_path = self.parameters.iter();
        let in_path = in_path.filter(|(parameter, _)| parameter.location == Location::Path);
        in_path.map(|(_, argument)| argument)
    }

    /// Returns the arguments with a setter: every other parameter, and the body.
    pub(crate) fn set_arguments(&self) -> impl Iterator<Item = &Argument> {
        let others = self.parameters.iter();
        let others = others.filter(|(parameter, _)| parameter.location != Location::Path);
        let others = others.map(|(_, argument)| argument);
        others.chain(self.body.iter().map(|(_, argument)| argument))
    }

    /// Returns all arguments.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Argument> {
        self.path_arguments().chain(self.set_arguments())
    }

    /// Returns the success that awaiting the call returns.
    pub(crate) fn main_success(&self) -> &Success {
        &self.successes[0]
    }

    /// Whether it can wait until a success is ready that a 202 (Accepted) announced. The request is
    /// repeated, and so must be safe. Repeating a PUT or a DELETE would start its work again.
    pub(crate) fn can_wait(&self, operation: &Operation) -> bool {
        const ACCEPTED: &str = "202";
        let mut statuses = self.successes.iter().flat_map(|success| &success.statuses);
        operation.idempotent
            && !matches!(operation.method.as_str(), "PUT" | "DELETE")
            && statuses.next().is_some_and(|main| main != ACCEPTED)
            && statuses.any(|status| status == ACCEPTED)
    }
}
