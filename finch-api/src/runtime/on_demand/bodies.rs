//! Answers whose body is not JSON, or not there.

use bytes::Bytes;

use crate::runtime::answer::Answer;
use crate::runtime::error::Error;
use crate::runtime::response::Response;

impl Response<()> {
    /// The answer without its body: the document has none.
    pub(crate) fn empty(answer: Answer) -> Self {
        Self::with((), answer)
    }
}

impl Response<String> {
    /// The answer with its body as a text.
    pub(crate) fn from_text(answer: Answer) -> Result<Self, Error> {
        match std::str::from_utf8(&answer.body) {
            Ok(text) => Ok(Self::with(text.to_owned(), answer)),
            Err(_) => Err(Error::decode(answer, "a text that is not UTF-8".to_owned())),
        }
    }
}

impl Response<Bytes> {
    /// The answer with its body as it was received.
    pub(crate) fn bytes(answer: Answer) -> Self {
        Self::with(Bytes::copy_from_slice(&answer.body), answer)
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::{ETAG, HeaderMap, HeaderValue};

    use super::*;

    fn answer(status: StatusCode, content: &[u8]) -> Answer {
        let headers = HeaderMap::from_iter([(ETAG, HeaderValue::from_static("1"))]);
        Answer::new("get-file", status, headers, content.to_vec().into())
    }

    #[test]
    fn an_answer_without_a_body_has_its_status_and_headers() {
        let response = Response::empty(answer(StatusCode::NO_CONTENT, b""));
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(response.headers()[ETAG], "1");
    }

    #[test]
    fn a_text_is_one() {
        let response = Response::from_text(answer(StatusCode::OK, "é".as_bytes())).unwrap();
        assert_eq!(response.into_inner(), "é");
        let error = Response::from_text(answer(StatusCode::OK, b"\xff")).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Decode);
        assert_eq!(error.expose_body(), Some(&b"\xff"[..]));
    }

    #[test]
    fn bytes_are_handed_out_as_they_came() {
        let response = Response::bytes(answer(StatusCode::OK, b"\xff\0"));
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.into_inner(), &b"\xff\0"[..]);
    }
}
