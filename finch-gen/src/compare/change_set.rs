//! Collects the changes of a comparison, each with the operations that are affected. Returns each
//! change once: the same change in requests and responses becomes one.
//!
//! The old and the new version of a component are compared once for requests and once for responses,
//! even if many operations refer to the component. For each such pair, the set remembers the
//! operations and the other pairs that refer to it. So each change has all affected operations.
//! As no pair is compared again, the comparison of recursive schemas ends.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Item, Kind, Severity, Side};

/// The direction of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// To the server.
    Request,
    /// From the server.
    Response,
}

impl Direction {
    pub(super) fn reversed(self) -> Self {
        match self {
            Self::Request => Self::Response,
            Self::Response => Self::Request,
        }
    }
}

/// How a schema is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Role {
    pub(super) direction: Direction,
    pub(super) is_parameter: bool,
    /// The highest severity of a change here.
    pub(super) most: Severity,
}

/// Two schemas, of the old and of the new document, in a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub(super) old: String,
    pub(super) new: String,
    pub(super) role: Role,
}

/// The item that is being compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Document,
    /// The operation with this label.
    Operation(String),
    Pair(Pair),
}

/// The identity of a change, without the operations that reach it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) pointer: String,
    pub(super) side: Side,
    pub(super) kind: Kind,
    pub(super) item: Item,
    pub(super) what: String,
}

#[derive(Default)]
pub(super) struct ChangeSet {
    findings: Vec<(Key, Severity, Owner)>,
    leads: BTreeMap<Owner, BTreeSet<Pair>>,
    next: Vec<Pair>,
    /// The pairs that an owner leads to.
    pairs: BTreeSet<Pair>,
}

impl ChangeSet {
    pub(super) fn push(&mut self, owner: &Owner, severity: Severity, key: Key) {
        self.findings.push((key, severity, owner.clone()));
    }

    /// Remembers that `owner` leads to `pair`.
    pub(super) fn lead(&mut self, owner: &Owner, pair: Pair) {
        if self.pairs.insert(pair.clone()) {
            self.next.push(pair.clone());
        }
        self.leads.entry(owner.clone()).or_default().insert(pair);
    }

    /// Returns the old and the new pointer of every pair so far.
    pub(super) fn pointers(&self) -> BTreeSet<(String, String)> {
        let pairs = self.pairs.iter();
        pairs
            .map(|pair| (pair.old.clone(), pair.new.clone()))
            .collect()
    }

    /// Returns the next pair to compare.
    pub(super) fn next(&mut self) -> Option<Pair> {
        self.next.pop()
    }

    /// Returns the changes without duplicates. The same change in requests and responses
    /// becomes one.
    pub(super) fn changes(self) -> Vec<Change> {
        let reached = self.reached();
        let mut merged: BTreeMap<Key, (Severity, BTreeSet<String>)> = BTreeMap::new();
        for (key, severity, owner) in self.findings {
            let (worst, operations) = merged
                .entry(key)
                .or_insert_with(|| (severity, BTreeSet::new()));
            *worst = severity.min(*worst);
            match owner {
                Owner::Document => {}
                Owner::Operation(label) => {
                    operations.insert(label);
                }
                Owner::Pair(pair) => {
                    operations.extend(reached.get(&pair).into_iter().flatten().cloned())
                }
            }
        }
        let requests = merged.keys().filter(|key| key.side == Side::Request);
        for key in requests.cloned().collect::<Vec<_>>() {
            let of = |side| Key {
                side,
                ..key.clone()
            };
            let (request, response) = (merged.get(&key), merged.get(&of(Side::Response)));
            if let (Some((severity, _)), Some((other, _))) = (request, response)
                && severity == other
                && let Some((severity, mut operations)) = merged.remove(&key)
            {
                let response = merged.remove(&of(Side::Response));
                operations.extend(response.into_iter().flat_map(|(_, operations)| operations));
                merged.insert(of(Side::Both), (severity, operations));
            }
        }
        let change = |(key, (severity, operations)): (Key, (Severity, BTreeSet<String>))| Change {
            severity,
            pointer: key.pointer,
            side: key.side,
            kind: key.kind,
            item: key.item,
            what: key.what,
            operations: operations.into_iter().collect(),
            brings: Vec::new(),
        };
        merged.into_iter().map(change).collect()
    }

    /// Returns the labels of the operations that lead to each pair, directly or through other
    /// pairs.
    fn reached(&self) -> BTreeMap<Pair, BTreeSet<String>> {
        let mut reached: BTreeMap<Pair, BTreeSet<String>> = BTreeMap::new();
        for owner in self.leads.keys() {
            let Owner::Operation(label) = owner else {
                continue;
            };
            let mut next = vec![owner.clone()];
            while let Some(owner) = next.pop() {
                for pair in self.leads.get(&owner).into_iter().flatten() {
                    let labels = reached.entry(pair.clone()).or_default();
                    if labels.insert(label.clone()) {
                        next.push(Owner::Pair(pair.clone()));
                    }
                }
            }
        }
        reached
    }
}
