//! Every service of a stack, started in the order in which they need each other.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::cognito::UserPools;
use crate::console::{self, Console};
use crate::dynamodb::DynamoDb;
use crate::edge::{self, PublicEndpoints};
use crate::endpoint::Endpoint;
use crate::eventbridge::EventBridge;
use crate::faults::Faults;
use crate::feed::Feed;
use crate::gateway::{self, Functions};
use crate::http_api::HttpApi;
use crate::iam::Iam;
use crate::lambda::{self, Lambda, LambdaSettings};
use crate::settings::{SampleEvent, Settings, State};
use crate::sqs::Sqs;
use crate::store::Store;
use crate::template::Stack;
use crate::websocket_api::WebSocketApi;

/// A handle to each service.
#[derive(Clone, Debug)]
pub(super) struct Services {
    pub(super) feed: Feed,
    pub(super) iam: Iam,
    pub(super) faults: Faults,
    pub(super) sqs: Sqs,
    pub(super) dynamodb: DynamoDb,
    pub(super) lambda: Lambda,
    pub(super) eventbridge: EventBridge,
    pub(super) pools: UserPools,
    pub(super) http_api: Option<HttpApi>,
    pub(super) websocket_api: Option<WebSocketApi>,
    pub(super) edge_cache: edge::Cache,
}

impl Services {
    /// Starts them; the functions reach AWS at `endpoint`.
    pub(super) async fn start(
        stack: &Stack,
        settings: &Settings,
        endpoint: SocketAddr,
    ) -> Result<Self> {
        let feed = Feed::default();
        let store = match file(&settings.state, "aws.sqlite") {
            Some(file) => Store::open(&file)?,
            None => Store::memory()?,
        };
        let iam = Iam::new(stack, feed.clone())?;
        let faults = Faults::new(settings.faults, feed.clone());
        let sqs = Sqs::new(stack, store.clone())?;
        let tables = file(&settings.state, "dynamodb.sqlite");
        let dynamodb = DynamoDb::open(stack, tables.as_deref())?;
        let pools = UserPools::new(stack, store.clone(), feed.clone())?;
        let dependencies = lambda::Dependencies {
            store,
            sqs: sqs.clone(),
            iam: iam.clone(),
            faults: faults.clone(),
            feed: feed.clone(),
        };
        let lambda_settings = lambda_settings(stack, settings, endpoint)?;
        let lambda = Lambda::start(stack, lambda_settings, dependencies.clone()).await?;
        let eventbridge = EventBridge::new(stack, lambda.clone(), dependencies)?;
        let functions = Functions::new(lambda.clone(), iam.clone());
        let http_api = HttpApi::new(stack, functions.clone(), pools.clone(), feed.clone())?;
        let problem = settings.problem_when_overloaded.clone();
        let http_api = http_api.map(|it| it.with_problem_when_overloaded(problem));
        let limits = settings.socket_limits.clone();
        let websocket_api = WebSocketApi::new(stack, functions, limits, feed.clone())?;
        Ok(Self {
            feed,
            iam,
            faults,
            sqs,
            dynamodb,
            lambda,
            eventbridge,
            pools,
            http_api,
            websocket_api,
            edge_cache: edge::Cache::default(),
        })
    }

    /// The AWS endpoint.
    pub(super) fn endpoint(&self, stack: &Stack) -> Endpoint {
        Endpoint {
            region: stack.region.clone(),
            account: stack.account_id.clone(),
            iam: self.iam.clone(),
            faults: self.faults.clone(),
            dynamodb: self.dynamodb.clone(),
            eventbridge: self.eventbridge.clone(),
            lambda: self.lambda.clone(),
            sqs: self.sqs.clone(),
            distribution: stack
                .of_kind("AWS::CloudFront::Distribution")
                .next()
                .map(|it| (it.physical_id.clone(), self.edge_cache.clone())),
            websocket_api: self.websocket_api.clone(),
        }
    }

    /// What a browser reaches.
    pub(super) fn public_endpoints(&self) -> PublicEndpoints {
        PublicEndpoints {
            pools: self.pools.clone(),
            http_api: self.http_api.clone(),
            websocket_api: self.websocket_api.clone(),
            cache: self.edge_cache.clone(),
        }
    }

    /// The console on them.
    pub(super) fn console(&self, stack: &Stack, sample: Option<SampleEvent>) -> Console {
        let dependencies = console::Dependencies {
            feed: self.feed.clone(),
            pools: self.pools.clone(),
            eventbridge: self.eventbridge.clone(),
            lambda: self.lambda.clone(),
            sqs: self.sqs.clone(),
        };
        Console::new(stack, sample, dependencies)
    }
}

fn lambda_settings(
    stack: &Stack,
    settings: &Settings,
    endpoint: SocketAddr,
) -> Result<LambdaSettings> {
    Ok(LambdaSettings {
        bootstrap: settings.bootstrap.clone(),
        region: stack.region.clone(),
        account_id: stack.account_id.clone(),
        endpoint: format!("http://{endpoint}"),
        connections_api: connections_api(stack)?,
        runtime_api: String::new(),
        concurrency: settings.concurrency,
        processes: settings.processes,
        time_scale: settings.time_scale,
        echo_logs: settings.echo_logs,
    })
}

/// The path of the WebSocket API's stage below the AWS endpoint.
fn connections_api(stack: &Stack) -> Result<Option<String>> {
    let mut apis = stack.of_kind("AWS::ApiGatewayV2::Api");
    let api = apis.find(|it| it.text("/ProtocolType") == Some("WEBSOCKET"));
    let path = |api: &crate::template::Resource| {
        let stage = gateway::stage_of(stack, api).context("the WebSocket API")?;
        Ok(format!("{}/{stage}", api.physical_id))
    };
    api.map(path).transpose()
}

fn file(state: &State, name: &str) -> Option<PathBuf> {
    match state {
        State::Memory => None,
        State::Folder(folder) => Some(folder.join(name)),
    }
}
