//! The pipeline's figures, as a program and as people read them.

use std::time::Duration;

use comfy_table::Table;
use sandbox::Requests;
use serde::Serialize;

use super::ceilings::Ceilings;
use super::numbers::{decimal, millis, per_second, quantile, share};

/// Everything measured in one run.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    /// `embedded` or `distributed`.
    pub(super) platform: &'static str,
    pub(super) flood: Flood,
    pub(super) live: Live,
    pub(super) processes: Vec<Process>,
    /// The parts alone.
    pub(super) ceilings: Ceilings,
}

/// All orders at once.
#[derive(Debug, Serialize)]
pub(super) struct Flood {
    /// Sales in the shop; each became a sales order.
    pub(super) orders: u64,
    /// From the shop's first request to NetSuite's last sales order.
    pub(super) took_ms: u64,
    pub(super) orders_per_second: u64,
    /// Of all but the last hundredth: without what had to be tried again.
    pub(super) first_99_percent_per_second: u64,
    pub(super) netsuite_requests_per_1000_orders: u64,
    pub(super) netsuite_refused: u64,
    pub(super) shop_requests_per_1000_orders: u64,
}

/// Orders in small bursts, from their creation in the shop to their sales orders.
#[derive(Debug, Serialize)]
pub(super) struct Live {
    pub(super) orders: u64,
    pub(super) p50_ms: u64,
    pub(super) p99_ms: u64,
    pub(super) longest_ms: u64,
}

/// What a process used; `null` where the system does not tell.
#[derive(Debug, Serialize)]
pub(super) struct Process {
    pub(super) name: String,
    /// Processor time in the flood, its start included.
    pub(super) cpu_ms_per_1000_orders: Option<u64>,
    /// Over both phases.
    pub(super) peak_kib: Option<u64>,
}

impl Flood {
    pub(super) fn new(sorted: &[Duration], netsuite: &Requests, shop: &Requests) -> Self {
        let orders = count(sorted);
        let took = sorted.last().copied().unwrap_or_default();
        let most = share(orders, 100, 99);
        let of_orders = |requests| share(calls(requests), orders, 1000);
        Self {
            orders,
            took_ms: millis(took),
            orders_per_second: per_second(orders, took),
            first_99_percent_per_second: per_second(most, quantile(sorted, 990)),
            netsuite_requests_per_1000_orders: of_orders(netsuite),
            netsuite_refused: netsuite.refused,
            shop_requests_per_1000_orders: of_orders(shop),
        }
    }
}

impl Live {
    pub(super) fn new(sorted: &[Duration]) -> Self {
        let at = |permille| millis(quantile(sorted, permille));
        Self {
            orders: count(sorted),
            p50_ms: at(500),
            p99_ms: at(990),
            longest_ms: at(1000),
        }
    }
}

fn count(values: &[Duration]) -> u64 {
    u64::try_from(values.len()).unwrap_or(u64::MAX)
}

fn calls(requests: &Requests) -> u64 {
    let all = requests.requests.iter();
    all.flat_map(|one| one.statuses.values()).sum()
}

impl Figures {
    /// The tables, one after the other.
    pub(super) fn tables(&self) -> [Table; 3] {
        [self.line(), self.costs(), self.ratios()]
    }

    fn line(&self) -> Table {
        let (flood, live) = (&self.flood, &self.live);
        let thousandths = |value| decimal(value, 3);
        let mut table = Table::new();
        table.set_header(["the whole line", self.platform]);
        let rows = [
            ("orders at once", flood.orders.to_string()),
            ("time, s", thousandths(flood.took_ms)),
            ("orders/s", flood.orders_per_second.to_string()),
            (
                "orders/s, the last 1 % aside",
                flood.first_99_percent_per_second.to_string(),
            ),
            (
                "NetSuite requests per order",
                thousandths(flood.netsuite_requests_per_1000_orders),
            ),
            ("NetSuite refusals", flood.netsuite_refused.to_string()),
            (
                "shop requests per order",
                thousandths(flood.shop_requests_per_1000_orders),
            ),
            ("orders one by one", live.orders.to_string()),
            ("shop to NetSuite, median, ms", live.p50_ms.to_string()),
            ("shop to NetSuite, 99 %, ms", live.p99_ms.to_string()),
            ("shop to NetSuite, longest, ms", live.longest_ms.to_string()),
        ];
        for (what, figure) in rows {
            table.add_row([what.to_owned(), figure]);
        }
        table
    }

    fn costs(&self) -> Table {
        let mut table = Table::new();
        table.set_header(["process", "CPU per 1,000 orders, s", "peak memory, MiB"]);
        let told = |figure: Option<String>| figure.unwrap_or_else(|| "Linux only".to_owned());
        for one in &self.processes {
            table.add_row([
                one.name.clone(),
                told(one.cpu_ms_per_1000_orders.map(|ms| decimal(ms, 3))),
                told(one.peak_kib.map(|kib| decimal(kib * 10 / 1024, 1))),
            ]);
        }
        table
    }

    fn ratios(&self) -> Table {
        let mut table = Table::new();
        table.set_header(["alone", "orders/s", "the whole line reaches, %"]);
        let rows = [
            (
                "queue: publish with confirmation and consume",
                self.ceilings.queue_per_second,
            ),
            ("HTTP: post", self.ceilings.http_per_second),
            ("ledger: claim and record", self.ceilings.ledger_per_second),
            ("these one after another", self.ceilings.one_after_another()),
        ];
        for (what, rate) in rows {
            let reached = share(self.flood.orders_per_second, rate, 1000);
            table.add_row([what.to_owned(), rate.to_string(), decimal(reached, 1)]);
        }
        table
    }
}
