//! What becomes of an order whose answer was lost, or whose total is not ours?

use super::*;

#[tokio::test]
async fn a_script_that_changes_prices_is_noticed() {
    let lab = Lab::with(json!({}), |options| {
        options.netsuite.settings.scripts = vec![sandbox::netsuite::Script::RoundRates(0)];
    })
    .await;
    let results = lab.write(&[common::order::write(
        &json!({"id": "1", "customer": "1", "email": "a@b.example", "lines": [[lab.skus[0].0, 1, "9.99"]]}),
    )])
    .await;
    let written = results.into_iter().next().unwrap().unwrap();
    let told = written.discrepancy.unwrap();
    assert!(told.contains("a difference of 0.01 USD"), "{told}");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up() {
    for (mishap, landed) in [
        (Mishap::FailAfter, true),
        (Mishap::CutAfter, true),
        (Mishap::FailBefore, false),
        (Mishap::CutBefore, false),
    ] {
        let lab = Lab::start(json!({})).await;
        let rule = Rule::always(mishap).method("POST").target("/salesOrder");
        lab.account().faults().set(vec![rule]);
        let write = lab.order(1, &[1]);
        let result = lab.write(std::slice::from_ref(&write)).await.remove(0);
        assert!(
            matches!(result, Err(Fault::Uncertain { .. })),
            "{mishap:?}: {result:?}"
        );
        lab.account().faults().set(Vec::new());
        let sink = lab.connected.sink.as_ref().unwrap();
        let found = sink.locate(std::slice::from_ref(&write)).await.remove(0);
        assert_eq!(found.unwrap().is_some(), landed, "{mishap:?}");
        let effect = if landed {
            Effect::AlreadyThere
        } else {
            Effect::Created
        };
        assert_eq!(lab.effects(&[write]).await, [effect]);
        assert_eq!(lab.account().records("salesOrder").len(), 1);
    }
}

#[tokio::test]
async fn an_order_that_is_found_has_its_total_compared() {
    let lab = Lab::with(json!({}), |options| {
        options.netsuite.settings.scripts = vec![sandbox::netsuite::Script::RoundRates(0)];
    })
    .await;
    let rule = Rule::always(Mishap::FailAfter)
        .method("POST")
        .target("/salesOrder");
    lab.account().faults().set(vec![rule]);
    let even = common::order::write(
        &json!({"id": "1", "customer": "1", "email": "a@b.example", "lines": [[lab.skus[0].0, 1, "9.00"]]}),
    );
    let odd = common::order::write(
        &json!({"id": "2", "customer": "1", "email": "a@b.example", "lines": [[lab.skus[0].0, 1, "9.99"]]}),
    );
    let writes = [even, odd, lab.order(3, &[1])];
    lab.write(&writes[..2]).await;
    lab.account().faults().set(Vec::new());
    lab.account().meter().reset();
    let found = lab.connected.sink.as_ref().unwrap().locate(&writes).await;
    assert_eq!(lab.requests(), 1, "one look for all");
    let found: Vec<_> = found.into_iter().map(Result::unwrap).collect();
    assert_eq!(found[0].as_ref().unwrap().discrepancy, None);
    let told = found[1].as_ref().unwrap().discrepancy.as_ref().unwrap();
    assert!(told.contains("a difference of 0.01 USD"), "{told}");
    assert_eq!(found[2], None);
}

#[tokio::test]
async fn a_lost_customer_is_found_again() {
    let lab = Lab::start(json!({})).await;
    let rule = Rule::always(Mishap::FailAfter)
        .method("POST")
        .target("/customer");
    lab.account().faults().set(vec![rule]);
    let write = lab.order(1, &[1]);
    let result = lab.write(std::slice::from_ref(&write)).await.remove(0);
    assert!(
        matches!(result, Err(Fault::Unavailable { .. })),
        "{result:?}"
    );
    lab.account().faults().set(Vec::new());
    assert_eq!(lab.effects(&[write]).await, [Effect::Created]);
    assert_eq!(lab.account().records("customer").len(), 1);
}
