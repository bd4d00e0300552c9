use std::time::Duration;

use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::state::{Shared, dawdle};
use crate::wreck;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Refused as over the limit, in the vendor's own form. Nothing is written.
    Refuse,
    /// Answered late by this many milliseconds, and otherwise as usual.
    Delay(u64),
    /// 500 before anything is written.
    FailBefore,
    /// 500 after the write was committed.
    FailAfter,
    /// The connection is dropped before the request is handled.
    CutBefore,
    /// The request is handled in full, then the connection is dropped: without a byte of answer, or half way through it (they alternate).
    CutAfter,
    /// The request is handled in full, and answered 200 with JSON that ends half way.
    Garble,
    /// 401, as if the access token had just expired. Nothing is written.
    Expire,
}

/// One fault and the requests it befalls.
///
/// A rule numbers the requests it matches from 1; `requests` and `rate` speak of these numbers. Whether a `rate` hits request
/// *n* depends on the seed, the rule's place in the list and *n* only, so the same run fails in the same places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What happens.
    pub fault: Fault,
    /// Share of the matching requests it happens to, 0 to 1.
    #[serde(default)]
    pub rate: f64,
    /// Numbers of the matching requests it happens to, in addition to those the rate picks.
    #[serde(default)]
    pub requests: Vec<u64>,
    /// Only requests with this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Only requests whose target contains this text. The target is the path and query; for GraphQL, the path, `#` and the root field.
    #[serde(default)]
    pub target: Option<String>,
}

impl Rule {
    /// `fault` on every request; narrow it with the other methods.
    pub fn always(fault: Fault) -> Self {
        Self {
            rate: 1.0,
            ..Self::on(fault, [])
        }
    }

    /// `fault` on the matching requests with these numbers, counted from 1.
    pub fn on(fault: Fault, requests: impl Into<Vec<u64>>) -> Self {
        Self {
            fault,
            rate: 0.0,
            requests: requests.into(),
            method: None,
            target: None,
        }
    }

    /// `fault` on this share (0 to 1) of the matching requests.
    pub fn at_rate(fault: Fault, rate: f64) -> Self {
        Self {
            rate,
            ..Self::on(fault, [])
        }
    }

    /// Only requests with this method.
    #[must_use]
    pub fn method(self, method: &str) -> Self {
        Self {
            method: Some(method.to_owned()),
            ..self
        }
    }

    /// Only requests whose target contains this text.
    #[must_use]
    pub fn target(self, target: &str) -> Self {
        Self {
            target: Some(target.to_owned()),
            ..self
        }
    }

    fn matches(&self, method: &str, target: &str) -> bool {
        self.method
            .as_deref()
            .is_none_or(|m| m.eq_ignore_ascii_case(method))
            && self.target.as_deref().is_none_or(|t| target.contains(t))
    }

    fn hits(&self, seed: u64, rule: u64, number: u64) -> bool {
        if self.requests.contains(&number) {
            return true;
        }
        let mixed = seed
            ^ rule.wrapping_mul(0x9E37_79B9_7F4A_7C15)
            ^ number.wrapping_mul(0xD1B5_4A32_D192_ED03);
        self.rate > 0.0 && fastrand::Rng::with_seed(mixed).f64() < self.rate
    }
}

/// The fault rules of one server; a cheap handle.
#[derive(Clone, Debug)]
pub struct Faults {
    seed: u64,
    rules: Shared<Vec<(Rule, u64)>>,
}

impl Faults {
    /// These rules, with a seed for those that go by rate.
    pub fn new(seed: u64, rules: Vec<Rule>) -> Self {
        let faults = Self {
            seed,
            rules: Shared::new(Vec::new()),
        };
        faults.set(rules);
        faults
    }

    /// Replaces all rules and starts counting anew.
    pub fn set(&self, rules: Vec<Rule>) {
        *self.rules.lock() = rules.into_iter().map(|rule| (rule, 0)).collect();
    }

    /// The rules in force.
    pub fn rules(&self) -> Vec<Rule> {
        self.rules
            .lock()
            .iter()
            .map(|(rule, _)| rule.clone())
            .collect()
    }

    /// Counts a request and says what befalls it: the delays of all rules that hit, and the first other fault.
    pub fn plan(&self, method: &str, target: &str) -> Plan {
        let mut plan = Plan::default();
        for (place, (rule, seen)) in (0u64..).zip(self.rules.lock().iter_mut()) {
            if !rule.matches(method, target) {
                continue;
            }
            *seen += 1;
            if !rule.hits(self.seed, place, *seen) {
                continue;
            }
            match rule.fault {
                Fault::Delay(ms) => plan.delay += Duration::from_millis(ms),
                fault => {
                    plan.fault.get_or_insert((fault, *seen));
                }
            }
        }
        plan
    }
}

/// How a vendor words the answers that faults call for.
pub trait Wording {
    /// Over the limit.
    fn refused(&self) -> Response;
    /// An internal error.
    fn failed(&self) -> Response;
    /// The access token is not valid any more.
    fn expired(&self) -> Response;
}

/// What befalls one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    delay: Duration,
    fault: Option<(Fault, u64)>,
}

impl Plan {
    /// Handles the request, or does not, as planned. `handle` is polled at most once, and to its end.
    pub async fn carry_out(
        self,
        wording: &impl Wording,
        handle: impl Future<Output = Response>,
    ) -> Response {
        dawdle(self.delay).await;
        let Some((fault, number)) = self.fault else {
            return handle.await;
        };
        match fault {
            Fault::Refuse => wording.refused(),
            Fault::Expire => wording.expired(),
            Fault::FailBefore => wording.failed(),
            Fault::CutBefore => wreck::cut(),
            Fault::Delay(_) => handle.await,
            Fault::FailAfter => {
                handle.await;
                wording.failed()
            }
            Fault::CutAfter => {
                let answer = handle.await;
                if number % 2 == 1 {
                    wreck::cut()
                } else {
                    wreck::cut_half_way(answer).await
                }
            }
            Fault::Garble => wreck::garble(handle.await).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(faults: &Faults, method: &str, target: &str) -> Vec<bool> {
        (0..200)
            .map(|_| faults.plan(method, target) != Plan::default())
            .collect()
    }

    #[test]
    fn a_rate_hits_the_same_requests_for_the_same_seed() {
        let rules = vec![Rule::at_rate(Fault::Refuse, 0.2)];
        let (one, same, other) = (
            Faults::new(7, rules.clone()),
            Faults::new(7, rules.clone()),
            Faults::new(8, rules),
        );
        let first = hits(&one, "POST", "/x");
        assert_eq!(first, hits(&same, "POST", "/x"));
        assert_ne!(first, hits(&other, "POST", "/x"));
        let share = first.iter().filter(|hit| **hit).count();
        assert!(
            (20..=60).contains(&share),
            "{share} of 200 at a rate of 0.2"
        );
    }

    #[test]
    fn numbers_count_matching_requests_only() {
        let faults = Faults::new(
            1,
            vec![
                Rule::on(Fault::FailAfter, [2])
                    .method("post")
                    .target("/salesOrder"),
            ],
        );
        assert_eq!(
            faults.plan("POST", "/record/v1/salesOrder"),
            Plan::default()
        );
        assert_eq!(
            faults.plan("GET", "/record/v1/salesOrder/1"),
            Plan::default()
        );
        assert_eq!(faults.plan("POST", "/record/v1/customer"), Plan::default());
        assert_eq!(
            faults.plan("POST", "/record/v1/salesOrder").fault,
            Some((Fault::FailAfter, 2))
        );
    }

    #[test]
    fn rules_read_from_json() {
        let rule: Rule =
            serde_json::from_str(r##"{"fault":{"delay":50},"rate":0.5,"target":"#orderCreate"}"##)
                .unwrap();
        assert_eq!(
            rule,
            Rule::at_rate(Fault::Delay(50), 0.5).target("#orderCreate")
        );
        assert!(serde_json::from_str::<Rule>(r#"{"fault":"refuse","path":"x"}"#).is_err());
    }
}
