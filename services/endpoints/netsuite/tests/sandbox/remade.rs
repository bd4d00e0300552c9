//! Past pushes, made anew. That each is the same byte for byte, [`Lab::write`] sees to in every test; here, that a mapping of today shows where it
//! would write something else.

use super::*;

/// What today's settings would send otherwise, of the requests that wrote something, in the words of their addresses.
fn otherwise(settings: &Value, write: &Write, attempt: &ports::Attempt) -> Vec<String> {
    let settings = common::filled(settings, "http://localhost/");
    let wrote = attempt.exchanges.iter().filter_map(|one| {
        let kept = one.kept.as_ref()?;
        let body = causeway_netsuite::remake(&settings, write, &kept.facts);
        let same = body.is_ok_and(|body| ports::Kept::digest_of(&body) == kept.digest);
        (!same).then(|| one.url.rsplit("/v1/").next().unwrap().to_owned())
    });
    wrote.collect()
}

async fn attempt(lab: &Lab, write: &Write) -> ports::Attempt {
    let sink = lab.connected.sink.as_ref().unwrap();
    let attempt = sink.write(std::slice::from_ref(write)).await.remove(0);
    assert!(common::assert_remade(&lab.settings, write, &attempt) > 0);
    attempt
}

#[tokio::test]
async fn a_changed_mapping_shows_in_every_request_of_an_order() {
    let lab = Lab::start(json!({"orders": {
        "customer": {"subsidiary": 1, "update": "always", "addresses": "add"},
        "payments": {"deposits": true},
        "line_field": "custcol_shop_line",
    }}))
    .await;
    let mut words = json!({
        "id": "1", "customer": "71", "email": "ada@b.example", "first": "Ada", "last": "Byron",
        "lines": [[lab.skus[2].0, 2, "30.00"]], "shipping": "5.00",
        "paid": [["5001", "visa", "35.00"]],
    });
    let write = common::order::write(&words);
    let made = attempt(&lab, &write).await;
    let mut today = lab.settings.clone();
    assert!(otherwise(&today, &write, &made).is_empty());
    today["orders"]["customer"]["subsidiary"] = 2.into();
    assert_eq!(otherwise(&today, &write, &made), ["customer"]);
    today = lab.settings.clone();
    today["orders"]["payments"]["methods"] = json!({"visa": 4});
    assert_eq!(otherwise(&today, &write, &made), ["customerDeposit"]);
    today = lab.settings.clone();
    today["orders"]["location"] = 7.into();
    assert_eq!(otherwise(&today, &write, &made), ["salesOrder"]);

    // The same order, changed in the shop; its buyer has a telephone by now.
    words["lines"] = json!([[lab.skus[2].0, 3, "45.00"]]);
    words["phone"] = "555".into();
    let changed = Write {
        bound: Some(made.result.unwrap().twin),
        ..common::order::write(&words)
    };
    let made = attempt(&lab, &changed).await;
    today = lab.settings.clone();
    today["orders"]["shipping"] = json!({"item": 900});
    let told = otherwise(&today, &changed, &made);
    assert!(
        told.iter().any(|url| url.starts_with("salesOrder/")),
        "{told:?}"
    );
}
