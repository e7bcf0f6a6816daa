//! Emits the methods of a call that returns its list in pages.
//!
//! ```yaml
//! /pets:
//!   get:
//!     operationId: list-pets
//!     x-speakeasy-pagination:
//!       type: offsetLimit
//!       inputs: [{name: offset, in: parameters, type: offset}]
//!       outputs: {results: $.data.pets}
//! ```
//!
//! becomes
//!
//! ```text
//! impl ListPets {
//!     const PAGING: crate::runtime::Paging = crate::runtime::Paging::offset(
//!         crate::runtime::PageInput::Parameter(Parameter::query("offset")),
//!         0,
//!     )
//!     .list("/data/pets");
//!
//!     pub fn pages(self) -> crate::Pages<types::Pets> {
//!         self.call().pages::<Json<types::Pets>>(&Self::PAGING)
//!     }
//!     pub fn items(self) -> crate::Items<types::Pets, types::Pet> {
//!         self.pages().items(|value| value.data?.pets)
//!     }
//! }
//! ```
//!
//! Each selector is followed through the types of the client. A selector that leads nowhere would
//! end a list early, so the operation gets no pages.

use std::collections::HashMap;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{Field, Fields, Ident, Item, ItemStruct, Type, parse_quote};

use super::successes::decoded;
use super::{client, encoding};
use crate::api_model::{ApiModel, Input, InputPlace, Last, PageBy, Pagination, Selector};
use crate::call::{Call, List, Paging};
use crate::polish::syntax::syn_query::{self, Names};
use crate::polish::syntax::{serde_attrs, type_index};
use crate::report::Report;
use crate::wire_format::{Decoding, Encoding, Location};
use crate::{doc_attrs, pointer};

/// The reason why a call has no pages: the pointer of the value, and the fault.
type Fault = (String, String);

/// Sets the paging of each call in `calls`, and notes the operations that get no pages.
pub(super) fn resolve(file: &syn::File, model: &ApiModel, calls: &mut [Call]) -> Report {
    let mut report = Report::default();
    let items = syn_query::items(file, &["types"]).unwrap_or_default();
    let types = Types {
        names: items.iter().filter_map(syn_query::name).collect(),
        items: items
            .iter()
            .filter_map(|item| Some((syn_query::name(item)?.to_string(), item)))
            .collect(),
    };
    for (operation, call) in model.operations.iter().zip(calls) {
        let Some(pagination) = &operation.pagination else {
            continue;
        };
        match paging(pagination, call, &types) {
            Ok(paging) => call.paging = Some(paging),
            Err((at, what)) => {
                let what = format!(
                    "{what} → no `pages()`; correct the extension, or remove it, through the overlay"
                );
                report.warn("pagination", &at, what);
            }
        }
    }
    report
}

fn paging(pagination: &Pagination, call: &Call, types: &Types<'_>) -> Result<Paging, Fault> {
    let main = call.main_success();
    if main.decoding != Some(Decoding::Json) {
        let what = "a success without JSON".to_owned();
        return Err((pagination.pointer.clone(), what));
    }
    let check = |selector: &Selector| -> Result<String, Fault> {
        let found = types.type_at(&main.ty, &selector.pointer);
        found.map_err(|what| (selector.at.clone(), what))?;
        Ok(selector.pointer.clone())
    };
    let input = |input: &Input| page_input(input, call, types);
    let from_first = |of: &Input| -> Result<TokenStream, Fault> {
        let (input, first) = (input(of)?, Literal::u64_unsuffixed(of.first));
        Ok(quote!(#input, #first))
    };
    let (function, arguments) = match &pagination.by {
        PageBy::Offset(of) => (quote!(offset), from_first(of)?),
        PageBy::Number(of) => (quote!(number), from_first(of)?),
        PageBy::Cursor(of, next) => {
            let (input, next) = (input(of)?, check(next)?);
            (quote!(cursor), quote!(#input, #next))
        }
        PageBy::Url(next) => (quote!(url), check(next)?.to_token_stream()),
        PageBy::Path(next) => (quote!(path), check(next)?.to_token_stream()),
    };
    let mut constant = quote!(crate::runtime::Paging::#function(#arguments));
    if let (PageBy::Offset(_) | PageBy::Number(_), Some(limit)) =
        (&pagination.by, &pagination.limit)
    {
        let input = input(limit)?;
        let max = limit.max.map(Literal::u64_unsuffixed);
        let max = max.map_or(quote!(None), |max| quote!(Some(#max)));
        constant.extend(quote!(.limit(#input, #max)));
    }
    if let Some(last) = &pagination.last {
        let (method, selector) = match last {
            Last::Total(total) => (quote!(total), total),
            Last::PageCount(count) => (quote!(page_count), count),
            Last::HasNext(has_next) => (quote!(has_next), has_next),
        };
        let selector = check(selector)?;
        constant.extend(quote!(.#method(#selector)));
    }
    let list = match &pagination.results {
        Some(results) => {
            let list = types.list(&main.ty, &results.pointer);
            let list = list.map_err(|what| (results.at.clone(), what))?;
            Some((results.pointer.clone(), list))
        }
        None => types.only_list(&main.ty),
    };
    let list = list.map(|(pointer, list)| {
        constant.extend(quote!(.list(#pointer)));
        list
    });
    let constant = parse_quote!(#constant);
    Ok(Paging { constant, list })
}

/// The runtime's description of `input`.
fn page_input(input: &Input, call: &Call, types: &Types<'_>) -> Result<TokenStream, Fault> {
    let fault = |what: String| (input.at.clone(), what);
    let mut parameters = call.parameters.iter().map(|(parameter, _)| parameter);
    let parameter = parameters.find(|of| of.name == input.name);
    let parameter = parameter.filter(|_| input.place != InputPlace::Body);
    if let Some(parameter) = parameter {
        if parameter.location == Location::Cookie
            || parameter.style != parameter.location.default_style()
        {
            let what = format!("{parameter}, whose location or style a position cannot have");
            return Err(fault(what));
        }
        let parameter = encoding::parameter(parameter);
        return Ok(quote!(crate::runtime::PageInput::Parameter(#parameter)));
    }
    let missing = || fault(format!("{:?}, which the request does not have", input.name));
    if input.place == InputPlace::Parameter {
        return Err(missing());
    }
    let (request, body) = call.body.as_ref().ok_or_else(missing)?;
    if request.encoding != Encoding::Json {
        return Err(fault("a value in a body that is not JSON".to_owned()));
    }
    let ty = types
        .type_at(&body.ty, &input.pointer)
        .map_err(|_| missing())?;
    let pointer = &input.pointer;
    Ok(match is_number(&ty) {
        true => quote!(crate::runtime::PageInput::Number(#pointer)),
        false => quote!(crate::runtime::PageInput::Text(#pointer)),
    })
}

fn is_number(ty: &Type) -> bool {
    syn_query::number_type(&syn_query::last_name(ty)).is_some()
}

/// The types of the client, by their names.
struct Types<'a> {
    names: Names,
    items: HashMap<String, &'a Item>,
}

/// A value in a response or a request.
struct Place {
    /// The code that takes the value out of the variable `value`, if there is any: an item of a
    /// list or a map stays there.
    code: Option<TokenStream>,
    ty: Type,
}

impl Place {
    fn step(&self, ty: &Type, code: impl FnOnce(&TokenStream) -> TokenStream) -> Self {
        Self {
            code: self.code.as_ref().map(code),
            ty: ty.clone(),
        }
    }

    fn argument(&self, name: &str, index: usize) -> Option<&Type> {
        syn_query::arguments_of(&self.ty, name)?.get(index).copied()
    }
}

impl Types<'_> {
    /// Returns the type at `pointer` of a `ty`, without its wrappers.
    fn type_at(&self, ty: &Type, pointer: &str) -> Result<Type, String> {
        let place = self.find(ty, pointer)?;
        Ok(self.unwrapped(place).ty)
    }

    /// Returns the list at `pointer` of a `ty`.
    fn list(&self, ty: &Type, pointer: &str) -> Result<List, String> {
        let place = self.find(ty, pointer)?;
        let of_option = place.argument("Option", 0);
        let is_optional = of_option.is_some_and(|of| syn_query::argument_of(of, "Vec").is_some());
        let code = place.code.clone().filter(|_| is_optional);
        let place = self.unwrapped(place);
        let code = code.or(place.code.as_ref().map(|code| quote!(Some(#code))));
        let (Some(code), Some(item)) = (code, place.argument("Vec", 0)) else {
            return Err(format!("{pointer:?}, which is not a list"));
        };
        let mut item = item.clone();
        type_index::name_from_outside(&mut item, &self.names);
        let value = parse_quote!(#code);
        Ok(List { item, value })
    }

    /// Returns the list that a `ty` is, or its only property that is a list, with its pointer.
    fn only_list(&self, ty: &Type) -> Option<(String, List)> {
        let at = |pointer: String| Some((pointer.clone(), self.list(ty, &pointer).ok()?));
        let whole = self.type_at(ty, "").ok()?;
        let Some(Item::Struct(item)) = self.item(&whole) else {
            return at(String::new());
        };
        let fields = item.fields.iter().filter_map(name);
        let mut lists = fields.filter_map(|name| at(pointer::join("", &name)));
        lists.next().filter(|_| lists.next().is_none())
    }

    /// Returns the place at `pointer` of a `ty`.
    fn find(&self, ty: &Type, pointer: &str) -> Result<Place, String> {
        let mut place = Place {
            code: Some(quote!(value)),
            ty: ty.clone(),
        };
        for token in pointer::tokens(pointer).into_iter().flatten() {
            place = self.unwrapped(place);
            // The document does not describe the parts of such a value.
            if syn_query::is_any_json(&place.ty) {
                return Ok(Place {
                    code: None,
                    ..place
                });
            }
            let entry = place.argument("Map", 1).or(place.argument("HashMap", 1));
            let item = place.argument("Vec", 0);
            if let Some(inner) = entry.or(item.filter(|_| token.parse::<i32>().is_ok())) {
                place = Place {
                    code: None,
                    ty: inner.clone(),
                };
                continue;
            }
            let missing = || format!("{pointer:?}, which has no property {token:?}");
            let Some(Item::Struct(item)) = self.item(&place.ty) else {
                return Err(missing());
            };
            let (name, ty) = field(item, &token).ok_or_else(missing)?;
            place = place.step(ty, |code| quote!(#code.#name));
        }
        Ok(place)
    }

    /// Removes the options, boxes, aliases and structs around a value.
    fn unwrapped(&self, mut place: Place) -> Place {
        let mut is_boxed = false;
        loop {
            place = if let Some(inner) = place.argument("Option", 0) {
                place.step(inner, |code| quote!(#code?))
            } else if let Some(inner) = place.argument("Box", 0) {
                // A field is taken out of a box without a sign.
                is_boxed = true;
                place.step(inner, Clone::clone)
            } else {
                match self.item(&place.ty) {
                    Some(Item::Type(alias)) => place.step(&alias.ty, Clone::clone),
                    Some(Item::Struct(ItemStruct {
                        fields: Fields::Unnamed(fields),
                        ..
                    })) if fields.unnamed.len() == 1 => {
                        let inner = &fields.unnamed[0].ty;
                        let unboxed = std::mem::take(&mut is_boxed).then(|| quote!(*));
                        // The field is private.
                        place.step(inner, |code| {
                            let mut inner = inner.clone();
                            type_index::name_from_outside(&mut inner, &self.names);
                            quote!(<#inner>::from(#unboxed #code))
                        })
                    }
                    _ => return place,
                }
            };
        }
    }

    /// The definition of `ty`, which is named within the module of types or outside.
    fn item(&self, ty: &Type) -> Option<&Item> {
        let Type::Path(path) = ty else { return None };
        let segments = &path.path.segments;
        let is_own = segments.len() == 1 || segments.len() == 2 && segments[0].ident == "types";
        let is_own = is_own && path.path.leading_colon.is_none();
        let name = segments.last().filter(|_| is_own)?.ident.to_string();
        self.items.get(&name).copied()
    }
}

/// The field for the property `property`, and its type.
fn field<'a>(item: &'a ItemStruct, property: &str) -> Option<(&'a Ident, &'a Type)> {
    let mut fields = item.fields.iter();
    let field = fields.find(|field| name(field).is_some_and(|name| name == property))?;
    Some((field.ident.as_ref()?, &field.ty))
}

/// The name of the property that `field` holds.
fn name(field: &Field) -> Option<String> {
    let renamed = field.attrs.iter().find_map(serde_attrs::renamed);
    renamed.or(field.ident.as_ref().map(syn_query::spelled))
}

/// The methods that return the pages of `call`.
pub(super) fn methods(call: &Call, crate_name: &str) -> Option<TokenStream> {
    let Paging { constant, list } = call.paging.as_ref()?;
    let main = call.main_success();
    let (value, decoded) = (&main.ty, decoded(main));
    let items = list.as_ref().map(|List { item, value: list }| {
        let docs = doc_attrs::attribute(&format!(
            "Returns the items of all pages, one after the other: see [`Items`](crate::Items).\n\n\
             # Example\n\n{}",
            client::items_example(call, crate_name)
        ));
        quote! {
            #docs
            pub fn items(self) -> crate::Items<#value, #item> {
                self.pages().items(|value| #list)
            }
        }
    });
    Some(quote! {
        const PAGING: crate::runtime::Paging = #constant;

        /// Returns the pages of the list, one after the other, each with its whole response: see
        /// [`Pages`](crate::Pages).
        pub fn pages(self) -> crate::Pages<#value> {
            self.call().pages::<#decoded>(&Self::PAGING)
        }

        /// As [`pages`](Self::pages), but begins with the page at `position`:
        /// [`Page::position`](crate::Page::position) returned it.
        pub fn pages_from(self, position: impl Into<crate::PagePosition>) -> crate::Pages<#value> {
            self.pages().begin_at(position.into())
        }

        #items
    })
}

#[cfg(test)]
mod tests;
