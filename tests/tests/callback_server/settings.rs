//! Tests the error messages for an operator's mistakes.

use crate::server::Place;

#[test]
fn invalid_settings_are_named_without_their_values() {
    let id = ("FINCH_CLIENT_ID", crate::CLIENT_ID);
    let secret = ("FINCH_CLIENT_SECRET", crate::SECRET);
    for (variables, message) in [
        (
            &[secret][..],
            "FINCH_CLIENT_SECRET is set, but FINCH_CLIENT_ID is not: set both, or none",
        ),
        (
            &[id],
            "FINCH_CLIENT_SECRET is not set: copy it from Finch's developer dashboard",
        ),
        (
            &[secret, ("FINCH_CLIENT_ID", "s3cret")],
            "FINCH_CLIENT_ID is not a UUID",
        ),
        (
            &[id, secret, ("TOKEN_KEYS", "")],
            "TOKEN_KEYS is empty: set it, or leave it unset",
        ),
        (
            &[id, secret, ("TOKEN_KEYS", "s3cret")],
            "key 1: it has no id: write `ID:KEY`",
        ),
        (
            &[("PUBLIC_URL", "http://payroll.example")],
            "which sends codes in clear text",
        ),
        (
            &[("PORT", "http")],
            "PORT: it is not a number from 0 to 65535",
        ),
        (&[("RUST_LOG", "loud")], "RUST_LOG: it is not a log level"),
        (
            &[("FINCH_SANDBOX", "yes")],
            "FINCH_SANDBOX: it is neither `true` nor `false`",
        ),
        (
            &[("DATABASE", "/nowhere/connections.db")],
            "/nowhere/connections.db",
        ),
    ] {
        let log = Place::new().refused(variables);
        assert!(log.contains(message), "{variables:?}: {log}");
        assert!(!log.contains("s3cret"), "{log}");
        assert!(!log.contains("panicked"), "{log}");
    }
}
