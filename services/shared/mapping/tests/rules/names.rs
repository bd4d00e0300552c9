//! Names in the place of ids.

use causeway_mapping::{Mapping, OnUnmapped, Rules, Table, with_ids};
use commerce::Kind;
use serde_json::{Value, json};

use crate::places::fields;
use crate::records::Tables;

fn table(entries: Value, unmapped: OnUnmapped) -> Table {
    let entries = serde_json::from_value(entries).unwrap();
    Table { entries, unmapped }
}

#[test]
fn names_give_way_to_the_ids_they_stand_for_in_their_own_place_only() {
    let tables: Tables = [(
        "ship".to_owned(),
        table(
            json!({"Express": "UPS Air", "Standard": "4"}),
            OnUnmapped::Default("UPS Ground".into()),
        ),
    )]
    .into();
    let rules = json!({
        "set": {
            "shipMethod": {"table": "ship", "of": "order.shipping_method"},
            "department": [{"value": " Web ", "when": "order.test"}, {"value": {"id": "Retail"}}],
            "memo": {"value": "Web"},
        },
        "set_on": {"payment": {"department": {"value": "East"}}},
    });
    let rules: Rules = serde_json::from_value(rules).unwrap();
    let mapping = Mapping::compile_for(&rules, &tables, Kind::Order, &fields).unwrap();
    let names = mapping.references().into_iter();
    let ids = names
        .filter(|one| one.id != "4")
        .map(|one| {
            let id = format!("id of {} {}", one.list, one.id);
            ((one.place, one.id), id)
        })
        .collect();
    let (rules, tables) = with_ids(&rules, &tables, &ids);
    assert_eq!(
        serde_json::to_value(&rules).unwrap(),
        json!({
            "set": {
                "shipMethod": {"table": "ship", "of": "order.shipping_method"},
                "department": [{"value": "id of departments Web", "when": "order.test"}, {"value": {"id": "id of departments Retail"}}],
                "memo": {"value": "Web"},
            },
            "set_on": {"payment": {"department": {"value": "id of departments East"}}},
        })
    );
    assert_eq!(
        tables["ship"],
        table(
            json!({"Express": "id of ship_methods UPS Air", "Standard": "4"}),
            OnUnmapped::Default("id of ship_methods UPS Ground".into()),
        )
    );
}
