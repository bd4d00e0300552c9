//! What items cost: a level, a currency and a least quantity at a time.

use rust_decimal::Decimal;

use super::account::Account;
use super::schema::Space;
use super::value::{Fields, Reference, Value};

/// One price of an item's form.
#[derive(Clone, Copy, Debug)]
pub struct Price<'a> {
    /// Internal id of the price level.
    pub level: u64,
    /// The currency's symbol.
    pub currency: &'a str,
    /// From this quantity on.
    pub quantity: u32,
    /// The price of one; `None` empties the field.
    pub amount: Option<Decimal>,
}

impl Account {
    /// Sets a price of an item without marking the item as edited, as NetSuite does for some ways of changing prices. False for a SKU or
    /// currency that does not exist.
    pub fn set_price(&self, sku: &str, price: Price<'_>) -> bool {
        let mut books = self.books.lock();
        let Some(item) = books.catalogue.by_sku(sku).map(|item| item.netsuite_id) else {
            return false;
        };
        let Some(kind) = super::schema::record_type("currency") else {
            return false;
        };
        let symbol = |currency: &&std::sync::Arc<super::Record>| {
            currency.text("symbol") == Some(price.currency)
        };
        let Some(currency) = books.of_type(kind).find(symbol).map(|found| found.id) else {
            return false;
        };
        let set = |record: &mut super::Record| {
            let rows = record.sublists.entry("price").or_default();
            rows.retain(|row| !is(row, price, currency));
            rows.extend(price.amount.map(|amount| row(price, currency, amount)));
        };
        books.change(Space::Item, item, set).is_some()
    }
}

fn is(row: &Fields, price: Price<'_>, currency: u64) -> bool {
    let refers =
        |name: &str, id: u64| row.get(name).and_then(Value::reference) == i64::try_from(id).ok();
    refers("currencyPage", currency)
        && refers("priceLevel", price.level)
        && row.get("quantity").and_then(Value::number) == Some(Decimal::from(price.quantity))
}

fn row(price: Price<'_>, currency: u64, amount: Decimal) -> Fields {
    let to = |target, id: u64, name: &str| {
        Value::Reference(Reference {
            target,
            id: i64::try_from(id).unwrap_or_default(),
            name: name.to_owned(),
        })
    };
    let level = format!("Price Level {}", price.level);
    Fields::from([
        (
            "currencyPage".into(),
            to("currency", currency, price.currency),
        ),
        ("priceLevel".into(), to("priceLevel", price.level, &level)),
        (
            "quantity".into(),
            Value::Number(Decimal::from(price.quantity)),
        ),
        ("price".into(), Value::Number(amount)),
    ])
}
