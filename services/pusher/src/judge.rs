//! From a fault to a status, a reason and a settlement.

use std::time::Duration;

use commerce::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use ports::{Actor, Attempt, Fault, Settlement, Status, Verdict, retry_delay};

/// What a record comes to when its attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judged {
    /// Store this outcome, then settle the delivery so.
    Outcome {
        status: Status,
        reason: String,
        actor: Option<Actor>,
        waits_for: Option<String>,
        /// How long until it is tried, or looked at, again by itself.
        rest: Option<Duration>,
    },
    /// The whole connection is stopped: no outcome, the delivery goes back uncounted.
    Paused { why: String },
}

/// Judges a fault met by the attempt with that number (0 = the first).
pub(crate) fn judge(fault: &Fault, attempt: u32, target: &ConnectionId) -> Judged {
    let outcome = |status, waits_for, rest| Judged::Outcome {
        status,
        reason: fault.to_string(),
        actor: Some(fault.actor()).filter(|actor| *actor != Actor::Nobody),
        waits_for,
        rest,
    };
    match fault.verdict() {
        Verdict::Retry { after } => {
            outcome(Status::Retrying, None, Some(retry_delay(attempt, after)))
        }
        Verdict::Locate => outcome(Status::Uncertain, None, Some(look_again(attempt))),
        Verdict::Pause => Judged::Paused {
            why: fault.advice(),
        },
        Verdict::Wait { key } => outcome(
            Status::Waiting,
            Some(format!("{target}/{key}")),
            Some(wait_longer(attempt)),
        ),
        Verdict::Hold => outcome(Status::Held, None, None),
        Verdict::Fail => outcome(Status::Failed, None, None),
    }
}

/// Whether an attempt shows that the target accepts our credentials: it was done, or read and refused.
pub(crate) fn is_admitted(attempt: &Attempt) -> bool {
    match &attempt.result {
        Ok(_) => true,
        Err(Fault::Refused { .. }) => attempt.exchanges.iter().any(|one| one.reply.is_some()),
        Err(_) => false,
    }
}

/// The rest before an uncertain write is looked up again: a look-up only reads, and until it is done nobody knows, so it never climbs
/// beyond the second rung.
pub(crate) fn look_again(attempt: u32) -> Duration {
    retry_delay(attempt.min(1), None)
}

/// How long a record waits for another until it is looked at whether that one came unnoticed: two minutes, then six times as long each
/// time, a day at most. The queue has no such long rests and needs none: the ledger keeps what waits.
fn wait_longer(attempt: u32) -> Duration {
    const DAY: Duration = Duration::from_secs(86_400);
    let times = 6_u32.saturating_pow(attempt);
    Duration::from_secs(120).saturating_mul(times).min(DAY)
}

/// How the delivery of a judged record ends.
pub(crate) fn settlement(status: Status, rest: Option<Duration>) -> Settlement {
    match rest {
        Some(rest) if status != Status::Waiting => Settlement::Retry(rest),
        _ => Settlement::Done,
    }
}

/// When a rest that begins now is over.
pub(crate) fn due(now: Timestamp, rest: Duration) -> Timestamp {
    let span = SignedDuration::try_from(rest).unwrap_or(SignedDuration::ZERO);
    now.checked_add(span).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(fault: &Fault) -> (Status, Settlement) {
        match judge(fault, 1, &ConnectionId::new("netsuite").unwrap()) {
            Judged::Outcome { status, rest, .. } => (status, settlement(status, rest)),
            Judged::Paused { .. } => panic!("paused"),
        }
    }

    #[test]
    fn every_fault_has_its_status_and_only_passing_ones_return() {
        let why = String::from("x");
        let retry = Settlement::Retry(Duration::from_secs(30));
        let cases = [
            (
                Fault::Throttled {
                    after: None,
                    why: why.clone(),
                },
                Status::Retrying,
                retry.clone(),
            ),
            (
                Fault::Unavailable { why: why.clone() },
                Status::Retrying,
                retry.clone(),
            ),
            (
                Fault::Uncertain { why: why.clone() },
                Status::Uncertain,
                retry,
            ),
            (
                Fault::Missing {
                    what: "item:A".into(),
                },
                Status::Waiting,
                Settlement::Done,
            ),
            (
                Fault::Held { why: why.clone() },
                Status::Held,
                Settlement::Done,
            ),
            (
                Fault::Refused { why: why.clone() },
                Status::Failed,
                Settlement::Done,
            ),
            (Fault::Unreadable { why }, Status::Failed, Settlement::Done),
        ];
        for (fault, status, settlement) in cases {
            assert_eq!(judged(&fault), (status, settlement), "{fault}");
        }
    }

    #[test]
    fn refused_credentials_stop_the_connection_not_the_record() {
        let fault = Fault::Unauthorized {
            why: "expired".into(),
        };
        let target = ConnectionId::new("netsuite").unwrap();
        assert!(matches!(judge(&fault, 0, &target), Judged::Paused { .. }));
    }

    #[test]
    fn a_missing_record_is_waited_for_at_the_target() {
        let target = ConnectionId::new("netsuite").unwrap();
        let Judged::Outcome {
            waits_for, rest, ..
        } = judge(
            &Fault::Missing {
                what: "item:A-1".into(),
            },
            0,
            &target,
        )
        else {
            panic!("paused");
        };
        assert_eq!(waits_for.as_deref(), Some("netsuite/item:A-1"));
        assert_eq!(rest, Some(Duration::from_secs(120)));
    }

    #[test]
    fn who_waits_is_looked_at_less_and_less_often() {
        let rests = [0, 1, 2, 3, 4, 4_000_000].map(|attempt| wait_longer(attempt).as_secs());
        assert_eq!(rests, [120, 720, 4320, 25_920, 86_400, 86_400]);
    }
}
