//! Placing an order: one button, one order, whatever the network does.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;
use shared::{
    Amount, Currency, Order, OrderId, OrderRequest,
    api::{Problem, ProblemType},
    price::Bill,
};

use crate::{
    browser,
    details::Field,
    live, server,
    store::{Store, use_store},
    text,
};

/// How often an order that got no answer is sent, the first time included.
const TRIES: u32 = 5;

/// The placing of the cart, as far as it has come.
#[derive(Clone, Copy)]
pub struct Placing {
    store: Store,
    stage: RwSignal<Stage>,
    /// Whether all fields are to show what is wrong with them.
    checked: RwSignal<bool>,
    go: Callback<OrderId>,
}

#[derive(Debug, Clone, Default, PartialEq)]
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
    /// Nothing asked for yet; `go` leads to the order once there is one.
    pub fn new(store: Store, go: impl Fn(OrderId) + 'static) -> Self {
        let go = StoredValue::new_local(go);
        let go = Callback::new(move |id| {
            go.try_with_value(|go| go(id));
        });
        Self { store, stage: RwSignal::default(), checked: RwSignal::default(), go }
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
        if untrack(|| self.refused(field)).is_some() {
            self.stage.set(Stage::Idle);
        }
    }

    /// Places the cart for this total, unless a field is wrong or it is being placed already.
    pub fn place(self, total: Option<Amount>) {
        let Some(total) = total.filter(|_| !untrack(|| self.working())) else { return };
        let details = self.store.details();
        let cart = self.store.cart();
        let request = details.parsed().and_then(|(to, note)| cart.request(to, note, total));
        let Some(request) = request else {
            self.checked.set(true);
            self.stage.set(Stage::FieldWrong);
            focus_first_wrong_field();
            return;
        };
        self.stage.set(Stage::Sending { again: false });
        self.store.edit_cart(|cart| cart.sent = true);
        spawn_local(async move { self.send(cart.order_id, request).await });
    }

    /// Sends until there is an answer, each time the very same order.
    async fn send(self, id: OrderId, request: OrderRequest) {
        for attempt in 1..=TRIES {
            match server::place(self.store.session, id, &request).await {
                Ok(order) => return self.placed(order, &request.lines),
                Err(problem) if server::is_passing(&problem) && attempt < TRIES => {
                    self.stage.try_set(Stage::Sending { again: true });
                    browser::sleep(500 << attempt).await;
                }
                Err(problem) => return self.refuse(problem, request.expected_total),
            }
        }
    }

    fn placed(self, order: Order, lines: &[shared::order::OrderLine]) {
        let id = order.order_id;
        self.store.take_order(order);
        self.store.edit_cart(|cart| cart.placed(id, lines, browser::new_order_id()));
        self.store.keep_details(self.store.details().without_note());
        live::tell_other_tabs(id);
        self.stage.try_set(Stage::Idle);
        self.go.run(id);
    }

    fn refuse(self, mut problem: Problem, seen: Amount) {
        // Without an answer it may have been placed; otherwise nothing was.
        self.store.edit_cart(|cart| cart.sent = server::is_passing(&problem));
        let stage = match (problem.kind, problem.bill.take(), problem.order.take()) {
            (ProblemType::PriceChanged, Some(bill), _) => Stage::PriceChanged { seen, bill },
            (ProblemType::OrderAlreadyPlaced, _, Some(order)) => Stage::AlreadyPlaced(order),
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
            self.store.load_menu(id);
        }
        self.stage.try_set(stage);
    }

    /// Looks up whether a cart that was sent has become an order: its answer may have been lost.
    pub fn settle(self) {
        let cart = self.store.cart();
        if !cart.sent || !untrack(|| self.store.session.signed_in()) {
            return;
        }
        self.stage.set(Stage::Settling);
        spawn_local(async move {
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
        self.place(super::total(self.store));
    }
}

/// What came of pressing the button, where it needs an answer of the customer.
#[component]
pub fn Outcomes(placing: Placing) -> AnyView {
    let store = use_store();
    view! {
        <div aria-live="polite" class="outcomes">
            {move || match placing.stage.get() {
                Stage::Idle | Stage::Sending { again: false } => ().into_any(),
                Stage::Settling => hint(text::SETTLING.to_owned()),
                Stage::Sending { again: true } => hint(text::STILL_TRYING.to_owned()),
                Stage::IdTaken => hint(text::ID_TAKEN.to_owned()),
                Stage::FieldWrong => hint(text::CHECK_FIELDS.to_owned()),
                Stage::PriceChanged { seen, bill } => price_changed(placing, seen, &bill),
                Stage::AlreadyPlaced(order) => already_placed(placing, store, *order),
                Stage::Failed(problem) => match problem.field.as_deref().and_then(Field::at) {
                    Some(_) => hint(text::CHECK_FIELDS.to_owned()),
                    None => hint(text::problems::hint(&problem)),
                },
            }}
        </div>
    }
    .into_any()
}

fn hint(sentence: String) -> AnyView {
    view! { <p class="hint-box">{sentence}</p> }.into_any()
}

fn price_changed(placing: Placing, seen: Amount, bill: &Bill) -> AnyView {
    let money = |amount: Amount, currency: Currency| text::money(amount, currency);
    let (now, currency) = (bill.total, bill.currency);
    let sentence = text::price_change(&money(seen, currency), &money(now, currency));
    view! {
        <section class="hint-box">
            <h2>{text::PRICE_CHANGED}</h2>
            <p>{sentence}</p>
            <button type="button" class="button" on:click=move |_| placing.place(Some(now))>
                {text::ACCEPT_PRICE} " · " {money(now, currency)}
            </button>
        </section>
    }
    .into_any()
}

fn already_placed(placing: Placing, store: Store, order: Order) -> AnyView {
    let id = order.order_id;
    store.take_order(order);
    view! {
        <section class="hint-box">
            <h2>{text::ALREADY_PLACED}</h2>
            <p>{text::ALREADY_PLACED_HINT}</p>
            <div class="actions">
                <A href=crate::pages::order_path(id) attr:class="button">{text::SEE_IT}</A>
                <button
                    type="button"
                    class="button second"
                    on:click=move |_| placing.order_this_too()
                >
                    {text::ORDER_THIS_TOO}
                </button>
            </div>
        </section>
    }
    .into_any()
}

/// Brings the customer to what has to be looked at, once it is marked.
fn focus_first_wrong_field() {
    use wasm_bindgen::JsCast;
    request_animation_frame(|| {
        let wrong = browser::document().query_selector("[aria-invalid=true]").ok().flatten();
        if let Some(wrong) = wrong {
            let _ = wrong.unchecked_ref::<web_sys::HtmlElement>().focus();
        }
    });
}
