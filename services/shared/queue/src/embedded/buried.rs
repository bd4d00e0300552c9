//! Messages kept aside.

use commerce::MerchantId;
use ports::QueueError;
use ports::queue::Buried;

use super::store::{Store, failed, instant};
use crate::message;

/// The oldest messages, at most so many.
pub(super) async fn list(
    store: &Store,
    merchant: &MerchantId,
    most: usize,
) -> Result<Vec<Buried>, QueueError> {
    let rows: Vec<(i64, String, String, i64, Vec<u8>)> = sqlx::query_as(
        "SELECT id, queue, why, at, body FROM queue_buried WHERE merchant = ? ORDER BY id LIMIT ?",
    )
    .bind(merchant.as_str())
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .fetch_all(&store.reader)
    .await
    .map_err(failed)?;
    Ok(rows
        .into_iter()
        .map(|(id, queue, why, at, body)| Buried {
            id: id.to_string(),
            event: message::decode(&body).ok().map(|event| event.id),
            queue,
            why,
            at: instant(at),
            body,
        })
        .collect())
}

/// Moves the messages of those names back into their queues.
pub(super) async fn replay(
    store: &Store,
    merchant: &MerchantId,
    ids: &[String],
) -> Result<usize, QueueError> {
    // What is no number names nothing here.
    let ids: Vec<i64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let ids =
        serde_json::to_string(&ids).map_err(|why| QueueError::Unavailable(why.to_string()))?;
    let mut transaction = store
        .writer
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(failed)?;
    sqlx::query(
        "INSERT INTO queue_message (merchant, queue, visible_at, body)
         SELECT merchant, queue, ?3, body FROM queue_buried
         WHERE merchant = ?1 AND id IN (SELECT value FROM json_each(?2)) ORDER BY id",
    )
    .bind(merchant.as_str())
    .bind(&ids)
    .bind(store.now())
    .execute(&mut *transaction)
    .await
    .map_err(failed)?;
    let moved = sqlx::query(
        "DELETE FROM queue_buried WHERE merchant = ?1 AND id IN (SELECT value FROM json_each(?2))",
    )
    .bind(merchant.as_str())
    .bind(&ids)
    .execute(&mut *transaction)
    .await
    .map_err(failed)?
    .rows_affected();
    transaction.commit().await.map_err(failed)?;
    store.arrivals.notify_waiters();
    Ok(usize::try_from(moved).unwrap_or(usize::MAX))
}
