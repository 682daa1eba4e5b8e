//! All who are staff of a restaurant or are invited; and somebody who leaves them all.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    RestaurantId, UserId,
    staff::{Action, Role, may},
};

use super::{
    invitations::{Invited, Row as InvitationRow},
    row::{Colleague, INVITATION, MEMBER, MemberRow, STAFF, is_called, of_restaurant},
    table::People,
};
use crate::{
    runtime::error::Error,
    store::dynamodb::{Decoded, query_all},
};

/// All who are in a restaurant, or are invited.
#[derive(Debug)]
pub struct Staff {
    /// Those who are.
    pub members: Vec<Colleague>,
    /// Those who are invited, also by invitations that have expired.
    pub invited: Vec<Invited>,
    /// Why others are left out: [`Error::Unreadable`].
    pub unreadable: Vec<Error>,
}

impl People {
    /// All who are staff of a restaurant, and all who are invited (a strongly consistent query).
    ///
    /// # Errors
    /// [`Error::Dependency`] if the table did not answer.
    pub async fn staff(&self, restaurant: &RestaurantId) -> Result<Staff, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("user_id = :restaurant")
            .expression_attribute_values(
                ":restaurant",
                AttributeValue::S(of_restaurant(restaurant)),
            )
            .consistent_read(true);
        let items = query_all("reading who is staff of a restaurant", query).await?;
        let (members, others): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|item| is_called(item, MEMBER));
        let invited = others.into_iter().filter(|item| is_called(item, INVITATION)).collect();
        let members = Decoded::<MemberRow>::new(members, "item");
        let invited = Decoded::<InvitationRow>::new(invited, "item");
        Ok(Staff {
            members: members.items.into_iter().filter_map(MemberRow::into_colleague).collect(),
            invited: invited.items.into_iter().filter_map(InvitationRow::into_invited).collect(),
            unreadable: members.unreadable.into_iter().chain(invited.unreadable).collect(),
        })
    }

    /// Ends every membership of somebody, whether or not it can be read, and deletes the invitations that
    /// they have made; the restaurants in which they stay, as they are the only owner.
    ///
    /// # Errors
    /// [`Error::Dependency`] if there may be one still.
    pub async fn leave_all(&self, user: UserId) -> Result<Vec<RestaurantId>, Error> {
        let mut owned = Vec::new();
        for name in self.names(user).await?.filter(|name| name.starts_with(STAFF)) {
            let Ok(restaurant) = name[STAFF.len()..].parse() else {
                self.delete(user, &name).await?;
                continue;
            };
            self.delete_invitations_of(user, &restaurant, None).await?;
            // Whatever they are there: nothing but the last owner is a reason not to.
            if self.remove_member(user, &restaurant, None).await?.is_err() {
                owned.push(restaurant);
            }
        }
        Ok(owned)
    }

    /// Deletes the invitations of a restaurant that somebody has made and could not make in that role: all, without
    /// one.
    ///
    /// # Errors
    /// [`Error::Dependency`] if there may be one still.
    pub async fn delete_invitations_of(
        &self,
        user: UserId,
        restaurant: &RestaurantId,
        role: Option<Role>,
    ) -> Result<(), Error> {
        let invited = self.staff(restaurant).await?.invited;
        let may_stay = |invited: &Invited| {
            role.is_some_and(|role| may(role, Action::Invite(invited.invitation.role)))
        };
        let ends = |invited: &&Invited| invited.by == user && !may_stay(invited);
        for invited in invited.iter().filter(ends) {
            self.delete_invitation(restaurant, invited).await?;
        }
        Ok(())
    }
}
