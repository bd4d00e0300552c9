//! Fixed prices and prices of quantities on one price list.

use std::collections::{BTreeMap, HashMap};

use ports::{Exchange, Fault};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Change, LANE, Progress, sort};
use crate::client::api::{Answer, Api};
use crate::client::documents::{
    ADD_FIXED_PRICES, DELETE_FIXED_PRICES, Document, FIXED_PRICES, SET_QUANTITY_PRICES,
};
use crate::client::judge::is_too_costly;
use crate::wire::{FixedPrice, PriceList, UserError, Variant};

/// Variants asked for in one search, and prices of one call (Shopify help, "API limits": input arrays).
const PAGE: usize = 250;
/// Variants whose quantities are priced in one call: each brings several inputs.
const TIERED: usize = 50;

/// What a price list has for some variants.
pub(super) struct Fixed {
    pub(super) currency: String,
    /// By the variant's global id.
    pub(super) prices: HashMap<String, FixedPrice>,
}

impl Fixed {
    pub(super) fn none(currency: String) -> Self {
        Self {
            currency,
            prices: HashMap::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListData {
    price_list: Option<PriceList>,
}

/// The only field of a mutation's answer.
type Payloads = BTreeMap<String, Option<Payload>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    user_errors: Vec<UserError>,
}

/// Which of the list's mutations a change needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    Add,
    Delete,
    /// Prices of quantities, which only shops with business customers have.
    Tiered,
}

fn gid(number: &str) -> String {
    format!("gid://shopify/PriceList/{number}")
}

/// Reads what the list fixes for those variants.
pub(super) async fn read(
    api: &Api,
    number: &str,
    variants: impl Iterator<Item = &Variant>,
    exchanges: &mut Vec<Exchange>,
) -> Result<Fixed, Fault> {
    let terms: Vec<String> = variants
        .map(|variant| format!("variant_id:{}", variant.legacy_resource_id))
        .collect();
    let mut fixed = Fixed::none(String::new());
    let mut size = PAGE;
    for some in terms.chunks(PAGE) {
        let query = some.join(" OR ");
        let mut after: Option<String> = None;
        loop {
            let variables =
                json!({ "id": gid(number), "query": query, "first": size, "after": after });
            let reply = match api.query(LANE, FIXED_PRICES, variables).await {
                Ok(reply) => reply,
                Err(failure) if size > 1 && is_too_costly(failure.reply.as_deref()) => {
                    size /= 2;
                    continue;
                }
                Err(failure) => {
                    exchanges.push(failure.exchange);
                    return Err(failure.fault);
                }
            };
            let read = reply.json::<Answer<ListData>>();
            exchanges.push(reply.exchange);
            let Some(list) = read?.data.price_list else {
                return Err(Fault::Held {
                    why: format!(
                        "the shop has no price list {number}: correct the connection's table 'prices.lists'"
                    ),
                });
            };
            fixed.currency = list.currency;
            let prices = list.prices.nodes.into_iter();
            fixed
                .prices
                .extend(prices.map(|price| (price.variant.id.clone(), price)));
            let page = list.prices.page_info;
            if !page.has_next_page || page.end_cursor == after {
                break;
            }
            after = page.end_cursor;
        }
    }
    Ok(fixed)
}

/// Sets, or takes away, the list's prices.
pub(super) async fn set(
    api: &Api,
    number: &str,
    changes: Vec<Change<'_>>,
    progress: &mut Progress,
) {
    let mut calls: BTreeMap<Call, Vec<Change<'_>>> = BTreeMap::new();
    for change in changes {
        calls.entry(Call::of(&change)).or_default().push(change);
    }
    for (call, changes) in calls {
        let mut waiting: Vec<Vec<Change<'_>>> = changes
            .chunks(call.most())
            .map(<[Change<'_>]>::to_vec)
            .collect();
        while let Some(changes) = waiting.pop() {
            let again = one(api, number, call, changes, progress).await;
            waiting.extend(again);
        }
    }
}

async fn one<'a>(
    api: &Api,
    number: &str,
    call: Call,
    mut changes: Vec<Change<'a>>,
    progress: &mut Progress,
) -> Vec<Vec<Change<'a>>> {
    let (document, variables, owners) = call.request(number, &changes);
    let (result, exchange) = api.mutate::<Payloads>(LANE, document, variables).await;
    let parts = changes.iter().map(|change| (change, alone(change, number)));
    progress.shared(exchange, &parts.collect::<Vec<_>>());
    let payload = result.and_then(|payloads| {
        let payload = payloads.into_values().next().flatten();
        payload.ok_or_else(|| Fault::Uncertain {
            why: "Shopify answered with neither a change nor an error".to_owned(),
        })
    });
    let errors = match payload {
        Ok(payload) => payload.user_errors,
        Err(Fault::Refused { .. }) if changes.len() > 1 => {
            let second = changes.split_off(changes.len() / 2);
            return vec![changes, second];
        }
        Err(fault) => {
            for change in changes {
                progress.outcomes.insert(change.write, Err(fault.clone()));
            }
            return Vec::new();
        }
    };
    // What is to go and is not there is gone.
    let gone = |error: &UserError| {
        let codes = ["PRICE_NOT_FIXED", "VARIANT_NOT_FOUND"];
        call == Call::Delete
            && error
                .code
                .as_deref()
                .is_some_and(|code| codes.contains(&code))
    };
    let culprit = |error: &UserError| owners.culprit(error);
    if errors.is_empty() {
        for change in changes {
            progress.outcomes.insert(change.write, change.landed());
        }
        return Vec::new();
    }
    let (absent, errors): (Vec<UserError>, Vec<UserError>) = errors.into_iter().partition(gone);
    let absent: Vec<usize> = absent.iter().filter_map(culprit).collect();
    if !absent.is_empty() && errors.is_empty() {
        let mut left = Vec::new();
        for (place, change) in changes.into_iter().enumerate() {
            if absent.contains(&place) {
                progress.outcomes.insert(change.write, change.landed());
            } else {
                left.push(change);
            }
        }
        return if left.is_empty() {
            Vec::new()
        } else {
            vec![left]
        };
    }
    sort::without_culprits(changes, &errors, culprit, progress)
}

/// The variables that a request for this change alone would have.
pub(super) fn alone(change: &Change<'_>, number: &str) -> Value {
    let (_, variables, _) = Call::of(change).request(number, std::slice::from_ref(change));
    variables
}

/// For each list of inputs, which change each input belongs to.
struct Owners(HashMap<&'static str, Vec<usize>>);

impl Owners {
    /// The change that an error names: `["prices", "3", "price"]`.
    fn culprit(&self, error: &UserError) -> Option<usize> {
        let field = error.field.as_ref()?;
        let mut pairs = field.iter().zip(field.iter().skip(1));
        pairs.find_map(|(list, place)| {
            let owners = self.0.get(list.as_str())?;
            owners.get(place.parse::<usize>().ok()?).copied()
        })
    }
}

impl Call {
    fn of(change: &Change<'_>) -> Self {
        let tiers = change.wanted.as_ref();
        if change.tiered || tiers.is_some_and(|wanted| !wanted.breaks.is_empty()) {
            Self::Tiered
        } else if change.wanted.is_some() {
            Self::Add
        } else {
            Self::Delete
        }
    }

    const fn most(self) -> usize {
        match self {
            Self::Add | Self::Delete => PAGE,
            Self::Tiered => TIERED,
        }
    }

    fn request(self, number: &str, changes: &[Change<'_>]) -> (Document, Value, Owners) {
        let (mut prices, mut priced) = (Vec::new(), Vec::new());
        let (mut gone, mut going) = (Vec::new(), Vec::new());
        let (mut untiered, mut untiering) = (Vec::new(), Vec::new());
        let (mut steps, mut stepping) = (Vec::new(), Vec::new());
        for (place, change) in changes.iter().enumerate() {
            let variant = &change.variant.id;
            let currency = change.price.currency.code();
            let sum = |amount: rust_decimal::Decimal| json!({ "amount": amount.to_string(), "currencyCode": currency });
            if change.tiered {
                untiered.push(json!(variant));
                untiering.push(place);
            }
            let Some(wanted) = &change.wanted else {
                gone.push(json!(variant));
                going.push(place);
                continue;
            };
            prices.push(json!({
                "variantId": variant,
                "price": sum(wanted.price),
                "compareAtPrice": wanted.compare_at.map(sum),
            }));
            priced.push(place);
            for (from, amount) in &wanted.breaks {
                steps.push(
                    json!({ "variantId": variant, "minimumQuantity": from, "price": sum(*amount) }),
                );
                stepping.push(place);
            }
        }
        let id = gid(number);
        match self {
            Self::Add => (
                ADD_FIXED_PRICES,
                json!({ "id": id, "prices": prices }),
                Owners(HashMap::from([("prices", priced)])),
            ),
            Self::Delete => (
                DELETE_FIXED_PRICES,
                json!({ "id": id, "variants": gone }),
                Owners(HashMap::from([("variantIds", going)])),
            ),
            Self::Tiered => (
                SET_QUANTITY_PRICES,
                json!({ "id": id, "input": {
                    "pricesToAdd": prices,
                    "pricesToDeleteByVariantId": gone,
                    "quantityPriceBreaksToAdd": steps,
                    "quantityPriceBreaksToDelete": [],
                    "quantityPriceBreaksToDeleteByVariantId": untiered,
                    "quantityRulesToAdd": [],
                    "quantityRulesToDeleteByVariantId": [],
                }}),
                Owners(HashMap::from([
                    ("pricesToAdd", priced),
                    ("pricesToDeleteByVariantId", going),
                    ("quantityPriceBreaksToAdd", stepping),
                    ("quantityPriceBreaksToDeleteByVariantId", untiering),
                ])),
            ),
        }
    }
}
