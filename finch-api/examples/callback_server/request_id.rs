//! The id of a request, in the log and on the pages of failures.

use std::fmt;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

/// A random UUID. Handlers extract it as an extension.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    fn random() -> Result<Self, getrandom::Error> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let id = uuid::Builder::from_random_bytes(random).into_uuid();
        Ok(Self(id.to_string().into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for RequestId {
    fn from(id: String) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives the request an id, and logs it without its query, which may contain a code.
pub(crate) async fn log(mut request: Request, next: Next) -> Response {
    let id = match RequestId::random() {
        Ok(id) => id,
        Err(error) => {
            tracing::error!("cannot make a request id without random bytes: {error}");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let span = tracing::info_span!("request", %id);
    request.extensions_mut().insert(id);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    async move {
        let response = next.run(request).await;
        tracing::info!("{method} {path}: {}", response.status());
        response
    }
    .instrument(span)
    .await
}
