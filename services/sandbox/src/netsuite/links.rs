//! Which line was made from which (`previoustransactionlinelink`).

use super::record::{Line, Record};
use super::schema::record_type;
use super::value::Value;

/// A line that was made from a line. Deposits and refunds hang on the main line, which is number 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// Document and line it was made from.
    pub(super) previous: (u64, u32),
    /// `transaction.type` of that document.
    pub(super) previous_code: &'static str,
    /// The line that was made.
    pub(super) line: u32,
    /// `linktype`.
    pub(super) kind: &'static str,
}

/// The payments that a deposit brings to the bank. Their types are not kept beside them.
fn banked(record: &Record) -> impl Iterator<Item = Link> + '_ {
    super::bank::ticked(record).map(|id| Link {
        previous: (id, 0),
        previous_code: "",
        line: 0,
        kind: "Deposit",
    })
}

/// What this record was made from, line by line.
pub(super) fn of(record: &Record) -> Vec<Link> {
    let kind = match record.kind.name {
        "itemFulfillment" | "itemReceipt" => "ShipRcpt",
        "invoice" | "cashSale" => "OrdBill",
        _ => "SaleRet",
    };
    let code = |target: &str| record_type(target).map_or("", |kind| kind.code);
    let made_from = match record.get("createdFrom") {
        Some(Value::Reference(source)) => code(source.target),
        _ => "",
    };
    let lines = record
        .lines
        .iter()
        .filter(|line| line.kit_member_of.is_none());
    let of_line = |line: &Line| {
        Some(Link {
            previous: line.source?,
            previous_code: made_from,
            line: line.number,
            kind,
        })
    };
    let mut links: Vec<Link> = lines.filter_map(of_line).collect();
    let main = |value: &Value, kind| match value {
        Value::Reference(to) => Some(Link {
            previous: (u64::try_from(to.id).ok()?, 0),
            previous_code: code(to.target),
            line: 0,
            kind,
        }),
        _ => None,
    };
    links.extend(
        record
            .get("salesOrder")
            .and_then(|order| main(order, "OrdDep")),
    );
    links.extend(banked(record));
    let applied = if record.kind.name == "customerRefund" {
        "Refund"
    } else {
        "Payment"
    };
    for (sublist, kind) in [("deposit", "DepRfnd"), ("apply", applied)] {
        let lines = record.sublists.get(sublist).into_iter().flatten();
        links.extend(lines.filter_map(|line| main(line.get("doc")?, kind)));
    }
    links
}
