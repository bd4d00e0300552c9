//! From a fault to a status, a reason and a settlement.

use std::time::Duration;

use commerce::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use ports::{Actor, Fault, Settlement, Status, Verdict, retry_delay};

/// What a record comes to when its attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judged {
    /// Store this outcome, then settle the delivery so.
    Outcome {
        status: Status,
        reason: String,
        actor: Option<Actor>,
        waits_for: Option<String>,
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
            why: fault.to_string(),
        },
        Verdict::Wait { key } => outcome(Status::Waiting, Some(format!("{target}/{key}")), None),
        Verdict::Hold => outcome(Status::Held, None, None),
        Verdict::Fail => outcome(Status::Failed, None, None),
    }
}

/// The rest before an uncertain write is looked up again: a look-up only reads, and until it is done nobody knows, so it never climbs
/// beyond the second rung.
pub(crate) fn look_again(attempt: u32) -> Duration {
    retry_delay(attempt.min(1), None)
}

/// How the delivery of a judged record ends.
pub(crate) fn settlement(rest: Option<Duration>) -> Settlement {
    rest.map_or(Settlement::Done, Settlement::Retry)
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
            Judged::Outcome { status, rest, .. } => (status, settlement(rest)),
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
        let Judged::Outcome { waits_for, .. } = judge(
            &Fault::Missing {
                what: "item:A-1".into(),
            },
            0,
            &target,
        ) else {
            panic!("paused");
        };
        assert_eq!(waits_for.as_deref(), Some("netsuite/item:A-1"));
    }
}
