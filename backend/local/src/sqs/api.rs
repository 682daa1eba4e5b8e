//! The calls of SQS, in its JSON protocol 1.0
//! (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html>).

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{Attributes, Queue, Received, Sqs};
use crate::aws::{ServiceError, json_response};
use crate::iam::{Caller, Iam};

/// The longest a receiver may wait for a message.
const LONGEST_WAIT_MS: u64 = 20_000;

impl Sqs {
    /// Answers one call.
    pub(crate) async fn call(
        &self,
        iam: &Iam,
        caller: &Caller,
        operation: &str,
        body: &Value,
    ) -> Result<Response, ServiceError> {
        let (name, queue) = self.addressed(body)?;
        iam.check(caller, &format!("sqs:{operation}"), &queue.arn, &[])?;
        let answer = match operation {
            "SendMessage" => self.send_message(name, queue, body)?,
            "ReceiveMessage" => self.receive_message(name, queue, body).await?,
            "DeleteMessage" => self.delete_message(name, body)?,
            "GetQueueAttributes" => self.get_queue_attributes(name, queue)?,
            "GetQueueUrl" => json!({ "QueueUrl": queue.url }),
            _ => {
                let why = format!("{operation} is not supported by the local emulator");
                return Err(ServiceError::new("UnsupportedOperation", why));
            }
        };
        Ok(json_response(StatusCode::OK, &answer))
    }

    /// The queue a call is about: by the end of its URL, so that any host will do, or by name.
    fn addressed(&self, body: &Value) -> Result<(&str, &Queue), ServiceError> {
        let name = body["QueueUrl"].as_str().and_then(|url| url.rsplit('/').next());
        let name = name.or(body["QueueName"].as_str()).unwrap_or_default();
        match self.queues.get_key_value(name) {
            Some((name, queue)) => Ok((name, queue)),
            None => {
                let why = "The specified queue does not exist.";
                Err(ServiceError::new("QueueDoesNotExist", why))
            }
        }
    }

    fn send_message(&self, name: &str, queue: &Queue, body: &Value) -> Result<Value, ServiceError> {
        let Some(text) = body["MessageBody"].as_str() else {
            let why = "The request must contain the parameter MessageBody.";
            return Err(ServiceError::new("MissingParameter", why));
        };
        let attributes = attributes(body)?;
        // Names, types and values of attributes count as the body does.
        let parts =
            attributes.iter().flat_map(|(name, value)| [name.len(), "String".len(), value.len()]);
        let length = text.len() + parts.sum::<usize>();
        if u64::try_from(length).is_ok_and(|length| length > queue.largest) {
            let why = format!(
                "One or more parameters are invalid. Reason: Message must be shorter than {} bytes.",
                queue.largest
            );
            return Err(ServiceError::new("InvalidParameterValue", why));
        }
        let delay = body["DelaySeconds"].as_u64().map(|it| it * 1_000);
        let message_id = self.store.with(|it| self.put(it, name, text, &attributes, delay))?;
        self.arrived(name);
        Ok(json!({"MessageId": message_id, "MD5OfMessageBody": md5(text)}))
    }

    async fn receive_message(
        &self,
        name: &str,
        queue: &Queue,
        body: &Value,
    ) -> Result<Value, ServiceError> {
        let number = |key: &str| body[key].as_u64();
        let most = number("MaxNumberOfMessages").unwrap_or(1).clamp(1, 10);
        let visibility = number("VisibilityTimeout").map(|it| it * 1_000);
        let wait = number("WaitTimeSeconds").map_or(queue.wait_ms, |it| it * 1_000);
        let until = Instant::now() + Duration::from_millis(wait.min(LONGEST_WAIT_MS));
        loop {
            let arrived = queue.arrived.notified();
            let taken = self.take(name, most, visibility)?;
            if !taken.is_empty() || Instant::now() >= until {
                let messages: Vec<Value> = taken.iter().map(wire).collect();
                let is_empty = messages.is_empty();
                return Ok(if is_empty { json!({}) } else { json!({"Messages": messages}) });
            }
            // A hidden message becomes visible again without a notification.
            let pause = Duration::from_millis(100).min(until - Instant::now());
            let _ = tokio::time::timeout(pause, arrived).await;
        }
    }

    fn delete_message(&self, queue: &str, body: &Value) -> Result<Value, ServiceError> {
        let receipt = body["ReceiptHandle"].as_str().unwrap_or_default();
        self.delete(queue, receipt)?;
        Ok(json!({}))
    }

    fn get_queue_attributes(&self, name: &str, queue: &Queue) -> Result<Value, ServiceError> {
        let (visible, hidden, delayed) = self.counts(name)?;
        Ok(json!({"Attributes": {
            "QueueArn": queue.arn,
            "ApproximateNumberOfMessages": visible.to_string(),
            "ApproximateNumberOfMessagesNotVisible": hidden.to_string(),
            "ApproximateNumberOfMessagesDelayed": delayed.to_string(),
            "MessageRetentionPeriod": (queue.retention_ms / 1_000).to_string(),
            "MaximumMessageSize": queue.largest.to_string(),
            "VisibilityTimeout": (queue.visibility_ms / 1_000).to_string(),
        }}))
    }
}

fn attributes(body: &Value) -> Result<Attributes, ServiceError> {
    let one = |(name, value): (&String, &Value)| match value["StringValue"].as_str() {
        Some(text) => Ok((name.clone(), text.to_owned())),
        None => {
            let why = "only text attributes are supported by the local emulator";
            Err(ServiceError::new("UnsupportedOperation", why))
        }
    };
    body["MessageAttributes"].as_object().into_iter().flatten().map(one).collect()
}

fn wire(received: &Received) -> Value {
    let message = &received.message;
    let attribute = |(name, value): (&String, &String)| {
        (name.clone(), json!({"DataType": "String", "StringValue": value}))
    };
    let attributes: Map<String, Value> = message.attributes.iter().map(attribute).collect();
    json!({
        "MessageId": message.message_id,
        "ReceiptHandle": received.receipt_handle,
        "Body": message.body,
        "MD5OfBody": md5(&message.body),
        "Attributes": {
            "SentTimestamp": message.sent.to_string(),
            "ApproximateReceiveCount": message.receive_count.to_string(),
        },
        "MessageAttributes": attributes,
    })
}

fn md5(text: &str) -> String {
    format!("{:x}", md5::compute(text))
}
