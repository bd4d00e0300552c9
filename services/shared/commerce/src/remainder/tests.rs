use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::amount::Amount;
use crate::fulfilment::OrderRef;
use crate::refund::Restock;

fn eur(cents: i64) -> Money {
    Money::parse(&Decimal::new(cents, 2).to_string(), "EUR").unwrap()
}

fn id(text: &str) -> LineId {
    LineId::new(text).unwrap()
}

fn sku(text: &str) -> Sku {
    Sku::new(text).unwrap()
}

fn left(line: &str, article: &str, quantity: i64, cents: i64) -> LineLeft {
    LineLeft {
        line: id(line),
        sku: Some(sku(article)),
        quantity: quantity.into(),
        amount: eur(cents),
    }
}

fn payment(number: usize, cents: i64) -> PaymentLeft {
    PaymentLeft {
        id: id(&number.to_string()),
        method: "visa".to_owned(),
        amount: eur(cents),
    }
}

/// Two teas on two lines and a cup, with delivery, paid by gift card and card.
fn order() -> Remainder {
    Remainder {
        lines: vec![
            left("1", "TEA", 2, 20_00),
            left("2", "TEA", 1, 10_00),
            left("3", "CUP", 1, 5_00),
        ],
        delivery: eur(4_00),
        delivery_price: eur(5_00),
        money: eur(39_00),
        payments: vec![payment(0, 9_00), payment(1, 30_00)],
    }
}

fn goods(line: &str, article: &str, quantity: i64, cents: i64) -> RefundLine {
    RefundLine {
        id: id("9"),
        order_line: id(line),
        kind: LineKind::Item { sku: sku(article) },
        title: article.to_owned(),
        quantity: quantity.into(),
        amount: Amount::same(eur(cents)),
        taxes: Vec::new(),
        restock: Restock::No,
        location: None,
    }
}

fn delivery(cents: i64) -> RefundLine {
    RefundLine {
        kind: LineKind::Shipping {
            method: "express".to_owned(),
        },
        ..goods("delivery", "X", 1, cents)
    }
}

fn refund(lines: Vec<RefundLine>, cents: i64) -> Refund {
    Refund {
        number: "CM1".to_owned(),
        key: None,
        order: OrderRef {
            id: id("1"),
            key: None,
        },
        order_number: "SO1".to_owned(),
        at: Timestamp::UNIX_EPOCH,
        test: false,
        taxes_included: false,
        lines,
        adjustments: Vec::new(),
        transactions: Vec::new(),
        total: Amount::same(eur(cents)),
        order_total: Amount::same(eur(39_00)),
        refunded_before: Amount::same(eur(0)),
        note: None,
    }
}

#[test]
fn what_a_refund_takes() {
    // (lines, total) -> units by line, delivery, by payment
    let cases = [
        (
            vec![goods("1", "TEA", 1, 10_00)],
            10_00,
            "1x1",
            0,
            vec![9_00, 1_00],
        ),
        (
            vec![goods("none", "TEA", 3, 30_00)],
            30_00,
            "1x2 2x1",
            0,
            vec![9_00, 21_00],
        ),
        (
            vec![goods("none", "HAT", 3, 30_00)],
            30_00,
            "",
            0,
            vec![9_00, 21_00],
        ),
        (
            vec![delivery(1_50), delivery(2_50)],
            4_00,
            "",
            4_00,
            vec![4_00],
        ),
        // Stated before its discount of 1.00.
        (vec![delivery(5_00)], 4_00, "", 4_00, vec![4_00]),
        (vec![], 39_00, "", 0, vec![9_00, 30_00]),
        // Cheaper than it was, and goodwill beyond it.
        (vec![goods("3", "CUP", 1, 2_00)], 7_00, "3x1", 0, vec![7_00]),
    ];
    for (lines, total, units, of_delivery, by) in cases {
        let share = order().share(&refund(lines, total)).unwrap();
        let taken = share.lines.iter();
        let taken: Vec<String> = taken
            .map(|(line, units)| format!("{line}x{units}"))
            .collect();
        assert_eq!(taken.join(" "), units);
        assert_eq!(share.delivery, eur(of_delivery));
        let paid: Vec<Money> = share.payments.iter().map(|one| one.amount).collect();
        assert_eq!(paid, by.into_iter().map(eur).collect::<Vec<_>>());
    }
}

#[test]
fn what_an_order_does_not_bear() {
    let cases = [
        (vec![goods("1", "TEA", 3, 10_00)], 10_00, "3 units of TEA"),
        (vec![goods("none", "TEA", 4, 10_00)], 10_00, "3 are left"),
        (
            vec![goods("1", "TEA", 1, 10_00), goods("1", "TEA", 2, 10_00)],
            20_00,
            "2 units of TEA",
        ),
        (vec![goods("3", "CUP", 1, 5_01)], 5_01, "left of its price"),
        (vec![delivery(5_01)], 5_01, "for delivery"),
        (vec![], 39_01, "left of what was paid"),
        (vec![], 0, "nothing that could go back"),
        (vec![], -1, "nothing that could go back"),
    ];
    for (lines, total, words) in cases {
        let excess = order()
            .share(&refund(lines, total))
            .unwrap_err()
            .to_string();
        assert!(excess.contains(words), "{excess}");
    }
    let mut other = refund(vec![], 1);
    other.total = Amount::same(Money::parse("1", "USD").unwrap());
    assert!(matches!(order().share(&other), Err(Excess::Money(_))));
    // A payment that gave back more than itself leaves the others less.
    let spent = Remainder {
        money: eur(10_00),
        ..order()
    };
    assert!(
        matches!(spent.share(&refund(vec![], 10_01)), Err(Excess::Paid { left, .. }) if left == eur(10_00))
    );
}

proptest! {
    /// However refunds follow on each other, together they never take more than there was.
    #[test]
    fn never_more_than_there_was(
        wanted in vec((0..4_usize, 0..4_i64, 0..2_500_i64, 0..500_i64, 0..2_000_i64), 1..12),
    ) {
        let whole = order();
        let mut now = order();
        let (mut paid, mut back) = (0_i64, Money::zero(whole.money.currency));
        for (line, units, cents, of_delivery, more) in wanted {
            let article = if line == 2 { "CUP" } else { "TEA" };
            let lines = vec![goods(&(line + 1).to_string(), article, units, cents), delivery(of_delivery)];
            let total = cents + of_delivery + more;
            let Ok(share) = now.share(&refund(lines, total)) else { continue };
            let sum = share.payments.iter().try_fold(eur(0), |sum, one| sum.plus(one.amount)).unwrap();
            prop_assert_eq!(sum, eur(total));
            paid += total;
            back = back.plus(share.delivery).unwrap();
            for (line, units) in share.lines {
                let one = now.lines.iter_mut().find(|one| one.line == line).unwrap();
                one.quantity -= units;
            }
            for part in share.payments {
                let one = now.payments.iter_mut().find(|one| one.id == part.id).unwrap();
                one.amount = one.amount.minus(part.amount).unwrap();
            }
            now.delivery = now.delivery.minus(share.delivery).unwrap();
            if !share.delivery.is_zero() {
                now.delivery_price = now.delivery;
            }
            now.money = now.money.minus(eur(total)).unwrap();
        }
        prop_assert!(paid <= 39_00);
        prop_assert!(back.amount <= whole.delivery.amount);
        prop_assert!(now.lines.iter().all(|one| one.quantity >= Decimal::ZERO));
        prop_assert!(now.payments.iter().all(|one| one.amount.amount >= Decimal::ZERO));
    }
}
