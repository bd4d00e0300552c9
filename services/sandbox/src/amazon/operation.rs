//! The operations that are offered, and how often each may be called.

use std::collections::BTreeMap;

use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use rust_decimal::Decimal;

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    SearchOrders,
    GetOrder,
    ConfirmShipment,
    GetListing,
    PatchListing,
    SearchListings,
    CreateFeedDocument,
    GetFeedDocument,
    CreateFeed,
    GetFeed,
    GetFeeds,
    CreateReport,
    GetReport,
    GetReports,
    GetReportDocument,
    GetInventory,
    CreateOutbound,
    ListOutbound,
    GetOutbound,
    CancelOutbound,
    GetTracking,
    GetParticipations,
}

/// An operation's place, and its published usage plan.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) operation: Operation,
    /// The vendor's name of it, after the file of its contract.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "names the contract that tests compare with")
    )]
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// Requests a second.
    pub(super) rate: &'static str,
    /// Requests at once.
    pub(super) burst: u32,
}

const fn plan(
    operation: Operation,
    name: &'static str,
    method: &'static str,
    path: &'static str,
    rate: &'static str,
    burst: u32,
) -> Plan {
    Plan {
        operation,
        name,
        method,
        path,
        rate,
        burst,
    }
}

const ORDERS: &str = "/orders/2026-01-01/orders";
const LISTING: &str = "/listings/2021-08-01/items/{sellerId}/{sku}";
const OUTBOUND: &str = "/fba/outbound/2020-07-01/fulfillmentOrders";

#[rustfmt::skip]
pub(super) static ALL: &[Plan] = &[
    plan(Operation::SearchOrders, "orders_2026-01-01.json#searchOrders", "GET", ORDERS, "0.0056", 20),
    plan(Operation::GetOrder, "orders_2026-01-01.json#getOrder", "GET", "/orders/2026-01-01/orders/{orderId}", "0.5", 30),
    plan(Operation::ConfirmShipment, "ordersV0.json#confirmShipment", "POST", "/orders/v0/orders/{orderId}/shipmentConfirmation", "2", 10),
    plan(Operation::GetListing, "listingsItems_2021-08-01.json#getListingsItem", "GET", LISTING, "5", 10),
    plan(Operation::PatchListing, "listingsItems_2021-08-01.json#patchListingsItem", "PATCH", LISTING, "5", 5),
    plan(Operation::SearchListings, "listingsItems_2021-08-01.json#searchListingsItems", "GET", "/listings/2021-08-01/items/{sellerId}", "5", 5),
    plan(Operation::CreateFeedDocument, "feeds_2021-06-30.json#createFeedDocument", "POST", "/feeds/2021-06-30/documents", "0.5", 15),
    plan(Operation::GetFeedDocument, "feeds_2021-06-30.json#getFeedDocument", "GET", "/feeds/2021-06-30/documents/{feedDocumentId}", "0.0222", 10),
    plan(Operation::CreateFeed, "feeds_2021-06-30.json#createFeed", "POST", "/feeds/2021-06-30/feeds", "0.0083", 15),
    plan(Operation::GetFeed, "feeds_2021-06-30.json#getFeed", "GET", "/feeds/2021-06-30/feeds/{feedId}", "2", 15),
    plan(Operation::GetFeeds, "feeds_2021-06-30.json#getFeeds", "GET", "/feeds/2021-06-30/feeds", "0.0222", 10),
    plan(Operation::CreateReport, "reports_2021-06-30.json#createReport", "POST", "/reports/2021-06-30/reports", "0.0167", 15),
    plan(Operation::GetReport, "reports_2021-06-30.json#getReport", "GET", "/reports/2021-06-30/reports/{reportId}", "2", 15),
    plan(Operation::GetReports, "reports_2021-06-30.json#getReports", "GET", "/reports/2021-06-30/reports", "0.0222", 10),
    plan(Operation::GetReportDocument, "reports_2021-06-30.json#getReportDocument", "GET", "/reports/2021-06-30/documents/{reportDocumentId}", "0.0167", 15),
    plan(Operation::GetInventory, "fbaInventory.json#getInventorySummaries", "GET", "/fba/inventory/v1/summaries", "2", 2),
    plan(Operation::CreateOutbound, "fulfillmentOutbound_2020-07-01.json#createFulfillmentOrder", "POST", OUTBOUND, "2", 30),
    plan(Operation::ListOutbound, "fulfillmentOutbound_2020-07-01.json#listAllFulfillmentOrders", "GET", OUTBOUND, "2", 30),
    plan(Operation::GetOutbound, "fulfillmentOutbound_2020-07-01.json#getFulfillmentOrder", "GET", "/fba/outbound/2020-07-01/fulfillmentOrders/{sellerFulfillmentOrderId}", "2", 30),
    plan(Operation::CancelOutbound, "fulfillmentOutbound_2020-07-01.json#cancelFulfillmentOrder", "PUT", "/fba/outbound/2020-07-01/fulfillmentOrders/{sellerFulfillmentOrderId}/cancel", "2", 30),
    plan(Operation::GetTracking, "fulfillmentOutbound_2020-07-01.json#getPackageTrackingDetails", "GET", "/fba/outbound/2020-07-01/tracking", "2", 30),
    plan(Operation::GetParticipations, "sellers.json#getMarketplaceParticipations", "GET", "/sellers/v1/marketplaceParticipations", "0.016", 15),
];

/// The operation at a path, and what stands at its placeholders.
pub(super) fn find(method: &str, path: &str) -> Option<(&'static Plan, Vec<String>)> {
    ALL.iter()
        .filter(|plan| plan.method == method)
        .find_map(|plan| {
            let mut named = Vec::new();
            let (mut wanted, mut given) = (plan.path.split('/'), path.split('/'));
            loop {
                match (wanted.next(), given.next()) {
                    (None, None) => return Some((plan, named)),
                    (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => {
                        named.push(percent_decode_str(given).decode_utf8_lossy().into_owned());
                    }
                    (Some(wanted), Some(given)) if wanted == given => {}
                    _ => return None,
                }
            }
        })
}

/// Token buckets, one for each operation.
#[derive(Debug, Default)]
pub(super) struct Buckets(BTreeMap<Operation, (Decimal, Timestamp)>);

impl Buckets {
    /// Takes a request out of the operation's bucket; `false` where it is empty.
    pub(super) fn take(&mut self, plan: &Plan, times: u32, now: Timestamp) -> bool {
        let full = Decimal::from(plan.burst) * Decimal::from(times);
        let (left, at) = self.0.entry(plan.operation).or_insert((full, now));
        let passed = Decimal::from(now.as_millisecond().saturating_sub(at.as_millisecond()));
        *left = full.min(*left + plan.rate(times) * passed / Decimal::ONE_THOUSAND);
        *at = now;
        let enough = *left >= Decimal::ONE;
        if enough {
            *left -= Decimal::ONE;
        }
        enough
    }
}

impl Plan {
    /// Requests a second of a seller who is granted so many times the plan.
    pub(super) fn rate(&self, times: u32) -> Decimal {
        let published: Decimal = self.rate.parse().unwrap_or(Decimal::ONE);
        (published * Decimal::from(times)).normalize()
    }
}
