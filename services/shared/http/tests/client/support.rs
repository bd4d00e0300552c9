//! A server that does what the test says, and a vendor.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use causeway_http::{Client, Judgement, Options, Reply, Request, Vendor};
use ports::{Budget, Clock, Fault, Feedback, Lane, Permit, SystemClock};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What the server does with a request it has read.
#[derive(Debug, Clone)]
pub(crate) enum Does {
    /// Answers with these bytes and closes.
    Answer(Vec<u8>),
    /// Closes without a word.
    Cut,
    /// Keeps the connection and says nothing.
    Nothing,
}

/// An answer with a JSON body.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Does {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    Does::Answer(format!("{head}{body}").into_bytes())
}

/// An answer whose body is shorter than it says.
pub(crate) fn half(status: u16) -> Does {
    Does::Answer(
        format!("HTTP/1.1 {status} X\r\ncontent-length: 100\r\n\r\n{{\"id\":").into_bytes(),
    )
}

/// Answers one request after the other by its script; what is asked beyond it is cut.
pub(crate) struct Server {
    pub(crate) url: Url,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(script: Vec<Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/orders?page=2", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut script = script.into_iter();
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_request(&mut stream).await;
                seen.lock().unwrap().push(request);
                match script.next() {
                    Some(Does::Answer(bytes)) => stream.write_all(&bytes).await.unwrap(),
                    Some(Does::Nothing) => silent.push(stream),
                    Some(Does::Cut) | None => {}
                }
            }
        });
        Self {
            url: url.parse().unwrap(),
            requests,
        }
    }

    /// The requests as they came, heads and bodies.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// An address where nobody listens.
pub(crate) async fn nowhere() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    format!("http://{address}/").parse().unwrap()
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).to_string();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return text;
            }
        }
        match stream.read(&mut buffer).await.unwrap() {
            0 => return text,
            read => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

/// Counts permits and keeps what the budget is taught.
#[derive(Debug, Default, Clone)]
pub(crate) struct Counting {
    pub(crate) out: Arc<AtomicU32>,
    pub(crate) given: Arc<AtomicU32>,
    pub(crate) taught: Arc<Mutex<Vec<Feedback>>>,
}

struct Counted(Counting);

#[async_trait]
impl Budget for Counting {
    async fn acquire(&self, _lane: Lane, _points: u32) -> Box<dyn Permit> {
        self.out.fetch_add(1, Ordering::SeqCst);
        self.given.fetch_add(1, Ordering::SeqCst);
        Box::new(Counted(self.clone()))
    }
}

impl Permit for Counted {
    fn finish(self: Box<Self>, feedback: Feedback) {
        self.0.taught.lock().unwrap().push(feedback);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.out.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Counting {
    /// Permits that have not come back.
    pub(crate) fn still_out(&self) -> u32 {
        self.out.load(Ordering::SeqCst)
    }

    /// Permits given in all.
    pub(crate) fn given(&self) -> u32 {
        self.given.load(Ordering::SeqCst)
    }
}

/// A client with a short patience.
pub(crate) fn client(budget: &Counting) -> Client {
    let options = Options {
        read_timeout: Duration::from_millis(100),
        write_timeout: Duration::from_millis(100),
        ..Options::default()
    };
    client_with(options, budget)
}

pub(crate) fn client_with(options: Options, budget: &Counting) -> Client {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Client::new(options, Arc::new(budget.clone()), clock).unwrap()
}

/// A vendor with numbered tokens; it asks for them at an address, if it has one.
#[derive(Debug, Default)]
pub(crate) struct Shop {
    pub(crate) tokens: AtomicU32,
    pub(crate) token_url: Option<Url>,
    pub(crate) can_renew: bool,
}

#[async_trait]
impl Vendor for Shop {
    async fn authorize(&self, request: &mut Request, transport: &Client) -> Result<(), Fault> {
        let number = self.tokens.fetch_add(1, Ordering::SeqCst);
        if let Some(url) = &self.token_url {
            let form = "client_secret=hush-hush-hush".to_owned();
            transport
                .send(Request::read(url.clone(), Lane::Orders, form))
                .await?;
        }
        request
            .headers
            .push(("x-shop-token", format!("tok-secret-{number}")));
        Ok(())
    }

    fn judge(&self, request: &Request, reply: &Reply) -> Judgement {
        let mut judgement = Judgement::by_status(request, reply);
        judgement.feedback.cost = Some(7);
        judgement
    }

    fn refused(&self) -> bool {
        self.can_renew
    }

    fn secret_names(&self) -> &[&str] {
        &["x-shop-token", "pin"]
    }
}
