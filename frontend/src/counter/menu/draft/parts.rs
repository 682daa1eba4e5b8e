//! Adding, moving and removing parts of a menu.

use super::{ChoiceDraft, DishDraft, Draft, GroupDraft, Pressed, SectionDraft, kind_and_number};

/// A part that stands among others of its kind.
pub(super) trait Part {
    fn number(&self) -> u32;
}

macro_rules! part {
    ($($kind:ty),*) => {$(
        impl Part for $kind {
            fn number(&self) -> u32 {
                self.number
            }
        }
    )*};
}
part!(SectionDraft, DishDraft, GroupDraft, ChoiceDraft);

impl Draft {
    /// Does what a button is for, or nothing if it is no button that changes the menu.
    pub(in super::super) fn press(&mut self, button: &str) -> Option<Pressed> {
        let (kind, number) = kind_and_number(button)?;
        let pressed = match kind {
            "add-section" => self.add_section(),
            "add-dish" => self.add_dish(number)?,
            "add-group" => self.add_group(number)?,
            "add-choice" => self.add_choice(number)?,
            "up" | "down" => self.move_part(number, kind == "up", button)?,
            "remove" => self.remove(number)?,
            "remove-picture" => {
                self.set_art(number, "");
                Pressed { focus: format!("picture-{number}"), ..Pressed::default() }
            }
            _ => return None,
        };
        Some(pressed)
    }

    fn add_section(&mut self) -> Pressed {
        let number = self.number();
        self.sections.push(SectionDraft { number, ..SectionDraft::default() });
        Pressed { focus: format!("section-{number}"), ..Pressed::default() }
    }

    fn add_dish(&mut self, section: u32) -> Option<Pressed> {
        let number = self.number();
        let section = self.sections.iter_mut().find(|it| it.number == section)?;
        section.dishes.push(DishDraft { number, ..DishDraft::default() });
        Some(Pressed { focus: format!("name-{number}"), open: Some(number), removed: None })
    }

    /// Adds a group with a choice, of which one can be chosen.
    fn add_group(&mut self, dish: u32) -> Option<Pressed> {
        let (number, choice) = (self.number(), self.number());
        let dish = self.dish_mut(dish)?;
        dish.groups.push(GroupDraft {
            number,
            at_least: "1".to_owned(),
            at_most: "1".to_owned(),
            choices: vec![ChoiceDraft { number: choice, ..ChoiceDraft::default() }],
            ..GroupDraft::default()
        });
        dish.shape += 1;
        Some(Pressed { focus: format!("group-{number}"), ..Pressed::default() })
    }

    fn add_choice(&mut self, group: u32) -> Option<Pressed> {
        let number = self.number();
        let dish =
            self.dishes_mut().find(|dish| dish.groups.iter().any(|it| it.number == group))?;
        let group = dish.groups.iter_mut().find(|it| it.number == group)?;
        group.choices.push(ChoiceDraft { number, ..ChoiceDraft::default() });
        dish.shape += 1;
        Some(Pressed { focus: format!("choice-{number}"), ..Pressed::default() })
    }

    /// Moves a part by one place; a dish at the end of its section goes to the next one.
    fn move_part(&mut self, number: u32, is_up: bool, button: &str) -> Option<Pressed> {
        let is_moved = move_in(&mut self.sections, number, is_up)
            || self.move_dish(number, is_up)
            || self.dishes_mut().any(|dish| {
                let is_moved = move_in(&mut dish.groups, number, is_up)
                    || dish.groups.iter_mut().any(|it| move_in(&mut it.choices, number, is_up));
                dish.shape += u32::from(is_moved);
                is_moved
            });
        is_moved.then(|| Pressed { focus: button.to_owned(), ..Pressed::default() })
    }

    fn move_dish(&mut self, number: u32, is_up: bool) -> bool {
        if self.sections.iter_mut().any(|section| move_in(&mut section.dishes, number, is_up)) {
            return true;
        }
        let Some((from, at)) = self.sections.iter().enumerate().find_map(|(place, section)| {
            Some((place, section.dishes.iter().position(|dish| dish.number == number)?))
        }) else {
            return false;
        };
        let to = if is_up { from.checked_sub(1) } else { Some(from + 1) };
        let Some(to) = to.filter(|to| *to < self.sections.len()) else { return false };
        let dish = self.sections[from].dishes.remove(at);
        let place = if is_up { self.sections[to].dishes.len() } else { 0 };
        self.sections[to].dishes.insert(place, dish);
        true
    }
}

/// Moves a part by one place, if it is among these and there is one.
fn move_in<T: Part>(parts: &mut [T], number: u32, is_up: bool) -> bool {
    let Some(at) = parts.iter().position(|it| it.number() == number) else { return false };
    let to = if is_up { at.checked_sub(1) } else { Some(at + 1) };
    match to.filter(|to| *to < parts.len()) {
        Some(to) => {
            parts.swap(at, to);
            true
        }
        None => false,
    }
}
