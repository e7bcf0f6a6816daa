//! The setters of the builders of operations.

use quote::format_ident;
use syn::{Ident, ImplItemFn, Type, parse_quote};

use super::template::{Filling, Template as _};
use super::{code, tree};

/// A setter, as a template.
pub(super) struct Setters {
    setter: ImplItemFn,
}

/// How a slot is set.
#[derive(Clone, Copy)]
pub(super) enum Setting {
    /// To a value.
    Value,
    /// To some value.
    Some,
}

impl Setters {
    pub(super) fn new() -> Self {
        Self {
            setter: parse_quote! {
                pub fn NAME(
                    mut self,
                    value: impl ::std::convert::TryInto<TAKEN, Error: ::std::fmt::Display>,
                ) -> Self {
                    self.NAME.SET(TEXT, value);
                    self
                }
            },
        }
    }

    /// The setter of `name`, which takes what becomes a `taken`.
    pub(super) fn setter(&self, name: &Ident, taken: &Type, setting: Setting) -> ImplItemFn {
        let set = match setting {
            Setting::Value => "set",
            Setting::Some => "set_some",
        };
        self.setter.filled(&[
            ("NAME", Filling::Name(name)),
            ("TAKEN", Filling::Type(taken)),
            ("SET", Filling::Name(&format_ident!("{set}"))),
            ("TEXT", Filling::Value(&code::text(&tree::spelled(name)))),
        ])
    }
}
