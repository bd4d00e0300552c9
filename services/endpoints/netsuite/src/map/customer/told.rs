//! What a record tells of a customer: an order of its buyer, a customer or company of itself.

use std::collections::BTreeMap;

use commerce::{Account, Address, AddressEntry, Business, Order};
use ports::{Assignments, Fault, Place};

use super::{names, payment_terms};
use crate::map::address::{Ruled, ruled};
use crate::map::assign::assign;
use crate::map::fields::CUSTOMER;
use crate::map::order::{placed, placed_by};
use crate::map::settings::{InternalId, Orders};
use crate::wire::Object;

/// What is told of a customer.
#[derive(Debug, Clone)]
pub(crate) struct Told<'a> {
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    /// Terms of payment, in the shop's words.
    pub(crate) terms: Option<&'a str>,
    /// Where a new customer has to be, where that is not the same for all.
    pub(crate) subsidiary: Option<&'a InternalId>,
    /// The addresses.
    pub(crate) uses: Vec<Use<'a>>,
    /// What rules set on the customer.
    pub(crate) set: Ruled<'a>,
    /// Whether rules count after the customer was made, too.
    pub(crate) lasting: bool,
    /// What tells the customer from others of the same name, the most telling first.
    pub(crate) tellers: Vec<String>,
}

/// An address, and what it is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use<'a> {
    pub(crate) address: &'a Address,
    /// What rules set in it.
    pub(crate) set: Ruled<'a>,
    /// What the place is called.
    pub(crate) label: Option<&'a str>,
    pub(crate) billing: bool,
    pub(crate) shipping: bool,
}

impl<'a> Told<'a> {
    /// By an order, of its buyer.
    pub(crate) fn by_order(order: &'a Order, rules: &'a Assignments, settings: &'a Orders) -> Self {
        let (customer, company) = (order.customer.as_ref(), order.company.as_ref());
        let address = order.billing.as_ref().or(order.shipping.as_ref());
        // The e-mail address of a person who orders for a company is that of the contact, not of the company.
        let own = customer.filter(|_| company.is_none());
        let lone = order.billing.is_none() || order.shipping.is_none();
        let uses = [
            (&order.billing, Place::BillingAddress, true, lone),
            (&order.shipping, Place::ShippingAddress, lone, true),
        ];
        let label = company.and_then(|company| company.location.as_deref());
        let uses = uses
            .into_iter()
            .filter_map(|(address, part, billing, shipping)| {
                Some(Use {
                    address: address.as_ref()?,
                    set: rules.part(part),
                    label,
                    billing,
                    shipping,
                })
            });
        let number = match company {
            Some(company) => Some(company.id.to_string()),
            None => customer.and_then(|customer| Some(customer.id.as_ref()?.to_string())),
        };
        let tellers = [
            address.and_then(|address| names::given(&address.city)),
            customer.and_then(|customer| names::given(&customer.email)),
            number,
        ];
        Self {
            email: own.and_then(|customer| names::given(&customer.email)),
            phone: own
                .and_then(|customer| names::given(&customer.phone))
                .or_else(|| names::given(&address?.phone)),
            terms: order.payment_terms.as_deref(),
            subsidiary: placed(order, settings),
            uses: uses.collect(),
            set: rules.part(Place::Customer),
            lasting: false,
            tellers: tellers.into_iter().flatten().collect(),
        }
    }

    /// By a customer's own record.
    pub(crate) fn by_account(
        account: &'a Account,
        rules: &'a Assignments,
        settings: &'a Orders,
    ) -> Self {
        let customer = &account.customer;
        let first = account.addresses.first().map(|entry| &entry.address);
        let uses = account.addresses.iter().enumerate();
        let uses = uses.map(|(place, entry)| used(entry, rules, None, place == 0, place == 0));
        let tellers = [
            first.and_then(|address| names::given(&address.city)),
            names::given(&customer.email),
            customer.id.as_ref().map(ToString::to_string),
        ];
        Self {
            email: names::given(&customer.email),
            phone: names::given(&customer.phone).or_else(|| names::given(&first?.phone)),
            terms: None,
            subsidiary: placed_by(first.and_then(|address| address.country.as_ref()), settings),
            uses: uses.collect(),
            set: set(rules),
            lasting: true,
            tellers: tellers.into_iter().flatten().collect(),
        }
    }

    /// By a company's own record. NetSuite keeps one set of terms for the whole company: its places', where they agree.
    pub(crate) fn by_business(
        business: &'a Business,
        rules: &'a Assignments,
        settings: &'a Orders,
    ) -> Self {
        let mut uses = Vec::new();
        let (mut bills, mut ships) = (true, true);
        for site in &business.sites {
            let label = Some(site.name.as_str());
            let lone = site.billing.is_none() || site.shipping.is_none();
            if let Some(entry) = &site.billing {
                uses.push(used(entry, rules, label, bills, lone && ships));
                (bills, ships) = (false, ships && !lone);
            }
            if let Some(entry) = &site.shipping {
                uses.push(used(entry, rules, label, lone && bills, ships));
                (bills, ships) = (bills && !lone, false);
            }
        }
        let first = uses.first().map(|one| one.address);
        let mut terms = business
            .sites
            .iter()
            .map(|site| site.payment_terms.as_deref());
        let one = terms.next().flatten();
        let sites = business.sites.iter();
        let phone = sites.filter_map(|site| names::given(&site.phone)).next();
        let tellers = [
            first.and_then(|address| names::given(&address.city)),
            Some(business.company.id.to_string()),
        ];
        Self {
            email: None,
            phone: phone.or_else(|| names::given(&first?.phone)),
            terms: one.filter(|one| terms.all(|other| other == Some(*one))),
            subsidiary: placed_by(first.and_then(|address| address.country.as_ref()), settings),
            uses,
            set: set(rules),
            lasting: true,
            tellers: tellers.into_iter().flatten().collect(),
        }
    }

    /// Of addresses alone.
    pub(crate) const fn of_addresses(uses: Vec<Use<'a>>) -> Self {
        Self {
            email: None,
            phone: None,
            terms: None,
            subsidiary: None,
            uses,
            set: None,
            lasting: false,
            tellers: Vec::new(),
        }
    }

    /// Whether everything told can be written.
    ///
    /// # Errors
    /// [`Fault::Held`] for terms that are not listed, and rules that give what a field cannot take.
    pub(crate) fn check(&self, settings: &Orders) -> Result<(), Fault> {
        payment_terms(self.terms, settings)?;
        if let Some(set) = self.set {
            assign(&mut Object::new(), set, &CUSTOMER)?;
        }
        self.uses
            .iter()
            .try_for_each(|one| ruled(one.address, one.set).map(|_| ()))
    }
}

fn used<'a>(
    entry: &'a AddressEntry,
    rules: &'a Assignments,
    label: Option<&'a str>,
    billing: bool,
    shipping: bool,
) -> Use<'a> {
    Use {
        address: &entry.address,
        set: rules.lines.get(&entry.id),
        label,
        billing,
        shipping,
    }
}

fn set(rules: &Assignments) -> Option<&BTreeMap<String, serde_json::Value>> {
    Some(&rules.header).filter(|fields| !fields.is_empty())
}
