//! Payouts of Shopify Payments.

use std::collections::HashMap;

use commerce::{OrderRef, Payout, PayoutLine, PayoutLineKind};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::amount::money;
use super::{Unmapped, Within, given, id, number};
use crate::wire;

/// Refunds by the repayments they consist of, both by number.
pub(crate) type RefundsByRepayment = HashMap<String, String>;

/// Whether the money has reached the bank.
pub(crate) fn is_paid(payout: &wire::Payout) -> bool {
    payout.status == "PAID"
}

/// Whether its status is still going to change.
pub(crate) fn is_open(payout: &wire::Payout) -> bool {
    !["PAID", "FAILED", "CANCELED"].contains(&payout.status.as_str())
}

/// Maps a payout with all its movements.
pub(crate) fn payout(
    payout: &wire::Payout,
    movements: &[wire::Movement],
    refunds: &RefundsByRepayment,
    zone: &TimeZone,
) -> Result<Payout, Unmapped> {
    let lines = movements.iter().map(|movement| {
        let place = number(&movement.id);
        line(movement, refunds).within(format_args!("balance transaction {place}"))
    });
    let trace = given(payout.external_trace_id.as_ref());
    Ok(Payout {
        number: trace.unwrap_or_else(|| payout.legacy_resource_id.clone()),
        date: day(payout.issued_at, zone),
        status: payout.status.to_ascii_lowercase(),
        net: money(&payout.net).within("net")?,
        lines: lines.collect::<Result<_, _>>()?,
    })
}

/// The day of issue in the shop's calendar. What is issued on a day, without a time, arrives as that day's midnight in UTC, and is that day
/// everywhere.
fn day(at: Timestamp, zone: &TimeZone) -> Date {
    let plain = at.to_zoned(TimeZone::UTC);
    if plain.time() == Time::midnight() {
        return plain.date();
    }
    at.to_zoned(zone.clone()).date()
}

fn line(movement: &wire::Movement, refunds: &RefundsByRepayment) -> Result<PayoutLine, Unmapped> {
    let transaction = movement.source_order_transaction_id.as_ref();
    let transaction = transaction.map(|id| number(&id.text()).to_owned());
    let refund = transaction.as_ref().and_then(|id| refunds.get(id));
    let order = movement.associated_order.as_ref();
    let order_ref = |id| OrderRef { id, key: None };
    Ok(PayoutLine {
        id: id(number(&movement.id))?,
        kind: kind(&movement.r#type),
        at: movement.transaction_date,
        gross: money(&movement.amount).within("amount")?,
        fee: money(&movement.fee).within("fee")?,
        net: money(&movement.net).within("net")?,
        order: order
            .map(|order| id(number(&order.id)).map(order_ref))
            .transpose()?,
        order_number: order.map(|order| order.name.clone()),
        refund: refund.map(id).transpose()?,
        transaction: transaction.map(id).transpose()?,
        reason: given(movement.adjustment_reason.as_ref()),
    })
}

/// What a movement is, by its `ShopifyPaymentsTransactionType`. What stands for nothing that all providers have keeps Shopify's name.
fn kind(name: &str) -> PayoutLineKind {
    let name = name.to_ascii_uppercase();
    match name.as_str() {
        "CHARGE" => PayoutLineKind::Charge,
        "REFUND" => PayoutLineKind::Refund,
        "ADJUSTMENT" | "CHARGE_ADJUSTMENT" | "REFUND_ADJUSTMENT" => PayoutLineKind::Adjustment,
        "DISPUTE_WITHDRAWAL"
        | "DISPUTE_REVERSAL"
        | "CHARGEBACK_HOLD"
        | "CHARGEBACK_HOLD_RELEASE" => PayoutLineKind::Dispute,
        "CHARGEBACK_FEE"
        | "CHARGEBACK_FEE_REFUND"
        | "STRIPE_FEE"
        | "REFERRAL_FEE"
        | "REFERRAL_FEE_TAX"
        | "APPLICATION_FEE_REFUND"
        | "ACH_BANK_FAILURE_DEBIT_FEE"
        | "ACH_BANK_FAILURE_DEBIT_REVERSAL_FEE" => PayoutLineKind::Fee,
        "RESERVED_FUNDS" | "RESERVED_FUNDS_REVERSAL" | "RESERVED_FUNDS_WITHDRAWAL" => {
            PayoutLineKind::Reserve
        }
        _ => PayoutLineKind::Other(name.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn head(issued_at: &str) -> wire::Payout {
        let wire = json!({
            "id": "gid://shopify/ShopifyPaymentsPayout/88", "legacyResourceId": "88", "status": "PAID",
            "issuedAt": issued_at, "externalTraceId": null, "net": { "amount": "60.3", "currencyCode": "USD" },
        });
        serde_json::from_value(wire).unwrap()
    }

    fn movement(change: &Value) -> wire::Movement {
        let usd = |amount: &str| json!({ "amount": amount, "currencyCode": "USD" });
        let mut wire = json!({
            "id": "gid://shopify/ShopifyPaymentsBalanceTransaction/21", "type": "CHARGE", "transactionDate": "2026-03-01T09:00:00Z",
            "amount": usd("100.0"), "fee": usd("3.2"), "net": usd("96.8"), "sourceOrderTransactionId": "91",
            "adjustmentReason": null, "associatedOrder": { "id": "gid://shopify/Order/1001", "name": "#1001" },
            "associatedPayout": { "id": "gid://shopify/ShopifyPaymentsPayout/88" },
        });
        for (name, value) in change.as_object().unwrap() {
            wire[name] = value.clone();
        }
        serde_json::from_value(wire).unwrap()
    }

    #[test]
    fn a_line_names_its_order_its_payment_and_its_refund() {
        let refunds = RefundsByRepayment::from([("95".to_owned(), "501".to_owned())]);
        let usd = |amount: &str| json!({ "amount": amount, "currencyCode": "USD" });
        let lines = [
            movement(&json!({})),
            movement(
                &json!({ "id": "x/22", "type": "REFUND", "amount": usd("-36.5"), "fee": usd("0.0"), "net": usd("-36.5"),
                "sourceOrderTransactionId": 95 }),
            ),
        ];
        let mapped = payout(
            &head("2026-03-02T15:00:00Z"),
            &lines,
            &refunds,
            &TimeZone::UTC,
        );
        let mapped = mapped.unwrap();
        assert_eq!(mapped.discrepancy().unwrap(), None);
        let [charge, refund] = &mapped.lines[..] else {
            panic!("{:?}", mapped.lines)
        };
        assert_eq!(charge.order.as_ref().unwrap().id.as_str(), "1001");
        assert_eq!(charge.transaction.as_ref().unwrap().as_str(), "91");
        assert_eq!(charge.refund, None);
        assert_eq!(refund.refund.as_ref().unwrap().as_str(), "501");
        assert_eq!(refund.kind, PayoutLineKind::Refund);
    }

    #[test]
    fn the_day_is_the_shops_unless_it_is_given_as_one() {
        let zone = TimeZone::get("America/New_York").unwrap();
        for (issued_at, day) in [
            ("2026-03-02T00:00:00Z", "2026-03-02"),
            ("2026-03-02T03:30:00Z", "2026-03-01"),
            ("2026-03-02T12:00:00Z", "2026-03-02"),
        ] {
            let mapped = payout(&head(issued_at), &[], &RefundsByRepayment::new(), &zone);
            assert_eq!(mapped.unwrap().date.to_string(), day, "{issued_at}");
        }
    }

    #[test]
    fn what_has_no_kind_of_its_own_keeps_its_name() {
        for (name, kind) in [
            ("CHARGE", "charge"),
            ("charge", "charge"),
            ("DISPUTE_WITHDRAWAL", "dispute"),
            ("CHARGEBACK_FEE", "fee"),
            ("RESERVED_FUNDS", "reserve"),
            ("SHIPPING_LABEL", "shipping_label"),
            ("TRANSFER_FAILURE", "transfer_failure"),
        ] {
            assert_eq!(super::kind(name).name(), kind);
        }
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let lines = [movement(
            &json!({ "fee": { "amount": "x", "currencyCode": "USD" } }),
        )];
        let mapped = payout(
            &head("2026-03-02T00:00:00Z"),
            &lines,
            &RefundsByRepayment::new(),
            &TimeZone::UTC,
        );
        let why = mapped.unwrap_err().to_string();
        assert!(why.contains("balance transaction 21: fee"), "{why}");
    }
}
