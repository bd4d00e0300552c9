//! Looks whether the connection can do its work: asks the queries that the work asks, for nothing, and names the right that is missing.

mod permissions;

use std::sync::Arc;

use async_trait::async_trait;
use commerce::Sku;
use http::Request;
use jiff::SignedDuration;
use ports::{Fault, Finding, Health, Lane, Probe, Severity};
use serde_json::Value;

use self::permissions::{missing, records};
use super::{Api, Rows, Trouble};
use crate::Settings;
use crate::map::query::{self, Query, Sought};
use crate::map::settings::{Addresses, InternalId, Payouts, Products, ShippingOrders};
use crate::map::{Position, Session, typed};
use crate::wire::SessionRow;

/// Beyond this, token-based authentication refuses every request (NetSuite help, "Token-based Authentication and Timestamps").
const SKEW_LIMIT: SignedDuration = SignedDuration::from_mins(5);
/// Beyond this, somebody should look at the clock.
const SKEW_NOTED: SignedDuration = SignedDuration::from_secs(60);

/// The connection's check.
pub(crate) struct Checkup {
    settings: Arc<Settings>,
    api: Api,
}

#[async_trait]
impl Probe for Checkup {
    async fn probe(&self) -> Result<Health, Fault> {
        let mut findings = Vec::new();
        match self.api.page(Lane::Orders, &query::session(), 1, 0).await {
            Ok(rows) => self.clocks(&rows, &mut findings),
            Err(Trouble { fault: Fault::Refused { why }, .. }) => findings.push(bad(
                "right: SuiteQL",
                format!("the role lacks Reports > SuiteAnalytics Workbook: Edit, or the feature SuiteAnalytics Workbook is off. {why}"),
            )),
            Err(trouble) => return Err(trouble.fault),
        }
        for (what, query) in self.queries() {
            findings.push(self.ask(what, &query).await?);
        }
        findings.push(self.tracking().await?);
        let records = records(&self.settings).into_iter();
        for (record, permission, _) in records.filter(|(.., used)| *used) {
            findings.push(self.record(record, permission).await?);
        }
        findings.extend(self.subsidiaries().await?);
        findings.extend(self.limits().await?);
        Ok(Health {
            identity: format!(
                "NetSuite account {}",
                self.settings.account.to_ascii_uppercase()
            ),
            findings,
        })
    }
}

impl Checkup {
    pub(crate) const fn new(settings: Arc<Settings>, api: Api) -> Self {
        Self { settings, api }
    }

    /// What the work asks, of records that are not there.
    fn queries(&self) -> Vec<(&'static str, Query)> {
        let settings = &self.settings;
        let nothing = ["-".to_owned()];
        let sought = Sought {
            keys: nothing.to_vec(),
            ..Sought::default()
        };
        let one_world = settings.orders.customer.subsidiary.is_some();
        let zero: Vec<InternalId> = InternalId::new("0").into_iter().collect();
        let skus: Vec<Sku> = Sku::new("-").into_iter().collect();
        let now = Position::at(self.api.http.clock().now());
        let field = &settings.item_field;
        let line_field = settings.orders.line_field.as_ref();
        let mut queries = vec![
            ("sales orders", query::orders_by_key(&nothing)),
            ("how sales orders stand", query::orders_by_id(&zero)),
            ("sales order lines", query::order_lines(&zero, line_field)),
            ("customers", query::customers(&sought, one_world)),
            ("items", query::items(field, &skus)),
            ("fulfilments", query::fulfilments(&now)),
            (
                "fulfilment lines",
                query::fulfilment_lines(&zero, field, line_field),
            ),
            ("stock", query::stock(&now, field, &settings.stock)),
        ];
        if settings.products != Products::default() {
            let items = query::product_items(&zero, field, &settings.products);
            queries.push(("products", items));
        }
        if let Some(price) = &settings.products.first_price {
            queries.push(("first prices", query::first_prices(&zero, price)));
        }
        if !settings.prices.lists.is_empty() {
            queries.push(("prices", query::prices(&now, field, &settings.prices)));
        }
        if settings.orders.payments.deposits {
            queries.push(("customer deposits", query::deposits_of(&zero)));
        }
        if settings.orders.customer.addresses == Addresses::Add {
            queries.push(("address books", query::address_books(&zero)));
        }
        if settings.payouts != Payouts::default() {
            let multi_currency = settings.orders.only_currency.is_none();
            let funds = query::funds_by_key(&nothing, multi_currency);
            queries.push(("undeposited funds", funds));
        }
        if settings.shipping_orders != ShippingOrders::default() {
            let lines = query::shipping_lines(&zero, field, false);
            queries.push(("orders to be sent", lines));
            queries.push(("what of them is fulfilled", query::fulfilled(&zero)));
        }
        if settings.stock.kits {
            queries.push(("kits", query::kits(&zero, field, &settings.stock)));
        }
        if settings.orders.only_currency.is_none() && settings.orders.currencies.is_empty() {
            queries.push(("currencies", query::currencies()));
        }
        queries
    }

    async fn ask(&self, what: &str, query: &Query) -> Result<Finding, Fault> {
        match self.api.page(Lane::Orders, query, 1, 0).await {
            Ok(_) => Ok(good(&format!("query: {what}"), "can be read".to_owned())),
            Err(Trouble {
                fault: Fault::Refused { why },
                ..
            }) => Ok(bad(&format!("query: {what}"), missing(&why))),
            Err(trouble) => Err(trouble.fault),
        }
    }

    /// Either of two tables will do.
    async fn tracking(&self) -> Result<Finding, Fault> {
        let zero: Vec<InternalId> = InternalId::new("0").into_iter().collect();
        let numbers = self
            .ask("tracking numbers", &query::tracking_numbers(&zero))
            .await?;
        if numbers.severity == Severity::Good {
            return Ok(numbers);
        }
        let packages = self
            .ask("tracking numbers", &query::packages(&zero))
            .await?;
        if packages.severity == Severity::Good {
            return Ok(good(
                &packages.what,
                "are read from the packages".to_owned(),
            ));
        }
        Ok(numbers)
    }

    async fn record(&self, record: &str, permission: &str) -> Result<Finding, Fault> {
        let what = format!("right: {record}");
        let mut url = self.api.url(&format!("services/rest/record/v1/{record}"))?;
        url.query_pairs_mut().append_pair("limit", "1");
        match self.api.http.send(Request::get(url, Lane::Orders)).await {
            Ok(_) => Ok(good(&what, "the record service shows it".to_owned())),
            Err(failure) => match failure.fault {
                Fault::Refused { why } | Fault::Unauthorized { why } => {
                    Ok(bad(&what, format!("the role lacks {permission}. {why}")))
                }
                other => Err(other),
            },
        }
    }

    fn clocks(&self, rows: &Rows, findings: &mut Vec<Finding>) {
        if let Some(theirs) = rows.server_time {
            let skew = self.api.http.clock().now().duration_since(theirs).abs();
            let detail = format!(
                "this machine's clock and NetSuite's are {} s apart",
                skew.as_secs()
            );
            findings.push(if skew >= SKEW_LIMIT {
                bad("clock", format!("{detail}: NetSuite refuses signatures older than five minutes. Set the machine's clock"))
            } else if skew >= SKEW_NOTED {
                warning("clock", format!("{detail}: set the machine's clock"))
            } else {
                good("clock", detail)
            });
        }
        let row = rows
            .rows
            .first()
            .and_then(|row| typed::<SessionRow>(row).ok());
        let Some(row) = row else {
            findings.push(warning(
                "time zone",
                "NetSuite tells no session time".to_owned(),
            ));
            return;
        };
        let zone = Session::new(&row.local, rows.server_time).offset;
        findings.push(match zone {
            Some(offset) => good("time zone", format!("the integration user's session is at UTC{offset}; queries compare in UTC")),
            None => warning("time zone", format!("the session's clock shows {}, which fits no time zone: order dates are taken in UTC. Set orders.time_zone", row.local)),
        });
        if let Some(today) = row.today {
            findings.push(good("date format", format!("the integration user writes today as {today}; Causeway prints dates by its own format")));
        }
    }

    /// OneWorld accounts want a subsidiary, others do not know the field.
    async fn subsidiaries(&self) -> Result<Option<Finding>, Fault> {
        let orders = &self.settings.orders;
        let is_set = orders.subsidiary.is_some() || orders.customer.subsidiary.is_some();
        let what = "feature: OneWorld";
        let query = query::sample("transactionline", "subsidiary");
        let one_world = match self.api.page(Lane::Orders, &query, 1, 0).await {
            Ok(_) => true,
            Err(Trouble {
                fault: Fault::Refused { .. },
                ..
            }) => false,
            Err(trouble) => return Err(trouble.fault),
        };
        Ok(match (one_world, is_set) {
            (true, _) if orders.customer.subsidiary.is_none() => Some(bad(
                what,
                "the account has subsidiaries, and new customers need one: set orders.customer.subsidiary".to_owned(),
            )),
            (false, true) => Some(bad(
                what,
                "the account has no subsidiaries: remove orders.subsidiary and orders.customer.subsidiary".to_owned(),
            )),
            (true, _) => Some(good(what, "the account has subsidiaries".to_owned())),
            (false, false) => None,
        })
    }

    /// Only administrators may read the account's limits.
    async fn limits(&self) -> Result<Option<Finding>, Fault> {
        let url = self.api.url("services/rest/system/v1/governanceLimits")?;
        let reply = match self.api.http.send(Request::get(url, Lane::Orders)).await {
            Ok(reply) => reply,
            Err(failure) => {
                return match failure.fault {
                    Fault::Refused { .. } | Fault::Unauthorized { .. } => Ok(None),
                    other => Err(other),
                };
            }
        };
        let limits: Value = reply.json()?;
        let limit = limits.get("accountConcurrencyLimit");
        Ok(limit.map(|limit| {
            let detail = format!("the account serves {limit} requests at once");
            good("concurrency", detail)
        }))
    }
}

fn good(what: &str, detail: String) -> Finding {
    finding(what, Severity::Good, detail)
}

fn warning(what: &str, detail: String) -> Finding {
    finding(what, Severity::Warning, detail)
}

fn bad(what: &str, detail: String) -> Finding {
    finding(what, Severity::Bad, detail)
}

fn finding(what: &str, severity: Severity, detail: String) -> Finding {
    Finding {
        what: what.to_owned(),
        severity,
        detail,
    }
}
