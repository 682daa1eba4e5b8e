//! Which page an address means, and going from one to another.
//!
//! Ten pages do not need a router of nested routes: that one would be a tenth of the program.

use shared::{OrderId, RestaurantId};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, MouseEvent};

use crate::{browser, signal::Signal};

/// A page of this site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The restaurants.
    Home,
    /// A restaurant with its menu.
    Menu(RestaurantId),
    /// The cart, and where it goes.
    Checkout,
    /// One's orders.
    Orders,
    /// An order.
    Order(OrderId),
    /// Making an account.
    SignUp,
    /// Confirming it.
    Confirm,
    /// Signing in.
    SignIn,
    /// Setting a new password.
    Forgot,
    /// One's account.
    Account,
    /// No page of ours.
    Nowhere,
}

impl Place {
    /// The page at a path; a slash at its end makes no difference.
    #[must_use]
    pub fn at(path: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => Self::Home,
            (Some("r"), Some(id), None) => id.parse().map_or(Self::Nowhere, Self::Menu),
            (Some("checkout"), None, _) => Self::Checkout,
            (Some("orders"), None, _) => Self::Orders,
            (Some("orders"), Some(id), None) => id.parse().map_or(Self::Nowhere, Self::Order),
            (Some("sign-up"), None, _) => Self::SignUp,
            (Some("confirm"), None, _) => Self::Confirm,
            (Some("sign-in"), None, _) => Self::SignIn,
            (Some("forgot"), None, _) => Self::Forgot,
            (Some("account"), None, _) => Self::Account,
            _ => Self::Nowhere,
        }
    }

    /// The path of this page.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Home | Self::Nowhere => "/".to_owned(),
            Self::Menu(id) => format!("/r/{id}"),
            Self::Checkout => "/checkout".to_owned(),
            Self::Orders => "/orders".to_owned(),
            Self::Order(id) => format!("/orders/{id}"),
            Self::SignUp => "/sign-up".to_owned(),
            Self::Confirm => "/confirm".to_owned(),
            Self::SignIn => "/sign-in".to_owned(),
            Self::Forgot => "/forgot".to_owned(),
            Self::Account => "/account".to_owned(),
        }
    }

    /// Whether this is only on the way to another page.
    #[must_use]
    pub const fn is_on_the_way(&self) -> bool {
        matches!(self, Self::SignUp | Self::Confirm | Self::SignIn | Self::Forgot)
    }
}

/// Where the page is, of which there is one.
#[derive(Clone, Copy)]
pub struct Router {
    /// The path, such as `/r/golden-dosa`.
    path: Signal<String>,
    /// The query, such as `?q=dosa`.
    query: Signal<String>,
}

impl Router {
    /// Follows the address from here on: links, and the browser's back and forward.
    #[must_use]
    pub fn follow() -> Self {
        let router =
            Self { path: Signal::new(browser::path()), query: Signal::new(browser::search()) };
        browser::on(&browser::document(), "click", move |click| router.clicked(&click));
        browser::on(&browser::window(), "popstate", move |_| router.arrive());
        router
    }

    /// The page it is. Reactive.
    #[must_use]
    pub fn place(self) -> Place {
        self.path.with(|path| Place::at(path))
    }

    /// The query of the address. Reactive.
    #[must_use]
    pub fn query(self) -> String {
        self.query.get()
    }

    /// Gives this page another query; going back leads past all of them.
    pub fn set_query(self, pairs: &[(&str, String)]) {
        let pairs = pairs.iter().map(|(name, value)| format!("{name}={}", browser::encoded(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        browser::replace_address(&format!("{}{mark}{query}", browser::path()));
        self.arrive();
    }

    /// Goes to an address of this site.
    pub fn go(self, address: &str) {
        browser::push_address(address);
        self.arrive();
    }

    fn arrive(self) {
        for (signal, now) in [(self.query, browser::search()), (self.path, browser::path())] {
            if signal.with_untracked(|before| *before != now) {
                signal.set(now);
            }
        }
    }

    /// A plain click on a link to another page of ours is followed without loading anything.
    fn clicked(self, click: &JsValue) {
        let click = click.unchecked_ref::<MouseEvent>();
        let modified = click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key();
        if modified || click.button() != 0 || click.default_prevented() {
            return;
        }
        let target = click.target().and_then(|target| target.dyn_into::<Element>().ok());
        let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
        let href = link.filter(|link| !link.has_attribute("target"));
        let href = href.and_then(|link| link.get_attribute("href"));
        if let Some(href) = href.filter(|href| is_ours(href)) {
            click.prevent_default();
            self.go(&href);
        }
    }
}

/// Whether an address is of this site, and not outside of it like `//host` and `/\host`.
#[must_use]
pub fn is_ours(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/\\")
}

/// The page to sign in on, and to come back from to where one is.
#[must_use]
pub fn sign_in_address() -> String {
    with_next(&Place::SignIn, &next_from_here())
}

/// An address that leads on to `next`.
#[must_use]
pub fn with_next(place: &Place, next: &str) -> String {
    match next {
        "/" => place.path(),
        next => format!("{}?next={}", place.path(), browser::encoded(next)),
    }
}

/// Where one is, unless that is on the way to somewhere: then there.
fn next_from_here() -> String {
    match Place::at(&browser::path()).is_on_the_way() {
        true => next(),
        false => browser::path() + &browser::search(),
    }
}

/// Where the address of this page says to go on to: a page of this site, or the first.
#[must_use]
pub fn next() -> String {
    browser::query("next").filter(|next| is_ours(next)).unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_an_address_that_leads_to_it() {
        let order = "0ff5e0c8-7c95-49be-ac84-771d47e1d92a".parse().unwrap();
        for place in [
            Place::Home,
            Place::Menu("golden-dosa".parse().unwrap()),
            Place::Checkout,
            Place::Orders,
            Place::Order(order),
            Place::SignUp,
            Place::Confirm,
            Place::SignIn,
            Place::Forgot,
            Place::Account,
        ] {
            assert_eq!(Place::at(&place.path()), place);
            assert_eq!(Place::at(&format!("{}/", place.path())), place);
        }
    }

    #[test]
    fn other_addresses_lead_nowhere() {
        for path in ["/nothing", "/r", "/r/Golden Dosa", "/r/a/b", "/orders/1", "/checkout/now"] {
            assert_eq!(Place::at(path), Place::Nowhere, "{path}");
        }
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        for address in ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:1"]
        {
            assert!(!is_ours(address), "{address}");
        }
        assert!(is_ours("/checkout"));
    }
}
