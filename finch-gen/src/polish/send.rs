//! `send` hands its request to the runtime, and fails with the one error type.
//!
//! Before:
//!
//! ```text
//! pub async fn send(self) -> Result<ResponseValue<types::T>, Error<()>> {
//!     let body = body.and_then(…).map_err(Error::InvalidRequest)?;
//!     let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
//!     header_map.append(HeaderName::from_static("api-version"), …);
//!     let mut request = client.client.post(url).json(&body).headers(header_map).build()?;
//!     let info = OperationInfo { operation_id: "create_access_token" };
//!     client.pre(&mut request, &info).await?;
//!     let result = client.exec(request, &info).await;
//!     client.post(&result, &info).await?;
//!     let response = result?;
//!     match response.status().as_u16() {
//!         200u16 => ResponseValue::from_response(response).await,
//!         _ => Err(Error::UnexpectedResponse(response)),
//!     }
//! }
//! ```
//!
//! After:
//!
//! ```text
//! pub async fn send(self) -> Result<Response<types::T>, Error> {
//!     let body = body.and_then(…).map_err(Error::invalid_request)?;
//!     let request = client.client.post(url).json(&body).build().map_err(Error::invalid_request)?;
//!     let response = ClientHooks::exec(client, request, &super::operations::T).await?;
//!     match response.status().as_u16() {
//!         200u16 => Response::from_json(response),
//!         _ => Err(Error::unexpected(response)),
//!     }
//! }
//! ```
//!
//! `pre` and `post` are progenitor's places to change a request and to look at
//! a response; the runtime needs neither, as `exec` gets the operation itself.

use std::mem;

use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprMethodCall, Ident, Item, Lit, Pat, ReturnType, Stmt, parse_quote};

use super::{Context, code, operations, tree};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let mut rewritten = 0;
    for item in tree::module(file, &["builder"])? {
        let Item::Impl(item) = item else { continue };
        for send in tree::functions(item).filter(|function| function.sig.ident == "send") {
            send.sig.output = output(&send.sig.output)?;
            body(&mut send.block)?;
            rewritten += 1;
        }
    }
    let expected = context.facts.operations.len();
    if rewritten != expected {
        return Err(format!("expected {expected} operations, found {rewritten}"));
    }
    Ok(())
}

/// `Result<ResponseValue<T>, Error<E>>` to `Result<Response<T>, Error>`.
fn output(output: &ReturnType) -> Result<ReturnType, String> {
    let value = match output {
        ReturnType::Type(_, ty) => tree::arguments_of(ty, "Result")
            .and_then(|result| tree::arguments_of(result.first()?, "ResponseValue"))
            .and_then(|value| value.first().copied().cloned()),
        ReturnType::Default => None,
    };
    let value = value.ok_or("`send` does not return a `Result<ResponseValue<_>, _>`")?;
    let response = code::type_of(code::path(&["Response"]), [value]);
    let error = code::type_at(code::path(&["Error"]));
    let result = code::type_of(code::path(&["Result"]), [response, error]);
    Ok(ReturnType::Type(Default::default(), Box::new(result)))
}

fn body(block: &mut Block) -> Result<(), String> {
    let mut operation = None;
    let mut request = None;
    let mut statements = Vec::with_capacity(block.stmts.len());
    for mut statement in block.stmts.drain(..) {
        if is_header_map(&statement)
            || is_api_version(&statement)
            || is_hook(&statement, "pre")
            || is_hook(&statement, "post")
        {
            continue;
        }
        if let Some(id) = operation_id(&statement) {
            operation = Some(id);
            continue;
        }
        if let Some(sent) = executed(&statement) {
            request = Some(sent);
            continue;
        }
        if let Some(response) = awaited_result(&statement) {
            let (client, request) = request
                .take()
                .ok_or("a result is read before `exec` is called")?;
            let operation = operation.take().ok_or("a result is read of no operation")?;
            let operation = operations::table_name(&operation);
            let operation = code::named(&["super", "operations", &operation.to_string()]);
            // As a function: an operation may be called `exec`, too.
            let exec = code::named(&["ClientHooks", "exec"]);
            let sent = code::call(exec, [client, request, code::reference(operation)]);
            statement = code::bound(response, code::tried(code::awaited(sent)));
        }
        statements.push(statement);
    }
    if operation.is_some() || request.is_some() {
        return Err("`send` does not read the result of `exec`".to_owned());
    }
    block.stmts = statements;
    let mut settle = Settle::default();
    settle.visit_block_mut(block);
    match settle.unexpected {
        0 => Err("`send` has no case for an unexpected response".to_owned()),
        _ => Ok(()),
    }
}

/// What `statement` evaluates or binds, with what it binds it to.
fn parts(statement: &Stmt) -> Option<(Option<&Ident>, &Expr)> {
    match statement {
        Stmt::Expr(expr, _) => Some((None, expr)),
        Stmt::Local(local) => {
            let name = match &local.pat {
                Pat::Ident(pat) => Some(&pat.ident),
                _ => None,
            };
            Some((name, &local.init.as_ref()?.expr))
        }
        _ => None,
    }
}

/// The call that `statement` makes, under any `.await` and `?`.
fn call<'a>(statement: &'a Stmt, method: &str) -> Option<&'a ExprMethodCall> {
    let mut expr = parts(statement)?.1;
    loop {
        expr = match expr {
            Expr::Try(inner) => &inner.expr,
            Expr::Await(inner) => &inner.base,
            Expr::MethodCall(call) if call.method == method => return Some(call),
            _ => return None,
        }
    }
}

/// `header_map.append(HeaderName::from_static("api-version"), …);`
fn is_api_version(statement: &Stmt) -> bool {
    call(statement, "append").is_some_and(|call| {
        matches!(call.args.first(), Some(Expr::Call(name))
            if matches!(name.args.first(), Some(Expr::Lit(literal))
                if matches!(&literal.lit, Lit::Str(name) if name.value() == "api-version")))
    })
}

/// `client.pre(…).await?;`, where the client has another name beside a
/// parameter `client`.
fn is_hook(statement: &Stmt, method: &str) -> bool {
    matches!(statement, Stmt::Expr(..))
        && call(statement, method).is_some_and(|call| matches!(&*call.receiver, Expr::Path(_)))
}

/// `let header_map = …::HeaderMap::with_capacity(…);`
fn is_header_map(statement: &Stmt) -> bool {
    matches!(parts(statement), Some((Some(_), Expr::Call(call)))
        if matches!(&*call.func, Expr::Path(path)
            if tree::ends_with(&path.path, &["HeaderMap", "with_capacity"])))
}

/// The id in `let info = OperationInfo { operation_id: "…" };`.
fn operation_id(statement: &Stmt) -> Option<String> {
    match parts(statement)? {
        (Some(_), Expr::Struct(info)) if info.path.is_ident("OperationInfo") => {
            match &info.fields.first()?.expr {
                Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(id),
                    ..
                }) => Some(id.value()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Client and request in `let result = client.exec(request, &info).await;`.
fn executed(statement: &Stmt) -> Option<(Expr, Expr)> {
    let call = call(statement, "exec")?;
    Some(((*call.receiver).clone(), call.args.first()?.clone()))
}

/// The name in `let response = result?;`.
fn awaited_result(statement: &Stmt) -> Option<Ident> {
    match parts(statement)? {
        (Some(name), Expr::Try(result)) if matches!(&*result.expr, Expr::Path(_)) => {
            Some(name.clone())
        }
        _ => None,
    }
}

/// Errors and responses in the expressions of `send`.
#[derive(Default)]
struct Settle {
    unexpected: usize,
}

impl VisitMut for Settle {
    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        // `let mut request`, which nothing changes any more.
        if let Pat::Ident(pat) = &mut local.pat
            && local
                .attrs
                .iter()
                .any(|attribute| attribute.path().is_ident("allow"))
        {
            local.attrs.clear();
            pat.mutability = None;
        }
        visit_mut::visit_local_mut(self, local);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        match expr {
            // What fails here fails before anything is sent.
            Expr::Try(inner) => match &*inner.expr {
                Expr::Await(_) => {}
                Expr::MethodCall(call) if call.method == "map_err" => {}
                _ => {
                    let fallible = mem::replace(&mut *inner.expr, Expr::PLACEHOLDER);
                    *inner.expr = code::refusing(fallible);
                }
            },
            Expr::Path(path) if tree::ends_with(&path.path, &["Error", "InvalidRequest"]) => {
                *expr = code::named(&["Error", "invalid_request"]);
            }
            Expr::Path(path) if tree::ends_with(&path.path, &["Error", "UnexpectedResponse"]) => {
                self.unexpected += 1;
                *expr = code::named(&["Error", "unexpected"]);
            }
            // The runtime has read the body already. (The path is renamed by
            // now: what is inside an expression is visited first.)
            Expr::Await(inner) => {
                if let Expr::Call(call) = &mut *inner.base
                    && let Expr::Path(path) = &*call.func
                    && tree::ends_with(&path.path, &["Response", "from_response"])
                {
                    let arguments = mem::take(&mut call.args);
                    *expr = code::call(code::named(&["Response", "from_json"]), arguments);
                }
            }
            // reqwest has no method by the name of these.
            Expr::MethodCall(call)
                if (call.method == "options" || call.method == "trace")
                    && matches!(&*call.receiver, Expr::Field(_)) =>
            {
                let (client, url) = (&call.receiver, &call.args);
                let method = format_ident!("{}", call.method.to_string().to_ascii_uppercase());
                *expr = parse_quote!(#client.request(crate::runtime::Method::#method, #url));
            }
            // There is none but `api-version`.
            Expr::MethodCall(call) if call.method == "headers" => {
                *expr = mem::replace(&mut *call.receiver, Expr::PLACEHOLDER);
            }
            _ => {}
        }
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path
            .segments
            .first()
            .is_some_and(|first| first.ident == "ResponseValue")
        {
            path.segments[0].ident = Ident::new("Response", path.segments[0].ident.span());
        }
        if path
            .segments
            .first()
            .is_some_and(|first| first.ident == "progenitor_client")
        {
            *path = path.segments.iter().skip(1).fold(
                parse_quote!(crate::runtime),
                |mut path: syn::Path, segment| {
                    path.segments.push(segment.clone());
                    path
                },
            );
        }
        visit_mut::visit_path_mut(self, path);
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::{ToTokens as _, quote};

    use super::*;

    /// The statements of a `send` that answers with `success`.
    fn rewritten(success: Expr) -> String {
        let mut block: Block = parse_quote!({
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map.append(HeaderName::from_static("api-version"), version);
            let mut request = _client.client.get(url).headers(header_map).build()?;
            let info = OperationInfo { operation_id: "get_a" };
            _client.pre(&mut request, &info).await?;
            let result = _client.exec(request, &info).await;
            _client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => #success,
                _ => Err(Error::UnexpectedResponse(response)),
            }
        });
        body(&mut block).unwrap();
        block.to_token_stream().to_string()
    }

    #[track_caller]
    fn check(code: &str, part: TokenStream) {
        let part = part.to_string();
        assert!(code.contains(&part), "{part}\nis not in\n{code}");
    }

    #[test]
    fn nothing_is_an_answer_too() {
        let code = rewritten(parse_quote!(Ok(ResponseValue::empty(response))));
        check(&code, quote!(Ok(Response::empty(response))));
    }

    #[test]
    fn what_reqwest_has_no_method_for_is_named() {
        for method in ["options", "trace"] {
            let name = format_ident!("{method}");
            let mut call: Expr = parse_quote!(client.client.#name(url).build()?);
            Settle::default().visit_expr_mut(&mut call);
            let named = format_ident!("{}", method.to_ascii_uppercase());
            check(
                &call.to_token_stream().to_string(),
                quote!(client.client.request(crate::runtime::Method::#named, url).build()),
            );
        }
    }

    #[test]
    fn a_client_beside_a_parameter_of_that_name_is_found() {
        let code = rewritten(parse_quote!(ResponseValue::from_response(response).await));
        check(
            &code,
            quote!(ClientHooks::exec(_client, request, &super::operations::GET_A).await?),
        );
        assert!(!code.contains("pre") && !code.contains(". post"), "{code}");
    }
}
