//! Which credentials an operation asks for.

use serde_json::Value;

use crate::facts::Credential;
use crate::load::Document;
use crate::problem::Problem;

/// The alternatives of the operation's `security`, or of the document's where
/// it has none of its own.
pub(super) fn of(
    document: &Document,
    operation: &Value,
    at: &str,
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
        let mut credentials = Vec::new();
        for name in requirement
            .as_object()
            .into_iter()
            .flat_map(|schemes| schemes.keys())
        {
            let problem = |what: String, remedy| {
                document.problem(format!("{at}/{index}/{name}"), what, remedy)
            };
            let scheme = document
                .root
                .pointer("/components/securitySchemes")
                .and_then(|schemes| document.follow(schemes.get(name)?));
            let Some(scheme) = scheme else {
                return Err(problem(
                    format!("the security scheme {name:?} is not among the components"),
                    "define it, or correct the name through the overlay",
                ));
            };
            let text = |key| scheme.get(key).and_then(Value::as_str);
            let http_scheme = text("scheme").map(str::to_ascii_lowercase);
            credentials.push(match (text("type"), http_scheme.as_deref()) {
                (Some("http"), Some("bearer")) | (Some("oauth2" | "openIdConnect"), _) => {
                    Credential::Bearer
                }
                (Some("http"), Some("basic")) => Credential::Basic,
                (kind, _) => {
                    return Err(problem(
                        format!(
                            "a client cannot be made for a security scheme of type {}",
                            kind.unwrap_or("(none)")
                        ),
                        "leave the operation or the requirement out through the overlay",
                    ));
                }
            });
        }
        alternatives.push(credentials);
    }
    Ok(alternatives)
}
