//! The emulator with a site in front of it, and `cargo aws` as an owner types it.

mod edge;

#[path = "../../../../tests/laptop/customer.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    reason = "a vocabulary of which each program uses a part"
)]
pub(crate) mod customer;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ops::aws::cli::Aws;
use ops::aws::package::Architecture;
use ops::aws::stack::{Described, Resources, Stack};
use ops::emulator::{MiniStack, Permissions, REGION};
use tempfile::TempDir;
use tokio::process::Command;

use crate::browser::{path_from_env, until};
use customer::{Clients, Customer};
use edge::Edge;
use serde_json::{Value, json};

/// How long a customer waits for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Tries until it gets something, or patience ends.
pub(crate) async fn eventually<T>(what: &str, mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(value) = attempt().await {
            return value;
        }
        assert!(tokio::time::Instant::now() < deadline, "timed out waiting for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A running emulator, and what a browser sees of it. Dropping it ends it.
pub(crate) struct Emulator {
    ministack: MiniStack,
    edge: Edge,
    folder: TempDir,
}

/// What is typed for a deployment that changes nothing about what is deployed.
#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    pub(crate) stack: &'static str,
    pub(crate) package: PathBuf,
    pub(crate) pictures_package: PathBuf,
    pub(crate) site: PathBuf,
    pub(crate) template: Option<PathBuf>,
    /// More options, each after a space.
    pub(crate) more: String,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct CommandOutput {
    pub(crate) success: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Emulator {
    /// Starts one with nothing in it, which enforces roles and bucket policies.
    pub(crate) async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let program = path_from_env("TIFFIN_MINISTACK")?;
        let ministack = MiniStack::start(&program, folder.path(), Permissions::Enforced)?;
        let edge = Edge::start(ministack.endpoint()).await?;
        Ok(Self { ministack, edge, folder })
    }

    /// The shop's address.
    pub(crate) fn shop(&self) -> String {
        format!("http://{}", self.edge.address())
    }

    /// A folder for what a scenario makes.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The end of what the emulator and the functions wrote.
    pub(crate) fn last_lines(&self) -> String {
        let last = self.ministack.last_lines(10);
        let logs = self.logs().unwrap_or_else(|error| format!("{error:#}"));
        format!("the emulator's last lines:\n{last}\nthe functions':\n{logs}")
    }

    fn logs(&self) -> Result<String> {
        let aws = self.aws()?;
        let groups = aws.ask("logs describe-log-groups", &[])?;
        let mut lines = Vec::new();
        for group in groups["logGroups"].as_array().into_iter().flatten() {
            let name = group["logGroupName"].as_str().unwrap_or_default();
            let said = aws.ask("logs filter-log-events --log-group-name", &[name])?;
            let events = said["events"].as_array().into_iter().flatten();
            let events =
                events.filter(|it| it["message"].as_str().is_some_and(|it| it.starts_with('{')));
            lines.extend(events.map(|it| format!("{} {}", it["timestamp"], it["message"])));
        }
        lines.sort();
        Ok(lines[lines.len().saturating_sub(40)..].join("\n"))
    }

    /// Types `cargo aws` and what follows, words without spaces.
    pub(crate) async fn types(&self, line: &str) -> Result<CommandOutput> {
        self.types_with(line, &[]).await
    }

    /// The same with other variables in the environment; an empty one is as good as none.
    pub(crate) async fn types_with(
        &self,
        line: &str,
        other: &[(&str, &str)],
    ) -> Result<CommandOutput> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ops"));
        command.arg("aws").args(line.split(' '));
        command.envs(self.environment()).envs(other.iter().copied());
        let output = command.stdin(Stdio::null()).output().await?;
        Ok(CommandOutput {
            success: output.status.success(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.ministack.endpoint().to_owned()),
            // The page asks for codes and tokens there, on its own origin as its policy wants it.
            ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", format!("{}/cognito", self.shop())),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_REGION", REGION.to_owned()),
        ]
    }

    /// Types a deployment and expects it to succeed; browsers then see this stack.
    pub(crate) async fn deploys(&self, deployment: &Deployment) -> Result<Described> {
        self.tries_to_deploy(deployment).await?.succeeded()?;
        let (described, resources) =
            (self.stack(deployment.stack)?, self.resources(deployment.stack)?);
        self.lead_to_sockets(&resources)?;
        self.let_publish(&described, &resources)?;
        self.edge.shows(&described, &resources, self.origin_secret(&resources)?)?;
        Ok(described)
    }

    /// What the functions want to hear from CloudFront: the deployment generated it.
    fn origin_secret(&self, resources: &Resources) -> Result<String> {
        let call = "lambda get-function-configuration --function-name";
        let about = self.aws()?.ask(call, &[&resources["ApiFunction"].physical_id])?;
        let secret = about["Environment"]["Variables"]["ORIGIN_SECRET"].as_str();
        Ok(secret.unwrap_or_default().to_owned())
    }

    /// Lets the roles publish without the condition that the template has: the emulator does not
    /// know the condition key `events:source`, and refuses where AWS would look at the source.
    fn let_publish(&self, stack: &Described, resources: &Resources) -> Result<()> {
        let (aws, bus) = (self.aws()?, stack.output("EventBusName")?);
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Action": "events:PutEvents",
            "Resource": format!("arn:aws:events:{REGION}:000000000000:event-bus/{bus}"),
        }]})
        .to_string();
        for role in ["ApiRole", "RestaurantsRole", "DeliveryRole", "WatchdogRole"] {
            let what = [&policy, "--role-name", &resources[role].physical_id];
            aws.ask("iam put-role-policy --policy-name emulator --policy-document", &what)?;
        }
        Ok(())
    }

    /// Tells the functions that push where open sockets are here: the address that the template
    /// gives them is AWS's.
    fn lead_to_sockets(&self, resources: &Resources) -> Result<()> {
        let (aws, api) = (self.aws()?, &resources["WebSocketApi"].physical_id);
        let sockets = format!("{}/_aws/execute-api/{api}/live", self.ministack.endpoint());
        for function in ["ApiFunction", "ConnectionsFunction", "NotificationsFunction"] {
            let name = &resources[function].physical_id;
            let about = aws.ask("lambda get-function-configuration --function-name", &[name])?;
            let mut environment = about["Environment"].clone();
            environment["Variables"]["AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"] =
                sockets.clone().into();
            let what = [name, "--environment", &environment.to_string()];
            aws.ask("lambda update-function-configuration --function-name", &what)?;
        }
        Ok(())
    }

    /// Types a deployment.
    pub(crate) async fn tries_to_deploy(&self, deployment: &Deployment) -> Result<CommandOutput> {
        let template = match &deployment.template {
            Some(template) => template.clone(),
            None => {
                let template = self.folder().join("template.yaml");
                std::fs::write(&template, template_for_emulator()?)?;
                template
            }
        };
        let Deployment { stack, package, pictures_package, site, more, .. } = deployment;
        let (architecture, package, pictures, site, template) = (
            Architecture::of_this_machine()?.name(),
            package.display(),
            pictures_package.display(),
            site.display(),
            template.display(),
        );
        self.types(&format!(
            "deploy --stack {stack} --architecture {architecture} --package {package} \
             --pictures-package {pictures} --site {site} --template {template}{more}"
        ))
        .await
    }

    /// The stack as it is.
    pub(crate) fn stack(&self, name: &str) -> Result<Described> {
        let aws = self.aws()?;
        Stack::new(&aws, name).existing()
    }

    /// Checks that there is no stack of this name.
    pub(crate) fn has_no_stack(&self, name: &str) -> Result<()> {
        let error = self.stack(name).err().with_context(|| format!("there is a stack {name}"))?;
        ensure!(error.to_string().starts_with(&format!("there is no stack {name}")), "{error:#}");
        Ok(())
    }

    fn resources(&self, name: &str) -> Result<Resources> {
        let aws = self.aws()?;
        Stack::new(&aws, name).resources()
    }

    /// AWS's command line, pointed here.
    pub(crate) fn aws(&self) -> Result<Aws> {
        let aws = Aws::new(path_from_env("TIFFIN_AWS")?, Some(REGION))?;
        Ok(aws.with_environment(self.environment()))
    }

    /// The name or id of a resource of a stack.
    pub(crate) fn physical(&self, stack: &str, logical_id: &str) -> Result<String> {
        let resources = self.resources(stack)?;
        let resource = resources.get(logical_id);
        Ok(resource.with_context(|| format!("{stack} has no {logical_id}"))?.physical_id.clone())
    }

    /// A new customer of the stack that browsers see, who signed up as the page does.
    pub(crate) async fn customer(&self, email: &str) -> Result<Customer> {
        let http = reqwest::Client::new();
        let config = http.get(format!("{}/config.json", self.shop())).send().await?;
        let config: Value = config.json().await?;
        let client = |name| config[name].as_str().context("config.json names no client");
        let clients = Clients { session: client("client_id")?, email: client("email_client_id")? };
        let code = async |email: &str| self.code_for(email).await.ok();
        Ok(Customer::sign_up(&http, &self.shop(), clients, email, code).await)
    }

    /// The same, whose email address counts as verified: MiniStack's Cognito does not note that of an address
    /// that is confirmed, as AWS does
    /// (docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmSignUp.html).
    pub(crate) async fn verified(&self, stack: &Described, email: &str) -> Result<Customer> {
        self.customer(email).await?;
        let verify = "cognito-idp admin-update-user-attributes --user-attributes \
            Name=email_verified,Value=true --user-pool-id";
        self.aws()?.ask(verify, &[stack.output("UserPoolId")?, "--username", email])?;
        let client = stack.output("UserPoolClientId")?;
        let http = reqwest::Client::new();
        // Tokens say what was so when they were issued.
        Ok(Customer::sign_in(&http, &self.shop(), client, email).await)
    }

    /// What every customer orders, at the price of now.
    pub(crate) async fn order_request(&self) -> Result<Value> {
        let mut request = json!({
            "restaurant_id": "raat-rani-dhaba",
            "lines": [{"dish_id": "rajma-chawal", "quantity": 1, "options": []}],
        });
        let quote = reqwest::Client::new().post(format!("{}/api/quotes", self.shop()));
        let quote: Value = quote.json(&request).send().await?.json().await?;
        request["expected_total"] = quote["bill"]["total"].clone();
        request["address"] = json!({
            "name": "Asha Rao", "street": "4 Mango Lane", "city": "New Delhi", "postcode": "110001",
        });
        Ok(request)
    }

    /// The code in the newest mail to an address.
    pub(crate) async fn code_for(&self, email: &str) -> Result<String> {
        let mailbox = format!("{}/_ministack/ses/messages", self.ministack.endpoint());
        until(&format!("a code for {email}"), async || {
            let mails: serde_json::Value = reqwest::get(&mailbox).await?.json().await?;
            Ok(newest_code(&mails, email))
        })
        .await
    }
}

impl Deployment {
    /// The functions and the page as they are, in a shop where everything happens at once.
    pub(crate) fn of(stack: &'static str) -> Result<Self> {
        Ok(Self {
            stack,
            package: path_from_env("TIFFIN_PACKAGE")?,
            pictures_package: path_from_env("TIFFIN_PICTURES_PACKAGE")?,
            site: path_from_env("TIFFIN_SITE")?,
            template: None,
            more: " --autopilot on --set AcceptSeconds=0 --set Pace=0 --set AcceptWithinSeconds=30"
                .to_owned(),
        })
    }
}

impl CommandOutput {
    /// Expects success.
    pub(crate) fn succeeded(self) -> Result<String> {
        ensure!(self.success, "the command failed:\n{}{}", self.out, self.err);
        Ok(self.out)
    }

    /// Expects failure; its one sentence.
    pub(crate) fn failed(self) -> Result<String> {
        ensure!(!self.success, "the command succeeded:\n{}", self.out);
        let last = self.err.lines().last().unwrap_or_default();
        Ok(last.to_owned())
    }
}

/// The template as it is deployed, without the one type that the emulator does not know: an alarm
/// that is made of others.
pub(crate) fn template_for_emulator() -> Result<String> {
    let file = "../template.yaml";
    let text = std::fs::read_to_string(file)?;
    let (before, composite) =
        text.split_once("  NobodyAcceptsAlarm:\n").context("there is no NobodyAcceptsAlarm")?;
    let (composite, after) = composite.split_once("\n\n").context("something follows it")?;
    ensure!(composite.starts_with("    Type: AWS::CloudWatch::CompositeAlarm\n"));
    Ok(format!("{before}{after}"))
}

/// The code in the last mail to an address; the mailbox has a list for each account.
fn newest_code(mailbox: &Value, email: &str) -> Option<String> {
    let accounts = mailbox["messages"].as_object()?;
    let mut mails = accounts.values().filter_map(Value::as_array).flatten();
    let mail = mails.rfind(|mail| mail["To"][0] == email)?;
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|it| it.is_ascii_digit());
    let mut words = mail["BodyText"].as_str()?.split(|it: char| !it.is_ascii_alphanumeric());
    words.find(is_code).map(str::to_owned)
}

/// The same package in other bytes: the functions are then updated, and stay what they are.
pub(crate) fn repack(package: &Path, other: &Path) -> Result<()> {
    let mut bytes = std::fs::read(package)?;
    // A zip file ends with the length of its comment, and that comment.
    let end = bytes.len().checked_sub(2).context("the package is empty")?;
    ensure!(bytes[end..] == [0, 0], "the package has a comment already");
    bytes[end] = 1;
    bytes.push(b'.');
    Ok(std::fs::write(other, bytes)?)
}
