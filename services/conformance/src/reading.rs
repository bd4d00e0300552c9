//! The clauses about reading.

use std::collections::BTreeMap;
use std::time::Duration;

use commerce::{Digest, Event, ExternalId, Kind};
use ports::{Cursor, Fault};
use sandbox::Fault as Trouble;

use crate::clause::{Checked, Clause, Subject};
use crate::stage::{Stage, read, words};

const fn must(name: &'static str, check: crate::clause::Check) -> Clause {
    Clause::must(name, Subject::Reading, check)
}

pub(crate) const CLAUSES: &[Clause] = &[
    must("reads-to-the-end", |stage, kind| {
        Box::pin(reads_to_the_end(stage, kind))
    }),
    must("repeats-alike", |stage, kind| {
        Box::pin(repeats_alike(stage, kind))
    }),
    must("leaves-no-gap", |stage, kind| {
        Box::pin(leaves_no_gap(stage, kind))
    }),
    must("comes-to-rest", |stage, kind| {
        Box::pin(comes_to_rest(stage, kind))
    }),
    must("finds-by-id", |stage, kind| {
        Box::pin(finds_by_id(stage, kind))
    }),
    must("knows-what-it-has-not", |stage, kind| {
        Box::pin(knows_what_it_has_not(stage, kind))
    }),
    must("reading-tells-throttling", |stage, kind| {
        Box::pin(tells_throttling(stage, kind))
    }),
    must("reading-survives-trouble", |stage, kind| {
        Box::pin(survives_trouble(stage, kind))
    }),
    must("refuses-a-foreign-cursor", |stage, kind| {
        Box::pin(refuses_a_foreign_cursor(stage, kind))
    }),
];

/// What is told of each record. Not when: a source without times of its own goes by the time of reading.
type Versions = BTreeMap<ExternalId, Digest>;

fn versions(events: &[Event]) -> Versions {
    let version = |event: &Event| (event.external_id.clone(), event.revision.digest);
    events.iter().map(version).collect()
}

async fn reads_to_the_end(stage: &mut Stage, kind: Kind) -> Checked {
    let before = stage.happen(kind).await?;
    let (events, _) = stage.told(stage.source()?, kind, before).await?;
    if events.is_empty() {
        return Err("it tells of nothing that happened".to_owned());
    }
    let strange = events.iter().find(|event| event.kind() != kind);
    strange.map_or(Ok(()), |event| {
        Err(format!("{} is a {}", event.external_id, event.kind()))
    })
}

async fn repeats_alike(stage: &mut Stage, kind: Kind) -> Checked {
    let before = stage.happen(kind).await?;
    let source = stage.source()?;
    let (once, _) = stage.told(source, kind, before.clone()).await?;
    let (again, _) = stage.told(source, kind, before).await?;
    same(&versions(&once), &versions(&again))
}

async fn leaves_no_gap(stage: &mut Stage, kind: Kind) -> Checked {
    let first = stage.happen(kind).await?;
    let (_, cursor) = stage.told(stage.source()?, kind, first.clone()).await?;
    stage.happen(kind).await?;
    let (later, _) = stage.told(stage.source()?, kind, cursor).await?;
    let (all, _) = stage.told(stage.source()?, kind, first).await?;
    // What the second reading tells is newer; what it leaves out the first one told.
    let (later, all) = (versions(&later), versions(&all));
    if later.is_empty() {
        return Err("what happened after the first reading is not told".to_owned());
    }
    let older = later.iter().find(|(id, told)| all.get(*id) != Some(*told));
    older.map_or(Ok(()), |(id, _)| {
        Err(format!("{id} is told otherwise the second time"))
    })
}

async fn comes_to_rest(stage: &mut Stage, kind: Kind) -> Checked {
    let before = stage.happen(kind).await?;
    let (events, mut cursor) = stage.told(stage.source()?, kind, before).await?;
    let known = versions(&events);
    for _ in 0..3 {
        stage.clock.pass(Duration::from_secs(3600));
        let (repeated, next) = read(stage.source()?, kind, cursor).await?;
        cursor = next;
        let news = versions(&repeated)
            .into_iter()
            .find(|(id, version)| known.get(id).is_some_and(|before| before != version));
        if let Some((id, _)) = news {
            return Err(format!("{id} is told anew although nothing happened"));
        }
    }
    Ok(())
}

async fn finds_by_id(stage: &mut Stage, kind: Kind) -> Checked {
    let before = stage.happen(kind).await?;
    let source = stage.source()?;
    let (events, _) = stage.told(source, kind, before).await?;
    let told = versions(&events);
    let ids: Vec<ExternalId> = told.keys().cloned().collect();
    let found = source.some(kind, &ids).await.map_err(words)?;
    if let Some(record) = found.unreadable.first() {
        return Err(format!("{} is unreadable: {}", record.id, record.why));
    }
    same(&told, &versions(&found.events))
}

async fn knows_what_it_has_not(stage: &mut Stage, kind: Kind) -> Checked {
    let nobody = ExternalId::new("999999999999").map_err(words)?;
    let found = stage.source()?.some(kind, &[nobody]).await.map_err(words)?;
    if found.events.is_empty() && found.unreadable.is_empty() {
        Ok(())
    } else {
        Err("it finds what nobody has".to_owned())
    }
}

async fn tells_throttling(stage: &mut Stage, kind: Kind) -> Checked {
    let before = stage.happen(kind).await?;
    stage.trouble(Trouble::Refuse);
    let refused = stage.source()?.page(kind, &before).await;
    stage.calm();
    match refused {
        Err(Fault::Throttled { .. }) => Ok(()),
        Err(other) => Err(format!("told as: {other}")),
        Ok(_) => Err("a page came through".to_owned()),
    }
}

async fn survives_trouble(stage: &mut Stage, kind: Kind) -> Checked {
    let before = stage.happen(kind).await?;
    let (expected, _) = stage.told(stage.source()?, kind, before.clone()).await?;
    for trouble in [
        Trouble::FailBefore,
        Trouble::CutBefore,
        Trouble::CutAfter,
        Trouble::Garble,
    ] {
        stage.trouble(trouble);
        let read = stage.source()?.page(kind, &before).await;
        stage.calm();
        match read {
            Err(Fault::Unavailable { .. } | Fault::Unreadable { .. } | Fault::Throttled { .. }) => {
            }
            Err(other) => return Err(format!("{trouble:?} is told as: {other}")),
            Ok(_) => return Err(format!("{trouble:?} is told as a page")),
        }
    }
    // Whatever was open of it: the same page is there again.
    stage.clock.pass(Duration::from_secs(60));
    let (again, _) = stage.told(stage.source()?, kind, before).await?;
    same(&versions(&expected), &versions(&again))
}

async fn refuses_a_foreign_cursor(stage: &mut Stage, kind: Kind) -> Checked {
    let foreign = Cursor("}{".to_owned());
    match stage.source()?.page(kind, &foreign).await {
        Err(Fault::Unreadable { .. }) => Ok(()),
        Err(other) => Err(format!("told as: {other}")),
        Ok(_) => Err("it is read as if it were one of its own".to_owned()),
    }
}

/// The same records in the same versions.
fn same(one: &Versions, other: &Versions) -> Checked {
    let differs = |(id, version): &(&ExternalId, &Digest)| other.get(*id) != Some(*version);
    if let Some((id, _)) = one.iter().find(differs) {
        return Err(format!("{id} is not told alike"));
    }
    let extra = other.keys().find(|id| !one.contains_key(*id));
    extra.map_or(Ok(()), |id| Err(format!("{id} is told once only")))
}
