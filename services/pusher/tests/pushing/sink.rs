//! A target that answers as told.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use commerce::{ExternalId, Kind};
use jiff::Timestamp;
use ports::{Attempt, Effect, Fault, Looks, Register, Sink, Standing, Twin, Write, Written};
use tokio::sync::Notify;

/// Answers with the faults it was given, record by record; then with success.
#[derive(Default)]
pub(crate) struct StubSink {
    faults: Mutex<HashMap<String, VecDeque<Fault>>>,
    landed: Mutex<HashMap<String, Option<String>>>,
    written: Mutex<Vec<(String, bool)>>,
    located: Mutex<Vec<String>>,
    shown: Mutex<Vec<String>>,
    gate: Mutex<Option<Arc<Gate>>>,
}

/// Where a write stands still until it may go on.
#[derive(Default)]
pub(crate) struct Gate {
    pub(crate) reached: Notify,
    pub(crate) open: Notify,
}

impl StubSink {
    /// The next write stands still there.
    pub(crate) fn stop_at(&self, gate: &Arc<Gate>) {
        *self.gate.lock().unwrap() = Some(Arc::clone(gate));
    }

    /// The records that it was shown, in order.
    pub(crate) fn shown(&self) -> Vec<String> {
        std::mem::take(&mut *self.shown.lock().unwrap())
    }

    pub(crate) fn fail(&self, id: &str, fault: Fault) {
        let mut faults = self.faults.lock().unwrap();
        faults.entry(id.to_owned()).or_default().push_back(fault);
    }

    /// An earlier write of that record will be found.
    pub(crate) fn has(&self, id: &str) {
        self.landed.lock().unwrap().insert(id.to_owned(), None);
    }

    /// An earlier write of that record will be found, and does not fit.
    pub(crate) fn has_wrong(&self, id: &str, discrepancy: &str) {
        let mut landed = self.landed.lock().unwrap();
        landed.insert(id.to_owned(), Some(discrepancy.to_owned()));
    }

    /// The records that it was asked to write, in order.
    pub(crate) fn written(&self) -> Vec<String> {
        let written = self.written.lock().unwrap();
        written.iter().map(|(id, _)| id.clone()).collect()
    }

    /// Those that it was asked to change, since they were there.
    pub(crate) fn changed(&self) -> Vec<String> {
        let written = self.written.lock().unwrap();
        let changed = written.iter().filter(|(_, bound)| *bound);
        changed.map(|(id, _)| id.clone()).collect()
    }

    pub(crate) fn located(&self) -> Vec<String> {
        self.located.lock().unwrap().clone()
    }
}

fn twin(id: &str) -> Twin {
    Twin {
        id: ExternalId::new(format!("9{id}")).unwrap(),
        number: None,
    }
}

#[async_trait]
impl Sink for StubSink {
    fn kinds(&self) -> &[Kind] {
        &[Kind::Order]
    }

    fn batch_size(&self, _kind: Kind) -> usize {
        2
    }

    fn register(&self, _kind: Kind) -> Option<Register<'_>> {
        Some(Register::Looks(self))
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        let gate = self.gate.lock().unwrap().take();
        if let Some(gate) = gate {
            gate.reached.notify_one();
            gate.open.notified().await;
        }
        let answer = |write: &Write| {
            let id = write.event.external_id.to_string();
            let bound = write.bound.is_some();
            self.written.lock().unwrap().push((id.clone(), bound));
            let mut faults = self.faults.lock().unwrap();
            let fault = faults.get_mut(&id).and_then(VecDeque::pop_front);
            let written = Written {
                twin: twin(&id),
                effect: Effect::Created,
                discrepancy: None,
            };
            Attempt {
                result: fault.map_or(Ok(written), Err),
                exchanges: Vec::new(),
            }
        };
        writes.iter().map(answer).collect()
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let answer = |write: &Write| {
            let id = write.event.external_id.to_string();
            self.located.lock().unwrap().push(id.clone());
            let landed = self.landed.lock().unwrap().get(&id).cloned();
            Ok(landed.map(|discrepancy| Written {
                twin: twin(&id),
                effect: Effect::AlreadyThere,
                discrepancy,
            }))
        };
        writes.iter().map(answer).collect()
    }
}

#[async_trait]
impl Looks for StubSink {
    fn most(&self, _kind: Kind) -> usize {
        2
    }

    /// As told by faults: one that is held differs, one that is missing is gone.
    async fn look(&self, writes: &[Write], _settled: Timestamp) -> Vec<Result<Standing, Fault>> {
        let answer = |write: &Write| {
            let id = write.event.external_id.to_string();
            self.shown.lock().unwrap().push(id.clone());
            let mut faults = self.faults.lock().unwrap();
            let fault = faults.get_mut(&id).and_then(VecDeque::pop_front);
            fault.map_or(Ok(Standing::Held), Err)
        };
        writes.iter().map(answer).collect()
    }
}
