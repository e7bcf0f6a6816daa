//! The tests that hold the types of a client against the examples of its document.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{Type, parse_quote};

use crate::facts::{Example, ExampleOf};
use crate::polish::{self, Polished, qualify};
use crate::shape::Body;
use crate::shape::parameters::Place;

/// An example, and what is held against it.
struct Tested<'a> {
    /// What the test is called, but for its number.
    name: String,
    /// The type, as a stranger to the client writes it.
    ty: Type,
    pointer: &'a str,
    unnamed: &'a [String],
}

/// How many tests there are.
pub(crate) fn count(polished: &Polished) -> usize {
    find(polished, "").len()
}

/// The pointers of the examples that no type of the client is held against.
pub(crate) fn untyped(polished: &Polished) -> BTreeSet<String> {
    let tested: BTreeSet<&str> = find(polished, "").iter().map(|of| of.pointer).collect();
    let examples = polished.facts.examples.iter().map(|of| &of.pointer);
    let of_schemas = polished.facts.schema_examples.iter();
    let all = examples.chain(of_schemas.map(|of| &of.pointer));
    let untyped = all.filter(|pointer| !tested.contains(pointer.as_str()));
    untyped.cloned().collect()
}

/// The tests.
pub(crate) fn write(polished: &Polished, crate_name: &str) -> syn::File {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let tests = find(polished, crate_name).into_iter().map(|tested| {
        let Tested {
            name,
            ty,
            pointer,
            unnamed,
        } = tested;
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        let name = format_ident!("{name}_{count}");
        quote! {
            #[test]
            fn #name() {
                check_example::<#ty>(#pointer, &[#(#unnamed),*]);
            }
        }
    });
    let tests: Vec<TokenStream> = tests.collect();
    let crate_name = format_ident!("{crate_name}");
    let uses = (!tests.is_empty()).then(|| {
        quote! {
            #[allow(unused_imports, reason = "an example may be of a type of the standard library")]
            use #crate_name::types;
        }
    });
    parse_quote! {
        #![allow(deprecated, reason = "what is deprecated is still sent and read")]
        #uses
        #(#tests)*
    }
}

/// The examples of what the client has types for, each once for each of them:
/// operations share what is a component.
fn find<'a>(polished: &'a Polished, crate_name: &str) -> Vec<Tested<'a>> {
    let of_operations = polished.facts.examples.iter().filter_map(|example| {
        let (ty, of) = of_operation(polished, example)?;
        let mut ty = polish::within(&ty, &example.within)?;
        qualify(&mut ty, crate_name);
        let method = &polished.facts.operations[example.operation].rust_name;
        Some(Tested {
            name: format!("{method}_{of}"),
            ty,
            pointer: &example.pointer,
            unnamed: &example.unnamed,
        })
    });
    let of_schemas = polished.facts.schema_examples.iter();
    let of_schemas = of_schemas.filter_map(|example| {
        Some(Tested {
            name: "schema".to_owned(),
            ty: polished.types.get(&example.schema)?.clone(),
            pointer: &example.pointer,
            unnamed: &example.unnamed,
        })
    });
    let mut seen = BTreeSet::new();
    let mut is_new = |tested: &Tested<'a>| {
        seen.insert((tested.pointer, tested.ty.to_token_stream().to_string()))
    };
    let all = of_operations.chain(of_schemas);
    all.filter(|tested| is_new(tested)).collect()
}

/// The type of what `example` is of, and a word for that, if the client has one.
fn of_operation(polished: &Polished, example: &Example) -> Option<(Type, &'static str)> {
    let call = &polished.calls[example.operation];
    match &example.of {
        ExampleOf::Parameter { name, place } => {
            let place = Place::of(place)?;
            let mut parameters = call.parameters.iter();
            let (.., ty) = parameters.find(|(of, called, _)| *of == place && called == name)?;
            Some((ty.clone(), "parameter"))
        }
        ExampleOf::Request => Some((call.request.clone()?, "request")),
        ExampleOf::Response(status) => {
            let method = &polished.facts.operations[example.operation].rust_name;
            let of_status = polished.successes.get(method).and_then(|kinds| {
                let kind = kinds.iter().find(|kind| kind.status == *status)?;
                let Body::Component(component) = kind.body.as_ref()? else {
                    return None;
                };
                let component = format_ident!("{component}");
                Some(parse_quote!(types::#component))
            });
            let ty = of_status.unwrap_or_else(|| call.response.clone());
            Some((ty, "response"))
        }
    }
}
