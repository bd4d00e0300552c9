//! Settlements into the file, those of the same moment in one transaction: one write to the disk for all of them.

use std::sync::Arc;
use std::time::Duration;

use ports::{Clock, QueueError, Settlement, retry_delay};
use sqlx::{Sqlite, SqlitePool, Transaction};
use tokio::sync::{Notify, mpsc, oneshot};

use super::store::{Store, failed};
use crate::{DELIVERY_LIMIT, message};

/// How many settlements one transaction takes.
const MOST: usize = 1_000;

/// The rest before messages are given back whose settlement could not be written.
const REST: Duration = Duration::from_secs(1);

/// What becomes of a leased message.
pub(super) enum Fate {
    Settled(Settlement),
    /// Its delivery was dropped, or its settlement failed.
    Abandoned,
}

struct Ticket {
    id: i64,
    fate: Fate,
    reply: Option<oneshot::Sender<Result<(), QueueError>>>,
}

/// Hands settlements to the task that writes them. Everything waiting comes from deliveries in hand, so prefetch
/// bounds it.
#[derive(Clone)]
pub(super) struct Settler(mpsc::UnboundedSender<Ticket>);

impl Settler {
    pub(super) fn start(store: &Store) -> Self {
        let (sender, tickets) = mpsc::unbounded_channel();
        // Not the store itself: the file is let go when nobody but this task is left.
        let desk = Desk {
            writer: store.writer.clone(),
            clock: Arc::clone(&store.clock),
            arrivals: Arc::clone(&store.arrivals),
        };
        tokio::spawn(desk.work(tickets));
        Self(sender)
    }

    /// `Ok` when it is on the disk; on an error the message will come again.
    pub(super) async fn settle(&self, id: i64, fate: Fate) -> Result<(), QueueError> {
        let (reply, outcome) = oneshot::channel();
        let reply = Some(reply);
        let gone = || QueueError::Unavailable("the queue is closed".to_owned());
        self.0
            .send(Ticket { id, fate, reply })
            .map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }

    /// Gives the message back, counted.
    pub(super) fn abandon(&self, id: i64) {
        // Where the task is gone, the whole process is going: the next start ends the lease.
        drop(self.0.send(Ticket {
            id,
            fate: Fate::Abandoned,
            reply: None,
        }));
    }
}

struct Desk {
    writer: SqlitePool,
    clock: Arc<dyn Clock>,
    arrivals: Arc<Notify>,
}

impl Desk {
    async fn work(self, mut tickets: mpsc::UnboundedReceiver<Ticket>) {
        let mut batch = Vec::new();
        let mut owed: Vec<Ticket> = Vec::new();
        loop {
            let open = tokio::select! {
                count = tickets.recv_many(&mut batch, MOST) => count > 0,
                () = self.clock.sleep(REST), if !owed.is_empty() => true,
            };
            batch.append(&mut owed);
            if let Err(error) = self.write(&batch).await {
                tracing::error!(%error, messages = batch.len(), "cannot write settlements; the messages come again");
                owed = batch
                    .drain(..)
                    .map(|ticket| {
                        answer(
                            ticket.reply,
                            Err(QueueError::Unavailable(error.to_string())),
                        );
                        Ticket {
                            id: ticket.id,
                            fate: Fate::Abandoned,
                            reply: None,
                        }
                    })
                    .collect();
            }
            for ticket in batch.drain(..) {
                answer(ticket.reply, Ok(()));
            }
            // Leases still owed then end with the next start.
            if !open {
                return;
            }
        }
    }

    async fn write(&self, batch: &[Ticket]) -> Result<(), QueueError> {
        if batch.is_empty() {
            return Ok(());
        }
        let now = self.clock.now().as_millisecond();
        let mut done = Vec::new();
        let mut transaction = self
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed)?;
        for Ticket { id, fate, .. } in batch {
            match fate {
                Fate::Settled(Settlement::Done) => done.push(*id),
                Fate::Settled(Settlement::Retry(rest)) => {
                    let rest = retry_delay(0, Some(*rest)).as_millis();
                    let until = now.saturating_add(i64::try_from(rest).unwrap_or(i64::MAX));
                    retry(&mut transaction, *id, until).await?;
                }
                Fate::Settled(Settlement::Return) => give_back(&mut transaction, *id, now).await?,
                Fate::Settled(Settlement::Bury(why)) => {
                    bury(&mut transaction, *id, why, now, 0).await?;
                }
                Fate::Abandoned => {
                    let limit = DELIVERY_LIMIT.saturating_add(1);
                    bury(&mut transaction, *id, message::WITHOUT_OUTCOME, now, limit).await?;
                    release(&mut transaction, *id).await?;
                }
            }
        }
        remove(&mut transaction, &done).await?;
        transaction.commit().await.map_err(failed)?;
        if done.len() < batch.len() {
            self.arrivals.notify_waiters();
        }
        Ok(())
    }
}

fn answer(reply: Option<oneshot::Sender<Result<(), QueueError>>>, outcome: Result<(), QueueError>) {
    if let Some(reply) = reply {
        // Nobody may be waiting any more.
        drop(reply.send(outcome));
    }
}

type Tx = Transaction<'static, Sqlite>;

async fn remove(tx: &mut Tx, ids: &[i64]) -> Result<(), QueueError> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids = serde_json::to_string(ids).map_err(|why| QueueError::Unavailable(why.to_string()))?;
    sqlx::query("DELETE FROM queue_message WHERE id IN (SELECT value FROM json_each(?))")
        .bind(ids)
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(())
}

async fn retry(tx: &mut Tx, id: i64, until: i64) -> Result<(), QueueError> {
    sqlx::query(
        "UPDATE queue_message SET attempt = attempt + 1, deliveries = 0, visible_at = ?2, leased = 0 WHERE id = ?1",
    )
    .bind(id)
    .bind(until)
    .execute(&mut **tx)
    .await
    .map_err(failed)?;
    Ok(())
}

/// To the queue's end, as if it had never been handed out.
async fn give_back(tx: &mut Tx, id: i64, now: i64) -> Result<(), QueueError> {
    sqlx::query(
        "UPDATE queue_message SET deliveries = 0, visible_at = ?2, leased = 0 WHERE id = ?1",
    )
    .bind(id)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map_err(failed)?;
    Ok(())
}

async fn release(tx: &mut Tx, id: i64) -> Result<(), QueueError> {
    sqlx::query("UPDATE queue_message SET leased = 0 WHERE id = ?")
        .bind(id)
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(())
}

/// Puts the message aside if it was handed out at least so often.
async fn bury(tx: &mut Tx, id: i64, why: &str, now: i64, least: u16) -> Result<(), QueueError> {
    sqlx::query(
        "INSERT INTO queue_buried (merchant, queue, why, at, body)
         SELECT merchant, queue, ?2, ?3, body FROM queue_message WHERE id = ?1 AND deliveries >= ?4",
    )
    .bind(id)
    .bind(why)
    .bind(now)
    .bind(least)
    .execute(&mut **tx)
    .await
    .map_err(failed)?;
    sqlx::query("DELETE FROM queue_message WHERE id = ?1 AND deliveries >= ?2")
        .bind(id)
        .bind(least)
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(())
}
