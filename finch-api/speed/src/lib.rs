//! Makes many exchanges and prints their time, for the measured programs.
//!
//! `cargo bench -p finch-api-speed` builds and runs the programs.

use std::env;
use std::future::Future;

use cpu_time::ProcessTime;
use tokio::task::JoinSet;

/// The application's client id.
pub const CLIENT_ID: &str = "4ab15e51-11ad-49f4-acae-f343b7794375";
/// The application's client secret.
pub const CLIENT_SECRET: &str = "finch-secret-sandbox-1";
/// The authorization code of every exchange.
pub const CODE: &str = "a-code-that-is-good-once";

/// Makes exchanges with the client that `connect` returns for the server's URL. Prints the
/// processor time of the whole process in nanoseconds.
///
/// The arguments of the program are the URL, the number of exchanges, and how many of them
/// are made at once.
#[allow(clippy::print_stdout, reason = "the benchmark reads it")]
pub fn run<C: Clone, F>(connect: impl Fn(&str) -> C, exchange: impl Fn(C) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [url, calls, at_once] = &arguments[..] else {
        panic!("the arguments are the URL, the number of exchanges, and how many at once");
    };
    let [calls, at_once] = [calls, at_once].map(|text| text.parse().expect("a number"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let client = connect(url);
    runtime.block_on(make(calls, at_once, || exchange(client.clone())));
    println!("{}", ProcessTime::now().as_duration().as_nanos());
}

async fn make<F>(calls: usize, at_once: usize, exchange: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    if at_once == 1 {
        for _ in 0..calls {
            exchange().await;
        }
    } else {
        for _ in 0..calls / at_once {
            let exchanges: JoinSet<()> = (0..at_once).map(|_| exchange()).collect();
            exchanges.join_all().await;
        }
    }
}
