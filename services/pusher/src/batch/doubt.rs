//! Writes whose outcome is not known: a look before anything else.

use commerce::Event;
use mapping::Mapped;
use ports::ledger::StepKind;
use ports::{Assignments, Effect, Fault, LedgerError, Write};

use super::{Item, Run};

/// What an earlier attempt, if it landed, brought.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// This very content.
    This,
    /// Possibly an older one.
    Older,
}

impl Run<'_> {
    /// Looks up every write whose outcome is not known: one look for all. What landed as it is now is done; what landed as an older version
    /// goes on as a change of it.
    pub(super) async fn locate(
        &mut self,
        items: Vec<(usize, Item)>,
    ) -> Result<Vec<(usize, Item)>, LedgerError> {
        let (doubtful, mut left): (Vec<_>, Vec<_>) = items
            .into_iter()
            .partition(|(_, item)| item.doubt.is_some());
        if doubtful.is_empty() {
            return Ok(left);
        }
        let parents = self
            .parents(doubtful.iter().map(|(_, item)| &*item.event))
            .await?;
        let writes: Vec<Write> = doubtful
            .iter()
            .zip(parents)
            .map(|((_, item), parent)| item.write(parent, self.ruled(&item.event)))
            .collect();
        let mut found = self.target.sink.locate(&writes).await.into_iter();
        for (index, mut item) in doubtful {
            let found = found.next().unwrap_or_else(|| {
                Err(Fault::Unavailable {
                    why: "the look-up left it without an answer".to_owned(),
                })
            });
            match found {
                Ok(Some(written))
                    if item.doubt == Some(Doubt::This) && written.effect != Effect::Unfinished =>
                {
                    item.steps
                        .push(self.step(StepKind::Located, "an earlier attempt had landed".into()));
                    self.succeed(index, item, written);
                }
                Ok(Some(written)) => {
                    let note = match written.effect {
                        Effect::Unfinished => "an earlier attempt had landed in part",
                        _ => "an earlier attempt had landed, possibly with an older version",
                    };
                    item.steps.push(self.step(StepKind::Located, note.into()));
                    item.bound = Some(written.twin);
                    left.push((index, item));
                }
                Ok(None) => {
                    item.steps
                        .push(self.step(StepKind::Located, "no earlier attempt had landed".into()));
                    left.push((index, item));
                }
                // Still unknown: the intent stays open, and no write may follow.
                Err(fault) => self.stay_uncertain(index, item, &fault),
            }
        }
        Ok(left)
    }

    /// What rules set, without which a record that bears it would not be recognised. A record that they hold by now is looked up all the same.
    fn ruled(&self, event: &Event) -> Assignments {
        match self.plan.mapping.apply(event) {
            Mapped::Write(set) => set,
            Mapped::Skip { .. } | Mapped::Hold { .. } => Assignments::default(),
        }
    }
}
