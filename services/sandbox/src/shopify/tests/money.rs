//! Amounts are added up here from what the API says, by other means than the shop's own.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value as Json, json};

use super::{Api, generous};
use crate::shopify::Options;

const SIDES: [&str; 2] = ["shopMoney", "presentmentMoney"];

struct Side<'o> {
    side: &'static str,
    order: &'o Json,
}

impl Side<'_> {
    /// An amount; nothing where there is none.
    fn of(&self, set: &Json) -> Decimal {
        if set.is_null() {
            Decimal::ZERO
        } else {
            set[self.side]["amount"].as_str().unwrap().parse().unwrap()
        }
    }

    fn field(&self, name: &str) -> Decimal {
        self.of(&self.order[name])
    }

    fn sum<'j>(&self, items: impl IntoIterator<Item = &'j Json>, set: &str) -> Decimal {
        items.into_iter().map(|item| self.of(&item[set])).sum()
    }

    fn lines(&self) -> &Vec<Json> {
        self.order["lineItems"]["nodes"].as_array().unwrap()
    }

    fn shipping(&self) -> &Vec<Json> {
        self.order["shippingLines"]["nodes"].as_array().unwrap()
    }

    fn allocations(&self, line: &Json) -> Decimal {
        self.sum(list(&line["discountAllocations"]), "allocatedAmountSet")
    }

    fn taxes(&self, line: &Json) -> Decimal {
        self.sum(list(&line["taxLines"]), "priceSet")
    }

    fn places(&self) -> u32 {
        if self.order[if self.side == "shopMoney" {
            "currencyCode"
        } else {
            "presentmentCurrencyCode"
        }] == "JPY"
        {
            0
        } else {
            2
        }
    }

    fn round(&self, amount: Decimal) -> Decimal {
        amount.round_dp_with_strategy(self.places(), RoundingStrategy::MidpointAwayFromZero)
    }
}

fn list(value: &Json) -> &Vec<Json> {
    value.as_array().unwrap()
}

fn number(value: &Json) -> Decimal {
    value.to_string().parse().unwrap()
}

fn adds_up(side: &Side<'_>) {
    let name = format!("{} {}", side.order["name"], side.side);
    let included = side.order["taxesIncluded"] == true;
    let original = side.sum(side.lines(), "originalTotalSet");
    let line_discounts: Decimal = side.lines().iter().map(|line| side.allocations(line)).sum();
    let shipping = side.sum(side.shipping(), "originalPriceSet");
    let shipping_discounts: Decimal = side
        .shipping()
        .iter()
        .map(|line| side.allocations(line))
        .sum();
    let tax: Decimal = side
        .lines()
        .iter()
        .chain(side.shipping())
        .map(|line| side.taxes(line))
        .sum();
    let duties: Decimal = side
        .lines()
        .iter()
        .map(|line| side.sum(list(&line["duties"]), "price"))
        .sum();
    let fees = side.sum(list(&side.order["additionalFees"]), "price");
    let tip = side.field("totalTipReceivedSet");
    let total = original - line_discounts + if included { Decimal::ZERO } else { tax } + shipping
        - shipping_discounts
        + tip
        + duties
        + fees;
    assert_eq!(total, side.field("totalPriceSet"), "{name}: total");
    assert_eq!(
        original - line_discounts,
        side.field("subtotalPriceSet"),
        "{name}: subtotal"
    );
    assert_eq!(tax, side.field("totalTaxSet"), "{name}: tax");
    assert_eq!(
        tax,
        side.sum(list(&side.order["taxLines"]), "priceSet"),
        "{name}: tax by rate"
    );
    assert_eq!(
        line_discounts + shipping_discounts,
        side.field("totalDiscountsSet"),
        "{name}: discounts"
    );
    assert_eq!(
        shipping,
        side.field("totalShippingPriceSet"),
        "{name}: shipping"
    );
    assert_eq!(
        duties,
        side.field("originalTotalDutiesSet"),
        "{name}: duties"
    );
    assert_eq!(
        fees,
        side.field("originalTotalAdditionalFeesSet"),
        "{name}: fees"
    );
}

fn lines_add_up(side: &Side<'_>) {
    let name = format!("{} {}", side.order["name"], side.side);
    let included = side.order["taxesIncluded"] == true;
    let rated = |line: &Json, net: Decimal| {
        let rates: Decimal = list(&line["taxLines"])
            .iter()
            .map(|tax| number(&tax["rate"]))
            .sum();
        for tax in list(&line["taxLines"]) {
            let base = if included {
                Decimal::ONE + rates
            } else {
                Decimal::ONE
            };
            assert_eq!(
                side.of(&tax["priceSet"]),
                side.round(net * number(&tax["rate"]) / base),
                "{name}: {}",
                tax["title"]
            );
            assert_eq!(
                number(&tax["ratePercentage"]),
                number(&tax["rate"]) * Decimal::ONE_HUNDRED
            );
        }
    };
    for line in side.lines() {
        let quantity = number(&line["quantity"]);
        let (original, allocated) = (side.of(&line["originalTotalSet"]), side.allocations(line));
        assert_eq!(
            side.of(&line["originalUnitPriceSet"]) * quantity,
            original,
            "{name}: {}",
            line["title"]
        );
        assert!(
            allocated >= Decimal::ZERO && allocated <= original,
            "{name}: {} is discounted by {allocated} of {original}",
            line["title"]
        );
        rated(line, original - allocated);
    }
    for line in side.shipping() {
        assert_eq!(
            side.of(&line["originalPriceSet"]) - side.allocations(line),
            side.of(&line["discountedPriceSet"]),
            "{name}: shipping"
        );
        rated(line, side.of(&line["discountedPriceSet"]));
    }
}

/// A discount across the order takes off what it says, to the minor unit, however it is spread.
fn discounts_add_up(side: &Side<'_>) {
    for edge in list(&side.order["discountApplications"]["edges"]) {
        let discount = &edge["node"];
        let across = discount["allocationMethod"] == "ACROSS";
        if !across || discount["targetType"] == "SHIPPING_LINE" || side.side == "shopMoney" {
            continue;
        }
        let mut before = Decimal::ZERO;
        let mut taken = Decimal::ZERO;
        for line in side
            .lines()
            .iter()
            .filter(|line| line["isGiftCard"] == false)
        {
            let (earlier, own): (Vec<_>, Vec<_>) = list(&line["discountAllocations"])
                .iter()
                .filter(|allocation| {
                    allocation["discountApplication"]["index"].as_i64()
                        <= discount["index"].as_i64()
                })
                .partition(|allocation| {
                    allocation["discountApplication"]["index"] != discount["index"]
                });
            before += side.of(&line["originalTotalSet"]) - side.sum(earlier, "allocatedAmountSet");
            taken += side.sum(own, "allocatedAmountSet");
        }
        let expected = match &discount["value"]["percentage"] {
            Json::Null => discount["value"]["amount"]
                .as_str()
                .unwrap()
                .parse::<Decimal>()
                .unwrap()
                .min(before),
            percentage => side.round(before * number(percentage) / Decimal::ONE_HUNDRED),
        };
        assert_eq!(taken, expected, "{} {discount}", side.order["name"]);
    }
}

fn payments_add_up(side: &Side<'_>) {
    let name = format!("{} {}", side.order["name"], side.side);
    let moved = |kinds: &[&str]| {
        let counts = |payment: &&Json| {
            payment["status"] == "SUCCESS" && kinds.contains(&payment["kind"].as_str().unwrap())
        };
        side.sum(
            list(&side.order["transactions"]).iter().filter(counts),
            "amountSet",
        )
    };
    let (received, refunded) = (moved(&["SALE", "CAPTURE"]), moved(&["REFUND"]));
    assert_eq!(received, side.field("totalReceivedSet"), "{name}: received");
    assert_eq!(refunded, side.field("totalRefundedSet"), "{name}: refunded");
    assert_eq!(
        refunded,
        side.sum(list(&side.order["refunds"]), "totalRefundedSet"),
        "{name}: refunds"
    );
    if side.order["displayFinancialStatus"] == "PAID" {
        assert_eq!(received, side.field("totalPriceSet"), "{name}: paid");
    }
    let cancelled = !side.order["cancelledAt"].is_null();
    let (mut gone, mut adjusted) = (Decimal::ZERO, Decimal::ZERO);
    for refund in list(&side.order["refunds"]) {
        let lines = list(&refund["refundLineItems"]["nodes"]);
        let shipping = list(&refund["refundShippingLines"]["nodes"]);
        let tax = side.sum(lines, "totalTaxSet") + side.sum(shipping, "taxAmountSet");
        let items = side.sum(lines, "subtotalSet") + side.sum(shipping, "subtotalAmountSet");
        gone += items
            + if side.order["taxesIncluded"] == true {
                Decimal::ZERO
            } else {
                tax
            };
        adjusted += side.sum(list(&refund["orderAdjustments"]["nodes"]), "amountSet");
    }
    assert!(
        refunded <= gone + adjusted,
        "{name}: more was paid out than refunded"
    );
    if cancelled {
        assert_eq!(refunded, received, "{name}: a cancelled order is paid back");
        assert_eq!(side.field("currentTotalPriceSet"), Decimal::ZERO, "{name}");
    } else {
        assert_eq!(
            side.field("currentTotalPriceSet"),
            side.field("totalPriceSet") - gone,
            "{name}: current total"
        );
    }
    let current_tax = side.sum(list(&side.order["currentTaxLines"]), "priceSet");
    assert!(
        (current_tax - side.field("currentTotalTaxSet")).abs() <= Decimal::new(5, 2),
        "{name}: current tax"
    );
}

async fn check(count: u32, shop: Options) {
    let api = Api::start(count, shop).await;
    let orders = api.all_orders().await;
    assert_eq!(orders.len(), count as usize);
    for order in &orders {
        for side in SIDES.map(|side| Side { side, order }) {
            adds_up(&side);
            lines_add_up(&side);
            discounts_add_up(&side);
            payments_add_up(&side);
        }
    }
}

#[tokio::test]
async fn every_order_adds_up_in_both_currencies() {
    check(420, generous()).await;
}

#[tokio::test]
async fn every_order_adds_up_in_a_shop_without_decimals() {
    check(
        210,
        Options {
            currency: "JPY".to_owned(),
            ..generous()
        },
    )
    .await;
}

#[tokio::test]
async fn a_line_is_refunded_to_the_last_minor_unit() {
    let api = Api::start(0, generous()).await;
    for id in api.shop().create_orders(60) {
        let total = |order: &Json| order["currentTotalPriceSet"]["shopMoney"]["amount"].clone();
        while api.shop().refund_line(&id, 0, 1) {
            let query = "query($id: ID!) { order(id: $id) { currentTotalPriceSet { shopMoney { amount } } lineItems(first: 1) { nodes { currentQuantity } } } }";
            let order = api.data(query, json!({ "id": id })).await["order"].take();
            assert!(
                total(&order)
                    .as_str()
                    .is_some_and(|amount| !amount.starts_with('-'))
            );
            if order["lineItems"]["nodes"][0]["currentQuantity"] == 0 {
                break;
            }
        }
    }
    for order in &api.all_orders().await {
        for side in SIDES.map(|side| Side { side, order }) {
            payments_add_up(&side);
            let line = &side.lines()[0];
            let back: Decimal = list(&order["refunds"])
                .iter()
                .map(|refund| side.sum(list(&refund["refundLineItems"]["nodes"]), "subtotalSet"))
                .sum();
            assert_eq!(
                back,
                side.of(&line["originalTotalSet"]) - side.allocations(line)
            );
        }
    }
}
