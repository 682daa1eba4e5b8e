//! Who may do what: the roles of the template, enforced.
//!
//! Each function signs with an access key id of its own, so the key names the function and its
//! role decides. Any other key is the owner's, who may do everything. Signatures are not
//! checked: whoever reaches loopback is this machine's user.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use serde_json::Value;

mod policy;

use crate::feed::{Feed, FeedEvent};
use crate::template::{Resource, Stack};
use policy::Statement;
pub(crate) use policy::{Facts, glob};

/// Who made a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The person at the keyboard: may do everything.
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
    /// If one of them uses what is not played here, or a function's role is not in the template.
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
        facts: &Facts<'_>,
    ) -> Result<(), Denied> {
        let Caller::Function(function) = caller else { return Ok(()) };
        if self.allowed(function, action, resource, facts) {
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
                && source.is_none_or(|pattern| glob(pattern, source_arn, false))
        })
    }

    /// Whether a queue's policy lets a service send to it on behalf of `source_arn`.
    #[must_use]
    pub fn may_send(&self, service: &str, source_arn: &str, queue_arn: &str) -> bool {
        let sources = [source_arn];
        let facts: &Facts<'_> = &[("aws:SourceArn", &sources)];
        self.shared.queue_policies.iter().filter(|(arn, _)| arn == queue_arn).any(|(_, policy)| {
            policy.iter().any(|statement| {
                statement.allows
                    && statement.services.iter().any(|it| it == service)
                    && !statement.covers("sqs:SendMessage", queue_arn, facts).is_empty()
            })
        })
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

    fn allowed(&self, function: &str, action: &str, resource: &str, facts: &Facts<'_>) -> bool {
        let Some(identity) = self.shared.identities.get(function) else { return false };
        let (mut allowed, mut denied) = (false, false);
        for statement in &identity.statements {
            let covering = statement.covers(action, resource, facts);
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
        "ManagedPolicyArns of a function's role are not played here: write its policies out"
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
