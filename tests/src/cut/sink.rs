//! A sink whose process dies before or after it sends.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::Kind;
use ports::{Attempt, Fault, Register, Sink, Write, Written};

use super::{Cut, Knife};

pub(crate) struct CutSink {
    pub(crate) inner: Box<dyn Sink>,
    pub(crate) knife: Arc<Knife>,
}

#[async_trait]
impl Sink for CutSink {
    fn kinds(&self) -> &[Kind] {
        self.inner.kinds()
    }

    fn batch_size(&self, kind: Kind) -> usize {
        self.inner.batch_size(kind)
    }

    fn register(&self, kind: Kind) -> Option<Register<'_>> {
        self.inner.register(kind)
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        self.knife.at(Cut::BeforeSend).await;
        let attempts = self.inner.write(writes).await;
        self.knife.at(Cut::AfterSend).await;
        attempts
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        self.knife.alive().await;
        self.inner.locate(writes).await
    }
}
