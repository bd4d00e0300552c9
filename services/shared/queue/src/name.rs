//! Names of queues.

use std::fmt;

use commerce::{ConnectionId, MerchantId};
use ports::queue::Route;
use ports::{Lane, Urgency};

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

    /// The queues that a route needs: one for each lane that its kind takes.
    pub(crate) fn of(route: &Route) -> impl Iterator<Item = Self> {
        Urgency::lanes(route.kind).map(|lane| Self::new(&route.merchant, &route.to, lane))
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
