//! What is in the account before anybody calls: the catalogue's items, and the lists a connector refers to.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::books::Books;
use super::record::Record;
use super::schema::{Space, record_type};
use super::value::{Fields, Reference, Value};

/// Items that are not sold but charged or taken off: internal id, record type, name. The name is the external id too.
pub const SERVICE_ITEMS: [(u64, &str, &str); 6] = [
    (901, "discountItem", "store-discount"),
    (902, "otherChargeSaleItem", "sales-tax"),
    (903, "otherChargeSaleItem", "shop-adjustment"),
    (904, "otherChargeSaleItem", "shop-shipping"),
    (905, "otherChargeSaleItem", "WRAP"),
    (907, "discountItem", "promotion"),
];

/// Promotions: internal id, coupon code, and what they take off in percent unless a sale says otherwise.
pub(super) const PROMOTIONS: [(u64, &str, i64); 2] = [(11, "WELCOME10", 10), (12, "HALFOFF1", 50)];

/// Ways of shipping: internal id and name.
pub const SHIP_ITEMS: [(u64, &str); 3] = [
    (1, "UPS Ground"),
    (2, "FedEx Home Delivery"),
    (3, "USPS Priority"),
];

/// Terms of payment: internal id and name.
pub const TERMS: [(u64, &str); 3] = [(1, "Net 15"), (2, "Net 30"), (4, "Due on receipt")];

const CURRENCIES: [(u64, &str, &str, i64); 4] = [
    (1, "USD", "US Dollar", 2),
    (2, "EUR", "Euro", 2),
    (3, "GBP", "British Pound", 2),
    (4, "JPY", "Japanese Yen", 0),
];

pub(super) fn plant(books: &mut Books, now: Timestamp) {
    for (id, symbol, name, digits) in CURRENCIES {
        let digits = Value::Number(Decimal::from(digits));
        put(
            books,
            "currency",
            id,
            now,
            [
                ("name", text(name)),
                ("symbol", text(symbol)),
                ("currencyPrecision", digits),
            ],
        );
    }
    for (id, name) in [(1, "Parent Company"), (2, "Europe Subsidiary")] {
        put(
            books,
            "subsidiary",
            id,
            now,
            [
                ("name", text(name)),
                (
                    "currency",
                    to("currency", id, if id == 1 { "USD" } else { "EUR" }),
                ),
            ],
        );
    }
    for (id, name) in [(1, "Base Price"), (7, "Sale Price")] {
        put(books, "priceLevel", id, now, [("name", text(name))]);
    }
    for (id, name) in TERMS {
        put(books, "term", id, now, [("name", text(name))]);
    }
    for (id, name) in SHIP_ITEMS {
        put(books, "shipItem", id, now, [("itemId", text(name))]);
    }
    for (id, kind, name) in SERVICE_ITEMS {
        put(
            books,
            kind,
            id,
            now,
            [
                ("itemId", text(name)),
                ("displayName", text(name)),
                ("isInactive", Value::Flag(false)),
            ],
        );
    }
    for (id, code, percent) in PROMOTIONS {
        put(
            books,
            "promotionCode",
            id,
            now,
            [
                ("name", text(code)),
                ("code", text(code)),
                ("discount", to("discountItem", 907, "promotion")),
                ("rate", Value::Number(Decimal::from(percent))),
            ],
        );
    }
    let catalogue = std::sync::Arc::clone(&books.catalogue);
    for location in &catalogue.locations {
        put(
            books,
            "location",
            location.netsuite_id,
            now,
            [
                ("name", text(&location.name)),
                ("subsidiary", to("subsidiary", 1, "Parent Company")),
            ],
        );
    }
    for item in &catalogue.items {
        put_item(books, item, now);
        for (location, quantity) in catalogue.locations.iter().zip(&item.stock) {
            books.stock.adjust(
                (item.netsuite_id, location.netsuite_id),
                Decimal::from(*quantity),
                now,
            );
        }
    }
}

fn put_item(books: &mut Books, item: &crate::catalogue::Item, now: Timestamp) {
    let Some(kind) = record_type(if item.is_kit() {
        "kitItem"
    } else {
        "inventoryItem"
    }) else {
        return;
    };
    let mut record = Record::new(kind, item.netsuite_id, now);
    record.external_id = Some(item.sku.clone());
    record.set("itemId", text(&item.sku));
    record.set("displayName", text(&item.title));
    record.set("upcCode", text(&item.barcode));
    record.set("isInactive", Value::Flag(false));
    record.set("isOnline", Value::Flag(true));
    record.set("weight", Value::Number(Decimal::from(item.grams)));
    record.set(
        "weightUnit",
        Value::Choice {
            id: "4".to_owned(),
            name: "g".to_owned(),
        },
    );
    let price = Fields::from([
        ("currencyPage".into(), to("currency", 1, "USD")),
        ("priceLevel".into(), to("priceLevel", 1, "Base Price")),
        ("quantity".into(), Value::Number(Decimal::ONE)),
        ("price".into(), Value::Number(item.price)),
    ]);
    record.sublists.insert("price", vec![price]);
    let parts = (1i64..).zip(&item.members).filter_map(|(number, member)| {
        let part = books
            .catalogue
            .items
            .iter()
            .find(|part| part.index == member.index)?;
        Some(Fields::from([
            ("lineNumber".into(), Value::Number(Decimal::from(number))),
            (
                "item".into(),
                to("inventoryItem", part.netsuite_id, &part.sku),
            ),
            (
                "quantity".into(),
                Value::Number(Decimal::from(member.quantity)),
            ),
        ]))
    });
    if item.is_kit() {
        let parts = parts.collect();
        record.sublists.insert("member", parts);
    }
    books.put(record);
}

fn put<const N: usize>(
    books: &mut Books,
    kind: &str,
    id: u64,
    now: Timestamp,
    fields: [(&'static str, Value); N],
) {
    let Some(kind) = record_type(kind) else {
        return;
    };
    let mut record = Record::new(kind, id, now);
    for (name, value) in fields {
        if kind
            .field(name)
            .is_some_and(|field| field.needs.met(&books.features))
        {
            record.set(name, value);
        }
    }
    if kind.space == Space::Item {
        record.external_id = record.text("itemId").map(str::to_owned);
    }
    books.put(record);
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn to(target: &'static str, id: u64, name: &str) -> Value {
    Value::Reference(Reference {
        target,
        id: i64::try_from(id).unwrap_or_default(),
        name: name.to_owned(),
    })
}
