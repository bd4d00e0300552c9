//! Orders that change in the shop after they are sales orders.

use ports::{Twin, Written};
use sandbox::netsuite::Record as SalesOrder;

use super::*;

const ALL: Shift = Shift {
    orders: 100,
    partial: 0,
    several_parcels: 0,
    only_packed: 0,
};
const HALF: Shift = Shift {
    partial: 100,
    ..ALL
};

fn settings() -> Value {
    json!({"orders": {
        "customer": {"subsidiary": 1}, "location": 1, "line_field": "custcol_shop_line",
        "items": {"discount": 901}, "tax": {"line": {"item": 902}}
    }})
}

/// One order as the shop tells it; `change` says what is different this time.
fn told(id: &str, lines: &Value, change: &Value) -> Write {
    let mut order = json!({
        "id": id, "customer": id, "email": format!("{id}@example.com"), "first": "Ada", "last": "Byron",
        "street": "1 Main St", "lines": lines, "shipping": "7.50",
    });
    for (name, value) in change.as_object().into_iter().flatten() {
        order[name] = value.clone();
    }
    common::order::write(&order)
}

impl Lab {
    fn sku(&self, place: usize) -> &str {
        &self.skus[place].0
    }

    /// Two lines of two articles.
    fn two(&self, id: &str) -> Write {
        let lines = json!([
            [self.sku(0), 2, "20.00", "a"],
            [self.sku(1), 3, "30.00", "b"]
        ]);
        told(id, &lines, &json!({}))
    }

    fn there(&self, write: &Write) -> Arc<SalesOrder> {
        let order = self
            .account()
            .by_external_id("salesOrder", write.key.as_str());
        order.unwrap()
    }

    /// The write of what the shop tells now, of an order that is there.
    fn bound(&self, mut write: Write) -> Write {
        let id = self.there(&write).id.to_string();
        write.bound = Some(Twin {
            id: commerce::ExternalId::new(&id).unwrap(),
            number: None,
        });
        write
    }

    async fn one(&self, write: &Write) -> Result<Written, Fault> {
        self.write(std::slice::from_ref(write)).await.remove(0)
    }

    async fn located(&self, write: &Write) -> Option<Written> {
        let sink = self.connected.sink.as_ref().unwrap();
        let found = sink.locate(std::slice::from_ref(write)).await;
        found.into_iter().next().unwrap().unwrap()
    }

    async fn held(&self, write: &Write) -> String {
        match self.one(write).await {
            Err(Fault::Held { why }) => why,
            other => panic!("{other:?}"),
        }
    }
}

/// Units and amount of each line, the way they stand.
fn lines(order: &SalesOrder) -> Vec<(String, String, bool)> {
    let line = |line: &sandbox::netsuite::Line| {
        let (units, amount) = (line.quantity.normalize(), line.amount.normalize());
        (units.to_string(), amount.to_string(), line.closed)
    };
    order.lines.iter().map(line).collect()
}

#[tokio::test]
async fn edits_are_carried_over_with_few_requests_and_repeats_write_nothing() {
    let lab = Lab::start(settings()).await;
    let before: Vec<Write> = (1..=6).map(|id| lab.two(&id.to_string())).collect();
    lab.effects(&before).await;
    let (a, b, c) = (lab.sku(0), lab.sku(1), lab.sku(2));
    let plain = json!([[a, 2, "20.00", "a"], [b, 3, "30.00", "b"]]);
    let edits = [
        (
            json!([[a, 5, "50.00", "a"], [b, 3, "30.00", "b"]]),
            json!({}),
        ),
        (
            json!([[a, 1, "10.00", "a"], [b, 3, "29.01", "b"]]),
            json!({}),
        ),
        (
            json!([[b, 3, "30.00", "b"], [c, 1, "9.99", "c"]]),
            json!({}),
        ),
        (
            json!([[a, 2, "20.00", "a", "1.50", "0.95"], [b, 3, "30.00", "b"]]),
            json!({}),
        ),
        (
            plain.clone(),
            json!({"shipping": "0.00", "street": "2 Side St"}),
        ),
        (plain, json!({})),
    ];
    let after: Vec<Write> = (1..=6)
        .zip(&edits)
        .map(|(id, (lines, change))| lab.bound(told(&id.to_string(), lines, change)))
        .collect();
    lab.account().meter().reset();
    let mut expected = [Effect::Updated; 6];
    expected[5] = Effect::Unchanged;
    // Every total is compared with what NetSuite made of it.
    assert_eq!(lab.effects(&after).await, expected);
    // How they stand, the article that is new, the lines, five changes, and how they stand then.
    assert_eq!(lab.requests(), 1 + 1 + 1 + 5 + 1);

    lab.account().meter().reset();
    assert_eq!(lab.effects(&after).await, [Effect::Unchanged; 6]);
    assert_eq!(lab.requests(), 2);

    let one = |units: &str, amount: &str, closed| (units.to_owned(), amount.to_owned(), closed);
    assert_eq!(
        lines(&lab.there(&after[0])),
        [one("5", "50", false), one("3", "30", false)]
    );
    assert_eq!(
        lines(&lab.there(&after[2])),
        [
            one("0", "0", true),
            one("3", "30", false),
            one("1", "9.99", false)
        ]
    );
    // The discount is right behind its line.
    assert_eq!(
        lines(&lab.there(&after[3])),
        [
            one("2", "20", false),
            one("1", "-1.5", false),
            one("3", "30", false),
            one("1", "0.95", false)
        ]
    );
    let order = lab.there(&after[4]);
    assert_eq!(order.number("shippingCost"), Decimal::ZERO);
    assert!(format!("{:?}", order.get("shippingAddress")).contains("2 Side St"));
    // A line that was taken away comes back as the same line.
    assert_eq!(
        lab.effects(&[lab.bound(lab.two("3"))]).await,
        [Effect::Updated]
    );
    assert_eq!(lines(&lab.there(&after[2]))[0], one("2", "20", false));
}

#[tokio::test]
async fn without_a_line_field_lines_are_told_by_their_article() {
    let lab = Lab::start(json!({})).await;
    lab.effects(&[lab.two("1")]).await;
    let lines_now = json!([[lab.sku(1), 1, "10.00", "b"], [lab.sku(2), 4, "8.00", "c"]]);
    let after = lab.bound(told("1", &lines_now, &json!({})));
    assert_eq!(
        lab.effects(std::slice::from_ref(&after)).await,
        [Effect::Updated]
    );
    assert_eq!(
        lab.effects(std::slice::from_ref(&after)).await,
        [Effect::Unchanged]
    );
    let amounts: Vec<String> = lines(&lab.there(&after))
        .into_iter()
        .map(|line| line.1)
        .collect();
    assert_eq!(amounts, ["0", "10", "8"]);
}

#[tokio::test]
async fn imposed_tax_stays_what_the_shop_charged() {
    let settings = json!({"orders": {
        "customer": {"subsidiary": 1}, "items": {"discount": 901}, "shipping": {"item": 904},
        "tax": {"suitetax_override": {"default": {"tax_type": 1, "tax_code": 1}}}
    }});
    let lab = Lab::with(settings, |options| {
        options.netsuite.features = Features {
            suite_tax: true,
            ..Features::default()
        };
    })
    .await;
    let of = |units: i64, amount: &str, tax: &str| {
        told(
            "1",
            &json!([[lab.sku(0), units, amount, "a", "1.00", tax]]),
            &json!({}),
        )
    };
    lab.effects(&[of(2, "20.00", "3.61")]).await;
    for write in [
        of(3, "30.00", "5.51"),
        of(3, "30.00", "0.00"),
        of(1, "10.00", "1.71"),
    ] {
        let write = lab.bound(write);
        assert_eq!(
            lab.effects(std::slice::from_ref(&write)).await,
            [Effect::Updated]
        );
        assert_eq!(lab.effects(&[write]).await, [Effect::Unchanged]);
    }
}

#[tokio::test]
async fn a_cancelled_order_is_closed_while_nothing_has_begun() {
    let lab = Lab::start(settings()).await;
    let write = lab.two("1");
    lab.effects(std::slice::from_ref(&write)).await;
    let off = json!({"state": "cancelled"});
    let plain = json!([[lab.sku(0), 2, "20.00", "a"], [lab.sku(1), 3, "30.00", "b"]]);
    let off = lab.bound(told("1", &plain, &off));
    assert_eq!(
        lab.effects(std::slice::from_ref(&off)).await,
        [Effect::Updated]
    );
    let order = lab.there(&write);
    assert_eq!(order.status, "H");
    assert_eq!(lab.account().ship_pending(ALL), [0; 0]);
    lab.account().meter().reset();
    assert_eq!(lab.effects(&[off]).await, [Effect::Unchanged]);
    assert_eq!(lab.requests(), 1, "its status says it");
    // Whoever edits it once more in the shop is told.
    let more = json!([[lab.sku(0), 4, "40.00", "a"]]);
    let why = lab.held(&lab.bound(told("1", &more, &json!({})))).await;
    assert!(why.contains("closed in NetSuite"), "{why}");
}

#[tokio::test]
async fn an_order_of_which_nothing_is_left_is_closed() {
    let lab = Lab::start(settings()).await;
    lab.effects(&[lab.two("1")]).await;
    let nothing = lab.bound(told("1", &json!([]), &json!({"shipping": null})));
    assert_eq!(
        lab.effects(std::slice::from_ref(&nothing)).await,
        [Effect::Updated]
    );
    assert_eq!(lab.there(&nothing).status, "H");
    assert_eq!(lab.effects(&[nothing]).await, [Effect::Unchanged]);
}

#[tokio::test]
async fn what_is_fulfilled_stays_and_the_rest_can_change() {
    let lab = Lab::start(settings()).await;
    let of = |id: &str, units: i64, amount: &str, change: Value| {
        told(id, &json!([[lab.sku(0), units, amount, "a"]]), &change)
    };
    let ids = ["1", "2", "3", "4", "5"];
    let before: Vec<Write> = ids.map(|id| of(id, 4, "40.00", json!({}))).into();
    lab.effects(&before).await;
    assert_eq!(lab.account().ship_pending(HALF).len(), 5);
    assert!(["D", "E"].contains(&lab.there(&before[0]).status));

    let more = lab.bound(of("1", 6, "60.00", json!({"street": "2 Side St"})));
    let fewer = lab.bound(of("2", 2, "20.00", json!({})));
    assert_eq!(
        lab.effects(&[more, fewer.clone()]).await,
        [Effect::Updated; 2]
    );
    assert_eq!(lab.there(&fewer).status, "F");

    let why = lab.held(&lab.bound(of("3", 1, "10.00", json!({})))).await;
    assert!(
        why.contains("fewer units are left than are fulfilled"),
        "{why}"
    );
    assert!(why.contains("Choices: take it back with a return"), "{why}");
    let why = lab
        .held(&lab.bound(of("4", 4, "40.00", json!({"state": "cancelled"}))))
        .await;
    assert!(why.contains("something of it is fulfilled"), "{why}");
    // Nothing is carried over by halves.
    let both = json!([[lab.sku(0), 1, "10.00", "a"], [lab.sku(1), 1, "5.00", "b"]]);
    lab.held(&lab.bound(told("5", &both, &json!({})))).await;
    assert_eq!(lab.there(&before[4]).lines.len(), 1);
}

#[tokio::test]
async fn what_is_billed_is_held_and_an_address_no_longer_matters() {
    let lab = Lab::start(json!({"orders": {"customer": {"subsidiary": 1}, "location": 1}})).await;
    let of = |units: i64, amount: &str, change: Value| {
        lab.bound(told(
            "1",
            &json!([[lab.sku(0), units, amount, "a"]]),
            &change,
        ))
    };
    let first = told("1", &json!([[lab.sku(0), 2, "20.00", "a"]]), &json!({}));
    lab.effects(std::slice::from_ref(&first)).await;
    lab.account().ship_pending(ALL);
    assert_eq!(lab.account().bill_fulfilled().len(), 1);
    assert_eq!(lab.there(&first).status, "G");
    let moved = of(2, "20.00", json!({"street": "2 Side St"}));
    assert_eq!(lab.effects(&[moved]).await, [Effect::Unchanged]);
    let why = lab.held(&of(3, "30.00", json!({}))).await;
    assert!(why.contains("billed in full"), "{why}");
    let why = lab
        .held(&of(2, "20.00", json!({"state": "cancelled"})))
        .await;
    assert!(why.contains("was cancelled in the shop"), "{why}");
}

#[tokio::test]
async fn a_lost_answer_of_a_change_is_looked_up() {
    for (mishap, landed) in [
        (Mishap::FailAfter, true),
        (Mishap::CutAfter, true),
        (Mishap::FailBefore, false),
        (Mishap::CutBefore, false),
    ] {
        let lab = Lab::start(settings()).await;
        lab.effects(&[lab.two("1")]).await;
        let lines_now = json!([[lab.sku(0), 1, "10.00", "a"], [lab.sku(2), 1, "5.00", "c"]]);
        let write = lab.bound(told("1", &lines_now, &json!({})));
        let rule = Rule::always(mishap).method("PATCH").target("/salesOrder");
        lab.account().faults().set(vec![rule]);
        let result = lab.one(&write).await;
        assert!(
            matches!(result, Err(Fault::Uncertain { .. })),
            "{mishap:?}: {result:?}"
        );
        lab.account().faults().set(Vec::new());

        let found = lab.located(&write).await;
        assert_eq!(found.is_some(), landed, "{mishap:?}");
        let effect = if landed {
            Effect::Unchanged
        } else {
            Effect::Updated
        };
        assert_eq!(
            lab.effects(std::slice::from_ref(&write)).await,
            [effect],
            "{mishap:?}"
        );
        let found = lab.located(&write).await.unwrap();
        assert_eq!(
            (found.effect, found.discrepancy),
            (Effect::AlreadyThere, None)
        );
        assert_eq!(lab.there(&write).lines.len(), 3, "{mishap:?}");
    }
}

#[tokio::test]
async fn a_total_that_comes_out_differently_is_told() {
    let lab = Lab::start(settings()).await;
    lab.effects(&[lab.two("1")]).await;
    let mut changed = lab.account().settings();
    changed.scripts = vec![sandbox::netsuite::Script::RoundRates(0)];
    lab.account().set(changed);
    let lines_now = json!([[lab.sku(0), 2, "20.00", "a"], [lab.sku(1), 1, "9.99", "b"]]);
    let written = lab
        .one(&lab.bound(told("1", &lines_now, &json!({}))))
        .await
        .unwrap();
    assert_eq!(written.effect, Effect::Updated);
    let told = written.discrepancy.unwrap();
    assert!(told.contains("a difference of 0.01 USD"), "{told}");
}

#[tokio::test]
async fn changes_can_be_left_to_people() {
    let mut settings = settings();
    settings["orders"]["changes"] = json!("hold");
    let lab = Lab::start(settings).await;
    lab.effects(&[lab.two("1")]).await;
    let more = json!([[lab.sku(0), 4, "40.00", "a"], [lab.sku(1), 3, "30.00", "b"]]);
    let why = lab.held(&lab.bound(told("1", &more, &json!({})))).await;
    assert!(why.contains("orders.changes is hold"), "{why}");
    assert_eq!(
        lab.effects(&[lab.bound(lab.two("1"))]).await,
        [Effect::Unchanged]
    );
}

/// Any order may become any other: the total is what the shop says each time, and the same once more writes nothing.
#[tokio::test]
async fn any_order_becomes_any_other() {
    let without_field = json!({"orders": {
        "customer": {"subsidiary": 1}, "items": {"discount": 901}, "tax": {"line": {"item": 902}}
    }});
    let net = json!({"orders": {"customer": {"subsidiary": 1}, "tax": {"line": {"item": 902}}}});
    for settings in [settings(), without_field, net] {
        let lab = Lab::start(settings.clone()).await;
        let mut state = 7_u64;
        let mut pick = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        let mut random = |id: &str| {
            let mut lines = Vec::new();
            for line in ["a", "b", "c", "d"] {
                if lines.is_empty() || pick(3) > 0 {
                    let (sku, units) = (lab.sku(usize::try_from(pick(3)).unwrap()), 1 + pick(4));
                    let cents =
                        |cents: u64| Decimal::new(i64::try_from(cents).unwrap(), 2).to_string();
                    let off = [0, 0, 55 + pick(2)][usize::try_from(pick(3)).unwrap()];
                    let tax = [0, pick(90)][usize::try_from(pick(2)).unwrap()];
                    let amount = cents(units * (500 + 50 * pick(3)));
                    lines.push(json!([sku, units, amount, line, cents(off), cents(tax)]));
                }
            }
            let delivery = ["0.00", "7.50"][usize::try_from(pick(2)).unwrap()];
            told(id, &json!(lines), &json!({"shipping": delivery}))
        };
        let ids: Vec<String> = (1..=30).map(|id| id.to_string()).collect();
        let first: Vec<Write> = ids.iter().map(|id| random(id)).collect();
        lab.effects(&first).await;
        for round in 0..6 {
            let next: Vec<Write> = ids.iter().map(|id| lab.bound(random(id))).collect();
            let effects = lab.effects(&next).await;
            let updated = effects.iter().filter(|effect| **effect == Effect::Updated);
            assert!(updated.count() > 20, "round {round}: {effects:?}");
            assert_eq!(
                lab.effects(&next).await,
                [Effect::Unchanged; 30],
                "round {round}, {settings}"
            );
        }
    }
}
