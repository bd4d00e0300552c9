//! Records of a source as events, and what is said of those that are none.

use commerce::{ConnectionId, Document, Event, ExternalId, MerchantId, Record};
use jiff::Timestamp;
use ports::{Fault, Unreadable};
use serde::de::DeserializeOwned;

/// Whose records are read, and where.
#[derive(Debug, Clone)]
pub struct Whose {
    /// The merchant.
    pub merchant: MerchantId,
    /// The connection.
    pub connection: ConnectionId,
}

impl Whose {
    /// A record as an event: its id, when it last changed there, and the source's own words, which are JSON.
    #[must_use]
    pub fn event(
        &self,
        (id, at, record): (ExternalId, Timestamp, Record),
        read_at: Timestamp,
        words: impl Into<Vec<u8>>,
    ) -> Event {
        let revision = record.revision(at);
        let (merchant, connection) = (self.merchant.clone(), self.connection.clone());
        let mut event = Event::new(merchant, connection, id, revision, read_at, record);
        event.source = Some(Document {
            media_type: "application/json".to_owned(),
            body: words.into(),
        });
        event
    }
}

/// An id of the other side.
///
/// # Errors
/// [`Fault::Unreadable`] for what cannot be one.
pub fn external(id: &str) -> Result<ExternalId, Fault> {
    ExternalId::new(id).map_err(|error| Fault::Unreadable {
        why: error.to_string(),
    })
}

/// Reads a record, or tells where it is not as it should be.
///
/// # Errors
/// The path, and what is wrong there.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).or_else(|_| {
        // Once more for the path, which is only worth its price when something is wrong.
        let mut json = serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize(&mut json)
            .map_err(|error| format!("{}: {}", error.path(), error.inner()))
    })
}

/// A record that could not be read into an event, under its id as far as it could be found.
///
/// # Errors
/// None: a text that is no id gives way to `unknown`.
pub fn unreadable(id: &str, why: String, words: &str) -> Result<Unreadable, Fault> {
    Ok(Unreadable {
        id: external(id).or_else(|_| external("unknown"))?,
        why,
        body: words.as_bytes().to_vec(),
    })
}
