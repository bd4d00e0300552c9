//! Buyers and addresses.

use commerce::{Address, Company, Country, Customer};

use super::{Unmapped, given, id, number};
use crate::wire;

pub(super) fn address(address: &wire::Address) -> Address {
    Address {
        first_name: given(address.first_name.as_ref()),
        last_name: given(address.last_name.as_ref()),
        company: given(address.company.as_ref()),
        line1: given(address.address1.as_ref()),
        line2: given(address.address2.as_ref()),
        city: given(address.city.as_ref()),
        region: given(address.province_code.as_ref()).or_else(|| given(address.province.as_ref())),
        postcode: given(address.zip.as_ref()),
        // Shopify's own codes for what ISO 3166-1 does not know ("ZZ") are no country to us.
        country: address
            .country_code_v2
            .as_deref()
            .and_then(|code| Country::new(code).ok()),
        phone: given(address.phone.as_ref()),
    }
}

/// The buyer. A guest leaves an e-mail address or a telephone number, and the name on the bill.
pub(super) fn customer(order: &wire::Order) -> Result<Option<Customer>, Unmapped> {
    let email = given(order.email.as_ref());
    let phone = given(order.phone.as_ref());
    let billing = order.billing_address.as_ref();
    let company = billing.and_then(|address| given(address.company.as_ref()));
    let Some(known) = &order.customer else {
        if email.is_none() && phone.is_none() {
            return Ok(None);
        }
        return Ok(Some(Customer {
            id: None,
            email,
            first_name: billing.and_then(|address| given(address.first_name.as_ref())),
            last_name: billing.and_then(|address| given(address.last_name.as_ref())),
            company,
            phone,
        }));
    };
    let own = person(known)?;
    Ok(Some(Customer {
        email: email.or(own.email),
        phone: phone.or(own.phone),
        company,
        ..own
    }))
}

/// Somebody with an account, as far as they are told of with something else.
pub(super) fn person(known: &wire::Customer) -> Result<Customer, Unmapped> {
    let email = known.default_email_address.as_ref();
    let phone = known.default_phone_number.as_ref();
    Ok(Customer {
        id: Some(id(&known.legacy_resource_id)?),
        email: given(email.map(|it| &it.email_address)),
        first_name: given(known.first_name.as_ref()),
        last_name: given(known.last_name.as_ref()),
        company: None,
        phone: given(phone.map(|it| &it.phone_number)),
    })
}

/// The company for which the buyer ordered.
pub(super) fn company(order: &wire::Order) -> Result<Option<Company>, Unmapped> {
    let Some(purchasing) = &order.purchasing_entity else {
        return Ok(None);
    };
    let Some(company) = &purchasing.company else {
        return Ok(None);
    };
    let location = purchasing.location.as_ref();
    Ok(Some(Company {
        id: id(number(&company.id))?,
        name: company.name.clone(),
        reference: given(company.external_id.as_ref()),
        location: location.and_then(|place| given(Some(&place.name))),
    }))
}
