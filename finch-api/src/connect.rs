//! Finch Connect: where employers allow an application to read their data.

use std::borrow::Cow;

use reqwest::Url;

use crate::Error;

/// The page of Finch Connect.
const AUTHORIZE: &str = "https://connect.tryfinch.com/authorize";

/// Data that an application may ask for. Those that Finch has had so far are
/// constants; of any other, its name will do.
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
    /// Who works there.
    pub const DIRECTORY: Self = Self(Cow::Borrowed("directory"));
    /// Data of each person.
    pub const INDIVIDUAL: Self = Self(Cow::Borrowed("individual"));
    /// Data of each employment.
    pub const EMPLOYMENT: Self = Self(Cow::Borrowed("employment"));
    /// Payments.
    pub const PAYMENT: Self = Self(Cow::Borrowed("payment"));
    /// What each person was paid.
    pub const PAY_STATEMENT: Self = Self(Cow::Borrowed("pay_statement"));
    /// Benefits and deductions.
    pub const BENEFITS: Self = Self(Cow::Borrowed("benefits"));

    /// Its name.
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

/// The URL to send an employer to, so that they allow the application with this
/// client id to read their data. Finch then calls the redirect URI with
/// `?code=…`, to be [exchanged](crate::Client::exchange_code) with the same
/// redirect URI.
///
/// ```
/// use finch_api::connect::{self, Product};
///
/// let url = connect::authorize_url(
///     "4ab15e51-11ad-49f4-acae-f343b7794375",
///     "https://example.com/api/finch/callback",
/// )
/// .products([Product::COMPANY, Product::DIRECTORY])
/// .state("of this browser session alone")
/// .build()?;
/// assert!(url.starts_with("https://connect.tryfinch.com/authorize?client_id=4ab15e51-"));
/// # Ok::<(), finch_api::Error>(())
/// ```
pub fn authorize_url(
    client_id: impl Into<String>,
    redirect_uri: impl Into<String>,
) -> AuthorizeUrl {
    AuthorizeUrl {
        client_id: client_id.into(),
        redirect_uri: redirect_uri.into(),
        products: Vec::new(),
        sandbox: false,
        state: None,
    }
}

/// The parts of a URL of Finch Connect: see [`authorize_url`].
#[derive(Clone, Debug)]
#[must_use = "there is no URL until it is built"]
pub struct AuthorizeUrl {
    client_id: String,
    redirect_uri: String,
    products: Vec<Product>,
    sandbox: bool,
    state: Option<String>,
}

impl AuthorizeUrl {
    /// What the application asks for: one product at least. They are added to
    /// those that were given before.
    pub fn products<P: Into<Product>>(mut self, products: impl IntoIterator<Item = P>) -> Self {
        self.products.extend(products.into_iter().map(Into::into));
        self
    }

    /// Whether it is about invented companies; not by default.
    pub fn sandbox(mut self, sandbox: bool) -> Self {
        self.sandbox = sandbox;
        self
    }

    /// A text that comes back with the code. Give one that only this browser
    /// session can know, and accept no code with another: else a code can be
    /// slipped in by a third party.
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = Some(state.into());
        self
    }

    /// The URL.
    ///
    /// # Errors
    ///
    /// The client id is not a UUID, the redirect URI is not a URL or has a
    /// fragment, there is no product or one without a name, or the state is empty.
    pub fn build(self) -> Result<String, Error> {
        let refuse = |what| Err(Error::invalid_request(what));
        if uuid::Uuid::parse_str(&self.client_id).is_err() {
            return refuse("the client id is not a UUID");
        }
        match Url::parse(&self.redirect_uri) {
            Ok(url) if url.fragment().is_none() => {}
            Ok(_) => return refuse("the redirect URI must not have a fragment"),
            Err(_) => return refuse("the redirect URI is not a URL"),
        }
        let products: Vec<&str> = self.products.iter().map(Product::as_str).collect();
        if products.is_empty() {
            return refuse("no product is asked for: name those that you need");
        }
        if products
            .iter()
            .any(|name| name.is_empty() || name.contains(' '))
        {
            return refuse("a product has an empty name, or one with a space: name each by itself");
        }
        if self.state.as_deref() == Some("") {
            return refuse("the state is empty: leave it out, or give one that cannot be guessed");
        }
        let mut url = Url::parse(AUTHORIZE).expect("it is a URL");
        url.query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("products", &products.join(" "))
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("sandbox", if self.sandbox { "true" } else { "false" })
            .extend_pairs(self.state.iter().map(|state| ("state", state)));
        Ok(url.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4ab15e51-11ad-49f4-acae-f343b7794375";

    #[test]
    fn a_url_has_what_it_is_made_of() {
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
    fn what_finch_would_refuse_is_refused() {
        let url = |id, uri| authorize_url(id, uri).products([Product::PAYMENT]);
        let uri = "https://example.com";
        for (url, message) in [
            (url("s3cret", uri), "the client id is not a UUID"),
            (url(ID, "/callback"), "the redirect URI is not a URL"),
            (
                url(ID, "https://example.com/#a"),
                "the redirect URI must not have a fragment",
            ),
            (
                authorize_url(ID, uri),
                "no product is asked for: name those that you need",
            ),
            (
                url(ID, uri).products(["company directory"]),
                "a product has an empty name, or one with a space: name each by itself",
            ),
            (
                url(ID, uri).state(""),
                "the state is empty: leave it out, or give one that cannot be guessed",
            ),
        ] {
            let error = url.build().unwrap_err();
            assert_eq!(error.to_string(), message);
            assert_eq!(error.kind(), crate::ErrorKind::InvalidRequest);
        }
    }
}
