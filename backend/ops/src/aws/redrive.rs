//! `cargo aws redrive`: lists the messages of the failures queue, sends them again, or discards them.
//!
//! A failure comes from a function that gave up (a record with the reason and the payload;
//! docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html) or from a rule that
//! could not hand its event over (the event, with the target in the message's attributes;
//! docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html). Either way only the one
//! function that failed is invoked, asynchronously, with the payload it had. All of them take a
//! payload twice without harm. What is not sent again can be discarded, and is printed once more.

use std::fmt;
use std::io::Write as _;

use anyhow::{Result, bail, ensure};
use clap::Args;
use serde_json::{Value, json};

use super::cli::{Aws, list};
use super::stack::Stack;
use super::target::Target;

/// Takes messages and hides them from others for a quarter of an hour. All servers of the queue
/// are asked, not only some: that is what waiting means here.
const RECEIVE: &str = "sqs receive-message --max-number-of-messages 10 --visibility-timeout 900 \
                       --wait-time-seconds 2 --message-attribute-names All --queue-url";
/// How many messages one call changes, at most.
const BATCH: usize = 10;

/// Which failures, and what to do with them; without an id or `--all` they are listed.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("chosen").args(["id", "all"]))]
pub struct Options {
    /// The stack.
    #[command(flatten)]
    pub(super) stack: Target,
    /// Send this one again, by the beginning of its id in the list
    #[arg(value_name = "ID", value_parser = failure_id)]
    id: Option<String>,
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

/// A message of the failures queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
pub(super) fn run(aws: &Aws, options: &Options) -> Result<()> {
    let stack = Stack::new(aws, &options.stack.stack).existing()?;
    let queue = Queue { aws, url: stack.output("FailuresQueueUrl")? };
    let failures = queue.receive()?;
    let done = act(&queue, &failures, options);
    queue.show_again(&failures);
    done
}

fn act(queue: &Queue<'_>, failures: &[Failure], options: &Options) -> Result<()> {
    let (chosen, others) = choose(failures, options.id.as_deref(), options.all)?;
    let mut done = 0;
    let result = chosen.iter().try_for_each(|failure| {
        match (options.discard, &failure.function) {
            (true, _) => queue.discard(failure)?,
            (false, Some(function)) => queue.send_again(failure, function)?,
            (false, None) => {
                println!("{} names no function, and stays", failure.id);
                return Ok(());
            }
        }
        done += 1;
        Ok(())
    });
    others.iter().for_each(|failure| println!("{failure}"));
    let verb = if options.discard { "discarded" } else { "sent again" };
    match (chosen.len(), failures.len() - done) {
        (0, 0) => println!("no failures"),
        (0, left) => println!(
            "{left} failures; send them again with --all, or one by its id, or remove with --discard"
        ),
        (_, left) => println!("{done} {verb}, {left} left"),
    }
    result
}

/// The failures that the options name, and the others.
fn choose<'a>(
    failures: &'a [Failure],
    id: Option<&str>,
    all: bool,
) -> Result<(Vec<&'a Failure>, Vec<&'a Failure>)> {
    let is_chosen = |failure: &&Failure| all || id.is_some_and(|id| failure.id.starts_with(id));
    let (chosen, others): (Vec<_>, Vec<_>) = failures.iter().partition(is_chosen);
    match (id, chosen.len()) {
        (Some(id), 0) => bail!("no failure has the id {id}; see the list without it"),
        (Some(id), count @ 2..) => {
            bail!("{count} failures have an id that begins with {id}; name more of it")
        }
        _ => Ok((chosen, others)),
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
        let mut failures: Vec<Failure> = Vec::new();
        loop {
            let messages: Vec<Value> = list(&self.aws.ask(RECEIVE, &[self.url])?, "Messages")?;
            let before = failures.len();
            for failure in messages.iter().filter_map(read) {
                if failures.iter().all(|known| known.id != failure.id) {
                    failures.push(failure);
                }
            }
            // Nothing, or only what was there before and came back meanwhile.
            if failures.len() == before {
                return Ok(failures);
            }
        }
    }

    /// Invokes the one function that failed, and takes the message out of the queue.
    fn send_again(&self, failure: &Failure, function: &str) -> Result<()> {
        // As a file of bytes: version 2 of the command line would take text for Base64.
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(failure.payload.as_bytes())?;
        let payload = format!("fileb://{}", file.path().display());
        // An asynchronous invocation has no answer to be written to a file.
        let arguments = [function, "--payload", &payload, "/dev/null"];
        let call = "lambda invoke --invocation-type Event --function-name";
        let answer = self.aws.ask(call, &arguments)?;
        let status = &answer["StatusCode"];
        ensure!(*status == 202, "{function} did not accept the invocation (status {status})");
        self.remove(failure)?;
        println!("{} sent again to {function}", failure.id);
        Ok(())
    }

    /// Takes the message out of the queue, and prints what it held for the last time.
    fn discard(&self, failure: &Failure) -> Result<()> {
        self.remove(failure)?;
        println!("discarded {failure}");
        Ok(())
    }

    fn remove(&self, failure: &Failure) -> Result<()> {
        let arguments = [self.url, "--receipt-handle", &failure.receipt];
        self.aws.ask("sqs delete-message --queue-url", &arguments).map(drop)
    }

    /// Lets everybody see at once what is still in the queue. What cannot be shown now shows itself
    /// when its time is over, and what was deleted is no more.
    fn show_again(&self, failures: &[Failure]) {
        for batch in failures.chunks(BATCH) {
            let entry = |(number, failure): (usize, &Failure)| {
                json!({"Id": number.to_string(), "ReceiptHandle": failure.receipt,
                    "VisibilityTimeout": 0})
            };
            let entries = batch.iter().enumerate().map(entry).collect::<Value>().to_string();
            let call = "sqs change-message-visibility-batch --queue-url";
            let _ = self.aws.ask(call, &[self.url, "--entries", &entries]);
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, function, reason, payload, .. } = self;
        let function = function.as_deref().unwrap_or("an unknown function");
        write!(f, "{id}  {function}: {reason}\n    {payload}")
    }
}

/// Reads a message of either kind; `None` for one without an id.
fn read(message: &Value) -> Option<Failure> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let body = message["Body"].as_str().unwrap_or_default();
    let record: Value = serde_json::from_str(body).unwrap_or_default();
    let attribute = |name: &str| text(&message["MessageAttributes"][name]["StringValue"]);
    // The name in a function's ARN, which may end with a qualifier.
    let name = |arn: String| arn.split(':').nth(6).unwrap_or(&arn).to_owned();
    let (function, reason, payload) = match text(&record["requestContext"]["functionArn"]) {
        Some(arn) => (Some(arn), reason_of(&record), record["requestPayload"].to_string()),
        None => (
            attribute("TARGET_ARN"),
            attribute("ERROR_MESSAGE").or(attribute("ERROR_CODE")).unwrap_or_default(),
            body.to_owned(),
        ),
    };
    let (id, receipt) = (text(&message["MessageId"])?, text(&message["ReceiptHandle"])?);
    Some(Failure { id, receipt, function: function.map(name), reason, payload })
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
        let failures = ["0123456789ab", "0123456789cd", "ffffffff"]
            .map(|id| Failure { id: id.to_owned(), ..Failure::default() });
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
    fn a_failure_is_read_from_its_record_or_from_its_attributes() {
        let arn = "arn:aws:lambda:eu-west-2:1:function:shop-delivery";
        let record = json!({
            "requestContext": {"functionArn": format!("{arn}:$LATEST"), "condition": "RetriesExhausted"},
            "requestPayload": {"detail-type": "order_accepted"},
            "responsePayload": {"errorType": "Tiffin.InvalidEvent", "errorMessage": "no order event"},
        });
        let target = json!({
            "TARGET_ARN": {"StringValue": arn}, "ERROR_CODE": {"StringValue": "NO_PERMISSIONS"},
        });
        let (gave_up, event) = (record.to_string(), r#"{"id":"e"}"#);
        let accepted = r#"{"detail-type":"order_accepted"}"#;
        for (body, attributes, function, reason, payload) in [
            (&*gave_up, Value::Null, true, "Tiffin.InvalidEvent: no order event", accepted),
            (event, target, true, "NO_PERMISSIONS", event),
            ("no JSON", Value::Null, false, "", "no JSON"),
        ] {
            let message = json!({"MessageId": "m", "ReceiptHandle": "r", "Body": body,
                "MessageAttributes": attributes});
            let expected = Failure {
                id: "m".to_owned(),
                receipt: "r".to_owned(),
                function: function.then(|| "shop-delivery".to_owned()),
                reason: reason.to_owned(),
                payload: payload.to_owned(),
            };
            assert_eq!(read(&message), Some(expected));
        }
    }
}
