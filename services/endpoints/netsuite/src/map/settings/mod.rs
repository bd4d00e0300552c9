//! The settings by which orders become sales orders, stock what a shop may sell, and price levels price lists.

mod caution;
mod customers;
mod names;
mod payments;
mod payouts;
mod places;
mod prices;
mod products;
mod promotions;
mod record;
mod refunds;
mod shipping;
mod stock;

use std::collections::BTreeMap;

use commerce::{Country, Currency, Side};
use jiff::tz::TimeZone;
use ports::ConfigError;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;

pub use caution::Caution;
pub use customers::{Addresses, CustomerMatch, CustomerRecords, Customers, Guests, Update};
pub use names::{Column, InternalId};
pub use payments::Payments;
pub use payouts::Payouts;
pub(crate) use payouts::check as check_payouts;
pub use places::Place;
pub(crate) use prices::check as check_prices;
pub use prices::{PriceList, Prices};
pub(crate) use products::check as check_products;
pub use products::{FirstPrice, ItemField, MatrixOption, Products};
pub use promotions::Promotions;
pub use record::{Records, Sale};
pub use refunds::{Refunds, Returns, Unbilled};
pub use shipping::{ParcelWeight, Shipments, ShippingOrders, Voided};
pub(crate) use shipping::{SHIPPING_COST, check as check_shipments};
pub(crate) use stock::check as check_stock;
pub use stock::{Pool, Stock, Unflagged};

/// How orders become sales orders. Every part has a default; most accounts set `subsidiary`, `tax` and a few `items`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Orders {
    /// Which record an order becomes: a sales order unless set.
    pub record: Records,
    /// How money that the shop took gets into NetSuite.
    pub payments: Payments,
    /// Which of NetSuite's promotions the shop's coupons stand for.
    pub promotions: Promotions,
    /// Orders that are booked elsewhere than `subsidiary` and `location` say: the first entry counts whose conditions an order meets.
    pub places: Vec<Place>,
    /// What becomes of orders whose fulfilment the shop holds back: `import` unless set, `pending_approval` or `hold`.
    pub on_hold: Caution,
    /// What becomes of orders that the shop's risk analysis advises to cancel: `import` unless set, `pending_approval` or `hold`.
    pub high_risk: Caution,
    /// How the buyer becomes NetSuite's customer.
    pub customer: Customers,
    /// Subsidiary of the sales order; left out, NetSuite takes the customer's.
    #[schemars(extend("x-list" = "subsidiaries"))]
    pub subsidiary: Option<InternalId>,
    /// Location of the sales order.
    #[schemars(extend("x-list" = "locations"))]
    pub location: Option<InternalId>,
    /// Department of the sales order.
    #[schemars(extend("x-list" = "departments"))]
    pub department: Option<InternalId>,
    /// Class of the sales order.
    #[schemars(extend("x-list" = "classes"))]
    pub class: Option<InternalId>,
    /// Whether sales orders wait for approval (`A`) or go straight to pending fulfilment (`B`, the default).
    pub order_status: OrderStatus,
    /// The sales order form; left out, the role's preferred form.
    pub custom_form: Option<InternalId>,
    /// The price level of every line: `-1` (Custom, the default), under which NetSuite keeps the order's own price.
    #[schemars(extend("x-list" = "price_levels"))]
    pub price_level: InternalId,
    /// In which of an order's two currencies the sales order is booked: `shop` (the default) or `presentment` (what the buyer paid).
    pub book_in: BookIn,
    /// How the storefront's tax gets into NetSuite.
    pub tax: Tax,
    /// The items that stand for charges without a SKU.
    pub items: Items,
    /// How delivery charges are written.
    pub shipping: Shipping,
    /// Whether a line's discounts become lines of their own or lower the line's amount: `line` where `items.discount` is set, else `net`.
    pub discounts: Option<Discounts>,
    /// A transaction line field (`custcol_…`) that keeps the shop's line id; fulfilments then name the shop's line exactly.
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub line_field: Option<Column>,
    /// Internal id of NetSuite's terms of payment by the shop's name of them (`Net 30: 2`), for orders that are paid later. Left out,
    /// NetSuite takes the customer's own; an order with terms that are not listed is held.
    #[schemars(extend("x-list" = "terms"))]
    pub terms: BTreeMap<String, InternalId>,
    /// Internal id of each currency by ISO code (`EUR: 4`); left out, they are read from the account.
    #[schemars(extend("x-list" = "currencies"))]
    pub currencies: BTreeMap<String, InternalId>,
    /// The account's one currency by ISO code (`USD`), where NetSuite's Multiple Currencies feature is off. Orders in any other are held.
    pub only_currency: Option<String>,
    /// The time zone in which the order's date is taken (`America/New_York`); left out, the integration user's zone.
    pub time_zone: Option<String>,
    /// What becomes of an order that changed or was cancelled in the shop after its import: `apply` (the default) carries it over as far
    /// as the sales order's status allows and holds the rest; `hold` holds every difference for a person. When an order changes in the
    /// shop, its articles, prices, delivery and shipping address are compared as a whole: what was changed by hand in NetSuite
    /// meanwhile is set to what the shop has. Lines that were added there stay where `line_field` is set.
    pub changes: Changes,
    /// The item, of type Other Charge or Discount, of the line that makes good a difference between an order's or refund's stated total and
    /// what its lines come to, as far as the sync's `rounding` allows.
    pub rounding_item: Option<InternalId>,
    /// How far NetSuite's total may lie from the order's before a person is asked: 0 unless set. In the booked currency.
    #[schemars(with = "String")]
    pub tolerance: Decimal,
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            record: Records::default(),
            payments: Payments::default(),
            promotions: Promotions::default(),
            places: Vec::new(),
            on_hold: Caution::default(),
            high_risk: Caution::default(),
            customer: Customers::default(),
            subsidiary: None,
            location: None,
            department: None,
            class: None,
            order_status: OrderStatus::default(),
            custom_form: None,
            price_level: InternalId::custom_price_level(),
            book_in: BookIn::default(),
            tax: Tax::default(),
            items: Items::default(),
            shipping: Shipping::default(),
            discounts: None,
            line_field: None,
            terms: BTreeMap::new(),
            currencies: BTreeMap::new(),
            only_currency: None,
            time_zone: None,
            changes: Changes::default(),
            rounding_item: None,
            tolerance: Decimal::ZERO,
        }
    }
}

impl Orders {
    /// Whether orders that wait for approval may be let go: where the shop's word is what they wait for.
    pub(crate) fn lets_go(&self) -> bool {
        let waits = |caution| caution == Caution::PendingApproval;
        self.order_status == OrderStatus::B && (waits(self.on_hold) || waits(self.high_risk))
    }

    /// Whether discounts become lines of their own: as set, else where there is an item for them.
    pub(crate) fn discount_lines(&self) -> bool {
        match self.discounts {
            Some(choice) => choice == Discounts::Line,
            None => self.items.discount.is_some(),
        }
    }
}

/// Status of new sales orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
pub enum OrderStatus {
    /// Pending approval.
    A,
    /// Pending fulfilment.
    #[default]
    B,
}

impl OrderStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

/// What becomes of changes and cancellations of orders that were imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Changes {
    /// They are carried over as far as the sales order's status allows.
    #[default]
    Apply,
    /// They are held for a person.
    Hold,
}

/// Which of an order's two currencies is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BookIn {
    /// The shop's own currency.
    #[default]
    Shop,
    /// The currency the buyer paid in.
    Presentment,
}

impl From<BookIn> for Side {
    fn from(book_in: BookIn) -> Self {
        match book_in {
            BookIn::Shop => Self::Shop,
            BookIn::Presentment => Self::Presentment,
        }
    }
}

/// How the storefront's tax gets into NetSuite.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tax {
    /// Not at all: NetSuite computes its own. A total that comes out differently is reported.
    #[default]
    None,
    /// As lines of an item, one per tax name and rate.
    Line(TaxAsLine),
    /// As SuiteTax details that override NetSuite's own tax (`taxDetailsOverride`). Needs the SuiteTax feature.
    SuitetaxOverride(SuiteTaxOverride),
}

impl Tax {
    /// The items that stand for tax.
    pub(crate) fn items(&self) -> [Option<&InternalId>; 2] {
        match self {
            Self::Line(setting) => [Some(&setting.item), setting.remitted_item.as_ref()],
            Self::None | Self::SuitetaxOverride(_) => [None, None],
        }
    }

    /// The tax code that keeps NetSuite from adding tax of its own.
    pub(crate) fn untaxed_code(&self) -> Option<&str> {
        match self {
            Self::Line(setting) => setting.untaxed_code.as_ref().map(InternalId::as_str),
            Self::None | Self::SuitetaxOverride(_) => None,
        }
    }
}

/// Tax as lines of an item.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxAsLine {
    /// The item of the tax lines.
    pub item: InternalId,
    /// The item for taxes that the sales channel pays to the authority itself; the same unless set.
    #[serde(default)]
    pub remitted_item: Option<InternalId>,
    /// The tax code put on every line so that NetSuite adds no tax of its own (`-8`, "-Not Taxable-", in accounts with legacy tax).
    #[serde(default)]
    #[schemars(extend("x-list" = "tax_codes"))]
    pub untaxed_code: Option<InternalId>,
}

/// Tax as SuiteTax details.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuiteTaxOverride {
    /// Tax type and code by the tax's name at the storefront.
    #[serde(default)]
    pub codes: BTreeMap<String, TaxCode>,
    /// Tax type and code of names that are not listed; left out, such orders are held.
    #[serde(default)]
    pub default: Option<TaxCode>,
}

/// A SuiteTax type and code.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxCode {
    /// Internal id of the tax type.
    pub tax_type: InternalId,
    /// Internal id of the tax code.
    #[schemars(extend("x-list" = "tax_codes"))]
    pub tax_code: InternalId,
}

/// The items that stand for charges without a SKU. An order with a charge whose item is not set is held.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Items {
    /// For something sold without a SKU.
    pub custom_item: Option<InternalId>,
    /// For discounts; an item of type Discount.
    pub discount: Option<InternalId>,
    /// For gratuities.
    pub tip: Option<InternalId>,
    /// For import duties.
    pub duty: Option<InternalId>,
    /// For any other charge.
    pub fee: Option<InternalId>,
    /// For gift cards sold; left out, the gift card's own SKU.
    pub gift_card: Option<InternalId>,
}

/// How delivery charges are written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Shipping {
    /// The item of delivery lines; left out, delivery charges become the sales order's `shippingCost`.
    pub item: Option<InternalId>,
    /// NetSuite's shipping item (`shipMethod`) by the storefront's method.
    #[schemars(extend("x-list" = "ship_methods"))]
    pub methods: BTreeMap<String, InternalId>,
    /// The shipping item of methods that are not listed. Many accounts ignore `shippingCost` where no shipping item is set.
    #[schemars(extend("x-list" = "ship_methods"))]
    pub default_method: Option<InternalId>,
}

/// What becomes of a line's discounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Discounts {
    /// A discount line after the line; needs `items.discount`.
    Line,
    /// The line's amount is lowered.
    Net,
}

/// Finds settings that contradict each other.
pub(crate) fn check(orders: &Orders) -> Result<(), ConfigError> {
    let wrong = |setting: &str, why: String| {
        Err(ConfigError {
            setting: format!("orders.{setting}"),
            why,
        })
    };
    if orders.discounts == Some(Discounts::Line) && orders.items.discount.is_none() {
        return wrong(
            "discounts",
            "discount lines need an item: set orders.items.discount, or discounts: net".to_owned(),
        );
    }
    if matches!(orders.tax, Tax::SuitetaxOverride(_)) && orders.shipping.item.is_none() {
        return wrong(
            "shipping.item",
            "is needed with tax: suitetax_override, since SuiteTax details can only name item lines".to_owned(),
        );
    }
    if let Some(code) = orders
        .currencies
        .keys()
        .chain(&orders.only_currency)
        .find(|code| Currency::from_code(code).is_none())
    {
        return wrong(
            "currencies",
            format!("'{code}' is no ISO 4217 currency code such as EUR"),
        );
    }
    if let Some(field) = &orders.line_field
        && !field.as_str().starts_with("custcol")
    {
        return wrong(
            "line_field",
            format!(
                "'{}' is no transaction line field (custcol_…)",
                field.as_str()
            ),
        );
    }
    let promotions = &orders.promotions;
    if promotions.item.is_none() && !promotions.codes.is_empty() {
        return wrong(
            "promotions.item",
            "promotions need an item of type Discount to be booked under".to_owned(),
        );
    }
    if promotions.item.is_some() && promotions.item == orders.items.discount {
        return wrong(
            "promotions.item",
            "must be another item than orders.items.discount".to_owned(),
        );
    }
    let codes = orders.places.iter().flat_map(|place| &place.countries);
    if let Some(code) = codes
        .into_iter()
        .find(|code| Country::new(code.as_str()).is_err())
    {
        return wrong(
            "places.countries",
            format!("'{code}' is no ISO 3166 country code such as DE"),
        );
    }
    let payments = &orders.payments;
    if payments.gift_cards.is_some() && !payments.deposits && !payments.invoices {
        return wrong(
            "payments.gift_cards",
            "is of use only with deposits: true or invoices: true".to_owned(),
        );
    }
    if let Some(zone) = &orders.time_zone
        && let Err(error) = TimeZone::get(zone)
    {
        return wrong(
            "time_zone",
            format!("{error}; use a name such as Europe/Berlin"),
        );
    }
    if orders.tolerance.is_sign_negative() {
        return wrong("tolerance", "must not be negative".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(json: &str) -> Result<Orders, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn nothing_has_to_be_set() {
        let defaults = orders("{}").unwrap();
        assert_eq!(defaults.price_level.as_str(), "-1");
        assert_eq!(defaults.order_status, OrderStatus::B);
        assert!(!defaults.discount_lines());
        assert!(check(&defaults).is_ok());
    }

    #[test]
    fn ids_may_be_numbers_or_texts() {
        let read =
            orders(r#"{"subsidiary": 1, "location": "2", "items": {"discount": -6}}"#).unwrap();
        assert_eq!(read.subsidiary.unwrap().as_str(), "1");
        assert_eq!(read.location.unwrap().as_str(), "2");
        assert_eq!(read.items.discount.unwrap().as_str(), "-6");
    }

    #[test]
    fn unknown_keys_and_nonsense_are_named() {
        for (json, named) in [
            (r#"{"locaton": 1}"#, "locaton"),
            (r#"{"location": "Berlin"}"#, "Berlin"),
            (r#"{"line_field": "custcol_a; DROP"}"#, "DROP"),
            (r#"{"tax": {"line": {"itm": 1}}}"#, "itm"),
        ] {
            let error = orders(json).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn contradictions_are_found() {
        for (json, setting) in [
            (r#"{"discounts": "line"}"#, "orders.discounts"),
            (
                r#"{"tax": {"suitetax_override": {}}}"#,
                "orders.shipping.item",
            ),
            (r#"{"currencies": {"EURO": 4}}"#, "orders.currencies"),
            (r#"{"line_field": "custitem_x"}"#, "orders.line_field"),
            (r#"{"time_zone": "Mars/Base"}"#, "orders.time_zone"),
            (
                r#"{"promotions": {"codes": {"A": 1}}}"#,
                "orders.promotions.item",
            ),
            (
                r#"{"promotions": {"item": 9}, "items": {"discount": 9}}"#,
                "orders.promotions.item",
            ),
            (
                r#"{"places": [{"countries": ["Germany"]}]}"#,
                "orders.places.countries",
            ),
            (
                r#"{"payments": {"gift_cards": 5}}"#,
                "orders.payments.gift_cards",
            ),
        ] {
            let error = check(&orders(json).unwrap()).unwrap_err();
            assert_eq!(error.setting, setting);
        }
    }
}
