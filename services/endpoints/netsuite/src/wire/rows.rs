//! Rows of SuiteQL's answers. Every value arrives as a text and nulls are left out; numbers and booleans are accepted too.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

/// A text, or a number or boolean as NetSuite would have written it.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    optional_text(deserializer)?.ok_or_else(|| de::Error::custom("null where a value is needed"))
}

pub(super) fn optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(true) => Ok(Some("T".to_owned())),
        Value::Bool(false) => Ok(Some("F".to_owned())),
        Value::Array(_) | Value::Object(_) => Err(de::Error::custom("a single value is expected")),
    }
}

/// The session's clock.
#[derive(Debug, Deserialize)]
pub(crate) struct SessionRow {
    /// `YYYY-MM-DD HH24:MI:SS` in the session's zone.
    #[serde(deserialize_with = "text")]
    pub(crate) local: String,
    /// In the user's date format.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) today: Option<String>,
}

/// A currency of the account.
#[derive(Debug, Deserialize)]
pub(crate) struct CurrencyRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    /// The ISO code.
    #[serde(deserialize_with = "text")]
    pub(crate) symbol: String,
}

/// An entry of one of the account's lists.
#[derive(Debug, Deserialize)]
pub(crate) struct EntryRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) name: Option<String>,
}

/// An item by its SKU.
#[derive(Debug, Deserialize)]
pub(crate) struct ItemRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(deserialize_with = "text")]
    pub(crate) sku: String,
}

/// A transaction and its total.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct OrderRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    /// `SalesOrd`, `CashSale`, `CustInvc` …; asked for only where it can be told apart by nothing else.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) r#type: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) tranid: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) externalid: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) foreigntotal: Option<String>,
    /// The customer.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) entity: Option<String>,
    /// Another transaction under the same external id. NetSuite allows none.
    #[serde(skip)]
    pub(crate) twice: Option<String>,
}

/// What a span of ids comes to.
#[derive(Debug, Deserialize)]
pub(crate) struct SpanRow {
    /// Its place among the spans asked for.
    #[serde(deserialize_with = "text")]
    pub(crate) span: String,
    #[serde(deserialize_with = "text")]
    pub(crate) records: String,
    #[serde(deserialize_with = "text")]
    pub(crate) ids: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) amount: Option<String>,
}

/// A sale as it stands: its status, and the parts of its shipping address that NetSuite keeps as they were given.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct StandingRow {
    #[serde(flatten)]
    pub(crate) order: OrderRow,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) status: Option<String>,
    /// What of an invoice is paid.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) paid: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) addressee: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) attention: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) addr1: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) addr2: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) city: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) zip: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) country: Option<String>,
}

/// A line of a sales order. Quantities and amounts of sales are negative here.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct OrderLineRow {
    #[serde(deserialize_with = "text")]
    pub(crate) sales_order: String,
    #[serde(deserialize_with = "text")]
    pub(crate) line: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) item: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) itemtype: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) quantity: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) amount: Option<String>,
    /// In item fulfilments of any status.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) picked: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) shipped: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) billed: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) closed: Option<String>,
    /// The shop's line id.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) shop_line: Option<String>,
}

/// A sale that was cancelled or closed.
#[derive(Debug, Deserialize)]
pub(crate) struct CancelledRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) tranid: Option<String>,
    /// When the sales order was last saved. UTC.
    #[serde(deserialize_with = "text")]
    pub(crate) modified: String,
    /// Its external id.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) order_key: Option<String>,
}

/// A credit, and a sales order that it belongs to.
#[derive(Debug, Deserialize)]
pub(crate) struct CreditRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) tranid: Option<String>,
    /// Its external id.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) credit_key: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) memo: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) total: String,
    /// When it was last saved. UTC.
    #[serde(deserialize_with = "text")]
    pub(crate) modified: String,
    /// When it was made. UTC.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) created: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) order_id: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) order_number: Option<String>,
    /// The sales order's external id.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) order_key: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) order_total: Option<String>,
}

/// A line of a credit.
#[derive(Debug, Deserialize)]
pub(crate) struct CreditLineRow {
    #[serde(deserialize_with = "text")]
    pub(crate) line: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) item: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) itemtype: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) sku: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) quantity: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) amount: Option<String>,
    /// The shop's line id.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) shop_line: Option<String>,
}

/// A sales order that is given back of.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct SoldRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    /// `SalesOrd`, `CashSale` or `CustInvc`.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) r#type: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) tranid: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) externalid: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) foreigntotal: Option<String>,
    /// The customer.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) entity: Option<String>,
    /// Where it is booked, where that was asked for.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) subsidiary: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) location: Option<String>,
    /// The letter of its status.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) status: Option<String>,
    /// What of it, an invoice, is still to be paid.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) unpaid: Option<String>,
}

/// An invoice or cash sale of a sales order.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct BillRow {
    #[serde(deserialize_with = "text")]
    pub(crate) order_id: String,
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    /// What of an invoice is still to be paid.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) unpaid: Option<String>,
    /// `CustInvc` or `CashSale`.
    #[serde(deserialize_with = "text")]
    pub(crate) r#type: String,
}

/// What was authorized to come back of a sale's line.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ReturnedRow {
    /// The sale.
    #[serde(deserialize_with = "text")]
    pub(crate) sale: String,
    #[serde(deserialize_with = "text")]
    pub(crate) line: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) quantity: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) amount: Option<String>,
}

/// A customer deposit of a sales order.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DepositRow {
    #[serde(deserialize_with = "text")]
    pub(crate) order_id: String,
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    /// What of it is neither applied nor given back.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) unused: Option<String>,
}

/// An item fulfilment with its order.
#[derive(Debug, Deserialize)]
pub(crate) struct FulfilmentRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) tranid: Option<String>,
    /// UTC.
    #[serde(deserialize_with = "text")]
    pub(crate) modified: String,
    /// UTC.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) created: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) order_id: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) order_key: Option<String>,
}

/// A line of an item fulfilment, tied to its order line.
#[derive(Debug, Deserialize)]
pub(crate) struct FulfilmentLineRow {
    #[serde(deserialize_with = "text")]
    pub(crate) order_line: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) sku: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) item: Option<String>,
    /// Negative on some rows.
    #[serde(deserialize_with = "text")]
    pub(crate) quantity: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) location: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) method: Option<String>,
    /// The shop's line id.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) shop_line: Option<String>,
}

/// A tracking number of an item fulfilment.
#[derive(Debug, Deserialize)]
pub(crate) struct TrackingRow {
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) tracking: Option<String>,
}

/// What an item costs at first.
#[derive(Debug, Deserialize)]
pub(crate) struct FirstPriceRow {
    #[serde(deserialize_with = "text")]
    pub(crate) item: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) price: Option<String>,
}

/// An item and what there is of it at one of its locations; nothing but the item where it is stocked nowhere.
#[derive(Debug, Deserialize)]
pub(crate) struct StockRow {
    #[serde(deserialize_with = "text")]
    pub(crate) item: String,
    #[serde(flatten)]
    pub(crate) article: ArticleRow,
    #[serde(flatten)]
    pub(crate) place: PlaceRow,
}

/// What is known of an item that is sold.
#[derive(Debug, Deserialize)]
pub(crate) struct ArticleRow {
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) sku: Option<String>,
    /// `T` or `F`.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) flag: Option<String>,
    /// Units of it to be held back.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) buffer: Option<String>,
    /// When the item's record was last saved. UTC.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) edited: Option<String>,
}

/// What there is at a location.
#[derive(Debug, Deserialize)]
pub(crate) struct PlaceRow {
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) location: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) available: Option<String>,
    /// When that changed last. UTC.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) moved: Option<String>,
}

/// An item and one of its prices; nothing but the item where it has none that is wanted.
#[derive(Debug, Deserialize)]
pub(crate) struct PriceRow {
    #[serde(deserialize_with = "text")]
    pub(crate) item: String,
    /// When the item's record was last saved. UTC.
    #[serde(deserialize_with = "text")]
    pub(crate) changed: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) sku: Option<String>,
    /// `T` or `F`.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) flag: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) price_level: Option<String>,
    /// The currency's ISO 4217 code.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) currency: Option<String>,
    /// The least quantity of the price.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) quantity: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) amount: Option<String>,
    /// Fields of the item that were asked for besides.
    #[serde(flatten)]
    others: std::collections::BTreeMap<String, serde_json::Value>,
}

impl PriceRow {
    /// One of the item's own fields as text, where it is filled.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let text = self.others.get(name)?.as_str()?.trim();
        (!text.is_empty()).then_some(text)
    }
}

/// A kit, one of its components, and what there is of that at one location.
#[derive(Debug, Deserialize)]
pub(crate) struct KitRow {
    #[serde(deserialize_with = "text")]
    pub(crate) kit: String,
    #[serde(flatten)]
    pub(crate) article: ArticleRow,
    /// The component's line in the kit.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) line: Option<String>,
    /// The component.
    #[serde(deserialize_with = "text")]
    pub(crate) item: String,
    /// How many go into one kit.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) quantity: Option<String>,
    /// The component's type.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) kind: Option<String>,
    /// Units of the component to be held back.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) held: Option<String>,
    /// When the component's record was last saved. UTC.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) item_edited: Option<String>,
    #[serde(flatten)]
    pub(crate) place: PlaceRow,
}
