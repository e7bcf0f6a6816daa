//! Headers and cookies of browsers.

use axum::http::HeaderMap;
use axum::http::header::ORIGIN;
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::config::Site;

/// Whether the browser prefetches the page before a click. Chrome and Firefox send `Sec-Purpose`,
/// other browsers send an older header.
pub(crate) fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-purpose", "x-moz"]
        .iter()
        .flat_map(|name| headers.get_all(*name))
        .any(|purpose| {
            let purpose = purpose.as_bytes().to_ascii_lowercase();
            purpose.starts_with(b"prefetch") || purpose.starts_with(b"preview")
        })
}

/// Whether a page of this site sent a POST. Every browser sends `Origin` with a POST, and newer
/// browsers also send `Sec-Fetch-Site`.
pub(crate) fn is_same_origin(headers: &HeaderMap, site: &Site) -> bool {
    let origin = headers.get(ORIGIN);
    let fetch_site = headers.get("sec-fetch-site");
    origin.is_some_and(|origin| origin == site.origin())
        && fetch_site.is_none_or(|fetch_site| fetch_site == "same-origin")
}

/// Returns the name of a cookie. Browsers accept `__Host-` cookies only over HTTPS, and only from
/// the host that they send them to.
pub(crate) fn cookie_name(name: &str, site: &Site) -> String {
    let prefix = if site.is_secure() { "__Host-" } else { "" };
    format!("{prefix}finch-{name}")
}

/// Returns a cookie that scripts cannot read. It is `Lax`, because the employer returns from Finch
/// Connect by a link on another site.
pub(crate) fn cookie(
    name: &str,
    value: String,
    age: time::Duration,
    site: &Site,
) -> Cookie<'static> {
    Cookie::build((cookie_name(name, site), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(site.is_secure())
        .max_age(age)
        .build()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

    use super::*;

    #[test]
    fn prefetch_header_is_recognized() {
        for (name, value, expected) in [
            ("sec-purpose", "prefetch", true),
            ("sec-purpose", "prefetch;prerender", true),
            ("sec-purpose", "prefetch;anonymous-client-ip", true),
            ("purpose", "Prefetch", true),
            ("x-purpose", "preview", true),
            ("x-moz", "prefetch", true),
            ("sec-purpose", "something-new", false),
            ("sec-fetch-dest", "prefetch", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            assert_eq!(is_prefetch(&headers), expected, "{name}: {value}");
        }
        assert!(!is_prefetch(&HeaderMap::new()));
    }
}
