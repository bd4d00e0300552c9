//! What has to be written so that a sale becomes what its order is now. Pure.
//!
//! The shop's whole snapshot is compared with what NetSuite has: what is equal is left alone, so that a repeat writes nothing. Lines
//! are changed by their key and carry absolute values; a line that is gone from the order is set to nothing and closed, since
//! NetSuite cannot delete one line and counts closed ones in the total. New lines go to the end. An invoice knows no closed lines: where
//! its lines differ, all are written anew.

mod matching;
mod standing;
mod table;
#[cfg(test)]
mod tests;

use commerce::{Order, OrderState, minor_units};
use ports::{Assignments, Fault, Place};
use rust_decimal::Decimal;

use super::address::replacing;
use super::order::{Aim, Line, Terms, promoted};
use super::settings::{Caution, Orders, Sale, Tax};
use crate::wire::{Json, Object};
use matching::pair;
use standing::LineThere;
pub(crate) use standing::SaleThere;
pub(crate) use table::Status;
use table::{Change, Rule, rule};

/// What follows from a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Plan {
    /// NetSuite has it all.
    Same,
    /// This is to be written.
    Write(Patch),
    /// A person has to decide.
    Hold(String),
}

/// The body of a change.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Patch {
    body: Object,
    /// Sublists that are written as a whole, by comma.
    pub(crate) replace: Option<String>,
}

impl Patch {
    /// The request's body.
    pub(crate) fn body(&self) -> Result<Vec<u8>, Fault> {
        serde_json::to_vec(&self.body).map_err(|error| Fault::Unreadable {
            why: format!("the change cannot be written as JSON: {error}"),
        })
    }
}

impl SaleThere {
    /// Whether its total is this one, within the tolerance.
    pub(crate) fn totals(&self, total: Decimal, tolerance: Decimal) -> bool {
        let near = |own: Decimal| own.saturating_sub(total).abs() <= tolerance;
        self.total.is_some_and(near)
    }

    /// Whether nothing more comes of it, so that its lines need not be read where the totals agree.
    pub(crate) const fn is_over(&self) -> bool {
        self.status.is_over()
    }

    /// Itself without the line of its promotion, which is none of its items, and what that takes off.
    fn without_promotion(&self, orders: &Orders) -> (Self, Decimal) {
        let item = orders.promotions.item.as_ref();
        let is_promotion = |line: &LineThere| item.is_some_and(|item| item.as_str() == line.item);
        let mut rest = self.clone();
        rest.lines.retain(|line| !is_promotion(line));
        let lines = self.lines.iter().filter(|line| is_promotion(line));
        let off = lines.fold(Decimal::ZERO, |sum, line| sum.saturating_sub(line.amount));
        (rest, off)
    }

    fn waits_for_approval(&self) -> bool {
        self.status == table::Status::PendingApproval
    }

    /// Whether it is closed or cancelled.
    pub(crate) const fn is_off(&self) -> bool {
        self.status.is_off()
    }

    /// Its status, as NetSuite shows it.
    pub(crate) const fn status_name(&self) -> &'static str {
        self.status.name()
    }
}

/// Whether nothing of the order is to be delivered.
pub(crate) fn is_off(order: &Order) -> bool {
    order.state == OrderState::Cancelled || order.lines.is_empty()
}

/// What closes a sales order whose order was called off.
pub(crate) fn call_off(there: &SaleThere, orders: &Orders) -> Plan {
    let (there, _) = &there.without_promotion(orders);
    let change = if there.has_begun() {
        Change::CancelBegun
    } else {
        Change::Cancel
    };
    let open = there.lines.iter().filter(|line| !line.closed);
    let closing: Vec<Json> = open
        .map(|line| {
            let mut json = Object::from([("isClosed".to_owned(), Json::from(true))]);
            json.insert("line".to_owned(), Json::from(line.number));
            Json::Object(json)
        })
        .collect();
    let mut body = Object::new();
    if !closing.is_empty() {
        body.insert("item".to_owned(), Json::sublist(closing));
    }
    judge(there, &[change], body, Vec::new())
}

/// What makes the sales order what its order is now.
///
/// # Errors
/// As [`super::draft`].
pub(crate) fn amend(
    aim: &Aim,
    there: &SaleThere,
    set: &Assignments,
    terms: Terms<'_>,
) -> Result<Plan, Fault> {
    let (there, promoted_there) = &there.without_promotion(terms.orders);
    let mut draft = Amendment {
        there,
        set,
        terms,
        changes: Vec::new(),
        lines: Vec::new(),
        anew: false,
    };
    draft.compare_lines(&aim.lines)?;
    let mut body = Object::new();
    let mut replace = Vec::new();
    if !draft.lines.is_empty() {
        body.insert("item".to_owned(), Json::sublist(draft.lines));
    }
    if draft.anew {
        replace.push("item");
    }
    let mut changes = draft.changes;
    let by_rule = |name: &str| set.header.contains_key(name);
    let ruled = set.part(Place::ShippingAddress);
    if let Some(cost) = aim.shipping_cost.filter(|_| !by_rule("shippingCost"))
        && terms.differ(cost, there.delivery)
    {
        changes.push(if there.is_billed() {
            Change::BilledPrices
        } else {
            Change::Delivery
        });
        body.insert("shippingCost".to_owned(), Json::from(cost));
        body.insert("shippingCostOverridden".to_owned(), Json::from(true));
        if let Some(method) = &aim.ship_method {
            body.entry("shipMethod".to_owned())
                .or_insert(method.clone());
        }
    }
    let promotion = aim.promotion.as_ref();
    let ours = promotion.map_or(Decimal::ZERO, |promotion| promotion.amount.amount);
    if terms.differ(ours, *promoted_there) {
        changes.push(if there.is_billed() {
            Change::BilledPrices
        } else {
            Change::Prices
        });
        body.extend(promoted(promotion, terms.orders));
    }
    if let Some(change) = standing_change(aim, there, set, terms.orders) {
        changes.push(change);
        if rule(there.status, change) == Rule::Apply {
            let status = if change == Change::Release { "B" } else { "A" };
            body.insert("orderStatus".to_owned(), Json::reference(status));
        }
    }
    if let Some(address) = aim
        .shipping
        .as_ref()
        .filter(|_| !by_rule("shippingAddress"))
        && !there.goes_to(address, ruled)
    {
        changes.push(Change::Address);
        if rule(there.status, Change::Address) == Rule::Apply {
            body.insert("shippingAddress".to_owned(), replacing(address, ruled)?);
        }
    }
    if let Some(details) = &aim.tax_details {
        let same = changes.iter().all(|change| *change == Change::Address);
        if same && !there.totals(aim.total.amount, terms.orders.tolerance) {
            changes.push(if there.is_billed() {
                Change::BilledPrices
            } else {
                Change::Prices
            });
        }
        // Any change of lines makes NetSuite reckon the tax anew: the whole override goes along.
        if !changes.is_empty() {
            body.insert("taxDetailsOverride".to_owned(), Json::from(true));
            body.insert("taxDetails".to_owned(), Json::sublist(details.clone()));
            replace.push("taxDetails");
        }
    }
    Ok(judge(there, &changes, body, replace))
}

/// What the shop's holds and doubts ask of the sale.
fn standing_change(
    aim: &Aim,
    there: &SaleThere,
    set: &Assignments,
    orders: &Orders,
) -> Option<Change> {
    let by_rule = |name: &String| name.split('.').next() == Some("orderStatus");
    if set.header.keys().any(by_rule) {
        return None;
    }
    match aim.caution {
        Caution::Hold => Some(Change::Doubted),
        Caution::PendingApproval => Some(Change::Suspend),
        Caution::Import if orders.lets_go() && there.waits_for_approval() => Some(Change::Release),
        Caution::Import => None,
    }
}

/// Asks the table about each change. One that has to be held holds all: no order is carried over by halves.
fn judge(there: &SaleThere, changes: &[Change], body: Object, replace: Vec<&str>) -> Plan {
    let mut changes = changes.to_vec();
    changes.sort_unstable();
    changes.dedup();
    let mut reasons: Vec<(&str, &str)> = Vec::new();
    let mut applies = false;
    for change in changes {
        match rule(there.status, change) {
            Rule::Apply => applies = true,
            Rule::Moot => {}
            Rule::Hold(why, choices) if !reasons.contains(&(why, choices)) => {
                reasons.push((why, choices));
            }
            Rule::Hold(..) => {}
        }
    }
    if !reasons.is_empty() {
        let whys: Vec<&str> = reasons.iter().map(|(why, _)| *why).collect();
        let mut choices: Vec<&str> = reasons.iter().map(|(_, choices)| *choices).collect();
        choices.dedup();
        return Plan::Hold(format!(
            "in NetSuite it is {}, and {}. Nothing was written. Choices: {}; then mark this record as ignored",
            there.status.name(),
            whys.join("; "),
            choices.join("; or ")
        ));
    }
    if !applies || body.is_empty() {
        return Plan::Same;
    }
    Plan::Write(Patch {
        body,
        replace: (!replace.is_empty()).then(|| replace.join(",")),
    })
}

struct Amendment<'a> {
    there: &'a SaleThere,
    set: &'a Assignments,
    terms: Terms<'a>,
    changes: Vec<Change>,
    lines: Vec<Json>,
    /// Whether `lines` are all lines, to be written in place of those that are there.
    anew: bool,
}

impl Amendment<'_> {
    fn compare_lines(&mut self, wanted: &[Line]) -> Result<(), Fault> {
        let orders = self.terms.orders;
        let discount = orders.items.discount.as_ref().map(|item| item.as_str());
        let there = &self.there.lines;
        let Ok(pairs) = pair(wanted, there, discount) else {
            self.changes.push(Change::Untold);
            return Ok(());
        };
        let mut added = Vec::new();
        let (mut between, mut head_is_new) = (false, true);
        for (line, found) in wanted.iter().zip(&pairs) {
            match found.and_then(|place| there.get(place)) {
                Some(there) => self.compare(line, there)?,
                None => {
                    between |= line.behind && !head_is_new;
                    self.changes.push(if line.quantity.is_some() {
                        Change::More
                    } else {
                        Change::Prices
                    });
                    added.push(line.json(self.terms, self.set)?);
                }
            }
            if !line.behind {
                head_is_new = found.is_none();
            }
        }
        let mut foreign = false;
        for (place, line) in there.iter().enumerate() {
            if pairs.contains(&Some(place)) {
                continue;
            }
            if self.is_ours(line) {
                self.take_away(line);
            } else {
                foreign = true;
            }
        }
        let invoice = self.there.sale == Sale::Invoice;
        if invoice && self.changes.is_empty() {
            Ok(())
        } else if invoice && foreign {
            self.changes.push(Change::Foreign);
            Ok(())
        } else if invoice || between {
            self.write_anew(wanted, foreign)
        } else {
            self.lines.append(&mut added);
            Ok(())
        }
    }

    fn write_anew(&mut self, wanted: &[Line], foreign: bool) -> Result<(), Fault> {
        self.anew = !foreign && !self.there.has_begun();
        self.changes.push(if self.anew {
            Change::Between
        } else {
            Change::BetweenBegun
        });
        let all: Result<Vec<Json>, Fault> = wanted
            .iter()
            .map(|line| line.json(self.terms, self.set))
            .collect();
        self.lines = all?;
        Ok(())
    }

    fn compare(&mut self, line: &Line, there: &LineThere) -> Result<(), Fault> {
        let quantity = line.quantity.unwrap_or(there.quantity);
        let differs = self.terms.differ(line.amount.amount, there.amount);
        if quantity == there.quantity && !differs {
            return Ok(());
        }
        if quantity > there.quantity {
            self.changes.push(if there.closed && !there.is_gone() {
                Change::MoreOfClosed
            } else {
                Change::More
            });
        } else if quantity < there.done() {
            self.changes.push(Change::BelowDone);
        } else if quantity < there.quantity {
            self.changes.push(Change::Fewer);
        }
        if quantity == there.quantity || costs_otherwise(line, quantity, there) {
            self.changes.push(if there.billed > Decimal::ZERO {
                Change::BilledPrices
            } else {
                Change::Prices
            });
        }
        let mut json = line.values(self.terms)?;
        json.insert("line".to_owned(), Json::from(there.number));
        if there.is_gone() {
            json.insert("isClosed".to_owned(), Json::from(false));
        }
        self.lines.push(Json::Object(json));
        Ok(())
    }

    /// Where the shop's line ids are kept, a line without one that stands for an item was put in by somebody in NetSuite.
    fn is_ours(&self, line: &LineThere) -> bool {
        let orders = self.terms.orders;
        let tax = match &orders.tax {
            Tax::Line(tax) => [Some(&tax.item), tax.remitted_item.as_ref()],
            Tax::None | Tax::SuitetaxOverride(_) => [None, None],
        };
        let own = tax.into_iter().chain([orders.items.discount.as_ref()]);
        orders.line_field.is_none()
            || line.source.is_some()
            || own.flatten().any(|item| item.as_str() == line.item)
    }

    fn take_away(&mut self, line: &LineThere) {
        if line.amount.is_zero() && (line.closed || line.quantity.is_zero()) {
            return;
        }
        self.changes.push(if line.done() > Decimal::ZERO {
            Change::BelowDone
        } else {
            Change::Fewer
        });
        let zero = || Json::from(Decimal::ZERO);
        let mut json = Object::from([
            ("line".to_owned(), Json::from(line.number)),
            ("rate".to_owned(), zero()),
            ("amount".to_owned(), zero()),
            ("isClosed".to_owned(), Json::from(true)),
        ]);
        let discount = self.terms.orders.items.discount.as_ref();
        // A discount has no quantity.
        if discount.is_none_or(|item| item.as_str() != line.item) {
            json.insert("quantity".to_owned(), zero());
        }
        self.lines.push(Json::Object(json));
    }
}

/// Whether one unit costs something else, beyond what rounding the amounts explains.
fn costs_otherwise(line: &Line, quantity: Decimal, there: &LineThere) -> bool {
    let ours = line.amount.amount.saturating_mul(there.quantity);
    let theirs = there.amount.saturating_mul(quantity);
    let cent = Decimal::new(1, minor_units(line.amount.currency));
    let rounding = quantity.saturating_add(there.quantity).saturating_mul(cent);
    !there.quantity.is_zero() && ours.saturating_sub(theirs).abs() > rounding
}

impl Terms<'_> {
    /// Whether two amounts differ beyond what is tolerated.
    fn differ(self, one: Decimal, other: Decimal) -> bool {
        one.saturating_sub(other).abs() > self.orders.tolerance
    }
}
