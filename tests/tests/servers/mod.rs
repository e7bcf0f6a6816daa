//! Runs a test over a server on a socket and over the fake transport. The fake must fail
//! in the same way as a server.

use std::iter;
use std::time::Duration;

use finch_api::ClientBuilder;
use finch_api::testing::{FakeTransport, Reply as Fake};
use finch_api_tests::{Loopback, Reply, Step};

/// The endpoints that the tests call.
const ENDPOINTS: [&str; 7] = [
    "create-access-token",
    "DELETE /{a}",
    "GET /{a}",
    "GET /{a}/{b}",
    "GET /{a}/{b}/{c}",
    "POST /{a}",
    "POST /{a}/{b}",
];

/// Exceeds the number of requests of a test.
const REQUESTS: usize = 10;

/// Responds to the requests of a test.
pub(crate) enum Server {
    Socket(Loopback),
    Fake(FakeTransport),
}

impl Server {
    /// Starts a server on a socket. Each request gets the next of `replies`; further
    /// requests get the last.
    pub(crate) async fn socket(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::Socket(Loopback::script(replies).await)
    }

    /// Returns a fake with the same `replies`, unless one of them is not HTTP.
    pub(crate) fn fake(replies: impl IntoIterator<Item = Reply>) -> Option<Self> {
        let replies: Option<Vec<Fake>> = replies.into_iter().map(|reply| fake(&reply)).collect();
        let mut replies = replies?;
        let last = replies.last()?.clone();
        replies.extend(iter::repeat_n(last, REQUESTS));
        let set = |fake: FakeTransport, endpoint: &&str| fake.on(endpoint, replies.clone());
        Some(Self::Fake(ENDPOINTS.iter().fold(FakeTransport::new(), set)))
    }

    /// Makes `client` send its requests to this server.
    pub(crate) fn take(&self, client: ClientBuilder) -> ClientBuilder {
        let client = client.base_url(format!("http://{}", self.address()));
        match self {
            Self::Socket(_) => client,
            Self::Fake(fake) => client.transport(fake.clone()),
        }
    }

    /// Its host and port.
    pub(crate) fn address(&self) -> &str {
        match self {
            Self::Socket(server) => server.address(),
            Self::Fake(_) => "127.0.0.1:1",
        }
    }

    /// The number of requests so far.
    pub(crate) fn received(&self) -> usize {
        match self {
            Self::Socket(server) => server.received().len(),
            Self::Fake(fake) => fake.requests().len(),
        }
    }
}

/// Runs `test` with a server on a socket, then with a fake of it and a paused clock.
pub(crate) async fn over_both(replies: &[Reply], test: impl AsyncFn(Server)) {
    test(Server::socket(replies.to_vec()).await).await;
    tokio::time::pause();
    let fake = Server::fake(replies.to_vec());
    test(fake.expect("each reply is HTTP")).await;
    tokio::time::resume();
}

/// Returns the fake reply that matches `reply`, unless it is not HTTP.
fn fake(reply: &Reply) -> Option<Fake> {
    let mut head = None;
    let mut body = Vec::new();
    let mut delay = Duration::ZERO;
    let mut stalls_after = None;
    for step in reply.steps() {
        match step {
            Step::Head {
                status,
                headers,
                length,
            } => head = Some((status, headers, *length)),
            Step::Send(..) if head.is_none() => return None,
            Step::Send(bytes, times) => body.extend(bytes.repeat(*times)),
            Step::Wait(wait) if head.is_none() => delay += *wait,
            // The deadline passes before the wait is over.
            Step::Wait(_) => stalls_after = stalls_after.or(Some(body.len())),
            Step::Hold(_) => return None,
            Step::Reset => {}
        }
    }
    let Some((status, headers, length)) = head else {
        return Some(Fake::lost().delayed(delay));
    };
    let status: u16 = status.split(' ').next()?.parse().ok()?;
    let sent = body.len();
    let mut reply = Fake::bytes(body).status(status).delayed(delay);
    for (name, value) in headers {
        reply = reply.header(name.as_str(), value.as_str());
    }
    Some(match stalls_after {
        Some(bytes) => reply.stalls_after(bytes),
        None if sent < length => reply.cut_off_after(sent),
        None => reply,
    })
}
