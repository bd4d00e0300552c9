//! The gRPC face: one short method per call, the work is in the modules.

use std::pin::Pin;
use std::sync::Arc;

use commerce::MerchantId;
use futures_util::{Stream, StreamExt as _};
use ports::{Clock, Ledger, Queue};
use proto::control::v1::control_server::Control;
use proto::control::v1::{
    AnswerDryRunRequest, AnswerDryRunResponse, ApplyRequest, ApplyResponse, AuditLogRequest,
    AuditLogResponse, CancelBackfillRequest, CancelBackfillResponse, CompletenessRequest,
    CompletenessResponse, DryRunRequest, DryRunResponse, FindRecordsRequest, FindRecordsResponse,
    GetConfigurationRequest, GetConfigurationResponse, GetRecordRequest, GetRecordResponse,
    IgnoreRequest, IgnoreResponse, ListBackfillsRequest, ListBackfillsResponse, ListBuriedRequest,
    ListBuriedResponse, ListConfigurationsRequest, ListConfigurationsResponse, ListUnmappedRequest,
    ListUnmappedResponse, PauseRequest, PauseResponse, PlanRequest, PlanResponse, PreviewRequest,
    PreviewResponse, ReplayBuriedRequest, ReplayBuriedResponse, ResumeRequest, ResumeResponse,
    RetryRequest, RetryResponse, RunRequest, RunResponse, StartAuditRequest, StartAuditResponse,
    StartBackfillRequest, StartBackfillResponse, StatusRequest, StatusResponse, VerifyRequest,
    VerifyResponse, WatchRequest, WorkOrder, WorkReport,
};
use tonic::{Request, Response, Status, Streaming};

use crate::convert::{inspection, of_ledger, reconciliation};
use crate::outline::Reader;
use crate::workers::Workers;

/// The control service of one merchant.
#[derive(Clone)]
pub struct Service {
    /// Whose.
    pub merchant: MerchantId,
    /// Where everything is kept.
    pub ledger: Arc<dyn Ledger>,
    /// Where depths and buried messages are.
    pub queue: Arc<dyn Queue>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Reads configurations.
    pub reader: Arc<dyn Reader>,
    /// The workers that are connected.
    pub workers: Workers,
}

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Who calls, for the audit log: what the caller says of itself. Whoever holds the token is trusted to say.
pub(crate) fn caller<T>(request: &Request<T>) -> String {
    let named = request
        .metadata()
        .get("x-causeway-user")
        .and_then(|value| value.to_str().ok());
    named
        .filter(|name| !name.is_empty() && name.len() <= 100)
        .unwrap_or("operator")
        .to_owned()
}

#[tonic::async_trait]
impl Control for Service {
    async fn plan(&self, request: Request<PlanRequest>) -> Result<Response<PlanResponse>, Status> {
        self.plan_configuration(&request.into_inner().text)
            .await
            .map(Response::new)
    }

    async fn apply(
        &self,
        request: Request<ApplyRequest>,
    ) -> Result<Response<ApplyResponse>, Status> {
        let by = caller(&request);
        self.apply_configuration(request.into_inner(), &by)
            .await
            .map(Response::new)
    }

    async fn get_configuration(
        &self,
        request: Request<GetConfigurationRequest>,
    ) -> Result<Response<GetConfigurationResponse>, Status> {
        let version = request.into_inner().version;
        self.configuration(version).await.map(Response::new)
    }

    async fn list_configurations(
        &self,
        request: Request<ListConfigurationsRequest>,
    ) -> Result<Response<ListConfigurationsResponse>, Status> {
        let most = request.into_inner().most;
        self.configurations(most).await.map(Response::new)
    }

    async fn status(&self, _: Request<StatusRequest>) -> Result<Response<StatusResponse>, Status> {
        self.how_everything_stands().await.map(Response::new)
    }

    type WatchStream = Answers<StatusResponse>;

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let interval = crate::convert::interval(request.into_inner().interval)?;
        let states = self.clone().states_every(interval);
        let states = states.take_until(self.workers.end());
        Ok(Response::new(states.boxed()))
    }

    async fn pause(
        &self,
        request: Request<PauseRequest>,
    ) -> Result<Response<PauseResponse>, Status> {
        let by = caller(&request);
        self.set_paused(&request.into_inner().sync, true, &by)
            .await?;
        Ok(Response::new(PauseResponse {}))
    }

    async fn resume(
        &self,
        request: Request<ResumeRequest>,
    ) -> Result<Response<ResumeResponse>, Status> {
        let by = caller(&request);
        self.set_paused(&request.into_inner().sync, false, &by)
            .await?;
        Ok(Response::new(ResumeResponse {}))
    }

    async fn run(&self, request: Request<RunRequest>) -> Result<Response<RunResponse>, Status> {
        let workers = self.run_now(&request.into_inner().sync).await?;
        Ok(Response::new(RunResponse { workers }))
    }

    async fn start_backfill(
        &self,
        request: Request<StartBackfillRequest>,
    ) -> Result<Response<StartBackfillResponse>, Status> {
        let by = caller(&request);
        let backfill = self.begin_backfill(request.into_inner(), &by).await?;
        Ok(Response::new(StartBackfillResponse {
            backfill: Some(backfill),
        }))
    }

    async fn list_backfills(
        &self,
        _: Request<ListBackfillsRequest>,
    ) -> Result<Response<ListBackfillsResponse>, Status> {
        let backfills = self.all_backfills().await?;
        Ok(Response::new(ListBackfillsResponse { backfills }))
    }

    async fn cancel_backfill(
        &self,
        request: Request<CancelBackfillRequest>,
    ) -> Result<Response<CancelBackfillResponse>, Status> {
        let by = caller(&request);
        self.stop_backfill(&request.into_inner().id, &by).await?;
        Ok(Response::new(CancelBackfillResponse {}))
    }

    async fn find_records(
        &self,
        request: Request<FindRecordsRequest>,
    ) -> Result<Response<FindRecordsResponse>, Status> {
        self.page_of_records(request.into_inner())
            .await
            .map(Response::new)
    }

    async fn get_record(
        &self,
        request: Request<GetRecordRequest>,
    ) -> Result<Response<GetRecordResponse>, Status> {
        self.one_record(request.into_inner())
            .await
            .map(Response::new)
    }

    async fn retry(
        &self,
        request: Request<RetryRequest>,
    ) -> Result<Response<RetryResponse>, Status> {
        let by = caller(&request);
        let records = self.requeue(request.into_inner().selection, &by).await?;
        Ok(Response::new(RetryResponse { records }))
    }

    async fn ignore(
        &self,
        request: Request<IgnoreRequest>,
    ) -> Result<Response<IgnoreResponse>, Status> {
        let by = caller(&request);
        let records = self.set_aside(request.into_inner().selection, &by).await?;
        Ok(Response::new(IgnoreResponse { records }))
    }

    async fn list_buried(
        &self,
        request: Request<ListBuriedRequest>,
    ) -> Result<Response<ListBuriedResponse>, Status> {
        let messages = self.buried(request.into_inner().most).await?;
        Ok(Response::new(ListBuriedResponse { messages }))
    }

    async fn replay_buried(
        &self,
        request: Request<ReplayBuriedRequest>,
    ) -> Result<Response<ReplayBuriedResponse>, Status> {
        let by = caller(&request);
        let messages = self.replay(&request.into_inner().ids, &by).await?;
        Ok(Response::new(ReplayBuriedResponse { messages }))
    }

    async fn preview(
        &self,
        request: Request<PreviewRequest>,
    ) -> Result<Response<PreviewResponse>, Status> {
        let preview = self.preview_rules(request.into_inner()).await?;
        Ok(Response::new(preview))
    }

    async fn verify(
        &self,
        request: Request<VerifyRequest>,
    ) -> Result<Response<VerifyResponse>, Status> {
        self.verify_pushes(request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_unmapped(
        &self,
        _request: Request<ListUnmappedRequest>,
    ) -> Result<Response<ListUnmappedResponse>, Status> {
        self.unmapped_values().await.map(Response::new)
    }

    async fn completeness(
        &self,
        _request: Request<CompletenessRequest>,
    ) -> Result<Response<CompletenessResponse>, Status> {
        let found = self.ledger.reconciliations(&self.merchant).await;
        let found = found.map_err(of_ledger)?;
        let inspected = self.ledger.inspections(&self.merchant).await;
        let inspected = inspected.map_err(of_ledger)?;
        Ok(Response::new(CompletenessResponse {
            reconciliations: found.into_iter().map(reconciliation).collect(),
            inspections: inspected.into_iter().map(inspection).collect(),
        }))
    }

    async fn start_audit(
        &self,
        request: Request<StartAuditRequest>,
    ) -> Result<Response<StartAuditResponse>, Status> {
        let by = caller(&request);
        let started = self.audit_now(&request.into_inner().sync, &by).await?;
        Ok(Response::new(started))
    }

    async fn audit_log(
        &self,
        request: Request<AuditLogRequest>,
    ) -> Result<Response<AuditLogResponse>, Status> {
        let entries = self.audit_entries(request.into_inner().most).await?;
        Ok(Response::new(AuditLogResponse { entries }))
    }

    async fn dry_run(
        &self,
        request: Request<DryRunRequest>,
    ) -> Result<Response<DryRunResponse>, Status> {
        self.rehearse(request.into_inner()).await.map(Response::new)
    }

    async fn answer_dry_run(
        &self,
        request: Request<AnswerDryRunRequest>,
    ) -> Result<Response<AnswerDryRunResponse>, Status> {
        self.workers.answered(request.into_inner());
        Ok(Response::new(AnswerDryRunResponse {}))
    }

    type WorkStream = Answers<WorkOrder>;

    async fn work(
        &self,
        request: Request<Streaming<WorkReport>>,
    ) -> Result<Response<Self::WorkStream>, Status> {
        let orders = self
            .workers
            .attend(request.into_inner(), Arc::clone(&self.clock));
        Ok(Response::new(orders.boxed()))
    }
}
