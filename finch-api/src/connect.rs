//! Finch Connect, where employers allow an application to read their data.

use std::borrow::Cow;

use reqwest::Url;

use crate::runtime::Secret;
use crate::setting::{Setting, check};
use crate::{Client, Error};

/// The page of Finch Connect.
const AUTHORIZE: &str = "https://connect.tryfinch.com/authorize";

const CLIENT_ID: &str = "the client id";

/// The name of the redirect URI in errors, here and in an exchange.
pub(crate) const REDIRECT_URI: &str = "the redirect URI";

/// Data that an application may request. The constants are Finch's current products. Make
/// other products from their names.
///
/// ```
/// use finch_api::connect::Product;
///
/// assert_eq!(Product::from("pay_statement"), Product::PAY_STATEMENT);
/// assert_eq!(Product::from("documents").as_str(), "documents");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Product(Cow<'static, str>);

impl Product {
    /// The company itself.
    pub const COMPANY: Self = Self(Cow::Borrowed("company"));
    /// The people who work there.
    pub const DIRECTORY: Self = Self(Cow::Borrowed("directory"));
    /// Data of each person.
    pub const INDIVIDUAL: Self = Self(Cow::Borrowed("individual"));
    /// Data of each employment.
    pub const EMPLOYMENT: Self = Self(Cow::Borrowed("employment"));
    /// Payments.
    pub const PAYMENT: Self = Self(Cow::Borrowed("payment"));
    /// The payments to each person.
    pub const PAY_STATEMENT: Self = Self(Cow::Borrowed("pay_statement"));
    /// Benefits and deductions.
    pub const BENEFITS: Self = Self(Cow::Borrowed("benefits"));

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Product {
    fn from(name: &str) -> Self {
        Self(Cow::Owned(name.to_owned()))
    }
}

impl From<String> for Product {
    fn from(name: String) -> Self {
        Self(Cow::Owned(name))
    }
}

/// Starts the URL of Finch Connect. Send an employer there to allow the application with
/// this client id to read their data. Finch then calls the redirect URI with `?code=…`.
/// [Exchange](crate::Client::exchange_code) the code with the same redirect URI.
///
/// Both arguments follow [the rule for
/// settings](crate::ClientBuilder#the-rule-for-settings). The redirect URI must be valid
/// [for the exchange](crate::ExchangeCode::redirect_uri), too.
///
/// ```
/// use finch_api::connect::{self, Product};
///
/// let url = connect::authorize_url(
///     "4ab15e51-11ad-49f4-acae-f343b7794375",
///     "https://example.com/api/finch/callback",
/// )
/// .products([Product::COMPANY, Product::DIRECTORY])
/// .state("random-per-session")
/// .build()?;
/// assert!(url.starts_with("https://connect.tryfinch.com/authorize?client_id=4ab15e51-"));
/// # Ok::<(), finch_api::Error>(())
/// ```
pub fn authorize_url(
    client_id: impl Into<String>,
    redirect_uri: impl Into<String>,
) -> AuthorizeUrl {
    AuthorizeUrl {
        client_id: Some(Setting::new(CLIENT_ID, client_id.into())),
        redirect_uri: Setting::new(REDIRECT_URI, redirect_uri.into()),
        products: Vec::new(),
        sandbox: false,
        state: None,
    }
}

impl Client {
    /// Starts the URL of Finch Connect with the client's own id: see
    /// [`connect::authorize_url`](authorize_url).
    ///
    /// ```
    /// # fn main() -> Result<(), finch_api::Error> {
    /// use finch_api::connect::Product;
    ///
    /// # let client = finch_api::Client::builder()
    /// #     .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
    /// #     .build()?;
    /// let url = client
    ///     .authorize_url("https://example.com/api/finch/callback")
    ///     .products([Product::COMPANY])
    ///     .state("random-per-session")
    ///     .build()?;
    /// # assert!(url.contains("client_id=4ab15e51-"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn authorize_url(&self, redirect_uri: impl Into<String>) -> AuthorizeUrl {
        let id = self.config.credentials.id.as_deref();
        AuthorizeUrl {
            client_id: id.map(|id| Setting::new(CLIENT_ID, id)),
            ..authorize_url("", redirect_uri)
        }
    }
}

/// Builds the URL of Finch Connect: see [`authorize_url`].
#[derive(Clone, Debug)]
#[must_use = "`build` makes the URL"]
pub struct AuthorizeUrl {
    client_id: Option<Setting>,
    redirect_uri: Setting,
    products: Vec<Product>,
    sandbox: bool,
    state: Option<Secret>,
}

impl AuthorizeUrl {
    /// Adds products that the application requests. At least one is required.
    pub fn products<P: Into<Product>>(mut self, products: impl IntoIterator<Item = P>) -> Self {
        self.products.extend(products.into_iter().map(Into::into));
        self
    }

    /// Sets whether Finch Connect offers its sandbox of invented companies; false by
    /// default.
    pub fn sandbox(mut self, sandbox: bool) -> Self {
        self.sandbox = sandbox;
        self
    }

    /// Sets a string that Finch returns with the code. Use a string that only this browser
    /// session can know, and refuse a code that arrives with another one. Otherwise a third
    /// party can inject a code.
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = Some(Secret::from(state.into()));
        self
    }

    /// Builds the URL.
    ///
    /// # Errors
    ///
    /// A value breaks [the rule for
    /// settings](crate::ClientBuilder#the-rule-for-settings), the client id is not a
    /// UUID, the redirect URI is not a URL or has a fragment, no product is set, or the
    /// state is empty. The error names every invalid setting, without its value.
    pub fn build(self) -> Result<String, Error> {
        self.url().map_err(Error::invalid_request)
    }

    fn url(&self) -> Result<String, String> {
        let client_id = match &self.client_id {
            Some(id) => id.client_id(),
            None => Err("the client has no client id: set ClientBuilder::client_id".to_owned()),
        };
        let redirect_uri = self.redirect_uri.redirect_uri();
        let products = self.products.iter().map(|product| {
            let product = Setting::new("a product", product.as_str());
            product.text().map(str::to_owned)
        });
        let products = match self.products.is_empty() {
            true => Err("no product is set: add at least one with `products`".to_owned()),
            false => products.collect::<Result<Vec<_>, _>>(),
        };
        let state = match self.state.as_ref().map(Secret::expose_secret) {
            Some("") => Err(
                "the state is empty: do not set it, or set one that cannot be guessed".to_owned(),
            ),
            state => Ok(state),
        };
        check([
            client_id.as_ref().err(),
            redirect_uri.as_ref().err(),
            products.as_ref().err(),
            state.as_ref().err(),
        ])?;
        let mut url = Url::parse(AUTHORIZE).expect("it is a URL");
        url.query_pairs_mut()
            .append_pair("client_id", &client_id?)
            .append_pair("products", &products?.join(" "))
            .append_pair("redirect_uri", redirect_uri?)
            .append_pair("sandbox", if self.sandbox { "true" } else { "false" })
            .extend_pairs(state?.map(|state| ("state", state)));
        Ok(url.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4ab15e51-11ad-49f4-acae-f343b7794375";

    #[test]
    fn authorize_url_contains_every_setting() {
        let url = authorize_url(ID, "https://example.com/callback?a=b&c")
            .products([Product::COMPANY])
            .products(["directory"]);
        assert_eq!(
            url.clone().build().unwrap(),
            "https://connect.tryfinch.com/authorize?client_id=4ab15e51-11ad-49f4-acae-f343b7794375\
             &products=company+directory\
             &redirect_uri=https%3A%2F%2Fexample.com%2Fcallback%3Fa%3Db%26c&sandbox=false"
        );
        let url = url.sandbox(true).state("é&").build().unwrap();
        assert!(url.ends_with("&sandbox=true&state=%C3%A9%26"), "{url}");
    }

    #[test]
    fn authorize_url_uses_the_id_of_the_client() {
        let builder = Client::builder().base_url("http://127.0.0.1:1");
        let url = |client: Client| {
            let url = client.authorize_url("https://example.com");
            url.products([Product::COMPANY]).build()
        };
        let client = builder.clone().client_id(ID).build().unwrap();
        assert!(url(client).unwrap().contains(&format!("client_id={ID}")));
        let error = url(builder.build().unwrap()).unwrap_err().to_string();
        assert_eq!(
            error,
            "the client has no client id: set ClientBuilder::client_id"
        );
    }

    #[test]
    fn values_that_finch_rejects_are_refused() {
        let url = |id, uri| authorize_url(id, uri).products([Product::PAYMENT]);
        let uri = "https://example.com";
        for (url, message) in [
            (
                url("s3cret", uri),
                "the client id is not a UUID with hyphens: copy it from Finch's developer dashboard",
            ),
            (
                authorize_url(ID, uri),
                "no product is set: add at least one with `products`",
            ),
            (
                url(ID, uri).products(["company directory"]),
                "a product has whitespace inside: remove it",
            ),
            (
                url(ID, uri).state(""),
                "the state is empty: do not set it, or set one that cannot be guessed",
            ),
        ] {
            let error = url.build().unwrap_err();
            assert_eq!(error.to_string(), message);
            assert_eq!(error.kind(), crate::ErrorKind::InvalidRequest);
        }
    }
}
