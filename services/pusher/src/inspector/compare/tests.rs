use std::sync::Mutex;

use async_trait::async_trait;
use commerce::Event;
use proptest::prelude::*;

use super::*;

/// A target that holds these, and counts what it is asked.
struct Holding {
    entries: Vec<Entry>,
    asked: Mutex<Vec<&'static str>>,
}

impl Holding {
    fn of(entries: Vec<Entry>) -> Self {
        Self {
            entries,
            asked: Mutex::default(),
        }
    }

    fn within(&self, span: Span) -> impl Iterator<Item = &Entry> {
        let range = span.first..=span.last;
        self.entries
            .iter()
            .filter(move |entry| range.contains(&entry.id))
    }
}

#[async_trait]
impl Sums for Holding {
    fn amount(&self, _event: &Event) -> Option<Decimal> {
        None
    }

    fn tolerance(&self) -> Decimal {
        Decimal::new(1, 3)
    }

    async fn tally(
        &self,
        _from: &ConnectionId,
        _kind: Kind,
        spans: &[Span],
    ) -> Result<Vec<Tally>, Fault> {
        self.asked.lock().unwrap().push("tally");
        let tally = |span: &Span| {
            self.within(*span)
                .fold(Tally::default(), |sum, entry| Tally {
                    records: sum.records + 1,
                    ids: sum.ids + entry.id,
                    amount: sum.amount + entry.amount.unwrap_or_default(),
                })
        };
        Ok(spans.iter().map(tally).collect())
    }

    async fn list(
        &self,
        _from: &ConnectionId,
        _kind: Kind,
        spans: &[Span],
    ) -> Result<Vec<Entry>, Fault> {
        self.asked.lock().unwrap().push("list");
        let all = spans.iter().flat_map(|span| self.within(*span));
        Ok(all.cloned().collect())
    }
}

fn id(twin: u64) -> ExternalId {
    ExternalId::new(format!("s{twin}")).unwrap()
}

fn expected(twin: u64, cents: i64) -> Expected {
    Expected {
        twin,
        id: id(twin),
        amount: Some(Decimal::new(cents, 2)),
    }
}

fn entry(twin: u64, cents: i64) -> Entry {
    Entry {
        id: twin,
        of: id(twin),
        amount: Some(Decimal::new(cents, 2)),
    }
}

async fn compared(holding: &Holding, expected: &[Expected]) -> Vec<(u64, Difference)> {
    let from = ConnectionId::new("shop").unwrap();
    let found = compare(holding, &from, Kind::Order, expected).await;
    let found = found.unwrap();
    found.into_iter().map(|one| (one.twin, one.what)).collect()
}

fn store() -> (Vec<Expected>, Vec<Entry>) {
    let ids = (0..5000_u64).map(|number| 1000 + number * 7);
    ids.map(|id| (expected(id, 1999), entry(id, 1999))).unzip()
}

#[tokio::test]
async fn when_all_is_well_one_request_tells() {
    let (ours, theirs) = store();
    let holding = Holding::of(theirs);
    assert!(compared(&holding, &ours).await.is_empty());
    assert_eq!(*holding.asked.lock().unwrap(), ["tally"]);
    assert!(compared(&holding, &[]).await.is_empty());
}

#[tokio::test]
async fn what_differs_is_found_without_listing_the_rest() {
    let (ours, mut theirs) = store();
    theirs[4000].amount = Some(Decimal::new(2000, 2));
    let gone = theirs.remove(1234).id;
    theirs.push(entry(1001, 5));
    let holding = Holding::of(theirs);
    let amount = Difference::Amount {
        ours: Decimal::new(1999, 2),
        theirs: Some(Decimal::new(2000, 2)),
    };
    let found = compared(&holding, &ours).await;
    let wanted = [
        (1001, Difference::Extra),
        (gone, Difference::Missing),
        (ours[4000].twin, amount),
    ];
    assert_eq!(found, wanted);
    let asked = holding.asked.lock().unwrap();
    assert_eq!(asked.iter().filter(|what| **what == "list").count(), 1);
    assert!(asked.len() <= 7, "{asked:?}");
}

#[tokio::test]
async fn what_is_within_the_tolerance_or_has_no_amount_is_no_difference() {
    let mut ours = vec![expected(1, 100), expected(2, 100), expected(3, 100)];
    ours[1].amount = None;
    let mut theirs = vec![entry(1, 100), entry(2, 777), entry(3, 100)];
    theirs[0].amount = Some("1.0005".parse().unwrap());
    assert!(
        compared(&Holding::of(theirs.clone()), &ours)
            .await
            .is_empty()
    );
    theirs[2].amount = None;
    let hidden = Difference::Amount {
        ours: Decimal::new(100, 2),
        theirs: None,
    };
    assert_eq!(compared(&Holding::of(theirs), &ours).await, [(3, hidden)]);
}

proptest! {
    /// However the two sides differ, exactly that is told.
    #[test]
    fn exactly_the_differences_are_told(
        both in prop::collection::btree_map(0_u64..3000, (0_u8..3, 1_i64..5), 0..1500),
    ) {
        let (mut ours, mut theirs, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
        // The ends are held by both: what lies beyond them belongs to another time.
        for twin in [0, 5000] {
            ours.push(expected(twin + 1, 1));
            theirs.push(entry(twin + 1, 1));
        }
        for (at, (side, cents)) in &both {
            let twin = at + 2;
            if *side != 1 {
                ours.push(expected(twin, *cents));
            }
            if *side != 2 {
                theirs.push(entry(twin, *cents));
            }
            match side {
                1 => wanted.push((twin, Difference::Extra)),
                2 => wanted.push((twin, Difference::Missing)),
                _ => {}
            }
        }
        ours.sort_by_key(|one| one.twin);
        let holding = Holding::of(theirs);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        prop_assert_eq!(runtime.block_on(compared(&holding, &ours)), wanted);
    }
}
