//! Defines `Exposed`, which serializes a value with its secrets in clear text. Without it, a
//! value that contains a secret cannot be serialized.
//!
//! The secrets are exposed only on this thread, and only during the serialization. `recorded`
//! returns the secrets that were exposed, so that they can be redacted later.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::{Serialize, Serializer};

use super::secret::Secret;

thread_local! {
    /// How many nested [`Exposed`] values this thread is serializing.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// The secrets that this thread has serialized in clear text, while recording.
    static RECORD: RefCell<Option<Vec<Secret>>> = const { RefCell::new(None) };
}

/// Serializes a value with its [`Secret`](crate::Secret)s in clear text.
///
/// Outside of `Exposed`, a value that contains a secret cannot be serialized. Use it to
/// [store a token](crate#secrets), and encrypt the output.
///
/// Secrets are exposed only on this thread and only while the value is being serialized,
/// even after an error or a panic. `Debug` prints no part of the value.
#[derive(Clone, Copy)]
pub struct Exposed<T>(
    /// The value to serialize, or a reference to it.
    pub T,
);

impl<T: Serialize> Serialize for Exposed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let _guard = Guard::new();
        self.0.serialize(serializer)
    }
}

impl<T> fmt::Debug for Exposed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exposed([REDACTED])")
    }
}

/// Whether this thread is serializing an [`Exposed`] value.
pub(super) fn is_exposing() -> bool {
    DEPTH.get() > 0
}

/// Returns the result of `write`, and the secrets that it serializes in clear text.
pub(super) fn recorded<T>(write: impl FnOnce() -> T) -> (T, Vec<Secret>) {
    /// Ends the recording, even after a panic.
    struct End;

    impl Drop for End {
        fn drop(&mut self) {
            RECORD.set(None);
        }
    }

    let _end = End;
    RECORD.set(Some(Vec::new()));
    let written = write();
    (written, RECORD.take().unwrap_or_default())
}

/// Records that `secret` is serialized in clear text.
pub(super) fn record(secret: &Secret) {
    RECORD.with_borrow_mut(|record| {
        if let Some(record) = record {
            record.push(secret.clone());
        }
    });
}

/// Exposes the secrets on this thread until it is dropped.
struct Guard;

impl Guard {
    fn new() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        Self
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{self, AssertUnwindSafe};
    use std::thread;

    use serde::ser::Error as _;

    use super::*;
    use crate::Secret;

    /// Serializes through a function.
    struct With<F>(F);

    impl<F: Fn() -> Result<String, String>> Serialize for With<F> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let text = (self.0)().map_err(S::Error::custom)?;
            serializer.serialize_str(&text)
        }
    }

    fn json(value: impl Serialize) -> Result<String, String> {
        serde_json::to_string(&value).map_err(|error| error.to_string())
    }

    fn secret() -> Secret {
        Secret::from("s3cret")
    }

    /// Checks that a secret is refused, with an error that says what to do.
    #[track_caller]
    fn check_refused() {
        let error = json(secret()).unwrap_err();
        assert!(error.contains("`Exposed`"), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }

    #[test]
    fn secret_is_refused_at_any_depth() {
        check_refused();
        assert!(json([Some(secret())]).is_err());
        assert!(json(std::collections::BTreeMap::from([("a", secret())])).is_err());
        assert!(serde_json::to_value(secret()).is_err());
        let exposed = json(Exposed([Some(secret())])).unwrap();
        assert_eq!(exposed, r#"["s3cret"]"#);
        assert_eq!(serde_json::to_value(Exposed(&secret())).unwrap(), "s3cret");
    }

    #[test]
    fn secrets_are_exposed_until_the_value_is_written() {
        assert!(json(Exposed(secret())).is_ok());
        check_refused();

        assert!(json(Exposed(With(|| Err("broken".to_owned())))).is_err());
        check_refused();

        let panicking = Exposed(With(|| panic!("in a `Serialize`")));
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| json(panicking)));
        assert!(outcome.is_err());
        check_refused();
    }

    #[test]
    fn one_exposed_value_may_contain_another() {
        let inner = || json(Exposed(secret()));
        let both = (Exposed(With(inner)), secret());
        assert_eq!(
            json(Exposed(&both)),
            Ok(r#"["\"s3cret\"","s3cret"]"#.to_owned())
        );
        check_refused();
        // The inner value exposes nothing outside of itself.
        assert!(json(both).is_err());
    }

    #[test]
    fn exposed_secrets_are_recorded() {
        let texts = |secrets: Vec<Secret>| -> Vec<String> {
            let texts = secrets.iter().map(Secret::expose_secret);
            texts.map(str::to_owned).collect()
        };
        let value = || (Some(secret()), [Secret::from("other"), secret()]);
        let (written, secrets) = recorded(|| json(Exposed(value())));
        assert!(written.is_ok());
        assert_eq!(texts(secrets), ["s3cret", "other", "s3cret"]);

        let (written, secrets) = recorded(|| json(secret()));
        assert!(written.is_err() && secrets.is_empty());

        let panicking = || recorded(|| panic!("in a `Serialize`"));
        assert!(panic::catch_unwind(panicking).is_err());
        assert!(RECORD.with_borrow(Option::is_none));
        json(Exposed(value())).unwrap();
        assert!(RECORD.with_borrow(Option::is_none));
    }

    #[test]
    fn other_threads_are_not_affected() {
        let elsewhere = With(|| thread::spawn(|| json(secret())).join().unwrap());
        let error = json(Exposed(elsewhere)).unwrap_err();
        assert!(error.contains("`Exposed`"), "{error}");
    }

    #[test]
    fn debug_prints_nothing_of_the_value() {
        assert_eq!(format!("{:?}", Exposed("s3cret")), "Exposed([REDACTED])");
        assert_eq!(format!("{:#?}", Exposed(secret())), "Exposed([REDACTED])");
    }
}
