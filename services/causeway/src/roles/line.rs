//! A worker's line to control: it is woken, told of new configurations, and granted slots. Without control it works on.

use std::sync::Arc;
use std::time::Duration;

use budget::Grant;
use commerce::{ConnectionId, Kind, SyncId};
use ports::ledger::Holder;
use ports::{AuditCalls, Clock};
use proto::control::v1::{DryRunOrder, WorkOrder, WorkReport};
use puller::Wake;
use tokio::sync::{Notify, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tracing::{debug, info};

use super::budgets::Budgets;
use crate::client::ClientArgs;

/// How often a worker reports when nothing hurries it.
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// The least time between two reports, however much it is hurried.
const REPORT_AT_MOST_EVERY: Duration = Duration::from_millis(20);
/// How long to wait before calling control again.
const CALL_AGAIN: Duration = Duration::from_secs(5);

/// What orders act upon.
pub(crate) struct Line {
    pub(crate) wake: Wake,
    pub(crate) audits: AuditCalls,
    pub(crate) rehearsals: mpsc::Sender<DryRunOrder>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) changed: Arc<Notify>,
    pub(crate) budgets: Arc<Budgets>,
}

impl Line {
    /// Follows the orders of a control service in the same process.
    pub(crate) async fn follow(self, mut orders: mpsc::Receiver<WorkOrder>) {
        while let Some(order) = orders.recv().await {
            self.obey(order);
        }
    }

    /// Calls a control service elsewhere, again and again until told to hang up: when no call of this process is running any more.
    pub(crate) async fn attend(
        self,
        client: ClientArgs,
        holder: Holder,
        role: &'static str,
        clock: Arc<dyn Clock>,
        hang_up: CancellationToken,
    ) {
        let mut was_connected = true;
        while !hang_up.is_cancelled() {
            let ended = self.call(&client, &holder, role, &clock, &hang_up).await;
            if let Err(error) = ended {
                if was_connected {
                    info!(error = format!("{error:#}"), "working on without control");
                } else {
                    debug!(error = format!("{error:#}"), "control is still away");
                }
                was_connected = false;
            } else {
                was_connected = true;
            }
            tokio::select! {
                () = hang_up.cancelled() => {}
                () = clock.sleep(CALL_AGAIN) => {}
            }
        }
    }

    async fn call(
        &self,
        client: &ClientArgs,
        holder: &Holder,
        role: &str,
        clock: &Arc<dyn Clock>,
        hang_up: &CancellationToken,
    ) -> anyhow::Result<()> {
        let (reports, receiver) = mpsc::channel(4);
        let mut control = client.connect().await?;
        let report = || WorkReport {
            worker: holder.0.clone(),
            role: role.to_owned(),
            demands: self.budgets.demands(),
        };
        reports.send(report()).await?;
        let mut orders = control
            .work(ReceiverStream::new(receiver))
            .await?
            .into_inner();
        info!("connected to control");
        let hung_up = self
            .converse(&reports, &mut orders, report, clock, hang_up)
            .await?;
        // In good order: the end of our reports is the goodbye, the end of the orders says that it was heard.
        drop(reports);
        if hung_up {
            while orders.message().await?.is_some() {}
        }
        Ok(())
    }

    /// Reports and obeys until told to hang up (`true`) or until control does.
    async fn converse(
        &self,
        reports: &mpsc::Sender<WorkReport>,
        orders: &mut (impl Stream<Item = Result<WorkOrder, Status>> + Unpin),
        report: impl Fn() -> WorkReport,
        clock: &Arc<dyn Clock>,
        hang_up: &CancellationToken,
    ) -> anyhow::Result<bool> {
        // Not begun anew by every order: who is told things more often than it reports would never report.
        let mut due = clock.sleep(REPORT_EVERY);
        loop {
            tokio::select! {
                () = hang_up.cancelled() => return Ok(true),
                order = orders.next() => match order.transpose()? {
                    Some(order) => {
                        self.obey(order);
                        continue;
                    }
                    None => return Ok(false),
                },
                () = &mut due => reports.send(report()).await?,
                () = self.budgets.news() => {
                    reports.send(report()).await?;
                    clock.sleep(REPORT_AT_MOST_EVERY).await;
                }
            }
            due = clock.sleep(REPORT_EVERY);
        }
    }

    fn obey(&self, order: WorkOrder) {
        for grant in order.grants {
            self.budgets.grant(
                &grant.connection,
                Grant {
                    slots: grant.slots,
                    epoch: grant.epoch,
                    serial: grant.serial,
                },
            );
        }
        for wake in order.wakes {
            if let (Ok(connection), Some(kind)) =
                (ConnectionId::new(wake.connection), Kind::parse(&wake.kind))
            {
                self.wake.ring(&connection, kind);
            }
        }
        for sync in order.audits {
            if let Ok(sync) = SyncId::new(sync) {
                self.audits.ask(sync, self.clock.now());
            }
        }
        for dry_run in order.dry_runs {
            if self.rehearsals.try_send(dry_run).is_err() {
                info!("a dry run was not taken on: too many are waiting");
            }
        }
        if order.configuration_version != 0 {
            self.changed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ports::SystemClock;

    /// An order every 400 ms, for ever.
    fn chatter() -> impl Stream<Item = Result<WorkOrder, Status>> {
        let orders = futures_util::stream::unfold((), |()| async {
            SystemClock.sleep(Duration::from_millis(400)).await;
            Some((Ok(WorkOrder::default()), ()))
        });
        Box::pin(orders)
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_is_told_things_all_the_time_goes_on_reporting() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let line = Line {
            wake: Wake::default(),
            audits: AuditCalls::default(),
            rehearsals: mpsc::channel(1).0,
            clock: Arc::clone(&clock),
            changed: Arc::default(),
            budgets: Arc::new(Budgets::shared(Arc::clone(&clock))),
        };
        let (reports, mut heard) = mpsc::channel(4);
        let hang_up = CancellationToken::new();
        let listening = async {
            for _ in 0..3 {
                heard.recv().await.unwrap();
            }
            hang_up.cancel();
        };
        let mut orders = chatter();
        let talking = line.converse(&reports, &mut orders, WorkReport::default, &clock, &hang_up);
        let both = async { tokio::join!(talking, listening) };
        let (hung_up, ()) = tokio::time::timeout(Duration::from_secs(10), both)
            .await
            .unwrap();
        assert!(hung_up.unwrap());
    }
}
