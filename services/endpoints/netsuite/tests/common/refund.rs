//! Refunds and writes made from a few words of JSON.

use std::sync::Arc;

use commerce::{
    Adjustment, Amount, ConnectionId, Event, ExternalId, Kind, LineKind, MerchantId, Money,
    OrderRef, Record, Refund, RefundLine, Repayment, Restock, Revision, Side, Sku, TargetKey,
};
use ports::{Twin, Write};
use rust_decimal::Decimal;
use serde_json::Value;

fn money(text: &str) -> Amount {
    Amount::same(Money::parse(text, "USD").unwrap())
}

fn line(id: &str, order_line: &str, kind: LineKind, quantity: i64, amount: &str) -> RefundLine {
    RefundLine {
        id: ExternalId::new(id).unwrap(),
        order_line: ExternalId::new(order_line).unwrap(),
        kind,
        title: format!("line {order_line}"),
        quantity: Decimal::from(quantity),
        amount: money(amount),
        taxes: Vec::new(),
        restock: Restock::No,
        location: None,
    }
}

/// `{"id": "501", "order": "1001", "lines": [["SKU-1", 1, "19.99", "returned"]], "shipping": "7.50", "extra": "5.00", "total": "…",
/// "order_total": "47.48", "before": "0", "location": "61", "paid_back": [["visa", "19.99"]]}`
pub(crate) fn refund(json: &Value) -> Refund {
    let mut lines: Vec<RefundLine> = Vec::new();
    for one in json["lines"].as_array().into_iter().flatten() {
        let sku = Sku::new(one[0].as_str().unwrap()).unwrap();
        let number = lines.len() + 1;
        let quantity = one[1].as_i64().unwrap();
        let id = (70 + number).to_string();
        let mut own = line(
            &id,
            &number.to_string(),
            LineKind::Item { sku },
            quantity,
            one[2].as_str().unwrap(),
        );
        own.restock = serde_json::from_value(one[3].clone()).unwrap();
        own.location = json["location"]
            .as_str()
            .map(|id| ExternalId::new(id).unwrap());
        lines.push(own);
    }
    if let Some(cost) = json["shipping"].as_str() {
        let method = "standard".to_owned();
        lines.push(line(
            "81",
            "delivery",
            LineKind::Shipping { method },
            1,
            cost,
        ));
    }
    let extra = json["extra"].as_str();
    let order = json["order"].as_str().unwrap();
    let mut refund = Refund {
        number: format!("#{order}-R{}", json["id"].as_str().unwrap()),
        key: None,
        order: OrderRef {
            id: ExternalId::new(order).unwrap(),
            key: None,
        },
        order_number: format!("#{order}"),
        at: "2026-03-03T02:00:00Z".parse().unwrap(),
        test: false,
        taxes_included: false,
        lines,
        adjustments: extra
            .map(|amount| Adjustment {
                // An adjustment may have the number of a line.
                id: ExternalId::new("71").unwrap(),
                reason: Some("goodwill".to_owned()),
                amount: money(amount),
                tax: money("0"),
            })
            .into_iter()
            .collect(),
        transactions: paid_back(json),
        total: money("0"),
        order_total: money(json["order_total"].as_str().unwrap()),
        refunded_before: money(json["before"].as_str().unwrap_or("0")),
        note: None,
    };
    let total = refund.total_check(Side::Shop).unwrap().computed;
    refund.total = json["total"].as_str().map_or(Amount::same(total), money);
    refund
}

fn paid_back(json: &Value) -> Vec<Repayment> {
    let means = json["paid_back"].as_array().into_iter().flatten();
    let repayment = |(place, one): (usize, &Value)| Repayment {
        id: ExternalId::new((6000 + place).to_string()).unwrap(),
        method: one[0].as_str().unwrap().to_owned(),
        amount: money(one[1].as_str().unwrap()),
        at: "2026-03-03T02:00:00Z".parse().unwrap(),
    };
    means.enumerate().map(repayment).collect()
}

/// A write of such a refund; `bound` names the credit it was written as before, `parent` the sales order it belongs to.
pub(crate) fn write(json: &Value) -> Write {
    let source = ConnectionId::new("shop").unwrap();
    let id = ExternalId::new(json["id"].as_str().unwrap()).unwrap();
    let record = Record::Refund(Box::new(refund(json)));
    let at = "2026-03-03T02:00:00Z".parse().unwrap();
    let digest = record.digest();
    let key = TargetKey::of(&source, Kind::Refund, &id);
    let revision = Revision { at, digest };
    let event = Event::new(MerchantId::default(), source, id, revision, at, record);
    let twin = |name: &str| {
        json[name].as_str().map(|id| Twin {
            id: ExternalId::new(id).unwrap(),
            number: None,
        })
    };
    Write {
        event: Arc::new(event),
        key,
        bound: twin("bound"),
        parent: twin("parent"),
        set: serde_json::from_value(json["set"].clone()).unwrap_or_default(),
    }
}
