//! A sink each of whose requests is made anew, and compared byte for byte.

use async_trait::async_trait;
use causeway_shopify::{Settings, remake};
use commerce::Kind;
use ports::{Attempt, Effect, Fault, Kept, Register, Sink, Write, Written};

pub(crate) struct Remaking {
    pub(crate) inner: Box<dyn Sink>,
    pub(crate) settings: Settings,
}

/// Those of the attempt's requests that these settings would make otherwise, and how many were looked at.
pub(crate) fn otherwise(
    settings: &Settings,
    write: &Write,
    attempt: &Attempt,
) -> (Vec<String>, usize) {
    // All that is known later.
    let later = Write {
        bound: None,
        parent: None,
        ..write.clone()
    };
    let kept = attempt.exchanges.iter().filter_map(|one| one.kept.as_ref());
    let told = kept.clone().filter_map(|kept| {
        let body = match remake(settings, &later, &kept.facts) {
            Ok(body) => String::from_utf8(body).unwrap(),
            Err(fault) => return Some(fault.to_string()),
        };
        (Kept::digest_of(body.as_bytes()) != kept.digest).then_some(body)
    });
    (told.collect(), kept.count())
}

#[async_trait]
impl Sink for Remaking {
    fn kinds(&self) -> &[Kind] {
        self.inner.kinds()
    }

    fn batch_size(&self, kind: Kind) -> usize {
        self.inner.batch_size(kind)
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        let attempts = self.inner.write(writes).await;
        for (write, attempt) in writes.iter().zip(&attempts) {
            let (otherwise, all) = otherwise(&self.settings, write, attempt);
            assert!(
                otherwise.is_empty(),
                "{otherwise:#?}\n{:#?}",
                attempt.exchanges
            );
            let wrote = attempt
                .result
                .as_ref()
                .is_ok_and(|written| matches!(written.effect, Effect::Created | Effect::Updated));
            assert!(!wrote || all > 0, "{:?}", write.event);
        }
        attempts
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        self.inner.locate(writes).await
    }

    fn register(&self, kind: Kind) -> Option<Register<'_>> {
        self.inner.register(kind)
    }
}
