//! Placing an order: one button, one order, whatever the network does.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use shared::{
    Amount, Order, OrderId, OrderRequest,
    api::{AddressInput, ProblemType},
    country::uses_postcodes,
    order::{DeliveryAddress, OrderLine},
    price::Bill,
};

use crate::{
    api, browser,
    components::{Values, focus_first_error, set_error},
    http::ApiError,
    live,
    model::delivery::Field,
    paths,
    session::Session,
    state::{
        addresses::SavedAddresses, cart::CartStore, catalog::Catalog, delivery::Delivery,
        notices::Notices, orders::Orders,
    },
    text::{checkout as texts, errors},
};

/// How often an order that got no answer is sent, the first time included.
const TRIES: u32 = 4;

/// How far placing the order has come.
#[derive(Clone, Default)]
pub enum Stage {
    /// Nothing has been asked for.
    #[default]
    Idle,
    /// Whether an earlier request arrived is being looked up.
    CheckingSent,
    /// The order is being sent; whether for another time.
    Sending { again: bool },
    /// The prices are not those that were shown.
    PriceChanged { seen: Amount, bill: Box<Bill> },
    /// The cart's id is an order already, of something else.
    AlreadyPlaced(OrderId),
    /// The id belongs to someone else; the cart has a new one.
    IdTaken,
    /// A field has to be corrected.
    FieldWrong,
    /// It was refused, or there was no answer.
    Failed(ApiError),
}

/// Goes to a page of this path.
type Navigate = Box<dyn Fn(&str) + Send + Sync>;

/// The checkout's form and how far placing its order has come. It goes on when the page is gone.
#[derive(Clone, Copy)]
pub struct Placing {
    session: Session,
    cart: CartStore,
    catalog: Catalog,
    delivery: Delivery,
    addresses: SavedAddresses,
    orders: Orders,
    notices: Notices,
    stage: RwSignal<Stage>,
    /// What is wrong with each field.
    pub errors: RwSignal<Vec<(Field, String)>>,
    /// Whether a saved address is edited rather than shown in one line.
    pub editing: RwSignal<bool>,
    /// Whether the address is to be saved for the account.
    pub save_address: RwSignal<bool>,
    pathname: Memo<String>,
    navigate: StoredValue<Navigate>,
}

impl Placing {
    /// Nothing asked for yet.
    pub fn new() -> Self {
        let navigate = use_navigate();
        let navigate = move |path: &str| navigate(path, NavigateOptions::default());
        Self {
            session: expect_context(),
            cart: expect_context(),
            catalog: expect_context(),
            delivery: expect_context(),
            addresses: expect_context(),
            orders: expect_context(),
            notices: expect_context(),
            stage: RwSignal::new(Stage::default()),
            errors: RwSignal::new(Vec::new()),
            editing: RwSignal::new(false),
            save_address: RwSignal::new(false),
            pathname: use_location().pathname,
            navigate: StoredValue::new(Box::new(navigate)),
        }
    }

    /// How far it has come. Reactive.
    pub fn stage(self) -> Stage {
        self.stage.get()
    }

    /// Whether an answer is awaited. Reactive.
    pub fn pending(self) -> bool {
        self.stage.with(|stage| matches!(stage, Stage::CheckingSent | Stage::Sending { .. }))
    }

    /// Whether the restaurant's country has postcodes. Reactive.
    pub fn needs_postcode(self) -> bool {
        let menu = self.cart.menu().and_then(Result::ok);
        menu.is_none_or(|menu| uses_postcodes(menu.card.country))
    }

    /// The same, now.
    pub fn needs_postcode_now(self) -> bool {
        untrack(|| self.needs_postcode())
    }

    /// A field that was wrong has been changed.
    pub fn clear_error(self, field: Field) {
        set_error(self.errors, field, None);
        if self.stage.with_untracked(|stage| matches!(stage, Stage::FieldWrong)) {
            self.stage.set(Stage::Idle);
        }
    }

    /// Places the cart for this bill, with the fields of a form that was submitted; unless a field
    /// is wrong, it is being placed already, or it cannot be ordered now.
    pub fn place(self, values: Option<&Values>, bill: Option<Bill>) {
        for field in Field::CHECKOUT {
            if let Some(values) = values.filter(|values| values.has(field.id())) {
                self.delivery.type_in(field, values.text(field.id()));
            }
        }
        self.delivery.settle();
        let can_be = untrack(|| self.cart.priced()).is_some_and(|priced| priced.can_be_ordered());
        let Some(bill) = bill.filter(|_| can_be && !untrack(|| self.pending())) else {
            return browser::show_soon(".place-reason");
        };
        let (form, needs_postcode) = (self.delivery.form_now(), self.needs_postcode_now());
        let wrong = Field::CHECKOUT.into_iter().filter_map(|field| {
            let error = form.error(field, needs_postcode)?;
            Some((field, errors::field(field, &error)))
        });
        self.errors.set(wrong.collect());
        let cart = self.cart.now();
        let request =
            form.parsed(needs_postcode).and_then(|(to, note)| cart.request(to, note, &bill));
        let Some(request) = request else { return self.field_is_wrong() };
        self.stage.set(Stage::Sending { again: false });
        self.cart.edit(|cart| cart.sent = true);
        leptos::task::spawn_local(self.send(cart.order_id, request));
    }

    /// Online again, or shown again: a failure for want of an answer is no longer shown, and what
    /// was sent is looked up.
    pub fn resume(self) {
        let failed = |stage: &Stage| matches!(stage, Stage::Failed(error) if error.is_transient());
        if self.stage.with_untracked(failed) {
            self.stage.set(Stage::Idle);
            self.check_sent_order();
        }
    }

    /// Looks up whether a cart that was sent has become an order: its answer may have been lost.
    pub fn check_sent_order(self) {
        let cart = self.cart.now();
        if !cart.sent || !self.session.signed_in_now() {
            return;
        }
        self.stage.set(Stage::CheckingSent);
        leptos::task::spawn_local(async move {
            match api::order(self.session, cart.order_id).await {
                Ok(order) => return self.placed(order, &cart.lines),
                Err(error) if error.is_transient() => {}
                Err(_) => self.cart.edit(|cart| cart.sent = false),
            }
            self.stage.set(Stage::Idle);
        });
    }

    /// Places this cart too, besides the order that has its id.
    pub fn place_another(self) {
        self.cart.edit(|cart| cart.start_another_order(browser::new_order_id()));
        self.place(None, untrack(|| self.cart.priced()).map(|priced| priced.bill));
    }

    fn field_is_wrong(self) {
        self.editing.set(true);
        self.stage.set(Stage::FieldWrong);
        focus_first_error();
    }

    /// Sends until there is an answer, each time the very same order.
    async fn send(self, id: OrderId, request: OrderRequest) {
        let customer = self.session.ended_now();
        for attempt in 1..=TRIES {
            // Another customer's order it must not become.
            if self.session.ended_now() != customer {
                return self.stage.set(Stage::Idle);
            }
            match api::place(self.session, id, &request).await {
                Ok(order) => {
                    self.save_for_account(&request.address);
                    return self.placed(order, &request.lines);
                }
                Err(error) if error.is_transient() && attempt < TRIES => {
                    self.stage.set(Stage::Sending { again: true });
                    browser::sleep(500 << attempt).await;
                }
                Err(error) => return self.handle_error(error, request.expected_total),
            }
        }
    }

    /// Saves the address for the account, if that is wanted.
    fn save_for_account(self, address: &DeliveryAddress) {
        if !self.save_address.try_get_untracked().unwrap_or_default() {
            return;
        }
        let kept = AddressInput { label: None, address: address.clone() };
        leptos::task::spawn_local(async move {
            if let Err(error) = self.addresses.save(browser::new_address_id(), &kept).await {
                let text = format!("{} {}", texts::NOT_SAVED, errors::hint(&error));
                self.notices.notify(text);
            }
        });
    }

    fn placed(self, order: Order, lines: &[OrderLine]) {
        let id = order.order_id;
        self.orders.insert(order);
        self.cart.edit(|cart| cart.placed(id, lines, browser::new_order_id()));
        self.delivery.fill(|form| form.set(Field::Note, String::new()));
        self.notices.notice.set(None);
        live::notify_other_tabs(id);
        self.stage.set(Stage::Idle);
        // Whoever has gone elsewhere meanwhile stays there: then the page is gone, too.
        let is_here = self.pathname.with_untracked(|path| path == paths::CHECKOUT);
        let went = is_here
            .then(|| self.navigate.try_with_value(|navigate| navigate(&paths::order(id))))
            .flatten();
        if went.is_none() {
            self.notices.notify(texts::PLACED);
        }
    }

    fn handle_error(self, error: ApiError, seen: Amount) {
        // Without an answer it may have been placed; otherwise nothing was.
        self.cart.edit(|cart| cart.sent = error.is_transient());
        let is_stale = !error.is_transient();
        let stage = match error {
            ApiError::Problem(mut problem) => {
                match (problem.kind, problem.bill.take(), problem.order.take()) {
                    (ProblemType::PriceChanged, Some(bill), _) => {
                        Stage::PriceChanged { seen, bill }
                    }
                    (ProblemType::OrderAlreadyPlaced, _, Some(order)) => {
                        let id = order.order_id;
                        self.orders.insert(*order);
                        Stage::AlreadyPlaced(id)
                    }
                    (ProblemType::OrderIdTaken, ..) => {
                        self.cart.edit(|cart| cart.start_another_order(browser::new_order_id()));
                        Stage::IdTaken
                    }
                    // The page shows the way to sign in by itself.
                    (ProblemType::NotSignedIn, ..) => Stage::Idle,
                    _ => match problem.field.as_deref().and_then(Field::at) {
                        Some(field) => {
                            // It may be the restaurant that has changed, as to where it delivers.
                            self.catalog.refresh();
                            let text = errors::refused_field(field, &problem);
                            set_error(self.errors, field, Some(text));
                            return self.field_is_wrong();
                        }
                        None => Stage::Failed(ApiError::Problem(problem)),
                    },
                }
            }
            error => Stage::Failed(error),
        };
        if is_stale {
            self.catalog.refresh();
            self.cart.quote_again(true);
        }
        self.stage.set(stage);
        browser::show_soon(".outcomes");
    }
}
