//! Connections with browsers: their time limits and their shutdown.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::time::Duration;

use anyhow::bail;
use axum::Router;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The time limits for the headers of a request, and then for its body: together ten seconds. A
/// connection without a request is also closed after `HEADERS`.
const HEADERS: Duration = Duration::from_secs(5);
const BODY: Duration = Duration::from_secs(5);

/// The grace period of a shutdown. It is enough for an exchange that has just begun (10 seconds),
/// the first call (3 seconds) and some attempts to store the token.
const GRACE: Duration = Duration::from_secs(30);

/// Serves `router` until a signal says to stop, then waits for `tasks`.
///
/// - After the first signal, the server accepts no connection, and closes each one
///   after the request that it is busy with.
/// - The second signal closes all connections. The tasks go on.
/// - The third signal, or the end of the grace period, ends the tasks, too.
pub(crate) async fn serve(
    mut listener: TcpListener,
    router: Router,
    mut signals: Signals,
    tasks: TaskTracker,
) -> anyhow::Result<()> {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS);
    let (connections, close) = (GracefulShutdown::new(), CancellationToken::new());
    loop {
        let (stream, _) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = signals.next() => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(close.clone().run_until_cancelled_owned(async {
            if let Err(error) = connection.await {
                tracing::debug!("a connection ended early: {error}");
            }
        }));
    }
    drop(listener);

    tracing::info!("stopping after {} running tasks", tasks.len());
    let mut stopped = pin!(async {
        connections.shutdown().await;
        tasks.close();
        tasks.wait().await;
    });
    let mut grace = pin!(tokio::time::sleep(GRACE));
    let mut is_second = true;
    loop {
        tokio::select! {
            () = &mut stopped => return Ok(()),
            () = &mut grace => break,
            () = signals.next() => {
                if !is_second {
                    break;
                }
                is_second = false;
                tracing::warn!("closing all connections");
                close.cancel();
            }
        }
    }
    match tasks.len() {
        0 => Ok(()),
        tasks => bail!("{tasks} tasks were ended: tokens that they had not stored are lost"),
    }
}

/// A body that arrived in time and is a `T`. Otherwise, the extractor responds with an error
/// status.
pub(crate) struct InTime<T>(pub(crate) Result<T, StatusCode>);

impl<S: Send + Sync, T: FromRequest<S>> FromRequest<S> for InTime<T> {
    type Rejection = Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        let body = tokio::time::timeout(BODY, T::from_request(request, state));
        Ok(Self(match body.await {
            Ok(Ok(body)) => Ok(body),
            Ok(Err(rejection)) => Err(rejection.into_response().status()),
            Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
        }))
    }
}

/// The signals that stop the server: Ctrl-C, and SIGTERM from a service manager.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    /// Starts to listen for signals.
    pub(crate) fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }
        #[cfg(windows)]
        Ok(Self {
            interrupt: tokio::signal::windows::ctrl_c()?,
        })
    }

    /// Waits for the next signal.
    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(windows)]
        self.interrupt.recv().await;
    }
}
