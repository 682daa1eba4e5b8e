//! What every function needs, whatever it does: settings, the SDK's configuration, errors, logs
//! with metrics, and the reading of what a function is invoked with.

pub mod clock;
pub mod sdk;
pub mod settings;

pub mod error;
pub mod telemetry;

pub mod event;
pub mod json;
pub mod origin_secret;
