//! Settlements, from the flat file in which Amazon reports them (report `GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2`): a row for each amount.
//!
//! What a buyer paid for an order, or got back, is one line; every fee and every tax that Amazon kept is summed up by Amazon's name of it.

use std::collections::{BTreeMap, BTreeSet};

use commerce::{Currency, Money, OrderRef, Payout, PayoutLine, PayoutLineKind};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::{Unmapped, id};

/// What the buyer paid or got back, by `amount-type`.
const BUYERS: [&str; 2] = ["ItemPrice", "Promotion"];

/// Reads a settlement.
pub(crate) fn settlement(bytes: &[u8]) -> Result<Payout, Unmapped> {
    let text = text(bytes);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = lines.next().unwrap_or_default();
    let header = header.trim_start_matches('\u{feff}');
    let names: Vec<&str> = header.split('\t').map(str::trim).collect();
    let mut rows = lines.map(|line| Row {
        names: &names,
        cells: line.split('\t').map(str::trim).collect(),
    });
    // The first row is the settlement's own.
    let head = rows
        .next()
        .ok_or_else(|| Unmapped::new("the report is empty"))?;
    let code = head.cell("currency");
    let currency = Currency::from_code(code)
        .ok_or_else(|| Unmapped::new(format_args!("'{code}' is not an ISO 4217 currency code")))?;
    let issued = moment(head.cell("deposit-date"))?;
    let net = Money::new(amount(head.cell("total-amount"))?, currency);
    let mut sums = Sums::default();
    for (place, row) in rows.enumerate() {
        sums.take(&row)
            .map_err(|why| Unmapped::new(format_args!("row {}: {why}", place.saturating_add(3))))?;
    }
    Ok(Payout {
        number: head.cell("settlement-id").to_owned(),
        date: issued.to_zoned(TimeZone::UTC).date(),
        status: "paid".to_owned(),
        net,
        lines: sums.lines(currency, issued)?,
    })
}

/// Amazon writes each marketplace's reports in a charset of its own; what is not UTF-8 is read by its bytes, which leaves numbers and ids right.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

struct Row<'a> {
    names: &'a [&'a str],
    cells: Vec<&'a str>,
}

impl<'a> Row<'a> {
    fn cell(&self, name: &str) -> &'a str {
        let place = self.names.iter().position(|known| *known == name);
        place
            .and_then(|place| self.cells.get(place))
            .copied()
            .unwrap_or_default()
    }
}

/// One sum: when the first of it was, and what it comes to.
type Sum = (Option<Timestamp>, Decimal);

/// Amounts summed up.
#[derive(Default)]
struct Sums {
    /// By order, and by refund where it is one.
    orders: BTreeMap<(String, Option<String>), Sum>,
    /// By Amazon's name, with its words.
    others: BTreeMap<String, (String, Sum)>,
}

impl Sums {
    fn take(&mut self, row: &Row<'_>) -> Result<(), Unmapped> {
        let value = amount(row.cell("amount"))?;
        if value.is_zero() {
            return Ok(());
        }
        let at = moment(row.cell("posted-date-time"))
            .or_else(|_| moment(row.cell("posted-date")))
            .ok();
        let order = row.cell("order-id");
        let (what, kind) = (row.cell("amount-type"), row.cell("transaction-type"));
        let sum =
            if BUYERS.contains(&what) && matches!(kind, "Order" | "Refund") && !order.is_empty() {
                let refund = (kind == "Refund").then(|| row.cell("adjustment-id").to_owned());
                self.orders.entry((order.to_owned(), refund)).or_default()
            } else {
                let words = [row.cell("amount-description"), what, kind];
                let words = words.into_iter().find(|words| !words.is_empty());
                let words = words.unwrap_or("other");
                let entry = self.others.entry(slug(words));
                &mut entry
                    .or_insert_with(|| (words.to_owned(), Sum::default()))
                    .1
            };
        sum.0 = match (sum.0, at) {
            (Some(first), Some(at)) => Some(first.min(at)),
            (first, at) => first.or(at),
        };
        sum.1 = sum
            .1
            .checked_add(value)
            .ok_or_else(|| Unmapped::new("an amount is too large"))?;
        Ok(())
    }

    fn lines(self, currency: Currency, issued: Timestamp) -> Result<Vec<PayoutLine>, Unmapped> {
        let mut lines = Vec::with_capacity(self.orders.len().saturating_add(self.others.len()));
        let line = |place: String, kind, (at, sum): Sum| -> Result<PayoutLine, Unmapped> {
            let gross = Money::new(sum, currency);
            Ok(PayoutLine {
                id: id(place)?,
                kind,
                at: at.unwrap_or(issued),
                gross,
                fee: Money::zero(currency),
                net: gross,
                order: None,
                order_number: None,
                transaction: None,
                refund: None,
                reason: None,
            })
        };
        for ((order, refund), sum) in self.orders {
            let (place, kind) = match &refund {
                None => (order.clone(), PayoutLineKind::Charge),
                Some(refund) => (format!("{order}/{refund}"), PayoutLineKind::Refund),
            };
            let mut made = line(place, kind, sum)?;
            made.order = Some(OrderRef {
                id: id(order.as_str())?,
                key: None,
            });
            // What is told of every order as its payment.
            made.transaction = refund.is_none().then(|| id("payment")).transpose()?;
            made.order_number = Some(order);
            lines.push(made);
        }
        for (name, (words, sum)) in self.others {
            let kind = if name.contains("reserve") {
                PayoutLineKind::Reserve
            } else {
                PayoutLineKind::Other(name.clone())
            };
            let mut made = line(name, kind, sum)?;
            made.reason = Some(words);
            lines.push(made);
        }
        Ok(lines)
    }
}

/// A name for settings: `FBAPerUnitFulfillmentFee` and `Storage Fee` become `fbaperunitfulfillmentfee` and `storage_fee`.
fn slug(words: &str) -> String {
    let lower = words.to_lowercase();
    let parts = lower.split(|letter: char| !letter.is_alphanumeric());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return "other".to_owned();
    }
    parts.join("_")
}

/// An amount, with a point or a comma before its decimals. Where the only sign has three digits behind it nobody can tell a thousand from a
/// thousandth.
fn amount(text: &str) -> Result<Decimal, Unmapped> {
    let signs = || {
        text.char_indices()
            .filter(|(_, one)| matches!(one, '.' | ','))
    };
    let last = signs().next_back();
    let (point, kinds): (Option<usize>, BTreeSet<char>) = (
        last.map(|(place, _)| place),
        signs().map(|(_, one)| one).collect(),
    );
    let behind = point.map_or("", |place| {
        text.get(place.saturating_add(1)..).unwrap_or("")
    });
    let is_thousands = behind.len() == 3 && signs().count() > 1 && kinds.len() == 1;
    if behind.len() == 3 && !is_thousands {
        return Err(Unmapped::new(format_args!(
            "'{text}' may be a thousand or a thousandth: amounts are expected with two decimals"
        )));
    }
    let point = point.filter(|_| !is_thousands);
    let plain: String = text
        .char_indices()
        .filter_map(|(place, letter)| match letter {
            '.' | ',' => (Some(place) == point).then_some('.'),
            ' ' | '\u{a0}' => None,
            other => Some(other),
        })
        .collect();
    let plain = if plain.is_empty() { "0" } else { &plain };
    Decimal::from_str_exact(plain)
        .map_err(|_| Unmapped::new(format_args!("'{text}' is not a decimal amount")))
}

/// A time as reports write it: `2026-03-02 10:00:00 UTC`, `02.03.2026 10:00:00 UTC`, or a day alone.
fn moment(text: &str) -> Result<Timestamp, Unmapped> {
    let wrong = || Unmapped::new(format_args!("'{text}' is not a time"));
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let mut words = text.split_whitespace();
    let day = words.next().ok_or_else(wrong)?;
    let form = if day.contains('.') {
        "%d.%m.%Y"
    } else {
        "%Y-%m-%d"
    };
    let day = Date::strptime(form, day).map_err(|_| wrong())?;
    let time = words.next().unwrap_or("00:00:00");
    let time = time.parse::<jiff::civil::Time>().map_err(|_| wrong())?;
    let at = day.to_datetime(time).to_zoned(TimeZone::UTC);
    Ok(at.map_err(|_| wrong())?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "settlement-id\tdeposit-date\ttotal-amount\tcurrency\ttransaction-type\torder-id\tadjustment-id\tamount-type\tamount-description\tamount\tposted-date-time";

    #[test]
    fn what_buyers_paid_is_theirs_and_what_amazon_kept_is_summed_up() {
        let rows = [
            "7\t02.03.2026 10:00:00 UTC\t1.054,20\tEUR",
            "7\t\t\t\tOrder\t111-1\t\tItemPrice\tPrincipal\t1.100,00\t28.02.2026 09:00:00 UTC",
            "7\t\t\t\tOrder\t111-1\t\tPromotion\tPrincipal\t-20,00\t28.02.2026 09:00:00 UTC",
            "7\t\t\t\tOrder\t111-1\t\tItemFees\tCommission\t-15,00\t28.02.2026 09:00:00 UTC",
            "7\t\t\t\tRefund\t111-1\ta-1\tItemPrice\tPrincipal\t-10,80\t01.03.2026 09:00:00 UTC",
            "7\t\t\t\tRefund\t111-1\ta-1\tItemFees\tCommission\t2,00\t01.03.2026 09:00:00 UTC",
            "7\t\t\t\tother-transaction\t\t\tother-transaction\tCurrent Reserve Amount\t-2,00\t01.03.2026",
        ];
        let report = format!("{HEADER}\n{}\n", rows.join("\r\n"));
        let payout = settlement(report.as_bytes()).unwrap();
        assert_eq!(payout.discrepancy().unwrap(), None);
        assert_eq!(payout.date, Date::constant(2026, 3, 2));
        let lines: Vec<(&str, &str, String)> = payout
            .lines
            .iter()
            .map(|line| (line.id.as_str(), line.kind.name(), line.net.to_string()))
            .collect();
        let expected = [
            ("111-1", "charge", "1080.00 EUR"),
            ("111-1/a-1", "refund", "-10.80 EUR"),
            ("commission", "commission", "-13.00 EUR"),
            ("current_reserve_amount", "reserve", "-2.00 EUR"),
        ];
        let expected = expected.map(|(id, kind, sum)| (id, kind, sum.to_owned()));
        assert_eq!(lines, expected);
    }

    #[test]
    fn thousands_are_never_taken_for_decimals() {
        let cases = [
            ("1.054,20", "1054.20"),
            ("-1,054.2", "-1054.2"),
            ("1.234.567", "1234567"),
            ("12", "12"),
            ("", "0"),
        ];
        for (text, expected) in cases {
            assert_eq!(amount(text).unwrap().to_string(), expected);
        }
        for text in ["1.000", "1,234", "1.234,567", "ten"] {
            assert!(amount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_report_in_another_charset_is_read_and_nonsense_is_named() {
        let mut report = format!("{HEADER}\n7\t2026-03-02 10:00:00 UTC\t3.50\tUSD\n").into_bytes();
        report.extend(b"7\t\t\t\tother-transaction\t\t\tFee\tGeb\xfchr\t3.50\t2026-03-01\n");
        assert_eq!(
            settlement(&report).unwrap().lines[0].id.as_str(),
            "geb\u{fc}hr"
        );
        let odd = format!("{HEADER}\n7\t2026-03-02 10:00:00 UTC\tten\tUSD\n");
        assert!(
            settlement(odd.as_bytes())
                .unwrap_err()
                .to_string()
                .contains("ten")
        );
        assert!(settlement(b"").is_err());
    }
}
