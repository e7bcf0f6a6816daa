//! Parameters in the query of a URL.

use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::Value;

use super::pairs;

/// A query parameter, to be given to [`reqwest::RequestBuilder::query`].
///
/// A list repeats the name, an object goes by the names of its members, and
/// what is not there is not sent.
#[derive(Clone, Copy)]
pub(crate) struct QueryParam<'a, T> {
    name: &'a str,
    value: &'a T,
}

impl<'a, T> QueryParam<'a, T> {
    /// The parameter `name` with `value`.
    pub(crate) fn new(name: &'a str, value: &'a T) -> Self {
        Self { name, value }
    }

    fn pairs(&self) -> Result<Vec<pairs::Pair>, String>
    where
        T: Serialize,
    {
        let nested =
            |_: &Value| Err("one value stands within another: give it as a text".to_owned());
        match pairs::to_json(self.value)? {
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, value)| pairs::named(name, value, nested));
                Ok(members.collect::<Result<Vec<_>, _>>()?.concat())
            }
            value => pairs::named(self.name, &value, nested),
        }
    }
}

impl<T: Serialize> Serialize for QueryParam<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = self.pairs().map_err(|what| {
            S::Error::custom(format!("the query parameter `{}`: {what}", self.name))
        })?;
        pairs.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Serialize>(value: T) -> String {
        let request = reqwest::Client::new()
            .get("https://api.example.com")
            .query(&QueryParam::new("of", &value))
            .build();
        let request = request.unwrap();
        request.url().query().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_list_repeats_its_name() {
        assert_eq!(check(["a b", "c&d"]), "of=a+b&of=c%26d");
        assert_eq!(check(Some(vec![1, 2])), "of=1&of=2");
        assert_eq!(check([""; 0]), "");
    }

    #[test]
    fn a_value_is_sent_as_its_text() {
        assert_eq!(check("é"), "of=%C3%A9");
        assert_eq!(check(true), "of=true");
        assert_eq!(check(0.1_f32), "of=0.1");
        assert_eq!(check(u64::MAX), "of=18446744073709551615");
        assert_eq!(check(crate::Secret::from("s")), "of=s");
        assert_eq!(check(None::<u8>), "");
    }

    #[test]
    fn an_object_goes_by_the_names_of_its_members() {
        let value = serde_json::json!({"a": 1, "b": ["c", "d"], "e": null});
        assert_eq!(check(value), "a=1&b=c&b=d");
    }

    #[test]
    fn what_has_no_such_form_is_refused() {
        for value in [serde_json::json!([[1]]), serde_json::json!({"a": {"b": 1}})] {
            let request = reqwest::Client::new()
                .get("https://api.example.com")
                .query(&QueryParam::new("of", &value));
            let error = crate::Error::invalid_request(request.build().unwrap_err());
            assert_eq!(
                error.to_string(),
                "builder error: the query parameter `of`: one value stands within another: give it \
                 as a text"
            );
        }
    }
}
