//! The clauses about writing.

use commerce::Kind;
use ports::{Attempt, Effect, Fault, Sink, Write, Written};
use sandbox::{Fault as Trouble, Rule};

use crate::clause::{Checked, Clause, Subject};
use crate::stage::{Stage, words};

/// More requests than any write makes.
const REQUESTS: u64 = 40;
/// Times that something happens until some of it is to be written.
const ROUNDS: usize = 4;

const fn must(name: &'static str, check: crate::clause::Check) -> Clause {
    Clause::must(name, Subject::Writing, check)
}

pub(crate) const CLAUSES: &[Clause] = &[
    must("writes", |stage, kind| Box::pin(writes(stage, kind))),
    must("writes-once", |stage, kind| {
        Box::pin(writes_once(stage, kind))
    }),
    must("finds-a-write-whose-answer-was-lost", |stage, kind| {
        Box::pin(finds_lost_answers(stage, kind))
    }),
    must("knows-what-never-arrived", |stage, kind| {
        Box::pin(knows_what_never_arrived(stage, kind))
    }),
    must("writing-tells-throttling", |stage, kind| {
        Box::pin(tells_throttling(stage, kind))
    }),
    must("writes-nothing-in-a-dry-run", |stage, kind| {
        Box::pin(writes_nothing_in_a_dry_run(stage, kind))
    }),
    must("answers-every-write", |stage, kind| {
        Box::pin(answers_every_write(stage, kind))
    }),
    must("shows-its-exchanges", |stage, kind| {
        Box::pin(shows_its_exchanges(stage, kind))
    }),
    Clause::should("takes-batches", Subject::Writing, |stage, kind| {
        Box::pin(takes_batches(stage, kind))
    }),
];

/// Writes one record.
async fn one(sink: &dyn Sink, write: &Write) -> Result<Written, Fault> {
    let attempts = sink.write(std::slice::from_ref(write)).await;
    let why = "the write was not answered".to_owned();
    let unanswered = Err(Fault::Unreadable { why });
    let result = attempts.into_iter().next().map(|attempt| attempt.result);
    result.unwrap_or(unanswered)
}

/// The first of what happens that the endpoint takes, and what it came to.
async fn accepted(stage: &mut Stage, kind: Kind) -> Result<(Write, Written), String> {
    let write = fresh(stage, kind).await?;
    let written = one(stage.sink()?, &write).await.map_err(words)?;
    Ok((write, written))
}

async fn writes(stage: &mut Stage, kind: Kind) -> Checked {
    let (_, written) = accepted(stage, kind).await?;
    written.discrepancy.map_or(Ok(()), Err)
}

async fn writes_once(stage: &mut Stage, kind: Kind) -> Checked {
    let (write, first) = accepted(stage, kind).await?;
    let held = stage.held(kind);
    let sink = stage.sink()?;
    let unbound = one(sink, &write).await.map_err(words)?;
    let mut bound = write;
    bound.bound = Some(first.twin.clone());
    let bound = one(sink, &bound).await.map_err(words)?;
    for (again, how) in [(unbound, "unbound"), (bound, "bound")] {
        if again.effect == Effect::Created {
            return Err(format!("its repeat, {how}, made another one"));
        }
        if again.twin.id != first.twin.id {
            return Err(format!("its repeat, {how}, came to another record"));
        }
    }
    holds(stage, kind, held)
}

fn holds(stage: &Stage, kind: Kind, before: Option<usize>) -> Checked {
    let now = stage.held(kind);
    if now == before {
        Ok(())
    } else {
        Err(format!("{before:?} records became {now:?}"))
    }
}

/// Cuts the answer to every request of a write in turn. Whatever is told then: what is looked up and, if need be, repeated is there once.
async fn finds_lost_answers(stage: &mut Stage, kind: Kind) -> Checked {
    for request in 1..=REQUESTS {
        let write = fresh(stage, kind).await?;
        let held = stage.held(kind);
        let before = answers_lost(stage);
        let lost = Rule::on(Trouble::CutAfter, [request]);
        stage.faults().set(vec![lost]);
        let told = one(stage.sink()?, &write).await;
        stage.calm();
        if answers_lost(stage) == before {
            return if request == 1 {
                Err("it made no request".to_owned())
            } else {
                Ok(())
            };
        }
        let about = |why: String| format!("answer {request} was lost: {why}");
        settle(stage, &write, told).await.map_err(about)?;
        once(stage, kind, &write, held).await.map_err(about)?;
    }
    Err(format!("a write makes more than {REQUESTS} requests"))
}

/// A write that the endpoint takes, of something that has just happened. What happens is made up: not all of it is to be carried over.
async fn fresh(stage: &mut Stage, kind: Kind) -> Result<Write, String> {
    let mut why = String::new();
    for _ in 0..ROUNDS {
        for write in stage.writes(kind).await? {
            match is_new(stage, &write).await {
                Ok(()) => return Ok(write),
                Err(other) => why = other,
            }
        }
    }
    Err(format!("no {kind} is to be written: {why}"))
}

/// Nothing of it is there yet, and a dry run would send it.
async fn is_new(stage: &Stage, write: &Write) -> Checked {
    let located = stage.sink()?.locate(std::slice::from_ref(write)).await;
    match located.into_iter().next() {
        Some(Ok(None)) => {}
        Some(Ok(Some(there))) if there.effect == Effect::Unfinished => {}
        other => return Err(format!("{other:?}")),
    }
    let dry = stage.reconnected(&stage.subject.settings, |client| client.dry_run())?;
    let sink = dry.sink.ok_or("it writes nothing")?;
    match one(&*sink, write).await {
        Err(Fault::DryRun) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

fn answers_lost(stage: &Stage) -> u64 {
    let all = stage.meter().read().requests;
    all.iter().filter_map(|one| one.statuses.get("cut")).sum()
}

/// What a pusher does with what it was told.
async fn settle(stage: &Stage, write: &Write, told: Result<Written, Fault>) -> Checked {
    let sink = stage.sink()?;
    match told {
        Ok(_) => return Ok(()),
        Err(Fault::Unavailable { .. } | Fault::Throttled { .. } | Fault::Unreadable { .. }) => {}
        Err(Fault::Uncertain { .. }) => {
            let located = sink.locate(std::slice::from_ref(write)).await;
            let located = located.into_iter().next().ok_or("no look-up was made")?;
            let located = located.map_err(|fault| format!("not looked up: {fault}"))?;
            if located.is_some_and(|there| there.effect != Effect::Unfinished) {
                return Ok(());
            }
        }
        Err(other) => return Err(format!("told as: {other}")),
    }
    let again = one(sink, write).await;
    again
        .map(drop)
        .map_err(|fault| format!("not written again: {fault}"))
}

/// The write is there, and not twice.
async fn once(stage: &Stage, kind: Kind, write: &Write, held: Option<usize>) -> Checked {
    let again = one(stage.sink()?, write).await.map_err(words)?;
    if again.effect == Effect::Created {
        return Err("it was told as written and was not there".to_owned());
    }
    holds(stage, kind, held.map(|before| before + 1))
}

async fn knows_what_never_arrived(stage: &mut Stage, kind: Kind) -> Checked {
    let write = fresh(stage, kind).await?;
    let held = stage.held(kind);
    stage.trouble(Trouble::CutBefore);
    let told = one(stage.sink()?, &write).await;
    stage.calm();
    if !matches!(
        told,
        Err(Fault::Unavailable { .. } | Fault::Uncertain { .. } | Fault::Throttled { .. })
    ) {
        return Err(format!("told as {told:?}"));
    }
    holds(stage, kind, held)?;
    let located = stage.sink()?.locate(std::slice::from_ref(&write)).await;
    match located.into_iter().next() {
        Some(Ok(None)) => {}
        // What is changed was there before.
        Some(Ok(Some(there))) if there.effect == Effect::Unfinished => {}
        other => return Err(format!("looked up: {other:?}")),
    }
    settle(stage, &write, told).await?;
    once(stage, kind, &write, held).await
}

async fn tells_throttling(stage: &mut Stage, kind: Kind) -> Checked {
    let write = fresh(stage, kind).await?;
    let held = stage.held(kind);
    stage.trouble(Trouble::Refuse);
    let told = one(stage.sink()?, &write).await;
    stage.calm();
    holds(stage, kind, held)?;
    match told {
        Err(Fault::Throttled { .. }) => settle(stage, &write, told).await,
        Err(other) => Err(format!("told as: {other}")),
        Ok(_) => Err("it was told as written".to_owned()),
    }
}

async fn writes_nothing_in_a_dry_run(stage: &mut Stage, kind: Kind) -> Checked {
    let writes = stage.writes(kind).await?;
    let held = stage.held(kind);
    let dry = stage.reconnected(&stage.subject.settings, |client| client.dry_run())?;
    let sink = dry.sink.ok_or("it writes nothing")?;
    let mut shown = false;
    for attempt in in_batches(&*sink, kind, &writes).await {
        if matches!(attempt.result, Err(Fault::DryRun)) {
            let last = attempt.exchanges.last();
            shown |= last.is_some_and(|one| one.reply.is_none() && !one.request.is_empty());
        }
    }
    holds(stage, kind, held)?;
    if shown {
        Ok(())
    } else {
        Err("it does not show what it would send".to_owned())
    }
}

async fn in_batches(sink: &dyn Sink, kind: Kind, writes: &[Write]) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for some in writes.chunks(sink.batch_size(kind).max(1)) {
        attempts.extend(sink.write(some).await);
    }
    attempts
}

async fn answers_every_write(stage: &mut Stage, kind: Kind) -> Checked {
    let writes = stage.writes(kind).await?;
    let sink = stage.sink()?;
    let attempts = in_batches(sink, kind, &writes).await;
    let looked_up = sink.locate(&writes).await;
    if (attempts.len(), looked_up.len()) == (writes.len(), writes.len()) {
        Ok(())
    } else {
        let (attempts, looked_up) = (attempts.len(), looked_up.len());
        Err(format!(
            "{} writes, {attempts} attempts, {looked_up} look-ups",
            writes.len()
        ))
    }
}

async fn shows_its_exchanges(stage: &mut Stage, kind: Kind) -> Checked {
    let writes = stage.writes(kind).await?;
    let attempts = in_batches(stage.sink()?, kind, &writes).await;
    let exchanges: Vec<_> = attempts.iter().flat_map(|one| &one.exchanges).collect();
    if exchanges.is_empty() {
        return Err("no exchange is shown".to_owned());
    }
    let secrets = std::fs::read_dir(stage.folder.path()).map_err(words)?;
    for secret in secrets.flatten() {
        let text = std::fs::read_to_string(secret.path()).map_err(words)?;
        let told = |one: &&ports::Exchange| {
            let reply = one.reply.as_ref().map_or("", |reply| &reply.body);
            [&one.url, &one.request, reply]
                .iter()
                .any(|part| part.contains(text.trim()))
        };
        if exchanges.iter().any(told) {
            return Err(format!("{} is shown", secret.path().display()));
        }
    }
    Ok(())
}

async fn takes_batches(stage: &mut Stage, kind: Kind) -> Checked {
    if stage.sink()?.batch_size(kind) > 1 {
        Ok(())
    } else {
        Err("one record at a time".to_owned())
    }
}
