//! The permissions that the role needs, by NetSuite's own names.

use crate::Settings;
use crate::map::settings::{Payouts, Refunds, Returns, Sale, Shipments};

/// The records that the work makes, each with the permission for it, and whether these settings call for it.
pub(super) fn records(settings: &Settings) -> [(&'static str, &'static str, bool); 13] {
    let orders = &settings.orders;
    let bills = |sale| orders.record.can_become(sale);
    let credits = settings.refunds != Refunds::default();
    [
        ("salesOrder", "Transactions > Sales Order: Edit", true),
        ("customer", "Lists > Customers: Edit", true),
        (
            "cashSale",
            "Transactions > Cash Sale: Edit",
            bills(Sale::CashSale),
        ),
        (
            "invoice",
            "Transactions > Invoice: Edit",
            bills(Sale::Invoice),
        ),
        (
            "customerDeposit",
            "Transactions > Customer Deposit: Edit",
            orders.payments.deposits,
        ),
        (
            "deposit",
            "Transactions > Deposit: Edit",
            settings.payouts != Payouts::default(),
        ),
        ("creditMemo", "Transactions > Credit Memo: Edit", credits),
        (
            "cashRefund",
            "Transactions > Cash Sale Refund: Edit",
            credits,
        ),
        (
            "customerRefund",
            "Transactions > Customer Refund: Edit",
            orders.payments.deposits,
        ),
        (
            "returnAuthorization",
            "Transactions > Return Authorization: Edit",
            settings.refunds.returns == Returns::Authorization,
        ),
        (
            "itemReceipt",
            "Transactions > Item Receipt: Edit",
            settings.refunds.returns == Returns::Authorization,
        ),
        (
            "itemFulfillment",
            "Transactions > Item Fulfillment: Full",
            settings.shipments != Shipments::default(),
        ),
        (
            "customerPayment",
            "Transactions > Customer Payment: Edit",
            orders.payments.invoices,
        ),
    ]
}

/// Names the permission behind SuiteQL's "Record 'x' was not found".
pub(super) fn missing(why: &str) -> String {
    let quoted = why.split('\'').nth(1).unwrap_or_default().to_lowercase();
    let permission = match quoted.as_str() {
        "transaction" | "transactionline" => {
            "Transactions > Sales Order: Edit and Transactions > Find Transaction: View"
        }
        "previoustransactionlinelink"
        | "trackingnumbermap"
        | "trackingnumber"
        | "itemfulfillmentpackage" => "Transactions > Item Fulfillment: View",
        "customer" => "Lists > Customers: Edit",
        "item" => "Lists > Items: View",
        "currency" => {
            "Lists > Currency: View (or Multiple Currencies is off: set orders.only_currency)"
        }
        "aggregateitemlocation" => {
            "Lists > Items: View and Lists > Locations: View (or Multi-Location Inventory is off)"
        }
        "kititemmember" => "Lists > Items: View (or there are no kits: set stock.kits to false)",
        _ => {
            return format!(
                "a field does not exist in this account or the role does not see it. {why}"
            );
        }
    };
    format!("the role lacks {permission}. {why}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn permissions_bear_netsuites_names() {
        let Some(contracts) = testkit::contracts() else {
            return;
        };
        let known = std::fs::read_to_string(contracts.join("netsuite/permissions.json")).unwrap();
        for table in [
            "transaction",
            "trackingnumber",
            "customer",
            "item",
            "currency",
            "aggregateitemlocation",
            "kititemmember",
        ] {
            let told = missing(&format!("Record '{table}' was not found."));
            let named: Vec<&str> = told
                .split(" > ")
                .skip(1)
                .filter_map(|rest| rest.split(':').next())
                .collect();
            assert!(!named.is_empty(), "{told}");
            for name in named {
                assert!(known.contains(&format!("\"name\": \"{name}\"")), "{name}");
            }
        }
        let settings = serde_json::from_value(json!({ "account": "1", "auth": { "oauth2": {
            "client_id": "c", "certificate_id": "k", "private_key": "env:NETSUITE_KEY"
        } } }));
        for (record, told, _) in records(&settings.unwrap()) {
            let name = told.split([':', '>']).nth(1).unwrap().trim();
            let known = known.contains(&format!("\"name\": \"{name}\""));
            assert!(known, "{record}: {name}");
        }
    }
}
