//! What is answered fits the vendor's contract.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{Lab, US, options};
use crate::amazon::{Options, operation};

/// A contract of the vendor's: Swagger 2.0.
pub(super) struct Contract(Json);

impl Contract {
    pub(super) fn open(contracts: &Path, name: &str) -> Self {
        let path = contracts.join(format!("amazon-sp-api/models/{name}"));
        Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    /// A schema by itself.
    pub(super) fn of(name: &str, schema: Json) -> Self {
        Self(json!({ "definitions": { name: schema } }))
    }

    /// Asserts that a value is what the definition says, and has no fields besides.
    #[track_caller]
    pub(super) fn check(&self, definition: &str, value: &Json) {
        let mut wrong = BTreeSet::new();
        let schema = &self.0["definitions"][definition];
        assert!(schema.is_object(), "no definition {definition}");
        self.compare(schema, value, definition, &mut wrong);
        assert!(wrong.is_empty(), "{wrong:#?}\n{value:#}");
    }

    fn compare(&self, schema: &Json, value: &Json, path: &str, wrong: &mut BTreeSet<String>) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            return self.compare(&self.0["definitions"][name], value, path, wrong);
        }
        let kind = schema["type"].as_str().unwrap_or("object");
        let fits = match kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            _ => false,
        };
        if !fits {
            wrong.insert(format!("{path}: {value} is no {kind}"));
        }
        if let Some(allowed) = schema["enum"].as_array().filter(|all| !all.contains(value)) {
            wrong.insert(format!("{path}: {value} is none of {allowed:?}"));
        }
        let is_time = schema["format"] == "date-time";
        if is_time
            && value
                .as_str()
                .is_none_or(|text| text.parse::<jiff::Timestamp>().is_err())
        {
            wrong.insert(format!("{path}: {value} is no time"));
        }
        for item in value.as_array().into_iter().flatten() {
            self.compare(&schema["items"], item, &format!("{path}[]"), wrong);
        }
        let Some(known) = schema["properties"].as_object() else {
            return;
        };
        for name in schema["required"].as_array().into_iter().flatten() {
            if value.get(name.as_str().unwrap()).is_none() {
                wrong.insert(format!("{path}: {name} is missing"));
            }
        }
        for (name, value) in value.as_object().into_iter().flatten() {
            match known.get(name) {
                Some(schema) => self.compare(schema, value, &format!("{path}.{name}"), wrong),
                None => drop(wrong.insert(format!("{path}.{name}: unknown"))),
            }
        }
    }
}

#[test]
fn usage_plans_are_the_published_ones() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let path = contracts.join("amazon-sp-api/rate-limits.json");
    let text = std::fs::read_to_string(path).unwrap();
    let published: BTreeMap<String, Json> = serde_json::from_str(&text).unwrap();
    for plan in operation::ALL {
        let theirs = &published[plan.name][0];
        let ours = json!({ "rate_rps": plan.rate.parse::<f64>().unwrap(), "burst": f64::from(plan.burst) });
        assert_eq!(theirs["rate_rps"], ours["rate_rps"], "{}", plan.name);
        assert_eq!(theirs["burst"], ours["burst"], "{}", plan.name);
        let (file, name) = plan.name.split_once('#').unwrap();
        let contract = Contract::open(&contracts, file);
        let operation = &contract.0["paths"][plan.path][plan.method.to_lowercase()];
        assert_eq!(operation["operationId"], name);
    }
}

#[tokio::test]
async fn orders_fit_the_contract() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let marketplaces = ["ATVPDKIKX0DER", "A1F83G8C2ARO7P", "A1VC38T7YXB528"];
    let lab = Lab::start(Options {
        marketplaces: marketplaces.map(str::to_owned).into(),
        orders: 120,
        ..options()
    })
    .await;
    let contract = Contract::open(&contracts, "orders_2026-01-01.json");
    let all = super::super::present::DATASETS.join(",");
    let path =
        format!("orders/2026-01-01/orders?createdAfter=2026-01-01T00:00:00Z&includedData={all}");
    let (status, found) = lab.get(&path).await;
    assert_eq!(status, 200);
    contract.check("SearchOrdersResponse", &found);
    let id = found["orders"][0]["orderId"].as_str().unwrap();
    let (_, one) = lab
        .get(&format!("orders/2026-01-01/orders/{id}?includedData={all}"))
        .await;
    contract.check("GetOrderResponse", &one);
    let (status, refused) = lab.get("orders/2026-01-01/orders").await;
    assert_eq!(status, 400);
    contract.check("ErrorList", &refused);
    let currencies: BTreeSet<&str> = found["orders"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|order| order["proceeds"]["grandTotal"]["currencyCode"].as_str())
        .collect();
    assert_eq!(currencies, BTreeSet::from(["GBP", "JPY", "USD"]));
}

#[tokio::test]
async fn listings_fit_the_contract() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let lab = Lab::start(options()).await;
    let contract = Contract::open(&contracts, "listingsItems_2021-08-01.json");
    let sku = lab.seller.levels().into_keys().next().unwrap();
    lab.seller.ignore_listing(&sku);
    let patch = json!({ "productType": "HOME", "patches": [{ "op": "replace", "path": "/attributes/fulfillment_availability",
        "value": [{ "fulfillment_channel_code": "DEFAULT", "quantity": 3 }] }] });
    let path = format!("listings/2021-08-01/items/A3SANDBOXSELL/{sku}?marketplaceIds={US}");
    let (_, submitted) = lab.send("PATCH", &path, Some(&patch)).await;
    contract.check("ListingsItemSubmissionResponse", &submitted);
    lab.seller.refuse_listing(&sku);
    let (_, submitted) = lab.send("PATCH", &path, Some(&patch)).await;
    contract.check("ListingsItemSubmissionResponse", &submitted);
    let sets =
        "includedData=summaries,attributes,issues,offers,fulfillmentAvailability,productTypes";
    let (_, one) = lab.get(&format!("{path}&{sets}")).await;
    contract.check("Item", &one);
    assert_eq!(one["issues"].as_array().unwrap().len(), 1);
    let (_, some) = lab
        .get(&format!(
            "listings/2021-08-01/items/A3SANDBOXSELL?marketplaceIds={US}&{sets}&pageSize=20"
        ))
        .await;
    contract.check("ItemSearchResults", &some);
    let contract = Contract::open(&contracts, "sellers.json");
    let (_, places) = lab.get("sellers/v1/marketplaceParticipations").await;
    contract.check("GetMarketplaceParticipationsResponse", &places);
}
