//! Pictures on their way to a draft, which they reach also if their dish is closed or the page left meanwhile.

use std::cell::Cell;

use leptos::{prelude::*, task::spawn_local};
use web_sys::File;

use super::Editor;
use crate::{
    counter::{
        api::{self, PictureError},
        menu::draft::Draft,
    },
    storage,
};

/// A picture that is on its way, or was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Upload {
    number: u32,
    /// Where the draft is kept that it is for.
    draft: String,
    pub(in super::super) dish: u32,
    /// Why the dish does not get it, if it was refused.
    pub(in super::super) failure: Option<PictureError>,
}

thread_local! {
    /// Those of every draft, newest last.
    static UPLOADS: ArcRwSignal<Vec<Upload>> = ArcRwSignal::default();
    /// The editor whose page was opened last.
    static OPENED: Cell<Option<Editor>> = const { Cell::new(None) };
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

fn uploads() -> ArcRwSignal<Vec<Upload>> {
    UPLOADS.with(Clone::clone)
}

/// Whether pictures are on their way to a draft.
pub(super) fn are_under_way(draft: &str) -> bool {
    uploads().with_untracked(|all| all.iter().any(|it| it.draft == draft && it.failure.is_none()))
}

/// The editor of a draft that is on the page now, if one is.
pub(super) fn opened(draft: &str) -> Option<Editor> {
    OPENED.get().filter(|it| it.key.try_get_value().as_deref() == Some(draft))
}

impl Editor {
    /// Is given what arrives for its draft from now on.
    pub(super) fn receive(self) {
        OPENED.set(Some(self));
    }

    /// The picture of a dish that is on its way or was refused. Reactive.
    pub(in super::super) fn upload(self, dish: u32) -> Option<Upload> {
        self.uploads().into_iter().find(|it| it.dish == dish)
    }

    /// Whether a picture is on its way to a dish of the draft. Reactive.
    pub(in super::super) fn is_uploading(self) -> bool {
        self.shape.track();
        let dishes = self.uploads().into_iter().filter(|it| it.failure.is_none());
        self.draft.with_untracked(|draft| dishes.into_iter().any(|it| draft.get(it.dish).is_some()))
    }

    /// The pictures that were refused of dishes that are not open, by the names of these. Reactive.
    pub(in super::super) fn refused(self) -> Vec<(String, PictureError)> {
        let open = self.open.get();
        let closed = self.uploads().into_iter().filter(|it| Some(it.dish) != open);
        let refused = closed.filter_map(|it| {
            let why = it.failure?;
            let name = self.draft.with_untracked(|draft| draft.name(it.dish).map(str::to_owned));
            Some((name?, why))
        });
        refused.collect()
    }

    fn uploads(self) -> Vec<Upload> {
        self.key.with_value(|key| {
            let of_this =
                |all: &Vec<Upload>| all.iter().filter(|it| it.draft == *key).cloned().collect();
            uploads().with(of_this)
        })
    }

    /// Sends a picture for a dish.
    pub(in super::super) fn upload_picture(self, dish: u32, file: File) {
        let number = NEXT.get() + 1;
        NEXT.set(number);
        let draft = self.key.get_value();
        let upload = Upload { number, draft: draft.clone(), dish, failure: None };
        uploads().update(|all| {
            all.retain(|it| it.draft != draft || it.dish != dish);
            all.push(upload);
        });
        // It is this draft that gets the picture if the page is left.
        self.store();
        let (session, restaurant) = (self.session, self.restaurant.get_value());
        spawn_local(async move {
            let answer = api::send_picture(session, &restaurant, &file).await;
            finish(number, answer);
        });
    }

    /// The dishes of the draft are others now.
    pub(super) fn forget_uploads(self) {
        self.key.with_value(|key| uploads().update(|all| all.retain(|it| it.draft != *key)));
    }
}

/// Gives a picture that has arrived to its dish, wherever the draft is now.
fn finish(number: u32, answer: Result<String, PictureError>) {
    let upload = uploads().with_untracked(|all| all.iter().find(|it| it.number == number).cloned());
    let Some(Upload { draft, dish, .. }) = upload else { return };
    match answer {
        Ok(art) => {
            uploads().update(|all| all.retain(|it| it.number != number));
            match opened(&draft) {
                Some(editor) => editor.set_art(dish, &art),
                None => set_art_of_stored(&draft, dish, &art),
            }
        }
        Err(why) => uploads().update(|all| {
            let refused = all.iter_mut().filter(|it| it.number == number);
            refused.for_each(|it| it.failure = Some(why));
        }),
    }
}

fn set_art_of_stored(key: &str, dish: u32, art: &str) {
    if let Some(mut draft) = storage::get::<Draft>(key)
        && draft.set_art(dish, art)
    {
        storage::set(key, &draft);
    }
}
