//! The pages that list and disconnect the connections of an account.

use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use axum_extra::extract::cookie::CookieJar;
use finch_api::{Client, Method};
use serde::Deserialize;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::account::Account;
use crate::browser::is_same_origin;
use crate::config::Site;
use crate::failure::Failure;
use crate::keys::Keys;
use crate::pages;
use crate::request_id::RequestId;
use crate::server::InTime;
use crate::store::{Store, Stored};

#[derive(Clone)]
pub(crate) struct Connections {
    site: Site,
    finch: Client,
    keys: Arc<Keys>,
    store: Store,
    tasks: TaskTracker,
}

impl Connections {
    pub(crate) fn new(
        site: Site,
        finch: Client,
        keys: Arc<Keys>,
        store: Store,
        tasks: TaskTracker,
    ) -> Self {
        Self {
            site,
            finch,
            keys,
            store,
            tasks,
        }
    }

    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/connected/{connection}", get(connected))
            .route("/connections", get(list))
            .route("/disconnect", get(confirm).post(disconnect))
            .with_state(self)
    }

    /// Returns the connection that the request with this id made, if it belongs to the
    /// account of the browser.
    async fn find(&self, jar: &CookieJar, id: String) -> Result<Stored, Failure> {
        let stored = match Account::get(jar, &self.site) {
            Some(account) => self.store.connection(account, id).await,
            None => Ok(None),
        };
        match stored {
            Ok(Some(stored)) => Ok(stored),
            Ok(None) => Err(Failure::NotFound.because("the account has no such connection")),
            Err(error) => Err(unreadable(&error)),
        }
    }

    /// Disconnects a connection at Finch, and then removes it. In the opposite order, the token
    /// could be lost while the connection still exists.
    async fn disconnect(&self, stored: Stored) -> Result<(), Failure> {
        let Stored {
            connection_id,
            request_id,
            token,
            ..
        } = stored;
        let token = match self.keys.open(&connection_id, &token) {
            Ok(token) => token,
            Err(error) => return Err(Failure::NotDisconnected.because(format_args!("{error:#}"))),
        };
        let call = async {
            let finch = self.finch.with_access_token(token)?;
            // Disconnecting is idempotent, so the request may be retried.
            let request = finch.request(Method::POST, "/disconnect").idempotent(true);
            request.send_for_bytes().await
        };
        match call.await {
            Ok(_) => tracing::info!("connection {connection_id} is disconnected"),
            Err(error) if error.name() == Some("invalid_token_error") => {
                tracing::info!("connection {connection_id} was disconnected before: {error}");
            }
            Err(error) => return Err(Failure::NotDisconnected.because(error)),
        }
        let removed = self.store.remove(request_id).await;
        removed.map_err(|error| {
            let what = "Finch has disconnected it, but it is still stored";
            Failure::NotDisconnected.because(format_args!("{what}: {error:#}"))
        })
    }
}

fn unreadable(error: &anyhow::Error) -> Failure {
    Failure::Internal.because(format_args!("the database cannot be read: {error:#}"))
}

/// The last page of both flows.
async fn connected(
    State(connections): State<Connections>,
    Extension(request_id): Extension<RequestId>,
    jar: CookieJar,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let stored = match id {
        Ok(Path(id)) => connections.find(&jar, id).await,
        Err(error) => Err(Failure::NotFound.because(error.body_text())),
    };
    match stored {
        Ok(stored) => pages::connected(&stored).into_response(),
        Err(failure) => pages::failure(&failure, &request_id),
    }
}

async fn list(
    State(connections): State<Connections>,
    Extension(request_id): Extension<RequestId>,
    jar: CookieJar,
) -> Response {
    let stored = match Account::get(&jar, &connections.site) {
        Some(account) => connections.store.connections(account).await,
        None => Ok(Vec::new()),
    };
    match stored {
        Ok(stored) => pages::connections(&stored).into_response(),
        Err(error) => pages::failure(&unreadable(&error), &request_id),
    }
}

/// The query of the confirmation page, and its form.
#[derive(Deserialize)]
struct Disconnect {
    connection: String,
}

/// Shows the confirmation page.
async fn confirm(
    State(connections): State<Connections>,
    Extension(request_id): Extension<RequestId>,
    jar: CookieJar,
    query: Result<Query<Disconnect>, QueryRejection>,
) -> Response {
    let stored = match query {
        Ok(Query(Disconnect { connection })) => connections.find(&jar, connection).await,
        Err(error) => Err(Failure::Malformed(error.status()).because(error.body_text())),
    };
    match stored {
        Ok(stored) => pages::confirm(&stored),
        Err(failure) => pages::failure(&failure, &request_id),
    }
}

async fn disconnect(
    State(connections): State<Connections>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    jar: CookieJar,
    InTime(form): InTime<Form<Disconnect>>,
) -> Response {
    let stored = match form {
        _ if !is_same_origin(&headers, &connections.site) => {
            Err(Failure::CrossSite.because("no page of this site sent the form"))
        }
        Err(status) => {
            let cause = "the body is not the form, or is too large or too slow";
            Err(Failure::Malformed(status).because(cause))
        }
        Ok(Form(Disconnect { connection })) => connections.find(&jar, connection).await,
    };
    let outcome = match stored {
        Ok(stored) => {
            // In its own task, because a closed browser must not leave a stored connection that is
            // disconnected at Finch.
            let this = connections.clone();
            let run = async move { this.disconnect(stored).await };
            let task = connections.tasks.spawn(run.in_current_span());
            let panicked = |error| Err(Failure::NotDisconnected.because(error));
            task.await.unwrap_or_else(panicked)
        }
        // The second click of two.
        Err(Failure::NotFound) => Ok(()),
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) => Redirect::to("/connections").into_response(),
        Err(failure) => pages::failure(&failure, &request_id),
    }
}
