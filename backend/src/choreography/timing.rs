//! How fast the simulated kitchens and couriers are.

use crate::runtime::settings::{Settings, SettingsError};

/// How fast things happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Whether kitchens and couriers are simulated.
    pub autopilot: bool,
    /// How long a simulated kitchen takes to answer, in seconds.
    pub accept_seconds: u32,
    /// How long a restaurant has to answer, in seconds; more than `accept_seconds`.
    pub accept_within_seconds: u32,
    /// How long a minute of preparation or travel lasts, in milliseconds: 60,000 × `PACE`.
    pub minute_millis: i64,
}

impl Timing {
    /// The timing that the template sets.
    ///
    /// # Errors
    /// [`SettingsError`] for a variable that is missing or out of range.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let autopilot = match settings.required("AUTOPILOT")?.as_str() {
            "on" => true,
            "off" => false,
            other => return Err(SettingsError::invalid("AUTOPILOT", other, "on or off")),
        };
        let timing = Self {
            autopilot,
            accept_seconds: seconds(settings, "ACCEPT_SECONDS")?,
            accept_within_seconds: seconds(settings, "ACCEPT_WITHIN_SECONDS")?,
            minute_millis: minute_millis(&settings.required("PACE")?)?,
        };
        if timing.accept_within_seconds <= timing.accept_seconds {
            let (name, expected) = ("ACCEPT_WITHIN_SECONDS", "more than ACCEPT_SECONDS");
            let value = timing.accept_within_seconds.to_string();
            return Err(SettingsError::invalid(name, &value, expected));
        }
        Ok(timing)
    }
}

fn seconds(settings: &Settings, name: &'static str) -> Result<u32, SettingsError> {
    let seconds = settings.parse(name, "a whole number of seconds")?;
    seconds.ok_or(SettingsError::Missing(name))
}

/// `PACE` is a setting for people (`0.0167`); everything after it is whole milliseconds.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "read once, rounded, never money"
)]
fn minute_millis(pace: &str) -> Result<i64, SettingsError> {
    match pace.parse::<f64>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok((value * 60_000.0).round() as i64),
        _ => Err(SettingsError::invalid("PACE", pace, "a number from 0 to 1")),
    }
}
