//! Defines `ClientTree`, the whole generated client before it is printed: the code as a syntax tree,
//! the model of the API, the calls, the type of each schema, and the report. Rendering, the generated
//! tests and comparisons start from it.

use std::collections::{BTreeMap, BTreeSet};

use crate::api_model::ApiModel;
use crate::call::Call;
use crate::events::Events;
use crate::problem::Problems;
use crate::report::Report;
use crate::shape::{Constants, MadeNames, Samples};

/// A client as a syntax tree, ready to be rendered.
#[derive(Clone, Debug)]
pub struct ClientTree {
    pub(crate) file: syn::File,
    pub(crate) model: ApiModel,
    /// In the order of the model's operations.
    pub(crate) calls: Vec<Call>,
    /// The types of component schemas and of properties, by their pointers.
    pub(crate) types: BTreeMap<String, syn::Type>,
    /// The events of webhooks, if the document has any.
    pub(crate) events: Option<Events>,
    /// Samples of the variants of unions, by the name of the union.
    pub(crate) samples: Samples,
    pub(crate) made_names: MadeNames,
    /// The properties that builders set themselves.
    pub(crate) constants: Constants,
    /// The code blocks with examples of calls. No other code block may be a doctest.
    pub(crate) examples: BTreeSet<String>,
    pub(crate) refused: Problems,
    pub(crate) report: Report,
}

impl ClientTree {
    /// The changes between the document and the client.
    pub fn report(&self) -> &Report {
        &self.report
    }
}
