//! Names of queues.

use std::fmt;

use commerce::{ConnectionId, MerchantId};
use ports::Lane;
use ports::queue::Route;

/// The queue of one target connection's lane, written `<merchant>.<target>.<lane>`. Names of merchants and
/// connections have no dots, so that two different queues never share a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WorkQueue {
    merchant: MerchantId,
    target: ConnectionId,
    lane: Lane,
}

impl WorkQueue {
    pub(crate) fn new(merchant: &MerchantId, target: &ConnectionId, lane: Lane) -> Self {
        Self {
            merchant: merchant.clone(),
            target: target.clone(),
            lane,
        }
    }

    /// The queues that a route needs: of its kind's own lane, and of the bulk lane for backfills.
    pub(crate) fn of(route: &Route) -> [Self; 2] {
        [Lane::of(route.kind), Lane::Bulk].map(|lane| Self::new(&route.merchant, &route.to, lane))
    }

    pub(crate) fn merchant(&self) -> &MerchantId {
        &self.merchant
    }
}

impl fmt::Display for WorkQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{}.{}",
            self.merchant,
            self.target,
            self.lane.as_str()
        )
    }
}
