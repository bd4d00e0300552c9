//! Whatever event can be made comes back from its message as it was.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use causeway_codec as codec;

#[path = "strategies/goods.rs"]
mod goods;
#[path = "strategies/people.rs"]
mod people;
#[path = "strategies/shipping.rs"]
mod shipping;

use commerce::{
    Address, Adjustment, Amount, Cancellation, Company, Component, ConnectionId, Country, Currency,
    Customer, Discount, Document, Event, ExternalId, Fulfilment, FulfilmentLine, LineKind,
    MerchantId, Money, Order, OrderLine, OrderRef, OrderState, Parcel, Payment, PaymentKind, Price,
    PriceBreak, Record, Refund, RefundLine, Repayment, Restock, Revision, Sku, StockLevel, TaxLine,
    TraceContext,
};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,12}"
}

fn maybe() -> impl Strategy<Value = Option<String>> {
    of(text())
}

fn id() -> impl Strategy<Value = ExternalId> {
    "[a-zA-Z0-9:/_ -]{1,20}".prop_map(|text| ExternalId::new(text).unwrap())
}

fn sku() -> impl Strategy<Value = Sku> {
    "[A-Z0-9]{1,10}".prop_map(|text| Sku::new(text).unwrap())
}

fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0..12_u32).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    (-70_000_000_000_i64..250_000_000_000, 0..1_000_000_000_i32)
        .prop_map(|(second, nano)| Timestamp::new(second, nano).unwrap())
}

fn currency() -> impl Strategy<Value = Currency> {
    proptest::sample::select(vec![
        Currency::EUR,
        Currency::JPY,
        Currency::KWD,
        Currency::USD,
    ])
}

fn money() -> impl Strategy<Value = Money> {
    (decimal(), currency()).prop_map(|(amount, currency)| Money::new(amount, currency))
}

fn amount() -> impl Strategy<Value = Amount> {
    prop_oneof![
        money().prop_map(Amount::same),
        (money(), money()).prop_map(|(shop, presentment)| Amount { shop, presentment }),
    ]
}

fn address() -> impl Strategy<Value = Address> {
    (
        (maybe(), maybe(), maybe(), maybe(), maybe()),
        (maybe(), maybe(), maybe(), maybe()),
        of(proptest::sample::select(vec!["DE", "US", "JP"])),
    )
        .prop_map(|(first, second, country)| Address {
            first_name: first.0,
            last_name: first.1,
            company: first.2,
            line1: first.3,
            line2: first.4,
            city: second.0,
            region: second.1,
            postcode: second.2,
            phone: second.3,
            country: country.map(|code| Country::new(code).unwrap()),
        })
}

fn customer() -> impl Strategy<Value = Customer> {
    (of(id()), maybe(), maybe(), maybe(), maybe(), maybe()).prop_map(
        |(id, email, first_name, last_name, company, phone)| Customer {
            id,
            email,
            first_name,
            last_name,
            company,
            phone,
        },
    )
}

fn company() -> impl Strategy<Value = Company> {
    (id(), text(), maybe(), maybe()).prop_map(|(id, name, reference, location)| Company {
        id,
        name,
        reference,
        location,
    })
}

fn kind() -> impl Strategy<Value = LineKind> {
    let component = (sku(), decimal()).prop_map(|(sku, quantity)| Component { sku, quantity });
    prop_oneof![
        sku().prop_map(|sku| LineKind::Item { sku }),
        Just(LineKind::CustomItem),
        (sku(), vec(component, 0..3))
            .prop_map(|(sku, components)| LineKind::Kit { sku, components }),
        text().prop_map(|method| LineKind::Shipping { method }),
        maybe().prop_map(|code| LineKind::Discount { code }),
        of(sku()).prop_map(|sku| LineKind::GiftCard { sku }),
        Just(LineKind::Tip),
        Just(LineKind::Duty),
        Just(LineKind::Fee),
    ]
}

fn tax() -> impl Strategy<Value = TaxLine> {
    (text(), of(decimal()), amount(), any::<bool>()).prop_map(
        |(title, rate, amount, remitted_by_channel)| TaxLine {
            title,
            rate,
            amount,
            remitted_by_channel,
        },
    )
}

fn line() -> impl Strategy<Value = OrderLine> {
    let discount = (maybe(), maybe(), amount()).prop_map(|(code, title, amount)| Discount {
        code,
        title,
        amount,
    });
    (
        (id(), kind(), text(), decimal(), amount(), amount()),
        vec(discount, 0..3),
        vec(tax(), 0..3),
    )
        .prop_map(|(line, discounts, taxes)| OrderLine {
            id: line.0,
            kind: line.1,
            title: line.2,
            quantity: line.3,
            unit_price: line.4,
            amount: line.5,
            discounts,
            taxes,
        })
}

fn payment() -> impl Strategy<Value = Payment> {
    let kind = proptest::sample::select(vec![
        PaymentKind::Authorized,
        PaymentKind::Captured,
        PaymentKind::GiftCard,
    ]);
    (id(), text(), kind, amount(), timestamp()).prop_map(|(id, method, kind, amount, at)| Payment {
        id,
        method,
        kind,
        amount,
        at,
    })
}

fn order() -> impl Strategy<Value = Order> {
    (
        (text(), timestamp(), any::<[bool; 3]>()),
        // On the heap: the whole is too large for a test's stack.
        (
            of(customer().boxed()),
            of(address().boxed()),
            of(address().boxed()),
            of(company().boxed()),
        ),
        (currency(), currency(), amount()),
        (vec(line(), 0..4), vec(payment(), 0..3)),
        (maybe(), maybe(), vec(text(), 0..3), maybe()),
    )
        .prop_map(|(head, people, money, parts, rest)| Order {
            number: head.0,
            placed_at: head.1,
            state: if head.2[0] {
                OrderState::Cancelled
            } else {
                OrderState::Open
            },
            test: head.2[1],
            customer: people.0,
            billing: people.1,
            shipping: people.2,
            shop_currency: money.0,
            presentment_currency: money.1,
            taxes_included: head.2[2],
            lines: parts.0,
            payments: parts.1,
            total: money.2,
            fulfilled: head.2[0],
            sold_at: None,
            on_hold: head.2[1],
            high_risk: head.2[2],
            channel: rest.0,
            note: rest.1,
            tags: rest.2,
            company: people.3,
            payment_terms: rest.3,
        })
}

fn fulfilment() -> impl Strategy<Value = Fulfilment> {
    let parcel =
        (maybe(), maybe(), maybe()).prop_map(|(tracking_number, carrier, tracking_url)| Parcel {
            tracking_number,
            carrier,
            tracking_url,
        });
    let line =
        (of(id()), sku(), decimal()).prop_map(|(order_line, sku, quantity)| FulfilmentLine {
            order_line,
            sku,
            quantity,
        });
    (
        (text(), id(), maybe(), timestamp()),
        (of(id()), maybe()),
        vec(parcel, 0..3),
        vec(line, 0..4),
        of(shipping::dispatch()),
    )
        .prop_map(|(head, place, parcels, lines, shipped)| Fulfilment {
            number: head.0,
            order: OrderRef {
                id: head.1,
                key: head.2,
            },
            shipped_at: head.3,
            location: place.0,
            method: place.1,
            parcels,
            lines,
            dispatch: shipped,
        })
}

fn refund_line() -> impl Strategy<Value = RefundLine> {
    let restock =
        proptest::sample::select(vec![Restock::No, Restock::Unshipped, Restock::Returned]);
    (
        (id(), id(), kind(), text(), decimal()),
        (amount(), vec(tax(), 0..3), restock, of(id())),
    )
        .prop_map(|(line, money)| RefundLine {
            id: line.0,
            order_line: line.1,
            kind: line.2,
            title: line.3,
            quantity: line.4,
            amount: money.0,
            taxes: money.1,
            restock: money.2,
            location: money.3,
        })
}

fn refund() -> impl Strategy<Value = Refund> {
    let adjustment =
        (id(), maybe(), amount(), amount()).prop_map(|(id, reason, amount, tax)| Adjustment {
            id,
            reason,
            amount,
            tax,
        });
    let repayment =
        (id(), text(), amount(), timestamp()).prop_map(|(id, method, amount, at)| Repayment {
            id,
            method,
            amount,
            at,
        });
    (
        (text(), id(), maybe(), text(), timestamp()),
        (any::<bool>(), maybe(), any::<bool>(), maybe()),
        (
            vec(refund_line(), 0..3),
            vec(adjustment, 0..3),
            vec(repayment, 0..3),
        ),
        (amount(), amount(), amount()),
    )
        .prop_map(|(head, rest, parts, money)| Refund {
            number: head.0,
            key: rest.3,
            order: OrderRef {
                id: head.1,
                key: head.2,
            },
            order_number: head.3,
            at: head.4,
            taxes_included: rest.0,
            test: rest.2,
            lines: parts.0,
            adjustments: parts.1,
            transactions: parts.2,
            total: money.0,
            order_total: money.1,
            refunded_before: money.2,
            note: rest.1,
        })
}

fn record() -> impl Strategy<Value = Record> {
    let stock =
        (sku(), id(), decimal(), any::<bool>()).prop_map(|(sku, location, available, scarce)| {
            StockLevel {
                sku,
                location,
                available,
                scarce,
            }
        });
    let step = (decimal(), decimal()).prop_map(|(from, amount)| PriceBreak { from, amount });
    let amounts = (of(decimal()), of(decimal()), vec(step, 0..3));
    let price =
        (sku(), id(), currency(), amounts).prop_map(|(sku, list, currency, amounts)| Price {
            sku,
            list,
            currency,
            regular: amounts.0,
            sale: amounts.1,
            breaks: amounts.2,
        });
    let cancellation = (text(), id(), of(text()), any::<bool>());
    let cancellation = cancellation.prop_map(|(number, id, key, begun)| Cancellation {
        number,
        order: OrderRef { id, key },
        begun,
    });
    prop_oneof![
        people::account()
            .prop_map(|account| Record::Customer(Box::new(account)))
            .boxed(),
        people::business()
            .prop_map(|business| Record::Company(Box::new(business)))
            .boxed(),
        order()
            .prop_map(|order| Record::Order(Box::new(order)))
            .boxed(),
        fulfilment()
            .prop_map(|fulfilment| Record::Fulfilment(Box::new(fulfilment)))
            .boxed(),
        stock.prop_map(Record::Stock).boxed(),
        price.prop_map(Record::Price).boxed().boxed(),
        refund()
            .prop_map(|refund| Record::Refund(Box::new(refund)))
            .boxed(),
        goods::product()
            .prop_map(|product| Record::Product(Box::new(product)))
            .boxed()
            .boxed(),
        cancellation.prop_map(Record::Cancellation).boxed(),
        goods::payout()
            .prop_map(|payout| Record::Payout(Box::new(payout)))
            .boxed(),
        shipping::order()
            .prop_map(|order| Record::ShippingOrder(Box::new(order)))
            .boxed(),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let name = "[a-z][a-z0-9-]{0,39}";
    let document = (text(), vec(any::<u8>(), 0..40))
        .prop_map(|(media_type, body)| Document { media_type, body });
    (
        (name, name, id()),
        (timestamp(), timestamp()),
        (text(), text()),
        record(),
        (of(document), of("[a-z ]{1,40}")),
    )
        .prop_map(|(names, times, trace, record, (source, occasion))| {
            let revision = Revision {
                at: times.0,
                digest: record.digest(),
            };
            let mut event = Event::new(
                MerchantId::new(names.0).unwrap(),
                ConnectionId::new(names.1).unwrap(),
                names.2,
                revision,
                times.1,
                record,
            );
            event.trace = TraceContext {
                traceparent: trace.0,
                tracestate: trace.1,
            };
            event.source = source;
            event.occasion = occasion;
            event
        })
}

proptest! {
    #[test]
    fn every_event_survives_the_way(event in event()) {
        let decoded = codec::decode_event(&codec::encode_event(&event)).unwrap();
        prop_assert_eq!(&decoded, &event);
        prop_assert_eq!(decoded.record.digest(), event.record.digest(), "the digits after the point survive too");
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _unimportant = codec::decode_event(&bytes);
    }

    #[test]
    fn a_torn_message_is_an_error_or_another_event_but_never_a_panic(event in event(), cut in 0..400_usize) {
        let bytes = codec::encode_event(&event);
        let _unimportant = codec::decode_event(&bytes[..cut.min(bytes.len())]);
    }
}
