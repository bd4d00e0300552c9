//! The retry ladder: pure arithmetic, shared by every queue backend.

use std::time::Duration;

/// How long a delivery rests before its next attempt, rung by rung. The queue has one resting place per rung.
pub const RUNGS: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(3600),
];

/// The rest before the next attempt: the rung of that attempt (0 = the first failure), raised to the first rung that
/// honours the other side's hint. Attempts beyond the ladder stay on the last rung: nothing is dropped by the passing of time.
#[must_use]
pub fn retry_delay(attempt: u32, hint: Option<Duration>) -> Duration {
    let own = usize::try_from(attempt)
        .unwrap_or(usize::MAX)
        .min(RUNGS.len() - 1);
    let wanted = hint.unwrap_or_default();
    let last = RUNGS.last().copied().unwrap_or_default();
    RUNGS
        .iter()
        .skip(own)
        .copied()
        .find(|rung| *rung >= wanted)
        .unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_climb_and_stay_at_the_top() {
        let delays: Vec<u64> = (0..7)
            .map(|attempt| retry_delay(attempt, None).as_secs())
            .collect();
        assert_eq!(delays, [5, 30, 120, 600, 3600, 3600, 3600]);
    }

    #[test]
    fn a_hint_raises_but_never_lowers() {
        assert_eq!(retry_delay(0, Some(Duration::from_secs(20))).as_secs(), 30);
        assert_eq!(retry_delay(2, Some(Duration::from_secs(1))).as_secs(), 120);
        assert_eq!(
            retry_delay(0, Some(Duration::from_secs(90_000))).as_secs(),
            3600
        );
    }
}
