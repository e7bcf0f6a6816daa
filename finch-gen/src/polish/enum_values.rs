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
//! The implementations are rewritten with it.

use std::collections::BTreeMap;

use syn::visit_mut::{self, VisitMut};
use syn::{Item, LitStr, parse_quote};

use super::{Context, open_enums, tree};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let all_values = &context.hints.enum_values;
    let mut found = 0;
    for item in tree::module(file, &["types"])? {
        let name = match &item {
            Item::Impl(item) => tree::self_name(item),
            other => tree::name(other),
        };
        let Some(values) = name.and_then(|name| all_values.get(&name.to_string())) else {
            continue;
        };
        let values: BTreeMap<&str, &str> = values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        match item {
            Item::Enum(item) => {
                found += 1;
                for variant in &mut item.variants {
                    let name = open_enums::text_of(variant);
                    let value = values
                        .get(name.as_str())
                        .ok_or_else(|| format!("`{}` has no value `{name}`", item.ident))?;
                    variant
                        .attrs
                        .retain(|attribute| open_enums::serde_rename(attribute).is_none());
                    variant.attrs.push(parse_quote!(#[serde(rename = #value)]));
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

/// The texts in the code of an implementation.
struct Texts<'a> {
    values: &'a BTreeMap<&'a str, &'a str>,
}

impl VisitMut for Texts<'_> {
    fn visit_lit_str_mut(&mut self, text: &mut LitStr) {
        if let Some(value) = self.values.get(text.value().as_str()) {
            *text = LitStr::new(value, text.span());
        }
        visit_mut::visit_lit_str_mut(self, text);
    }
}
