//! The EventBridge bus, to which every event of an order is published.

use aws_sdk_eventbridge::{Client, types::PutEventsRequestEntry};
use shared::{OrderEvent, event::SOURCE};

use crate::runtime::error::Error;

/// The event bus.
pub struct Bus {
    client: Client,
    name: String,
}

impl Bus {
    /// The bus of that name.
    #[must_use]
    pub const fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// Publishes one event; `Ok` means the bus has it.
    ///
    /// # Errors
    /// [`Error::Dependency`] if it may not have it: the call failed, or the answer (a 200!) says that
    /// this entry did (docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html).
    pub async fn publish(&self, event: &OrderEvent) -> Result<(), Error> {
        let detail = serde_json::to_string(&event.fact)
            .map_err(|error| Error::dependency("writing an event", error))?;
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(event.name.name())
            .detail(detail)
            .build();
        let answer = self
            .client
            .put_events()
            .entries(entry)
            .send()
            .await
            .map_err(|error| Error::dependency("publishing an event", error))?;
        match answer.entries.unwrap_or_default().first() {
            Some(entry) if entry.event_id.is_some() => Ok(()),
            refused => Err(Error::Dependency {
                operation: "publishing an event",
                cause: refused
                    .and_then(|entry| entry.error_code.clone())
                    .unwrap_or_else(|| "the answer has no entry".to_owned()),
            }),
        }
    }
}
