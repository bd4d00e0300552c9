//! What travels beside a message's body.

use commerce::EventId;
use jiff::Timestamp;
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};

const ATTEMPT: &str = "causeway-attempt";
const QUEUE: &str = "causeway-queue";
const WHY: &str = "causeway-why";
const AT: &str = "causeway-at";

/// Headers must fit into one frame of 128 kB.
const LONGEST_WHY: usize = 2_000;

const PERSISTENT: u8 = 2;

/// Of an event on its way.
pub(super) fn event(id: EventId) -> BasicProperties {
    BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type("application/x-protobuf".into())
        .with_message_id(id.to_string().into())
}

/// Of a message that goes to its queue, now or after a rest. Made anew each time: with the broker's own record of past
/// dead-lettering on it, a message would one day be taken for one that goes in circles, and dropped.
pub(super) fn attempt(attempt: u32) -> BasicProperties {
    let mut headers = FieldTable::default();
    headers.insert(ATTEMPT.into(), AMQPValue::LongLongInt(attempt.into()));
    BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type("application/x-protobuf".into())
        .with_headers(headers)
}

/// How often a message was tried before.
pub(super) fn attempt_of(properties: &BasicProperties) -> u32 {
    match header(properties, ATTEMPT) {
        Some(AMQPValue::LongLongInt(attempt)) => u32::try_from(*attempt).unwrap_or(0),
        _ => 0,
    }
}

/// Why a message lies aside.
pub(super) struct Burial {
    pub(super) queue: String,
    pub(super) why: String,
    pub(super) at: Timestamp,
}

impl Burial {
    pub(super) fn properties(&self) -> BasicProperties {
        let mut headers = FieldTable::default();
        let why: String = self.why.chars().take(LONGEST_WHY).collect();
        for (name, value) in [
            (QUEUE, self.queue.as_str()),
            (WHY, why.as_str()),
            (AT, self.at.to_string().as_str()),
        ] {
            headers.insert(name.into(), AMQPValue::LongString(value.into()));
        }
        BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_headers(headers)
    }

    /// As we wrote it, or as the broker did when the delivery limit was reached.
    pub(super) fn of(properties: &BasicProperties) -> Self {
        Self::ours(properties)
            .or_else(|| Self::brokers(properties))
            .unwrap_or_else(|| Self {
                queue: String::new(),
                why: "put here by somebody else".to_owned(),
                at: Timestamp::UNIX_EPOCH,
            })
    }

    fn ours(properties: &BasicProperties) -> Option<Self> {
        Some(Self {
            queue: text(header(properties, QUEUE)?)?,
            why: text(header(properties, WHY)?)?,
            at: text(header(properties, AT)?)?.parse().ok()?,
        })
    }

    /// RabbitMQ documentation, "Dead Letter Exchanges": one entry of `x-death` per queue and reason.
    fn brokers(properties: &BasicProperties) -> Option<Self> {
        let AMQPValue::FieldArray(deaths) = header(properties, "x-death")? else {
            return None;
        };
        deaths.as_slice().iter().find_map(|death| {
            let AMQPValue::FieldTable(death) = death else {
                return None;
            };
            let field = |name: &str| death.inner().get(name);
            if text(field("reason")?)? != "delivery_limit" {
                return None;
            }
            let AMQPValue::Timestamp(at) = field("time")? else {
                return None;
            };
            Some(Self {
                queue: text(field("queue")?)?.strip_prefix("causeway.")?.to_owned(),
                why: crate::message::WITHOUT_OUTCOME.to_owned(),
                at: Timestamp::from_second(i64::try_from(*at).ok()?).ok()?,
            })
        })
    }
}

fn header<'a>(properties: &'a BasicProperties, name: &str) -> Option<&'a AMQPValue> {
    properties.headers().as_ref()?.inner().get(name)
}

fn text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => Some(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        _ => None,
    }
}
