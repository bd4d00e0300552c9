//! Which lines of an order a delivery's units are of.

use std::collections::BTreeMap;

use commerce::{Fulfilment, FulfilmentLine};
use ports::Fault;
use rust_decimal::Decimal;

/// What of an order's line is still to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The line's id.
    pub line: String,
    /// What it is of.
    pub sku: String,
    /// Units that have not left yet.
    pub units: Decimal,
}

/// Units by line: by the line's id where the delivery has kept it, else by SKU over all lines that bear it.
///
/// # Errors
/// [`Fault::Held`] for a delivery of nothing, of what the order has no line of, and of more than is left to be sent.
pub fn allot(delivery: &Fulfilment, rooms: &[Room]) -> Result<BTreeMap<String, Decimal>, Fault> {
    let mut taken: BTreeMap<String, Decimal> = BTreeMap::new();
    // Lines known by id first: what is known by SKU takes what they leave.
    let lines = delivery.lines.iter();
    let (by_id, by_sku): (Vec<_>, Vec<_>) = lines.partition(|line| own(rooms, line).is_some());
    for line in by_id.into_iter().chain(by_sku) {
        let fitting = match own(rooms, line) {
            Some(room) => vec![room],
            None => rooms
                .iter()
                .filter(|room| room.sku == line.sku.as_str())
                .collect(),
        };
        if fitting.is_empty() {
            return Err(held(format!(
                "the order in the shop has no line of {}: tell the shop by hand, then mark this record as ignored",
                line.sku
            )));
        }
        let mut open = line.quantity;
        for room in fitting {
            let now = taken.get(&room.line).copied().unwrap_or_default();
            let left = room.units.saturating_sub(now).max(Decimal::ZERO);
            let units = open.min(left);
            if units > Decimal::ZERO {
                open = open.saturating_sub(units);
                taken.insert(room.line.clone(), now.saturating_add(units));
            }
        }
        if open > Decimal::ZERO {
            return Err(held(format!(
                "{} of {} units of {} are more than the order has left to be sent",
                open.normalize(),
                line.quantity.normalize(),
                line.sku
            )));
        }
    }
    if taken.is_empty() {
        return Err(held("the fulfilment has no lines".to_owned()));
    }
    Ok(taken)
}

fn own<'a>(rooms: &'a [Room], line: &FulfilmentLine) -> Option<&'a Room> {
    let id = line.order_line.as_ref()?.as_str();
    rooms.iter().find(|room| room.line == id)
}

const fn held(why: String) -> Fault {
    Fault::Held { why }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn delivery(lines: &Value) -> Fulfilment {
        serde_json::from_value(json!({
            "number": "IF1", "order": { "id": "5", "key": null }, "shipped_at": "2026-03-01T00:00:00Z",
            "location": null, "method": null, "parcels": [], "lines": lines,
        }))
        .unwrap()
    }

    fn line(id: Option<&str>, sku: &str, units: &str) -> Value {
        json!({ "order_line": id, "sku": sku, "quantity": units })
    }

    #[test]
    fn units_go_to_their_own_lines_first_and_never_beyond_what_is_left() {
        let room = |(line, sku, units): (&str, &str, i64)| Room {
            line: line.to_owned(),
            sku: sku.to_owned(),
            units: units.into(),
        };
        let rooms = [("1", "TEA", 2), ("2", "TEA", 1), ("3", "MUG", 4)].map(room);
        let told = |lines: Value| match allot(&delivery(&lines), &rooms) {
            Ok(taken) => taken
                .iter()
                .map(|(line, units)| format!("{line}:{units} "))
                .collect(),
            Err(fault) => fault.to_string(),
        };
        assert_eq!(told(json!([line(None, "TEA", "3")])), "1:2 2:1 ");
        let both = json!([line(None, "TEA", "1"), line(Some("1"), "TEA", "2")]);
        assert_eq!(told(both), "1:2 2:1 ");
        assert_eq!(told(json!([line(Some("9"), "MUG", "1.5")])), "3:1.5 ");
        for (lines, why) in [
            (
                json!([line(Some("2"), "TEA", "2")]),
                "1 of 2 units of TEA are more",
            ),
            (
                json!([line(None, "TEA", "4")]),
                "1 of 4 units of TEA are more",
            ),
            (json!([line(None, "HAT", "1")]), "no line of HAT"),
            (json!([]), "has no lines"),
        ] {
            assert!(told(lines.clone()).contains(why), "{lines}");
        }
    }
}
