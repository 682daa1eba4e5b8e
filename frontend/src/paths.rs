//! The addresses of the pages; which component shows which is in [`crate::app`].

use shared::{DishId, OrderId, RestaurantId};

#[expect(missing_docs, reason = "each is the address of the page of that name")]
mod pages {
    pub const HOME: &str = "/";
    pub const CHECKOUT: &str = "/checkout";
    pub const ORDERS: &str = "/orders";
    pub const ACCOUNT: &str = "/account";
    pub const SIGN_IN: &str = "/sign-in";
    pub const SIGN_UP: &str = "/sign-up";
    pub const CONFIRM: &str = "/confirm";
    pub const FORGOT: &str = "/forgot";
    pub const PRIVACY: &str = "/privacy";
    pub const TERMS: &str = "/terms";
    pub const COUNTER: &str = "/counter";
}
pub use pages::*;

/// A restaurant's menu.
#[must_use]
pub fn menu(id: &RestaurantId) -> String {
    format!("/r/{id}")
}

/// A restaurant's menu with a dish opened.
#[must_use]
pub fn dish(id: &RestaurantId, dish: &DishId) -> String {
    format!("/r/{id}?dish={dish}")
}

/// An order.
#[must_use]
pub fn order(id: OrderId) -> String {
    format!("{ORDERS}/{id}")
}

/// `path` with a query.
#[must_use]
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value)));
    let query = pairs.collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A part of a query, percent-encoded.
#[cfg(not(feature = "ssr"))]
fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// The same without a browser.
#[cfg(feature = "ssr")]
fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// `path` with a query as a location has it: without `?`, empty if there is none.
#[must_use]
pub fn with_search(path: &str, search: &str) -> String {
    if search.is_empty() { path.to_owned() } else { format!("{path}?{search}") }
}

/// One of the pages for signing in, which then goes on to `next`.
#[must_use]
pub fn with_next(path: &str, next: &str) -> String {
    match next {
        HOME => path.to_owned(),
        next => with_query(path, &[("next", next)]),
    }
}

/// The page to go on to, if `next` is one of this site; the first page otherwise.
#[must_use]
pub fn safe_next(next: Option<String>) -> String {
    let next = next.filter(|next| is_of_this_site(next) && !is_auth_page(path_of(next)));
    next.unwrap_or_else(|| HOME.to_owned())
}

/// Whether an address is of this site, and not outside of it like `//host` and `/\host`, also
/// after the browser has dropped control characters (url.spec.whatwg.org, "URL parsing").
fn is_of_this_site(address: &str) -> bool {
    let plain = !address.chars().any(|c| c.is_control() || c == '\\');
    // Dots would be resolved, and what is left might begin with `//`.
    let path = path_of(address).to_ascii_lowercase().replace("%2e", ".");
    let dots = path.split('/').any(|part| part == "." || part == "..");
    plain && path.starts_with('/') && !path.contains("//") && !dots
}

/// An address without its query and fragment.
fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// Whether an address is one of the counter's, which is another program than the shop.
#[must_use]
pub fn is_of_counter(address: &str) -> bool {
    path_of(address)
        .strip_prefix(COUNTER)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a page is one of those for signing in, from which one goes on to another.
#[must_use]
pub fn is_auth_page(path: &str) -> bool {
    [SIGN_IN, SIGN_UP, CONFIRM, FORGOT].contains(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        let bad = [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:1",
            "/\t/evil.example",
            "/\n",
            "",
            "/..//evil.example",
            "/.//evil.example/x",
            "/%2e//evil.example",
            "/r/%2E%2e//..//evil.example",
            "/checkout/..//evil.example",
            "/sign-in",
            "/confirm?email=a",
        ];
        for address in bad {
            assert_eq!(safe_next(Some(address.to_owned())), HOME, "{address:?}");
        }
        assert_eq!(safe_next(Some("/checkout?a=1".to_owned())), "/checkout?a=1");
        assert_eq!(safe_next(None), HOME);
    }
    #[test]
    fn a_page_has_its_address() {
        let id = "golden-dosa".parse().unwrap();
        assert_eq!(menu(&id), "/r/golden-dosa");
        assert_eq!(dish(&id, &"chai".parse().unwrap()), "/r/golden-dosa?dish=chai");
        let number = "0ff5e0c8-7c95-49be-ac84-771d47e1d92a";
        assert_eq!(order(number.parse().unwrap()), format!("/orders/{number}"));
        assert_eq!(with_query(HOME, &[]), "/");
        assert_eq!(with_next(SIGN_IN, HOME), "/sign-in");
        let is_auth = [HOME, ORDERS, SIGN_IN, SIGN_UP, CONFIRM, FORGOT].map(is_auth_page);
        assert_eq!(is_auth, [false, false, true, true, true, true]);
        let is_of_counter =
            ["/counter", "/counter/join#x", "/counter?a", "/counters", "/"].map(is_of_counter);
        assert_eq!(is_of_counter, [true, true, true, false, false]);
    }
}
