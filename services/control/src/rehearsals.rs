//! Dry runs: asked of the workers, of which the one that writes to the sync's target answers. Control itself holds no credentials to make them.

use std::time::Duration;

use proto::control::v1::{DryRunOrder, DryRunRequest, DryRunResponse};
use tonic::Status;

use crate::service::Service;

/// How long a worker's answer is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

impl Service {
    pub(crate) async fn rehearse(&self, request: DryRunRequest) -> Result<DryRunResponse, Status> {
        let name = request.record;
        let name = name.ok_or_else(|| Status::invalid_argument("record: is missing"))?;
        let sync = self.known_sync(&name.sync).await?;
        let ticket = uuid::Uuid::now_v7().to_string();
        let answer = self.workers.rehearse(DryRunOrder {
            ticket: ticket.clone(),
            record: Some(name),
        });
        let answered = tokio::select! {
            answered = answer => answered.ok(),
            () = self.clock.sleep(PATIENCE) => None,
        };
        self.workers.forget(&ticket);
        answered.ok_or_else(|| {
            Status::unavailable(format!(
                "no worker that writes to '{}' answered within a minute: see `causeway status`",
                sync.to
            ))
        })
    }
}
