use reqwest::Method;
use serde_json::{Value, json};

use crate::lab::{Lab, RECORDS, customer, facts, line, order};

#[tokio::test]
async fn creating_answers_204_with_a_location_and_no_body() {
    let lab = Lab::start().await;
    let reply = lab
        .post(&format!("{RECORDS}/customer"), &customer("shop-c-1"))
        .await;
    let id = reply.saved();
    assert_eq!(
        reply.header("location"),
        lab.url(&format!("{RECORDS}/customer/{id}"))
    );

    for path in [
        format!("{RECORDS}/customer/{id}"),
        format!("{RECORDS}/CUSTOMER/eid:shop-c-1"),
    ] {
        let reply = lab.get(&path).await;
        assert_eq!(
            reply.header("content-type"),
            "application/vnd.oracle.resource+json; type=singular; charset=UTF-8"
        );
        assert_eq!(
            (&reply.body["id"], &reply.body["lastName"]),
            (&json!(id.to_string()), &json!("Byron"))
        );
        assert_eq!(reply.body["lastModifiedDate"], "2026-03-02T18:00:00Z");
        assert_eq!(reply.body["subsidiary"]["refName"], "Parent Company");
        assert!(
            reply.body["addressBook"]["items"].is_null(),
            "sublists are links unless they are asked for"
        );
    }
    let reply = lab
        .get(&format!("{RECORDS}/customer/{id}?expandSubResources=true"))
        .await;
    assert_eq!(
        reply.body["addressBook"]["items"][0]["addressBookAddress"]["city"],
        "Austin"
    );
}

#[tokio::test]
async fn an_external_id_is_taken_once() {
    let lab = Lab::start().await;
    let id = lab.customer("shop-c-1").await;
    let again = lab
        .post(&format!("{RECORDS}/customer"), &customer("shop-c-1"))
        .await;
    assert_eq!(
        (again.status, again.error()),
        (
            400,
            (
                "USER_ERROR",
                "Error while accessing a resource. This entity already exists."
            )
        )
    );

    let (item, ..) = lab.items();
    lab.order("shop-1", id, json!([line(item, 1, "10")])).await;
    let again = lab
        .post(
            &format!("{RECORDS}/salesOrder"),
            &order("shop-1", id, json!([line(item, 1, "10")])),
        )
        .await;
    assert_eq!(
        (again.status, again.error()),
        (
            400,
            (
                "USER_ERROR",
                "Error while accessing a resource. This record already exists."
            )
        )
    );
    // One space for all transactions.
    let deposit =
        json!({ "externalId": "shop-1", "customer": { "id": id.to_string() }, "payment": 10 });
    assert_eq!(
        lab.post(&format!("{RECORDS}/customerDeposit"), &deposit)
            .await
            .error()
            .0,
        "USER_ERROR"
    );
    assert_eq!(lab.account().records("salesOrder").len(), 1);
}

#[tokio::test]
async fn unknown_properties_are_dropped_with_a_warning_or_refused() {
    let lab = Lab::start().await;
    let mut body = customer("shop-c-1");
    body["favouriteColour"] = json!("blue");
    body["ENTITYID"] = json!("Ada the First");
    let reply = lab.post(&format!("{RECORDS}/customer"), &body).await;
    let id = reply.saved();
    assert!(
        reply
            .header("x-netsuite-warning")
            .contains("favouriteColour")
    );
    let stored = lab.get(&format!("{RECORDS}/customer/{id}")).await.body;
    assert_eq!(
        (&stored["favouriteColour"], &stored["entityId"]),
        (&Value::Null, &json!("Ada the First"))
    );

    body["externalId"] = json!("shop-c-2");
    let strict = lab
        .request(Method::POST, &format!("{RECORDS}/customer"))
        .header("X-NetSuite-PropertyNameValidation", "Error");
    let reply = lab.send(strict.json(&body)).await;
    assert_eq!((reply.status, reply.error().0), (400, "INVALID_CONTENT"));
    assert_eq!(
        reply.body["o:errorDetails"][0]["o:errorPath"],
        "favouriteColour"
    );
    assert_eq!(lab.account().records("customer").len(), 1);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let lab = Lab::start().await;
    let reply = lab
        .post(&format!("{RECORDS}/customer"), &json!({ "isPerson": true }))
        .await;
    assert_eq!(
        reply.error().1,
        "Error while accessing a resource. Please enter value(s) for: First Name, Last Name, Subsidiary."
    );
    let reply = lab
        .post(
            &format!("{RECORDS}/salesOrder"),
            &json!({ "item": { "items": [] } }),
        )
        .await;
    assert_eq!(
        reply.error().1,
        "Error while accessing a resource. Please enter value(s) for: Customer."
    );
    let reply = lab
        .post(
            &format!("{RECORDS}/salesOrder"),
            &json!({ "entity": { "id": "9999" } }),
        )
        .await;
    assert_eq!(
        (
            reply.error().0,
            &reply.body["o:errorDetails"][0]["o:errorPath"]
        ),
        ("INVALID_CONTENT", &json!("entity"))
    );
    let customer = lab.customer("c").await;
    let reply = lab
        .post(
            &format!("{RECORDS}/salesOrder"),
            &order("o", customer, json!([line(9999, 1, "1")])),
        )
        .await;
    assert_eq!(
        reply.body["o:errorDetails"][0]["o:errorPath"],
        "item.items[0].item"
    );
    assert!(
        reply
            .error()
            .1
            .contains("Invalid Field Value 9999 for the following field: item"),
        "{reply:?}"
    );
}

#[tokio::test]
async fn one_world_decides_whether_there_are_subsidiaries() {
    let lab = Lab::with(|options| options.netsuite.features.one_world = false).await;
    let reply = lab
        .post(&format!("{RECORDS}/customer"), &customer("c"))
        .await;
    assert!(reply.header("x-netsuite-warning").contains("subsidiary"));
    let reply = lab
        .ask("SELECT subsidiary FROM transactionline", &[], "")
        .await;
    assert_eq!(reply.status, 400);
}

#[tokio::test]
async fn records_that_are_not_there() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (item, ..) = lab.items();
    let order = lab.order("o", customer, json!([line(item, 1, "1")])).await;
    let cases = [
        (format!("{RECORDS}/customer/999999"), 404, "NONEXISTENT_ID"),
        (
            format!("{RECORDS}/salesOrder/eid:nothing"),
            404,
            "NONEXISTENT_ID",
        ),
        (format!("{RECORDS}/invoice/{order}"), 400, "USER_ERROR"),
        (format!("{RECORDS}/customer/000"), 400, "INVALID_ID"),
        (format!("{RECORDS}/nonsense/1"), 404, ""),
    ];
    for (path, status, code) in cases {
        let reply = lab.get(&path).await;
        assert_eq!((reply.status, reply.error().0), (status, code), "{path}");
    }
    let reply = lab
        .send(
            lab.request(Method::POST, &format!("{RECORDS}/customer"))
                .body("{"),
        )
        .await;
    assert_eq!(
        reply.error(),
        ("INVALID_CONTENT", "Invalid content in the request body")
    );
}

#[tokio::test]
async fn put_creates_then_updates_and_delete_removes() {
    let lab = Lab::start().await;
    let path = format!("{RECORDS}/customer/eid:shop-c-9");
    let mut body = customer("ignored");
    body.as_object_mut().unwrap().remove("externalId");
    let first = lab.put(&path, &body).await.saved();
    lab.advance(60);
    let second = lab
        .put(&path, &json!({ "phone": "555", "email": null }))
        .await
        .saved();
    assert_eq!(first, second);
    let stored = lab.get(&path).await.body;
    assert_eq!(
        (&stored["phone"], &stored["email"], &stored["firstName"]),
        (&json!("555"), &Value::Null, &json!("Ada"))
    );
    assert_eq!(
        (&stored["dateCreated"], &stored["lastModifiedDate"]),
        (
            &json!("2026-03-02T18:00:00Z"),
            &json!("2026-03-02T18:01:00Z")
        )
    );

    assert_eq!(
        lab.send(lab.request(Method::DELETE, &path)).await.status,
        204
    );
    assert_eq!(lab.get(&path).await.status, 404);
    let gone = lab
        .query(
            "SELECT recordid, BUILTIN.DF(recordtypeid) AS kind FROM deletedrecord",
            &[],
        )
        .await;
    assert_eq!(
        gone,
        [json!({ "links": [], "recordid": first.to_string(), "kind": "customer" })]
    );
}

#[tokio::test]
async fn collections_are_filtered_and_paged() {
    let lab = Lab::start().await;
    for n in 0..5 {
        lab.customer(&format!("c-{n}")).await;
    }
    let q = |filter: &str| {
        format!(
            "{RECORDS}/customer?q={}",
            filter.replace(' ', "%20").replace('"', "%22")
        )
    };
    let one = lab.get(&q(r#"externalId IS "c-3""#)).await.body;
    assert_eq!(
        (&one["totalResults"], one["items"].as_array().unwrap().len()),
        (&json!(1), 1)
    );
    assert_eq!(
        lab.get(&q("email IS ADA@example.com AND lastName START_WITH by"))
            .await
            .body["totalResults"],
        5
    );
    assert_eq!(
        lab.get(&q("externalId EMPTY")).await.body["totalResults"],
        0
    );
    assert_eq!(
        lab.get(&q("email LIKE x")).await.error().0,
        "INVALID_PARAMETER"
    );

    let page = lab
        .get(&format!("{RECORDS}/customer?limit=2&offset=2"))
        .await
        .body;
    assert_eq!(
        (
            &page["count"],
            &page["hasMore"],
            &page["offset"],
            &page["totalResults"]
        ),
        (&json!(2), &json!(true), &json!(2), &json!(5))
    );
    assert_eq!(
        page["items"][0]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["links", "id"]
    );
    assert_eq!(
        lab.get(&format!("{RECORDS}/customer?limit=2&offset=3"))
            .await
            .status,
        400
    );
    assert_eq!(
        lab.get(&format!("{RECORDS}/customer?limit=1001"))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn closed_periods_locks_and_missing_permissions_on_demand() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (item, ..) = lab.items();
    let id = lab
        .order("o-1", customer, json!([line(item, 1, "1")]))
        .await;
    lab.settings(|settings| {
        settings.closed_before = Some(jiff::civil::date(2026, 4, 1));
        settings.locked = vec![format!("salesOrder/{id}")];
        settings.forbidden = vec!["customerDeposit".to_owned()];
    });
    let closed = lab
        .post(
            &format!("{RECORDS}/salesOrder"),
            &order("o-2", customer, json!([line(item, 1, "1")])),
        )
        .await;
    assert!(closed.error().1.contains("accounting period"), "{closed:?}");
    let locked = lab
        .patch(
            &format!("{RECORDS}/salesOrder/{id}"),
            &json!({ "memo": "x" }),
        )
        .await;
    assert_eq!(
        locked.error(),
        (
            "USER_ERROR",
            "Error while accessing a resource. This record has been locked by a user defined workflow."
        )
    );
    let forbidden = lab
        .post(&format!("{RECORDS}/customerDeposit"), &json!({}))
        .await;
    assert_eq!(
        (forbidden.status, forbidden.error().0),
        (403, "INSUFFICIENT_PERMISSION")
    );
}

#[tokio::test]
async fn error_texts_are_the_documented_ones() {
    let Some(facts) = facts("errors.json") else {
        return;
    };
    let documented: Vec<&str> = facts["errors"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|error| error["detail"].as_str())
        .collect();
    let lab = Lab::start().await;
    lab.customer("c").await;
    let replies = [
        lab.get(&format!("{RECORDS}/customer/999")).await,
        lab.get(&format!("{RECORDS}/customer/000")).await,
        lab.post(&format!("{RECORDS}/customer"), &customer("c"))
            .await,
        lab.ask("SELECT id FROM x", &[], "").await,
    ];
    for reply in replies {
        assert!(documented.contains(&reply.error().1), "{reply:?}");
        let code = reply.error().0;
        let fitting = |error: &&Value| {
            error["detail"] == reply.error().1
                && error["o:errorCode"] == code
                && error["status"] == reply.status
        };
        assert!(
            facts["errors"]
                .as_array()
                .unwrap()
                .iter()
                .any(|error| fitting(&error)),
            "{reply:?}"
        );
    }
}
