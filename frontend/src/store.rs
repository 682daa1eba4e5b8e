//! What the pages and the socket share: the cart, the menus seen, the orders, and the session.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    AddressId, Amount, Order, OrderEvent, OrderId, RestaurantId, Status, Timestamp,
    api::{KeptAddress, ListedAddress, Problem, ProblemType, Quote, QuoteRequest},
    menu::{Card, Restaurant},
    price::{self, Bill},
};
use wasm_bindgen::JsValue;

use crate::{
    browser,
    cart::{Cart, Removed},
    details::Details,
    drawn::follow,
    json,
    live::machine::Touch,
    orders::{Heard, Listed, Orders},
    router::{Place, Router},
    server::{self, Age},
    session::Session,
    signal::Signal,
    text,
};

const CART: &str = "tiffin.cart";
const DETAILS: &str = "tiffin.details";
/// Milliseconds that events may be out of order before the order is fetched instead.
const REORDERING: i32 = 300;
/// Milliseconds that a cart must stay as it is before the server is asked what it costs.
const QUOTED_AFTER: i32 = 400;

/// Something fetched: not yet, or with its outcome.
pub type Fetched<T> = Option<Result<Arc<T>, Problem>>;

type Menus = Vec<(RestaurantId, Fetched<Restaurant>)>;

/// The state of the page, shared by everything on it.
#[derive(Clone, Copy)]
pub struct Store {
    /// Which page it is.
    pub router: Router,
    /// Who is signed in.
    pub session: Session,
    /// How the page is in touch with what happens.
    pub touch: Signal<Touch>,
    /// Whether the page is visible.
    pub visible: Signal<bool>,
    /// Whether something was heard that only a later version of this page understands.
    pub outdated: Signal<bool>,
    /// The minute that the device's clock shows, counted from 1970: what is open depends on it.
    pub minute: Signal<i64>,
    /// What a screen reader is told next.
    pub said: Signal<String>,
    /// A sentence shown until it is put away.
    pub notice: Signal<Option<Notice>>,
    cart: Signal<Cart>,
    details: Signal<Details>,
    restaurants: Signal<Fetched<Vec<Card>>>,
    menus: Signal<Menus>,
    quoted: Signal<Option<Quoted>>,
    /// The total that was shown and has turned out to be another, until the customer agrees to that
    /// or changes the cart.
    pub repriced: Signal<Option<Amount>>,
    addresses: Signal<Fetched<Vec<ListedAddress>>>,
    orders: Signal<Orders>,
    /// How many things on the page want to hear of orders.
    watchers: Signal<u32>,
    /// The server's time, and when on the monotonic clock it was that.
    clock: Signal<Option<(Timestamp, i64)>>,
}

/// A sentence above the page, and what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// The line that left the cart, if it can be put back.
    pub undo: Option<Removed>,
}

/// What a cart was asked to be priced as, and what the server said.
type Quoted = (QuoteRequest, Result<Quote, Problem>);

/// The store of this page.
#[must_use]
pub fn use_store() -> Store {
    use_context().unwrap_or_else(Store::open)
}

impl Store {
    /// What this browser has kept, and nothing fetched yet.
    #[must_use]
    pub fn open() -> Self {
        let orders = Signal::new(Orders::default());
        let details = Signal::new(kept(DETAILS).unwrap_or_default());
        let addresses = Signal::default();
        // Another customer has other orders and other addresses.
        let changed = Callback::new(move |()| {
            orders.set(Orders::default());
            addresses.set(None);
            details.set(kept(DETAILS).unwrap_or_default());
        });
        let store = Self {
            router: Router::follow(),
            session: Session::resume(changed),
            touch: Signal::default(),
            visible: Signal::new(!browser::document().hidden()),
            outdated: Signal::default(),
            minute: Signal::new(minute()),
            said: Signal::default(),
            notice: Signal::default(),
            cart: Signal::new(kept(CART).unwrap_or_else(|| Cart::new(browser::new_order_id()))),
            details,
            restaurants: Signal::default(),
            menus: Signal::default(),
            quoted: Signal::default(),
            repriced: Signal::default(),
            addresses,
            orders,
            watchers: Signal::default(),
            clock: Signal::new(None),
        };
        store.follow_other_tabs();
        store.follow_the_clock();
        store
    }

    fn follow_the_clock(self) {
        browser::every(10_000, move || {
            if self.minute.get_untracked() != minute() {
                self.minute.set(minute());
            }
        });
    }

    /// Shows a sentence above the page.
    pub fn notify(self, text: impl Into<String>) {
        self.notice.set(Some(Notice { text: text.into(), undo: None }));
    }

    /// Tells a screen reader.
    pub fn say(self, sentence: impl Into<String>) {
        let mut sentence = sentence.into();
        // The same again is only told if it is another text.
        if self.said.with_untracked(|said| *said == sentence) {
            sentence.push('\u{a0}');
        }
        self.said.set(sentence);
    }

    /// Notes what a problem says about this page; gives it back for showing.
    fn noted(self, problem: Problem) -> Problem {
        if server::is_outdated(&problem) {
            self.outdated.set(true);
        }
        problem
    }

    /// What another tab does to the cart, it does to this one's.
    fn follow_other_tabs(self) {
        browser::on(&browser::window(), "storage", move |event: JsValue| {
            let key = browser::storage_key(&event);
            if key.as_deref().is_none_or(|key| key == CART) {
                let fresh = || Cart::new(browser::new_order_id());
                self.cart.set(kept(CART).unwrap_or_else(fresh));
            }
            if key.as_deref().is_none_or(|key| key == DETAILS) {
                self.details.set(kept(DETAILS).unwrap_or_default());
            }
        });
    }
}

/// The cart, and where it goes.
impl Store {
    /// Something of the cart. Reactive.
    pub fn with_cart<T>(self, read: impl FnOnce(&Cart) -> T) -> T {
        self.cart.with(read)
    }

    /// The cart, now.
    #[must_use]
    pub fn cart(self) -> Cart {
        self.cart.get_untracked()
    }

    /// Changes the cart and keeps it, in this browser and for its other tabs.
    pub fn edit_cart<T>(self, edit: impl FnOnce(&mut Cart) -> T) -> T {
        let before = self.cart.get_untracked();
        let mut cart = before.clone();
        let result = edit(&mut cart);
        if cart != before {
            keep(CART, &cart);
            self.repriced.set(None);
            self.cart.set(cart);
        }
        result
    }

    /// Takes a line out of the cart, and offers to put it back.
    pub fn remove_line(self, line: usize, dish: &str) {
        let undo = self.edit_cart(|cart| cart.remove(line));
        self.notice.set(undo.map(|undo| Notice { text: text::removed(dish), undo: Some(undo) }));
    }

    /// Puts a line back into the cart.
    pub fn put_back(self, removed: Removed) {
        self.edit_cart(|cart| cart.put_back(removed));
        self.notice.set(None);
    }

    /// What the cart is, for the server to price; `None` while it is empty or its menu unknown.
    /// Reactive.
    fn to_be_quoted(self) -> Option<QuoteRequest> {
        let cart = self.cart.get();
        let restaurant = self.menu(cart.restaurant_id.as_ref()?)?.ok()?;
        let tip = cart.bill(&restaurant).ok()?.tip;
        Some(QuoteRequest { restaurant_id: cart.restaurant_id?, lines: cart.lines, tip })
    }

    /// What the server says that the cart costs, if it has been asked about just this one. Reactive.
    #[must_use]
    pub fn quote(self) -> Option<Quote> {
        let asked = self.to_be_quoted()?;
        self.quoted.with(|quoted| match quoted {
            Some((known, Ok(quote))) if *known == asked => Some(quote.clone()),
            _ => None,
        })
    }

    /// Has the server price the cart, now and whenever it has changed, as long as the component
    /// that calls this is shown.
    pub fn keep_quoted(self) {
        follow(move || {
            let Some(asked) = self.to_be_quoted() else { return };
            if self
                .quoted
                .with_untracked(|quoted| quoted.as_ref().map(|(of, _)| of) == Some(&asked))
            {
                return;
            }
            browser::spawn(async move {
                browser::sleep(QUOTED_AFTER).await;
                if untrack(|| self.to_be_quoted()) == Some(asked.clone()) {
                    self.ask_for_quote(asked).await;
                }
            });
        });
    }

    /// Has the server price the cart again.
    pub fn quote_again(self) {
        if let Some(asked) = untrack(|| self.to_be_quoted()) {
            browser::spawn(self.ask_for_quote(asked));
        }
    }

    /// A price that is not the one shown, or a dish that is not sold any more, means that the
    /// menu held here is old.
    async fn ask_for_quote(self, asked: QuoteRequest) {
        let quoted = server::quote(&asked).await.map_err(|problem| self.noted(problem));
        let shown = untrack(|| self.menu(&asked.restaurant_id)).and_then(Result::ok);
        let shown = shown.and_then(|menu| price::bill(&menu, &asked.lines, asked.tip).ok());
        let old = match &quoted {
            Ok(quote) => shown.as_ref().is_some_and(|bill| bill.total != quote.bill.total),
            Err(problem) => !server::is_passing(problem),
        };
        if let (true, Ok(quote), Some(shown)) = (old, &quoted, shown) {
            let money = |bill: &Bill| text::money(bill.total, bill.currency);
            match untrack(|| self.router.place()) {
                Place::Checkout => self.repriced.set(Some(shown.total)),
                _ => self.notify(text::price_change(&money(&shown), &money(&quote.bill))),
            }
        }
        if old {
            self.load_menu(asked.restaurant_id.clone(), Age::Now);
        }
        // A late answer about an older cart, or none at all, says nothing of this one.
        let passing = quoted.as_ref().is_err_and(server::is_passing);
        if !passing && untrack(|| self.to_be_quoted()).as_ref() == Some(&asked) {
            self.quoted.set(Some((asked, quoted)));
        }
    }

    /// The address and note as typed so far, now.
    #[must_use]
    pub fn details(self) -> Details {
        self.details.get_untracked()
    }

    /// Something of the address and note as typed so far. Reactive.
    pub fn with_details<T>(self, read: impl FnOnce(&Details) -> T) -> T {
        self.details.with(read)
    }

    /// Changes the address and note as typed so far, and keeps them.
    pub fn edit_details(self, edit: impl FnOnce(&mut Details)) {
        self.details.update(edit);
        self.details.with_untracked(|details| keep(DETAILS, details));
    }

    /// Signs out, and forgets what was this customer's.
    pub fn sign_out(self) {
        browser::forget(DETAILS);
        self.session.sign_out();
    }
}

/// Kept addresses.
impl Store {
    /// The customer's kept addresses, once fetched. Reactive.
    #[must_use]
    pub fn addresses(self) -> Fetched<Vec<ListedAddress>> {
        self.addresses.get()
    }

    /// Fetches the customer's kept addresses.
    pub async fn fetch_addresses(self) {
        self.addresses.maybe_update(forget_problem);
        let fetched = server::addresses(self.session).await;
        let fetched = fetched.map_err(|problem| self.noted(problem));
        let fetched = fetched.map(|fetched| Arc::new(fetched.addresses));
        self.addresses.maybe_update(|known| take(known, fetched));
    }

    /// Keeps an address for the customer.
    ///
    /// # Errors
    /// A field that is refused, too many addresses, not signed in; offline, unavailable, outdated.
    pub async fn keep_address(self, id: AddressId, address: &KeptAddress) -> Result<(), Problem> {
        server::keep_address(self.session, id, address).await?;
        self.fetch_addresses().await;
        Ok(())
    }

    /// Keeps an address no longer.
    ///
    /// # Errors
    /// Not signed in; offline, unavailable, outdated.
    pub async fn forget_address(self, id: AddressId) -> Result<(), Problem> {
        server::forget_address(self.session, id).await?;
        self.fetch_addresses().await;
        Ok(())
    }
}

/// Restaurants and menus.
impl Store {
    /// The restaurants, once fetched. Reactive.
    #[must_use]
    pub fn restaurants(self) -> Fetched<Vec<Card>> {
        self.restaurants.get()
    }

    /// Fetches the restaurants; those fetched before stay until then.
    pub fn load_restaurants(self) {
        self.restaurants.maybe_update(forget_problem);
        browser::spawn(async move {
            let fetched = server::restaurants().await.map_err(|problem| self.noted(problem));
            let fetched = fetched.map(|fetched| Arc::new(fetched.restaurants));
            self.restaurants.maybe_update(|known| take(known, fetched));
        });
    }

    /// A restaurant with its menu, once fetched. Reactive.
    #[must_use]
    pub fn menu(self, id: &RestaurantId) -> Fetched<Restaurant> {
        self.menus.with(|menus| menus.iter().find(|(of, _)| of == id)?.1.clone())
    }

    /// Fetches a menu; one fetched before stays until then.
    pub fn load_menu(self, id: RestaurantId, age: Age) {
        self.menus.maybe_update(|menus| forget_problem(entry(menus, &id)));
        browser::spawn(async move {
            let fetched = server::restaurant(&id, age).await.map_err(|problem| self.noted(problem));
            self.reconcile_cart(&id, fetched.as_ref());
            let fetched = fetched.map(Arc::new);
            self.menus.maybe_update(|menus| take(entry(menus, &id), fetched));
        });
    }

    /// An order's bill of then, and its restaurant's menu of today.
    ///
    /// # Errors
    /// Not found, not signed in; offline, unavailable, outdated.
    pub async fn menu_of_order(self, id: OrderId) -> Result<(Arc<Restaurant>, Bill), Problem> {
        let held = self.orders.with_untracked(|orders| orders.get(id).cloned());
        // One that is not held is only looked at: taking it would draw anew what asks for it.
        let order = match held {
            Some(order) => order,
            None => server::order(self.session, id).await.map_err(|problem| self.noted(problem))?,
        };
        let gone = || Problem::new(ProblemType::NotFound, "");
        let basket = order.basket.ok_or_else(gone)?;
        let menu = server::restaurant(&basket.restaurant_id, Age::Now).await;
        let menu = Arc::new(menu.map_err(|problem| self.noted(problem))?);
        self.menus
            .maybe_update(|menus| take(entry(menus, &basket.restaurant_id), Ok(menu.clone())));
        Ok((menu, basket.bill))
    }

    /// Takes out of the cart what is no longer sold, and says so.
    fn reconcile_cart(self, id: &RestaurantId, fetched: Result<&Restaurant, &Problem>) {
        if self.cart.with_untracked(|cart| cart.restaurant_id.as_ref() != Some(id)) {
            return;
        }
        let gone = match fetched {
            Ok(restaurant) => self.edit_cart(|cart| cart.keep_what_exists(restaurant)),
            Err(problem)
                if matches!(
                    problem.kind,
                    ProblemType::NotFound | ProblemType::UnknownRestaurant
                ) =>
            {
                self.edit_cart(|cart| {
                    (cart.restaurant_id, cart.sent) = (None, false);
                    std::mem::take(&mut cart.lines).len()
                })
            }
            Err(_) => 0,
        };
        if gone > 0 {
            self.notify(text::no_longer_sold(gone));
        }
    }
}

/// Orders.
impl Store {
    /// Something of the orders known. Reactive.
    pub fn with_orders<T>(self, read: impl FnOnce(&Orders) -> T) -> T {
        self.orders.with(read)
    }

    /// To how many of the orders known something can still happen. Reactive.
    #[must_use]
    pub fn count_under_way(self) -> usize {
        self.orders.with(|orders| orders.under_way().len())
    }

    /// Takes an order as the server gave it.
    pub fn take_order(self, order: Order) {
        self.orders.maybe_update(|orders| orders.take(order));
    }

    /// Fetches an order.
    ///
    /// # Errors
    /// Not found, not signed in; offline, unavailable, outdated.
    pub async fn fetch_order(self, id: OrderId) -> Result<(), Problem> {
        let before = self.status_of(id);
        let order = server::order(self.session, id).await.map_err(|problem| self.noted(problem))?;
        self.take_order(order);
        self.tell_change(id, before);
        Ok(())
    }

    /// Fetches every order under way; whether all of them came.
    pub async fn fetch_under_way(self) -> bool {
        let mut complete = true;
        for id in self.orders.with_untracked(Orders::under_way) {
            let fetched = self.fetch_order(id).await;
            // One that does not exist is no longer under way, whatever an old list says.
            complete &= !fetched.is_err_and(|problem| server::is_passing(&problem));
        }
        complete
    }

    /// Fetches the next page of the list, or the first.
    ///
    /// # Errors
    /// Not signed in; offline, unavailable, outdated.
    pub async fn fetch_list(self, from: Listed) -> Result<(), Problem> {
        let cursor = match &from {
            Listed::To(cursor) => Some(cursor.as_str()),
            _ => None,
        };
        let page = server::orders(self.session, cursor).await;
        let page = page.map_err(|problem| self.noted(problem))?;
        self.orders.update(|orders| orders.take_page(page));
        Ok(())
    }

    /// Follows an event that was pushed.
    pub fn hear(self, event: OrderEvent) {
        let (id, sequence) = (event.fact().order_id, event.fact().sequence);
        let before = self.status_of(id);
        let heard = self.orders.update(|orders| orders.hear(event));
        match heard {
            Heard::Advanced => self.tell_change(id, before),
            Heard::Known => {}
            Heard::Unknown => browser::spawn(async move { drop(self.fetch_order(id).await) }),
            Heard::Missed => browser::spawn(async move {
                browser::sleep(REORDERING).await;
                if self.orders.with_untracked(|orders| orders.sequence(id)) < sequence {
                    let _ = self.fetch_order(id).await;
                }
            }),
        }
    }

    fn status_of(self, id: OrderId) -> Option<Status> {
        self.orders.with_untracked(|orders| orders.get(id).map(|order| order.status))
    }

    fn tell_change(self, id: OrderId, before: Option<Status>) {
        let told = self.orders.with_untracked(|orders| {
            let order = orders.get(id)?;
            before.filter(|before| *before != order.status).map(|_| text::headline(order))
        });
        if let Some(sentence) = told {
            self.say(sentence);
        }
    }

    /// Whether anything on the visible page wants to hear of orders. Reactive.
    #[must_use]
    pub fn watched(self) -> bool {
        self.visible.get() && self.watchers.get() > 0
    }

    /// Has the page listen as long as the component that calls this is shown.
    pub fn watch(self) {
        self.watchers.update(|watchers| *watchers += 1);
        on_cleanup(move || {
            self.watchers.update(|watchers| *watchers -= 1);
        });
    }
}

/// The server's time.
impl Store {
    /// The server's clock shows `now`.
    pub fn set_clock(self, now: Timestamp) {
        self.clock.set(Some((now, browser::monotonic())));
    }

    /// What the server's clock shows, if it ever told: never the device's.
    #[must_use]
    pub fn server_time(self) -> Option<Timestamp> {
        let (then, at) = self.clock.get_untracked()?;
        Some(then.plus_millis(browser::monotonic() - at))
    }
}

fn minute() -> i64 {
    browser::device_time().millis() / 60_000
}

/// The place of a restaurant's menu among those fetched.
fn entry<'a>(menus: &'a mut Menus, id: &RestaurantId) -> &'a mut Fetched<Restaurant> {
    let place = menus.iter().position(|(of, _)| of == id).unwrap_or_else(|| {
        menus.push((id.clone(), None));
        menus.len() - 1
    });
    &mut menus[place].1
}

/// A problem is not shown any more while the same is asked for again.
fn forget_problem<T>(known: &mut Fetched<T>) -> bool {
    let problem = matches!(known, Some(Err(_)));
    if problem {
        *known = None;
    }
    problem
}

/// Takes what was fetched, unless it is a passing problem and something good is there already;
/// whether that has changed anything.
fn take<T: PartialEq>(known: &mut Fetched<T>, fetched: Result<Arc<T>, Problem>) -> bool {
    let same = match (&known, &fetched) {
        (Some(Ok(known)), Ok(fetched)) => known == fetched,
        (Some(Ok(_)), Err(problem)) => server::is_passing(problem),
        (Some(Err(known)), Err(fetched)) => known.status == fetched.status,
        _ => false,
    };
    if same {
        return false;
    }
    *known = Some(fetched);
    true
}

fn kept<T: serde::de::DeserializeOwned>(key: &str) -> Option<T> {
    json::read(&browser::kept(key)?).ok()
}

fn keep<T: serde::Serialize>(key: &str, value: &T) {
    browser::keep(key, &json::write(value));
}
