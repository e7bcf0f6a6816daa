//! consequences: groups the changes that follow from another change.
//!
//! A new or removed operation brings its method, types and schemas along. Their changes move into
//! `Change::brings` of the operation's change. Types move into the change of a new or removed
//! schema in the same way. A part that other operations also reach stays, and so does a more severe
//! change.
//!
//! It also names the operations that each breaking change of the client reaches. It does so for at
//! most 1,000 parts.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Item, Kind, Severity, Side};
use super::{Revision, operations};
use crate::reachability::{self, References};

/// The maximum number of broken parts whose operations are looked up. Each look-up walks through
/// the whole document, and nobody reads more of them.
const LOOKED_UP: usize = 1_000;

/// The operations and webhooks of a document, and the parts that they reach.
pub(super) struct Reach {
    /// The operations and webhooks, with their labels.
    roots: BTreeMap<String, String>,
    references: References,
}

impl Reach {
    pub(super) fn new(revision: &Revision) -> Self {
        let sections = ["paths", "webhooks"];
        let operations = operations::operations(revision, &sections).into_values();
        let roots = operations.filter_map(|operation| {
            let part = reachability::part_at(&operation.place.pointer)?;
            Some((part, operation.label))
        });
        Self {
            roots: roots.collect(),
            references: reachability::references(&revision.corrected),
        }
    }

    /// Returns the owners of the parts that come with `operations` or `schemas`, which were
    /// added or removed together. A part belongs to the first of these operations that reach
    /// it, if no other operation does. Otherwise it belongs to the first of these schemas that
    /// reach it through other new schemas.
    fn owners(
        &self,
        operations: &BTreeSet<String>,
        schemas: &BTreeSet<String>,
    ) -> BTreeMap<String, String> {
        let mut owners: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        let roots = self.roots.keys().map(String::as_str);
        let (own, others): (Vec<&str>, Vec<&str>) =
            roots.partition(|root| operations.contains(*root));
        for root in others {
            self.claim(&mut owners, None, root, |_| true);
        }
        for root in own {
            self.claim(&mut owners, Some(root), root, |_| true);
        }
        owners.retain(|_, owner| owner.is_some());
        let left = schemas.iter().map(String::as_str);
        let left: BTreeSet<&str> = left.filter(|it| !owners.contains_key(it)).collect();
        let referred: BTreeSet<&str> = left
            .iter()
            .flat_map(|part| self.targets(part).filter(move |target| target != part))
            .collect();
        // Schemas in a cycle come last.
        let (inner, outer): (Vec<&str>, Vec<&str>) =
            left.iter().partition(|part| referred.contains(*part));
        for root in outer.into_iter().chain(inner) {
            self.claim(&mut owners, Some(root), root, |part| left.contains(part));
        }
        let owners = owners.into_iter();
        owners
            .filter_map(|(part, owner)| Some((part.to_owned(), owner?.to_owned())))
            .collect()
    }

    /// Makes `owner` the owner of `root`, and of the parts that it reaches through parts that
    /// `may_pass` and have no owner yet.
    fn claim<'a>(
        &'a self,
        owners: &mut BTreeMap<&'a str, Option<&'a str>>,
        owner: Option<&'a str>,
        root: &'a str,
        may_pass: impl Fn(&str) -> bool,
    ) {
        let mut next = vec![root];
        while let Some(part) = next.pop() {
            if may_pass(part) && !owners.contains_key(part) {
                owners.insert(part, owner);
                next.extend(self.targets(part));
            }
        }
    }

    fn targets(&self, part: &str) -> impl Iterator<Item = &str> {
        let targets = self.references.get(part).into_iter().flatten();
        targets.map(String::as_str)
    }

    /// Sets the operations of each change that breaks a user of the client.
    pub(super) fn label(&self, changes: &mut [Change]) {
        let mut referring = References::new();
        for (part, targets) in &self.references {
            for target in targets {
                let parts = referring.entry(target.clone()).or_default();
                parts.insert(part.clone());
            }
        }
        let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for change in changes {
            let is_break = change.severity == Severity::Breaks && change.side == Side::Client;
            let Some(part) = reachability::part_at(&change.pointer).filter(|_| is_break) else {
                continue;
            };
            if !known.contains_key(&part) && known.len() < LOOKED_UP {
                let reaching = reachability::reached(&part, &referring);
                let labels = reaching.iter().filter_map(|part| self.roots.get(part));
                let labels: BTreeSet<String> = labels.cloned().collect();
                known.insert(part.clone(), labels.into_iter().collect());
            }
            change.operations = known.get(&part).cloned().unwrap_or_default();
        }
    }
}

/// Moves each change that comes with an added or removed operation or schema into the change of
/// its owner, unless it is more severe.
pub(super) fn fold(changes: Vec<Change>, old: &Reach, new: &Reach) -> Vec<Change> {
    let owners = [(Kind::Removed, old), (Kind::Added, new)].map(|(kind, reach)| {
        let parts = |item| -> BTreeSet<String> {
            let of_item = changes.iter();
            let of_item = of_item.filter(|it| it.item == item && it.kind == kind);
            of_item
                .filter_map(|it| reachability::part_at(&it.pointer))
                .collect()
        };
        (
            kind,
            reach.owners(&parts(Item::Operation), &parts(Item::Schema)),
        )
    });
    let owner = |change: &Change| {
        let part = reachability::part_at(&change.pointer)?;
        let (_, owners) = owners.iter().find(|(kind, _)| *kind == change.kind)?;
        Some((change.kind, owners.get(&part)?.clone()))
    };
    let is_owner = |change: &Change| {
        let is_such = matches!(change.item, Item::Operation | Item::Schema);
        is_such
            && owner(change)
                .is_some_and(|(_, root)| reachability::part_at(&change.pointer) == Some(root))
    };
    let (mut owning, others): (Vec<Change>, Vec<Change>) = changes.into_iter().partition(is_owner);
    let mut indices = BTreeMap::new();
    for (index, change) in owning.iter().enumerate() {
        indices.entry(owner(change)).or_insert(index);
    }
    let mut kept = Vec::new();
    for change in others {
        let is_item = matches!(change.item, Item::Method | Item::Type | Item::Schema);
        match owner(&change).and_then(|owner| indices.get(&Some(owner))) {
            Some(index) if is_item && owning[*index].severity <= change.severity => {
                owning[*index].brings.push(change);
            }
            _ => kept.push(change),
        }
    }
    for change in &mut owning {
        let brings = &mut change.brings;
        brings.sort_by_cached_key(|change| (change.item, change.pointer.clone()));
    }
    owning.extend(kept);
    owning
}
