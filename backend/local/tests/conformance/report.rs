//! Runs the checks and says what came of each, one line a check.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use anyhow::{Error, Result, anyhow};
use futures_util::{FutureExt, StreamExt, stream};

use crate::arguments::Arguments;
use crate::checks::{Check, Skipped};
use crate::differences::Differences;
use crate::services::SERVICES;
use crate::target::Target;

/// How many checks run at the same time: they wait more than they work.
const AT_ONCE: usize = 24;

/// What to ask and what to expect of it.
pub(crate) struct Report {
    checks: Vec<(String, &'static Check)>,
    differences: Differences,
}

/// What came of a check.
enum Verdict {
    /// As AWS does it.
    Ok,
    /// Not as AWS does it, and this is known.
    Differs(String),
    /// Nobody can tell here.
    Skipped(String),
    /// Not as AWS does it.
    Failed(Error),
    /// As AWS does it, and that is news.
    NoLongerDiffers,
}

/// Says what would be asked.
pub(crate) fn list(arguments: &Arguments) {
    for (line, _) in chosen(arguments) {
        println!("{line}: test");
    }
}

/// What the arguments choose.
pub(crate) fn chosen(arguments: &Arguments) -> Vec<(String, &'static Check)> {
    all().filter(|(line, _)| line.contains(&arguments.filter)).collect()
}

fn all() -> impl Iterator<Item = (String, &'static Check)> {
    let named = |(service, checks): &'static (&str, &[Check])| {
        checks.iter().map(move |check| (format!("{service}: {}", check.sentence), check))
    };
    SERVICES.iter().flat_map(named)
}

impl Report {
    /// The checks that the arguments choose.
    pub(crate) fn new(arguments: &Arguments, differences: Differences) -> Result<Self> {
        let lines: Vec<String> = all().map(|(line, _)| line).collect();
        differences.all_among(lines.iter().map(String::as_str))?;
        Ok(Self { checks: chosen(arguments), differences })
    }

    /// Runs them, and says whether all is as it should be.
    pub(crate) async fn run(&self, target: &Target) -> bool {
        let started = Instant::now();
        let run = async |(line, check): &(String, &'static Check)| {
            let asked = AssertUnwindSafe((check.run)(target)).catch_unwind().await;
            let result = asked.unwrap_or_else(|_| Err(anyhow!("the check itself panicked")));
            let verdict = self.judge(line, result);
            println!("{line} … {}", verdict.text());
            verdict
        };
        let verdicts: Vec<Verdict> =
            stream::iter(&self.checks).map(run).buffer_unordered(AT_ONCE).collect().await;
        let count = |of: fn(&Verdict) -> bool| verdicts.iter().filter(|it| of(it)).count();
        let failed = count(|it| matches!(it, Verdict::Failed(_) | Verdict::NoLongerDiffers));
        println!(
            "\n{} checks: {} ok, {} known to differ, {} skipped, {failed} FAILED; {} s\n",
            verdicts.len(),
            count(|it| matches!(it, Verdict::Ok)),
            count(|it| matches!(it, Verdict::Differs(_))),
            count(|it| matches!(it, Verdict::Skipped(_))),
            started.elapsed().as_secs(),
        );
        failed == 0
    }

    fn judge(&self, line: &str, result: Result<()>) -> Verdict {
        match (result, self.differences.get(line)) {
            (Ok(()), None) => Verdict::Ok,
            (Ok(()), Some(_)) => Verdict::NoLongerDiffers,
            (Err(why), _) if why.is::<Skipped>() => Verdict::Skipped(why.to_string()),
            (Err(_), Some(how)) => Verdict::Differs(how.to_owned()),
            (Err(why), None) => Verdict::Failed(why),
        }
    }
}

impl Verdict {
    fn text(&self) -> String {
        match self {
            Self::Ok => "ok".to_owned(),
            Self::Differs(how) => format!("differs (known: {how})"),
            Self::Skipped(why) => format!("skipped: {why}"),
            Self::Failed(why) => format!("FAILED {why:#}"),
            Self::NoLongerDiffers => {
                "FAILED: it no longer differs: remove it from differences.yaml".to_owned()
            }
        }
    }
}
