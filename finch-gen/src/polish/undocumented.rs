//! A success with a status that the document does not list is read, if it is clear
//! how.
//!
//! Before, it is an error, and the result of the call is lost:
//!
//! ```text
//!     match response.status().as_u16() {
//!         200u16 => Response::from_json(response),
//!         _ => Err(Error::unexpected(response)),
//!     }
//! ```
//!
//! After, an operation with one documented success reads each status that has no
//! other meaning as that success:
//!
//! ```text
//!         200u16 | 201u16 | 203u16 | 209u16..=225u16 | 227u16..=299u16 => {
//!             Response::from_json(response)
//!         }
//! ```
//!
//! 202 says that nothing was done yet, 206 to 208 and 226 that the body is a part or a
//! list of something, and 205 that it has none: they stay errors. 204 has no body, and
//! is read only if the success has none.

use std::ops::RangeInclusive;

use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMatch, LitInt, Pat, parse_quote};

use super::{Context, tree};

/// The statuses that are read as the one success.
const ALIKE: [RangeInclusive<u16>; 5] = [200..=200, 201..=201, 203..=203, 209..=225, 227..=299];
/// Those of a success without a body, too.
const EMPTY: RangeInclusive<u16> = 204..=204;

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let mut sends = tree::sends(file)?;
    for operation in &context.facts.operations {
        let method = &operation.rust_name;
        let Some(documented) = only_success(&operation.pointer, context) else {
            continue;
        };
        let answers = context.hints.answers.get(method);
        let has_body = answers.is_some_and(|answers| !answers.is_empty());
        let mut widen = Widen {
            pattern: pattern(documented, has_body),
            documented,
            is_widened: false,
        };
        let send = sends.get_mut(method);
        let send = send.ok_or_else(|| format!("`{method}` has no `send`"))?;
        widen.visit_block_mut(&mut send.block);
        if !widen.is_widened {
            return Err(format!("`send` of `{method}` does not match {documented}"));
        }
    }
    Ok(())
}

/// The status of the success of the operation at `pointer`, if it has one success.
fn only_success(pointer: &str, context: &Context<'_>) -> Option<u16> {
    let responses = context.document.at(&format!("{pointer}/responses"))?;
    let mut statuses = responses.as_object()?.keys();
    let status = statuses.next().filter(|_| statuses.len() == 0)?;
    // A range documents all statuses.
    status.parse().ok()
}

/// The pattern for `documented` and the statuses that are read alike.
fn pattern(documented: u16, has_body: bool) -> Pat {
    let mut statuses = ALIKE.to_vec();
    if !has_body {
        statuses.push(EMPTY);
    }
    if !statuses.iter().any(|range| range.contains(&documented)) {
        statuses.push(documented..=documented);
    }
    statuses.sort_by_key(|range| *range.start());
    let literal = |status: u16| LitInt::new(&format!("{status}u16"), Span::call_site());
    let patterns = statuses.into_iter().map(|range| -> Pat {
        let (first, last) = (literal(*range.start()), literal(*range.end()));
        match range.start() == range.end() {
            true => parse_quote!(#first),
            false => parse_quote!(#first..=#last),
        }
    });
    parse_quote!(#(#patterns)|*)
}

/// Widens the arm of the documented status in the `match` on the status.
struct Widen {
    pattern: Pat,
    documented: u16,
    is_widened: bool,
}

impl VisitMut for Widen {
    fn visit_expr_match_mut(&mut self, expr: &mut ExprMatch) {
        visit_mut::visit_expr_match_mut(self, expr);
        let is_status = matches!(&*expr.expr, Expr::MethodCall(call) if call.method == "as_u16");
        if !is_status {
            return;
        }
        for arm in &mut expr.arms {
            let is_documented = matches!(&arm.pat, Pat::Lit(pat)
                if matches!(&pat.lit, syn::Lit::Int(status)
                    if status.base10_parse().is_ok_and(|status: u16| status == self.documented)));
            if is_documented {
                arm.pat = self.pattern.clone();
                self.is_widened = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;

    use super::super::tests::{ID, polish_operation};
    use super::*;

    /// Collects the patterns of the `match` on the status.
    #[derive(Default)]
    struct Patterns(Vec<String>);

    impl VisitMut for Patterns {
        fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
            self.0
                .push(arm.pat.to_token_stream().to_string().replace(' ', ""));
        }
    }

    /// The statuses from 200 to 299 that are not an error, of an operation with these
    /// `responses`.
    fn read(responses: &str) -> Vec<u16> {
        let operation = format!("parameters: [{ID}], responses: {responses}");
        let mut polished = polish_operation(&operation, "{A: {type: object}}");
        let mut patterns = Patterns::default();
        let mut sends = tree::sends(&mut polished.file).unwrap();
        patterns.visit_block_mut(&mut sends.get_mut("post_a").unwrap().block);
        assert_eq!(patterns.0.pop().as_deref(), Some("_"));
        let number = |text: &str| -> u16 {
            let digits = text.trim_end_matches("u16");
            digits
                .parse()
                .unwrap_or_else(|_| panic!("{responses}: {text}"))
        };
        let mut statuses = Vec::new();
        for one in patterns.0.iter().flat_map(|pattern| pattern.split('|')) {
            match one.split_once("..=") {
                Some((first, last)) => statuses.extend(number(first)..=number(last)),
                None => statuses.push(number(one)),
            }
        }
        statuses.sort_unstable();
        statuses
    }

    #[test]
    fn a_status_is_read_as_the_one_success_or_not_at_all() {
        const JSON: &str =
            "{description: '', content: {application/json: {schema: {type: integer}}}}";
        const TEXT: &str = "{description: '', content: {text/plain: {}}}";
        const NONE: &str = "{description: ''}";
        let all: Vec<u16> = (200..300).collect();
        let never = [202, 204, 205, 206, 207, 208, 226];
        let but = |read: &[u16]| -> Vec<u16> {
            let is_read = |status: &u16| !never.contains(status) || read.contains(status);
            (200..300).filter(is_read).collect()
        };
        for (responses, expected) in [
            (format!("{{'200': {JSON}}}"), but(&[])),
            (format!("{{'200': {TEXT}}}"), but(&[])),
            (format!("{{'200': {JSON}, '400': {JSON}}}"), but(&[])),
            (format!("{{'200': {JSON}, default: {JSON}}}"), but(&[])),
            (format!("{{'201': {JSON}}}"), but(&[])),
            (format!("{{'202': {JSON}}}"), but(&[202])),
            (format!("{{'206': {TEXT}}}"), but(&[206])),
            (format!("{{'226': {JSON}}}"), but(&[226])),
            (format!("{{'240': {JSON}}}"), but(&[])),
            (format!("{{'200': {NONE}}}"), but(&[204])),
            (format!("{{'204': {NONE}}}"), but(&[204])),
            (format!("{{'202': {NONE}}}"), but(&[202, 204])),
            (format!("{{'200': {JSON}, '202': {TEXT}}}"), vec![200, 202]),
            (format!("{{'200': {JSON}, '201': {JSON}}}"), vec![200, 201]),
            (format!("{{'200': {JSON}, '204': {NONE}}}"), vec![200, 204]),
            (format!("{{2XX: {JSON}}}"), all.clone()),
            (format!("{{default: {JSON}}}"), all.clone()),
            (format!("{{default: {NONE}}}"), all.clone()),
            (format!("{{'400': {JSON}}}"), all),
        ] {
            assert_eq!(read(&responses), expected, "{responses}");
        }
    }
}
