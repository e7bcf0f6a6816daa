//! Exchanges an authorization code of Finch Connect for an access token:
//! `FINCH_CLIENT_ID=… FINCH_CLIENT_SECRET=… cargo run --example exchange_code CODE`

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let code = std::env::args().nth(1).ok_or("usage: exchange_code CODE")?;
    // Reads FINCH_CLIENT_ID and FINCH_CLIENT_SECRET.
    let client = finch_api::Client::from_env()?;
    let token = client.exchange_code(code).await?;
    // Store token.access_token.expose_secret() as carefully as a password.
    eprintln!("connected: {token:#?}");
    Ok(())
}
