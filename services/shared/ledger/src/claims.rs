//! Claims and outcomes: how a batch goes through one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use commerce::{ConnectionId, ExternalId, Kind, MerchantId, RecordKey, SyncId};
use jiff::Timestamp;
use ports::Twin;
use ports::ledger::{
    Bindings, Claim, ClaimRequest, Claims, Holder, Outcome, RecordRef, Seen, SyncRef,
};

use crate::blob::{pack, pack_steps};
use crate::columns::twin;
use crate::error::{Result, unreadable};
use crate::outbox::release_waiting;
use crate::rules;
use crate::store::{Database, Entry, Found, Link, Packed, RecordStore, VersionStore};
use crate::text::indexable;
use crate::time::micros;
use crate::versions::Versions;

#[async_trait]
impl<S: RecordStore + VersionStore> Claims for Database<S> {
    async fn claim(
        &self,
        sync: &SyncRef,
        holder: &Holder,
        ttl: Duration,
        now: Timestamp,
        requests: &[ClaimRequest],
    ) -> Result<Vec<Claim>> {
        if requests.is_empty() {
            return Ok(Vec::new());
        }
        let newest = newest_of_each(requests);
        let seen: Vec<Seen> = newest
            .iter()
            .map(|(_, request)| seen(&sync.id, &request.key, &request.number, request.revision))
            .collect();
        let mut tx = self.0.begin().await?;
        let mut rows = noted::<S>(&mut tx, &sync.merchant, &seen, now).await?;
        let mut claims = vec![Claim::Stale; requests.len()];
        let mut changed = Vec::new();
        let mut granted = Vec::new();
        for (position, request) in newest {
            let mut entry = take(&mut rows, &sync.id, &request.key)?;
            let before = entry.state.clone();
            let claim = rules::claim(
                &mut entry.state,
                &request.number,
                request.revision,
                holder,
                ttl,
                now,
            );
            if matches!(claim, Claim::Write { .. } | Claim::Uncertain { .. }) {
                granted.push((position, request.key.clone()));
            }
            if let Some(answer) = claims.get_mut(position) {
                *answer = claim;
            }
            if entry.state != before {
                changed.push(entry);
            }
        }
        if !changed.is_empty() {
            S::save(&mut tx, &sync.merchant, &changed).await?;
        }
        let (positions, keys): (Vec<usize>, Vec<RecordKey>) = granted.into_iter().unzip();
        if !keys.is_empty() {
            let found = S::bound(&mut tx, &sync.merchant, &sync.from, &sync.to, &keys).await?;
            for (position, twin) in positions.into_iter().zip(in_order(found, keys.len())?) {
                if let Some(Claim::Write { bound, .. } | Claim::Uncertain { bound, .. }) =
                    claims.get_mut(position)
                {
                    *bound = twin;
                }
            }
        }
        S::commit(tx).await?;
        Ok(claims)
    }

    async fn record(
        &self,
        sync: &SyncRef,
        holder: &Holder,
        now: Timestamp,
        outcomes: &[Outcome],
    ) -> Result<()> {
        if outcomes.is_empty() {
            return Ok(());
        }
        // Packed before the transaction: nobody waits for it.
        let steps = packed_steps(&sync.id, outcomes)?;
        let events: Vec<Option<Vec<u8>>> = outcomes
            .iter()
            .map(|outcome| (!outcome.event.is_empty()).then(|| pack(&outcome.event)))
            .collect();
        let seen: Vec<Seen> = outcomes
            .iter()
            .map(|outcome| seen(&sync.id, &outcome.key, &outcome.number, outcome.revision))
            .collect();
        let mut tx = self.0.begin().await?;
        let mut rows = noted::<S>(&mut tx, &sync.merchant, &seen, now).await?;
        let mut links = BTreeMap::new();
        let mut versions = Versions::default();
        for (outcome, event) in outcomes.iter().zip(events) {
            let entry = rows
                .get_mut(&record_ref(&sync.id, &outcome.key))
                .ok_or_else(|| no_row(&outcome.key))?;
            let kept = rules::record(&mut entry.state, holder, outcome, now);
            let made_of = outcome.made_of.as_ref().map(|event| pack(event));
            versions.take(entry, outcome, kept, event, made_of);
            if let Some(link) = proven_link(outcome, entry) {
                links.insert(&outcome.key, link);
            }
        }
        let entries: Vec<Entry> = rows.into_values().collect();
        S::save(&mut tx, &sync.merchant, &entries).await?;
        versions.store::<S>(&mut tx, &sync.merchant).await?;
        let links: Vec<Link> = links.into_values().collect();
        if !links.is_empty() {
            S::bind(
                &mut tx,
                &sync.merchant,
                &sync.from,
                &sync.to,
                &links,
                micros(now),
            )
            .await?;
        }
        if !steps.is_empty() {
            S::add_steps(&mut tx, &sync.merchant, &steps).await?;
        }
        let arrived: BTreeSet<&String> = outcomes.iter().flat_map(|one| &one.releases).collect();
        release_waiting::<S>(&mut tx, &sync.merchant, arrived, now).await?;
        S::commit(tx).await
    }

    async fn unclaim(&self, sync: &SyncRef, holder: &Holder, keys: &[RecordKey]) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let records: Vec<RecordRef> = keys.iter().map(|key| record_ref(&sync.id, key)).collect();
        let mut tx = self.0.begin().await?;
        let mut entries = load::<S>(&mut tx, &sync.merchant, &records).await?;
        entries.retain_mut(|entry| {
            let held = entry.state.work.is_some();
            rules::unclaim(&mut entry.state, holder);
            held && entry.state.work.is_none()
        });
        S::save(&mut tx, &sync.merchant, &entries).await?;
        S::commit(tx).await
    }
}

#[async_trait]
impl<S: RecordStore> Bindings for Database<S> {
    async fn twins(
        &self,
        merchant: &MerchantId,
        kind: Kind,
        here: &ConnectionId,
        there: &ConnectionId,
        ids: &[ExternalId],
    ) -> Result<Vec<Option<Twin>>> {
        let keys: Vec<RecordKey> = ids
            .iter()
            .map(|id| RecordKey {
                kind,
                id: id.clone(),
            })
            .collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        in_order(
            self.0.twins(merchant, here, there, &keys).await?,
            keys.len(),
        )
    }
}

/// The rows of records, locked; whoever has none yet is not among them.
pub(crate) async fn load<S: RecordStore>(
    tx: &mut S::Tx,
    merchant: &MerchantId,
    records: &[RecordRef],
) -> Result<Vec<Entry>> {
    let once: HashSet<&RecordRef> = records.iter().collect();
    let once: Vec<RecordRef> = once.into_iter().cloned().collect();
    S::load(tx, merchant, &once)
        .await?
        .into_iter()
        .map(|columns| {
            let (record, state) = columns.read()?;
            Ok(Entry { record, state })
        })
        .collect()
}

/// The rows of records, locked, after giving one to those that have none.
pub(crate) async fn noted<S: RecordStore>(
    tx: &mut S::Tx,
    merchant: &MerchantId,
    seen: &[Seen],
    now: Timestamp,
) -> Result<HashMap<RecordRef, Entry>> {
    S::note(tx, merchant, seen, micros(now)).await?;
    let records: Vec<RecordRef> = seen
        .iter()
        .map(|seen| record_ref(&seen.sync, &seen.key))
        .collect();
    let entries = load::<S>(tx, merchant, &records).await?;
    Ok(entries
        .into_iter()
        .map(|entry| (entry.record.clone(), entry))
        .collect())
}

/// Of requests for the same record, the newest version; of equally old ones, the last.
fn newest_of_each(requests: &[ClaimRequest]) -> Vec<(usize, &ClaimRequest)> {
    let mut newest: HashMap<&RecordKey, (usize, &ClaimRequest)> = HashMap::new();
    for (position, request) in requests.iter().enumerate() {
        let best = newest.entry(&request.key).or_insert((position, request));
        if request.revision.at >= best.1.revision.at {
            *best = (position, request);
        }
    }
    newest.into_values().collect()
}

fn take(rows: &mut HashMap<RecordRef, Entry>, sync: &SyncId, key: &RecordKey) -> Result<Entry> {
    rows.remove(&record_ref(sync, key))
        .ok_or_else(|| no_row(key))
}

fn no_row(key: &RecordKey) -> ports::LedgerError {
    unreadable("no row could be made for a record", &key.id)
}

fn record_ref(sync: &SyncId, key: &RecordKey) -> RecordRef {
    RecordRef {
        sync: sync.clone(),
        key: key.clone(),
    }
}

fn seen(sync: &SyncId, key: &RecordKey, number: &str, revision: commerce::Revision) -> Seen {
    Seen {
        sync: sync.clone(),
        key: key.clone(),
        number: number.to_owned(),
        revision,
        units: std::collections::BTreeMap::new(),
    }
}

/// The link that an outcome proves, unless its twin was not taken.
fn proven_link(outcome: &Outcome, entry: &Entry) -> Option<Link> {
    let twin = entry.state.twin.as_ref()?;
    let proven = outcome.twin.as_ref()?;
    (twin.id == proven.id).then(|| Link {
        key: outcome.key.clone(),
        number: indexable(&entry.state.number),
        twin_id: twin.id.as_str().to_owned(),
        twin_number: twin.number.as_deref().map(indexable),
    })
}

fn packed_steps(sync: &SyncId, outcomes: &[Outcome]) -> Result<Vec<Packed>> {
    outcomes
        .iter()
        .filter(|outcome| !outcome.steps.is_empty())
        .map(|outcome| Ok((record_ref(sync, &outcome.key), pack_steps(&outcome.steps)?)))
        .collect()
}

/// One answer per asked id: the first link found for it.
fn in_order(found: Vec<Found>, asked: usize) -> Result<Vec<Option<Twin>>> {
    let mut twins = vec![None; asked];
    for link in found {
        let position = usize::try_from(link.position).unwrap_or(usize::MAX);
        if let Some(answer @ None) = twins.get_mut(position) {
            *answer = twin(Some(link.id), link.number)?;
        }
    }
    Ok(twins)
}
