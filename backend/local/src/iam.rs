//! Who may do what: the roles of the template, enforced.
//!
//! Each function signs with an access key id of its own, so the key names the function and its
//! role decides. Any other key is the owner's, who may do everything. Signatures are not
//! checked: only this machine's user reaches loopback.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use serde_json::Value;
use wildmatch::WildMatch;

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
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    identities: BTreeMap<String, Identity>,
    callers: Vec<CallerPermission>,
    queue_policies: Vec<(String, Vec<Statement>)>,
    used: Mutex<BTreeSet<Permission>>,
    feed: Feed,
}

/// What a function is to IAM.
#[derive(Debug)]
struct Identity {
    access_key_id: String,
    principal: String,
    statements: Vec<Statement>,
}

/// An `AWS::Lambda::Permission`.
#[derive(Debug)]
struct CallerPermission {
    /// Every way to name the function: logical id, name and ARN.
    function: [String; 3],
    principal: String,
    source_arn: Option<String>,
    /// Whether it is for this account; all that calls is in it.
    is_for_this_account: bool,
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
        let permissions = stack.of_kind("AWS::Lambda::Permission");
        let mut queue_policies = Vec::new();
        for resource in stack.of_kind("AWS::SQS::QueuePolicy") {
            queue_policies.extend(queue_policy(stack, resource)?);
        }
        Ok(Self {
            shared: Arc::new(Shared {
                identities: identities.collect::<Result<_>>()?,
                callers: permissions
                    .map(|it| caller_permission(stack, it))
                    .collect::<Result<_>>()?,
                queue_policies,
                used: Mutex::default(),
                feed,
            }),
        })
    }

    /// The access key id that a function's processes sign with.
    #[must_use]
    pub fn access_key_id(&self, function: &str) -> Option<&str> {
        self.shared.identities.get(function).map(|it| it.access_key_id.as_str())
    }

    /// Who signed a request, by its `Authorization` header (Signature Version 4). `None` if it
    /// is not signed.
    #[must_use]
    pub fn caller(&self, authorization: &str) -> Option<Caller> {
        let (_, credential) = authorization.split_once("Credential=")?;
        let (key, _) = credential.split_once('/')?;
        let function = self.shared.identities.iter().find(|(_, it)| it.access_key_id == key);
        Some(function.map_or(Caller::Owner, |(name, _)| Caller::Function(name.clone())))
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
        self.shared.feed.record(FeedEvent::Denied {
            function: function.clone(),
            action: action.to_owned(),
            resource: resource.to_owned(),
        });
        let principal = self.shared.identities.get(function).map(|it| it.principal.clone());
        Err(Denied {
            principal: principal.unwrap_or_default(),
            action: action.to_owned(),
            resource: resource.to_owned(),
        })
    }

    /// Whether an `AWS::Lambda::Permission` lets a service (such as `apigateway.amazonaws.com`)
    /// call `function` (name, logical id or ARN) on behalf of `source_arn`.
    #[must_use]
    pub fn may_invoke(&self, principal: &str, source_arn: &str, function: &str) -> bool {
        self.shared.callers.iter().any(|it| {
            let source = it.source_arn.as_deref();
            it.is_for_this_account
                && it.principal == principal
                && it.function.iter().any(|name| name == function)
                && source.is_none_or(|pattern| WildMatch::new(pattern).matches(source_arn))
        })
    }

    /// Whether a queue's policy lets a service send to it on behalf of `source_arn`.
    #[must_use]
    pub fn may_send(&self, service: &str, source_arn: &str, queue_arn: &str) -> bool {
        let sources = [source_arn];
        let context: &RequestContext<'_> = &[("aws:SourceArn", &sources)];
        let policies = self.shared.queue_policies.iter().filter(|(arn, _)| arn == queue_arn);
        let statements = policies.flat_map(|(_, policy)| policy);
        let covering = statements.filter(|statement| {
            statement.services.iter().any(|it| it == service)
                && !statement.covers("sqs:SendMessage", queue_arn, context).is_empty()
        });
        let (allowing, denying): (Vec<_>, Vec<_>) = covering.partition(|it| it.allows);
        !allowing.is_empty() && denying.is_empty()
    }

    /// Everything the functions' roles allow.
    #[must_use]
    pub fn permissions(&self) -> BTreeSet<Permission> {
        let mut all = BTreeSet::new();
        for (function, identity) in &self.shared.identities {
            for statement in identity.statements.iter().filter(|it| it.allows) {
                for action in &statement.actions {
                    for resource in &statement.resources {
                        all.insert(permission(function, action, resource));
                    }
                }
            }
        }
        all
    }

    /// Those that allowed a call since the start.
    #[must_use]
    pub fn used(&self) -> BTreeSet<Permission> {
        self.shared.used.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn allowed(
        &self,
        function: &str,
        action: &str,
        resource: &str,
        context: &RequestContext<'_>,
    ) -> bool {
        let Some(identity) = self.shared.identities.get(function) else { return false };
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
            let mut used = self.shared.used.lock().unwrap_or_else(PoisonError::into_inner);
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
    let role = role_of(stack, function)?;
    assumable(role).map_err(|why| role.refuse(&format!("{why:#}")))?;
    let mut statements = Vec::new();
    for policy in role.list("/Policies") {
        let document = policy.get("PolicyDocument").unwrap_or(&Value::Null);
        let read = Statement::read(document).map_err(|why| role.refuse(&format!("{why:#}")))?;
        statements.extend(read);
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

fn role_of<'a>(stack: &'a Stack, function: &Resource) -> Result<&'a Resource> {
    let arn = function.text("/Role").context("it needs a Role")?;
    let mut roles = stack.of_kind("AWS::IAM::Role");
    let role = roles.find(|it| stack.arn(&it.logical_id).as_deref() == Some(arn));
    role.ok_or_else(|| function.refuse("its Role must be one of this template"))
}

/// Lambda must be trusted with the role, and nothing may be added to it from outside.
fn assumable(role: &Resource) -> Result<()> {
    anyhow::ensure!(
        role.list("/ManagedPolicyArns").is_empty(),
        "ManagedPolicyArns of a function's role are not supported by the local emulator: write its policies out"
    );
    let document = role.at("/AssumeRolePolicyDocument").context("it needs a trust policy")?;
    let trusts = Statement::read(document)?.iter().any(|it| {
        it.allows
            && it.services.iter().any(|service| service == "lambda.amazonaws.com")
            && it.actions.iter().any(|action| action == "sts:AssumeRole")
    });
    anyhow::ensure!(trusts, "its trust policy does not let lambda.amazonaws.com assume it");
    Ok(())
}

fn caller_permission(stack: &Stack, resource: &Resource) -> Result<CallerPermission> {
    let function = resource.text("/FunctionName").unwrap_or_default();
    let mut functions = stack.of_kind("AWS::Lambda::Function");
    let found = functions.find_map(|it| {
        let arn = stack.arn(&it.logical_id)?;
        let names = [it.logical_id.clone(), it.physical_id.clone(), arn];
        names[1..].iter().any(|name| name == function).then_some(names)
    });
    if resource.text("/Action") != Some("lambda:InvokeFunction") {
        return Err(resource.refuse("its Action must be lambda:InvokeFunction"));
    }
    Ok(CallerPermission {
        function: found
            .ok_or_else(|| resource.refuse("its FunctionName must be one of this template"))?,
        principal: resource.text("/Principal").unwrap_or_default().to_owned(),
        source_arn: resource.text("/SourceArn").map(str::to_owned),
        is_for_this_account: resource
            .text("/SourceAccount")
            .is_none_or(|account| account == stack.account_id),
    })
}

fn queue_policy(stack: &Stack, resource: &Resource) -> Result<Vec<(String, Vec<Statement>)>> {
    let document = resource.at("/PolicyDocument").unwrap_or(&Value::Null);
    let statements =
        Statement::read(document).map_err(|why| resource.refuse(&format!("{why:#}")))?;
    let mut policies = Vec::new();
    for url in resource.list("/Queues").iter().filter_map(Value::as_str) {
        let mut queues = stack.of_kind("AWS::SQS::Queue");
        let queue = queues.find(|it| stack.reference(&it.logical_id).as_deref() == Some(url));
        let arn = queue.and_then(|it| stack.arn(&it.logical_id));
        let arn = arn.ok_or_else(|| resource.refuse("its Queues must be of this template"))?;
        policies.push((arn, statements.clone()));
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
        let may_send = |service, rule| iam.may_send(service, rule, &arn);
        assert!(may_send("events.amazonaws.com", "rule/a"));
        assert!(!may_send("events.amazonaws.com", "rule/b"));
        assert!(!may_send("events.amazonaws.com", "other"));
        assert!(!may_send("sns.amazonaws.com", "rule/a"));
    }
}
