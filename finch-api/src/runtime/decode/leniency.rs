//! How well a value fits a type, as the unions that it is in must know.
//!
//! A property that the document requires may be null or missing, and is read all the
//! same. A union must know whether that happened: a variant that fits as the document
//! says is a better choice than one that only fits leniently. So a union *probes* its
//! variants, and each part of the value notes its own repairs.
//!
//! Unions may be nested. A variant fits strictly only if the unions within it do, too: so the
//! outermost union tries everything strictly first. A value is probed once for each union,
//! however deep it is, because the result is kept until the outermost union has been read.

use std::any::TypeId;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::thread::LocalKey;

use serde_json::Value;

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State::READING) };
    static IS_CHECKED: Cell<bool> = const { Cell::new(false) };
    /// How many unions are being read, one within the other.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static CHOICES: RefCell<Choices> = RefCell::default();
}

/// How well a value fits a type. The least is the best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fit {
    /// How many values of unions within it fit no variant, and are kept as untyped JSON.
    pub(crate) unknown: usize,
    /// Whether a property is null or missing that must not be.
    pub(crate) is_repaired: bool,
}

impl Fit {
    /// The fit of a value that fits no variant of a union.
    pub(crate) const UNKNOWN: Self = Self {
        unknown: 1,
        is_repaired: false,
    };
}

/// Which variant of a union a value is, and how well it fits: none if it fits no variant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub(crate) variant: Option<usize>,
    pub(crate) fit: Fit,
}

/// The choices of unions, by their types and the values.
#[derive(Default)]
struct Choices {
    choices: HashMap<(TypeId, u64), Choice>,
    hasher: RandomState,
}

/// The state of the value that this thread reads.
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

/// A value that was read to find out whether it fits.
pub(crate) struct Probed<T> {
    pub(crate) value: T,
    pub(crate) fit: Fit,
    /// Whether a union within it has not been read: its choice was known.
    pub(crate) is_deferred: bool,
}

/// Reads a value to find out how well it fits, if it does.
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

/// Reads a value that is known to fit, with the unions within it.
pub(crate) fn read<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    let _restored = Restored::after(&STATE, State::READING);
    read()
}

/// Whether a union probes a variant.
pub(crate) fn is_probing() -> bool {
    STATE.get().is_probing
}

/// Notes that a property is null or missing that must not be.
pub(crate) fn note_repair() {
    note_fit(Fit {
        is_repaired: true,
        ..Fit::default()
    });
}

/// Notes how well a part of the value fits.
pub(crate) fn note_fit(part: Fit) {
    let mut state = STATE.get();
    state.fit.unknown += part.unknown;
    state.fit.is_repaired |= part.is_repaired;
    STATE.set(state);
}

/// Notes that a union has not been read.
pub(crate) fn note_deferral() {
    let mut state = STATE.get();
    state.is_deferred = true;
    STATE.set(state);
}

/// Reads a union. Choices are kept until the outermost has been read.
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

/// Whether a union is read within another.
pub(crate) fn is_nested() -> bool {
    DEPTH.get() > 1
}

/// Returns the choice of the union `T` for `value`: `choose` makes it only once.
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

/// Whether no property is there twice in the value that this thread reads.
pub(crate) fn is_checked() -> bool {
    IS_CHECKED.get()
}

/// Reads a value in which no property is there twice, if `is_checked`.
pub(crate) fn checked<T>(is_checked: bool, read: impl FnOnce() -> T) -> T {
    let _restored = Restored::after(&IS_CHECKED, is_checked);
    read()
}

/// Restores a value when it is dropped.
struct Restored<T: Copy + 'static>(&'static LocalKey<Cell<T>>, T);

impl<T: Copy> Restored<T> {
    /// Sets the value of `key` to `during`, until this is dropped.
    fn after(key: &'static LocalKey<Cell<T>>, during: T) -> Self {
        Self(key, key.replace(during))
    }
}

impl<T: Copy> Drop for Restored<T> {
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}
