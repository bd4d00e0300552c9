use reqwest::Method;
use serde_json::json;

use crate::lab::{Lab, RECORDS, facts};

#[tokio::test]
async fn the_slots_are_shared_with_other_integrations() {
    let lab = Lab::start().await;
    lab.settings(|settings| settings.other_integrations = 5);
    let reply = lab.get(&format!("{RECORDS}/customer")).await;
    assert_eq!(
        (reply.status, reply.error().0),
        (429, "CONCURRENCY_LIMIT_EXCEEDED")
    );
    // The body says so, odd as it is; and nothing says when to come back.
    assert_eq!(
        (
            reply.body["title"].as_str(),
            reply.headers.get("retry-after")
        ),
        (Some("Bad Request"), None)
    );
    let restlet = lab
        .get("/app/site/hosting/restlet.nl?script=1&deploy=1")
        .await;
    assert_eq!(
        (restlet.status, &restlet.body["error"]["code"]),
        (400, &json!("SSS_REQUEST_LIMIT_EXCEEDED"))
    );
    assert_eq!(lab.account().meter().read().refused, 2);
    // Tokens are handed out all the same.
    assert_eq!(lab.mint(&lab.assertion(|_, _| {})).await.status, 200);

    let body = json!({ "other_integrations": 4, "concurrency": 5 });
    assert_eq!(
        lab.post("/_sandbox/settings", &body).await.body["concurrency"],
        5
    );
    assert_eq!(lab.get(&format!("{RECORDS}/customer")).await.status, 200);
    assert_eq!(
        lab.post("/_sandbox/settings", &json!({ "nonsense": 1 }))
            .await
            .status,
        400
    );
    let Some(facts) = facts("errors.json") else {
        return;
    };
    let documented = facts["errors"]
        .as_array()
        .unwrap()
        .iter()
        .find(|error| error["status"] == 429)
        .unwrap();
    assert_eq!(
        (reply.error().1, &reply.body["title"]),
        (documented["detail"].as_str().unwrap(), &documented["title"])
    );
}

#[tokio::test]
async fn a_write_goes_on_when_the_caller_has_gone() {
    let lab = Lab::start().await;
    lab.settings(|settings| settings.save_ms = [20, 30]);
    let request = lab
        .request(Method::POST, &format!("{RECORDS}/customer"))
        .json(&crate::lab::customer("c"));
    // Gone once the request is in flight: waiting for that is waiting for the slot to be taken.
    let sent = tokio::spawn(request.send());
    while lab.account().meter().read().slots.now == 0
        && lab.account().records("customer").is_empty()
    {
        tokio::task::yield_now().await;
    }
    sent.abort();
    for _ in 0..1_000_000 {
        if !lab.account().records("customer").is_empty() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the customer was never saved");
}

#[tokio::test]
async fn limits_can_be_read() {
    let lab = Lab::start().await;
    let limits = lab
        .get("/services/rest/system/v1/governanceLimits")
        .await
        .body;
    assert_eq!(limits["accountConcurrencyLimit"], 5);
}
