//! The server that Finch's guide asks every application for. It sends employers to Finch
//! Connect, exchanges the code that they return with for an access token, encrypts and
//! stores the token, and makes the first call with it.
//!
//! `cargo run -p finch-api --example callback_server` shows all of it without an
//! account, with a mock of Finch. With these variables it talks to Finch:
//!
//! | Variable | Meaning |
//! |---|---|
//! | `FINCH_CLIENT_ID`, `FINCH_CLIENT_SECRET` | From Finch's developer dashboard. |
//! | `TOKEN_KEYS` | The keys that encrypt the tokens: see [`keys`]. |
//! | `DATABASE` | The file of the SQLite database; `connections.db` by default. |
//! | `PUBLIC_URL` | The address that browsers use, such as `https://example.com`. `https://example.com/api/finch/callback` must then be a redirect URI in the dashboard. The server's own address by default. |
//! | `PORT` | The port on 127.0.0.1 that the server listens on; 3000 by default. A proxy in front of it does TLS. |
//! | `FINCH_PRODUCTS` | The products to ask employers for, separated by spaces; `company directory` by default. |
//! | `FINCH_SANDBOX` | Whether Finch Connect offers invented companies; `false` by default. |
//! | `RUST_LOG` | The log level; `info` by default. No level logs a secret. |
//!
//! # What to add
//!
//! Your login. An [`account`](account::Account) is a random cookie here, so that each
//! browser sees and disconnects its own connections only. In your application it is
//! the account of the user who is logged in.
//!
//! # Why no token is lost
//!
//! - The exchange and the storing run in a task that neither a closed browser nor a
//!   first signal to stop ends.
//! - The server writes to the database before it sends the code. If it cannot write
//!   the token afterwards, it keeps it in memory, encrypted, and tries again every
//!   second.
//! - If Finch's response cannot be decoded but contains a token, the token is stored as
//!   the connection `salvaged-REQUEST`. If no token can be found in it, the whole
//!   response is stored as `unread-REQUEST`, in Base64 if it is not UTF-8.
//! - The next start logs the exchanges that were cut short all the same.
//!
//! # Where to read
//!
//! The modules below are in the order in which they handle a request. They have no
//! circular dependencies.

// The settings, from the environment.
mod config;

// Every request: the connection, its time limits, its name and its route.
mod server;

mod request_id;

mod routes;

mod browser;

// `/connect`: to Finch Connect.
mod connect;

mod state;

mod account;

// `/api/finch/callback`: back from Finch Connect, with a code.
mod callback;

mod exchange;

mod company;

mod keys;

mod store;

// `/connected`, `/connections` and `/disconnect`: the stored connections.
mod connections;

// Every response.
mod failure;

mod pages;

// A mock of Finch.
mod demo;

#[cfg(all(test, feature = "test-util"))]
mod tests;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use finch_api::{Client, RequestOptions};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_util::task::TaskTracker;

use callback::Callback;
use config::{Config, Site};
use connect::Connect;
use connections::Connections;
use demo::Demo;
use exchange::Exchanger;
use keys::Keys;
use server::Signals;
use store::Store;

/// The deadline of an exchange, and the maximum number of safe retries.
const DEADLINE: Duration = Duration::from_secs(10);
const RETRIES: u32 = 1;

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_max_level(config::log_level()?)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let runtime = Runtime::new()?;
    let result = runtime.block_on(run());
    // Does not wait for threads that are still busy, such as a DNS lookup.
    runtime.shutdown_background();
    result
}

async fn run() -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config::port()?))
        .await
        .context("PORT: the server cannot listen on it: choose another")?;
    let address = listener.local_addr()?;
    let Config {
        site,
        client_id,
        products,
        sandbox,
        keys,
        database,
    } = Config::from_env(address)?;
    let store = Store::open(database.as_deref(), &keys)?;
    let (finch, connect, demo) = match client_id {
        Some(id) => {
            let connect = Connect::new(&id, &site, &products, sandbox);
            (Client::from_env()?, connect, Router::new())
        }
        None => {
            let demo = Demo::start(&site).await?;
            let connect = Connect::new(demo::CLIENT_ID, &site, &products, sandbox);
            (demo.client()?, connect.at(demo.url()), demo.routes())
        }
    };
    let tasks = TaskTracker::new();
    let router = application(&site, connect, &finch, keys, store, &tasks)
        .merge(pages::routes(demo.has_routes()))
        .merge(demo);

    let signals = Signals::listen()?;
    tracing::info!("listening on {address}");
    println!("open {}/", site.origin());
    server::serve(listener, routes::around(router), signals, tasks).await
}

/// Returns the routes of both flows and of the stored connections. A test uses a client without a
/// network.
fn application(
    site: &Site,
    connect: Connect,
    finch: &Client,
    keys: Keys,
    store: Store,
    tasks: &TaskTracker,
) -> Router {
    let finch = finch.with_options(RequestOptions::new().timeout(DEADLINE).max_retries(RETRIES));
    let keys = Arc::new(keys);
    let exchanger = Exchanger::new(finch.clone(), keys.clone(), store.clone(), tasks.clone());
    let connections = Connections::new(site.clone(), finch, keys, store, tasks.clone());
    connect
        .routes()
        .merge(Callback::new(site.clone(), exchanger).routes())
        .merge(connections.routes())
}
