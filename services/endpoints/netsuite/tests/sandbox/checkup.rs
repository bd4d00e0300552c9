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
async fn an_expired_token_is_renewed() {
    let lab = Lab::start(json!({})).await;
    lab.effects(&[lab.order(1, &[1])]).await;
    lab.account().revoke_tokens();
    lab.effects(&lab.orders(2, 10)).await;
    assert_eq!(lab.account().records("salesOrder").len(), 11);
}
