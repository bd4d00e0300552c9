use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::credentials::Credentials;
use crate::faults::Rule;

/// How the account behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Account id as NetSuite shows it: upper case, with `_` before a sandbox number.
    pub account: String,
    /// Who may call.
    pub credentials: Credentials,
    /// How long an OAuth 2.0 access token lives.
    pub token_lifetime: Duration,
    /// Which features are switched on.
    pub features: Features,
    /// IANA name of the integration user's time zone: the zone SuiteQL compares and prints in.
    pub time_zone: String,
    /// The integration user's date format.
    pub date_format: DateFormat,
    /// Custom fields that exist; a name that ends in `*` stands for all that start so.
    pub custom_fields: Vec<String>,
    /// What can be changed while the account runs.
    pub settings: Settings,
    /// Faults from the start.
    pub faults: Vec<Rule>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            account: "1234567_SB1".to_owned(),
            credentials: Credentials::demo(),
            token_lifetime: Duration::from_secs(3600),
            features: Features::default(),
            time_zone: "America/Los_Angeles".to_owned(),
            date_format: DateFormat::MonthDayYear,
            custom_fields: ["custbody_*", "custcol_*", "custentity_*", "custitem_*"]
                .map(str::to_owned)
                .to_vec(),
            settings: Settings::default(),
            faults: Vec::new(),
        }
    }
}

/// Features of the account (Setup > Company > Enable Features). They decide which properties and columns exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// Subsidiaries; a customer has to name one.
    pub one_world: bool,
    /// Stock by location; a fulfilment needs one for each line.
    pub multi_location: bool,
    /// More than one currency.
    pub multi_currency: bool,
    /// SuiteTax: tax is imposed by `taxDetailsOverride`; without it, by tax codes on the lines.
    pub suite_tax: bool,
    /// Fulfilling and billing are separate steps; without it a fulfilment also makes the invoice.
    pub advanced_shipping: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            one_world: true,
            multi_location: true,
            multi_currency: true,
            suite_tax: true,
            advanced_shipping: true,
        }
    }
}

/// Date format of a user's preferences. SuiteQL prints dates in it, the `q` filter reads them in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateFormat {
    /// `5/24/2020`
    #[default]
    MonthDayYear,
    /// `24/5/2020`
    DayMonthYear,
    /// `24.5.2020`
    Dotted,
    /// `2020-5-24`
    YearMonthDay,
}

impl DateFormat {
    pub(super) fn print(self, date: Date) -> String {
        let (year, month, day) = (date.year(), date.month(), date.day());
        match self {
            Self::MonthDayYear => format!("{month}/{day}/{year}"),
            Self::DayMonthYear => format!("{day}/{month}/{year}"),
            Self::Dotted => format!("{day}.{month}.{year}"),
            Self::YearMonthDay => format!("{year}-{month}-{day}"),
        }
    }

    pub(super) fn parse(self, text: &str) -> Option<Date> {
        let pattern = match self {
            Self::MonthDayYear => "%m/%d/%Y",
            Self::DayMonthYear => "%d/%m/%Y",
            Self::Dotted => "%d.%m.%Y",
            Self::YearMonthDay => "%Y-%m-%d",
        };
        Date::strptime(pattern, text).ok()
    }
}

/// What can be changed while the account runs: `Account::set`, or `POST /_sandbox/settings` with the members to change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Requests the account handles at once, over all integrations (NetSuite help, "Concurrency Governance").
    pub concurrency: u32,
    /// Slots that another integration holds at the moment.
    pub other_integrations: u32,
    /// Least and most milliseconds that a write takes, while its slot is held.
    pub save_ms: [u64; 2],
    /// Least and most milliseconds that a read takes.
    pub read_ms: [u64; 2],
    /// Milliseconds that a refusal takes.
    pub refuse_ms: u64,
    /// Transactions dated before this day are in a closed period.
    pub closed_before: Option<Date>,
    /// Records that a workflow has locked, as `salesOrder/647`.
    pub locked: Vec<String>,
    /// Record types the role has no permission for.
    pub forbidden: Vec<String>,
    /// What the account's own scripts do to a record after it is submitted.
    pub scripts: Vec<Script>,
    /// Whether a line's `rate` is replaced by the base price unless `price` is the custom level (-1).
    pub price_level_wins: bool,
    /// Whether customers are numbered by the account (Setup > Company > Auto-Generated Numbers); else they are named after the person or
    /// company, and no two may bear one name.
    pub numbers_customers: bool,
    /// Failed logins after which the user is locked for 30 minutes; 0 never locks.
    pub lock_after: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 5,
            other_integrations: 0,
            save_ms: [0, 0],
            read_ms: [0, 0],
            refuse_ms: 0,
            closed_before: None,
            locked: Vec::new(),
            forbidden: Vec::new(),
            scripts: Vec::new(),
            price_level_wins: true,
            numbers_customers: true,
            lock_after: 5,
        }
    }
}

/// A user event script of the account: it runs on every sales order saved over REST.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// Rounds the rate of every line to this many decimals, and the amount with it.
    RoundRates(u32),
    /// Puts every line on the base price level.
    BasePrice,
    /// Writes over the memo.
    Memo(String),
    /// Refuses the record with this text.
    Veto(String),
}
