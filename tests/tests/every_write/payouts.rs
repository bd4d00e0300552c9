//! What a payment provider brings to the bank.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use causeway_scenarios::{Phase, Platform, World, number};
use rust_decimal::Decimal;
use sandbox::netsuite::Record;
use serde_json::json;

use super::Row;

/// Two payouts, of one order's money each.
fn pay_out(world: &World, _: usize) {
    let shop = world.sandbox.shopify();
    let paid = shop.orders().into_iter().filter(|order| {
        let own = order.currency == order.presentment_currency;
        own && order.financial_status == "PAID" && !order.cancelled && !order.test
    });
    let made = paid.filter_map(|order| shop.pay_out_order(&order.id));
    assert_eq!(made.take(2).count(), 2, "there is money to pay out");
}

/// Payouts that are not one deposit of their net, and payments that are in two of them.
fn other_deposits(world: &World, _: usize) -> Vec<String> {
    let mut deposits: BTreeMap<String, Vec<Arc<Record>>> = BTreeMap::new();
    let (mut brought, mut differences) = (BTreeSet::new(), Vec::new());
    for deposit in world.sandbox.netsuite().records("deposit") {
        for line in deposit.sublists.get("payment").into_iter().flatten() {
            let payment = line["id"].number().unwrap();
            if !brought.insert(payment) {
                differences.push(format!("{payment} is in two deposits"));
            }
        }
        let key = deposit.external_id.clone().unwrap_or_default();
        deposits.entry(key).or_default().push(deposit);
    }
    let payouts = world.sandbox.shopify().payouts();
    for payout in &payouts {
        let key = format!("shop-payout-{}", number(&payout.id));
        let found = deposits.remove(&key).unwrap_or_default();
        let found: Vec<Decimal> = found.iter().map(|one| one.number("total")).collect();
        let net: Decimal = payout.net.parse().unwrap();
        if found != [net] {
            differences.push(format!("{key}: {net} paid out, {found:?} deposited"));
        }
    }
    differences.extend(deposits.into_keys().map(|key| format!("{key}: of nothing")));
    if brought.len() < payouts.len() {
        let (payments, payouts) = (brought.len(), payouts.len());
        differences.push(format!("{payments} payments in {payouts} deposits"));
    }
    differences
}

pub(super) async fn a_payout(platform: &Platform) -> (Row, World) {
    let mut world = World::on(platform, 160, |_| {}).await;
    world.keep_refunds_apart();
    world.set_orders(&json!({ "payments": { "deposits": true } }));
    let accounts = json!({ "account": 111, "fee_account": 112, "accounts": { "unmatched": 113 } });
    world.setting("netsuite", "payouts", accounts);
    world.run(Phase::Orders, &[]).await;
    let row = Row::new(Phase::Payouts, pay_out, other_deposits);
    (row, world)
}
