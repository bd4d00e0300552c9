//! Backfills: started, listed, stopped here; read by the pullers.

use commerce::ExternalId;
use ports::Window;
use ports::ledger::{Backfill, BackfillScope, BackfillState};
use proto::control::v1::{Backfill as WireBackfill, StartBackfillRequest};
use tonic::Status;

use crate::convert::{backfill, instant, of_ledger};
use crate::service::Service;

impl Service {
    pub(crate) async fn begin_backfill(
        &self,
        request: StartBackfillRequest,
        by: &str,
    ) -> Result<WireBackfill, Status> {
        let sync = self.known_sync(&request.sync).await?;
        let scope = scope(&request)?;
        let expected = match &scope {
            BackfillScope::Ids(ids) | BackfillScope::Again(ids) => u64::try_from(ids.len()).ok(),
            BackfillScope::Window(_) => None,
        };
        let job = Backfill {
            id: uuid::Uuid::now_v7().to_string(),
            connection: sync.from,
            kind: sync.kind,
            scope,
            state: BackfillState::Running,
            expected,
            published: 0,
        };
        self.ledger
            .put_backfill(&self.merchant, &job)
            .await
            .map_err(of_ledger)?;
        self.note(
            by,
            "backfill",
            format!("{} of sync {}", job.id, request.sync),
        )
        .await?;
        Ok(backfill(job))
    }

    pub(crate) async fn all_backfills(&self) -> Result<Vec<WireBackfill>, Status> {
        let jobs = self
            .ledger
            .backfills(&self.merchant)
            .await
            .map_err(of_ledger)?;
        Ok(jobs.into_iter().map(backfill).collect())
    }

    pub(crate) async fn stop_backfill(&self, id: &str, by: &str) -> Result<(), Status> {
        let jobs = self
            .ledger
            .backfills(&self.merchant)
            .await
            .map_err(of_ledger)?;
        let mut job = jobs
            .into_iter()
            .find(|job| job.id == id)
            .ok_or_else(|| Status::not_found(format!("there is no backfill '{id}'")))?;
        if job.state != BackfillState::Running {
            return Err(Status::failed_precondition(format!(
                "backfill '{id}' is over already"
            )));
        }
        job.state = BackfillState::Cancelled;
        self.ledger
            .put_backfill(&self.merchant, &job)
            .await
            .map_err(of_ledger)?;
        self.note(by, "cancel backfill", id.to_owned()).await
    }
}

fn scope(request: &StartBackfillRequest) -> Result<BackfillScope, Status> {
    match (&request.from, &request.to, request.ids.as_slice()) {
        (None, None, []) => Err(Status::invalid_argument(
            "a backfill needs a span (from, to) or ids",
        )),
        (None, None, ids) => {
            let ids: Result<Vec<ExternalId>, _> =
                ids.iter().map(|id| ExternalId::new(id.clone())).collect();
            Ok(BackfillScope::Ids(ids.map_err(|error| {
                Status::invalid_argument(error.to_string())
            })?))
        }
        (Some(from), Some(to), []) => {
            let window = Window {
                from: instant(from)?,
                to: instant(to)?,
            };
            if window.from >= window.to {
                return Err(Status::invalid_argument(format!(
                    "the span {} to {} is empty",
                    window.from, window.to
                )));
            }
            Ok(BackfillScope::Window(window))
        }
        _ => Err(Status::invalid_argument(
            "a backfill takes either a span (both from and to) or ids",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Option<prost_types::Timestamp> {
        Some(prost_types::Timestamp { seconds, nanos: 0 })
    }

    fn asked(
        from: Option<prost_types::Timestamp>,
        to: Option<prost_types::Timestamp>,
        ids: &[&str],
    ) -> StartBackfillRequest {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        StartBackfillRequest {
            sync: "orders".to_owned(),
            from,
            to,
            ids,
        }
    }

    #[test]
    fn a_backfill_is_a_span_or_ids() {
        assert!(matches!(
            scope(&asked(at(1), at(2), &[])),
            Ok(BackfillScope::Window(_))
        ));
        assert!(
            matches!(scope(&asked(None, None, &["7"])), Ok(BackfillScope::Ids(ids)) if ids.len() == 1)
        );
    }

    #[test]
    fn anything_else_is_refused() {
        let wrong = [
            asked(None, None, &[]),
            asked(at(1), None, &[]),
            asked(at(2), at(2), &[]),
            asked(at(3), at(2), &[]),
            asked(at(1), at(2), &["7"]),
            asked(None, None, &[""]),
        ];
        for request in wrong {
            let refused = scope(&request).expect_err("should be refused");
            assert_eq!(refused.code(), tonic::Code::InvalidArgument, "{request:?}");
        }
    }
}
