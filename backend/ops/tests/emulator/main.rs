//! Tiffin in MiniStack, a third-party AWS emulator.
//!
//! `cargo aws` deploys the template as it is, through CloudFormation, with the functions as they
//! are packaged for Lambda and the page as it is built for S3. Customers then order there, through
//! the emulator's own API Gateway, Lambda, EventBridge, DynamoDB, Cognito, S3 and CloudFront, with
//! every call checked against the roles of the template.
//!
//! `cargo verify emulator` builds what this needs and passes it in environment variables. What the
//! emulator does not do as AWS does is in `support`, and only that is left out.

#![expect(clippy::unwrap_used, reason = "a test program: what it cannot do ends it")]

mod deploying;
mod ordering;
mod support;

#[path = "../journeys/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "a vocabulary of which each program uses a part")]
mod browser;

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::process::ExitCode;

use anyhow::Result;
use browser::harness;
use futures_util::FutureExt as _;
use support::Emulator;

/// What a scenario comes to.
type Outcome<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// A scenario: its name, and what happens.
struct Scenario {
    name: &'static str,
    happens: fn(&Emulator) -> Outcome<'_>,
}

/// A table of scenarios, each called as its function is.
macro_rules! scenarios {
    ($($file:ident: $($name:ident)*;)*) => {
        &[$($(Scenario {
            name: stringify!($name),
            happens: |emulator| Box::pin($file::$name(emulator)),
        },)*)*]
    };
}

const SCENARIOS: &[Scenario] = scenarios! {
    deploying:
        what_is_missing_is_one_sentence
        somebody_elses_stack_is_left_alone
        a_plan_changes_nothing
        a_deployment_that_failed_half_way_is_run_again
        a_page_that_failed_half_way_is_published_again
        a_stack_is_taken_away_and_orders_are_kept_until_told
        what_failed_is_listed_followed_and_sent_again
        orders_are_restored_from_a_point_in_time_and_adopted;
    ordering:
        an_order_is_heard_from_placed_to_delivered
        a_kitchen_of_people_takes_an_order_to_its_customer
        an_update_loses_nothing_and_an_open_page_goes_on;
};

fn main() -> ExitCode {
    let tests =
        SCENARIOS.iter().map(|scenario| harness::test(scenario.name, move || run(scenario)));
    harness::run(tests.collect(), harness::at_once())
}

/// Runs a scenario against an emulator of its own, whose last lines an error ends with.
fn run(scenario: &Scenario) -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let emulator = Emulator::start().await?;
        // A customer's expectation that is not met is a panic, as in the other tests.
        let result = AssertUnwindSafe((scenario.happens)(&emulator)).catch_unwind().await;
        let result = result.unwrap_or_else(|_| Err(anyhow::anyhow!("see the panic above")));
        result.map_err(|error| error.context(emulator.last_lines()))
    })
}
