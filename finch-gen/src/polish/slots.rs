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
//!
//! If several values are required, `send` checks them together first, so that one error
//! names every missing value:
//!
//! ```text
//! let body = body.and_then(…);
//! crate::runtime::all_set(&[id.problem("id"), crate::runtime::Problem::of(&body)])
//!     .map_err(Error::invalid_request)?;
//! let id = id.required("id").map_err(Error::invalid_request)?;
//! let body = body.map_err(Error::invalid_request)?;
//! ```

use std::collections::BTreeMap;
use std::mem;

use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, FieldValue, Fields, GenericArgument, Ident, ImplItemFn, Item, Local, Member, Pat,
    PathArguments, Stmt, Type, TypeParamBound, parse_quote,
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
                    None => {
                        Uses { parameters }.visit_block_mut(&mut function.block);
                        check_together(&mut function.block);
                    }
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

/// Checks the required values of `send` in one statement before the first of them is
/// taken, if there are several.
fn check_together(block: &mut Block) {
    let required = block.stmts.iter_mut().enumerate();
    let mut required: Vec<(usize, Required<'_>)> = required
        .filter_map(|(index, statement)| Some((index, Required::find(statement)?)))
        .collect();
    let [(first, _), _, ..] = required[..] else {
        return;
    };
    let of_runtime = |names: &[&str]| code::named(&[&["crate", "runtime"], names].concat());
    let mut results = Vec::new();
    let mut problems = Vec::new();
    for (_, Required { name, value }) in &mut required {
        let local: Expr = parse_quote!(#name);
        problems.push(match value {
            Expr::MethodCall(call) if call.method == "required" => {
                code::method(local, "problem", call.args.iter().cloned())
            }
            value => {
                let result = mem::replace(*value, local.clone());
                if result != local {
                    results.push(code::bound(name.clone(), result));
                }
                code::call(of_runtime(&["Problem", "of"]), [code::reference(local)])
            }
        });
    }
    let problems = code::reference(code::list(problems));
    let check = code::call(of_runtime(&["all_set"]), [problems]);
    let check = Stmt::Expr(code::tried(code::refusing(check)), Some(Default::default()));
    block
        .stmts
        .splice(first..first, results.into_iter().chain([check]));
}

/// The statement `let name = value.map_err(Error::invalid_request)?;`, where `value`
/// comes from the field `name` of the builder and may be missing.
struct Required<'a> {
    name: Ident,
    value: &'a mut Expr,
}

impl<'a> Required<'a> {
    fn find(statement: &'a mut Stmt) -> Option<Self> {
        let Stmt::Local(local) = statement else {
            return None;
        };
        let Pat::Ident(pat) = &local.pat else {
            return None;
        };
        let name = pat.ident.clone();
        let Expr::Try(tried) = &mut *local.init.as_mut()?.expr else {
            return None;
        };
        let Expr::MethodCall(refusing) = &mut *tried.expr else {
            return None;
        };
        let value = &mut *refusing.receiver;
        let field = match &*value {
            Expr::MethodCall(call) if call.method != "or_else" => &*call.receiver,
            value => value,
        };
        let is_field = matches!(field, Expr::Path(path) if path.path.is_ident(&name));
        is_field.then_some(Self { name, value })
    }
}
