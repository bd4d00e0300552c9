//! Records that go through the queue once more, or are set aside.

use std::collections::HashMap;

use async_trait::async_trait;
use bytes::Bytes;
use commerce::MerchantId;
use jiff::Timestamp;
use ports::ledger::{Due, Outbox, RecordRef, Selection, Step, StepKind};

use crate::blob::{pack_steps, unpack};
use crate::claims::load;
use crate::columns::record_ref;
use crate::error::Result;
use crate::rules;
use crate::state::State;
use crate::store::{Database, Key, RecordStore};
use crate::text::indexable;
use crate::time::{micros, timestamp};

/// Records that are put back on their way with one statement.
const REOPENED: usize = 500;

#[async_trait]
impl<S: RecordStore> Outbox for Database<S> {
    async fn requeue(
        &self,
        merchant: &MerchantId,
        selection: &Selection,
        by: &str,
        now: Timestamp,
    ) -> Result<u64> {
        let by_name = matches!(selection, Selection::Records(_));
        let mut tx = self.0.begin().await?;
        let records = selected::<S>(&mut tx, merchant, selection).await?;
        let step = |_: &RecordRef, state: &mut State| {
            let there = is_selected(selection, state);
            (there && rules::requeue(state, by_name, now))
                .then(|| person(now, format!("{by} put it back on its way")))
        };
        let moved = act::<S>(&mut tx, merchant, &records, step).await?;
        S::commit(tx).await?;
        Ok(moved)
    }

    async fn reopen(
        &self,
        merchant: &MerchantId,
        shown: &[(RecordRef, String)],
        now: Timestamp,
    ) -> Result<u64> {
        let mut tx = self.0.begin().await?;
        let mut moved = 0;
        for some in shown.chunks(REOPENED) {
            let words: HashMap<&RecordRef, &str> = some
                .iter()
                .map(|(record, what)| (record, what.as_str()))
                .collect();
            let records: Vec<RecordRef> = words.keys().map(|one| (*one).clone()).collect();
            let step = |record: &RecordRef, state: &mut State| {
                let what = words.get(record).copied().unwrap_or_default();
                rules::reopen(state, now).then(|| Step {
                    at: now,
                    kind: StepKind::Settled,
                    note: format!("its target shows otherwise ({what}); back on its way"),
                    exchange: None,
                    push: None,
                })
            };
            moved += act::<S>(&mut tx, merchant, &records, step).await?;
        }
        S::commit(tx).await?;
        Ok(moved)
    }

    async fn release_waiting(
        &self,
        merchant: &MerchantId,
        keys: &[String],
        now: Timestamp,
    ) -> Result<u64> {
        let mut tx = self.0.begin().await?;
        let moved = release_waiting::<S>(&mut tx, merchant, keys, now).await?;
        S::commit(tx).await?;
        Ok(moved)
    }

    async fn release_overdue(&self, merchant: &MerchantId, now: Timestamp) -> Result<u64> {
        let mut tx = self.0.begin().await?;
        let records = refs(S::overdue(&mut tx, merchant, micros(now)).await?)?;
        let step = |_: &RecordRef, state: &mut State| {
            let key = state.waits_for.clone().unwrap_or_default();
            rules::look_again(state, now).then(|| Step {
                at: now,
                kind: StepKind::Settled,
                note: format!("looked again whether {key} has arrived unnoticed"),
                exchange: None,
                push: None,
            })
        };
        let moved = act::<S>(&mut tx, merchant, &records, step).await?;
        S::commit(tx).await?;
        Ok(moved)
    }

    async fn ignore(
        &self,
        merchant: &MerchantId,
        selection: &Selection,
        by: &str,
        now: Timestamp,
    ) -> Result<u64> {
        let mut tx = self.0.begin().await?;
        let records = selected::<S>(&mut tx, merchant, selection).await?;
        let step = |_: &RecordRef, state: &mut State| {
            let there = is_selected(selection, state);
            (there && rules::ignore(state, by, now))
                .then(|| person(now, format!("{by} set it aside")))
        };
        let moved = act::<S>(&mut tx, merchant, &records, step).await?;
        S::commit(tx).await?;
        Ok(moved)
    }

    async fn due(&self, merchant: &MerchantId, most: usize) -> Result<Vec<Due>> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.0
            .due(merchant, most)
            .await?
            .into_iter()
            .map(|(sync, kind, id, since, event)| {
                Ok(Due {
                    record: record_ref(sync, &kind, id)?,
                    since: timestamp(since)?,
                    event: Bytes::from(unpack(&event)?),
                })
            })
            .collect()
    }

    async fn published(
        &self,
        merchant: &MerchantId,
        sent: &[(RecordRef, Timestamp)],
    ) -> Result<()> {
        if sent.is_empty() {
            return Ok(());
        }
        let since: HashMap<&RecordRef, Timestamp> = sent
            .iter()
            .map(|(record, since)| (record, *since))
            .collect();
        let records: Vec<RecordRef> = since.keys().map(|record| (*record).clone()).collect();
        let mut tx = self.0.begin().await?;
        let mut entries = load::<S>(&mut tx, merchant, &records).await?;
        entries.retain_mut(|entry| {
            let sent = since.get(&entry.record).copied();
            entry
                .state
                .due_since
                .take_if(|due| Some(*due) == sent)
                .is_some()
        });
        S::save(&mut tx, merchant, &entries).await?;
        S::commit(tx).await
    }
}

/// Puts the records back on their way that wait for one of the keys. How many.
pub(crate) async fn release_waiting<S: RecordStore>(
    tx: &mut S::Tx,
    merchant: &MerchantId,
    keys: impl IntoIterator<Item = &String> + Send,
    now: Timestamp,
) -> Result<u64> {
    let keys: Vec<String> = keys.into_iter().map(|key| indexable(key)).collect();
    if keys.is_empty() {
        return Ok(0);
    }
    let records = refs(S::waiting_for(tx, merchant, &keys).await?)?;
    let step = |_: &RecordRef, state: &mut State| {
        rules::release(state, &keys, now).map(|key| Step {
            at: now,
            kind: StepKind::Settled,
            note: format!("{key}, which it waited for, has arrived; back on its way"),
            exchange: None,
            push: None,
        })
    };
    act::<S>(tx, merchant, &records, step).await
}

/// Applies a rule to records under lock; those it yields a step for are changed. How many.
async fn act<S: RecordStore>(
    tx: &mut S::Tx,
    merchant: &MerchantId,
    records: &[RecordRef],
    rule: impl Fn(&RecordRef, &mut State) -> Option<Step> + Send,
) -> Result<u64> {
    if records.is_empty() {
        return Ok(0);
    }
    let mut changed = Vec::new();
    let mut steps = Vec::new();
    for mut entry in load::<S>(tx, merchant, records).await? {
        if let Some(step) = rule(&entry.record, &mut entry.state) {
            steps.push((entry.record.clone(), pack_steps(&[step])?));
            changed.push(entry);
        }
    }
    if !changed.is_empty() {
        S::save(tx, merchant, &changed).await?;
        S::add_steps(tx, merchant, &steps).await?;
    }
    Ok(changed.len() as u64)
}

async fn selected<S: RecordStore>(
    tx: &mut S::Tx,
    merchant: &MerchantId,
    selection: &Selection,
) -> Result<Vec<RecordRef>> {
    match selection {
        Selection::Records(records) => Ok(records.clone()),
        Selection::AllIn { sync, status } => refs(S::in_status(tx, merchant, sync, *status).await?),
    }
}

/// Rows are found before they are locked: one may have left its status meanwhile.
fn is_selected(selection: &Selection, state: &State) -> bool {
    match selection {
        Selection::Records(_) => true,
        Selection::AllIn { status, .. } => state.status == *status,
    }
}

fn refs(keys: Vec<Key>) -> Result<Vec<RecordRef>> {
    keys.into_iter()
        .map(|(sync, kind, id)| record_ref(sync, &kind, id))
        .collect()
}

fn person(at: Timestamp, note: String) -> Step {
    Step {
        at,
        kind: StepKind::Person,
        note,
        exchange: None,
        push: None,
    }
}
