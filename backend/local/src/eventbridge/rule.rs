//! A rule as the template declares it.

use std::time::Duration;

use anyhow::{Result, bail, ensure};

use crate::iam::Iam;
use crate::pattern::Pattern;
use crate::sqs::Sqs;
use crate::template::{Resource, Stack};

/// The service principal of rules.
const PRINCIPAL: &str = "events.amazonaws.com";

/// One enabled rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) logical_id: String,
    pub(super) arn: String,
    pub(super) bus: String,
    pub(super) trigger: Trigger,
    pub(super) targets: Vec<Target>,
}

/// What makes a rule fire.
#[derive(Debug)]
pub(super) enum Trigger {
    /// An event that fits.
    Event(Pattern),
    /// The clock.
    Every(Duration),
}

/// A function that a rule invokes.
#[derive(Debug)]
pub(super) struct Target {
    /// Logical id of the function.
    pub(super) function: String,
    pub(super) arn: String,
    /// Text that is delivered instead of the event.
    pub(super) input: Option<String>,
    /// Whether the function lets this rule invoke it.
    pub(super) permitted: bool,
    /// Name of the queue for what cannot be delivered, if its policy lets this rule send to it.
    pub(super) dead_letters: Option<String>,
}

/// The enabled rules of a stack.
pub(super) fn read(stack: &Stack, iam: &Iam, sqs: &Sqs) -> Result<Vec<Rule>> {
    let enabled = |it: &&Resource| it.text("/State").unwrap_or("ENABLED") == "ENABLED";
    stack.of_kind("AWS::Events::Rule").filter(enabled).map(|it| rule(stack, it, iam, sqs)).collect()
}

fn rule(stack: &Stack, resource: &Resource, iam: &Iam, sqs: &Sqs) -> Result<Rule> {
    let bus = resource.text("/EventBusName").unwrap_or("default");
    let bus = bus.rsplit('/').next().unwrap_or(bus).to_owned();
    let known = bus == "default" || stack.by_physical("AWS::Events::EventBus", &bus).is_some();
    ensure!(known, resource.refuse("its EventBusName must be a bus of this template"));
    let arn = stack.arn(&resource.logical_id).unwrap_or_default();
    let targets = resource.parts("/Targets");
    ensure!(targets.len() <= 5, resource.refuse("a rule has at most 5 targets"));
    let targets = targets.iter().map(|it| target(stack, it, &arn, iam, sqs));
    Ok(Rule {
        logical_id: resource.logical_id.clone(),
        trigger: trigger(resource, &bus)?,
        targets: targets.collect::<Result<_>>()?,
        arn,
        bus,
    })
}

fn trigger(resource: &Resource, bus: &str) -> Result<Trigger> {
    match (resource.at("/EventPattern"), resource.text("/ScheduleExpression")) {
        (Some(pattern), None) => resource.locate(Pattern::read(pattern)).map(Trigger::Event),
        (None, Some(expression)) => {
            let default = bus == "default";
            ensure!(default, resource.refuse("schedules exist on the default bus only"));
            let every = rate(expression);
            let why = "ScheduleExpression must be rate(n minutes|hours|days) here";
            every.map(Trigger::Every).ok_or_else(|| resource.refuse(why))
        }
        _ => bail!(resource.refuse("it needs either EventPattern or ScheduleExpression")),
    }
}

/// `rate(1 minute)` and the like; one is singular, more are plural
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>).
fn rate(expression: &str) -> Option<Duration> {
    let inner = expression.strip_prefix("rate(")?.strip_suffix(')')?;
    let (count, unit) = inner.split_once(' ')?;
    let count: u64 = count.parse().ok().filter(|it| *it > 0)?;
    let singular = if count == 1 { unit } else { unit.strip_suffix('s')? };
    let seconds = match singular {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(count * seconds))
}

fn target(
    stack: &Stack,
    target: &Resource,
    rule_arn: &str,
    iam: &Iam,
    sqs: &Sqs,
) -> Result<Target> {
    let arn = target.required("/Arn")?.to_owned();
    let function = stack.by_arn("AWS::Lambda::Function", &arn);
    let function =
        function.ok_or_else(|| target.refuse("a target must be a function of this template"))?;
    check_retries(target)?;
    let dead_letters = match target.text("/DeadLetterConfig/Arn") {
        None => None,
        Some(queue) => {
            let name = sqs.by_arn(queue);
            let name = name
                .ok_or_else(|| target.refuse("DeadLetterConfig: not a queue of this template"))?;
            let may = iam.service_may(PRINCIPAL, rule_arn, "sqs:SendMessage", queue);
            may.then(|| name.to_owned())
        }
    };
    Ok(Target {
        permitted: iam.service_may(PRINCIPAL, rule_arn, "lambda:InvokeFunction", &arn),
        function: function.logical_id.clone(),
        arn,
        input: target.text("/Input").map(str::to_owned),
        dead_letters,
    })
}

/// A retry policy is checked and then has nothing to do: handing over to Lambda is a write to the
/// same store that accepted the event, which does not fail for a moment. What fails for good (no
/// permission) is not retried on AWS either.
fn check_retries(target: &Resource) -> Result<()> {
    let attempts = target.number("/RetryPolicy/MaximumRetryAttempts")?.unwrap_or(185);
    let age = target.number("/RetryPolicy/MaximumEventAgeInSeconds")?.unwrap_or(86_400);
    let allowed = attempts <= 185 && (60..=86_400).contains(&age);
    ensure!(allowed, target.refuse("RetryPolicy: at most 185 attempts, and 60 to 86400 seconds"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_aws_writes_them() {
        assert_eq!(rate("rate(1 minute)"), Some(Duration::from_secs(60)));
        assert_eq!(rate("rate(5 minutes)"), Some(Duration::from_secs(300)));
        assert_eq!(rate("rate(2 days)"), Some(Duration::from_secs(172_800)));
        for wrong in ["rate(0 minutes)", "rate(1 minutes)", "rate(5 minute)", "cron(0 0 * * ? *)"] {
            assert_eq!(rate(wrong), None, "{wrong}");
        }
    }
}
