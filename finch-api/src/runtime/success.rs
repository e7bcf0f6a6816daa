//! Decides whether a response is a success, and decodes its body.
//!
//! `Successes` accepts the documented statuses. If the document names only one, `Successes` also
//! accepts an undocumented 2xx status with a complete body, such as 201 or 203. It does not accept
//! 202 or 206: the request is not processed yet, or the body is a part. It accepts 204 only if
//! the documented success has no body. A `Success` type decodes JSON, text, bytes or nothing.

use std::marker::PhantomData;
use std::ops::RangeInclusive;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use super::error::Error;
use super::operation::Successes;
use super::raw_response::RawResponse;
use super::response::Response;

/// Decodes the response of a success.
pub(crate) trait Success {
    type Value: Send + 'static;
    /// Whether the success has a body.
    const HAS_BODY: bool = true;

    fn decode(answer: RawResponse) -> Result<Response<Self::Value>, Error>;
}

/// A JSON body.
pub(crate) struct Json<T>(PhantomData<T>);

/// A text body.
pub(crate) struct Text;

/// A body of raw bytes.
pub(crate) struct Binary;

/// A success without a body.
pub(crate) struct Empty;

impl<T: DeserializeOwned + Send + 'static> Success for Json<T> {
    type Value = T;

    fn decode(answer: RawResponse) -> Result<Response<T>, Error> {
        Response::from_json(answer)
    }
}

impl Success for Text {
    type Value = String;

    fn decode(answer: RawResponse) -> Result<Response<String>, Error> {
        match std::str::from_utf8(&answer.body) {
            Ok(text) => Ok(Response::with(text.to_owned(), answer)),
            Err(_) => Err(Error::decode(answer, "the text is not UTF-8".to_owned())),
        }
    }
}

impl Success for Binary {
    type Value = Bytes;

    fn decode(answer: RawResponse) -> Result<Response<Bytes>, Error> {
        Ok(Response::with(Bytes::copy_from_slice(&answer.body), answer))
    }
}

impl Success for Empty {
    type Value = ();
    const HAS_BODY: bool = false;

    fn decode(answer: RawResponse) -> Result<Response<()>, Error> {
        Ok(Response::with((), answer))
    }
}

/// The undocumented statuses that decode as the only documented success.
///
/// The others stay errors: 202 means that the request was not processed yet, 205 that the body
/// is empty, and 206 to 208 and 226 that the body is a part or a list.
const ALIKE: [RangeInclusive<u16>; 5] = [200..=200, 201..=201, 203..=203, 209..=225, 227..=299];

impl Successes {
    /// Whether a response with `status` is decoded as a success.
    pub(super) fn accept(self, status: StatusCode, has_body: bool) -> bool {
        let code = status.as_u16();
        match self {
            Self::All | Self::AllOfSeveral(_) => status.is_success(),
            Self::Alike(statuses) | Self::Several(statuses) => statuses.contains(&code),
            // 204 has no body.
            Self::One(documented) => {
                code == documented
                    || ALIKE.iter().any(|range| range.contains(&code))
                    || (code == 204 && !has_body)
            }
        }
    }

    /// Whether `status` is the main success, whose value an awaited call returns.
    pub(super) fn is_main(self, status: StatusCode) -> bool {
        match self {
            Self::Several(statuses) | Self::AllOfSeveral(statuses) => {
                statuses.first().is_none_or(|main| *main == status.as_u16())
            }
            Self::All | Self::One(_) | Self::Alike(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::header::{ETAG, HeaderMap, HeaderValue};

    use super::*;

    fn answer(status: StatusCode, content: &[u8]) -> RawResponse {
        let headers = HeaderMap::from_iter([(ETAG, HeaderValue::from_static("1"))]);
        RawResponse::new("get-file", status, headers, content.to_vec().into())
    }

    #[test]
    fn a_success_has_its_status_and_headers() {
        let response = Empty::decode(answer(StatusCode::NO_CONTENT, b"")).unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(response.headers()[ETAG], "1");
        let response = Binary::decode(answer(StatusCode::OK, b"\xff\0")).unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.into_inner(), &b"\xff\0"[..]);
    }

    #[test]
    fn a_text_is_utf_8() {
        let response = Text::decode(answer(StatusCode::OK, "é".as_bytes())).unwrap();
        assert_eq!(response.into_inner(), "é");
        let error = Text::decode(answer(StatusCode::OK, b"\xff")).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Decode);
        assert_eq!(error.expose_body(), Some(&b"\xff"[..]));
    }

    #[test]
    fn undocumented_status_is_the_only_success_or_an_error() {
        let never = [202, 204, 205, 206, 207, 208, 226];
        let all_but = |accepted: &[u16]| -> Vec<u16> {
            let is_accepted = |status: &u16| !never.contains(status) || accepted.contains(status);
            (200..300).filter(is_accepted).collect()
        };
        for (successes, has_body, expected) in [
            (Successes::One(200), true, all_but(&[])),
            (Successes::One(201), true, all_but(&[])),
            (Successes::One(240), true, all_but(&[])),
            (Successes::One(202), true, all_but(&[202])),
            (Successes::One(206), true, all_but(&[206])),
            (Successes::One(226), true, all_but(&[226])),
            (Successes::One(200), false, all_but(&[204])),
            (Successes::One(204), false, all_but(&[204])),
            (Successes::One(202), false, all_but(&[202, 204])),
            (Successes::Several(&[200, 202]), true, vec![200, 202]),
            (Successes::Several(&[200, 204]), true, vec![200, 204]),
            (Successes::Alike(&[200, 201]), true, vec![200, 201]),
            (Successes::AllOfSeveral(&[200]), true, (200..300).collect()),
            (Successes::All, true, (200..300).collect()),
        ] {
            let accepted: Vec<u16> = (100..600)
                .filter(|code| successes.accept(StatusCode::from_u16(*code).unwrap(), has_body))
                .collect();
            assert_eq!(accepted, expected, "{successes:?} {has_body}");
        }
    }
}
