//! What is read of the account once: its currencies and its zone.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use ports::{Exchange, Fault, Lane};
use tokio::sync::OnceCell;

use super::{Api, Trouble};
use crate::map::settings::Orders;
use crate::map::{Currencies, Session, query};
use crate::wire::{CurrencyRow, SessionRow};

/// The account's currencies and zone, as far as they are known.
#[derive(Default)]
pub(super) struct Facts {
    currencies: OnceCell<Currencies>,
    zone: OnceCell<TimeZone>,
}

impl Facts {
    /// The account's currencies and zone, read once.
    pub(super) async fn read(
        &self,
        api: &Api,
        orders: &Orders,
    ) -> Result<((&Currencies, &TimeZone), Vec<Exchange>), Trouble> {
        let (currencies, mut exchanges) = self.currencies(api, orders).await?;
        let zone = self
            .zone
            .get_or_try_init(|| read_zone(api, orders, &mut exchanges))
            .await?;
        Ok(((currencies, zone), exchanges))
    }

    /// The account's currencies alone, read once.
    pub(super) async fn currencies(
        &self,
        api: &Api,
        orders: &Orders,
    ) -> Result<(&Currencies, Vec<Exchange>), Trouble> {
        let mut exchanges = Vec::new();
        let currencies = self
            .currencies
            .get_or_try_init(|| read_currencies(api, orders, &mut exchanges));
        Ok((currencies.await?, exchanges))
    }
}

async fn read_currencies(
    api: &Api,
    orders: &Orders,
    exchanges: &mut Vec<Exchange>,
) -> Result<Currencies, Trouble> {
    if let Some(only) = &orders.only_currency {
        return Ok(Currencies::Only(only.clone()));
    }
    if !orders.currencies.is_empty() {
        let ids = orders.currencies.iter();
        let ids = ids.map(|(code, id)| (code.clone(), id.to_string()));
        return Ok(Currencies::ByCode(ids.collect()));
    }
    match api
        .find::<CurrencyRow>(Lane::Orders, &query::currencies())
        .await
    {
        Ok((rows, made)) => {
            exchanges.extend(made);
            let ids = rows.into_iter().map(|row| (row.symbol, row.id));
            Ok(Currencies::ByCode(ids.collect::<HashMap<_, _>>()))
        }
        Err(Trouble {
            fault: Fault::Refused { why },
            exchanges,
        }) => Err(Trouble {
            fault: Fault::Held {
                why: format!(
                    "the account's currencies cannot be read: set orders.only_currency where Multiple Currencies is off, else give the role Lists > Currency: View, or set orders.currencies. {why}"
                ),
            },
            exchanges,
        }),
        Err(trouble) => Err(trouble),
    }
}

async fn read_zone(
    api: &Api,
    orders: &Orders,
    exchanges: &mut Vec<Exchange>,
) -> Result<TimeZone, Trouble> {
    if let Some(name) = &orders.time_zone {
        // Checked when the connection was made.
        return Ok(TimeZone::get(name).unwrap_or(TimeZone::UTC));
    }
    let page = api.page(Lane::Orders, &query::session(), 1, 0).await?;
    exchanges.push(page.exchange);
    let row = page
        .rows
        .first()
        .and_then(|row| crate::map::typed::<SessionRow>(row).ok());
    let session = row.map(|row| Session::new(&row.local, page.server_time));
    Ok(session.map_or(TimeZone::UTC, |session| session.zone()))
}
