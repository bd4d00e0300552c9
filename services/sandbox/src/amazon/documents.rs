//! Documents behind presigned addresses, as of a storage service beside the API: a signature for one document, one way and five minutes.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value as Json, json};

use super::asked::{Answer, Answered, Asked, Problem, required};
use super::books::Books;

/// How long an address is good.
const MINUTES: i64 = 5;

/// A document; without bytes until it is put there.
#[derive(Debug)]
pub(super) struct Document {
    content_type: String,
    bytes: Option<Vec<u8>>,
}

/// What an address is good for.
#[derive(Debug)]
pub(super) struct Leave {
    document: String,
    until: Timestamp,
    may_write: bool,
}

impl Books {
    /// Keeps a text, compressed. Returns its document's id.
    pub(super) fn keep(&mut self, content_type: &str, text: &str) -> String {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        let written = packed.write_all(text.as_bytes());
        let bytes = written.and_then(|()| packed.finish()).ok();
        self.document(content_type, bytes)
    }

    fn document(&mut self, content_type: &str, bytes: Option<Vec<u8>>) -> String {
        let id = format!(
            "amzn1.spdoc.1.4.na.{:016x}.{}",
            self.rng.u64(..),
            self.number()
        );
        let document = Document {
            content_type: content_type.to_owned(),
            bytes,
        };
        self.documents.insert(id.clone(), document);
        id
    }

    /// What was put into a document, unpacked where it is compressed.
    pub(super) fn content(&self, document: &str) -> Option<Vec<u8>> {
        let bytes = self.documents.get(document)?.bytes.as_ref()?;
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            return Some(bytes.clone());
        }
        let mut unpacked = Vec::new();
        GzDecoder::new(bytes.as_slice())
            .read_to_end(&mut unpacked)
            .ok()?;
        Some(unpacked)
    }

    fn address(&mut self, document: &str, may_write: bool, asked: &Asked<'_>) -> String {
        let signature = format!("{:016x}{:016x}", self.rng.u64(..), self.rng.u64(..));
        let address = format!(
            "http://{}/documents/{document}?X-Amz-Expires={}&X-Amz-Signature={signature}",
            asked.host,
            MINUTES * 60
        );
        let leave = Leave {
            document: document.to_owned(),
            until: asked.now + MINUTES.minutes(),
            may_write,
        };
        self.leaves.insert(signature, leave);
        address
    }
}

pub(super) fn create(books: &mut Books, asked: &Asked<'_>) -> Answered {
    let content_type = required(&asked.body, "contentType")?;
    let id = books.document(content_type, None);
    let url = books.address(&id, true, asked);
    Ok(Answer::of(201, json!({ "feedDocumentId": id, "url": url })))
}

/// Where a document is to be had. `id` is what its name is called in the answer.
pub(super) fn locate(books: &mut Books, id: &str, asked: &Asked<'_>) -> Answered {
    let name = asked.name(0);
    let bytes = books.documents.get(name).and_then(|one| one.bytes.as_ref());
    let Some(bytes) = bytes else {
        return Err(Problem::not_found("The document was not found."));
    };
    let packed = bytes.starts_with(&[0x1f, 0x8b]);
    let url = books.address(name, false, asked);
    let mut body: Json = json!({ id: name, "url": url });
    if let Some(fields) = body.as_object_mut().filter(|_| packed) {
        fields.insert("compressionAlgorithm".to_owned(), json!("GZIP"));
    }
    Ok(Answer::ok(body))
}

fn denied(code: &str, words: &str) -> Response {
    let page = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{words}</Message></Error>"
    );
    let kind = [(CONTENT_TYPE, HeaderValue::from_static("application/xml"))];
    (StatusCode::FORBIDDEN, kind, page).into_response()
}

/// Gives or takes a document.
pub(super) fn serve(
    books: &mut Books,
    (method, uri): (&str, &Uri),
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Response {
    // What is not in the signature is not taken: the storage knows no access tokens.
    if headers.contains_key("authorization") || headers.contains_key("x-amz-access-token") {
        let words = "There were headers present in the request which were not signed";
        return denied("AccessDenied", words);
    }
    let query: BTreeMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let signature = query.get("X-Amz-Signature").cloned().unwrap_or_default();
    let id = uri.path().trim_start_matches("/documents/");
    let leave = books
        .leaves
        .get(&signature)
        .filter(|leave| leave.document == id);
    let Some(leave) = leave.filter(|leave| leave.may_write == (method == "PUT")) else {
        let words =
            "The request signature we calculated does not match the signature you provided.";
        return denied("SignatureDoesNotMatch", words);
    };
    if leave.until <= now {
        return denied("AccessDenied", "Request has expired");
    }
    let Some(document) = books.documents.get_mut(id) else {
        return denied("NoSuchKey", "The specified key does not exist.");
    };
    if method == "PUT" {
        let kind = headers
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        if kind != Some(document.content_type.as_str()) {
            let words = "The content type is not the one that was signed.";
            return denied("SignatureDoesNotMatch", words);
        }
        document.bytes = Some(body.to_vec());
        return StatusCode::OK.into_response();
    }
    let kind = HeaderValue::from_str(&document.content_type);
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let bytes = document.bytes.clone().unwrap_or_default();
    ([(CONTENT_TYPE, kind)], bytes).into_response()
}
