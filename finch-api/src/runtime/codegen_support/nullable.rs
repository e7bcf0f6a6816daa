//! Members of which null is not the same as nothing.

use serde::{Deserialize, Deserializer};

/// Reads a member that is there: null is `Some(None)`. One that is not there is
/// not read, and `None` by default.
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
    fn nothing_null_and_a_value_are_three() {
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
