//! What attributes say to serde: `#[serde(default, rename = "a")]`.

use proc_macro2::TokenTree;
use syn::{Attribute, Field, Ident, Lit, Meta};

use super::syn_query;

/// One thing that is said: `default`, or `rename = "a"`. Its tokens are read and
/// not parsed: it is done for each member several times.
pub(crate) struct Said(Vec<TokenTree>);

impl Said {
    /// Of what it is said.
    pub(crate) fn name(&self) -> Option<&Ident> {
        match self.0.first() {
            Some(TokenTree::Ident(name)) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name().is_some_and(|of| of == name)
    }

    /// Whether it is said without a value.
    pub(crate) fn is_alone(&self) -> bool {
        self.0.len() == 1
    }

    /// The text that is said of it.
    pub(crate) fn text(&self) -> Option<String> {
        match self.0.as_slice() {
            [_, TokenTree::Punct(equals), TokenTree::Literal(text)] if equals.as_char() == '=' => {
                match Lit::new(text.clone()) {
                    Lit::Str(text) => Some(text.value()),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// What `attribute` says to serde, if it is for it.
pub(crate) fn to_serde(attribute: &Attribute) -> Option<Vec<Said>> {
    let list = syn_query::list(attribute, "serde")?;
    let said = syn_query::between_commas(&list.tokens).into_iter();
    Some(said.map(Said).collect())
}

/// All that `attributes` say to serde.
pub(crate) fn all_to_serde(attributes: &[Attribute]) -> impl Iterator<Item = Said> {
    attributes.iter().filter_map(to_serde).flatten()
}

/// The name in `#[serde(rename = "…")]`.
pub(crate) fn renamed(attribute: &Attribute) -> Option<String> {
    let mut said = to_serde(attribute)?.into_iter();
    said.find(|said| said.is("rename"))?.text()
}

/// The name of `field` in JSON. It is empty for a field without a name.
pub(crate) fn json_name(field: &Field) -> String {
    let renamed = field.attrs.iter().find_map(renamed);
    let name = || field.ident.as_ref().map(syn_query::spelled);
    renamed.or_else(name).unwrap_or_default()
}

/// Whether `attributes` say that a field is all members that no other field is.
pub(crate) fn is_flat(attributes: &[Attribute]) -> bool {
    all_to_serde(attributes).any(|said| said.is("flatten"))
}

/// Leaves of what `attributes` say to serde what is to be `kept`, and no attribute
/// that says nothing.
pub(crate) fn retain(attributes: &mut Vec<Attribute>, kept: impl Fn(&Said) -> bool) {
    attributes.retain_mut(|attribute| {
        let Some(mut said) = to_serde(attribute) else {
            return true;
        };
        let all = said.len();
        said.retain(&kept);
        if let Meta::List(list) = &mut attribute.meta
            && said.len() < all
        {
            let said: Vec<_> = said.iter().map(|said| said.0.clone()).collect();
            list.tokens = syn_query::with_commas(&said);
        }
        !said.is_empty()
    });
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn what_is_said_is_read_and_left_out() {
        let mut attributes: Vec<Attribute> = vec![
            parse_quote!(#[doc = "rename"]),
            parse_quote!(#[serde(default, rename = "a\"b", deserialize_with = "c",)]),
            parse_quote!(#[serde(default = "d::<1, 2>")]),
        ];
        assert_eq!(
            attributes.iter().map(renamed).collect::<Vec<_>>(),
            [None, Some("a\"b".to_owned()), None]
        );
        let said = all_to_serde(&attributes).map(|said| {
            let name = said.name().unwrap().to_string();
            (name, said.is_alone(), said.text())
        });
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            said.collect::<Vec<_>>(),
            [
                ("default".to_owned(), true, None),
                ("rename".to_owned(), false, text("a\"b")),
                ("deserialize_with".to_owned(), false, text("c")),
                ("default".to_owned(), false, text("d::<1, 2>")),
            ]
        );
        retain(&mut attributes, |said| !said.is("default"));
        let left = attributes.iter().map(|of| of.to_token_stream().to_string());
        assert_eq!(
            left.collect::<Vec<_>>(),
            [
                "# [doc = \"rename\"]",
                "# [serde (rename = \"a\\\"b\" , deserialize_with = \"c\")]"
            ]
        );
    }
}
