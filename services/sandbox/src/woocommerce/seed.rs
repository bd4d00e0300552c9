//! Orders as buyers place them.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::store::{Line, Order, Store, What, cents};

const FIRST: [&str; 6] = ["Ana", "Bo", "Carla", "Dev", "Edda", "Finn"];
const LAST: [&str; 6] = ["García", "Ohlsson", "Rossi", "Patel", "Klein", "Byrne"];

/// Places the next order. Returns its id.
pub(super) fn order(store: &mut Store, at: Timestamp) -> u64 {
    let id = store.id();
    let sold: Vec<u64> = store
        .articles
        .values()
        .filter(|article| !article.text("sku").is_empty())
        .map(|article| article.id)
        .collect();
    let coupon = (store.rng.u8(0..4) == 0).then(|| "tenoff".to_owned());
    let mut lines: Vec<Line> = Vec::new();
    for _ in 0..store.rng.usize(1..=3) {
        let Some(article) = store.rng.choice(&sold).copied() else {
            continue;
        };
        let what = What::Goods { article };
        if lines.iter().any(|line| line.what == what) {
            continue;
        }
        let quantity = store.rng.u32(1..=3);
        let found = store.articles.get_mut(&article);
        let (name, price) = found.map_or_else(Default::default, |article| {
            article.move_stock(-i64::from(quantity));
            let price: Decimal = article.text("regular_price").parse().unwrap_or_default();
            (article.text("name").to_owned(), price)
        });
        let subtotal = price * Decimal::from(quantity);
        let total = if coupon.is_some() {
            cents(subtotal * Decimal::new(9, 1))
        } else {
            subtotal
        };
        lines.push(Line {
            id: store.id(),
            what,
            name,
            quantity,
            subtotal,
            total,
            restocked: 0,
        });
    }
    let mut charge = |what, name: &str, amount: Decimal, id| {
        lines.push(Line {
            id,
            what,
            name: name.to_owned(),
            quantity: 1,
            subtotal: amount,
            total: amount,
            restocked: 0,
        });
    };
    if store.rng.u8(0..5) > 0 {
        let id = store.id();
        charge(What::Shipping, "Flat rate", Decimal::new(750, 2), id);
    }
    if store.rng.u8(0..6) == 0 {
        let id = store.id();
        charge(What::Fee, "Gift wrap", Decimal::new(300, 2), id);
    }
    let person = store.rng.usize(0..FIRST.len());
    let name = |names: &[&str; 6]| names.get(person).copied().unwrap_or_default().to_owned();
    let is_paid = store.rng.u8(0..8) > 0;
    let guest = store.rng.bool();
    let order = Order {
        id,
        status: if is_paid { "processing" } else { "pending" }.to_owned(),
        created: at,
        modified: at,
        paid: is_paid.then_some(at),
        completed: None,
        customer: if guest { 0 } else { 2 + person as u64 },
        name: (name(&FIRST), name(&LAST)),
        lines,
        coupon,
        meta: Vec::new(),
        notes: Vec::new(),
        fulfillments: Vec::new(),
        refunds: Vec::new(),
    };
    store.orders.insert(id, order);
    id
}
