//! Events that use every field and every kind of line.
#![allow(dead_code, unused_imports, reason = "each test file uses some of them")]

use commerce::{
    Address, Adjustment, Amount, Cancellation, Company, Component, ConnectionId, Country, Currency,
    Customer, Discount, Document, Event, ExternalId, Fulfilment, FulfilmentLine, Image, LineKind,
    MerchantId, Money, Order, OrderLine, OrderRef, OrderState, Parcel, Payment, PaymentKind,
    Payout, PayoutLine, PayoutLineKind, Price, PriceBreak, Product, Record, Refund, RefundLine,
    Repayment, Restock, Revision, Sku, StockLevel, TaxLine, TraceContext, Variant, Weight,
    WeightUnit,
};
use jiff::Timestamp;

mod people;
mod shipping;

pub(crate) use people::{account, business};
pub(crate) use shipping::{dispatched, shipping_order};

fn id(text: &str) -> ExternalId {
    ExternalId::new(text).unwrap()
}

fn sku(text: &str) -> Sku {
    Sku::new(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn eur(amount: &str) -> Amount {
    Amount::same(Money::parse(amount, "EUR").unwrap())
}

fn both(eur: &str, usd: &str) -> Amount {
    Amount {
        shop: Money::parse(eur, "EUR").unwrap(),
        presentment: Money::parse(usd, "USD").unwrap(),
    }
}

fn event(external_id: &str, record: Record) -> Event {
    let revision = Revision {
        at: at("2026-03-01T10:15:30.25Z"),
        digest: record.digest(),
    };
    Event::new(
        MerchantId::new("acme").unwrap(),
        ConnectionId::new("shopify-eu").unwrap(),
        id(external_id),
        revision,
        at("2026-03-01T10:16:00Z"),
        record,
    )
}

fn line(number: u32, kind: LineKind, title: &str, amount: Amount) -> OrderLine {
    OrderLine {
        id: id(&number.to_string()),
        kind,
        title: title.into(),
        quantity: 1.into(),
        unit_price: amount,
        amount,
        discounts: Vec::new(),
        taxes: Vec::new(),
    }
}

fn bare_order() -> Order {
    Order {
        number: "#1".into(),
        placed_at: at("2026-03-01T10:00:00Z"),
        state: OrderState::Open,
        test: false,
        customer: None,
        billing: None,
        shipping: None,
        shop_currency: Currency::EUR,
        presentment_currency: Currency::EUR,
        taxes_included: false,
        lines: Vec::new(),
        payments: Vec::new(),
        total: eur("0"),
        channel: None,
        note: None,
        tags: Vec::new(),
        company: None,
        payment_terms: None,
        fulfilled: false,
        sold_at: None,
        on_hold: false,
        high_risk: false,
    }
}

/// An order with nothing that can be absent.
pub(crate) fn minimal_order() -> Event {
    event("1", Record::Order(Box::new(bare_order())))
}

/// An order sold over the counter: handed over, on terms, and doubted.
#[allow(dead_code, reason = "used by the golden messages alone")]
pub(crate) fn counter_order() -> Event {
    let order = Order {
        channel: Some("pos".into()),
        payment_terms: Some("Net 30".into()),
        fulfilled: true,
        sold_at: Some(ExternalId::new("61").unwrap()),
        on_hold: true,
        high_risk: true,
        ..bare_order()
    };
    event("3", Record::Order(Box::new(order)))
}

/// An order with everything.
pub(crate) fn full_order() -> Event {
    let address = Address {
        first_name: Some("Ada".into()),
        last_name: Some("Løve".into()),
        company: Some("Analytical Ltd".into()),
        line1: Some("1 Engine Road".into()),
        line2: Some("Floor 2".into()),
        city: Some("Bergen".into()),
        region: Some("Vestland".into()),
        postcode: Some("5003".into()),
        country: Some(Country::new("NO").unwrap()),
        phone: Some("+47 55 00 00 00".into()),
    };
    let mut item = line(
        1,
        LineKind::Item { sku: sku("TEA-1") },
        "Tea",
        both("20.00", "22.00"),
    );
    item.quantity = 2.into();
    item.unit_price = both("10", "11");
    item.discounts = vec![Discount {
        code: Some("SPRING".into()),
        title: Some("Spring sale".into()),
        amount: both("2.50", "2.75"),
    }];
    item.taxes = vec![TaxLine {
        title: "VAT".into(),
        rate: Some("0.25".parse().unwrap()),
        amount: both("3.50", "3.85"),
        remitted_by_channel: true,
    }];
    let kit = LineKind::Kit {
        sku: sku("SET-1"),
        components: vec![Component {
            sku: sku("CUP-1"),
            quantity: 6.into(),
        }],
    };
    let shipping = LineKind::Shipping {
        method: "express".into(),
    };
    let discount = LineKind::Discount {
        code: Some("LOYAL".into()),
    };
    let gift_card = LineKind::GiftCard {
        sku: Some(sku("GIFT-50")),
    };
    let order = Order {
        number: "#1001".into(),
        state: OrderState::Cancelled,
        test: true,
        customer: Some(Customer {
            id: Some(id("77")),
            email: Some("ada@example.com".into()),
            first_name: Some("Ada".into()),
            last_name: Some("Løve".into()),
            company: Some("Analytical Ltd".into()),
            phone: Some("+47 55 00 00 00".into()),
        }),
        billing: Some(address.clone()),
        shipping: Some(address),
        presentment_currency: Currency::USD,
        taxes_included: true,
        lines: vec![
            item,
            line(2, LineKind::CustomItem, "Engraving", both("5", "5.50")),
            line(3, kit, "Tea set", both("30", "33")),
            line(4, shipping, "Express", both("7.90", "8.69")),
            line(5, discount, "Loyalty", both("-1", "-1.10")),
            line(6, gift_card, "Gift card", both("50", "55")),
            line(7, LineKind::Tip, "Tip", both("2", "2.20")),
            line(8, LineKind::Duty, "Duty", both("1.10", "1.21")),
            line(9, LineKind::Fee, "Cash rounding", both("0.005", "0.006")),
        ],
        payments: vec![
            payment("91", "visa", PaymentKind::Captured),
            payment("92", "gift_card", PaymentKind::GiftCard),
            payment("93", "paypal", PaymentKind::Authorized),
        ],
        total: both("112.505", "123.756"),
        channel: Some("web".into()),
        note: Some("Ring twice".into()),
        tags: vec!["vip".into(), "gift wrap".into()],
        fulfilled: false,
        sold_at: None,
        on_hold: false,
        high_risk: false,
        ..bare_order()
    };
    let mut event = event("1001", Record::Order(Box::new(order)));
    event.trace = TraceContext {
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into(),
        tracestate: "causeway=1".into(),
    };
    event.source = Some(Document {
        media_type: "application/json".into(),
        body: br##"{"name":"#1001"}"##.to_vec(),
    });
    event
}

/// An order of a company that pays later.
pub(crate) fn company_order() -> Event {
    let order = Order {
        company: Some(Company {
            id: id("88"),
            name: "Analytical Ltd".into(),
            reference: Some("C-1200".into()),
            location: Some("Bergen".into()),
        }),
        payment_terms: Some("Net 30".into()),
        ..bare_order()
    };
    event("1002", Record::Order(Box::new(order)))
}

fn payment(number: &str, method: &str, kind: PaymentKind) -> Payment {
    Payment {
        id: id(number),
        method: method.into(),
        kind,
        amount: both("37.50", "41.25"),
        at: at("2026-03-01T10:00:05Z"),
    }
}

/// A delivery in two parcels.
pub(crate) fn fulfilment() -> Event {
    let parcel = |number: &str| Parcel {
        tracking_number: Some(number.into()),
        carrier: Some("DHL".into()),
        tracking_url: Some(format!("https://track.example/{number}")),
    };
    let fulfilment = Fulfilment {
        number: "IF-204".into(),
        order: OrderRef {
            id: id("5501"),
            key: Some("shopify-eu-1001".into()),
        },
        shipped_at: at("2026-03-02T08:00:00Z"),
        location: Some(id("4")),
        method: Some("DHL Express".into()),
        parcels: vec![parcel("JD001"), parcel("JD002")],
        lines: vec![
            FulfilmentLine {
                order_line: Some(id("1")),
                sku: sku("TEA-1"),
                quantity: 2.into(),
            },
            FulfilmentLine {
                order_line: None,
                sku: sku("SET-1"),
                quantity: "0.5".parse().unwrap(),
            },
        ],
        dispatch: None,
    };
    event("204", Record::Fulfilment(Box::new(fulfilment)))
}

/// A level below zero.
pub(crate) fn stock() -> Event {
    let level = StockLevel {
        sku: sku("TEA-1"),
        location: id("4"),
        available: "-3".parse().unwrap(),
        scarce: false,
    };
    event("TEA-1|4", Record::Stock(level))
}

/// A level that somebody had read once more.
pub(crate) fn stock_read_again() -> Event {
    let mut event = stock();
    event.occasion = Some("read by backfill 0198c2".into());
    event
}

/// A price on sale, cheaper by the dozen.
pub(crate) fn price() -> Event {
    let price = Price {
        sku: sku("TEA-1"),
        list: id("retail"),
        currency: Currency::EUR,
        regular: Some("12.50".parse().unwrap()),
        sale: Some("9.99".parse().unwrap()),
        breaks: vec![PriceBreak {
            from: 12.into(),
            amount: "8.125".parse().unwrap(),
        }],
    };
    event("1001-retail", Record::Price(price))
}

/// A level that goes before others.
pub(crate) fn scarce_stock() -> Event {
    let level = StockLevel {
        sku: sku("TEA-2"),
        location: id("web"),
        available: 1.into(),
        scarce: true,
    };
    event("1002-web", Record::Stock(level))
}

/// A refund that Causeway wrote where it was read.
pub(crate) fn refund_with_key() -> Event {
    let Record::Refund(mut refund) = refund().record else {
        unreachable!("it is a refund")
    };
    refund.key = Some("netsuite-refund-801".into());
    event("501", Record::Refund(refund))
}

/// An order called off after part of it had left.
pub(crate) fn cancellation() -> Event {
    let cancellation = Cancellation {
        number: "SO-1204".into(),
        order: OrderRef {
            id: id("5501"),
            key: Some("shopify-eu-1001".into()),
        },
        begun: true,
    };
    event("5501", Record::Cancellation(cancellation))
}

/// A refund of goods, delivery and goodwill, in two currencies.
pub(crate) fn refund() -> Event {
    let line = |number: u32, kind, title: &str, restock| RefundLine {
        id: id(&format!("7{number}")),
        order_line: id(&number.to_string()),
        kind,
        title: title.into(),
        quantity: 1.into(),
        amount: both("10.00", "11.00"),
        taxes: vec![TaxLine {
            title: "VAT".into(),
            rate: Some("0.25".parse().unwrap()),
            amount: both("2.50", "2.75"),
            remitted_by_channel: false,
        }],
        restock,
        location: (restock == Restock::Returned).then(|| id("4")),
    };
    let tea = LineKind::Item { sku: sku("TEA-1") };
    let shipping = LineKind::Shipping {
        method: "express".into(),
    };
    let refund = Refund {
        number: "#1001-R2".into(),
        key: None,
        order: OrderRef {
            id: id("1001"),
            key: None,
        },
        order_number: "#1001".into(),
        at: at("2026-03-05T09:00:00Z"),
        test: true,
        taxes_included: false,
        lines: vec![
            line(1, tea, "Tea", Restock::Returned),
            line(2, LineKind::CustomItem, "Engraving", Restock::Unshipped),
            line(4, shipping, "Express", Restock::No),
        ],
        adjustments: vec![Adjustment {
            id: id("81"),
            reason: Some("REFUND_DISCREPANCY".into()),
            amount: both("-1.00", "-1.10"),
            tax: both("0", "0"),
        }],
        transactions: vec![Repayment {
            id: id("95"),
            method: "visa".into(),
            amount: both("36.50", "40.15"),
            at: at("2026-03-05T09:00:05Z"),
        }],
        total: both("36.50", "40.15"),
        order_total: both("112.505", "123.756"),
        refunded_before: both("5", "5.50"),
        note: Some("Arrived cold".into()),
    };
    event("501", Record::Refund(Box::new(refund)))
}

/// A product in two sizes, one of them withdrawn.
pub(crate) fn product() -> Event {
    let text = |text: &str| Some(text.to_owned());
    let product = Product {
        number: "TEE".into(),
        offered: true,
        title: text("Linen tee"),
        description: text("<p>Cool & light</p>"),
        vendor: text("Causeway Mills"),
        product_type: text("Shirts"),
        handle: text("linen-tee"),
        tags: vec!["summer".into(), "linen".into()],
        categories: vec!["Clothes".into()],
        images: vec![Image {
            url: "https://images.example.com/tee.jpg".into(),
            alt: text("A tee"),
        }],
        options: vec!["Size".into()],
        variants: vec![Variant {
            sku: sku("TEE-S"),
            values: vec!["S".into()],
            barcode: text("2000000000008"),
            weight: Some(Weight {
                value: "0.250".parse().unwrap(),
                unit: WeightUnit::Kilogram,
            }),
            first_price: Some(Money::parse("19.90", "EUR").unwrap()),
        }],
        withdrawn: vec![sku("TEE-M")],
    };
    event("1701", Record::Product(Box::new(product)))
}

/// A payout of a payment and a refund, with a correction that belongs to no order.
pub(crate) fn payout() -> Event {
    let eur = |text: &str| Money::parse(text, "EUR").unwrap();
    let line = |number: &str, kind, gross: &str, fee: &str, net: &str| PayoutLine {
        id: id(number),
        kind,
        at: at("2026-03-01T09:00:00Z"),
        gross: eur(gross),
        fee: eur(fee),
        net: eur(net),
        order: None,
        order_number: None,
        transaction: None,
        refund: None,
        reason: None,
    };
    let of_order = |line: PayoutLine, transaction: &str| PayoutLine {
        order: Some(OrderRef {
            id: id("1001"),
            key: None,
        }),
        order_number: Some("#1001".into()),
        transaction: Some(id(transaction)),
        ..line
    };
    let charge = line("21", PayoutLineKind::Charge, "100.00", "3.20", "96.80");
    let refund = line("22", PayoutLineKind::Refund, "-36.50", "0.00", "-36.50");
    let label = PayoutLineKind::Other("shipping_label".into());
    let payout = Payout {
        number: "TRACE-88".into(),
        date: "2026-03-02".parse().unwrap(),
        status: "paid".into(),
        net: eur("54.10"),
        lines: vec![
            of_order(charge, "91"),
            PayoutLine {
                refund: Some(id("501")),
                ..of_order(refund, "95")
            },
            PayoutLine {
                reason: Some("Label of #1001".into()),
                ..line("23", label, "-6.20", "0.00", "-6.20")
            },
        ],
    };
    event("88", Record::Payout(Box::new(payout)))
}
