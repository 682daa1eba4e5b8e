use std::pin::Pin;

use leptos::prelude::*;
use shared::OrderId;

use crate::{
    browser,
    components::{Ask, Hint, Link},
    drawn::{Draw, Drawn, live, press},
    router::Place,
    session::Refusal,
    signal::Signal,
    text,
};

/// What takes a while, and may be refused.
pub type Work = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), Refusal>>>> + Send + Sync>;

/// What `work` begins, whenever it is asked to.
pub fn work<F: Future<Output = Result<(), Refusal>> + 'static>(
    work: impl Fn() -> F + Send + Sync + 'static,
) -> Work {
    Box::new(move || Box::pin(work()))
}

/// A question before something that cannot be taken back.
#[derive(Clone, Copy)]
pub struct Question {
    /// The question.
    pub title: &'static str,
    /// What a yes means.
    pub hint: &'static str,
    /// What the yes says.
    pub yes: &'static str,
}

/// A button for what takes a while: it cannot be pressed meanwhile, and what came of it, if it did
/// not work, stands beside it.
#[component]
pub fn Doing(
    /// What the button says.
    text: &'static str,
    /// What it does.
    work: Work,
    /// What is asked first.
    #[prop(optional)]
    question: Option<Question>,
) -> Drawn {
    let (asking, working) = (Signal::new(false), Signal::new(false));
    let refusal = Signal::new(None::<Refusal>);
    let act = Callback::new(move |()| {
        let work = work();
        working.set(true);
        browser::spawn(async move {
            let refused = work.await.err();
            working.try_set(false);
            refusal.try_set(refused);
        });
    });
    let pressed = press(move || match question {
        Some(_) => asking.set(true),
        None => act.run(()),
    });
    let close = Callback::new(move |()| asking.set(false));
    let asked = move || match question.filter(|_| asking.get()) {
        Some(Question { title, hint, yes }) => {
            view! { <Ask title hint=hint.to_owned() class="button danger" yes act close /> }.draw()
        }
        None => Drawn::nothing(),
    };
    view! {
        <div class="doing">
            <button
                type="button"
                class="button second"
                disabled=live(move || working.get())
                on:click=pressed
            >
                {text}
            </button>
            {live(move || refused(refusal.get()))}
            {live(asked)}
        </div>
    }
    .draw()
}

/// Why it did not work, with the orders in its way.
fn refused(refusal: Option<Refusal>) -> Drawn {
    let Some(refusal) = refusal else { return Drawn::nothing() };
    let orders = match &refusal {
        Refusal::Problem(problem) => problem.orders.as_slice(),
        _ => &[],
    };
    let link = |id: &OrderId| {
        let to = Place::Order(*id).path();
        view! { <Link to class="quiet" text=text::order_number(*id) /> }.draw()
    };
    let links = orders.iter().map(link).collect::<Vec<_>>();
    let text = text::problems::refusal(&refusal);
    view! { <div><Hint text /> <div class="actions">{links}</div></div> }.draw()
}
