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

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, FieldValue, Item, Local, Pat, Type, parse_quote};

use super::{Context, calls, code, parameters, tree};
use crate::shape::requests::{Encoding, Part, Request, Sent};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let requests = &context.hints.requests;
    let optional = requests.iter().filter(|(_, request)| !request.is_required);
    make_optional(file, optional.map(|(method, _)| method.as_str()).collect())?;
    let mut sends = tree::sends(file)?;
    for (method, request) in requests {
        let mut send = Send {
            request,
            is_sent: false,
        };
        let function = sends.get_mut(method);
        let function = function.ok_or_else(|| format!("`{method}` has no `send`"))?;
        send.visit_block_mut(&mut function.block);
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
    if requests.values().any(sends_files) {
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
        let Expr::MethodCall(call) = expr else {
            return;
        };
        if call.method != "json" {
            return;
        }
        self.is_sent = true;
        let Request {
            is_required,
            media_type,
            encoding,
        } = self.request;
        let builder = mem::replace(&mut *call.receiver, Expr::PLACEHOLDER);
        let body = || code::named(&["body"]);
        let some = |body| code::call(code::named(&["Some"]), [body]);
        let (owned, borrowed) = match is_required {
            true => (some(body()), some(code::reference(body()))),
            false => (body(), code::method(body(), "as_ref", [])),
        };
        let media_type = code::text(media_type);
        *expr = match encoding {
            Encoding::Json => code::method(builder, "json_body", [media_type, borrowed]),
            Encoding::Form(members) => {
                let members = code::list(members.iter().map(parameters::description));
                let members = code::reference(members);
                let form = code::method(builder, "form_body", [members, borrowed]);
                code::tried(code::refusing(form))
            }
            Encoding::Multipart(parts) => {
                let parts = code::reference(code::list(parts.iter().map(part)));
                let multipart = code::method(builder, "multipart_body", [parts, borrowed]);
                code::tried(code::refusing(multipart))
            }
            Encoding::Raw => code::method(builder, "raw_body", [media_type, owned]),
            Encoding::File => code::method(builder, "file_body", [owned]),
        };
    }
}

/// `part` as the runtime has it.
fn part(part: &Part) -> Expr {
    let Part { name, sent } = part;
    let part = |kind, of| code::call(code::named(&["Part", kind]), [of]);
    let of_type = |part, media_type| code::method(part, "of_type", [code::text(media_type)]);
    match sent {
        Sent::AsFile(None) => part("file", code::text(name)),
        Sent::AsFile(Some(media_type)) => of_type(part("file", code::text(name)), media_type),
        Sent::As(media_type) => of_type(part("value", code::text(name)), media_type),
        Sent::InStyle(parameter) => part("in_style", parameters::description(parameter)),
    }
}

/// Makes the bodies of `methods` such that they may be left out.
fn make_optional(file: &mut syn::File, methods: BTreeSet<&str>) -> Result<(), String> {
    let mut optional: BTreeMap<String, Optional> = tree::builders(file)
        .into_iter()
        .filter(|(method, _)| methods.contains(method.as_str()))
        .map(|(_, builder)| (builder.to_string(), Optional::default()))
        .collect();
    for item in tree::module(file, &["builder"])? {
        match item {
            Item::Struct(item) => {
                let builder = &item.ident.to_string();
                let Some(optional) = optional.get_mut(builder) else {
                    continue;
                };
                let body = item
                    .fields
                    .iter_mut()
                    .find(|field| field.ident.as_ref().is_some_and(|name| name == "body"))
                    .ok_or_else(|| format!("`{builder}` has no body"))?;
                let of = tree::arguments_of(&body.ty, "Result").and_then(|of| of.first().copied());
                let of = of.ok_or("a body is no `Result`")?.clone();
                body.ty = parse_quote!(Result<Option<#of>, String>);
                let built = calls::built(of.clone());
                optional.builds = (built != of).then_some(built);
            }
            Item::Impl(item) => {
                let optional =
                    tree::self_name(item).and_then(|name| optional.get_mut(&name.to_string()));
                let Some(optional) = optional else { continue };
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
    let all = optional.iter();
    let mut others = all.filter(|(_, optional)| {
        let expected = if optional.builds.is_some() { 3 } else { 2 };
        optional.rewritten != expected
    });
    match others.next() {
        Some((builder, _)) => Err(format!("the body of `{builder}` cannot be made optional")),
        None => Ok(()),
    }
}

/// The places at which a body is made, set, and built.
#[derive(Default)]
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
            // An option has arguments, which a path in an expression takes apart.
            *init.expr = parse_quote! {
                body.and_then(|body| {
                    body.map(<#built>::try_from).transpose().map_err(|error| error.to_string())
                })
                .map_err(Error::invalid_request)?
            };
            self.rewritten += 1;
        }
        visit_mut::visit_local_mut(self, local);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ID, builder, check_code, polish_operation};

    /// The builder of an operation with this `requestBody`.
    fn built(body: &str, components: &str) -> String {
        let operation = format!(
            "parameters: [{ID}], requestBody: {body}, responses: {{'204': {{description: ''}}}}"
        );
        builder(&polish_operation(&operation, components))
    }

    /// A required body of `media_type`: its type, and how it is sent.
    #[track_caller]
    fn check(media_type: &str, of: &str, ty: &str, sent: &str) {
        let code = built(
            &format!("{{required: true, content: {{'{media_type}': {{{of}}}}}}}"),
            "{A: {type: object, required: [a], properties: {a: {type: string}}}}",
        );
        let held = match ty.contains("::builder::") {
            true => format!("body:Result<{ty},String>"),
            false => format!("body:crate::runtime::Slot<{ty}>"),
        };
        check_code(&code, &[&held, sent]);
        assert!(!code.contains("Option<"), "{code}");
    }

    const A: &str = "schema: {$ref: '#/components/schemas/A'}";

    #[test]
    fn each_media_type_is_sent_as_what_it_is() {
        let a = "types::builder::A";
        check(
            "application/json",
            A,
            a,
            ".post(url).json_body(\"application/json\",Some(&body)).build()",
        );
        let json = "application/merge-patch+json";
        check(
            json,
            A,
            a,
            &format!(".json_body(\"{json}\",Some(&body)).build()"),
        );
        let json = "application/json;charset=utf-8";
        check(
            json,
            A,
            a,
            &format!(".json_body(\"{json}\",Some(&body)).build()"),
        );
        let form = "application/x-www-form-urlencoded";
        check(
            form,
            A,
            a,
            ".form_body(&[],Some(&body)).map_err(Error::invalid_request)?.build()",
        );
        check(
            "multipart/form-data",
            A,
            a,
            ".multipart_body(&[],Some(&body)).map_err(Error::invalid_request)?.build()",
        );
        let string = "schema: {type: string}";
        let text = "::std::string::String";
        check(
            "text/csv",
            string,
            text,
            ".raw_body(\"text/csv\",Some(body)).build()",
        );
        check(
            "application/xml",
            string,
            text,
            ".raw_body(\"application/xml\",Some(body))",
        );
        let bytes = "::bytes::Bytes";
        check(
            "image/png",
            "",
            bytes,
            ".raw_body(\"image/png\",Some(body)).build()",
        );
        check(
            "application/x-own",
            "",
            bytes,
            ".raw_body(\"application/x-own\",Some(body))",
        );
        let byte = "schema: {type: string, format: byte}";
        check(
            "image/png",
            byte,
            text,
            ".raw_body(\"image/png\",Some(body)).build()",
        );
        check(
            "image/*",
            "",
            "crate::runtime::File",
            ".file_body(Some(body)).build()",
        );
    }

    #[test]
    fn members_of_a_form_have_styles() {
        let schema = "schema: {properties: {a: {type: array, items: {type: string}}}}";
        check(
            "application/x-www-form-urlencoded",
            &format!("{schema}, encoding: {{a: {{style: pipeDelimited}}}}"),
            "types::builder::PostARequest",
            ".form_body(&[Parameter::query(\"a\").style(Style::PipeDelimited)],Some(&body))",
        );
        check(
            "multipart/form-data",
            &format!("{schema}, encoding: {{a: {{explode: false}}}}"),
            "types::builder::PostARequest",
            ".multipart_body(&[Part::in_style(Parameter::query(\"a\").explode(false))],Some(&body))",
        );
    }

    #[test]
    fn an_optional_body_may_be_left_out() {
        let code = built(
            "{content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}",
            "{A: {type: object, properties: {a: {type: string}}}}",
        );
        check_code(
            &code,
            &[
                "body:Result<Option<types::builder::A>,String>",
                "body:Ok(None)",
                ".map(From::from).map_err(|s|format!(\"conversion to `A` for body failed: {}\",s)).map(Some);"
                    .replace(' ', "")
                    .as_str(),
                "self.body=self.body.map(|body|Some(f(body.unwrap_or_default())));",
                "body.map(<types::A>::try_from).transpose()",
                ".json_body(\"application/json\",body.as_ref()).build()",
            ],
        );
        let code = built("{content: {text/plain: {}}}", "{A: {type: object}}");
        check_code(
            &code,
            &[
                "body:crate::runtime::Slot<Option<::std::string::String>>",
                "self.body.set_some(\"body\",value);",
                ".raw_body(\"text/plain\",body).build()",
            ],
        );
    }

    /// What `post-a` sends as parts, with the types of the members that are
    /// files.
    #[track_caller]
    fn check_files(schema: &str, encoding: &str, components: &str, parts: &str, types: &[&str]) {
        let operation = format!(
            "parameters: [{ID}], responses: {{'204': {{description: ''}}}}, requestBody: \
             {{required: true, content: {{multipart/form-data: {{schema: {schema}, encoding: \
             {encoding}}}}}}}"
        );
        let polished = polish_operation(&operation, components);
        let sent = format!(".multipart_body(&[{parts}],Some(&body))");
        check_code(&builder(&polished), &[&sent]);
        let code = crate::render::layout::unparse(polished.file);
        let handed_on = code.contains("pub use crate::runtime::File;");
        assert_eq!(handed_on, !types.is_empty(), "{code}");
        check_code(&code, types);
    }

    #[test]
    fn parts_of_bytes_are_files() {
        check_files(
            "{required: [a], properties: {
                a: {type: string, format: binary},
                b: {type: array, items: {contentMediaType: image/png}},
                c: {type: [string, 'null'], contentEncoding: binary},
                d: {type: string, contentEncoding: base64},
                e: {type: object}}}",
            "{a: {contentType: image/gif}, c: {contentType: 'image/gif, image/png'}, e: {contentType: application/x+json}}",
            "{A: {type: object}}",
            "Part::file(\"a\").of_type(\"image/gif\"),Part::file(\"c\"),\
             Part::value(\"e\").of_type(\"application/x+json\"),\
             Part::file(\"b\").of_type(\"image/png\")"
                .replace(' ', "")
                .as_str(),
            &[
                "pub a: crate::runtime::File,",
                "pub b: ::std::option::Option<::std::vec::Vec<crate::runtime::File>>,",
                "pub c: ::std::option::Option<crate::runtime::File>,",
                "pub d: ::std::option::Option<::std::string::String>,",
            ],
        );
        check_files("{type: object}", "{}", "{A: {type: object}}", "", &[]);
    }

    #[test]
    fn a_component_has_files_only_where_it_is_sent_as_parts() {
        let a = "{$ref: '#/components/schemas/A'}";
        let file = "{type: object, required: [f], properties: {f: {type: string, format: binary}}}";
        check_files(
            a,
            "{}",
            &format!("{{A: {file}}}"),
            "Part::file(\"f\")",
            &["pub struct A {", "pub f: crate::runtime::File,"],
        );
        check_files(
            &format!("{{allOf: [{a}, {{properties: {{g: {{type: string}}}}}}]}}"),
            "{}",
            &format!("{{A: {file}, B: {{properties: {{a: {a}}}}}}}"),
            "Part::file(\"f\")",
            &[
                "pub struct PostARequest {",
                "pub f: crate::runtime::File,",
                "pub f: ::std::string::String,",
            ],
        );
    }
}
