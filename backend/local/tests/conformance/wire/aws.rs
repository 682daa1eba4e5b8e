//! Signed calls, in the protocols of the services that the suite asks.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use axum::http::Uri;
use serde_json::Value;

use super::http::{self, Answer};
use super::signature::{Signed, Signer};

/// A service that takes its operation in a header and JSON in the body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    /// The first label of its host name, under which it also signs.
    name: &'static str,
    /// What stands before the operation.
    target: &'static str,
    content_type: &'static str,
}

/// DynamoDB.
pub(crate) const DYNAMODB: Service = Service {
    name: "dynamodb",
    target: "DynamoDB_20120810",
    content_type: "application/x-amz-json-1.0",
};
/// EventBridge.
pub(crate) const EVENTS: Service =
    Service { name: "events", target: "AWSEvents", content_type: "application/x-amz-json-1.1" };
/// SQS.
pub(crate) const SQS: Service =
    Service { name: "sqs", target: "AmazonSQS", content_type: "application/x-amz-json-1.0" };
/// Cognito's user pools.
pub(crate) const COGNITO: Service = Service {
    name: "cognito-idp",
    target: "AWSCognitoIdentityProviderService",
    content_type: "application/x-amz-json-1.1",
};

/// Whoever calls.
#[derive(Clone, Debug)]
pub(crate) struct Aws {
    /// One address for all services; `None` is AWS itself.
    pub(crate) endpoint: Option<String>,
    /// Such as `eu-west-2`.
    pub(crate) region: String,
    /// The key that signs.
    pub(crate) keys: Keys,
}

/// A key.
#[derive(Clone)]
pub(crate) struct Keys {
    /// The public half.
    pub(crate) access_key_id: String,
    /// The secret half.
    pub(crate) secret_access_key: String,
    /// What temporary keys come with.
    pub(crate) session_token: Option<String>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl Aws {
    /// The address of a service, without a `/` at its end.
    pub(crate) fn endpoint(&self, service: &str) -> String {
        let own = || format!("https://{service}.{}.amazonaws.com", self.region);
        self.endpoint.clone().unwrap_or_else(own)
    }

    /// Calls one operation of a service that speaks JSON.
    pub(crate) async fn call(
        &self,
        service: Service,
        operation: &str,
        body: &Value,
    ) -> Result<Answer> {
        let target = format!("{}.{operation}", service.target);
        let headers = [("content-type", service.content_type), ("x-amz-target", target.as_str())];
        let address = format!("{}/", self.endpoint(service.name));
        self.send(service.name, "POST", &address, &headers, body.to_string().into()).await
    }

    /// Invokes a function: `kind` is `RequestResponse`, `Event` or `DryRun`.
    pub(crate) async fn invoke(&self, function: &str, kind: &str, payload: &str) -> Result<Answer> {
        let address = self.endpoint("lambda");
        let address = format!("{address}/2015-03-31/functions/{function}/invocations");
        let headers = [("content-type", "application/json"), ("x-amz-invocation-type", kind)];
        self.send("lambda", "POST", &address, &headers, payload.to_owned().into()).await
    }

    /// Sends a signed request. The header names are in lower case.
    pub(crate) async fn send(
        &self,
        service: &str,
        method: &str,
        address: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer> {
        let uri: Uri = address.parse()?;
        let signer = Signer {
            access_key_id: &self.keys.access_key_id,
            secret_access_key: &self.keys.secret_access_key,
            session_token: self.keys.session_token.as_deref(),
            region: &self.region,
            service,
        };
        let signed = signer.sign(&Signed {
            method,
            host: http::host(&uri),
            path: uri.path(),
            headers,
            body: &body,
            at: SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
        });
        let signed = signed.iter().map(|(name, value)| (*name, value.as_str()));
        let headers: Vec<_> = headers.iter().copied().chain(signed).collect();
        http::send(method, address, &headers, body).await
    }
}
