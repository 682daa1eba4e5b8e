//! `cargo aws staff`: makes somebody the first owner of a restaurant, who then invites the others.

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;
use shared::api::Membership;
use shared::staff::{Role, StaffName};
use shared::text::EmailAddress;
use shared::{RestaurantId, UserId};

use super::cli::{Aws, list};
use super::stack::Stack;
use super::target::Target;
use crate::members::transact_items;

/// Who is staff.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make somebody with an account the owner of a restaurant
    Owner(OwnerOptions),
}

/// Who is to own what.
#[derive(Debug, Args)]
pub struct OwnerOptions {
    /// The stack.
    #[command(flatten)]
    pub(super) stack: Target,
    /// The email address that they sign in with
    #[arg(value_name = "EMAIL")]
    email: EmailAddress,
    /// The restaurant's id, as it stands in its address: golden-dosa
    #[arg(long, value_name = "ID")]
    restaurant: RestaurantId,
    /// What they are called in the history of orders
    #[arg(long, default_value = "Owner")]
    name: StaffName,
}

/// An account of Cognito's `ListUsers`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct User {
    user_status: String,
    enabled: bool,
    attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    name: String,
    #[serde(default)]
    value: String,
}

impl User {
    fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.name == name);
        found.map(|attribute| attribute.value.as_str())
    }
}

/// Makes somebody an owner of a restaurant, whatever they were there.
pub(super) fn run(aws: &Aws, Command::Owner(options): &Command) -> Result<()> {
    let OwnerOptions { stack, email, restaurant, name } = options;
    let stack = Stack::new(aws, &stack.stack).existing()?;
    is_in_catalog(aws, stack.output("CatalogTableName")?, restaurant)?;
    let user = account(aws, stack.output("UserPoolId")?, email)?;
    let membership =
        Membership { restaurant_id: restaurant.clone(), role: Role::Owner, name: name.clone() };
    let items = transact_items(stack.output("PeopleTableName")?, user, &membership).to_string();
    aws.ask("dynamodb transact-write-items --transact-items", &[&items])?;
    println!("{email} is an owner of {restaurant}");
    Ok(())
}

impl Command {
    /// The stack.
    pub(super) const fn stack(&self) -> &Target {
        let Self::Owner(options) = self;
        &options.stack
    }
}

fn is_in_catalog(aws: &Aws, table: &str, restaurant: &RestaurantId) -> Result<()> {
    let key = json!({"restaurant_id": {"S": restaurant}, "item": {"S": "about"}}).to_string();
    let answer = aws.ask("dynamodb get-item --table-name", &[table, "--key", &key])?;
    ensure!(
        answer.get("Item").is_some(),
        "the catalog has no restaurant {restaurant}; its address in the shop ends with its id"
    );
    Ok(())
}

/// The one account with this email address, which its owner has confirmed.
fn account(aws: &Aws, pool: &str, email: &EmailAddress) -> Result<UserId> {
    // An address has no character that would end the text of a filter.
    let filter = format!("email = \"{email}\"");
    let answer = aws.ask("cognito-idp list-users --user-pool-id", &[pool, "--filter", &filter])?;
    let users: Vec<User> = list(&answer, "Users")?;
    let confirmed = |user: &&User| {
        user.enabled
            && user.user_status == "CONFIRMED"
            && user.attribute("email_verified") == Some("true")
    };
    match (users.iter().find(confirmed), users.len()) {
        (Some(user), _) => {
            let id = user.attribute("sub").context("Cognito does not say the account's sub")?;
            id.parse().context("the account's sub is no UUID")
        }
        (None, 0) => bail!("nobody has an account with {email}; they sign up in the shop first"),
        (None, _) => bail!("{email} is not confirmed; they enter the code of the email first"),
    }
}
