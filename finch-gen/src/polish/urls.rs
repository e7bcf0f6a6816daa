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

use proc_macro2::TokenTree;
use quote::quote;
use syn::{Expr, Item, Lit, Stmt, parse_quote};

use super::{Context, code, tree};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let base_url = file.items.iter_mut().find_map(|item| match item {
        Item::Struct(item) if item.ident == "Client" => item.fields.iter_mut().find(is_base_url),
        _ => None,
    });
    base_url.ok_or("`Client` has no base URL")?.ty = parse_quote!(crate::runtime::BaseUrl);
    let mut written = 0;
    for send in tree::sends(file)?.into_values() {
        for statement in &mut send.block.stmts {
            if let Stmt::Local(local) = statement
                && let Some(init) = &mut local.init
                && let Some(url) = with_path(&init.expr)
            {
                *init.expr = url;
                written += 1;
            }
        }
    }
    match context.facts.operations.len() {
        expected if written != expected => {
            Err(format!("expected {expected} URLs, found {written}"))
        }
        _ => Ok(()),
    }
}

fn is_base_url(field: &&mut syn::Field) -> bool {
    field.ident.as_ref().is_some_and(|name| name == "baseurl")
}

/// `client.baseurl.with_path(…)` for `format!("{}…", client.baseurl, …)`.
fn with_path(expr: &Expr) -> Option<Expr> {
    let Expr::Macro(format) = expr else {
        return None;
    };
    if !format.mac.path.is_ident("format") {
        return None;
    }
    let mut arguments = tree::between_commas(&format.mac.tokens).into_iter();
    let template = arguments.next()?;
    let [TokenTree::Literal(template)] = template.as_slice() else {
        return None;
    };
    let Lit::Str(template) = Lit::new(template.clone()) else {
        return None;
    };
    let base_url = arguments.next()?;
    let is_base_url = matches!(base_url.last(), Some(TokenTree::Ident(name)) if name == "baseurl");
    let text = template.value();
    let path = text.strip_prefix("{}").filter(|_| is_base_url)?;
    let base_url: Expr = syn::parse2(base_url.into_iter().collect()).ok()?;
    let values: Vec<_> = arguments.collect();
    let mut url = code::text(path);
    if !values.is_empty() || path.contains(['{', '}']) {
        let values = tree::with_commas(&values);
        let mut format = format.clone();
        format.mac.tokens = quote!(#url, #values);
        url = code::reference(Expr::Macro(format));
    }
    Some(code::method(base_url, "with_path", [url]))
}
