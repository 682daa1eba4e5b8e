//! What is chosen with a dish while its dialog is open. Plain logic.

use shared::{
    ChoiceId, GroupId,
    menu::{Dish, OptionGroup},
    order::ChosenOption,
};

/// The choices made so far, in the menu's order, so that the same choices are the same line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices(Vec<ChosenOption>);

impl Choices {
    /// What a dish comes with unless one chooses: the first of each group that must have some.
    #[must_use]
    pub fn usual(dish: &Dish) -> Self {
        let firsts = |group: &OptionGroup| {
            let wanted = group.choices.iter().take(usize::from(group.at_least));
            let group_id = group.group_id.clone();
            let chosen = wanted.map(move |choice| ChosenOption {
                group_id: group_id.clone(),
                choice_id: choice.choice_id.clone(),
            });
            chosen.collect::<Vec<_>>()
        };
        Self(dish.options.iter().flat_map(firsts).collect())
    }

    /// The choices that a line was made with, as far as the dish still offers them; what must be
    /// chosen and is not is chosen as usual.
    #[must_use]
    pub fn of(dish: &Dish, chosen: &[ChosenOption]) -> Self {
        let offered = |option: &&ChosenOption| place(dish, option).is_some();
        let own = Self(chosen.iter().filter(offered).cloned().collect());
        let usual = Self::usual(dish);
        let of_group = |group: &OptionGroup| {
            let enough = (usize::from(group.at_least)..=usize::from(group.at_most))
                .contains(&own.count(group));
            let from = if enough { &own } else { &usual };
            let chosen = from.0.iter().filter(|chosen| chosen.group_id == group.group_id);
            chosen.cloned().collect::<Vec<_>>()
        };
        Self(dish.options.iter().flat_map(of_group).collect())
    }

    /// The choices, as an order line has them.
    #[must_use]
    pub fn chosen(&self) -> &[ChosenOption] {
        &self.0
    }

    /// Whether this choice is made.
    #[must_use]
    pub fn has(&self, group: &GroupId, choice: &ChoiceId) -> bool {
        self.0.iter().any(|chosen| chosen.group_id == *group && chosen.choice_id == *choice)
    }

    /// Whether no other choice of this group can be added.
    #[must_use]
    pub fn is_full(&self, group: &OptionGroup) -> bool {
        self.count(group) >= usize::from(group.at_most)
    }

    /// Makes or takes back a choice. In a group of at most one, it takes the place of the other.
    pub fn toggle(&mut self, dish: &Dish, group: &OptionGroup, choice: &ChoiceId) {
        let same = |chosen: &ChosenOption| {
            chosen.group_id == group.group_id && chosen.choice_id == *choice
        };
        if self.has(&group.group_id, choice) {
            if self.count(group) > usize::from(group.at_least) {
                self.0.retain(|chosen| !same(chosen));
            }
            return;
        }
        if group.at_most == 1 {
            self.0.retain(|chosen| chosen.group_id != group.group_id);
        }
        if !self.is_full(group) {
            let (group_id, choice_id) = (group.group_id.clone(), choice.clone());
            let new = ChosenOption { group_id, choice_id };
            let before = self.0.iter().take_while(|old| place(dish, old) < place(dish, &new));
            self.0.insert(before.count(), new);
        }
    }

    fn count(&self, group: &OptionGroup) -> usize {
        self.0.iter().filter(|chosen| chosen.group_id == group.group_id).count()
    }
}

/// Where a choice stands on the menu: its group's place, then its own.
fn place(dish: &Dish, chosen: &ChosenOption) -> Option<(usize, usize)> {
    let group = dish.options.iter().position(|group| group.group_id == chosen.group_id)?;
    let choices = &dish.options[group].choices;
    Some((group, choices.iter().position(|choice| choice.choice_id == chosen.choice_id)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dosa with a size (exactly one) and extras (up to two of three).
    fn dosa() -> Dish {
        let group = |id: &str, at_least, at_most, choices: &[&str]| {
            serde_json::json!({
                "group_id": id, "name": id, "at_least": at_least, "at_most": at_most,
                "choices": choices.iter().map(|id| serde_json::json!({
                    "choice_id": id, "name": id, "price": 0
                })).collect::<Vec<_>>(),
            })
        };
        serde_json::from_value(serde_json::json!({
            "dish_id": "dosa", "name": "Dosa", "description": "", "price": 1, "art": "",
            "options": [
                group("size", 1, 1, &["regular", "large"]),
                group("extras", 0, 2, &["podi", "ghee", "sambar"]),
            ],
        }))
        .unwrap()
    }

    fn after(toggles: &[(usize, &str)]) -> Vec<String> {
        let dish = dosa();
        let mut choices = Choices::usual(&dish);
        for (group, choice) in toggles {
            choices.toggle(&dish, &dish.options[*group], &choice.parse().unwrap());
        }
        choices.chosen().iter().map(|chosen| chosen.choice_id.to_string()).collect()
    }

    #[test]
    fn what_must_be_chosen_is_chosen_already() {
        assert_eq!(after(&[]), ["regular"]);
    }

    #[test]
    fn one_of_an_either_or_takes_the_place_of_the_other_and_none_is_not_an_answer() {
        assert_eq!(after(&[(0, "large")]), ["large"]);
        assert_eq!(after(&[(0, "regular")]), ["regular"]);
    }

    #[test]
    fn a_line_that_is_edited_begins_with_its_own_choices() {
        let dish = dosa();
        let option = |group: &str, choice: &str| ChosenOption {
            group_id: group.parse().unwrap(),
            choice_id: choice.parse().unwrap(),
        };
        let line = [option("size", "large"), option("extras", "ghee")];
        assert_eq!(Choices::of(&dish, &line).chosen(), line);
        let old = [option("size", "gigantic"), option("spice", "hot")];
        assert_eq!(Choices::of(&dish, &old), Choices::usual(&dish));
    }

    #[test]
    fn extras_come_and_go_up_to_their_number_in_the_menus_order() {
        assert_eq!(after(&[(1, "sambar"), (1, "podi")]), ["regular", "podi", "sambar"]);
        assert_eq!(
            after(&[(1, "sambar"), (1, "podi"), (1, "ghee")]),
            ["regular", "podi", "sambar"]
        );
        assert_eq!(after(&[(1, "podi"), (1, "podi")]), ["regular"]);
    }
    #[test]
    fn a_group_is_full_at_its_most_and_what_must_be_chosen_cannot_be_taken_back() {
        let dish = dosa();
        let (size, extras) = (&dish.options[0], &dish.options[1]);
        let mut choices = Choices::usual(&dish);
        assert!(choices.is_full(size) && !choices.is_full(extras));
        choices.toggle(&dish, extras, &"podi".parse().unwrap());
        assert!(!choices.is_full(extras));
        choices.toggle(&dish, extras, &"ghee".parse().unwrap());
        assert!(choices.is_full(extras));
        assert!(choices.has(&extras.group_id, &"ghee".parse().unwrap()));
        assert!(!choices.has(&extras.group_id, &"regular".parse().unwrap()), "of another group");
        assert!(!choices.has(&extras.group_id, &"sambar".parse().unwrap()));
    }

    #[test]
    fn too_many_old_choices_are_chosen_as_usual() {
        let dish = dosa();
        let option = |choice: &str| ChosenOption {
            group_id: "extras".parse().unwrap(),
            choice_id: choice.parse().unwrap(),
        };
        let all = ["podi", "ghee", "sambar"].map(option);
        assert_eq!(Choices::of(&dish, &all), Choices::usual(&dish));
        assert_eq!(Choices::of(&dish, &all[..2]).chosen().len(), 3, "the size and both");
    }
}
