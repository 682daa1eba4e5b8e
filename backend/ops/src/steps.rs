//! "step 3 of 7: …" with how long each took.

use std::time::Instant;

use anyhow::Result;

/// Counts the steps of a command while it runs them.
#[derive(Debug)]
pub struct Steps {
    total: usize,
    begun: usize,
}

impl Steps {
    /// A command of `total` steps.
    pub(crate) const fn new(total: usize) -> Self {
        Self { total, begun: 0 }
    }

    /// Runs the next step, and prints its name and duration; what `work` returns.
    pub(crate) fn take<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let begun = self.begin(name);
        let result = work();
        println!("    {:.1?}", begun.elapsed());
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
        println!("    {:.1?}", begun.elapsed());
        result
    }

    fn begin(&mut self, name: &str) -> Instant {
        self.begun += 1;
        println!("step {} of {}: {name}", self.begun, self.total);
        Instant::now()
    }
}
