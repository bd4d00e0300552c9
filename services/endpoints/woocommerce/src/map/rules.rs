//! What users' rules set in WooCommerce's records.

use commerce::Kind;
use ports::{Fields, Place};

const PROVIDER: &str = "tracking_provider";
const NOTIFY: &str = "notify_customer";
/// The fields that name the carrier, and say whether the buyer is told.
pub(crate) const FULFILMENT_FIELDS: (&str, &str) = (PROVIDER, NOTIFY);

static FULFILMENT: Fields = Fields {
    text: &[PROVIDER],
    number: &[],
    bool: &[NOTIFY],
    date: &[],
    id: &[],
    group: &[],
    custom: None,
};

/// What rules may set, by the kind of record that is written and the place in it.
pub(crate) fn fields(kind: Kind, place: Place) -> Option<&'static Fields> {
    let of_a_fulfilment = kind == Kind::Fulfilment && place == Place::Record;
    of_a_fulfilment.then_some(&FULFILMENT)
}
