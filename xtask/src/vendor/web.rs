//! Fetches the pages of a site politely: each page once, with a pause between requests, at most
//! four at a time, and not again before the site allows it.
//!
//! Follows up to five redirects on the same host, and retries a 429 or 503 after its `Retry-After`,
//! up to three requests in all. Any other status is a problem of that page. Refuses an address
//! without TLS, with a user name, or outside the internet. The option `--allow-private` allows the
//! last, and plain HTTP to this machine.

use std::env;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result};
use finch_gen::Problem;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, Response, redirect};
use tokio::runtime::{self, Runtime};
use url::{Host, Url};

use super::addresses::{NotPublic, PublicOnly, special};
use crate::read_text::{self, problem};
use crate::vendor_options::FetchPolicy;

/// The maximum number of requests at a time.
const AT_ONCE: usize = 4;

/// The maximum number of redirects of one page.
const REDIRECTS: u32 = 5;

/// The maximum number of requests for a page if the site asks to retry later.
const ATTEMPTS: u32 = 3;

/// A problem without its place: the fault and the remedy.
pub(super) type Refusal = (String, &'static str);

/// The remedy for an address that is not on the internet.
const PRIVATE: &str = "give an address on the internet, or allow this one with --allow-private";

const ACCEPT: HeaderValue = HeaderValue::from_static(
    "text/markdown, application/yaml, application/json, text/plain, */*;q=0.1",
);

const USER_AGENT: &str = concat!(
    "finch-api/",
    env!("CARGO_PKG_VERSION"),
    " (cargo xtask vendor)"
);

/// A text from the web.
pub(super) struct Fetched {
    /// The address after redirects.
    pub(super) at: Url,
    pub(super) text: String,
}

/// The HTTP clients of one run, with its limits.
pub(super) struct Web {
    runtime: Runtime,
    client: Client,
    /// The client without the environment's proxy, for servers on this machine.
    direct: Client,
    manners: FetchPolicy,
    end: Instant,
    /// The earliest time of the next request.
    next: Mutex<Instant>,
}

impl Web {
    /// Starts the time limit for all pages.
    ///
    /// # Errors
    ///
    /// The system has no root certificates or no threads.
    pub(super) fn new(manners: &FetchPolicy) -> Result<Self> {
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("cannot start a thread")?;
        let client = |builder: ClientBuilder| {
            let builder = builder
                .user_agent(USER_AGENT)
                .default_headers(HeaderMap::from_iter([(header::ACCEPT, ACCEPT)]))
                // A redirect may lead to another host, so this code follows redirects itself.
                .redirect(redirect::Policy::none())
                .referer(false)
                .pool_max_idle_per_host(AT_ONCE);
            let builder = match manners.allow_private {
                true => builder,
                false => builder.dns_resolver(Arc::new(PublicOnly {
                    proxies: proxies().collect(),
                })),
            };
            builder.build().context("cannot create an HTTP client")
        };
        let now = Instant::now();
        Ok(Self {
            runtime,
            client: client(Client::builder())?,
            direct: client(Client::builder().no_proxy())?,
            manners: manners.clone(),
            end: now + manners.deadline,
            next: Mutex::new(now),
        })
    }

    /// Calls `done` with each text of `addresses` and its index as soon as it arrives, until
    /// `done` breaks.
    pub(super) fn get_all(
        &self,
        addresses: &[Url],
        mut done: impl FnMut(usize, Result<Fetched, Problem>) -> ControlFlow<()>,
    ) {
        let next = AtomicUsize::new(0);
        // Each text waits in the thread that read it, so that there are at most as many texts
        // in memory as threads.
        let (sender, answers) = mpsc::sync_channel(0);
        thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(addresses.len()) {
                let (next, sender) = (&next, sender.clone());
                scope.spawn(move || {
                    let indices = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
                    for index in indices.take_while(|index| *index < addresses.len()) {
                        let text = self.runtime.block_on(self.get(&addresses[index]));
                        if sender.send((index, text)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let _broken = answers
                .into_iter()
                .try_for_each(|(index, text)| done(index, text));
        });
    }

    /// Fetches the text at `address`, and waits for it.
    pub(super) fn get_one(&self, address: &Url) -> Result<Fetched, Problem> {
        self.runtime.block_on(self.get(address))
    }

    /// Fetches the text at `address`.
    async fn get(&self, address: &Url) -> Result<Fetched, Problem> {
        let wrong = |what: String, remedy: &str| problem(address.as_str(), what, remedy);
        let mut at = address.clone();
        let (mut redirects, mut attempts) = (0, 1);
        loop {
            let asked = match check(&at, &self.manners) {
                Ok(()) => self.ask(&at).await,
                Err(refusal) => Err(refusal),
            };
            let answer = asked.map_err(|(what, remedy)| wrong(what, remedy))?;
            let status = answer.status();
            let headers = answer.headers();
            match (status.as_u16(), retry_after(headers)) {
                (200, _) => {
                    let bytes = body(answer).await.map_err(|error| {
                        let what = format!("the response is incomplete: {}", reason(&error));
                        wrong(what, "run the command again")
                    })?;
                    let text = read_text::of_bytes(bytes, address.as_str())?;
                    return Ok(Fetched { at, text });
                }
                (301 | 302 | 303 | 307 | 308, _) => {
                    redirects += 1;
                    let to = redirect(&at, headers)
                        .and_then(|to| match redirects {
                            ..=REDIRECTS => Ok(to),
                            _ => Err(format!("redirects more than {REDIRECTS} times")),
                        })
                        .map_err(|what| wrong(what, "give the new address of the page"))?;
                    at = to;
                }
                (429 | 503, Some(wait)) if attempts < ATTEMPTS && wait <= self.manners.max_wait => {
                    attempts += 1;
                    self.hold_back(wait);
                }
                (429 | 503, Some(wait)) => {
                    let what = format!(
                        "answers {status}, and asks to wait for {} s",
                        wait.as_secs()
                    );
                    return Err(wrong(what, "run the command again after that"));
                }
                _ => {
                    let what = format!("answers {status}");
                    return Err(wrong(
                        what,
                        "correct the address, or run the command again later",
                    ));
                }
            }
        }
    }

    /// Makes one request when it is its turn.
    async fn ask(&self, address: &Url) -> Result<Response, Refusal> {
        let remedy = "check that the site responds, and run the command again";
        self.wait_for_turn().await;
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let seconds = self.manners.deadline.as_secs();
            let what =
                format!("not requested: the time limit of {seconds} s for all pages has passed");
            return Err((what, remedy));
        }
        let client = match is_loopback(address) {
            true => &self.direct,
            false => &self.client,
        };
        let request = client.get(address.clone());
        let request = request.timeout(left.min(self.manners.timeout));
        request.send().await.map_err(|error| {
            let not_public = causes(&error).find_map(|cause| cause.downcast_ref::<NotPublic>());
            match not_public {
                Some(not_public) => (not_public.to_string(), PRIVATE),
                None => (format!("no response: {}", reason(&error)), remedy),
            }
        })
    }

    async fn wait_for_turn(&self) {
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = (*next).max(Instant::now());
            *next = turn + self.manners.pause;
            turn
        };
        tokio::time::sleep_until(turn.min(self.end).into()).await;
    }

    /// Delays all requests until `wait` is over.
    fn hold_back(&self, wait: Duration) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(Instant::now() + wait);
    }
}

/// Reads the body of `response`, up to a little more than the limit on a text.
async fn body(mut response: Response) -> reqwest::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > read_text::LIMIT {
            break;
        }
    }
    Ok(bytes)
}

/// Returns why a request failed. The innermost cause is the most specific.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "timeout".to_owned();
    }
    let last = causes(error).last();
    last.map_or_else(|| error.to_string(), |cause| cause.to_string())
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(std::error::Error::source(error), |error| error.source())
}

/// Returns the hosts of the proxies in the environment.
fn proxies() -> impl Iterator<Item = String> {
    let names = ["http_proxy", "https_proxy", "all_proxy"];
    let names = names
        .into_iter()
        .flat_map(|name| [name.to_owned(), name.to_uppercase()]);
    names.filter_map(|name| {
        let proxy = env::var(name).ok()?;
        let address = Url::parse(&proxy).or_else(|_| Url::parse(&format!("http://{proxy}")));
        Some(address.ok()?.host_str()?.to_owned())
    })
}

/// Refuses an address without TLS, except for a server on this machine. Refuses an address
/// with a user name, and one that is not on the internet. The address of a host name is only
/// known after a look-up: see [`PublicOnly`].
pub(super) fn check(address: &Url, manners: &FetchPolicy) -> Result<(), Refusal> {
    let ip = match address.host() {
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        _ => None,
    };
    if !manners.allow_private
        && let Some(kind) = ip.and_then(special)
    {
        return Err((format!("{kind} address"), PRIVATE));
    }
    let is_plain = address.scheme() == "http" && is_loopback(address) && manners.allow_private;
    if address.scheme() != "https" && !is_plain {
        let what = format!(
            "{} is not encrypted",
            address.origin().ascii_serialization()
        );
        return Err((what, "give an https:// address"));
    }
    if !address.username().is_empty() || address.password().is_some() {
        let what = "an address with a user name, which would be recorded".to_owned();
        return Err((what, "give the address without it"));
    }
    Ok(())
}

fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Returns the target of a redirect from `at`, which must be on the same host.
fn redirect(at: &Url, headers: &HeaderMap) -> Result<Url, String> {
    let location = headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok());
    let location = location.ok_or("redirects without a target")?;
    let to = at.join(location);
    let to = to.map_err(|error| format!("redirects to {location:?}: {error}"))?;
    if to.origin() != at.origin() {
        let [from, to] = [at, &to].map(|url| url.origin().ascii_serialization());
        return Err(format!("redirects from {from} to another host, {to}"));
    }
    Ok(to)
}

/// Returns how long to wait: a number of seconds, or until a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let wait = date.duration_since(SystemTime::now());
    Some(wait.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_private_addresses_are_refused_unless_private_hosts_are_allowed() {
        for (address, is_allowed, is_allowed_if_private) in [
            ("https://example.com/", true, true),
            ("https://1.1.1.1/", true, true),
            ("https://localhost/", true, true), // refused when it is looked up
            ("http://127.0.0.1:1/", false, true),
            ("http://[::1]/", false, true),
            ("http://localhost/", false, true),
            ("https://127.1/", false, true),
            ("https://0x7f000001/", false, true),
            ("https://2852039166/", false, true), // 169.254.169.254
            ("https://[::ffff:10.0.0.1]/", false, true),
            ("https://[fe80::1]/", false, true),
            ("http://10.0.0.1/", false, false),
            ("http://example.com/", false, false),
            ("http://localhost.example.com/", false, false),
            ("ftp://127.0.0.1/", false, false),
            ("https://me@example.com/", false, false),
            ("https://:secret@example.com/", false, false),
        ] {
            let url = Url::parse(address).unwrap();
            for (allow_private, expected) in [(false, is_allowed), (true, is_allowed_if_private)] {
                let manners = FetchPolicy {
                    allow_private,
                    ..FetchPolicy::default()
                };
                assert_eq!(check(&url, &manners).is_ok(), expected, "{address}");
            }
        }
    }

    #[test]
    fn retry_after_is_a_number_of_seconds_or_a_date() {
        let wait = |value: &str| {
            let value = value.parse().unwrap();
            retry_after(&HeaderMap::from_iter([(header::RETRY_AFTER, value)]))
        };
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(90));
        let waits = wait(&date).unwrap();
        assert!(
            Duration::from_secs(60) < waits && waits <= Duration::from_secs(90),
            "{waits:?}"
        );
        assert_eq!(wait("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
