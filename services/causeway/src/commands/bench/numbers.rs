//! Shares, rates and quantiles, in whole numbers.

use std::time::Duration;

use jiff::Timestamp;
use ports::Clock;

/// The time since then.
pub(super) fn since(clock: &dyn Clock, then: Timestamp) -> Duration {
    between(then, clock.now())
}

/// The time from one instant to another; none when they are the other way round.
pub(super) fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// `part` for every `per` of `whole`, rounded; 0 of nothing.
pub(super) fn share(part: u64, whole: u64, per: u64) -> u64 {
    let (part, whole, per) = (u128::from(part), u128::from(whole), u128::from(per));
    let rounded = (part * per + whole / 2).checked_div(whole);
    u64::try_from(rounded.unwrap_or_default()).unwrap_or(u64::MAX)
}

/// How many a second.
pub(super) fn per_second(count: u64, took: Duration) -> u64 {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    share(count, micros, 1_000_000)
}

/// The value below or at which so many thousandths of all are (nearest rank); the values are sorted.
pub(super) fn quantile(sorted: &[Duration], permille: usize) -> Duration {
    let rank = (sorted.len() * permille).div_ceil(1000).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// A number of tenths, hundredths … as people write it: `decimal(987, 1)` is `98.7`.
pub(super) fn decimal(value: u64, places: u32) -> String {
    let whole = 10_u64.pow(places);
    let width = usize::try_from(places).unwrap_or_default();
    match places {
        0 => value.to_string(),
        _ => format!("{}.{:0width$}", value / whole, value % whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_and_nothing_of_nothing_is_nothing() {
        assert_eq!(share(1, 3, 1000), 333);
        assert_eq!(share(2, 3, 1000), 667);
        assert_eq!(share(5, 0, 1000), 0);
        assert_eq!(share(u64::MAX, u64::MAX, 1000), 1000);
    }

    #[test]
    fn rates_are_per_second() {
        assert_eq!(per_second(10_000, Duration::from_millis(2_500)), 4_000);
        assert_eq!(per_second(1, Duration::ZERO), 0);
    }

    #[test]
    fn quantiles_are_values_that_occurred() {
        let hundred: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(quantile(&hundred, 500), Duration::from_millis(50));
        assert_eq!(quantile(&hundred, 990), Duration::from_millis(99));
        assert_eq!(quantile(&hundred, 1000), Duration::from_millis(100));
        assert_eq!(quantile(&[], 500), Duration::ZERO);
    }

    #[test]
    fn decimals_keep_their_zeros() {
        assert_eq!(decimal(987, 1), "98.7");
        assert_eq!(decimal(5, 2), "0.05");
        assert_eq!(decimal(7, 0), "7");
    }
}
