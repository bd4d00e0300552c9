//! Bundles. Shopify lists a bundle's components as line items that share a group; to us the group is one line, a kit.

use commerce::{Component, LineKind, OrderLine, Sku};
use rust_decimal::Decimal;

use super::amount::Part;
use super::charges::{add, merge};
use super::order::View;
use super::{Unmapped, given, id, number};
use crate::wire::{LineItem, LineItemGroup};

/// The prefix of a kit's line id, before the group's number.
pub(super) const KIT: &str = "kit-";

/// The lines with every whole bundle made into one, at the place of its first component. Components stay lines of their own
/// when the bundle has no SKU, a component has none, or some but not all of its components were taken back.
pub(super) fn gathered(
    items: &[LineItem],
    sold: Vec<(&LineItem, OrderLine)>,
    view: View,
) -> Result<Vec<OrderLine>, Unmapped> {
    let kits: Vec<(String, Kit)> = groups(&sold)
        .filter(|group| {
            let parts = items.iter().filter(|item| belongs(item, group)).count();
            parts == sold.iter().filter(|(item, _)| belongs(item, group)).count()
        })
        .filter_map(|group| Some((group.id.clone(), Kit::of(group, &sold, view)?)))
        .collect();
    let mut lines: Vec<OrderLine> = Vec::with_capacity(sold.len());
    let mut places: Vec<(&str, usize)> = Vec::with_capacity(kits.len());
    for (item, line) in sold {
        let group = item.line_item_group.as_ref().map(|group| group.id.as_str());
        let kit = group.and_then(|group| kits.iter().find(|(id, _)| id == group));
        let Some((group, kit)) = kit else {
            lines.push(line);
            continue;
        };
        let place = places.iter().find(|(known, _)| known == group);
        match place.and_then(|(_, place)| lines.get_mut(*place)) {
            Some(whole) => kit.absorb(whole, line)?,
            None => {
                places.push((group, lines.len()));
                lines.push(kit.begin(line)?);
            }
        }
    }
    Ok(lines)
}

fn belongs(item: &LineItem, group: &LineItemGroup) -> bool {
    item.line_item_group
        .as_ref()
        .is_some_and(|own| own.id == group.id)
}

/// Each group once.
fn groups<'a>(sold: &'a [(&'a LineItem, OrderLine)]) -> impl Iterator<Item = &'a LineItemGroup> {
    sold.iter().enumerate().filter_map(|(index, (item, _))| {
        let group = item.line_item_group.as_ref()?;
        let seen = sold
            .iter()
            .take(index)
            .filter_map(|(item, _)| item.line_item_group.as_ref())
            .any(|earlier| earlier.id == group.id);
        (!seen).then_some(group)
    })
}

struct Kit {
    id: String,
    sku: Sku,
    title: String,
    units: i64,
    components: Vec<Component>,
}

impl Kit {
    fn of(group: &LineItemGroup, sold: &[(&LineItem, OrderLine)], view: View) -> Option<Self> {
        let sku = Sku::new(given(group.variant_sku.as_ref())?).ok()?;
        let mut units = None;
        let mut components = Vec::new();
        for (item, line) in sold {
            if !belongs(item, group) {
                continue;
            }
            let LineKind::Item { sku } = &line.kind else {
                return None;
            };
            let per_kit = whole_quotient(item.quantity, group.quantity)?;
            let kits = whole_quotient(view.units(item), per_kit)?;
            if *units.get_or_insert(kits) != kits {
                return None;
            }
            components.push(Component {
                sku: sku.clone(),
                quantity: per_kit.into(),
            });
        }
        Some(Self {
            id: format!("{KIT}{}", number(&group.id)),
            sku,
            title: group.title.clone(),
            units: units?,
            components,
        })
    }

    fn begin(&self, mut first: OrderLine) -> Result<OrderLine, Unmapped> {
        first.unit_price = self.price_per_kit(&first)?;
        first.id = id(&self.id)?;
        first.kind = LineKind::Kit {
            sku: self.sku.clone(),
            components: self.components.clone(),
        };
        first.quantity = self.units.into();
        if !self.title.is_empty() {
            first.title.clone_from(&self.title);
        }
        Ok(first)
    }

    fn absorb(&self, whole: &mut OrderLine, line: OrderLine) -> Result<(), Unmapped> {
        add(&mut whole.unit_price, &self.price_per_kit(&line)?)?;
        add(&mut whole.amount, &line.amount)?;
        merge(
            &mut whole.discounts,
            &mut whole.taxes,
            line.discounts,
            line.taxes,
        )
    }

    fn price_per_kit(&self, line: &OrderLine) -> Result<commerce::Amount, Unmapped> {
        let part = Part {
            units: line.quantity,
            of: Decimal::from(self.units),
        };
        Ok(part.share(&line.unit_price)?)
    }
}

fn whole_quotient(dividend: i64, divisor: i64) -> Option<i64> {
    (dividend.checked_rem(divisor)? == 0)
        .then(|| dividend.checked_div(divisor))
        .flatten()
        .filter(|quotient| *quotient > 0)
}
