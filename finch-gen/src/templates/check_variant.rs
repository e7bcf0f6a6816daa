/// Checks that `sample` is decoded as the variant of a union that it is a value of.
#[allow(dead_code, reason = "a document may have no union")]
fn check_variant<T>(sample: &str, is_variant: fn(&T) -> bool)
where
    T: serde::de::DeserializeOwned + std::fmt::Debug,
{
    let value: T = serde_json::from_str(sample)
        .unwrap_or_else(|error| panic!("{sample}: the sample cannot be decoded: {error}"));
    assert!(is_variant(&value), "{sample}: it is decoded as another variant: {value:?}");
}
