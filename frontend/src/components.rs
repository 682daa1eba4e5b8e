//! What pages are made of, one component a file, the smallest first.

#![expect(unreachable_pub, reason = "the component macro repeats a `pub` where none can reach it")]

mod chip;
mod control_flow;
mod countdown;
mod dialog;
mod fetched;
mod field;
mod messages;
mod restaurant_details;
mod stepper;

mod action_button;
mod address_fields;
mod auth_form;
mod bill;
mod cart_bar;
mod cart_panel;
mod dish_card;
mod dish_dialog;
mod footer;
mod header;
mod notice_bar;
mod postcode_field;
mod reorder;
mod restaurant_card;
mod status_badge;
mod timeline;

pub use self::{
    action_button::{ActionButton, Question, Work, work},
    address_fields::{AddressFields, LabelField, error_of, set_error},
    auth_form::{AuthField, AuthForm, DemoInbox, FormValues, ResendCode, check_email},
    bill::BillView,
    cart_bar::CartBar,
    cart_panel::CartPanel,
    chip::{Chip, Select},
    control_flow::{Dynamic, FocusPage, If, KeyedRows},
    countdown::Countdown,
    dialog::{Confirm, Dialog},
    dish_card::DishCard,
    dish_dialog::DishDialog,
    fetched::{ErrorTexts, ErrorView, Fetched, Skeleton, retry_when_woken},
    field::{Control, Field, Values, focus_first_error},
    footer::Footer,
    header::Header,
    messages::{Alert, Empty, SignInFirst, set_title},
    notice_bar::{NoticeBar, sentence},
    postcode_field::PostcodeField,
    reorder::Reorder,
    restaurant_card::RestaurantCard,
    restaurant_details::{CuisineLine, DeliveryFacts, DietMarks, HoursLine},
    status_badge::StatusBadge,
    stepper::Stepper,
    timeline::{Time, Timeline},
};
