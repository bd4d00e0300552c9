//! Commerce records to and from the messages of `causeway.events.v1`, and nothing else.
//!
//! Decoding tolerates what later versions add (unknown fields) and refuses what would have to be guessed (unknown enum
//! values, missing or malformed values), saying where.

mod decode;
mod encode;
mod error;

pub use decode::decode_event;
pub use encode::encode_event;
pub use error::DecodeError;
