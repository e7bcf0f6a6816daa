//! The owner of a connection. This example has no login, so a random cookie identifies
//! the account.

use axum_extra::extract::cookie::{Cookie, CookieJar};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::browser::{cookie, cookie_name};
use crate::config::Site;

const COOKIE: &str = "account";

/// The longest time that browsers keep a cookie.
const LIFETIME: time::Duration = time::Duration::days(400);

/// The hash of the cookie's secret. A reader of the database cannot take over the account
/// with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account([u8; 32]);

impl Account {
    /// Returns the account of the browser, if it has one.
    pub(crate) fn get(jar: &CookieJar, site: &Site) -> Option<Self> {
        let secret = jar.get(&cookie_name(COOKIE, site)).map(Cookie::value)?;
        Some(Self(Sha256::digest(secret).into()))
    }

    /// Returns the account of the browser, or creates one.
    pub(crate) fn get_or_create(
        jar: CookieJar,
        site: &Site,
    ) -> Result<(CookieJar, Self), getrandom::Error> {
        if let Some(account) = Self::get(&jar, site) {
            return Ok((jar, account));
        }
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let secret = URL_SAFE_NO_PAD.encode(random);
        let account = Self(Sha256::digest(&secret).into());
        Ok((jar.add(cookie(COOKIE, secret, LIFETIME, site)), account))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
