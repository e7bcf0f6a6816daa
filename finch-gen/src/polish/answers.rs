//! Each answer is read as what it is.
//!
//! Before, all are JSON to progenitor (`shape::answers`):
//!
//! ```text
//! .header(::reqwest::header::ACCEPT, HeaderValue::from_static("application/json"))
//! …
//!     200u16 => Response::from_json(response),
//! ```
//!
//! After, the server is asked for what the document says, a text is read as one,
//! and bytes are handed out as they came:
//!
//! ```text
//! .header(::reqwest::header::ACCEPT, HeaderValue::from_static("image/png"))
//! …
//!     200u16 => Ok(Response::bytes(response)),
//! ```

use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Expr, Lit, parse_quote};

use super::{Context, tree};
use crate::shape::Reading;

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let mut sends = tree::sends(file)?;
    for (method, answers) in &context.hints.answers {
        let mut media_types: Vec<&str> = Vec::new();
        for answer in answers.values() {
            if !media_types.contains(&answer.media_type.as_str()) {
                media_types.push(&answer.media_type);
            }
        }
        // What there is of several kinds, the pass `successes` reads.
        let reading = match context.hints.successes.get(method) {
            Some(_) => Reading::Json,
            None => answers
                .values()
                .next()
                .map_or(Reading::Json, |answer| answer.reading),
        };
        let mut read = Read {
            accept: media_types.join(", "),
            reading,
            is_read: reading == Reading::Json,
        };
        let send = sends.get_mut(method);
        let send = send.ok_or_else(|| format!("`{method}` has no `send`"))?;
        read.visit_block_mut(&mut send.block);
        if !read.is_read {
            return Err(format!("`send` of `{method}` does not read its answer"));
        }
    }
    Ok(())
}

struct Read {
    accept: String,
    reading: Reading,
    is_read: bool,
}

impl VisitMut for Read {
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        visit_mut::visit_expr_method_call_mut(self, call);
        let is_accept = |name: &Expr| matches!(name, Expr::Path(path) if tree::ends_with(&path.path, &["header", "ACCEPT"]));
        if call.method == "header"
            && call.args.first().is_some_and(is_accept)
            && let Some(Expr::Call(value)) = call.args.get_mut(1)
            && let Some(Expr::Lit(value)) = value.args.first_mut()
            && let Lit::Str(text) = &value.lit
        {
            value.lit = Lit::Str(syn::LitStr::new(&self.accept, text.span()));
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        visit_mut::visit_arm_mut(self, arm);
        let is_json = matches!(value(&arm.body), Expr::Call(call)
            if matches!(&*call.func, Expr::Path(path)
                if tree::ends_with(&path.path, &["Response", "from_json"])));
        if !is_json {
            return;
        }
        let read: Expr = match self.reading {
            Reading::Json => return,
            Reading::Text => parse_quote!(Response::from_text(response)),
            Reading::Bytes => parse_quote!(Ok(Response::bytes(response))),
        };
        *arm.body = read;
        self.is_read = true;
    }
}

/// `body`, or what the block that it is evaluates to.
fn value(body: &Expr) -> &Expr {
    match body {
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(value, None)] => value,
            _ => body,
        },
        _ => body,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ID, builder, check_code, polish_operation};

    /// What an operation with these `responses` accepts, returns, and how it
    /// reads the answers.
    #[track_caller]
    fn check(responses: &str, accept: Option<&str>, ty: &str, arms: &[&str]) {
        let polished = polish_operation(
            &format!("parameters: [{ID}], responses: {responses}"),
            "{A: {type: object}}",
        );
        let code = builder(&polished);
        let accepted = match accept {
            Some(accept) => format!("::reqwest::header::HeaderValue::from_static(\"{accept}\",)"),
            None => ".post(url).build()".to_owned(),
        };
        let returned = format!("->Result<Response<{ty}>,Error>");
        check_code(&code, &[&accepted, &returned]);
        check_code(&code, arms);
    }

    #[test]
    fn an_answer_is_read_by_its_media_type() {
        let text = "::std::string::String";
        let bytes = "::bytes::Bytes";
        let of_text = "Response::from_text(response)";
        let of_bytes = "Ok(Response::bytes(response))";
        for (media_type, schema, ty, read) in [
            (
                "application/vnd.a+json",
                "{type: boolean}",
                "bool",
                "Response::from_json(response)",
            ),
            ("text/csv", "{type: string}", text, of_text),
            ("text/event-stream", "{type: object}", text, of_text),
            (
                "application/x-www-form-urlencoded",
                "{type: object}",
                text,
                of_text,
            ),
            ("image/png", "{}", bytes, of_bytes),
            (
                "application/xml",
                "{$ref: '#/components/schemas/A'}",
                bytes,
                of_bytes,
            ),
            ("*/*", "{}", bytes, of_bytes),
        ] {
            let body =
                format!("{{description: '', content: {{'{media_type}': {{schema: {schema}}}}}}}");
            check(
                &format!("{{'200': {body}}}"),
                Some(&media_type.replace(' ', "")),
                ty,
                &["200u16|", read],
            );
            check(
                &format!("{{default: {body}}}"),
                Some(media_type),
                ty,
                &[read],
            );
        }
        check(
            "{'204': {description: ''}}",
            None,
            "()",
            &["|204u16|", "=>{Ok(Response::empty(response))}"],
        );
    }

    #[test]
    fn json_is_preferred() {
        check(
            "{'200': {description: '', content: {application/xml: {}, text/plain: {}, application/json: {schema: {type: integer}}}}}",
            Some("application/json"),
            "i64",
            &["Response::from_json(response)"],
        );
    }

    #[test]
    fn answers_of_several_kinds_are_told_apart_by_their_status() {
        let code = "types::PostASuccess";
        check(
            "{'200': {description: '', content: {application/json: {schema: {type: array, items: {type: string}}}}},
              '202': {description: '', content: {text/plain: {}}},
              '203': {description: '', content: {image/png: {}}},
              '204': {description: ''}}",
            Some("application/json,text/plain,image/png"),
            code,
            &[
                "200u16=>Response::<types::PostAResponse200>::from_json(response)",
                "202u16=>Response::from_text(response).map(",
                "203u16=>Ok(Response::bytes(response).map(types::PostASuccess::NonAuthoritativeInformation))",
                "204u16=>Ok(Response::empty(response).map(",
            ],
        );
    }
}
