//! What every ledger has to do, whatever it is kept in.

pub mod advance;
pub mod answers;
pub mod build;
pub mod completeness;
pub mod journal;
pub mod leases;
pub mod merchants;
pub mod observations;
pub mod outbox;
pub mod outcomes;
pub mod races;
pub mod reopen;
pub mod settings;
pub mod twins;
pub mod underway;

/// One test per case of the suite. `$open` makes an empty ledger, or `None` where there is no such database.
macro_rules! conformance {
    ($open:path) => {
        $crate::suite::cases! { $open;
            leases: a_lease_is_exclusive_until_it_ends, the_holder_renews_with_the_same_fence,
                an_old_holder_changes_nothing, a_released_lease_is_free, a_backfill_has_its_own_cursor,
                who_is_alone_takes_over_from_the_dead;
            advance: what_was_published_is_queued, what_is_known_is_left_as_it_is,
                a_newer_version_is_queued_again, what_the_target_holds_is_not_queued,
                a_page_may_repeat_itself;
            answers: a_fresh_record_may_be_written, a_record_in_work_is_busy_for_everybody,
                a_version_with_its_outcome_is_stale, the_newest_of_one_call_gets_the_claim,
                a_crashed_claim_is_uncertain, what_was_given_back_is_free, retrying_and_uncertain_stay_open,
                every_other_status_closes_the_version, the_same_content_is_unchanged,
                a_doubtful_target_is_written_again, equal_times_do_not_make_equal_versions,
                fractions_of_a_microsecond_do_not_matter, an_empty_call_is_no_call;
            outcomes: a_late_outcome_counts, a_late_outcome_leaves_the_new_claim_alone,
                a_late_failure_does_not_undo_a_proof, an_older_outcome_never_replaces_a_newer_one,
                an_older_outcome_does_not_speak_for_the_record, an_outcome_needs_no_claim,
                odd_text_harms_nobody, a_big_batch_goes_through;
            outbox: a_person_retries, what_its_target_shows_otherwise_goes_again, only_what_may_go_round_goes_round, the_ignored_come_back_by_name,
                an_arrival_releases_who_waits, an_outcome_releases_who_waits_for_it, the_ignored_stay_aside, the_longest_due_comes_first,
                an_uncertain_record_stays_uncertain, a_newer_version_overtakes_the_outbox,
                what_is_due_once_more_is_published_once_more, who_waits_long_looks_again;
            journal: rows_are_found_by_any_number, filters_narrow, pages_follow_each_other,
                counts_and_ages_add_up, a_journey_is_told_in_order, a_record_is_shown_with_its_event,
                what_was_pushed_stays;
            merchants: merchants_never_meet;
            races: one_of_many_claimers_gets_the_write, batches_in_any_order_do_not_block_each_other, a_list_is_of_one_moment;
            observations: values_without_an_entry_add_up, many_note_the_same_at_once;
            settings: configurations_count_up, every_version_is_kept, many_apply_at_once, syncs_are_switched, backfills_keep_their_figures,
                the_audit_log_is_told_backwards;
            completeness: only_what_was_never_heard_of_is_absent, what_the_target_holds_is_known, the_newest_comparison_counts,
                what_landed_is_told_page_by_page, who_is_nobodys_twin, the_newest_inspection_counts;
            underway: units_count_until_the_order_has_landed, a_newer_version_takes_other_units;
            twins: twins_are_found_from_both_ends, the_binding_follows_the_proof;
        }
    };
}

macro_rules! cases {
    ($open:path; $($module:ident: $($case:ident),+;)+) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let Some(fixture) = $open().await else { return };
                suite::$module::$case(fixture.ledger()).await;
                fixture.close().await;
            }
        )+)+
    };
}

pub(crate) use {cases, conformance};
