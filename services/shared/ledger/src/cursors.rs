//! Streams: leases with fences, and cursors that move only under one.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use commerce::{ConnectionId, MerchantId};
use jiff::Timestamp;
use ports::ledger::{CursorState, Cursors, Holder, Lease, RecordRef, Seen, Stream};
use ports::{Cursor, LedgerError};

use crate::claims::load;
use crate::columns::kind_of;
use crate::error::{Result, unreadable};
use crate::rules;
use crate::store::{CursorStore, Database, Entry, Position, RecordStore, StreamColumns};
use crate::time::{cut_revision, end_of, micros, timestamp};

#[async_trait]
impl<S: CursorStore + RecordStore> Cursors for Database<S> {
    async fn lease(
        &self,
        stream: &Stream,
        holder: &Holder,
        ttl: Duration,
        now: Timestamp,
    ) -> Result<Option<Lease>> {
        let until = end_of(ttl, now);
        let taken = self
            .0
            .lease(stream, &holder.0, micros(until), micros(now))
            .await?;
        Ok(taken.map(|(fence, cursor)| Lease {
            stream: stream.clone(),
            holder: holder.clone(),
            fence,
            until,
            cursor: Cursor(cursor),
        }))
    }

    async fn advance(
        &self,
        lease: &Lease,
        cursor: &Cursor,
        seen: &[Seen],
        ttl: Duration,
        now: Timestamp,
    ) -> Result<Lease> {
        let until = end_of(ttl, now);
        let mut tx = self.0.begin().await?;
        let held = S::advance(
            &mut tx,
            position(lease),
            &cursor.0,
            micros(until),
            micros(now),
        )
        .await?;
        if !held {
            return Err(LedgerError::Fenced(format!(
                "{} of {} is no longer read by {}; read on from the stored cursor under a new lease",
                lease.stream.kind, lease.stream.connection, lease.holder.0
            )));
        }
        if !seen.is_empty() {
            note_all::<S>(&mut tx, &lease.stream.merchant, seen, now).await?;
        }
        S::commit(tx).await?;
        Ok(Lease {
            until,
            cursor: cursor.clone(),
            ..lease.clone()
        })
    }

    async fn release(&self, lease: &Lease) -> Result<()> {
        self.0.release(position(lease)).await
    }

    async fn take_over(&self, now: Timestamp) -> Result<u64> {
        let mut tx = self.0.begin().await?;
        S::end_leases(&mut tx).await?;
        let claims = S::end_claims(&mut tx, micros(now)).await?;
        S::commit(tx).await?;
        Ok(claims)
    }

    async fn cursors(&self, merchant: &MerchantId) -> Result<Vec<CursorState>> {
        let rows = self.0.cursors(merchant).await?;
        rows.into_iter()
            .map(|row| cursor_state(merchant, row))
            .collect()
    }
}

async fn note_all<S: RecordStore>(
    tx: &mut S::Tx,
    merchant: &MerchantId,
    seen: &[Seen],
    now: Timestamp,
) -> Result<()> {
    // All new, as most pages are: nothing to compare.
    if S::note(tx, merchant, seen, micros(now)).await? == seen.len() as u64 {
        return Ok(());
    }
    let records: Vec<RecordRef> = seen.iter().map(record_of).collect();
    let mut rows: HashMap<RecordRef, Entry> = load::<S>(tx, merchant, &records)
        .await?
        .into_iter()
        .map(|entry| (entry.record.clone(), entry))
        .collect();
    let before: HashMap<RecordRef, _> = rows
        .iter()
        .map(|(record, entry)| (record.clone(), entry.state.seen))
        .collect();
    let mut newest = Vec::new();
    for one in seen {
        if let Some(entry) = rows.get_mut(&record_of(one)) {
            rules::note(&mut entry.state, &one.number, one.revision, now);
            let known = entry.state.seen == cut_revision(one.revision);
            newest.extend((known && !one.units.is_empty()).then_some(one));
        }
    }
    if !newest.is_empty() {
        S::put_units(tx, merchant, &newest).await?;
    }
    let changed: Vec<Entry> = rows
        .into_values()
        .filter(|entry| before.get(&entry.record) != Some(&entry.state.seen))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    S::save(tx, merchant, &changed).await
}

fn record_of(seen: &Seen) -> RecordRef {
    RecordRef {
        sync: seen.sync.clone(),
        key: seen.key.clone(),
    }
}

fn position(lease: &Lease) -> Position<'_> {
    Position {
        stream: &lease.stream,
        holder: &lease.holder.0,
        fence: lease.fence,
    }
}

fn cursor_state(merchant: &MerchantId, row: StreamColumns) -> Result<CursorState> {
    let connection = ConnectionId::new(row.connection)
        .map_err(|error| unreadable("a stored connection", error))?;
    Ok(CursorState {
        stream: Stream {
            merchant: merchant.clone(),
            connection,
            kind: kind_of(&row.kind)?,
            backfill: Some(row.backfill).filter(|id| !id.is_empty()),
        },
        cursor: Cursor(row.cursor),
        holder: row.holder.map(Holder),
        checked_at: row.checked_at.map(timestamp).transpose()?,
    })
}
