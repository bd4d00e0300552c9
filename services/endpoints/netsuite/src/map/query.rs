//! SuiteQL. Times are compared and printed in UTC (`SYS_EXTRACT_UTC`), since the session's own zone repeats an hour each autumn; a
//! condition on the bare column, a day wider, lets the index work. Every column carries its table's alias. Texts from outside
//! travel as parameters.

mod cancelled;
mod credits;
mod customers;
pub(crate) mod lists;
mod payouts;
mod prices;
mod product;
mod refunds;
mod register;
mod shipping;
mod stock;

use commerce::Sku;
use jiff::{SignedDuration, Timestamp};
use ports::Window;
use serde::Serialize;

use super::cursor::Position;
use super::settings::{Column, InternalId};

pub(crate) use cancelled::{begun, cancellation_ids, cancellations, cancellations_of};
pub(crate) use credits::{credit_ids, credit_lines, credits, credits_of};
pub(crate) use customers::{Sought, address_books, contacts, customers, namesakes};
pub(crate) use payouts::{bank_deposits_by_key, funds_by_key, funds_of};
pub(crate) use prices::{prices, prices_of};
pub(crate) use product::{first_prices, product_ids, product_items, products};
pub(crate) use refunds::{
    bills, credits_by_key, deposits_by_key, deposits_of, returned, returns_by_key, sold,
};
pub(crate) use register::{held, tally};
pub(crate) use shipping::{
    fulfilled, fulfilments_by_key, shipping_lines, shipping_methods, shipping_order_ids,
    shipping_orders, shipping_orders_of,
};
pub(crate) use stock::{kits, stock, stock_of};

/// A query with the values of its `?`, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Query {
    q: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    params: Vec<String>,
}

impl Query {
    fn new(q: impl Into<String>) -> Self {
        Self {
            q: q.into(),
            params: Vec::new(),
        }
    }
}

/// The most values of one `IN` list (NetSuite help, "SuiteQL Supported and Unsupported Functions").
pub(crate) const IN_LIST: usize = 1000;

/// The session's clock, and today's date as the user's preferences write it.
pub(crate) fn session() -> Query {
    Query::new(
        "SELECT TO_CHAR(SYSDATE, 'YYYY-MM-DD HH24:MI:SS') AS local, SYSDATE AS today FROM dual",
    )
}

/// The account's currencies.
pub(crate) fn currencies() -> Query {
    Query::new("SELECT c.id, c.symbol FROM currency c WHERE c.isinactive = 'F'")
}

/// Active items by SKU.
pub(crate) fn items(field: &Column, skus: &[Sku]) -> Query {
    let field = field.as_str();
    Query {
        q: format!(
            "SELECT i.id, i.{field} AS sku FROM item i WHERE i.isinactive = 'F' AND i.{field} IN ({}) ORDER BY i.id",
            marks(skus.len())
        ),
        params: skus.iter().map(|sku| sku.as_str().to_owned()).collect(),
    }
}

/// What a sale can be in NetSuite. All transactions share one space of external ids (NetSuite help, "Shared Internal and External IDs").
const SALES: &str = "t.type IN ('SalesOrd', 'CashSale', 'CustInvc')";

/// Sales by external id, whichever record each became.
pub(crate) fn orders_by_key(keys: &[String]) -> Query {
    Query {
        q: format!(
            "SELECT t.id, t.type, t.tranid, t.externalid, t.foreigntotal, t.entity FROM transaction t WHERE {SALES} AND t.externalid IN ({})",
            marks(keys.len())
        ),
        params: keys.to_vec(),
    }
}

/// Sales by internal id, with how far they have come and where their goods go.
pub(crate) fn orders_by_id(ids: &[InternalId]) -> Query {
    Query::new(format!(
        "SELECT t.id, t.type, t.tranid, t.externalid, t.foreigntotal, t.entity, t.status, t.foreignamountpaid AS paid, \
s.addressee, s.attention, s.addr1, s.addr2, s.city, s.zip, s.country \
FROM transaction t LEFT JOIN transactionshippingaddress s ON s.nkey = t.shippingaddress \
WHERE {SALES} AND t.id IN ({})",
        list(ids)
    ))
}

/// Lines of these sales, in the order's own order; delivery is among them, the members of kits are not.
pub(crate) fn order_lines(ids: &[InternalId], line_field: Option<&Column>) -> Query {
    let shop_line = line_field.map(|field| format!(", tl.{} AS shop_line", field.as_str()));
    Query::new(format!(
        "SELECT tl.transaction AS sales_order, tl.id AS line, tl.item, tl.itemtype, tl.quantity, tl.foreignamount AS amount, \
tl.quantitypicked AS picked, tl.quantityshiprecv AS shipped, tl.quantitybilled AS billed, tl.isclosed AS closed{} \
FROM transactionline tl \
WHERE tl.transaction IN ({}) AND tl.mainline = 'F' AND tl.taxline = 'F' AND tl.kitmemberof IS NULL \
ORDER BY tl.transaction, tl.linesequencenumber, tl.id",
        shop_line.unwrap_or_default(),
        list(ids)
    ))
}

/// Columns and tables of shipped fulfilments of sales orders, one row each.
const FULFILMENT: &str = "SELECT DISTINCT f.id, f.tranid, \
TO_CHAR(SYS_EXTRACT_UTC(f.lastmodifieddate), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS modified, \
TO_CHAR(SYS_EXTRACT_UTC(f.createddate), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS created, \
o.id AS order_id, o.externalid AS order_key \
FROM transaction f \
JOIN previoustransactionlinelink l ON l.nextdoc = f.id AND l.nexttype = 'ItemShip' AND l.previoustype = 'SalesOrd' \
JOIN transaction o ON o.id = l.previousdoc \
WHERE f.type = 'ItemShip' AND f.status = 'C'";

/// Fulfilments after a position, oldest change first.
pub(crate) fn fulfilments(position: &Position) -> Query {
    Query::new(format!(
        "{FULFILMENT} AND {} ORDER BY modified, f.id",
        after("f", position)
    ))
}

/// These fulfilments.
pub(crate) fn fulfilments_of(ids: &[InternalId]) -> Query {
    Query::new(format!(
        "{FULFILMENT} AND f.id IN ({}) ORDER BY f.id",
        list(ids)
    ))
}

/// Ids of the fulfilments created in a window.
pub(crate) fn fulfilment_ids(window: Window) -> Query {
    Query::new(format!(
        "SELECT DISTINCT f.id FROM transaction f \
JOIN previoustransactionlinelink l ON l.nextdoc = f.id AND l.nexttype = 'ItemShip' AND l.previoustype = 'SalesOrd' \
WHERE f.type = 'ItemShip' AND f.status = 'C' AND {} AND {} ORDER BY f.id",
        since("f.createddate", window.from),
        before("f.createddate", window.to)
    ))
}

/// Lines of these fulfilments that deliver an order's own lines: the members of a kit, which have none, stay out.
pub(crate) fn fulfilment_lines(
    ids: &[InternalId],
    item_field: &Column,
    line_field: Option<&Column>,
) -> Query {
    let sku = item_field.as_str();
    let (shop_line, join) = match line_field {
        Some(field) => (
            format!(", s.{} AS shop_line", field.as_str()),
            " LEFT JOIN transactionline s ON s.transaction = l.previousdoc AND s.id = l.previousline",
        ),
        None => (String::new(), ""),
    };
    Query::new(format!(
        "SELECT tl.transaction AS fulfilment, tl.id AS line, l.previousline AS order_line, tl.item, i.{sku} AS sku, \
tl.quantity, tl.location, tl.shipmethod AS method{shop_line} \
FROM transactionline tl \
JOIN previoustransactionlinelink l ON l.nextdoc = tl.transaction AND l.nextline = tl.id AND l.previoustype = 'SalesOrd' \
JOIN item i ON i.id = tl.item{join} \
WHERE tl.transaction IN ({}) AND tl.mainline = 'F' AND tl.taxline = 'F' AND tl.kitmemberof IS NULL \
ORDER BY tl.transaction, tl.id",
        list(ids)
    ))
}

/// Tracking numbers of these fulfilments.
pub(crate) fn tracking_numbers(ids: &[InternalId]) -> Query {
    Query::new(format!(
        "SELECT m.transaction AS fulfilment, n.trackingnumber AS tracking FROM trackingnumbermap m \
JOIN trackingnumber n ON n.id = m.trackingnumber WHERE m.transaction IN ({}) ORDER BY m.transaction, n.id",
        list(ids)
    ))
}

/// The same from the packages, for roles that do not see the tracking numbers' own table.
pub(crate) fn packages(ids: &[InternalId]) -> Query {
    Query::new(format!(
        "SELECT p.itemfulfillment AS fulfilment, p.packagetrackingnumber AS tracking FROM itemfulfillmentpackage p \
WHERE p.itemfulfillment IN ({}) ORDER BY p.itemfulfillment, p.packagetrackingnumber",
        list(ids)
    ))
}

/// Whether a column can be read at all. To be asked for one row.
pub(crate) fn sample(table: &str, column: &str) -> Query {
    Query::new(format!("SELECT x.{column} FROM {table} x"))
}

/// The condition that a transaction of this alias stands behind the position, by (time of change, id).
fn after(alias: &str, position: &Position) -> String {
    let column = format!("{alias}.lastmodifieddate");
    let mut q = since(&column, position.since);
    if let Some(last) = &position.last {
        let (then, id) = (instant(&column, last.ts), digits(&last.id));
        q.push_str(&format!(
            " AND ({} OR ({} AND {alias}.id > {id}))",
            then.later, then.same
        ));
    }
    q
}

struct Moment {
    later: String,
    same: String,
}

fn instant(column: &str, at: Timestamp) -> Moment {
    let literal = timestamp(at);
    Moment {
        later: format!("SYS_EXTRACT_UTC({column}) > {literal}"),
        same: format!("SYS_EXTRACT_UTC({column}) = {literal}"),
    }
}

fn since(column: &str, from: Timestamp) -> String {
    let day = SignedDuration::from_hours(24);
    let wide = from.checked_sub(day).unwrap_or(from).strftime("%Y-%m-%d");
    format!(
        "{column} >= TO_DATE('{wide}', 'YYYY-MM-DD') AND SYS_EXTRACT_UTC({column}) >= {}",
        timestamp(from)
    )
}

fn before(column: &str, to: Timestamp) -> String {
    format!("SYS_EXTRACT_UTC({column}) < {}", timestamp(to))
}

fn timestamp(at: Timestamp) -> String {
    format!(
        "TO_TIMESTAMP('{}', 'YYYY-MM-DD HH24:MI:SS')",
        at.strftime("%Y-%m-%d %H:%M:%S")
    )
}

/// Only digits get into a query's text.
fn digits(id: &str) -> &str {
    let good = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    if good { id } else { "0" }
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

fn list(ids: &[InternalId]) -> String {
    let texts: Vec<&str> = ids.iter().map(InternalId::as_str).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::Value;

    use super::*;
    use crate::map::settings::{Place, Prices, Products, Stock};

    fn every_query() -> Vec<Query> {
        let at = |text: &str| text.parse().unwrap();
        let start = Position::at(at("2026-03-02T10:00:00Z"));
        let inside = start.after(at("2026-03-02T10:00:00Z"), "7-8".to_owned());
        let window = Window {
            from: at("2026-03-01T00:00:00Z"),
            to: at("2026-03-02T00:00:00Z"),
        };
        let ids = [InternalId::new("7").unwrap(), InternalId::new("8").unwrap()];
        let texts = ["a".to_owned()];
        let upc = Column::try_from("upccode".to_owned()).unwrap();
        let line_field = Column::try_from("custcol_shop_line".to_owned()).unwrap();
        let plain = Stock::default();
        let places: Vec<Place> =
            serde_json::from_str(r#"[{"subsidiary": 2, "location": 4}]"#).unwrap();
        let pooled: Stock = serde_json::from_str(
            r#"{"pools": {"web": {"locations": [1, 5]}}, "item_flag": "custitem_web", "buffer_field": "custitem_buffer"}"#,
        )
        .unwrap();
        let shown: Products = serde_json::from_str(
            r#"{"item_flag": "custitem_web", "description": "custitem_html", "tags": "custitem_tags", "images": ["custitem_image"],
                "options": [{"field": "custitem_size", "name": "Size"}], "first_price": {"currency": "USD", "currency_id": 1}}"#,
        )
        .unwrap();
        let lists: Prices = serde_json::from_str(
            r#"{"lists": {"web": {"level": 1, "currency": "EUR", "sale_field": "custitem_sale"}}, "item_flag": "custitem_web"}"#,
        )
        .unwrap();
        vec![
            currencies(),
            items(&upc, &[Sku::new("A").unwrap()]),
            customers(&sought(&texts), true),
            namesakes(&texts, &texts),
            address_books(&ids),
            orders_by_key(&texts),
            orders_by_id(&ids),
            order_lines(&ids, Some(&line_field)),
            sold(&texts, &ids, &[]),
            sold(&texts, &ids, &places),
            bills(&ids),
            deposits_of(&ids),
            returned(&ids),
            returns_by_key(&texts),
            credits_by_key(&texts),
            deposits_by_key(&texts),
            funds_by_key(&texts, true),
            funds_by_key(&texts, false),
            funds_of(&ids, true),
            bank_deposits_by_key(&texts),
            fulfilments(&start),
            fulfilments(&inside),
            fulfilments_of(&ids),
            fulfilment_ids(window),
            fulfilment_lines(&ids, &upc, Some(&line_field)),
            tracking_numbers(&ids),
            packages(&ids),
            stock(&inside, &upc, &plain),
            stock(&inside, &upc, &pooled),
            stock_of(&ids, &upc, &pooled),
            prices(&inside, &upc, &lists),
            prices_of(&ids, &upc, &lists),
            kits(&ids, &upc, &plain),
            kits(&ids, &upc, &pooled),
            products(&start),
            products(&inside),
            product_items(&ids, &upc, &Products::default()),
            product_items(&ids, &upc, &shown),
            product_ids(window, &Products::default()),
            product_ids(window, &shown),
            first_prices(&ids, shown.first_price.as_ref().unwrap()),
            credits(&start, true),
            credits(&inside, false),
            credits_of(&ids, true),
            credit_ids(window),
            credit_lines(&ids, &upc, Some(&line_field)),
            cancellations(&start),
            cancellations(&inside),
            cancellations_of(&ids),
            cancellation_ids(window),
            begun(&ids),
            shipping_orders(&inside, Some(window.from)),
            shipping_orders_of(&ids),
            shipping_order_ids(window),
            shipping_methods(&ids),
            shipping_lines(&ids, &upc, true),
            fulfilled(&ids),
            fulfilments_by_key(&texts),
            sample("transactionline", "subsidiary"),
        ]
    }

    fn sought(texts: &[String]) -> Sought {
        Sought {
            ids: Vec::new(),
            keys: texts.to_vec(),
            emails: texts.to_vec(),
            companies: texts.to_vec(),
            people: texts.to_vec(),
        }
    }

    /// The words of a query outside its quotes.
    fn words(text: &str) -> Vec<String> {
        let outside: String = text.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
        outside
            .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn tables_and_columns_exist() {
        let Some(contracts) = testkit::contracts() else {
            return;
        };
        let file = contracts.join("netsuite/facts/suiteql-tables.json");
        let facts: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let columns = |table: &str| -> Vec<String> {
            let named = |name: &&String| name.split(" / ").any(|one| one == table);
            let key = facts.as_object().unwrap().keys().find(named);
            let key = key.unwrap_or_else(|| panic!("no table {table}"));
            let list = facts[key]["columns"].as_array().unwrap();
            list.iter()
                .map(|name| name.as_str().unwrap().to_owned())
                .collect()
        };
        for query in every_query() {
            let words = words(&query.q);
            let mut tables = HashMap::new();
            for three in words.windows(3) {
                if ["FROM", "JOIN"].contains(&three[0].as_str()) && three[1] != "SELECT" {
                    tables.insert(three[2].clone(), columns(&three[1]));
                }
            }
            assert!(!tables.is_empty(), "{}", query.q);
            // `u` and `m` are queries within the query, `BUILTIN` is no table.
            let columns = words.iter().filter_map(|word| word.split_once('.'));
            for (alias, column) in
                columns.filter(|(alias, _)| !["u", "m", "BUILTIN"].contains(alias))
            {
                let known = &tables[alias];
                // OneWorld's column is not in the list, nor what is left of a deposit, which stands in the list of lines' columns.
                let unlisted = [("c", "subsidiary"), ("d", "foreignpaymentamountunused")];
                let custom = column.starts_with("cust") || unlisted.contains(&(alias, column));
                assert!(
                    custom || known.iter().any(|name| name == column),
                    "{alias}.{column} in {}",
                    query.q
                );
            }
            let marks = query.q.matches('?').count();
            assert_eq!(marks, query.params.len(), "{}", query.q);
        }
    }

    #[test]
    fn nothing_from_outside_gets_into_a_text() {
        let hostile = "x') OR 1=1 --";
        let sku = Sku::new(hostile).unwrap();
        let position = Position::at("2026-03-02T10:00:00Z".parse().unwrap());
        let position = position.after(position.since, hostile.to_owned());
        for query in [
            items(&Column::itemid(), &[sku]),
            customers(&sought(&[hostile.to_owned()]), false),
            namesakes(&[hostile.to_owned()], &[hostile.to_owned()]),
            contacts(&[hostile.to_owned()], &[hostile.to_owned()]),
            orders_by_key(&[hostile.to_owned()]),
            funds_by_key(&[hostile.to_owned()], true),
            bank_deposits_by_key(&[hostile.to_owned()]),
            fulfilments(&position),
            fulfilments_by_key(&[hostile.to_owned()]),
            shipping_orders(&position, None),
            cancellations(&position),
            credits(&position, true),
            stock(&position, &Column::itemid(), &Stock::default()),
            products(&position),
            prices(&position, &Column::itemid(), &Prices::default()),
        ] {
            assert!(!query.q.contains("1=1"), "{}", query.q);
        }
    }
}
