//! Compares request bodies, responses, and their media types.
//!
//! Statuses and media types correspond if their names are equal, and their schemas are then
//! compared. A removed success status or media type breaks. A removed request body is a warning,
//! and breaks a webhook. A new status, a new media type and a removed failure status are notes. A
//! change in a failure response is a warning at most.

use std::collections::BTreeMap;

use super::change_set::Direction;
use super::{Comparer, HARMLESS, Kind, NARROWED, OTHER, Place, Revision, Severity, Verdict};
use crate::lower::is_success;

/// A response that a caller expects was removed, or a success status that a server expects
/// from a webhook.
const SUCCESS_REMOVED: Verdict = (Severity::Breaks, Severity::Breaks);
const REMOVED: Verdict = (Severity::Warning, Severity::Breaks);

impl<'a> Comparer<'a> {
    pub(super) fn request_body(&mut self, old: &Place<'a>, new: &Place<'a>, direction: Direction) {
        self.role.direction = direction;
        self.role.most = Severity::Breaks;
        let (before, after) = (self.old, self.new);
        let body = |of: &Place<'a>, revision: &'a Revision| revision.follow(of.get("requestBody")?);
        match (body(old, before), body(new, after)) {
            (Some(old), Some(new)) => {
                self.annotations(Some(&old), Some(&new));
                let (before, after) = (old.is("required"), new.is("required"));
                self.requirement("the body", before, after, &new.pointer);
                self.content(&old, &new);
            }
            (None, Some(new)) => self.added("body", new.is("required"), &new.pointer),
            (Some(old), None) => self.report(REMOVED, Kind::Removed, &old.pointer, "body removed"),
            (None, None) => {}
        }
    }

    pub(super) fn responses(&mut self, old: &Place<'a>, new: &Place<'a>, direction: Direction) {
        self.role.direction = direction;
        let (before, after) = (self.old, self.new);
        let responses = |of: &Place<'a>, revision: &'a Revision| -> BTreeMap<&'a str, Place<'a>> {
            let responses = of.members_of("responses").into_iter();
            responses
                .filter(|(status, _)| !status.starts_with("x-"))
                .filter_map(|(status, place)| Some((status, revision.follow(place)?)))
                .collect()
        };
        let mut old = responses(old, before);
        let new = responses(new, after);
        // Without a success status, `default` is the success.
        let names_success = new
            .keys()
            .chain(old.keys())
            .any(|status| is_success(status));
        let is_success = |status: &str| is_success(status) || !names_success && status == "default";
        for (status, after) in new {
            self.role.most = match is_success(status) {
                true => Severity::Breaks,
                false => Severity::Warning,
            };
            match old.remove(status) {
                Some(before) => {
                    self.annotations(Some(&before), Some(&after));
                    self.headers(&before, &after);
                    self.content(&before, &after);
                }
                None => {
                    let what = format!("status {status} added");
                    self.report(HARMLESS, Kind::Added, &after.pointer, what);
                }
            }
        }
        self.role.most = Severity::Breaks;
        for (status, before) in old {
            let verdict = match is_success(status) {
                true => SUCCESS_REMOVED,
                false => HARMLESS,
            };
            let what = format!("status {status} removed");
            self.report(verdict, Kind::Removed, &before.pointer, what);
        }
    }

    /// Compares the media types of two bodies.
    pub(super) fn content(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let (mut before, after) = (old.members_of("content"), new.members_of("content"));
        for (media_type, after) in after {
            match before.remove(media_type) {
                Some(before) => {
                    self.noted(&before, &after, &["example", "examples"]);
                    if before.value.get("encoding") != after.value.get("encoding") {
                        let what = "the encoding of the parts changed";
                        self.report(NARROWED, Kind::Changed, &after.join("encoding"), what);
                    }
                    if let (Some(before), Some(after)) = (before.get("schema"), after.get("schema"))
                    {
                        self.schema(before, after);
                    }
                }
                None => {
                    let what = format!("media type {media_type} added");
                    self.report(HARMLESS, Kind::Added, &after.pointer, what);
                }
            }
        }
        for (media_type, before) in before {
            let what = format!("media type {media_type} removed");
            self.report(OTHER, Kind::Removed, &before.pointer, what);
        }
    }
}
