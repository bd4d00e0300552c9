use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const NOON: &str = "2026-03-02T12:00:00Z";
const LATER: &str = "2026-03-02T13:00:00Z";

fn stock(settings: Value) -> Stock {
    serde_json::from_value(settings).unwrap()
}

/// Rows of item 7 by location, with these columns of the item itself.
fn rows(places: &[(u32, &str)], own: &Value) -> Vec<StockRow> {
    let row = |(location, available): &(u32, &str)| {
        let mut row = json!({
            "item": "7", "sku": "TEA", "location": location.to_string(), "available": available, "moved": NOON, "edited": LATER
        });
        let own = own.as_object().unwrap().clone();
        row.as_object_mut().unwrap().extend(own);
        serde_json::from_value(row).unwrap()
    };
    places.iter().map(row).collect()
}

/// A component: its item, type, how many, and what there is of it by location.
type Component<'a> = (&'a str, &'a str, &'a str, &'a [(u32, &'a str)]);

/// Rows of kit 9.
fn kit(parts: &[Component<'_>]) -> Vec<KitRow> {
    let mut rows = Vec::new();
    for (line, (item, kind, each, places)) in parts.iter().enumerate() {
        let base = json!({
            "kit": "9", "sku": "SET", "edited": NOON, "line": line.to_string(), "item": item, "kind": kind, "quantity": each,
            "item_edited": LATER
        });
        if places.is_empty() {
            rows.push(serde_json::from_value(base.clone()).unwrap());
        }
        for (location, available) in *places {
            let mut row = base.clone();
            row["location"] = location.to_string().into();
            row["available"] = (*available).into();
            row["moved"] = NOON.into();
            rows.push(serde_json::from_value(row).unwrap());
        }
    }
    rows
}

fn shown(levels: Vec<Told<StockLevel>>) -> Vec<(String, String)> {
    let text = |(id, level): Told<StockLevel>| {
        let level = match level {
            Ok(read) => read.record.available.to_string(),
            Err(why) => why,
        };
        (id.to_string(), level)
    };
    levels.into_iter().map(text).collect()
}

fn sent(rows: &[StockRow], settings: Value) -> Vec<(String, String)> {
    shown(levels(rows, &stock(settings)))
}

fn made(rows: &[KitRow], settings: Value) -> Vec<(String, String)> {
    shown(kit_levels(rows, &stock(settings)))
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter()
        .map(|(id, level)| ((*id).to_owned(), (*level).to_owned()))
        .collect()
}

#[test]
fn locations_add_up_in_their_pools() {
    let places = rows(&[(1, "4"), (5, "2.5"), (6, "100")], &json!({}));
    assert_eq!(
        sent(&places, json!({})),
        pairs(&[("7-1", "4"), ("7-5", "2.5"), ("7-6", "100")])
    );
    let pools = json!({"pools": {
        "web": {"locations": [1, 5], "buffer": 2}, "b2b": {"locations": [5, 6]}, "far": {"locations": [8]}
    }});
    assert_eq!(
        sent(&places, pools),
        pairs(&[("7-b2b", "102.5"), ("7-web", "4.5")])
    );
}

#[test]
fn a_buffer_is_held_back_and_nothing_is_below_zero() {
    for (available, field, sold) in [
        ("5", None, "3"),
        ("1", None, "0"),
        ("-4", None, "0"),
        ("5", Some("0"), "5"),
        ("5", Some("4"), "1"),
        ("5", Some("9"), "0"),
        // Not less than what is there, by mistake.
        ("5", Some("-9"), "5"),
    ] {
        let own = field.map_or(json!({}), |field| json!({"buffer": field}));
        let settings = json!({"pools": {"web": {"locations": [1], "buffer": 2}}, "buffer_field": "custitem_buffer"});
        assert_eq!(
            sent(&rows(&[(1, available)], &own), settings),
            pairs(&[("7-web", sold)])
        );
    }
    // What one location owes, another has to give.
    let settings = json!({"pools": {"web": {"locations": [1, 5]}}});
    assert_eq!(
        sent(&rows(&[(1, "-3"), (5, "4")], &json!({})), settings),
        pairs(&[("7-web", "1")])
    );
}

#[test]
fn the_flag_decides() {
    for (flag, unflagged, sold) in [
        (Some("T"), "leave", Some("4")),
        (Some("F"), "leave", None),
        (None, "leave", None),
        (Some("T"), "zero", Some("4")),
        (Some("F"), "zero", Some("0")),
        (None, "zero", None),
    ] {
        let own = flag.map_or(json!({}), |flag| json!({"flag": flag}));
        let settings = json!({"item_flag": "custitem_web", "unflagged": unflagged});
        let expected: Vec<_> = sold.map(|sold| ("7-1", sold)).into_iter().collect();
        assert_eq!(
            sent(&rows(&[(1, "4")], &own), settings),
            pairs(&expected),
            "{flag:?} {unflagged}"
        );
    }
}

#[test]
fn a_level_changes_when_its_own_pool_does() {
    let at = |settings: Value| {
        let levels = levels(&rows(&[(1, "4")], &json!({"flag": "T"})), &stock(settings));
        levels.into_iter().next().unwrap().1.unwrap().at.to_string()
    };
    assert_eq!(at(json!({})), NOON);
    // Where the item's own record decides too, its edits count.
    assert_eq!(at(json!({"item_flag": "custitem_web"})), LATER);
}

#[test]
fn what_cannot_be_read_is_told_level_by_level() {
    let told = sent(&rows(&[(1, "many"), (5, "3")], &json!({})), json!({}));
    assert_eq!(
        told,
        pairs(&[("7-1", "'many' is no quantity"), ("7-5", "3")])
    );
    let vast = "79228162514264337593543950335";
    let told = sent(
        &rows(&[(1, vast), (5, vast)], &json!({})),
        json!({"pools": {"web": {"locations": [1, 5]}}}),
    );
    assert!(told[0].1.contains("too large"), "{told:?}");
    // Without a SKU it is of no use to a shop.
    assert_eq!(
        sent(&rows(&[(1, "3")], &json!({"sku": null})), json!({})),
        []
    );
    assert_eq!(sent(&[], json!({})), []);
}

#[test]
fn a_kit_is_as_many_as_its_scarcest_component_makes() {
    let tea = ("1", "InvtPart", "2", &[(1, "7"), (5, "4")][..]);
    let cup = ("2", "Assembly", "1", &[(1, "9"), (5, "1")][..]);
    let service = ("3", "Service", "1", &[][..]);
    let pool = json!({"pools": {"web": {"locations": [1, 5]}}});
    assert_eq!(
        made(&kit(&[tea, cup, service]), json!({})),
        pairs(&[("9-1", "3"), ("9-5", "1")])
    );
    assert_eq!(
        made(&kit(&[tea, cup, service]), pool.clone()),
        pairs(&[("9-web", "4")])
    );
    // Two of tea's eleven are held back: nine make four.
    let held = json!({"pools": {"web": {"locations": [1, 5], "buffer": 4}}});
    assert_eq!(made(&kit(&[tea, cup]), held), pairs(&[("9-web", "3")]));
    // Parts that lie in two places make no kit.
    let apart = kit(&[
        ("1", "InvtPart", "1", &[(1, "8")]),
        ("2", "InvtPart", "1", &[(5, "8")]),
    ]);
    assert_eq!(made(&apart, pool.clone()), pairs(&[("9-web", "0")]));
    // One that is stocked nowhere leaves none.
    let missing = kit(&[tea, ("2", "InvtPart", "1", &[])]);
    assert_eq!(made(&missing, pool.clone()), pairs(&[("9-web", "0")]));
    // One that stands on two lines is needed for both.
    let twice = kit(&[
        ("1", "InvtPart", "2", &[(1, "7")]),
        ("1", "InvtPart", "1", &[(1, "7")]),
    ]);
    assert_eq!(made(&twice, pool.clone()), pairs(&[("9-web", "2")]));
    // Nothing limits a kit of services; a kit of kits is not computed.
    assert_eq!(made(&kit(&[service]), pool.clone()), []);
    let nested = kit(&[tea, ("4", "Kit", "1", &[])]);
    assert!(
        made(&nested, pool)[0]
            .1
            .contains("made of other items itself")
    );
}

#[test]
fn a_kit_comes_with_what_changed_last() {
    let rows = kit(&[
        ("1", "InvtPart", "2", &[(1, "7")]),
        ("2", "InvtPart", "2", &[(1, "7")]),
    ]);
    let at = |settings: Value| {
        let (at, item) = kit_mark(&rows, &stock(settings)).unwrap();
        (at.to_string(), item)
    };
    assert_eq!(at(json!({})), (NOON.to_owned(), 9));
    let follows = json!({"buffer_field": "custitem_buffer"});
    assert_eq!(at(follows), (LATER.to_owned(), 2));
}

/// Units by location, as texts.
type Places = Vec<(u32, String)>;

/// Units at three locations, any of which may be missing.
fn anywhere() -> impl Strategy<Value = Vec<(u32, i64)>> {
    proptest::collection::btree_map(1_u32..=3, -20_i64..200, 0..=3)
        .prop_map(|all| all.into_iter().collect())
}

fn units_at(places: &[(u32, i64)], pool: &[u32]) -> i64 {
    places
        .iter()
        .filter(|(location, _)| pool.contains(location))
        .map(|(_, units)| units)
        .sum()
}

proptest! {
    #[test]
    fn what_is_sent_never_exceeds_what_is_available_less_the_buffer(
        places in anywhere(), pool in proptest::sample::subsequence(vec![1_u32, 2, 3], 1..=3), buffer in 0_i64..50,
    ) {
        let settings = stock(json!({"pools": {"web": {"locations": pool, "buffer": buffer}}}));
        let texts: Vec<(u32, String)> = places.iter().map(|(location, units)| (*location, units.to_string())).collect();
        let texts: Vec<(u32, &str)> = texts.iter().map(|(location, units)| (*location, units.as_str())).collect();
        for (_, level) in levels(&rows(&texts, &json!({})), &settings) {
            let sent = level.unwrap().record.available;
            let most = units_at(&places, &pool) - buffer;
            prop_assert_eq!(sent, Decimal::from(most.max(0)));
        }
    }

    #[test]
    fn no_kit_takes_more_of_a_component_than_is_above_its_buffer(
        parts in proptest::collection::vec((anywhere(), 1_i64..5), 1..4),
        pool in proptest::sample::subsequence(vec![1_u32, 2, 3], 1..=3), buffer in 0_i64..50,
    ) {
        let settings = stock(json!({"pools": {"web": {"locations": pool, "buffer": buffer}}}));
        let texts: Vec<(String, String, Places)> = parts.iter().enumerate().map(|(item, (places, each))| {
            let places = places.iter().map(|(location, units)| (*location, units.to_string())).collect();
            (item.to_string(), each.to_string(), places)
        }).collect();
        let places: Vec<Vec<(u32, &str)>> = texts.iter()
            .map(|(_, _, places)| places.iter().map(|(location, units)| (*location, units.as_str())).collect())
            .collect();
        let components: Vec<_> = texts.iter().zip(&places)
            .map(|((item, each, _), places)| (item.as_str(), "InvtPart", each.as_str(), places.as_slice()))
            .collect();
        for (_, level) in kit_levels(&kit(&components), &settings) {
            let sent = level.unwrap().record.available;
            prop_assert!(sent >= Decimal::ZERO && sent.is_integer());
            for (places, each) in &parts {
                let most = (units_at(places, &pool) - buffer).max(0);
                prop_assert!(sent * Decimal::from(*each) <= Decimal::from(most));
            }
        }
    }
}
