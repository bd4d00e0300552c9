//! The body of a message: an encoded event.

use commerce::Event;
use ports::queue::Undecodable;

/// The event as bytes.
pub(crate) fn encode(event: &Event) -> Vec<u8> {
    codec::encode_event(event)
}

/// The event in these bytes, or the bytes themselves and why they are none.
pub(crate) fn decode(body: &[u8]) -> Result<Box<Event>, Undecodable> {
    codec::decode_event(body)
        .map(Box::new)
        .map_err(|error| Undecodable {
            why: error.to_string(),
            body: body.to_vec(),
        })
}

/// Why a message was buried by the queue itself.
pub(crate) const WITHOUT_OUTCOME: &str =
    "handed out too often without an outcome: what processes it may have been killed by it";
