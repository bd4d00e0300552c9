//! Records as expressions see them. The names here are what users write in their rules: they never change meaning.

mod people;
mod shipping;

use commerce::{
    Address, Amount, Cancellation, Company, Customer, Fulfilment, Kind, LineId, LineKind, Order,
    OrderLine, OrderState, Payment, PaymentKind, Payout, PayoutLine, Price, Product, Record,
    Refund, RefundLine, StockLevel,
};
use ports::Place;
use rhai::{Array, Dynamic, Map, Scope};
use rust_decimal::Decimal;

use crate::convert::from_json;
use people::{account_view, book, business_view};

/// The variable that holds the record, by kind: `order`, `fulfilment`, `stock`, `refund`, `product`, `price`, `cancellation`, `customer`,
/// `company`, `payout`, `shipping_order`.
pub(crate) const fn variable(kind: Kind) -> &'static str {
    match kind {
        Kind::Order => "order",
        Kind::Fulfilment => "fulfilment",
        Kind::Stock => "stock",
        Kind::Refund => "refund",
        Kind::Product => "product",
        Kind::Price => "price",
        Kind::Cancellation => "cancellation",
        Kind::Customer => "customer",
        Kind::Company => "company",
        Kind::Payout => "payout",
        Kind::ShippingOrder => "shipping_order",
    }
}

/// The scope of header expressions: the record and the source's own document.
pub(crate) fn scope(record: &Record, source: Dynamic) -> Scope<'static> {
    let mut scope = Scope::new();
    scope.push_constant(variable(record.kind()), whole(record));
    scope.push_constant("source", source);
    scope
}

/// One thing to set fields on: the line it stands for, and the variable that holds it, where it has one of its own.
pub(crate) type Item = (Option<LineId>, &'static str, Option<Dynamic>);

/// What a record has in a place. A kind of record with no such place has none; so has an order without an address.
pub(crate) fn items(record: &Record, place: Place) -> Vec<Item> {
    let part = |name, view: Option<Dynamic>| {
        let views = view.into_iter();
        views.map(|view| (None, name, Some(view))).collect()
    };
    match (record, place) {
        (_, Place::Record) => vec![(None, "", None)],
        (Record::Order(order), Place::Line) => {
            let lines = order.lines.iter();
            lines
                .map(|line| (Some(line.id.clone()), "line", Some(line_view(line))))
                .collect()
        }
        (Record::Refund(refund), Place::Line) => {
            let lines = refund.lines.iter();
            lines
                .map(|line| (Some(line.id.clone()), "line", Some(refund_line_view(line))))
                .collect()
        }
        (Record::Order(order), Place::Customer) => {
            part("customer", order.customer.as_ref().map(customer_view))
        }
        (Record::Order(order), Place::BillingAddress) => {
            part("address", order.billing.as_ref().map(address_view))
        }
        (Record::Order(order), Place::ShippingAddress) => {
            part("address", order.shipping.as_ref().map(address_view))
        }
        (Record::Order(order), Place::Payment) => {
            let payments = order.payments.iter();
            payments
                .map(|paid| (Some(paid.id.clone()), "payment", Some(payment_view(paid))))
                .collect()
        }
        (Record::Customer(account), Place::Address) => book(&account.addresses),
        (Record::Company(business), Place::Address) => {
            let sites = business.sites.iter();
            book(sites.flat_map(|site| site.billing.iter().chain(&site.shipping)))
        }
        _ => Vec::new(),
    }
}

/// The source's document as expressions see it; `()` when it is not JSON or was not kept.
pub(crate) fn source(event: &commerce::Event) -> Dynamic {
    let parsed = event
        .source
        .as_ref()
        .and_then(|document| serde_json::from_slice(&document.body).ok());
    parsed.map_or(Dynamic::UNIT, |value: serde_json::Value| from_json(&value))
}

fn whole(record: &Record) -> Dynamic {
    match record {
        Record::Order(order) => order_view(order),
        Record::Fulfilment(fulfilment) => fulfilment_view(fulfilment),
        Record::Stock(level) => stock_view(level),
        Record::Refund(refund) => refund_view(refund),
        Record::Product(product) => product_view(product),
        Record::Price(price) => price_view(price),
        Record::Cancellation(cancellation) => cancellation_view(cancellation),
        Record::Customer(account) => account_view(account),
        Record::Company(business) => business_view(business),
        Record::Payout(payout) => payout_view(payout),
        Record::ShippingOrder(order) => shipping::order_view(order),
    }
}

fn order_view(order: &Order) -> Dynamic {
    let methods = order.lines.iter().filter_map(|line| match &line.kind {
        LineKind::Shipping { method } => Some(Dynamic::from(method.clone())),
        _ => None,
    });
    map([
        ("number", order.number.clone().into()),
        ("placed_at", order.placed_at.to_string().into()),
        ("cancelled", (order.state == OrderState::Cancelled).into()),
        ("test", order.test.into()),
        (
            "customer",
            order.customer.as_ref().map_or(Dynamic::UNIT, customer_view),
        ),
        (
            "company",
            order.company.as_ref().map_or(Dynamic::UNIT, company_view),
        ),
        ("payment_terms", text(order.payment_terms.as_ref())),
        (
            "billing",
            order.billing.as_ref().map_or(Dynamic::UNIT, address_view),
        ),
        (
            "shipping",
            order.shipping.as_ref().map_or(Dynamic::UNIT, address_view),
        ),
        (
            "shipping_method",
            methods.into_iter().next().unwrap_or(Dynamic::UNIT),
        ),
        ("currency", order.shop_currency.code().into()),
        (
            "presentment_currency",
            order.presentment_currency.code().into(),
        ),
        ("taxes_included", order.taxes_included.into()),
        ("total", Dynamic::from_decimal(order.total.shop.amount)),
        (
            "presentment_total",
            Dynamic::from_decimal(order.total.presentment.amount),
        ),
        (
            "lines",
            order.lines.iter().map(line_view).collect::<Array>().into(),
        ),
        (
            "payment_methods",
            order
                .payments
                .iter()
                .map(|paid| paid.method.clone().into())
                .collect::<Array>()
                .into(),
        ),
        (
            "payments",
            order
                .payments
                .iter()
                .map(payment_view)
                .collect::<Array>()
                .into(),
        ),
        ("channel", text(order.channel.as_ref())),
        ("fulfilled", order.fulfilled.into()),
        (
            "sold_at",
            text(order.sold_at.as_ref().map(ToString::to_string).as_ref()),
        ),
        ("on_hold", order.on_hold.into()),
        ("high_risk", order.high_risk.into()),
        ("note", text(order.note.as_ref())),
        (
            "tags",
            order
                .tags
                .iter()
                .map(|tag| tag.clone().into())
                .collect::<Array>()
                .into(),
        ),
    ])
}

/// One order line; also the variable `line` of line expressions.
fn line_view(line: &OrderLine) -> Dynamic {
    map([
        ("id", line.id.to_string().into()),
        ("kind", line.kind.name().into()),
        (
            "sku",
            text(line.kind.sku().map(|sku| sku.as_str().to_owned()).as_ref()),
        ),
        ("title", line.title.clone().into()),
        ("quantity", Dynamic::from_decimal(line.quantity)),
        ("unit_price", money(&line.unit_price)),
        ("amount", money(&line.amount)),
        (
            "discount",
            total(line.discounts.iter().map(|one| &one.amount)),
        ),
        ("tax", total(line.taxes.iter().map(|one| &one.amount))),
    ])
}

fn payment_view(payment: &Payment) -> Dynamic {
    map([
        ("id", payment.id.to_string().into()),
        ("method", payment.method.clone().into()),
        ("kind", payment_kind(payment.kind).into()),
        ("amount", money(&payment.amount)),
        ("at", payment.at.to_string().into()),
    ])
}

const fn payment_kind(kind: PaymentKind) -> &'static str {
    match kind {
        PaymentKind::Authorized => "authorized",
        PaymentKind::Captured => "captured",
        PaymentKind::GiftCard => "gift_card",
    }
}

fn customer_view(customer: &Customer) -> Dynamic {
    map([
        (
            "id",
            text(customer.id.as_ref().map(ToString::to_string).as_ref()),
        ),
        ("email", text(customer.email.as_ref())),
        ("first_name", text(customer.first_name.as_ref())),
        ("last_name", text(customer.last_name.as_ref())),
        ("company", text(customer.company.as_ref())),
        ("phone", text(customer.phone.as_ref())),
    ])
}

fn company_view(company: &Company) -> Dynamic {
    map([
        ("id", company.id.to_string().into()),
        ("name", company.name.clone().into()),
        ("reference", text(company.reference.as_ref())),
        ("location", text(company.location.as_ref())),
    ])
}

fn address_view(address: &Address) -> Dynamic {
    map([
        ("first_name", text(address.first_name.as_ref())),
        ("last_name", text(address.last_name.as_ref())),
        ("company", text(address.company.as_ref())),
        ("line1", text(address.line1.as_ref())),
        ("line2", text(address.line2.as_ref())),
        ("city", text(address.city.as_ref())),
        ("region", text(address.region.as_ref())),
        ("postcode", text(address.postcode.as_ref())),
        (
            "country",
            text(address.country.map(|country| country.to_string()).as_ref()),
        ),
        ("phone", text(address.phone.as_ref())),
    ])
}

fn fulfilment_view(fulfilment: &Fulfilment) -> Dynamic {
    let trackings = fulfilment
        .parcels
        .iter()
        .filter_map(|parcel| parcel.tracking_number.clone().map(Dynamic::from));
    let lines = fulfilment.lines.iter().map(|line| {
        map([
            ("sku", line.sku.to_string().into()),
            ("quantity", Dynamic::from_decimal(line.quantity)),
        ])
    });
    map([
        ("number", fulfilment.number.clone().into()),
        ("order_id", fulfilment.order.id.to_string().into()),
        ("shipped_at", fulfilment.shipped_at.to_string().into()),
        (
            "location",
            text(
                fulfilment
                    .location
                    .as_ref()
                    .map(ToString::to_string)
                    .as_ref(),
            ),
        ),
        ("method", text(fulfilment.method.as_ref())),
        ("tracking_numbers", trackings.collect::<Array>().into()),
        ("lines", lines.collect::<Array>().into()),
        ("voided", fulfilment.is_voided().into()),
        ("cost", shipping::cost(fulfilment.dispatch.as_ref())),
    ])
}

fn stock_view(level: &StockLevel) -> Dynamic {
    map([
        ("sku", level.sku.to_string().into()),
        ("location", level.location.to_string().into()),
        ("available", Dynamic::from_decimal(level.available)),
    ])
}

fn price_view(price: &Price) -> Dynamic {
    let amount = |amount: Option<Decimal>| amount.map_or(Dynamic::UNIT, Dynamic::from_decimal);
    let breaks = price.breaks.iter().map(|step| {
        map([
            ("from", Dynamic::from_decimal(step.from)),
            ("amount", Dynamic::from_decimal(step.amount)),
        ])
    });
    map([
        ("sku", price.sku.to_string().into()),
        ("list", price.list.to_string().into()),
        ("currency", price.currency.code().into()),
        ("regular", amount(price.regular)),
        ("sale", amount(price.sale)),
        ("breaks", breaks.collect::<Array>().into()),
    ])
}

fn cancellation_view(cancellation: &Cancellation) -> Dynamic {
    map([
        ("number", cancellation.number.clone().into()),
        ("order_id", cancellation.order.id.to_string().into()),
        ("begun", cancellation.begun.into()),
    ])
}

fn payout_view(payout: &Payout) -> Dynamic {
    let lines = payout.lines.iter().map(payout_line_view);
    map([
        ("number", payout.number.clone().into()),
        ("date", payout.date.to_string().into()),
        ("status", payout.status.clone().into()),
        ("currency", payout.net.currency.code().into()),
        ("net", Dynamic::from_decimal(payout.net.amount)),
        ("lines", lines.collect::<Array>().into()),
    ])
}

fn payout_line_view(line: &PayoutLine) -> Dynamic {
    map([
        ("kind", line.kind.name().to_owned().into()),
        ("gross", Dynamic::from_decimal(line.gross.amount)),
        ("fee", Dynamic::from_decimal(line.fee.amount)),
        ("net", Dynamic::from_decimal(line.net.amount)),
        ("order_number", text(line.order_number.as_ref())),
        ("reason", text(line.reason.as_ref())),
    ])
}

fn refund_view(refund: &Refund) -> Dynamic {
    let lines = refund.lines.iter().map(refund_line_view);
    let methods = refund.transactions.iter();
    let methods = methods.map(|paid| Dynamic::from(paid.method.clone()));
    let adjustments = refund.adjustments.iter().map(|one| &one.amount);
    map([
        ("number", refund.number.clone().into()),
        ("order_id", refund.order.id.to_string().into()),
        ("order_number", refund.order_number.clone().into()),
        ("at", refund.at.to_string().into()),
        ("currency", refund.total.shop.currency.code().into()),
        (
            "presentment_currency",
            refund.total.presentment.currency.code().into(),
        ),
        ("taxes_included", refund.taxes_included.into()),
        ("total", money(&refund.total)),
        (
            "presentment_total",
            Dynamic::from_decimal(refund.total.presentment.amount),
        ),
        ("lines", lines.collect::<Array>().into()),
        ("adjustment", total(adjustments)),
        ("payment_methods", methods.collect::<Array>().into()),
        ("note", text(refund.note.as_ref())),
    ])
}

fn refund_line_view(line: &RefundLine) -> Dynamic {
    map([
        ("kind", line.kind.name().into()),
        (
            "sku",
            text(line.kind.sku().map(ToString::to_string).as_ref()),
        ),
        ("title", line.title.clone().into()),
        ("quantity", Dynamic::from_decimal(line.quantity)),
        ("amount", money(&line.amount)),
        ("tax", total(line.taxes.iter().map(|one| &one.amount))),
        ("restock", line.restock.name().into()),
    ])
}

fn product_view(product: &Product) -> Dynamic {
    let texts = |all: &[String]| all.iter().map(|one| one.as_str().into()).collect::<Array>();
    let variants = product.variants.iter().map(|variant| {
        map([
            ("sku", variant.sku.to_string().into()),
            ("values", texts(&variant.values).into()),
            ("barcode", text(variant.barcode.as_ref())),
        ])
    });
    let images = product.images.iter().map(|image| image.url.clone().into());
    map([
        ("number", product.number.clone().into()),
        ("offered", product.offered.into()),
        ("title", text(product.title.as_ref())),
        ("description", text(product.description.as_ref())),
        ("vendor", text(product.vendor.as_ref())),
        ("product_type", text(product.product_type.as_ref())),
        ("handle", text(product.handle.as_ref())),
        ("tags", texts(&product.tags).into()),
        ("categories", texts(&product.categories).into()),
        ("images", images.collect::<Array>().into()),
        ("options", texts(&product.options).into()),
        ("variants", variants.collect::<Array>().into()),
    ])
}

fn map<const N: usize>(fields: [(&str, Dynamic); N]) -> Dynamic {
    fields
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect::<Map>()
        .into()
}

fn money(amount: &Amount) -> Dynamic {
    Dynamic::from_decimal(amount.shop.amount)
}

/// A sum; nothing when it is too large to be one, so that a rule about it holds the record.
fn total<'a>(mut amounts: impl Iterator<Item = &'a Amount>) -> Dynamic {
    let sum = amounts.try_fold(Decimal::ZERO, |sum, amount| {
        sum.checked_add(amount.shop.amount)
    });
    sum.map_or(Dynamic::UNIT, Dynamic::from_decimal)
}

fn text(value: Option<&String>) -> Dynamic {
    value.map_or(Dynamic::UNIT, |text| text.as_str().into())
}
