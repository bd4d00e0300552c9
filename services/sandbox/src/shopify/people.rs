//! Customers and companies as a clerk keeps them.

use serde::{Deserialize, Serialize};

use super::Shop;
use super::model::company::{Firm, FirmSite};
use super::model::store::to_second;
use super::model::{Address, NewCompany, ids};

/// Sites a company can have.
const SITES: u64 = 100;

/// What a clerk changes of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerEdit {
    /// Another given name.
    FirstName(String),
    /// Another telephone number, or none.
    Phone(Option<String>),
    /// One more address, by street and town, in the country of the first.
    Address(String, String),
    /// A note.
    Note(String),
    /// A `CustomerEmailAddressMarketingState`.
    EmailConsent(String),
}

/// A customer in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CustomerView {
    /// Global id.
    pub id: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Given and family name.
    pub name: (String, String),
    /// Streets of all addresses, the default one first.
    pub streets: Vec<String>,
    /// How many orders.
    pub orders: u32,
}

impl Shop {
    /// All customers, oldest first.
    pub fn customers(&self) -> Vec<CustomerView> {
        let store = &self.state.lock().store;
        let customers = store.customers.iter();
        customers
            .map(|customer| CustomerView {
                id: ids::gid("Customer", customer.id()),
                email: customer.email.clone(),
                name: (
                    customer.address.first_name.clone(),
                    customer.address.last_name.clone(),
                ),
                streets: customer
                    .addresses()
                    .map(|address| address.address1.clone())
                    .collect(),
                orders: customer.orders,
            })
            .collect()
    }

    /// Changes the customer (by global id) as a clerk would. `false` if there is no such customer.
    pub fn edit_customer(&self, id: &str, change: &CustomerEdit) -> bool {
        let now = to_second(self.clock.now());
        let index = ids::number("Customer", id).and_then(ids::customer_index);
        let store = &mut self.state.lock().store;
        let Some(customer) = index.and_then(|index| store.customers.get_mut(index)) else {
            return false;
        };
        match change {
            CustomerEdit::FirstName(name) => customer.address.first_name.clone_from(name),
            CustomerEdit::Phone(phone) => customer.phone.clone_from(phone),
            CustomerEdit::Address(street, town) => customer.others.push(Address {
                address1: street.clone(),
                address2: None,
                city: town.clone(),
                ..customer.address.clone()
            }),
            CustomerEdit::Note(note) => customer.note = Some(note.clone()),
            CustomerEdit::EmailConsent(state) => customer.consent.clone_from(state),
        }
        customer.updated_at = customer.updated_at.max(now);
        true
    }

    /// Puts a company into the shop, or changes the one that is there. Returns its global id.
    pub fn put_company(&self, company: &NewCompany) -> String {
        let now = to_second(self.clock.now());
        let store = &mut self.state.lock().store;
        let sites = company.sites.iter().enumerate();
        let firm = Firm {
            id: company.number,
            name: company.name.clone(),
            external_id: company.external_id.clone(),
            contacts: company
                .contacts
                .iter()
                .filter_map(|id| ids::customer_index(ids::number("Customer", id)?))
                .collect(),
            sites: sites
                .map(|(place, (name, street, town))| FirmSite {
                    id: company.number * SITES + place as u64,
                    name: name.clone(),
                    address: Address {
                        company: Some(company.name.clone()),
                        address1: street.clone(),
                        city: town.clone(),
                        country: "United States",
                        country_code: "US",
                        ..Address::default()
                    },
                    terms: company.terms.clone(),
                })
                .collect(),
            created_at: now,
            updated_at: now,
        };
        let there = store.firms.iter_mut().find(|one| one.id == firm.id);
        match there {
            Some(one) => {
                *one = Firm {
                    created_at: one.created_at,
                    ..firm
                }
            }
            None => store.firms.push(firm),
        }
        ids::gid("Company", company.number)
    }
}
