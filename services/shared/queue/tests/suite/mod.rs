//! What every queue promises, whatever lies under it.

pub mod bench;
pub mod events;
mod giving_back;
mod keeping;
mod routing;
mod volume;

pub use giving_back::*;
pub use keeping::*;
pub use routing::*;
pub use volume::*;

/// One test per promise: no backend can forget one. `$bench` makes a [`bench::Bench`], or none where its service is
/// missing.
#[macro_export]
macro_rules! conformance {
    ($bench:path: $($promise:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                if let Some(mut bench) = $bench(stringify!($promise)).await {
                    suite::$promise(&mut bench).await;
                    bench.clean().await;
                }
            }
        )*
    };
}

/// The list that both backends give to [`conformance`].
#[macro_export]
macro_rules! promises {
    ($bench:path) => {
        $crate::conformance!(
            $bench: what_is_published_is_consumed_once_done,
            each_kind_has_its_lane,
            an_event_without_a_route_is_refused,
            one_event_reaches_every_target,
            merchants_never_meet,
            depths_count_what_is_ready,
            prefetch_bounds_what_is_in_hand,
            a_retry_comes_back_counted,
            a_return_comes_back_uncounted,
            a_dropped_delivery_comes_again,
            what_nobody_can_process_is_kept,
            what_is_no_event_is_kept_and_replayed,
            replay_ignores_names_it_does_not_know,
            a_reopened_queue_has_what_it_had,
            a_waiting_consumer_wakes,
            nothing_is_lost_or_doubled_in_a_crowd,
        );
    };
}
