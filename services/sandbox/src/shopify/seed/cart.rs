use fastrand::Rng;

use super::super::model::catalogue::GIFT_CARD;
use super::super::model::order::{
    Discount, DiscountValue, Duty, Fee, Group, Line, Order, Origin, ShippingLine,
};
use super::super::model::{Store, Variant};
use super::due;
use super::markets::Market;

/// Puts lines, shipping, duties, fees, tip and notes on the order.
pub(super) fn fill(order: &mut Order, store: &Store, market: &Market, rng: &mut Rng) {
    let index = order.index;
    let plain: Vec<&Variant> = store
        .variants
        .iter()
        .filter(|variant| variant.is_tracked())
        .collect();
    let count = if due(index, 101, 40) {
        130
    } else if due(index, 41, 12) {
        30
    } else {
        rng.usize(1..=4)
    };
    for _ in 0..count {
        if let Some(variant) = rng.choice(&plain) {
            sell(order, variant, rng.u32(1..=3), None);
        }
    }
    if due(index, 9, 2) {
        let bundles: Vec<&Variant> = store
            .variants
            .iter()
            .filter(|variant| variant.is_bundle())
            .collect();
        if let Some(bundle) = rng.choice(&bundles) {
            sell_bundle(order, store, bundle, rng.u32(1..=2));
        }
    }
    if let Some(card) = store
        .variants
        .iter()
        .find(|variant| variant.sku == GIFT_CARD)
        .filter(|_| due(index, 17, 3))
    {
        sell(order, card, 1, None);
    }
    if due(index, 14, 8) {
        custom(order);
    }
    if let Some(line) = order.lines.first_mut().filter(|_| due(index, 5, 2)) {
        line.attributes = vec![
            ("Engraving".to_owned(), "Für Oma ❤".to_owned()),
            ("_internal".to_owned(), String::new()),
        ];
    }
    ship(order, rng);
    if due(index, 8, 3) && order.shipping.is_some() && market.code != "US" {
        for line in order.lines.iter_mut().filter(|line| line.requires_shipping) {
            let price = line.original().share(45, 1_000);
            line.duty = Some(Duty {
                harmonized_code: "691200",
                origin: "US",
                price,
            });
        }
    }
    if due(index, 15, 7) {
        let name = if market.code == "US" {
            "Colorado Retail Delivery Fee"
        } else {
            "Import Fee"
        };
        order.fees.push(Fee {
            name,
            price: order.currencies.of_cents(29),
        });
    }
    if due(index, 10, 9) || (order.source == "pos" && due(index, 2, 0)) {
        order.tip = order.currencies.of_cents(rng.i64(50..900));
    }
    annotate(order);
}

fn sell(order: &mut Order, variant: &Variant, quantity: u32, group: Option<usize>) {
    order.lines.push(Line {
        place: order.lines.len(),
        title: variant.title.clone(),
        variant: Some(variant.index),
        sku: Some(variant.sku.clone()),
        quantity,
        unit: order.currencies.of_cents(variant.cents),
        gift_card: variant.gift_card,
        requires_shipping: !variant.gift_card,
        taxable: !variant.gift_card,
        grams: variant.grams,
        attributes: Vec::new(),
        group,
        allocations: Vec::new(),
        taxes: Vec::new(),
        duty: None,
    });
}

/// A bundle is on the order as its parts, which share its price.
fn sell_bundle(order: &mut Order, store: &Store, bundle: &Variant, quantity: u32) {
    let group = order.groups.len();
    order.groups.push(Group {
        variant: bundle.index,
        quantity,
    });
    let parts = bundle
        .components
        .iter()
        .filter_map(|(part, each)| Some((store.variants.get(*part)?, *each)));
    let parts: Vec<(&Variant, u32)> = parts.collect();
    let full: i64 = parts
        .iter()
        .map(|(part, each)| part.cents * i64::from(*each))
        .sum();
    for (part, each) in parts {
        sell(order, part, each * quantity, Some(group));
        if let Some(line) = order.lines.last_mut() {
            line.unit = line.unit.share(bundle.cents, full);
        }
    }
}

/// Something that is not in the catalogue.
fn custom(order: &mut Order) {
    order.lines.push(Line {
        place: order.lines.len(),
        title: "Gift wrapping — Noël 🎁".to_owned(),
        variant: None,
        sku: due(order.index, 4, 0).then(|| "WRAP".to_owned()),
        quantity: 1,
        unit: order.currencies.of_cents(450),
        gift_card: false,
        requires_shipping: due(order.index, 28, 8),
        taxable: due(order.index, 28, 8),
        grams: 0,
        attributes: Vec::new(),
        group: None,
        allocations: Vec::new(),
        taxes: Vec::new(),
        duty: None,
    });
}

fn ship(order: &mut Order, rng: &mut Rng) {
    if order.shipping.is_none() || !order.requires_shipping() {
        return;
    }
    let (title, code, cents) = match rng.u8(0..4) {
        _ if due(order.index, 21, 0) => ("Free Shipping", "free", 0),
        0 => ("Express — 2 Tage", "express", 1_995),
        1 => ("DHL Paket", "dhl", 890),
        _ => ("Standard", "standard", 695),
    };
    let price = order.currencies.of_cents(cents);
    let custom = order.source == "shopify_draft_order";
    order.shipping_lines.push(ShippingLine {
        place: 0,
        title,
        code,
        custom,
        price,
        allocations: Vec::new(),
        taxes: Vec::new(),
    });
}

fn annotate(order: &mut Order) {
    if due(order.index, 4, 1) {
        let notes = [
            "Bitte klingeln 🙏",
            "Leave at the \"back\" door,\nthank you",
            "السلام عليكم",
            "=1+1; DROP TABLE orders --",
        ];
        order.note = notes
            .get(order.index / 4 % notes.len())
            .map(|note| (*note).to_owned());
    }
    if due(order.index, 5, 3) {
        order.tags = vec!["VIP".to_owned(), "größer als 100".to_owned()];
    }
    if due(order.index, 5, 4) {
        order.attributes = vec![
            ("Delivery-Date".to_owned(), "2026-12-24".to_owned()),
            ("gift".to_owned(), "yes 🎀".to_owned()),
        ];
    }
}

/// Says why the order is cheaper. What that makes is up to the pricing.
pub(super) fn discounts(order: &mut Order, rng: &mut Rng) {
    let index = order.index;
    let fixed = |order: &Order, cents| DiscountValue::Fixed(order.currencies.of_cents(cents));
    let mut discounts = Vec::new();
    let mut add = |origin, value, across, on_shipping, entitled| {
        discounts.push(Discount {
            origin,
            value,
            across,
            on_shipping,
            entitled,
        })
    };
    if due(index, 7, 3) {
        let entitled = order
            .lines
            .iter()
            .map(|line| line.place)
            .step_by(2)
            .collect();
        add(
            Origin::Automatic("Buy more, save more"),
            DiscountValue::Percent(15),
            false,
            false,
            Some(entitled),
        );
    }
    if due(index, 12, 5) {
        add(
            Origin::Manual("Scratched box"),
            fixed(order, 125),
            false,
            false,
            Some(vec![0]),
        );
    }
    if due(index, 22, 9) {
        add(
            Origin::Code("HALFOFF1"),
            DiscountValue::Percent(50),
            false,
            false,
            Some(vec![0]),
        );
    }
    if due(index, 5, 1) {
        add(
            Origin::Code("WELCOME10"),
            DiscountValue::Percent(10),
            true,
            false,
            None,
        );
    }
    if due(index, 10, 4) {
        add(
            Origin::Code("TAKE5"),
            fixed(order, rng.i64(300..=700)),
            true,
            false,
            None,
        );
    }
    if due(index, 47, 20) {
        add(
            Origin::Automatic("Staff"),
            DiscountValue::Percent(100),
            true,
            false,
            None,
        );
    }
    if !order.shipping_lines.is_empty() {
        if due(index, 6, 3) || due(index, 47, 20) {
            add(
                Origin::Code("FREESHIP"),
                DiscountValue::Percent(100),
                false,
                true,
                None,
            );
        } else if due(index, 16, 10) {
            add(
                Origin::Automatic("Cheaper shipping"),
                fixed(order, 200),
                false,
                true,
                None,
            );
        }
    }
    order.discounts = discounts;
}
