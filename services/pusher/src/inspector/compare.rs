//! Compares what a target should hold with what it holds: by tallies of spans, which are halved where they differ until they are short
//! enough to be listed. When all is well that is one request for many thousand records.

use std::collections::HashMap;

use commerce::{ConnectionId, ExternalId, Kind};
use ports::ledger::Difference;
use ports::{Entry, Fault, Span, Sums, Tally};
use rust_decimal::Decimal;

/// Records of a span at first.
const RECORDS: usize = 1000;
/// Records of a span that is listed instead of halved again.
const LISTED: u64 = 100;
/// Spans of one request.
const SPANS: usize = 40;

/// A record that the target should hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    /// Its id at the target.
    pub(super) twin: u64,
    /// Its id at the source.
    pub(super) id: ExternalId,
    /// What it comes to; `None` when it does not matter.
    pub(super) amount: Option<Decimal>,
}

/// What the target does not hold as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) twin: u64,
    pub(super) id: ExternalId,
    pub(super) what: Difference,
}

/// Everything in which the target differs from what is expected, which is sorted by the target's ids.
pub(super) async fn compare(
    register: &dyn Sums,
    from: &ConnectionId,
    kind: Kind,
    expected: &[Expected],
) -> Result<Vec<Found>, Fault> {
    let mut open: Vec<Span> = spans(expected);
    let mut listed = Vec::new();
    while !open.is_empty() {
        let rest = open.split_off(open.len().min(SPANS));
        let tallies = register.tally(from, kind, &open).await?;
        let mut halves = Vec::new();
        for (span, theirs) in open.iter().zip(tallies) {
            let ours = within(expected, *span);
            if tally(ours) == theirs {
                continue;
            }
            let records = theirs
                .records
                .max(u64::try_from(ours.len()).unwrap_or(u64::MAX));
            match halve(ours, *span) {
                Some(both) if records > LISTED => halves.extend(both),
                _ => listed.push(*span),
            }
        }
        open = rest;
        open.extend(halves);
    }
    let mut found = Vec::new();
    for spans in listed.chunks(SPANS) {
        let entries = register.list(from, kind, spans).await?;
        let ours = spans.iter().flat_map(|span| within(expected, *span));
        found.extend(differences(ours, &entries, register.tolerance()));
    }
    found.sort_by_key(|one| one.twin);
    Ok(found)
}

/// The spans to begin with. They leave no gap: what nobody expects has to lie in one as well.
fn spans(expected: &[Expected]) -> Vec<Span> {
    let chunks: Vec<&[Expected]> = expected.chunks(RECORDS).collect();
    let next = chunks.iter().skip(1).map(|chunk| first(chunk));
    let ends = next
        .map(|next| next.saturating_sub(1))
        .chain(expected.last().map(|last| last.twin));
    chunks
        .iter()
        .zip(ends)
        .map(|(chunk, last)| Span {
            first: first(chunk),
            last,
        })
        .collect()
}

fn first(chunk: &[Expected]) -> u64 {
    chunk.first().map_or(0, |one| one.twin)
}

fn within(expected: &[Expected], span: Span) -> &[Expected] {
    let begin = expected.partition_point(|one| one.twin < span.first);
    let end = expected.partition_point(|one| one.twin <= span.last);
    expected.get(begin..end).unwrap_or_default()
}

fn tally(expected: &[Expected]) -> Tally {
    expected.iter().fold(Tally::default(), |sum, one| Tally {
        records: sum.records + 1,
        ids: sum.ids.saturating_add(one.twin),
        amount: sum.amount + one.amount.unwrap_or_default(),
    })
}

/// Both halves: by our records where there are any, else by the ids themselves.
fn halve(ours: &[Expected], span: Span) -> Option<[Span; 2]> {
    let middle = match ours.get(ours.len() / 2) {
        Some(one) if one.twin > span.first => one.twin - 1,
        _ => span.first + (span.last - span.first) / 2,
    };
    (middle < span.last).then_some([
        Span {
            first: span.first,
            last: middle,
        },
        Span {
            first: middle + 1,
            last: span.last,
        },
    ])
}

fn differences<'a>(
    ours: impl Iterator<Item = &'a Expected>,
    entries: &[Entry],
    tolerance: Decimal,
) -> Vec<Found> {
    let mut theirs: HashMap<u64, &Entry> = entries.iter().map(|entry| (entry.id, entry)).collect();
    let mut found = Vec::new();
    for one in ours {
        let what = match (theirs.remove(&one.twin), one.amount) {
            (None, _) => Difference::Missing,
            (Some(_), None) => continue,
            (Some(entry), Some(ours)) => match entry.amount {
                Some(theirs) if (theirs - ours).abs() <= tolerance => continue,
                theirs => Difference::Amount { ours, theirs },
            },
        };
        found.push(Found {
            twin: one.twin,
            id: one.id.clone(),
            what,
        });
    }
    found.extend(theirs.into_values().map(|entry| Found {
        twin: entry.id,
        id: entry.of.clone(),
        what: Difference::Extra,
    }));
    found
}

#[cfg(test)]
mod tests;
