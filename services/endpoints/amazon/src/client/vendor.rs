//! Amazon as the HTTP client's vendor, and the storage that documents are put at.

use std::time::Duration;

use async_trait::async_trait;
use http::{Client, Judgement, Method, Reply, Request, Vendor, by_status};
use ports::{Fault, Feedback};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::auth::Grant;
use crate::wire::Problems;

/// How Causeway calls itself (Selling Partner API, "Include a User-Agent header in all requests").
const USER_AGENT: &str = concat!("Causeway/", env!("CARGO_PKG_VERSION"), " (Language=Rust)");

/// Credentials, and what replies mean.
pub(super) struct Amazon {
    pub(super) grant: Grant,
}

#[async_trait]
impl Vendor for Amazon {
    async fn authorize(&self, request: &mut Request, transport: &Client) -> Result<(), Fault> {
        let token = self.grant.token(transport, request.lane).await?;
        let own = ["x-amz-access-token", "user-agent"];
        request.headers.retain(|(name, _)| !own.contains(name));
        let token = token.expose().to_owned();
        request.headers.push(("x-amz-access-token", token));
        request.headers.push(("user-agent", USER_AGENT.to_owned()));
        Ok(())
    }

    /// A refusal for too many calls is of one operation: it waits as long as that takes for the next call, and holds no other up.
    fn judge(&self, request: &Request, reply: &Reply) -> Judgement {
        let refused = reply.status == 429;
        let fault = match (by_status(request, reply), told(reply)) {
            (Some(Fault::Throttled { why, after }), words) => Some(Fault::Throttled {
                after: after.or_else(|| Some(until_the_next(request, reply))),
                why: words.unwrap_or(why),
            }),
            (Some(Fault::Refused { .. }), Some(why)) => Some(Fault::Refused { why }),
            (Some(Fault::Unauthorized { .. }), Some(why)) => Some(Fault::Unauthorized {
                why: format!(
                    "{why}: check the application's roles and that the seller's authorization stands"
                ),
            }),
            (other, _) => other,
        };
        Judgement {
            fault,
            feedback: Feedback {
                refused: refused && is_quick(request),
                ..Feedback::default()
            },
        }
    }

    fn refused(&self) -> bool {
        self.grant.forget()
    }

    fn secret_names(&self) -> &[&str] {
        &[
            "x-amz-access-token",
            "X-Amz-Signature",
            "X-Amz-Credential",
            "X-Amz-Security-Token",
        ]
    }
}

/// Amazon's words.
fn told(reply: &Reply) -> Option<String> {
    let problems: Problems = serde_json::from_slice(&reply.body).ok()?;
    let words = problems.errors.iter().map(|one| {
        let details = one.details.as_deref().filter(|text| !text.is_empty());
        let details = details.map(|text| format!(" ({text})")).unwrap_or_default();
        format!("{}: {}{details}", one.code, one.message)
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// Calls a second, by the reply's `x-amzn-RateLimit-Limit` or, where that is absent, the operation's usual plan; how long until one is free.
fn until_the_next(request: &Request, reply: &Reply) -> Duration {
    let limit = reply.headers.get("x-amzn-ratelimit-limit");
    let limit = limit.and_then(|text| Decimal::from_str_exact(text.trim()).ok());
    let rate = limit
        .filter(|rate| *rate > Decimal::ZERO)
        .unwrap_or_else(|| usual(request));
    let seconds = Decimal::ONE.checked_div(rate).unwrap_or(Decimal::ONE);
    let seconds = seconds.ceil().to_u64().unwrap_or(1);
    Duration::from_secs(seconds.clamp(1, 3_600))
}

/// The usual plans (the models' usage plan tables).
fn usual(request: &Request) -> Decimal {
    let path = request.url.path();
    let ends = |with: &str| path.trim_end_matches('/').ends_with(with);
    let ten_thousandths = match request.method {
        Method::Get if ends("/2026-01-01/orders") => 56,
        Method::Get if path.contains("/2026-01-01/orders/") => 5_000,
        Method::Post if ends("/feeds") => 83,
        Method::Get if path.contains("/feeds/2021-06-30/documents/") => 222,
        Method::Get if ends("/reports") => 222,
        Method::Get if path.contains("/reports/2021-06-30/documents/") => 167,
        _ => 20_000,
    };
    Decimal::new(ten_thousandths, 4)
}

/// Whether refusals of the operation tell of too much at once, and not of a rate that is meant to be waited for.
fn is_quick(request: &Request) -> bool {
    usual(request) >= Decimal::ONE
}

/// Storage behind addresses that are their own leave.
pub(super) struct Storage;

#[async_trait]
impl Vendor for Storage {
    async fn authorize(&self, _: &mut Request, _: &Client) -> Result<(), Fault> {
        Ok(())
    }

    fn judge(&self, request: &Request, reply: &Reply) -> Judgement {
        let mut judgement = Judgement::by_status(request, reply);
        // Such an address lives for minutes; it says nothing about the account.
        if let Some(Fault::Unauthorized { why }) = &judgement.fault {
            judgement.fault = Some(Fault::Unavailable { why: why.clone() });
        }
        judgement
    }

    fn refused(&self) -> bool {
        false
    }

    fn secret_names(&self) -> &[&str] {
        &[
            "X-Amz-Signature",
            "X-Amz-Credential",
            "X-Amz-Security-Token",
        ]
    }
}
