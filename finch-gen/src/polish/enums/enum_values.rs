//! Variants stand for what the document says, where progenitor was given names.
//!
//! Before, of an enum with the values `+` and `-`, which are no names:
//!
//! ```text
//! pub enum Order { Plus, Minus }
//! ```
//!
//! After:
//!
//! ```text
//! pub enum Order { #[serde(rename = "+")] Plus, #[serde(rename = "-")] Minus }
//! ```
//!
//! The implementations are rewritten with it. What the document says of a value
//! becomes the documentation of its variant, and `#[deprecated]`.

use std::collections::BTreeMap;

use syn::visit_mut::{self, VisitMut};
use syn::{Item, LitStr, Variant, parse_quote};

use super::open_enums;
use crate::polish::Context;
use crate::polish::docs::deprecated;
use crate::polish::syntax::{serde_attrs, syn_query};
use crate::shape::EnumValue;
use crate::{doc_attrs, markdown};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let all_values = &context.shaped.enum_values;
    let mut found = 0;
    for item in syn_query::module(file, &["types"])? {
        let name = match &item {
            Item::Impl(item) => syn_query::self_name(item),
            other => syn_query::name(other),
        };
        let Some(values) = name.and_then(|name| all_values.get(&name.to_string())) else {
            continue;
        };
        let values: BTreeMap<&str, &EnumValue> = values
            .iter()
            .map(|value| (value.name.as_str(), value))
            .collect();
        match item {
            Item::Enum(item) => {
                found += 1;
                for variant in &mut item.variants {
                    let name = open_enums::text_of(variant);
                    let value = values
                        .get(name.as_str())
                        .ok_or_else(|| format!("`{}` has no value `{name}`", item.ident))?;
                    describe(variant, value, context);
                }
            }
            Item::Impl(item) => Texts { values: &values }.visit_item_impl_mut(item),
            _ => {}
        }
    }
    match found == all_values.len() {
        true => Ok(()),
        false => Err("an enum with values that are no names is no enum".to_owned()),
    }
}

fn describe(variant: &mut Variant, value: &EnumValue, context: &Context<'_>) {
    let text = &value.value;
    variant
        .attrs
        .retain(|attribute| serde_attrs::renamed(attribute).is_none());
    if variant.ident != text {
        variant.attrs.push(parse_quote!(#[serde(rename = #text)]));
    }
    if let Some(description) = &value.description {
        let description = markdown::block(description, context.model.site.as_deref());
        let text = format!("{description}\n\n{}", open_enums::spelled(text));
        doc_attrs::set(&mut variant.attrs, &text);
    }
    if value.deprecated {
        let attribute =
            deprecated::attribute(value.description.as_deref(), context.model.site.as_deref());
        variant.attrs.push(attribute);
    }
}

/// The texts in the code of an implementation.
struct Texts<'a> {
    values: &'a BTreeMap<&'a str, &'a EnumValue>,
}

impl VisitMut for Texts<'_> {
    fn visit_lit_str_mut(&mut self, text: &mut LitStr) {
        if let Some(value) = self.values.get(text.value().as_str()) {
            *text = LitStr::new(&value.value, text.span());
        }
        visit_mut::visit_lit_str_mut(self, text);
    }
}
