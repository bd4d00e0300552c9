//! Whether the connection can do its work.

use async_trait::async_trait;
use http::Reply;
use jiff::SignedDuration;
use ports::{Fault, Finding, Health, Lane, Probe, Severity};
use serde_json::json;

use super::api::Api;
use super::documents::{KEY_STANDING, STANDING};
use crate::wire::{Answer, Standing};
use crate::{Auth, Settings};

/// More than this between the server's clock and ours is told.
const MOST_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// What the administrator's role has to allow in the channel, one of each row, and for what.
const RIGHTS: [(&[&str], &str); 3] = [
    (&["ReadOrder"], "orders and refunds are read"),
    (
        &["UpdateOrder"],
        "fulfilments, refunds and cancellations are written",
    ),
    (
        &["UpdateCatalog", "UpdateProduct"],
        "stock levels are written",
    ),
];

pub(crate) struct Checkup {
    api: Api,
    by_key: bool,
}

impl Checkup {
    pub(crate) fn new(settings: &Settings, api: Api) -> Self {
        let by_key = matches!(settings.auth, Auth::ApiKey(_));
        Self { api, by_key }
    }

    /// Of a key's rights only reading can be tried without harm.
    async fn probe_by_key(&self) -> Result<Health, Fault> {
        let sent = self.api.query(Lane::Orders, KEY_STANDING, json!({}));
        let reply = sent.await?;
        let answer: Answer<Standing> = reply.json()?;
        let channel = &answer.data.active_channel;
        let read = Finding {
            what: "right: ReadOrder".to_owned(),
            severity: Severity::Good,
            detail: "the key may read orders".to_owned(),
        };
        let write = Finding {
            what: "right: UpdateOrder, UpdateCatalog".to_owned(),
            severity: Severity::Warning,
            detail:
                "not known: Vendure does not tell a key its rights. See the key's roles in the shop"
                    .to_owned(),
        };
        Ok(Health {
            identity: format!(
                "channel {} ({}), by an API key",
                channel.code, channel.default_currency_code
            ),
            findings: [read, write].into_iter().chain(clock(&reply)).collect(),
        })
    }
}

#[async_trait]
impl Probe for Checkup {
    async fn probe(&self) -> Result<Health, Fault> {
        if self.by_key {
            return self.probe_by_key().await;
        }
        let reply = self.api.query(Lane::Orders, STANDING, json!({})).await?;
        let answer: Answer<Standing> = reply.json()?;
        let channel = &answer.data.active_channel;
        let user = answer.data.me.as_ref().ok_or_else(|| Fault::Unauthorized {
            why: "the server does not know who asks: check 'auth'".to_owned(),
        })?;
        let allowed = user.channels.iter().find(|one| one.code == channel.code);
        let mut findings: Vec<Finding> = RIGHTS
            .iter()
            .map(|(names, what)| {
                let has = |name: &&str| {
                    let all = allowed.iter().flat_map(|channel| &channel.permissions);
                    all.into_iter().any(|right| right == name)
                };
                let good = names.iter().any(has);
                Finding {
                    what: format!("right: {}", names.join(" or ")),
                    severity: if good { Severity::Good } else { Severity::Bad },
                    detail: if good {
                        (*what).to_owned()
                    } else {
                        format!("without it nothing of this works: {what}. Give it to a role of '{}' in the channel", user.identifier)
                    },
                }
            })
            .collect();
        findings.extend(clock(&reply));
        Ok(Health {
            identity: format!(
                "channel {} ({}), as {}",
                channel.code, channel.default_currency_code, user.identifier
            ),
            findings,
        })
    }
}

fn clock(reply: &Reply) -> Option<Finding> {
    let ahead = reply.received_at.duration_since(reply.date()?);
    let seconds = ahead.as_secs();
    let good = ahead.abs() <= MOST_SKEW;
    Some(Finding {
        what: "clock".to_owned(),
        severity: if good {
            Severity::Good
        } else {
            Severity::Warning
        },
        detail: if good {
            format!("{seconds} s ahead of the shop's")
        } else {
            format!("this machine's clock is {seconds} s ahead of the shop's: synchronize it")
        },
    })
}
