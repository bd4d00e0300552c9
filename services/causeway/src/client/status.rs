//! `causeway status`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use proto::control::v1::{Backfill, StatusRequest, StatusResponse, SyncStatus, WatchRequest};

use super::backfills::is_anew;
use super::connect::told;
use super::output::{Output, counted, one_line};
use super::{ClientArgs, json, time};

/// A source that was not read to its end for this many of its intervals …
const INTERVALS: u32 = 10;
/// … but at least for this long, is late.
const PATIENCE: Duration = Duration::from_secs(300);
/// Alerts shown.
const ALERTS: usize = 5;

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Show it again whenever time has passed, until stopped.
    #[arg(long, conflicts_with = "check")]
    watch: bool,
    /// End with 1 when something needs a person's attention.
    #[arg(long)]
    check: bool,
}

impl StatusArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        if self.watch {
            let interval = prost_types::Duration {
                seconds: 2,
                nanos: 0,
            };
            let request = WatchRequest {
                interval: Some(interval),
            };
            let mut states = control.watch(request).await.map_err(told)?.into_inner();
            while let Some(state) = states.message().await.map_err(told)? {
                if out.json {
                    out.json_line(&json::status(&state))?;
                } else {
                    out.clear()?;
                    show(&state, out)?;
                }
            }
            return Ok(ExitCode::SUCCESS);
        }
        let state = control
            .status(StatusRequest {})
            .await
            .map_err(told)?
            .into_inner();
        if out.json {
            out.document(&json::status(&state))?;
        } else {
            show(&state, out)?;
        }
        let fine = !self.check || attention(&state, now_of(&state)).is_empty();
        Ok(if fine {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// The service's own present: ages do not depend on this machine's clock.
fn now_of(state: &StatusResponse) -> Timestamp {
    time::read(state.at.as_ref()).unwrap_or_else(time::now)
}

fn show(state: &StatusResponse, out: &Output) -> std::io::Result<()> {
    let now = now_of(state);
    let mut syncs = out.table([
        "sync",
        "from -> to",
        "done",
        "under way",
        "waiting",
        "held",
        "failed",
        "oldest",
        "last success",
        "looked",
    ]);
    for sync in &state.syncs {
        let of = |statuses: &[&str]| {
            statuses
                .iter()
                .filter_map(|one| sync.records.get(*one))
                .sum::<u64>()
        };
        let number = |statuses: &[&str]| {
            let records = of(statuses);
            let colour = if records == 0 {
                ""
            } else {
                statuses.first().copied().unwrap_or_default()
            };
            out.cell(records.to_string(), colour)
        };
        syncs.add_row([
            out.cell(
                if sync.paused {
                    format!("{} (paused)", sync.sync)
                } else {
                    sync.sync.clone()
                },
                if sync.paused { "paused" } else { "" },
            ),
            out.cell(format!("{} -> {}", sync.from, sync.to), ""),
            number(&["synced", "unchanged", "skipped", "ignored"]),
            number(&["queued", "retrying", "uncertain"]),
            number(&["waiting"]),
            number(&["held"]),
            number(&["failed"]),
            out.cell(time::age(sync.oldest_unfinished.as_ref(), now), ""),
            out.cell(ago(sync.last_success.as_ref(), now), ""),
            out.cell(ago(sync.checked_at.as_ref(), now), ""),
        ]);
    }
    out.say_table(&syncs)?;
    let depth: u64 = state
        .queues
        .iter()
        .map(|queue| queue.ready + queue.resting)
        .sum();
    let workers = u64::try_from(state.workers.len()).unwrap_or_default();
    out.say(format_args!(
        "\n{} connected, {} in queues",
        counted(workers, "worker"),
        counted(depth, "event")
    ))?;
    let (anew, asked): (Vec<&Backfill>, Vec<&Backfill>) =
        state.backfills.iter().partition(|one| is_anew(one));
    for one in asked {
        out.say(format_args!("backfill {}", progress(one)))?;
    }
    let records: u64 = anew.iter().filter_map(|one| one.expected).sum();
    if records > 0 {
        out.say(format_args!(
            "{} being read anew",
            counted(records, "record")
        ))?;
    }
    for alert in state.alerts.iter().take(ALERTS) {
        out.say(format_args!(
            "alert, {}: {}",
            ago(alert.at.as_ref(), now),
            one_line(&alert.detail)
        ))?;
    }
    let attention = attention(state, now);
    if attention.is_empty() {
        return out.say("nothing needs attention");
    }
    out.say("Needs attention:")?;
    attention
        .iter()
        .try_for_each(|one| out.say(format_args!("  {one}")))
}

/// What it reads, and how far it is.
fn progress(backfill: &Backfill) -> String {
    let published = counted(backfill.published, "record");
    let far = match backfill.expected {
        Some(all) => format!("{published} of about {all}"),
        None => published,
    };
    let (id, kind, from) = (&backfill.id, &backfill.kind, &backfill.connection);
    format!("{id}, {kind} of {from}: {far}")
}

fn ago(at: Option<&prost_types::Timestamp>, now: Timestamp) -> String {
    time::read(at).map_or_else(
        || "never".to_owned(),
        |at| format!("{} ago", time::span(at, now)),
    )
}

/// What a person should look at, and with which command.
fn attention(state: &StatusResponse, now: Timestamp) -> Vec<String> {
    let mut all = Vec::new();
    for sync in &state.syncs {
        for status in ports::Status::ALL
            .into_iter()
            .filter(|status| status.needs_attention())
        {
            let status = status.as_str();
            if let Some(records) = sync.records.get(status).filter(|records| **records > 0) {
                all.push(format!(
                    "{}: {} {status}: causeway records --sync {} --status {status}",
                    sync.sync,
                    counted(*records, "record"),
                    sync.sync
                ));
            }
        }
        if is_late(sync, now) {
            all.push(format!(
                "{}: {} was last read to the end {}: is a worker running, and may it read?",
                sync.sync,
                sync.from,
                ago(sync.checked_at.as_ref(), now)
            ));
        }
    }
    all
}

/// Whether the source was not looked at for so long that orders may lie there unseen. A sync that never ran is late at once.
fn is_late(sync: &SyncStatus, now: Timestamp) -> bool {
    if sync.paused {
        return false;
    }
    let patience = time::duration(sync.every)
        .saturating_mul(INTERVALS)
        .max(PATIENCE);
    let Ok(patience) = SignedDuration::try_from(patience) else {
        return false;
    };
    time::read(sync.checked_at.as_ref()).is_none_or(|at| now.duration_since(at) > patience)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-03-01T12:00:00Z";

    fn sync(checked_at: Option<&str>) -> SyncStatus {
        SyncStatus {
            sync: "orders".into(),
            from: "shop".into(),
            every: Some(prost_types::Duration {
                seconds: 60,
                nanos: 0,
            }),
            checked_at: checked_at.map(|at| time::wire(at.parse().unwrap())),
            ..SyncStatus::default()
        }
    }

    fn needs(sync: SyncStatus) -> Vec<String> {
        let state = StatusResponse {
            syncs: vec![sync],
            ..StatusResponse::default()
        };
        attention(&state, NOW.parse().unwrap())
    }

    #[test]
    fn records_that_move_by_themselves_need_nobody() {
        let mut busy = sync(Some("2026-03-01T11:59:00Z"));
        for status in [
            "queued",
            "retrying",
            "uncertain",
            "synced",
            "unchanged",
            "skipped",
            "ignored",
        ] {
            busy.records.insert(status.into(), 3);
        }
        busy.records.insert("failed".into(), 0);
        assert_eq!(needs(busy), Vec::<String>::new());
    }

    #[test]
    fn records_that_want_a_person_are_named_with_the_command_that_lists_them() {
        let mut stuck = sync(Some("2026-03-01T11:59:00Z"));
        stuck.records.insert("held".into(), 1);
        stuck.records.insert("failed".into(), 2);
        assert_eq!(
            needs(stuck),
            [
                "orders: 1 record held: causeway records --sync orders --status held",
                "orders: 2 records failed: causeway records --sync orders --status failed",
            ]
        );
    }

    #[test]
    fn a_source_nobody_looks_at_needs_attention_unless_it_is_paused() {
        assert!(needs(sync(Some("2026-03-01T11:51:00Z"))).is_empty());
        assert_eq!(needs(sync(Some("2026-03-01T11:49:00Z"))).len(), 1);
        assert_eq!(needs(sync(None)).len(), 1);
        let paused = SyncStatus {
            paused: true,
            ..sync(None)
        };
        assert!(needs(paused).is_empty());
    }
}
