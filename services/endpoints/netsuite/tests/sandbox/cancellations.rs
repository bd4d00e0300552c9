//! Sales orders that are called off come out, with whether something of them had left.

use super::*;

#[tokio::test]
async fn what_is_called_off_comes_out_once() {
    let lab = Lab::start(json!({"orders": {"customer": {"subsidiary": 1}, "location": 1}})).await;
    let started = SystemClock.now().checked_sub(SignedDuration::from_mins(1));
    let started = started.unwrap();
    let batch: Vec<Write> = (0..6)
        .map(|number| lab.order(number, &[number, number + 20]))
        .collect();
    let mut ids = Vec::new();
    for result in lab.write(&batch).await {
        ids.push(result.unwrap().twin.id);
    }
    let number = |place: usize| -> u64 { ids[place].as_str().parse().unwrap() };
    let source = lab.connected.source.as_ref().unwrap();
    let cursor = source.cursor_at(Kind::Cancellation, started);
    let (none, _, _) = lab.read(Kind::Cancellation, cursor.clone()).await;
    assert!(none.is_empty());

    assert!(lab.account().call_off(number(0)));
    // One of which part has left.
    lab.account().ship_pending(Shift {
        partial: 100,
        ..Shift::default()
    });
    assert!(lab.account().call_off(number(1)));
    assert!(!lab.account().call_off(number(1)), "nothing of it is open");
    let (events, next, _) = lab.read(Kind::Cancellation, cursor).await;
    let seen: BTreeMap<String, (bool, Option<String>)> = events
        .iter()
        .map(|event| match &event.record {
            Record::Cancellation(off) => {
                assert_eq!(off.order.id, event.external_id);
                (
                    event.external_id.to_string(),
                    (off.begun, off.order.key.clone()),
                )
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = BTreeMap::from([
        (ids[0].to_string(), (false, Some(batch[0].key.to_string()))),
        (ids[1].to_string(), (true, Some(batch[1].key.to_string()))),
    ]);
    assert_eq!(seen, expected);
    for (place, there) in [(0, true), (1, true), (2, false)] {
        let one = source.one(Kind::Cancellation, &ids[place]).await.unwrap();
        assert_eq!(one.is_some(), there, "{place}");
    }
    let window = Window {
        from: started,
        to: SystemClock
            .now()
            .checked_add(SignedDuration::from_mins(1))
            .unwrap(),
    };
    let listed = source.ids(Kind::Cancellation, window).await.unwrap();
    assert_eq!(listed, ids[..2]);
    let counted = source.count(Kind::Cancellation, window).await;
    assert_eq!(counted.unwrap(), Some(2));
    // The overlap shows them once more, as the same events.
    let (again, _, _) = lab.read(Kind::Cancellation, next).await;
    let known: BTreeSet<_> = events.iter().map(|event| event.id).collect();
    assert!(again.iter().all(|event| known.contains(&event.id)));
}

#[tokio::test]
async fn an_order_that_is_cancelled_before_its_approval_comes_out_too() {
    let settings = json!({"orders": {"customer": {"subsidiary": 1}, "order_status": "A"}});
    let lab = Lab::start(settings).await;
    let sold = lab.write(&[lab.order(1, &[1])]).await.remove(0).unwrap();
    assert!(
        lab.account()
            .call_off(sold.twin.id.as_str().parse().unwrap())
    );
    let (events, _, _) = lab.read(Kind::Cancellation, Cursor::default()).await;
    assert_eq!(events.len(), 1);
    let order = &lab.account().records("salesOrder")[0];
    assert_eq!(order.status, "C");
}
