//! Whether the connection can do its work.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::ExternalId;
use http::Reply;
use kit::{clock, finding, good};
use ports::{Fault, Finding, Health, Lane, Probe, Severity};
use serde::Deserialize;
use serde_json::json;

use super::API_VERSION;
use super::api::{Answer, Api};
use super::documents::{LOCATIONS, PROBE};
use super::judge::bucket;
use crate::Settings;
use crate::map::gid;
use crate::wire::Envelope;

/// Rights with what they are for, and how bad it is to lack them. Having `write_x` includes `read_x`.
const SCOPES: [(&str, &str, Severity); 12] = [
    ("read_orders", "to read orders", Severity::Bad),
    (
        "read_all_orders",
        "to read and fulfil orders older than 60 days",
        Severity::Warning,
    ),
    (
        "write_orders",
        "to cancel orders and give back money",
        Severity::Warning,
    ),
    (
        "read_shopify_payments_payouts",
        "to read payouts of Shopify Payments",
        Severity::Warning,
    ),
    ("read_customers", "to read who bought", Severity::Bad),
    (
        "write_merchant_managed_fulfillment_orders",
        "to write fulfilments",
        Severity::Bad,
    ),
    (
        "write_third_party_fulfillment_orders",
        "to write fulfilments of goods that a fulfilment service's location holds",
        Severity::Warning,
    ),
    ("read_products", "to find articles by SKU", Severity::Bad),
    ("write_products", "to write products", Severity::Warning),
    (
        "write_publications",
        "to show new products in sales channels",
        Severity::Warning,
    ),
    ("write_inventory", "to write stock levels", Severity::Bad),
    (
        "read_locations",
        "to tell locations apart, for fulfilments and stock",
        Severity::Bad,
    ),
];

/// Asked for only where prices are written.
const PRICES: (&str, &str, Severity) = ("write_products", "to write prices", Severity::Bad);

/// Needed where orders are read with companies.
const COMPANY_SCOPES: [(&str, &str, Severity); 1] = [(
    "read_payment_terms",
    "to read companies' terms of payment",
    Severity::Bad,
)];

pub(crate) struct Checkup {
    settings: Arc<Settings>,
    api: Api,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProbeData {
    shop: Shop,
    current_app_installation: Installation,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shop {
    name: String,
    myshopify_domain: String,
    currency_code: String,
    iana_timezone: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Installation {
    access_scopes: Vec<Scope>,
}

#[derive(Deserialize)]
struct Scope {
    handle: String,
}

#[derive(Deserialize)]
struct LocationsData {
    nodes: Vec<Option<Location>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    name: String,
    is_active: bool,
}

impl Checkup {
    pub(crate) const fn new(settings: Arc<Settings>, api: Api) -> Self {
        Self { settings, api }
    }

    async fn locations(&self) -> Result<Vec<Finding>, Fault> {
        let ids: Vec<&String> = self.settings.locations.values().collect();
        let gids: Vec<String> = ids
            .iter()
            .filter_map(|id| gid("Location", &ExternalId::new(id.as_str()).ok()?))
            .collect();
        let variables = json!({ "ids": gids });
        let reply = self.api.query(Lane::Orders, LOCATIONS, variables).await?;
        let nodes = reply.json::<Answer<LocationsData>>()?.data.nodes;
        let of = self.settings.locations.iter().zip(nodes);
        Ok(of
            .map(|((from, to), location)| match location {
                Some(location) if location.is_active => {
                    good(&format!("location {from}"), location.name)
                }
                Some(location) => finding(
                    &format!("location {from}"),
                    Severity::Bad,
                    format!("{} ({to}) is not active in Shopify; activate it there, or change the table 'locations'", location.name),
                ),
                None => finding(
                    &format!("location {from}"),
                    Severity::Bad,
                    format!("the shop has no location {to}; change the table 'locations'"),
                ),
            })
            .collect())
    }
}

#[async_trait]
impl Probe for Checkup {
    async fn probe(&self) -> Result<Health, Fault> {
        let reply = self.api.query(Lane::Orders, PROBE, json!({})).await?;
        let data = reply.json::<Answer<ProbeData>>()?.data;
        let shop = &data.shop;
        let granted: Vec<&str> = data
            .current_app_installation
            .access_scopes
            .iter()
            .map(|scope| scope.handle.as_str())
            .collect();
        let mut findings = vec![version(&reply)];
        findings.extend(clock(&reply));
        findings.extend(limit(&reply));
        let prices = &self.settings.prices;
        let priced = prices.variants.is_some() || !prices.lists.is_empty();
        let scopes = SCOPES.iter().chain(priced.then_some(&PRICES));
        findings.extend(scopes.map(|scope| right(scope, &granted)));
        if self.settings.companies {
            findings.extend(COMPANY_SCOPES.iter().map(|scope| right(scope, &granted)));
        }
        let sees_locations = has(&granted, "read_locations");
        if sees_locations && !self.settings.locations.is_empty() {
            findings.extend(self.locations().await?);
        }
        Ok(Health {
            identity: format!(
                "{} ({}), {}, {}, Admin API {API_VERSION}",
                shop.name, shop.myshopify_domain, shop.currency_code, shop.iana_timezone
            ),
            findings,
        })
    }
}

fn version(reply: &Reply) -> Finding {
    let what = "API version";
    match reply.headers.get("x-shopify-api-version") {
        Some(API_VERSION) => good(what, API_VERSION.to_owned()),
        Some(other) => finding(
            what,
            Severity::Warning,
            format!(
                "the shop answers as version {other}, not {API_VERSION}: this version of Causeway is too old or too new for it; update Causeway"
            ),
        ),
        None => finding(
            what,
            Severity::Warning,
            "the answer does not tell its version".to_owned(),
        ),
    }
}

fn limit(reply: &Reply) -> Option<Finding> {
    let envelope: Envelope<'_> = serde_json::from_slice(&reply.body).ok()?;
    let (available, most, rate) = bucket(envelope.extensions.cost.as_ref()?)?;
    Some(good(
        "limit",
        format!("{rate} points a second, {available} of {most} available"),
    ))
}

fn right((scope, purpose, severity): &(&str, &str, Severity), granted: &[&str]) -> Finding {
    let what = format!("right: {scope}");
    if has(granted, scope) {
        good(&what, format!("granted, {purpose}"))
    } else {
        finding(
            &what,
            *severity,
            format!(
                "not granted; needed {purpose}. Add it to the app's scopes and install the app again"
            ),
        )
    }
}

fn has(granted: &[&str], scope: &str) -> bool {
    let writes = scope
        .strip_prefix("read_")
        .map(|what| format!("write_{what}"));
    granted.contains(&scope) || writes.is_some_and(|writes| granted.contains(&writes.as_str()))
}
