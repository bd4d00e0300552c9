//! A period's account as a tab-delimited file (Selling Partner API, "Flat File V2 Settlement Report").

use jiff::{Timestamp, ToSpan as _};
use rust_decimal::Decimal;

use super::books::Books;
use super::market::Marketplace;
use super::money::Entry;
use super::order::Fulfiller;
use super::reports::Report;

const COLUMNS: [&str; 24] = [
    "settlement-id",
    "settlement-start-date",
    "settlement-end-date",
    "deposit-date",
    "total-amount",
    "currency",
    "transaction-type",
    "order-id",
    "merchant-order-id",
    "adjustment-id",
    "shipment-id",
    "marketplace-name",
    "amount-type",
    "amount-description",
    "amount",
    "fulfillment-id",
    "posted-date",
    "posted-date-time",
    "order-item-code",
    "merchant-order-item-id",
    "merchant-adjustment-item-id",
    "sku",
    "quantity-purchased",
    "promotion-id",
];

/// Amounts and dates as the marketplace writes them.
impl Marketplace {
    fn amount(&self, amount: Decimal) -> String {
        let text = self.round(amount).to_string();
        if self.comma {
            text.replace('.', ",")
        } else {
            text
        }
    }

    fn date(&self, at: Timestamp) -> String {
        let form = if self.comma { "%d.%m.%Y" } else { "%m/%d/%y" };
        at.strftime(form).to_string()
    }

    fn moment(&self, at: Timestamp) -> String {
        let form = if self.comma {
            "%d.%m.%Y %H:%M:%S UTC"
        } else {
            "%Y-%m-%d %H:%M:%S UTC"
        };
        at.strftime(form).to_string()
    }
}

impl Books {
    /// Settles what is on the seller's account, a report for each marketplace. Returns the reports' ids.
    pub(super) fn settle(&mut self, now: Timestamp) -> Vec<String> {
        let mut open = std::mem::take(&mut self.account);
        let mut reports = Vec::new();
        while let Some(marketplace) = open.first().map(|entry| entry.marketplace) {
            let (mut own, rest): (Vec<Entry>, Vec<Entry>) = open
                .into_iter()
                .partition(|entry| entry.marketplace == marketplace);
            open = rest;
            own.extend(fees(marketplace, now));
            reports.push(self.report(marketplace, &own, now));
        }
        reports
    }

    fn report(
        &mut self,
        marketplace: &'static Marketplace,
        entries: &[Entry],
        now: Timestamp,
    ) -> String {
        let before = self.reports.iter().rev();
        let before = before.filter(|report| report.marketplace == marketplace.id);
        let first = entries.iter().map(|entry| entry.at).min().unwrap_or(now);
        let start = before.map(|report| report.end).next().unwrap_or(first);
        let settlement = format!("{}", 11_000_000_000 + self.number());
        let total: Decimal = entries.iter().map(|entry| entry.amount).sum();
        let mut text = format!("{}\n", COLUMNS.join("\t"));
        let deposit = now + 48.hours();
        let mut head = vec![
            settlement.clone(),
            marketplace.moment(start),
            marketplace.moment(now),
            marketplace.moment(deposit),
            marketplace.amount(total),
            marketplace.currency.to_owned(),
        ];
        head.resize(COLUMNS.len(), String::new());
        text.push_str(&format!("{}\n", head.join("\t")));
        for entry in entries {
            text.push_str(&format!("{}\n", row(&settlement, entry).join("\t")));
        }
        let document = self.keep("text/tab-separated-values; charset=windows-1252", &text);
        let id = (60_000_000 + self.number()).to_string();
        self.reports.push(Report {
            id: id.clone(),
            marketplace: marketplace.id,
            start,
            end: now,
            document,
        });
        id
    }
}

/// What a period costs whatever was sold.
fn fees(marketplace: &'static Marketplace, at: Timestamp) -> [Entry; 2] {
    [("Subscription Fee", 3999), ("Storage Fee", 1217)].map(|(name, cents)| Entry {
        at,
        marketplace,
        transaction: "other-transaction",
        what: ("other-transaction", name),
        amount: -marketplace.local(Decimal::new(cents, 2)),
        sale: None,
    })
}

fn row(settlement: &str, entry: &Entry) -> Vec<String> {
    let place = entry.marketplace;
    let of = |name: &str| -> String {
        let sale = entry.sale.as_ref();
        let value = match name {
            "settlement-id" => Some(settlement.to_owned()),
            "transaction-type" => Some(entry.transaction.to_owned()),
            "order-id" | "merchant-order-id" => sale.map(|sale| sale.order.clone()),
            "adjustment-id" | "merchant-adjustment-item-id" => {
                sale.and_then(|sale| sale.adjustment.clone())
            }
            "shipment-id" => sale
                .filter(|sale| sale.adjustment.is_none())
                .map(|sale| format!("D{}", sale.item)),
            "marketplace-name" => Some(place.name.to_owned()),
            "amount-type" => Some(entry.what.0.to_owned()),
            "amount-description" => Some(entry.what.1.to_owned()),
            "amount" => Some(place.amount(entry.amount)),
            "fulfillment-id" => sale.map(|sale| {
                let code = if sale.by == Fulfiller::Amazon {
                    "AFN"
                } else {
                    "MFN"
                };
                code.to_owned()
            }),
            "posted-date" => Some(place.date(entry.at)),
            "posted-date-time" => Some(place.moment(entry.at)),
            "order-item-code" => sale.map(|sale| sale.item.clone()),
            "sku" => sale.map(|sale| sale.sku.clone()),
            "quantity-purchased" => sale
                .filter(|_| entry.what.1 == "Principal")
                .map(|sale| sale.units.to_string()),
            "promotion-id" => sale
                .filter(|_| entry.what.0 == "Promotion")
                .and_then(|sale| sale.promotion.clone()),
            _ => None,
        };
        value.unwrap_or_default()
    };
    COLUMNS.iter().map(|name| of(name)).collect()
}
