use serde_json::{Value, json};

use super::*;

fn money_of(amount: &str) -> Value {
    json!({ "amount": amount, "currencyCode": "USD" })
}

fn part(kind: &str, amount: &str, details: &[(&str, &str)]) -> Value {
    let details = details
        .iter()
        .map(|(of, value)| json!({ "subtype": of, "value": money_of(value) }));
    json!({ "type": kind, "subtotal": money_of(amount), "detailedBreakdowns": details.collect::<Vec<_>>() })
}

/// An order of one mug at 30.00, 4.99 for its delivery, less 3.00, with 3.11 of tax.
fn sold(total: Option<&str>, remitted: bool, change: &Value) -> wire::Order {
    let collections = if remitted {
        json!([{ "model": "MARKETPLACE_FACILITATOR" }])
    } else {
        json!([])
    };
    let parts = [
        part("ITEM", "30.00", &[]),
        part("SHIPPING", "4.99", &[]),
        part("DISCOUNT", "-3.00", &[]),
        part("TAX", "3.11", &[("ITEM", "2.70"), ("SHIPPING", "0.41")]),
    ];
    let mut order = json!({
        "orderId": "111-0000001-0000001", "createdTime": "2026-03-01T09:00:00Z", "lastUpdatedTime": "2026-03-01T10:00:00Z",
        "salesChannel": { "channelName": "AMAZON", "marketplaceName": "Amazon.com" },
        "fulfillment": { "fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT" },
        "proceeds": total.map(|total| json!({ "grandTotal": money_of(total) })).unwrap_or_else(|| json!({})),
        "orderItems": [{
            "orderItemId": "11", "quantityOrdered": 2, "product": { "sellerSku": "MUG", "title": "Mug", "price": { "unitPrice": money_of("15.00") } },
            "proceeds": { "breakdowns": parts }, "tax": { "taxCollections": collections },
        }],
    });
    for (name, value) in change.as_object().into_iter().flatten() {
        order[name] = value.clone();
    }
    serde_json::from_value(order).unwrap()
}

fn read(wire: &wire::Order) -> Order {
    order(wire, &Orders::default()).unwrap().unwrap()
}

fn status(status: &str, by: &str) -> Value {
    json!({ "fulfillment": { "fulfillmentStatus": status, "fulfilledBy": by } })
}

#[test]
fn lines_come_to_the_total_wherever_amazon_puts_taxes() {
    for (total, remitted, owed, included) in [
        ("35.10", true, "35.10", false),
        ("35.10", false, "35.10", false),
        // The seller does not get what Amazon pays to the authority; the buyer paid it.
        ("31.99", true, "35.10", false),
        ("31.99", false, "31.99", true),
    ] {
        let order = read(&sold(Some(total), remitted, &json!({})));
        assert_eq!(
            order.total.shop.to_string(),
            format!("{owed} USD"),
            "{total} {remitted}"
        );
        assert_eq!(order.taxes_included, included, "{total} {remitted}");
        assert!(order.total_check(Side::Shop).unwrap().adds_up());
        let taxes: Vec<&TaxLine> = order.lines.iter().flat_map(|line| &line.taxes).collect();
        assert_eq!(taxes.len(), 2);
        assert!(taxes.iter().all(|tax| tax.remitted_by_channel == remitted));
        assert_eq!(order.payments[0].amount, order.total);
    }
    // A difference that nothing explains is left to be told.
    let odd = read(&sold(Some("35.11"), true, &json!({})));
    assert!(!odd.total_check(Side::Shop).unwrap().adds_up());
}

#[test]
fn what_is_no_sale_is_left_alone() {
    let all = Orders {
        by_amazon: true,
        ..Orders::default()
    };
    for (stands, by, ours, both) in [
        ("PENDING", "MERCHANT", false, false),
        ("UNSHIPPED", "MERCHANT", true, true),
        ("SHIPPED", "MERCHANT", true, true),
        ("UNSHIPPED", "AMAZON", false, false),
        ("SHIPPED", "AMAZON", false, true),
    ] {
        let wire = sold(Some("35.10"), true, &status(stands, by));
        assert_eq!(order(&wire, &Orders::default()).unwrap().is_some(), ours);
        let read = order(&wire, &all).unwrap();
        assert_eq!(read.is_some(), both, "{stands} {by}");
        if let (Some(read), "AMAZON") = (read, by) {
            assert!(read.fulfilled);
            assert_eq!(read.sold_at.unwrap().as_str(), "amazon");
        }
    }
    let elsewhere = json!({ "salesChannel": { "channelName": "NON_AMAZON" } });
    let wire = sold(Some("35.10"), true, &elsewhere);
    assert!(order(&wire, &all).unwrap().is_none());
}

#[test]
fn an_order_without_its_buyer_or_its_amounts_any_more_is_one() {
    let order = read(&sold(Some("35.10"), true, &json!({})));
    assert_eq!((order.customer, order.shipping), (None, None));
    let off = read(&sold(None, true, &status("CANCELLED", "MERCHANT")));
    assert_eq!(off.state, OrderState::Cancelled);
    assert!(off.payments.is_empty());
    let blind = sold(None, true, &json!({}));
    let why = super::order(&blind, &Orders::default()).unwrap_err();
    assert!(why.to_string().contains("grandTotal"), "{why}");
}

#[test]
fn a_buyer_who_wants_it_called_off_holds_it() {
    let mut wire = sold(Some("35.10"), true, &json!({}));
    wire.order_items[0].cancellation.cancellation_request = Some(json!({ "requester": "BUYER" }));
    let held = read(&wire);
    assert!(held.on_hold && held.tags.contains(&UNWANTED.to_owned()));
    let settings = Orders {
        hold_on_request: false,
        ..Orders::default()
    };
    assert!(!order(&wire, &settings).unwrap().unwrap().on_hold);
}

#[test]
fn names_and_addresses_are_taken_apart() {
    let change = json!({
        "buyer": { "buyerName": "Ada King Byron", "buyerCompanyName": "Engines Ltd", "buyerPurchaseOrderNumber": "PO-7" },
        "recipient": { "deliveryAddress": { "name": "Ada", "addressLine1": "1 Main St", "addressLine2": "Flat 2", "addressLine3": "", "municipality": "Leeds",
            "postalCode": "LS1", "countryCode": "GB" } },
    });
    let order = read(&sold(Some("35.10"), true, &change));
    let customer = order.customer.unwrap();
    assert_eq!(customer.first_name.as_deref(), Some("Ada King"));
    assert_eq!(customer.last_name.as_deref(), Some("Byron"));
    assert_eq!(order.note.as_deref(), Some("Purchase order PO-7"));
    let address = order.shipping.unwrap();
    assert_eq!(address.city.as_deref(), Some("Leeds"));
    assert_eq!(address.line2.as_deref(), Some("Flat 2"));
}
