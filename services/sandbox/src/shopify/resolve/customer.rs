use std::borrow::Cow;

use super::super::graphql::Arguments;
use super::super::model::ids::{self, gid};
use super::{Address, Customer, Node, Thing, Value};

pub(super) fn address<'s>(
    address: &'s Address,
    id: u64,
    name: &str,
    arguments: &Arguments,
) -> Value<'s> {
    match name {
        "id" => format!("gid://shopify/MailingAddress/{id}?model_name=Address").into(),
        "firstName" => (&address.first_name).into(),
        "lastName" => (&address.last_name).into(),
        "name" => address.name().into(),
        "company" => address.company.as_ref().into(),
        "address1" => (&address.address1).into(),
        "address2" => address.address2.as_ref().into(),
        "city" => (&address.city).into(),
        "province" => address.province.into(),
        "provinceCode" => address.province_code.into(),
        "zip" => address.zip.as_ref().into(),
        "country" => address.country.into(),
        "countryCodeV2" => address.country_code.into(),
        "phone" => address.phone.as_ref().into(),
        "formatted" => {
            let with_company = arguments
                .get("withCompany")
                .and_then(serde_json::Value::as_bool)
                .unwrap_or(true);
            Value::Texts(
                address
                    .formatted(arguments.flag("withName"), with_company)
                    .into_iter()
                    .map(Cow::Owned)
                    .collect(),
            )
        }
        "formattedArea" => format!("{}, {}", address.city, address.country).into(),
        "coordinatesValidated" => false.into(),
        _ => Value::Null,
    }
}

pub(super) fn customer<'s>(node: Node<'s>, customer: &'s Customer, name: &str) -> Value<'s> {
    match name {
        "id" => gid("Customer", customer.id()).into(),
        "legacyResourceId" => customer.id().to_string().into(),
        "firstName" => (&customer.address.first_name).into(),
        "lastName" => (&customer.address.last_name).into(),
        "displayName" => customer.address.name().into(),
        "email" => customer.email.as_ref().into(),
        "phone" => customer.phone.as_ref().into(),
        "locale" => customer.locale.into(),
        "tags" => Value::Texts(Vec::new()),
        "note" => customer.note.as_ref().into(),
        "addressesV2" => {
            let all = customer.addresses().enumerate();
            node.many(all.map(|(place, address)| {
                Thing::Address(address, ids::book_address(customer.index, place))
            }))
        }
        "state" => "ENABLED".into(),
        "taxExempt" => false.into(),
        "verifiedEmail" => customer.email.is_some().into(),
        "numberOfOrders" => customer.orders.to_string().into(),
        "createdAt" => customer.created_at.into(),
        "updatedAt" => customer.updated_at.into(),
        "defaultAddress" => node.one(Thing::Address(
            &customer.address,
            ids::address(customer.index),
        )),
        "defaultEmailAddress" => {
            let email = customer.email.as_deref();
            node.maybe(email.map(|email| Thing::Mailbox(email, &customer.consent)))
        }
        "defaultPhoneNumber" => node.maybe(customer.phone.as_deref().map(Thing::Phone)),
        _ => Value::Null,
    }
}

pub(super) fn contact<'s>(text: &'s str, name: &str) -> Value<'s> {
    if name == "validFormat" {
        true.into()
    } else {
        text.into()
    }
}

/// Companies that buy, and their terms.
pub(super) fn business<'s>(node: Node<'s>, name: &str) -> Value<'s> {
    match (node.thing, name) {
        (Thing::Purchase(purchase), "company") => node.one(Thing::Company(purchase)),
        (Thing::Purchase(purchase), "location") => node.one(Thing::CompanyLocation(purchase)),
        (Thing::Company(purchase), "id") => gid("Company", purchase.company).into(),
        (Thing::Company(purchase), "name") => (&purchase.name).into(),
        (Thing::Company(purchase), "externalId") => purchase.external_id.as_ref().into(),
        (Thing::CompanyLocation(purchase), "name") => (&purchase.location).into(),
        (Thing::PaymentTerms(terms), "paymentTermsName") => terms.into(),
        _ => Value::Null,
    }
}
