//! The commands `cargo dev` and `cargo verify`: what a developer of Tiffin types, and nothing that
//! is deployed.
//!
//! This crate knows both the application and the local AWS, and ties them together: the tools
//! ([`tools`]), the catalog ([`catalog`]).

pub mod process;
pub mod steps;
pub mod workspace;

pub mod tools;

pub mod catalog;

pub mod hash;
