//! What is given back in NetSuite comes out as a refund of its order.

use commerce::{LineKind, Refund};
use sandbox::netsuite::Bill;

use super::*;

fn settings() -> Value {
    json!({"orders": {"customer": {"subsidiary": 1}, "location": 1, "line_field": "custcol_shop_line"}})
}

/// The sales orders of these, by internal id.
async fn sold(lab: &Lab, batch: &[Write]) -> Vec<u64> {
    let written = lab.write(batch).await.into_iter();
    let ids = written.map(|one| one.unwrap().twin.id.as_str().parse().unwrap());
    ids.collect()
}

async fn refunds(lab: &Lab) -> BTreeMap<String, Refund> {
    let (events, _, _) = lab.read(Kind::Refund, Cursor::default()).await;
    let source = lab.connected.source.as_ref().unwrap();
    let mut refunds = BTreeMap::new();
    for event in events {
        let one = source.one(Kind::Refund, &event.external_id).await.unwrap();
        assert_eq!(one.unwrap().id, event.id);
        let Record::Refund(refund) = event.record else {
            panic!()
        };
        assert!(refund.total_check(commerce::Side::Shop).unwrap().adds_up());
        let id = event.external_id.to_string();
        assert!(refunds.insert(id, *refund).is_none());
    }
    refunds
}

#[tokio::test]
async fn credits_of_bills_come_out_with_what_they_give_back() {
    let lab = Lab::start(settings()).await;
    let batch: Vec<Write> = (0..4)
        .map(|number| lab.order(number, &[number, number + 20]))
        .collect();
    let orders = sold(&lab, &batch).await;
    let account = lab.account();
    let invoice = account.bill(orders[0], Bill::Invoice).unwrap();
    let sale = account.bill(orders[1], Bill::CashSale).unwrap();
    let part = account.credit(invoice, Some(&[(1, 1)]), "2.50").unwrap();
    let rest = account.credit(sale, None, "").unwrap();
    let deposit = account.return_deposit(orders[2], "12.34").unwrap();
    let refunds = refunds(&lab).await;
    assert_eq!(refunds.len(), 3);

    let refund = &refunds[&part.to_string()];
    let price = lab.skus[0].1;
    assert_eq!(refund.order.key.as_deref(), Some(batch[0].key.as_str()));
    assert_eq!(refund.total.shop.amount, price + Decimal::new(250, 2));
    let [goods, delivery] = &refund.lines[..] else {
        panic!("{:?}", refund.lines)
    };
    assert_eq!(goods.order_line.as_str(), "1");
    assert_eq!(
        (goods.quantity, goods.amount.shop.amount),
        (1.into(), price)
    );
    assert!(matches!(delivery.kind, LineKind::Shipping { .. }));
    assert_eq!(refund.key, None);

    let whole = &refunds[&rest.to_string()];
    assert_eq!(whole.lines.len(), 2);
    let back = &refunds[&deposit.to_string()];
    assert_eq!(back.total.shop.amount, Decimal::new(1234, 2));
    assert!(back.lines.is_empty() && back.adjustments.len() == 1);

    let source = lab.connected.source.as_ref().unwrap();
    let window = Window {
        from: "2000-01-01T00:00:00Z".parse().unwrap(),
        to: "2100-01-01T00:00:00Z".parse().unwrap(),
    };
    let ids = source.ids(Kind::Refund, window).await.unwrap();
    let counted = source.count(Kind::Refund, window).await.unwrap();
    assert_eq!(counted, u64::try_from(ids.len()).ok());
    let ids: BTreeSet<String> = ids.iter().map(ToString::to_string).collect();
    assert_eq!(ids, refunds.keys().cloned().collect());
}
