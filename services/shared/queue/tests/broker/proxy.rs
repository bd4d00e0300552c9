//! A TCP proxy that breaks connections when it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Carries everything.
const OPEN: u8 = 0;
/// Breaks a connection when the broker's first confirm passes, before the client sees it.
const DEAF: u8 = 1;

pub struct Proxy {
    /// The broker's URL by way of this proxy.
    pub url: String,
    mode: Arc<AtomicU8>,
    cut: Arc<Notify>,
}

impl Proxy {
    pub async fn to(url: &str) -> Self {
        let broker: lapin::uri::AMQPUri = url.parse().unwrap();
        let authority = broker.authority;
        let target = format!("{}:{}", authority.host, authority.port);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap().to_string();
        let proxy = Self {
            url: url.replace(&target, &here),
            mode: Arc::default(),
            cut: Arc::default(),
        };
        assert_ne!(proxy.url, url);
        let (mode, cut) = (Arc::clone(&proxy.mode), Arc::clone(&proxy.cut));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let broker = TcpStream::connect(&target).await.unwrap();
                tokio::spawn(carry(client, broker, Arc::clone(&mode), Arc::clone(&cut)));
            }
        });
        proxy
    }

    /// From now on no confirm arrives: the connection breaks instead.
    pub fn deafen(&self) {
        self.mode.store(DEAF, Ordering::SeqCst);
    }

    pub fn heal(&self) {
        self.mode.store(OPEN, Ordering::SeqCst);
    }

    /// Breaks every connection there is.
    pub fn cut(&self) {
        self.cut.notify_waiters();
    }
}

async fn carry(client: TcpStream, broker: TcpStream, mode: Arc<AtomicU8>, cut: Arc<Notify>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_broker, mut to_broker) = broker.into_split();
    let up = tokio::io::copy(&mut from_client, &mut to_broker);
    let down = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let Ok(count @ 1..) = from_broker.read(&mut buffer).await else {
                return;
            };
            let passing = &buffer[..count];
            if mode.load(Ordering::SeqCst) == DEAF && holds_confirm(passing) {
                return;
            }
            if to_client.write_all(passing).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = up => {}
        () = down => {}
        () = cut.notified() => {}
    }
}

/// Class 60 (basic), method 80 (ack): the method frame's payload begins so.
fn holds_confirm(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|four| four == [0, 60, 0, 80])
}
