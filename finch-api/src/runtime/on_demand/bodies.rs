//! Answers whose body is not JSON, or not there.

use bytes::Bytes;

use crate::runtime::answer::Answer;
use crate::runtime::response::Response;

impl Response<()> {
    /// The answer without its body: the document has none.
    pub(crate) fn empty(answer: Answer) -> Self {
        Self::with((), answer)
    }
}

impl Response<Bytes> {
    /// The answer with its body as it was received.
    pub(crate) fn bytes(answer: Answer) -> Self {
        Self::with(Bytes::copy_from_slice(answer.body.as_slice()), answer)
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::{ETAG, HeaderMap, HeaderValue};

    use super::*;
    use crate::runtime::body::Buffer;

    fn answer(status: StatusCode, content: &[u8]) -> Answer {
        let mut body = Buffer::with_limit(content.len());
        assert!(body.extend(content));
        let headers = HeaderMap::from_iter([(ETAG, HeaderValue::from_static("1"))]);
        Answer::new("get-file", status, headers, body)
    }

    #[test]
    fn an_answer_without_a_body_has_its_status_and_headers() {
        let response = Response::empty(answer(StatusCode::NO_CONTENT, b""));
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(response.headers()[ETAG], "1");
    }

    #[test]
    fn bytes_are_handed_out_as_they_came() {
        let response = Response::bytes(answer(StatusCode::OK, b"\xff\0"));
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.into_inner(), &b"\xff\0"[..]);
    }
}
