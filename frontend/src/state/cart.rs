//! The cart with its prices.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Amount,
    api::{Quote, QuoteRequest},
    menu::Restaurant,
    order::OrderLine,
    price::{self, Bill},
};

use super::{
    catalog::{Catalog, Menu},
    delivery::Delivery,
    fetch::Fetch as _,
    notices::{Notice, Notices},
};
use crate::{
    api, browser,
    http::ApiError,
    model::cart::{Cart, DishNames, Removed},
    storage,
    text::{
        self,
        hours::{Opening, opening_of},
    },
};

const STORAGE_KEY: &str = "tiffin.cart";
/// Where what its dishes are called is stored.
const NAMES_KEY: &str = "tiffin.cart-names";
/// Milliseconds that a cart must stay as it is before the server is asked what it costs.
const QUOTE_AFTER: u32 = 400;

/// The cart with the prices of now.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedCart {
    /// Where it is cooked.
    pub restaurant: Arc<Restaurant>,
    /// What it costs: as the server says, as soon as it has.
    pub bill: Bill,
    /// Whether the restaurant takes orders now: as the server says, as soon as it has.
    pub opening: Opening,
    /// The customer's postcode, if the restaurant does not deliver there.
    pub out_of_reach: Option<String>,
    /// Whether the fee and the smallest order depend on a postcode that is not known: the fee is the lowest then.
    pub depends_on_postcode: bool,
}

impl PricedCart {
    /// What is missing to the smallest order the restaurant takes.
    #[must_use]
    pub fn missing(&self) -> Option<Amount> {
        let missing = self.restaurant.card.minimum_order.minor() - self.bill.subtotal.minor();
        (missing > 0 && !self.depends_on_postcode).then(|| Amount::new(missing))
    }

    /// Whether it can be ordered: it is enough, and the restaurant is open and delivers there.
    #[must_use]
    pub fn can_be_ordered(&self) -> bool {
        self.missing().is_none() && self.opening == Opening::Open && self.out_of_reach.is_none()
    }

    /// The total, as a person reads it; `None` where nobody delivers, and nothing can be paid.
    #[must_use]
    pub fn total(&self) -> Option<String> {
        let delivers = self.out_of_reach.is_none();
        delivers.then(|| text::format::money(self.bill.total, self.bill.currency))
    }
}

/// The cart, stored in this browser and shared with its other tabs.
#[derive(Clone, Copy)]
pub struct CartStore {
    catalog: Catalog,
    delivery: Delivery,
    notices: Notices,
    cart: RwSignal<Cart>,
    /// `None` while the cart is empty.
    menu: Menu,
    /// What the server was asked to price, and its answer.
    quoted: RwSignal<Option<(QuoteRequest, Quote)>>,
    /// The total that was shown before the server sent another, until the customer agrees to
    /// that or changes the cart.
    total_before: RwSignal<Option<Amount>>,
    /// The line that was put back last, until a basket on the page shows it.
    restored: StoredValue<Option<OrderLine>>,
}

impl CartStore {
    /// The cart that this browser has stored. Follows other tabs.
    #[must_use]
    pub fn open(catalog: Catalog, delivery: Delivery, notices: Notices) -> Self {
        let cart = RwSignal::new(stored());
        let restaurant = Memo::new(move |_| cart.with(|cart| cart.restaurant_id.clone()));
        let menu = catalog.menu(restaurant);
        Effect::new(move || {
            if let Some(menu) = menu.answer() {
                remove_what_is_not_sold(cart, notices, &menu);
            }
        });
        Effect::new(move || match menu.get() {
            _ if cart.with(Cart::is_empty) => storage::remove(NAMES_KEY),
            Some(Ok(menu)) => cart.with(|cart| store_names(cart, &menu)),
            _ => {}
        });
        let (quoted, total_before) = (RwSignal::new(None), RwSignal::new(None));
        let restored = StoredValue::new(None);
        let store = Self { catalog, delivery, notices, cart, menu, quoted, total_before, restored };
        browser::on_window(leptos::ev::storage, move |event| {
            if event.key().is_none_or(|key| key == STORAGE_KEY) {
                store.reload();
            }
        });
        store
    }

    /// Takes over what another tab has stored.
    pub fn reload(self) {
        let now: Option<Cart> = storage::get(STORAGE_KEY);
        let other = self.cart.with_untracked(|cart| match &now {
            Some(now) => now != cart,
            None => !cart.is_empty(),
        });
        if other {
            self.cart.set(now.unwrap_or_else(new_cart));
        }
    }

    /// Something of the cart. Reactive.
    pub fn with<T>(self, read: impl FnOnce(&Cart) -> T) -> T {
        self.cart.with(read)
    }

    /// Whether nothing is in it. Reactive.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.cart.with(Cart::is_empty)
    }

    /// The cart, now.
    #[must_use]
    pub fn now(self) -> Cart {
        self.cart.get_untracked()
    }

    /// Changes the cart and stores it, for this browser's other tabs too.
    pub fn edit<T>(self, edit: impl FnOnce(&mut Cart) -> T) -> T {
        self.reload();
        let before = self.now();
        let mut cart = before.clone();
        let result = edit(&mut cart);
        if cart != before {
            storage::set(STORAGE_KEY, &cart);
            self.total_before.set(None);
            self.cart.set(cart);
        }
        result
    }

    /// Changes a line, by its place now; says so if another tab has removed it.
    pub fn edit_line<T>(
        self,
        line: &OrderLine,
        edit: impl FnOnce(&mut Cart, usize) -> T,
    ) -> Option<T> {
        let result = self.edit(|cart| cart.place_of(line).map(|place| edit(cart, place)));
        if result.is_none() {
            self.notices.notify(text::cart::CHANGED_ELSEWHERE);
        }
        result
    }

    /// Takes a line out, and offers to put it back.
    pub fn remove_line(self, line: &OrderLine, dish: &str) {
        let removed = self.edit_line(line, |cart, place| cart.remove(place));
        if let Some(removed) = removed.flatten() {
            let text = text::cart::removed(dish);
            self.notices.notice.set(Some(Notice { text, undo: Some(removed) }));
        }
    }

    /// Puts a line back.
    pub fn restore(self, removed: Removed) {
        self.restored.set_value(Some(removed.line.clone()));
        self.edit(|cart| cart.restore(removed));
        self.notices.notice.set(None);
    }

    /// The place of the line that was restored last; returned once.
    pub fn take_restored(self) -> Option<usize> {
        let line = self.restored.try_update_value(Option::take).flatten()?;
        self.now().place_of(&line)
    }

    /// The cart's menu, once fetched; `None` too while nothing is in the cart. Reactive.
    #[must_use]
    pub fn menu(self) -> Option<Result<Arc<Restaurant>, ApiError>> {
        self.menu.get()
    }

    /// Fetches the cart's menu again.
    pub fn fetch_menu(self) {
        self.menu.refetch();
    }

    /// The restaurant with the fee and the minimum of the customer's postcode, and with its areas as long as those
    /// depend on it; and whether it delivers there. Reactive.
    fn restaurant(self) -> Option<(Arc<Restaurant>, bool)> {
        let mut restaurant = self.menu()?.ok()?;
        let delivers = restaurant.card.areas.is_empty()
            || self.delivery.apply(&mut Arc::make_mut(&mut restaurant).card);
        Some((restaurant, delivers))
    }

    /// The cart with its prices, as soon as its menu is known. Reactive.
    #[must_use]
    pub fn priced(self) -> Option<PricedCart> {
        let (restaurant, delivers) = self.restaurant()?;
        let quote = self.quote();
        let opening = match &quote {
            Some(quote) if quote.open => Opening::Open,
            Some(quote) => Opening::Closed(quote.opens),
            None => opening_of(&restaurant.card),
        };
        let has_areas = !restaurant.card.areas.is_empty();
        let depends = quote.as_ref().map_or(has_areas, |quote| quote.depends_on_postcode);
        let depends_on_postcode = depends && delivers;
        let bill = match quote {
            Some(quote) => quote.bill,
            None => self.cart.with(|cart| {
                let same = cart.restaurant_id.as_ref() == Some(&restaurant.card.restaurant_id);
                same.then(|| cart.bill(&restaurant).ok()).flatten()
            })?,
        };
        let out_of_reach = (!delivers).then(|| self.delivery.postcode());
        Some(PricedCart { restaurant, bill, opening, out_of_reach, depends_on_postcode })
    }

    /// The total that was shown before the price changed, until the customer agrees. Reactive.
    #[must_use]
    pub fn total_before(self) -> Option<Amount> {
        self.total_before.get()
    }

    /// What the server says about exactly this cart. Reactive.
    fn quote(self) -> Option<Quote> {
        let request = self.quote_request()?;
        self.quoted.with(|quoted| {
            quoted.as_ref().filter(|(asked, _)| *asked == request).map(|(_, quote)| quote.clone())
        })
    }

    /// What to ask the server; `None` while the cart is empty or its menu unknown, or where it is not brought.
    /// Reactive.
    fn quote_request(self) -> Option<QuoteRequest> {
        let cart = self.cart.get();
        let (restaurant, _) = self.restaurant().filter(|(_, delivers)| *delivers)?;
        let tip = cart.bill(&restaurant).ok()?.tip;
        let has_areas = self.menu()?.is_ok_and(|menu| !menu.card.areas.is_empty());
        Some(QuoteRequest {
            restaurant_id: cart.restaurant_id?,
            lines: cart.lines,
            tip,
            postcode: has_areas.then(|| self.delivery.postcode().parse().ok()).flatten(),
        })
    }

    /// Has the server price the cart, now and whenever it changes, as long as the component that
    /// calls this is shown. With `at_checkout`, a changed price is agreed to before ordering.
    pub fn keep_quoted(self, at_checkout: bool) {
        let request = Memo::new(move |_| self.quote_request());
        Effect::new(move || {
            let Some(asked) = request.get() else { return };
            spawn_local(async move {
                browser::sleep(QUOTE_AFTER).await;
                // Disposed, or changed meanwhile.
                if request.try_get_untracked().flatten().as_ref() == Some(&asked) {
                    self.ask_for_quote(asked, at_checkout).await;
                }
            });
        });
    }

    /// Has the server price the cart again.
    pub fn quote_again(self, at_checkout: bool) {
        if let Some(asked) = untrack(|| self.quote_request()) {
            spawn_local(self.ask_for_quote(asked, at_checkout));
        }
    }

    /// A price that is not the one shown, or a dish that is not sold any more, means that the menu
    /// here is old.
    async fn ask_for_quote(self, asked: QuoteRequest, at_checkout: bool) {
        let answer = api::quote(&asked).await;
        let shown = untrack(|| self.restaurant());
        let shown = shown.and_then(|(menu, _)| price::bill(&menu, &asked.lines, asked.tip).ok());
        // A late answer about an older cart says nothing of this one.
        if untrack(|| self.quote_request()).as_ref() != Some(&asked) {
            return;
        }
        match answer {
            Err(error) if error.is_transient() => {}
            Err(_) => self.catalog.refresh(),
            Ok(quote) => {
                if let Some(shown) = shown.filter(|shown| shown.total != quote.bill.total) {
                    self.price_changed(&shown, &quote.bill, at_checkout);
                    self.catalog.refresh();
                }
                self.quoted.set(Some((asked, quote)));
            }
        }
    }

    fn price_changed(self, shown: &Bill, now: &Bill, at_checkout: bool) {
        if at_checkout {
            return self.total_before.set(Some(shown.total));
        }
        let money = |bill: &Bill| text::format::money(bill.total, bill.currency);
        self.notices.notify(text::cart::price_changed(&money(shown), &money(now)));
    }
}

fn stored() -> Cart {
    storage::get(STORAGE_KEY).unwrap_or_else(new_cart)
}

fn new_cart() -> Cart {
    Cart::new(browser::new_order_id())
}

/// Removes from the cart what its restaurant no longer sells, and says so.
fn remove_what_is_not_sold(
    cart: RwSignal<Cart>,
    notices: Notices,
    menu: &Result<Arc<Restaurant>, ApiError>,
) {
    let mut now = cart.get_untracked();
    let removed = match menu {
        Ok(menu) if now.restaurant_id.as_ref() == Some(&menu.card.restaurant_id) => {
            now.keep_what_exists(menu)
        }
        Err(error) if error.is_not_found() => now.clear(),
        _ => Vec::new(),
    };
    if !removed.is_empty() {
        let menu = menu.as_deref().ok();
        let names = names().of(&removed, menu);
        let mut dishes = removed.iter().filter_map(|dish| menu?.dish(dish));
        let is_sold = dishes.any(|dish| !dish.sold_out);
        storage::set(STORAGE_KEY, &now);
        cart.set(now);
        notices.notify(text::cart::no_longer_available(removed.len(), names.as_deref(), is_sold));
    }
}

/// What the dishes of the cart were called when this browser saw their menu last.
fn names() -> DishNames {
    storage::get(NAMES_KEY).unwrap_or_default()
}

/// Stores what the dishes of the cart are called, if this is its menu.
fn store_names(cart: &Cart, menu: &Restaurant) {
    if cart.restaurant_id.as_ref() == Some(&menu.card.restaurant_id) {
        storage::set(NAMES_KEY, &names().updated(cart, menu));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_delivers_has_no_total() {
        let menu = include_str!("../../../shared/tests/wire/reply_restaurant.json");
        let restaurant: Restaurant = serde_json::from_str(menu).unwrap();
        let bill = price::bill(&restaurant, &[], Amount::ZERO).unwrap();
        let mut priced = PricedCart {
            restaurant: Arc::new(restaurant),
            bill,
            opening: Opening::Open,
            out_of_reach: None,
            depends_on_postcode: false,
        };
        assert_eq!(priced.total().as_deref(), Some("£2.50"), "the fee alone");
        priced.out_of_reach = Some("NW10 4AB".to_owned());
        assert_eq!(priced.total(), None);
    }
}
