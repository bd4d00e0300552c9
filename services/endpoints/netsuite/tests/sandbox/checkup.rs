//! Does the check of a connection find what is missing?

use super::*;

#[tokio::test]
async fn a_check_of_a_good_connection_finds_nothing_bad() {
    let lab = Lab::start(json!({})).await;
    let health = lab.connected.probe.probe().await.unwrap();
    let bad: Vec<_> = health
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Bad)
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[tokio::test]
async fn a_missing_right_is_named() {
    let lab = Lab::start(json!({})).await;
    let mut settings = lab.account().settings();
    settings.forbidden = vec!["item".to_owned(), "salesOrder".to_owned()];
    lab.account().set(settings);
    let health = lab.connected.probe.probe().await.unwrap();
    let told: Vec<String> = health
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Bad)
        .map(|finding| finding.detail.clone())
        .collect();
    for right in ["Lists > Items: View", "Transactions > Sales Order: Edit"] {
        assert!(
            told.iter().any(|detail| detail.contains(right)),
            "{right}: {told:#?}"
        );
    }
}

#[tokio::test]
async fn rights_to_credit_are_asked_for_where_refunds_are_set_up() {
    let credits = [
        "Transactions > Credit Memo",
        "Transactions > Cash Sale Refund",
    ];
    for (settings, wanted) in [
        (json!({}), &[][..]),
        (json!({ "refunds": { "adjustment_item": 903 } }), &credits),
    ] {
        let lab = Lab::start(settings).await;
        let mut account = lab.account().settings();
        account.forbidden = vec!["creditMemo".to_owned(), "cashRefund".to_owned()];
        lab.account().set(account);
        let health = lab.connected.probe.probe().await.unwrap();
        let bad = health.findings.iter();
        let bad = bad.filter(|finding| finding.severity == Severity::Bad);
        let told: Vec<&str> = bad.map(|finding| finding.detail.as_str()).collect();
        assert_eq!(told.len(), wanted.len(), "{told:#?}");
        for (told, right) in told.iter().zip(wanted) {
            assert!(told.contains(right), "{right}: {told}");
        }
    }
}

#[tokio::test]
async fn an_expired_token_is_renewed() {
    let lab = Lab::start(json!({})).await;
    lab.effects(&[lab.order(1, &[1])]).await;
    lab.account().revoke_tokens();
    lab.effects(&lab.orders(2, 10)).await;
    assert_eq!(lab.account().records("salesOrder").len(), 11);
}

#[tokio::test]
async fn the_accounts_lists_are_told_by_name() {
    let lab = Lab::start(json!({})).await;
    let directory = lab.connected.directory.as_ref().unwrap();
    for list in directory.lists() {
        let entries = directory.list(list).await.unwrap();
        let may_be_empty = ["departments", "classes", "custom_fields"];
        assert!(
            may_be_empty.contains(&list) || !entries.is_empty(),
            "{list}"
        );
    }
    let methods = directory.list("ship_methods").await.unwrap();
    assert!(
        methods
            .iter()
            .any(|one| one.id == "1" && one.name == "UPS Ground"),
        "{methods:?}"
    );
    let fault = directory.list("location").await.unwrap_err();
    assert!(
        fault.to_string().contains("there are: locations"),
        "{fault}"
    );
}
