//! Customers and companies as records of their own.

use commerce::{
    Account, Address, AddressEntry, Business, Company, Consent, Country, Customer, Site,
};

use super::people::{address, person};
use super::{Unmapped, Within, given, id, number};
use crate::wire;

/// Somebody with an account at the shop.
pub(crate) fn account(shopper: &wire::Shopper) -> Result<Account, Unmapped> {
    let own = id(number(&shopper.id)).within("id")?;
    let mailbox = shopper.default_email_address.as_ref();
    let email = mailbox.and_then(|mailbox| given(Some(&mailbox.email_address)));
    let consent = mailbox.filter(|_| email.is_some());
    let phone = shopper.default_phone_number.as_ref();
    let default = shopper.default_address.as_ref().map(|one| number(&one.id));
    let mut book: Vec<&wire::Booked> = shopper.addresses_v2.nodes.iter().collect();
    // Stable: the others keep the shop's order.
    book.sort_by_key(|entry| Some(number(&entry.id)) != default);
    let addresses: Vec<AddressEntry> = book
        .into_iter()
        .map(|entry| {
            Ok(AddressEntry {
                id: id(number(&entry.id)).within("addresses")?,
                address: address(&entry.address),
            })
        })
        .collect::<Result<_, Unmapped>>()?;
    let first = addresses.first().map(|entry| &entry.address);
    let customer = Customer {
        email,
        first_name: given(shopper.first_name.as_ref()),
        last_name: given(shopper.last_name.as_ref()),
        company: first.and_then(|address| address.company.clone()),
        phone: phone.and_then(|phone| given(Some(&phone.phone_number))),
        id: Some(own.clone()),
    };
    let names = [&customer.first_name, &customer.last_name];
    let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
    let named = (!names.is_empty()).then(|| names.join(" "));
    Ok(Account {
        number: customer
            .email
            .clone()
            .or(named)
            .unwrap_or_else(|| own.to_string()),
        customer,
        addresses,
        email_consent: consent
            .map(|mailbox| consent_of(&mailbox.marketing_state))
            .transpose()?,
        tax_exempt: shopper.tax_exempt,
        note: given(shopper.note.as_ref()),
        tags: shopper.tags.clone(),
    })
}

fn consent_of(state: &str) -> Result<Consent, Unmapped> {
    Ok(match state {
        "SUBSCRIBED" => Consent::Subscribed,
        "NOT_SUBSCRIBED" => Consent::NotSubscribed,
        "PENDING" => Consent::Pending,
        "UNSUBSCRIBED" => Consent::Unsubscribed,
        "INVALID" => Consent::Invalid,
        other => {
            return Err(Unmapped::new(format!(
                "marketingState '{other}' is not known"
            )));
        }
    })
}

/// A company with its people and places.
pub(crate) fn business(business: &wire::Business) -> Result<Business, Unmapped> {
    let contacts = business.contacts.nodes.iter();
    let sites = business.locations.nodes.iter();
    Ok(Business {
        number: business.name.clone(),
        company: Company {
            id: id(number(&business.id)).within("id")?,
            name: business.name.clone(),
            reference: given(business.external_id.as_ref()),
            location: None,
        },
        note: given(business.note.as_ref()),
        contacts: contacts
            .map(|contact| person(&contact.customer))
            .collect::<Result<_, _>>()
            .within("contacts")?,
        sites: sites
            .map(site)
            .collect::<Result<_, _>>()
            .within("locations")?,
    })
}

fn site(site: &wire::Site) -> Result<Site, Unmapped> {
    let entry =
        |address: &Option<wire::SiteAddress>| address.as_ref().map(site_address).transpose();
    let checkout = site.buyer_experience_configuration.as_ref();
    let terms = checkout.and_then(|checkout| checkout.payment_terms_template.as_ref());
    Ok(Site {
        id: id(number(&site.id))?,
        name: site.name.clone(),
        billing: entry(&site.billing_address)?,
        shipping: entry(&site.shipping_address)?,
        phone: given(site.phone.as_ref()),
        payment_terms: terms.and_then(|terms| given(Some(&terms.name))),
        tax_exempt: site.tax_settings.tax_exempt,
        tax_number: given(site.tax_settings.tax_registration_id.as_ref()),
    })
}

fn site_address(address: &wire::SiteAddress) -> Result<AddressEntry, Unmapped> {
    Ok(AddressEntry {
        id: id(number(&address.id))?,
        address: Address {
            first_name: given(address.first_name.as_ref()),
            last_name: given(address.last_name.as_ref()),
            company: given(address.company_name.as_ref()),
            line1: given(address.address1.as_ref()),
            line2: given(address.address2.as_ref()),
            city: given(address.city.as_ref()),
            region: given(address.zone_code.as_ref()).or_else(|| given(address.province.as_ref())),
            postcode: given(address.zip.as_ref()),
            country: address
                .country_code
                .as_deref()
                .and_then(|code| Country::new(code).ok()),
            phone: given(address.phone.as_ref()),
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn shopper(change: &Value) -> Result<Account, Unmapped> {
        let mut json = json!({
            "id": "gid://shopify/Customer/77", "updatedAt": "2026-03-02T10:00:00Z", "firstName": "Ada", "lastName": "Byron",
            "note": "", "tags": ["vip"], "taxExempt": true,
            "defaultEmailAddress": {"emailAddress": "ada@example.com", "marketingState": "UNSUBSCRIBED"},
            "defaultPhoneNumber": null,
            "defaultAddress": {"id": "gid://shopify/MailingAddress/2?model_name=CustomerAddress"},
            "addressesV2": {"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": [
                {"id": "gid://shopify/MailingAddress/1?model_name=CustomerAddress", "address1": "1 Main St"},
                {"id": "gid://shopify/MailingAddress/2?model_name=CustomerAddress", "address1": "2 Side St", "company": "Analytical Ltd"},
            ]},
        });
        for (name, value) in change.as_object().unwrap() {
            json[name] = value.clone();
        }
        account(&serde_json::from_value(json).unwrap())
    }

    #[test]
    fn the_default_address_comes_first() {
        let account = shopper(&json!({})).unwrap();
        let streets = account
            .addresses
            .iter()
            .map(|one| one.address.line1.clone());
        let streets: Vec<String> = streets.map(Option::unwrap).collect();
        assert_eq!(streets, ["2 Side St", "1 Main St"]);
        assert_eq!(account.customer.company.as_deref(), Some("Analytical Ltd"));
        assert_eq!(account.email_consent, Some(Consent::Unsubscribed));
        assert_eq!((account.tax_exempt, account.note), (true, None));
    }

    #[test]
    fn people_are_called_by_what_there_is() {
        let number = |change: Value| shopper(&change).unwrap().number;
        assert_eq!(number(json!({})), "ada@example.com");
        let nameless = json!({"defaultEmailAddress": null, "firstName": null});
        assert_eq!(number(nameless), "Byron");
        let nobody = json!({"defaultEmailAddress": null, "firstName": null, "lastName": " "});
        assert_eq!(number(nobody.clone()), "77");
        assert_eq!(shopper(&nobody).unwrap().email_consent, None);
    }

    #[test]
    fn a_word_that_is_not_known_is_told() {
        let mailbox = json!({"emailAddress": "a@b.example", "marketingState": "MAYBE"});
        let told = shopper(&json!({"defaultEmailAddress": mailbox})).unwrap_err();
        assert!(told.to_string().contains("MAYBE"), "{told}");
    }
}
