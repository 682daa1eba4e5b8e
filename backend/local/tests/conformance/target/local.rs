//! This crate's AWS in this process: the only place of the suite that knows it from the inside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use aws_local::cloud::{Cloud, EdgeSettings, Settings};

use super::{Deployer, Mailbox, Outputs, Patience, Target};
use crate::wire::aws::{Aws, Keys};

/// A minute lasts half a second.
const TIME_SCALE: u32 = 120;

/// The local AWS while it runs.
pub(crate) struct Local {
    cloud: Cloud,
}

/// Starts it with the suite's stack.
pub(crate) async fn start() -> Result<(Local, Target)> {
    let template = PathBuf::from("tests/conformance/stack.yaml");
    let cloud = Cloud::start(settings(template)).await?;
    let (endpoint, edge) = (cloud.endpoint(), cloud.edge_url().context("there is no edge")?);
    let stack = Outputs(cloud.stack().outputs.clone()).check()?;
    let (api, stage) = (stack.get("WebSocketApi"), stack.get("WebSocketStage"));
    let target = Target {
        websocket: format!("{}/{stage}", edge.replacen("http", "ws", 1)),
        connections: format!("{endpoint}/{api}/{stage}"),
        cognito: format!("{edge}/cognito"),
        mailbox: Mailbox::Codes(format!("{edge}/_local/mail.json")),
        http_api: edge,
        aws: Aws { endpoint: Some(endpoint), region: cloud.stack().region.clone(), keys: keys() },
        stack,
        deployer: Deployer::Local,
        patience: Patience {
            soon: Duration::from_secs(30),
            retries: Duration::from_secs(30),
            schedule: Duration::from_secs(30),
            pause: Duration::from_millis(20),
        },
    };
    Ok((Local { cloud }, target))
}

impl Local {
    /// Stops it.
    pub(crate) async fn stop(self) {
        self.cloud.stop().await;
    }
}

/// Why a template is not supported; `None` if it is.
pub(super) async fn refusal(template: &Path) -> Option<String> {
    match Cloud::start(settings(template.to_owned())).await {
        Err(why) => Some(format!("{why:#}")),
        Ok(cloud) => {
            cloud.stop().await;
            None
        }
    }
}

fn settings(template: PathBuf) -> Settings {
    let mut settings = Settings::new(template, env!("CARGO_BIN_EXE_aws-local-probe"));
    settings.time_scale = TIME_SCALE;
    settings.echo_logs = false;
    settings.edge = Some(EdgeSettings {
        addr: ([127, 0, 0, 1], 0).into(),
        site: None,
        documents: None,
        folders: BTreeMap::new(),
        config_json: "{}".to_owned(),
    });
    settings
}

/// Anybody's key will do, and it is nobody's.
fn keys() -> Keys {
    Keys {
        access_key_id: "conformance".to_owned(),
        secret_access_key: "conformance".to_owned(),
        session_token: None,
    }
}
