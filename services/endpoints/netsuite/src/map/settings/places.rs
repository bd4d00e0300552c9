//! Where orders are booked.

use schemars::JsonSchema;
use serde::Deserialize;

use super::InternalId;

/// Where orders of a kind are booked. What is left out is as set for all orders.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Place {
    /// Orders sold at this location of the shop, by the shop's own number of it (`"61234567890"`); left out, at any or none.
    pub sold_at: Option<String>,
    /// Orders whose goods, or else bills, go to these countries by ISO code (`[DE, AT]`); left out, to any.
    pub countries: Vec<String>,
    /// Subsidiary of the record, and of customers that are made for it.
    #[schemars(extend("x-list" = "subsidiaries"))]
    pub subsidiary: Option<InternalId>,
    /// Location of the record.
    #[schemars(extend("x-list" = "locations"))]
    pub location: Option<InternalId>,
    /// Department of the record.
    #[schemars(extend("x-list" = "departments"))]
    pub department: Option<InternalId>,
    /// Class of the record.
    #[schemars(extend("x-list" = "classes"))]
    pub class: Option<InternalId>,
}
