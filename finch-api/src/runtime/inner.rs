//! What makes a client more than a base URL and connections.

use std::fmt;
use std::time::Duration;

use super::credentials::Credentials;
use crate::Client;

/// What a client carries beside its base URL and its connections.
#[derive(Clone, Debug)]
pub(crate) struct Inner {
    pub(crate) credentials: Credentials,
    /// The longest that a call may take, its answer's body included.
    pub(crate) deadline: Duration,
    /// The most bytes that the body of an answer may have.
    pub(crate) max_response_bytes: usize,
}

impl fmt::Debug for Client {
    /// Shows whether there are credentials, but not which: see
    /// [`Secret`](crate::Secret).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            credentials,
            deadline,
            max_response_bytes,
        } = &self.inner;
        f.debug_struct("Client")
            .field("base_url", &self.baseurl)
            .field("client_id", &credentials.client_id)
            .field("client_secret", &credentials.client_secret)
            .field("access_token", &credentials.access_token)
            .field("deadline", deadline)
            .field("max_response_bytes", max_response_bytes)
            .finish_non_exhaustive()
    }
}
