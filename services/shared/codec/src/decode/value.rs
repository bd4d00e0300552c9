//! The small values that records are made of.

use commerce::{Address, Amount, Company, Country, Currency, Customer, ExternalId, Money, Sku};
use jiff::Timestamp;
use proto::events::v1 as wire;
use rust_decimal::Decimal;

use crate::error::{DecodeError, Within};

pub(super) fn invalid(error: impl std::fmt::Display) -> DecodeError {
    DecodeError::new(error.to_string())
}

pub(super) fn unknown(what: &str, number: i32) -> DecodeError {
    DecodeError::new(format!("{what} {number} is not known to this version"))
}

pub(super) fn required<T>(value: Option<T>) -> Result<T, DecodeError> {
    value.ok_or_else(|| DecodeError::new("is missing"))
}

pub(super) fn id(text: String) -> Result<ExternalId, DecodeError> {
    ExternalId::new(text).map_err(invalid)
}

pub(super) fn sku(text: &str) -> Result<Sku, DecodeError> {
    Sku::new(text).map_err(invalid)
}

pub(super) fn decimal(text: &str) -> Result<Decimal, DecodeError> {
    Decimal::from_str_exact(text)
        .map_err(|_| DecodeError::new(format!("'{text}' is not a decimal number")))
}

pub(super) fn sixteen(bytes: &[u8]) -> Result<[u8; 16], DecodeError> {
    bytes
        .try_into()
        .map_err(|_| DecodeError::new(format!("has {} bytes instead of 16", bytes.len())))
}

pub(super) fn timestamp(at: Option<prost_types::Timestamp>) -> Result<Timestamp, DecodeError> {
    let at = required(at)?;
    if !(0..1_000_000_000).contains(&at.nanos) {
        return Err(DecodeError::new(format!("{} nanoseconds", at.nanos)));
    }
    Timestamp::new(at.seconds, at.nanos).map_err(invalid)
}

pub(super) fn currency(code: &str) -> Result<Currency, DecodeError> {
    Currency::from_code(code)
        .ok_or_else(|| DecodeError::new(format!("'{code}' is not an ISO 4217 currency code")))
}

pub(super) fn amount(amount: Option<wire::Amount>) -> Result<Amount, DecodeError> {
    let amount = required(amount)?;
    let shop = money(&required(amount.shop).within("shop")?).within("shop")?;
    let presentment = match amount.presentment {
        Some(other) => money(&other).within("presentment")?,
        None => shop,
    };
    Ok(Amount { shop, presentment })
}

pub(super) fn money(money: &wire::Money) -> Result<Money, DecodeError> {
    let amount = Decimal::from_str_exact(&money.amount)
        .map_err(|_| DecodeError::new(format!("'{}' is not a decimal amount", money.amount)))?;
    Ok(Money::new(amount, currency(&money.currency)?))
}

pub(super) fn address(address: wire::Address) -> Result<Address, DecodeError> {
    Ok(Address {
        first_name: address.first_name,
        last_name: address.last_name,
        company: address.company,
        line1: address.line1,
        line2: address.line2,
        city: address.city,
        region: address.region,
        postcode: address.postcode,
        country: address
            .country
            .map(|code| Country::new(&code).map_err(invalid))
            .transpose()
            .within("country")?,
        phone: address.phone,
    })
}

pub(super) fn customer(customer: wire::Customer) -> Result<Customer, DecodeError> {
    Ok(Customer {
        id: customer.id.map(id).transpose().within("id")?,
        email: customer.email,
        first_name: customer.first_name,
        last_name: customer.last_name,
        company: customer.company,
        phone: customer.phone,
    })
}

pub(super) fn company(company: wire::Company) -> Result<Company, DecodeError> {
    Ok(Company {
        id: id(company.id).within("id")?,
        name: company.name,
        reference: company.reference,
        location: company.location,
    })
}
