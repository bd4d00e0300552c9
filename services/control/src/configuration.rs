//! Plan and apply.

use std::collections::BTreeMap;

use ports::ledger::{AuditEntry, Configuration};
use proto::control::v1::{
    ApplyRequest, ApplyResponse, Change, ConfigurationVersion, GetConfigurationResponse,
    ListConfigurationsResponse, PlanResponse,
};
use tonic::Status;
use tracing::warn;

use crate::convert::{of_ledger, timestamp};
use crate::outline::Outline;
use crate::service::Service;

impl Service {
    pub(crate) async fn plan_configuration(&self, text: &str) -> Result<PlanResponse, Status> {
        let (version, changes, _) = self.compare(text).await?;
        Ok(PlanResponse {
            changes,
            active_version: version,
        })
    }

    pub(crate) async fn apply_configuration(
        &self,
        request: ApplyRequest,
        by: &str,
    ) -> Result<ApplyResponse, Status> {
        let (active, changes, outline) = self.compare(&request.text).await?;
        if request.expected_version != 0 && request.expected_version != active {
            return Err(Status::aborted(format!(
                "version {} was expected to be active, but it is {active}: somebody applied another one; plan again",
                request.expected_version
            )));
        }
        let now = self.clock.now();
        let applied = self
            .ledger
            .apply(&self.merchant, &request.text, by, now)
            .await
            .map_err(of_ledger)?;
        if applied.version != active {
            let detail = format!("version {}, {} changes", applied.version, changes.len());
            let entry = AuditEntry {
                at: now,
                by: by.to_owned(),
                action: "apply".into(),
                detail,
            };
            self.ledger
                .audit(&self.merchant, &entry)
                .await
                .map_err(of_ledger)?;
        }
        self.workers.configured(applied.version, &outline);
        self.declare(&outline).await;
        Ok(ApplyResponse {
            version: applied.version,
            changes,
        })
    }

    /// Makes the configuration's queues known, and sees to it that they are there: of others the broker tells nothing. That it is away
    /// hinders nobody from applying; workers declare what they use, too.
    pub(crate) async fn declare(&self, outline: &Outline) {
        if let Err(error) = self.queue.declare(&outline.routes()).await {
            warn!(error = %error, "queues not declared; their depths are not told until they are");
        }
    }

    /// The version of that number, 0 for the active one.
    pub(crate) async fn configuration(
        &self,
        version: i64,
    ) -> Result<GetConfigurationResponse, Status> {
        let (ledger, merchant) = (&self.ledger, &self.merchant);
        let active = match version {
            0 => ledger.configuration(merchant).await.map_err(of_ledger)?,
            _ => {
                let found = ledger.configuration_at(merchant, version).await;
                let found = found.map_err(of_ledger)?;
                let none = || {
                    let why = format!(
                        "there is no version {version}: `causeway configuration --versions` lists them"
                    );
                    Status::not_found(why)
                };
                Some(found.ok_or_else(none)?)
            }
        };
        Ok(
            active.map_or_else(GetConfigurationResponse::default, |active| {
                GetConfigurationResponse {
                    version: active.version,
                    text: active.text,
                    by: active.by,
                    at: Some(timestamp(active.at)),
                }
            }),
        )
    }

    /// Every version, newest first.
    pub(crate) async fn configurations(
        &self,
        most: u32,
    ) -> Result<ListConfigurationsResponse, Status> {
        let most = match most {
            0 => 100,
            most => usize::try_from(most).unwrap_or(usize::MAX),
        };
        let all = self.ledger.configurations(&self.merchant, most).await;
        let version = |one: Configuration| ConfigurationVersion {
            version: one.version,
            by: one.by,
            at: Some(timestamp(one.at)),
        };
        Ok(ListConfigurationsResponse {
            versions: all.map_err(of_ledger)?.into_iter().map(version).collect(),
        })
    }

    /// The active configuration's text; refused when there is none.
    pub(crate) async fn active_text(&self) -> Result<String, Status> {
        let active = self.ledger.configuration(&self.merchant).await;
        let active = active.map_err(of_ledger)?.ok_or_else(|| {
            Status::failed_precondition(
                "no configuration is active: apply one with `causeway apply causeway.yaml`",
            )
        })?;
        Ok(active.text)
    }

    /// The active configuration in outline; refused when there is none.
    pub(crate) async fn outline(&self) -> Result<Outline, Status> {
        let active = self.active_text().await?;
        self.reader
            .read(&active)
            .map_err(|problems| Status::failed_precondition(problems.join("\n")))
    }

    async fn compare(&self, text: &str) -> Result<(i64, Vec<Change>, Outline), Status> {
        let wanted = self
            .reader
            .read(text)
            .map_err(|problems| Status::invalid_argument(problems.join("\n")))?;
        if wanted.merchant != self.merchant {
            let why = format!(
                "merchant: '{}' is not served here, but '{}' is",
                wanted.merchant, self.merchant
            );
            return Err(Status::invalid_argument(why));
        }
        let active = self
            .ledger
            .configuration(&self.merchant)
            .await
            .map_err(of_ledger)?;
        let version = active.as_ref().map_or(0, |active| active.version);
        // An active version that this build cannot read counts as empty: the plan then shows everything as new.
        let before = active
            .and_then(|active| self.reader.read(&active.text).ok())
            .map(|outline| outline.values);
        let changes = changes(&before.unwrap_or_default(), &wanted.values);
        Ok((version, changes, wanted))
    }
}

pub(crate) fn changes(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<Change> {
    let paths: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differing = paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path));
    differing
        .map(|path| Change {
            path: path.clone(),
            before: before.get(path).cloned().unwrap_or_default(),
            after: after.get(path).cloned().unwrap_or_default(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(path, value)| ((*path).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_plan_names_what_is_new_gone_and_different_and_nothing_else() {
        let before = values(&[("a", "1"), ("b", "2"), ("c", "3")]);
        let after = values(&[("b", "2"), ("c", "4"), ("d", "5")]);
        let told: Vec<_> = changes(&before, &after)
            .into_iter()
            .map(|change| (change.path, change.before, change.after))
            .collect();
        let told: Vec<(&str, &str, &str)> = told
            .iter()
            .map(|(path, before, after)| (path.as_str(), before.as_str(), after.as_str()))
            .collect();
        assert_eq!(told, [("a", "1", ""), ("c", "3", "4"), ("d", "", "5")]);
    }
}
