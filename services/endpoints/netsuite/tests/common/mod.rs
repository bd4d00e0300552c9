//! A NetSuite that answers from a script, and what a connection needs to talk to it.

pub(crate) mod order;
pub(crate) mod payout;
pub(crate) mod people;
pub(crate) mod refund;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use commerce::{ConnectionId, MerchantId};
use jiff::Timestamp;
use ports::{Attempt, Budget, Clock, Connected, Exchange, Feedback, Kept, Lane, Permit, Write};
use serde_json::Value;

/// A clock that stands still; sleeping takes no time.
#[derive(Debug)]
pub(crate) struct StillClock(pub Mutex<Timestamp>);

impl StillClock {
    pub(crate) fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += jiff::SignedDuration::from_secs(seconds);
    }
}

#[async_trait]
impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
    async fn sleep(&self, _duration: Duration) {}
}

/// As many calls as one likes.
#[derive(Debug)]
pub(crate) struct Unbounded;

#[async_trait]
impl Budget for Unbounded {
    async fn acquire(&self, _lane: Lane, _points: u32) -> Box<dyn Permit> {
        Box::new(Self)
    }
}

impl Permit for Unbounded {
    fn finish(self: Box<Self>, _feedback: Feedback) {}
}

/// One exchange of a script: what the request must hold, and the answer.
#[derive(Debug, Clone)]
pub(crate) struct Scripted {
    pub method: String,
    pub path: String,
    /// Texts that the request's body must hold.
    pub contains: Vec<String>,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name)?;
        Some(&found.1)
    }
}

#[derive(Default)]
struct Stage {
    script: Vec<Scripted>,
    asked: Vec<Asked>,
    surprises: Vec<String>,
}

/// The scripted NetSuite.
#[derive(Clone)]
pub(crate) struct Fake {
    stage: Arc<Mutex<Stage>>,
    pub address: String,
}

impl Fake {
    /// Listens on a free port.
    pub(crate) async fn start(script: Vec<Scripted>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let stage = Arc::new(Mutex::new(Stage {
            script,
            ..Stage::default()
        }));
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&stage));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { stage, address }
    }

    /// Every request so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.stage.lock().unwrap().asked.clone()
    }

    /// Fails when a request was not in the script, or part of the script was not asked.
    pub(crate) fn finish(&self, name: &str) {
        let stage = self.stage.lock().unwrap();
        assert!(stage.surprises.is_empty(), "{name}: {:#?}", stage.surprises);
        assert!(
            stage.script.is_empty(),
            "{name}: not asked: {:#?}",
            stage.script
        );
    }
}

async fn answer(State(stage): State<Arc<Mutex<Stage>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let mut stage = stage.lock().unwrap();
    let fits = |one: &Scripted| {
        one.method == asked.method
            && asked.path == one.path
            && one.contains.iter().all(|text| asked.body.contains(text))
    };
    let place = stage.script.iter().position(fits);
    stage.asked.push(asked.clone());
    let Some(place) = place else {
        stage
            .surprises
            .push(format!("{} {} {}", asked.method, asked.path, asked.body));
        return Response::builder().status(599).body(Body::empty()).unwrap();
    };
    let scripted = stage.script.remove(place);
    let mut response = Response::builder().status(scripted.status);
    for (name, value) in &scripted.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(scripted.body)).unwrap()
}

/// An HTTP client with a still clock.
pub(crate) fn client(now: &str) -> (http::Client, Arc<StillClock>) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let clock = Arc::new(StillClock(Mutex::new(now.parse().unwrap())));
    let options = http::Options::default();
    let client = http::Client::new(options, Arc::new(Unbounded), clock.clone()).unwrap();
    (client, clock)
}

/// These settings; the account, its address and its credentials are filled in.
pub(crate) fn filled(settings: &Value, address: &str) -> causeway_netsuite::Settings {
    let secret = format!(
        "file:{}/contract/not-a-secret.txt",
        env!("CARGO_MANIFEST_DIR")
    );
    let mut settings = settings.clone();
    let fields = settings.as_object_mut().unwrap();
    fields.insert("account".into(), "1234567_SB1".into());
    fields.insert("url".into(), address.into());
    fields.entry("auth").or_insert_with(|| {
        serde_json::json!({"token": {
            "consumer_key": "ck", "consumer_secret": secret, "token_id": "tk", "token_secret": secret
        }})
    });
    serde_json::from_value(settings).unwrap()
}

/// A connection by these settings.
pub(crate) fn connect(settings: &Value, address: &str, http: http::Client) -> Connected {
    causeway_netsuite::connect(
        MerchantId::default(),
        ConnectionId::new("netsuite").unwrap(),
        filled(settings, address),
        http,
    )
    .unwrap()
}

/// Each request of the attempt that wrote something can be made anew, byte for byte. How many did.
pub(crate) fn assert_remade(settings: &Value, write: &Write, attempt: &Attempt) -> usize {
    let settings = filled(settings, "http://localhost/");
    // All that is known later.
    let later = Write {
        bound: None,
        parent: None,
        ..write.clone()
    };
    let wrote = |one: &&Exchange| one.method == "PATCH" || one.url.contains("/record/v1/");
    let has_body = |one: &&Exchange| one.method != "DELETE";
    let wrote = attempt.exchanges.iter().filter(wrote).filter(has_body);
    let remade = wrote.map(|one| {
        let kept = one.kept.as_ref().expect(&one.url);
        let body = causeway_netsuite::remake(&settings, &later, &kept.facts);
        let body = String::from_utf8(body.unwrap()).unwrap();
        let same = Kept::digest_of(body.as_bytes()) == kept.digest;
        assert!(same, "{} {}\n{}\n{body}", one.method, one.url, one.request);
    });
    remade.count()
}
