//! A budget whose process dies before it makes a request.

use std::sync::Arc;

use async_trait::async_trait;
use ports::{Budget, Lane, Permit};

use super::{Cut, Knife};

#[derive(Debug)]
pub(crate) struct CutBudget {
    pub(crate) inner: Arc<dyn Budget>,
    pub(crate) knife: Arc<Knife>,
}

#[async_trait]
impl Budget for CutBudget {
    async fn acquire(&self, lane: Lane, points: u32) -> Box<dyn Permit> {
        self.knife.at(Cut::BeforeRequest).await;
        self.inner.acquire(lane, points).await
    }
}
