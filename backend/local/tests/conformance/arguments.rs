//! What stands after `cargo test … --`.

use anyhow::{Context, Result, bail};

/// What to ask, and where.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// Who is asked.
    pub(crate) target: Where,
    /// Only lines that contain this.
    pub(crate) filter: String,
    /// Only say what would be asked.
    pub(crate) list: bool,
}

/// Who is asked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// The AWS of this crate, started here.
    Local,
    /// An emulator that runs.
    Emulator,
    /// AWS.
    Aws {
        /// Name of the stack to make and delete.
        stack: String,
        /// `None` is what the environment says.
        region: Option<String>,
    },
}

impl Arguments {
    /// Reads them. What cargo's own harness would understand is let pass, so that this suite can
    /// run among other tests.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let (mut target, mut region) = (Where::Local, None);
        let (mut filter, mut list) = (String::new(), false);
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().with_context(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--emulator" => target = Where::Emulator,
                "--aws" => target = Where::Aws { stack: value()?, region: None },
                "--region" => region = Some(value()?),
                "--list" => list = true,
                "--test-threads" | "--format" | "--color" => drop(value()?),
                flag if flag.starts_with("--test-threads=") => {}
                "--nocapture" | "--no-capture" | "--quiet" | "-q" | "--exact" => {}
                flag if flag.starts_with('-') => bail!("{flag} is unknown here"),
                word => filter = word.to_owned(),
            }
        }
        match (&mut target, region) {
            (Where::Aws { region, .. }, given) => *region = given,
            (_, Some(_)) => bail!("--region belongs to --aws"),
            (_, None) => {}
        }
        Ok(Self { target, filter, list })
    }
}
