//! A customer's address book. A company's places are entries of it, labelled with the place's name: NetSuite ships and bills by address, while
//! a sub-customer for each place would split the company's balance and credit.

use commerce::{Address, Order};
use ports::{Assignments, Fault, Place};

use crate::map::address::{Ruled, ruled, ruled_parts};
use crate::wire::{AddressRow, Json, Object};

/// An order with what rules set in it.
pub(crate) type Ordered<'a> = (&'a Order, &'a Assignments);

/// An address of an order, as an entry of its customer's address book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// Equal for what is the same address, however it is written.
    pub(crate) mark: String,
    address: &'a Address,
    set: Ruled<'a>,
    label: Option<&'a str>,
    billing: bool,
    shipping: bool,
}

/// The addresses of these orders, each once. The first order's are the ones to bill and to ship to.
pub(crate) fn entries<'a>(orders: &[Ordered<'a>]) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    for (place, (order, rules)) in orders.iter().enumerate() {
        let lone = order.billing.is_none() || order.shipping.is_none();
        let uses = [
            (&order.billing, Place::BillingAddress, true, lone),
            (&order.shipping, Place::ShippingAddress, lone, true),
        ];
        for (address, part, billing, shipping) in uses {
            let Some(address) = address else { continue };
            let set = rules.part(part);
            let mark = mark(&ruled_parts(address, set));
            if mark.is_empty() {
                continue;
            }
            let (billing, shipping) = (billing && place == 0, shipping && place == 0);
            if let Some(known) = entries.iter_mut().find(|entry| entry.mark == mark) {
                known.billing |= billing;
                known.shipping |= shipping;
                continue;
            }
            let company = order.company.as_ref();
            entries.push(Entry {
                mark,
                address,
                set,
                label: company.and_then(|company| company.location.as_deref()),
                billing,
                shipping,
            });
        }
    }
    entries
}

impl Entry<'_> {
    /// The entry as NetSuite takes it; one that joins others leaves the defaults as they are.
    ///
    /// # Errors
    /// [`Fault::Held`] when a rule gives what the field cannot take.
    pub(crate) fn json(&self, first: bool) -> Result<Json, Fault> {
        let address = ruled(self.address, self.set)?;
        let mut fields = Object::from([("addressBookAddress".to_owned(), address)]);
        if first {
            fields.insert("defaultBilling".to_owned(), Json::from(self.billing));
            fields.insert("defaultShipping".to_owned(), Json::from(self.shipping));
        }
        if let Some(label) = self.label {
            fields.insert("label".to_owned(), Json::from(label));
        }
        Ok(Json::Object(fields))
    }
}

/// The mark of an address that is there.
pub(crate) fn row_mark(row: &AddressRow) -> String {
    mark(&[
        row.addressee.clone(),
        row.attention.clone(),
        row.addr1.clone(),
        row.addr2.clone(),
        row.city.clone(),
        row.zip.clone(),
        row.country.clone(),
    ])
}

/// Letters and digits alone, in lower case. NetSuite may rewrite states and telephone numbers, which therefore do not count.
fn mark(parts: &[Option<String>; 7]) -> String {
    let plain = |part: &Option<String>| -> String {
        let text = part.as_deref().unwrap_or_default().chars();
        text.filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let plain: Vec<String> = parts.iter().map(plain).collect();
    if plain.iter().all(String::is_empty) {
        return String::new();
    }
    plain.join("|")
}
