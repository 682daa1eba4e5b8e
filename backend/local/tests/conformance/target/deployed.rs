//! A stack deployed through CloudFormation: on an emulator that runs, or on AWS.

use std::env;
use std::time::Duration;

use anyhow::{Context, Result};

use super::cli::Cli;
use super::cloudformation::CloudFormation;
use super::{Deployer, Mailbox, Patience, Target};
use crate::checks::token;
use crate::wire::aws::{Aws, Keys};

/// Deploys to the emulator that the variables name.
pub(crate) async fn emulator() -> Result<(CloudFormation, Target)> {
    const WANTED: &str = "--emulator wants AWS_ENDPOINT_URL (where it listens), AWS_REGION, \
        AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and TIFFIN_AWS (the aws command)";
    let wanted = |name: &str| variable(name).context(WANTED);
    let (endpoint, region) = (wanted("AWS_ENDPOINT_URL")?, wanted("AWS_REGION")?);
    let endpoint = endpoint.trim_end_matches('/').to_owned();
    let keys = keys_in_environment().context(WANTED)?;
    let cli = Cli { program: wanted("TIFFIN_AWS")?, region, endpoint: Some(endpoint.clone()) };
    let made = CloudFormation::named(cli, format!("conformance-{}", token()));
    let stack = made.deploy().await?;
    let api = |id: &str, stage: &str| format!("{endpoint}/_aws/execute-api/{id}/{stage}");
    let live = api(stack.get("WebSocketApi"), stack.get("WebSocketStage"));
    let target = Target {
        http_api: api(stack.get("HttpApi"), "$default"),
        websocket: live.replacen("http", "ws", 1),
        connections: live,
        cognito: format!("{endpoint}/"),
        mailbox: Mailbox::Messages(format!("{endpoint}/_ministack/ses/messages")),
        aws: Aws { endpoint: Some(endpoint.clone()), region: made.cli.region.clone(), keys },
        stack,
        deployer: Deployer::CloudFormation(made.clone()),
        patience: Patience {
            soon: Duration::from_secs(20),
            retries: Duration::from_secs(30),
            schedule: Duration::from_secs(100),
            pause: Duration::from_millis(100),
        },
    };
    Ok((made, target))
}

/// Deploys to AWS, under a name that no stack there has.
pub(crate) async fn aws(stack: &str, region: Option<String>) -> Result<(CloudFormation, Target)> {
    let region = match region {
        Some(region) => region,
        None => variable("AWS_REGION").context("say --region or set AWS_REGION")?,
    };
    let program = env::var("TIFFIN_AWS").unwrap_or_else(|_| "aws".to_owned());
    let cli = Cli { program, region: region.clone(), endpoint: None };
    let keys = match keys_in_environment() {
        Ok(keys) => keys,
        Err(_) => cli.keys().await.context(
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with an aws command that \
             can export its credentials",
        )?,
    };
    let made = CloudFormation::named(cli, stack.to_owned());
    let stack = made.deploy().await?;
    let api = |id: &str| format!("{id}.execute-api.{region}.amazonaws.com");
    let live = format!("{}/{}", api(stack.get("WebSocketApi")), stack.get("WebSocketStage"));
    let target = Target {
        http_api: format!("https://{}", api(stack.get("HttpApi"))),
        websocket: format!("wss://{live}"),
        connections: format!("https://{live}"),
        cognito: format!("https://cognito-idp.{region}.amazonaws.com/"),
        mailbox: Mailbox::Unread,
        aws: Aws { endpoint: None, region, keys },
        stack,
        deployer: Deployer::CloudFormation(made.clone()),
        patience: Patience {
            soon: Duration::from_secs(60),
            retries: Duration::from_secs(6 * 60),
            schedule: Duration::from_secs(3 * 60),
            pause: Duration::from_millis(500),
        },
    };
    Ok((made, target))
}

fn keys_in_environment() -> Result<Keys> {
    Ok(Keys {
        access_key_id: variable("AWS_ACCESS_KEY_ID")?,
        secret_access_key: variable("AWS_SECRET_ACCESS_KEY")?,
        session_token: env::var("AWS_SESSION_TOKEN").ok().filter(|it| !it.is_empty()),
    })
}

fn variable(name: &str) -> Result<String> {
    let value = env::var(name).ok().filter(|it| !it.is_empty());
    value.with_context(|| format!("the variable {name} is missing"))
}
