//! The settings by which buyers become NetSuite's customers.

use schemars::JsonSchema;
use serde::Deserialize;

use super::InternalId;

/// How the buyer becomes NetSuite's customer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Customers {
    /// By what people who are customers already are recognised, in this order; of several that match in the same way the oldest is taken.
    /// `external_id`, then `email_and_name`, unless set. Nobody recognised becomes a new customer.
    #[serde(rename = "match")]
    pub matching: Vec<CustomerMatch>,
    /// The same for companies: `external_id`, then `name`, unless set.
    pub match_companies: Vec<CustomerMatch>,
    /// The customer that takes orders of which the shop does not know the buyer, as at a till: neither an account nor an e-mail address.
    /// Left out, such orders are held.
    pub default: Option<InternalId>,
    /// What becomes of a buyer without an account who left an e-mail address: `customer` (the default) or `default`.
    pub guests: Guests,
    /// Subsidiary of new customers; needed in OneWorld accounts.
    #[schemars(extend("x-list" = "subsidiaries"))]
    pub subsidiary: Option<InternalId>,
    /// What an order changes of a customer who is there: `never` (the default) nothing, `fill` only what NetSuite lacks, `always` whatever
    /// differs. Names, e-mail address, telephone number, a company's terms, and the external id where there is none. What the
    /// shop does not know never empties anything.
    pub update: Update,
    /// Whether addresses that the address book of a customer who is there lacks are added to it: `leave` (the default) or `add`, which costs
    /// one more request for each order that goes somewhere new. Compared without regard to case, blanks and punctuation. A new customer's
    /// book has the addresses of their orders either way; the default customer's is always left alone.
    pub addresses: Addresses,
    /// Whether the person who ordered for a company becomes a contact of it; they do unless set. Needs the permission Lists >
    /// Contacts.
    pub contacts: bool,
}

impl Default for Customers {
    fn default() -> Self {
        Self {
            matching: vec![CustomerMatch::ExternalId, CustomerMatch::EmailAndName],
            match_companies: vec![CustomerMatch::ExternalId, CustomerMatch::Name],
            default: None,
            guests: Guests::default(),
            subsidiary: None,
            update: Update::default(),
            addresses: Addresses::default(),
            contacts: true,
        }
    }
}

/// How customers and companies that are records of their own are kept up. All else is as `orders.customer` and `orders.terms` have it: by what
/// they are recognised, the subsidiary of new ones, contacts, terms.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CustomerRecords {
    /// What a change at the shop changes of a customer who is there: `always` (the default) whatever differs and what rules set, `fill` only
    /// what NetSuite lacks, `never` nothing. What the shop does not know never empties anything.
    pub update: Update,
    /// Whether addresses that the customer's address book lacks are added to it: `add` (the default) or `leave`. None is ever taken away.
    pub addresses: Addresses,
}

impl Default for CustomerRecords {
    fn default() -> Self {
        Self {
            update: Update::Always,
            addresses: Addresses::Add,
        }
    }
}

/// By what an existing customer is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerMatch {
    /// The external id under which Causeway makes customers; of a company also the external id that the shop keeps of it.
    ExternalId,
    /// The e-mail address in any case, and the person's or company's name; the address alone where the shop knows no name.
    EmailAndName,
    /// The e-mail address, in any case.
    Email,
    /// The person's or company's name, in any case.
    Name,
}

/// What becomes of buyers without an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Guests {
    /// A customer, one per e-mail address.
    #[default]
    Customer,
    /// The default customer takes their orders, unless they are recognised.
    Default,
}

/// What an order changes of its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// Nothing.
    #[default]
    Never,
    /// What NetSuite lacks.
    Fill,
    /// What differs.
    Always,
}

/// What becomes of addresses that the address book lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Addresses {
    /// They are added.
    Add,
    /// They stand on the order alone.
    #[default]
    Leave,
}
