//! The `state` of Finch Connect: what says that a code comes from an employer
//! whom this server sent there with this very browser, and not from a link that
//! somebody else has made.
//!
//! Each way into Finch Connect has a state of its own, and a cookie with the same
//! secret, so that several tabs do not disturb one another. The server remembers
//! nothing. It is good once: coming back takes the cookie away.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

/// Finch Connect may take a while: an employer has to find their password.
const MINUTES: i64 = 30;
/// More than anybody has open at once.
const MOST: usize = 8;

/// The bytes of a state's id, by which its cookie is found, and of its secret.
const ID: usize = 12;
const SECRET: usize = 32;

/// A fresh state, and its cookie.
pub(crate) fn issue(jar: CookieJar, secure: bool) -> anyhow::Result<(CookieJar, String)> {
    let mut random = [0; ID + SECRET];
    getrandom::fill(&mut random)?;
    let (id, secret) = random.split_at(ID);
    let (id, secret) = (URL_SAFE_NO_PAD.encode(id), URL_SAFE_NO_PAD.encode(secret));
    let cookie = cookie(&id, &secret, secure);
    Ok((bounded(jar, secure).add(cookie), format!("{id}.{secret}")))
}

/// Whether `state` is one that this browser was given; it is not a second time.
/// Secrets are compared in constant time.
pub(crate) fn redeem(jar: CookieJar, state: &str, secure: bool) -> (CookieJar, bool) {
    let Some((id, secret)) = state.split_once('.') else {
        return (jar, false);
    };
    let given = jar.get(&name(id, secure)).map(Cookie::value);
    match given.is_some_and(|given| given.as_bytes().ct_eq(secret.as_bytes()).into()) {
        true => (jar.remove(cookie(id, "", secure)), true),
        false => (jar, false),
    }
}

/// Without the cookies of ways that nobody came back from, once they are many.
fn bounded(jar: CookieJar, secure: bool) -> CookieJar {
    let prefix = name("", secure);
    let ids: Vec<String> = jar
        .iter()
        .filter_map(|cookie| cookie.name().strip_prefix(prefix.as_str()))
        .map(str::to_owned)
        .collect();
    match ids.len() < MOST {
        true => jar,
        false => ids
            .iter()
            .fold(jar, |jar, id| jar.remove(cookie(id, "", secure))),
    }
}

/// The name of the cookie. With `__Host-`, browsers take it from this very host
/// by HTTPS alone.
fn name(id: &str, secure: bool) -> String {
    let prefix = if secure { "__Host-" } else { "" };
    format!("{prefix}finch-state-{id}")
}

/// `Lax`, as coming back from Finch Connect is a link from another site.
fn cookie(id: &str, secret: &str, secure: bool) -> Cookie<'static> {
    let mut cookie = Cookie::new(name(id, secure), secret.to_owned());
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(secure);
    cookie.set_max_age(time::Duration::minutes(MINUTES));
    cookie
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

    use axum::http::HeaderMap;
    use axum::http::header::{COOKIE, SET_COOKIE};
    use axum::response::IntoResponse as _;

    use super::*;

    /// What the browser has after an answer with `jar`.
    fn browser(jar: CookieJar) -> CookieJar {
        let text: Vec<_> = jar
            .iter()
            .map(|cookie| cookie.stripped().to_string())
            .collect();
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, text.join("; ").parse().unwrap());
        CookieJar::from_headers(&headers)
    }

    fn set_cookies(jar: CookieJar) -> Vec<String> {
        let response = jar.into_response();
        let cookies = response.headers().get_all(SET_COOKIE);
        cookies
            .iter()
            .map(|cookie| cookie.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn a_state_is_good_once_and_in_its_own_browser() {
        let (jar, state) = issue(CookieJar::new(), true).unwrap();
        let (jar, other) = issue(browser(jar), true).unwrap();
        assert_ne!(state, other);
        let jar = browser(jar);
        let (id, secret) = state.split_once('.').unwrap();
        assert_eq!((id.len(), secret.len()), (16, 43));
        for forged in [
            "",
            ".",
            id,
            &format!("{id}."),
            &format!("{id}.{secret}A"),
            &format!("x.{secret}"),
        ] {
            let (after, known) = redeem(jar.clone(), forged, true);
            assert!(!known, "{forged}");
            assert_eq!(set_cookies(after), [""; 0]);
        }
        assert!(!redeem(CookieJar::new(), &state, true).1);
        let (jar, known) = redeem(jar, &state, true);
        assert!(known);
        let jar = browser(jar);
        assert!(!redeem(jar.clone(), &state, true).1);
        assert!(redeem(jar, &other, true).1);
    }

    #[test]
    fn its_cookie_is_for_this_server_alone() {
        let (jar, state) = issue(CookieJar::new(), true).unwrap();
        let (id, secret) = state.split_once('.').unwrap();
        assert_eq!(
            set_cookies(jar.clone()),
            [format!(
                "__Host-finch-state-{id}={secret}; HttpOnly; SameSite=Lax; Secure; Path=/; \
                 Max-Age=1800"
            )]
        );
        // A browser takes no `__Host-` cookie away that is not `Secure`.
        let [removal] =
            <[String; 1]>::try_from(set_cookies(redeem(browser(jar), &state, true).0)).unwrap();
        assert!(
            removal.contains("; Secure") && removal.contains("; Path=/"),
            "{removal}"
        );
        assert!(removal.contains("; Max-Age=0"), "{removal}");
        let (jar, _) = issue(CookieJar::new(), false).unwrap();
        let [plain] = <[String; 1]>::try_from(set_cookies(jar)).unwrap();
        assert!(
            plain.starts_with("finch-state-") && !plain.contains("Secure"),
            "{plain}"
        );
    }

    #[test]
    fn they_do_not_become_many() {
        let jar = (0..20).fold(CookieJar::new(), |jar, _| {
            browser(issue(jar, false).unwrap().0)
        });
        assert!(jar.iter().count() <= MOST);
    }
}
