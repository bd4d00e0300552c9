//! The workers that are connected: woken, told of new configurations, granted slots.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use budget::{Outcomes, Pool, SharedSettings};

use commerce::{ConnectionId, Kind};
use futures_util::{Stream, StreamExt as _};
use jiff::Timestamp;
use ports::Clock;
use proto::control::v1::{
    AnswerDryRunRequest, Demand, DryRunOrder, DryRunResponse, Grant, SlotGrant, Wake, WorkOrder,
    WorkReport, WorkerStatus,
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::Status;
use tracing::{info, warn};

use crate::convert::timestamp;
use crate::outline::Outline;

/// The longest call a worker makes: how long its slots count after it fell silent, beyond its own patience.
const LONGEST_CALL: Duration = Duration::from_secs(120);
/// How long the slots of a worker count whose line broke. It is dead as a rule, and its successor waits for them; a live one calls again
/// within five seconds. One that lives and finds no way back is the rare case: the account refuses a call too many, and it is made again.
const BACK_WITHIN: Duration = Duration::from_secs(15);
/// Orders waiting for a worker that does not take them. A worker that falls behind that far is cut off and connects anew.
const PENDING: usize = 64;

/// Every worker's line.
#[derive(Clone, Default)]
pub struct Workers {
    inner: Arc<Mutex<Inner>>,
    hung_up: CancellationToken,
}

#[derive(Default)]
struct Inner {
    next_line: u64,
    lines: BTreeMap<u64, Line>,
    /// One pool per connection whose slots are shared by all processes.
    pools: HashMap<String, Pool>,
    /// Who waits for the answers to dry runs, by ticket.
    rehearsals: HashMap<String, oneshot::Sender<DryRunResponse>>,
}

struct Line {
    orders: mpsc::Sender<WorkOrder>,
    worker: String,
    role: String,
    demands: HashMap<String, Demand>,
    granted: HashMap<String, u32>,
    heard_at: Option<Timestamp>,
}

impl Workers {
    /// Opens a line that is not a call: for a worker in the same process.
    #[must_use]
    pub fn join(&self, worker: &str, role: &str) -> mpsc::Receiver<WorkOrder> {
        let (orders, receiver) = mpsc::channel(PENDING);
        self.open(orders, worker, role);
        receiver
    }

    /// Serves one worker's call until it hangs up.
    pub(crate) fn attend<S>(
        &self,
        reports: S,
        clock: Arc<dyn Clock>,
    ) -> impl Stream<Item = Result<WorkOrder, Status>> + Send + use<S>
    where
        S: Stream<Item = Result<WorkReport, Status>> + Send + Unpin + 'static,
    {
        let (orders, receiver) = mpsc::channel(PENDING);
        let line = self.open(orders, "", "");
        let workers = self.clone();
        let hung_up = self.hung_up.clone();
        tokio::spawn(async move {
            let mut reports = reports;
            loop {
                let report = tokio::select! {
                    report = reports.next() => report,
                    () = hung_up.cancelled() => break,
                };
                match report {
                    Some(Ok(report)) => workers.heard(line, report, clock.now()),
                    // A worker that hangs up in good order has no calls running any more.
                    None => break workers.give_back(line),
                    // One that was cut off may have.
                    Some(Err(_)) => break workers.cut_off(line, clock.now()),
                }
            }
            workers.close(line);
        });
        tokio_stream::wrappers::ReceiverStream::new(receiver)
            .map(Ok)
            .take_until(self.end())
    }

    /// Returns when every call is to end.
    pub(crate) fn end(&self) -> WaitForCancellationFutureOwned {
        self.hung_up.clone().cancelled_owned()
    }

    /// Ends every call: control is stopping, and would wait for them without end. Workers go on by themselves, and call again.
    pub(crate) fn hang_up(&self) {
        self.hung_up.cancel();
    }

    /// Wakes the readers of a stream; returns how many workers were told.
    pub(crate) fn wake(&self, connection: &ConnectionId, kind: Kind) -> u32 {
        let wake = Wake {
            connection: connection.to_string(),
            kind: kind.to_string(),
        };
        self.tell(|_| WorkOrder {
            wakes: vec![wake.clone()],
            ..WorkOrder::default()
        })
    }

    /// Has both ends of those syncs compared; returns how many workers were told.
    pub(crate) fn audit(&self, syncs: &[String]) -> u32 {
        self.tell(|_| WorkOrder {
            audits: syncs.to_vec(),
            ..WorkOrder::default()
        })
    }

    /// Has a dry run made by whoever can; the answer comes, or never does.
    pub(crate) fn rehearse(&self, order: DryRunOrder) -> oneshot::Receiver<DryRunResponse> {
        let (answer, answered) = oneshot::channel();
        let ticket = order.ticket.clone();
        self.lock().rehearsals.insert(ticket, answer);
        self.tell(|_| WorkOrder {
            dry_runs: vec![order.clone()],
            ..WorkOrder::default()
        });
        answered
    }

    /// Takes a worker's answer to a dry run. Of several the first counts.
    pub fn answered(&self, answer: AnswerDryRunRequest) {
        let waiting = self.lock().rehearsals.remove(&answer.ticket);
        if let (Some(waiting), Some(result)) = (waiting, answer.result) {
            // Whoever asked may have gone.
            let _gone = waiting.send(result);
        }
    }

    /// Nobody waits for that answer any more.
    pub(crate) fn forget(&self, ticket: &str) {
        self.lock().rehearsals.remove(ticket);
    }

    /// Makes the pools that a configuration names; those that are there already keep what they have learnt.
    pub(crate) fn share(&self, outline: &Outline) {
        let mut inner = self.lock();
        let keep = SharedSettings::default().keep + LONGEST_CALL;
        for (connection, limits) in &outline.pools {
            if let Some(slots) = &limits.slots {
                inner
                    .pools
                    .entry(connection.to_string())
                    .or_insert_with(|| Pool::new(slots, keep));
            }
        }
    }

    /// Tells every worker that another configuration is active.
    pub(crate) fn configured(&self, version: i64, outline: &Outline) {
        self.share(outline);
        let told = self.tell(|_| WorkOrder {
            configuration_version: version,
            ..WorkOrder::default()
        });
        info!(version, workers = told, "configuration applied");
    }

    /// The workers, for people.
    pub(crate) fn states(&self) -> Vec<WorkerStatus> {
        let inner = self.lock();
        inner
            .lines
            .values()
            .map(|line| WorkerStatus {
                worker: line.worker.clone(),
                role: line.role.clone(),
                connections: line.demands.keys().cloned().collect(),
                heard_at: line.heard_at.map(timestamp),
                grants: line
                    .demands
                    .values()
                    .map(|demand| SlotGrant {
                        connection: demand.connection.clone(),
                        slots: line
                            .granted
                            .get(&demand.connection)
                            .copied()
                            .unwrap_or(demand.slots),
                        in_use: demand.running.iter().sum(),
                        waiting: demand.waiting.iter().sum(),
                    })
                    .collect(),
            })
            .collect()
    }

    fn open(&self, orders: mpsc::Sender<WorkOrder>, worker: &str, role: &str) -> u64 {
        let mut inner = self.lock();
        inner.next_line += 1;
        let number = inner.next_line;
        let line = Line {
            orders,
            worker: worker.to_owned(),
            role: role.to_owned(),
            demands: HashMap::new(),
            granted: HashMap::new(),
            heard_at: None,
        };
        inner.lines.insert(number, line);
        number
    }

    fn give_back(&self, line: u64) {
        let mut inner = self.lock();
        let Inner { lines, pools, .. } = &mut *inner;
        if let Some(gone) = lines.get(&line) {
            pools.values_mut().for_each(|pool| pool.leave(&gone.worker));
        }
    }

    fn cut_off(&self, line: u64, now: Timestamp) {
        let mut inner = self.lock();
        let Inner { lines, pools, .. } = &mut *inner;
        if let Some(gone) = lines.get(&line) {
            for pool in pools.values_mut() {
                pool.cut_off(now, &gone.worker, BACK_WITHIN);
            }
        }
    }

    fn close(&self, line: u64) {
        if let Some(gone) = self.lock().lines.remove(&line) {
            info!(worker = %gone.worker, role = %gone.role, "worker hung up");
        }
    }

    fn heard(&self, line: u64, report: WorkReport, now: Timestamp) {
        let mut inner = self.lock();
        let Inner { lines, pools, .. } = &mut *inner;
        let Some(line) = lines.get_mut(&line) else {
            return;
        };
        if line.worker.is_empty() {
            info!(worker = %report.worker, role = %report.role, "worker registered");
        }
        line.worker = report.worker;
        line.role = report.role;
        line.heard_at = Some(now);
        for demand in &report.demands {
            if let Some(pool) = pools.get_mut(&demand.connection) {
                pool.report(now, &line.worker, wanted(demand), learnt(demand));
            }
        }
        let reported: Vec<_> = (report.demands.iter())
            .map(|demand| demand.connection.clone())
            .collect();
        line.demands = report
            .demands
            .into_iter()
            .map(|demand| (demand.connection.clone(), demand))
            .collect();
        for connection in reported {
            if let Some(pool) = pools.get_mut(&connection) {
                grant(lines, &connection, pool, now);
            }
        }
    }

    fn tell(&self, order: impl Fn(&Line) -> WorkOrder) -> u32 {
        let mut inner = self.lock();
        let mut told = 0;
        inner.lines.retain(|_, line| match line.orders.try_send(order(line)) {
            Ok(()) => {
                told += 1;
                true
            }
            Err(error) => {
                warn!(worker = %line.worker, error = %error, "worker does not listen, its line is closed");
                false
            }
        });
        told
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends every worker its part of a pool.
fn grant(lines: &mut BTreeMap<u64, Line>, connection: &str, pool: &mut Pool, now: Timestamp) {
    let grants = pool.grants(now);
    for line in lines
        .values_mut()
        .filter(|line| line.demands.contains_key(connection))
    {
        let Some(part) = grants.get(&line.worker) else {
            continue;
        };
        line.granted.insert(connection.to_owned(), part.slots);
        let grant = Grant {
            connection: connection.to_owned(),
            slots: part.slots,
            epoch: part.epoch,
            serial: part.serial,
        };
        let order = WorkOrder {
            grants: vec![grant],
            ..WorkOrder::default()
        };
        // A full line is not an error: the next grant says the same or better.
        if let Err(error) = line.orders.try_send(order) {
            warn!(worker = %line.worker, error = %error, "grant not taken");
        }
    }
}

fn wanted(demand: &Demand) -> budget::Demand {
    budget::Demand {
        waiting: by_lane(&demand.waiting),
        running: by_lane(&demand.running),
        slots: demand.slots,
        serial: demand.serial,
    }
}

fn by_lane(counts: &[u32]) -> [u32; 3] {
    let mut lanes = [0; 3];
    for (lane, count) in lanes.iter_mut().zip(counts) {
        *lane = *count;
    }
    lanes
}

fn learnt(demand: &Demand) -> Outcomes {
    Outcomes {
        epoch: demand.epoch,
        succeeded: demand.succeeded,
        refused: demand.refused,
        retry_after: demand
            .retry_after
            .and_then(|wait| Duration::try_from(wait).ok()),
    }
}
