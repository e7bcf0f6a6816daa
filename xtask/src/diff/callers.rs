//! Finds the handwritten functions of the client that call a generated method, for each breaking
//! change of a request: the operation `create-access-token` reaches `exchange_code`.
//!
//! After such a change, handwritten code may compile and still fail, because nobody regenerates it.
//! Returns public functions. From a private function, the search goes on to its callers in the same
//! file. A source file that does not parse is ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use finch_gen::{Change, Comparison, Item, Severity, Side};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, ItemFn, ItemImpl, ItemMod, Signature, Visibility};

use crate::workspace::{CLIENT, SOURCES};
use crate::{Workspace, files};

/// The handwritten functions of the client.
#[derive(Default)]
pub(super) struct Callers(Vec<Function>);

#[derive(Clone)]
struct Function {
    file: String,
    /// The type that has the function as a method.
    owner: Option<String>,
    name: String,
    is_public: bool,
    /// The names in its return type.
    returned: BTreeSet<String>,
    /// The names in its body.
    used: BTreeSet<String>,
}

impl Callers {
    /// Reads the handwritten sources of the client. Ignores a file that does not parse, which
    /// the compiler reports anyway.
    ///
    /// # Errors
    ///
    /// The sources cannot be read.
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let generated = Path::new(CLIENT).strip_prefix(SOURCES)?;
        let mut callers = Self::default();
        for (path, text) in files::read(&workspace.path(SOURCES))? {
            if Path::new(&path).starts_with(generated) {
                continue;
            }
            if let Ok(file) = syn::parse_file(&text) {
                let mut reader = Reader {
                    file: path,
                    ..Reader::default()
                };
                reader.visit_file(&file);
                callers.0.extend(reader.functions);
            }
        }
        Ok(callers)
    }

    /// Returns the names of the functions that `change` reaches, if it breaks a request.
    pub(super) fn reached(&self, change: &Change, comparison: &Comparison) -> Vec<String> {
        let is_of_request = matches!(change.side, Side::Request | Side::Both | Side::Client)
            || change.item == Item::Operation;
        if change.severity != Severity::Breaks || !is_of_request {
            return Vec::new();
        }
        let methods = change.operations.iter();
        let methods = methods.filter_map(|operation| comparison.methods.get(operation));
        let callers = methods.flat_map(|method| self.calling(method));
        callers.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Returns the names of the public functions that lead to a call of `method`.
    fn calling(&self, method: &str) -> BTreeSet<String> {
        let mut found = BTreeMap::new();
        let mut next: Vec<&Function> = self.using(method).collect();
        while let Some(function) = next.pop() {
            let key = (&function.owner, &function.name);
            if found.contains_key(&key) {
                continue;
            }
            // A user already has a client. Other types come from a function that returns them,
            // and a private function is called within its file.
            let owner = function.owner.as_deref().filter(|owner| *owner != "Client");
            let makers = self.0.iter().filter(|maker| {
                owner.is_some_and(|owner| maker.returned.contains(owner))
                    && maker.owner != function.owner
            });
            let mut before: Vec<&Function> = makers.collect();
            if before.is_empty() && !function.is_public {
                let users = self.using(&function.name);
                before.extend(users.filter(|user| user.file == function.file));
            }
            let is_entry = before.is_empty();
            next.extend(before);
            found.insert(key, is_entry);
        }
        let entries = found.into_iter().filter(|(_, is_entry)| *is_entry);
        let names = entries.map(|((owner, name), _)| match owner.as_deref() {
            Some("Client") | None => name.clone(),
            Some(owner) => format!("{owner}::{name}"),
        });
        names.collect()
    }

    fn using<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Function> {
        self.0
            .iter()
            .filter(move |function| function.used.contains(name))
    }
}

/// Reads the functions of a file.
#[derive(Default)]
struct Reader {
    file: String,
    functions: Vec<Function>,
    owner: Option<String>,
    is_in_trait: bool,
}

impl Reader {
    fn push(&mut self, signature: &Signature, visibility: &Visibility, body: impl ToTokens) {
        self.functions.push(Function {
            file: self.file.clone(),
            owner: self.owner.clone(),
            name: signature.ident.to_string(),
            is_public: self.is_in_trait || matches!(visibility, Visibility::Public(_)),
            returned: names(&signature.output),
            used: names(body),
        });
    }
}

impl Visit<'_> for Reader {
    fn visit_item_mod(&mut self, module: &ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_impl(&mut self, block: &ItemImpl) {
        let owner = match &*block.self_ty {
            syn::Type::Path(path) => path.path.segments.last().map(|it| it.ident.to_string()),
            _ => None,
        };
        self.owner = owner;
        self.is_in_trait = block.trait_.is_some();
        visit::visit_item_impl(self, block);
        (self.owner, self.is_in_trait) = (None, false);
    }

    fn visit_impl_item_fn(&mut self, function: &ImplItemFn) {
        if !is_test(&function.attrs) {
            self.push(&function.sig, &function.vis, &function.block);
        }
    }

    fn visit_item_fn(&mut self, function: &ItemFn) {
        if !is_test(&function.attrs) {
            self.push(&function.sig, &function.vis, &function.block);
        }
    }
}

/// Whether an item with these attributes is compiled for tests only.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg") && names(attribute).contains("test"))
}

/// Returns the names in `tokens`.
fn names(tokens: impl ToTokens) -> BTreeSet<String> {
    fn collect(tokens: TokenStream, names: &mut BTreeSet<String>) {
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    names.insert(name.to_string());
                }
                TokenTree::Group(group) => collect(group.stream(), names),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    let mut names = BTreeSet::new();
    collect(tokens.to_token_stream(), &mut names);
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::write_atomically;

    #[test]
    fn a_public_function_that_leads_to_a_method_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            write_atomically(&folder.path().join(SOURCES).join(path), text).unwrap();
        };
        write(
            "exchange.rs",
            "impl Client { pub fn exchange(&self) -> Exchange { Exchange { client: self.clone() } } }
             impl Exchange { pub async fn send(self) { self.call().send().await } }
             impl Exchange { fn call(&self) -> Call { self.client.create_token() } }
             impl IntoFuture for Exchange { fn into_future(self) { self.client.renew() } }
             /// See `create_token`.
             pub fn other() {}
             #[cfg(test)] mod tests { fn test() { client.create_token() } }",
        );
        write(
            "renew.rs",
            "impl Client { pub fn again(&self) { helper(self) } }
             fn helper(client: &Client) { client.renew() }
             pub fn call() { other() }
             pub fn free(client: &Client) { client.list() }
             impl Keep { pub fn list(&self) { self.0.list() } }",
        );
        write(
            "generated/client.rs",
            "impl Client { pub fn all(&self) { self.create_token() } }",
        );
        write("other.rs", "pub fn unrelated() { call(); helper() }");
        write("broken.rs", "fn broken( { create_token }");
        let callers = Callers::read(&Workspace::at(folder.path())).unwrap();
        for (method, expected) in [
            ("create_token", &["exchange"][..]),
            ("renew", &["again", "exchange"]),
            ("list", &["Keep::list", "free"]),
            ("unknown", &[]),
        ] {
            let found = callers.calling(method).into_iter().collect::<Vec<_>>();
            assert_eq!(found, expected, "{method}");
        }
    }

    #[test]
    fn the_handwritten_token_exchange_is_found() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let callers = Callers::read(&Workspace::at(root)).unwrap();
        let found = callers.calling("create_access_token").into_iter();
        assert_eq!(found.collect::<Vec<_>>(), ["exchange_code"]);
    }
}
