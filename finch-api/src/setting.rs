//! Validates settings from the environment and from builders.
//!
//! People copy settings from a dashboard into files, shells and deployment tools. Copies
//! pick up line breaks, quotes and invisible characters, and Finch would only respond
//! that the client is unknown. So settings are validated before anything is sent:
//!
//! - ASCII whitespace around the value is removed.
//! - An empty value, a byte order mark, control characters, whitespace inside the
//!   value, quotation marks around it and non-ASCII characters are refused.
//!
//! The rule is specific to Finch: RFC 6749 allows spaces and quotation marks in client
//! ids and secrets, but Finch issues none with them.
//!
//! An error names the setting and never shows the value. It may be a secret that was
//! entered in the wrong place.

use std::env;
use std::ffi::OsString;
use std::fmt::Display;

use reqwest::Url;
use uuid::Uuid;

use crate::Secret;

/// A setting that has not been validated.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// The name in errors.
    name: &'static str,
    value: Secret,
}

impl Setting {
    pub(crate) fn new(name: &'static str, value: impl Into<Secret>) -> Self {
        let value = value.into();
        Self { name, value }
    }

    /// Returns the environment variable `name`, if it is set.
    pub(crate) fn from_env(name: &'static str) -> Option<Self> {
        let value = env::var_os(name)?;
        // The replacement character is not ASCII, so the rule refuses it.
        let lossy = |value: OsString| value.to_string_lossy().into_owned();
        Some(Self::new(name, value.into_string().unwrap_or_else(lossy)))
    }

    /// Validates the value. Returns it without surrounding whitespace.
    pub(crate) fn text(&self) -> Result<&str, String> {
        checked(self.value.expose_secret()).map_err(|problem| self.refuse(problem))
    }

    /// Validates the value as a secret.
    pub(crate) fn secret(&self) -> Result<Secret, String> {
        self.text().map(Secret::from)
    }

    /// Validates the value as a client id: a UUID with hyphens, as in Finch's dashboard.
    pub(crate) fn client_id(&self) -> Result<String, String> {
        let text = self.text()?;
        match Uuid::parse_str(text) {
            // Of the forms that `Uuid` parses, only the hyphenated form has this length.
            Ok(id) if text.len() == 36 => Ok(id.to_string()),
            _ => {
                Err(self
                    .refuse("is not a UUID with hyphens: copy it from Finch's developer dashboard"))
            }
        }
    }

    /// Validates the value as a redirect URI. It is not normalized, because Finch
    /// compares the text.
    pub(crate) fn redirect_uri(&self) -> Result<&str, String> {
        let text = self.text()?;
        match Url::parse(text) {
            Ok(url) if url.fragment().is_some() => Err(self.refuse("must not have a fragment")),
            Ok(url) if !url.cannot_be_a_base() => Ok(text),
            _ => Err(self.refuse("is not a URL: begin it with `https://` or `http://`")),
        }
    }

    /// Returns the error for this setting, whose value has `problem`.
    pub(crate) fn refuse(&self, problem: impl Display) -> String {
        format!("{} {problem}", self.name)
    }
}

/// Combines all `problems` into one error, if there are any.
pub(crate) fn check<'a>(
    problems: impl IntoIterator<Item = Option<&'a String>>,
) -> Result<(), String> {
    let problems: Vec<&str> = problems.into_iter().flatten().map(String::as_str).collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems.join("; ")),
    }
}

/// Straight and typographic quotation marks.
const QUOTES: &[char] = &[
    '"', '\'', '`', '´', '“', '”', '„', '‟', '‘', '’', '‚', '‛', '«', '»', '‹', '›',
];

/// Validates `text`. Returns it without surrounding whitespace, or the problem.
fn checked(text: &str) -> Result<&str, &'static str> {
    let text = text.trim_ascii();
    if text.is_empty() {
        Err("is empty: set it, or leave it unset")
    } else if text.contains('\u{feff}') {
        Err("has a byte order mark: save its source without one")
    } else if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
        Err("has quotation marks around it: remove them")
    } else if text.contains(char::is_whitespace) {
        Err("has whitespace inside: remove it")
    } else if text.contains(char::is_control) {
        Err("has a control character: remove it")
    } else if !text.is_ascii() {
        Err("has a character that is not ASCII: copy it again")
    } else {
        Ok(text)
    }
}
