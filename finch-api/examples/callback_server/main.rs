//! The server that Finch's guide asks every application for: it sends employers
//! to Finch Connect, exchanges the code that they come back with for an access
//! token, and stores the token encrypted.
//!
//! `cargo run -p finch-api --example callback_server` shows all of it without an
//! account, with a mock of Finch. With these variables it talks to Finch:
//!
//! | Variable | What it is |
//! |---|---|
//! | `FINCH_CLIENT_ID`, `FINCH_CLIENT_SECRET` | From Finch's developer dashboard. |
//! | `TOKEN_KEYS` | What tokens are encrypted with: see [`keys`]. |
//! | `DATABASE` | The file of the SQLite database; `connections.db` by default. |
//! | `PUBLIC_URL` | Where browsers find this server: `https://example.com`, for which `https://example.com/api/finch/callback` is a redirect URI in the dashboard. By default its own address. |
//! | `PORT` | The port on 127.0.0.1 that it listens on; 3000 by default. A proxy with TLS stands before it. |
//! | `FINCH_PRODUCTS`, `FINCH_SANDBOX` | What to ask employers for, separated by spaces (`company directory`), and whether of invented companies (`false`). |
//! | `RUST_LOG` | How much is logged: `info` by default. No level has a secret in it. |
//!
//! What is yours to add: who is logged in. `/connect` and the callback belong to
//! a session of your application, and the connection to the account that has it.
//!
//! How a token is not lost, once Finch has issued it: a task of its own exchanges
//! and stores, so that a browser that goes away stops neither, and a server that
//! is told to stop waits for both. The database is written to before the code is
//! spent; if it cannot be written afterwards, the token is kept in memory, sealed,
//! and tried again each second, with a line in the log. An answer of success that
//! cannot be read is stored like a token, as the connection `unread-REQUEST`.
//! Exchanges that were cut short all the same are named in the log of the next
//! start.

mod config;
mod connect;
mod demo;
mod exchange;
mod failure;
mod keys;
mod pages;
mod routes;
mod state;
mod store;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use config::Config;
use exchange::Exchanger;
use routes::App;
use store::Store;

/// How long a server that is told to stop waits for tokens that are not stored.
const GRACE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_max_level(config::log_level()?)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let listener = TcpListener::bind(("127.0.0.1", config::port()?))
        .await
        .context("PORT: it cannot be listened on: choose another")?;
    let address = listener.local_addr()?;
    let Config {
        site,
        finch,
        connect,
        keys,
        database,
        demo,
    } = Config::from_env(address).await?;
    let store = Store::open(database.as_deref(), &keys)?;

    let told_to_stop = told_to_stop()?;
    tracing::info!("listening on {address}");
    println!("open {}/", site.origin());
    let tasks = TaskTracker::new();
    let app = App {
        exchanger: Exchanger::new(finch, keys, store, tasks.clone()),
        connect,
        site,
        demo,
    };
    axum::serve(listener, routes::router(Arc::new(app)))
        .with_graceful_shutdown(told_to_stop)
        .await?;

    tasks.close();
    tokio::time::timeout(GRACE, tasks.wait())
        .await
        .context("tokens could not be stored, and are lost: the log has their connections")
}

/// Ctrl-C, or what a service manager sends: listened for from here on.
#[cfg(unix)]
fn told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(windows)]
fn told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupted = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupted.recv().await;
    })
}
