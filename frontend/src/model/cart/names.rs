use serde::{Deserialize, Serialize};
use shared::{DishId, menu::Restaurant};

use super::Cart;

/// The names of a cart's dishes. They are stored, because a menu does not name a dish that it no longer has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DishNames(Vec<(DishId, String)>);

impl DishNames {
    /// The names of a cart's dishes on this menu; what it does not have keeps its name.
    #[must_use]
    pub fn updated(&self, cart: &Cart, menu: &Restaurant) -> Self {
        let dishes = cart.lines.iter().map(|line| &line.dish_id);
        Self(dishes.filter_map(|dish| Some((dish.clone(), self.name(dish, Some(menu))?))).collect())
    }

    /// The names of dishes, each once; `None` if one of them is not known.
    #[must_use]
    pub fn of(&self, dishes: &[DishId], menu: Option<&Restaurant>) -> Option<Vec<String>> {
        let names: Option<Vec<_>> = dishes.iter().map(|dish| self.name(dish, menu)).collect();
        names.map(|names| {
            let mut each_once = Vec::new();
            for name in names {
                if !each_once.contains(&name) {
                    each_once.push(name);
                }
            }
            each_once
        })
    }

    fn name(&self, dish: &DishId, menu: Option<&Restaurant>) -> Option<String> {
        let on_menu = menu.and_then(|menu| menu.dish(dish)).map(|dish| dish.name.clone());
        let before = || self.0.iter().find(|(of, _)| of == dish).map(|(_, name)| name.clone());
        on_menu.or_else(before)
    }
}
