use leptos::{ev, prelude::*};
use shared::menu::Allergen;

use super::{
    super::text,
    draft::{ALLERGENS, ChoiceDraft, DIETS, DishDraft, GroupDraft, SectionDraft},
    editor::Editor,
    mistakes::{below, is_wrong},
    pictures::PictureField,
};
use crate::{
    components::{Dynamic, KeyedRows},
    text::{home, menu as menu_text},
};

/// A section with its dishes.
#[component]
pub(super) fn SectionFields(editor: Editor, number: u32) -> impl IntoView {
    let section = move |draft: &super::draft::Draft| {
        draft.sections.iter().find(|section| section.number == number).cloned()
    };
    let SectionDraft { name, .. } = editor.draft.with_untracked(section).unwrap_or_default();
    let rows = Signal::derive(move || {
        editor.shape.track();
        let dishes = editor.draft.with_untracked(section).unwrap_or_default().dishes;
        let row = |dish: DishDraft| {
            let key = format!("{}-{}", dish.number, dish.shape);
            (key, ViewFn::from(move || view! { <DishRow editor dish=dish.clone() /> }))
        };
        dishes.into_iter().map(row).collect::<Vec<_>>()
    });
    let label = move || editor.name(number, text::NEW_SECTION);
    view! {
        <section class="panel menu-part" aria-label=label>
            <div class="menu-part-head">
                {input(editor, format!("section-{number}"), text::SECTION, name, "text")}
                {tools(editor, number)}
            </div>
            <ul class="menu-list">
                <KeyedRows rows />
            </ul>
            {add(editor, "dish", number, text::ADD_DISH)}
        </section>
    }
}

/// A dish in the list: its price can be changed here; all else, once it is open.
#[component]
fn DishRow(editor: Editor, dish: DishDraft) -> impl IntoView {
    let number = dish.number;
    let is_open = Memo::new(move |_| editor.open.get() == Some(number));
    let name = Memo::new(move |_| editor.name(number, text::NEW_DISH));
    let is_wrong = Memo::new(move |_| {
        let errors = editor.errors.get();
        let of = |field: &str| editor.draft.with_untracked(|draft| draft.dish_of(field));
        errors.iter().any(|(field, _)| of(field) == Some(number))
    });
    let fields = move || {
        is_open.get().then(|| {
            let dish = editor.draft.with_untracked(|draft| draft.get(number).cloned());
            dish.map(|dish| view! { <DishFields editor dish /> })
        })
    };
    let toggle = move |_: ev::MouseEvent| {
        let other = editor.open.get_untracked() != Some(number);
        editor.open.set(other.then_some(number));
    };
    let art = Memo::new(move |_| editor.art(number));
    let picture = move || {
        let art = Some(art.get()).filter(|art| !art.is_empty())?;
        Some(view! { <img src=art alt="" width="48" height="48" loading="lazy" /> })
    };
    let price_label = Signal::derive(move || text::named(text::PRICE, &name.get()));
    view! {
        <li class="menu-dish" class:wrong=is_wrong>
            <div class="menu-dish-head">
                <span class="menu-dish-picture">
                    <Dynamic view=picture />
                </span>
                <button
                    type="button"
                    class="menu-dish-name"
                    id=format!("dish-{number}")
                    aria-expanded=move || is_open.get().to_string()
                    on:click=toggle
                >
                    <span prop:textContent=name></span>
                    <span class="sold-out" prop:textContent=move || {
                        if is_wrong.get() { text::NEEDS_ATTENTION } else { "" }
                    }></span>
                </button>
                <div class="menu-dish-price">
                    {labelled(
                        editor,
                        format!("price-{number}"),
                        price_label,
                        dish.price.clone(),
                        "decimal",
                        "",
                    )}
                </div>
                {tools(editor, number)}
            </div>
            <Dynamic view=fields />
        </li>
    }
}

/// All of a dish but its price.
#[component]
fn DishFields(editor: Editor, dish: DishDraft) -> impl IntoView {
    let number = dish.number;
    let diets = DIETS.into_iter().enumerate().map(|(at, mark)| {
        let label = home::diet(mark).unwrap_or_default();
        tick(editor, format!("diet{at}-{number}"), label.to_owned(), dish.diet.contains(&mark))
    });
    let allergens = ALLERGENS.into_iter().enumerate().map(|(at, allergen)| {
        let label = allergen_name(allergen);
        tick(editor, format!("allergen{at}-{number}"), label, dish.allergens.contains(&allergen))
    });
    let groups = dish.groups.iter().map(|group| group_fields(editor, group));
    view! {
        <div class="menu-dish-fields stack">
            {input(editor, format!("name-{number}"), text::NAME_OF_DISH, dish.name.clone(), "text")}
            {area(editor, format!("description-{number}"), text::DESCRIPTION, dish.description.clone())}
            <PictureField editor dish=number />
            <fieldset class="menu-ticks">
                <legend>{text::DIET}</legend>
                {diets.collect_view()}
            </fieldset>
            <fieldset class="menu-ticks">
                <legend>{text::ALLERGENS}</legend>
                {allergens.collect_view()}
            </fieldset>
            {groups.collect_view()}
            {add(editor, "group", number, text::ADD_GROUP)}
            {labelled(
                editor,
                format!("keywords-{number}"),
                Signal::stored(text::KEYWORDS.to_owned()),
                dish.keywords.clone(),
                "text",
                text::KEYWORDS_HINT,
            )}
        </div>
    }
}

fn group_fields(editor: Editor, group: &GroupDraft) -> AnyView {
    let GroupDraft { number, name, at_least, at_most, choices, .. } = group;
    let field = |kind: &str, label: &str, value: &String, mode, hint| {
        let label = Signal::stored(label.to_owned());
        labelled(editor, format!("{kind}-{number}"), label, value.clone(), mode, hint)
    };
    let choices = choices.iter().map(|ChoiceDraft { number, name, price, .. }| {
        view! {
            <div class="menu-choice">
                {input(editor, format!("choice-{number}"), text::CHOICE, name.clone(), "text")}
                {input(editor, format!("extra-{number}"), text::EXTRA, price.clone(), "decimal")}
                {tools(editor, *number)}
            </div>
        }
        .into_any()
    });
    let of = *number;
    let label = move || editor.name(of, text::OPTIONS);
    view! {
        <fieldset class="menu-group">
            <legend prop:textContent=label></legend>
            <div class="menu-choice">
                {field("group", text::GROUP, name, "text", "")}
                <div class="pair">
                    {field("least", text::AT_LEAST, at_least, "numeric", text::AT_LEAST_HINT)}
                    {field("most", text::AT_MOST, at_most, "numeric", "")}
                </div>
                {tools(editor, *number)}
            </div>
            {choices.collect_view()}
            {add(editor, "choice", *number, text::ADD_CHOICE)}
        </fieldset>
    }
    .into_any()
}

/// The buttons that move and remove a part.
fn tools(editor: Editor, number: u32) -> AnyView {
    let name = Memo::new(move |_| editor.name(number, ""));
    let button = |kind: &str, label: &'static str, icon: &'static str| {
        let whole = move || {
            name.with(|name| match name.as_str() {
                "" => label.to_owned(),
                name => text::named(label, name),
            })
        };
        view! {
            <button
                type="button"
                class="round menu-tool"
                id=format!("{kind}-{number}")
                aria-label=whole
                title=label
            >
                <span class=icon aria-hidden="true"></span>
            </button>
        }
        .into_any()
    };
    view! {
        <div class="menu-tools">
            {button("up", text::MOVE_UP, "icon up")}
            {button("down", text::MOVE_DOWN, "icon down")}
            {button("remove", text::REMOVE_PART, "icon cross")}
        </div>
    }
    .into_any()
}

/// The button that adds a part within another.
pub(super) fn add(editor: Editor, kind: &str, number: u32, label: &'static str) -> AnyView {
    let id = format!("add-{kind}-{number}");
    view! {
        <div class="field">
            <button type="button" class="button second" id=id.clone() aria-describedby=format!("{id}-hint")>
                {label}
            </button>
            {below(editor, id, "")}
        </div>
    }
    .into_any()
}

/// A box that can be ticked, with what is wrong with it.
fn tick(editor: Editor, id: String, label: String, is_ticked: bool) -> AnyView {
    let invalid = is_wrong(editor, id.clone());
    view! {
        <div class="menu-tick" class:wrong=invalid>
            <label class="option" for=id.clone()>
                <input
                    type="checkbox"
                    id=id.clone()
                    checked=is_ticked
                    aria-describedby=format!("{id}-hint")
                    aria-invalid=move || invalid.get().to_string()
                />
                <span>{label}</span>
            </label>
            {below(editor, id, "")}
        </div>
    }
    .into_any()
}

fn input(
    editor: Editor,
    id: String,
    label: &'static str,
    value: String,
    mode: &'static str,
) -> AnyView {
    labelled(editor, id, Signal::stored(label.to_owned()), value, mode, "")
}

/// A field with its label and what helps to fill it in.
fn labelled(
    editor: Editor,
    id: String,
    label: Signal<String>,
    value: String,
    mode: &'static str,
    hint: &'static str,
) -> AnyView {
    let invalid = is_wrong(editor, id.clone());
    view! {
        <div class="field" class:wrong=invalid>
            <label for=id.clone() prop:textContent=label></label>
            <input
                id=id.clone()
                type="text"
                inputmode=mode
                autocomplete="off"
                value=value
                aria-describedby=format!("{id}-hint")
                aria-invalid=move || invalid.get().to_string()
            />
            {below(editor, id, hint)}
        </div>
    }
    .into_any()
}

fn area(editor: Editor, id: String, label: &'static str, value: String) -> AnyView {
    let invalid = is_wrong(editor, id.clone());
    view! {
        <div class="field" class:wrong=invalid>
            <label for=id.clone()>{label}</label>
            <textarea
                id=id.clone()
                rows="3"
                aria-describedby=format!("{id}-hint")
                aria-invalid=move || invalid.get().to_string()
            >
                {value}
            </textarea>
            {below(editor, id, "")}
        </div>
    }
    .into_any()
}

fn allergen_name(allergen: Allergen) -> String {
    let name = menu_text::allergen(allergen).unwrap_or_default();
    let mut letters = name.chars();
    let first = letters.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
