//! Compares request bodies, responses, and their media types.

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
        let body =
            |of: &Place<'a>, revision: &'a Revision| revision.follow_place(&of.get("requestBody")?);
        match (body(old, before), body(new, after)) {
            (Some(old), Some(new)) => {
                self.annotations(Some(&old), Some(&new));
                match (old.is("required"), new.is("required")) {
                    (false, true) => {
                        let what = "the body became required";
                        self.report(NARROWED, Kind::Changed, &new.pointer, what);
                    }
                    (true, false) => {
                        let verdict = (Severity::Note, Severity::Breaks);
                        let what = "the body became optional";
                        self.report(verdict, Kind::Changed, &new.pointer, what);
                    }
                    _ => {}
                }
                self.content(&old, &new);
            }
            (None, Some(new)) if new.is("required") => {
                self.report(NARROWED, Kind::Added, &new.pointer, "required body added");
            }
            (None, Some(new)) => {
                self.report(HARMLESS, Kind::Added, &new.pointer, "optional body added");
            }
            (Some(old), None) => self.report(REMOVED, Kind::Removed, &old.pointer, "body removed"),
            (None, None) => {}
        }
    }

    pub(super) fn responses(&mut self, old: &Place<'a>, new: &Place<'a>, direction: Direction) {
        self.role.direction = direction;
        let (before, after) = (self.old, self.new);
        let responses = |of: &Place<'a>, revision: &'a Revision| -> BTreeMap<&'a str, Place<'a>> {
            let responses = of.get("responses").map(|responses| responses.members());
            let followed = responses
                .into_iter()
                .flatten()
                .filter_map(|(status, place)| Some((status, revision.follow_place(&place)?)));
            followed
                .filter(|(status, _)| !status.starts_with("x-"))
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
        let content = |of: &Place<'a>| {
            let content = of.get("content").map(|content| content.members());
            content.unwrap_or_default()
        };
        let (mut before, after) = (content(old), content(new));
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
