//! Answers that are not answers: cut connections and broken JSON.

use std::io;

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;

/// The largest answer that is read to be broken; none of ours comes near.
const LARGEST: usize = 64 * 1024 * 1024;

/// Marks a response whose connection the server drops instead of sending it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut;

/// No answer at all: the server closes the connection.
pub(crate) fn cut() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Cut);
    response
}

/// The head and half of the body, then the connection is closed.
pub(crate) async fn cut_half_way(answer: Response) -> Response {
    let (mut head, body) = answer.into_parts();
    let whole = to_bytes(body, LARGEST).await.unwrap_or_default();
    // An answer without a body promises one here, or there would be nothing to break off. 204 forbids a body, so it becomes 200.
    if whole.is_empty() {
        head.status = StatusCode::OK;
    }
    let half = whole.slice(..whole.len() / 2);
    head.headers
        .insert(CONTENT_LENGTH, HeaderValue::from(whole.len().max(64)));
    let pieces = [
        Ok::<Bytes, io::Error>(half),
        Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    ];
    Response::from_parts(head, Body::from_stream(stream::iter(pieces)))
}

/// 200, and JSON that ends half way.
pub(crate) async fn garble(answer: Response) -> Response {
    let (mut head, body) = answer.into_parts();
    let whole = to_bytes(body, LARGEST).await.unwrap_or_default();
    let half = if whole.len() < 2 {
        Bytes::from_static(br#"{"links":[{"rel":"se"#)
    } else {
        whole.slice(..whole.len() / 2)
    };
    head.status = StatusCode::OK;
    head.headers.remove(CONTENT_LENGTH);
    head.headers
        .entry(CONTENT_TYPE)
        .or_insert(HeaderValue::from_static("application/json"));
    Response::from_parts(head, Body::from(half))
}
