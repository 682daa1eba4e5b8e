//! Journeys: people in a real browser, on the page as it is deployed, with the real functions.
//!
//! They stand here and not in `frontend/tests`, for a crate that is compiled for wasm cannot depend
//! on a WebDriver client, and they need what this crate knows: the local AWS, the demo catalog.
//! `cargo verify journeys` builds what they need and tells them by environment variables.
//!
//! Every journey has a backend of its own, and none may leave an error in the browser's console.

#![expect(clippy::unwrap_used, reason = "a test program: what it cannot do ends it")]

mod ordering;
mod pictures;
mod support;
mod troubles;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use support::Stage;
use support::stage::Outcome;

/// A journey: its name, and the people in it.
struct Journey {
    name: &'static str,
    happens: fn(Stage) -> Outcome,
}

const JOURNEYS: [Journey; 9] = [
    Journey {
        name: "a_person_signs_up_orders_and_watches_it_arrive",
        happens: |stage| Box::pin(ordering::a_person_signs_up_orders_and_watches_it_arrive(stage)),
    },
    Journey {
        name: "two_tabs_both_hear",
        happens: |stage| Box::pin(ordering::two_tabs_both_hear(stage)),
    },
    Journey {
        name: "the_seeds_event_arrives_in_an_open_page",
        happens: |stage| Box::pin(ordering::the_seeds_event_arrives_in_an_open_page(stage)),
    },
    Journey {
        name: "a_reload_mid_way_loses_nothing",
        happens: |stage| Box::pin(troubles::a_reload_mid_way_loses_nothing(stage)),
    },
    Journey {
        name: "a_backend_that_is_killed_mid_way_loses_nothing",
        happens: |stage| Box::pin(troubles::a_backend_that_is_killed_mid_way_loses_nothing(stage)),
    },
    Journey {
        name: "ten_seconds_without_network_are_caught_up",
        happens: |stage| Box::pin(troubles::ten_seconds_without_network_are_caught_up(stage)),
    },
    Journey {
        name: "a_lost_answer_and_a_reload_make_one_order",
        happens: |stage| Box::pin(troubles::a_lost_answer_and_a_reload_make_one_order(stage)),
    },
    Journey {
        name: "a_clock_ten_minutes_wrong_changes_nothing",
        happens: |stage| Box::pin(troubles::a_clock_ten_minutes_wrong_changes_nothing(stage)),
    },
    Journey {
        name: "the_pages_have_their_pictures_taken",
        happens: |stage| Box::pin(pictures::the_pages_have_their_pictures_taken(stage)),
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, plan] = arguments.as_slice()
        && flag == support::backend::FLAG
    {
        return support::backend::play(plan);
    }
    let wanted: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|a| !a.starts_with('-')).collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let driver = match runtime.block_on(support::driver::Driver::start()) {
        Ok(driver) => Arc::new(driver),
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut failed = 0;
    for journey in &JOURNEYS {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| journey.name.contains(wanted)) {
            continue;
        }
        let begun = Instant::now();
        let result =
            runtime.block_on(support::stage::run(journey.name, driver.clone(), journey.happens));
        let took = begun.elapsed().as_secs_f32();
        match result {
            Ok(()) => println!("journey {} … ok ({took:.1} s)", journey.name),
            Err(error) => {
                failed += 1;
                println!("journey {} … FAILED ({took:.1} s)\n{error:#}", journey.name);
            }
        }
    }
    ExitCode::from(u8::from(failed > 0))
}
