//! The way of one request.

use std::time::Duration;

use jiff::Timestamp;
use ports::Fault;
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info_span};

use crate::client::Client;
use crate::exchange::Keeper;
use crate::failure::Failure;
use crate::reply::Reply;
use crate::request::{Intent, Request};
use crate::vendor::Judgement;
use crate::wire;

impl Client {
    /// Waits for the budget, has the request signed, sends it and judges the answer. When the credentials are refused and the vendor can
    /// have new ones, it is sent once more; nothing else is repeated.
    ///
    /// # Errors
    /// [`Failure`] when no whole answer came, when the vendor's judgement found a fault, or when a dry run holds a write back.
    pub async fn send(&self, request: Request) -> Result<Reply, Failure> {
        let method = request.method.as_str();
        let span = info_span!(
            "http.request",
            otel.name = format!("{method} {}", request.url.host_str().unwrap_or_default()),
            otel.kind = "client",
            otel.status_code = Empty,
            otel.status_description = Empty,
            method,
            host = request.url.host_str(),
            path = request.url.path(),
            status = Empty,
            waited_ms = Empty,
            took_ms = Empty,
        );
        let sent = self.send_in_span(&request).instrument(span.clone()).await;
        if let Err(failure) = &sent {
            span.record("otel.status_code", "ERROR");
            span.record("otel.status_description", failure.fault.to_string());
        }
        sent
    }

    async fn send_in_span(&self, request: &Request) -> Result<Reply, Failure> {
        if self.holds_writes_back && request.intent == Intent::Write {
            return Err(Failure {
                fault: Fault::DryRun,
                exchange: self.keeper(&[]).request(request),
                reply: None,
            });
        }
        match self.attempt(request).await {
            Err(failure) if self.can_authorize_anew(&failure) => self.attempt(request).await,
            outcome => outcome,
        }
    }

    /// Only an answer can refuse credentials; when they could not be had in the first place, asking again is no help.
    fn can_authorize_anew(&self, failure: &Failure) -> bool {
        matches!(failure.fault, Fault::Unauthorized { .. })
            && failure.reply.is_some()
            && self.vendor.as_ref().is_some_and(|vendor| vendor.refused())
    }

    /// One sending. The permit lives until the last byte is here, and is given back by whatever way this ends.
    async fn attempt(&self, request: &Request) -> Result<Reply, Failure> {
        let asked = self.clock.now();
        let permit = self.budget.acquire(request.lane, request.points).await;
        let waited = milliseconds(asked, self.clock.now());
        Span::current().record("waited_ms", waited);
        let mut signed = request.clone();
        if let Some(vendor) = &self.vendor {
            let authorized = vendor.authorize(&mut signed, &self.transport()).await;
            authorized.map_err(|fault| self.not_authorized(&signed, fault))?;
        }
        let credentials = self.redactor.credentials(&signed);
        let keeper = self.keeper(&credentials);
        let mut exchange = keeper.request(&signed);

        let begun = self.clock.now();
        let answer = wire::send(self, &signed, self.timeout(&signed)).await;
        let received_at = self.clock.now();
        if let Some(observer) = &self.observer {
            observer(answer.as_ref().map_or(0, |answer| answer.status));
        }
        exchange.took_ms = milliseconds(begun, received_at);
        Span::current().record("took_ms", exchange.took_ms);

        let answer = match answer {
            Ok(answer) => answer,
            Err(broken) => {
                let fault = self
                    .redactor
                    .fault(broken.fault(signed.intent), &credentials);
                tracing::debug!(took_ms = exchange.took_ms, %fault, "no answer");
                exchange.error = Some(fault.to_string());
                return Err(Failure {
                    fault,
                    exchange,
                    reply: None,
                });
            }
        };
        Span::current().record("status", answer.status);
        tracing::debug!(status = answer.status, took_ms = exchange.took_ms, "answer");
        exchange.reply = Some(keeper.reply(answer.status, &answer.headers, &answer.body));
        let reply = Reply {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            received_at,
            intent: signed.intent,
            exchange,
        };
        let judgement = self.vendor.as_ref().map_or_else(
            || Judgement::by_status(&signed, &reply),
            |vendor| vendor.judge(&signed, &reply),
        );
        permit.finish(judgement.feedback);
        match judgement.fault {
            None => Ok(reply),
            Some(fault) => Err(Failure {
                fault: self.redactor.fault(fault, &credentials),
                exchange: reply.exchange.clone(),
                reply: Some(Box::new(reply)),
            }),
        }
    }

    fn not_authorized(&self, request: &Request, fault: Fault) -> Failure {
        let credentials = self.redactor.credentials(request);
        let fault = self.redactor.fault(fault, &credentials);
        let mut exchange = self.keeper(&credentials).request(request);
        exchange.error = Some(format!("not sent: {fault}"));
        Failure {
            fault,
            exchange,
            reply: None,
        }
    }

    fn keeper<'a>(&'a self, credentials: &'a [String]) -> Keeper<'a> {
        Keeper {
            redactor: &self.redactor,
            kept_bytes: self.options.kept_body_bytes,
            credentials,
        }
    }

    fn timeout(&self, request: &Request) -> Duration {
        match request.intent {
            Intent::Read => self.options.read_timeout,
            Intent::Write => self.options.write_timeout,
        }
    }
}

fn milliseconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_millis()).unwrap_or(0)
}
