//! Reads and removes the options of serde attributes.
//!
//! For `#[serde(default, rename = "a")]`, returns the options `default` and `rename`, and the JSON
//! name `a`. `retain` removes the options that a condition rejects, and each attribute that becomes
//! empty.

use proc_macro2::TokenTree;
use syn::{Attribute, Field, Ident, Lit, Meta};

use super::syn_query;

/// One option of serde: `default`, or `rename = "a"`. Its tokens are not parsed, because every
/// field is read several times.
pub(crate) struct SerdeOption(Vec<TokenTree>);

impl SerdeOption {
    /// Returns the name of the option.
    pub(crate) fn name(&self) -> Option<&Ident> {
        match self.0.first() {
            Some(TokenTree::Ident(name)) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name().is_some_and(|own| own == name)
    }

    /// Whether the option has no value.
    pub(crate) fn is_bare(&self) -> bool {
        self.0.len() == 1
    }

    /// Returns the value of the option, if it is a string.
    pub(crate) fn text(&self) -> Option<String> {
        let [_, TokenTree::Punct(equals), TokenTree::Literal(text)] = self.0.as_slice() else {
            return None;
        };
        match Lit::new(text.clone()) {
            Lit::Str(text) if equals.as_char() == '=' => Some(text.value()),
            _ => None,
        }
    }
}

/// Returns the options of `attribute`, if it is a serde attribute.
fn options_of(attribute: &Attribute) -> Option<Vec<SerdeOption>> {
    let list = syn_query::list(attribute, "serde")?;
    let options = syn_query::between_commas(&list.tokens).into_iter();
    Some(options.map(SerdeOption).collect())
}

/// Returns the options of all serde attributes in `attributes`.
pub(crate) fn options(attributes: &[Attribute]) -> impl Iterator<Item = SerdeOption> {
    attributes.iter().filter_map(options_of).flatten()
}

/// Returns the name in `#[serde(rename = "…")]`.
pub(crate) fn renamed(attribute: &Attribute) -> Option<String> {
    let mut options = options_of(attribute)?.into_iter();
    options.find(|option| option.is("rename"))?.text()
}

/// The name of `field` in JSON. It is empty for a field without a name.
pub(crate) fn json_name(field: &Field) -> String {
    let renamed = field.attrs.iter().find_map(renamed);
    let name = || field.ident.as_ref().map(syn_query::spelled);
    renamed.or_else(name).unwrap_or_default()
}

/// Whether the field collects all properties without a field.
pub(crate) fn is_flat(attributes: &[Attribute]) -> bool {
    options(attributes).any(|option| option.is("flatten"))
}

/// Retains the serde options that match `kept`, and drops attributes that become empty.
pub(crate) fn retain(attributes: &mut Vec<Attribute>, kept: impl Fn(&SerdeOption) -> bool) {
    attributes.retain_mut(|attribute| {
        let Some(mut options) = options_of(attribute) else {
            return true;
        };
        let count = options.len();
        options.retain(&kept);
        if let Meta::List(list) = &mut attribute.meta
            && options.len() < count
        {
            let options: Vec<_> = options.iter().map(|option| option.0.clone()).collect();
            list.tokens = syn_query::with_commas(&options);
        }
        !options.is_empty()
    });
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn serde_options_are_read_and_removed() {
        let mut attributes: Vec<Attribute> = vec![
            parse_quote!(#[doc = "rename"]),
            parse_quote!(#[serde(default, rename = "a\"b", deserialize_with = "c",)]),
            parse_quote!(#[serde(default = "d::<1, 2>")]),
        ];
        assert_eq!(
            attributes.iter().map(renamed).collect::<Vec<_>>(),
            [None, Some("a\"b".to_owned()), None]
        );
        let found = options(&attributes).map(|option| {
            let name = option.name().unwrap().to_string();
            (name, option.is_bare(), option.text())
        });
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            found.collect::<Vec<_>>(),
            [
                ("default".to_owned(), true, None),
                ("rename".to_owned(), false, text("a\"b")),
                ("deserialize_with".to_owned(), false, text("c")),
                ("default".to_owned(), false, text("d::<1, 2>")),
            ]
        );
        retain(&mut attributes, |option| !option.is("default"));
        let left = attributes
            .iter()
            .map(|left| left.to_token_stream().to_string());
        assert_eq!(
            left.collect::<Vec<_>>(),
            [
                "# [doc = \"rename\"]",
                "# [serde (rename = \"a\\\"b\" , deserialize_with = \"c\")]"
            ]
        );
    }
}
