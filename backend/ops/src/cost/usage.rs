//! What is used: a count for each thing that is charged for.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The days of a month are 30: so many minutes.
pub const MINUTES_A_MONTH: u128 = 30 * 24 * 60;
/// … and hours.
pub const HOURS_A_MONTH: u128 = 30 * 24;
/// The lines that Lambda itself writes of an invocation (START, END and REPORT), with what each line
/// is charged in addition, in bytes.
const LOG_BYTES_AN_INVOCATION: u128 = 400;

/// Declares the meters once, for the type and for the list of all.
macro_rules! meters {
    ($($(#[$about:meta])+ $name:ident,)+) => {
        /// A thing that is counted and charged for; `prices.toml` has its price under the name in
        /// snake case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Meter { $($(#[$about])+ $name,)+ }

        impl Meter {
            /// All there are.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];
        }
    };
}

meters! {
    /// Invocations of functions.
    LambdaRequest,
    /// Megabytes × milliseconds on Arm.
    LambdaArm,
    /// Megabytes × milliseconds on x86.
    #[serde(rename = "lambda_x86")]
    LambdaX86,
    /// Calls of an HTTP API.
    HttpRequest,
    /// Calls of a REST API.
    RestRequest,
    /// WebSocket messages, either way.
    SocketMessage,
    /// Minutes of open WebSockets.
    SocketMinute,
    /// DynamoDB's write units.
    DynamodbWrite,
    /// Halves of DynamoDB's read units.
    DynamodbHalfRead,
    /// Bytes in DynamoDB, indexes included, for a month.
    DynamodbStoredByte,
    /// Bytes in DynamoDB's tables that can be brought back, for a month.
    DynamodbRecoverableByte,
    /// Events put on a bus.
    Event,
    /// Bytes of log lines taken in.
    LogByte,
    /// Bytes of log lines kept for a month.
    LogStoredByte,
    /// Hours in which a metric of one's own has a value.
    MetricHour,
    /// Metrics that alarms watch, for a month.
    AlarmMetric,
    /// Dashboards, for a month.
    Dashboard,
    /// Alarms that are made of others, for a month.
    CompositeAlarm,
    /// Requests to the edge.
    EdgeRequest,
    /// Bytes from the edge to browsers.
    EdgeByte,
    /// Runs of a function at the edge.
    EdgeFunction,
    /// Files read from a bucket.
    S3Read,
    /// Bytes in buckets, for a month.
    S3StoredByte,
    /// Customers who sign in during a month.
    ActiveUser,
    /// Requests to a queue.
    QueueRequest,
}

/// How much of each thing is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage(BTreeMap<Meter, u128>);

/// The functions of a design: what their invocations have in common.
#[derive(Debug, Clone, Copy)]
pub struct Functions {
    /// The meter of their processor.
    pub processor: Meter,
    /// Their memory in megabytes.
    pub memory: u128,
}

impl Usage {
    /// Counts so many more of a thing.
    pub fn add(&mut self, meter: Meter, quantity: u128) {
        let count = self.0.entry(meter).or_default();
        *count = count.saturating_add(quantity);
    }

    /// Counts so many invocations of so many milliseconds each, with the log lines that Lambda
    /// writes of them.
    pub fn invoke(&mut self, functions: Functions, times: u128, milliseconds: u128) {
        self.add(Meter::LambdaRequest, times);
        self.run(functions, times, milliseconds);
        self.log(times * LOG_BYTES_AN_INVOCATION);
    }

    /// Counts work of an invocation that is counted elsewhere.
    pub fn run(&mut self, functions: Functions, times: u128, milliseconds: u128) {
        self.add(functions.processor, times * milliseconds * functions.memory);
    }

    /// Counts log lines, taken in and kept for a month.
    pub fn log(&mut self, bytes: u128) {
        self.add(Meter::LogByte, bytes);
        self.add(Meter::LogStoredByte, bytes);
    }

    /// So many times all of it.
    #[must_use]
    pub fn times(&self, factor: u128) -> Self {
        self.iter().map(|(meter, quantity)| (meter, quantity.saturating_mul(factor))).collect()
    }

    /// This and that together.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for (meter, quantity) in other.iter() {
            both.add(meter, quantity);
        }
        both
    }

    /// How much of a thing is used.
    #[must_use]
    pub fn of(&self, meter: Meter) -> u128 {
        self.0.get(&meter).copied().unwrap_or_default()
    }

    /// Every thing that is counted, with how much of it.
    pub fn iter(&self) -> impl Iterator<Item = (Meter, u128)> {
        self.0.iter().map(|(&meter, &quantity)| (meter, quantity))
    }
}

impl FromIterator<(Meter, u128)> for Usage {
    fn from_iter<I: IntoIterator<Item = (Meter, u128)>>(counts: I) -> Self {
        Self(counts.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_is_a_request_its_time_in_memory_and_log_lines() {
        let mut usage = Usage::default();
        let functions = Functions { processor: Meter::LambdaArm, memory: 256 };
        usage.invoke(functions, 3, 10);
        assert_eq!(usage.of(Meter::LambdaRequest), 3);
        assert_eq!(usage.of(Meter::LambdaArm), 7_680);
        assert_eq!(usage.of(Meter::LogByte), usage.of(Meter::LogStoredByte));
    }

    #[test]
    fn usages_add_up() {
        let one = Usage::from_iter([(Meter::Event, 4), (Meter::LogByte, 1)]);
        let both = one.times(10).and(&one);
        assert_eq!(both, Usage::from_iter([(Meter::Event, 44), (Meter::LogByte, 11)]));
    }
}
