//! progenitor: the lowered document to the syntax tree of a client.
//!
//! Receives a document that preflight has passed. Guarantees a syntax tree as
//! progenitor 0.15 writes it with the builder interface, whose `format:
//! password` strings are `crate::Secret`. Refuses what
//! progenitor refuses; a panic in it is caught, and the operation found on
//! which it panics.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use ::progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle};
use openapiv3::OpenAPI;
use quote::quote;
use schemars::schema::{InstanceType, SchemaObject};

use crate::facts::Facts;
use crate::load::Document;
use crate::problem::{Problem, Problems};
use crate::shape::Shaped;

/// Runs progenitor. `openapi` is the document of `shaped`, of which messages
/// speak.
///
/// # Errors
///
/// What progenitor says, or the operations on which it panics.
pub fn generate(openapi: &OpenAPI, shaped: &Shaped) -> Result<syn::File, Problems> {
    let Shaped {
        document, facts, ..
    } = shaped;
    let problem = |pointer: &str, what: String| {
        let remedy = "rewrite the construct, or leave it out, through the overlay";
        Problems::from(document.problem(pointer, what, remedy))
    };
    match run(openapi) {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(message)) => Err(problem("", format!("progenitor refuses it: {message}"))),
        Err(panic) => Err(blame(openapi, document, facts)
            .unwrap_or_else(|| problem("", format!("progenitor panics on it: {panic}")))),
    }
}

/// The syntax tree, or progenitor's refusal, or else the message of its panic.
fn run(openapi: &OpenAPI) -> Result<Result<syn::File, String>, String> {
    // What is caught is reported, with more to it than its message: the hook
    // would print it besides. It is that of the whole process, so one at a time.
    static SILENCE: Mutex<()> = Mutex::new(());
    let silence = SILENCE.lock().unwrap_or_else(PoisonError::into_inner);
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let tokens = Generator::new(&settings())
            .generate_tokens(openapi)
            .map_err(|error| error.to_string())?;
        syn::parse2(tokens).map_err(|error| format!("its output does not parse: {error}"))
    }));
    panic::set_hook(hook);
    drop(silence);
    outcome.map_err(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        text.unwrap_or("(no message)").to_owned()
    })
}

fn settings() -> GenerationSettings {
    let password = SchemaObject {
        instance_type: Some(InstanceType::String.into()),
        format: Some("password".to_owned()),
        ..SchemaObject::default()
    };
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::runtime::Inner))
        .with_conversion(password, "crate::Secret", [].into_iter());
    settings
}

/// The operations on which progenitor panics alone.
fn blame(openapi: &OpenAPI, document: &Document, facts: &Facts) -> Option<Problems> {
    let mut problems = Problems::default();
    for operation in &facts.operations {
        let mut alone = openapi.clone();
        alone.paths.paths.retain(|path, item| {
            if let openapiv3::ReferenceOr::Item(item) = item {
                for (method, slot) in [
                    ("GET", &mut item.get),
                    ("PUT", &mut item.put),
                    ("POST", &mut item.post),
                    ("DELETE", &mut item.delete),
                    ("OPTIONS", &mut item.options),
                    ("HEAD", &mut item.head),
                    ("PATCH", &mut item.patch),
                    ("TRACE", &mut item.trace),
                ] {
                    if method != operation.method {
                        *slot = None;
                    }
                }
            }
            *path == operation.path
        });
        if let Err(panic) = run(&alone) {
            problems.push(Problem {
                file: document.name.clone(),
                pointer: operation.pointer.clone(),
                what: format!("progenitor panics on the operation: {panic}"),
                remedy: "rewrite it, or leave it out, through the overlay".to_owned(),
            });
        }
    }
    problems.or(()).err()
}
