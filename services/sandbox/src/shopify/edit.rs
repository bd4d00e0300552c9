//! Orders that a clerk edits: other quantities, more lines, another charge for shipping, another address.

use jiff::Timestamp;
use serde::Deserialize;

use super::model::fulfilment::FulfilmentOrderLine;
use super::model::order::{Line, Order};
use super::model::payment::{Kind, Transaction};
use super::model::{Address, FulfilmentOrderStatus, Purchase, Store};
use super::seed;

/// An edit of an order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// So many units of the line at this place, from 0; none removes it.
    Quantity {
        /// The line's place.
        line: usize,
        /// Units from now on.
        units: u32,
    },
    /// A new line.
    Add {
        /// SKU of the article.
        sku: String,
        /// Units.
        units: u32,
    },
    /// Another price of the first shipping line, in cents of a US dollar.
    Shipping {
        /// The price before discounts and taxes.
        cents: i64,
    },
    /// Another street and town to send to.
    Address {
        /// Street and number.
        street: String,
        /// Town.
        city: String,
        /// Postal code.
        zip: String,
    },
    /// Whether its fulfilment is held back.
    Hold {
        /// From now on.
        on: bool,
    },
    /// Whether the risk analysis says to cancel it.
    Risk {
        /// From now on.
        on: bool,
    },
    /// The buyer's money is taken: what was only reserved.
    Capture,
    /// The buyer pays so many hundredths of what is still to be paid, by other means than a card.
    Pay {
        /// Hundredths.
        percent: u32,
    },
    /// A company for which the buyer, who has to have an account, bought.
    Company(Purchase),
    /// A buyer without an account, by what they left; somebody at the till leaves nothing.
    Guest {
        /// E-mail address.
        email: Option<String>,
        /// Given and family name, on the bill.
        name: Option<(String, String)>,
    },
}

/// Makes an edit. `false` where the shop would not: a cancelled order, units that are sent, a part of a bundle; or, once something
/// was taken away, more of anything.
pub(super) fn apply(store: &mut Store, index: usize, edit: &Edit, now: Timestamp) -> bool {
    let sold = match edit {
        Edit::Add { sku, .. } => {
            let variant = store.variants.iter().find(|variant| variant.sku == *sku);
            let Some(variant) = variant.filter(|variant| !variant.is_bundle()) else {
                return false;
            };
            Some(variant.clone())
        }
        _ => None,
    };
    let Some(order) = store.orders.get(index) else {
        return false;
    };
    if order.cancelled.is_some() || !is_possible(order, edit) {
        return false;
    }
    let changed = store.change(index, now, |order, at| match edit {
        Edit::Quantity { line, units } => set_units(order, *line, *units, at),
        Edit::Add { units, .. } => {
            let Some(variant) = sold else { return };
            let place = order.lines.len();
            order.lines.push(Line {
                place,
                title: variant.title.clone(),
                variant: Some(variant.index),
                sku: Some(variant.sku.clone()),
                quantity: *units,
                unit: order.currencies.of_cents(variant.cents),
                gift_card: variant.gift_card,
                requires_shipping: !variant.gift_card,
                taxable: !variant.gift_card,
                grams: variant.grams,
                attributes: Vec::new(),
                group: None,
                allocations: Vec::new(),
                taxes: Vec::new(),
                duty: None,
            });
            let open = FulfilmentOrderStatus::Open;
            let mut parts = order.fulfilment_orders.iter_mut();
            if let Some(part) = parts.find(|part| part.status == open) {
                part.lines.push(FulfilmentOrderLine {
                    line: place,
                    total: *units,
                    remaining: *units,
                });
            }
            seed::reprice(order);
        }
        Edit::Shipping { cents } => {
            let price = order.currencies.of_cents(*cents);
            if let Some(line) = order.shipping_lines.first_mut() {
                line.price = price;
            }
            seed::reprice(order);
        }
        Edit::Hold { on } => {
            let (from, to) = if *on {
                (FulfilmentOrderStatus::Open, FulfilmentOrderStatus::OnHold)
            } else {
                (FulfilmentOrderStatus::OnHold, FulfilmentOrderStatus::Open)
            };
            let parts = order.fulfilment_orders.iter_mut();
            for part in parts.filter(|part| part.status == from) {
                part.status = to;
            }
        }
        Edit::Risk { on } => order.risky = *on,
        Edit::Capture => capture(order, at),
        Edit::Pay { percent } => pay(order, *percent, at),
        Edit::Address { street, city, zip } => {
            if let Some(address) = &mut order.shipping {
                address.address1.clone_from(street);
                address.city.clone_from(city);
                address.zip = Some(zip.clone());
            }
        }
        Edit::Company(purchase) => order.purchase = Some(purchase.clone()),
        Edit::Guest { email, name } => {
            order.customer = None;
            order.phone = None;
            order.email.clone_from(email);
            order.billing = name.as_ref().and_then(|(first, last)| {
                Some(Address {
                    first_name: first.clone(),
                    last_name: last.clone(),
                    company: None,
                    ..order.billing.clone().or_else(|| order.shipping.clone())?
                })
            });
        }
    });
    changed.is_some()
}

fn is_possible(order: &Order, edit: &Edit) -> bool {
    let whole = order.refunds.is_empty();
    match edit {
        Edit::Quantity { line, units } => order.lines.get(*line).is_some_and(|line| {
            let now = order.current_quantity(line);
            let sent = line.quantity.saturating_sub(order.unfulfilled(line.place));
            let fewer = *units < now && (*units >= sent || !line.requires_shipping);
            line.group.is_none() && (fewer || (*units > now && whole))
        }),
        Edit::Add { units, .. } => whole && *units > 0,
        Edit::Shipping { .. } => whole && !order.shipping_lines.is_empty(),
        Edit::Address { .. } => order.shipping.is_some(),
        Edit::Company(_) => order.customer.is_some(),
        Edit::Guest { .. } => order.purchase.is_none(),
        Edit::Hold { .. } | Edit::Risk { .. } => true,
        Edit::Capture => !order.capturable().is_zero(),
        Edit::Pay { .. } => whole && order.capturable().is_zero() && !order.owed().is_zero(),
    }
}

fn pay(order: &mut Order, percent: u32, at: Timestamp) {
    order.transactions.push(Transaction {
        place: order.transactions.len(),
        kind: Kind::Sale,
        success: true,
        gateway: "manual",
        amount: order.owed().share(i64::from(percent), 100),
        at,
        parent: None,
    });
}

/// Takes what every open authorization has reserved.
fn capture(order: &mut Order, at: Timestamp) {
    let open = |one: &Transaction| {
        let taken = |other: &Transaction| other.parent == Some(one.place);
        one.kind == Kind::Authorization && one.success && !order.transactions.iter().any(taken)
    };
    let reserved: Vec<Transaction> = order
        .transactions
        .iter()
        .filter(|one| open(one))
        .cloned()
        .collect();
    for authorization in reserved {
        order.transactions.push(Transaction {
            place: order.transactions.len(),
            kind: Kind::Capture,
            parent: Some(authorization.place),
            at,
            ..authorization
        });
    }
}

/// More units are more units ordered; fewer leave the ordered ones as they are and take some of them back.
fn set_units(order: &mut Order, place: usize, units: u32, at: Timestamp) {
    let Some(line) = order.lines.get(place) else {
        return;
    };
    let before = order.current_quantity(line);
    let (more, fewer) = (units.saturating_sub(before), before.saturating_sub(units));
    let parts = order.fulfilment_orders.iter_mut();
    if let Some(part) = parts
        .flat_map(|part| &mut part.lines)
        .find(|part| part.line == place)
    {
        part.total += more;
        part.remaining = (part.remaining + more).saturating_sub(fewer);
    }
    if fewer > 0 {
        order.refund(&[(place, fewer)], false, None, at);
        return;
    }
    if let Some(line) = order.lines.get_mut(place) {
        line.quantity += more;
    }
    seed::reprice(order);
}
