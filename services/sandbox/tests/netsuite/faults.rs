use causeway_sandbox::{Fault, Rule};
use reqwest::Method;
use serde_json::json;

use crate::lab::{Lab, RECORDS, customer};

async fn under(rule: Rule) -> Lab {
    let lab = Lab::start().await;
    lab.account().faults().set(vec![rule.target("/customer")]);
    lab
}

fn customers(lab: &Lab) -> usize {
    lab.account().records("customer").len()
}

#[tokio::test]
async fn failing_before_writes_nothing_and_failing_after_does() {
    let lab = under(Rule::on(Fault::FailBefore, [1])).await;
    let path = format!("{RECORDS}/customer");
    let reply = lab.post(&path, &customer("c")).await;
    assert_eq!(
        (reply.status, reply.error().0, customers(&lab)),
        (500, "UNEXPECTED_ERROR", 0)
    );
    lab.account()
        .faults()
        .set(vec![Rule::on(Fault::FailAfter, [1])]);
    assert_eq!(
        (
            lab.post(&path, &customer("c")).await.status,
            customers(&lab)
        ),
        (500, 1)
    );
    assert_eq!(
        lab.post(&path, &customer("c")).await.error().1,
        "Error while accessing a resource. This entity already exists."
    );
}

#[tokio::test]
async fn a_connection_cut_before_leaves_nothing_behind() {
    let lab = under(Rule::on(Fault::CutBefore, [1])).await;
    let path = format!("{RECORDS}/customer");
    let error = lab
        .request(Method::POST, &path)
        .json(&customer("c"))
        .send()
        .await
        .unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert_eq!(customers(&lab), 0);
    lab.post(&path, &customer("c")).await.saved();
}

#[tokio::test]
async fn a_connection_cut_after_leaves_the_record_behind() {
    let lab = under(Rule::always(Fault::CutAfter)).await;
    let path = format!("{RECORDS}/customer");
    // First without a byte of answer, then half way through it.
    assert!(
        lab.request(Method::POST, &path)
            .json(&customer("c-1"))
            .send()
            .await
            .is_err()
    );
    assert_eq!(customers(&lab), 1);
    let half = lab
        .request(Method::POST, &path)
        .json(&customer("c-2"))
        .send()
        .await;
    assert!(match half {
        Ok(response) => response.text().await.is_err(),
        Err(_) => true,
    });
    assert_eq!(customers(&lab), 2);
    lab.account().faults().set(Vec::new());
    assert_eq!(
        lab.get(&format!("{RECORDS}/customer/eid:c-2")).await.status,
        200
    );
}

#[tokio::test]
async fn broken_json_refusals_and_expired_tokens() {
    let lab = under(Rule::on(Fault::Garble, [1])).await;
    let path = format!("{RECORDS}/customer");
    let response = lab
        .request(Method::POST, &path)
        .json(&customer("c"))
        .send()
        .await
        .unwrap();
    assert_eq!((response.status().as_u16(), customers(&lab)), (200, 1));
    assert!(serde_json::from_str::<serde_json::Value>(&response.text().await.unwrap()).is_err());

    lab.account().faults().set(vec![
        Rule::on(Fault::Refuse, [1]),
        Rule::on(Fault::Expire, [2]),
        Rule::on(Fault::Delay(1), [3]),
    ]);
    let reply = lab.get(&path).await;
    assert_eq!(
        (
            reply.status,
            reply.error().0,
            reply.headers.get("retry-after")
        ),
        (429, "CONCURRENCY_LIMIT_EXCEEDED", None)
    );
    assert_eq!(lab.get(&path).await.status, 401);
    assert_eq!(lab.get(&path).await.status, 200);
}

#[tokio::test]
async fn rules_and_counters_over_http() {
    let lab = Lab::start().await;
    let rules = json!([{ "fault": "fail_before", "requests": [1], "method": "GET", "target": "serverTime" }]);
    assert_eq!(lab.post("/_sandbox/faults", &rules).await.status, 204);
    assert_eq!(
        lab.get("/_sandbox/faults").await.body[0]["requests"],
        json!([1])
    );
    assert_eq!(
        lab.get("/services/rest/system/v1/serverTime").await.status,
        500
    );
    lab.customer("c").await;
    let counts = lab.get("/_sandbox/requests").await.body;
    let of = |path: &str| {
        counts["requests"]
            .as_array()
            .unwrap()
            .iter()
            .find(|count| count["path"] == path)
            .unwrap()["statuses"]
            .clone()
    };
    assert_eq!(
        of("/services/rest/system/v1/serverTime"),
        json!({ "500": 1 })
    );
    assert_eq!(of("/services/rest/record/v1/customer"), json!({ "204": 1 }));
    assert_eq!(
        (&counts["refused"], &counts["slots"]["most"]),
        (&json!(0), &json!(1))
    );
    lab.post("/_sandbox/reset-counters", &json!(null)).await;
    assert_eq!(
        lab.get("/_sandbox/requests").await.body["requests"],
        json!([])
    );
}
