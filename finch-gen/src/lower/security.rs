//! Which credentials an operation asks for.
//!
//! An alternative with a credential that the runtime does not have is left out,
//! and reported: who makes the HTTP client can still send it.

use serde_json::Value;

use crate::facts::Credential;
use crate::load::Document;
use crate::problem::Problem;
use crate::report::Report;

/// The alternatives of the operation's `security`, or of the document's where
/// it has none of its own.
pub(super) fn of(
    document: &Document,
    operation: &Value,
    at: &str,
    report: &mut Report,
) -> Result<Vec<Vec<Credential>>, Problem> {
    let (requirements, at) = match operation.get("security") {
        Some(own) => (own, format!("{at}/security")),
        None => match document.root.get("security") {
            Some(shared) => (shared, "/security".to_owned()),
            None => return Ok(Vec::new()),
        },
    };
    let mut alternatives = Vec::new();
    for (index, requirement) in requirements.as_array().into_iter().flatten().enumerate() {
        let mut credentials = Some(Vec::new());
        for (name, roles) in requirement.as_object().into_iter().flatten() {
            let problem = |what: String, remedy| {
                document.problem(format!("{at}/{index}/{name}"), what, remedy)
            };
            let scheme = document
                .at("/components/securitySchemes")
                .and_then(|schemes| document.follow(schemes.get(name)?));
            let Some(scheme) = scheme else {
                return Err(problem(
                    format!("the security scheme {name:?} is not among the components"),
                    "define it, or correct the name through the overlay",
                ));
            };
            let text = |key| scheme.get(key).and_then(Value::as_str);
            let http_scheme = text("scheme").map(str::to_ascii_lowercase);
            let has_roles = roles.as_array().is_some_and(|roles| !roles.is_empty());
            if has_roles && matches!(text("type"), Some("http" | "apiKey")) {
                let what = "roles, which only a server can hold a credential to → not said";
                report.warn("security-roles", &format!("{at}/{index}"), what);
            }
            let credential = match (text("type"), http_scheme.as_deref()) {
                (Some("http"), Some("bearer")) | (Some("oauth2" | "openIdConnect"), _) => {
                    Credential::Bearer
                }
                (Some("http"), Some("basic")) => Credential::Basic,
                (kind, _) => {
                    let what = format!(
                        "the security scheme {name:?} of type {} → nothing; give the HTTP client \
                         what it asks for",
                        kind.unwrap_or("(none)")
                    );
                    report.warn("unknown-credential", &format!("{at}/{index}"), what);
                    credentials = None;
                    break;
                }
            };
            credentials.get_or_insert_default().push(credential);
        }
        alternatives.extend(credentials);
    }
    Ok(alternatives)
}
