//! Defines the body of one request: a single frame, whose memory is wiped. It records whether
//! the transport began to send it. Until then, the client can cancel it, and the body returns
//! an error instead of its content. So the client knows that nothing was sent.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::{fmt, io, mem};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The body of a request.
///
/// It is a single frame of known size. `Debug` prints the size and no content. The memory
/// is wiped when the last owner of the frame drops it.
///
/// The client may cancel a body until its frame is taken. A cancelled body returns an
/// error. The transport must then leave the request incomplete.
pub struct RequestBody {
    content: Bytes,
    progress: Progress,
}

/// Whether the frame of a body was taken. The body and the client share it.
#[derive(Clone)]
pub(crate) struct Progress(Arc<AtomicU8>);

const NOT_STARTED: u8 = 0;
const STARTED: u8 = 1;
const CANCELLED: u8 = 2;

impl Progress {
    /// Marks the body as started. Returns false if it was cancelled.
    fn start(&self) -> bool {
        self.leave_not_started(STARTED) != CANCELLED
    }

    /// Cancels the body. Returns false if it was started, because it may have been sent.
    pub(crate) fn cancel(&self) -> bool {
        self.leave_not_started(CANCELLED) == NOT_STARTED
    }

    /// Changes to `state` if the body was neither started nor cancelled. Returns the
    /// previous state.
    fn leave_not_started(&self, state: u8) -> u8 {
        let order = Ordering::SeqCst;
        let moved = self.0.compare_exchange(NOT_STARTED, state, order, order);
        moved.unwrap_or_else(|before| before)
    }
}

impl RequestBody {
    /// Returns a body of `content`. Its memory is wiped when it is dropped.
    pub(crate) fn new(content: Bytes) -> Self {
        // No frame is taken from an empty body, so it counts as started.
        let state = match content.is_empty() {
            true => STARTED,
            false => NOT_STARTED,
        };
        Self {
            content,
            progress: Progress(Arc::new(AtomicU8::new(state))),
        }
    }

    pub(crate) fn progress(&self) -> Progress {
        self.progress.clone()
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if !self.progress.start() {
            let cancelled = "the deadline passed before the request body was sent";
            return Poll::Ready(Some(Err(io::Error::other(cancelled))));
        }
        let content = mem::take(&mut self.content);
        Poll::Ready((!content.is_empty()).then(|| Ok(Frame::data(content))))
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.content.len() as u64)
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody")
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::AtomicBool;
    use std::thread;

    use http_body_util::BodyExt as _;

    use super::*;

    fn body() -> RequestBody {
        RequestBody::new(Bytes::from_static(b"s3cret"))
    }

    #[tokio::test]
    async fn body_has_one_frame_of_exact_size() {
        let mut body = body();
        assert_eq!(body.size_hint().exact(), Some(6));
        assert!(!body.is_end_stream());
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "s3cret");
        assert!(body.is_end_stream() && body.frame().await.is_none());

        let mut empty = RequestBody::new(Bytes::new());
        assert_eq!(empty.size_hint().exact(), Some(0));
        assert!(empty.is_end_stream() && empty.frame().await.is_none());
    }

    #[tokio::test]
    async fn body_can_be_cancelled_until_its_frame_is_taken() {
        let mut cancelled = body();
        assert!(cancelled.progress().cancel());
        for _ in 0..2 {
            cancelled.frame().await.unwrap().unwrap_err();
        }

        let mut sent = body();
        sent.frame().await.unwrap().unwrap();
        assert!(!sent.progress().cancel());
        assert!(sent.frame().await.is_none());

        // The client cannot know whether an empty body was sent.
        assert!(!RequestBody::new(Bytes::new()).progress().cancel());
    }

    #[test]
    fn either_the_frame_is_taken_or_the_body_is_cancelled() {
        for _ in 0..1000 {
            let body = body();
            let progress = body.progress();
            let start = Barrier::new(2);
            let (is_started, is_cancelled) = thread::scope(|scope| {
                let started = scope.spawn(|| {
                    start.wait();
                    body.progress.start()
                });
                start.wait();
                let is_cancelled = progress.cancel();
                (started.join().unwrap(), is_cancelled)
            });
            assert_ne!(is_started, is_cancelled);
        }
    }

    #[test]
    fn debug_prints_no_content() {
        let request = http::Request::new(body());
        let printed = format!("{request:?}{request:#?}");
        assert!(printed.contains("RequestBody"), "{printed}");
        assert!(!printed.contains("s3cret"), "{printed}");
    }

    /// Memory that records when it is dropped.
    struct Memory(Arc<AtomicBool>);

    impl AsRef<[u8]> for Memory {
        fn as_ref(&self) -> &[u8] {
            b"s3cret"
        }
    }

    impl Drop for Memory {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    /// `ZeroizingBytes` wipes the memory when it is dropped.
    #[tokio::test]
    async fn memory_is_freed_with_the_last_owner() {
        let is_ended = Arc::new(AtomicBool::new(false));
        let memory = Memory(Arc::clone(&is_ended));
        let mut body = RequestBody::new(Bytes::from_owner(memory));
        let frame = body.frame().await.unwrap().unwrap();
        drop(body);
        assert!(!is_ended.load(Ordering::SeqCst));
        drop(frame);
        assert!(is_ended.load(Ordering::SeqCst));
    }
}
