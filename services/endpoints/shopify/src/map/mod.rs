//! Shopify's records to commerce and back. Pure.

mod account;
mod amount;
mod cancellation;
mod charges;
mod delivery;
pub(crate) mod giveback;
mod kits;
mod lines;
mod order;
mod payments;
mod payout;
mod people;
mod price;
mod product;
mod refund;
mod rules;
mod settle;
mod standing;
mod stock;

use commerce::ExternalId;
pub(crate) use kit::Unmapped;
use kit::Within;

pub(crate) use account::{account, business};
pub(crate) use cancellation::{call_off, calling_off};
pub(crate) use delivery::{
    Landed, Tracked, after_creation, fulfilment, landed, plan, preferred, retracking, twin,
};
pub(crate) use order::order;
pub(crate) use payout::{RefundsByRepayment, is_open, is_paid, payout};
pub(crate) use price::{Place, Wanted, place, same_currency, wanted};
pub(crate) use product::{
    Found as ProductsBySku, Input as ProductInput, Plan as ProductPlan, assigned, beside,
    check_products, plan as plan_product, remember, twin_of,
};
pub use product::{NewProducts, Products, Withdrawn, WithdrawnVariants};
pub(crate) use refund::refund;
pub(crate) use rules::fields;
pub(crate) use standing::{
    called_off, delivered, given_back, level as level_standing, product as product_standing,
};
pub(crate) use stock::{Change, Target, set_levels, target};

/// The number in a global id: `gid://shopify/Order/123?x=y` is `123`.
pub(crate) fn number(gid: &str) -> &str {
    let path = gid.split('?').next().unwrap_or(gid);
    path.rsplit('/').next().unwrap_or(path)
}

/// The global id of a numbered record. Numbers only: anything else would end up in a query as it is.
pub(crate) fn gid(kind: &str, id: &ExternalId) -> Option<String> {
    let id = id.as_str();
    id.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| format!("gid://shopify/{kind}/{id}"))
}

/// Shopify writes both null and an empty text where nothing was given.
fn given(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn id(text: impl Into<String>) -> Result<ExternalId, Unmapped> {
    ExternalId::new(text).map_err(Unmapped::new)
}
