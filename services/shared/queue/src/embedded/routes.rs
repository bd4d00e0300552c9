//! Who wants which events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

use commerce::{ConnectionId, Event, Kind, MerchantId};
use ports::queue::Route;
use ports::{QueueError, Urgency};

use super::store::{Store, failed};
use crate::name::WorkQueue;

type Source = (MerchantId, ConnectionId, Kind);
type Targets = BTreeMap<Source, BTreeSet<ConnectionId>>;

/// The routes of the file, held in memory: no other process changes them.
pub(super) struct Routes(RwLock<Targets>);

impl Routes {
    pub(super) async fn load(store: &Store) -> Result<Self, QueueError> {
        let rows: Vec<(String, String, String, String)> =
            sqlx::query_as("SELECT merchant, source, kind, target FROM queue_route")
                .fetch_all(&store.reader)
                .await
                .map_err(failed)?;
        let mut targets = Targets::new();
        for (merchant, from, kind, to) in rows {
            let route = route(merchant, from, &kind, to).ok_or_else(|| {
                QueueError::Configuration("the table queue_route holds a name that is none".into())
            })?;
            insert(&mut targets, &route);
        }
        Ok(Self(RwLock::new(targets)))
    }

    pub(super) async fn add(&self, store: &Store, routes: &[Route]) -> Result<(), QueueError> {
        let mut transaction = store
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed)?;
        for route in routes {
            sqlx::query(
                "INSERT OR IGNORE INTO queue_route (merchant, source, kind, target) VALUES (?, ?, ?, ?)",
            )
            .bind(route.merchant.as_str())
            .bind(route.from.as_str())
            .bind(route.kind.as_str())
            .bind(route.to.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)?;
        let mut targets = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for route in routes {
            insert(&mut targets, route);
        }
        Ok(())
    }

    /// The queues that an event goes to.
    pub(super) fn of(&self, event: &Event, urgency: Urgency) -> Result<Vec<WorkQueue>, QueueError> {
        let (merchant, kind) = (&event.merchant, event.kind());
        let source = (merchant.clone(), event.connection.clone(), kind);
        let targets = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let targets = targets.get(&source).ok_or_else(|| {
            QueueError::Unroutable(format!("{merchant}.{}.{kind}", event.connection))
        })?;
        Ok(targets
            .iter()
            .map(|target| WorkQueue::new(merchant, target, urgency.lane(kind)))
            .collect())
    }

    /// The names of a merchant's queues.
    pub(super) fn queues(&self, merchant: &MerchantId) -> impl Iterator<Item = String> {
        let targets = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut queues = BTreeSet::new();
        for ((owner, from, kind), targets) in targets.iter() {
            for to in targets.iter().filter(|_| owner == merchant) {
                let (merchant, from, to) = (merchant.clone(), from.clone(), to.clone());
                let kind = *kind;
                queues.extend(WorkQueue::of(&Route {
                    merchant,
                    from,
                    kind,
                    to,
                }));
            }
        }
        queues.into_iter().map(|queue| queue.to_string())
    }
}

fn insert(targets: &mut Targets, route: &Route) {
    targets
        .entry((route.merchant.clone(), route.from.clone(), route.kind))
        .or_default()
        .insert(route.to.clone());
}

fn route(merchant: String, from: String, kind: &str, to: String) -> Option<Route> {
    Some(Route {
        merchant: MerchantId::new(merchant).ok()?,
        from: ConnectionId::new(from).ok()?,
        kind: Kind::parse(kind)?,
        to: ConnectionId::new(to).ok()?,
    })
}
