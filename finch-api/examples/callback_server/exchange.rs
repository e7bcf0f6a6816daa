//! Exchanges codes, and stores the tokens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use finch_api::{Client, Secret};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::account::Account;
use crate::failure::Failure;
use crate::keys::Keys;
use crate::request_id::RequestId;
use crate::store::{Issued, Store};
use crate::{company, state};

/// The time between two attempts to store a token.
const PAUSE: Duration = Duration::from_secs(1);

/// The maximum number of exchanges that the server remembers.
const MAX_ARRIVALS: usize = 10_000;

/// A code to exchange, with its account and redirect URI.
pub(crate) struct Exchange {
    pub(crate) request_id: RequestId,
    pub(crate) account: Account,
    pub(crate) code: Secret,
    /// `None` in the embedded flow.
    pub(crate) redirect_uri: Option<String>,
}

impl Exchange {
    /// Identifies the code of this account.
    fn arrival(&self) -> [u8; 32] {
        let code = self.code.expose_secret();
        digest(&[self.account.as_bytes(), code.as_bytes()])
    }
}

/// The request that made the connection, or the reason for the failure.
type Outcome = Result<RequestId, Failure>;

/// The first request with a code.
struct Arrival {
    at: Instant,
    state: Option<[u8; 32]>,
    request_id: RequestId,
    /// `None` while the exchange is running.
    outcome: watch::Receiver<Option<Outcome>>,
}

#[derive(Clone)]
pub(crate) struct Exchanger {
    finch: Client,
    keys: Arc<Keys>,
    store: Store,
    tasks: TaskTracker,
    /// The exchanges by [`Exchange::arrival`].
    arrivals: Arc<Mutex<HashMap<[u8; 32], Arrival>>>,
}

impl Exchanger {
    /// Returns an exchanger that runs its tasks on `tasks`, so that the server can wait
    /// for them.
    pub(crate) fn new(finch: Client, keys: Arc<Keys>, store: Store, tasks: TaskTracker) -> Self {
        Self {
            finch,
            keys,
            store,
            tasks,
            arrivals: Arc::default(),
        }
    }

    /// Exchanges a code and stores its token.
    ///
    /// Browsers repeat a request after a second click or a reload. As long as the state
    /// is valid, a repeated code gets the outcome of the first exchange, even while that
    /// exchange is still running. Another code with the same state is refused.
    pub(crate) async fn exchange_once(&self, state: Option<&str>, exchange: Exchange) -> Outcome {
        let mut outcome = self.first_arrival(state, exchange)?;
        let outcome = outcome.wait_for(Option::is_some).await;
        let outcome = outcome.ok().and_then(|outcome| outcome.clone());
        outcome.unwrap_or_else(|| Err(Failure::Internal.because("the exchange panicked")))
    }

    /// Returns the outcome of the first request with the code, which may be this request.
    fn first_arrival(
        &self,
        state: Option<&str>,
        exchange: Exchange,
    ) -> Result<watch::Receiver<Option<Outcome>>, Failure> {
        let code = exchange.arrival();
        let state = state.map(|state| digest(&[state.as_bytes()]));
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        arrivals.retain(|_, arrival| arrival.at.elapsed() < state::LIFETIME);
        if let Some(Arrival {
            request_id,
            outcome,
            ..
        }) = arrivals.get(&code)
        {
            tracing::info!("the code was already used by request {request_id}");
            return Ok(outcome.clone());
        }
        let is_same_state = |arrival: &&Arrival| state.is_some() && arrival.state == state;
        if let Some(first) = arrivals.values().find(is_same_state) {
            let cause = format_args!("request {} used the state", first.request_id);
            return Err(Failure::Forged.because(cause));
        }
        if arrivals.len() >= MAX_ARRIVALS {
            let oldest = arrivals.iter().min_by_key(|(_, arrival)| arrival.at);
            if let Some(code) = oldest.map(|(code, _)| *code) {
                arrivals.remove(&code);
            }
        }
        let request_id = exchange.request_id.clone();
        let outcome = self.start(exchange);
        let arrival = Arrival {
            at: Instant::now(),
            state,
            request_id,
            outcome: outcome.clone(),
        };
        arrivals.insert(code, arrival);
        Ok(outcome)
    }

    /// Runs the exchange in its own task, because the task of a request is dropped when its browser
    /// disconnects.
    fn start(&self, exchange: Exchange) -> watch::Receiver<Option<Outcome>> {
        let (sender, outcome) = watch::channel(None);
        let this = self.clone();
        let run = async move {
            let outcome = this.run(exchange).await;
            sender.send_replace(Some(outcome));
        };
        self.tasks.spawn(run.in_current_span());
        outcome
    }

    async fn run(&self, exchange: Exchange) -> Outcome {
        let arrival = exchange.arrival();
        let Exchange {
            request_id,
            account,
            code,
            redirect_uri,
        } = exchange;
        match self.store.begin_exchange(&request_id, arrival).await {
            Ok(None) => {}
            Ok(Some(first)) => {
                tracing::info!("the code was already used by request {first}");
                return Ok(first);
            }
            Err(error) => {
                let what = "the database cannot be written, and nothing was exchanged";
                return Err(Failure::Internal.because(format_args!("{what}: {error:#}")));
            }
        }
        let mut call = self.finch.exchange_code(code);
        if let Some(uri) = redirect_uri {
            call = call.redirect_uri(uri);
        }
        let mut issued = Issued {
            request_id: request_id.clone(),
            connection_id: String::new(),
            account: Some(account),
            arrival,
            provider: None,
            products: Vec::new(),
        };
        let error = match call.send().await {
            Ok(response) => {
                let response = response.into_inner();
                issued.connection_id = response.connection_id;
                issued.provider = Some(response.provider_id);
                issued.products = response.products;
                return self.connect(issued, response.access_token).await;
            }
            Err(error) => error,
        };
        if let Some(token) = error.access_token() {
            tracing::warn!("Finch's response is not as documented, but contains a token: {error}");
            issued.connection_id = format!("salvaged-{request_id}");
            return self.connect(issued, token.clone()).await;
        }
        let failure = Failure::of_exchange(&error);
        if let Some(response) = unread(&error) {
            issued.connection_id = format!("unread-{request_id}");
            // It has no owner until the operator identifies the account.
            issued.account = None;
            let id = &issued.connection_id;
            tracing::error!("a response that may contain a token is stored as connection {id}");
            self.keep(issued, &response).await?;
        } else if let Err(error) = self.store.end_exchange(&request_id).await {
            tracing::warn!("the end of the exchange is not stored: {error:#}");
        }
        Err(failure)
    }

    /// Stores the token of a connection, and makes the first call with it.
    async fn connect(&self, issued: Issued, token: Secret) -> Outcome {
        let (request_id, connection_id) = (issued.request_id.clone(), issued.connection_id.clone());
        self.keep(issued, &token).await?;
        match company::name(&self.finch, token).await {
            Ok(Some(name)) => {
                if let Err(error) = self.store.set_company(&request_id, name).await {
                    tracing::warn!(
                        "the company of connection {connection_id} is not stored: {error:#}"
                    );
                }
            }
            Ok(None) => tracing::info!("Finch does not know the company of {connection_id} yet"),
            Err(error) => tracing::warn!("the company of {connection_id} is not known: {error}"),
        }
        Ok(request_id)
    }

    /// Stores a token. Until then, no other copy of it exists.
    async fn keep(&self, issued: Issued, token: &Secret) -> Result<(), Failure> {
        let connection_id = issued.connection_id.clone();
        let sealed = match self.keys.seal(&connection_id, token) {
            Ok(sealed) => sealed,
            Err(error) => {
                let cause = format_args!("the token is lost: {error:#}");
                return Err(Failure::Internal.because(cause));
            }
        };
        let record = Arc::new((issued, sealed));
        let Err(error) = self.store.end_exchange_with(&record).await else {
            tracing::info!("connection {connection_id} is stored");
            return Ok(());
        };
        let not_stored = format!(
            "the token of connection {connection_id} is not stored yet, and will be lost if this \
             server is killed: mend the database"
        );
        let failure = Failure::NotStoredYet.because(format_args!("{not_stored}: {error:#}"));
        let store = self.store.clone();
        let again = async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                match store.end_exchange_with(&record).await {
                    Ok(()) => break tracing::info!("connection {connection_id} is stored"),
                    Err(error) => tracing::error!("{not_stored}: {error:#}"),
                }
            }
        };
        self.tasks.spawn(again.in_current_span());
        Err(failure)
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let hash = parts.iter().fold(Sha256::new(), Sha256::chain_update);
    hash.finalize().into()
}

/// Returns the body of a success that could not be decoded. It may contain a token that is stored
/// nowhere else. A body that is not UTF-8, such as a compressed one, is in Base64.
fn unread(error: &finch_api::Error) -> Option<Secret> {
    let body = error.expose_body().filter(|body| !body.is_empty())?;
    let is_success = error.status().is_some_and(|status| status.is_success());
    is_success.then(|| match str::from_utf8(body) {
        Ok(text) => text.into(),
        Err(_) => STANDARD.encode(body).into(),
    })
}
