//! Decodes the body of an authentic webhook into its event. A body that is not JSON is an error
//! of the kind `Event`.

use serde::de::DeserializeOwned;

use super::decode::from_json;
use super::error::Error;
use super::error_kind::ErrorKind;

/// Decodes the `body` of an authentic webhook.
///
/// # Errors
///
/// The body is not JSON. `T` takes any JSON.
pub(crate) fn read_event<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    from_json(body).map_err(|what| {
        Error::local(
            ErrorKind::Event,
            format!("the webhook cannot be decoded: {what}"),
        )
    })
}
