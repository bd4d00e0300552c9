//! What was sent, given back and charged is settled to the cent.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::contract::Contract;
use super::{Lab, US, basket, options, unpack};
use crate::amazon::{Fulfiller, Options};

const REPORTS: &str = "reports/2021-06-30/reports";
const TYPE: &str = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2";

type Row = BTreeMap<String, String>;

fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned));
    let columns: Vec<String> = lines.next().unwrap().collect();
    lines
        .map(|line| columns.iter().cloned().zip(line).collect())
        .collect()
}

fn amount(row: &Row, column: &str) -> Decimal {
    row[column].replace(',', ".").parse().unwrap()
}

fn sum<'a>(rows: impl Iterator<Item = &'a Row>) -> Decimal {
    rows.map(|row| amount(row, "amount")).sum()
}

async fn confirm(lab: &Lab, order: &str, reference: &str, items: &[(&Json, u32)]) {
    let items = items
        .iter()
        .map(|(id, units)| json!({ "orderItemId": id, "quantity": units }));
    let body = json!({ "marketplaceId": US, "packageDetail": {
        "packageReferenceId": reference, "carrierCode": "UPS", "trackingNumber": "1Z", "shipDate": "2026-03-02T12:00:00Z",
        "orderItems": items.collect::<Vec<_>>() } });
    let path = format!("orders/v0/orders/{order}/shipmentConfirmation");
    let (status, told) = lab.send("POST", &path, Some(&body)).await;
    assert_eq!(status, 204, "{told}");
}

#[tokio::test]
async fn an_order_in_parcels_is_settled_as_a_whole_and_its_refund_undoes_it() {
    let lab = Lab::start(options()).await;
    let id = lab.order();
    let told = lab.told(&id);
    let item = |place: usize| &told["orderItems"][place]["orderItemId"];
    confirm(&lab, &id, "1", &[(item(0), 1)]).await;
    confirm(&lab, &id, "2", &[(item(0), 2), (item(1), 1)]).await;
    // An edit of what has left costs nothing more.
    confirm(&lab, &id, "2", &[(item(0), 2), (item(1), 1)]).await;
    assert_eq!(lab.seller.refund(&id, 0, 4), None);
    lab.seller.refund(&id, 0, 2).unwrap();
    lab.seller.refund(&id, 0, 1).unwrap();
    assert_eq!(lab.seller.refund(&id, 0, 1), None);
    let reports = lab.seller.settle();
    let all = rows(&lab.seller.settlement(&reports[0]).unwrap());
    let of = |kind: &'static str, what: &'static [&'static str]| {
        all.iter().skip(1).filter(move |row| {
            row["transaction-type"] == kind && what.contains(&row["amount-type"].as_str())
        })
    };
    let sold = ["ItemPrice", "Promotion"].as_slice();
    let total: Decimal = told["proceeds"]["grandTotal"]["amount"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(sum(of("Order", sold)), total);
    let first: Decimal = told["orderItems"][0]["proceeds"]["proceedsTotal"]["amount"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(sum(of("Refund", sold)), -first);
    assert!(
        sum(of("Order", &["ItemFees"])) < Decimal::ZERO
            && sum(of("Refund", &["ItemFees"])) > Decimal::ZERO
    );
    assert_eq!(sum(all.iter().skip(1)), amount(&all[0], "total-amount"));
    assert_eq!(all[0]["currency"], "USD");
    // All of it is settled.
    assert_eq!(lab.seller.settle(), Vec::<String>::new());
}

#[tokio::test]
async fn every_marketplace_is_settled_in_its_currency_and_form() {
    let places = ["ATVPDKIKX0DER", "A1PA6795UKMFR9", "A1VC38T7YXB528"];
    let lab = Lab::start(Options {
        marketplaces: places.map(str::to_owned).into(),
        orders: 150,
        ..options()
    })
    .await;
    let reports = lab.seller.settle();
    assert_eq!(reports.len(), 3);
    for report in &reports {
        let all = rows(&lab.seller.settlement(report).unwrap());
        assert_eq!(sum(all.iter().skip(1)), amount(&all[0], "total-amount"));
        assert!(all.iter().skip(1).any(|row| row["fulfillment-id"] == "AFN"));
        let (with, without) = if all[0]["currency"] == "EUR" {
            (',', '.')
        } else {
            ('.', ',')
        };
        let is_yen = all[0]["currency"] == "JPY";
        assert_eq!(all[0]["total-amount"].contains(with), !is_yen);
        assert!(!all[0]["total-amount"].contains(without));
    }
}

#[tokio::test]
async fn reports_are_looked_up_and_fetched() {
    let lab = Lab::start(options()).await;
    let (_, kept) = lab.skus();
    for _ in 0..3 {
        let id = lab
            .seller
            .place(&basket(vec![(kept.clone(), 1)], Fulfiller::Amazon))
            .unwrap();
        assert!(lab.seller.ship_by_amazon(&id));
        lab.time.advance(60);
        lab.seller.settle();
    }
    let (status, _) = lab.get(REPORTS).await;
    assert_eq!(status, 400);
    let body = json!({ "reportType": TYPE, "marketplaceIds": [US] });
    assert_eq!(lab.send("POST", REPORTS, Some(&body)).await.0, 400);
    let (_, page) = lab
        .get(&format!("{REPORTS}?reportTypes={TYPE}&pageSize=2"))
        .await;
    let token = page["nextToken"].as_str().unwrap();
    let wrong = format!("{REPORTS}?nextToken={token}&pageSize=2");
    assert_eq!(lab.get(&wrong).await.0, 400);
    let (_, last) = lab.get(&format!("{REPORTS}?nextToken={token}")).await;
    assert_eq!(
        (
            page["reports"].as_array().unwrap().len(),
            last["reports"].as_array().unwrap().len()
        ),
        (2, 1)
    );
    let (_, later) = lab
        .get(&format!(
            "{REPORTS}?reportTypes={TYPE}&createdSince=2026-03-02T12:02:00Z"
        ))
        .await;
    assert_eq!(later["reports"].as_array().unwrap().len(), 2);
    let newest = &page["reports"][0];
    let (_, one) = lab
        .get(&format!(
            "{REPORTS}/{}",
            newest["reportId"].as_str().unwrap()
        ))
        .await;
    assert_eq!(&one, newest);
    let document = one["reportDocumentId"].as_str().unwrap();
    let (_, place) = lab
        .get(&format!("reports/2021-06-30/documents/{document}"))
        .await;
    let (_, bytes) = lab.storage(&place["url"], None).await;
    let id = one["reportId"].as_str().unwrap();
    assert_eq!(unpack(&bytes), lab.seller.settlement(id).unwrap());
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let contract = Contract::open(&contracts, "reports_2021-06-30.json");
    contract.check("GetReportsResponse", &page);
    contract.check("Report", &one);
    contract.check("ReportDocument", &place);
}
