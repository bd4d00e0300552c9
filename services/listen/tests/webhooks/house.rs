//! A listener with one doorbell that knows no secret but a word.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use causeway_listen::{Error, Limits, Listen};
use commerce::{ConnectionId, Kind};
use ports::{Doorbell, Fault, Knock};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Genuine is who sends `x-word: sesame`. The body says what it is about.
#[derive(Default)]
pub(crate) struct Bell {
    pub(crate) gate: Gate,
}

impl Doorbell for Bell {
    fn answer(&self, knock: &Knock<'_>) -> Result<&'static [Kind], Fault> {
        if knock.headers.get("x-word").map(String::as_str) != Some("sesame") {
            return Err(Fault::Unauthorized {
                why: "the word is wrong".into(),
            });
        }
        match knock.body {
            b"order" => Ok(&[Kind::Order]),
            b"order and refund" => Ok(&[Kind::Order, Kind::Refund]),
            b"nothing" => Ok(&[]),
            b"wait" => {
                self.gate.pass();
                Ok(&[Kind::Order])
            }
            b"panic" => panic!("as a test"),
            other => Err(Fault::Unreadable {
                why: format!("{} bytes about something else", other.len()),
            }),
        }
    }
}

/// Holds those who want to pass until it is opened.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<(usize, bool)>,
    changed: Condvar,
}

impl Gate {
    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.0 += 1;
        self.changed.notify_all();
        let opened = self.changed.wait_while(state, |(_, open)| !*open).unwrap();
        drop(opened);
    }

    pub(crate) fn wait_for(&self, waiting: usize) {
        let state = self.state.lock().unwrap();
        let patience = Duration::from_secs(20);
        let (state, timeout) = self
            .changed
            .wait_timeout_while(state, patience, |(there, _)| *there < waiting)
            .unwrap();
        assert!(!timeout.timed_out(), "only {} came", state.0);
    }

    pub(crate) fn open(&self) {
        self.state.lock().unwrap().1 = true;
        self.changed.notify_all();
    }
}

pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) bell: Arc<Bell>,
    pub(crate) stop: CancellationToken,
    pub(crate) serving: JoinHandle<Result<(), Error>>,
    rings: Arc<Mutex<Vec<(String, Kind)>>>,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::within(Limits::default()).await
    }

    pub(crate) async fn within(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let bell = Arc::new(Bell::default());
        let rings = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&rings);
        let doorbell = Arc::clone(&bell) as Arc<dyn Doorbell>;
        let listen = Listen {
            doorbells: [(ConnectionId::new("shop").unwrap(), doorbell)].into(),
            ring: Arc::new(move |id, kinds| {
                let rings = kinds.iter().map(|kind| (id.to_string(), *kind));
                heard.lock().unwrap().extend(rings);
            }),
            metrics: Arc::new(|| "other_metric 1\n".to_owned()),
            limits,
        };
        let stop = CancellationToken::new();
        let serving = tokio::spawn(listen.serve(listener, stop.clone()));
        Self {
            address,
            bell,
            stop,
            serving,
            rings,
        }
    }

    pub(crate) fn rings(&self) -> Vec<(String, Kind)> {
        self.rings.lock().unwrap().clone()
    }
}
