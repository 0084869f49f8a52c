//! The laws of the two clocks (EVENTS.md, "What on a date means"): each holds for the library, on
//! records drawn at random, and each is broken by doubles of it with one planted error. A law that
//! no error breaks says nothing.

#![cfg(test)]

#[path = "laws/compare.rs"]
mod compare;
#[path = "laws/corrections.rs"]
mod corrections;
#[path = "laws/dates.rs"]
mod dates;
#[path = "laws/doubles.rs"]
mod doubles;
#[path = "records/drawn.rs"]
#[expect(dead_code, reason = "heaps, and how much was drawn, are for other tests")]
mod drawn;
#[path = "laws/knowledge.rs"]
mod knowledge;
#[path = "laws/narrowing.rs"]
mod narrowing;
#[path = "laws/recording.rs"]
mod recording;
#[path = "laws/subject.rs"]
mod subject;
#[path = "laws/trial.rs"]
mod trial;
#[path = "laws/world.rs"]
mod world;

/// A test that each law holds, and a test that it is broken by each double below it.
macro_rules! laws {
    ($($room:ident::$law:ident { $($errors:ident::$error:ident)+ })+) => {$(
        mod $law {
            #[test]
            fn holds() {
                crate::trial::holds(crate::$room::$law);
            }

            mod is_broken_where {$(
                #[test]
                fn $error() {
                    crate::trial::fails(crate::$room::$law, &crate::doubles::$errors::$error());
                }
            )+}
        }
    )+};
}

laws! {
    knowledge::a_prefix_of_knowledge_never_sees_what_came_after_but_redactions {
        knowledge::the_next_event_leaks
        knowledge::later_corrections_count
        knowledge::later_references_narrow
        knowledge::redactions_wait_for_their_recording
        knowledge::a_date_undoes_the_cut_of_knowledge
    }
    knowledge::what_was_believed_on_a_date_is_both_cuts_in_any_order {
        knowledge::the_next_event_leaks
        knowledge::the_last_event_known_is_left_out
        knowledge::later_references_narrow
        knowledge::a_date_undoes_the_cut_of_knowledge
    }
    dates::a_date_after_everything_is_the_clock_standing_at_its_end {
        dates::days_run_to_now
        dates::the_last_moment_of_a_date_is_left_out
    }
    dates::a_date_leaves_out_what_is_not_certain_and_nothing_else {
        dates::days_run_to_now
        dates::the_last_moment_of_a_date_is_left_out
        dates::what_may_have_happened_counts
        dates::the_day_after_counts
    }
    dates::what_had_begun_is_certain_or_possible_and_never_both {
        dates::what_has_begun_is_certain
        dates::what_is_certain_is_possible_too
        dates::what_is_possible_is_dropped
        dates::what_is_possible_is_not_shown
        dates::what_is_to_come_is_possible
        dates::other_accounts_are_dropped
        dates::the_last_moment_of_a_date_is_left_out
    }
    dates::every_date_leaves_a_prefix_of_one_order {
        dates::ties_go_by_id
        dates::events_go_by_their_earliest
        dates::events_go_by_their_recording
    }
    dates::an_answer_for_a_date_depends_on_nothing_after_it {
        dates::the_day_after_counts
        dates::corrections_are_listed_whatever_the_date
        dates::the_timeline_goes_on
    }
    narrowing::narrowing_never_widens_and_leaves_every_event_a_moment {
        narrowing::doubt_widens_a_date
        narrowing::both_sides_of_a_reference_meet
        narrowing::what_is_talked_about_proves
    }
    narrowing::what_is_narrowed_agrees_with_every_reference_and_takes_no_end_from_elsewhere {
        narrowing::narrowing_stops_after_one_round
        narrowing::a_referrer_is_not_raised
        narrowing::what_is_retracted_still_proves
        narrowing::what_is_talked_about_proves
        narrowing::both_sides_of_a_reference_meet
    }
    narrowing::narrowing_again_changes_nothing {
        narrowing::narrowing_stops_after_one_round
        narrowing::both_sides_of_a_reference_meet
    }
    recording::the_order_of_recording_on_one_day_changes_nothing {
        recording::facts_count_as_they_are_recorded
        recording::the_answer_recorded_last_is_the_latest
    }
    corrections::retracting_the_last_event_is_never_having_recorded_it {
        corrections::retractions_are_forgotten
        corrections::retracting_a_retraction_reinstates_nothing
        corrections::a_retracted_amendment_still_amends
        corrections::what_is_retracted_still_moves_dates
        corrections::what_is_retracted_stays_possible
    }
    corrections::an_amendment_is_the_corrected_document_in_its_place {
        corrections::the_oldest_amendment_is_made_last
        corrections::an_amendment_renews_the_day_of_recording
        corrections::an_amended_event_stands_where_its_amendment_does
        corrections::an_amendment_removes_no_key
        corrections::a_retracted_amendment_still_amends
    }
    corrections::a_redaction_counts_at_every_cut_as_a_retraction {
        knowledge::redactions_wait_for_their_recording
        corrections::a_redacted_event_counts_without_its_content
        corrections::a_redacted_original_takes_its_versions_along
        corrections::retractions_are_forgotten
    }
}
