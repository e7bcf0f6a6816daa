//! The way into Finch Connect.

use finch_api::Error;
use finch_api::connect::{self, Product};

use crate::config::Site;

/// Where Finch has it.
const FINCH: &str = "https://connect.tryfinch.com";

/// What each URL of Finch Connect has in it.
pub(crate) struct Connect {
    client_id: String,
    redirect_uri: String,
    products: Vec<Product>,
    sandbox: bool,
    /// What stands in the place of [`FINCH`].
    page: String,
}

impl Connect {
    pub(crate) fn new(client_id: &str, site: &Site, products: &str, sandbox: bool) -> Self {
        Self {
            client_id: client_id.to_owned(),
            redirect_uri: site.redirect_uri(),
            products: products.split_whitespace().map(Product::from).collect(),
            sandbox,
            page: FINCH.to_owned(),
        }
    }

    /// The same, on the server of the mock at `url`.
    pub(crate) fn in_place_of_finch(self, url: &str) -> Self {
        let page = url.to_owned();
        Self { page, ..self }
    }

    /// Where to send an employer; `state` comes back with the code.
    pub(crate) fn url(&self, state: &str) -> Result<String, Error> {
        let url = connect::authorize_url(&self.client_id, &self.redirect_uri)
            .products(self.products.iter().cloned())
            .sandbox(self.sandbox)
            .state(state)
            .build()?;
        Ok(url.replacen(FINCH, &self.page, 1))
    }

    /// Where they are sent back to: the exchange says it again.
    pub(crate) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }
}
