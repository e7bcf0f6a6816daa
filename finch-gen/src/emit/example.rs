//! Writes an example of each call, with a value for everything that the call requires, and for the
//! request body.
//!
//! A string is the name of its property, an integer is 1, another number is 1.5, and a boolean is
//! true: `client.get_pet("id").await`. A value without a known example stays a variable, and so
//! does a value after the hundredth.

use std::cell::Cell;
use std::collections::BTreeMap;

use quote::ToTokens as _;
use syn::{Expr, Fields, Ident, Item, ItemEnum, ItemStruct, Type};

use super::setter::Accepted;
use super::{builders, formats};
use crate::call::{Argument, Call, Example};
use crate::polish::syntax::syn_query;

/// The maximum number of values in an example.
const VALUES: usize = 100;

/// The types of a client, by name.
pub(super) struct Examples<'a> {
    types: BTreeMap<String, &'a Item>,
    /// The properties of types, each with the type of its value and whether the builder requires
    /// it.
    builders: BTreeMap<String, Vec<Property<'a>>>,
    crate_name: &'a str,
    /// How many more values the current example may have.
    left: Cell<usize>,
}

struct Property<'a> {
    name: &'a Ident,
    ty: &'a Type,
    is_required: bool,
}

impl<'a> Examples<'a> {
    /// Reads the types of `file`, with their builders.
    pub(super) fn new(file: &'a syn::File, crate_name: &'a str) -> Self {
        let types = syn_query::items(file, &["types"]).unwrap_or_default();
        let named = types
            .iter()
            .filter(|item| matches!(item, Item::Struct(_) | Item::Enum(_)))
            .filter_map(|item| Some((syn_query::name(item)?.to_string(), item)));
        let builders = syn_query::items(file, &["types", "builder"]).unwrap_or_default();
        Self {
            types: named.collect(),
            builders: read_builders(builders),
            crate_name,
            left: Cell::new(0),
        }
    }

    /// Writes the example of `call`.
    pub(super) fn of_call(&self, call: &Call) -> Example {
        self.left.set(VALUES);
        let mut variables = Vec::new();
        let value = |argument: &Argument| {
            let field = argument.field.to_string();
            self.argument(&argument.ty, spelled(&field), &mut Vec::new())
        };
        let mut variable = |argument: &Argument| {
            variables.push((argument.field.clone(), argument.ty.clone()));
            argument.field.to_string()
        };
        let in_path = call.path_arguments();
        let in_path = in_path.map(|of| value(of).unwrap_or_else(|| variable(of)));
        let in_path: Vec<String> = in_path.collect();
        let mut source = format!("client.{}({})", call.method, in_path.join(", "));
        for argument in call.set_arguments() {
            let field = &argument.field;
            let is_body = call.body.as_ref().is_some_and(|(_, body)| body == argument);
            let shown = argument.is_required || is_body;
            let value = if shown { value(argument) } else { None };
            match value {
                Some(value) => source.push_str(&format!(".{field}({value})")),
                None if !argument.is_required => {}
                None => {
                    let maybe = if argument.is_nullable() { "maybe_" } else { "" };
                    source.push_str(&format!(".{maybe}{field}({})", variable(argument)));
                }
            }
        }
        source.push_str(".await");
        Example {
            source: laid_out(&source),
            variables,
        }
    }

    /// Returns an argument for the setter of a `ty`. `name` is the name of the value, and `around`
    /// are the types around it.
    fn argument(&self, ty: &Type, name: &str, around: &mut Vec<String>) -> Option<String> {
        let ty = bare(ty);
        self.accepted(&Accepted::from_type(ty), ty, name, around)
    }

    fn accepted(
        &self,
        accepted: &Accepted,
        ty: &Type,
        name: &str,
        around: &mut Vec<String>,
    ) -> Option<String> {
        match accepted {
            Accepted::Exact => self.exact(ty, name, around),
            Accepted::Into => Some(format!("{name:?}")),
            Accepted::Format => Some(format!("{:?}", formats::example(ty)?)),
            Accepted::List(item) => {
                let (accepted, item) = &**item;
                let item = match accepted {
                    // A setter converts the items of the outermost list.
                    Accepted::List(_) => self.exact(item, name, around)?,
                    _ => self.accepted(accepted, item, name, around)?,
                };
                Some(format!("[{item}]"))
            }
            Accepted::TryInto => self.generated(ty, name, around, false),
        }
    }

    /// Returns an expression of the type `ty`.
    fn exact(&self, ty: &Type, name: &str, around: &mut Vec<String>) -> Option<String> {
        self.left.set(self.left.get().checked_sub(1)?);
        for (wrapper, before, after) in [
            ("Option", "Some(", ")"),
            ("Box", "Box::new(", ")"),
            ("Vec", "Vec::from([", "])"),
        ] {
            if let Some(inner) = syn_query::argument_of(ty, wrapper) {
                let inner = self.exact(inner, name, around)?;
                return Some(format!("{before}{inner}{after}"));
            }
        }
        if let Some(text) = formats::example(ty) {
            let crate_name = self.crate_name;
            return Some(format!("{crate_name}::IntoFormat::into_format({text:?})?"));
        }
        match ty {
            Type::Array(array) => {
                let count = array.len.to_token_stream().to_string().parse().ok()?;
                let items = (0..count).map(|_| self.exact(&array.elem, name, around));
                let items: Option<Vec<String>> = items.collect();
                Some(format!("[{}]", items?.join(", ")))
            }
            Type::Tuple(tuple) => {
                let items = tuple.elems.iter().map(|ty| self.exact(ty, name, around));
                let items: Option<Vec<String>> = items.collect();
                Some(format!("({},)", items?.join(", ")))
            }
            Type::Path(path) => {
                let path = &path.path;
                let first = path.segments.first()?.ident.to_string();
                let is_generated = path.get_ident().is_some() && self.types.contains_key(&first);
                if is_generated || first == "types" || first == "super" {
                    return self.generated(ty, name, around, true);
                }
                Some(match path.segments.last()?.ident.to_string().as_str() {
                    "bool" => "true".to_owned(),
                    "i8" | "i16" | "i32" | "i64" | "i128" | "u8" | "u16" | "u32" | "u64" => {
                        "1".to_owned()
                    }
                    "f32" | "f64" => "1.5".to_owned(),
                    "String" => format!("{name:?}.to_owned()"),
                    "Value" => format!("serde_json::Value::from({name:?})"),
                    "Bytes" => format!("bytes::Bytes::from({name:?})"),
                    own @ ("File" | "Secret") => {
                        format!("{}::{own}::from({name:?})", self.crate_name)
                    }
                    "Map" => "serde_json::Map::new()".to_owned(),
                    "HashMap" => {
                        let value = *syn_query::arguments_of(ty, "HashMap")?.get(1)?;
                        let value = self.exact(value, name, around)?;
                        format!("std::collections::HashMap::from([({name:?}.to_owned(), {value})])")
                    }
                    _ => return None,
                })
            }
            _ => None,
        }
    }

    /// Returns an expression for the generated type `ty`: of the type itself if `is_exact`, or
    /// else one that a setter converts.
    fn generated(
        &self,
        ty: &Type,
        name: &str,
        around: &mut Vec<String>,
        is_exact: bool,
    ) -> Option<String> {
        let own = syn_query::last_ident(ty)?.to_string();
        let item = self.types.get(&own)?;
        if around.contains(&own) {
            return None;
        }
        around.push(own);
        let value = match item {
            Item::Struct(item) => self.of_struct(item, name, around, is_exact),
            Item::Enum(item) => self.of_enum(item, name, around),
            _ => None,
        };
        around.pop();
        value
    }

    fn of_struct(
        &self,
        item: &ItemStruct,
        name: &str,
        around: &mut Vec<String>,
        is_exact: bool,
    ) -> Option<String> {
        let own = &item.ident;
        if let Fields::Unnamed(fields) = &item.fields {
            let inner = &fields.unnamed.first()?.ty;
            return match formats::example(inner) {
                Some(text) if !is_exact => Some(format!("{text:?}")),
                Some(text) => Some(format!("{text:?}.parse::<types::{own}>()?")),
                None => Some(format!(
                    "types::{own}::from({})",
                    self.exact(inner, name, around)?
                )),
            };
        }
        let mut value = format!("types::{own}::builder()");
        let properties = self.builders.get(&own.to_string())?;
        for property in properties.iter().filter(|property| property.is_required) {
            self.left.set(self.left.get().checked_sub(1)?);
            let name = syn_query::spelled(property.name);
            let argument = self.argument(property.ty, spelled(&name), around)?;
            let method = match name.as_str() {
                "build" => "set_build".to_owned(),
                _ => property.name.to_string(),
            };
            value.push_str(&format!(".{method}({argument})"));
        }
        if is_exact {
            value.push_str(".build()?");
        }
        Some(value)
    }

    /// Returns the first variant that an example is known for.
    fn of_enum(&self, item: &ItemEnum, name: &str, around: &mut Vec<String>) -> Option<String> {
        let own = &item.ident;
        item.variants.iter().find_map(|variant| {
            let path = format!("types::{own}::{}", variant.ident);
            match &variant.fields {
                Fields::Unit => Some(path),
                Fields::Unnamed(fields) => {
                    let value = self.exact(&fields.unnamed.first()?.ty, name, around)?;
                    Some(format!("{path}({value})"))
                }
                Fields::Named(_) => None,
            }
        })
    }
}

/// Returns the name that the document probably has for `field`.
fn spelled(field: &str) -> &str {
    field.trim_start_matches("r#").trim_end_matches('_')
}

/// Returns the type that a setter of `ty` takes: neither an option nor boxed.
fn bare(ty: &Type) -> &Type {
    let inner = |name| syn_query::argument_of(ty, name);
    match inner("Option").or_else(|| inner("Box")) {
        Some(inner) => bare(inner),
        None => ty,
    }
}

/// Reads the properties of each type from its builder in `items`.
fn read_builders(items: &[Item]) -> BTreeMap<String, Vec<Property<'_>>> {
    let defaults = builders::default_calls(items);
    let builders = items.iter().filter_map(|item| {
        let Item::Struct(item) = item else { return None };
        let builder = item.ident.to_string();
        let defaults = defaults.get(&builder)?;
        let is_required = |name: &Ident| {
            let call = defaults.get(&name.to_string()).map(|call| &*call.func);
            matches!(call, Some(Expr::Path(path)) if syn_query::ends_with(&path.path, &["Field", "required"]))
        };
        let properties = item.fields.iter().filter_map(|field| {
            let name = field.ident.as_ref()?;
            Some(Property {
                name,
                ty: syn_query::argument_of(&field.ty, "Field")?,
                is_required: is_required(name),
            })
        });
        let name = builder.strip_suffix("Builder")?.to_owned();
        Some((name, properties.collect()))
    });
    builders.collect()
}

/// Lays out the expression `source` in lines.
fn laid_out(source: &str) -> String {
    let file = syn::parse_str(&format!("async fn example() {{ {source} }}"));
    let Ok(file) = file else {
        return source.to_owned();
    };
    let code = prettyplease::unparse(&file);
    let lines = code.lines().skip(1);
    let lines = lines.filter_map(|line| line.strip_prefix("    "));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use serde_json::Value;

    use crate::polish::tests::client;

    /// Checks the example of a call with a body of `schema`.
    #[track_caller]
    fn check(schema: &str, expected: &str) {
        let schemas = "
Name: {type: string}
Day: {type: string, format: date}
Level: {type: string, enum: [low, high]}
Pair: {type: object, required: [a, b], properties: {a: {type: string}, b: {$ref: '#/components/schemas/Day'}, c: {type: string}}}
Endless: {type: object, required: [next], properties: {next: {$ref: '#/components/schemas/Endless'}}}
Tree: {type: object, required: [parts], properties: {parts: {type: array, items: {$ref: '#/components/schemas/Tree'}}}}
Either: {oneOf: [{$ref: '#/components/schemas/Endless'}, {$ref: '#/components/schemas/Pair'}]}
";
        let schema: Value = serde_yaml::from_str(schema).unwrap();
        let body = serde_json::json!({"required": true, "content": {"application/json": {"schema": schema}}});
        let tree = client(&format!(
            "/a: {{post: {{operationId: post-a, requestBody: {body}, responses: {{'204': {{description: ''}}}}}}}}{schemas}"
        ));
        let example = &tree.calls[0].example;
        let variables = example.variables.iter().map(|(name, ty)| {
            format!(
                "\n{name}: {}",
                ty.to_token_stream().to_string().replace(' ', "")
            )
        });
        let found = example.source.clone() + &variables.collect::<String>();
        assert_eq!(found, expected, "{schema}");
    }

    #[test]
    fn each_required_value_has_an_example() {
        for (schema, body) in [
            ("{type: string}", "\"body\""),
            (
                "{type: string, format: uuid}",
                "\"550e8400-e29b-41d4-a716-446655440000\"",
            ),
            (
                "{type: string, format: date-time}",
                "\"2024-02-29T12:00:00Z\"",
            ),
            ("{type: string, format: password}", "\"body\""),
            ("{type: integer}", "1"),
            ("{type: number}", "1.5"),
            ("{type: boolean}", "true"),
            ("{}", "\"body\""),
            ("{type: array, items: {type: boolean}}", "[true]"),
            (
                "{type: array, items: {type: string, format: ipv4}}",
                "[\"192.0.2.1\"]",
            ),
            (
                "{type: array, items: {type: array, items: {type: string}}}",
                "[Vec::from([\"body\".to_owned()])]",
            ),
            (
                "{type: object, additionalProperties: {type: string, format: ipv6}}",
                "std::collections::HashMap::from([(\"body\".to_owned(), api::IntoFormat::into_format(\"2001:db8::1\")?)])",
            ),
            (
                "{$ref: '#/components/schemas/Name'}",
                "types::Name::from(\"body\".to_owned())",
            ),
            ("{$ref: '#/components/schemas/Day'}", "\"2024-02-29\""),
            ("{$ref: '#/components/schemas/Level'}", "types::Level::Low"),
            (
                "{$ref: '#/components/schemas/Pair'}",
                "types::Pair::builder().a(\"a\").b(\"2024-02-29\")",
            ),
            (
                "{type: array, items: {$ref: '#/components/schemas/Pair'}}",
                "[types::Pair::builder().a(\"a\").b(\"2024-02-29\")]",
            ),
            (
                "{type: object, required: [build, type, 'null'], properties: {build: {type: string}, type: {type: string}, 'null': {type: [string, 'null']}}}",
                "types::PostARequest::builder().set_build(\"build\").null(\"null\").type_(\"type\")",
            ),
        ] {
            let call = format!("client.post_a().body({body}).await");
            check(schema, &super::laid_out(&call));
        }
        // The first variant has no example.
        let pair = "types::Pair::builder().a(\"a\").b(\"2024-02-29\").build()?";
        let call = format!("client.post_a().body(types::Either::Pair({pair})).await");
        check(
            "{$ref: '#/components/schemas/Either'}",
            &super::laid_out(&call),
        );
    }

    #[test]
    fn a_value_without_an_example_is_a_variable() {
        for (schema, ty) in [
            ("{$ref: '#/components/schemas/Endless'}", "types::Endless"),
            ("{$ref: '#/components/schemas/Tree'}", "types::Tree"),
        ] {
            let call = "client.post_a().body(body).await";
            check(schema, &format!("{call}\nbody: {ty}"));
        }
        // An example of so many values would help nobody.
        let many: Vec<String> = (0..150)
            .map(|index| format!("p{index}: {{type: string}}"))
            .collect();
        let names: Vec<String> = (0..150).map(|index| format!("p{index}")).collect();
        let schema = format!(
            "{{type: object, required: [{}], properties: {{{}}}}}",
            names.join(", "),
            many.join(", ")
        );
        check(
            &schema,
            "client.post_a().body(body).await\nbody: types::PostARequest",
        );
    }
}
