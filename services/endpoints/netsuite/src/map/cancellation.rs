//! Sales orders that were called off.

use commerce::{Cancellation, OrderRef};

use super::feed::{Read, external, instant, typed};
use crate::wire::{CancelledRow, Row};

/// A cancellation from the row of its sales order, which lends it its id.
///
/// # Errors
/// What is wrong with which column.
pub(crate) fn cancellation(row: &Row, begun: bool) -> Result<Read<Cancellation>, String> {
    let row: CancelledRow = typed(row)?;
    let id = external(&row.id)?;
    Ok(Read {
        at: instant(&row.modified)?,
        record: Cancellation {
            number: row.tranid.unwrap_or(row.id),
            order: OrderRef {
                id: id.clone(),
                key: row.order_key,
            },
            begun,
        },
        id,
    })
}
