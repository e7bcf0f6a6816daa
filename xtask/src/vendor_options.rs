//! Defines the options of `cargo xtask vendor`, and the limits on requests to a site. They are
//! known without the feature `vendor`, so that the help lists the command.

use std::time::Duration;

use clap::Args;

/// The options of the command.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The pages to take the document from, now and in later runs: files or https:// addresses
    ///
    /// Each is a page of documentation with an OpenAPI block, a whole document, or an
    /// index of such pages with the name llms.txt. From an index, only pages with the same
    /// origin (scheme, host and port) are fetched.
    #[arg(value_name = "SOURCE", verbatim_doc_comment)]
    pub sources: Vec<String>,
    /// The public address of a SOURCE that is a saved file
    ///
    /// For several files, repeat the option for each file, in the same order.
    #[arg(long = "page", value_name = "URL")]
    pub pages: Vec<String>,
    /// The OpenAPI block to take from a page with several blocks, such as 'post /auth/token'
    ///
    /// For several blocks, repeat the option.
    #[arg(long = "block", value_name = "METHOD PATH")]
    pub blocks: Vec<String>,
    /// The maximum number of pages that an index may list
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    pub max_pages: usize,
    /// How to fetch pages from a site.
    #[command(flatten)]
    pub manners: FetchPolicy,
    /// Shows the changes without making them
    #[arg(long)]
    pub dry_run: bool,
    /// Lists every page that is skipped
    #[arg(long, short)]
    pub verbose: bool,
    /// Whether a person watches and gets a progress bar.
    #[arg(skip)]
    pub is_terminal: bool,
}

/// The limits on requests to a site.
#[derive(Args, Clone, Debug)]
pub struct FetchPolicy {
    /// The least time from one request to the next.
    #[arg(skip = Self::default().pause)]
    pub pause: Duration,
    /// The maximum time for one response, from the connection to the last byte.
    #[arg(skip = Self::default().timeout)]
    pub timeout: Duration,
    /// The longest wait that a site may request with `Retry-After`.
    #[arg(skip = Self::default().max_wait)]
    pub max_wait: Duration,
    /// The maximum time for all pages.
    #[arg(skip = Self::default().deadline)]
    pub deadline: Duration,
    /// The maximum number of bytes in all sources and listed pages together. This equals the limit
    /// on a document, so that a merged document can be read again.
    #[arg(skip = Self::default().total)]
    pub total: usize,
    /// Also fetches from hosts with a loopback or private address
    #[arg(long)]
    pub allow_private: bool,
}

impl Default for FetchPolicy {
    fn default() -> Self {
        Self {
            pause: Duration::from_millis(100),
            timeout: Duration::from_secs(30),
            max_wait: Duration::from_secs(60),
            deadline: Duration::from_secs(600),
            total: 16 << 20,
            allow_private: false,
        }
    }
}
