//! Makes a client of a fake server, for the programs of the tests.

use std::sync::Arc;
use std::time::Duration;

use crate::Client;
use crate::runtime::transport::Transport;
use crate::runtime::{BaseUrl, Config, Credentials};
use crate::testing::FakeTransport;

/// Returns a client of `fake`.
pub(super) fn client_of(fake: &FakeTransport, max_retries: u32) -> Client {
    let config = Config {
        base_url: BaseUrl::parse("https://api.example.com", false).unwrap(),
        servers: Default::default(),
        transport: Transport::new(fake.clone()),
        credentials: Arc::new(Credentials {
            access_token: Some("token".into()),
            ..Credentials::default()
        }),
        headers: Default::default(),
        timeout: Duration::from_secs(10),
        max_retries,
        max_retry_wait: Duration::from_secs(10),
        max_response_bytes: 1 << 20,
    };
    let config = Arc::new(config);
    Client { config }
}
