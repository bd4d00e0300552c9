//! What is kept of a request: all that went into its body beside the record, its rules and the settings.

use std::collections::BTreeMap;

use commerce::{Address, Sku};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::map::customer::{Told, Use};
use crate::map::order::{Article, Articles, Currencies, Terms};
use crate::map::payout::Matched;
use crate::map::refund::{Applied, Credit, Giving, Left};
use crate::map::settings::{Orders, Sale};
use crate::map::shipment::OpenLines;
use crate::wire::{CustomerRow, Json, OrderLineRow, SoldRow, StandingRow};

/// What a request was made from, by what it wrote.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Facts {
    /// An order's sale.
    Sale {
        account: Account,
        /// What stands in `entity`, where it was looked up.
        entity: Option<Value>,
    },
    /// A change of an order's sale, as it stood.
    Change {
        account: Account,
        row: Box<StandingRow>,
        lines: Vec<OrderLineRow>,
    },
    /// A customer deposit or payment of an order.
    Payment {
        account: Account,
        /// Which of the order's payments it is.
        key: String,
        sale: Sale,
        /// What stands for the sale, and for its customer.
        of: Value,
        customer: Option<Value>,
    },
    /// What a refund became.
    Credit {
        account: Account,
        order: Box<SoldRow>,
        credit: Credit,
        /// The deposits it was taken from, or the invoices it lessened.
        applied: Vec<Applied>,
        /// Whether it was made from an authorization.
        returned: bool,
    },
    /// The authorization of goods to come back.
    Authorization {
        account: Account,
        order: Box<SoldRow>,
        credit: Credit,
        /// What of the sale could still come back.
        left: Left,
    },
    /// Their receipt.
    Receipt {
        account: Account,
        order: Box<SoldRow>,
    },
    /// An item fulfilment.
    Shipment {
        account: Account,
        /// The sales order, and what of it was open.
        order: String,
        open: OpenLines,
    },
    /// A payout's deposit.
    Deposit(Matched),
    /// A customer who was not there.
    Customer {
        /// The name that tells them apart, where their own is taken.
        name: Option<String>,
        others: Vec<Other>,
    },
    /// What a customer who is there lacked.
    Upkeep {
        row: Box<CustomerRow>,
        /// The marks of the addresses that were not in the book.
        marks: Vec<String>,
        others: Vec<Other>,
    },
    /// A contact of a company.
    Contact {
        key: String,
        company: Value,
        subsidiary: Option<String>,
        /// Whether another contact of the company bears the same name.
        apart: bool,
    },
}

impl Facts {
    pub(crate) fn sale(account: Account, entity: Option<&Json>) -> Self {
        Self::Sale {
            account,
            entity: entity.map(value),
        }
    }

    pub(crate) fn credit(account: Account, giving: Giving<'_>) -> Self {
        Self::Credit {
            account,
            order: Box::new(giving.order.clone()),
            credit: giving.credit,
            applied: giving.applied.to_vec(),
            returned: giving.returned,
        }
    }

    pub(crate) fn contact(
        key: String,
        company: &Json,
        subsidiary: Option<String>,
        apart: bool,
    ) -> Self {
        Self::Contact {
            key,
            company: value(company),
            subsidiary,
            apart,
        }
    }

    pub(crate) fn payment(
        account: Account,
        key: String,
        sale: Sale,
        (of, customer): (&Json, Option<&Json>),
    ) -> Self {
        Self::Payment {
            account,
            key,
            sale,
            of: value(of),
            customer: customer.map(value),
        }
    }

    /// As it is stored.
    pub(crate) fn stored(&self) -> Value {
        // Plain texts and numbers always serialize; without them the push would only not be remade.
        serde_json::to_value(self).unwrap_or_default()
    }
}

fn value(json: &Json) -> Value {
    serde_json::to_value(json).unwrap_or_default()
}

/// What of the account went into a body.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    /// Its offset from UTC when the record came about, in seconds.
    offset: i32,
    currencies: Currencies,
    /// Items' internal ids by SKU.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    items: BTreeMap<Sku, String>,
}

impl Account {
    pub(crate) fn of(terms: Terms<'_>, skus: &[&Sku], at: Timestamp) -> Self {
        let item = |sku: &&Sku| match terms.articles.get(*sku)? {
            Article::One(id) => Some(((*sku).clone(), id.clone())),
            Article::Several(_) => None,
        };
        Self {
            offset: terms.zone.to_offset(at).seconds(),
            currencies: terms.currencies.clone(),
            items: skus.iter().filter_map(item).collect(),
        }
    }
}

/// What terms are made of anew.
pub(super) struct Ground {
    articles: Articles,
    currencies: Currencies,
    zone: TimeZone,
}

impl From<Account> for Ground {
    fn from(account: Account) -> Self {
        let items = account.items.into_iter();
        let offset = Offset::from_seconds(account.offset);
        Self {
            articles: items.map(|(sku, id)| (sku, Article::One(id))).collect(),
            currencies: account.currencies,
            zone: offset.map_or(TimeZone::UTC, TimeZone::fixed),
        }
    }
}

impl Ground {
    pub(super) const fn terms<'a>(&'a self, orders: &'a Orders) -> Terms<'a> {
        Terms {
            orders,
            articles: &self.articles,
            currencies: &self.currencies,
            zone: &self.zone,
        }
    }
}

/// An address of a customer that another record told in the same batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Other {
    address: Address,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    set: Option<BTreeMap<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

impl Other {
    /// The addresses that these records tell.
    pub(crate) fn all(told: &[&Told<'_>]) -> Vec<Self> {
        let uses = told.iter().flat_map(|told| &told.uses);
        let other = |one: &Use<'_>| Self {
            address: one.address.clone(),
            set: one.set.cloned(),
            label: one.label.map(str::to_owned),
        };
        uses.map(other).collect()
    }

    /// A record that tells just these.
    pub(super) fn told(others: &[Self]) -> Told<'_> {
        let uses = others.iter().map(|one| Use {
            address: &one.address,
            set: one.set.as_ref(),
            label: one.label.as_deref(),
            billing: false,
            shipping: false,
        });
        Told::of_addresses(uses.collect())
    }
}
