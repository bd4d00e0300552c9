//! Customers, their address books and contacts.

use super::{Query, list, marks};
use crate::map::settings::InternalId;

/// By what customers are looked for; texts but external ids in lower case.
#[derive(Debug, Default)]
pub(crate) struct Sought {
    /// Internal ids.
    pub(crate) ids: Vec<InternalId>,
    pub(crate) keys: Vec<String>,
    pub(crate) emails: Vec<String>,
    /// Names of companies.
    pub(crate) companies: Vec<String>,
    /// Given and family names.
    pub(crate) people: Vec<String>,
}

impl Sought {
    fn lists(&self) -> [(&'static str, &Vec<String>); 4] {
        [
            ("c.externalid", &self.keys),
            ("LOWER(c.email)", &self.emails),
            ("LOWER(c.companyname)", &self.companies),
            ("LOWER(c.firstname || ' ' || c.lastname)", &self.people),
        ]
    }

    /// The longest list.
    pub(crate) fn longest(&self) -> usize {
        let lengths = self.lists().map(|(_, texts)| texts.len());
        lengths
            .into_iter()
            .max()
            .unwrap_or_default()
            .max(self.ids.len())
    }
}

/// Active customers, oldest first. The subsidiary exists in OneWorld accounts only.
pub(crate) fn customers(sought: &Sought, one_world: bool) -> Query {
    let subsidiary = if one_world { ", c.subsidiary" } else { "" };
    let lists = sought.lists();
    let wanted = lists.iter().filter(|(_, texts)| !texts.is_empty());
    let mut by: Vec<String> = wanted
        .map(|(column, texts)| format!("{column} IN ({})", marks(texts.len())))
        .collect();
    if !sought.ids.is_empty() {
        by.push(format!("c.id IN ({})", list(&sought.ids)));
    }
    Query {
        q: format!(
            "SELECT c.id, c.externalid, c.email, c.isperson, c.firstname, c.lastname, c.companyname, c.phone, c.terms{subsidiary} \
FROM customer c WHERE c.isinactive = 'F' AND ({}) ORDER BY c.id",
            by.join(" OR ")
        ),
        params: lists
            .iter()
            .flat_map(|(_, texts)| texts.iter().cloned())
            .collect(),
    }
}

/// Who stands in the way of new customers: under their external ids, active or not, or under these names (in lower case).
pub(crate) fn namesakes(keys: &[String], names: &[String]) -> Query {
    let mut by = vec![format!("c.externalid IN ({})", marks(keys.len()))];
    if !names.is_empty() {
        by.push(format!("LOWER(c.entityid) IN ({})", marks(names.len())));
    }
    Query {
        q: format!(
            "SELECT c.id, c.externalid, c.entityid, c.isinactive FROM customer c WHERE {} ORDER BY c.id",
            by.join(" OR ")
        ),
        params: keys.iter().chain(names).cloned().collect(),
    }
}

/// The address books of these customers.
pub(crate) fn address_books(customers: &[InternalId]) -> Query {
    Query::new(format!(
        "SELECT b.entity, a.addressee, a.attention, a.addr1, a.addr2, a.city, a.zip, a.country \
FROM customeraddressbook b JOIN customeraddressbookentityaddress a ON a.nkey = b.addressbookaddress \
WHERE b.entity IN ({}) ORDER BY b.entity, b.addressbookaddress",
        list(customers)
    ))
}

/// Contacts by external id or e-mail address in lower case, oldest first.
pub(crate) fn contacts(keys: &[String], emails: &[String]) -> Query {
    let mut by = vec![format!("c.externalid IN ({})", marks(keys.len()))];
    if !emails.is_empty() {
        by.push(format!("LOWER(c.email) IN ({})", marks(emails.len())));
    }
    Query {
        q: format!(
            "SELECT c.id, c.externalid, c.email, c.company FROM contact c WHERE {} ORDER BY c.id",
            by.join(" OR ")
        ),
        params: keys.iter().chain(emails).cloned().collect(),
    }
}
