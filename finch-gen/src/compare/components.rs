//! Compares the components of two documents that the comparison of operations does not cover.
//!
//! A schema is renamed if an equal schema has another name, or if a reference now leads to the
//! other schema. New, removed and renamed schemas are notes. Changes in a schema that no operation
//! reaches are warnings at most, because somebody may still read such data. A security scheme in
//! both documents breaks if its `type`, `in`, `name` or `scheme` changes.

use std::collections::BTreeMap;

use super::change_set::{Direction, Owner, Pair};
use super::{Comparer, Item, Kind, Place, Revision, Role, Severity, from_to};

impl<'a> Comparer<'a> {
    /// Compares the component schemas that no operation reaches, because somebody may still
    /// read such data. Reports new, removed and renamed schemas. Returns the new pointers of
    /// renamed schemas by their old pointers.
    pub(super) fn schemas(&mut self) -> BTreeMap<String, String> {
        let schemas = |revision| components(revision, "/components/schemas");
        let (mut old, mut new) = (schemas(self.old), schemas(self.new));
        let mut both = Vec::new();
        old.retain(|name, before| match new.remove(name) {
            Some(after) => {
                both.push((before.pointer.clone(), after.pointer));
                false
            }
            None => true,
        });
        self.owner = Owner::Document;
        let renamed = self.renamed(&mut old, &mut new);
        both.extend(renamed.clone());
        for (name, before) in old {
            let what = format!("schema `{name}` removed");
            let at = &before.pointer;
            self.report_item(Item::Schema, Severity::Note, Kind::Removed, at, what);
        }
        for (name, after) in new {
            let what = format!("schema `{name}` added");
            let at = &after.pointer;
            self.report_item(Item::Schema, Severity::Note, Kind::Added, at, what);
        }
        let reached = self.found.pointers();
        for (old, new) in both.into_iter().filter(|both| !reached.contains(both)) {
            for direction in [Direction::Request, Direction::Response] {
                let role = Role {
                    direction,
                    is_parameter: false,
                    most: Severity::Warning,
                };
                let (old, new) = (old.clone(), new.clone());
                self.found.lead(&Owner::Document, Pair { old, new, role });
            }
        }
        self.pairs();
        renamed
    }

    /// Removes renamed schemas from `old` and `new`. A schema is renamed if it equals another
    /// one, or if another one replaces it in a reference.
    fn renamed(
        &mut self,
        old: &mut BTreeMap<&'a str, Place<'a>>,
        new: &mut BTreeMap<&'a str, Place<'a>>,
    ) -> BTreeMap<String, String> {
        let replaced = self.found.pointers();
        let mut renamed = BTreeMap::new();
        let mut notes = Vec::new();
        old.retain(|name, before| {
            let is_same = |after: &Place<'a>| before.value == after.value;
            let replaces = |after: &Place<'a>| {
                replaced.contains(&(before.pointer.clone(), after.pointer.clone()))
            };
            let find = |is: &dyn Fn(&Place<'a>) -> bool| {
                let mut found = new.iter().filter(|(_, after)| is(after));
                found.next().map(|(name, _)| *name)
            };
            let found = find(&|after| is_same(after) && replaces(after))
                .or_else(|| find(&is_same))
                .or_else(|| find(&replaces));
            let Some((new_name, after)) = found.and_then(|name| new.remove_entry(name)) else {
                return true;
            };
            let what = format!("schema `{name}` is now `{new_name}`");
            renamed.insert(before.pointer.clone(), after.pointer.clone());
            notes.push((after.pointer, what));
            false
        });
        for (pointer, what) in notes {
            self.note(Severity::Note, &pointer, what);
        }
        renamed
    }

    /// Compares the security schemes.
    pub(super) fn security_schemes(&mut self) {
        let schemes = |revision| components(revision, "/components/securitySchemes");
        let (old, new) = (schemes(self.old), schemes(self.new));
        for (name, after) in new {
            let Some(before) = old.get(name) else {
                continue;
            };
            let labels = self.asking.get(name).cloned().unwrap_or_default();
            let owners = labels.into_iter().map(Owner::Operation);
            for owner in owners.chain([Owner::Document]) {
                self.owner = owner;
                self.security_scheme(name, before, &after);
            }
        }
    }

    fn security_scheme(&mut self, name: &str, old: &Place<'a>, new: &Place<'a>) {
        for key in ["type", "in", "name", "scheme"] {
            let (before, after) = (old.value.get(key), new.value.get(key));
            if before != after {
                let what = format!(
                    "`{key}` of the credential `{name}`: {}",
                    from_to(before, after)
                );
                self.note(Severity::Breaks, &new.join(key), what);
            }
        }
        self.noted(
            old,
            new,
            &["description", "flows", "openIdConnectUrl", "bearerFormat"],
        );
    }
}

fn components<'a>(revision: &'a Revision, at: &str) -> BTreeMap<&'a str, Place<'a>> {
    let components = revision.at(at);
    components.map(|of| of.members()).unwrap_or_default()
}
