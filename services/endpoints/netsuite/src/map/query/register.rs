//! SuiteQL of what the account holds under our keys.

use commerce::{ConnectionId, Kind, TargetKey};
use ports::Span;

use super::Query;

/// Records of a kind under a connection's keys whose ids lie in the spans. A connection whose name begins with this one's and a hyphen
/// comes along, since keys cannot be told apart by their beginning alone.
struct Held<'a> {
    from: &'a ConnectionId,
    kind: Kind,
    spans: &'a [Span],
}

/// How many, the sum of their ids and of their totals, for each span by its place.
pub(crate) fn tally(from: &ConnectionId, kind: Kind, spans: &[Span]) -> Query {
    let places: Vec<String> = spans
        .iter()
        .enumerate()
        .map(|(place, span)| format!("WHEN {} THEN {place}", between(span)))
        .collect();
    let held = Held { from, kind, spans };
    held.query(
        format!(
            "SELECT x.span, COUNT(*) AS records, SUM(x.id) AS ids, SUM(x.total) AS amount FROM (\
SELECT CASE {} END AS span, t.id, ABS(t.foreigntotal) AS total",
            places.join(" ")
        ),
        ") x GROUP BY x.span ORDER BY x.span",
    )
}

/// One by one.
pub(crate) fn held(from: &ConnectionId, kind: Kind, spans: &[Span]) -> Query {
    let held = Held { from, kind, spans };
    held.query(
        "SELECT t.id, t.externalid, ABS(t.foreigntotal) AS foreigntotal".to_owned(),
        " ORDER BY t.id",
    )
}

impl Held<'_> {
    fn query(&self, select: String, end: &str) -> Query {
        let types = match self.kind {
            Kind::Refund => "'CustCred', 'CashRfnd', 'CustRfnd'",
            Kind::Payout => "'Deposit'",
            Kind::Order
            | Kind::Fulfilment
            | Kind::Stock
            | Kind::Product
            | Kind::Price
            | Kind::Cancellation
            | Kind::Customer
            | Kind::Company
            | Kind::ShippingOrder => "'SalesOrd', 'CashSale', 'CustInvc'",
        };
        let spans: Vec<String> = self.spans.iter().map(between).collect();
        Query {
            q: format!(
                "{select} FROM transaction t WHERE t.type IN ({types}) AND t.externalid LIKE ? AND ({}){end}",
                spans.join(" OR ")
            ),
            params: vec![format!("{}%", TargetKey::prefix(self.from, self.kind))],
        }
    }
}

fn between(span: &Span) -> String {
    format!("t.id BETWEEN {} AND {}", span.first, span.last)
}
