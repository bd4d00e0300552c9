//! A sale as it stands in NetSuite.

use commerce::Address;
use rust_decimal::Decimal;

use super::table::Status;
use crate::map::address;
use crate::map::settings::Sale;
use crate::wire::{OrderLineRow, StandingRow};

/// What a changed order is compared with.
#[derive(Debug, Clone)]
pub(crate) struct SaleThere {
    /// Which record it is.
    pub(crate) sale: Sale,
    pub(super) status: Status,
    pub(super) total: Option<Decimal>,
    /// What of it, an invoice, is paid.
    pub(crate) paid: Decimal,
    pub(super) delivery: Decimal,
    pub(super) lines: Vec<LineThere>,
    address: StandingRow,
}

/// One of its lines; without NetSuite's signs.
#[derive(Debug, Clone)]
pub(super) struct LineThere {
    /// Its key in the record service.
    pub(super) number: Decimal,
    pub(super) item: String,
    pub(super) quantity: Decimal,
    pub(super) amount: Decimal,
    pub(super) fulfilled: Decimal,
    pub(super) billed: Decimal,
    pub(super) closed: bool,
    /// The shop's line id.
    pub(super) source: Option<String>,
}

impl SaleThere {
    /// Reads a sale from its rows.
    ///
    /// # Errors
    /// What is wrong with which row.
    pub(crate) fn read(row: &StandingRow, rows: &[OrderLineRow]) -> Result<Self, String> {
        let sale = row.sale();
        let status = row.status.as_deref().unwrap_or_default();
        let paid = number(row.paid.as_ref())?;
        let status = Status::of(sale, status, !paid.is_zero()).ok_or_else(|| {
            let (noun, id) = (sale.noun(), &row.order.id);
            format!("{noun} {id}: status '{status}' is unknown")
        })?;
        let own: Vec<&OrderLineRow> = rows
            .iter()
            .filter(|line| line.sales_order == row.order.id)
            .collect();
        let (delivery, items): (Vec<_>, Vec<_>) = own
            .into_iter()
            .partition(|line| line.itemtype.as_deref() == Some("ShipItem"));
        let mut cost = Decimal::ZERO;
        for line in delivery {
            cost = cost.saturating_sub(number(line.amount.as_ref())?);
        }
        Ok(Self {
            sale,
            status,
            total: row
                .order
                .foreigntotal
                .as_ref()
                .map(|text| decimal(text))
                .transpose()?,
            paid,
            delivery: cost,
            lines: items
                .into_iter()
                .filter_map(|line| LineThere::read(line).transpose())
                .collect::<Result<_, _>>()?,
            address: row.clone(),
        })
    }

    /// Whether something is fulfilled (if only picked) or billed.
    pub(super) fn has_begun(&self) -> bool {
        self.lines.iter().any(|line| line.done() > Decimal::ZERO)
    }

    pub(super) fn is_billed(&self) -> bool {
        self.lines.iter().any(|line| line.billed > Decimal::ZERO)
    }

    /// Whether the goods go to this address, as rules leave it and as far as NetSuite keeps addresses as they were given.
    pub(super) fn goes_to(&self, to: &Address, set: address::Ruled<'_>) -> bool {
        let parts = address::ruled_parts(to, set);
        let own = &self.address;
        let there = [
            &own.addressee,
            &own.attention,
            &own.addr1,
            &own.addr2,
            &own.city,
            &own.zip,
            &own.country,
        ];
        parts.iter().zip(there).all(|(ours, theirs)| {
            fold(ours.as_deref().unwrap_or_default()) == fold(theirs.as_deref().unwrap_or_default())
        })
    }
}

impl StandingRow {
    /// Which record it is.
    pub(crate) fn sale(&self) -> Sale {
        let code = self.order.r#type.as_deref();
        code.and_then(Sale::of).unwrap_or_default()
    }
}

impl LineThere {
    /// `None` for lines that sell nothing: subtotals, descriptions.
    fn read(row: &OrderLineRow) -> Result<Option<Self>, String> {
        let Some(item) = &row.item else {
            return Ok(None);
        };
        let picked = number(row.picked.as_ref())?.abs();
        Ok(Some(Self {
            number: decimal(&row.line)?,
            item: item.clone(),
            quantity: number(row.quantity.as_ref())?.abs(),
            amount: Decimal::ZERO.saturating_sub(number(row.amount.as_ref())?),
            fulfilled: picked.max(number(row.shipped.as_ref())?.abs()),
            billed: number(row.billed.as_ref())?.abs(),
            closed: row.closed.as_deref() == Some("T"),
            source: row.shop_line.clone().filter(|text| !text.is_empty()),
        }))
    }

    /// Units that are fulfilled or billed.
    pub(super) fn done(&self) -> Decimal {
        self.fulfilled.max(self.billed)
    }

    /// Whether an earlier change took it away: NetSuite keeps the line.
    pub(super) fn is_gone(&self) -> bool {
        self.closed && self.amount.is_zero() && self.done().is_zero()
    }
}

fn number(text: Option<&String>) -> Result<Decimal, String> {
    text.map_or(Ok(Decimal::ZERO), |text| decimal(text))
}

fn decimal(text: &str) -> Result<Decimal, String> {
    let number = text.parse().or_else(|_| Decimal::from_scientific(text));
    number.map_err(|_| format!("'{text}' is no number"))
}

/// Letters and digits: blanks, case and punctuation are no change.
fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
