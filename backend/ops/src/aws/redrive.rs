//! `cargo aws redrive`: what lies in the failures queue, and sending it again.
//!
//! A failure comes from a function that gave up (a record with the reason and the payload;
//! docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html) or from a rule that
//! could not hand its event over (the event, with the target in the message's attributes;
//! docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html). Either way only the one
//! function that failed is invoked, asynchronously, with the payload it had. All of them take a
//! payload twice without harm. What is not sent again can be discarded, and is printed once more.

use std::collections::BTreeSet;
use std::io::Write as _;

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::cli::{Aws, list};
use super::stack::Stack;
use super::target::Target;

/// Which failures, and what to do with them; without an id or `--all` they are listed.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("chosen").args(["one", "all"]))]
pub struct Options {
    /// The stack.
    #[command(flatten)]
    pub stack: Target,
    /// Send this one again, by the beginning of its id in the list
    #[arg(value_name = "ID", value_parser = failure_id)]
    one: Option<String>,
    /// Send all of them again
    #[arg(long)]
    all: bool,
    /// Remove instead of sending again
    #[arg(long, requires = "chosen")]
    discard: bool,
}

/// The beginning of a failure's id: at least its first group of hexadecimal digits.
fn failure_id(text: &str) -> Result<String, String> {
    match text.trim() {
        id if id.len() >= 8 => Ok(id.to_owned()),
        _ => Err("must have at least the first 8 characters of an id; see the list".to_owned()),
    }
}

/// For how long a message that we look at is hidden from others, in seconds.
const HIDDEN: &str = "900";
/// How many messages one call takes, at most.
const BATCH: usize = 10;

/// A message of the failures queue.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failure {
    /// The message's id.
    id: String,
    /// What it is deleted by.
    receipt: String,
    /// The function that failed; `None` if the message does not say.
    function: Option<String>,
    /// Why.
    reason: String,
    /// What the function was invoked with.
    payload: String,
}

/// Lists the failures, or sends one or all of them again, or discards them.
///
/// # Errors
/// If there is no such stack or failure, or AWS refuses.
pub fn run(aws: &Aws, options: &Options) -> Result<()> {
    let stack = Stack::new(aws, &options.stack.stack).existing()?;
    let queue = Queue { aws, url: stack.output("FailuresQueueUrl")? };
    let failures = queue.receive()?;
    let done = act(&queue, &failures, options);
    queue.show_again(&failures);
    done
}

fn act(queue: &Queue<'_>, failures: &[Failure], options: &Options) -> Result<()> {
    let (chosen, left) = choose(failures, options.one.as_deref(), options.all)?;
    let act = |failure| match options.discard {
        true => queue.discard(failure),
        false => queue.send_again(failure),
    };
    let done = chosen.into_iter().try_fold(0, |done, failure| act(failure).map(|it| done + it));
    let verb = if options.discard { "discarded" } else { "sent again" };
    report(&left, *done.as_ref().unwrap_or(&0), verb);
    done.map(drop)
}

/// Those that are meant, and the others.
fn choose<'a>(
    failures: &'a [Failure],
    one: Option<&str>,
    all: bool,
) -> Result<(Vec<&'a Failure>, Vec<&'a Failure>)> {
    let is_chosen = |failure: &&Failure| all || one.is_some_and(|id| failure.id.starts_with(id));
    let (chosen, left): (Vec<_>, Vec<_>) = failures.iter().partition(is_chosen);
    match one {
        Some(id) if chosen.is_empty() => {
            bail!("no failure has the id {id}; see the list without it")
        }
        Some(id) if chosen.len() > 1 => {
            bail!("{} failures have an id that begins with {id}; name more of it", chosen.len())
        }
        _ => Ok((chosen, left)),
    }
}

fn report(left: &[&Failure], done: usize, verb: &str) {
    for Failure { id, function, reason, payload, .. } in left {
        let function = function.as_deref().unwrap_or("an unknown function");
        println!("{id}  {function}: {reason}\n    {payload}");
    }
    match (done, left.len()) {
        (0, 0) => println!("no failures"),
        (0, left) => println!(
            "{left} failures; send them again with --all, or one by its id, or remove with --discard"
        ),
        (done, left) => println!("{done} {verb}, {left} left"),
    }
}

/// The failures queue.
struct Queue<'a> {
    aws: &'a Aws,
    url: &'a str,
}

impl Queue<'_> {
    /// Everything in the queue, hidden from others for a while.
    fn receive(&self) -> Result<Vec<Failure>> {
        let mut failures = Vec::new();
        let mut known = BTreeSet::new();
        loop {
            let answer = self.ask(&[
                "receive-message",
                "--queue-url",
                self.url,
                "--max-number-of-messages",
                "10",
                "--visibility-timeout",
                HIDDEN,
                // All servers of the queue are asked, not only some.
                "--wait-time-seconds",
                "2",
                "--message-attribute-names",
                "All",
            ])?;
            let messages = list(&answer, "Messages");
            let before = failures.len();
            for failure in messages.iter().filter_map(read) {
                if known.insert(failure.id.clone()) {
                    failures.push(failure);
                }
            }
            // Nothing, or only what was there before and came back meanwhile.
            if failures.len() == before {
                return Ok(failures);
            }
        }
    }

    /// Invokes the one function that failed, and takes the message out of the queue; how many
    /// were sent, for one that names no function is left.
    fn send_again(&self, failure: &Failure) -> Result<usize> {
        let Failure { id, receipt, function: Some(function), payload, .. } = failure else {
            println!("{} names no function, and stays", failure.id);
            return Ok(0);
        };
        invoke(self.aws, function, payload)?;
        self.remove(receipt)?;
        println!("{id} sent again to {function}");
        Ok(1)
    }

    /// Takes the message out of the queue, and prints what it held for the last time.
    fn discard(&self, failure: &Failure) -> Result<usize> {
        let Failure { id, receipt, function, reason, payload } = failure;
        self.remove(receipt)?;
        let function = function.as_deref().unwrap_or("an unknown function");
        println!("{id} discarded, of {function}: {reason}\n    {payload}");
        Ok(1)
    }

    fn remove(&self, receipt: &str) -> Result<()> {
        let call = ["delete-message", "--queue-url", self.url, "--receipt-handle", receipt];
        self.ask(&call).map(drop)
    }

    /// Lets everybody see at once what is still in the queue. What cannot be shown now shows itself
    /// when its time is over, and what was deleted is no more.
    fn show_again(&self, failures: &[Failure]) {
        for batch in failures.chunks(BATCH) {
            let entry = |(number, failure): (usize, &Failure)| {
                json!({"Id": number.to_string(), "ReceiptHandle": failure.receipt,
                    "VisibilityTimeout": 0})
            };
            let entries: Value = batch.iter().enumerate().map(entry).collect();
            let call = ["change-message-visibility-batch", "--queue-url", self.url, "--entries"];
            let _ = self.ask(&[call.as_slice(), &[&entries.to_string()]].concat());
        }
    }

    fn ask(&self, arguments: &[&str]) -> Result<Value> {
        self.aws.ask(&[&["sqs"], arguments].concat())
    }
}

fn invoke(aws: &Aws, function: &str, payload: &str) -> Result<()> {
    // As a file of bytes: version 2 of the command line would take text for Base64.
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(payload.as_bytes())?;
    let call = [
        "lambda",
        "invoke",
        "--function-name",
        function,
        "--invocation-type",
        "Event",
        "--payload",
        &format!("fileb://{}", file.path().display()),
        // Where the answer's payload goes; an asynchronous invocation has none.
        "/dev/null",
    ];
    match aws.ask(&call)?["StatusCode"].as_i64() {
        Some(202) => Ok(()),
        status => bail!("{function} did not accept the invocation (status {status:?})"),
    }
}

/// Reads a message of either kind; `None` for one without an id.
fn read(message: &Value) -> Option<Failure> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let (id, receipt) = (text(&message["MessageId"])?, text(&message["ReceiptHandle"])?);
    let body = message["Body"].as_str().unwrap_or_default();
    let record: Value = serde_json::from_str(body).unwrap_or_default();
    let attribute = |name: &str| text(&message["MessageAttributes"][name]["StringValue"]);
    let (function, reason, payload) = match record["requestContext"]["functionArn"].as_str() {
        Some(arn) => (Some(name_of(arn)), reason_of(&record), record["requestPayload"].to_string()),
        None => (
            attribute("TARGET_ARN").map(|arn| name_of(&arn)),
            attribute("ERROR_MESSAGE").or(attribute("ERROR_CODE")).unwrap_or_default(),
            body.to_owned(),
        ),
    };
    Some(Failure { id, receipt, function, reason, payload })
}

/// The name in a function's ARN, which may end with a qualifier.
fn name_of(arn: &str) -> String {
    arn.split(':').nth(6).unwrap_or(arn).to_owned()
}

fn reason_of(record: &Value) -> String {
    let said = &record["responsePayload"];
    match (said["errorType"].as_str(), said["errorMessage"].as_str()) {
        (Some(kind), Some(message)) => format!("{kind}: {message}"),
        _ => record["requestContext"]["condition"].as_str().unwrap_or("no reason").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_is_named_by_the_beginning_of_its_id_and_no_other_is_meant() {
        let failure = |id: &str| Failure {
            id: id.to_owned(),
            receipt: String::new(),
            function: None,
            reason: String::new(),
            payload: String::new(),
        };
        let failures = ["0123456789ab", "0123456789cd", "ffffffff"].map(failure);
        let chosen = |id: Option<&str>, all| {
            let (chosen, left) = choose(&failures, id, all).map_err(|error| error.to_string())?;
            Ok((chosen.len(), left.len()))
        };
        assert_eq!(chosen(None, false), Ok((0, 3)));
        assert_eq!(chosen(None, true), Ok((3, 0)));
        assert_eq!(chosen(Some("0123456789a"), false), Ok((1, 2)));
        let twice = "2 failures have an id that begins with 01234567; name more of it";
        assert_eq!(chosen(Some("01234567"), false), Err(twice.to_owned()));
        assert!(chosen(Some("eeeeeeee"), false).unwrap_err().starts_with("no failure has the id"));
    }

    #[test]
    fn a_function_that_gave_up_is_told_by_its_record() {
        let body = json!({
            "requestContext": {
                "functionArn": "arn:aws:lambda:eu-west-2:1:function:shop-delivery:$LATEST",
                "condition": "RetriesExhausted",
            },
            "requestPayload": {"detail-type": "order_accepted"},
            "responsePayload": {"errorType": "Tiffin.InvalidEvent", "errorMessage": "no order event"},
        });
        let message = json!({"MessageId": "m", "ReceiptHandle": "r", "Body": body.to_string()});
        let failure = read(&message).unwrap();
        assert_eq!(failure.function.as_deref(), Some("shop-delivery"));
        assert_eq!(failure.reason, "Tiffin.InvalidEvent: no order event");
        assert_eq!(failure.payload, r#"{"detail-type":"order_accepted"}"#);
    }

    #[test]
    fn a_rule_that_could_not_hand_over_is_told_by_its_attributes() {
        let attributes = json!({
            "TARGET_ARN": {"StringValue": "arn:aws:lambda:eu-west-2:1:function:shop-restaurants"},
            "ERROR_CODE": {"StringValue": "NO_PERMISSIONS"},
        });
        let message = json!({
            "MessageId": "m", "ReceiptHandle": "r", "Body": r#"{"id":"e"}"#,
            "MessageAttributes": attributes,
        });
        let failure = read(&message).unwrap();
        assert_eq!(
            (failure.function.as_deref(), failure.reason.as_str(), failure.payload.as_str()),
            (Some("shop-restaurants"), "NO_PERMISSIONS", r#"{"id":"e"}"#)
        );
        let unknown = json!({"MessageId": "m", "ReceiptHandle": "r", "Body": "no JSON"});
        assert_eq!(read(&unknown).unwrap().function, None);
    }
}
