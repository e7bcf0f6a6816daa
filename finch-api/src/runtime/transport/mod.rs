//! Transports: services that send a request and return its response.
//!
//! The default transport uses `reqwest`. `ClientBuilder::transport` sets another one. Its
//! documentation states the rules for transports.

mod error;
mod fair_body;
mod request_body;
mod reqwest_transport;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use tower::util::{BoxCloneSyncService, ServiceExt as _};
use tower_service::Service;

pub use error::TransportError;
pub(crate) use fair_body::FairBody as BoxBody;
pub use request_body::RequestBody;
pub use reqwest_transport::{ReqwestTransport, ResponseBody};

/// The error of any transport.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The parsed URL of a request, stored as an extension. Parsing a URL is the most
/// expensive step of a call.
#[derive(Clone)]
pub(crate) struct ParsedUrl(pub(crate) reqwest::Url);

/// A type-erased transport.
#[derive(Clone, Debug)]
pub(crate) struct Transport(
    BoxCloneSyncService<http::Request<RequestBody>, http::Response<BoxBody>, BoxError>,
);

impl Transport {
    pub(crate) fn new<S, B>(service: S) -> Self
    where
        S: Service<
                http::Request<RequestBody>,
                Response = http::Response<B>,
                Error: Into<BoxError>,
                Future: Send + 'static,
            > + Clone
            + Send
            + Sync
            + 'static,
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let service = service
            .map_response(|response: http::Response<B>| {
                response.map(|body| BoxBody::new(body.map_err(Into::into).boxed_unsync()))
            })
            .map_err(Into::into);
        Self(BoxCloneSyncService::new(service))
    }

    /// Waits until the transport is ready for a request.
    pub(crate) async fn ready(&mut self) -> Result<(), BoxError> {
        self.0.ready().await.map(|_ready| ())
    }

    /// Sends `request`. The transport must be [ready](Self::ready).
    pub(crate) fn send(
        &mut self,
        request: http::Request<RequestBody>,
    ) -> impl Future<Output = Result<http::Response<BoxBody>, BoxError>> + Send + 'static {
        self.0.call(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transport_types_are_send_and_sync() {
        fn is_send<T: Send + 'static>() {}
        fn is_sync<T: Send + Sync + 'static>() {}
        is_sync::<Transport>();
        is_sync::<RequestBody>();
        is_sync::<ReqwestTransport>();
        is_sync::<TransportError>();
        is_send::<BoxBody>();
        is_send::<ResponseBody>();
        is_send::<<ReqwestTransport as Service<http::Request<RequestBody>>>::Future>();
    }
}
