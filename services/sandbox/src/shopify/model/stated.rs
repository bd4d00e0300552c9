//! Orders in somebody else's words.

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::Order;
use super::order::Cancellation;
use crate::shopify::money::{Currencies, Currency};

/// What an order says of itself, in the shape of the Admin API's `Order`.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Stated(Map<String, Json>);

impl Stated {
    pub(in crate::shopify) fn new(order: Json) -> Result<Self, String> {
        match order {
            Json::Object(fields) => Ok(Self(fields)),
            _ => Err("it is no JSON object".to_owned()),
        }
    }

    pub(in crate::shopify) fn fields(&self) -> &Map<String, Json> {
        &self.0
    }

    pub(in crate::shopify) fn name(&self) -> Option<&str> {
        self.0.get("name")?.as_str()
    }

    pub(in crate::shopify) fn lines(&self) -> usize {
        let nodes = self.0.get("lineItems").and_then(|lines| lines.get("nodes"));
        nodes.and_then(Json::as_array).map_or(0, Vec::len)
    }

    /// One side of a `MoneyBag`.
    pub(in crate::shopify) fn amount(&self, field: &str, side: &str) -> Option<&str> {
        self.0.get(field)?.get(side)?.get("amount")?.as_str()
    }

    /// With what the shop itself has to know, for its search and its pages.
    pub(in crate::shopify) fn into_order(
        self,
        index: usize,
        at: Timestamp,
    ) -> Result<Order, String> {
        let currencies = Currencies {
            shop: self.currency("currencyCode")?,
            presentment: self.currency("presentmentCurrencyCode")?,
        };
        let test = self.0.get("test").and_then(Json::as_bool);
        Ok(Order {
            test: test.ok_or("`test` must be true or false")?,
            cancelled: self.time("cancelledAt")?.map(|at| Cancellation {
                at,
                reason: "OTHER",
                note: None,
                notified: true,
            }),
            stated: Some(self),
            ..Order::new(index, currencies, at)
        })
    }

    fn currency(&self, field: &str) -> Result<Currency, String> {
        let code = self.0.get(field).and_then(Json::as_str);
        code.and_then(Currency::find).ok_or_else(|| {
            format!(
                "`{field}` must be a currency that the sandbox trades in, but is {}",
                code.unwrap_or("missing")
            )
        })
    }

    fn time(&self, field: &str) -> Result<Option<Timestamp>, String> {
        match self.0.get(field) {
            Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => match text.parse() {
                Ok(time) => Ok(Some(time)),
                Err(error) => Err(format!("`{field}`: {error}")),
            },
            _ => Err(format!("`{field}` must be a time or null")),
        }
    }
}
