//! What a restaurant cannot do for a while: what has run out, that its kitchen is busy, that it takes no
//! orders. All of it ends by itself.

use serde::{Deserialize, Serialize};

use crate::{
    cart::ChosenOption,
    id::DishId,
    menu::{Card, Dish, Restaurant},
    time::Timestamp,
    until::Until,
};

/// What a restaurant cannot do for a while.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// What has run out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sold_out: Vec<SoldOut>,
    /// That new orders take longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<Busy>,
    /// That no orders are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Until>,
    /// Whether no orders are taken while no device has shown the restaurant's orders for
    /// [`Availability::UNATTENDED_SECONDS`]: nobody would hear of a new one.
    #[serde(default, skip_serializing_if = "is_off")]
    pub pauses_when_unattended: bool,
}

const fn is_off(is_on: &bool) -> bool {
    !*is_on
}

/// Something that has run out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "SoldOutFields")]
pub struct SoldOut {
    /// What.
    #[serde(flatten)]
    pub item: MenuItem,
    /// Its [`MenuItem::name_in`] the menu of when it ran out, for the menu may not have it any more; empty in
    /// what an earlier version has stored.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// For how long.
    pub until: Until,
}

/// [`SoldOut`] as it is read: to read what is flattened, serde buffers it, in code that the page has to carry.
#[derive(Deserialize)]
struct SoldOutFields {
    dish_id: DishId,
    #[serde(default)]
    choice: Option<ChosenOption>,
    #[serde(default)]
    name: String,
    until: Until,
}

impl From<SoldOutFields> for SoldOut {
    fn from(fields: SoldOutFields) -> Self {
        let SoldOutFields { dish_id, choice, name, until } = fields;
        Self { item: MenuItem { dish_id, choice }, name, until }
    }
}

/// A dish, or something to choose with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItem {
    /// The dish.
    pub dish_id: DishId,
    /// What is chosen with it; absent for the dish itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<ChosenOption>,
}

/// That new orders take longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Busy {
    /// By how many minutes: 1 to [`Busy::MAX_MINUTES`].
    pub minutes: u16,
    /// For how long.
    pub until: Until,
}

impl Busy {
    /// The most minutes that a busy kitchen adds.
    pub const MAX_MINUTES: u16 = 90;
}

/// A change that a member of staff makes. It says for how long, and the server when that ends, by the
/// restaurant's own hours and clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum AvailabilityChange {
    /// Something has run out.
    SellOut {
        /// What.
        #[serde(flatten)]
        item: MenuItem,
        /// For how long.
        lasts: SoldOutFor,
    },
    /// It is there again.
    SellAgain {
        /// What.
        #[serde(flatten)]
        item: MenuItem,
    },
    /// New orders take longer.
    Busy {
        /// By how many minutes: 1 to [`Busy::MAX_MINUTES`].
        minutes: u16,
        /// For how many minutes: 1 to [`AvailabilityChange::MAX_MINUTES`].
        lasts_minutes: u16,
    },
    /// They take as long as the menu says.
    NotBusy,
    /// No orders are taken.
    Pause {
        /// For how long.
        lasts: PausedFor,
    },
    /// Orders are taken again.
    Resume,
    /// No orders are taken while no device shows the restaurant's orders.
    PauseWhenUnattended,
    /// They are taken then, too.
    TakeWhenUnattended,
}

impl AvailabilityChange {
    /// The longest that a kitchen is busy, in minutes: a day.
    pub const MAX_MINUTES: u16 = 1_440;
}

/// How long something has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoldOutFor {
    /// Until the restaurant closes next.
    Service,
    /// Until tomorrow: 5 o'clock by the restaurant's clock, when no service goes on.
    Today,
    /// Until somebody says that it is there again.
    FurtherNotice,
}

/// How long no orders are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PausedFor {
    /// 15 minutes.
    QuarterHour,
    /// 30 minutes.
    HalfHour,
    /// 60 minutes.
    Hour,
    /// Until the restaurant opens next.
    Service,
    /// Until tomorrow: 5 o'clock by the restaurant's clock.
    Today,
}

impl Availability {
    /// For how many seconds no device may have shown the orders of a restaurant that pauses then: four pings
    /// ([`crate::live::PING_EVERY`]).
    pub const UNATTENDED_SECONDS: i64 = 180;

    /// What of it still holds.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.sold_out.retain(|sold_out| sold_out.until.holds(now));
        self.busy = self.busy.filter(|busy| busy.until.holds(now));
        self.paused = self.paused.filter(|paused| paused.holds(now));
        self
    }

    /// Makes a card say how long an order takes at a moment.
    pub fn apply_to_card(&self, card: &mut Card, now: Timestamp) {
        if let Some(busy) = self.busy.filter(|busy| busy.until.holds(now)) {
            card.preparation_minutes = card.preparation_minutes.saturating_add(busy.minutes);
        }
    }

    /// Makes a menu say what cannot be had at a moment, and the card how long an order takes then. A choice
    /// that has run out is not offered; a dish that needs one of those is sold out.
    pub fn apply(&self, restaurant: &mut Restaurant, now: Timestamp) {
        self.apply_to_card(&mut restaurant.card, now);
        let of_now = self.sold_out.iter().filter(|sold_out| sold_out.until.holds(now));
        for SoldOut { item: MenuItem { dish_id, choice }, .. } in of_now {
            let dishes = restaurant.sections.iter_mut().flat_map(|section| &mut section.dishes);
            for dish in dishes.filter(|dish| dish.dish_id == *dish_id) {
                match choice {
                    None => dish.sold_out = true,
                    Some(choice) => remove(dish, choice),
                }
            }
        }
    }
}

fn remove(dish: &mut Dish, choice: &ChosenOption) {
    let groups = dish.options.iter_mut().filter(|group| group.group_id == choice.group_id);
    for group in groups {
        group.choices.retain(|one| one.choice_id != choice.choice_id);
        dish.sold_out |= group.choices.len() < usize::from(group.at_least);
    }
    dish.options.retain(|group| !group.choices.is_empty());
}

impl MenuItem {
    /// What it is called on the menu of a restaurant: `Masala dosa`, or `Masala dosa, Large` for a choice;
    /// `None` if the restaurant does not sell it.
    #[must_use]
    pub fn name_in(&self, restaurant: &Restaurant) -> Option<String> {
        let dish = restaurant.dish(&self.dish_id)?;
        let Some(choice) = &self.choice else { return Some(dish.name.clone()) };
        let groups = dish.options.iter().filter(|group| group.group_id == choice.group_id);
        let mut choices = groups.flat_map(|group| &group.choices);
        let choice = choices.find(|one| one.choice_id == choice.choice_id)?;
        Some(format!("{}, {}", dish.name, choice.name))
    }
}
