//! Parameters of an operation cost little.
//!
//! Before, each carries its own error, and each setter writes it:
//!
//! ```text
//! pub struct GetPet<'a> { client: &'a Client, limit: Result<Option<i64>, String>, … }
//! Self { client, limit: Ok(None), … }
//! pub fn limit<V>(mut self, value: V) -> Self
//! where V: TryInto<i64>,
//! {
//!     self.limit = value.try_into().map(Some).map_err(|_| "conversion to `i64` …".to_string());
//!     self
//! }
//! let limit = limit.map_err(Error::invalid_request)?;
//! ```
//!
//! After, they are the runtime's `Slot`s, as the members of a type's builder
//! are, and what could not be converted says why:
//!
//! ```text
//! pub struct GetPet<'a> { client: &'a Client, limit: Slot<Option<i64>>, … }
//! Self { client, limit: Slot::Unset, … }
//! pub fn limit(mut self, value: impl TryInto<i64, Error: Display>) -> Self {
//!     self.limit.set_some("limit", value);
//!     self
//! }
//! let limit = limit.or_else(Default::default).map_err(Error::invalid_request)?;
//! ```

use std::collections::BTreeMap;
use std::mem;

use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, FieldValue, Fields, GenericArgument, ImplItemFn, Item, Local, Member, Pat, PathArguments,
    Type, TypeParamBound,
};

use super::setters::{Setters, Setting};
use super::{Context, code, tree};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let items = tree::module(file, &["builder"])?;
    // By the name of the operation's builder: what each setter takes.
    let mut operations: BTreeMap<String, BTreeMap<String, Type>> = BTreeMap::new();
    for item in items.iter_mut() {
        let Item::Impl(item) = item else { continue };
        let Some(name) = tree::self_name(item).map(ToString::to_string) else {
            continue;
        };
        let setters = tree::functions(item);
        let taken = setters.filter_map(|of| Some((of.sig.ident.to_string(), taken(of)?)));
        operations.insert(name, taken.collect());
    }
    let mut parameters: BTreeMap<String, Parameters> = BTreeMap::new();
    for item in items.iter_mut() {
        if let Item::Struct(item) = item
            && let Some(taken) = operations.remove(&item.ident.to_string())
        {
            let slots = slots(&mut item.fields, &taken);
            parameters.insert(item.ident.to_string(), slots);
        }
    }
    let setters = Setters::new();
    for item in items {
        if let Item::Impl(item) = item
            && let Some(name) = tree::self_name(item).map(ToString::to_string)
            && let Some(parameters) = parameters.get(&name)
        {
            for function in tree::functions(item) {
                match parameters.get(&function.sig.ident.to_string()) {
                    Some(Parameter { taken, is_optional }) => {
                        let setting = match is_optional {
                            true => Setting::Some,
                            false => Setting::Value,
                        };
                        *function = setters.setter(&function.sig.ident, taken, setting);
                    }
                    None => Uses { parameters }.visit_block_mut(&mut function.block),
                }
            }
        }
    }
    Ok(())
}

/// The parameters of an operation that are slots, by name.
type Parameters = BTreeMap<String, Parameter>;

struct Parameter {
    taken: Type,
    is_optional: bool,
}

/// `X` of a `setter` whose argument is a `TryInto<X>`.
fn taken(setter: &ImplItemFn) -> Option<Type> {
    struct Bounds(Option<Type>);
    impl Visit<'_> for Bounds {
        fn visit_type_param_bound(&mut self, bound: &TypeParamBound) {
            if let TypeParamBound::Trait(bound) = bound
                && let Some(last) = bound.path.segments.last()
                && last.ident == "TryInto"
                && let PathArguments::AngleBracketed(arguments) = &last.arguments
                && let Some(GenericArgument::Type(ty)) = arguments.args.first()
            {
                self.0 = Some(ty.clone());
            }
            visit::visit_type_param_bound(self, bound);
        }
    }
    let mut bounds = Bounds(None);
    bounds.visit_generics(&setter.sig.generics);
    bounds.0
}

/// Makes slots of those `fields` whose setters take what they hold. What is
/// built, or made into a value of another type, keeps its way.
fn slots(fields: &mut Fields, taken: &BTreeMap<String, Type>) -> Parameters {
    let mut parameters = Parameters::new();
    for field in fields {
        let Some(name) = field.ident.as_ref().map(ToString::to_string) else {
            continue;
        };
        let held = tree::arguments_of(&field.ty, "Result").and_then(|of| of.first().copied());
        if let Some(held) = held
            && let Some(taken) = taken.get(&name)
        {
            let is_optional = tree::arguments_of(held, "Option").is_some_and(|of| of == [taken]);
            if is_optional || held == taken {
                let slot = code::path(&["crate", "runtime", "Slot"]);
                let held = held.clone();
                field.ty = code::type_of(slot, [held]);
                let taken = taken.clone();
                parameters.insert(name, Parameter { taken, is_optional });
            }
        }
    }
    parameters
}

/// The parameters where the operation's builder is made, and where it is sent.
struct Uses<'a> {
    parameters: &'a Parameters,
}

impl VisitMut for Uses<'_> {
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        if let Member::Named(name) = &field.member
            && self.parameters.contains_key(&name.to_string())
            && matches!(field.expr, Expr::Call(_))
        {
            field.expr = code::named(&["crate", "runtime", "Slot", "Unset"]);
        }
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        if let Pat::Ident(pat) = &local.pat
            && let Some(parameter) = self.parameters.get(&pat.ident.to_string())
            && let Some(init) = &mut local.init
            && let Expr::Try(tried) = &mut *init.expr
            && let Expr::MethodCall(call) = &mut *tried.expr
            && let Expr::Path(_) = &*call.receiver
        {
            let slot = mem::replace(&mut *call.receiver, Expr::PLACEHOLDER);
            *call.receiver = match parameter.is_optional {
                true => code::method(slot, "or_else", [code::named(&["Default", "default"])]),
                false => {
                    let name = code::text(&tree::spelled(&pat.ident));
                    code::method(slot, "required", [name])
                }
            };
        } else {
            visit_mut::visit_local_mut(self, local);
        }
    }
}
