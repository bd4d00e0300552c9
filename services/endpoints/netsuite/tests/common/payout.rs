//! Payouts and writes made from a few words of JSON.

use std::sync::Arc;

use commerce::{
    ConnectionId, Event, ExternalId, Kind, MerchantId, Money, OrderRef, Payout, PayoutLine,
    PayoutLineKind, Record, Revision, TargetKey,
};
use ports::{Twin, Write};
use serde_json::Value;

/// `{"id": "88", "lines": [["charge", "100.00", "3.20", "1001", "5001"], ["refund", "-20.00", "0", "1001", "5002", "501"], ["adjustment", "-5", "0"]]}`:
/// kind, gross, fee, order, transaction, refund. The net is what they come to.
pub(crate) fn payout(json: &Value) -> Payout {
    let money = |text: &Value| Money::parse(text.as_str().unwrap(), "USD").unwrap();
    let part = |text: &Value| text.as_str().map(|id| ExternalId::new(id).unwrap());
    let line = |(place, words): (usize, &Value)| {
        let (gross, fee) = (money(&words[1]), money(&words[2]));
        PayoutLine {
            id: ExternalId::new((21 + place).to_string()).unwrap(),
            kind: PayoutLineKind::of(words[0].as_str().unwrap()),
            at: "2026-03-02T18:00:00Z".parse().unwrap(),
            gross,
            fee,
            net: gross.minus(fee).unwrap(),
            order: part(&words[3]).map(|id| OrderRef { id, key: None }),
            order_number: words[3].as_str().map(|id| format!("#{id}")),
            transaction: part(&words[4]),
            refund: part(&words[5]),
            reason: None,
        }
    };
    let lines = json["lines"].as_array().unwrap().iter().enumerate();
    let lines: Vec<PayoutLine> = lines.map(line).collect();
    let zero = Money::parse("0", "USD").unwrap();
    let mut nets = lines.iter().map(|line| line.net);
    Payout {
        number: format!("TRACE{}", json["id"].as_str().unwrap()),
        date: "2026-03-04".parse().unwrap(),
        status: "paid".to_owned(),
        net: nets.try_fold(zero, Money::plus).unwrap(),
        lines,
    }
}

/// A write of such a payout; `bound` names the deposit it was written as before.
pub(crate) fn write(json: &Value) -> Write {
    let source = ConnectionId::new("shop").unwrap();
    let id = ExternalId::new(json["id"].as_str().unwrap()).unwrap();
    let record = Record::Payout(Box::new(payout(json)));
    let at = "2026-03-04T00:00:00Z".parse().unwrap();
    let digest = record.digest();
    let key = TargetKey::of(&source, Kind::Payout, &id);
    let revision = Revision { at, digest };
    let event = Event::new(MerchantId::default(), source, id, revision, at, record);
    Write {
        event: Arc::new(event),
        key,
        bound: json["bound"].as_str().map(|id| Twin {
            id: ExternalId::new(id).unwrap(),
            number: None,
        }),
        parent: None,
        set: serde_json::from_value(json["set"].clone()).unwrap_or_default(),
    }
}
