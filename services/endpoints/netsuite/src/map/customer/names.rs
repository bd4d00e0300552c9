//! What a buyer is called.

use commerce::{Address, Customer};

use super::Told;
use crate::wire::CustomerRow;

/// The most characters of a customer's name (NetSuite help, "Customer", `entityid`).
const NAME_CHARS: usize = 83;

/// What a buyer is called, which decides whether NetSuite's customer is a person or a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Called {
    /// A person, at a company or not.
    Person {
        first: String,
        last: String,
        company: Option<String>,
    },
    /// A company.
    Company { name: String },
    /// Nobody told a whole name: a part of one, or the e-mail address, stands for it.
    Makeshift { name: String },
    /// Nothing is known at all.
    Nobody,
}

/// What somebody is called. A person needs both names in NetSuite; the bill's, else the parcel's, stand in for those that the shop does not
/// have of them.
pub(crate) fn called(customer: Option<&Customer>, address: Option<&Address>) -> Called {
    let nobody = Customer::default();
    let customer = customer.unwrap_or(&nobody);
    let first = given(&customer.first_name).or_else(|| given(&address?.first_name));
    let last = given(&customer.last_name).or_else(|| given(&address?.last_name));
    let company = given(&customer.company);
    match (first, last, company) {
        (Some(first), Some(last), company) => Called::Person {
            first,
            last,
            company,
        },
        (_, _, Some(name)) => Called::Company { name },
        (first, last, None) => match last.or(first).or_else(|| given(&customer.email)) {
            Some(name) => Called::Makeshift { name },
            None => Called::Nobody,
        },
    }
}

/// A text that says something, without blanks around it.
pub(super) fn given(text: &Option<String>) -> Option<String> {
    let text = text.as_ref()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A name as it is compared: in lower case, with single blanks.
fn folded(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

impl Called {
    /// The name in NetSuite's list of customers, where the account does not number them.
    pub(crate) fn name(&self) -> Option<String> {
        match self {
            Self::Person { first, last, .. } => Some(format!("{first} {last}")),
            Self::Company { name } | Self::Makeshift { name } => Some(name.clone()),
            Self::Nobody => None,
        }
    }

    /// The names by which a query finds those called so, in lower case.
    pub(crate) fn sought(&self) -> Vec<String> {
        match self {
            Self::Person { company, .. } => {
                let names = self.name().into_iter().chain(company.clone());
                names.map(|name| folded(&name)).collect()
            }
            Self::Company { name } => vec![folded(name)],
            Self::Makeshift { .. } | Self::Nobody => Vec::new(),
        }
    }

    /// Whether there is no name to recognise anybody by.
    pub(super) const fn is_makeshift(&self) -> bool {
        matches!(self, Self::Makeshift { .. } | Self::Nobody)
    }

    /// Whether a customer is called the same: people by both names, companies by theirs.
    pub(super) fn is_of(&self, row: &CustomerRow) -> bool {
        let person = self.name().filter(|_| matches!(self, Self::Person { .. }));
        let (ours, theirs) = if row.is_person() {
            (person, row.person())
        } else {
            let company = match self {
                Self::Person { company, .. } => company.clone(),
                other => other.name(),
            };
            (company, row.companyname.clone())
        };
        ours.is_some() && ours.map(|name| folded(&name)) == theirs.map(|name| folded(&name))
    }
}

/// Names for one whose own is taken by somebody else, the most telling first: with the town, the e-mail address, the number at the shop.
pub(crate) fn alternatives(told: &Told<'_>, name: &str) -> Vec<String> {
    let telling = told.tellers.iter().filter(|by| *by != name);
    telling.map(|by| told_apart(name, by)).collect()
}

/// `Ada Byron (Austin)`, the name shortened so that the whole fits.
fn told_apart(name: &str, by: &str) -> String {
    let by: String = by.chars().take(NAME_CHARS / 2).collect();
    let room = NAME_CHARS - by.chars().count() - " ()".len();
    let name: String = name.chars().take(room).collect();
    format!("{} ({by})", name.trim_end())
}
