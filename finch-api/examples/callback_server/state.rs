//! The `state` of Finch Connect. It shows that a code comes from an employer whom
//! this server sent to Finch Connect with this very browser, and not from a link that
//! somebody else has made.
//!
//! Each way to Finch Connect has its own state, and a cookie with the same secret, so
//! that several tabs do not disturb each other. A state is good for one code, and the
//! exchange checks that.

use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use axum_extra::extract::cookie::{Cookie, CookieJar};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::browser::{cookie, cookie_name};
use crate::config::Site;

/// The lifetime of a state. Finch Connect may take a while: an employer may have to find their
/// password.
pub(crate) const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// The maximum number of states of a browser: more tabs than anybody has open at once.
const MAX_STATES: usize = 8;

/// Creates a state, and adds its cookie. If the browser has too many states, removes the oldest.
pub(crate) fn issue(jar: CookieJar, site: &Site) -> anyhow::Result<(CookieJar, String)> {
    let mut random = [0; 10 + 32];
    getrandom::fill(&mut random)?;
    let (tail, secret) = random.split_first_chunk().context("it has more bytes")?;
    // A UUID of version 7 begins with the time, so the oldest id is the smallest.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let now = now.as_millis().try_into()?;
    let id = uuid::Builder::from_unix_timestamp_millis(now, tail).into_uuid();
    let secret = URL_SAFE_NO_PAD.encode(secret);
    let state = format!("{id}.{secret}");
    let cookie = cookie(&name(&id.to_string()), secret, LIFETIME.try_into()?, site);
    Ok((without_oldest(jar, site).add(cookie), state))
}

/// Whether this browser received `state`. Compares secrets in constant time.
pub(crate) fn is_issued(jar: &CookieJar, state: &str, site: &Site) -> bool {
    let Some((id, secret)) = state.split_once('.') else {
        return false;
    };
    let issued = jar.get(&cookie_name(&name(id), site)).map(Cookie::value);
    issued.is_some_and(|issued| issued.as_bytes().ct_eq(secret.as_bytes()).into())
}

/// Removes the oldest states until there is room for one more.
fn without_oldest(jar: CookieJar, site: &Site) -> CookieJar {
    let prefix = cookie_name(&name(""), site);
    let mut ids: Vec<String> = jar
        .iter()
        .filter_map(|cookie| cookie.name().strip_prefix(&prefix))
        .map(str::to_owned)
        .collect();
    ids.sort_unstable();
    let too_many = (ids.len() + 1).saturating_sub(MAX_STATES);
    let removal = |id: &String| cookie(&name(id), String::new(), time::Duration::ZERO, site);
    ids[..too_many]
        .iter()
        .map(removal)
        .fold(jar, CookieJar::remove)
}

fn name(id: &str) -> String {
    format!("state-{id}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

    use axum::http::HeaderMap;
    use axum::http::header::{COOKIE, SET_COOKIE};
    use axum::response::IntoResponse as _;

    use super::*;

    fn https() -> Site {
        Site::parse("https://example.com").unwrap()
    }

    /// Returns the cookies of the browser after a response with `jar`.
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
    fn state_is_valid_only_in_its_browser() {
        let site = https();
        let (jar, state) = issue(CookieJar::new(), &site).unwrap();
        let (jar, other) = issue(browser(jar), &site).unwrap();
        assert_ne!(state, other);
        let jar = browser(jar);
        assert!(is_issued(&jar, &state, &site));
        assert!(is_issued(&jar, &other, &site));
        assert!(!is_issued(&CookieJar::new(), &state, &site));
        let (id, secret) = state.split_once('.').unwrap();
        assert_eq!((id.len(), secret.len()), (36, 43));
        for forged in [
            "",
            ".",
            id,
            &format!("{id}."),
            &format!("{id}.{secret}A"),
            &format!("x.{secret}"),
        ] {
            assert!(!is_issued(&jar, forged, &site), "{forged}");
        }
    }

    #[test]
    fn state_cookie_is_limited_to_this_server() {
        let (jar, state) = issue(CookieJar::new(), &https()).unwrap();
        let (id, secret) = state.split_once('.').unwrap();
        assert_eq!(
            set_cookies(jar),
            [format!(
                "__Host-finch-state-{id}={secret}; HttpOnly; SameSite=Lax; Secure; Path=/; \
                 Max-Age=1800"
            )]
        );
        let local = Site::parse("http://localhost:3000").unwrap();
        let (jar, _) = issue(CookieJar::new(), &local).unwrap();
        let [plain] = <[String; 1]>::try_from(set_cookies(jar)).unwrap();
        assert!(
            plain.starts_with("finch-state-") && !plain.contains("Secure"),
            "{plain}"
        );
    }

    #[test]
    fn oldest_state_is_dropped_first() {
        let site = https();
        // Not in the order of their times.
        let given = [3, 8, 1, 6, 2, 7, 5, 4].map(|millis| {
            let id = uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid();
            (millis, cookie_name(&name(&id.to_string()), &site))
        });
        let jar = given.iter().fold(CookieJar::new(), |jar, (_, name)| {
            jar.add(Cookie::new(name.clone(), "secret"))
        });
        let (jar, state) = issue(browser(jar), &site).unwrap();
        for (millis, name) in &given {
            assert_eq!(jar.get(name).is_some(), *millis != 1, "{millis}");
        }
        assert!(is_issued(&jar, &state, &site));
        let removals = set_cookies(jar);
        let removal = removals.iter().find(|cookie| cookie.contains("Max-Age=0"));
        // A browser ignores the removal of a `__Host-` cookie that is not `Secure`.
        let removal = removal.unwrap();
        assert!(
            removal.contains("; Secure") && removal.contains("; Path=/"),
            "{removal}"
        );
        assert_eq!(removals.len(), 2);
    }
}
