//! A message that makes no sense says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use causeway_codec as codec;

mod samples;

use prost::Message;
use proto::events::v1 as wire;

fn spoilt(spoil: impl FnOnce(&mut wire::Envelope, &mut wire::Order)) -> String {
    let mut envelope =
        wire::Envelope::decode(codec::encode_event(&samples::full_order()).as_slice()).unwrap();
    let Some(wire::envelope::Record::Order(mut order)) = envelope.record.take() else {
        panic!("the sample is an order");
    };
    spoil(&mut envelope, &mut order);
    envelope.record = Some(wire::envelope::Record::Order(order));
    codec::decode_event(&envelope.encode_to_vec())
        .unwrap_err()
        .to_string()
}

#[test]
fn a_malformed_amount_is_named_with_its_place() {
    let error = spoilt(|_, order| {
        let amount = order.lines[2].amount.as_mut().unwrap();
        amount.shop.as_mut().unwrap().amount = "12,0".into();
    });
    assert_eq!(
        error,
        "order.lines[2].amount.shop: '12,0' is not a decimal amount"
    );
}

#[test]
fn unknown_enum_values_are_named() {
    assert_eq!(
        spoilt(|_, order| order.lines[1].kind = 77),
        "order.lines[1].kind: line kind 77 is not known to this version"
    );
    assert_eq!(
        spoilt(|_, order| order.state = 9),
        "order.state: order state 9 is not known to this version"
    );
    assert_eq!(
        spoilt(|_, order| order.payments[0].kind = 0),
        "order.payments[0].kind: payment kind 0 is not known to this version"
    );
}

#[test]
fn a_record_kind_of_a_later_version_is_named() {
    let mut envelope =
        wire::Envelope::decode(codec::encode_event(&samples::stock()).as_slice()).unwrap();
    envelope.kind = 99;
    envelope.record = None;
    let error = codec::decode_event(&envelope.encode_to_vec()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "kind: record kind 99 is not known to this version"
    );
}

#[test]
fn kind_and_record_must_agree() {
    assert_eq!(
        spoilt(|envelope, _| envelope.set_kind(wire::Kind::Stock)),
        "kind: the message says 'stock' and carries 'order'"
    );
}

#[test]
fn missing_values_are_named() {
    assert_eq!(
        spoilt(|_, order| order.total = None),
        "order.total: is missing"
    );
    assert_eq!(
        spoilt(|envelope, _| envelope.event_id.truncate(3)),
        "event_id: has 3 bytes instead of 16"
    );
    assert_eq!(
        spoilt(|envelope, _| envelope.revision = None),
        "revision: is missing"
    );
}

#[test]
fn bytes_that_are_no_message_are_an_error() {
    let error = codec::decode_event(b"\xff\xff\xff").unwrap_err();
    assert!(
        error.to_string().starts_with("not an event message"),
        "{error}"
    );
}
