//! Writes and runs a crate that calls every operation of a generated client.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jsonschema::Validator;
use quote::ToTokens as _;
use serde_json::{Map, Value, json};
use syn::visit::{self, Visit};
use syn::{Item, ItemImpl, ItemStruct, Type};

use xtask::files::write_atomically;

use crate::instances::{Choices, guess};

/// The deepest nesting of a guessed value.
const DEPTH: usize = 8;

/// The number of guesses for each schema.
const GUESSES: u64 = 50;

/// A generated crate with a test that calls every operation.
pub(crate) struct Crate {
    folder: PathBuf,
    target: PathBuf,
}

/// One call of an operation.
pub(crate) struct Call {
    /// The name of the method, and which values were set.
    pub(crate) name: String,
    /// The reason why nothing was sent.
    pub(crate) refused: Option<String>,
    /// The value of the response, or the reason why the call failed.
    #[allow(dead_code, reason = "a recording only has the requests")]
    pub(crate) value: Result<String, String>,
}

impl Crate {
    /// Generates a client of `document`, and adds the calls to it.
    pub(crate) fn generate(document: &Path) -> Self {
        let tried = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/try");
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["try", "--keep-going"])
            .arg(document)
            .output()
            .unwrap();
        let stem = document.file_stem().unwrap().to_string_lossy();
        let name = stem.to_ascii_lowercase().replace(['_', '.'], "-");
        let folder = tried.join(&name);
        assert!(
            folder.join("src/lib.rs").exists(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
        let source = |path| fs::read_to_string(folder.join(path)).unwrap();
        let document = Samples::read(&source("tests/document.json"));
        let calls = calls(
            &syn::parse_file(&source("src/generated/client.rs")).unwrap(),
            &syn::parse_file(&source("src/generated/calls.rs")).unwrap(),
            &document,
        );
        let lib = source("src/lib.rs");
        if !lib.contains("mod requests;") {
            let lib = lib + "\n#[cfg(test)]\nmod requests;\n";
            write_atomically(&folder.join("src/lib.rs"), &lib).unwrap();
        }
        let program = include_str!("requests.rs")
            .replace("/* calls */", &calls)
            .replace("/* keys */", &document.keys());
        write_atomically(&folder.join("src/requests.rs"), &program).unwrap();
        Self {
            folder,
            target: tried.join("target"),
        }
    }

    /// Sends every call to `server`.
    pub(crate) fn run(&self, server: &str) -> Vec<Call> {
        let output = Command::new(env!("CARGO"))
            .args([
                "test",
                "--lib",
                "--quiet",
                "--",
                "--nocapture",
                "requests::",
            ])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            // The same flags as in the trial, so that the build is reused.
            .env("RUSTFLAGS", "-D warnings")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("SERVER", server)
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{out}{errors}");
        let lines = out.lines().filter_map(|line| line.strip_prefix("call: "));
        let calls = lines.map(|line| {
            let [name, result, text]: [String; 3] = serde_json::from_str(line).unwrap();
            Call {
                name,
                refused: (result == "refused").then(|| text.clone()),
                value: match result.as_str() {
                    "value" => Ok(text),
                    _ => Err(text),
                },
            }
        });
        calls.collect()
    }
}

/// A value of a call, as Rust code.
struct Given {
    /// The name of the field, and of the argument or setter.
    field: String,
    code: Option<String>,
    required: bool,
    in_path: bool,
}

/// Returns the code of the calls: each operation with all its values, and with the required
/// values only.
fn calls(client: &syn::File, calls: &syn::File, samples: &Samples) -> String {
    let structs: BTreeMap<String, &ItemStruct> = structs(calls).collect();
    let functions_of: BTreeMap<String, &ItemImpl> = impls(calls).collect();
    let mut code = String::new();
    let methods = impls(client)
        .filter(|(name, _)| name == "Client")
        .flat_map(|(_, item)| functions(item));
    for method in methods {
        let syn::ReturnType::Type(_, returned) = &method.sig.output else {
            continue;
        };
        let Type::Path(returned) = &**returned else {
            continue;
        };
        let call = returned.path.segments.last().unwrap().ident.to_string();
        let docs = docs(&method.attrs);
        let pointer = between(&docs, "From `", "`").expect("a method names its operation");
        let operation = samples.operation(&pointer);
        let described = functions(functions_of[&call]).find(|of| of.sig.ident == "call");
        let mut values = Values::default();
        values.visit_impl_item_fn(described.expect("each call has a description"));
        let types: BTreeMap<String, Type> = structs[&call]
            .fields
            .iter()
            .filter_map(|field| Some((field.ident.as_ref()?.to_string(), held(&field.ty)?)))
            .collect();
        let given = values.0.iter();
        let given: Vec<Given> = given
            .map(|value| operation.given(samples, value, &types[&value.field]))
            .collect();
        let name = method.sig.ident.to_string();
        let code_of = |given: &Given| given.code.clone().unwrap_or_default();
        let path: Vec<String> = in_order(method, &given).into_iter().map(code_of).collect();
        let set: Vec<&Given> = given
            .iter()
            .filter(|of| !of.in_path && of.code.is_some())
            .collect();
        for (which, all) in [("all values", true), ("required values", false)] {
            if !all && set.iter().all(|given| given.required) {
                continue;
            }
            let chain: String = set
                .iter()
                .filter(|given| all || given.required)
                .map(|given| format!(".{}({})", given.field, code_of(given)))
                .collect();
            let path = path.join(", ");
            code.push_str(&format!(
                "    let call = async {{ client.{name}({path}){chain}.send().await.map(|of| Shown(of.into_inner()).text()) }};\n    report(\"{name}, {which}\", Box::pin(call).await);\n"
            ));
        }
    }
    code
}

/// Returns the values in `given` for the arguments of `method`, in their order.
fn in_order<'a>(method: &syn::ImplItemFn, given: &'a [Given]) -> Vec<&'a Given> {
    let arguments = method
        .sig
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            syn::FnArg::Typed(argument) => Some(argument.pat.to_token_stream().to_string()),
            syn::FnArg::Receiver(_) => None,
        });
    let find = |name: String| given.iter().find(|given| given.field == name).unwrap();
    arguments.map(find).collect()
}

/// A value in the description of a call.
struct Described {
    field: String,
    /// The location and the name of a parameter; `None` for a body.
    parameter: Option<(String, String)>,
}

/// The values in the description of a call, in their order.
#[derive(Default)]
struct Values(Vec<Described>);

impl Visit<'_> for Values {
    fn visit_expr_method_call(&mut self, call: &syn::ExprMethodCall) {
        visit::visit_expr(self, &call.receiver);
        let Some(syn::Expr::Field(field)) = call.args.last() else {
            return;
        };
        let parameter = (call.method == "parameter").then(|| {
            let text = call.args[0].to_token_stream().to_string();
            let tokens = text.strip_prefix("Parameter :: ").unwrap();
            let (place, _) = tokens.split_once(' ').unwrap();
            (place.to_owned(), literal(&call.args[0]))
        });
        self.0.push(Described {
            field: field.member.to_token_stream().to_string(),
            parameter,
        });
    }
}

/// Returns the name in `Parameter::query("name")`, and what follows it.
fn literal(expr: &syn::Expr) -> String {
    match expr {
        syn::Expr::MethodCall(call) => literal(&call.receiver),
        syn::Expr::Call(call) => literal(&call.args[0]),
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(text) => text.value(),
            _ => panic!("{}", literal.to_token_stream()),
        },
        other => panic!("{}", other.to_token_stream()),
    }
}

fn structs(file: &syn::File) -> impl Iterator<Item = (String, &ItemStruct)> {
    file.items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some((item.ident.to_string(), item)),
        _ => None,
    })
}

fn impls(file: &syn::File) -> impl Iterator<Item = (String, &ItemImpl)> {
    file.items.iter().filter_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() => match &*item.self_ty {
            Type::Path(path) => Some((path.path.segments.last()?.ident.to_string(), item)),
            _ => None,
        },
        _ => None,
    })
}

fn functions(item: &ItemImpl) -> impl Iterator<Item = &syn::ImplItemFn> {
    item.items.iter().filter_map(|item| match item {
        syn::ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

fn docs(attributes: &[syn::Attribute]) -> String {
    let mut text = String::new();
    for attribute in attributes {
        if let syn::Meta::NameValue(meta) = &attribute.meta
            && meta.path.is_ident("doc")
            && let syn::Expr::Lit(literal) = &meta.value
            && let syn::Lit::Str(line) = &literal.lit
        {
            text.push_str(&line.value());
            text.push('\n');
        }
    }
    text
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0.to_owned())
}

/// Returns the `T` of `Field<T>`.
fn held(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Field")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        syn::GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}

/// A document, as the source of values for its schemas.
struct Samples {
    document: Value,
}

/// An operation of the document, with the parameters of its path item.
struct Operation {
    value: Value,
    parameters: Vec<Value>,
}

impl Samples {
    fn read(document: &str) -> Self {
        let mut document = serde_json::from_str(document).unwrap();
        fix_formats(&mut document);
        Self { document }
    }

    /// Returns the code of a key for each security scheme that requires one.
    fn keys(&self) -> String {
        let schemes = self.document["components"]["securitySchemes"].as_object();
        let schemes = schemes.into_iter().flat_map(Map::values);
        let keys = schemes.filter_map(|scheme| {
            let name = scheme["name"].as_str()?;
            let credential = match scheme["in"].as_str()? {
                "header" => format!("Header({:?})", name.to_ascii_lowercase()),
                "query" => format!("Query({name:?})"),
                _ => format!("Cookie({name:?})"),
            };
            Some(format!("(Credential::{credential}, \"key\".into()), "))
        });
        keys.collect()
    }

    /// Returns the target of `value` if it is a reference, or else `value`.
    fn resolve(&self, value: &Value) -> Value {
        let reference = value.get("$ref").and_then(Value::as_str);
        match reference.and_then(|of| self.document.pointer(of.strip_prefix('#')?)) {
            Some(target) => self.resolve(target),
            None => value.clone(),
        }
    }

    fn operation(&self, pointer: &str) -> Operation {
        let (path_item, method) = pointer.rsplit_once('/').unwrap();
        let path_item = self.resolve(self.document.pointer(path_item).unwrap());
        let mut parameters: Vec<Value> = Vec::new();
        let value = path_item[method].clone();
        for from in [&value, &path_item] {
            let list = from.get("parameters").and_then(Value::as_array);
            for parameter in list.into_iter().flatten() {
                parameters.push(self.resolve(parameter));
            }
        }
        Operation { value, parameters }
    }

    /// Returns a value for the schema in `of`, a parameter or a media type: its `x-value`, its
    /// example, or else the longest valid guess.
    fn value(&self, of: &Value) -> Value {
        if let Some(value) = of.get("x-value") {
            return value.clone();
        }
        if let Some(example) = of.get("example") {
            return example.clone();
        }
        let examples = of.get("examples").and_then(Value::as_object);
        if let Some(example) = examples.and_then(|examples| examples.values().next()) {
            return self.resolve(example)["value"].clone();
        }
        let content = of.get("content").and_then(Value::as_object);
        if let Some(media_type) = content.and_then(|content| content.values().next()) {
            return self.value(media_type);
        }
        let Some(schema) = of.get("schema") else {
            return json!("text");
        };
        let validator = self.validator(schema);
        let guesses =
            (0..GUESSES).map(|seed| guess(&self.document, schema, &mut Choices(seed), DEPTH));
        let fits = |value: &Value| {
            let is_valid = validator.as_ref().is_none_or(|of| of.is_valid(value));
            // A setter of an integer does not accept 2.0.
            is_valid && !value.is_null() && !value.to_string().contains(".0")
        };
        let longest = guesses.filter(fits).max_by_key(|of| of.to_string().len());
        longest.unwrap_or_else(|| guess(&self.document, schema, &mut Choices(0), DEPTH))
    }

    fn validator(&self, schema: &Value) -> Option<Validator> {
        let mut root = Map::new();
        root.insert("components".to_owned(), self.document["components"].clone());
        root.insert("allOf".to_owned(), json!([schema]));
        jsonschema::draft202012::new(&Value::Object(root)).ok()
    }
}

impl Operation {
    /// Returns the value for `described`, with the type `ty`.
    fn given(&self, samples: &Samples, described: &Described, ty: &Type) -> Given {
        let (of, required, in_path) = match &described.parameter {
            Some((place, name)) => {
                let mut parameters = self.parameters.iter();
                let parameter = parameters.find(|of| of["in"] == **place && of["name"] == **name);
                let in_path = place == "path";
                // A parameter that only the path names is a required string.
                let required = parameter.map_or(in_path, |of| of["required"] == true);
                (parameter.cloned().unwrap_or_default(), required, in_path)
            }
            None => {
                let body = samples.resolve(&self.value["requestBody"]);
                let required = body["required"] == true;
                let content = body["content"].as_object();
                let content = content.and_then(|content| content.values().next());
                let of = content.expect("a body has a media type").clone();
                (of, required, false)
            }
        };
        let name = ty.to_token_stream().to_string().replace(' ', "");
        let value = samples.value(&of);
        let code = match name.as_str() {
            "::bytes::Bytes" => Some("bytes::Bytes::from_static(b\"octets\")".to_owned()),
            "crate::runtime::File" => Some("\"octets\"".to_owned()),
            // A setter has no argument for null, so the call omits the value.
            _ if value.is_null() && (!required || described.parameter.is_some()) => None,
            _ => Some(format!("value::<{name}>(r####\"{value}\"####)")),
        };
        // Null has a separate setter.
        let field = match name.starts_with("Option<") {
            true => format!("maybe_{}", described.field),
            false => described.field.clone(),
        };
        Given {
            field,
            code,
            required,
            in_path,
        }
    }
}

/// Replaces the schemas of files and formats with constants that the client decodes, and adds
/// the type `object` to schemas with properties.
fn fix_formats(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let text = |keyword: &str| members.get(keyword).and_then(Value::as_str);
            let is_file = text("contentMediaType").map(|_| "binary");
            let format = text("format").or(text("contentEncoding")).or(is_file);
            let constant = match format {
                Some("binary") => {
                    json!({"name": "a.png", "media_type": "image/png", "\u{E000}content": "octets"})
                }
                Some("uuid") => json!("9f2ad35d-1bc8-4e03-a2b2-5ff3cf2b0f07"),
                Some("date") => json!("2024-02-29"),
                Some("date-time") => json!("2024-02-29T12:00:00Z"),
                Some("email") => json!("a@example.com"),
                Some("uri") => json!("https://example.com/"),
                _ => {
                    if members.contains_key("properties") && !members.contains_key("type") {
                        members.insert("type".to_owned(), json!("object"));
                    }
                    return members.values_mut().for_each(fix_formats);
                }
            };
            *value = json!({"const": constant});
        }
        Value::Array(items) => items.iter_mut().for_each(fix_formats),
        _ => {}
    }
}
