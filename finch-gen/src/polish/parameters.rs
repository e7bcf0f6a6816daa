//! Each parameter is written where and as its document says.
//!
//! Before, it is a part of the path as it displays itself, or else one of the
//! query, by the name that progenitor was told (`shape::parameters`):
//!
//! ```text
//! let url = format!("{}/a/{}", client.baseurl, encode_path(&id.to_string()),);
//! let request = client.client.get(url)
//!     .query(&crate::runtime::QueryParam::new("ids_header", &ids_header))
//!     .build()…
//! ```
//!
//! After, the runtime writes it:
//!
//! ```text
//! let url = format!("{}/a/{}", client.baseurl, Parameter::path("id").in_path(&id).map_err(…)?);
//! let request = client.client.get(url)
//!     .parameters(&[Parameter::header("ids").with(&ids_header)]).map_err(Error::invalid_request)?
//!     .build()…
//! ```

use std::collections::BTreeMap;
use std::mem;

use quote::ToTokens as _;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, Lit, Macro, Token};

use super::{Context, code, tree};
use crate::pointer;
use crate::shape::parameters::{Parameter, Place, Style};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let mut sends = tree::sends(file)?;
    for operation in &context.facts.operations {
        let method = &operation.rust_name;
        let Some(parameters) = context.hints.parameters.get(method) else {
            continue;
        };
        let mut write = Write {
            parameters,
            in_path: pointer::template_names(&operation.path)
                .filter_map(|name| {
                    let mut all = parameters.values();
                    all.find(|one| one.place == Place::Path && one.name == name)
                })
                .collect(),
            in_request: Vec::new(),
            written: 0,
        };
        // A path may name one twice.
        let others = parameters.values().filter(|one| one.place != Place::Path);
        let expected = write.in_path.len() + others.count();
        // What is next is taken from the end.
        write.in_path.reverse();
        let send = sends.get_mut(method);
        let send = send.ok_or_else(|| format!("`{method}` has no `send`"))?;
        write.visit_block_mut(&mut send.block);
        if write.written != expected {
            return Err(format!(
                "expected {expected} parameters of `{method}`, found {}",
                write.written
            ));
        }
    }
    Ok(())
}

struct Write<'a> {
    parameters: &'a BTreeMap<String, Parameter>,
    in_path: Vec<&'a Parameter>,
    in_request: Vec<Expr>,
    written: usize,
}

impl VisitMut for Write<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        let Expr::MethodCall(call) = expr else {
            return;
        };
        if let Some((name, value)) = query_parameter(call)
            && let Some(parameter) = self.parameters.get(&name)
        {
            let parameter = description(parameter);
            let with = code::method(parameter, "with", [value.clone()]);
            self.in_request.push(with);
            self.written += 1;
            *expr = mem::replace(&mut *call.receiver, Expr::PLACEHOLDER);
        } else if call.method == "build" && !self.in_request.is_empty() {
            let parameters = code::reference(code::list(self.in_request.drain(..)));
            let request = mem::replace(&mut *call.receiver, Expr::PLACEHOLDER);
            let with = code::method(request, "parameters", [parameters]);
            *call.receiver = code::tried(code::refusing(with));
        }
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        if call.path.is_ident("format") && !self.in_path.is_empty() {
            self.path(call);
        }
    }
}

impl Write<'_> {
    /// `format!("{}/a/{}", client.baseurl, encode_path(…))`. What is not such a
    /// list of arguments stays.
    fn path(&mut self, format: &mut Macro) {
        let Ok(mut arguments) =
            format.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
        else {
            return;
        };
        for argument in &mut arguments {
            if let Expr::Call(call) = &*argument
                && let Expr::Path(path) = &*call.func
                && path.path.is_ident("encode_path")
                && let Some(Expr::Reference(text)) = call.args.first()
                && let Expr::MethodCall(text) = &*text.expr
                && let Some(parameter) = self.in_path.pop()
            {
                let value = code::reference((*text.receiver).clone());
                let written = code::method(description(parameter), "in_path", [value]);
                *argument = code::tried(code::refusing(written));
                self.written += 1;
            }
        }
        format.tokens = arguments.into_token_stream();
    }
}

/// Name and value in `request.query(&….QueryParam::new("name", &value))`.
fn query_parameter(call: &ExprMethodCall) -> Option<(String, &Expr)> {
    let Some(Expr::Reference(parameter)) = call.args.first().filter(|_| call.method == "query")
    else {
        return None;
    };
    let Expr::Call(new) = &*parameter.expr else {
        return None;
    };
    match (new.args.first()?, new.args.get(1)?) {
        (Expr::Lit(name), value) => match &name.lit {
            Lit::Str(name) => Some((name.value(), value)),
            _ => None,
        },
        _ => None,
    }
}

/// `parameter` as the runtime has it.
pub(super) fn description(parameter: &Parameter) -> Expr {
    let Parameter {
        name,
        place,
        style,
        explode,
        allow_reserved,
        ..
    } = parameter;
    let place_name = match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    };
    let in_place = code::named(&["Parameter", place_name]);
    let mut description = code::call(in_place, [code::text(name)]);
    if *style != place.default_style() {
        let style = code::named(&["Style", &format!("{style:?}")]);
        description = code::method(description, "style", [style]);
    }
    // As OpenAPI has it where the document says nothing.
    if *explode != (*style == Style::Form) && *style != Style::DeepObject {
        description = code::method(description, "explode", [code::truth(*explode)]);
    }
    if *allow_reserved {
        description = code::method(description, "allow_reserved", []);
    }
    description
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ID, builder, check_code, polish_operation};
    use crate::{Inputs, Text};

    /// How parameters are written, and what code there is besides.
    #[track_caller]
    fn check(parameters: &str, written: &[&str], besides: &[&str]) {
        let operation =
            format!("parameters: [{parameters}], responses: {{'204': {{description: ''}}}}");
        let polished = polish_operation(
            &operation,
            "{A: {type: object, properties: {a: {type: string}}}}",
        );
        let code = builder(&polished);
        let written = match written {
            [] => ".post(url).build()".to_owned(),
            written => format!(".parameters(&[{}])", written.join(",")),
        };
        check_code(&code, &[&written]);
        check_code(&code, besides);
    }

    #[test]
    fn parameters_of_the_path_do_not_clash() {
        let parameter = |name: &str, place: &str| {
            format!("{{name: {name}, in: {place}, required: true, schema: {{type: integer}}}}")
        };
        let [a, b, c, d] = [
            ("send", "path"),
            ("a-b", "path"),
            ("a_b", "path"),
            ("a_b", "query"),
        ]
        .map(|(name, place)| parameter(name, place));
        let document = format!(
            "{{openapi: 3.1.0, info: {{title: T, version: '1'}}, paths: {{'/{{send}}/{{a-b}}/{{a_b}}': \
             {{get: {{operationId: get-a, parameters: [{a}, {b}, {c}, {d}], responses: {{'204': \
             {{description: ''}}}}}}}}}}}}"
        );
        let name = "api.yaml";
        let polished = crate::polish(&Inputs {
            crate_name: "api",
            ..Inputs::of_document(Text {
                name,
                text: &document,
            })
        })
        .unwrap();
        check_code(
            &builder(&polished),
            &[
                "format!(\"/{}/{}/{}\",Parameter::path(\"send\").in_path(&send2)",
                "Parameter::path(\"a-b\").in_path(&a_b).map_err",
                "Parameter::path(\"a_b\").in_path(&a_b2).map_err",
                "Parameter::query(\"a_b\").with(&a_b3)",
            ],
        );
        let notes = polished.report().iter().map(ToString::to_string);
        let at = "/paths/~1{send}~1{a-b}~1{a_b}/get/parameters";
        let expected = [(0, "send2"), (2, "a_b2"), (3, "a_b3")].map(|(index, method)| {
            format!(
                "parameter-name at {at}/{index}: a name that another has, too → the method \
                 `{method}`"
            )
        });
        assert_eq!(notes.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_parameter_of_the_path_has_a_style() {
        let id = |more: &str| format!("{{name: id, in: path, required: true, {more}}}");
        for (more, written, ty) in [
            ("schema: {type: integer}", "", "i64"),
            (
                "style: matrix, schema: {type: array, items: {type: string}}",
                ".style(Style::Matrix)",
                "::std::vec::Vec<::std::string::String>",
            ),
            (
                "style: label, explode: true, schema: {type: object, properties: {a: {}}}",
                ".style(Style::Label).explode(true)",
                "types::PostAId",
            ),
        ] {
            check(
                &id(more),
                &[],
                &[
                    &format!(
                        "client.baseurl.with_path(&format!(\"/a/{{}}\",Parameter::path(\"id\"){written}\
                         .in_path(&id).map_err(Error::invalid_request)?))"
                    ),
                    &format!("id:crate::runtime::Slot<{ty}>"),
                ],
            );
        }
    }

    #[test]
    fn each_place_and_style_is_written() {
        for (parameter, written, ty) in [
            (
                "in: query, schema: {type: string}",
                "query(\"p\")",
                "::std::string::String",
            ),
            (
                "in: query, explode: false, schema: {type: array, items: {type: integer}}",
                "query(\"p\").explode(false)",
                "::std::vec::Vec<i64>",
            ),
            (
                "in: query, style: spaceDelimited, explode: true, schema: {type: array, items: {}}",
                "query(\"p\").style(Style::SpaceDelimited).explode(true)",
                "::std::vec::Vec<::serde_json::Value>",
            ),
            (
                "in: query, style: deepObject, schema: {$ref: '#/components/schemas/A'}",
                "query(\"p\").style(Style::DeepObject)",
                "types::A",
            ),
            (
                "in: query, allowReserved: true, schema: {type: string}",
                "query(\"p\").allow_reserved()",
                "::std::string::String",
            ),
            (
                "in: query, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}",
                "query(\"p\").style(Style::Json)",
                "types::A",
            ),
            (
                "in: query, content: {text/csv: {schema: {type: array, items: {}}}}",
                "query(\"p\")",
                "::std::string::String",
            ),
            (
                "in: header, explode: true, schema: {type: object, properties: {a: {}}}",
                "header(\"p\").explode(true)",
                "types::PostAp",
            ),
            (
                "in: cookie, schema: {type: boolean}",
                "cookie(\"p\")",
                "bool",
            ),
        ] {
            let written = format!("Parameter::{written}.with(&p)");
            for (required, ty) in [("true", ty.to_owned()), ("false", format!("Option<{ty}>"))] {
                check(
                    &format!("{ID}, {{name: p, required: {required}, {parameter}}}"),
                    &[&written],
                    &[&format!("p:crate::runtime::Slot<{ty}>")],
                );
            }
        }
    }

    #[test]
    fn what_is_null_is_not_sent() {
        for beside in ["", ", description: It.", ", default: {a: b}"] {
            check(
                &format!(
                    "{ID}, {{name: p, in: query, required: true, schema: {{anyOf: [{{$ref: \
                     '#/components/schemas/A'{beside}}}, {{type: 'null'}}]}}}}"
                ),
                &["Parameter::query(\"p\").with(&p)"],
                &["p:crate::runtime::Slot<Option<types::A>>"],
            );
        }
    }

    #[test]
    fn one_name_may_stand_in_several_places() {
        let string = "schema: {type: string}";
        check(
            &format!(
                "{{name: id, in: header, {string}}}, {ID}, {{name: id, in: cookie, {string}}}, \
                 {{name: body, in: query, {string}}}, {{name: 'f[a]', in: query, {string}}}, \
                 {{name: f_a, in: query, {string}}}, {{name: type, in: query, {string}}}"
            ),
            &[
                "Parameter::query(\"body\").with(&body2)",
                "Parameter::query(\"f[a]\").with(&f_a)",
                "Parameter::query(\"f_a\").with(&f_a2)",
                "Parameter::header(\"id\").with(&id2)",
                "Parameter::cookie(\"id\").with(&id3)",
                "Parameter::query(\"type\").with(&type_)",
            ],
            &["Setstheheader`id`.\"#]pubfnid2("],
        );
    }
}
