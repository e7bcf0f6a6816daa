//! Requests a list page by page, and returns its pages (`Pages`) or its items (`Items`).
//!
//! A page is requested only when the program asks for it, as a separate call. `paging` finds
//! the position of the next page. After the last page and after an error, both return `None`.
//! If the server sends a page again, the call fails, because the list would never end.

use std::collections::HashSet;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::call::{Call, main_success};
use super::error::Error;
use super::execute::Exchange;
use super::operation::Operation;
use super::paging::{Paging, Read, digest};
use super::raw_response::RawResponse;
use super::response::Response;
use super::success::Success;

/// The pages of a list, in order. The `pages()` method of a call returns it.
///
/// Nothing is sent before the first [`try_next`](Self::try_next), and no page is requested
/// before the program asks for it. Each page is a separate call with separate retries and a
/// separate deadline. The API's document decides which page is the last one. An error ends the
/// walk, too.
///
/// A server that sends the same page again would never let the walk end. That is an error
/// of the kind [`RepeatedPage`](super::ErrorKind::RepeatedPage).
///
/// It is also a [`Stream`].
#[must_use = "no page is requested before `try_next`"]
pub struct Pages<T> {
    /// The call of the first page.
    call: Call,
    paging: &'static Paging,
    decode: fn(&Operation, RawResponse) -> Result<Response<T>, Error>,
    state: State,
    /// The digests of the positions so far.
    positions: HashSet<u64>,
    /// The digests of the lists of objects so far.
    lists: HashSet<u64>,
    /// The digest of the list on the page before.
    before: Option<u64>,
}

enum State {
    /// The position of the next page. Without one, the call has it.
    Next(Option<String>),
    /// The page at this position was requested.
    Requested(String, Exchange),
    Ended,
}

impl Call {
    /// Returns the pages of this call.
    pub(crate) fn pages<S: Success>(self, paging: &'static Paging) -> Pages<S::Value> {
        Pages {
            call: self,
            paging,
            decode: main_success::<S>,
            state: State::Next(None),
            positions: HashSet::new(),
            lists: HashSet::new(),
            before: None,
        }
    }
}

impl<T> Pages<T> {
    /// Begins at `position`.
    pub(crate) fn begin_at(mut self, position: PagePosition) -> Self {
        let position = Some(position.0).filter(|position| !position.is_empty());
        self.state = State::Next(position);
        self
    }

    /// Returns the items of each page, which `list` takes from the value of a response.
    pub(crate) fn items<I>(self, list: fn(T) -> Option<Vec<I>>) -> Items<T, I> {
        Items {
            pages: self,
            list,
            items: Vec::new().into_iter(),
        }
    }

    /// Requests the next page. Returns `None` after the last page, and after an error.
    ///
    /// A dropped future loses nothing: the next call waits for the same response.
    ///
    /// # Errors
    ///
    /// The call failed, the success has no list, the server repeats a page, or the next page
    /// is on another host.
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>, Error> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<T>, Error>>> {
        if let State::Next(next) = &mut self.state {
            let next = next.take();
            match self.request(next) {
                Ok((position, exchange)) => self.state = State::Requested(position, exchange),
                Err(error) => {
                    self.state = State::Ended;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        let State::Requested(position, exchange) = &mut self.state else {
            return Poll::Ready(None);
        };
        let outcome = ready!(exchange.as_mut().poll(context));
        let position = std::mem::take(position);
        self.state = State::Ended;
        let page = outcome.and_then(|(answer, attempts)| {
            let page = self.page(position, answer);
            page.map_err(|error| attempts.annotate(error))
        });
        if let Ok(Page {
            next: Some(next), ..
        }) = &page
        {
            self.state = State::Next(Some(next.0.clone()));
        }
        Poll::Ready(Some(page))
    }

    /// Requests the page at `position`.
    fn request(&self, position: Option<String>) -> Result<(String, Exchange), Error> {
        let mut call = self.call.clone();
        let position = match position {
            Some(position) => {
                let checked = self.paging.check(&position);
                checked
                    .map_err(|what| Error::invalid_request(what).of_operation(call.operation.id))?;
                self.paging.go_to(&position, &mut call);
                position
            }
            None => self.paging.position(&call),
        };
        Ok((position, call.exchange()))
    }

    /// Reads the page at `position`.
    fn page(&mut self, position: String, answer: RawResponse) -> Result<Page<T>, Error> {
        let operation = self.call.operation;
        let has_list = answer.status.is_success() && operation.successes.is_main(answer.status);
        let read = has_list.then(|| self.paging.read(&answer.body, &position, &self.call));
        let next = match read.transpose() {
            Ok(Some(read)) if self.is_repeated(&position, &read) => {
                return Err(Error::repeated_page(answer));
            }
            Ok(read) => read.and_then(|read| read.next),
            Err(what) => return Err(Error::decode(answer, what)),
        };
        Ok(Page {
            response: (self.decode)(operation, answer)?,
            position: PagePosition(position),
            next: next.map(PagePosition),
        })
    }

    /// Whether the server sent the page at `position` before, or would send it again.
    fn is_repeated(&mut self, position: &str, read: &Read) -> bool {
        self.positions.insert(digest(position));
        let before = std::mem::replace(&mut self.before, read.list);
        let objects = read.list.filter(|_| read.has_objects);
        let is_known_list = objects.is_some_and(|list| !self.lists.insert(list));
        // Two pages of strings or numbers may be equal, so only a server that may have ignored the
        // position repeats them.
        let is_same_list = self.paging.has_numbers() && read.list.is_some() && before == read.list;
        let is_known = |next: &str| self.positions.contains(&digest(next));
        is_known_list
            || is_same_list && (!read.is_empty || read.next.is_some())
            || read.next.as_deref().is_some_and(is_known)
    }
}

/// A page of a list: the whole response, and its position in the list.
pub struct Page<T> {
    response: Response<T>,
    position: PagePosition,
    next: Option<PagePosition>,
}

impl<T> Page<T> {
    /// The value of the response.
    pub fn value(&self) -> &T {
        self.response.value()
    }

    /// The response, with its status and headers.
    pub fn response(&self) -> &Response<T> {
        &self.response
    }

    /// Returns only the value.
    pub fn into_inner(self) -> T {
        self.response.into_inner()
    }

    /// Returns the response.
    pub fn into_response(self) -> Response<T> {
        self.response
    }

    /// The position of this page. The `pages_from()` method of the call begins with it.
    pub fn position(&self) -> &PagePosition {
        &self.position
    }

    /// The position of the next page, or `None` on the last page. Store it when you are done
    /// with this page, to go on from there later.
    pub fn next_position(&self) -> Option<&PagePosition> {
        self.next.as_ref()
    }
}

/// The position of a page in a list: a number, or a string from the server.
///
/// [`as_str`](Self::as_str) returns it as a string to store, and `From` reads it back. The
/// empty string is the beginning of the list. `Debug` prints no position, because it may be a
/// URL with a secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PagePosition(String);

impl PagePosition {
    /// The position as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for PagePosition {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl From<&PagePosition> for PagePosition {
    fn from(position: &PagePosition) -> Self {
        position.clone()
    }
}

/// The items of a list that a server returns in pages, in order. The `items()` method of a
/// call returns it.
///
/// ```ignore
/// let mut items = client.list_things().items();
/// while let Some(item) = items.try_next().await? {
///     println!("{item:?}");
/// }
/// ```
///
/// It requests a page when all items of the page before were taken: see [`Pages`]. It is
/// also a [`Stream`].
#[must_use = "no page is requested before `try_next`"]
pub struct Items<T, I> {
    pages: Pages<T>,
    list: fn(T) -> Option<Vec<I>>,
    items: std::vec::IntoIter<I>,
}

impl<T, I> Items<T, I> {
    /// Returns the next item, and requests the next page if it is needed. Returns `None`
    /// after the last item, and after an error.
    ///
    /// A dropped future loses no item.
    ///
    /// # Errors
    ///
    /// As for [`Pages::try_next`].
    pub async fn try_next(&mut self) -> Result<Option<I>, Error> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<I, Error>>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll(context)) {
                Some(Ok(page)) => {
                    let items = (self.list)(page.into_inner());
                    self.items = items.unwrap_or_default().into_iter();
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T, I> Stream for Items<T, I> {
    type Item = Result<I, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

// The items are moved out of their vector, and nothing is pinned.
impl<T, I> Unpin for Items<T, I> {}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.call.operation.id)
            .finish_non_exhaustive()
    }
}

impl<T, I> fmt::Debug for Items<T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("operation", &self.pages.call.operation.id)
            .finish_non_exhaustive()
    }
}

impl<T: fmt::Debug> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("response", &self.response)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PagePosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PagePosition").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
