//! The restaurants and their menus.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use shared::{
    RestaurantId,
    api::{RESTAURANTS, Restaurants, restaurant_path},
    menu::Restaurant,
};

use super::fetch::Fetch;
use crate::{
    api::{self, CatalogVersion},
    http::{self, ApiError},
};

/// The list of restaurants as it is fetched.
pub type RestaurantList = Latest<Restaurants>;
/// A restaurant with its menu as it is fetched.
pub type Menu = Latest<Restaurant>;

thread_local! {
    /// The newest answers of this visit: so that going back to a menu shows it at once, and the browser
    /// finds the place again. At most one a restaurant, and the list.
    static RECENT: RefCell<Vec<CatalogAnswer>> = RefCell::default();
}

/// An answer of the catalog's API that the document contains, or that was fetched before: it is shown
/// until that is fetched anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogAnswer {
    /// The path of the API, such as `/api/restaurants`.
    pub path: String,
    /// The body of its answer, as it can stand in a `<script>` element: a `<` could end that early, or
    /// begin a comment in it (HTML, "Restrictions for contents of script elements"). It stands in
    /// strings only, where JSON has another way to write it.
    pub body: String,
}

impl CatalogAnswer {
    /// The id of the element that holds it.
    pub const ID: &str = "prerendered";
    /// The attribute of that element with the path.
    pub const PATH: &str = "data-path";

    /// An answer for the document; `body` is JSON.
    #[must_use]
    pub fn new(path: String, body: &str) -> Self {
        Self { path, body: script_safe(body) }
    }

    /// The newest answer of this path that is known.
    #[cfg(not(feature = "ssr"))]
    fn known(path: &str) -> Option<Self> {
        let recent = RECENT.with_borrow(|recent| recent.iter().find(|it| it.path == path).cloned());
        recent.or_else(|| Self::in_document().filter(|known| known.path == path))
    }

    /// What the document that is being rendered will contain, if it is of this path.
    #[cfg(feature = "ssr")]
    fn known(path: &str) -> Option<Self> {
        use_context().filter(|known: &Self| known.path == path)
    }

    #[cfg(not(feature = "ssr"))]
    fn in_document() -> Option<Self> {
        let (body, path) = crate::browser::text_of_document(Self::ID, Self::PATH)?;
        Some(Self { path, body })
    }

    /// Makes this the newest answer of its path.
    fn remember(&self) {
        RECENT.with_borrow_mut(|recent| {
            recent.retain(|it| it.path != self.path);
            recent.push(self.clone());
        });
    }

    /// Whether this is the body of an answer, as the API sends it.
    #[must_use]
    pub fn is(&self, body: &str) -> bool {
        self.body == script_safe(body)
    }
}

/// JSON without `<`.
#[must_use]
pub fn script_safe(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// The restaurants and their menus.
#[derive(Clone, Copy)]
pub struct Catalog {
    /// The list of restaurants.
    pub restaurants: RestaurantList,
    /// What it is fetched under since something fetched has proved to be old.
    version: RwSignal<Option<CatalogVersion>>,
}

impl Catalog {
    /// Fetches the list; menus are fetched as they are asked for. Until then, what is known.
    #[must_use]
    pub fn new() -> Self {
        let version = RwSignal::new(None);
        let restaurants = Latest::new(version, || Some(RESTAURANTS.to_owned()));
        Self { restaurants, version }
    }

    /// The menu of the restaurant that `id` gives, and of another when that changes; nothing for
    /// `None`.
    #[must_use]
    pub fn menu(self, id: Memo<Option<RestaurantId>>) -> Menu {
        Latest::new(self.version, move || id.get().as_ref().map(restaurant_path))
    }

    /// Fetches again what is shown, past every cache: the server has sent other prices.
    pub fn refresh(self) {
        self.version.set(Some(CatalogVersion::new()));
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::new()
    }
}

/// A part of the catalog. Shows the document's answer until the API answers, and keeps the last one while
/// requests fail. An answer that is the same as before changes nothing.
pub struct Latest<T: Send + Sync + 'static> {
    shown: RwSignal<Option<Result<Arc<T>, ApiError>>>,
    requests: LocalResource<Result<(), ApiError>>,
}

impl<T: Send + Sync> Clone for Latest<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for Latest<T> {}

impl<T: DeserializeOwned + Send + Sync> Latest<T> {
    fn new(
        version: RwSignal<Option<CatalogVersion>>,
        path: impl Fn() -> Option<String> + 'static,
    ) -> Self {
        let now = untrack(&path);
        let known = now.as_deref().and_then(CatalogAnswer::known);
        let parsed = known.as_ref().and_then(|known| http::parse(&known.body).ok());
        let shown = RwSignal::new(parsed.map(|value| Ok(Arc::new(value))));
        let show = move |answer: Option<Result<&str, ApiError>>| {
            shown.set(answer.map(|body| body.and_then(http::parse).map(Arc::new)));
        };
        Self { shown, requests: requests(known, version, Box::new(path), Rc::new(show)) }
    }

    /// What the server has answered; `None` as long as it has not. Reactive.
    #[must_use]
    pub fn answer(self) -> Option<Result<Arc<T>, ApiError>> {
        match self.requests.get()? {
            Ok(()) => self.shown.get_untracked(),
            Err(error) => Some(Err(error)),
        }
    }
}

/// Shows the body of an answer, or nothing.
type Show = dyn Fn(Option<Result<&str, ApiError>>);

/// Fetches `path` whenever it or the version changes, and gives each new answer to `show`. `shown` is
/// the answer that is shown at first. Boxes: the program is smaller if this is compiled once.
fn requests(
    shown: Option<CatalogAnswer>,
    version: RwSignal<Option<CatalogVersion>>,
    path: Box<dyn Fn() -> Option<String>>,
    show: Rc<Show>,
) -> LocalResource<Result<(), ApiError>> {
    let shown = Rc::new(RefCell::new(shown));
    let latest = Rc::new(Cell::new(0_u32));
    LocalResource::new(move || {
        let (path, version) = (path(), version.get());
        let (shown, latest, show) = (shown.clone(), latest.clone(), show.clone());
        let number = latest.get().wrapping_add(1);
        latest.set(number);
        async move {
            let Some(path) = path else {
                show(None);
                shown.take();
                return Ok(());
            };
            let answer = api::catalog(&path, version).await;
            let failed = answer.as_ref().err().cloned();
            let known = shown.borrow().as_ref().is_some_and(|shown| shown.path == path);
            let answer = match answer {
                Err(error) if error.is_transient() && !known => {
                    in_document(&path).await.ok_or(error)
                }
                answer => answer,
            };
            let before = shown.borrow().clone().filter(|shown| shown.path == path);
            let changed = match (&answer, before) {
                (Ok(body), Some(before)) => !before.is(body),
                (Err(error), Some(_)) => !error.is_transient(),
                _ => true,
            };
            // The first answer may differ from an old document: not while somebody chooses in a dialog,
            // which would begin anew.
            while changed && known && number == 1 && crate::browser::find("dialog[open]").is_some()
            {
                crate::browser::sleep(300).await;
            }
            // A request that a later one has replaced still gets its answer.
            if latest.get() == number && changed {
                show(Some(answer.as_deref().map_err(Clone::clone)));
                let answer = answer.as_ref().ok().map(|body| CatalogAnswer::new(path, body));
                answer.iter().for_each(CatalogAnswer::remember);
                *shown.borrow_mut() = answer;
            }
            failed.map_or(Ok(()), Err)
        }
    })
}

/// The answer of this path in the document that shows it, which the service worker may have kept.
async fn in_document(path: &str) -> Option<String> {
    let document = match path.strip_prefix(RESTAURANTS)? {
        "" => "/".to_owned(),
        menu => format!("/r{menu}"),
    };
    let document = http::send(http::Request::get(&document)).await.ok()?.into_body().ok()?;
    let (id, attribute) = (CatalogAnswer::ID, CatalogAnswer::PATH);
    let (_, rest) = document.split_once(&format!("id=\"{id}\" {attribute}=\"{path}\">"))?;
    let (body, _) = rest.split_once("</script>")?;
    Some(body.to_owned())
}

impl<T: DeserializeOwned + Send + Sync> Fetch for Latest<T> {
    type Value = Arc<T>;

    fn get(self) -> Option<Result<Arc<T>, ApiError>> {
        self.shown.get()
    }

    fn error(self) -> Option<ApiError> {
        Fetch::error(self.requests)
    }

    fn refetch(self) {
        self.requests.refetch();
    }
}
