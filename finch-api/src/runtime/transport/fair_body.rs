//! Wraps a response body, so that no server can keep the client busy.
//!
//! The body yields to other tasks after 64 frames in a row, so that the deadline is checked. It
//! fails when it has received 10,000 frames without data in all, because such frames do not count
//! towards the size limit.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;

use super::BoxError;

/// The maximum number of frames between two yields.
const MAX_IN_A_ROW: u32 = 64;

/// The maximum number of frames without data.
const MAX_EMPTY: u32 = 10_000;

/// The response body of any transport. It yields now and then even if the next frame is
/// always ready.
///
/// A deadline is checked only while the body waits, so the body yields after several
/// frames. Frames without data do not count towards the size limit, so they have their
/// own limit.
pub(crate) struct FairBody {
    body: UnsyncBoxBody<Bytes, BoxError>,
    in_a_row: u32,
    empty: u32,
}

impl FairBody {
    pub(super) fn new(body: UnsyncBoxBody<Bytes, BoxError>) -> Self {
        Self {
            body,
            in_a_row: 0,
            empty: 0,
        }
    }
}

impl Body for FairBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.in_a_row == MAX_IN_A_ROW {
            self.in_a_row = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            self.in_a_row = 0;
            return Poll::Pending;
        };
        self.in_a_row += 1;
        if let Some(Ok(frame)) = &frame
            && frame.data_ref().is_none_or(Bytes::is_empty)
        {
            self.empty += 1;
            if self.empty > MAX_EMPTY {
                let cause = format!("more than {MAX_EMPTY} frames without data");
                return Poll::Ready(Some(Err(cause.into())));
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
