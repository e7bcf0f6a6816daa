//! A URL is a path below the base URL, which is parsed once for all.
//!
//! Before, a request parses its URL from the host on:
//!
//! ```text
//! pub struct Client { pub(crate) baseurl: String, … }
//! …
//! let url = format!("{}/a/{}", client.baseurl, Parameter::path("id").in_path(&id)…);
//! ```
//!
//! After:
//!
//! ```text
//! pub struct Client { pub(crate) baseurl: crate::runtime::BaseUrl, … }
//! …
//! let url = client.baseurl.with_path(&format!("/a/{}", Parameter::path("id").in_path(&id)…));
//! ```

use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Item, Lit, LitStr, Member, Token, parse_quote};

use super::{Context, tree};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let base_url = file.items.iter_mut().find_map(|item| match item {
        Item::Struct(item) if item.ident == "Client" => item.fields.iter_mut().find(is_base_url),
        _ => None,
    });
    base_url.ok_or("`Client` has no base URL")?.ty = parse_quote!(crate::runtime::BaseUrl);
    let mut urls = Urls::default();
    for send in tree::sends(file)?.into_values() {
        urls.visit_block_mut(&mut send.block);
    }
    match (urls.written, context.facts.operations.len()) {
        (written, expected) if written != expected => {
            Err(format!("expected {expected} URLs, found {written}"))
        }
        _ => Ok(()),
    }
}

fn is_base_url(field: &&mut syn::Field) -> bool {
    field.ident.as_ref().is_some_and(|name| name == "baseurl")
}

#[derive(Default)]
struct Urls {
    written: usize,
}

impl VisitMut for Urls {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Some(url) = with_path(expr) {
            *expr = url;
            self.written += 1;
        } else {
            visit_mut::visit_expr_mut(self, expr);
        }
    }
}

/// `client.baseurl.with_path(…)` for `format!("{}…", client.baseurl, …)`.
fn with_path(expr: &Expr) -> Option<Expr> {
    let Expr::Macro(format) = expr else {
        return None;
    };
    if !format.mac.path.is_ident("format") {
        return None;
    }
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated
        .parse2(format.mac.tokens.clone())
        .ok()?;
    let mut arguments = arguments.into_iter();
    let Expr::Lit(template) = arguments.next()? else {
        return None;
    };
    let Lit::Str(template) = template.lit else {
        return None;
    };
    let base_url = arguments.next()?;
    let is_base_url = matches!(&base_url, Expr::Field(field)
        if matches!(&field.member, Member::Named(name) if name == "baseurl"));
    let text = template.value();
    let path = text.strip_prefix("{}").filter(|_| is_base_url)?;
    let path = LitStr::new(path, template.span());
    let arguments: Vec<_> = arguments.collect();
    Some(
        match arguments.is_empty() && !text[2..].contains(['{', '}']) {
            true => parse_quote!(#base_url.with_path(#path)),
            false => parse_quote!(#base_url.with_path(&format!(#path, #(#arguments),*))),
        },
    )
}
