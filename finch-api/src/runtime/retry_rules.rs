//! Decides for each failure whether the call is retried and whether the server may have
//! processed the request. For example, 429 is always retried and nothing was done. 500 is
//! retried if the call is idempotent, and its outcome is unknown.
//!
//! One table makes both decisions, and its first matching row applies. The documentation of
//! `Error::outcome_unknown` in `error.rs` contains it.

use std::fmt;

use http::StatusCode;

use super::error_kind::ErrorKind;

/// A row of the table.
#[derive(Debug, PartialEq)]
pub(super) struct Rule {
    failure: Failure,
    pub(super) again: Again,
    /// Whether the server may have processed the request.
    pub(super) is_unknown: bool,
}

/// The failures that a rule applies to.
#[derive(Debug, PartialEq)]
enum Failure {
    Statuses(&'static [u16]),
    /// All statuses of a class without an earlier rule.
    Class(u16),
    /// A status with `Retry-After`.
    WithRetryAfter(u16),
    /// Any other status except a success.
    OtherStatus,
    /// The deadline passed before the request was sent.
    Unsent(&'static str),
    /// A failure without a status, or after a success.
    Kinds(&'static [ErrorKind], &'static str),
}

/// Whether a call is retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    Always,
    /// If the operation is idempotent.
    IfIdempotent,
    Never,
}

use Again::{Always, IfIdempotent, Never};
use Failure::{Class, Kinds, OtherStatus, Statuses, Unsent, WithRetryAfter};

/// The first matching rule applies.
const RULES: &[Rule] = &[
    rule(Statuses(&[307, 308]), Never, false),
    rule(Class(3), Never, true),
    rule(Statuses(&[408]), IfIdempotent, true),
    rule(Statuses(&[429]), Always, false),
    rule(Class(4), Never, false),
    rule(Statuses(&[501]), Never, true),
    rule(WithRetryAfter(503), Always, false),
    rule(Class(5), IfIdempotent, true),
    rule(OtherStatus, Never, true),
    rule(
        Unsent("a deadline that passed before the request was sent"),
        Never,
        false,
    ),
    rule(
        Kinds(
            &[ErrorKind::Connect, ErrorKind::NotProcessed],
            "no connection, a request that the server refused to process",
        ),
        Always,
        false,
    ),
    rule(
        Kinds(
            &[ErrorKind::Interrupted, ErrorKind::Timeout],
            "a connection that broke, a time limit",
        ),
        IfIdempotent,
        true,
    ),
    rule(
        Kinds(
            &[
                ErrorKind::Decode,
                ErrorKind::OtherSuccess,
                ErrorKind::RepeatedPage,
                ErrorKind::TooLarge,
            ],
            "a success that cannot be read",
        ),
        Never,
        true,
    ),
    rule(
        Kinds(&[ErrorKind::Redirect], "a redirect that was followed"),
        Never,
        true,
    ),
    rule(
        Kinds(
            &[
                ErrorKind::Configuration,
                ErrorKind::InvalidRequest,
                ErrorKind::Signature,
                ErrorKind::Event,
            ],
            "a setting, a value, a webhook",
        ),
        Never,
        false,
    ),
];

const fn rule(failure: Failure, again: Again, is_unknown: bool) -> Rule {
    Rule {
        failure,
        again,
        is_unknown,
    }
}

/// Returns the rule for `status`, or `None` for a success.
pub(super) fn of_status(status: StatusCode, has_retry_after: bool) -> Option<&'static Rule> {
    let code = status.as_u16();
    let applies = |rule: &&Rule| match rule.failure {
        Statuses(statuses) => statuses.contains(&code),
        Class(class) => code / 100 == class,
        WithRetryAfter(status) => code == status && has_retry_after,
        OtherStatus => true,
        Unsent(_) | Kinds(..) => false,
    };
    match status.is_success() {
        true => None,
        false => RULES.iter().find(applies),
    }
}

/// Returns the rule for a failure of `kind` that has no status or follows a success.
pub(super) fn of_kind(kind: ErrorKind, is_unsent: bool) -> Option<&'static Rule> {
    let applies = |rule: &&Rule| match rule.failure {
        Unsent(_) => is_unsent,
        Kinds(kinds, _) => kinds.contains(&kind),
        _ => false,
    };
    RULES.iter().find(applies)
}

impl Again {
    /// Whether the call is retried.
    pub(super) fn allows(self, idempotent: bool) -> bool {
        match self {
            Always => true,
            IfIdempotent => idempotent,
            Never => false,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Statuses(statuses) => {
                let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
                f.write_str(&statuses.join(", "))
            }
            Class(class) => write!(f, "any other {class}xx"),
            WithRetryAfter(status) => write!(f, "{status} with `Retry-After`"),
            OtherStatus => f.write_str("any other status except a success"),
            Unsent(text) | Kinds(_, text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Renders the table as Markdown in a doc comment.
    fn documentation() -> String {
        let row = |rule: &Rule| {
            let again = match rule.again {
                Always => "yes",
                IfIdempotent => "if idempotent",
                Never => "no",
            };
            let outcome = match rule.is_unknown {
                true => "unknown",
                false => "nothing was done",
            };
            format!("    /// | {} | {again} | {outcome} |\n", rule.failure)
        };
        let rows: String = RULES.iter().map(row).collect();
        format!("    /// | Failure | Retried | Outcome |\n    /// |---|---|---|\n{rows}")
    }

    #[test]
    fn the_documentation_shows_the_table() {
        let table = documentation();
        assert!(include_str!("error.rs").contains(&table), "{table}");
    }

    #[test]
    fn each_failure_has_a_rule() {
        for code in 100..1000 {
            let status = StatusCode::from_u16(code).unwrap();
            for has_retry_after in [false, true] {
                let rule = of_status(status, has_retry_after);
                assert_eq!(rule.is_none(), status.is_success(), "{status}");
            }
        }
        // `Status` is the only kind that always has a status.
        assert_eq!(of_kind(ErrorKind::Status, false), None);
        for rule in RULES {
            if let Kinds(kinds, _) = rule.failure {
                assert!(kinds.iter().all(|kind| of_kind(*kind, false) == Some(rule)));
            }
        }
    }

    #[test]
    fn each_rule_has_its_statuses() {
        let check = |codes: &[u16], has_retry_after, again, is_unknown| {
            for code in codes {
                let status = StatusCode::from_u16(*code).unwrap();
                let found = of_status(status, has_retry_after).unwrap();
                assert_eq!(
                    (found.again, found.is_unknown),
                    (again, is_unknown),
                    "{code}"
                );
            }
        };
        check(
            &[300, 301, 302, 303, 304, 501, 101, 600, 999],
            false,
            Never,
            true,
        );
        check(
            &[307, 308, 400, 401, 404, 409, 422, 425, 499],
            true,
            Never,
            false,
        );
        check(&[408, 500, 502, 503, 504, 599], false, IfIdempotent, true);
        check(&[408, 500, 502, 504, 599], true, IfIdempotent, true);
        check(&[429], false, Always, false);
        check(&[429, 503], true, Always, false);
    }
}
