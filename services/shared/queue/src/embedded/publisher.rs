//! Events into the file: one transaction for all of them.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::Event;
use ports::{Publisher, QueueError, Urgency};
use sqlx::{QueryBuilder, Sqlite};

use super::routes::Routes;
use super::store::{Store, failed};
use crate::message;
use crate::name::WorkQueue;

/// Rows of one statement.
const ROWS: usize = 100;

pub(super) struct EmbeddedPublisher {
    store: Arc<Store>,
    routes: Arc<Routes>,
}

impl EmbeddedPublisher {
    pub(super) fn new(store: Arc<Store>, routes: Arc<Routes>) -> Self {
        Self { store, routes }
    }
}

#[async_trait]
impl Publisher for EmbeddedPublisher {
    async fn publish(&self, events: &[Event], urgency: Urgency) -> Result<(), QueueError> {
        let mut rows: Vec<(WorkQueue, Vec<u8>)> = Vec::with_capacity(events.len());
        for event in events {
            let body = message::encode(event);
            let queues = self.routes.of(event, urgency)?;
            rows.extend(queues.into_iter().map(|queue| (queue, body.clone())));
        }
        let now = self.store.now();
        let writer = &self.store.writer;
        let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(ROWS));
            QueryBuilder::<Sqlite>::new(
                "INSERT INTO queue_message (merchant, queue, visible_at, body) ",
            )
            .push_values(rows, |mut row, (queue, body)| {
                row.push_bind(queue.merchant().to_string())
                    .push_bind(queue.to_string())
                    .push_bind(now)
                    .push_bind(body);
            })
            .build()
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            rows = rest;
        }
        transaction.commit().await.map_err(failed)?;
        self.store.arrivals.notify_waiters();
        Ok(())
    }
}
