//! Stores the state of the decoder on this thread: how well the value that it reads fits its
//! type, for the unions around it, and whether the value was checked for duplicate properties.
//!
//! A required property that is null or missing is still decoded. A union must know about
//! that: a variant that fits strictly is a better choice than a variant that fits
//! leniently. So a union *probes* its variants, and each part of the value records its
//! repairs.
//!
//! Unions may be nested. A variant fits strictly only if the unions inside it do. So the
//! outermost union first tries everything strictly. Each union probes a value once at any
//! depth, because choices are stored until the outermost union has been read.

use std::any::TypeId;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::thread::LocalKey;

use serde_json::Value;

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State::READING) };
    static IS_CHECKED: Cell<bool> = const { Cell::new(false) };
    /// How many nested unions are being read.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static CHOICES: RefCell<Choices> = RefCell::default();
}

/// How well a value fits a type. The minimum is the best fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fit {
    /// How many union values inside it fit no variant and are kept as untyped JSON.
    pub(crate) unknown: usize,
    /// Whether a required property is null or missing.
    pub(crate) is_repaired: bool,
}

impl Fit {
    /// The fit of a value that fits no variant.
    pub(crate) const UNKNOWN: Self = Self {
        unknown: 1,
        is_repaired: false,
    };
}

/// The variant that a union chose for a value, and its fit. `None` if no variant fits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub(crate) variant: Option<usize>,
    pub(crate) fit: Fit,
}

/// The choices of unions, by union type and value.
#[derive(Default)]
struct Choices {
    choices: HashMap<(TypeId, u64), Choice>,
    hasher: RandomState,
}

/// The decoding state of this thread.
#[derive(Clone, Copy)]
struct State {
    is_probing: bool,
    fit: Fit,
    is_deferred: bool,
}

impl State {
    const READING: Self = Self {
        is_probing: false,
        fit: Fit {
            unknown: 0,
            is_repaired: false,
        },
        is_deferred: false,
    };
    const PROBING: Self = Self {
        is_probing: true,
        ..Self::READING
    };
}

/// A value that was read as a probe.
pub(crate) struct Probed<T> {
    pub(crate) value: T,
    pub(crate) fit: Fit,
    /// Whether an inner union was skipped because its choice was known.
    pub(crate) is_deferred: bool,
}

/// Probes a value: returns it with its fit, or `None` if it does not fit.
pub(crate) fn probe<T>(read: impl FnOnce() -> Option<T>) -> Option<Probed<T>> {
    let _restored = Restored::after(&STATE, State::PROBING);
    let value = read()?;
    let State {
        fit, is_deferred, ..
    } = STATE.get();
    Some(Probed {
        value,
        fit,
        is_deferred,
    })
}

/// Reads a value that is known to fit, including the unions inside it.
pub(crate) fn read<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    let _restored = Restored::after(&STATE, State::READING);
    read()
}

/// Whether a union is probing a variant.
pub(crate) fn is_probing() -> bool {
    STATE.get().is_probing
}

/// Records that a required property is null or missing.
pub(crate) fn note_repair() {
    note_fit(Fit {
        is_repaired: true,
        ..Fit::default()
    });
}

/// Records the fit of a part of the value.
pub(crate) fn note_fit(part: Fit) {
    let mut state = STATE.get();
    state.fit.unknown += part.unknown;
    state.fit.is_repaired |= part.is_repaired;
    STATE.set(state);
}

/// Records that an inner union was skipped.
pub(crate) fn note_deferral() {
    let mut state = STATE.get();
    state.is_deferred = true;
    STATE.set(state);
}

/// Reads a union. Choices are stored until the outermost union has been read.
pub(crate) fn within_union<T>(read: impl FnOnce() -> T) -> T {
    struct Forget;

    impl Drop for Forget {
        fn drop(&mut self) {
            if DEPTH.get() == 1 {
                CHOICES.take();
            }
        }
    }

    let _restored = Restored::after(&DEPTH, DEPTH.get() + 1);
    let _forget = Forget;
    read()
}

/// Whether the current union is inside another.
pub(crate) fn is_nested() -> bool {
    DEPTH.get() > 1
}

/// Returns the choice of the union `T` for `value`. Calls `choose` only if it is not
/// stored.
pub(crate) fn choice<T: 'static>(value: &Value, choose: impl FnOnce() -> Choice) -> Choice {
    let (key, known) = CHOICES.with_borrow(|all| {
        let key = (TypeId::of::<T>(), all.hasher.hash_one(value));
        (key, all.choices.get(&key).copied())
    });
    known.unwrap_or_else(|| {
        let choice = choose();
        CHOICES.with_borrow_mut(|all| all.choices.insert(key, choice));
        choice
    })
}

/// Whether the value that this thread reads is known to have no duplicate properties.
pub(crate) fn is_checked() -> bool {
    IS_CHECKED.get()
}

/// Reads a value. If `is_checked`, the value is known to have no duplicate properties.
pub(crate) fn checked<T>(is_checked: bool, read: impl FnOnce() -> T) -> T {
    let _restored = Restored::after(&IS_CHECKED, is_checked);
    read()
}

/// Restores a thread-local value when it is dropped.
struct Restored<T: Copy + 'static>(&'static LocalKey<Cell<T>>, T);

impl<T: Copy> Restored<T> {
    /// Sets `key` to `during` until the guard is dropped.
    fn after(key: &'static LocalKey<Cell<T>>, during: T) -> Self {
        Self(key, key.replace(during))
    }
}

impl<T: Copy> Drop for Restored<T> {
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}
