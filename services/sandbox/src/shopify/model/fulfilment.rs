use jiff::Timestamp;

use super::Order;

/// What one location has to send for an order.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct FulfilmentOrder {
    pub(in crate::shopify) place: usize,
    pub(in crate::shopify) location: usize,
    pub(in crate::shopify) status: FulfilmentOrderStatus,
    pub(in crate::shopify) lines: Vec<FulfilmentOrderLine>,
    pub(in crate::shopify) created_at: Timestamp,
    pub(in crate::shopify) updated_at: Timestamp,
}

/// The states the sandbox brings about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shopify) enum FulfilmentOrderStatus {
    Open,
    InProgress,
    OnHold,
    Closed,
    Cancelled,
}

impl FulfilmentOrderStatus {
    /// A `FulfillmentOrderStatus`.
    pub(in crate::shopify) fn text(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::InProgress => "IN_PROGRESS",
            Self::OnHold => "ON_HOLD",
            Self::Closed => "CLOSED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// `FulfillmentOrderAction`s that are allowed.
    pub(in crate::shopify) fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Open => &[
                "CREATE_FULFILLMENT",
                "REPORT_PROGRESS",
                "MOVE",
                "HOLD",
                "SPLIT",
            ],
            Self::InProgress => &[
                "CREATE_FULFILLMENT",
                "REPORT_PROGRESS",
                "HOLD",
                "MARK_AS_OPEN",
            ],
            Self::OnHold => &["RELEASE_HOLD", "HOLD", "MOVE"],
            Self::Closed | Self::Cancelled => &[],
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(in crate::shopify) struct FulfilmentOrderLine {
    /// Place of the line in the order. A line is in one fulfilment order only.
    pub(in crate::shopify) line: usize,
    pub(in crate::shopify) total: u32,
    pub(in crate::shopify) remaining: u32,
}

/// A shipment.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Fulfilment {
    pub(in crate::shopify) place: usize,
    pub(in crate::shopify) location: usize,
    pub(in crate::shopify) lines: Vec<FulfilmentLine>,
    /// Places of the fulfilment orders it was taken from.
    pub(in crate::shopify) fulfilment_orders: Vec<usize>,
    pub(in crate::shopify) tracking: Tracking,
    pub(in crate::shopify) notified: bool,
    pub(in crate::shopify) cancelled: bool,
    pub(in crate::shopify) created_at: Timestamp,
    pub(in crate::shopify) updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug)]
pub(in crate::shopify) struct FulfilmentLine {
    /// Counts all lines of all fulfilments of the order.
    pub(in crate::shopify) place: usize,
    pub(in crate::shopify) line: usize,
    pub(in crate::shopify) quantity: u32,
}

/// How shipments can be followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::shopify) struct Tracking {
    pub(in crate::shopify) company: Option<String>,
    pub(in crate::shopify) numbers: Vec<String>,
    pub(in crate::shopify) urls: Vec<String>,
}

impl Order {
    /// Units of a line that are still to be sent.
    pub(in crate::shopify) fn unfulfilled(&self, line: usize) -> u32 {
        self.fulfilment_orders
            .iter()
            .flat_map(|order| &order.lines)
            .filter(|found| found.line == line)
            .map(|found| found.remaining)
            .sum()
    }

    /// An `OrderDisplayFulfillmentStatus`.
    pub(in crate::shopify) fn fulfilment_status(&self) -> &'static str {
        let remaining: u32 = self
            .fulfilment_orders
            .iter()
            .flat_map(|order| &order.lines)
            .map(|line| line.remaining)
            .sum();
        let sent = self.fulfilments.iter().any(|one| !one.cancelled);
        if self.cancelled.is_some() && !sent {
            "RESTOCKED"
        } else if remaining == 0 {
            "FULFILLED"
        } else if sent {
            "PARTIALLY_FULFILLED"
        } else if self
            .fulfilment_orders
            .iter()
            .any(|order| order.status == FulfilmentOrderStatus::OnHold)
        {
            "ON_HOLD"
        } else {
            "UNFULFILLED"
        }
    }

    /// Sends `quantities` (fulfilment order, line, units) from one location in one shipment. The caller has checked them.
    pub(in crate::shopify) fn fulfil(
        &mut self,
        location: usize,
        quantities: &[(usize, usize, u32)],
        tracking: Tracking,
        notified: bool,
        at: Timestamp,
    ) -> usize {
        let mut number: usize = self
            .fulfilments
            .iter()
            .map(|fulfilment| fulfilment.lines.len())
            .sum();
        let mut fulfilment = Fulfilment {
            place: self.fulfilments.len(),
            location,
            lines: Vec::new(),
            fulfilment_orders: Vec::new(),
            tracking,
            notified,
            cancelled: false,
            created_at: at,
            updated_at: at,
        };
        for (order, line, quantity) in quantities {
            let Some(order) = self.fulfilment_orders.get_mut(*order) else {
                continue;
            };
            if let Some(found) = order.lines.iter_mut().find(|found| found.line == *line) {
                found.remaining = found.remaining.saturating_sub(*quantity);
            }
            let done = order.lines.iter().all(|line| line.remaining == 0);
            order.status = if done {
                FulfilmentOrderStatus::Closed
            } else {
                FulfilmentOrderStatus::InProgress
            };
            order.updated_at = at;
            if !fulfilment.fulfilment_orders.contains(&order.place) {
                fulfilment.fulfilment_orders.push(order.place);
            }
            fulfilment.lines.push(FulfilmentLine {
                place: number,
                line: *line,
                quantity: *quantity,
            });
            number += 1;
        }
        let place = fulfilment.place;
        self.fulfilments.push(fulfilment);
        place
    }

    /// Calls a shipment off: its units are to be sent again. `false` where there is none, or it was called off before.
    pub(in crate::shopify) fn unfulfil(&mut self, place: usize, at: Timestamp) -> bool {
        let shipment = self.fulfilments.get_mut(place);
        let Some(shipment) = shipment.filter(|one| !one.cancelled) else {
            return false;
        };
        (shipment.cancelled, shipment.updated_at) = (true, at);
        for order in &mut self.fulfilment_orders {
            for line in &mut order.lines {
                let sent = shipment.lines.iter().filter(|sent| sent.line == line.line);
                let units: u32 = sent.map(|sent| sent.quantity).sum();
                if units > 0 {
                    line.remaining += units;
                    (order.status, order.updated_at) = (FulfilmentOrderStatus::Open, at);
                }
            }
        }
        true
    }

    /// Takes back what is not sent yet.
    pub(in crate::shopify) fn close_fulfilment_orders(&mut self, at: Timestamp) {
        for order in &mut self.fulfilment_orders {
            if order.status != FulfilmentOrderStatus::Closed {
                order.status = FulfilmentOrderStatus::Cancelled;
                order.updated_at = at;
                order.lines.iter_mut().for_each(|line| line.remaining = 0);
            }
        }
    }
}
