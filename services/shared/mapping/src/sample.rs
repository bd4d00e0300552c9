//! A record of each kind in which nothing is missing, to check expressions against. Made through the same views as real records,
//! so that the names it knows are the names there are.

use commerce::{
    Account, Address, AddressEntry, Adjustment, Amount, Business, Cancellation, Company, Consent,
    Country, Currency, Customer, Discount, Dispatch, ExternalId, Fulfilment, FulfilmentLine,
    IdError, Image, Kind, LineKind, Money, Order, OrderLine, OrderRef, OrderState, Parcel, Payment,
    PaymentKind, Payout, PayoutLine, PayoutLineKind, Price, PriceBreak, Product, Record, Refund,
    RefundLine, Repayment, Restock, ShippingLine, ShippingOrder, ShippingState, Site, Sku,
    SkuError, StockLevel, TaxLine, Variant, Weight, WeightUnit,
};
use jiff::Timestamp;
use rust_decimal::Decimal;

/// The text of every field that is a text.
const WORD: &str = "1";

/// Why there is no sample: never happens, since its ids are constants.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSample {
    #[error(transparent)]
    Id(#[from] IdError),
    #[error(transparent)]
    Sku(#[from] SkuError),
}

/// The sample of a kind.
pub(crate) fn record(kind: Kind) -> Result<Record, NoSample> {
    Ok(match kind {
        Kind::Order => Record::Order(Box::new(order()?)),
        Kind::Fulfilment => Record::Fulfilment(Box::new(fulfilment()?)),
        Kind::Stock => Record::Stock(StockLevel {
            sku: Sku::new(WORD)?,
            location: ExternalId::new(WORD)?,
            available: Decimal::ONE,
            scarce: false,
        }),
        Kind::Refund => Record::Refund(Box::new(refund()?)),
        Kind::Product => Record::Product(Box::new(product()?)),
        Kind::Price => Record::Price(Price {
            sku: Sku::new(WORD)?,
            list: ExternalId::new(WORD)?,
            currency: Currency::EUR,
            regular: Some(Decimal::ONE),
            sale: Some(Decimal::ONE),
            breaks: vec![PriceBreak {
                from: Decimal::ONE,
                amount: Decimal::ONE,
            }],
        }),
        Kind::Cancellation => Record::Cancellation(Cancellation {
            number: WORD.to_owned(),
            order: OrderRef {
                id: ExternalId::new(WORD)?,
                key: word(),
            },
            begun: true,
        }),
        Kind::Customer => Record::Customer(Box::new(Account {
            number: WORD.to_owned(),
            customer: customer()?,
            addresses: vec![entry()?],
            email_consent: Some(Consent::Subscribed),
            tax_exempt: false,
            note: word(),
            tags: vec![WORD.to_owned()],
        })),
        Kind::Company => Record::Company(Box::new(Business {
            number: WORD.to_owned(),
            company: company()?,
            note: word(),
            contacts: vec![customer()?],
            sites: vec![Site {
                id: ExternalId::new(WORD)?,
                name: WORD.to_owned(),
                billing: Some(entry()?),
                shipping: Some(entry()?),
                phone: word(),
                payment_terms: word(),
                tax_exempt: false,
                tax_number: word(),
            }],
        })),
        Kind::Payout => Record::Payout(Box::new(payout()?)),
        Kind::ShippingOrder => Record::ShippingOrder(Box::new(shipping_order()?)),
    })
}

fn shipping_order() -> Result<ShippingOrder, NoSample> {
    Ok(ShippingOrder {
        number: WORD.to_owned(),
        reference: word(),
        placed_at: Timestamp::UNIX_EPOCH,
        state: ShippingState::Open,
        email: word(),
        ship_to: Some(address()),
        location: Some(ExternalId::new(WORD)?),
        method: word(),
        note: word(),
        lines: vec![ShippingLine {
            id: ExternalId::new(WORD)?,
            sku: Sku::new(WORD)?,
            title: WORD.to_owned(),
            quantity: Decimal::ONE,
        }],
    })
}

fn payout() -> Result<Payout, NoSample> {
    let one = Money::new(Decimal::ONE, Currency::EUR);
    Ok(Payout {
        number: WORD.to_owned(),
        date: jiff::civil::Date::constant(2026, 1, 1),
        status: WORD.to_owned(),
        net: one,
        lines: vec![PayoutLine {
            id: ExternalId::new(WORD)?,
            kind: PayoutLineKind::Charge,
            at: Timestamp::UNIX_EPOCH,
            gross: one,
            fee: one,
            net: one,
            order: None,
            order_number: word(),
            transaction: None,
            refund: None,
            reason: word(),
        }],
    })
}

/// The sample order's line.
fn line() -> Result<OrderLine, NoSample> {
    Ok(OrderLine {
        id: ExternalId::new(WORD)?,
        kind: LineKind::Item {
            sku: Sku::new(WORD)?,
        },
        title: WORD.to_owned(),
        quantity: Decimal::ONE,
        unit_price: amount(),
        amount: amount(),
        discounts: vec![Discount {
            code: word(),
            title: word(),
            amount: amount(),
        }],
        taxes: vec![TaxLine {
            title: WORD.to_owned(),
            rate: Some(Decimal::ONE),
            amount: amount(),
            remitted_by_channel: false,
        }],
    })
}

fn order() -> Result<Order, NoSample> {
    let shipping = OrderLine {
        kind: LineKind::Shipping {
            method: WORD.to_owned(),
        },
        ..line()?
    };
    Ok(Order {
        number: WORD.to_owned(),
        placed_at: Timestamp::UNIX_EPOCH,
        state: OrderState::Open,
        test: false,
        customer: Some(customer()?),
        billing: Some(address()),
        shipping: Some(address()),
        shop_currency: Currency::EUR,
        presentment_currency: Currency::EUR,
        taxes_included: false,
        lines: vec![line()?, shipping],
        payments: vec![Payment {
            id: ExternalId::new(WORD)?,
            method: WORD.to_owned(),
            kind: PaymentKind::Captured,
            amount: amount(),
            at: Timestamp::UNIX_EPOCH,
        }],
        total: amount(),
        channel: word(),
        note: word(),
        tags: vec![WORD.to_owned()],
        company: Some(company()?),
        payment_terms: word(),
        fulfilled: false,
        sold_at: Some(ExternalId::new(WORD)?),
        on_hold: false,
        high_risk: false,
    })
}

fn fulfilment() -> Result<Fulfilment, NoSample> {
    Ok(Fulfilment {
        number: WORD.to_owned(),
        order: OrderRef {
            id: ExternalId::new(WORD)?,
            key: word(),
        },
        shipped_at: Timestamp::UNIX_EPOCH,
        location: Some(ExternalId::new(WORD)?),
        method: word(),
        parcels: vec![Parcel {
            tracking_number: word(),
            carrier: word(),
            tracking_url: word(),
        }],
        lines: vec![FulfilmentLine {
            order_line: Some(ExternalId::new(WORD)?),
            sku: Sku::new(WORD)?,
            quantity: Decimal::ONE,
        }],
        dispatch: Some(Dispatch {
            cost: Some(Money::new(Decimal::ONE, Currency::EUR)),
            ..Dispatch::default()
        }),
    })
}

fn refund() -> Result<Refund, NoSample> {
    let whole = line()?;
    Ok(Refund {
        number: WORD.to_owned(),
        key: word(),
        order: OrderRef {
            id: ExternalId::new(WORD)?,
            key: word(),
        },
        order_number: WORD.to_owned(),
        at: Timestamp::UNIX_EPOCH,
        test: false,
        taxes_included: false,
        lines: vec![RefundLine {
            id: ExternalId::new(WORD)?,
            order_line: whole.id,
            kind: whole.kind,
            title: whole.title,
            quantity: whole.quantity,
            amount: amount(),
            taxes: whole.taxes,
            restock: Restock::Returned,
            location: Some(ExternalId::new(WORD)?),
        }],
        adjustments: vec![Adjustment {
            id: ExternalId::new(WORD)?,
            reason: word(),
            amount: amount(),
            tax: amount(),
        }],
        transactions: vec![Repayment {
            id: ExternalId::new(WORD)?,
            method: WORD.to_owned(),
            amount: amount(),
            at: Timestamp::UNIX_EPOCH,
        }],
        total: amount(),
        order_total: amount(),
        refunded_before: amount(),
        note: word(),
    })
}

fn product() -> Result<Product, NoSample> {
    let words = || vec![WORD.to_owned()];
    Ok(Product {
        number: WORD.to_owned(),
        offered: true,
        title: word(),
        description: word(),
        vendor: word(),
        product_type: word(),
        handle: word(),
        tags: words(),
        categories: words(),
        images: vec![Image {
            url: WORD.to_owned(),
            alt: word(),
        }],
        options: words(),
        variants: vec![Variant {
            sku: Sku::new(WORD)?,
            values: words(),
            barcode: word(),
            weight: Some(Weight {
                value: Decimal::ONE,
                unit: WeightUnit::Gram,
            }),
            first_price: Some(amount().shop),
        }],
        withdrawn: vec![Sku::new(WORD)?],
    })
}

fn customer() -> Result<Customer, NoSample> {
    Ok(Customer {
        id: Some(ExternalId::new(WORD)?),
        email: word(),
        first_name: word(),
        last_name: word(),
        company: word(),
        phone: word(),
    })
}

fn company() -> Result<Company, NoSample> {
    Ok(Company {
        id: ExternalId::new(WORD)?,
        name: WORD.to_owned(),
        reference: word(),
        location: word(),
    })
}

fn entry() -> Result<AddressEntry, NoSample> {
    Ok(AddressEntry {
        id: ExternalId::new(WORD)?,
        address: address(),
    })
}

fn address() -> Address {
    Address {
        first_name: word(),
        last_name: word(),
        company: word(),
        line1: word(),
        line2: word(),
        city: word(),
        region: word(),
        postcode: word(),
        country: Country::new("DE").ok(),
        phone: word(),
    }
}

fn amount() -> Amount {
    Amount::same(Money {
        amount: Decimal::ONE,
        currency: Currency::EUR,
    })
}

fn word() -> Option<String> {
    Some(WORD.to_owned())
}
