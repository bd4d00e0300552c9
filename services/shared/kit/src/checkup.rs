//! Findings of a probe.

use http::Reply;
use jiff::SignedDuration;
use ports::{Finding, Severity};

/// More than this between the other side's clock and ours is told.
const MOST_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// As it should be.
#[must_use]
pub fn good(what: &str, detail: String) -> Finding {
    finding(what, Severity::Good, detail)
}

/// Works, with a drawback.
#[must_use]
pub fn warning(what: &str, detail: String) -> Finding {
    finding(what, Severity::Warning, detail)
}

/// Work that needs it will fail.
#[must_use]
pub fn bad(what: &str, detail: String) -> Finding {
    finding(what, Severity::Bad, detail)
}

/// How far this machine's clock is from the shop's; `None` where the reply does not tell its time.
#[must_use]
pub fn clock(reply: &Reply) -> Option<Finding> {
    let ahead = reply.received_at.duration_since(reply.date()?);
    let seconds = ahead.as_secs();
    Some(if ahead.abs() <= MOST_SKEW {
        good("clock", format!("{seconds} s ahead of the shop's"))
    } else {
        warning(
            "clock",
            format!("this machine's clock is {seconds} s ahead of the shop's: synchronize it"),
        )
    })
}

/// A finding.
#[must_use]
pub fn finding(what: &str, severity: Severity, detail: String) -> Finding {
    Finding {
        what: what.to_owned(),
        severity,
        detail,
    }
}
