//! Who may do what: the roles of the template, enforced.
//!
//! Each function signs with an access key id of its own, so the key names the function and its
//! role decides. Any other key is the owner's, who may do everything. Signatures are not
//! checked, as only this machine's user reaches loopback, but those of presigned addresses: pages
//! send them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use parking_lot::Mutex;
use serde_json::{Value, json};

mod policy;
pub(crate) mod properties;

use crate::feed::{Feed, FeedEvent};
use crate::template::{Resource, Stack};
pub(crate) use policy::RequestContext;
use policy::Statement;

/// Who made a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The developer: may do everything.
    Owner,
    /// A function, by logical id.
    Function(String),
}

/// A call that no statement allows.
#[derive(Clone, Debug, thiserror::Error)]
#[error(
    "User: {principal} is not authorized to perform: {action} on resource: {resource} \
     because no identity-based policy allows the {action} action"
)]
pub struct Denied {
    principal: String,
    action: String,
    resource: String,
}

/// One thing a function's role allows, as written in the template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// Logical id of the function.
    pub function: String,
    /// The action, such as `dynamodb:PutItem`.
    pub action: String,
    /// The resource as written, resolved.
    pub resource: String,
}

/// A handle to the policies; clones share what was used.
#[derive(Clone, Debug)]
pub struct Iam {
    account: String,
    identities: Arc<BTreeMap<String, Identity>>,
    /// The statements of the policies of functions and queues, each with the ARN of its resource.
    resource_policies: Arc<Vec<(String, Statement)>>,
    used: Arc<Mutex<BTreeSet<Permission>>>,
    /// The secret half of every function's key, another one each time that this starts.
    secret_access_key: Arc<str>,
    feed: Feed,
}

/// What a function is to IAM.
#[derive(Debug)]
struct Identity {
    access_key_id: String,
    principal: String,
    statements: Vec<Statement>,
}

impl Iam {
    /// Reads the roles, function permissions and queue policies of a stack.
    ///
    /// # Errors
    /// If one of them uses what is not supported by the local emulator, or a function's role is not
    /// in the template.
    pub fn new(stack: &Stack, feed: Feed) -> Result<Self> {
        let functions = stack.of_kind("AWS::Lambda::Function");
        let identities = functions.map(|it| Ok((it.logical_id.clone(), identity(stack, it)?)));
        let mut resource_policies = Vec::new();
        for resource in stack.of_kind("AWS::Lambda::Permission") {
            resource_policies.push(function_permission(stack, resource)?);
        }
        for resource in stack.of_kind("AWS::SQS::QueuePolicy") {
            resource_policies.extend(queue_policy(stack, resource)?);
        }
        Ok(Self {
            account: stack.account_id.clone(),
            identities: Arc::new(identities.collect::<Result<_>>()?),
            resource_policies: Arc::new(resource_policies),
            used: Arc::default(),
            secret_access_key: crate::random::token().into(),
            feed,
        })
    }

    /// The access key id that a function's processes sign with.
    pub(crate) fn access_key_id(&self, function: &str) -> Option<&str> {
        self.identities.get(function).map(|it| it.access_key_id.as_str())
    }

    /// The secret that they sign with.
    pub(crate) fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// The function with this access key id, if it is one's.
    pub(crate) fn function(&self, access_key_id: &str) -> Option<Caller> {
        let mut identities = self.identities.iter();
        let found = identities.find(|(_, it)| it.access_key_id == access_key_id);
        found.map(|(name, _)| Caller::Function(name.clone()))
    }

    /// Who signed a request, by its `Authorization` header (Signature Version 4). `None` if it
    /// is not signed.
    pub(crate) fn caller(&self, authorization: &str) -> Option<Caller> {
        let (_, credential) = authorization.split_once("Credential=")?;
        let (key, _) = credential.split_once('/')?;
        Some(self.function(key).unwrap_or(Caller::Owner))
    }

    /// Asks whether a caller may do this to a resource, and notes what allowed it.
    ///
    /// # Errors
    /// [`Denied`], with AWS's sentence.
    pub fn check(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
        context: &RequestContext<'_>,
    ) -> Result<(), Denied> {
        let Caller::Function(function) = caller else { return Ok(()) };
        if self.allowed(function, action, resource, context) {
            return Ok(());
        }
        let principal = self.identities.get(function).map(|it| it.principal.clone());
        let (action, resource) = (action.to_owned(), resource.to_owned());
        self.feed.record(FeedEvent::Denied {
            function: function.clone(),
            action: action.clone(),
            resource: resource.clone(),
        });
        Err(Denied { principal: principal.unwrap_or_default(), action, resource })
    }

    /// Whether the policy of a function or queue lets a service (such as `events.amazonaws.com`) do
    /// this to it on behalf of `source_arn`.
    pub(crate) fn service_may(
        &self,
        service: &str,
        source_arn: &str,
        action: &str,
        resource_arn: &str,
    ) -> bool {
        let context: &RequestContext<'_> =
            &[("aws:SourceArn", &[source_arn]), ("aws:SourceAccount", &[&self.account])];
        let covering = self.resource_policies.iter().filter(|(arn, statement)| {
            arn == resource_arn
                && statement.services.iter().any(|it| it == service)
                && !statement.covers(action, resource_arn, context).is_empty()
        });
        let (allowing, denying): (Vec<_>, Vec<_>) = covering.partition(|(_, it)| it.allows);
        !allowing.is_empty() && denying.is_empty()
    }

    /// What the functions' roles allow and no call has needed since the start.
    pub(crate) fn unused(&self) -> BTreeSet<Permission> {
        let used = self.used.lock();
        let mut unused = BTreeSet::new();
        for (function, identity) in &*self.identities {
            let allowing = identity.statements.iter().filter(|it| it.allows);
            let pairs = allowing.flat_map(Statement::pairs);
            unused.extend(pairs.map(|(action, it)| permission(function, action, it)));
        }
        unused.retain(|it| !used.contains(it));
        unused
    }

    fn allowed(
        &self,
        function: &str,
        action: &str,
        resource: &str,
        context: &RequestContext<'_>,
    ) -> bool {
        let Some(identity) = self.identities.get(function) else { return false };
        let (mut allowed, mut denied) = (false, false);
        for statement in &identity.statements {
            let covering = statement.covers(action, resource, context);
            if covering.is_empty() {
                continue;
            }
            match statement.allows {
                true => allowed = true,
                false => denied = true,
            }
            let mut used = self.used.lock();
            used.extend(covering.iter().map(|(a, r)| permission(function, a, r)));
        }
        allowed && !denied
    }
}

fn permission(function: &str, action: &str, resource: &str) -> Permission {
    Permission {
        function: function.to_owned(),
        action: action.to_owned(),
        resource: resource.to_owned(),
    }
}

fn identity(stack: &Stack, function: &Resource) -> Result<Identity> {
    let arn = function.required("/Role")?;
    let role = stack.by_arn("AWS::IAM::Role", arn);
    let role = role.ok_or_else(|| function.refuse("its Role must be one of this template"))?;
    role.locate(assumable(role))?;
    let mut statements = Vec::new();
    for policy in role.list("/Policies") {
        statements.extend(role.locate(Statement::read_all(&policy["PolicyDocument"]))?);
    }
    Ok(Identity {
        access_key_id: crate::template::access_key_id(&stack.name, &function.logical_id),
        principal: format!(
            "arn:aws:sts::{}:assumed-role/{}/{}",
            stack.account_id, role.physical_id, function.physical_id
        ),
        statements,
    })
}

/// Lambda must be trusted with the role, and nothing may be added to it from outside.
fn assumable(role: &Resource) -> Result<()> {
    anyhow::ensure!(
        role.list("/ManagedPolicyArns").is_empty(),
        "ManagedPolicyArns of a function's role are not supported by the local emulator: write its policies out"
    );
    let document = role.at("/AssumeRolePolicyDocument").context("it needs a trust policy")?;
    let trusts = Statement::read_all(document)?.iter().any(|it| {
        it.allows
            && it.services.iter().any(|service| service == "lambda.amazonaws.com")
            && it.actions.iter().any(|action| action == "sts:AssumeRole")
    });
    anyhow::ensure!(trusts, "its trust policy does not let lambda.amazonaws.com assume it");
    Ok(())
}

/// An `AWS::Lambda::Permission` as the statement that it adds to the function's policy.
fn function_permission(stack: &Stack, resource: &Resource) -> Result<(String, Statement)> {
    let name = resource.text("/FunctionName").unwrap_or_default();
    let kind = "AWS::Lambda::Function";
    let function = stack.by_physical(kind, name).or_else(|| stack.by_arn(kind, name));
    let arn = function.and_then(|it| stack.arn(&it.logical_id));
    let arn =
        arn.ok_or_else(|| resource.refuse("its FunctionName must be one of this template"))?;
    resource.supports_only("/Action", "lambda:InvokeFunction")?;
    let mut condition = json!({});
    if let Some(source) = resource.text("/SourceArn") {
        condition["ArnLike"] = json!({ "aws:SourceArn": source });
    }
    if let Some(account) = resource.text("/SourceAccount") {
        condition["StringEquals"] = json!({ "aws:SourceAccount": account });
    }
    let statement = json!({
        "Effect": "Allow",
        "Principal": { "Service": resource.text("/Principal").unwrap_or_default() },
        "Action": "lambda:InvokeFunction",
        "Resource": arn,
        "Condition": condition,
    });
    Ok((arn, resource.locate(Statement::read(&statement))?))
}

fn queue_policy(stack: &Stack, resource: &Resource) -> Result<Vec<(String, Statement)>> {
    let document = resource.at("/PolicyDocument").unwrap_or(&Value::Null);
    let statements = resource.locate(Statement::read_all(document))?;
    let mut policies = Vec::new();
    for url in resource.texts("/Queues") {
        let mut queues = stack.of_kind("AWS::SQS::Queue");
        let queue = queues.find(|it| stack.reference(&it.logical_id).as_deref() == Some(url));
        let arn = queue.and_then(|it| stack.arn(&it.logical_id));
        let arn = arn.ok_or_else(|| resource.refuse("its Queues must be of this template"))?;
        policies.extend(statements.iter().map(|it| (arn.clone(), it.clone())));
    }
    Ok(policies)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function whose role has these statements, and a queue whose policy has those.
    fn iam(role: &str, queue: &str) -> (Iam, Stack) {
        let text = format!(
            "Resources:
  Queue: {{ Type: AWS::SQS::Queue }}
  QueuePolicy:
    Type: AWS::SQS::QueuePolicy
    Properties: {{ Queues: [!Ref Queue], PolicyDocument: {{ Statement: [{queue}] }} }}
  Worker:
    Type: AWS::Lambda::Function
    Properties: {{ Runtime: provided.al2023, Handler: worker, Role: !GetAtt Role.Arn }}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {{ Effect: Allow, Principal: {{ Service: lambda.amazonaws.com }}, Action: \"sts:AssumeRole\" }}
      Policies: [{{ PolicyName: own, PolicyDocument: {{ Statement: [{role}] }} }}]
"
        );
        let stack = Stack::parse(&text, "demo", "eu-west-2", &BTreeMap::new()).unwrap();
        (Iam::new(&stack, Feed::default()).unwrap(), stack)
    }

    #[test]
    fn a_deny_overrides_every_allow_of_a_role() {
        let allow = r#"{ Effect: Allow, Action: "dynamodb:*", Resource: "*" }"#;
        let deny = r#"{ Effect: Deny, Action: "dynamodb:DeleteItem", Resource: "*/orders" }"#;
        for role in [format!("{allow}, {deny}"), format!("{deny}, {allow}")] {
            let (iam, _) = iam(&role, "");
            let worker = Caller::Function("Worker".to_owned());
            let check = |action, resource| iam.check(&worker, action, resource, &[]).is_ok();
            assert!(check("dynamodb:PutItem", "table/orders"));
            assert!(check("dynamodb:DeleteItem", "table/live"));
            assert!(!check("dynamodb:DeleteItem", "table/orders"));
            assert!(!check("sqs:SendMessage", "queue"), "nothing allows it");
        }
    }

    #[test]
    fn a_deny_overrides_every_allow_of_a_queue() {
        let statement = |effect, arn| {
            format!(
                r#"{{ Effect: {effect}, Principal: {{ Service: events.amazonaws.com }},
                Action: "sqs:SendMessage", Resource: "*",
                Condition: {{ ArnLike: {{ "aws:SourceArn": "{arn}" }} }} }}"#
            )
        };
        let queue = [statement("Allow", "rule/*"), statement("Deny", "rule/b")].join(", ");
        let (iam, stack) = iam("", &queue);
        let arn = stack.arn("Queue").unwrap();
        let may_send = |service, rule| iam.service_may(service, rule, "sqs:SendMessage", &arn);
        assert!(may_send("events.amazonaws.com", "rule/a"));
        assert!(!may_send("events.amazonaws.com", "rule/b"));
        assert!(!may_send("events.amazonaws.com", "other"));
        assert!(!may_send("sns.amazonaws.com", "rule/a"));
    }
}
