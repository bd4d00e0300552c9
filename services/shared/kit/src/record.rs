//! Records by their types.

use commerce::{
    Cancellation, Fulfilment, Kind, Price, Product, Record, Refund, ShippingOrder, StockLevel,
};
use ports::{Fault, Write};

/// A type of record that shops and shippers are told.
pub trait IsRecord: Send + Sync + Sized + 'static {
    /// What kind of record it is.
    const KIND: Kind;
    /// The record, if it is of this type.
    fn of(record: &Record) -> Option<&Self>;
}

/// The record of a past push.
///
/// # Errors
/// [`Fault::Unreadable`] where it is of another type than what was kept of it says.
pub fn record_of<R: IsRecord>(write: &Write) -> Result<&R, Fault> {
    R::of(&write.event.record).ok_or_else(|| Fault::Unreadable {
        why: "what was kept of the push is of another kind of record".to_owned(),
    })
}

macro_rules! is_record {
    ($($kind:ident: $of:ty),* $(,)?) => {
        $(impl IsRecord for $of {
            const KIND: Kind = Kind::$kind;

            fn of(record: &Record) -> Option<&Self> {
                match record {
                    Record::$kind(record) => Some(record),
                    _ => None,
                }
            }
        })*
    };
}

is_record! {
    Fulfilment: Fulfilment,
    Stock: StockLevel,
    Refund: Refund,
    Product: Product,
    Price: Price,
    Cancellation: Cancellation,
    ShippingOrder: ShippingOrder,
}
