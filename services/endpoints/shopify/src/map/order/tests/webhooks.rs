//! Shopify's own sample orders. They come in the shape of webhooks, which is the same order in other words.

use commerce::{OrderState, Side};

use super::mapped;

#[test]
fn every_sample_order_is_understood_and_its_flaw_shows() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let mut orders = 0;
    for (name, payload) in testkit::shopify::samples(&contracts) {
        if !testkit::shopify::is_order(&payload) {
            continue;
        }
        let order = mapped(&testkit::shopify::order(&payload));
        orders += 1;
        assert_eq!(order.state, OrderState::Cancelled, "{name}");
        assert!(order.test);
        assert_eq!(order.lines.len(), 6, "five articles and the delivery");
        let check = order.total_check(Side::Shop).unwrap();
        // The samples state 404.95 for lines of 414.95 and discounts that no line bears.
        assert_eq!(check.difference.to_string(), "-10.00 USD", "{name}");
        assert_eq!(
            order.customer.unwrap().email.as_deref(),
            Some("jon@example.com")
        );
        let billing = order.billing.unwrap();
        assert_eq!(billing.region.as_deref(), Some("KY"));
    }
    assert!(orders >= 7, "only {orders} sample orders");
}
