//! Every service of a stack, started in the order in which they need each other.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;

use crate::cognito::UserPools;
use crate::dynamodb::DynamoDb;
use crate::edge::{Cache, PublicEndpoints};
use crate::eventbridge::EventBridge;
use crate::faults::Faults;
use crate::feed::Feed;
use crate::gateway::{self, Functions};
use crate::http_api::HttpApi;
use crate::iam::Iam;
use crate::lambda::{Dependencies, Lambda};
use crate::s3::S3;
use crate::settings::{Settings, State};
use crate::sqs::Sqs;
use crate::store::Store;
use crate::template::Stack;
use crate::websocket_api::WebSocketApi;

/// A handle to each service.
#[derive(Clone, Debug)]
pub(crate) struct Services {
    pub(crate) stack: Arc<Stack>,
    pub(crate) feed: Feed,
    pub(crate) iam: Iam,
    pub(crate) faults: Faults,
    pub(crate) s3: S3,
    pub(crate) sqs: Sqs,
    pub(crate) dynamodb: DynamoDb,
    pub(crate) lambda: Lambda,
    pub(crate) eventbridge: EventBridge,
    /// What a browser reaches.
    pub(crate) public: PublicEndpoints,
}

impl Services {
    /// Starts them; the functions reach AWS at `endpoint`.
    pub(crate) async fn start(
        stack: Arc<Stack>,
        settings: &Settings,
        endpoint: SocketAddr,
    ) -> Result<Self> {
        let feed = Feed::default();
        let store = match file(&settings.state, "aws.sqlite") {
            Some(file) => Store::open(&file)?,
            None => Store::memory()?,
        };
        let iam = Iam::new(&stack, feed.clone())?;
        let faults = Faults::new(settings.faults, feed.clone());
        let s3 = S3::new(&stack, store.clone(), endpoint)?;
        let sqs = Sqs::new(&stack, store.clone())?;
        let tables = file(&settings.state, "dynamodb.sqlite");
        let dynamodb = DynamoDb::open(&stack, tables.as_deref())?;
        let pools = UserPools::new(&stack, store.clone(), feed.clone())?;
        let dependencies = Dependencies {
            store,
            sqs: sqs.clone(),
            iam: iam.clone(),
            faults: faults.clone(),
            feed: feed.clone(),
        };
        let variables = endpoint_variables(&stack, endpoint)?;
        let lambda = Lambda::start(&stack, settings, variables, dependencies.clone()).await?;
        let eventbridge = EventBridge::new(&stack, lambda.clone(), dependencies)?;
        let functions = Functions::new(lambda.clone(), iam.clone());
        let http_api = HttpApi::new(&stack, functions.clone(), pools.clone(), feed.clone())?;
        let problem = settings.problem_when_overloaded.clone();
        let http_api = http_api.map(|it| it.with_problem_when_overloaded(problem));
        let limits = settings.socket_limits.clone();
        let websocket_api = WebSocketApi::new(&stack, functions, limits, feed.clone())?;
        let cache = Cache::default();
        let public = PublicEndpoints { pools, http_api, websocket_api, s3: s3.clone(), cache };
        Ok(Self { stack, feed, iam, faults, s3, sqs, dynamodb, lambda, eventbridge, public })
    }
}

/// The variables in which AWS SDKs look for the addresses of services.
fn endpoint_variables(stack: &Stack, endpoint: SocketAddr) -> Result<Vec<(String, String)>> {
    let variable = |service: &str, path: String| {
        (format!("AWS_ENDPOINT_URL_{service}"), format!("http://{endpoint}{path}"))
    };
    let services = ["DYNAMODB", "EVENTBRIDGE", "LAMBDA", "S3", "SQS"];
    let mut variables = Vec::from(services.map(|it| variable(it, String::new())));
    if let Some(api) = gateway::only_api(stack, "WEBSOCKET")? {
        let path = format!("/{}/{}", api.physical_id, gateway::stage_of(stack, api)?.physical_id);
        variables.push(variable("APIGATEWAYMANAGEMENTAPI", path));
    }
    Ok(variables)
}

fn file(state: &State, name: &str) -> Option<PathBuf> {
    match state {
        State::Memory => None,
        State::Folder(folder) => Some(folder.join(name)),
    }
}
