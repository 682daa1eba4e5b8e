//! `cargo verify`: every check and every test, as a table of steps.

mod checks;

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::process::{Failed, last_lines};
use crate::steps::Steps;
use checks::Checks;

/// How many of the last lines of a failed step are printed again after the table.
const LAST_LINES: usize = 25;

/// Which steps to run.
#[derive(Debug, Args)]
pub struct Options {
    /// The steps to run, by default all but `mutants`
    #[arg(value_name = "STEP", value_parser = names())]
    only: Vec<String>,
    /// Run the conformance suite against AWS itself (creates and deletes this stack)
    #[arg(long, value_name = "STACK")]
    aws: Option<String>,
    /// For the step `mutants`: change only what has changed since this commit
    #[arg(long, value_name = "COMMIT")]
    since: Option<String>,
    /// For the steps `journeys` and `emulator`: run only tests with this in their name
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
}

/// One step: its name on the command line, what it checks, and how.
#[derive(Clone, Copy)]
struct Step {
    name: &'static str,
    about: &'static str,
    check: fn(&Checks) -> Result<()>,
    /// Whether it runs when no step is named.
    is_default: bool,
}

const fn step(name: &'static str, about: &'static str, check: fn(&Checks) -> Result<()>) -> Step {
    Step { name, about, check, is_default: true }
}

/// Every step, the quick ones first.
const STEPS: &[Step] = &[
    step("tools", "install what the steps need", Checks::tools),
    step("format", "rustfmt", |checks| checks.cargo(&["fmt", "--all", "--check"])),
    step("catalog", "the demo catalog", Checks::catalog),
    step("template", "cfn-lint, checkov", Checks::template),
    step("licences", "licences, sources and duplicates of crates", Checks::licences),
    step("unused", "unused crates", Checks::unused),
    step("advisories", "security advisories of crates", Checks::advisories),
    step("clippy", "clippy, warnings denied", Checks::clippy),
    step("clippy-page", "clippy for wasm", Checks::clippy_page),
    step("programs", "build the programs that tests start", Checks::programs),
    step("tests", "unit and integration tests", |checks| checks.cargo(&["test", "--quiet"])),
    step("tests-page", "tests of the page's logic", Checks::page_tests),
    step("docs", "rustdoc, warnings denied", Checks::docs),
    step("page", "build the page as it is deployed; its size", Checks::page),
    step("journeys", "browser tests in Chromium", Checks::journeys),
    step("browsers", "an order in Firefox and in WebKit", Checks::browsers),
    step("conformance", "the conformance suite against MiniStack, or AWS", Checks::conformance),
    step("emulator", "deploy to MiniStack, and order there", Checks::emulator),
    Step {
        is_default: false,
        ..step("mutants", "change the code, and see tests fail (slow)", Checks::mutants)
    },
];

fn names() -> PossibleValuesParser {
    STEPS.iter().map(|step| PossibleValue::new(step.name).help(step.about)).into()
}

/// Runs the steps, and stops at the first that fails; the last lines of its output are printed again
/// after the table of steps.
pub(crate) fn run(options: Options) -> Result<()> {
    for (option, given, steps) in [
        ("--aws", options.aws.is_some(), &["conformance"][..]),
        ("--since", options.since.is_some(), &["mutants"]),
        ("--filter", options.filter.is_some(), &["journeys", "emulator"]),
    ] {
        let step = steps[0];
        ensure!(
            !given || options.only.iter().any(|name| steps.contains(&name.as_str())),
            "{option} is for the step `{step}`: cargo verify {step} {option} …"
        );
    }
    let chosen = choose(STEPS, &options.only);
    let checks = Checks::new(options)?;
    let mut steps = Steps::new(chosen.len());
    let mut table = String::new();
    let result = chosen.iter().try_for_each(|step| {
        let (name, begun) = (format!("{} ({})", step.name, step.about), Instant::now());
        let result = steps.take(&name, || (step.check)(&checks));
        let outcome = if result.is_ok() { "ok" } else { "FAILED" };
        table += &format!("  {outcome:<6}  {:>8.1?}  {name}\n", begun.elapsed());
        result.with_context(|| format!("the step `{}` failed", step.name))
    });
    println!("\n{table}");
    if let Some(failed) = result.as_ref().err().and_then(|error| error.downcast_ref::<Failed>()) {
        let last = last_lines(&failed.output, LAST_LINES);
        println!("The last lines of the failed step:\n\n{last}\n");
    }
    result
}

/// The steps of these names, in the order of the table; the default ones if no name is given.
fn choose(steps: &[Step], names: &[String]) -> Vec<Step> {
    let is_chosen = |step: &&Step| match names {
        [] => step.is_default,
        names => names.iter().any(|name| name == step.name),
    };
    steps.iter().filter(is_chosen).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_chosen_by_name_and_stay_in_order() {
        let [quick, slow, rare] =
            ["quick", "slow", "rare"].map(|name| step(name, "", Checks::docs));
        let steps = [quick, slow, Step { is_default: false, ..rare }];
        let names = |only: &[&str]| -> Vec<&str> {
            let only: Vec<String> = only.iter().map(ToString::to_string).collect();
            choose(&steps, &only).iter().map(|step| step.name).collect()
        };
        assert_eq!(names(&["slow", "quick"]), ["quick", "slow"]);
        assert_eq!(names(&[]), ["quick", "slow"], "a step that is not in the default run");
        assert_eq!(names(&["rare"]), ["rare"]);
    }
}
