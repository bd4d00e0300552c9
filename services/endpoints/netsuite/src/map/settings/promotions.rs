//! The settings by which coupons become promotions.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::InternalId;

/// Which of NetSuite's promotions a coupon stands for. What the shop took off for it becomes the record's own discount, to the cent, in
/// place of what the promotion would reckon; the promotion's conditions still hold, so that NetSuite refuses one that is over. A record
/// bears one promotion: of an order with several coupons the first that is listed counts, and the others stay discounts.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Promotions {
    /// The item of type Discount under which the promotion's discount is booked. Another than `items.discount`, so that the two can be
    /// told apart when the order changes.
    pub item: Option<InternalId>,
    /// NetSuite's promotion by coupon code, in any case (`WELCOME10: 12`). A coupon that is not listed stays a discount.
    pub codes: BTreeMap<String, InternalId>,
}

impl Promotions {
    /// The promotion of a coupon.
    pub(crate) fn of(&self, code: Option<&str>) -> Option<&InternalId> {
        let code = code?;
        let mut listed = self.codes.iter();
        let found = listed.find(|(own, _)| own.eq_ignore_ascii_case(code));
        found.map(|(_, promotion)| promotion)
    }
}
