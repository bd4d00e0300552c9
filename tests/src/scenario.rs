//! What the scenarios have in common: how both sides misbehave, where processes die, and what has to hold in the end.

use ports::Status;
use sandbox::{Fault, Options, Rule};

use crate::{Cut, Phase, Platform, World, writes};

/// Deaths around what is read and around what is written, for a scenario each.
pub const DEATHS: [[(Cut, usize); 2]; 2] = [
    [(Cut::BeforeAdvance, 1), (Cut::AfterClaim, 1)],
    [(Cut::AfterSend, 1), (Cut::AfterRecord, 1)],
];

/// Connections break before and after the write, answers are lost, requests refused.
#[must_use]
pub fn mishaps() -> [Rule; 4] {
    [
        Rule::at_rate(Fault::CutBefore, 0.04),
        Rule::at_rate(Fault::CutAfter, 0.04),
        Rule::at_rate(Fault::FailAfter, 0.03),
        Rule::at_rate(Fault::Refuse, 0.03),
    ]
}

/// The number at the end of one of the shop's global ids.
#[must_use]
pub fn number(gid: &str) -> &str {
    gid.rsplit('/').next().unwrap_or(gid)
}

/// The external id in NetSuite of what became of a shop's order.
#[must_use]
pub fn order_key(gid: &str) -> String {
    format!("shop-{}", number(gid))
}

impl World {
    /// A world on that platform both of whose sides misbehave by these rules.
    pub async fn troubled(platform: &Platform, orders: u32, rules: &[Rule]) -> Self {
        Self::on(platform, orders, |options: &mut Options| {
            options.netsuite.faults = rules.to_vec();
            options.shopify.faults = rules.to_vec();
            options.shipstation.faults = rules.to_vec();
        })
        .await
    }

    /// Asserts that no record of these phases needs anybody or anything.
    pub async fn assert_settled(&self, phases: &[Phase]) {
        let good = [Status::Synced, Status::Unchanged, Status::Skipped];
        for phase in phases {
            for row in self.records(*phase).await {
                let (status, reason) = (row.status, row.reason);
                assert!(
                    good.contains(&status),
                    "{} {status:?}: {reason:?}",
                    row.number
                );
            }
        }
    }

    /// Reads everything of these phases again and asserts that nothing is written.
    pub async fn assert_repeat_writes_nothing(&mut self, phases: &[Phase]) {
        let before = writes(&self.sandbox);
        for phase in phases {
            self.run_again(*phase).await;
        }
        assert_eq!(writes(&self.sandbox), before);
    }
}
