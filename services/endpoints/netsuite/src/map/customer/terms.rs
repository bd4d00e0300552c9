//! Terms of payment.

use ports::Fault;

use crate::map::settings::Orders;

/// NetSuite's terms by the shop's name of them, by internal id. `None` where it is paid at once, or no table of terms is set: NetSuite then
/// takes the customer's own.
///
/// # Errors
/// [`Fault::Held`] for terms that the table does not list.
pub(crate) fn payment_terms<'a>(
    named: Option<&str>,
    settings: &'a Orders,
) -> Result<Option<&'a str>, Fault> {
    let Some(named) = named else {
        return Ok(None);
    };
    if settings.terms.is_empty() {
        return Ok(None);
    }
    let mut table = settings.terms.iter();
    let found = table.find(|(name, _)| name.trim().eq_ignore_ascii_case(named.trim()));
    match found {
        Some((_, id)) => Ok(Some(id.as_str())),
        None => Err(Fault::Held {
            why: format!(
                "payment is by the terms '{named}', which orders.terms does not list: add the internal id of NetSuite's terms (Setup > Accounting > Accounting Lists)"
            ),
        }),
    }
}
