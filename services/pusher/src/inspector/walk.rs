//! Shows a target what it should hold, page by page, and remembers how far it came: what no count stands in for is many requests, and a stop in
//! between must not begin it anew.

use std::sync::Arc;
use std::time::Duration;

use commerce::{Event, ExternalId, TargetKey};
use jiff::Timestamp;
use mapping::Mapped;
use ports::ledger::{Deviation, Difference, Landed, Lease};
use ports::{Cursor, Fault, Looks, Standing, Twin, Verdict, Window, Write};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{Error, Inspected, Inspector, decoded};

/// An interrupted comparison that is begun anew instead of ended.
const TOO_OLD: Duration = Duration::from_secs(86_400);

/// So many deviations end a comparison: something else is wrong than single records, and each page stores what was found so far.
const MOST_FOUND: usize = 2_000;

/// A comparison under way. Stored as the cursor of its stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Walk {
    pub(super) window: Window,
    /// When it was begun: what it tells is as of then.
    pub(super) begun: Timestamp,
    after: Option<(Timestamp, ExternalId)>,
    pub(super) looked: u64,
    pub(super) found: Vec<Deviation>,
}

impl Walk {
    pub(super) const fn new(window: Window, begun: Timestamp) -> Self {
        Self {
            window,
            begun,
            after: None,
            looked: 0,
            found: Vec::new(),
        }
    }

    /// The one that was interrupted; none where the stream's cursor is at its beginning, and where it tells of days past.
    pub(super) fn interrupted(cursor: &Cursor, now: Timestamp) -> Option<Self> {
        let walk: Self = serde_json::from_str(&cursor.0).ok()?;
        let oldest = now.checked_sub(TOO_OLD).ok()?;
        (walk.begun > oldest).then_some(walk)
    }

    fn cursor(&self) -> Cursor {
        Cursor(serde_json::to_string(self).unwrap_or_default())
    }
}

impl Inspector {
    /// Shows page after page until the end (`true`) or until told to stop.
    pub(super) async fn walk(
        &self,
        looks: &dyn Looks,
        one: &Inspected,
        (walk, lease): (&mut Walk, &mut Lease),
        stop: &CancellationToken,
    ) -> Result<bool, Error> {
        let (ledger, merchant) = (&self.target.ledger, &self.target.merchant);
        let most = u32::try_from(looks.most(one.sync.kind)).unwrap_or(1);
        while !stop.is_cancelled() {
            let after = walk.after.as_ref().map(|(at, id)| (*at, id));
            let page = ledger
                .landed(merchant, &one.sync.id, walk.window, after, most)
                .await?;
            let Some(last) = page.last() else {
                return Ok(true);
            };
            walk.after = Some((last.changed_at, last.id.clone()));
            let shown: Vec<(Landed, Write)> = page
                .into_iter()
                .filter_map(|landed| {
                    let write = self.shown(one, &landed)?;
                    Some((landed, write))
                })
                .collect();
            let (landed, writes): (Vec<Landed>, Vec<Write>) = shown.into_iter().unzip();
            if !writes.is_empty() {
                let standings = looks.look(&writes, walk.window.to).await;
                for (landed, standing) in landed.into_iter().zip(standings) {
                    walk.looked += 1;
                    if let Some(what) = difference(standing)? {
                        walk.found.push(Deviation {
                            id: landed.id,
                            twin: landed.twin,
                            what,
                            since: walk.begun,
                        });
                    }
                }
            }
            let now = self.target.clock.now();
            *lease = ledger
                .advance(lease, &walk.cursor(), &[], self.target.claim, now)
                .await?;
            if walk.found.len() >= MOST_FOUND {
                warn!(sync = %one.sync.id, looked = walk.looked, found = walk.found.len(), "so much differs that the inspection ends here: mend what these have in common first");
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The record as it would be written; `None` for what came from the target, and for what the rules of today would not write.
    fn shown(&self, one: &Inspected, landed: &Landed) -> Option<Write> {
        let event: Event = match decoded(&landed.event, &self.target.id) {
            Ok(event) => event?,
            Err(why) => {
                warn!(sync = %one.sync.id, record = %landed.id, why, "a record is not inspected");
                return None;
            }
        };
        let Mapped::Write(set) = one.mapping.apply(&event) else {
            return None;
        };
        Some(Write {
            key: TargetKey::of(&event.connection, event.kind(), &event.external_id),
            event: Arc::new(event),
            bound: Some(Twin {
                id: landed.twin.clone(),
                number: None,
            }),
            parent: None,
            set,
        })
    }
}

/// What differs. A fault that is not of the record alone ends the page: it is shown again later.
fn difference(standing: Result<Standing, Fault>) -> Result<Option<Difference>, Fault> {
    Ok(match standing {
        Ok(Standing::Held) => None,
        Ok(Standing::Missing) => Some(Difference::Missing),
        Ok(Standing::Differs { what }) => Some(Difference::Content { what }),
        Err(fault) => match fault.verdict() {
            Verdict::Wait { .. } => Some(Difference::Missing),
            Verdict::Hold | Verdict::Fail => Some(Difference::Content {
                what: fault.to_string(),
            }),
            Verdict::Retry { .. } | Verdict::Locate | Verdict::Pause => return Err(fault),
        },
    })
}
