//! What the emulator is known to do otherwise.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use yaml_rust2::{Yaml, YamlLoader};

/// Sentences about the emulator by `service: check`.
#[derive(Debug, Default)]
pub(crate) struct Differences(BTreeMap<String, String>);

impl Differences {
    /// MiniStack's, from `differences.yaml`.
    pub(crate) fn of_the_emulator() -> Result<Self> {
        let file = YamlLoader::load_from_str(include_str!("differences.yaml"))?;
        let listed = file.first().context("the file is empty")?["differences"].as_hash();
        let text = |it: &Yaml| it.as_str().map(str::to_owned).context("not a text");
        let one = |(check, how): (&Yaml, &Yaml)| Ok((text(check)?, text(how)?));
        listed.context("no differences")?.iter().map(one).collect::<Result<_>>().map(Self)
    }

    /// How the emulator differs in this check.
    pub(crate) fn get(&self, check: &str) -> Option<&str> {
        self.0.get(check).map(String::as_str)
    }

    /// Makes sure that every difference is about a check that exists.
    pub(crate) fn all_among<'a>(&self, checks: impl Iterator<Item = &'a str>) -> Result<()> {
        let checks: Vec<&str> = checks.collect();
        for known in self.0.keys() {
            ensure!(
                checks.contains(&known.as_str()),
                "differences.yaml: no check is called {known}"
            );
        }
        Ok(())
    }
}
