//! Exchanges an authorization code of Finch Connect for an access token:
//! `FINCH_CLIENT_ID=… FINCH_CLIENT_SECRET=… cargo run --example exchange_code CODE`

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let code = std::env::args().nth(1).unwrap_or_default();
    // Reads FINCH_CLIENT_ID, FINCH_CLIENT_SECRET and FINCH_BASE_URL.
    let exchange = async { finch_api::Client::from_env()?.exchange_code(code).await };
    let token = exchange.await.unwrap_or_else(|error| {
        eprintln!("{error}");
        std::process::exit(1)
    });
    // Store token.access_token.expose_secret() as carefully as a password.
    eprintln!("connected: {token:#?}"); // prints the token as [REDACTED]
}
