//! The settings, from the environment.

use std::env::{self, VarError};
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use reqwest::Url;
use tracing_subscriber::filter::LevelFilter;

use crate::keys::Keys;

/// The path of the redirect URI.
pub(crate) const CALLBACK: &str = "/api/finch/callback";

/// The settings of the server.
pub(crate) struct Config {
    pub(crate) site: Site,
    /// `None` for the demo. `Client::from_env` reads the client's other settings.
    pub(crate) client_id: Option<String>,
    /// Separated by spaces.
    pub(crate) products: String,
    pub(crate) sandbox: bool,
    pub(crate) keys: Keys,
    /// The file of the database; `None` for one in memory.
    pub(crate) database: Option<PathBuf>,
}

impl Config {
    /// Reads the settings of a server that listens on `address`.
    pub(crate) fn from_env(address: SocketAddr) -> anyhow::Result<Self> {
        let site = match variable("PUBLIC_URL")? {
            Some(url) => Site::parse(&url).context("PUBLIC_URL")?,
            None => Site::parse(&format!("http://{address}"))?,
        };
        let client_id = variable("FINCH_CLIENT_ID")?;
        match (&client_id, variable("FINCH_CLIENT_SECRET")?) {
            (Some(_), Some(_)) | (None, None) => {}
            (None, Some(_)) => bail!(
                "FINCH_CLIENT_SECRET is set, but FINCH_CLIENT_ID is not: set both, or none to see \
                 it with a mock of Finch"
            ),
            (Some(_), None) => {
                bail!("FINCH_CLIENT_SECRET is not set: copy it from Finch's developer dashboard")
            }
        }
        let is_demo = client_id.is_none();
        let database = match variable("DATABASE")? {
            None if !is_demo => Some("connections.db".into()),
            file => file.map(PathBuf::from),
        };
        let keys = match variable("TOKEN_KEYS")? {
            Some(keys) => Keys::parse(&keys).context("TOKEN_KEYS")?,
            None if database.is_none() => Keys::random()?,
            None => bail!(
                "TOKEN_KEYS is not set: set it to `ID:KEY`, any name for the key and 32 random \
                 bytes in base64, as `openssl rand -base64 32` prints them"
            ),
        };
        let products = variable("FINCH_PRODUCTS")?;
        Ok(Self {
            site,
            client_id,
            products: products.unwrap_or_else(|| "company directory".to_owned()),
            sandbox: match variable("FINCH_SANDBOX")?.as_deref() {
                None | Some("false") => false,
                Some("true") => true,
                Some(_) => bail!("FINCH_SANDBOX: it is neither `true` nor `false`"),
            },
            keys,
            database,
        })
    }
}

/// Returns the address that browsers use.
#[derive(Clone)]
pub(crate) struct Site {
    origin: String,
    secure: bool,
}

impl Site {
    pub(crate) fn parse(url: &str) -> anyhow::Result<Self> {
        let url = Url::parse(url).context("it is not a URL")?;
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => bail!("it is neither https:// nor http://"),
        };
        ensure!(
            url.path() == "/" && url.query().is_none() && url.fragment().is_none(),
            "it has more than a host and a port: remove the rest"
        );
        let host = url.host_str().unwrap_or_default();
        ensure!(
            secure || host == "localhost" || host == "[::1]" || host.starts_with("127."),
            "it is http://, which sends codes in clear text: use https://"
        );
        let origin = url.origin().ascii_serialization();
        Ok(Self { origin, secure })
    }

    /// Returns the origin in the notation of browsers.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether browsers use HTTPS.
    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }

    /// Returns the redirect URI of Finch Connect. The exchange repeats it.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("{}{CALLBACK}", self.origin)
    }
}

/// Returns the port to listen on, or 0 for any free port.
pub(crate) fn port() -> anyhow::Result<u16> {
    match variable("PORT")? {
        Some(port) => port
            .parse()
            .context("PORT: it is not a number from 0 to 65535"),
        None => Ok(3000),
    }
}

/// Returns the log level.
pub(crate) fn log_level() -> anyhow::Result<LevelFilter> {
    match variable("RUST_LOG")? {
        Some(level) => level.parse().context("RUST_LOG: it is not a log level"),
        None => Ok(LevelFilter::INFO),
    }
}

/// Reads a variable. An empty variable is an error.
fn variable(name: &str) -> anyhow::Result<Option<String>> {
    match env::var(name) {
        Ok(value) if value.trim().is_empty() => {
            bail!("{name} is empty: set it, or leave it unset")
        }
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => bail!("{name}: it is not Unicode"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

    use super::*;

    #[test]
    fn origins_match_the_form_of_browsers() {
        let origin = |url| Site::parse(url).map(|site| site.origin).unwrap();
        assert_eq!(origin("https://Example.com:443/"), "https://example.com");
        assert_eq!(origin("http://127.0.0.1:3000"), "http://127.0.0.1:3000");
    }

    #[test]
    fn unsafe_and_invalid_addresses_are_refused() {
        for (url, message) in [
            ("example.com", "it is not a URL"),
            ("ftp://example.com", "it is neither https:// nor http://"),
            (
                "http://example.com",
                "it is http://, which sends codes in clear text: use https://",
            ),
            (
                "https://example.com/app",
                "it has more than a host and a port: remove the rest",
            ),
        ] {
            assert_eq!(Site::parse(url).err().unwrap().to_string(), message);
        }
    }
}
