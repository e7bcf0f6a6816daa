//! Decodes an optional property whose null differs from a missing property: null becomes
//! `Some(None)`, and a missing property `None`.

use serde::{Deserialize, Deserializer};

/// Reads a property that is present: null becomes `Some(None)`. A missing property is not
/// read, and defaults to `None`.
pub(crate) fn nullable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::json;

    use super::*;

    #[derive(Deserialize, Serialize)]
    struct Change {
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "nullable")]
        title: Option<Option<String>>,
    }

    #[test]
    fn missing_null_and_value_are_distinct() {
        for (value, title) in [
            (json!({}), None),
            (json!({"title": null}), Some(None)),
            (json!({"title": "a"}), Some(Some("a".to_owned()))),
        ] {
            let change: Change = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(change.title, title);
            assert_eq!(serde_json::to_value(&change).unwrap(), value);
        }
    }
}
