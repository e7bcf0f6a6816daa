//! Each body is sent as what it is, and an optional one may be left out.
//!
//! Before, all are JSON to progenitor, and required (`shape::requests`):
//!
//! ```text
//! pub struct PutPicture<'a> { client: &'a super::Client, body: Result<::bytes::Bytes, String> }
//! …
//!     pub(crate) fn new(client: &'a super::Client) -> Self {
//!         Self { client: client, body: Err("body was not initialized".to_string()) }
//!     }
//!     pub fn body<V>(mut self, value: V) -> Self where V: TryInto<::bytes::Bytes> {
//!         self.body = value.try_into().map_err(…);
//! …
//!         let request = client.client.put(url).json(&body).build()…
//! ```
//!
//! After, for a picture that is optional:
//!
//! ```text
//! pub struct PutPicture<'a> {
//!     client: &'a super::Client,
//!     body: Result<Option<::bytes::Bytes>, String>,
//! }
//! …
//!         Self { client: client, body: Ok(None) }
//! …
//!         self.body = value.try_into().map_err(…).map(Some);
//! …
//!         let request = client.client.put(url).raw_body("image/png", body).build()…
//! ```

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, FieldValue, Item, Local, Pat, Type, parse_quote};

use super::{Context, bodies, parameters, tree};
use crate::shape::requests::{Encoding, Part, Request, Sent};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    for (method, request) in &context.shaped.requests {
        if !request.is_required {
            make_optional(file, method)?;
        }
        let mut send = Send {
            request,
            is_sent: false,
        };
        send.visit_block_mut(&mut tree::send(file, method)?.block);
        if !send.is_sent {
            return Err(format!("`send` of `{method}` sends no body"));
        }
    }
    let sends_files = |request: &Request| match &request.encoding {
        Encoding::File => true,
        Encoding::Multipart(parts) => parts
            .iter()
            .any(|part| matches!(part.sent, Sent::AsFile(_))),
        _ => false,
    };
    if context.shaped.requests.values().any(sends_files) {
        file.items.push(parse_quote!(
            pub use crate::runtime::File;
        ));
    }
    Ok(())
}

/// `.json(&body)` to what sends the body as the document says.
struct Send<'a> {
    request: &'a Request,
    is_sent: bool,
}

impl VisitMut for Send<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        let Expr::MethodCall(call) = &*expr else {
            return;
        };
        if call.method != "json" {
            return;
        }
        let Request {
            is_required,
            media_type,
            encoding,
        } = self.request;
        let builder = &call.receiver;
        let (owned, borrowed): (Expr, Expr) = if *is_required {
            (parse_quote!(Some(body)), parse_quote!(Some(&body)))
        } else {
            (parse_quote!(body), parse_quote!(body.as_ref()))
        };
        let sent: Expr = match encoding {
            Encoding::Json if *is_required && media_type == "application/json" => expr.clone(),
            Encoding::Json => parse_quote!(#builder.json_body(#media_type, #borrowed)),
            Encoding::Form(members) => {
                let members = members.iter().map(parameters::description);
                parse_quote! {
                    #builder.form_body(&[#(#members),*], #borrowed).map_err(Error::invalid_request)?
                }
            }
            Encoding::Multipart(parts) => {
                let parts = parts.iter().map(part);
                parse_quote! {
                    #builder
                        .multipart_body(&[#(#parts),*], #borrowed)
                        .map_err(Error::invalid_request)?
                }
            }
            Encoding::Raw => parse_quote!(#builder.raw_body(#media_type, #owned)),
            Encoding::File => parse_quote!(#builder.file_body(#owned)),
        };
        *expr = sent;
        self.is_sent = true;
    }
}

/// `part` as the runtime has it.
fn part(part: &Part) -> Expr {
    let Part { name, sent } = part;
    match sent {
        Sent::AsFile(None) => parse_quote!(Part::file(#name)),
        Sent::AsFile(Some(media_type)) => parse_quote!(Part::file(#name).of_type(#media_type)),
        Sent::As(media_type) => parse_quote!(Part::value(#name).of_type(#media_type)),
        Sent::InStyle(parameter) => {
            let parameter = parameters::description(parameter);
            parse_quote!(Part::in_style(#parameter))
        }
    }
}

fn make_optional(file: &mut syn::File, method: &str) -> Result<(), String> {
    let builder = tree::builder_of(file, method)?;
    let mut optional = Optional {
        builds: None,
        rewritten: 0,
    };
    for item in tree::module(file, &["builder"])? {
        match item {
            Item::Struct(item) if item.ident == builder => {
                let body = item
                    .fields
                    .iter_mut()
                    .find(|field| field.ident.as_ref().is_some_and(|name| name == "body"))
                    .ok_or_else(|| format!("`{builder}` has no body"))?;
                let of = tree::arguments_of(&body.ty, "Result").and_then(|of| of.first().copied());
                let of = of.ok_or("a body is no `Result`")?.clone();
                body.ty = parse_quote!(Result<Option<#of>, String>);
                let built = bodies::built(of.clone());
                optional.builds = (built != of).then_some(built);
            }
            Item::Impl(item) if tree::self_name(item).is_some_and(|of| *of == builder) => {
                for function in tree::functions(item) {
                    if function.sig.ident == "body_map" {
                        function.block = parse_quote!({
                            self.body = self.body.map(|body| Some(f(body.unwrap_or_default())));
                            self
                        });
                    } else {
                        optional.visit_block_mut(&mut function.block);
                    }
                }
            }
            _ => {}
        }
    }
    let expected = if optional.builds.is_some() { 3 } else { 2 };
    match optional.rewritten {
        rewritten if rewritten == expected => Ok(()),
        _ => Err(format!("the body of `{builder}` cannot be made optional")),
    }
}

/// The places at which a body is made, set, and built.
struct Optional {
    /// The type that is built, where the body has a builder.
    builds: Option<Type>,
    rewritten: usize,
}

impl VisitMut for Optional {
    /// `body: …` of a new builder.
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        let is_body = matches!(&field.member, syn::Member::Named(name) if name == "body");
        if is_body {
            field.expr = parse_quote!(Ok(None));
            self.rewritten += 1;
        }
    }

    /// `self.body = value.try_into()…;`
    fn visit_expr_assign_mut(&mut self, assign: &mut syn::ExprAssign) {
        let is_body = matches!(&*assign.left, Expr::Field(field)
            if matches!(&field.member, syn::Member::Named(name) if name == "body"));
        if is_body {
            let value = &assign.right;
            *assign.right = parse_quote!(#value.map(Some));
            self.rewritten += 1;
        }
    }

    /// `let body = body.and_then(|v| …).map_err(Error::invalid_request)?;`
    fn visit_local_mut(&mut self, local: &mut Local) {
        if let Some(built) = &self.builds
            && matches!(&local.pat, Pat::Ident(pat) if pat.ident == "body")
            && let Some(init) = &mut local.init
        {
            *init.expr = parse_quote! {
                body.and_then(|body| {
                    body.map(#built::try_from).transpose().map_err(|error| error.to_string())
                })
                .map_err(Error::invalid_request)?
            };
            self.rewritten += 1;
        }
        visit_mut::visit_local_mut(self, local);
    }
}
