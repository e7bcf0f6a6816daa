//! From a code to a token that is stored.

use std::sync::Arc;
use std::time::Duration;

use finch_api::{Client, Secret};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::failure::Failure;
use crate::keys::{Keys, Sealed};
use crate::store::Store;

/// Between attempts to store a token.
const PAUSE: Duration = Duration::from_secs(1);

/// What an exchange needs.
#[derive(Clone)]
pub(crate) struct Exchanger {
    finch: Client,
    keys: Arc<Keys>,
    store: Store,
    tasks: TaskTracker,
}

impl Exchanger {
    /// One whose tasks are tracked by `tasks`, so that somebody can wait for them.
    pub(crate) fn new(finch: Client, keys: Keys, store: Store, tasks: TaskTracker) -> Self {
        Self {
            finch,
            keys: Arc::new(keys),
            store,
            tasks,
        }
    }

    /// Exchanges `code`, and stores the token: in a task of its own, as the task
    /// of a request is dropped when its browser goes away.
    pub(crate) async fn exchange(
        &self,
        request_id: &str,
        code: Secret,
        redirect_uri: Option<&str>,
    ) -> Result<(), Failure> {
        let this = self.clone();
        let (request_id, redirect_uri) = (request_id.to_owned(), redirect_uri.map(str::to_owned));
        let run = async move { this.run(&request_id, code, redirect_uri).await };
        let task = self.tasks.spawn(run.in_current_span());
        task.await.unwrap_or_else(|error| {
            tracing::error!("the exchange did not come to its end: {error:#}");
            Err(Failure::Internal)
        })
    }

    async fn run(
        &self,
        request_id: &str,
        code: Secret,
        redirect_uri: Option<String>,
    ) -> Result<(), Failure> {
        if let Err(error) = self.store.begin_exchange(request_id).await {
            tracing::error!("the database cannot be written, and nothing was exchanged: {error:#}");
            return Err(Failure::Internal);
        }
        let mut exchange = self.finch.exchange_code(code);
        if let Some(uri) = redirect_uri {
            exchange = exchange.redirect_uri(uri);
        }
        match exchange.await {
            Ok(token) => {
                self.keep(request_id, &token.connection_id, &token.access_token)
                    .await
            }
            Err(error) => {
                if let Some(answer) = unread(&error) {
                    // Whose it is, nobody has read: the operator will.
                    let id = format!("unread-{request_id}");
                    tracing::error!("an answer that may hold a token is kept as connection {id}");
                    self.keep(request_id, &id, &answer).await?;
                    return Err(Failure::of(&error));
                }
                if let Err(error) = self.store.end_exchange(request_id).await {
                    tracing::warn!("the end of the exchange could not be noted: {error:#}");
                }
                Err(Failure::of(&error))
            }
        }
    }

    /// Stores the token of a connection. From here on it is nowhere else.
    async fn keep(
        &self,
        request_id: &str,
        connection_id: &str,
        token: &Secret,
    ) -> Result<(), Failure> {
        let sealed = match self.keys.seal(connection_id, token) {
            Ok(sealed) => Arc::new(sealed),
            Err(error) => {
                tracing::error!("the token is lost: {error:#}");
                return Err(Failure::Internal);
            }
        };
        if self.put(request_id, connection_id, &sealed).await {
            return Ok(());
        }
        let this = self.clone();
        let (request_id, connection_id) = (request_id.to_owned(), connection_id.to_owned());
        let again = async move {
            while !this.put(&request_id, &connection_id, &sealed).await {
                tokio::time::sleep(PAUSE).await;
            }
        };
        self.tasks.spawn(again.in_current_span());
        Err(Failure::NotStoredYet)
    }

    /// Tries to store it, and says whether it is.
    async fn put(&self, request_id: &str, connection_id: &str, sealed: &Arc<Sealed>) -> bool {
        let sealed = Arc::clone(sealed);
        let stored = self
            .store
            .end_exchange_with(request_id, connection_id, sealed);
        match stored.await {
            Ok(()) => {
                tracing::info!("connection {connection_id} is stored");
                true
            }
            Err(error) => {
                tracing::error!(
                    "the token of connection {connection_id} is not stored yet, and will be lost \
                     if this server is killed: mend the database: {error:#}"
                );
                false
            }
        }
    }
}

/// What came of an answer of success that could not be read: there may be a token
/// in it, which is nowhere else.
fn unread(error: &finch_api::Error) -> Option<Secret> {
    let body = error.expose_body().filter(|body| !body.is_empty())?;
    let is_success = error.status().is_some_and(|status| status.is_success());
    is_success.then(|| Secret::from(String::from_utf8_lossy(body).into_owned()))
}
