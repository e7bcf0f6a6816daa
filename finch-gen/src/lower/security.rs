//! Finds the credentials that an operation requires, from its own `security` or else the
//! document's. Returns alternatives, such as a bearer token, or a key in a header.
//!
//! An alternative that a client cannot send is dropped with a note. Either the runtime does not
//! support its scheme, or two of its schemes use the same header, such as `Authorization`. If no
//! alternative remains, the operation's documentation says so. A caller can still send such a
//! credential with a custom HTTP client. A scheme that the document does not define is refused,
//! unless another alternative remains.

use serde_json::Value;

use super::http_text::is_token;
use crate::api_model::{Credential, Operation};
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer;
use crate::problem::Problem;
use crate::report::Report;

/// The credentials that an operation requires.
#[derive(Debug, Default)]
pub(super) struct Security {
    /// The alternatives that a client can send.
    pub(super) alternatives: Vec<Vec<Credential>>,
    /// The names of the unsupported schemes, if all alternatives need one.
    pub(super) unsent: Vec<String>,
}

/// Returns the operation's `security`, or else the document's.
pub(super) fn requirements(
    document: &Document,
    operation: &Value,
    at: &str,
    report: &mut Report,
) -> Result<Security, Problem> {
    let (requirements, at) = match operation.get("security") {
        Some(own) => (own, format!("{at}/security")),
        None => match document.root.get("security") {
            Some(shared) => (shared, "/security".to_owned()),
            None => return Ok(Security::default()),
        },
    };
    let mut security = Security::default();
    let mut unknown = Vec::new();
    for (index, requirement) in requirements.as_array().into_iter().flatten().enumerate() {
        let at = format!("{at}/{index}");
        match alternative(document, requirement, &at, report) {
            Ok(Some(credentials)) => security.alternatives.push(credentials),
            Err(problem) => unknown.push(problem),
            Ok(None) => {
                let names = requirement.fields().map(|(name, _)| name.clone());
                security.unsent.extend(names);
            }
        }
    }
    if !security.alternatives.is_empty() {
        security.unsent.clear();
    } else if let Some(problem) = unknown.pop() {
        return Err(problem);
    }
    for problem in unknown {
        let what = format!("{} → dropped; another alternative is sent", problem.what);
        report.warn("unknown-credential", &problem.pointer, what);
    }
    Ok(security)
}

/// Reports that no credential is ever sent, because `security` is missing everywhere. An
/// empty `security` is a decision of the author.
pub(super) fn note_absence(document: &Document, operations: &[Operation], report: &mut Report) {
    let mut own = operations.iter().map(|of| document.at(&of.pointer));
    // An empty list says that its operation needs no credential, and nothing about the others.
    if document.root.field("security").is_none()
        && own.clone().any(|operation| !operation.has("security"))
        && own.all(|operation| operation.list("security").is_empty())
    {
        let what = "no `security` → no credential is sent; if the operations need one, add \
                    `security` through the overlay";
        report.info("no-security", "", what);
    }
}

/// Returns the credentials of the requirement at `at`, if a client can send them.
fn alternative(
    document: &Document,
    requirement: &Value,
    at: &str,
    report: &mut Report,
) -> Result<Option<Vec<Credential>>, Problem> {
    let cannot = |what: String, report: &mut Report| {
        let what = format!("{what} → not sent; give the credentials to the HTTP client");
        report.warn("unknown-credential", at, what);
        Ok(None)
    };
    let mut credentials: Vec<Credential> = Vec::new();
    for (name, roles) in requirement.fields() {
        let schemes = document.at("/components/securitySchemes");
        let scheme = schemes.field(name).and_then(|it| document.follow(it));
        let Some(scheme) = scheme else {
            let what = format!("the security scheme {name:?} is not among the components");
            let remedy = "define it, or correct the name through the overlay";
            return Err(document.problem(pointer::join(at, name), what, remedy));
        };
        let kind = scheme.text("type");
        let has_roles = roles.as_array().is_some_and(|roles| !roles.is_empty());
        if has_roles && matches!(kind, Some("http" | "apiKey")) {
            let what = "roles of a credential → dropped; only the server checks them";
            report.warn("security-roles", at, what);
        }
        let Some(credential) = credential(scheme) else {
            let kind = kind.unwrap_or("(none)");
            let what = format!("the security scheme {name:?} of type {kind}");
            return cannot(what, report);
        };
        if credentials.contains(&credential) {
            continue;
        }
        let mut headers = credentials.iter().filter_map(header);
        if let Some(header) = header(&credential)
            && headers.any(|other| other == header)
        {
            return cannot(format!("two credentials in the header {header}"), report);
        }
        credentials.push(credential);
    }
    Ok(Some(credentials))
}

/// Returns the credential that a client sends for `scheme`, if it is supported.
fn credential(scheme: &Value) -> Option<Credential> {
    let token = || scheme.text("name").filter(|name| is_token(name));
    match scheme.text("type")? {
        "oauth2" | "openIdConnect" => Some(Credential::Bearer),
        "http" => match scheme.text("scheme")?.to_ascii_lowercase().as_str() {
            "bearer" => Some(Credential::Bearer),
            "basic" => Some(Credential::Basic),
            _ => None,
        },
        "apiKey" => match scheme.text("in")? {
            "header" => Some(Credential::Header(token()?.to_ascii_lowercase())),
            "cookie" => Some(Credential::Cookie(token()?.to_owned())),
            "query" => Some(Credential::Query(scheme.text("name")?.to_owned())),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the name of the header that `credential` occupies.
fn header(credential: &Credential) -> Option<&str> {
    match credential {
        Credential::Bearer | Credential::Basic => Some("authorization"),
        Credential::Header(name) => Some(name),
        Credential::Query(_) | Credential::Cookie(_) => None,
    }
}
