//! Placing an order: one button, one order, whatever the network does.

use leptos::prelude::*;
use shared::{
    Amount, Order, OrderId, OrderRequest,
    api::{KeptAddress, Problem, ProblemType},
    order::DeliveryAddress,
    price::Bill,
};

use crate::{
    browser,
    components::{Button, Hint, Link, priced},
    details::{Details, Field},
    drawn::{Draw, Drawn},
    live,
    router::Place,
    server::{self, Age},
    signal::Signal,
    store::Store,
    text,
};

/// How often an order that got no answer is sent, the first time included.
const TRIES: u32 = 5;

/// The placing of the cart, as far as it has come.
#[derive(Clone, Copy)]
pub struct Placing {
    store: Store,
    stage: Signal<Stage>,
    /// Whether all fields are to show what is wrong with them.
    checked: Signal<bool>,
    /// Whether the address is to be kept for the account.
    pub keep: Signal<bool>,
}

#[derive(Clone, Default)]
enum Stage {
    /// Nothing has been asked for.
    #[default]
    Idle,
    /// Whether an earlier request arrived is being looked up.
    Settling,
    /// The order is being sent; whether for another time.
    Sending { again: bool },
    /// The prices are not those that were shown.
    PriceChanged { seen: Amount, bill: Box<Bill> },
    /// The cart's id is an order already, of something else.
    AlreadyPlaced(Box<Order>),
    /// The id belongs to someone else; the cart has a new one.
    IdTaken,
    /// A field has to be looked at.
    FieldWrong,
    /// It was refused, or nobody answered.
    Failed(Problem),
}

impl Placing {
    /// Nothing asked for yet.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            stage: Signal::default(),
            checked: Signal::default(),
            keep: Signal::default(),
        }
    }

    /// Whether an answer is being waited for. Reactive.
    pub fn working(self) -> bool {
        self.stage.with(|stage| matches!(stage, Stage::Settling | Stage::Sending { .. }))
    }

    /// Whether all fields show what is wrong with them. Reactive.
    pub fn checked(self) -> bool {
        self.checked.get()
    }

    /// What the server said against a field. Reactive.
    pub fn refused(self, field: Field) -> Option<String> {
        self.stage.with(|stage| match stage {
            Stage::Failed(problem) if problem.field.as_deref() == Some(field.path()) => {
                Some(text::problems::refused_field(problem))
            }
            _ => None,
        })
    }

    /// A field that was refused has been changed.
    pub fn forgive(self, field: Field) {
        let wrong = self.stage.with_untracked(|stage| matches!(stage, Stage::FieldWrong));
        if wrong || untrack(|| self.refused(field)).is_some() {
            self.stage.set(Stage::Idle);
        }
    }

    /// Places the cart for this bill, unless a field is wrong or it is being placed already.
    pub fn place(self, bill: Option<Bill>) {
        let Some(bill) = bill.filter(|_| !untrack(|| self.working())) else { return };
        let details = self.store.details();
        let cart = self.store.cart();
        let request = details.parsed().and_then(|(to, note)| cart.request(to, note, &bill));
        let Some(request) = request else {
            self.checked.set(true);
            self.stage.set(Stage::FieldWrong);
            focus_first_wrong_field();
            return;
        };
        self.stage.set(Stage::Sending { again: false });
        self.store.edit_cart(|cart| cart.sent = true);
        browser::spawn(async move { self.send(cart.order_id, request).await });
    }

    /// Sends until there is an answer, each time the very same order.
    async fn send(self, id: OrderId, request: OrderRequest) {
        for attempt in 1..=TRIES {
            match server::place(self.store.session, id, &request).await {
                Ok(order) => {
                    self.keep_address(&request.address);
                    return self.placed(order, &request.lines);
                }
                Err(problem) if server::is_passing(&problem) && attempt < TRIES => {
                    self.stage.try_set(Stage::Sending { again: true });
                    browser::sleep(500 << attempt).await;
                }
                Err(problem) => return self.refuse(problem, request.expected_total),
            }
        }
    }

    /// Keeps the address for the account, if that is wanted and it is not kept already.
    fn keep_address(self, address: &DeliveryAddress) {
        let store = self.store;
        let known = match untrack(|| store.addresses()) {
            Some(Ok(kept)) => kept.iter().any(|kept| kept.address == *address),
            _ => false,
        };
        if known || !self.keep.try_get_untracked().unwrap_or_default() {
            return;
        }
        let kept = KeptAddress { label: None, address: address.clone() };
        browser::spawn(async move {
            if let Err(problem) = store.keep_address(browser::new_address_id(), &kept).await {
                store.notify(text::problems::not_kept(&problem));
            }
        });
    }

    fn placed(self, order: Order, lines: &[shared::order::OrderLine]) {
        let id = order.order_id;
        self.store.take_order(order);
        self.store.edit_cart(|cart| cart.placed(id, lines, browser::new_order_id()));
        self.store.edit_details(Details::forget_note);
        self.store.notice.set(None);
        live::tell_other_tabs(id);
        self.stage.try_set(Stage::Idle);
        // Whoever has gone on to something else meanwhile stays there.
        match untrack(|| self.store.router.place()) {
            Place::Checkout => self.store.router.go(&Place::Order(id).path()),
            _ => self.store.notify(text::PLACED),
        }
    }

    fn refuse(self, mut problem: Problem, seen: Amount) {
        // Without an answer it may have been placed; otherwise nothing was.
        self.store.edit_cart(|cart| cart.sent = server::is_passing(&problem));
        let stage = match (problem.kind, problem.bill.take(), problem.order.take()) {
            (ProblemType::PriceChanged, Some(bill), _) => Stage::PriceChanged { seen, bill },
            (ProblemType::OrderAlreadyPlaced, _, Some(order)) => {
                self.store.take_order((*order).clone());
                Stage::AlreadyPlaced(order)
            }
            (ProblemType::OrderIdTaken, ..) => {
                self.store.edit_cart(|cart| cart.order_this_too(browser::new_order_id()));
                Stage::IdTaken
            }
            // The page shows the way to sign in by itself.
            (ProblemType::NotSignedIn, ..) => Stage::Idle,
            _ => Stage::Failed(problem),
        };
        let stale = !matches!(stage, Stage::Failed(ref problem) if server::is_passing(problem));
        if let Some(id) = self.store.cart().restaurant_id.filter(|_| stale) {
            self.store.load_menu(id, Age::Now);
            self.store.quote_again();
        }
        self.stage.try_set(stage);
        browser::soon(|| browser::show(".outcomes"));
    }

    /// Looks up whether a cart that was sent has become an order: its answer may have been lost.
    pub fn settle(self) {
        let cart = self.store.cart();
        if !cart.sent || !untrack(|| self.store.session.signed_in()) {
            return;
        }
        self.stage.set(Stage::Settling);
        browser::spawn(async move {
            match server::order(self.store.session, cart.order_id).await {
                Ok(order) => return self.placed(order, &cart.lines),
                Err(problem) if server::is_passing(&problem) => {}
                Err(_) => self.store.edit_cart(|cart| cart.sent = false),
            }
            self.stage.try_set(Stage::Idle);
        });
    }

    /// Orders the cart besides the order that has its id.
    fn order_this_too(self) {
        self.store.edit_cart(|cart| cart.order_this_too(browser::new_order_id()));
        self.place(super::bill(self.store));
    }

    /// What came of pressing the button, where it needs an answer of the customer. Reactive.
    pub fn outcome(self) -> Drawn {
        match self.stage.get() {
            Stage::Idle => match self.store.repriced.get().zip(priced(self.store)) {
                Some((seen, priced)) => self.price_changed(seen, &priced.bill),
                None => Drawn::nothing(),
            },
            Stage::Sending { again: false } => Drawn::nothing(),
            Stage::Settling => hint(text::SETTLING),
            Stage::Sending { again: true } => hint(text::STILL_TRYING),
            Stage::IdTaken => hint(text::ID_TAKEN),
            Stage::FieldWrong => hint(text::CHECK_FIELDS),
            Stage::PriceChanged { seen, bill } => self.price_changed(seen, &bill),
            Stage::AlreadyPlaced(order) => self.already_placed(order.order_id),
            Stage::Failed(problem) => match problem.field.as_deref().and_then(Field::at) {
                Some(_) => hint(text::CHECK_FIELDS),
                None => hint(&text::problems::hint(&problem)),
            },
        }
    }

    fn price_changed(self, seen: Amount, bill: &Bill) -> Drawn {
        let (now, bill) = (bill.total, bill.clone());
        let money = |amount| text::money(amount, bill.currency);
        let sentence = text::price_change(&money(seen), &money(now));
        let act = Callback::new(move |()| self.place(Some(bill.clone())));
        view! {
            <section class="hint-box">
                <h2>{text::PRICE_CHANGED}</h2>
                <p>{sentence}</p>
                <Button class="button" text=text::ACCEPT_PRICE act />
            </section>
        }
        .draw()
    }

    fn already_placed(self, id: OrderId) -> Drawn {
        let act = Callback::new(move |()| self.order_this_too());
        view! {
            <section class="hint-box">
                <h2>{text::ALREADY_PLACED}</h2>
                <p>{text::ALREADY_PLACED_HINT}</p>
                <div class="actions">
                    <Link to=Place::Order(id).path() class="button" text=text::SEE_IT />
                    <Button class="button second" text=text::ORDER_THIS_TOO act />
                </div>
            </section>
        }
        .draw()
    }
}

fn hint(text: &str) -> Drawn {
    view! { <Hint text=text /> }.draw()
}

/// Brings the customer to what has to be looked at, once it is marked.
fn focus_first_wrong_field() {
    browser::spawn(async {
        browser::sleep(0).await;
        browser::focus("[aria-invalid=true]");
    });
}
