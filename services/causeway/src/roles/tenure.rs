//! How long what a process holds outlives it.

use std::time::Duration;

use clap::Args;

use crate::config::parse_span;

/// For how long a process holds what it works on. One that ends in good order gives everything back; of one that is killed, others wait this
/// long before they take over.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Tenure {
    /// How long a reader's hold on a stream lasts without renewal; longer than the slowest page.
    #[arg(long, env = "CAUSEWAY_LEASE", value_parser = parse_span, default_value = "1m")]
    pub(crate) lease: Duration,
    /// How long a writer's hold on a record lasts; longer than the slowest batch. When it is over, the record is looked up at the target
    /// before anybody writes it again.
    #[arg(long, env = "CAUSEWAY_CLAIM", value_parser = parse_span, default_value = "10m")]
    pub(crate) claim: Duration,
}

impl Default for Tenure {
    fn default() -> Self {
        Self {
            lease: puller::LEASE,
            claim: pusher::CLAIM,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches as _};

    use super::*;

    #[test]
    fn the_command_line_and_the_crates_agree_on_the_usual_times() {
        let command = Tenure::augment_args(Command::new("test"));
        let matches = command.try_get_matches_from(["test"]).unwrap();
        let usual = Tenure::from_arg_matches(&matches).unwrap();
        assert_eq!((usual.lease, usual.claim), (puller::LEASE, pusher::CLAIM));
    }
}
