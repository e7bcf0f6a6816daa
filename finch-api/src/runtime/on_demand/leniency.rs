//! Which variant of a union was read leniently, and which unions within it wait.
//!
//! A property that the document requires may be null or missing, and is read all the
//! same. A union must know whether that happened: a variant that fits as the document
//! says is a better choice than one that only fits leniently. So a union *probes* its
//! variants. An open union within one takes every value, and waits: it chooses its own
//! variant once the outer union has chosen. A value is thus probed once for each union
//! that it is in, however deep it is.

use std::cell::Cell;

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State::READING) };
}

/// The state of the value that this thread reads.
#[derive(Clone, Copy)]
struct State {
    is_probing: bool,
    is_repaired: bool,
    is_deferred: bool,
}

impl State {
    const READING: Self = Self {
        is_probing: false,
        is_repaired: false,
        is_deferred: false,
    };
    const PROBING: Self = Self {
        is_probing: true,
        ..Self::READING
    };
}

/// A value that was read to find out whether it fits.
pub(super) struct Probed<T> {
    pub(super) value: T,
    /// Whether a property was null or missing that must not be.
    pub(super) is_repaired: bool,
    /// Whether a union within it has not been read.
    pub(super) is_deferred: bool,
}

/// Reads a value to find out whether it fits.
pub(super) fn probe<T>(read: impl FnOnce() -> Option<T>) -> Option<Probed<T>> {
    let _restored = Restored::after(State::PROBING);
    let value = read()?;
    let state = STATE.get();
    Some(Probed {
        value,
        is_repaired: state.is_repaired,
        is_deferred: state.is_deferred,
    })
}

/// Reads a value that is known to fit, with the unions within it.
pub(super) fn read<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    let _restored = Restored::after(State::READING);
    read()
}

/// Whether a union probes a variant.
pub(super) fn is_probing() -> bool {
    STATE.get().is_probing
}

/// Notes that a property is null or missing that must not be.
pub(super) fn note_repair() {
    note(true, false);
}

/// Notes that a union has not been read.
pub(super) fn note_deferral() {
    note(false, true);
}

/// Notes the result of probing a part of the value.
pub(super) fn note_part<T>(part: &Probed<T>) {
    note(part.is_repaired, part.is_deferred);
}

fn note(is_repaired: bool, is_deferred: bool) {
    let mut state = STATE.get();
    state.is_repaired |= is_repaired;
    state.is_deferred |= is_deferred;
    STATE.set(state);
}

/// Restores the state when it is dropped.
struct Restored(State);

impl Restored {
    /// Sets the state to `during`, until this is dropped.
    fn after(during: State) -> Self {
        Self(STATE.replace(during))
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        STATE.set(self.0);
    }
}
