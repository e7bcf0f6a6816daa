//! The settings, from the environment.

use std::env::{self, VarError};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use finch_api::{Client, RequestOptions};
use reqwest::Url;
use tracing_subscriber::filter::LevelFilter;

use crate::connect::Connect;
use crate::demo::{self, Demo};
use crate::keys::Keys;

/// How long an employer waits before the exchange is given up, and how often it
/// is sent again where that is safe.
const DEADLINE: Duration = Duration::from_secs(10);
const RETRIES: u32 = 1;

/// Everything that the server is told.
pub(crate) struct Config {
    pub(crate) site: Site,
    pub(crate) finch: Client,
    pub(crate) connect: Connect,
    pub(crate) keys: Keys,
    /// The database's file; `None` for one in memory.
    pub(crate) database: Option<PathBuf>,
    pub(crate) demo: Option<Demo>,
}

impl Config {
    /// The settings of the environment, for a server that listens on `address`.
    pub(crate) async fn from_env(address: SocketAddr) -> anyhow::Result<Self> {
        let site = match variable("PUBLIC_URL")? {
            Some(url) => Site::parse(&url).context("PUBLIC_URL")?,
            None => Site::parse(&format!("http://{address}"))?,
        };
        let keys = variable("TOKEN_KEYS")?;
        let keys = keys.map(|keys| Keys::parse(&keys).context("TOKEN_KEYS"));
        let keys = keys.transpose()?;
        let database = variable("DATABASE")?.map(PathBuf::from);
        let products = variable("FINCH_PRODUCTS")?.unwrap_or_else(|| "company directory".into());
        let sandbox = match variable("FINCH_SANDBOX")?.as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => bail!("FINCH_SANDBOX: it is `true` or `false`"),
        };
        let secret = variable("FINCH_CLIENT_SECRET")?;
        let options = RequestOptions::new().timeout(DEADLINE).max_retries(RETRIES);

        let Some(client_id) = variable("FINCH_CLIENT_ID")? else {
            ensure!(
                secret.is_none(),
                "FINCH_CLIENT_SECRET is set, but FINCH_CLIENT_ID is not: set both, or none to see \
                 it with a mock of Finch"
            );
            let keys = match (keys, &database) {
                (Some(keys), _) => keys,
                (None, None) => Keys::random()?,
                (None, Some(_)) => bail!("TOKEN_KEYS is not set, for what is in DATABASE: set it"),
            };
            let (demo, finch) = Demo::start(&site).await?;
            return Ok(Self {
                connect: Connect::new(demo::CLIENT_ID, &site, &products, sandbox)
                    .in_place_of_finch(demo.url()),
                finch: finch.with_options(options),
                site,
                keys,
                database,
                demo: Some(demo),
            });
        };
        ensure!(
            secret.is_some(),
            "FINCH_CLIENT_SECRET is not set: copy it from Finch's developer dashboard"
        );
        Ok(Self {
            finch: Client::from_env()?.with_options(options),
            connect: Connect::new(&client_id, &site, &products, sandbox),
            site,
            keys: keys.context(
                "TOKEN_KEYS is not set: set it to `ID:KEY`, any name for the key and 32 random \
                 bytes in base64, as `openssl rand -base64 32` prints them",
            )?,
            database: Some(database.unwrap_or_else(|| "connections.db".into())),
            demo: None,
        })
    }
}

/// Where browsers find the server.
pub(crate) struct Site {
    origin: String,
    secure: bool,
}

impl Site {
    fn parse(url: &str) -> anyhow::Result<Self> {
        let url = Url::parse(url).context("it is not a URL")?;
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => bail!("it is neither https:// nor http://"),
        };
        ensure!(
            url.path() == "/" && url.query().is_none() && url.fragment().is_none(),
            "it has more than a host and a port: leave the rest away"
        );
        let host = url.host_str().unwrap_or_default();
        ensure!(
            secure || host == "localhost" || host == "[::1]" || host.starts_with("127."),
            "it is http://, so that codes would travel in clear: use https://"
        );
        let origin = url.origin().ascii_serialization();
        Ok(Self { origin, secure })
    }

    /// Its origin, as browsers write it.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether browsers reach it by HTTPS alone.
    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }

    /// Where Finch Connect sends them back to.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("{}/api/finch/callback", self.origin)
    }
}

/// The port to listen on; 0 is any that is free.
pub(crate) fn port() -> anyhow::Result<u16> {
    match variable("PORT")? {
        Some(port) => port.parse().context("PORT: it is not a number of a port"),
        None => Ok(3000),
    }
}

/// How much is logged.
pub(crate) fn log_level() -> anyhow::Result<LevelFilter> {
    match variable("RUST_LOG")? {
        Some(level) => level.parse().context("RUST_LOG: it is not a level"),
        None => Ok(LevelFilter::INFO),
    }
}

/// A variable; set but empty is a mistake.
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
    fn an_origin_is_written_as_browsers_do() {
        let origin = |url| Site::parse(url).map(|site| site.origin).unwrap();
        assert_eq!(origin("https://Example.com:443/"), "https://example.com");
        assert_eq!(origin("http://127.0.0.1:3000"), "http://127.0.0.1:3000");
    }

    #[test]
    fn what_would_not_do_is_refused() {
        for (url, message) in [
            ("example.com", "it is not a URL"),
            ("ftp://example.com", "it is neither https:// nor http://"),
            (
                "http://example.com",
                "it is http://, so that codes would travel in clear: use https://",
            ),
            (
                "https://example.com/app",
                "it has more than a host and a port: leave the rest away",
            ),
        ] {
            assert_eq!(Site::parse(url).err().unwrap().to_string(), message);
        }
    }
}
