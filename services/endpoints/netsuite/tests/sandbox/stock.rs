//! Does what comes out of stock agree with what a person would count, pool by pool, kits and all?

use sandbox::{Catalogue, Item};

use super::*;

/// Levels by (SKU, pool).
type Levels = BTreeMap<(String, String), Decimal>;

fn levels(events: &[Event]) -> Levels {
    let level = |event: &Event| match &event.record {
        Record::Stock(level) => (
            (level.sku.to_string(), level.location.to_string()),
            level.available,
        ),
        _ => panic!("no stock"),
    };
    events.iter().map(level).collect()
}

impl Lab {
    fn available(&self, sku: &str, location: u64) -> Decimal {
        let level = self.account().stock(sku, location);
        level.map_or(Decimal::ZERO, |level| level.available())
    }

    /// Counted by hand: the locations' sum less the buffer; of a kit what its scarcest part makes, and each at one location.
    fn counted(&self, catalogue: &Catalogue, item: &Item, pool: &[u64], buffer: i64) -> Decimal {
        let spare = |sku: &str| {
            let sum: Decimal = pool
                .iter()
                .map(|location| self.available(sku, *location))
                .sum();
            (sum - Decimal::from(buffer)).max(Decimal::ZERO)
        };
        if !item.is_kit() {
            return spare(&item.sku);
        }
        let parts: Vec<(&str, Decimal)> = item
            .members
            .iter()
            .map(|member| {
                let part = &catalogue.items[member.index as usize];
                (part.sku.as_str(), Decimal::from(member.quantity))
            })
            .collect();
        let scarcest = parts
            .iter()
            .map(|(sku, each)| (spare(sku) / each).floor())
            .min()
            .unwrap();
        let at = |location: u64| {
            let made = parts
                .iter()
                .map(|(sku, each)| (self.available(sku, location) / each).floor());
            made.min().unwrap()
        };
        scarcest.min(pool.iter().map(|location| at(*location)).sum())
    }

    async fn changes(&self, after: Cursor) -> (Levels, Cursor) {
        let (events, next, _) = self.read(Kind::Stock, after).await;
        (levels(&events), next)
    }

    fn edit(&self, sku: &str, changes: Value) {
        assert!(self.account().edit_item(sku, changes.as_object().unwrap()));
    }
}

#[tokio::test]
async fn stock_comes_out_page_by_page_without_a_gap() {
    let lab = Lab::with(json!({}), |options| options.items = 400).await;
    let (events, next, pages) = lab.read(Kind::Stock, Cursor::default()).await;
    let ids: BTreeSet<&str> = events
        .iter()
        .map(|event| event.external_id.as_str())
        .collect();
    // 400 items and the 50 kits made of them, at three locations each.
    assert_eq!((events.len(), ids.len(), pages), (1350, 1350, 2));

    let sku = Catalogue::new(1, 400).items[0].sku.clone();
    assert!(lab.account().set_on_hand(&sku, 1, Decimal::from(4711)));
    let (changed, _) = lab.changes(next).await;
    assert_eq!(changed[&(sku, "1".to_owned())], Decimal::from(4711));
}

#[tokio::test]
async fn pools_and_kits_are_what_a_person_would_count() {
    let settings = json!({"stock": {"pools": {
        "web": {"locations": [1, 2], "buffer": 30}, "store": {"locations": [3, 2]}
    }}});
    let (lab, clock, seconds) = Lab::at("2026-03-02T10:00:00Z", settings, |_| {}).await;
    let pools: [(&str, &[u64], i64); 2] = [("web", &[1, 2], 30), ("store", &[2, 3], 0)];
    let catalogue = Catalogue::new(1, 40);
    let expected = |lab: &Lab| -> Levels {
        let each = catalogue.items.iter().flat_map(|item| {
            pools.map(|(name, pool, buffer)| {
                let counted = lab.counted(&catalogue, item, pool, buffer);
                ((item.sku.clone(), name.to_owned()), counted)
            })
        });
        each.collect()
    };
    let (first, mut next) = lab.changes(Cursor::default()).await;
    assert_eq!(first, expected(&lab));

    // When the overlap has passed, only what changes is sent.
    for repeated in [true, false] {
        clock.advance(3600);
        seconds.fetch_add(3600, Ordering::SeqCst);
        let (again, after) = lab.changes(next).await;
        assert_eq!(
            again,
            if repeated {
                first.clone()
            } else {
                Levels::new()
            }
        );
        next = after;
    }
    let kit = catalogue.items.iter().find(|item| item.is_kit()).unwrap();
    let part = &catalogue.items[kit.members[1].index as usize];
    assert!(lab.account().set_on_hand(&part.sku, 2, Decimal::from(7)));
    let (changed, _) = lab.changes(next).await;
    let all = expected(&lab);
    assert!(changed.iter().all(|(place, level)| all[place] == *level));
    for pool in ["web", "store"] {
        for sku in [&part.sku, &kit.sku] {
            let place = (sku.clone(), pool.to_owned());
            assert_eq!(changed.get(&place), Some(&all[&place]), "{place:?}");
        }
    }
    let related = |sku: &String| {
        let uses = |item: &Item| item.members.iter().any(|member| member.index == part.index);
        catalogue
            .items
            .iter()
            .any(|item| item.sku == *sku && (item.index == part.index || uses(item)))
    };
    assert!(changed.keys().all(|(sku, _)| related(sku)), "{changed:?}");

    // A level by its id is the same as in the feed.
    let source = lab.connected.source.as_ref().unwrap();
    let id = commerce::ExternalId::new(format!("{}-web", kit.netsuite_id)).unwrap();
    let one = source.one(Kind::Stock, &id).await.unwrap().unwrap();
    assert_eq!(
        levels(&[one])[&(kit.sku.clone(), "web".to_owned())],
        all[&(kit.sku.clone(), "web".to_owned())]
    );
    let window = Window {
        from: "2026-03-02T11:30:00Z".parse().unwrap(),
        to: "2026-03-02T12:30:00Z".parse().unwrap(),
    };
    let ids = source.ids(Kind::Stock, window).await.unwrap();
    assert!(ids.contains(&id) && ids.len() == changed.len(), "{ids:?}");
}

#[tokio::test]
async fn many_kits_over_several_pages_come_once_each() {
    let lab = Lab::with(json!({}), |options| options.items = 1200).await;
    let (events, _, pages) = lab.read(Kind::Stock, Cursor::default()).await;
    let ids: BTreeSet<&str> = events
        .iter()
        .map(|event| event.external_id.as_str())
        .collect();
    assert!(pages > 3);
    assert_eq!(ids.len(), 1350 * 3);
    assert_eq!(events.len(), ids.len());
}

#[tokio::test]
async fn ticking_and_unticking_the_flag_is_enough() {
    for (unflagged, after) in [("leave", None), ("zero", Some(Decimal::ZERO))] {
        let settings = json!({"stock": {
            "pools": {"web": {"locations": [1, 2, 3]}}, "item_flag": "custitem_web", "unflagged": unflagged,
            "buffer_field": "custitem_buffer"
        }});
        let (lab, clock, seconds) = Lab::at("2026-03-02T10:00:00Z", settings, |options| {
            let fields = &mut options.netsuite.custom_fields;
            fields.extend(["custitem_web", "custitem_buffer"].map(str::to_owned));
        })
        .await;
        let wait = || {
            clock.advance(3600);
            seconds.fetch_add(3600, Ordering::SeqCst);
        };
        let catalogue = Catalogue::new(1, 40);
        let item = &catalogue.items[3];
        let place = (item.sku.clone(), "web".to_owned());
        let all = lab.counted(&catalogue, item, &[1, 2, 3], 0);
        let (none, next) = lab.changes(Cursor::default()).await;
        assert!(none.is_empty(), "{none:?}");
        wait();
        lab.edit(&item.sku, json!({"custitem_web": true}));
        let (flagged, next) = lab.changes(next).await;
        assert_eq!(flagged, BTreeMap::from([(place.clone(), all)]));
        wait();
        lab.edit(&item.sku, json!({"custitem_buffer": 5}));
        let (held, next) = lab.changes(next).await;
        assert_eq!(
            held,
            BTreeMap::from([(place.clone(), all - Decimal::from(5))])
        );
        wait();
        lab.edit(&item.sku, json!({"custitem_web": false}));
        let (gone, _) = lab.changes(next).await;
        assert_eq!(gone.get(&place).copied(), after, "{unflagged}");
    }
}
