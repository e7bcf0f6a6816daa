//! Puts the position of a page into a request, and reads the position of the next page from a
//! response. A position is a number of items, a page number, a string from the server, or a
//! URL.
//!
//! The document of an operation names the value of the request that is the position of a page,
//! and the parts of a response that are the list and the position of the next page. If a
//! response does not say whether its page is the last one, a page without a next position is,
//! and so is a numbered page with fewer items than requested. A next page on another host is an
//! error.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use reqwest::Url;
use serde_json::value::RawValue;

use super::base_url::BaseUrl;
use super::call::Call;
use super::codegen_support::Parameter;
use super::decode::without_byte_order_mark;
use super::json_pointer;

/// How an operation returns its list in pages. All strings are JSON pointers into a response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paging {
    by: By,
    /// The size of a page, and its documented maximum.
    limit: Option<(PageInput, Option<u64>)>,
    list: Option<&'static str>,
    last: Option<Last>,
}

/// The kind of position that a page has.
#[derive(Clone, Copy, Debug)]
enum By {
    /// The number of items before the page. The second field is the first page's.
    Offset(PageInput, u64),
    /// The number of the page. The second field is the first page's.
    Number(PageInput, u64),
    /// A string from the response before.
    Cursor(PageInput, &'static str),
    /// A URL from the response before, on the same host.
    Url(&'static str),
    /// A path under the base URL, from the response before.
    Path(&'static str),
}

/// How a response says which page is the last one.
#[derive(Clone, Copy, Debug)]
enum Last {
    /// It has the number of all items, or of all pages. A page ends the list if the
    /// position after it is not less than the number plus the second field.
    Before(&'static str, u64),
    /// It says whether there is another page.
    HasNext(&'static str),
}

/// A value of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PageInput {
    Parameter(Parameter<'static>),
    /// A string in the body, by its JSON pointer.
    Text(&'static str),
    /// A number in the body, by its JSON pointer.
    Number(&'static str),
}

impl Paging {
    pub(crate) const fn offset(input: PageInput, first: u64) -> Self {
        Self::new(By::Offset(input, first))
    }

    pub(crate) const fn number(input: PageInput, first: u64) -> Self {
        Self::new(By::Number(input, first))
    }

    pub(crate) const fn cursor(input: PageInput, next: &'static str) -> Self {
        Self::new(By::Cursor(input, next))
    }

    pub(crate) const fn url(next: &'static str) -> Self {
        Self::new(By::Url(next))
    }

    pub(crate) const fn path(next: &'static str) -> Self {
        Self::new(By::Path(next))
    }

    const fn new(by: By) -> Self {
        Self {
            by,
            limit: None,
            list: None,
            last: None,
        }
    }

    /// A page with fewer items than this value of the request is the last one.
    pub(crate) const fn limit(mut self, input: PageInput, max: Option<u64>) -> Self {
        self.limit = Some((input, max));
        self
    }

    pub(crate) const fn list(mut self, pointer: &'static str) -> Self {
        self.list = Some(pointer);
        self
    }

    /// A response has the number of all items.
    pub(crate) const fn total(mut self, pointer: &'static str) -> Self {
        self.last = Some(Last::Before(pointer, 0));
        self
    }

    /// A response has the number of all pages.
    pub(crate) const fn page_count(mut self, pointer: &'static str) -> Self {
        let first = match self.by {
            By::Number(_, first) => first,
            _ => 0,
        };
        self.last = Some(Last::Before(pointer, first));
        self
    }

    /// A response says whether there is another page.
    pub(crate) const fn has_next(mut self, pointer: &'static str) -> Self {
        self.last = Some(Last::HasNext(pointer));
        self
    }

    /// Whether the pages have numbers, so that a server can ignore the position unnoticed.
    pub(super) fn has_numbers(&self) -> bool {
        matches!(self.by, By::Offset(..) | By::Number(..))
    }

    /// The position of the page that `call` asks for.
    pub(super) fn position(&self, call: &Call) -> String {
        match self.by {
            By::Offset(input, first) | By::Number(input, first) => {
                let sent = call.input(input).unwrap_or_else(|| first.to_string());
                whole(&sent).map_or(sent, |number| number.to_string())
            }
            By::Cursor(input, _) => call.input(input).unwrap_or_default(),
            By::Url(_) | By::Path(_) => String::new(),
        }
    }

    /// Changes `call` so that it asks for the page at `position`.
    pub(super) fn go_to(&self, position: &str, call: &mut Call) {
        match self.by {
            By::Offset(input, _) | By::Number(input, _) | By::Cursor(input, _) => {
                call.set_input(input, position);
            }
            By::Url(_) => call.set_page_url(PageUrl::Url(position.to_owned())),
            By::Path(_) => call.set_page_url(PageUrl::Path(position.to_owned())),
        }
    }

    /// Reads the response `body` with the page at `position`. `call` is any call of the
    /// operation with the same page size.
    ///
    /// # Errors
    ///
    /// The response has no usable position for the next page.
    pub(super) fn read(&self, body: &[u8], position: &str, call: &Call) -> Result<Read, String> {
        // A body that is not JSON cannot be decoded either, which is the better error.
        let json = serde_json::from_slice::<&RawValue>(without_byte_order_mark(body)).ok();
        let find = |pointer| json_pointer::find(json?, pointer);
        let list = self.list.and_then(find);
        let items = list.and_then(json_pointer::items).unwrap_or_default();
        let count = items.len();
        let next = match self.by {
            By::Offset(..) => Some(later(position, count as u64)?),
            By::Number(..) => Some(later(position, 1)?),
            By::Cursor(_, pointer) | By::Url(pointer) | By::Path(pointer) => match find(pointer) {
                Some(value) => Some(json_pointer::text(value).ok_or_else(|| {
                    format!("the position at {pointer} is neither a string nor a number")
                })?),
                None => None,
            },
        };
        // A feed repeats its last cursor when there is nothing new.
        let is_end_of_feed = !self.has_numbers() && list.is_some() && count == 0;
        let is_end = |next: &String| next.is_empty() || is_end_of_feed && next == position;
        let next = next.filter(|next| !is_end(next));
        let has_next = match self.last {
            Some(Last::Before(pointer, first)) => find(pointer).and_then(|end| {
                let end = whole(&json_pointer::text(end)?)?;
                let next = whole(next.as_ref()?)?;
                Some(next < end.saturating_add(first))
            }),
            Some(Last::HasNext(pointer)) => {
                find(pointer).and_then(|value| serde_json::from_str(value.get()).ok())
            }
            None => None,
        };
        if has_next == Some(true) && next.is_none() {
            return Err(
                "there is another page, but the response has no position for it".to_owned(),
            );
        }
        let has_next = has_next.unwrap_or_else(|| match self.has_numbers() {
            true => count > 0 && !self.is_short(count as u64, call),
            false => next.is_some(),
        });
        Ok(Read {
            next: next.filter(|_| has_next),
            list: self.list.map(|_| digest(list.map_or("", RawValue::get))),
            is_empty: count == 0,
            has_objects: items.iter().any(|item| item.get().starts_with('{')),
        })
    }

    /// Whether `count` items are fewer than `call` asks for.
    fn is_short(&self, count: u64, call: &Call) -> bool {
        let limit = self.limit.and_then(|(input, max)| {
            let limit = whole(&call.input(input)?)?;
            Some(limit.min(max.unwrap_or(limit)))
        });
        limit.is_some_and(|limit| count < limit)
    }

    /// Checks a `position` that a program gave.
    pub(super) fn check(&self, position: &str) -> Result<(), &'static str> {
        match self.has_numbers() && whole(position).is_none() {
            true => Err(NOT_A_NUMBER),
            false => Ok(()),
        }
    }
}

const NOT_A_NUMBER: &str = "the position of the page is not a whole number";

/// The parts of a response that describe its page and the next one.
pub(super) struct Read {
    /// The position of the next page, unless this is the last one.
    pub(super) next: Option<String>,
    /// A digest of the list, if the document says which part of the response it is.
    pub(super) list: Option<u64>,
    pub(super) is_empty: bool,
    /// Whether an item is an object. Two pages of different objects are never equal.
    pub(super) has_objects: bool,
}

/// Returns a digest of `text` for comparisons.
pub(super) fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Returns the position `step` after a `position` that is a number.
fn later(position: &str, step: u64) -> Result<String, String> {
    let number = whole(position).ok_or(NOT_A_NUMBER)?;
    let later = number.checked_add(step);
    let later = later.ok_or_else(|| "the number of the next page is too large".to_owned())?;
    Ok(later.to_string())
}

/// Returns the whole number that `text` is. A `number` of a document has the text `10.0`.
fn whole(text: &str) -> Option<u64> {
    let digits = match text.split_once('.') {
        Some((digits, zeros)) if zeros.bytes().all(|byte| byte == b'0') => digits,
        _ => text,
    };
    digits.parse().ok()
}

/// The address of a page, as a response gave it.
#[derive(Clone)]
pub(super) enum PageUrl {
    /// A URL, or a reference that is relative to the URL of the call.
    Url(String),
    /// A path under the base URL.
    Path(String),
}

impl PageUrl {
    /// Returns the URL of the page, for a call that is sent to `url` under `base`.
    ///
    /// # Errors
    ///
    /// It has another scheme, host or port, which must not receive the credentials of the call.
    pub(super) fn resolve(&self, base: &BaseUrl, url: &Url) -> Result<Url, String> {
        let text = match self {
            Self::Path(path) => {
                let joined = base.join(path);
                return joined.map_err(|what| format!("the next page is not followed: {what}"));
            }
            Self::Url(text) => text,
        };
        let next = url
            .join(text)
            .map_err(|error| format!("the URL of the next page is not valid: {error}"))?;
        if next.origin() != url.origin() || !next.username().is_empty() || next.password().is_some()
        {
            let origin = next.origin().ascii_serialization();
            return Err(format!(
                "the next page is at {origin}, which is not followed: the credentials are for {}",
                url.origin().ascii_serialization()
            ));
        }
        Ok(next)
    }
}
