//! A sink made of desks, one for each kind: a batch is sorted by kind, each desk gets its share, and the answers stand in the batch's order.

use std::collections::HashMap;

use async_trait::async_trait;
use commerce::Kind;
use jiff::Timestamp;
use ports::{
    Attempt, Effect, Exchange, Fault, Looks, Register, Sink, Standing, Twin, Write, Written,
    in_order,
};

use crate::record::IsRecord;

/// A write with its place in the batch and its record.
pub type Item<'a, R> = (usize, &'a Write, &'a R);

/// Writes records of one kind; every answer bears the place of its write.
#[async_trait]
pub trait Desk: Send + Sync {
    /// What it writes.
    type Record: IsRecord;
    /// The most records that are worth handing over at once.
    fn batch_size(&self) -> usize {
        20
    }
    /// The most records that are worth showing at once.
    fn most_shown(&self) -> usize {
        100
    }
    /// Writes each record, whatever happens to the others.
    async fn write(&self, items: &[Item<'_, Self::Record>]) -> Vec<(usize, Attempt)>;
    /// Whether an earlier attempt of uncertain outcome landed.
    async fn locate(
        &self,
        items: &[Item<'_, Self::Record>],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)>;
    /// How each stands there; what moved since `settled` counts as held.
    async fn look(
        &self,
        items: &[Item<'_, Self::Record>],
        settled: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)>;
}

/// A desk, whatever it writes.
#[async_trait]
pub trait Clerk: Send + Sync {
    /// The kind that it writes.
    fn kind(&self) -> Kind;
    /// [`Desk::batch_size`].
    fn batch_size(&self) -> usize;
    /// [`Desk::most_shown`].
    fn most_shown(&self) -> usize;
    /// [`Desk::write`] of what of the batch is its own.
    async fn write(&self, writes: &[Write]) -> Vec<(usize, Attempt)>;
    /// [`Desk::locate`] of what of the batch is its own.
    async fn locate(&self, writes: &[Write]) -> Vec<(usize, Result<Option<Written>, Fault>)>;
    /// [`Desk::look`] at what of the batch is its own.
    async fn look(
        &self,
        writes: &[Write],
        settled: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)>;
}

#[async_trait]
impl<D: Desk> Clerk for D {
    fn kind(&self) -> Kind {
        D::Record::KIND
    }

    fn batch_size(&self) -> usize {
        Desk::batch_size(self)
    }

    fn most_shown(&self) -> usize {
        Desk::most_shown(self)
    }

    async fn write(&self, writes: &[Write]) -> Vec<(usize, Attempt)> {
        match own(writes) {
            items if items.is_empty() => Vec::new(),
            items => Desk::write(self, &items).await,
        }
    }

    async fn locate(&self, writes: &[Write]) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        match own(writes) {
            items if items.is_empty() => Vec::new(),
            items => Desk::locate(self, &items).await,
        }
    }

    async fn look(
        &self,
        writes: &[Write],
        settled: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        match own(writes) {
            items if items.is_empty() => Vec::new(),
            items => Desk::look(self, &items, settled).await,
        }
    }
}

fn own<R: IsRecord>(writes: &[Write]) -> Vec<Item<'_, R>> {
    let writes = writes.iter().enumerate();
    writes
        .filter_map(|(place, write)| Some((place, write, R::of(&write.event.record)?)))
        .collect()
}

/// The desks of an endpoint, which is shown what it should hold: what can only be looked up, not counted.
pub struct Desks {
    name: &'static str,
    kinds: &'static [Kind],
    desks: Vec<Box<dyn Clerk>>,
}

impl Desks {
    /// The desks of the kinds that an endpoint writes, with its name as people write it. A batch goes through them in this order.
    #[must_use]
    pub fn new(name: &'static str, kinds: &'static [Kind], desks: Vec<Box<dyn Clerk>>) -> Self {
        Self { name, kinds, desks }
    }

    fn of(&self, kind: Kind) -> Option<&dyn Clerk> {
        let desk = self.desks.iter().find(|desk| desk.kind() == kind);
        desk.map(|desk| &**desk)
    }

    fn refused(&self, write: Option<&Write>) -> Fault {
        let kind = write.map_or("this kind", |write| write.event.record.kind().as_str());
        Fault::Refused {
            why: format!("nothing of kind '{kind}' is written to {}", self.name),
        }
    }
}

#[async_trait]
impl Sink for Desks {
    fn kinds(&self) -> &[Kind] {
        self.kinds
    }

    fn batch_size(&self, kind: Kind) -> usize {
        self.of(kind).map_or(1, Clerk::batch_size)
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        let mut done = Vec::with_capacity(writes.len());
        for desk in &self.desks {
            done.extend(desk.write(writes).await);
        }
        let other = |write| Attempt::without_request(self.refused(write));
        in_order(done, writes.len(), || other(self.stranger(writes)))
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let mut found = Vec::with_capacity(writes.len());
        for desk in &self.desks {
            found.extend(desk.locate(writes).await);
        }
        in_order(found, writes.len(), || {
            Err(self.refused(self.stranger(writes)))
        })
    }

    fn register(&self, kind: Kind) -> Option<Register<'_>> {
        self.of(kind).map(|_| Register::Looks(self))
    }
}

impl Desks {
    /// A write that no desk takes.
    fn stranger<'a>(&self, writes: &'a [Write]) -> Option<&'a Write> {
        let mut writes = writes.iter();
        writes.find(|write| self.of(write.event.record.kind()).is_none())
    }
}

#[async_trait]
impl Looks for Desks {
    fn most(&self, kind: Kind) -> usize {
        self.of(kind).map_or(1, Clerk::most_shown)
    }

    async fn look(&self, writes: &[Write], settled: Timestamp) -> Vec<Result<Standing, Fault>> {
        let mut all = Vec::with_capacity(writes.len());
        for desk in &self.desks {
            all.extend(desk.look(writes, settled).await);
        }
        in_order(all, writes.len(), || {
            Err(self.refused(self.stranger(writes)))
        })
    }
}

/// What is found, compared with the record, so that nothing is left to differ.
#[must_use]
pub const fn landed(twin: Twin) -> Written {
    Written {
        twin,
        effect: Effect::AlreadyThere,
        discrepancy: None,
    }
}

/// The attempts of a batch, in the order of its places: each outcome with the write's own exchanges, the shared ones with the first.
#[must_use]
pub fn attempts(
    places: impl Iterator<Item = usize>,
    mut outcomes: HashMap<usize, Result<Written, Fault>>,
    mut shared: Vec<Exchange>,
    mut own: HashMap<usize, Vec<Exchange>>,
) -> Vec<(usize, Attempt)> {
    let attempt = |place| {
        let result = outcomes.remove(&place).unwrap_or_else(|| {
            Err(Fault::Unavailable {
                why: "the record was left out of the batch".to_owned(),
            })
        });
        let mut exchanges = std::mem::take(&mut shared);
        exchanges.extend(own.remove(&place).unwrap_or_default());
        (place, Attempt { result, exchanges })
    };
    places.map(attempt).collect()
}
