//! The demo: a mock of Finch on its own port, and a page with an embedded Finch Connect.

mod finch;

use axum::Router;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::IntoResponse;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use finch_api::{Client, Secret};
use maud::html;
use tokio::net::TcpListener;

use crate::config::Site;
use crate::pages::{SCRIPT, file, page};
use finch::Finch;

/// The application's client id with the mock.
pub(crate) const CLIENT_ID: &str = "00000000-0000-4000-8000-000000000000";

/// A mock of Finch that runs until the process ends.
pub(crate) struct Demo {
    url: String,
    client_secret: Secret,
}

impl Demo {
    /// Starts the mock for an application at `site`.
    pub(crate) async fn start(site: &Site) -> anyhow::Result<Self> {
        let client_secret = random()?;
        let finch = Finch::new(site, client_secret.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, finch.routes()).await {
                tracing::error!("the mock of Finch stopped: {error}");
            }
        });
        tracing::warn!("FINCH_CLIENT_ID is not set: this is a demo, with a mock of Finch at {url}");
        Ok(Self { url, client_secret })
    }

    /// Returns a client of the mock.
    pub(crate) fn client(&self) -> Result<Client, finch_api::Error> {
        Client::builder()
            .base_url(&self.url)
            .client_id(CLIENT_ID)
            .client_secret(self.client_secret.clone())
            .build()
    }

    /// Returns the URL of the mock's API and of its Finch Connect.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The pages of the demo.
    pub(crate) fn routes(&self) -> Router {
        let connect = format!(
            "{}/authorize?client_id={CLIENT_ID}&products=company+directory&app_type=spa",
            self.url
        );
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             frame-src {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            self.url
        );
        let embedded = async move || {
            let body = html! {
                noscript { p { "This page needs JavaScript." } }
                iframe src=(connect) title="Finch Connect" {}
                p role="status" {}
                p { a href="/" { "Back" } }
                script src="/embedded.js" {}
            };
            let headers = [(CONTENT_SECURITY_POLICY, policy.clone())];
            (headers, page("Connect your payroll", &body)).into_response()
        };
        Router::new()
            .route("/embedded", get(embedded))
            .route("/embedded.js", file(SCRIPT, include_str!("embedded.js")))
    }
}

/// Returns a string that nobody can guess.
fn random() -> Result<Secret, getrandom::Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    Ok(URL_SAFE_NO_PAD.encode(random).into())
}
