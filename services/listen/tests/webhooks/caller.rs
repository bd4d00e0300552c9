//! Says exactly the given bytes and listens until the other side hangs up.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// 0 when the other side hung up without a word.
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
}

/// A well-formed webhook with the right word.
pub(crate) fn genuine(body: &str) -> Vec<u8> {
    post("/hooks/shop", "x-word: sesame\r\n", body.as_bytes())
}

pub(crate) fn post(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut call = format!(
        "POST {path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    call.extend_from_slice(body);
    call
}

pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n").into_bytes()
}

pub(crate) async fn call(address: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The other side may hang up before everything is said.
    stream.write_all(bytes).await.ok();
    listen(&mut stream).await
}

pub(crate) async fn listen(stream: &mut TcpStream) -> Answer {
    let mut heard = Vec::new();
    let all = stream.read_to_end(&mut heard);
    // A reset after the answer is an end like any other.
    tokio::time::timeout(Duration::from_secs(30), all)
        .await
        .expect("the other side hangs up")
        .ok();
    let heard = String::from_utf8_lossy(&heard).into_owned();
    let (head, body) = heard.split_once("\r\n\r\n").unwrap_or((&heard, ""));
    Answer {
        status: head
            .get(9..12)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0),
        headers: head.to_lowercase(),
        body: body.to_owned(),
    }
}
