//! The first call with a new token.

use std::time::Duration;

use finch_api::{Client, Error, Method, RequestOptions, Secret};
use serde::Deserialize;

/// The longest wait of an employer for the first call.
const DEADLINE: Duration = Duration::from_secs(3);

#[derive(Deserialize)]
struct Company {
    /// Missing while Finch is still reading the company's data (202).
    legal_name: Option<String>,
}

/// Returns the legal name of the company that `token` is for, if Finch knows it already.
pub(crate) async fn name(finch: &Client, token: Secret) -> Result<Option<String>, Error> {
    let company = finch
        .with_access_token(token)?
        .with_options(RequestOptions::new().timeout(DEADLINE))
        .request(Method::GET, "/employer/company")
        .send::<Company>()
        .await?
        .into_inner();
    Ok(company.legal_name)
}
