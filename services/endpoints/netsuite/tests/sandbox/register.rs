//! The account can be asked what it holds of ours, span by span.

use commerce::ConnectionId;
use ports::{Register, Span, Tally};

use super::*;

fn sum(entries: &[ports::Entry]) -> Tally {
    entries.iter().fold(Tally::default(), |sum, entry| Tally {
        records: sum.records + 1,
        ids: sum.ids + entry.id,
        amount: sum.amount + entry.amount.unwrap(),
    })
}

#[tokio::test]
async fn orders_are_told_by_spans_of_their_ids_and_to_the_cent() {
    let lab = Lab::start(json!({})).await;
    let writes = lab.orders(0, 12);
    let written = lab.write(&writes).await;
    let ids: Vec<u64> = written
        .into_iter()
        .map(|one| one.unwrap().twin.id.as_str().parse().unwrap())
        .collect();
    let sink = lab.connected.sink.as_ref().unwrap();
    let Some(Register::Sums(register)) = sink.register(Kind::Order) else {
        panic!("orders are counted")
    };
    let from = writes[0].event.connection.clone();
    let (lowest, highest) = (*ids.iter().min().unwrap(), *ids.iter().max().unwrap());
    let all = Span {
        first: lowest,
        last: highest,
    };

    let entries = register.list(&from, Kind::Order, &[all]).await.unwrap();
    let mut told: Vec<(u64, String, Option<Decimal>)> = entries
        .iter()
        .map(|entry| (entry.id, entry.of.to_string(), entry.amount))
        .collect();
    told.sort();
    let mut wanted: Vec<(u64, String, Option<Decimal>)> = ids
        .iter()
        .zip(&writes)
        .map(|(id, write)| {
            let amount = register
                .amount(&write.event)
                .map(|amount| amount.normalize());
            (*id, write.event.external_id.to_string(), amount)
        })
        .collect();
    wanted.sort();
    assert_eq!(told, wanted);

    lab.account().meter().reset();
    let middle = lowest + (highest - lowest) / 2;
    let spans = [
        (lowest, middle),
        (middle + 1, highest),
        (highest + 1, highest + 9),
    ];
    let spans = spans.map(|(first, last)| Span { first, last });
    let tallies = register.tally(&from, Kind::Order, &spans).await.unwrap();
    assert_eq!(lab.requests(), 1);
    let (below, above): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.id <= middle);
    assert_eq!(tallies, [sum(&below), sum(&above), Tally::default()]);

    // Neither another connection's nor another kind's.
    let other = ConnectionId::new("elsewhere").unwrap();
    for (from, kind) in [(&other, Kind::Order), (&from, Kind::Refund)] {
        let tallies = register.tally(from, kind, &[all]).await.unwrap();
        assert_eq!(tallies, [Tally::default()]);
    }
}
