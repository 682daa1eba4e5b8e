//! What pages are built of, one component a file, smallest first.

#![expect(unreachable_pub, reason = "the component macro repeats a `pub` where none can reach it")]

mod chip;
mod countdown;
mod dialog;
mod doing;
mod empty;
mod fetched;
mod field;
mod link;
mod marks;
mod stepper;
mod title;
mod touch;

mod address_fields;
mod bill;
mod cart_bar;
mod cart_panel;
mod dish_card;
mod dish_dialog;
mod header;
mod notices;
mod reorder;
mod restaurant_card;
mod timeline;

pub use self::{
    address_fields::address_fields,
    bill::BillView,
    cart_bar::CartBar,
    cart_panel::{CartPanel, Priced, priced},
    chip::{Chip, Select},
    countdown::Countdown,
    dialog::{Ask, Dialog},
    dish_card::DishCard,
    dish_dialog::DishDialog,
    doing::{Doing, Question, work},
    empty::{Empty, Hint},
    fetched::{ProblemView, Skeleton, fetched},
    field::{Area, Input, Wiring},
    header::Header,
    link::{Button, Link},
    marks::{DietMarks, Facts},
    notices::Notices,
    reorder::Reorder,
    restaurant_card::{RestaurantCard, kind, open_class, opening},
    stepper::Stepper,
    timeline::{Timeline, time},
    title::{set_title, titled, untitled},
    touch::TouchBadge,
};
