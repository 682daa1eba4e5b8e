//! Journeys: customers in a real browser, on the page as it is deployed, with the real functions.
//!
//! They stand here and not in `frontend/tests`, for a crate that is compiled for wasm cannot depend
//! on a WebDriver client, and they need what this crate knows: the local AWS, the demo catalog.
//! `cargo verify journeys` builds what they need and passes it in environment variables.
//!
//! Every journey has a backend of its own, and none may leave an error in the browser's console.
//! They run in Chromium; those whose names end with another engine run with
//! `TIFFIN_ENGINE=firefox` or `TIFFIN_ENGINE=webkit`. A part of a name is a filter.

#![expect(clippy::unwrap_used, reason = "a test program: what it cannot do ends it")]

mod areas;
mod counter;
mod deliveries;
mod finding;
mod first_visit;
mod hours;
mod keyboard;
mod layout;
mod menu_drafts;
mod menus;
mod office;
mod ordering;
mod personal_data;
mod pictures;
mod reading;
mod refusals;
mod resilience;
mod shop;
mod support;
mod troubles;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use support::driver::{Driver, Engine};
use support::stage::Outcome;
use support::{Stage, harness};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

/// A journey: its name, and what happens.
struct Journey {
    name: &'static str,
    happens: fn(Stage) -> Outcome,
}

/// A table of journeys, each called as its function is.
macro_rules! journeys {
    ($($file:ident: $($name:ident)*;)*) => {
        &[$($(Journey {
            name: stringify!($name),
            happens: |stage| Box::pin($file::$name(stage)),
        },)*)*]
    };
}

const JOURNEYS: &[Journey] = journeys! {
    pictures: // first, for it takes longest
        the_pages_have_their_pictures_taken
        the_counter_has_its_pictures_taken
        a_couriers_page_has_its_pictures_taken
        the_page_of_all_deliveries_has_its_pictures_taken
        the_office_has_its_pictures_taken
        the_menus_editor_has_its_pictures_taken
        the_delivery_areas_have_their_pictures_taken
        the_team_has_its_pictures_taken;
    ordering:
        a_person_signs_up_orders_and_watches_it_arrive
        two_tabs_both_hear
        the_seeds_event_arrives_in_an_open_page
        the_window_sends_an_event_and_shows_what_comes_of_it;
    first_visit:
        a_menu_is_read_without_javascript
        the_program_takes_over_without_a_flash
        what_is_begun_before_the_program_runs_goes_on
        going_back_to_a_menu_finds_its_place_again
        the_shop_can_be_installed
        the_shop_opens_without_a_network_after_one_visit
        an_open_page_survives_two_deployments;
    counter:
        a_kitchen_takes_an_order_to_its_customer
        an_order_is_declined_unless_that_is_undone
        a_customer_who_cancels_is_seen_and_heard_at_the_counter
        what_one_tablet_does_shows_on_the_other
        a_tablet_says_that_it_is_offline_and_does_nothing_then
        a_tablet_that_is_reloaded_says_that_it_is_silent
        somebody_who_is_not_staff_is_told_so
        an_owner_invites_a_cook_and_removes_them
        what_has_run_out_is_not_sold_and_a_pause_takes_no_orders
        a_customer_hears_of_a_delay_and_of_a_cancellation
        a_kitchen_is_worked_by_keyboard
        a_dish_that_has_run_out_leaves_the_menu_with_the_order
        a_dish_is_taken_off_the_menu_from_its_ticket
        a_tablet_that_slept_shows_and_rings_for_what_came_meanwhile
        a_tablet_rings_on_the_teams_page_too
        a_tablet_on_shift_that_did_not_load_is_loaded_again
        a_customers_long_words_stay_in_their_ticket;
    deliveries:
        a_courier_brings_an_order_and_counts_the_cash
        three_browsers_go_from_the_invitations_to_the_door
        a_courier_is_shown_no_order_of_the_kitchen
        what_a_courier_taps_in_a_lift_is_kept_and_sent
        an_order_that_is_refused_at_the_door_fails_unless_that_is_undone
        an_order_that_is_given_back_is_given_to_somebody_else
        an_order_without_a_courier_rings_at_the_counter
        a_customer_pays_another_amount
        a_tap_for_an_order_that_somebody_else_brings_by_now_is_refused
        a_courier_works_by_keyboard
        a_courier_of_two_restaurants_brings_an_order_of_each_from_one_page;
    hours:
        an_owner_closes_for_a_day_and_the_shop_takes_no_orders
        what_another_owner_has_set_is_shown_before_it_is_replaced
        hours_that_are_wrong_say_so_and_what_was_typed_stays
        a_look_at_the_hours_leaves_no_draft;
    menus:
        a_price_is_changed_by_keyboard_and_the_next_order_costs_it
        a_new_dish_is_kept_through_a_reload_looked_at_and_published
        two_managers_edit_one_menu_and_both_are_shown
        an_earlier_menu_is_brought_back
        a_menu_is_downloaded_changed_and_opened_again
        a_menu_that_is_wrong_says_so_and_what_was_typed_stays
        a_picture_is_sent_and_customers_see_it;
    menu_drafts:
        a_picture_on_its_way_reaches_its_dish_also_if_the_page_is_left
        a_picture_that_is_refused_after_its_dish_was_closed_says_so
        a_look_at_the_menu_leaves_no_draft
        two_tabs_of_the_menu_are_one_draft
        a_draft_belongs_to_whoever_typed_it
        what_is_typed_after_a_removal_outlives_undoing_it
        the_menu_can_be_left_while_something_of_it_is_fetched;
    areas:
        an_owner_says_where_they_deliver_and_the_shop_obeys
        an_order_for_where_nobody_delivers_any_more_is_refused_by_name
        areas_that_are_wrong_say_so_and_two_owners_are_shown_both
        a_postcode_that_is_typed_first_prices_the_basket_and_fills_in_the_address;
    office:
        an_owner_sees_the_day_finds_an_order_and_downloads_the_report
        the_day_follows_its_orders_while_it_is_looked_at;
    troubles:
        a_reload_mid_way_loses_nothing
        a_backend_that_is_killed_mid_way_loses_nothing
        a_tab_from_before_a_fresh_start_signs_out_and_keeps_its_cart
        every_tap_arrives_once_in_a_storm_of_faults
        ten_seconds_without_network_are_caught_up
        a_lost_answer_and_a_reload_make_one_order
        a_clock_ten_minutes_wrong_changes_nothing;
    shop:
        a_dish_is_found_by_its_name_and_by_what_it_is
        a_closed_restaurant_says_when_it_opens_and_sells_nothing
        a_line_is_chosen_changed_taken_out_and_put_back
        the_checkout_checks_each_field_and_asks_again_when_a_price_changes
        a_kept_address_is_used_again_changed_and_removed
        an_order_is_cancelled_while_it_is_free_or_ordered_again
        a_question_that_the_restaurant_overtakes_says_so
        a_restaurant_that_rejects_says_why
        an_order_has_a_receipt_help_and_a_way_on
        a_forgotten_password_is_replaced
        signing_out_everywhere_ends_the_other_browsers_session
        an_account_is_downloaded_and_deleted_when_no_order_is_under_way
        a_jump_in_the_history_shows_the_order_of_its_address
        a_second_click_adds_nothing
        a_dish_that_was_reloaded_closes_without_a_trace_in_the_history
        a_basket_that_another_tab_changes_keeps_its_lines
        a_first_visit_stays_within_its_budget;
    finding:
        what_people_type_is_found
        letters_are_found_in_every_form
        closed_restaurants_come_after_open_ones
        a_menu_shows_the_dishes_of_a_diet
        sort_and_cuisine_are_visible_on_the_narrowest_phone
        what_is_open_follows_the_servers_clock
        todays_row_is_marked_in_the_opening_hours
        a_restaurant_or_order_that_cannot_exist_is_not_found;
    keyboard:
        every_form_is_sent_with_enter
        escape_closes_a_dialog_and_gives_the_focus_back
        the_focus_stays_where_a_basket_is_changed
        the_focus_returns_when_a_dialog_is_closed
        back_while_a_field_has_the_focus_leads_back
        a_space_typed_in_an_email_keeps_the_caret
        what_a_browser_fills_in_is_accepted
        an_email_address_may_have_an_international_domain
        a_password_is_sent_as_it_is_typed
        an_order_is_made_and_followed_in_firefox
        an_order_is_made_and_followed_in_webkit;
    refusals:
        signing_in_says_what_is_wrong
        signing_up_says_what_is_wrong
        a_code_may_be_wrong_sent_again_or_typed_with_spaces
        a_new_password_has_to_be_good_enough
        an_account_is_confirmed_though_its_password_is_forgotten
        the_checkout_says_which_field_is_wrong
        a_password_can_be_shown_and_hidden
        a_password_is_the_same_however_its_accents_are_typed
        a_password_is_changed_by_the_current_one
        an_email_address_is_changed_by_a_code;
    resilience:
        back_while_a_form_waits_for_its_answer
        back_while_a_page_is_loading
        a_browser_without_a_function_can_order_or_is_told_so
        a_browser_without_storage_can_order
        history_calls_that_throw_do_not_stop_links
        a_first_answer_that_never_comes_can_be_asked_for_again
        a_program_that_never_comes_is_told_so
        a_lazily_loaded_page_comes_or_says_so
        a_lock_that_another_tab_never_releases_stops_nothing
        being_online_again_loads_what_had_failed
        being_online_again_takes_back_errors
        a_translated_page_still_changes
        a_status_of_a_later_version_is_in_progress
        signing_out_elsewhere_removes_what_was_typed;
    layout:
        long_words_and_large_text_stay_inside_the_window
        the_button_of_a_dish_is_in_sight_in_every_window;
    reading:
        names_of_another_script_keep_their_direction_to_themselves
        an_arabic_browser_reads_latin_digits_in_english_text
        forced_colours_leave_icons_and_what_is_chosen_in_sight
        what_is_printed_of_an_order_is_its_receipt;
    personal_data:
        an_order_that_is_sent_again_stays_its_customers
        a_late_answer_is_not_shown_to_the_next_customer
        an_expired_session_leaves_nothing_behind
        another_account_in_another_tab_sees_nothing_of_the_first
        an_account_deleted_in_another_tab_leaves_nothing_behind
        a_page_that_is_shown_again_notices_that_the_session_has_ended
        a_page_from_the_back_forward_cache_notices_that_the_session_has_ended;
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, plan] = arguments.as_slice()
        && flag == support::backend::FLAG
    {
        return support::backend::serve(plan);
    }
    match Engine::from_environment() {
        Ok(engine) => run(engine),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the journeys of an engine.
fn run(engine: Engine) -> ExitCode {
    let browsers =
        Arc::new(Browsers { engine, runtime: Runtime::new().unwrap(), driver: OnceCell::new() });
    let journeys = JOURNEYS.iter().filter(|journey| Engine::of(journey.name) == engine);
    let tests = journeys.map(|journey| {
        let browsers = browsers.clone();
        harness::test(journey.name, move || browsers.run(journey))
    });
    // The WebDriver servers of the other engines have one session at a time.
    let at_once = if engine == Engine::Chromium { harness::at_once() } else { 1 };
    harness::run(tests.collect(), at_once)
}

/// What all journeys share.
struct Browsers {
    engine: Engine,
    runtime: Runtime,
    /// Started by the first journey.
    driver: OnceCell<Arc<Driver>>,
}

impl Browsers {
    fn run(&self, journey: &Journey) -> Result<()> {
        self.runtime.block_on(async {
            let start =
                async || Ok::<_, anyhow::Error>(Arc::new(Driver::start(self.engine).await?));
            let driver = self.driver.get_or_try_init(start).await?.clone();
            support::stage::run(journey.name, driver, journey.happens).await
        })
    }
}
