//! Orders and writes made from a few words of JSON.

use std::sync::Arc;

use commerce::{
    Address, Amount, Company, ConnectionId, Country, Currency, Customer, Discount, Event,
    ExternalId, Kind, LineKind, MerchantId, Money, Order, OrderLine, OrderState, Payment,
    PaymentKind, Record, Revision, Sku, TargetKey, TaxLine,
};
use ports::{Twin, Write};
use rust_decimal::Decimal;
use serde_json::Value;

/// `{"id": "1001", "customer": "77", "email": "…", "lines": [["SKU-1", 2, "39.98"]], "shipping": "7.50", "state": "cancelled"}`; a line may
/// go on with its id (else its place from 1), a discount, a tax and the discount's coupon, and `"street"` makes a shipping address.
/// `"company": {"id": "88", "name": "…"}` and `"terms"` make it an order of a company.
pub(crate) fn order(json: &Value) -> Order {
    let money = |text: &str| Amount::same(Money::parse(text, "USD").unwrap());
    let mut lines: Vec<OrderLine> = Vec::new();
    for line in json["lines"].as_array().into_iter().flatten() {
        let (sku, amount) = (line[0].as_str().unwrap(), line[2].as_str().unwrap());
        let place = (lines.len() + 1).to_string();
        lines.push(OrderLine {
            id: ExternalId::new(line[3].as_str().unwrap_or(&place)).unwrap(),
            kind: LineKind::Item {
                sku: Sku::new(sku).unwrap(),
            },
            title: sku.to_owned(),
            quantity: Decimal::from(line[1].as_i64().unwrap()),
            unit_price: money(amount),
            amount: money(amount),
            discounts: line[4]
                .as_str()
                .map(|off| Discount {
                    code: line[6].as_str().map(str::to_owned),
                    title: Some("Less".to_owned()),
                    amount: money(off),
                })
                .into_iter()
                .collect(),
            taxes: line[5]
                .as_str()
                .map(|tax| TaxLine {
                    title: "VAT".to_owned(),
                    rate: None,
                    amount: money(tax),
                    remitted_by_channel: false,
                })
                .into_iter()
                .collect(),
        });
    }
    if let Some(cost) = json["shipping"].as_str() {
        lines.push(OrderLine {
            id: ExternalId::new("delivery").unwrap(),
            kind: LineKind::Shipping {
                method: "standard".to_owned(),
            },
            title: "Standard".to_owned(),
            quantity: Decimal::ONE,
            unit_price: money(cost),
            amount: money(cost),
            discounts: Vec::new(),
            taxes: Vec::new(),
        });
    }
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let mut order = Order {
        number: format!("#{}", json["id"].as_str().unwrap()),
        placed_at: "2026-03-02T18:00:00Z".parse().unwrap(),
        state: match json["state"].as_str() {
            Some("cancelled") => OrderState::Cancelled,
            _ => OrderState::Open,
        },
        test: false,
        customer: Some(Customer {
            id: text("customer").map(|id| ExternalId::new(id).unwrap()),
            email: text("email"),
            first_name: text("first"),
            last_name: text("last"),
            phone: text("phone"),
            ..Customer::default()
        }),
        company: json["company"].as_object().map(|company| Company {
            id: ExternalId::new(company["id"].as_str().unwrap()).unwrap(),
            name: company["name"].as_str().unwrap().to_owned(),
            reference: company
                .get("reference")
                .map(|text| text.as_str().unwrap().to_owned()),
            location: Some("Main".to_owned()),
        }),
        payment_terms: text("terms"),
        billing: None,
        shipping: text("street").map(|street| Address {
            first_name: text("first"),
            last_name: text("last"),
            line1: Some(street),
            city: text("city").or_else(|| Some("Austin".to_owned())),
            region: Some("TX".to_owned()),
            postcode: Some("78701".to_owned()),
            country: Country::new(json["country"].as_str().unwrap_or("US")).ok(),
            ..Address::default()
        }),
        shop_currency: Currency::USD,
        presentment_currency: Currency::USD,
        taxes_included: false,
        lines,
        payments: payments(json),
        total: money("0"),
        channel: text("channel"),
        note: None,
        tags: Vec::new(),
        fulfilled: json["fulfilled"] == true,
        sold_at: text("sold_at").map(|id| ExternalId::new(id).unwrap()),
        on_hold: json["on_hold"] == true,
        high_risk: json["high_risk"] == true,
    };
    order.total = Amount::same(order.total_check(commerce::Side::Shop).unwrap().computed);
    order
}

/// `"paid": [["5001", "visa", "47.48"], ["5002", "paypal", "7.50", "authorized"]]`
fn payments(json: &Value) -> Vec<Payment> {
    let paid = json["paid"].as_array().into_iter().flatten();
    let payment = |one: &Value| Payment {
        id: ExternalId::new(one[0].as_str().unwrap()).unwrap(),
        method: one[1].as_str().unwrap().to_owned(),
        kind: match one[3].as_str() {
            Some("authorized") => PaymentKind::Authorized,
            Some("gift_card") => PaymentKind::GiftCard,
            _ => PaymentKind::Captured,
        },
        amount: Amount::same(Money::parse(one[2].as_str().unwrap(), "USD").unwrap()),
        at: one[4]
            .as_str()
            .unwrap_or("2026-03-02T18:00:00Z")
            .parse()
            .unwrap(),
    };
    paid.map(payment).collect()
}

/// A write of such an order; `bound` names the sales order it was written as before.
pub(crate) fn write(json: &Value) -> Write {
    let source = ConnectionId::new("shop").unwrap();
    let id = ExternalId::new(json["id"].as_str().unwrap()).unwrap();
    let record = Record::Order(Box::new(order(json)));
    let at = "2026-03-02T18:00:00Z".parse().unwrap();
    let digest = record.digest();
    let key = TargetKey::of(&source, Kind::Order, &id);
    let event = Event::new(
        MerchantId::default(),
        source,
        id,
        Revision { at, digest },
        at,
        record,
    );
    Write {
        event: Arc::new(event),
        key,
        bound: json["bound"].as_str().map(|id| Twin {
            id: ExternalId::new(id).unwrap(),
            number: Some(format!("SO{id}")),
        }),
        parent: None,
        set: serde_json::from_value(json["set"].clone()).unwrap_or_default(),
    }
}
