use causeway_sandbox::netsuite::DateFormat;
use reqwest::Method;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::lab::{Lab, RECORDS, facts, line};

#[tokio::test]
async fn values_are_text_nulls_are_absent_and_keys_lower_case() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    let order = lab
        .order("o", customer, json!([line(one, 2, "5.25")]))
        .await;
    let rows = lab.query(r#"SELECT t.ID, t.entity AS "Customer", t.foreigntotal, t.trandate, t.createddate, t.memo, t.status, BUILTIN.DF(t.status) label FROM Transaction t WHERE t.id = ?"#, &[&order.to_string()]).await;
    assert_eq!(
        rows,
        [json!({
            "links": [], "id": order.to_string(), "customer": customer.to_string(), "foreigntotal": "10.5",
            "trandate": "3/2/2026", "createddate": "3/2/2026", "status": "B", "label": "Sales Order : Pending Fulfillment",
        })]
    );
    let all = lab.query("SELECT * FROM transaction", &[]).await;
    assert!(
        all[0]
            .as_object()
            .unwrap()
            .keys()
            .all(|key| !key.contains("__")),
        "{all:?}"
    );
}

#[tokio::test]
async fn dates_are_the_users() {
    let lab = Lab::with(|options| {
        options.netsuite.date_format = DateFormat::Dotted;
        options.netsuite.time_zone = "Australia/Sydney".to_owned();
    })
    .await;
    lab.customer("c").await;
    // 18:00 UTC is the next morning there, and without TO_CHAR the time is lost.
    let utc = r#"TO_CHAR(SYS_EXTRACT_UTC(lastmodifieddate), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"#;
    let rows = lab.query(&format!("SELECT lastmodifieddate d, TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') c, {utc} u FROM customer"), &[]).await;
    assert_eq!(
        rows,
        [
            json!({ "links": [], "d": "3.3.2026", "c": "2026-03-03 05:00:00", "u": "2026-03-02T18:00:00Z" })
        ]
    );
    let now = lab
        .query(
            "SELECT TO_CHAR(SYSDATE, 'YYYY-MM-DD HH24:MI:SS') AS now FROM dual",
            &[],
        )
        .await;
    assert_eq!(now[0]["now"], "2026-03-03 05:00:00");

    let changed = "SELECT id FROM customer WHERE SYS_EXTRACT_UTC(lastmodifieddate) >= TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS')";
    assert_eq!(lab.query(changed, &["2026-03-02 18:00:00"]).await.len(), 1);
    assert_eq!(lab.query(changed, &["2026-03-02 18:00:01"]).await.len(), 0);
    // Forgetting the conversion finds what is hours old.
    let local = "SELECT id FROM customer WHERE lastmodifieddate >= TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS')";
    assert_eq!(lab.query(local, &["2026-03-02 18:00:01"]).await.len(), 1);
}

#[tokio::test]
async fn the_prefer_header_is_needed() {
    let lab = Lab::start().await;
    let path = "/services/rest/query/v1/suiteql";
    let reply = lab.post(path, &json!({ "q": "SELECT id FROM item" })).await;
    assert_eq!(
        (
            reply.status,
            reply.body["o:errorDetails"][0]["o:errorHeader"].as_str()
        ),
        (400, Some("Prefer"))
    );
    let reply = lab
        .send(
            lab.request(Method::POST, path)
                .header("Prefer", "transient")
                .body("{}"),
        )
        .await;
    assert_eq!(reply.error().0, "INVALID_CONTENT");
}

#[tokio::test]
async fn pages_hold_a_thousand_rows_at_most() {
    let lab = Lab::with(|options| options.items = 1200).await;
    let reply = lab
        .ask(
            "SELECT id FROM item WHERE itemtype = 'InvtPart' ORDER BY id",
            &[],
            "",
        )
        .await
        .body;
    assert_eq!(
        (
            &reply["count"],
            &reply["hasMore"],
            &reply["totalResults"],
            &reply["offset"]
        ),
        (&json!(1000), &json!(true), &json!(1200), &json!(0))
    );
    let next = lab
        .ask(
            "SELECT id FROM item WHERE itemtype = 'InvtPart' ORDER BY id",
            &[],
            "?limit=1000&offset=1000",
        )
        .await
        .body;
    assert_eq!(
        (&next["count"], &next["hasMore"], &next["items"][0]["id"]),
        (&json!(200), &json!(false), &json!("2001"))
    );
    let keyset = lab
        .query(
            "SELECT id FROM item WHERE id > ? ORDER BY id FETCH FIRST 3 ROWS ONLY",
            &["1005"],
        )
        .await;
    assert_eq!(
        keyset
            .iter()
            .map(|row| row["id"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["1006", "1007", "1008"]
    );
    for paging in ["?limit=1001", "?limit=10&offset=5", "?limit=x"] {
        assert_eq!(
            lab.ask("SELECT id FROM item", &[], paging).await.error().0,
            "INVALID_PARAMETER"
        );
    }
}

#[tokio::test]
async fn errors_name_what_is_unknown() {
    let lab = Lab::start().await;
    lab.settings(|settings| settings.forbidden = vec!["customer".to_owned()]);
    let cases = [
        (
            "SELECT createdfrom FROM transaction",
            "Search error occurred: Unknown identifier 'createdfrom'. Available identifiers are: {transaction=transaction}.",
        ),
        (
            "SELECT t.shipstatus FROM transaction t",
            "Search error occurred: Unknown identifier 'shipstatus'. Available identifiers are: {transaction=transaction}.",
        ),
        (
            "SELECT id FROM nonsense",
            "Search error occurred: Record 'nonsense' was not found.",
        ),
        (
            "SELECT id FROM customer",
            "Search error occurred: Record 'customer' was not found.",
        ),
        (
            "SELECT id FROM item LIMIT 3",
            "Search error occurred: Invalid or unsupported search.",
        ),
        (
            "SELECT id, FROM item",
            "Search error occurred: Invalid or unsupported search.",
        ),
        (
            "DELETE FROM item",
            "Search error occurred: Invalid or unsupported search.",
        ),
    ];
    for (query, text) in cases {
        let reply = lab.ask(query, &[], "").await;
        assert_eq!(
            (
                reply.status,
                reply.error().0,
                &reply.body["o:errorDetails"][0]["o:errorQueryParam"]
            ),
            (400, "INVALID_PARAMETER", &json!("q"))
        );
        assert_eq!(
            reply.error().1,
            format!("Invalid search query. Detailed unprocessed description follows. {text}"),
            "{query}"
        );
    }
}

#[tokio::test]
async fn sales_lines_are_negative() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    let order = lab.order("o", customer, json!([line(one, 2, "5")])).await;
    let rows = lab.query("SELECT quantity, foreignamount, mainline FROM transactionline WHERE transaction = ? ORDER BY id", &[&order.to_string()]).await;
    assert_eq!(rows[1]["quantity"], "-2");
    assert_eq!(
        (&rows[1]["foreignamount"], &rows[0]["mainline"]),
        (&json!("-10"), &json!("T"))
    );
}

#[tokio::test]
async fn fulfilments_are_found_with_their_order_and_parcels() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    let order = lab.order("o", customer, json!([line(one, 3, "5")])).await;
    let body = json!({
        "shipStatus": { "id": "C" },
        "item": { "items": [{ "orderLine": 1, "quantity": 2 }] },
        "package": { "items": [{ "packageTrackingNumber": "A1", "packageWeight": 1.5 }, { "packageTrackingNumber": "A2", "packageWeight": 2 }] },
    });
    let id = lab
        .post(
            &format!("{RECORDS}/salesOrder/{order}/!transform/itemFulfillment"),
            &body,
        )
        .await
        .saved();
    let rows = lab.query(
        "SELECT DISTINCT f.id, f.status, l.previousdoc AS order_id, n.trackingnumber
         FROM transaction f
         JOIN previoustransactionlinelink l ON l.nextdoc = f.id AND l.nexttype = 'ItemShip' AND l.previoustype = 'SalesOrd'
         LEFT JOIN trackingnumbermap m ON m.transaction = f.id
         LEFT JOIN trackingnumber n ON n.id = m.trackingnumber
         WHERE f.type = 'ItemShip' AND f.status = 'C'
           AND SYS_EXTRACT_UTC(f.lastmodifieddate) >= TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS')
         ORDER BY f.id, n.trackingnumber",
        &["2026-03-02 00:00:00"],
    )
    .await;
    let row = |number: &str| json!({ "links": [], "id": id.to_string(), "status": "C", "order_id": order.to_string(), "trackingnumber": number });
    assert_eq!(rows, [row("A1"), row("A2")]);

    let lines = lab.query(
        "SELECT tl.transaction, tl.id AS line, tl.item, tl.quantity, tl.location, l.previousdoc, l.previousline
         FROM transactionline tl JOIN previoustransactionlinelink l ON l.nextdoc = tl.transaction AND l.nextline = tl.id
         WHERE tl.transaction = ? AND tl.mainline = 'F' AND tl.item IS NOT NULL AND l.previoustype = 'SalesOrd'",
        &[&id.to_string()],
    )
    .await;
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (&lines[0]["quantity"], &lines[0]["previousline"]),
        (&json!("-2"), &json!("1"))
    );
    // Each line is posted twice; whoever does not join the link or look at the sign counts double.
    let postings = lab.query("SELECT id FROM transactionline WHERE transaction = ? AND mainline = 'F' AND item IS NOT NULL", &[&id.to_string()]).await;
    assert_eq!(postings.len(), 2);
}

#[tokio::test]
async fn stock_moves_only_its_own_mark() {
    let lab = Lab::start().await;
    let (one, ..) = lab.items();
    let sku = lab
        .account()
        .record("inventoryItem", one)
        .unwrap()
        .external_id
        .clone()
        .unwrap();
    lab.advance(1800);
    assert!(lab.account().set_on_hand(&sku, 2, Decimal::from(77)));
    let stock = "SELECT item, location, quantityavailable, TO_CHAR(lastquantityavailablechange, 'YYYY-MM-DD HH24:MI:SS') AS changed
                 FROM aggregateitemlocation WHERE lastquantityavailablechange >= TO_DATE(?, 'YYYY-MM-DD HH24:MI:SS')";
    let rows = lab.query(stock, &["2026-03-02 10:30:00"]).await;
    assert_eq!(
        rows,
        [
            json!({ "links": [], "item": one.to_string(), "location": "2", "quantityavailable": "77", "changed": "2026-03-02 10:30:00" })
        ]
    );
    let item = lab
        .query(
            "SELECT TO_CHAR(lastmodifieddate, 'HH24:MI') AS at FROM item WHERE id = ?",
            &[&one.to_string()],
        )
        .await;
    assert_eq!(item[0]["at"], "10:00");

    let adjustment = json!({ "account": { "id": "58" }, "subsidiary": { "id": "1" }, "inventory": { "items": [{ "item": { "id": one.to_string() }, "location": { "id": "2" }, "adjustQtyBy": -7 }] } });
    lab.post(&format!("{RECORDS}/inventoryAdjustment"), &adjustment)
        .await
        .saved();
    assert_eq!(
        lab.query(stock, &["2026-03-02 10:30:00"]).await[0]["quantityavailable"],
        "70"
    );
    let kits = lab.query(
        "SELECT k.parentitem, a.location, MIN(FLOOR(NVL(a.quantityavailable,0)/k.quantity)) AS avail FROM kititemmember k
         JOIN aggregateitemlocation a ON a.item = k.item GROUP BY k.parentitem, a.location",
        &[],
    )
    .await;
    assert!(!kits.is_empty() && kits.iter().all(|row| row["avail"].is_string()));
}

#[tokio::test]
async fn all_documented_columns_are_there() {
    let Some(Value::Object(tables)) = facts("suiteql-tables.json") else {
        return;
    };
    let lab = Lab::start().await;
    let absent = [
        "transactionaccountingline",
        "inventorybalance",
        "systemnote",
        "_about",
        "_connect_columns_available_for",
    ];
    for (names, table) in tables
        .iter()
        .filter(|(name, _)| !absent.contains(&name.as_str()))
    {
        for name in names.split(" / ") {
            for column in table["columns"]
                .as_array()
                .unwrap()
                .iter()
                .map(|column| column.as_str().unwrap())
            {
                let column = column.trim_end_matches('?');
                let beyond = [
                    "averagecostmli",
                    "onhandvaluemli",
                    "addrtext",
                    "lastmodifieddate",
                    "pricelevelname",
                    "locationtype",
                    "mainaddress",
                    "deletedby",
                    "weightunit",
                ];
                if column.ends_with('*') || beyond.contains(&column) {
                    continue;
                }
                let reply = lab
                    .ask(&format!("SELECT {column} FROM {name}"), &[], "")
                    .await;
                assert_eq!(reply.status, 200, "{name}.{column}: {reply:?}");
            }
        }
    }
}
