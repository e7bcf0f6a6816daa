//! The route that sends employers to Finch Connect.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use axum_extra::extract::cookie::CookieJar;
use finch_api::connect::{self, Product};

use crate::account::Account;
use crate::config::Site;
use crate::failure::Failure;
use crate::request_id::RequestId;
use crate::{pages, state};

/// Finch's address of Finch Connect.
const FINCH: &str = "https://connect.tryfinch.com";

/// The settings in every URL of Finch Connect.
pub(crate) struct Connect {
    site: Site,
    client_id: String,
    products: Vec<Product>,
    sandbox: bool,
    /// Replaces [`FINCH`].
    page: String,
}

impl Connect {
    pub(crate) fn new(client_id: &str, site: &Site, products: &str, sandbox: bool) -> Self {
        Self {
            site: site.clone(),
            client_id: client_id.to_owned(),
            products: products.split_whitespace().map(Product::from).collect(),
            sandbox,
            page: FINCH.to_owned(),
        }
    }

    /// Sends employers to `page` instead of Finch's page.
    pub(crate) fn at(self, page: &str) -> Self {
        let page = page.to_owned();
        Self { page, ..self }
    }

    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/connect", get(start))
            .with_state(Arc::new(self))
    }

    /// Returns the URL of Finch Connect for an employer. Finch returns `state` with the code.
    fn url(&self, state: &str) -> Result<String, finch_api::Error> {
        let url = connect::authorize_url(&self.client_id, self.site.redirect_uri())
            .products(self.products.iter().cloned())
            .sandbox(self.sandbox)
            .state(state)
            .build()?;
        Ok(url.replacen(FINCH, &self.page, 1))
    }
}

/// Sends the employer to Finch Connect. Gives the browser an account and a state, which the request
/// with the code must have.
async fn start(
    State(connect): State<Arc<Connect>>,
    Extension(request_id): Extension<RequestId>,
    jar: CookieJar,
) -> Response {
    let redirect = || -> anyhow::Result<_> {
        let (jar, _) = Account::get_or_create(jar, &connect.site)?;
        let (jar, state) = state::issue(jar, &connect.site)?;
        Ok((jar, Redirect::to(&connect.url(&state)?)))
    };
    match redirect() {
        Ok(redirect) => redirect.into_response(),
        Err(error) => {
            let cause = format_args!("the URL of Finch Connect cannot be built: {error:#}");
            pages::failure(&Failure::Internal.because(cause), &request_id)
        }
    }
}
