//! Removing parts of a menu, and putting one back.

use super::{ChoiceDraft, DishDraft, Draft, GroupDraft, Pressed, SectionDraft, parts::Part};

/// A part that was removed, and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Removed {
    part: RemovedPart,
    /// The number of what it was a part of; 0 for a section.
    of: u32,
    at: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum RemovedPart {
    Section(SectionDraft),
    Dish(DishDraft),
    Group(GroupDraft),
    Choice(ChoiceDraft),
}

/// A place among others of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    index: usize,
    /// The number of the part behind it.
    before: Option<u32>,
    /// The number of the part in front of it.
    after: Option<u32>,
}

impl RemovedPart {
    fn number(&self) -> u32 {
        match self {
            Self::Section(it) => it.number,
            Self::Dish(it) => it.number,
            Self::Group(it) => it.number,
            Self::Choice(it) => it.number,
        }
    }
}

impl Removed {
    /// What it is called.
    pub(in super::super) fn name(&self) -> &str {
        match &self.part {
            RemovedPart::Section(it) => &it.name,
            RemovedPart::Dish(it) => &it.name,
            RemovedPart::Group(it) => &it.name,
            RemovedPart::Choice(it) => &it.name,
        }
    }

    /// The dish of that number, if it was removed with this.
    fn dish_mut(&mut self, number: u32) -> Option<&mut DishDraft> {
        match &mut self.part {
            RemovedPart::Section(section) => {
                section.dishes.iter_mut().find(|dish| dish.number == number)
            }
            RemovedPart::Dish(dish) => Some(dish).filter(|dish| dish.number == number),
            RemovedPart::Group(_) | RemovedPart::Choice(_) => None,
        }
    }

    /// Gives a dish that was removed with this a picture; whether one was.
    pub(in super::super) fn set_art(&mut self, dish: u32, art: &str) -> bool {
        self.dish_mut(dish).map(|dish| art.clone_into(&mut dish.art)).is_some()
    }
}

impl Draft {
    /// Removes a part.
    pub(super) fn remove(&mut self, number: u32) -> Option<Pressed> {
        if let Some((section, at)) = take(&mut self.sections, number) {
            return Some(pressed(RemovedPart::Section(section), 0, at, "add-section"));
        }
        for section in &mut self.sections {
            let of = section.number;
            if let Some((dish, at)) = take(&mut section.dishes, number) {
                return Some(pressed(RemovedPart::Dish(dish), of, at, "add-dish"));
            }
        }
        for dish in self.dishes_mut() {
            let of = dish.number;
            if let Some((group, at)) = take(&mut dish.groups, number) {
                dish.shape += 1;
                return Some(pressed(RemovedPart::Group(group), of, at, "add-group"));
            }
            for group in &mut dish.groups {
                let of = group.number;
                if let Some((choice, at)) = take(&mut group.choices, number) {
                    dish.shape += 1;
                    return Some(pressed(RemovedPart::Choice(choice), of, at, "add-choice"));
                }
            }
        }
        None
    }

    /// Puts a part back where it stood: between those that were beside it, if they are still there. What it was a
    /// part of may be gone: a dish is then put into the last section.
    /// Another tab may have put it back already.
    pub(in super::super) fn put_back(&mut self, Removed { part, of, at }: Removed) {
        if self.name(part.number()).is_some() {
            return;
        }
        match part {
            RemovedPart::Section(section) => insert(&mut self.sections, at, section),
            RemovedPart::Dish(dish) => {
                let last = self.sections.len().saturating_sub(1);
                let place = self.sections.iter().position(|it| it.number == of).unwrap_or(last);
                if let Some(section) = self.sections.get_mut(place) {
                    insert(&mut section.dishes, at, dish);
                }
            }
            RemovedPart::Group(group) => {
                if let Some(dish) = self.dish_mut(of) {
                    insert(&mut dish.groups, at, group);
                    dish.shape += 1;
                }
            }
            RemovedPart::Choice(choice) => {
                for dish in self.dishes_mut() {
                    if let Some(group) = dish.groups.iter_mut().find(|it| it.number == of) {
                        insert(&mut group.choices, at, choice);
                        dish.shape += 1;
                        return;
                    }
                }
            }
        }
    }
}

/// What removing a part did: the next one has the focus, or the button that adds one.
fn pressed(part: RemovedPart, of: u32, at: Place, add: &str) -> Pressed {
    let next = at.before.or(at.after);
    let focus = next.map_or_else(|| format!("{add}-{of}"), |next| format!("remove-{next}"));
    Pressed { focus, open: None, removed: Some(Removed { part, of, at }) }
}

/// Takes a part from among these, and where it stood.
fn take<T: Part>(parts: &mut Vec<T>, number: u32) -> Option<(T, Place)> {
    let index = parts.iter().position(|it| it.number() == number)?;
    let part = parts.remove(index);
    let before = parts.get(index).map(Part::number);
    let after = index.checked_sub(1).map(|at| parts[at].number());
    Some((part, Place { index, before, after }))
}

fn insert<T: Part>(parts: &mut Vec<T>, place: Place, part: T) {
    let find = |number| parts.iter().position(|it| Some(it.number()) == number);
    let at = find(place.before).or_else(|| find(place.after).map(|at| at + 1));
    parts.insert(at.unwrap_or(place.index).min(parts.len()), part);
}
