//! The settings of a function: the only reader of its environment variables.

use std::str::FromStr;

/// The value of a setting by its name.
type Source = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Settings by name, as the template sets them.
pub struct Settings(Source);

/// What is wrong with a function's settings.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable that the template sets is missing.
    #[error("{0} is not set; the template sets it")]
    Missing(&'static str),
    /// A variable has a value that it must not have.
    #[error("{name} is “{value}”, and must be {expected}")]
    Invalid {
        /// The variable's name.
        name: &'static str,
        /// Its value.
        value: String,
        /// Which values are valid.
        expected: &'static str,
    },
}

impl SettingsError {
    /// The setting `name` is `value`, and must be `expected`.
    #[must_use]
    pub fn invalid(name: &'static str, value: &str, expected: &'static str) -> Self {
        Self::Invalid { name, value: value.to_owned(), expected }
    }
}

impl Settings {
    /// The environment variables of this process.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }

    /// The settings that `source` returns by name.
    pub fn new(source: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Box::new(source))
    }

    /// A setting that may be missing.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.0)(name)
    }

    /// A setting that the template always sets.
    ///
    /// # Errors
    /// [`SettingsError::Missing`].
    pub fn required(&self, name: &'static str) -> Result<String, SettingsError> {
        self.optional(name).ok_or(SettingsError::Missing(name))
    }

    /// A setting that may be missing, read as `T`; `expected` says which values are valid.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] for any other value.
    pub fn parse<T: FromStr>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, SettingsError> {
        let Some(value) = self.optional(name) else { return Ok(None) };
        let parsed = value.parse().map_err(|_| SettingsError::invalid(name, &value, expected))?;
        Ok(Some(parsed))
    }
}
