//! Finds the base URL of the client, and the operations that another server serves (OpenAPI, Server
//! Object).
//!
//! The base URL is the first server of the document, with the defaults of its variables. If that
//! URL is missing or not absolute, the client uses the first server that all operations share. An
//! operation whose own servers do not include the base URL goes to the first of them. The runtime
//! decides when: see `servers.rs` there. A server that is not a valid URL is refused.

use serde_json::Value;
use url::Url;

use super::http_text;
use crate::api_model::Operation;
use crate::json::{Fields as _, text_of_scalar};
use crate::load::Document;
use crate::pointer;
use crate::problem::Problems;

/// Returns the base URL, if it is absolute. Sets the URL of each operation that another server
/// serves.
pub(super) fn find(
    document: &Document,
    operations: &mut [Operation],
    problems: &mut Problems,
) -> Option<String> {
    let own: Vec<(String, Vec<String>)> = operations
        .iter()
        .map(|operation| own(document, &operation.pointer))
        .collect();
    let shared = || {
        let (_, first) = own.first()?;
        let is_first = |(_, urls): &(String, Vec<String>)| urls.first() == first.first();
        own.iter().all(is_first).then(|| first.first().cloned())?
    };
    let documented = urls(document, "").into_iter().next();
    // The default of OpenAPI.
    let documented = documented.unwrap_or_else(|| "/".to_owned());
    let first = Some(&documented).filter(|url| is_absolute(url)).cloned();
    let at = match (&first, own.first()) {
        (None, Some((at, _))) => at,
        _ => "/servers",
    };
    let base = first.or_else(|| shared().filter(|url| is_absolute(url)));
    if let Some(what) = base.as_deref().and_then(http_text::not_a_base_url) {
        problems.push(document.problem(at, what, "correct it through the overlay"));
        return None;
    }
    for (operation, (at, urls)) in operations.iter_mut().zip(own) {
        let is_base = |url: &String| is_same(url, base.as_ref().unwrap_or(&documented));
        if urls.iter().any(is_base) {
            continue;
        }
        let Some(url) = urls.first() else { continue };
        match own_url(url, base.as_deref()) {
            Ok(url) if is_base(&url) => {}
            Ok(url) => operation.server = Some(url),
            Err(what) => problems.push(document.problem(
                at,
                what,
                "correct it, or remove the operation, through the overlay",
            )),
        }
    }
    base
}

/// Returns the absolute URL of an operation's own server `url`, which may be relative to
/// `base`.
fn own_url(url: &str, base: Option<&str>) -> Result<String, String> {
    let url = match is_absolute(url) {
        true => url.to_owned(),
        false => base
            .filter(|_| !url.contains(['{', '}']))
            .and_then(|base| Url::parse(base).ok()?.join(url).ok())
            .map(|url| url.as_str().trim_end_matches('/').to_owned())
            .filter(|url| is_absolute(url))
            .ok_or_else(|| format!("the server {url:?} of the operation is not an absolute URL"))?,
    };
    http_text::not_a_base_url(&url).map_or(Ok(url), Err)
}

/// Returns the servers of the operation at `at` or of its path item, and the pointer to report
/// for them. Returns no servers if only the document has some.
fn own(document: &Document, at: &str) -> (String, Vec<String>) {
    let own = urls(document, at);
    if !own.is_empty() {
        return (format!("{at}/servers"), own);
    }
    let item = pointer::parent(at);
    (at.to_owned(), urls(document, item))
}

/// Returns the URLs of the servers of the object at `at`, with the defaults of their variables.
fn urls(document: &Document, at: &str) -> Vec<String> {
    let servers = document.at(at).list("servers").iter();
    servers.filter_map(url).collect()
}

fn url(server: &Value) -> Option<String> {
    let template = server.text("url")?;
    let variables = server.field("variables");
    let default = |name: &str| text_of_scalar(variables.field(name).field("default")?);
    // In one pass, because a default may contain the braces of another variable.
    let mut parts = template.split('{');
    let mut url = parts.next()?.to_owned();
    for part in parts {
        let known = part.split_once('}');
        match known.and_then(|(name, rest)| Some((default(name)?, rest))) {
            Some((default, rest)) => url.extend([default.as_str(), rest]),
            None => url.extend(["{", part]),
        }
    }
    match is_absolute(&url) {
        true => Some(url.trim_end_matches('/').to_owned()),
        false => Some(url),
    }
}

/// Whether both are the same URL. The case of a host and the default port make no difference.
fn is_same(one: &str, other: &str) -> bool {
    let parse = |url| Url::parse(url).ok();
    one == other || parse(one).is_some_and(|one| Some(one) == parse(other))
}

/// Whether `url` is complete. A variable without a default cannot be filled in.
fn is_absolute(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && !url.contains(['{', '}'])
}
