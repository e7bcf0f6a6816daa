//! actions: reads the actions of an Overlay, and refuses it if it breaks the specification.
//!
//! Refuses an unknown version or field, a value of the wrong kind, a missing field, a target that
//! does not parse, and a repeated action. Names every violation. Also refuses `copy`, which this
//! crate does not support.

use std::collections::HashSet;

use serde_json::Value;
use serde_json_path::JsonPath;

use super::{TOO_MUCH, budget};
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer;
use crate::problem::Problems;

/// The version of the specification that an Overlay follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1_0,
    V1_1,
}

/// The actions of an Overlay.
pub(super) struct Actions<'a> {
    pub(super) version: Version,
    pub(super) list: Vec<Action<'a>>,
}

/// A change to the values that `target` selects.
pub(super) struct Action<'a> {
    pub(super) target: &'a str,
    pub(super) path: JsonPath,
    /// The value to write. Ignored if `removes` is true.
    pub(super) update: Option<&'a Value>,
    pub(super) removes: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Boolean,
    String,
    Array,
    Object,
    Any,
}

/// A field of an object of the specification: its name, its kind, whether it is required, and the
/// version that introduced it.
type Field = (&'static str, Kind, bool, Version);

const OVERLAY: [Field; 4] = [
    ("overlay", Kind::String, true, Version::V1_0),
    ("info", Kind::Object, true, Version::V1_0),
    ("extends", Kind::String, false, Version::V1_0),
    ("actions", Kind::Array, true, Version::V1_0),
];

const INFO: [Field; 3] = [
    ("title", Kind::String, true, Version::V1_0),
    ("version", Kind::String, true, Version::V1_0),
    ("description", Kind::String, false, Version::V1_1),
];

const ACTION: [Field; 5] = [
    ("target", Kind::String, true, Version::V1_0),
    ("description", Kind::String, false, Version::V1_0),
    ("update", Kind::Any, false, Version::V1_0),
    ("copy", Kind::String, false, Version::V1_1),
    ("remove", Kind::Boolean, false, Version::V1_0),
];

impl<'a> Actions<'a> {
    /// Reads `overlay`.
    ///
    /// # Errors
    /// Each violation of the specification.
    pub(super) fn read(overlay: &'a Document) -> Result<Self, Problems> {
        let mut reader = Reader {
            overlay,
            version: Version::V1_0,
            problems: Problems::default(),
        };
        reader.read_version()?;
        let root = &overlay.root;
        reader.check("", root, &OVERLAY);
        if let Some(info) = root.field("info").filter(|info| info.is_object()) {
            reader.check("/info", info, &INFO);
        }
        let actions = root.field("actions").and_then(Value::as_array);
        if actions.is_some_and(Vec::is_empty) {
            reader.refuse("/actions", "it has no action", "write one");
        }
        let mut list = Vec::new();
        let mut seen = HashSet::new();
        for (index, action) in actions.into_iter().flatten().enumerate() {
            let at = format!("/actions/{index}");
            if !seen.insert(action) {
                reader.refuse(&at, "it repeats an earlier action", "remove one of them");
            }
            list.extend(reader.read_action(&at, action));
        }
        let version = reader.version;
        reader.problems.or(Self { version, list })
    }
}

struct Reader<'a> {
    overlay: &'a Document,
    version: Version,
    problems: Problems,
}

impl<'a> Reader<'a> {
    fn refuse(&mut self, at: &str, what: impl Into<String>, remedy: &str) {
        let problem = self.overlay.problem(at, what.into(), remedy);
        self.problems.push(problem);
    }

    /// Returns a reference to the specification.
    fn specification(&self) -> &'static str {
        match self.version {
            Version::V1_0 => "see https://spec.openapis.org/overlay/v1.0.0.html",
            Version::V1_1 => "see https://spec.openapis.org/overlay/v1.1.0.html",
        }
    }

    /// Reads the version, which all other checks depend on.
    fn read_version(&mut self) -> Result<(), Problems> {
        let root = &self.overlay.root;
        let Some(version) = root.get("overlay") else {
            let what = "not an OpenAPI Overlay: it has no field `overlay`";
            let remedy = "give an Overlay, with its version as in `overlay: 1.0.0`";
            return Err(self.overlay.problem("", what, remedy).into());
        };
        let parts = version
            .as_str()
            .and_then(|version| version.rsplit_once('.'));
        let is_number =
            |patch: &str| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit());
        self.version = match parts.filter(|(_, patch)| is_number(patch)) {
            Some(("1.0", _)) => Version::V1_0,
            Some(("1.1", _)) => Version::V1_1,
            _ => {
                let what = format!("Overlay version {version} is not supported");
                let remedy = "write 1.0.0 or 1.1.0, as a string";
                return Err(self.overlay.problem("/overlay", what, remedy).into());
            }
        };
        Ok(())
    }

    /// Checks that `value` is an object with all required fields, without unknown fields, and
    /// with values of the right kinds.
    fn check(&mut self, at: &str, value: &Value, fields: &[Field]) {
        let remedy = self.specification();
        let Some(members) = value.as_object() else {
            return self.refuse(at, "it is not an object", remedy);
        };
        let version = self.version;
        let fields = fields.iter().copied();
        let fields = fields.filter(|(.., since)| version == Version::V1_1 || *since == version);
        for (name, _, is_required, _) in fields.clone() {
            if is_required && !members.contains_key(name) {
                self.refuse(at, format!("it has no field `{name}`"), remedy);
            }
        }
        for (name, value) in members {
            let at = pointer::join(at, name);
            match fields.clone().find(|(known, ..)| known == name) {
                Some((_, kind, ..)) if !kind.has(value) => {
                    self.refuse(&at, format!("it is not {}", kind.name()), remedy);
                }
                None if !name.starts_with("x-") => {
                    self.refuse(&at, "Overlay has no such field here", remedy);
                }
                _ => {}
            }
        }
    }

    /// Reads the action at `at`, unless it is refused.
    fn read_action(&mut self, at: &str, action: &'a Value) -> Option<Action<'a>> {
        self.check(at, action, &ACTION);
        let removes = action.is_true("remove");
        if action.field("copy").is_some() && self.version == Version::V1_1 && !removes {
            let remedy = "write the value that it copies as an `update`";
            self.refuse(&format!("{at}/copy"), "`copy` is not supported", remedy);
        }
        let target = action.text("target")?;
        let at = format!("{at}/target");
        if let Err(what) = budget::check(target) {
            self.refuse(&at, what, TOO_MUCH);
            return None;
        }
        match JsonPath::parse(target) {
            Ok(path) => Some(Action {
                target,
                path,
                update: action.field("update"),
                removes,
            }),
            Err(error) => {
                let what = format!("{target:?} is not a JSONPath: {error}");
                self.refuse(&at, what, "correct it, as in $.paths['/pets'].get");
                None
            }
        }
    }
}

impl Kind {
    fn has(self, value: &Value) -> bool {
        match self {
            Self::Boolean => value.is_boolean(),
            Self::String => value.is_string(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
            Self::Any => true,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
            Self::Any => "a value",
        }
    }
}
