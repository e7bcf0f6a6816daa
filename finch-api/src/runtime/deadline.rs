//! Defines the deadline of a call. `bound` waits for a future until the deadline, and then
//! returns `Late` with the time limit. A limit that the clock cannot represent never passes.

use std::time::Duration;

use tokio::time::Instant;

/// The time at which a call must be finished.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    limit: Duration,
    at: Option<Instant>,
}

/// The error of a call that exceeded its time limit, which is the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Late(pub(crate) Duration);

impl Deadline {
    /// Returns the deadline `limit` from now. If the clock cannot represent that time,
    /// the deadline never passes.
    pub(crate) fn after(limit: Duration) -> Self {
        Self {
            limit,
            at: Instant::now().checked_add(limit),
        }
    }

    /// Whether the deadline is later than the end of `wait`.
    pub(crate) fn allows(self, wait: Duration) -> bool {
        match (self.at, Instant::now().checked_add(wait)) {
            (Some(at), Some(end)) => end < at,
            (None, Some(_)) => true,
            (_, None) => false,
        }
    }

    /// The time until the deadline.
    pub(crate) fn remaining(self) -> Duration {
        match self.at {
            Some(at) => at.saturating_duration_since(Instant::now()),
            None => Duration::MAX,
        }
    }

    /// Waits for `future` until the deadline.
    pub(crate) async fn bound<F: Future>(self, future: F) -> Result<F::Output, Late> {
        match self.at {
            Some(at) => tokio::time::timeout_at(at, future)
                .await
                .map_err(|_elapsed| Late(self.limit)),
            None => Ok(future.await),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_waits_share_the_deadline() {
        let limit = Duration::from_secs(60);
        let deadline = Deadline::after(limit);
        let wait = || tokio::time::sleep(Duration::from_secs(40));
        assert_eq!(deadline.bound(wait()).await, Ok(()));
        assert_eq!(deadline.bound(wait()).await, Err(Late(limit)));
        assert_eq!(Deadline::after(Duration::MAX).bound(wait()).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn wait_must_end_before_the_deadline() {
        let deadline = Deadline::after(Duration::from_secs(60));
        tokio::time::advance(Duration::from_secs(40)).await;
        assert!(deadline.allows(Duration::from_secs(19)));
        assert!(!deadline.allows(Duration::from_secs(20)));
        assert!(!deadline.allows(Duration::MAX));
        assert!(Deadline::after(Duration::MAX).allows(Duration::from_secs(60)));
    }
}
