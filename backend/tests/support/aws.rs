//! The other side of the SDKs' wire: DynamoDB embedded, buckets in memory, the bus and the sockets recorded.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};

use aws_local::template::Stack;
use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database, errors::DynoxideError};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use shared::{OrderEvent, OrderId};

/// What decides about each call.
type Fate = Box<dyn FnMut(&Call) -> Fault + Send>;

/// What is outside the functions.
pub struct Aws {
    pub tables: Database,
    /// What is in the buckets, by `bucket/key`.
    pub objects: Mutex<BTreeMap<String, Object>>,
    /// Every event the bus accepted, in order.
    pub published: Mutex<Vec<OrderEvent>>,
    /// Every push that was taken: the connection and the message.
    pub pushed: Mutex<Vec<(String, Value)>>,
    /// Every connection that was closed by us.
    pub hung_up: Mutex<BTreeSet<String>>,
    /// The connections that answer 410.
    pub gone: Mutex<BTreeSet<String>>,
    /// Decides what becomes of each call.
    pub fate: Mutex<Fate>,
    /// Every call's name, in order.
    pub calls: Mutex<Vec<String>>,
    /// How many milliseconds pass with each call.
    pub latency: AtomicI64,
    /// Whether each call first lets the other handlers of the test come to their next one: those that run
    /// at the same time then take turns, call by call.
    pub takes_turns: AtomicBool,
    /// What the indexes do not know yet, or still list.
    pub lag: Mutex<Lag>,
    events: AtomicU64,
}

/// What the indexes of the tables, which are eventually consistent, do not show as it is.
#[derive(Default)]
pub struct Lag {
    /// The orders that are in no index yet.
    pub missing: BTreeSet<OrderId>,
    /// Items as an index still lists them, by the index.
    pub outdated: Vec<(&'static str, Value)>,
}

/// An object of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    pub content_type: String,
    pub cache_control: String,
    pub bytes: Vec<u8>,
}

/// One outside call.
pub struct Call {
    /// `PutItem`, `PutEvents`, `PostToConnection`, `PutObject`, …
    pub operation: String,
    /// Where it goes: the connection, of a call to `@connections`; `bucket/key`, of one to S3.
    pub path: String,
    pub body: Value,
    /// What a call to S3 puts.
    object: Object,
}

impl Call {
    /// The connection that a push is for; of other calls, nothing.
    pub fn pushes_to(&self) -> Option<String> {
        (self.operation == "PostToConnection").then(|| connection(&self.path))
    }
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is answered.
    None,
    /// It never arrives.
    Lost,
    /// It is done, and the answer never arrives.
    AnswerLost,
    /// The function ends before it.
    CrashBefore,
    /// It is done, and the function ends before it hears of it.
    CrashAfter,
    /// The service says no: throttled; a transaction met another; or for a bus, refused in the
    /// entry's answer.
    Refused,
    /// The service answers this, and does nothing.
    Answer(u16, &'static str),
}

impl Aws {
    pub fn new(stack: &Stack) -> Self {
        let tables = Database::memory().unwrap();
        for table in stack.of_kind("AWS::DynamoDB::Table") {
            let mut request = table.properties.clone();
            let declared = request.as_object_mut().unwrap();
            declared.insert("TableName".to_owned(), json!(table.physical_id));
            declared.remove("PointInTimeRecoverySpecification");
            declared.remove("TimeToLiveSpecification");
            tables.create_table(serde_json::from_value(request).unwrap()).unwrap();
        }
        Self {
            tables,
            objects: Mutex::default(),
            published: Mutex::default(),
            pushed: Mutex::default(),
            hung_up: Mutex::default(),
            gone: Mutex::default(),
            fate: Mutex::new(Box::new(|_| Fault::None)),
            calls: Mutex::default(),
            latency: AtomicI64::new(0),
            takes_turns: AtomicBool::new(false),
            lag: Mutex::default(),
            events: AtomicU64::new(0),
        }
    }

    /// Decides what becomes of each call from now on.
    pub fn fate(&self, fate: impl FnMut(&Call) -> Fault + Send + 'static) {
        *self.fate.lock().unwrap() = Box::new(fate);
    }

    /// Every call is answered from now on.
    pub fn calm(&self) {
        self.fate(|_| Fault::None);
    }

    /// Whether handlers that run at the same time take turns from now on, call by call.
    pub fn takes_turns(&self, takes_turns: bool) {
        self.takes_turns.store(takes_turns, Ordering::Relaxed);
    }

    /// The events that the bus accepted since this was last asked.
    pub fn take_published(&self) -> Vec<OrderEvent> {
        std::mem::take(&mut self.published.lock().unwrap())
    }

    fn perform(&self, call: &Call) -> (u16, Vec<u8>) {
        let (status, body) = match call.operation.as_str() {
            "PutObject" => {
                self.objects.lock().unwrap().insert(call.path.clone(), call.object.clone());
                (200, String::new())
            }
            "GetObject" => return self.object(&call.path),
            "PutEvents" => (200, self.put_events(&call.body)),
            "PostToConnection" => self.post(&call.path, &call.body),
            "DeleteConnection" => self.hang_up(&call.path),
            operation => self.table(operation, call.body.clone()),
        };
        (status, body.into_bytes())
    }

    fn object(&self, path: &str) -> (u16, Vec<u8>) {
        let missing = "<Error><Code>NoSuchKey</Code><Message>It is not there.</Message></Error>";
        match self.objects.lock().unwrap().get(path) {
            Some(object) => (200, object.bytes.clone()),
            None => (404, missing.as_bytes().to_vec()),
        }
    }

    fn put_events(&self, body: &Value) -> String {
        let entries = body["Entries"].as_array().unwrap().iter().map(|entry| {
            assert_eq!(entry["Source"], "custom.food_app");
            let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
            let event = json!({"detail-type": entry["DetailType"], "detail": detail});
            self.published.lock().unwrap().push(serde_json::from_value(event).unwrap());
            json!({"EventId": self.events.fetch_add(1, Ordering::Relaxed).to_string()})
        });
        json!({"FailedEntryCount": 0, "Entries": entries.collect::<Vec<_>>()}).to_string()
    }

    fn post(&self, path: &str, body: &Value) -> (u16, String) {
        let connection = connection(path);
        if self.gone.lock().unwrap().contains(&connection) {
            return gone();
        }
        self.pushed.lock().unwrap().push((connection, body.clone()));
        (200, String::new())
    }

    fn hang_up(&self, path: &str) -> (u16, String) {
        let connection = connection(path);
        if !self.gone.lock().unwrap().insert(connection.clone()) {
            return gone();
        }
        self.hung_up.lock().unwrap().insert(connection);
        (204, String::new())
    }

    /// Takes an order out of its table, as if it had not been written yet.
    pub fn take_item(&self, table: &str, order_id: OrderId) -> Value {
        let delete = json!({
            "TableName": table, "Key": {"order_id": {"S": order_id}}, "ReturnValues": "ALL_OLD",
        });
        let taken = self.tables.delete_item(serde_json::from_value(delete).unwrap()).unwrap();
        serde_json::to_value(taken).unwrap()["Attributes"].clone()
    }

    /// Removes an item from a table, as if another function had done it.
    pub fn delete_item(&self, table: &str, key: &Value) {
        let delete = json!({"TableName": table, "Key": key});
        self.tables.delete_item(serde_json::from_value(delete).unwrap()).unwrap();
    }

    /// Puts an item into a table, as if another function had written it.
    pub fn put_item(&self, table: &str, item: &Value) {
        let put = json!({"TableName": table, "Item": item});
        self.tables.put_item(serde_json::from_value(put).unwrap()).unwrap();
    }

    /// Every item of every table but the catalog's, which is about nobody.
    pub fn everything(&self, stack: &Stack) -> Vec<Value> {
        let tables = stack.of_kind("AWS::DynamoDB::Table");
        tables
            .filter(|table| table.logical_id != "CatalogTable")
            .flat_map(|table| self.items(&table.physical_id))
            .collect()
    }

    /// Every item of a table, as DynamoDB's JSON.
    pub fn items(&self, table: &str) -> Vec<Value> {
        let scan = serde_json::from_value(json!({"TableName": table})).unwrap();
        let items = self.tables.scan(scan).unwrap().items.unwrap_or_default();
        items.into_iter().map(|item| serde_json::to_value(item).unwrap()).collect()
    }

    fn query(&self, body: Value) -> Result<String, DynoxideError> {
        let query = body.clone();
        let answer = run(body, |request| self.tables.query(request))?;
        Ok(match query["IndexName"].as_str() {
            Some(index) => self.lag.lock().unwrap().distort(index, &query, answer),
            None => answer,
        })
    }

    fn table(&self, operation: &str, body: Value) -> (u16, String) {
        let answer = match operation {
            "PutItem" => run(body, |request| self.tables.put_item(request)),
            "GetItem" => run(body, |request| self.tables.get_item(request)),
            "BatchGetItem" => run(body, |request| self.tables.batch_get_item(request)),
            "UpdateItem" => run(body, |request| self.tables.update_item(request)),
            "DeleteItem" => run(body, |request| self.tables.delete_item(request)),
            "Query" => self.query(body),
            "TransactWriteItems" => run(body, |request| self.tables.transact_write_items(request)),
            other => panic!("no function may call {other}"),
        };
        match answer {
            Ok(answer) => (200, answer),
            Err(error) => (error.status_code(), error.to_json()),
        }
    }
}

/// The connection that a path of `@connections` names.
fn connection(path: &str) -> String {
    path.rsplit('/').next().unwrap().replace("%3D", "=")
}

fn gone() -> (u16, String) {
    (410, json!({"message": "Gone", "__type": "GoneException"}).to_string())
}

fn run<Q: DeserializeOwned, A: Serialize>(
    body: Value,
    act: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_value(body).unwrap();
    act(request).map(|answer| serde_json::to_string(&answer).unwrap())
}

impl Lag {
    /// The answer of an index that has not caught up with its table.
    fn distort(&self, index: &str, query: &Value, answer: String) -> String {
        if self.missing.is_empty() && self.outdated.is_empty() {
            return answer;
        }
        let mut answer: Value = serde_json::from_str(&answer).unwrap();
        let items = answer["Items"].as_array_mut().unwrap();
        items.retain(|item| {
            let id = item["order_id"]["S"].as_str().unwrap();
            !self.missing.contains(&id.parse().unwrap())
        });
        let key = match index {
            "by_user" => "user_id",
            "attention" => "attention_shard",
            other => other, // its key has its name
        };
        let values = query["ExpressionAttributeValues"].as_object().unwrap();
        let asks_for = |item: &Value| values.values().any(|value| *value == item[key]);
        for (_, item) in self.outdated.iter().filter(|(of, item)| *of == index && asks_for(item)) {
            items.retain(|other| other["order_id"] != item["order_id"]);
            items.push(item.clone());
        }
        answer.to_string()
    }
}

/// The HTTP client that the SDKs are given.
#[derive(Clone)]
pub struct Wire(Arc<Aws>);

impl Wire {
    pub fn new(aws: &Arc<Aws>) -> Self {
        Self(Arc::clone(aws))
    }

    fn answer(&self, request: &HttpRequest) -> Result<Option<HttpResponse>, ConnectorError> {
        let bytes = request.body().bytes().unwrap_or_default();
        let target =
            request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
        let object_path = object_path(request.uri());
        let operation = match (target, request.method()) {
            (Some(target), _) => target,
            (None, "PUT") if object_path.is_some() => "PutObject",
            (None, _) if object_path.is_some() => "GetObject",
            (None, "DELETE") => "DeleteConnection",
            (None, _) => "PostToConnection",
        };
        let operation = operation.to_owned();
        let body = serde_json::from_slice(bytes).unwrap_or_default();
        let header = |name| request.headers().get(name).unwrap_or_default().to_owned();
        let (content_type, cache_control) = (header("content-type"), header("cache-control"));
        let object = Object { content_type, cache_control, bytes: bytes.to_vec() };
        let path = object_path.unwrap_or_else(|| request.uri().to_owned());
        let call = Call { operation, path, body, object };
        self.0.calls.lock().unwrap().push(call.operation.clone());
        super::pass_millis(self.0.latency.load(Ordering::Relaxed));
        let fault = (self.0.fate.lock().unwrap())(&call);
        let lost = || Err(ConnectorError::io("the connection was lost".into()));
        match fault {
            Fault::Lost => return lost(),
            Fault::CrashBefore => return Ok(None),
            Fault::Refused => return Ok(Some(refused(&call))),
            Fault::Answer(status, body) => {
                return Ok(Some(reply(status, body.as_bytes().to_vec())));
            }
            Fault::None | Fault::AnswerLost | Fault::CrashAfter => {}
        }
        let (status, body) = self.0.perform(&call);
        match fault {
            Fault::AnswerLost => lost(),
            Fault::CrashAfter => Ok(None),
            _ => Ok(Some(reply(status, body))),
        }
    }
}

fn refused(call: &Call) -> HttpResponse {
    match call.operation.as_str() {
        "PutEvents" => {
            let entry = json!({"ErrorCode": "InternalFailure", "ErrorMessage": "try again"});
            reply(200, json!({"FailedEntryCount": 1, "Entries": [entry]}).to_string().into_bytes())
        }
        "TransactWriteItems" => {
            let reasons = [json!({"Code": "TransactionConflict"}), json!({"Code": "None"})];
            let refusal =
                json!({"__type": "TransactionCanceledException", "CancellationReasons": reasons});
            reply(400, refusal.to_string().into_bytes())
        }
        _ => {
            let throttled = json!({"__type": "ThrottlingException", "message": "slow down"});
            reply(400, throttled.to_string().into_bytes())
        }
    }
}

/// `bucket/key` of an address of S3, by its virtual host.
fn object_path(url: &str) -> Option<String> {
    let (bucket, rest) = url.strip_prefix("https://")?.split_once(".s3.eu-west-2.amazonaws.com")?;
    Some(format!("{bucket}{}", rest.split('?').next()?))
}

fn reply(status: u16, body: Vec<u8>) -> HttpResponse {
    let mut response =
        HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body.clone()));
    if let Some(kind) = serde_json::from_slice::<Value>(&body)
        .ok()
        .and_then(|body| body["__type"].as_str().map(str::to_owned))
    {
        response.headers_mut().insert("x-amzn-errortype", kind);
    }
    response
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if self.0.takes_turns.load(Ordering::Relaxed) {
            let wire = self.clone();
            return HttpConnectorFuture::new(async move {
                tokio::task::yield_now().await;
                match wire.answer(&request)? {
                    Some(response) => Ok(response),
                    None => std::future::pending().await,
                }
            });
        }
        match self.answer(&request) {
            Ok(Some(response)) => HttpConnectorFuture::ready(Ok(response)),
            // The function is gone: nothing ever comes back, and the test stops waiting.
            Ok(None) => HttpConnectorFuture::new(std::future::pending()),
            Err(error) => HttpConnectorFuture::ready(Err(error)),
        }
    }
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
