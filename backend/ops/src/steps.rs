//! "step 3 of 7: …" with how long each took.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Counts the steps of a command while it runs them.
#[derive(Debug)]
pub struct Steps {
    total: usize,
    taken: Vec<Taken>,
}

/// A finished step.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What it did.
    pub name: String,
    /// How long that took.
    pub duration: Duration,
}

impl Steps {
    /// A command of `total` steps.
    pub fn new(total: usize) -> Self {
        Self { total, taken: Vec::with_capacity(total) }
    }

    /// Runs the next step, and prints its name and duration; what `work` returns.
    pub(crate) fn take<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let begun = self.begin(name);
        let result = work();
        self.end(name, begun);
        result
    }

    /// The same for asynchronous work.
    pub(crate) async fn wait<T>(
        &mut self,
        name: &str,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let begun = self.begin(name);
        let result = work.await;
        self.end(name, begun);
        result
    }

    /// The steps taken so far, a failed one included.
    pub fn taken(&self) -> &[Taken] {
        &self.taken
    }

    fn begin(&self, name: &str) -> Instant {
        println!("step {} of {}: {name}", self.taken.len() + 1, self.total);
        Instant::now()
    }

    fn end(&mut self, name: &str, begun: Instant) {
        let duration = begun.elapsed();
        println!("    {}", seconds(duration));
        self.taken.push(Taken { name: name.to_owned(), duration });
    }
}

/// A duration as it is printed: `1.2 s`, `3 min 20 s`.
pub fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        whole @ 120.. => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{:.1} s", duration.as_secs_f32()),
    }
}
